"""CSV tables with a plugin's own columns, read as strictly as a portfolio.

A file must end with a line break or a closed quote: the last cell of such a table may be free text, and
otherwise there is no way to know whether it was cut off.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from attrs import evolve, frozen

from huurschuld.errors import Cell, InvalidValue, MissingField, UnknownField
from huurschuld.model.refusals import EMPTY_CELL
from huurschuld.model.values import Kind, Line, RedactedRepr, refuse
from huurschuld.portfolio.csv_strict import CsvRows

_EMAIL: Final = re.compile(r"[^@\s]+@[^@\s]+")
_WEBSITE: Final = re.compile(r"https?://[^\s/]\S*")


@frozen
class Email(Line):
    """An email address, as far as its form shows."""

    expected = "an email address is expected"

    def accepts(self, value: object) -> bool:
        """Whether it has a name, an @ and a domain."""
        return super().accepts(value) and _EMAIL.fullmatch(str(value)) is not None


@frozen
class Website(Line):
    """The address of a web page, with its scheme; `javascript:` and the like are not."""

    expected = "an address that begins with https:// or http:// is expected"

    def accepts(self, value: object) -> bool:
        """Whether it can be opened as a page."""
        return super().accepts(value) and _WEBSITE.fullmatch(str(value)) is not None


@frozen
class ColumnSpec:
    """What a column holds, and whether every row must have a value."""

    kind: Kind
    required: bool = False


@frozen(repr=False)
class Row(RedactedRepr):
    """A row, and where it is.

    Attributes:
        file: the name of the file.
        line: the line on which it begins; the heading is line 1.
        values: by column the texts of the cells, or when they were checked the values: None if a cell is
            empty, or the column is missing.
    """

    file: str
    line: int
    values: Mapping[str, Any]

    def at(self, column: str) -> Cell:
        """Return the place of one of its cells."""
        return Cell(self.file, self.line, column)

    def checked(self, columns: Mapping[str, ColumnSpec]) -> Row:
        """Check the cells, and return the row with its values."""
        values = {name: _value(self.at(name), columns[name], it) for name, it in self.values.items()}
        return evolve(self, values={**dict.fromkeys(columns), **values})


def read_rows(path: Path, columns: Mapping[str, ColumnSpec]) -> list[Row]:
    """Read the rows of a CSV file.

    A column that is not required may be left out, or its cells may be empty; both mean the same.

    Args:
        path: the file.
        columns: the allowed columns, by name.

    Raises:
        InvalidValue: there is no such file, at its path; or at a cell.
        UnknownField, MissingField: at the heading.
    """
    return [row.checked(columns) for row in raw_rows(path, columns)]


def raw_rows(path: Path, columns: Mapping[str, ColumnSpec]) -> Iterator[Row]:
    """Read the rows without checking their cells, so that one bad row does not stop the others.

    Arguments and errors are those of `read_rows`, but for the errors of cells.
    """
    if not path.is_file():
        raise InvalidValue(str(path), "there is no such file", "name the file of the table")
    reader = _OwnRows(path, columns)
    heading = reader.heading()
    for line, cells in reader.body(heading):
        yield Row(path.name, line, dict(zip(heading, cells, strict=True)))


def _value(place: Cell, spec: ColumnSpec, text: str) -> object:
    if text == "":
        if spec.required:
            raise EMPTY_CELL.at(place)
        return None
    value = spec.kind.from_text(text)
    if not spec.kind.accepts(value):
        raise refuse(place, spec.kind)
    return value


class _OwnRows(CsvRows):
    """The rows of a table that is not one of a portfolio's."""

    def __init__(self, path: Path, columns: Mapping[str, ColumnSpec]) -> None:
        super().__init__(path, columns)
        self._columns = columns

    def _check_names(self, heading: list[str]) -> None:
        """Check the names of the columns; unknown ones are not quoted: they may be personal data."""
        known = f"there are: {', '.join(self._columns)}"
        for number, name in enumerate(heading, 1):
            if name not in self._columns:
                raise UnknownField(self._at(1), f"name {number} is not a column of this table", known)
        for name, spec in self._columns.items():
            if spec.required and name not in heading:
                raise MissingField(self._at(1, name), "this column is required")
