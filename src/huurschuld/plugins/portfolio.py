"""The `portfolio` ledger: a folder of the tables of `docs/semantics.md`, as CSV or Parquet.

CSV is read strictly: UTF-8 with or without byte order mark, a comma or a semicolon between cells, double
quotes, any line ends, every row as wide as the heading. An empty cell is null. A last line without a
line break is taken only if its last cell cannot be the beginning of a longer one: otherwise the file may
have been cut off.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Mapping
from itertools import islice
from pathlib import Path
from typing import Final

from huurschuld.errors import Cell, InvalidValue, UnknownField
from huurschuld.hooks import (
    ArrowStream,
    Enricher,
    Ledger,
    OpenEnricher,
    Opener,
    OpenLedger,
    Refused,
    hookimpl,
)
from huurschuld.portfolio.csv_strict import Rows, delimiter_if_plain
from huurschuld.portfolio.schema import TABLES, polars

api_version = 1

_SUFFIXES: Final = (".csv", ".parquet")
_BLOCK: Final = 10_000


@hookimpl
def huurschuld_ledgers() -> Mapping[str, OpenLedger]:
    """The ledger `portfolio`, which takes the option `folder`."""
    return {"portfolio": open_folder}


@hookimpl
def huurschuld_enrichers() -> Mapping[str, OpenEnricher]:
    """The enricher `portfolio`: a folder of some of the tables, such as `children`."""
    return {"portfolio": open_parts}


def open_parts(*, folder: str) -> Enricher:
    """The tables of a folder, as further parts of tenancies; errors as of `open_folder`."""
    return FurtherFolder(open_folder(folder=folder))


def open_folder(*, folder: str) -> Ledger:
    """The ledger of a folder.

    Raises:
        InvalidValue: there is no such folder.
        UnknownField: it holds a CSV or Parquet file that is no table, or a table twice.
    """
    return PortfolioFolder(Path(folder))


class FurtherFolder:
    """The tables in a folder, beside those of a ledger."""

    def __init__(self, folder: Ledger) -> None:
        self._folder = folder

    def parts(self) -> Mapping[str, ArrowStream]:
        """The tables that are there."""
        return self._folder.tables()


class PortfolioFolder:
    """The tables in a folder."""

    def __init__(self, folder: Path) -> None:
        if not folder.is_dir():
            raise InvalidValue(str(folder), "there is no such folder", "name the folder of the tables")
        self._files: dict[str, Path] = {}
        self._lines: dict[Path, array[int] | None] = {}  # at which line each row of a CSV begins
        for path in sorted(folder.iterdir()):
            if path.suffix.lower() not in _SUFFIXES:
                continue
            if not path.is_file():
                raise InvalidValue(path.name, "this is no file", "a table is one file")
            if path.stem not in TABLES:
                raise UnknownField(path.name, "this is no table", f"the tables are: {', '.join(TABLES)}")
            if path.stem in self._files:
                raise UnknownField(path.name, "this table stands here twice", "keep one of the two")
            self._files[path.stem] = path

    def tables(self) -> Mapping[str, ArrowStream]:
        """The tables that are there."""
        return {
            name: self._read_csv(path) if _is_csv(path) else _read_parquet(path)
            for name, path in self._files.items()
        }

    def scan(
        self, opener: Opener, refused: Callable[[Refused], None] | None = None
    ) -> Mapping[str, object]:
        """The tables that are there, of which only what is needed is read.

        A CSV file in which nothing can be read in two ways is left to the library; another is read
        here, row by row.
        """
        found: dict[str, object] = {}
        for name, path in self._files.items():
            if not _is_csv(path):
                found[name] = opener.parquet(path)
                continue
            delimiter = delimiter_if_plain(path)
            if delimiter is None:
                found[name] = opener.arrow(self._read_csv(path, refused))
            else:
                self._lines[path] = None
                found[name] = opener.csv(path, delimiter)
        return found

    def place(self, table: str, row: int | None, column: str) -> Cell:
        """The file, and the line in it; of a Parquet file the row, counted as the lines of a CSV."""
        path = self._files[table]
        if row is None:
            return Cell(path.name, 1, column)
        lines = self._lines.get(path)
        return Cell(path.name, row + 2 if lines is None else lines[row], column)

    def _read_csv(self, path: Path, refused: Callable[[Refused], None] | None = None) -> ArrowStream:
        pl = polars(path.name)
        rows = Rows(path, refused)
        heading = rows.heading()
        cells: list[list[str]] = [[] for _ in heading]
        lines = self._lines[path] = array("Q")
        body = rows.body(heading)
        while block := list(islice(body, _BLOCK)):
            lines.extend(line for line, _ in block)
            for column, more in zip(cells, zip(*(row for _, row in block), strict=True), strict=True):
                column.extend(more)
        frame = pl.DataFrame(
            dict(zip(heading, cells, strict=True)), schema=dict.fromkeys(heading, pl.String)
        )
        filled: ArrowStream = frame.with_columns(pl.all().replace("", None))
        return filled


def _is_csv(path: Path) -> bool:
    return path.suffix.lower() == ".csv"


def _read_parquet(path: Path) -> ArrowStream:
    pl = polars(path.name)
    try:
        # An open file, since polars takes a path with [ or * in it for a pattern.
        with path.open("rb") as file:
            read: ArrowStream = pl.read_parquet(file)
            return read
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError):
        place = Cell(path.name, 1, "")
    raise InvalidValue(place, "this is no Parquet file", "restore the file")
