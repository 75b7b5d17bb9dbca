"""The tables of a plugin's own, as CSV: its columns and their kinds, read as strictly as a portfolio.

A file must end with a line break or a closed quote: the last cell of such a table may be free text, and
nobody can tell whether that was cut off.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from attrs import frozen

from huurschuld.errors import Cell, InvalidValue, MissingField, UnknownField
from huurschuld.model.values import Kind, Line, RedactedRepr, refuse
from huurschuld.portfolio.csv_strict import CsvRows

_EMAIL: Final = re.compile(r"[^@\s]+@[^@\s]+")
_WEBSITE: Final = re.compile(r"https?://[^\s/]\S*")


@frozen
class Email(Line):
    """An email address, as far as its form tells."""

    @property
    def expected(self) -> str:
        """What is expected, as the error says it."""
        return "an email address is expected"

    def accepts(self, value: object) -> bool:
        """Whether it has a name, an @ and a domain."""
        return super().accepts(value) and _EMAIL.fullmatch(str(value)) is not None


@frozen
class Website(Line):
    """The address of a page, with its scheme; `javascript:` and the like are none."""

    @property
    def expected(self) -> str:
        """What is expected, as the error says it."""
        return "an address that begins with https:// or http:// is expected"

    def accepts(self, value: object) -> bool:
        """Whether it can be opened as a page."""
        return super().accepts(value) and _WEBSITE.fullmatch(str(value)) is not None


@frozen
class Wanted:
    """What a column holds, and whether each row must fill it."""

    kind: Kind
    required: bool = False


@frozen(repr=False)
class Row(RedactedRepr):
    """One row of a table.

    Attributes:
        file: the name of the file.
        line: the line at which it begins, 1 being the heading.
        values: the values by column; None where a cell is empty, or the column is not there.
    """

    file: str
    line: int
    values: Mapping[str, Any]

    def at(self, column: str) -> Cell:
        """The place of one of its cells."""
        return Cell(self.file, self.line, column)


@frozen(repr=False)
class Written(RedactedRepr):
    """One row as it is written: its cells are checked when it is read.

    Attributes:
        file: the name of the file.
        line: the line at which it begins, 1 being the heading.
        texts: the cells by column.
    """

    file: str
    line: int
    texts: Mapping[str, str]

    def at(self, column: str) -> Cell:
        """The place of one of its cells."""
        return Cell(self.file, self.line, column)

    def read(self, columns: Mapping[str, Wanted]) -> Row:
        """The row with its values.

        Raises:
            InvalidValue: at the cell.
        """
        values = {name: _value(self.at(name), columns[name], text) for name, text in self.texts.items()}
        return Row(self.file, self.line, {**dict.fromkeys(columns), **values})


def read_rows(path: Path, columns: Mapping[str, Wanted]) -> list[Row]:
    """The rows of a CSV file.

    A column that is not required may be left out, or its cells be empty; the two are the same.

    Args:
        path: the file.
        columns: what there may be, by name.

    Raises:
        InvalidValue: at the file where there is none; else at the cell.
        UnknownField, MissingField: at the heading.
    """
    return [row.read(columns) for row in written_rows(path, columns)]


def written_rows(path: Path, columns: Mapping[str, Wanted]) -> Iterator[Written]:
    """The rows of a CSV file as they are written, where one bad row is not to stop the others.

    Args:
        path: the file.
        columns: what there may be, by name.

    Raises:
        InvalidValue: at the file where there is none; or it can be read in two ways.
        UnknownField, MissingField: at the heading.
    """
    if not path.is_file():
        raise InvalidValue(str(path), "there is no such file", "name the file of the table")
    reader = _OwnRows(path, columns)
    heading = reader.heading()
    for line, cells in reader.body(heading):
        yield Written(path.name, line, dict(zip(heading, cells, strict=True)))


def _value(place: Cell, wanted: Wanted, text: str) -> object:
    if text == "":
        if wanted.required:
            raise InvalidValue(place, "this cell is empty, and is required")
        return None
    value = wanted.kind.from_text(text)
    if not wanted.kind.accepts(value):
        raise refuse(place, wanted.kind)
    return value


class _OwnRows(CsvRows):
    """The rows of a table that is not one of a portfolio's."""

    def __init__(self, path: Path, columns: Mapping[str, Wanted]) -> None:
        super().__init__(path, columns)
        self._columns = columns

    def _check_names(self, heading: list[str]) -> None:
        """See that the columns are those of the table; an unknown one, maybe a name, is not quoted."""
        known = f"there are: {', '.join(self._columns)}"
        for number, name in enumerate(heading, 1):
            if name not in self._columns:
                raise UnknownField(self._at(1), f"name {number} is no column of this table", known)
        for name, wanted in self._columns.items():
            if wanted.required and name not in heading:
                raise MissingField(self._at(1, name), "this column is required")
