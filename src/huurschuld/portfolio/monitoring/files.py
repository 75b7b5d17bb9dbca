"""The file of a monitor: for its owner alone, for one process at a time, and durable first."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

from huurschuld.model.sqlite_files import connect_durably, is_open_to_others, make_file
from huurschuld.portfolio.monitoring.errors import (
    MonitorBusy,
    MonitorDamaged,
    MonitorExists,
    MonitorFailed,
    NoMonitor,
)

APPLICATION: Final = 0x68757577
"""`huuw`: marks an SQLite file as a monitor of ours."""
VERSION: Final = 1
"""The version of the tables of this release."""
_LOCK: Final = "-lock"
_BUSY: Final = ("SQLITE_BUSY", "SQLITE_LOCKED")
_DAMAGE: Final = ("SQLITE_CORRUPT", "SQLITE_NOTADB", "SQLITE_FORMAT", "SQLITE_ERROR", "SQLITE_TOOBIG")
"""How the names begin of what SQLite finds in a damaged file.

An error in one of our own statements means other tables than the version of the file says.
"""

_TABLES: Final = (
    """CREATE TABLE about (
        one INTEGER PRIMARY KEY CHECK (one = 1), document TEXT NOT NULL, digest TEXT NOT NULL)""",
    """CREATE TABLE listed (
        tenancy TEXT PRIMARY KEY, advice TEXT NOT NULL, priority TEXT NOT NULL, since TEXT NOT NULL,
        row TEXT NOT NULL, digest TEXT NOT NULL)""",
    """CREATE TABLE changes (
        number INTEGER PRIMARY KEY, day TEXT NOT NULL, line TEXT NOT NULL, digest TEXT NOT NULL)""",
    "CREATE TABLE due (tenancy TEXT PRIMARY KEY, batch TEXT NOT NULL)",
)


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Be the only one that watches with a monitor, until the block or the process ends.

    Raises:
        MonitorBusy: another process is watching with it.
    """
    beside = path.with_name(path.name + _LOCK)
    make_file(beside)  # it stays: what is removed might be the lock of another
    with translated(beside.name, "another process is watching with it"):
        opened = sqlite3.connect(beside, timeout=0, isolation_level=None)
    with closing(opened) as lock:
        with translated(path.name, "another process is watching with it"):
            lock.execute("BEGIN EXCLUSIVE")
        yield


def make(path: Path) -> None:
    """Make the file, which only its owner can read.

    Raises:
        NoMonitor: it cannot be made.
        MonitorExists: there is one, which is not empty.
    """
    if not path.parent.is_dir():
        raise NoMonitor(path.name, "its folder does not exist", "create the folder first")
    problem = make_file(path)
    if problem is not None and path.exists():
        raise MonitorExists(path.name, problem, "watch with it, or name another")
    if problem is not None:
        raise NoMonitor(path.name, problem, "check the permissions of its folder")


def make_tables(connection: sqlite3.Connection) -> None:
    """Make the tables, within the transaction of the caller."""
    for statement in _TABLES:
        connection.execute(statement)
    connection.execute(f"PRAGMA application_id = {APPLICATION}")
    connection.execute(f"PRAGMA user_version = {VERSION}")


def check(path: Path) -> None:
    """Check that there is a file, for its owner alone.

    Raises:
        NoMonitor: there is none, or others can read it.
    """
    if not path.is_file():
        raise NoMonitor(path.name, "there is no such file", "make a monitor first, or name another")
    if is_open_to_others(path):
        raise NoMonitor(path.name, "others can read or write it", f"chmod 600 {path.name}")


def connect(path: Path) -> sqlite3.Connection:
    """Open the file of a monitor.

    Raises:
        NoMonitor: it is no monitor of this release.
    """
    with translated(path.name):
        connection = connect_durably(path, check_same_thread=False)
    try:
        with translated(path.name):
            _check_kind(path, connection)
    except BaseException:
        connection.close()
        raise
    return connection


def _check_kind(path: Path, connection: sqlite3.Connection) -> None:
    kind, version = (
        connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("application_id", "user_version")
    )
    if path.stat().st_size == 0:  # making it was broken off
        raise NoMonitor(path.name, "there is no monitor in it", "make one first, or name another")
    if kind != APPLICATION:
        raise NoMonitor(path.name, "this file is not a monitor", "name the file of a monitor")
    if version != VERSION:
        raise NoMonitor(
            path.name,
            f"it is of version {version}, this release reads {VERSION}",
            "use the release that made it",
        )


def damaged(name: str) -> MonitorDamaged:
    """Return the error for a monitor of which something is not as it was written."""
    return MonitorDamaged(
        name,
        "something in the file is not as it was written; nothing of it is used",
        "restore the last backup; or make a new monitor, for which everybody on the worklist is new",
    )


@contextmanager
def translated(name: str, busy: str = "another process holds the file") -> Iterator[None]:
    """Raise what SQLite raises as one of our errors, and keep nothing of its message."""
    try:
        yield
    except (sqlite3.Error, UnicodeDecodeError) as error:
        code = str(getattr(error, "sqlite_errorname", _DAMAGE[0]))
    else:
        return
    if code.startswith(_BUSY):
        raise MonitorBusy(name, busy, "try again later")
    if code.startswith(_DAMAGE):
        raise damaged(name)
    raise MonitorFailed(
        name, f"it cannot be read or written ({code})", "check the disk and the permissions"
    )


def real(path: str | Path) -> Path:
    """The path of a file by any of its names: it has one lock."""
    return Path(os.path.realpath(path))
