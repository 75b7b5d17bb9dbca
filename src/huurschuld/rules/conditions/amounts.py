"""Numbers as people write them, and how the unit of a fact has them: `500,50` euros are 50050 cents."""

from __future__ import annotations

import re
from typing import Final

from huurschuld.rules.arrears import BILLION
from huurschuld.rules.facts import FactType
from huurschuld.rules.parameters import Unit, months_text, parse_months

EURO: Final = frozenset(("€", "$", "£", "euro", "euros", "eur"))
_CENT: Final = frozenset(("cent", "cents", "ct"))
_MONTH: Final = frozenset(("m", "mnd", "maand", "maanden", "month", "months"))
_DAY: Final = frozenset(("d", "dag", "dagen", "day", "days"))
_WEEK: Final = frozenset(("w", "wk", "week", "weken", "weeks"))
_TIMES: Final = frozenset(("x", "keer", "maal", "stuks", "times"))
_PERCENT: Final = frozenset(("%", "procent", "percent"))
UNITS: Final = EURO | _CENT | _MONTH | _DAY | _WEEK | _TIMES | _PERCENT
"""What may stand beside a number to say what it counts."""

_PARTS: Final = re.compile(r"([0-9][0-9_.,]*+)(.*+)")
_IN_THOUSANDS: Final = re.compile(r"[0-9]{1,3}(?:[.,][0-9]{3})++")
_DECIMAL: Final = re.compile(r"([0-9]{1,9})[.,]([0-9]{1,9})")
_SOME_MONTHS: Final = '"1.5"'
_LONGEST: Final = 9
_MOST_PERCENT: Final = 1_000
_WHOLE: Final = re.compile(r"0(?:_?0)*+|[1-9](?:_?[0-9])*+")


def expected(fact: FactType | None) -> str:
    """Say how a number is written that a fact is compared with."""
    if fact is None or fact.unit is None:
        return "write a whole number by itself, such as 2"
    match fact.unit:
        case Unit.CENTS:
            return f"{fact.name} is in cents: write a whole number, such as 50000 for 500 euros"
        case Unit.MONTHS:
            return f"{fact.name} is in months: write a text in quotes, such as {_SOME_MONTHS}"
        case Unit.DAYS:
            return f"{fact.name} is in days: write a whole number, such as 30"
    return f"{fact.name} is a count: write a whole number, such as 2"


def is_whole(written: str) -> bool:
    """Whether it is a whole number as a condition has it; an underscore may stand between digits."""
    return _WHOLE.fullmatch(written) is not None


def one(unit: Unit) -> str:
    """Write the number one in a unit, for an example."""
    return '"1"' if unit is Unit.MONTHS else "1"


def split(written: str) -> tuple[str, str]:
    """Split what begins with a digit into the number and what is written against it: `2_m`, `14d`."""
    parts = _PARTS.fullmatch(written)
    number, rest = parts.groups() if parts else (written, "")
    kept = number.rstrip("_.,")
    return kept, (number[len(kept) :] + rest).strip("_.,-")


def rewritten(number: str, beside: str, unit: Unit | None) -> str | None:
    """Write a number as a fact of this unit is compared with; None if that is not certain.

    Args:
        number: digits, perhaps with points, commas or underscores.
        beside: what stands beside it: a currency, a unit, a percent sign; or nothing.
        unit: the unit of the fact; None if it is not known.
    """
    beside = beside.casefold()
    plain = number.replace("_", "")
    if _IN_THOUSANDS.fullmatch(plain) and unit is not Unit.MONTHS:
        plain = plain.replace(".", "").replace(",", "")
    decimal = _DECIMAL.fullmatch(plain)
    if decimal is None and (not plain.isdigit() or len(plain) > _LONGEST):
        return None
    plain = plain.lstrip("0") or "0" if decimal is None else plain
    if unit is Unit.CENTS:
        return _cents(plain, decimal, beside)
    if unit is Unit.MONTHS:
        return _months(plain, decimal, beside)
    if decimal is not None:
        return None
    if unit is Unit.DAYS:
        factor = 7 if beside in _WEEK else 1 if beside in _DAY or not beside else 0
        return str(int(plain) * factor) if factor else None
    if unit is Unit.COUNT:
        return plain if not beside or beside in _TIMES else None
    return plain if not beside else None


def rewritten_piece(written: str, unit: Unit | None) -> str | None:
    """Write a number with its unit against it, or quotation marks around it: `14d`, `"2"`."""
    return rewritten(*split(written.strip("\"'")), unit)


def _cents(plain: str, decimal: re.Match[str] | None, beside: str) -> str | None:
    if beside and beside not in EURO | _CENT:
        return None
    if decimal is not None:
        whole, part = decimal.groups()
        return str(int(whole) * 100 + int(part.ljust(2, "0"))) if len(part) <= 2 else None
    return str(int(plain) * 100) if beside in EURO else plain


def _months(plain: str, decimal: re.Match[str] | None, beside: str) -> str | None:
    if beside in _PERCENT:
        if decimal is not None or int(plain) > _MOST_PERCENT:
            return None
        return f'"{months_text(int(plain) * BILLION // 100)}"'
    point = plain.replace(",", ".")
    if beside and beside not in _MONTH:
        return None
    return f'"{point}"' if parse_months(point) is not None else None
