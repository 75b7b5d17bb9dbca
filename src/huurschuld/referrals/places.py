"""Where an outbox is: a file for its owner alone, or a database on a server."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final, Protocol

import sqlalchemy
from attrs import field, frozen
from sqlalchemy import Engine
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

from huurschuld.errors import ExtraNeeded
from huurschuld.model.sqlite_files import is_open_to_others, make_file
from huurschuld.referrals.errors import (
    NoOutbox,
    OutboxBusy,
    OutboxDamaged,
    OutboxExists,
    OutboxFailed,
)
from huurschuld.storage.connecting import (
    DAMAGE,
    Telling,
    file_engine,
    server_engine,
    translate_errors,
)

_DAMAGE: Final = (*DAMAGE, "SQLITE_TOOBIG")
"""What SQLite reports of a damaged file; an error in one of our statements means other tables."""
_UNKNOWN_TABLES: Final = ("42P01", "42703")
"""What PostgreSQL reports of a table or column that is not there."""
_LOCK: Final = "-sender"
"""The suffix of the file that a sender locks."""


class Place(Protocol):
    """Where an outbox is."""

    @property
    def name(self) -> str:
        """What it is called in messages; it says nothing of a person, nor how to log in."""

    def engine(self) -> Engine:
        """Connect to it; it has to be there."""

    def files(self) -> tuple[Path, ...]:
        """The files that it consists of."""

    def telling(self) -> Telling:
        """How what goes wrong with it is told."""


def place_of(where: str | Path | URL) -> Place:
    """Return where an outbox is: a text with `://` is the URL of a database, any other a file.

    Raises:
        NoOutbox: the URL is not that of an SQLite file or a PostgreSQL.
    """
    if isinstance(where, URL) or "://" in str(where):
        try:
            url = sqlalchemy.make_url(where if isinstance(where, URL) else str(where))
            kind = url.get_backend_name()
        except (ArgumentError, NoSuchModuleError, ValueError):
            kind = None
        if kind == "postgresql":
            return ServerPlace(url)
        if kind != "sqlite" or not url.database or url.database == ":memory:" or url.query:
            raise NoOutbox(
                "url",
                "this is not the URL of SQLite or PostgreSQL",
                "such as sqlite:///referrals.sqlite",
            )
        where = url.database
    return FilePlace(Path(os.path.realpath(where)))  # by any of its names: it has one lock


@frozen
class FilePlace:
    """An SQLite file, on a local disk."""

    path: Path

    @property
    def name(self) -> str:
        """The name of the file, without its folder."""
        return self.path.name

    def make(self) -> None:
        """Make the file, which only its owner can read.

        Raises:
            NoOutbox: it cannot be made.
            OutboxExists: there is one, which is not empty.
        """
        if not self.path.parent.is_dir():
            raise NoOutbox(self.name, "its folder does not exist", "create the folder first")
        _make(self.path, OutboxExists)

    def check(self) -> None:
        """Check that there is a file, for its owner alone.

        Raises:
            NoOutbox: there is none, or others can read it.
        """
        if not self.path.is_file():
            raise NoOutbox(self.name, "there is no such file", "make an outbox first, or name another")
        if is_open_to_others(self.path):
            raise NoOutbox(self.name, "others can read or write it", f"chmod 600 {self.name}")

    def engine(self) -> Engine:
        """Connect to the file; it has to be there."""
        return file_engine(self.path)

    def files(self) -> tuple[Path, ...]:
        """The file, and those that are kept beside it."""
        return tuple(self.path.with_name(self.name + it) for it in ("", "-journal", _LOCK))

    @contextmanager
    def only_sender(self, patience: float = 0) -> Iterator[None]:
        """Be the only sender until the block, or the process, ends.

        Raises:
            OutboxBusy: there is another one, and it is still there after so many seconds.
        """
        beside = self.files()[-1]
        _make(beside, None)
        told = _telling_of(beside, "another process is sending")
        with translate_errors(told):
            opened = sqlite3.connect(beside, timeout=patience, isolation_level=None)
        with closing(opened) as lock:
            with translate_errors(told):
                lock.execute("BEGIN EXCLUSIVE")
            yield

    def telling(self) -> Telling:
        """How what goes wrong with it is told."""
        return _telling_of(self.path, "another process holds the file")


@frozen
class ServerPlace:
    """A PostgreSQL."""

    url: URL = field(repr=False)

    @property
    def name(self) -> str:
        """The name of the database, without how to log in."""
        return self.url.database or "database"

    def engine(self) -> Engine:
        """Connect to the database; it has to be there.

        Raises:
            ExtraNeeded: the driver is not installed.
        """
        try:
            return server_engine(self.url)
        except ImportError:
            raise ExtraNeeded(
                "url", "the driver of this database is not installed", "install huurschuld[database]"
            ) from None

    def files(self) -> tuple[Path, ...]:
        """None: it has no files of its own."""
        return ()

    def telling(self) -> Telling:
        """How what goes wrong with it is told."""
        return Telling(
            damaged=lambda _: damaged(self.name, "database"),
            busy=lambda: OutboxBusy(self.name, "another process holds it", "try again later"),
            failed=lambda name: OutboxFailed(
                self.name,
                f"it cannot be read or written ({name})",
                "check the server and its permissions",
            ),
            is_damage=lambda name: name in _UNKNOWN_TABLES,
        )


def damaged(name: str, kind: str = "file") -> OutboxDamaged:
    """Return the error for an outbox of which something is not as it was written."""
    return OutboxDamaged(
        name,
        f"something in the {kind} is not as it was written; nothing of it is used",
        "keep it, restore the last backup, and ask the receivers what they got since then",
    )


def _make(path: Path, exists: type[OutboxExists] | None) -> None:
    problem = make_file(path)
    if problem is None:
        return
    if not path.exists():
        raise NoOutbox(path.name, problem, "check the permissions of its folder")
    if exists is not None:
        raise exists(path.name, problem, "open it, or name another")


def _telling_of(path: Path, busy: str) -> Telling:
    def is_damage(name: str) -> bool:
        # A file that may be written, and that its own header says is only for reading.
        is_barred = name == "SQLITE_READONLY" and os.access(path, os.W_OK)
        return name.startswith(_DAMAGE) or is_barred

    return Telling(
        damaged=lambda _: damaged(path.name),
        busy=lambda: OutboxBusy(path.name, busy, "try again later"),
        failed=lambda name: OutboxFailed(
            path.name, f"it cannot be read or written ({name})", "check the disk and the permissions"
        ),
        is_damage=is_damage,
    )
