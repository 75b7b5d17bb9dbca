"""An outbox: an SQLite file for one desk, or PostgreSQL for many; durable first, safe for several.

Every change is one transaction. Of a file it is on the disk before the next statement runs: the journal
is truncated and synced at each commit, so that neither a killed process nor a power cut takes back what
was reported as done. See `docs/decisions/0008-a-referral-is-sent-at-least-once.md`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final, Self

from sqlalchemy import ColumnElement, Connection, Engine, text
from sqlalchemy.exc import SQLAlchemyError

from huurschuld.errors import UnknownReference
from huurschuld.model.clock import Clock, read_clock
from huurschuld.referrals.changing import OF, Change, Row, StoredEvent, read_events, read_referrals
from huurschuld.referrals.errors import NoOutbox, OutboxBusy, OutboxFailed
from huurschuld.referrals.places import FilePlace, Place
from huurschuld.storage.connecting import (
    Telling,
    begin_to_read,
    lock_referrals,
    reading,
    translate_errors,
)
from huurschuld.storage.entries import moment_text

_SENDER: Final = 0x68757572_02
"""The number of the lock of who sends, in a PostgreSQL."""


class Outbox:
    """An open outbox, for one thread; a context manager that closes it."""

    def __init__(self, place: Place, engine: Engine, connection: Connection, clock: Clock) -> None:
        self._place = place
        self._engine = engine
        self._connection = connection
        self._clock = clock

    def __repr__(self) -> str:
        return f"<Outbox {self._place.name}>"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file, or the connection."""
        self._connection.close()
        self._engine.dispose()

    @property
    def name(self) -> str:
        """What it is called in messages: the name of the file, or of the database."""
        return self._place.name

    @property
    def path(self) -> Path:
        """The file itself, with links resolved: a sender locks the file beside it.

        Raises:
            NoOutbox: it is in a database on a server.
        """
        if isinstance(self._place, FilePlace):
            return self._place.path
        raise NoOutbox(self._place.name, "this outbox is not a file", "use its database")

    def files(self) -> tuple[Path, ...]:
        """The file, and those that are kept beside it; none of a database on a server."""
        return self._place.files()

    def now(self) -> str:
        """The time as it is stored: in UTC, so that texts sort as times do."""
        return moment_text(read_clock(self._clock))

    def today(self) -> dt.date:
        """The day, in UTC."""
        return dt.datetime.fromisoformat(self.now()).date()

    def referrals(self, *which: ColumnElement[bool], order: Sequence[Any] = ()) -> list[Row]:
        """Read referrals, each checked against its digest; the oldest first.

        Args:
            which: conditions on the columns `OF`.
            order: what comes before their order by age.

        Raises:
            OutboxError: it cannot be read, or a row is damaged.
        """
        with self._looking() as connection:
            return read_referrals(connection, *which, order=order)

    def events(self, key: str | None = None) -> list[StoredEvent]:
        """Read what happened to one referral, or to each, in order; as `referrals`."""
        with self._looking() as connection:
            return read_events(connection, key)

    def row(self, key: str, place: str = "/key") -> Row:
        """Read one referral.

        Raises:
            UnknownReference: no referral has this key; at the place.
            OutboxError: it cannot be read.
        """
        for row in self.referrals(OF.key == key):
            return row
        raise UnknownReference(place, "there is no referral with this key", "list the outbox")

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Begin a transaction that sees it as it is at one moment, and writes nothing.

        Raises:
            OutboxError: it cannot be read.
        """
        with translate_errors(self._place.telling()), reading(self._engine) as connection:
            yield connection

    @contextmanager
    def change(self) -> Iterator[Change]:
        """Begin a transaction: at the end of the block all of it is on disk, or none of it.

        One changes it at a time; another waits.

        Raises:
            OutboxError: it cannot be written.
        """
        with translate_errors(self._connected()), self._connection.begin():
            lock_referrals(self._connection)
            change = Change(self._connection, self.now())
            yield change
            change.end()

    @contextmanager
    def sender(self) -> Iterator[None]:
        """Be the only sender of this outbox until the block, or the process, ends.

        Raises:
            OutboxBusy: there is another one.
        """
        if isinstance(self._place, FilePlace):
            with self._place.only_sender():
                yield
            return
        # On the connection that writes: if it is lost, with it the lock, nothing more can be begun.
        with translate_errors(self._connected()), self._connection.begin():
            is_alone = self._connection.scalar(text(f"SELECT pg_try_advisory_lock({_SENDER})"))
        if not is_alone:
            raise OutboxBusy(self._place.name, "another process is sending", "try again later")
        try:
            yield
        finally:
            # Without a connection there is no lock either.
            with suppress(SQLAlchemyError):
                if not self._connection.invalidated:
                    with self._connection.begin():
                        self._connection.execute(text(f"SELECT pg_advisory_unlock({_SENDER})"))

    @contextmanager
    def _looking(self) -> Iterator[Connection]:
        """Read within the transaction that there is, or in one of its own."""
        with translate_errors(self._connected()):
            if self._connection.in_transaction():
                yield self._connection
            else:
                with begin_to_read(self._connection):
                    yield self._connection

    def _connected(self) -> Telling:
        """Check that the connection was not lost: a new one would not have the lock of the sender."""
        if self._connection.invalidated:
            raise OutboxFailed(
                self._place.name,
                "the connection was lost",
                "open the outbox again, and look",
            )
        return self._place.telling()
