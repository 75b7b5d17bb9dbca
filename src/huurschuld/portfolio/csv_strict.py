"""CSV, read strictly: what can be read in two ways is refused, and so is what may have been cut off.

UTF-8 with or without byte order mark, a comma or a semicolon between cells, double quotes, any line
ends, every row as wide as the heading. A last line without a line break is taken only if its last cell
cannot be the beginning of a longer one.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from huurschuld.errors import Cell, InvalidValue, MissingField
from huurschuld.hooks import Refused
from huurschuld.model.tenancy import CHANNELS, ENTRY_CLASSES
from huurschuld.model.values import Choice, Day, Flag, Kind, Whole
from huurschuld.portfolio.schema import COLUMNS, Column, check_heading, polars

_LINE_BREAK: Final = re.compile(r"\r\n|\r|\n")
_NO_CELL: Final = re.compile(r"[\r\n\0]")
"""What a quote that does not close takes into a cell, and what a disk that failed leaves behind."""

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
"""A last cell that is whole as it stands."""

_NEVER: Final = b"\x1f"
"""What no cell has: it makes one column of a whole line."""
_CHUNK: Final = 2**20
_LONGEST_LINE: Final = 2**16
"""No line that is read without care is longer; a cell of Python's reader is twice that at most."""


def delimiter_if_plain(path: Path) -> str | None:
    """What stands between the cells of a file in which nothing can be read in two ways; else None.

    Such a file is UTF-8 without quotes, blank lines, lone carriage returns or long lines, every line of
    it has as many cells as the heading, and ends. It is gone through in pieces.
    """
    with path.open("rb") as file:
        first = file.readline(_LONGEST_LINE)
        names = first.removeprefix(codecs.BOM_UTF8).rstrip(b"\r\n")
        delimiter = b";" if b";" in names and b"," not in names else b","
        cells = names.split(delimiter)
        file.seek(0)
        decoder = codecs.getincrementaldecoder("utf-8")()
        last = b"\n"
        while chunk := file.read(_CHUNK):
            if chunk.endswith(b"\r"):
                chunk += file.read(1)
            try:
                decoder.decode(chunk)
            except UnicodeDecodeError:
                return None
            if not _is_plain(last + chunk):
                return None
            last = chunk[-1:]
    if last != b"\n" or not names or len(set(cells)) < len(cells):
        return None
    return delimiter.decode() if _is_even(path, delimiter.decode(), len(cells) - 1) else None


def _is_plain(piece: bytes) -> bool:
    """Whether a piece, and the end of the one before it, has nothing that needs care."""
    return not any(it in piece for it in (b'"', b"\0", _NEVER, b"\n\n", b"\n\r")) and piece.count(
        b"\r"
    ) == piece.count(b"\r\n")


def _is_even(path: Path, delimiter: str, others: int) -> bool:
    """Whether all lines have so many delimiters, and none is very long."""
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


class Rows:
    """The rows of one CSV file, read strictly.

    Attributes:
        line: the line at which the row that was read last begins.
    """

    def __init__(self, path: Path, refused: Callable[[Refused], None] | None = None) -> None:
        self.line = 1
        self._path = path
        self._refused = refused
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
        seen: set[str] = set()
        for index, name in enumerate(heading):
            if name in seen:
                told = self._told(heading, index)
                raise InvalidValue(Cell(self._path.name, 1, told), "this column stands here twice")
            seen.add(name)
        return heading

    def body(self, heading: list[str]) -> Iterator[tuple[int, list[str]]]:
        """The rows below the heading, each with the line at which it begins, without blank lines.

        Raises:
            InvalidValue: a row is not as wide as the heading, unless there is somebody to be told of it.
                Whether there is or not: the last line may have been cut off, or rows may have got into
                a cell of another, so that nobody knows whose are missing.
        """
        whole: tuple[int, list[str]] | None = None
        for row in self._read():
            if whole is not None:
                yield whole
            whole = None
            if self._refused is not None and any(map(_NO_CELL.search, row)):
                raise InvalidValue(
                    Cell(self._path.name, self.line, ""),
                    "a cell of this line runs over several lines, or is damaged: it may hold other rows",
                    "see that every quote closes, or restore the file",
                )
            if len(row) == len(heading):
                whole = self.line, row
            else:
                self._refuse(heading, row)
        if not self._is_whole(heading[-1], None if whole is None else whole[1]):
            raise InvalidValue(
                Cell(self._path.name, self.line, self._told(heading, -1)),
                "the last line may have been cut off",
                "end it with a line break, or restore the file",
            )
        if whole is not None:
            yield whole

    def _refuse(self, heading: list[str], row: list[str]) -> None:
        """Refuse a row that is not as wide as the heading."""
        short = len(row) < len(heading)
        error = InvalidValue(
            Cell(self._path.name, self.line, self._told(heading, len(row) if short else -1)),
            "this line ends before this column"
            if short
            else "this line has more cells than the heading",
        )
        if self._refused is None:
            raise error
        self._refused(Refused(error, self._owner(heading, row) if short else None))

    def _owner(self, heading: list[str], row: list[str]) -> str | None:
        """The tenancy of a row that is too short; None unless it is a row that was merely cut off.

        Where a delimiter is missing, what stands in the column of the tenancy may be another's name.
        """
        columns = COLUMNS[self._path.stem]
        cells = dict(zip(heading, row, strict=False))
        *others, last = cells
        key = "id" if self._path.stem == "tenancies" else "tenancy"
        if key not in others or not columns.keys() >= cells.keys():
            return None
        fits = all(_fits(columns[name], cells[name]) for name in others)
        return cells[key] if fits and _begins(columns[last].kind, cells[last]) else None

    def _told(self, heading: list[str], index: int) -> str:
        """The name of a column; of one that is not known, and may be somebody's, its number."""
        name = heading[index]
        known = COLUMNS.get(self._path.stem, heading)
        return name if name in known else str(range(1, len(heading) + 1)[index])

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


def _fits(column: Column, cell: str) -> bool:
    """Whether a cell may stand in a column."""
    return column.kind.accepts(column.kind.from_text(cell)) if cell else not column.required


def _begins(kind: Kind, cell: str) -> bool:
    """Whether a cell is, or is the beginning of, what may stand in a column."""
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
