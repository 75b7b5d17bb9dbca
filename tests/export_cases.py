"""Exports made by hand in the ways of many systems, each described in `tests/exports/*.toml`.

A description holds the files as text, or the sheets of a workbook row by row; what a person answers to
the questions of `huurschuld map`; and the right tables, written out by hand, with what is refused and
the repair.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import xlsxwriter
from attrs import asdict, frozen

Description = Mapping[str, Any]
_FOLDER: Final = Path(__file__).parent / "exports"


@frozen
class Export:
    """An export, and what is right for it.

    Attributes:
        name: that of its description.
        files: the description of each file of text, by name.
        sheets: the descriptions of the sheets of each workbook, by name.
        not_read: the files that are passed over, each with the reason.
        answers: what a person answers to each question, by its key.
        refused: the messages, and the repair: both are empty if nothing is refused.
        expected: the rows of each table, by its name.
    """

    name: str
    files: Mapping[str, Description]
    sheets: Mapping[str, list[Description]]
    not_read: list[str]
    answers: Mapping[str, Any]
    refused: Description
    expected: Mapping[str, tuple[list[str], list[dict[str, str | None]]]]


def exports() -> list[Export]:
    """All of them, in the order of their names."""
    return [_read(path) for path in sorted(_FOLDER.glob("*.toml"))]


def write_files(folder: Path, described: Export | Description) -> None:
    """Write files into a folder, as the system would."""
    it = described if isinstance(described, Mapping) else asdict(described, recurse=False)
    for name, file in it.get("files", {}).items():
        folder.joinpath(name).write_bytes(_bytes(file))
    for name, sheets in it.get("sheets", {}).items():
        with xlsxwriter.Workbook(folder / name, {"default_date_format": "dd-mm-yyyy"}) as book:
            for sheet in sheets:
                _write_sheet(book, sheet)


def repair(folder: Path, refused: Description) -> None:
    """Repair an export as the messages say."""
    for name in refused.get("remove", []):
        folder.joinpath(name).unlink()
    for name, before, after in refused.get("replace", []):
        file = folder / name
        text = file.read_bytes().decode()
        assert before in text
        file.write_bytes(text.replace(before, after).encode())
    write_files(folder, refused)


def _read(path: Path) -> Export:
    it = tomllib.loads(path.read_text(encoding="utf-8"))
    return Export(
        path.stem,
        it.get("files", {}),
        it.get("sheets", {}),
        it.get("not_read", []),
        it.get("answers", {}),
        it.get("refused", {}),
        {table: _rows(text) for table, text in it["expected"].items()},
    )


def _rows(text: str) -> tuple[list[str], list[dict[str, str | None]]]:
    """The columns and rows of a table as text; an empty cell is None."""
    reader = csv.DictReader(io.StringIO(text))
    rows = [{name: cell or None for name, cell in row.items()} for row in reader]
    return list(reader.fieldnames or ()), rows


def _bytes(file: Description) -> bytes:
    ends = file.get("newline", "\r\n")
    whole: bytes = file["text"].replace("\n", ends).encode(file.get("encoding", "utf-8"))
    if "append" in file:
        whole += file["append"]["text"].replace("\n", ends).encode(file["append"]["encoding"])
    return whole[: len(whole) - file.get("cut", 0)]


def _write_sheet(book: xlsxwriter.Workbook, sheet: Description) -> None:
    page = book.add_worksheet(sheet["name"])
    if sheet.get("hidden"):
        page.hide()
    formats = {
        head: book.add_format({"num_format": it}) for head, it in sheet.get("formats", {}).items()
    }
    headings: list[Any] = max(sheet["rows"], key=len)
    for number, row in enumerate(sheet["rows"]):
        for place, cell in enumerate(row):
            kept = formats.get(headings[place]) if isinstance(cell, int | float) else None
            if isinstance(cell, dt.date):
                page.write_datetime(number, place, cell)
            elif str(cell).startswith("#"):
                page.write_formula(number, place, "=NA()", None, cell)
            else:
                page.write(number, place, cell, kept)
    if "merge" in sheet:
        page.merge_range(sheet["merge"], sheet["rows"][0][0])
