"""How HuurBoek writes days, amounts, codes and booleans, and how huurschuld reads each.

Each function returns the text that huurschuld reads, or None for nothing. Anything else is a
`ValueError` without the value: the caller knows the place.
"""

import re
from collections.abc import Callable, Mapping

Reading = Callable[[object], str | None]

_DAY = re.compile(r"[0-9]{8}")
_AMOUNT = re.compile(r"([0-9]{1,3}(?:\.[0-9]{3})*|[0-9]+),([0-9]{2})")
_NO_DAY = 0


def text(value: object) -> str | None:
    """Return a text unchanged."""
    if value is None or isinstance(value, str):
        return value
    raise ValueError("a text is expected")


def day(value: object) -> str | None:
    """Read a day from a number, 20240301; 0 is none."""
    if value == _NO_DAY:
        return None
    if isinstance(value, int) and _DAY.fullmatch(written := str(value)):
        return f"{written[:4]}-{written[4:6]}-{written[6:]}"
    raise ValueError("a day is expected, written YYYYMMDD, or 0")


def cents(value: object) -> str | None:
    """Read an amount from a text in euros, 1.234,56; it never becomes a float."""
    if value is None:
        return None
    found = _AMOUNT.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise ValueError("an amount is expected, written 1.234,56")
    euros, rest = found.groups()
    return str(int(euros.replace(".", "") + rest))


def code(known: Mapping[str, str]) -> Reading:
    """Read one of these codes; an unknown one is refused, never skipped."""

    def read(value: object) -> str:
        if isinstance(value, str) and value in known:
            return known[value]
        raise ValueError(f"one of {', '.join(known)} is expected")

    return read


yes_or_no = code({"J": "true", "N": "false"})
