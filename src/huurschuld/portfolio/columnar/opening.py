"""Opening the tables of a ledger in the library that does the work."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Any, Final

from attrs import frozen

from huurschuld.errors import Cell, InputError, InvalidValue
from huurschuld.hooks import Ledger
from huurschuld.portfolio.columnar.column_types import unreadable
from huurschuld.portfolio.columnar.library_errors import translate_library_errors
from huurschuld.portfolio.csv_strict import RejectedRow
from huurschuld.portfolio.extras import import_extra
from huurschuld.portfolio.files import ParquetFile
from huurschuld.portfolio.ledger_tables import LedgerTable, PlainCsv, ledger_tables
from huurschuld.portfolio.schema import Place, check_columns
from huurschuld.portfolio.unreadable import unreadable_column, unreadable_table

_PATTERN: Final = frozenset("*?[{")
"""The characters that make DuckDB and Spark treat a path as a pattern."""


class Library(StrEnum):
    """The dataframe library that does the work."""

    POLARS = "polars"
    DUCKDB = "duckdb"
    SPARK = "spark"


@frozen
class OpenedTables:
    """The tables of a ledger by name, opened in one library, without the rows that cannot be read."""

    frames: Mapping[str, Any]
    places: Mapping[str, Place]
    rejected: tuple[RejectedRow, ...]

    def place(self, table: str, row: int | None, column: str) -> Cell:
        """Return the place of a value: its row counted from 0, or None for the heading."""
        return self.places[table](table, row, column)

    def unreadable(self, library: str) -> InvalidValue | None:
        """The error for the first column that the library cannot read, at its file; None without one."""
        return unreadable(self.frames, library, lambda table: self.place(table, None, "").file)


def open_tables(ledger: Ledger, library: Library, *, quarantine: bool = False) -> OpenedTables:
    """Open the tables of a ledger in a library; polars, or any on Parquet, reads only what is needed.

    With `quarantine`, rows that cannot be read are rejected one by one; else the first one raises.

    Raises:
        ExtraNeeded: the library is not installed.
        InputError: a table does not belong, is required, or cannot be read.
        HuurschuldError: as reported by a table that fails while it is read.
    """
    # Drop the tables here: a database connection stays open while any of its tables is referenced.
    return opened_tables(ledger_tables(ledger, quarantine=quarantine), library)


def opened_tables(
    tables: Mapping[str, LedgerTable],
    library: Library,
    refused: list[tuple[str, InputError]] | None = None,
) -> OpenedTables:
    """Open tables in a library; as `open_tables`.

    With `refused`, a table that cannot be read goes there by its name, with its error.
    """
    openers: Mapping[Library, Callable[[], Callable[[LedgerTable], Any]]] = {
        Library.POLARS: lambda: LedgerTable.scan,
        Library.DUCKDB: _duckdb,
        Library.SPARK: _spark,
    }
    opener = openers[library]()
    frames = {}
    for name, table in tables.items():
        try:
            frames[name] = _opened(table, opener)
        except InputError as error:
            if refused is None:
                raise
            refused.append((name, error))
    return OpenedTables(
        frames,
        {name: table.place for name, table in tables.items()},
        tuple(row for table in tables.values() for row in table.rejected),
    )


def _opened(table: LedgerTable, opener: Callable[[LedgerTable], Any]) -> Any:  # noqa: ANN401 - a frame of any library
    with translate_library_errors(partial(unreadable_table, table.place(table.name, None, "").file)):
        return opener(table)


def _duckdb() -> Callable[[LedgerTable], Any]:
    return partial(_in_duckdb, _backend("duckdb", "duckdb").connect())


def _in_duckdb(connection: Any, table: LedgerTable) -> Any:  # noqa: ANN401 - DuckDB need not be installed
    if path := _parquet_of(table):
        return connection.read_parquet(str(path))
    # CSV goes through polars too: DuckDB guesses how to read an ambiguous line.
    return connection.from_arrow(_in_arrow(table))


def _spark() -> Callable[[LedgerTable], Any]:
    sql = _backend("pyspark.sql", "spark")
    return partial(_in_spark, sql.SparkSession.builder.getOrCreate())


def _in_spark(session: Any, table: LedgerTable) -> Any:  # noqa: ANN401 - Spark need not be installed
    # By the name of the table: what a link leads to may have a name that Spark passes over.
    if path := _parquet_of(table):
        return session.read.parquet(path.absolute().as_uri())
    if plain := _plain_csv_of(table):
        columns = plain.scan().collect_schema().names()
        schema = import_extra("pyspark.sql.types", "spark", "--backend", "spark is not installed")
        fields = [schema.StructField(it, schema.StringType()) for it in columns]
        # Nothing is a quote or an escape: there are none in such a file.
        read = session.read.schema(schema.StructType(fields)).options(
            sep=plain.delimiter, header=True, quote="", escape="", mode="FAILFAST", encoding="UTF-8"
        )
        return read.csv(plain.path.absolute().as_uri())
    return session.createDataFrame(_in_arrow(table))


def _plain_csv_of(table: LedgerTable) -> PlainCsv | None:
    """The CSV file that Spark can read by itself; None if the table must go through polars.

    In a file of one column Spark passes over a line of blanks.
    """
    file = table.table
    if not isinstance(file, PlainCsv) or not _PATTERN.isdisjoint(str(file.path)):
        return None
    columns = file.scan().collect_schema().names()
    check_columns(table.name, columns, partial(table.place, table.name))
    return file if len(columns) > 1 else None


def _in_arrow(table: LedgerTable) -> Any:  # noqa: ANN401 - a table of PyArrow, which is optional
    frame = table.read()
    check_columns(table.name, frame.columns, partial(table.place, table.name))
    file = table.place(table.name, None, "").file
    odd = partial(unreadable_column, file, frame.columns, lambda it: frame.select(it).to_arrow())
    with translate_library_errors(odd):
        return frame.to_arrow()


def _parquet_of(table: LedgerTable) -> Path | None:
    """The Parquet file that a library can open by itself; None if the table must go through polars."""
    file = table.table
    if not isinstance(file, ParquetFile):
        return None
    file.scan()  # so that what is no Parquet file is refused in the same way by every library
    return file.path if _PATTERN.isdisjoint(str(file.path)) else None


def _backend(module: str, extra: str) -> Any:  # noqa: ANN401 - a module has no type
    return import_extra(module, extra, "--backend", f"{extra} is not installed")
