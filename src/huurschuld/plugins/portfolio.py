"""The `portfolio` ledger: a folder of the tables of `docs/semantics.md`, as CSV or Parquet.

CSV is read strictly: UTF-8 with or without byte order mark, a comma or a semicolon between cells, double
quotes, any line ends, every row as wide as the heading. An empty cell is null. A last line without a
line break is taken only if its last cell cannot be the beginning of a longer one: otherwise the file may
have been cut off.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Final

from huurschuld.errors import Cell, InvalidValue, MissingField, UnknownField
from huurschuld.hooks import ArrowStream, Ledger, OpenLedger, hookimpl
from huurschuld.tables import TABLES, check_heading, polars
from huurschuld.tenancy import CHANNELS, ENTRY_CLASSES

api_version = 1

_SUFFIXES: Final = (".csv", ".parquet")
_BLOCK: Final = 10_000
_LINE_BREAK: Final = re.compile(r"\r\n|\r|\n")
_FREE_TEXT: Final = frozenset({"id", "tenancy", "settles", "reverses"})
_CLOSED: Final = re.compile(
    "|".join(
        (
            "[0-9]{4}-[0-9]{2}-[0-9]{2}",
            *("true", "false", "in", "out", "all", "some", "no"),
            *CHANNELS,
            *ENTRY_CLASSES,
        )
    )
)
"""A last cell that is whole as it stands."""


@hookimpl
def huurschuld_ledgers() -> Mapping[str, OpenLedger]:
    """The ledger `portfolio`, which takes the option `folder`."""
    return {"portfolio": open_folder}


def open_folder(*, folder: str) -> Ledger:
    """The ledger of a folder.

    Raises:
        InvalidValue: there is no such folder.
        UnknownField: it holds a CSV or Parquet file that is no table, or a table twice.
    """
    return PortfolioFolder(Path(folder))


class PortfolioFolder:
    """The tables in a folder."""

    def __init__(self, folder: Path) -> None:
        if not folder.is_dir():
            raise InvalidValue(str(folder), "there is no such folder", "name the folder of the tables")
        self._files: dict[str, Path] = {}
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
            name: _read_csv(path) if path.suffix.lower() == ".csv" else _read_parquet(path)
            for name, path in self._files.items()
        }

    def place(self, table: str, row: int | None, column: str) -> Cell:
        """The file, and the line in it; of a Parquet file the row, counted as the lines of a CSV."""
        path = self._files[table]
        if row is None:
            return Cell(path.name, 1, column)
        return Cell(path.name, _line_of(path, row) if path.suffix.lower() == ".csv" else row + 2, column)


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


def _read_csv(path: Path) -> ArrowStream:
    pl = polars(path.name)
    rows = _Rows(path)
    heading = rows.heading()
    cells: list[list[str]] = [[] for _ in heading]
    body = rows.body(heading)
    while block := list(islice(body, _BLOCK)):
        for column, more in zip(cells, zip(*block, strict=True), strict=True):
            column.extend(more)
    frame = pl.DataFrame(
        dict(zip(heading, cells, strict=True)), schema=dict.fromkeys(heading, pl.String)
    )
    filled: ArrowStream = frame.with_columns(pl.all().replace("", None))
    return filled


def _line_of(path: Path, row: int) -> int:
    """The line at which a row begins; the file is read again, since this is wanted for an error only."""
    rows = _Rows(path)
    heading = rows.heading()
    next(islice(rows.body(heading), row, None), None)
    return rows.line


class _Rows:
    """The rows of one CSV file, read strictly.

    Attributes:
        line: the line at which the row that was read last begins.
    """

    def __init__(self, path: Path) -> None:
        self.line = 1
        self._path = path
        self._text = self._decoded()
        first = _LINE_BREAK.split(self._text, 1)[0]
        delimiter = ";" if ";" in first and "," not in first else ","
        self._reader = csv.reader(io.StringIO(self._text, newline=""), delimiter=delimiter, strict=True)

    def _decoded(self) -> str:
        data = self._path.read_bytes().removeprefix(codecs.BOM_UTF8)
        try:
            return data.decode("utf-8")
        except UnicodeDecodeError as error:
            before = data[: error.start].decode("utf-8")
        line = len(_LINE_BREAK.findall(before)) + 1
        raise InvalidValue(
            Cell(self._path.name, line, ""), "this line is not UTF-8", "save the file as UTF-8"
        )

    def heading(self) -> list[str]:
        """The names of the columns."""
        heading = next(self._read(), [])
        if not heading:
            raise MissingField(Cell(self._path.name, 1, ""), "the line with the column names is missing")
        check_heading(self._path.stem, heading, Cell(self._path.name, 1, ""))
        for name in heading:
            if heading.count(name) > 1:
                raise InvalidValue(Cell(self._path.name, 1, name), "this column stands here twice")
        return heading

    def body(self, heading: list[str]) -> Iterator[list[str]]:
        """The rows below the heading; blank lines are passed over."""
        width = len(heading)
        last: list[str] | None = None
        for row in self._read():
            if len(row) < width:
                place = Cell(self._path.name, self.line, heading[len(row)])
                raise InvalidValue(place, "this line ends before this column")
            if len(row) > width:
                place = Cell(self._path.name, self.line, heading[-1])
                raise InvalidValue(place, "this line has more cells than the heading")
            last = row
            yield row
        if not self._is_whole(heading[-1], last):
            raise InvalidValue(
                Cell(self._path.name, self.line, heading[-1]),
                "the last line may have been cut off",
                "end it with a line break, or restore the file",
            )

    def _is_whole(self, column: str, last: list[str] | None) -> bool:
        """Whether the last cell cannot be the beginning of a longer one."""
        if self._text.endswith(("\n", "\r")):
            return True
        if last is None or column in _FREE_TEXT:
            return False
        return self._text.endswith('"') or _CLOSED.fullmatch(last[-1]) is not None

    def _read(self) -> Iterator[list[str]]:
        while True:
            self.line = self._reader.line_num + 1
            try:
                row = next(self._reader)
            except StopIteration:
                self.line = self._reader.line_num
                return
            except csv.Error:
                break
            if row:
                yield row
        raise InvalidValue(
            Cell(self._path.name, self.line, ""),
            "this line is no CSV: a quote does not close, or a cell is far too long",
            "mend the line",
        )
