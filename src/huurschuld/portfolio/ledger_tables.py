"""The tables of a ledger, ready to be opened in any library, with the place of each row.

An unambiguous CSV file is left to the library; any other is read here.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from attrs import evolve, field, frozen

from huurschuld.errors import Cell, InputError, InvalidValue, UnknownField
from huurschuld.hooks import ArrowStream, Ledger, LocatesRows, SetsAside, TellsNotices
from huurschuld.portfolio.csv_strict import RejectedRow, delimiter_if_plain, read_csv
from huurschuld.portfolio.extras import polars
from huurschuld.portfolio.files import CsvFile, ParquetFile
from huurschuld.portfolio.mapping.tables import MappedTable, read_mapped
from huurschuld.portfolio.schema import TABLES, Place, by_row, check_tables, given_tables
from huurschuld.portfolio.streams import check_stream, read_stream


@frozen
class PlainCsv:
    """A CSV file that every library reads in the same way: every cell is text, an empty one null."""

    path: Path
    delimiter: str

    def scan(self) -> Any:  # noqa: ANN401 - polars need not be installed
        """Open the file in polars, without reading its rows."""
        return polars(self.path.name).scan_csv(
            self.path, separator=self.delimiter, quote_char=None, infer_schema=False, glob=False
        )


@frozen
class LedgerTable:
    """One table of a ledger, in a form that any library can open.

    Rows that cannot be read are not in it, but in `rejected`.
    """

    name: str
    table: ArrowStream | ParquetFile | PlainCsv = field(repr=False)
    place: Place = field(repr=False)
    rejected: tuple[RejectedRow, ...] = ()

    def scan(self) -> Any:  # noqa: ANN401 - polars need not be installed
        """Open the table in polars, reading no more of a file than is needed.

        Raises:
            InvalidValue: it cannot be read.
            HuurschuldError: as reported by a stream that fails.
        """
        if isinstance(self.table, ParquetFile | PlainCsv):
            return self.table.scan()
        return read_stream(self.name, self.table).lazy()

    def read(self) -> Any:  # noqa: ANN401 - polars need not be installed
        """Read the table whole, into a frame of polars; errors as for `scan`."""
        if isinstance(self.table, ParquetFile):
            return self.table.read()
        return self.scan().collect()


class LedgerAround(ABC):
    """A ledger around another one: it changes its tables, and keeps the place of every row.

    Args:
        ledger: the other ledger.
    """

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._read: Mapping[str, LedgerTable] = {}

    @abstractmethod
    def ledger_tables(
        self,
        *,
        quarantine: bool = False,
        refused: list[tuple[str, InputError]] | None = None,
        own: Collection[str] = (),
    ) -> Mapping[str, LedgerTable]:
        """Return the tables; arguments and errors as for the function of this name."""

    def tables(self) -> Mapping[str, ArrowStream]:
        """Read the tables."""
        self._read = self.ledger_tables()
        return {name: table.read() for name, table in self._read.items()}

    def place(self, table: str, row: int | None, column: str) -> Cell:
        """Return the place of a value, as read last."""
        read = self._read.get(table)
        return by_row(table, row, column) if read is None else read.place(table, row, column)

    def notices(self) -> Sequence[tuple[Cell, str, str | None]]:
        """Return the notices of the other ledger."""
        return self._ledger.notices() if isinstance(self._ledger, TellsNotices) else ()


def ledger_tables(
    ledger: Ledger,
    *,
    quarantine: bool = False,
    refused: list[tuple[str, InputError]] | None = None,
    own: Collection[str] = (),
) -> Mapping[str, LedgerTable]:
    """Take the tables of a ledger.

    With `quarantine`, rows that cannot be read are rejected one by one; else the first one raises. With
    `refused`, a table that cannot be read goes there by its name, with its error; others may be missing.
    `own` are columns of `tenancies` that belong to no portfolio: exports are read with these.

    Raises:
        InputError: a table does not belong, is required, or cannot be read.
    """
    if isinstance(ledger, LedgerAround):
        return ledger.ledger_tables(quarantine=quarantine, refused=refused, own=own)
    place = ledger.place if isinstance(ledger, LocatesRows) else None
    aside = ledger.set_aside() if quarantine and isinstance(ledger, SetsAside) else ()
    tables = given_tables(ledger.tables())
    if refused is None:
        check_tables(tables)
    found = {}
    for name, table in tables.items():
        try:
            found[name] = ledger_table(name, table, place, quarantine=quarantine, own=own)
        except InputError as error:
            if refused is None:
                raise
            refused.append((name, error))
    # They are rows of the source: which table they were for does not matter.
    rows = tuple(RejectedRow("entries", error, tenancy) for error, tenancy in aside)
    if rows and "entries" in found:
        found["entries"] = evolve(found["entries"], rejected=rows)
    return found


def ledger_table(
    name: str,
    table: ArrowStream,
    place: Place | None = None,
    *,
    quarantine: bool = False,
    own: Collection[str] = (),
) -> LedgerTable:
    """Take one table, as `ledger_tables`; `place` gives the place of a value that is in no CSV file."""
    if isinstance(table, CsvFile):
        return _csv_table(name, table.path, quarantine=quarantine)
    if isinstance(table, ParquetFile):
        return LedgerTable(name, table, place or partial(_place_in_file, table.label))
    if isinstance(table, MappedTable):
        rejected: list[RejectedRow] = []
        frame, at = read_mapped(
            table, rejected if quarantine else None, own if name == "tenancies" else ()
        )
        return LedgerTable(name, frame, at, tuple(rejected))
    return LedgerTable(name, check_stream(name, table), place or by_row)


def _csv_table(name: str, path: Path, *, quarantine: bool) -> LedgerTable:
    if name not in TABLES:
        raise UnknownField(name, "there is no such table", f"there are: {', '.join(TABLES)}")
    if not path.is_file():
        raise InvalidValue(path.name, "there is no such file", "restore the file")
    delimiter = delimiter_if_plain(path)
    if delimiter is not None:
        return LedgerTable(name, PlainCsv(path, delimiter), partial(_place_in_file, path.name))
    rejected: list[RejectedRow] = []
    frame, lines = read_csv(name, path, rejected if quarantine else None)

    def place(_: str, row: int | None, column: str) -> Cell:
        return Cell(path.name, 1 if row is None else lines[row], column)

    return LedgerTable(name, frame, place, tuple(rejected))


def _place_in_file(file: str, _: str, row: int | None, column: str) -> Cell:
    return by_row(file, row, column)
