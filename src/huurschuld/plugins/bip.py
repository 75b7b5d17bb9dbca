"""The `bip` directory: the helpers and budget advice that a municipality's information point knows.

Katwijk's Budget Informatie Punt (BIP) guides a plan that clears the arrears; the GGD puts a family in
touch with helpers (convenant Katwijk, 2012-06-29). They keep their own table of those helpers: a CSV
file with a helper on each line. It is about organisations, not about tenants.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from attrs import frozen

from huurschuld.errors import DuplicateId
from huurschuld.hooks import OpenHelperDirectory, hookimpl
from huurschuld.model.helpers import Directory, Helper, folded
from huurschuld.model.values import Kind, Line
from huurschuld.plugins.csv_tables import ColumnSpec, Email, Website, read_rows

api_version = 1

SEPARATOR: Final = "|"
"""Separates the needs, and the places, in one cell."""


@frozen
class Several(Kind):
    """One or more phrases in one cell, with `|` between them; whitespace around each is dropped."""

    @property
    def expected(self) -> str:
        """What is expected, as the error says it."""
        return f"one or more different words are expected, with {SEPARATOR} between them"

    def accepts(self, value: object) -> bool:
        """Whether each is a line, and no two are the same apart from capitals and accents."""
        if type(value) is not tuple:
            return False
        same = {folded(it) for it in value}
        return all(Line().accepts(it) for it in value) and len(same) == len(value) and "" not in same

    def from_text(self, text: str) -> object:
        """Split a cell."""
        return tuple(it.strip() for it in text.split(SEPARATOR))


COLUMNS: Final = {
    "name": ColumnSpec(Line(), required=True),
    "needs": ColumnSpec(Several(), required=True),
    "places": ColumnSpec(Several()),
    "phone": ColumnSpec(Line()),
    "email": ColumnSpec(Email()),
    "website": ColumnSpec(Website()),
    "note": ColumnSpec(Line()),
}


@hookimpl
def huurschuld_helper_directories() -> Mapping[str, OpenHelperDirectory]:
    """Return the directory `bip`, which takes the option `table`."""
    return {"bip": open_bip}


def open_bip(*, table: str) -> Directory:
    """Read a directory from a CSV file.

    Args:
        table: the file, with the columns name, needs, places, phone, email, website and note.

    Raises:
        InvalidValue: there is no such file; or at a cell, by file, line and column.
        UnknownField, MissingField: at the heading.
        DuplicateId: two rows are the same in every column.
    """
    found: dict[Helper, None] = {}
    for row in read_rows(Path(table), COLUMNS):
        values = {name: value for name, value in row.values.items() if value is not None}
        helper = Helper(**values)
        if helper in found:
            raise DuplicateId(row.at("name"), "this helper is listed twice", "remove one of them")
        found[helper] = None
    return Directory(found)
