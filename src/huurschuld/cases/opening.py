"""Making a store of cases, and opening one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine
from sqlalchemy.engine import URL

from huurschuld.cases.connecting import engine_of
from huurschuld.cases.errors import NoCaseStore
from huurschuld.cases.store import CaseStore
from huurschuld.model.clock import Clock, now_utc
from huurschuld.storage.migrating import (
    HEAD,
    OfAnotherRelease,
    bring_up,
    has_tables,
    make_tables,
    version_of,
)


def create_case_store(url: str | URL, *, clock: Clock = now_utc) -> CaseStore:
    """Make a store and open it. Only its owner can read an SQLite file.

    Args:
        url: such as `sqlite:///cases.sqlite` or `postgresql+psycopg://LOGIN@HOST/DATABASE`; the database
            is empty.
        clock: returns the time for the entries.

    Raises:
        NoCaseStore: the URL is not valid, or there is something already.
        CaseError: it cannot be written.
    """
    with _opened(engine_of(url, create=True), clock) as (store, connection):
        if has_tables(connection):
            raise NoCaseStore("url", "there is a case store in this database already", "open it")
        make_tables(connection)
    return store


def open_case_store(url: str | URL, *, clock: Clock = now_utc) -> CaseStore:
    """Open a store, and bring it up to the version of this release.

    Raises:
        NoCaseStore: there is none, others can read it, or it is of a later release.
        CaseError: it cannot be read.
    """
    with _opened(engine_of(url, create=False), clock) as (store, connection):
        version = version_of(connection)
        if version is None:
            raise NoCaseStore("url", "there is no case store in this database", "make one first")
        try:
            if version != HEAD:
                bring_up(connection)
        except OfAnotherRelease:
            raise NoCaseStore(
                "url",
                "the case store is of another release",
                "use the release that made it, or a later one",
            ) from None
    return store


@contextmanager
def _opened(engine: Engine, clock: Clock) -> Iterator[tuple[CaseStore, Connection]]:
    """Open a store for a first transaction; if that fails, no connection is left behind."""
    store = CaseStore(engine, clock)
    try:
        with store.transaction() as connection:
            yield store, connection
    except BaseException:
        store.close()
        raise
