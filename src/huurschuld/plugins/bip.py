"""The `bip` directory: the helpers and budget advice that a municipality's information point knows.

Katwijk's Budget Informatie Punt (BIP) guides a plan that clears the arrears; the GGD couples a family to
helpers (convenant Katwijk, 2012-06-29). Whom they can turn to stands in one table that they keep
themselves: a CSV file with a helper on each line. It is about organisations, not about tenants.
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
from huurschuld.plugins.csv_tables import Email, Wanted, Website, read_rows

api_version = 1

SEPARATOR: Final = "|"
"""Stands between the needs, and between the places, of one cell."""


@frozen
class Several(Kind):
    """One or more lines in one cell, with `|` between them; blanks around each are dropped."""

    @property
    def expected(self) -> str:
        """What is expected, as the error says it."""
        return f"one or more different words are expected, with {SEPARATOR} between them"

    def accepts(self, value: object) -> bool:
        """Whether each is a line with a letter or sign of its own, and none stands there twice."""
        if type(value) is not tuple:
            return False
        same = {folded(it) for it in value}
        return all(Line().accepts(it) for it in value) and len(same) == len(value) and "" not in same

    def from_text(self, text: str) -> object:
        """The words of a cell."""
        return tuple(it.strip() for it in text.split(SEPARATOR))


COLUMNS: Final = {
    "name": Wanted(Line(), required=True),
    "needs": Wanted(Several(), required=True),
    "places": Wanted(Several()),
    "phone": Wanted(Line()),
    "email": Wanted(Email()),
    "website": Wanted(Website()),
    "note": Wanted(Line()),
}


@hookimpl
def huurschuld_helper_directories() -> Mapping[str, OpenHelperDirectory]:
    """The directory `bip`, which takes the option `table`."""
    return {"bip": open_bip}


def open_bip(*, table: str) -> Directory:
    """The directory of a CSV file, read once.

    Args:
        table: the file, with the columns name, needs, places, phone, email, website and note.

    Raises:
        InvalidValue: there is no such file; or at a cell, by file, line and column.
        UnknownField, MissingField: at the heading.
        DuplicateId: a helper stands there twice, with the same needs, places and all.
    """
    found: dict[Helper, None] = {}
    for row in read_rows(Path(table), COLUMNS):
        values = {name: value for name, value in row.values.items() if value is not None}
        helper = Helper(**values)
        if helper in found:
            raise DuplicateId(row.at("name"), "this helper stands here twice", "take one of them out")
        found[helper] = None
    return Directory(found)
