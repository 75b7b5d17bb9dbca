"""Read a database of HuurBoek, and say where in it a value is."""

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

import polars as pl
from huurschuld import Cell, InvalidValue
from huurschuld.hooks import ArrowStream, Ledger

from erp_ledger.bookings import Booking, by_kind, wrong_bookings
from erp_ledger.columns import SOURCES, Source

_HEADING = 0


def open_database(*, database: str) -> Ledger:
    """Open the ledger; the configuration gives its options.

    Args:
        database: the SQLite file.

    Raises:
        InvalidValue: there is no such file.
    """
    path = Path(database)
    if not path.is_file():
        raise InvalidValue("database", "there is no such file", "name the SQLite file")
    return HuurBoek(path)


class HuurBoek:
    """The tenancies of one database, which is only read."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._numbers: dict[str, list[int]] = {}

    def tables(self) -> Mapping[str, ArrowStream]:
        """Return the tables, all as of one moment.

        Raises:
            InvalidValue: the database cannot be read, or at the place of a value that is wrong.
        """
        return {table: self._read(table, rows) for table, rows in self._rows().items()}

    def place(self, table: str, row: int | None, column: str) -> Cell:
        """Return the table and column of HuurBoek; the line is the `rowid`, 0 for the heading."""
        source = SOURCES[table]
        name, _ = source.columns.get(column, (column, None))
        return Cell(source.table, _HEADING if row is None else self._numbers[table][row], name)

    def _rows(self) -> dict[str, list[Booking]]:
        address = f"{self._path.resolve().as_uri()}?mode=ro"
        try:
            with closing(sqlite3.connect(address, uri=True)) as connection:
                connection.row_factory = sqlite3.Row
                connection.execute("BEGIN")
                return {table: _all(connection, it) for table, it in SOURCES.items()}
        except sqlite3.Error:
            pass
        # Raised here, so that no log shows the error of SQLite, which may quote a value.
        raise InvalidValue("database", "it cannot be read", "see that it is whole, and not locked")

    def _read(self, table: str, rows: list[Booking]) -> pl.DataFrame:
        """Return the rows of a table as huurschuld reads them: every value as a text."""
        columns = SOURCES[table].columns
        self._numbers[table] = [int(str(it["rowid"])) for it in rows]
        for row, column, expected in wrong_bookings(rows) if table == "entries" else ():
            place = Cell(SOURCES[table].table, self._numbers[table][row], column)
            raise InvalidValue(
                place, expected, "find out what was meant, and correct it in HuurBoek"
            )
        found = [
            {column: self._value(table, row, column, it) for column in columns}
            for row, it in enumerate(rows)
        ]
        if table == "entries":
            found = [by_kind(it) for it in found]
        return pl.DataFrame(found, schema=dict.fromkeys(columns, pl.String))

    def _value(self, table: str, row: int, column: str, values: Booking) -> str | None:
        name, read = SOURCES[table].columns[column]
        try:
            return read(values[name])
        except ValueError as error:
            expected = str(error)
        raise InvalidValue(self.place(table, row, column), expected, "correct it in HuurBoek")


def _all(connection: sqlite3.Connection, source: Source) -> list[Booking]:
    query = f"SELECT rowid, * FROM {source.table} ORDER BY rowid"  # noqa: S608 - a name of our own
    return [dict(it) for it in connection.execute(query)]
