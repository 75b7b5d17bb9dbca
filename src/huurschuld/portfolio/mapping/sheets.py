"""The rows of an exported file as texts, by a layout that the mapping states and nothing else."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, Final, NoReturn

from attrs import frozen

from huurschuld.errors import Cell, InvalidValue
from huurschuld.portfolio.extras import import_extra
from huurschuld.portfolio.mapping.document import Layout
from huurschuld.portfolio.pieces import pieces

SHEETS: Final = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")
"""The endings of spreadsheets."""

ERROR_CELL: Final = "\0error"
"""What a cell with an error of the spreadsheet, such as #N/A, is read as; no other text holds a NUL."""

_LINE_BREAK: Final = re.compile(r"\r\n|\r|\n")
_SEPARATOR_LINE: Final = re.compile(r"\"?sep=(?P<by>.)\"?", re.IGNORECASE)
_AS_TEXT: Final = re.compile(r'="(.*)"', re.DOTALL)
_UTF16: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


@frozen
class Row:
    """A row with the line on which it begins, and its texts without the blanks around them."""

    line: int
    cells: list[str]


@frozen
class Rows:
    """What a file holds.

    Attributes:
        file: its name in errors.
        heading: the headings; empty if the layout says that there are none.
        rows: the rows below, without those that are empty.
        is_open: whether the last of them may have been cut off.
    """

    file: str
    heading: list[str]
    rows: list[Row]
    is_open: bool


def read_rows(path: Path, layout: Layout) -> Rows:
    """Read a file as a layout says.

    Raises:
        InvalidValue: it is not written like that, or may have been cut off; at the file and the line.
        ExtraNeeded: it is a spreadsheet, and fastexcel is not installed.
    """
    if layout.sheet is not None:
        book = workbook(path)
        if layout.sheet not in book.sheet_names:
            raise InvalidValue(
                path.name, "it has no sheet of the name in the mapping", "correct sheet in the mapping"
            )
        rows = (it for it in sheet_rows(book, layout.sheet) if it.line >= layout.heading)
        return _whole(rows, file_label(path, layout), layout, is_open=False)
    text = decoded(path, layout.encoding)
    is_open = bool(text) and not text.endswith(("\n", "\r", '"'))
    return _whole(_text_rows(path, text, layout), path.name, layout, is_open=is_open)


def file_label(path: Path, layout: Layout) -> str:
    """The name of a file in errors, with its sheet."""
    return path.name if layout.sheet is None else f"{path.name}: {layout.sheet}"


def _whole(rows: Iterator[Row], file: str, layout: Layout, *, is_open: bool) -> Rows:
    """Take the heading off, and what ends the table; leave out what is empty, or is to be skipped."""
    heading: list[str] = []
    if layout.heading:
        first = next(rows, None)
        if first is None or first.line != layout.heading or not any(first.cells):
            raise InvalidValue(
                Cell(file, layout.heading, ""),
                "the line with the headings is expected here",
                "correct heading in the mapping, or restore the file",
            )
        heading = [normal(it) for it in first.cells]
    kept: list[Row] = []
    line = layout.heading
    for row in rows:
        line = row.line
        begins = next((it for it in row.cells if it), None)
        if begins is None or _is_like(begins, layout.skip_rows):
            continue
        if layout.last_row and _is_like(begins, (layout.last_row,)):
            _check_nothing_follows(rows, file)
            return Rows(file, heading, kept, is_open=False)
        kept.append(row)
    if layout.last_row == "" and kept and not kept[-1].cells[0]:
        return Rows(file, heading, kept[:-1], is_open=False)
    if layout.last_row is not None:
        raise InvalidValue(
            Cell(file, kept[-1].line if kept else max(layout.heading, 1), ""),
            "the row that ends the table, which last_row in the mapping names, is missing",
            "the file may have been cut off: restore it, or correct last_row",
        )
    return Rows(file, heading, kept, is_open and (not kept or kept[-1].line == line))


def _check_nothing_follows(rows: Iterator[Row], file: str) -> None:
    for row in rows:
        if sum(map(bool, row.cells)) > 1:
            raise InvalidValue(
                Cell(file, row.line, ""),
                "a row follows the one that ends the table by last_row in the mapping",
                "correct last_row; rows such as subtotals are named in skip_rows",
            )


def _is_like(text: str, beginnings: Sequence[str]) -> bool:
    return any(text.casefold().startswith(it.casefold()) for it in beginnings)


def normal(heading: str) -> str:
    """A heading as it is compared: in lower case, with single blanks."""
    return " ".join(heading.split()).casefold()


def decoded(path: Path, encoding: str) -> str:
    """Read a file of text in an encoding.

    Raises:
        InvalidValue: it is not in that encoding; at the line where it is known.
    """
    data = b"".join(pieces(path))
    found = encoding_of(data)
    if found is not None and found != encoding:
        raise InvalidValue(
            path.name, f"this file is in {found}", f'set encoding = "{found}" in the mapping'
        )
    try:
        text = data.decode("utf-8-sig" if encoding == "utf-8" else encoding)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
    else:
        if "\0" not in text:
            return text
        line = text.count("\n", 0, text.index("\0")) + 1
    raise InvalidValue(
        Cell(path.name, line, ""),
        f"this line is not in the encoding {encoding}",
        "correct encoding in the mapping, or restore the file",
    )


def encoding_of(data: bytes) -> str | None:
    """The encoding that bytes show by themselves; None if they may be in several."""
    if data.startswith(_UTF16):
        return "utf-16"
    if data.startswith(codecs.BOM_UTF8):
        return "utf-8"
    if data.isascii():
        return None
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return "utf-8"


def stated_separator(text: str) -> str | None:
    """The separator that the first line states, as `sep=;` does for Excel; None without such a line."""
    found = _SEPARATOR_LINE.fullmatch(_LINE_BREAK.split(text, maxsplit=1)[0])
    return found["by"] if found else None


def _text_rows(path: Path, text: str, layout: Layout) -> Iterator[Row]:
    """Read the rows of a file of text, from the line with the headings on."""
    stated = stated_separator(text)
    if stated and stated != layout.separator:
        raise InvalidValue(
            Cell(path.name, 1, ""),
            "the first line says that another separator is used",
            "correct separator in the mapping",
        )
    above = max(layout.heading - 1, 1 if stated and not layout.heading else 0)
    ends = [found.end() for found in islice(_LINE_BREAK.finditer(text), above)]
    if len(ends) < above:
        return
    body = text[ends[-1] :] if ends else text
    reader = csv.reader(io.StringIO(body, newline=""), delimiter=layout.separator, strict=True)
    while True:
        line = above + reader.line_num + 1
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error:
            _refuse_line(path.name, line)
        yield Row(line, [clean_cell(it) for it in row])


def _refuse_line(file: str, line: int) -> NoReturn:
    raise InvalidValue(
        Cell(file, line, ""),
        "this line is not valid CSV: a quote does not close, or a cell is far too long",
        "correct the line, or separator in the mapping",
    )


def clean_cell(text: str) -> str:
    """A cell without the blanks around it; `="0017"` is how a text is kept from being a number."""
    found = _AS_TEXT.fullmatch(text) if text[:1] == "=" else None
    return (found[1] if found else text).strip()


def workbook(path: Path) -> Any:  # noqa: ANN401 - fastexcel need not be installed
    """Open a spreadsheet.

    Raises:
        InvalidValue: it cannot be read.
        ExtraNeeded: fastexcel is not installed.
    """
    problem = "spreadsheets are read with fastexcel"
    library = import_extra("fastexcel", "excel", path.name, problem)
    import_extra("pyarrow", "excel", path.name, problem)
    data = path.read_bytes()
    try:
        return library.read_excel(data)
    except library.FastExcelError:
        pass
    if data.lstrip(codecs.BOM_UTF8 + b" \r\n\t").startswith(b"<"):
        raise InvalidValue(
            path.name,
            "this is a web page under the name of a spreadsheet",
            "open it in a spreadsheet program, and save it as .xlsx",
        )
    raise InvalidValue(
        path.name, "this spreadsheet cannot be read", "save it again, as .xlsx without a password"
    )


def has_table(book: Any, name: str) -> bool:  # noqa: ANN401 - as `workbook`
    """Whether a sheet is visible and has anything in it."""
    sheet = book.load_sheet(name, header_row=None, dtypes="string")
    return bool(sheet.visible == "visible" and sheet.width)


def sheet_rows(book: Any, name: str) -> Iterator[Row]:  # noqa: ANN401 - as `workbook`
    """Read the rows of a sheet: numbers as texts with a point, days as `2026-09-01 00:00:00`."""
    sheet = book.load_sheet(name, header_row=None, skip_rows=0, dtypes="string")
    if not sheet.width:
        return
    batch, errors = sheet.to_arrow_with_errors()
    columns = [column.to_pylist() for column in batch.columns]
    for error in errors.errors if errors else ():
        row, column = error.offset_position
        columns[column][row] = ERROR_CELL
    for line, cells in enumerate(zip(*columns, strict=True), 1):
        yield Row(line, [(it or "").strip() for it in cells])
