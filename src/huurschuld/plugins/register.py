"""The contact source `register`: names and addresses (NAW-gegevens) from a CSV file.

The file has a line for each tenancy, with the columns `tenancy name street house_number postcode place`
and, where they are known, `addition phone email care_of`. See `huurschuld.plugins.csv_tables`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import attrs
from attrs import frozen

from huurschuld.errors import DuplicateId, InvalidValue, UnknownReference
from huurschuld.hooks import ContactSource, OpenContactSource, hookimpl
from huurschuld.model.referral import ContactDetails
from huurschuld.model.values import Maybe, Postcode, RedactedRepr, Text
from huurschuld.plugins.csv_tables import ColumnSpec, Row, raw_rows

api_version = 1

_SPACED: Final = re.compile(r"([0-9]{4}) ([A-Z]{2})")


@frozen
class _Postcode(Postcode):
    """A postcode that may also be written `1234 AB`."""

    def from_text(self, text: str) -> object:
        return _SPACED.sub(r"\1\2", text)


def _columns() -> Iterator[tuple[str, ColumnSpec]]:
    """Yield the columns: the tenancy, and the fields of contact details."""
    yield "tenancy", ColumnSpec(Text(), required=True)
    for field in attrs.fields(ContactDetails):
        validator = field.validator
        kind: Any = validator.kind if isinstance(validator, Maybe) else validator
        kind = _Postcode() if isinstance(kind, Postcode) else kind
        yield field.name, ColumnSpec(kind, required=field.default is attrs.NOTHING)


COLUMNS: Final = dict(_columns())


@hookimpl
def huurschuld_contact_sources() -> Mapping[str, OpenContactSource]:
    """Return the source `register`, which takes the option `file`."""
    return {"register": open_register}


def open_register(*, file: str) -> ContactSource:
    """Read a CSV file of contact details. Open it again to see what has changed since.

    Args:
        file: the CSV file.

    Raises:
        InvalidValue: there is no such file, or it is ambiguous.
        UnknownField, MissingField: at a column of the heading.
    """
    path = Path(file)
    if not path.is_file():
        raise InvalidValue("/file", "there is no such file", "name the CSV file of contact details")
    return Register(raw_rows(path, COLUMNS))


class Register(RedactedRepr):
    """Contact details by tenancy; each is checked when it is asked for."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self._rows: dict[str, list[Row]] = {}
        for row in rows:
            self._rows.setdefault(row.values["tenancy"], []).append(row)

    def contact_details(self, tenancy: str) -> ContactDetails:
        """Return the contact details of one tenancy.

        Raises:
            UnknownReference: there is no such tenancy; at `/tenancy`.
            DuplicateId: it has two rows; at the second.
            InvalidValue: at the cell.
        """
        found = self._rows.get(tenancy, ()) if tenancy else ()
        if not found:
            raise UnknownReference("/tenancy", "the register has no such tenancy", "add it to the file")
        if len(found) > 1:
            raise DuplicateId(
                found[1].at("tenancy"), "a second line of this tenancy", "keep one of the two"
            )
        values = dict(found[0].checked(COLUMNS).values)
        del values["tenancy"]
        return ContactDetails(**values)
