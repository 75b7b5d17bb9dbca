"""Connecting to a case store: an SQLite file for one desk, PostgreSQL for many."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, Final

import sqlalchemy
from sqlalchemy import Connection, Engine, event
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, SQLAlchemyError

from huurschuld.cases.errors import (
    CaseError,
    CaseStoreBusy,
    CaseStoreDamaged,
    CaseStoreFailed,
    NoCaseStore,
)
from huurschuld.errors import ExtraNeeded
from huurschuld.model.sqlite_files import connect_durably, is_open_to_others
from huurschuld.model.unlogged import leave_out, unlogged

_KINDS: Final = ("sqlite", "postgresql")
_BUSY_STATES: Final = ("55P03", "40P01", "40001")
"""SQLSTATEs of PostgreSQL: a lock that is not to be had, a deadlock, a conflict of transactions."""
_DAMAGED_SQLITE: Final = ("SQLITE_CORRUPT", "SQLITE_NOTADB", "SQLITE_FORMAT")
_BUSY_SQLITE: Final = ("SQLITE_BUSY", "SQLITE_LOCKED")


def engine_of(url: str | URL, *, create: bool) -> Engine:
    """Make the engine of a store; it logs no values, and its errors have none.

    Args:
        url: such as `sqlite:///cases.sqlite` or `postgresql+psycopg://LOGIN@HOST/DATABASE`.
        create: whether an SQLite file that is missing is made, for its owner alone.

    Raises:
        NoCaseStore: the URL is not valid, the file is missing, or others can read it.
        ExtraNeeded: the driver is not installed.
    """
    try:
        made = sqlalchemy.make_url(url)
        kind = made.get_backend_name()
        options: dict[str, Any] = {}
        if kind == "sqlite":
            options["creator"] = _connector(_file(made, create=create))
        if kind in _KINDS:
            engine = sqlalchemy.create_engine(made, hide_parameters=True, **options)
            if kind == "sqlite":
                event.listen(engine, "begin", _begin)
            leave_out("sqlalchemy", "psycopg")
            return engine
    except (ArgumentError, NoSuchModuleError, ValueError):
        pass
    except ImportError:
        raise ExtraNeeded(
            "url", "the driver of this database is not installed", "install huurschuld[cases,database]"
        ) from None
    raise NoCaseStore(
        "url", "this is not the URL of SQLite or PostgreSQL", "such as sqlite:///cases.sqlite"
    )


def _file(url: URL, *, create: bool) -> Path:
    if not url.database or url.database == ":memory:" or url.query:
        raise NoCaseStore("url", "a file is expected", "such as sqlite:///cases.sqlite")
    path = Path(os.path.realpath(url.database))
    if create:
        _make(path)
    if not path.is_file():
        raise NoCaseStore(path.name, "there is no such file", "make a store first, or name another")
    if is_open_to_others(path):
        raise NoCaseStore(path.name, "others can read or write it", f"chmod 600 {path.name}")
    return path


def _make(path: Path) -> None:
    problem = None
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    except FileExistsError:
        # An empty one is left when making a store was broken off; it is made to the end.
        problem = "a file of this name already exists" if _holds_something(path) else None
    except OSError as error:
        problem = f"the file cannot be created ({type(error).__name__})"
    if problem is not None:
        raise NoCaseStore(path.name, problem, "name another file, in a folder that exists")


def _holds_something(path: Path) -> bool:
    return not path.is_file() or path.stat().st_size > 0


def _connector(path: Path) -> Callable[[], sqlite3.Connection]:
    return partial(connect_durably, path, text_factory=_text, check_same_thread=False)


def _text(stored: bytes) -> str | bytes:
    """Read a text; one that is damaged stays bytes, so that whoever reads it can say where."""
    try:
        return stored.decode()
    except UnicodeDecodeError:
        return stored


def _begin(connection: Connection) -> None:
    """Begin as one that writes: two readers that both want to write would wait for each other.

    One that only reads holds up nobody who begins to write.
    """
    reads = connection.get_execution_options().get(_READS, False)
    connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")


_READS: Final = "huurschuld_reads"


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """Begin a transaction that reads the store as it is at one moment, whoever writes meanwhile."""
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        else:
            connection.execution_options(**{_READS: True})
        with connection.begin():
            yield connection


@contextmanager
def translate_errors(store: str) -> Iterator[None]:
    """Raise an error of the database as one of ours, and keep nothing of its message.

    Nothing of what is done is in any log: rows have names and keys, which would outlive `forget`.
    """
    refused: CaseError
    try:
        with unlogged():
            yield
    except DBAPIError as error:
        refused = _translated(store, error.orig)
    except (SQLAlchemyError, sqlite3.Error) as error:
        refused = _translated(store, error)
    else:
        return
    raise refused from None


def _translated(store: str, error: object) -> CaseError:
    name = str(getattr(error, "sqlite_errorname", None) or getattr(error, "sqlstate", None) or "")
    if name.startswith(_BUSY_SQLITE) or name in _BUSY_STATES:
        return CaseStoreBusy(store, "another process holds it", "try again later")
    if name.startswith(_DAMAGED_SQLITE):
        return damaged(store, "the file is not as it was written")
    kind = name or type(error).__name__
    return CaseStoreFailed(
        store, f"it cannot be read or written ({kind})", "check the disk, the server and the permissions"
    )


def damaged(place: str, problem: str) -> CaseStoreDamaged:
    """Return the error for a store of which something is not as it was written."""
    return CaseStoreDamaged(place, problem, "keep it, verify the log, and restore the last backup")
