"""The contact source `register`: names and addresses (NAW-gegevens) out of a CSV file.

The file has a line for each tenancy, with the columns `tenancy name street house_number postcode place`
and, where they are known, `addition phone email care_of`. It is read strictly, as the tables of a
portfolio are; see `huurschuld.strict_csv`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import attrs

from huurschuld.errors import (
    Cell,
    DuplicateId,
    InputError,
    InvalidValue,
    MissingField,
    UnknownField,
    UnknownReference,
)
from huurschuld.hooks import ContactSource, OpenContactSource, hookimpl
from huurschuld.referral import ContactDetails
from huurschuld.strict_csv import Rows
from huurschuld.values import Whole

api_version = 1

_FIELDS: Final = attrs.fields_dict(ContactDetails)
_COLUMNS: Final = ("tenancy", *_FIELDS)
_REQUIRED: Final = (
    "tenancy",
    *(name for name, it in _FIELDS.items() if it.default is attrs.NOTHING),
)
_SPACED: Final = re.compile(r"([0-9]{4}) ([A-Z]{2})")


@hookimpl
def huurschuld_contact_sources() -> Mapping[str, OpenContactSource]:
    """The source `register`, which takes the option `file`."""
    return {"register": open_register}


def open_register(*, file: str) -> ContactSource:
    """The contact details in a CSV file. It is read now; open it anew to see what has changed since.

    Args:
        file: the CSV file.

    Raises:
        InvalidValue: there is no such file, or it is not read in one way only.
        UnknownField, MissingField: at a column of the heading.
    """
    path = Path(file)
    if not path.is_file():
        raise InvalidValue("/file", "there is no such file", "name the CSV file of contact details")
    return Register(path)


class Register:
    """Contact details by tenancy; each is checked when it is asked for."""

    def __init__(self, path: Path) -> None:
        rows = _RegisterRows(path)
        self._file = path.name
        self._heading = rows.heading()
        self._lines: dict[str, list[tuple[int, list[str]]]] = {}
        at = self._heading.index("tenancy")
        for line, row in rows.body(self._heading):
            self._lines.setdefault(row[at], []).append((line, row))

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"

    def contact_details(self, tenancy: str) -> ContactDetails:
        """The contact details of one tenancy; a postcode may be written `1234 AB`.

        Raises:
            UnknownReference: there is no such tenancy; at `/tenancy`.
            DuplicateId: it stands there twice; at the second.
            InvalidValue: at the cell.
        """
        found = self._lines.get(tenancy, ()) if tenancy else ()
        if not found:
            raise UnknownReference("/tenancy", "the register has no such tenancy", "add it to the file")
        if len(found) > 1:
            place = Cell(self._file, found[1][0], "tenancy")
            raise DuplicateId(place, "a second line of this tenancy", "keep one of the two")
        line, row = found[0]
        values: dict[str, Any] = {}
        for name, text in zip(self._heading, row, strict=True):
            if name == "tenancy" or (not text and name not in _REQUIRED):
                continue
            if not text:
                raise InvalidValue(
                    Cell(self._file, line, name), "this cell is empty, and is required", "fill it in"
                )
            values[name] = _read(name, text)
        try:
            return ContactDetails(**values)
        except InputError as error:
            refused = error.at(Cell(self._file, line, str(error.place).removeprefix("/")))
        raise refused


def _read(column: str, text: str) -> object:
    if column == "house_number":
        return Whole().from_text(text)
    return _SPACED.sub(r"\1\2", text) if column == "postcode" else text


class _RegisterRows(Rows):
    """The rows of a file that is no table of a portfolio."""

    def heading(self) -> list[str]:
        """The names of the columns."""
        heading = next(self._read(), [])
        place = Cell(self._path.name, 1, "")
        if not heading:
            raise MissingField(place, "the line with the column names is missing")
        if set(heading).isdisjoint(_COLUMNS):  # it is somebody, not a heading
            raise UnknownField(
                place, "the first line names no column", f"there are: {', '.join(_COLUMNS)}"
            )
        for name in heading:
            at = Cell(self._path.name, 1, name)
            if name not in _COLUMNS:
                raise UnknownField(at, "there is no such column", f"there are: {', '.join(_COLUMNS)}")
            if heading.count(name) > 1:
                raise InvalidValue(at, "this column stands here twice")
        for name in _REQUIRED:
            if name not in heading:
                raise MissingField(Cell(self._path.name, 1, name), "this column is required")
        return heading
