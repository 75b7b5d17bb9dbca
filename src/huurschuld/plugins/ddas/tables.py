"""What the municipality keeps of its signals, as CSV tables: follow-ups, contact attempts, clients."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from attrs import frozen

from huurschuld.errors import DuplicateId
from huurschuld.model.values import Choice, Day, Flag, Line, Text
from huurschuld.plugins.csv_tables import Email, Row, Wanted, read_rows
from huurschuld.plugins.ddas.words import WORDS

_NINE_DIGITS: Final = re.compile("[0-9]{9}")
_WEIGHTS: Final = (9, 8, 7, 6, 5, 4, 3, 2, -1)


@frozen
class Bsn(Text):
    """A citizen service number (burgerservicenummer) that passes the eleven test (elfproef)."""

    @property
    def expected(self) -> str:
        """What is expected, as the error says it."""
        return "a BSN is expected: nine digits, zeros in front included, that pass the eleven test"

    def accepts(self, value: object) -> bool:
        """Whether it is nine digits, not all zero, whose weighted sum is a multiple of eleven."""
        if type(value) is not str or not _NINE_DIGITS.fullmatch(value) or value == "000000000":
            return False
        return sum(weight * int(it) for weight, it in zip(_WEIGHTS, value, strict=True)) % 11 == 0


_KEY: Final = {"key": Wanted(Line(), required=True)}

FOLLOW_UPS: Final = _KEY | {
    "case": Wanted(Line()),
    "status": Wanted(Choice(WORDS["EnumSignaalstatus"])),
    "crisis": Wanted(Flag()),
    "warm_handover": Wanted(Flag()),
    "origin": Wanted(Day()),
    "result": Wanted(Choice(WORDS["EnumEindresultaat"])),
    "period_from": Wanted(Day()),
    "period_until": Wanted(Day()),
    "matched": Wanted(Day()),
    "taken_up": Wanted(Day()),
}
"""Of the signal: status, crisis, warm_handover, origin. Of its case: the result and all after it."""

ATTEMPTS: Final = _KEY | {
    "date": Wanted(Day(), required=True),
    "kind": Wanted(Choice(WORDS["EnumContactsoort"]), required=True),
    "reached": Wanted(Flag()),
    "part_of_day": Wanted(Choice(WORDS["EnumDagdeel"])),
}

CLIENTS: Final = _KEY | {"bsn": Wanted(Bsn(), required=True)}

CONTACT_PERSONS: Final = {
    "name": Wanted(Line(), required=True),
    "phone": Wanted(Line()),
    "email": Wanted(Email()),
    "function": Wanted(Line()),
}


def table(path: str | None, columns: Mapping[str, Wanted]) -> list[Row]:
    """Read a table; without a path it has no rows.

    Raises:
        InputError: as `read_rows`.
    """
    return [] if path is None else read_rows(Path(path), columns)


def by_key(rows: list[Row]) -> dict[str, Row]:
    """Give the rows by the key of their referral.

    Raises:
        DuplicateId: two rows are of one referral; at the second.
    """
    found: dict[str, Row] = {}
    for row in rows:
        if row.values["key"] in found:
            raise DuplicateId(row.at("key"), "this referral is listed twice", "keep one row of it")
        found[row.values["key"]] = row
    return found
