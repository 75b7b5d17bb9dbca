"""From a value of a database to the value of a portfolio, exactly, or to one that is refused.

A stream cannot say that a cell is wrong. So a value that does not fit its column becomes one that no
column of that kind accepts, and the reader of the table refuses it at its cell: an empty id, the day
0001-01-01, an amount far below zero, the word `?`. A wrong value never becomes a right one.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Final
from uuid import UUID

from attrs import evolve

from huurschuld.model.remedies import NO_AMOUNT
from huurschuld.model.values import Birth, Choice, Day, FactValue, Flag, Whole, parse_day
from huurschuld.plugins.database.picking import PickedColumn
from huurschuld.portfolio.mapping.unfit import Unfit

NO_ID: Final = ""
NO_WORD: Final = "?"
NO_DAY: Final = dt.date.min

_LARGEST: Final = 2**63 - 1
_WHOLE: Final = re.compile(r"0|-?[1-9][0-9]{0,18}")
_HALF: Final = re.compile("[\ud800-\udfff]")
_AMOUNT: Final = re.compile(r"-?[0-9]{1,18}(\.[0-9]{1,40})?")

Convert = Callable[[object], object]
"""Gives the value of a portfolio for a value of a database that is not null."""


def converter(picked: PickedColumn, *, numbers_are_flags: bool = False) -> Convert:
    """Return the converter of a column; some databases have 1 and 0 for true and false."""
    if picked.words is not None:
        return _by_words(picked.words)
    if picked.read is not None:
        return _by_notation(
            picked, converter(evolve(picked, read=None), numbers_are_flags=numbers_are_flags)
        )
    match picked.kind:
        case Whole():
            return _euros if picked.euros else _cents
        case Day():
            return _day
        case Flag():
            return _number_or_flag if numbers_are_flags else _flag
        case Birth():
            return _birth
        case FactValue():
            return _fact_value
        case Choice():
            return _word
    return _id


def refusing_converter(picked: PickedColumn) -> Convert:
    """Return a converter that refuses all values: no column of this kind can have their type."""
    no = _no_value(picked)
    return lambda _: no


def _no_value(picked: PickedColumn) -> object:
    match picked.kind:
        case Whole():
            return NO_AMOUNT
        case Day():
            return NO_DAY
        case Flag() | Choice() | Birth() | FactValue():
            return NO_WORD
    return NO_ID


def _by_notation(picked: PickedColumn, otherwise: Convert) -> Convert:
    """Read texts by the notation of a mapping; what the database itself has typed stays what it is."""
    read, no = picked.read, _no_value(picked)
    assert read is not None  # noqa: S101 - the caller looked
    is_day, is_amount = isinstance(picked.kind, Day), isinstance(picked.kind, Whole)

    def convert(value: object) -> object:
        if type(value) is int and not is_amount:
            value = str(value)  # a day as 20260901, a word as 10
        if type(value) is bool and not is_day:
            value = str(value).lower()
        if type(value) is not str:
            return otherwise(value)
        try:
            found = read(value.strip())
        except Unfit:
            return no
        if isinstance(found, int):
            return _within(found)
        return parse_day(found) or no if is_day and found is not None else found

    return convert


def _text(value: object) -> str | None:
    """Return the text of a value if it has exactly one representation; else None."""
    if type(value) is str:
        # Bytes that are not UTF-8 have become half characters, which cannot be written.
        return value if value.isascii() or not _HALF.search(value) else None
    if type(value) is int or isinstance(value, UUID):
        return str(value)
    if isinstance(value, Decimal) and value.is_finite() and value.as_tuple().exponent == 0:
        return str(int(value))
    return None


def _id(value: object) -> object:
    return _text(value) or NO_ID


def _word(value: object) -> object:
    text = _text(value)
    return NO_WORD if text is None else text


def _by_words(words: Mapping[str, str | None]) -> Convert:
    def read(value: object) -> object:
        text = str(value).lower() if isinstance(value, bool) else _text(value)
        return NO_WORD if text is None else words.get(text, NO_WORD)

    return read


def _flag(value: object) -> object:
    if isinstance(value, bool):
        return str(value).lower()
    return _word(value) if type(value) is str else NO_WORD


def _number_or_flag(value: object) -> object:
    return _flag(value == 1) if type(value) is int and value in (0, 1) else _flag(value)


def _day(value: object) -> object:
    if type(value) is str:
        return None if value == "" else parse_day(value) or NO_DAY
    return value if type(value) is dt.date else NO_DAY


def _birth(value: object) -> object:
    """Write a day as its text; of one that is not known whole the source has the text."""
    if type(value) is dt.date:
        return value.isoformat()
    return _word(value) if type(value) is str else NO_WORD


def _fact_value(value: object) -> object:
    """Write true, false and numbers as a table does; months have decimals."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Decimal) and value.is_finite():
        return format(value, "f")
    return _word(value)


def _cents(value: object) -> object:
    """Accept whole numbers; not `650.00`, which may well be 650 euros."""
    if value == "" and type(value) is str:
        return None
    text = _text(value) or ""
    return _within(int(text)) if _WHOLE.fullmatch(text) else NO_AMOUNT


def _euros(value: object) -> object:
    if type(value) is int:
        return _within(value * 100)
    if type(value) is str:
        if value == "":
            return None
        value = Decimal(value) if _AMOUNT.fullmatch(value) else None
    return _exact_cents(value) if isinstance(value, Decimal) else NO_AMOUNT


def _exact_cents(euros: Decimal) -> int:
    """Compute in whole numbers, since arithmetic with decimals rounds."""
    sign, digits, exponent = euros.as_tuple()
    if not isinstance(exponent, int) or len(digits) > 60 or abs(exponent) > 60:
        return NO_AMOUNT
    whole, fraction = divmod(int("".join(map(str, digits))) * 10 ** (exponent + 62), 10**60)
    return NO_AMOUNT if fraction else _within(-whole if sign else whole)


def _within(number: int) -> int:
    """Return the number, also one below zero, which is refused as such."""
    return number if NO_AMOUNT < number <= _LARGEST else NO_AMOUNT
