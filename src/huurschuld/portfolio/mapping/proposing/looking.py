"""What a file looks like: its encoding, separator, headings and rows, as far as it shows them."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from attrs import field, frozen

from huurschuld.errors import InvalidValue
from huurschuld.portfolio.mapping.document import SEPARATORS
from huurschuld.portfolio.mapping.proposing.vocabulary import is_known_heading, is_total
from huurschuld.portfolio.mapping.sheets import (
    SHEETS,
    Row,
    clean_cell,
    encoding_of,
    has_table,
    sheet_rows,
    stated_separator,
    workbook,
)
from huurschuld.portfolio.pieces import pieces

_ABOVE: Final = 30
"""How many lines there may be above the headings."""
_LETTERS: Final = frozenset("éëèêïîíìöóôòüúûùáàâäãåçñßÉËÈÖÜ€’‘“”–—°²³½µ\N{NO-BREAK SPACE}")
"""What a Dutch text has besides ASCII, if it is read in its own encoding."""


@frozen
class Seen:
    """A file of text, or a sheet, as it looks.

    Attributes:
        path, sheet: where it is.
        encoding: None if it may be in several, and for a sheet.
        separator: None for a sheet.
        heading: the line of the headings, from 1; 0 if no line looks like it.
        headings: as they are written.
        rows: those below that are not empty.
        last_row, skip_rows: as in a mapping.
        short_lines: whether some rows end before the last headings.
        used: for rows of one record type, whether they fill in each column; else empty.
        left_out: for rows of one record type, the column that says it, and its words for other rows.
    """

    path: Path
    sheet: str | None
    encoding: str | None
    separator: str | None
    heading: int
    headings: list[str]
    rows: list[Row] = field(repr=False)
    last_row: str | None = None
    skip_rows: tuple[str, ...] = ()
    short_lines: bool = False
    used: tuple[bool, ...] = ()
    left_out: tuple[str, tuple[str, ...]] | None = None

    @property
    def name(self) -> str:
        """The name of the file, with that of the sheet."""
        return self.path.name if self.sheet is None else f"{self.path.name}: {self.sheet}"


def look_at(path: Path) -> list[Seen]:
    """Look at a file; a spreadsheet gives each sheet that is visible and not empty.

    Raises:
        InvalidValue: it cannot be read.
        ExtraNeeded: it is a spreadsheet, and fastexcel is not installed.
    """
    if path.suffix.lower() in SHEETS:
        book = workbook(path)
        return [
            _seen(path, it, None, None, list(sheet_rows(book, it)))
            for it in book.sheet_names
            if has_table(book, it)
        ]
    data = b"".join(pieces(path))
    encoding = encoding_of(data) or _guess_encoding(data)
    codec = {"utf-8": "utf-8-sig", None: "cp1252"}.get(encoding, encoding)
    text = data.decode(codec or "cp1252", errors="replace")
    if "\0" in text:
        raise InvalidValue(
            path.name, "this is not a file of text, or is damaged", "export it again, as CSV or .xlsx"
        )
    stated = stated_separator(text)
    looks = []
    for separator in SEPARATORS if stated is None else (stated,):
        found_rows = _rows_by(text, separator)
        if found_rows is not None:
            below = found_rows[1:] if stated else found_rows
            looks.append(_seen(path, None, encoding, separator, below))
    if not looks:
        raise InvalidValue(
            path.name,
            "no separator makes rows of cells of this file",
            "export it again, as CSV or .xlsx",
        )
    return [max(looks, key=_clarity)]


def _clarity(seen: Seen) -> tuple[int, int]:
    known = sum(map(is_known_heading, seen.headings))
    return known, len(seen.headings)


def _guess_encoding(data: bytes) -> str | None:
    if data.isascii():
        return "utf-8"
    fits = []
    for encoding in ("cp1252", "cp850"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if all(it.isascii() or it in _LETTERS for it in text):
            fits.append(encoding)
    return fits[0] if len(fits) == 1 else None


def _rows_by(text: str, separator: str) -> list[Row] | None:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    rows = []
    line = 1
    try:
        for cells in reader:
            rows.append(Row(line, [clean_cell(it) for it in cells]))
            line = reader.line_num + 1
    except csv.Error:
        return None
    return rows


def _seen(
    path: Path, sheet: str | None, encoding: str | None, separator: str | None, rows: list[Row]
) -> Seen:
    at = _heading_at(rows)
    headings = _trimmed(rows[at].cells) if at is not None else []
    below = [it for it in rows[0 if at is None else at + 1 :] if any(it.cells)]
    below, pages = _without_pages(below, headings)
    last_row, totals, kept = _without_totals(below, len(headings))
    skip_rows = tuple(sorted({*pages, *totals}))
    return Seen(
        path,
        sheet,
        encoding,
        separator,
        0 if at is None else rows[at].line,
        [" ".join(it.split()) for it in headings],
        kept,
        last_row,
        skip_rows,
        any(len(it.cells) < len(headings) for it in kept),
    )


def _heading_at(rows: Sequence[Row]) -> int | None:
    """The position of the row that looks most like headings; None if none has two that are known."""
    best, most = None, 1
    for at, row in enumerate(rows[:_ABOVE]):
        known = sum(map(is_known_heading, row.cells))
        if known > most:
            best, most = at, known
    return best if best is not None else _first_of_texts(rows)


def _first_of_texts(rows: Sequence[Row]) -> int | None:
    """The position of the first row of different texts without digits that is as wide as those below."""
    width = max((len(_trimmed(it.cells)) for it in rows[:_ABOVE]), default=0)
    for at, row in enumerate(rows[:_ABOVE]):
        cells = _trimmed(row.cells)
        if (
            2 <= len(cells) == width
            and all(cells)
            and len(set(cells)) == width
            and not any(character.isdigit() for cell in cells for character in cell)
            and any(
                character.isdigit()
                for it in rows[at + 1 : at + 3]
                for cell in it.cells
                for character in cell
            )
        ):
            return at
    return None


def _trimmed(cells: Sequence[str]) -> list[str]:
    found = list(cells)
    while found and not found[-1]:
        found.pop()
    return found


def _begins(row: Row) -> str:
    return next(it for it in row.cells if it)


def _without_pages(rows: list[Row], headings: list[str]) -> tuple[list[Row], set[str]]:
    """Leave out headings that are repeated, and lines of one text such as Pagina 2 in between."""
    repeated = {at for at, row in enumerate(rows) if headings and _trimmed(row.cells) == headings}
    if not repeated:
        return rows, set()
    words = {_begins(rows[at]) for at in repeated}
    for at, row in enumerate(rows[:-1]):
        if sum(map(bool, row.cells)) == 1 and (word := _begins(row).split()[0]).isalpha():
            repeated.add(at)
            words.add(word)
    return [row for at, row in enumerate(rows) if at not in repeated], words


def _without_totals(rows: list[Row], width: int) -> tuple[str | None, tuple[str, ...], list[Row]]:
    """Find what ends the table, and rows such as subtotals in between."""
    words = {at: word for at, row in enumerate(rows) if (word := is_total(_begins(row)))}
    if not words:
        return _without_footer(rows, width)
    last = max(words)
    others = {word for at, word in words.items() if at != last}
    after = rows[last + 1 :]
    is_end = all(sum(map(bool, it.cells)) <= 1 for it in after)
    if (
        is_end
        and not any(words[last].casefold().startswith(it.casefold()) for it in others)
        and not any(it.casefold().startswith(words[last].casefold()) for it in others)
    ):
        kept = [row for at, row in enumerate(rows[:last]) if at not in words]
        return words[last], tuple(sorted(others)), kept
    every = tuple(sorted({*others, words[last]}))
    return None, every, [row for at, row in enumerate(rows) if at not in words]


def _without_footer(rows: list[Row], width: int) -> tuple[str | None, tuple[str, ...], list[Row]]:
    """A last row that has a single text, or whose first cell alone is empty, ends the table."""
    if len(rows) < 2 or width < 3:
        return None, (), rows
    last = rows[-1]
    filled = Counter(bool(it.cells[0]) for it in rows[:-1])
    if not last.cells[0] and not filled[False] and sum(map(bool, last.cells)) <= 3:
        return "", (), rows[:-1]
    if sum(map(bool, last.cells)) == 1 and last.cells[0]:
        word = last.cells[0].split()[0]
        if word.isalpha() and not any(
            _begins(it).casefold().startswith(word.casefold()) for it in rows[:-1]
        ):
            return word, (), rows[:-1]
    return None, (), rows
