"""Connecting to a store of cases, and what goes wrong with one in its own words."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

import sqlalchemy
from sqlalchemy import Engine
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

from huurschuld.cases.errors import (
    CaseStoreBusy,
    CaseStoreDamaged,
    CaseStoreFailed,
    NoCaseStore,
)
from huurschuld.errors import ExtraNeeded
from huurschuld.model.sqlite_files import is_open_to_others, make_file
from huurschuld.storage.connecting import Telling, file_engine, server_engine

_REMEDY: Final = "keep it, verify the log, and restore the last backup"


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
        if kind == "sqlite":
            return file_engine(_file(made, create=create))
        if kind == "postgresql":
            return server_engine(made)
    except (ArgumentError, NoSuchModuleError, ValueError):
        pass
    except ImportError:
        raise ExtraNeeded(
            "url", "the driver of this database is not installed", "install huurschuld[cases,database]"
        ) from None
    raise NoCaseStore(
        "url", "this is not the URL of SQLite or PostgreSQL", "such as sqlite:///cases.sqlite"
    )


def telling_of(store: str) -> Telling:
    """Return how what goes wrong with the database of a store is told."""
    return Telling(
        damaged=lambda problem: CaseStoreDamaged(store, problem, _REMEDY),
        busy=lambda: CaseStoreBusy(store, "another process holds it", "try again later"),
        failed=lambda name: CaseStoreFailed(
            store,
            f"it cannot be read or written ({name})",
            "check the disk, the server and the permissions",
        ),
    )


def _file(url: URL, *, create: bool) -> Path:
    if not url.database or url.database == ":memory:" or url.query:
        raise NoCaseStore("url", "a file is expected", "such as sqlite:///cases.sqlite")
    path = Path(os.path.realpath(url.database))
    if create and (problem := make_file(path)) is not None:
        raise NoCaseStore(path.name, problem, "name another file, in a folder that exists")
    if not path.is_file():
        raise NoCaseStore(path.name, "there is no such file", "make a store first, or name another")
    if is_open_to_others(path):
        raise NoCaseStore(path.name, "others can read or write it", f"chmod 600 {path.name}")
    return path
