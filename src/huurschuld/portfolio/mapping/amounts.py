"""Amounts as exports write them, to whole cents with their sign; nothing passes through a float.

`1.299,99`, `€ 1.299,99`, `-700,00`, `700,00-`, `(700,00)`, `€ 700,-`. The mapping says whether they
are euros or cents, and which sign stands before the decimals.
"""

from __future__ import annotations

import re
import string
from typing import Final

from huurschuld.portfolio.mapping.unfit import Unfit

_TWO_DECIMALS: Final = {it: re.compile(rf"[0-9]\{it}[0-9]{{2}}(?![0-9])") for it in ",."}
EURO: Final = "euro"
CENTS: Final = "cents"
UNITS: Final = (EURO, CENTS)
DECIMALS: Final = (",", ".")

_MINUS: Final = "-\N{MINUS SIGN}\N{EN DASH}\N{HYPHEN}"
_SPACES: Final = " \N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}\N{THIN SPACE}"
_CURRENCY: Final = re.compile(r"^(?:€|EUR\b)|(?:€|\bEUR|(?<=[0-9])EUR)$", re.IGNORECASE)
_SIGNS: Final = f"+{_MINUS}"
_ROUND: Final = re.compile(f"[,.](?:[{_MINUS}]{{1,2}}|\N{EM DASH})$")
"""The end of `700,-`: no cents."""
_ENDS_ROUND: Final = re.compile(rf"[0-9]{_ROUND.pattern}")
_WHOLE_EUROS: Final = re.compile(rf"[0-9.,'{_SPACES}]*[0-9]{_ROUND.pattern}")
_GROUPED: Final = {
    decimal: re.compile(
        rf"(?P<whole>[0-9]*|[1-9][0-9]{{0,2}}(?:(?P<by>[{other}'{_SPACES}])[0-9]{{3}})(?:(?P=by)[0-9]{{3}})*)"
        rf"(?:\{decimal}(?P<part>[0-9]*))?"
    )
    for decimal, other in ((",", "."), (".", ","))
}
_NUMBER: Final = re.compile(r"(?P<whole>[0-9]+)(?:\.(?P<part>[0-9]+))?")
_TWO_WAYS: Final = re.compile(r"[1-9][0-9]{0,2}\.[0-9]{3}")
_FOREIGN: Final = re.compile(r"[$£¥]|\b(?!EUR\b)[A-Z]{3}\b")
_LONGEST: Final = 15


def read_amount(text: str, unit: str, decimal: str | None, *, in_sheet: bool = False) -> int:
    """Read an amount as whole cents, below zero if it has a minus or stands in brackets.

    Args:
        text: the cell, which is not empty.
        unit: `euro` or `cents`.
        decimal: what stands before the decimals of a text; None where all are numbers of a sheet.
        in_sheet: whether it is of a spreadsheet, whose numbers come with a point.

    Raises:
        Unfit: it is not an amount in this notation, or not a whole number of cents.
    """
    bare, negative = _bare(text)
    if in_sheet and decimal != "." and _TWO_WAYS.fullmatch(bare):
        raise Unfit(
            "this may be a number with three decimals or a text with thousands",
            "format the column as numbers with two decimals",
        )
    found = _NUMBER.fullmatch(bare) if in_sheet else None
    if found is None and (decimal or not in_sheet):
        found = _GROUPED[decimal or "."].fullmatch(bare)
    if found is None or not (found["whole"] or found["part"]):
        raise Unfit(_expected(unit, decimal), _remedy(text, unit, decimal))
    whole = "".join(it for it in found["whole"] if it in string.digits) or "0"
    part = found["part"] or ""
    if len(whole) > _LONGEST:
        raise Unfit(_expected(unit, decimal), "correct the cell")
    if unit == CENTS:
        if part or _ENDS_ROUND.search(text.strip()):  # 700,- is never 7 euros
            raise Unfit(
                "this has decimals, and amounts are in cents by the mapping",
                'set amounts = "euro" in the mapping if these are euros',
            )
        cents = int(whole)
    else:
        if part[2:].strip("0"):
            raise Unfit("this is not a whole number of cents", "round it in the source")
        cents = int(whole) * 100 + int(part[:2].ljust(2, "0"))
    return -cents if negative else cents


def _bare(text: str) -> tuple[str, bool]:
    """Take off a currency, a sign and brackets, each once at most; whether it is below zero."""
    rest, negative, signs, money = text.strip(), False, 0, 0
    while True:
        before = rest
        if _CURRENCY.search(rest):
            rest, money = _CURRENCY.sub("", rest, count=1), money + 1
        elif rest.startswith("(") and rest.endswith(")"):
            rest, negative, signs = rest[1:-1], True, signs + 1
        elif rest and rest[0] in _SIGNS:
            rest, negative, signs = rest[1:], rest[0] != "+" or negative, signs + 1
        elif _WHOLE_EUROS.fullmatch(rest):
            rest = _ROUND.sub("", rest)
        elif rest and rest[-1] in _SIGNS:
            rest, negative, signs = rest[:-1], rest[-1] != "+" or negative, signs + 1
        rest = rest.strip(_SPACES + "\t")
        if rest == before:
            break
    return ("" if signs > 1 or money > 1 else rest), negative


def _expected(unit: str, decimal: str | None) -> str:
    if unit == CENTS:
        return "whole cents are expected by the mapping"
    example = "1299.99" if decimal in (None, ".") else "1299,99 or 1.299,99"
    return f"an amount in euros such as {example} is expected by the mapping"


def _remedy(text: str, unit: str, decimal: str | None) -> str:
    if _FOREIGN.search(text):
        return "this may be in another currency: write it in euros, or leave the row out"
    other = "," if decimal == "." else "."
    if unit == EURO and decimal and _TWO_DECIMALS[other].search(text):
        return f'set decimal = "{other}" in the mapping if that stands before the cents'
    return 'correct the cell; if it means that there is no amount, name it in "empty"'
