"""The ledger of a database: its tables as streams of one snapshot."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from weakref import WeakSet

from huurschuld.errors import Cell, MissingField
from huurschuld.hooks import ArrowStream
from huurschuld.plugins.database.connecting import engine_of
from huurschuld.plugins.database.general import GeneralSnapshot
from huurschuld.plugins.database.picking import pick_columns
from huurschuld.plugins.database.postgres import PostgresSnapshot
from huurschuld.plugins.database.settings import Settings, Source
from huurschuld.plugins.database.streams import Snapshot, TableStream
from huurschuld.portfolio.schema import by_row

_FAST: Final = ("postgresql", "psycopg")
"""The database, and the driver, that PostgreSQL's own COPY is used with."""


class DatabaseLedger:
    """The tables of a portfolio in a database."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._engine = engine_of(settings)
        self._snapshots: WeakSet[Snapshot[Any]] = WeakSet()

    def tables(self) -> Mapping[str, ArrowStream]:
        """Return the tables that exist, as they are now; the rows are read when a stream is.

        The connection is closed when no stream is in use any more, when one fails, or when the ledger is
        closed.

        Raises:
            InputError: a table or column is not as the user says, or may not be read.
            PluginFailed: the database cannot be reached, or fails.
        """
        dialect = self._engine.dialect
        is_fast = (dialect.name, dialect.driver) == _FAST
        snapshot = PostgresSnapshot(self._engine) if is_fast else GeneralSnapshot(self._engine)
        self._snapshots.add(snapshot)
        try:
            found = {name: _stream(snapshot, it) for name, it in self._settings.sources.items()}
        except BaseException:
            snapshot.close()
            raise
        return {name: stream for name, stream in found.items() if stream is not None}

    def place(self, table: str, row: int | None, column: str) -> Cell:
        """Return the place in the database's own names; rows count from 2, in the order received."""
        source = self._settings.sources.get(table)
        return by_row(table, row, column) if source is None else source.at(row, column)

    def close(self) -> None:
        """Close the connections, even while tables are read."""
        for snapshot in list(self._snapshots):
            snapshot.close()


def _stream(snapshot: Snapshot[Any], source: Source) -> TableStream | None:
    """Return a table; None if it does not exist, and the options do not mention it."""
    available = snapshot.columns_in(source)
    if available is not None:
        return snapshot.stream(source, pick_columns(source, available))
    if source.mentioned:
        raise MissingField(
            f"tables.{source.table}",
            "the database has no such table or view that this login can see",
            "correct the name, or leave the table out: then it is unknown",
        )
    return None
