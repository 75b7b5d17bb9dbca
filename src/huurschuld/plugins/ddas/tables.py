"""What the municipality keeps of its signals, as CSV tables: follow-ups, contact attempts, clients."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from attrs import frozen

from huurschuld.errors import DuplicateId
from huurschuld.model.values import Choice, Day, Flag, Line, Text
from huurschuld.plugins.csv_tables import ColumnSpec, Email, Row, read_rows
from huurschuld.plugins.ddas.words import WORDS

_NINE_DIGITS: Final = re.compile("[0-9]{9}")
_WEIGHTS: Final = (9, 8, 7, 6, 5, 4, 3, 2, -1)


@frozen
class Bsn(Text):
    """A citizen service number (burgerservicenummer) that passes the eleven test (elfproef)."""

    expected = "a BSN is expected: nine digits, zeros in front included, that pass the eleven test"

    def accepts(self, value: object) -> bool:
        """Whether it is nine digits, not all zero, whose weighted sum is a multiple of eleven."""
        if type(value) is not str or not _NINE_DIGITS.fullmatch(value) or value == "000000000":
            return False
        return sum(weight * int(it) for weight, it in zip(_WEIGHTS, value, strict=True)) % 11 == 0


_KEY: Final = {"key": ColumnSpec(Line(), required=True)}

FOLLOW_UPS: Final = _KEY | {
    "case": ColumnSpec(Line()),
    "status": ColumnSpec(Choice(WORDS["EnumSignaalstatus"])),
    "crisis": ColumnSpec(Flag()),
    "warm_handover": ColumnSpec(Flag()),
    "origin": ColumnSpec(Day()),
    "result": ColumnSpec(Choice(WORDS["EnumEindresultaat"])),
    "period_from": ColumnSpec(Day()),
    "period_until": ColumnSpec(Day()),
    "matched": ColumnSpec(Day()),
    "taken_up": ColumnSpec(Day()),
}
"""Of the signal: status, crisis, warm_handover, origin. Of its case: the result and all after it."""

ATTEMPTS: Final = _KEY | {
    "date": ColumnSpec(Day(), required=True),
    "kind": ColumnSpec(Choice(WORDS["EnumContactsoort"]), required=True),
    "reached": ColumnSpec(Flag()),
    "part_of_day": ColumnSpec(Choice(WORDS["EnumDagdeel"])),
}

CLIENTS: Final = _KEY | {"bsn": ColumnSpec(Bsn(), required=True)}

CONTACT_PERSONS: Final = {
    "name": ColumnSpec(Line(), required=True),
    "phone": ColumnSpec(Line()),
    "email": ColumnSpec(Email()),
    "function": ColumnSpec(Line()),
}


def table(path: str | None, columns: Mapping[str, ColumnSpec]) -> list[Row]:
    """Read a table; without a path it has no rows."""
    return [] if path is None else read_rows(Path(path), columns)


def by_key(rows: list[Row]) -> dict[str, Row]:
    """Return the rows by the key of their referral."""
    found: dict[str, Row] = {}
    for row in rows:
        if row.values["key"] in found:
            raise DuplicateId(row.at("key"), "this referral is listed twice", "keep one row of it")
        found[row.values["key"]] = row
    return found
