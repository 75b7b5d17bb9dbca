"""Reading CSV strictly: a file is refused if it is ambiguous or may have been cut off.

UTF-8 with or without byte order mark, a comma or a semicolon between cells, double quotes, any line
ends, every row as wide as the heading. A last line without a line break is taken only if its last cell
cannot be the beginning of a longer one.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from array import array
from collections.abc import Collection, Iterator
from itertools import islice
from pathlib import Path
from typing import Any, Final

from attrs import field, frozen

from huurschuld.errors import Cell, InputError, InvalidValue, MissingField
from huurschuld.model.entries import ENTRY_CLASSES
from huurschuld.model.tenancy import CHANNELS
from huurschuld.model.values import Choice, Day, Flag, Kind, Whole
from huurschuld.portfolio.extras import polars
from huurschuld.portfolio.pieces import pieces
from huurschuld.portfolio.schema import COLUMNS, Column, check_heading, tenancy_column

_LINE_BREAK: Final = re.compile(r"\r\n|\r|\n")
_QUOTES: Final = "put what holds a comma, such as an amount, in quotes; or correct the line"
_NO_CELL: Final = re.compile(r"[\r\n\0]")
"""What an unclosed quote puts into a cell, and what a failing disk leaves behind."""

_DIGIT: Final = re.compile("[0-9]")
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
"""A last cell that was certainly not cut off."""

_NEVER: Final = b"\x1f"
"""A byte that no cell contains; as the delimiter, it makes a whole line one column."""
_LONGEST_LINE: Final = 2**16
"""The longest line that any library may read; Python's reader accepts cells of twice that length."""
_BLOCK: Final = 10_000


def delimiter_if_plain(path: Path) -> str | None:
    """Return the delimiter of a file without ambiguities; else None.

    Such a file is UTF-8 without quotes, blank lines, lone carriage returns or long lines; every line has
    as many cells as the heading, and a line break. The file is read in pieces.

    Raises:
        InvalidValue: a line is far too long; or as `pieces`.
    """
    names = last = b""
    decoder = codecs.getincrementaldecoder("utf-8")()
    for piece in pieces(path):
        if not last:
            names = piece.removeprefix(codecs.BOM_UTF8).partition(b"\n")[0].removesuffix(b"\r")
        try:
            decoder.decode(piece)
        except UnicodeDecodeError:
            return None
        if not _is_plain((last or b"\n") + piece):
            return None
        last = piece[-1:]
    delimiter = b";" if b";" in names and b"," not in names else b","
    cells = names.split(delimiter)
    if last != b"\n" or not names or len(set(cells)) < len(cells):
        return None
    return delimiter.decode() if _is_even(path, delimiter.decode(), len(cells) - 1) else None


def _is_plain(piece: bytes) -> bool:
    """Whether nothing in a piece, or across its start, is ambiguous."""
    return not any(it in piece for it in (b'"', b"\0", _NEVER, b"\n\n", b"\n\r")) and piece.count(
        b"\r"
    ) == piece.count(b"\r\n")


def _is_even(path: Path, delimiter: str, others: int) -> bool:
    """Whether all lines have this number of delimiters, and none is very long."""
    pl = polars(path.name)
    lines = pl.scan_csv(
        path,
        separator=_NEVER.decode(),
        quote_char=None,
        has_header=False,
        infer_schema=False,
        glob=False,
        new_columns=["line"],
    )
    delimiters = pl.col("line").str.count_matches(delimiter, literal=True)
    few, many, long = (
        lines.select(
            delimiters.min().alias("few"),
            delimiters.max().alias("many"),
            pl.col("line").str.len_bytes().max().alias("long"),
        )
        .collect(engine="streaming")
        .row(0)
    )
    return bool(few == many == others and long <= _LONGEST_LINE)


@frozen
class RejectedRow:
    """A row that cannot be read, and the tenancy that it says it belongs to, if it does."""

    table: str
    error: InputError
    tenancy: str | None = field(repr=False)


def read_csv(
    table: str, path: Path, rejected: list[RejectedRow] | None = None
) -> tuple[Any, array[int]]:
    """Read a table of a portfolio from a CSV file, row by row.

    Rows that are not as wide as the heading go into `rejected`; if it is None, the first one raises.

    Returns:
        A frame of polars, all text and an empty cell null, and the line at which each row begins.

    Raises:
        InputError: the file is ambiguous, or may have been cut off.
    """
    pl = polars(path.name)
    rows = _TableRows(table, path, rejected)
    heading = rows.heading()
    columns: list[list[str]] = [[] for _ in heading]
    lines = array("Q")
    body = rows.body(heading)
    while block := list(islice(body, _BLOCK)):
        lines.extend(line for line, _ in block)
        for column, cells in zip(columns, zip(*(row for _, row in block), strict=True), strict=True):
            column.extend(cells)
    frame = pl.DataFrame(
        dict(zip(heading, columns, strict=True)), schema=dict.fromkeys(heading, pl.String)
    )
    return frame.with_columns(pl.all().replace("", None)), lines


class CsvRows:
    """The rows of a CSV file that may have the `known` columns, read strictly.

    `line` is where the row that was read last begins.
    """

    def __init__(self, path: Path, known: Collection[str]) -> None:
        self.line = 1
        self._path = path
        self._known = known
        self._text = self._decoded()
        first = _LINE_BREAK.split(self._text, 1)[0]
        delimiter = ";" if ";" in first and "," not in first else ","
        self._reader = csv.reader(io.StringIO(self._text, newline=""), delimiter=delimiter, strict=True)

    def _decoded(self) -> str:
        data = b"".join(pieces(self._path)).removeprefix(codecs.BOM_UTF8)
        try:
            return data.decode("utf-8")
        except UnicodeDecodeError as error:
            before = data[: error.start].decode("utf-8")
        line = len(_LINE_BREAK.findall(before)) + 1
        raise InvalidValue(self._at(line), "this line is not UTF-8", "save the file as UTF-8")

    def heading(self) -> list[str]:
        """Read the names of the columns.

        Raises:
            MissingField: there is no heading.
            UnknownField: it is not one of this table.
            InvalidValue: a column is duplicated, or its name holds a NUL.
        """
        heading = next(self._read(), [])
        if not heading:
            raise MissingField(self._at(1), "the line with the column names is missing", "add it")
        for number, name in enumerate(heading, 1):
            if "\0" in name:
                raise InvalidValue(
                    self._at(1, str(number)), "the name of this column holds a NUL", "restore the file"
                )
        self._check_names(heading)
        for index, name in enumerate(heading):
            if name in heading[:index]:
                raise InvalidValue(
                    self._at(1, self._column(heading, index)),
                    "this column is duplicated",
                    "leave one of the two out",
                )
        return heading

    def body(self, heading: list[str]) -> Iterator[tuple[int, list[str]]]:
        """Read the rows below the heading, each with the line at which it begins, without blank lines.

        Raises:
            InvalidValue: a row is not as wide as the heading, or the last line may have been cut off.
        """
        whole: tuple[int, list[str]] | None = None
        for row in self._read():
            if whole is not None:
                yield whole
            whole = (self.line, row) if self._takes(heading, row) else None
        if not self._is_complete(heading[-1], None if whole is None else whole[1]):
            raise InvalidValue(
                self._at(self.line, self._column(heading, -1)),
                "the last line may have been cut off",
                "end it with a line break, or restore the file",
            )
        if whole is not None:
            yield whole

    def _check_names(self, heading: list[str]) -> None:
        raise NotImplementedError

    def _takes(self, heading: list[str], row: list[str]) -> bool:
        """Check that a row is as wide as the heading."""
        error = self._width_error(heading, row)
        if error is not None:
            raise error
        return True

    def _width_error(self, heading: list[str], row: list[str]) -> InvalidValue | None:
        if len(row) < len(heading):
            at = self._at(self.line, self._column(heading, len(row)))
            return InvalidValue(at, "this line ends before this column", "restore the line")
        if len(row) > len(heading):
            at = self._at(self.line, self._column(heading, -1))
            return InvalidValue(at, "this line has more cells than the heading", _QUOTES)
        return None

    def _is_complete(self, column: str, last: list[str] | None) -> bool:  # noqa: ARG002 - a table may know more of its columns
        """Whether the last line has certainly not been cut off."""
        return self._text.endswith(("\n", "\r")) or (last is not None and self._text.endswith('"'))

    def _at(self, line: int, column: str = "") -> Cell:
        return Cell(self._path.name, line, column)

    def _column(self, heading: list[str], index: int) -> str:
        """Name a column; an unknown one, which may be a person's name, by its number."""
        name = heading[index]
        return name if name in self._known else str(range(1, len(heading) + 1)[index])

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
            self._at(self.line),
            "this line is not valid CSV: a quote does not close, or a cell is far too long",
            "correct the line",
        )


class _TableRows(CsvRows):
    """The rows of a table of a portfolio; one that is too short or too long may be rejected alone."""

    def __init__(self, table: str, path: Path, rejected: list[RejectedRow] | None) -> None:
        self._table = table
        self._rejected = rejected
        super().__init__(path, COLUMNS.get(table, ()))

    def _check_names(self, heading: list[str]) -> None:
        if self._table in COLUMNS:
            check_heading(self._table, heading, self._at(1))

    def _takes(self, heading: list[str], row: list[str]) -> bool:
        if self._rejected is None:
            return super()._takes(heading, row)
        # It is unknown whose rows a cell has swallowed, so no tenancy can be quarantined for it.
        damaged = next((index for index, cell in enumerate(row) if _NO_CELL.search(cell)), None)
        if damaged is not None:
            raise InvalidValue(
                self._at(self.line, self._column(heading, min(damaged, len(heading) - 1))),
                "a cell of this line runs over several lines, or is damaged: it may hold other rows",
                "check that every quote is closed, or restore the file",
            )
        error = self._width_error(heading, row)
        if error is not None:
            self._rejected.append(RejectedRow(self._table, error, self._owner(heading, row)))
        return error is None

    def _owner(self, heading: list[str], row: list[str]) -> str | None:
        """Return the tenancy of a row that is too short; None unless the row was merely cut off.

        Where a delimiter is missing, the id in the tenancy column may be that of another tenancy.
        """
        columns = COLUMNS[self._table]
        cells = dict(zip(heading, row, strict=False))
        *others, last = cells
        key = tenancy_column(self._table)
        if len(row) > len(heading) or key not in others or not columns.keys() >= cells.keys():
            return None
        fits = all(_accepts(columns[name], cells[name]) for name in others)
        return cells[key] if fits and _may_begin(columns[last].kind, cells[last]) else None

    def _is_complete(self, column: str, last: list[str] | None) -> bool:
        """Whether the last cell cannot be the beginning of a longer one."""
        if self._text.endswith(("\n", "\r")):
            return True
        if last is None or column in _FREE_TEXT:
            return False
        return self._text.endswith('"') or _CLOSED.fullmatch(last[-1]) is not None


def _accepts(column: Column, cell: str) -> bool:
    """Whether a column accepts a cell."""
    return column.kind.accepts(column.kind.from_text(cell)) if cell else not column.required


def _may_begin(kind: Kind, cell: str) -> bool:
    """Whether a cell is, or is the beginning of, what a column accepts."""
    match kind:
        case Whole():
            return cell == "" or (cell.isascii() and cell.isdigit())
        case Day():
            return "0000-00-00".startswith(_DIGIT.sub("0", cell))
        case Flag():
            return any(word.startswith(cell.lower()) for word in ("true", "false"))
        case Choice(words):
            return any(word.startswith(cell) for word in words)
    return True
