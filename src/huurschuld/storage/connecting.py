"""Connecting to the database: an SQLite file for one desk, PostgreSQL for many.

What a database raises is raised as an error of ours, of which nothing of its message is kept: it may be
about a person. The outbox and the store of cases each tell it in their own words.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Final

import sqlalchemy
from attrs import frozen
from sqlalchemy import Connection, Engine, event, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from huurschuld.errors import HuurschuldError
from huurschuld.model.sqlite_files import connect_durably
from huurschuld.model.unlogged import leave_out, unlogged

_BUSY: Final = ("SQLITE_BUSY", "SQLITE_LOCKED", "55P03", "40P01", "40001")
"""How the names begin of a lock that is not to be had, a deadlock, a conflict of transactions."""
DAMAGE: Final = ("SQLITE_CORRUPT", "SQLITE_NOTADB", "SQLITE_FORMAT", "SQLITE_ERROR")
"""How the names begin of what SQLite finds in a damaged file.

An error in one of our own statements means other tables than the version of the file says.
"""
_READS: Final = "huurschuld_reads"
_REFERRALS: Final = 0x68757572_01
"""The number of the lock of who changes referrals, in a PostgreSQL."""


def _is_damage(name: str) -> bool:
    return name.startswith(DAMAGE)


class NotAsWritten(Exception):
    """Something in the database is not as it was written; it says what, and nothing of a person."""


@frozen(kw_only=True)
class Telling:
    """How what goes wrong with a database is told.

    Attributes:
        damaged: of what is not as it was written, given the problem.
        busy: of what another process holds.
        failed: of anything else, given the database's own name for it.
        is_damage: whether an error of that name means damage.
    """

    damaged: Callable[[str], HuurschuldError]
    busy: Callable[[], HuurschuldError]
    failed: Callable[[str], HuurschuldError]
    is_damage: Callable[[str], bool] = _is_damage


def file_engine(path: Path) -> Engine:
    """Make the engine of an SQLite file that is there; it logs no values, and its errors have none."""
    engine = sqlalchemy.create_engine(
        URL.create("sqlite", database=str(path)), hide_parameters=True, creator=_connector(path)
    )
    event.listen(engine, "begin", _begin)
    leave_out("sqlalchemy")
    return engine


def server_engine(url: URL) -> Engine:
    """Make the engine of a database on a server; as `file_engine`.

    Raises:
        ImportError: its driver is not installed.
    """
    engine = sqlalchemy.create_engine(url, hide_parameters=True)
    leave_out("sqlalchemy", "psycopg")
    return engine


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


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """Begin a transaction that reads all as it is at one moment, whoever writes meanwhile."""
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        with begin_to_read(connection):
            yield connection


@contextmanager
def begin_to_read(connection: Connection) -> Iterator[None]:
    """Begin a transaction that holds up nobody who begins to write; the next one may write again."""
    connection.execution_options(**{_READS: True})
    try:
        with connection.begin():
            yield
    finally:
        connection.execution_options(**{_READS: False})


def lock_referrals(connection: Connection) -> None:
    """Let one transaction at a time change referrals; before anything else of it is locked.

    On SQLite whoever writes is alone already.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET LOCAL lock_timeout = '30s'"))
        connection.execute(text(f"SELECT pg_advisory_xact_lock({_REFERRALS})"))


@contextmanager
def translate_errors(telling: Telling) -> Iterator[None]:
    """Raise what the database raises as one of our errors, and keep nothing of its message.

    Nothing of what is done is in any log: rows have names and keys, which would outlive `forget`.
    """
    refused: HuurschuldError
    try:
        with unlogged():
            yield
    except NotAsWritten as error:
        refused = telling.damaged(str(error))
    except UnicodeDecodeError:
        refused = telling.damaged("a text is not as it was written")
    except DBAPIError as error:
        refused = _translated(telling, error.orig)
    except (SQLAlchemyError, sqlite3.Error) as error:
        refused = _translated(telling, error)
    else:
        return
    raise refused from None


def _translated(telling: Telling, error: object) -> HuurschuldError:
    if isinstance(error, sqlite3.Error):
        # What has no name of SQLite's own is text, or a message about it, that cannot be decoded.
        name = str(getattr(error, "sqlite_errorname", DAMAGE[0]))
    else:
        name = str(getattr(error, "sqlstate", None) or type(error).__name__)
    if name.startswith(_BUSY):
        return telling.busy()
    if telling.is_damage(name):
        return telling.damaged("the file is not as it was written")
    return telling.failed(name)
