"""The ledger of a database: its tables as streams of one snapshot."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from weakref import WeakSet

from huurschuld.errors import Cell, MissingField
from huurschuld.hooks import ArrowStream
from huurschuld.plugins.database.connecting import engine_of
from huurschuld.plugins.database.general import GeneralSnapshot
from huurschuld.plugins.database.picking import picked
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
        self._snapshots: WeakSet[Snapshot] = WeakSet()

    def tables(self) -> Mapping[str, ArrowStream]:
        """The tables that there are, as they are now; each is read when it is asked for.

        The database is let go of when none of them is held on to any more, when one breaks off, or when
        the ledger is closed.

        Raises:
            InputError: a table or column is not as the user says, or may not be read.
            PluginFailed: the database cannot be reached, or breaks off.
        """
        snapshot = self._snapshot()
        self._snapshots.add(snapshot)
        streams = {}
        try:
            for name, source in self._settings.sources.items():
                stream = _stream(snapshot, source)
                if stream is not None:
                    streams[name] = stream
        except BaseException:
            snapshot.close()
            raise
        return streams

    def place(self, table: str, row: int | None, column: str) -> Cell:
        """Their table or view, and their column; rows count from 2, in the order that they come in."""
        source = self._settings.sources.get(table)
        return by_row(table, row, column) if source is None else source.at(row, column)

    def close(self) -> None:
        """Let go of the database, whatever has been read of it."""
        for snapshot in list(self._snapshots):
            snapshot.close()

    def _snapshot(self) -> Snapshot:
        dialect = self._engine.dialect
        if (dialect.name, dialect.driver) == _FAST:
            return PostgresSnapshot(self._engine)
        return GeneralSnapshot(self._engine)


def _stream(snapshot: Snapshot, source: Source) -> TableStream | None:
    """A table; None if it is not there, and the user does not say that it is."""
    there = snapshot.there(source)
    if there is not None:
        return snapshot.stream(source, picked(source, there))
    if source.asked:
        raise MissingField(
            f"tables.{source.table}",
            "the database has no such table or view that this login can see",
            "correct the name, or leave the table out: then it is unknown",
        )
    return None
