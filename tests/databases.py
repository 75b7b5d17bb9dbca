"""Portfolios written to a database, for the tests."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import polars as pl
import sqlalchemy as sa
from sqlalchemy.pool import NullPool
from tables import COLUMNS, TYPES, Rows, typed

from huurschuld.plugins.database.connecting import engine_of
from huurschuld.plugins.database.general import GeneralSnapshot
from huurschuld.plugins.database.picking import pick_columns
from huurschuld.plugins.database.settings import read_settings
from huurschuld.plugins.database.streams import TableStream

_IN_A_DATABASE: Mapping[Any, type[sa.types.TypeEngine[Any]]] = {
    pl.Date: sa.Date,
    pl.Boolean: sa.Boolean,
    pl.Int64: sa.BigInteger,
}


def write_database(url: str, tables: Mapping[str, Rows]) -> None:
    """Write tables with all their columns, typed, in the place of those that are there."""
    engine = _engine(url)
    metadata = sa.MetaData()
    for name in COLUMNS:
        columns: Iterable[sa.Column[Any]] = [
            sa.Column(it, _IN_A_DATABASE.get(TYPES.get(it), sa.Text)) for it in COLUMNS[name]
        ]
        sa.Table(name, metadata, *columns)
    with engine.begin() as connection:
        metadata.drop_all(connection)
        for name, rows in tables.items():
            table = metadata.tables[name]
            table.create(connection)
            filled = [
                {column: typed(column, row.get(column)) for column in COLUMNS[name]} for row in rows
            ]
            if filled:
                connection.execute(table.insert(), filled)
    engine.dispose()


def run_all(url: str, *statements: str) -> None:
    """Run statements of the tests' own."""
    engine = _engine(url)
    with engine.begin() as connection:
        for it in statements:
            connection.exec_driver_sql(it)
    engine.dispose()


def cursor_streams(url: str, tables: object = None, columns: object = None) -> dict[str, TableStream]:
    """The tables as streams by the cursors of any database."""
    chosen = read_settings(url, tables=tables, columns=columns)
    snapshot = GeneralSnapshot(engine_of(chosen))
    there = {name: snapshot.columns_in(it) for name, it in chosen.sources.items()}
    return {
        name: snapshot.stream(it, pick_columns(it, columns_there))
        for name, it in chosen.sources.items()
        if (columns_there := there[name]) is not None
    }


def by_cursors(url: str, tables: object, columns: object = None) -> dict[str, pl.DataFrame]:
    """The tables as they are read one after the other by the cursors of any database."""
    streams = cursor_streams(url, tables, columns)
    return {name: pl.DataFrame(stream) for name, stream in streams.items()}


def _engine(url: str) -> sa.Engine:
    """An engine that does not wait for ever for what a reader holds."""
    options = {"options": "-c lock_timeout=5000"} if url.startswith("postgresql") else {"timeout": 5}
    return sa.create_engine(url, poolclass=NullPool, connect_args=options)
