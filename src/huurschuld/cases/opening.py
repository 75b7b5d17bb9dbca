"""Making a store of cases, and opening one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, insert
from sqlalchemy.engine import URL

from huurschuld.cases.connecting import engine_of
from huurschuld.cases.entries import FIRST_LINK
from huurschuld.cases.migrating import migrate
from huurschuld.cases.store import CaseStore, Clock, now_utc
from huurschuld.cases.tables import SUMMARY


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
        migrate(connection, create=True)
        connection.execute(insert(SUMMARY), {"one": 1, "cases": 0, "head": FIRST_LINK})
    return store


def open_case_store(url: str | URL, *, clock: Clock = now_utc) -> CaseStore:
    """Open a store, and bring it up to the version of this release.

    Raises:
        NoCaseStore: there is none, others can read it, or it is of a later release.
        CaseError: it cannot be read.
    """
    with _opened(engine_of(url, create=False), clock) as (store, connection):
        migrate(connection, create=False)
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
