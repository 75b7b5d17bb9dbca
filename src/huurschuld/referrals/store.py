"""The file of an outbox: SQLite, durable first, for its owner alone, safe among several processes.

Every change is one transaction. It is on the disk before the next statement runs: the journal is
truncated and synced at each commit, so that neither a killed process nor a power cut takes back what
was reported as done. See `docs/decisions/0008-a-referral-is-sent-at-least-once.md`.
"""

from __future__ import annotations

import datetime as dt
import os
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Final, Self

from huurschuld.errors import InvalidValue, UnknownReference
from huurschuld.model.sqlite_files import PATIENCE, connect_durably, is_open_to_others
from huurschuld.referrals.errors import (
    NoOutbox,
    OutboxBusy,
    OutboxDamaged,
    OutboxError,
    OutboxExists,
    OutboxFailed,
)
from huurschuld.referrals.schema import UPGRADED, VERSION, build, check_whole, upgrade
from huurschuld.referrals.seals import Unsealed, read_sealed
from huurschuld.referrals.states import Change

Clock = Callable[[], dt.datetime]
"""Gives the time, with its zone."""

_APPLICATION: Final = 0x68757572
"""`huur`: marks an SQLite file as an outbox."""
_DAMAGE: Final = ("SQLITE_NOTADB", "SQLITE_CORRUPT", "SQLITE_ERROR", "SQLITE_TOOBIG", "SQLITE_FORMAT")
"""What SQLite reports of a damaged file; an error in one of our statements means other tables."""
_LOCK: Final = "-sender"
"""The suffix of the file that a sender locks."""


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


class Outbox:
    """An open outbox, for one thread; a context manager that closes it.

    Attributes:
        path: the file itself, with links resolved: a sender locks the file beside it.
    """

    def __init__(self, path: Path, connection: sqlite3.Connection, clock: Clock) -> None:
        self.path = path
        self._connection = connection
        self._clock = clock

    def __repr__(self) -> str:
        return f"<Outbox {self.path.name}>"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def files(self) -> tuple[Path, ...]:
        """The file, and those that are kept beside it."""
        return tuple(self.path.with_name(self.path.name + it) for it in ("", "-journal", _LOCK))

    def now(self) -> str:
        """The time as it is stored: in UTC, so that texts sort as times do."""
        now = self._clock()
        if now.tzinfo is None:
            raise InvalidValue("/clock", "a time without a zone", "give a clock with a time zone")
        return now.astimezone(dt.UTC).isoformat(timespec="microseconds")

    def today(self) -> dt.date:
        """The day, in UTC."""
        return dt.datetime.fromisoformat(self.now()).date()

    def referrals(self, which: str = "", values: Sequence[object] = ()) -> list[sqlite3.Row]:
        """Read referrals, each checked against its digest.

        All rows are read: a query that is not read to its end would keep others from writing.

        Args:
            which: what follows FROM referral in the query.
            values: those of the question marks in it.

        Raises:
            OutboxError: the file cannot be read, or a row is damaged.
        """
        with translate_sqlite_errors(self.path):
            return read_sealed(self._connection, "referral", which, values)

    def events(self, which: str = "", values: Sequence[object] = ()) -> list[sqlite3.Row]:
        """Read events, as `referrals` does."""
        with translate_sqlite_errors(self.path):
            return read_sealed(self._connection, "event", which, values)

    def row(self, key: str, place: str = "/key") -> sqlite3.Row:
        """Read one referral.

        Raises:
            UnknownReference: no referral has this key; at the place.
            OutboxError: the file cannot be read.
        """
        for row in self.referrals("WHERE key = ?", (key,)):
            return row
        raise UnknownReference(place, "there is no referral with this key", "list the outbox")

    @contextmanager
    def change(self) -> Iterator[Change]:
        """Begin a transaction: at the end of the block all of it is on disk, or none of it.

        Raises:
            OutboxError: the file cannot be written.
        """
        with translate_sqlite_errors(self.path):
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                change = Change(self._connection, self.now())
                yield change
                change.end()
                self._connection.execute("COMMIT")
            finally:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")

    @contextmanager
    def sender(self) -> Iterator[None]:
        """Be the only sender of this outbox until the block, or the process, ends.

        Raises:
            OutboxBusy: there is another one.
        """
        with _only_sender(self.path):
            yield


@contextmanager
def _only_sender(path: Path, patience: float = 0) -> Iterator[None]:
    beside = path.with_name(path.name + _LOCK)
    _make(beside)
    with translate_sqlite_errors(beside):
        opened = sqlite3.connect(beside, timeout=patience, isolation_level=None)
    with closing(opened) as lock:
        with translate_sqlite_errors(beside, "another process is sending"):
            lock.execute("BEGIN EXCLUSIVE")
        yield


def create_outbox(path: str | Path, *, clock: Clock = _now) -> Outbox:
    """Make an outbox and open it. Only its owner can read the file.

    Args:
        path: the file to make, on a local disk.
        clock: returns the time for the events.

    Raises:
        NoOutbox: the folder does not exist.
        OutboxExists: there is a file already.
    """
    file = Path(os.path.realpath(path))  # under any of its names: there is one lock beside it
    if not file.parent.is_dir():
        raise NoOutbox(file.name, "its folder does not exist", "create the folder first")
    _make(file)
    with translate_sqlite_errors(file), _connected(file) as connection, closing(connection):
        connection.execute("BEGIN EXCLUSIVE")
        (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        if tables or _pragma(connection, "application_id"):
            connection.execute("ROLLBACK")
            raise OutboxExists(
                file.name, "a file of this name already exists", "open it, or name another"
            )
        build(connection)
        connection.execute(f"PRAGMA application_id = {_APPLICATION}")
        connection.execute(f"PRAGMA user_version = {VERSION}")
        connection.execute("COMMIT")
    return open_outbox(file, clock=clock)


def open_outbox(path: str | Path, *, clock: Clock = _now) -> Outbox:
    """Open an outbox. A missing one is not created: an empty one would mean that there are no referrals.

    Args:
        path: the file.
        clock: returns the time for the events.

    Raises:
        NoOutbox: it is missing, damaged or from another release, or others can read it.
        OutboxBusy: another process holds it for too long.
    """
    file = Path(os.path.realpath(path))  # as above
    if not file.is_file():
        raise NoOutbox(file.name, "there is no such file", "make an outbox first, or name another")
    if is_open_to_others(file):
        raise NoOutbox(file.name, "others can read or write it", f"chmod 600 {file.name}")
    with translate_sqlite_errors(file), _connected(file) as connection:
        if _pragma(connection, "application_id") != _APPLICATION:
            raise NoOutbox(file.name, "this file is not an outbox", "name the file of an outbox")
        version = _pragma(connection, "user_version")
        if version in UPGRADED:
            # A sender of the release that made it could not record the end of its attempt.
            with _only_sender(file, PATIENCE):
                _check_integrity(file, connection)
                upgrade(connection)
            version = _pragma(connection, "user_version")
        if version != VERSION:
            raise NoOutbox(
                file.name,
                f"it is of version {version}, this release reads {VERSION}",
                "use the release that made it",
            )
        _check_integrity(file, connection)
        check_whole(connection)
    return Outbox(file, connection, clock)


def _make(path: Path) -> None:
    """Create a file that only its owner can access, if there is none.

    An existing one is not opened: closing it would drop the locks that this process has on it.
    """
    failed = None
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    except FileExistsError:
        return
    except OSError as error:
        failed = type(error).__name__
    if failed is not None:
        raise NoOutbox(
            path.name, f"the file cannot be created ({failed})", "check the permissions of its folder"
        )


@contextmanager
def _connected(path: Path) -> Iterator[sqlite3.Connection]:
    """Connect to a file; if the block fails, the connection is closed."""
    connection = connect_durably(path, row_factory=sqlite3.Row)
    try:
        yield connection
    except BaseException:
        connection.close()
        raise


def _pragma(connection: sqlite3.Connection, name: str) -> Any:  # noqa: ANN401 - a number or a text
    (value,) = connection.execute(f"PRAGMA {name}").fetchone()
    return value


def _check_integrity(path: Path, connection: sqlite3.Connection) -> None:
    if _pragma(connection, "integrity_check(1)") != "ok":
        raise _damaged(path)


def _damaged(path: Path) -> OutboxDamaged:
    return OutboxDamaged(
        path.name,
        "something in the file is not as it was written; nothing of it is used",
        "keep it, restore the last backup, and ask the receivers what they got since then",
    )


@contextmanager
def translate_sqlite_errors(path: Path, busy: str = "another process holds the file") -> Iterator[None]:
    """Raise an SQLite error as one of ours, and keep nothing of its message."""
    refused: OutboxError
    try:
        yield
    except (sqlite3.Error, UnicodeDecodeError) as error:
        # What has no name of SQLite's own is text, or a message about it, that cannot be decoded.
        name = getattr(error, "sqlite_errorname", "SQLITE_CORRUPT")
        # A file that may be written, and that its own header says is only for reading.
        is_barred = name == "SQLITE_READONLY" and os.access(path, os.W_OK)
        if name.startswith(_DAMAGE) or is_barred:
            refused = _damaged(path)
        elif name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
            refused = OutboxBusy(path.name, busy, "try again later")
        else:
            refused = OutboxFailed(
                path.name, f"it cannot be read or written ({name})", "check the disk and the permissions"
            )
    except Unsealed:
        refused = _damaged(path)
    else:
        return
    raise refused from None
