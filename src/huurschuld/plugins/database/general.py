"""Any database that SQLAlchemy connects to: its own cursors, and each value read in Python.

SQLite is opened read-only, in one transaction. Of the others, those that can are asked for a transaction
that sees one moment; the permissions of the login must ensure that nothing is written.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Sequence
from contextlib import closing
from typing import Any, Final

import sqlalchemy
from sqlalchemy.engine import Connection, CursorResult, Engine

from huurschuld.errors import PluginFailed
from huurschuld.plugins.database.conversion import Convert, converter
from huurschuld.plugins.database.failures import PLUGIN, closed_error
from huurschuld.plugins.database.picking import PickedColumn
from huurschuld.plugins.database.settings import Source
from huurschuld.plugins.database.streams import Snapshot, TableStream, arrow_type, batch_of, pa

ROWS: Final = 10_000
"""How many rows are in memory at once."""

_ONE_MOMENT: Final = {
    "mariadb": "REPEATABLE READ",
    "mssql": "SNAPSHOT",
    "mysql": "REPEATABLE READ",
    "oracle": "SERIALIZABLE",
    "postgresql": "REPEATABLE READ",
}
"""The isolation level at which a transaction sees one moment, by kind of database."""


class GeneralSnapshot(Snapshot[Connection]):
    """One transaction on one connection."""

    def __init__(self, engine: Engine) -> None:
        self._dialect = engine.dialect
        self._being_read: str | None = None
        super().__init__(engine.connect, _close)

    def _begin(self) -> None:
        name = self._dialect.name
        if name == "sqlite":
            self._connection.exec_driver_sql("BEGIN")
            # The snapshot is taken when the file is first read, for the first table.
        elif name in _ONE_MOMENT:
            self._connection.execution_options(isolation_level=_ONE_MOMENT[name])
        if name == "postgresql":
            self._connection.execution_options(postgresql_readonly=True)
            # If a policy hides rows, such as payments, that is an error: they must not be left out.
            self._connection.exec_driver_sql("SET row_security = off")

    def _columns_in(self, source: Source) -> Sequence[str] | None:
        if isinstance(source.origin, str):
            with closing(self._select(source.origin)) as result:
                return list(result.keys())
        inspector = sqlalchemy.inspect(self._connection)
        schema, table = source.origin
        if not inspector.has_table(table, schema=schema):
            return None
        return [str(it["name"]) for it in inspector.get_columns(table, schema=schema)]

    def stream(self, source: Source, columns: Sequence[PickedColumn]) -> TableStream:
        """See `Snapshot`."""
        schema = pa.schema([(it.column, arrow_type(it)) for it in columns])
        return TableStream(source, schema, lambda: self._batches(source, schema, columns), self.close)

    def _batches(
        self,
        source: Source,
        schema: Any,  # noqa: ANN401 - of PyArrow
        columns: Sequence[PickedColumn],
    ) -> Generator[Any, None, None]:
        if not self._close.alive:
            raise closed_error()
        several_at_once = self._dialect.name == "sqlite"
        if self._being_read is not None and not several_at_once:
            raise PluginFailed(
                PLUGIN,
                f"{source.table} is read before {self._being_read} was read to its end",
                "read one table after the other: this database gives one at a time",
            )
        flags = not self._dialect.supports_native_boolean
        reads = [converter(it, numbers_are_flags=flags) for it in columns]
        self._being_read = source.table
        try:
            with closing(self._selected(source, columns)) as result:
                places = [list(result.keys()).index(it.theirs) for it in columns]
                for rows in result.partitions(ROWS):
                    theirs = list(zip(*rows, strict=True))
                    cells = [_cells(read, theirs[at]) for read, at in zip(reads, places, strict=True)]
                    yield batch_of(schema, cells)
        finally:
            self._being_read = None

    def _selected(self, source: Source, columns: Sequence[PickedColumn]) -> CursorResult[Any]:
        names = dict.fromkeys(it.theirs for it in columns)
        if isinstance(source.origin, str):
            return self._select(self._only(names, source.origin))
        schema, name = source.origin
        wanted: list[sqlalchemy.ColumnClause[Any]] = [sqlalchemy.column(it) for it in names]
        chosen = sqlalchemy.select(*wanted).select_from(sqlalchemy.table(name, schema=schema))
        return self._connection.execution_options(**_BY_CURSOR).execute(chosen)

    def _only(self, names: Iterable[str], text: str) -> str:
        """Select these columns of a SELECT; on lines of its own, since it may end in a comment."""
        if self._dialect.name == "mssql":  # it accepts no WITH and no ORDER BY in brackets
            return text
        quoted = ", ".join(self._dialect.identifier_preparer.quote(it) for it in names)
        return f"SELECT {quoted} FROM (\n{text}\n) source"  # noqa: S608 - names are quoted; a SELECT is the user's

    def _select(self, text: str) -> CursorResult[Any]:
        return self._connection.exec_driver_sql(text, execution_options=_BY_CURSOR)


_BY_CURSOR: Final = {"stream_results": True, "max_row_buffer": ROWS}


def _cells(read: Convert, theirs: Sequence[object]) -> list[object]:
    return [None if it is None else read(it) for it in theirs]


def _close(connection: Connection) -> None:
    """End the connection without using the database, which may be gone."""
    connection.invalidate()
    connection.close()
