"""What to do about a value that is refused: the next step, by what was given in its place.

Exports write amounts in euros, days in the order of the country, and flags as words of their own. Each
of these has its own remedy. It never quotes the value, which is personal data. The type of a column has
one too, as a dataframe has one type for all of its cells.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection
from decimal import Decimal
from typing import Final

IN_CENTS: Final = (
    'write whole cents, in digits alone: € 612,34 is 61234; a mapping with amounts = "euro" reads such '
    "amounts as they are (huurschuld map)"
)
NEGATIVE: Final = (
    "no amount is negative: what is received is a payment, what is given back a refund, and what is "
    "forgiven a credit; a mapping reads amounts with a sign (huurschuld map)"
)
TOO_SMALL: Final = "amounts are in cents: € 612.34 is 61234; leave out a row of nothing"
TOO_LARGE: Final = "amounts are in cents: € 612.34 is 61234; correct one that is larger"
LEADING_ZERO: Final = "leave out the zeros in front: € 612.34 is 61234"
BLANKS: Final = "leave out the blanks around it"
EXPONENT: Final = "a spreadsheet has shortened this number: have it show all digits, and save it again"
ROUND_EUROS: Final = (
    "cents are whole numbers: give round(euros * 100), and a Decimal as int(euros * 100)"
)
FLOAT_COLUMN: Final = (
    'cents are whole numbers: (euros * 100).round().astype("int64") in pandas, or .astype("Int64") '
    "where they are cents already and some are missing"
)
DECIMAL_COLUMN: Final = "cents are whole numbers: multiply euros by 100, and cast the column to int64"
NUMBER_COLUMN: Final = "give whole numbers of cents"

NOT_ITS_TEXT: Final = (
    "give the value itself, not a text of it: a whole number, true or false, a datetime.date"
)

DAY_ORDER: Final = (
    "write the year first: 1 March 2026 is 2026-03-01; a mapping reads days in another order as they "
    "are (huurschuld map)"
)
DAY_HYPHENS: Final = "write it with hyphens and all zeros: 1 March 2026 is 2026-03-01"
DAY_TIME: Final = "leave out the time of day"
DAY_SERIAL: Final = (
    "this is a day as a spreadsheet counts it: show the column as a date, YYYY-MM-DD, and save it again"
)
DAY_NONE: Final = "leave it empty where there is no such day"
DAY_WRONG: Final = "no such day exists, or it is outside these years: correct it in the source"
DAY_TYPED: Final = (
    "give days without a time, from 1900 to 2199: .date() of one moment, .dt.date of a column, "
    "CAST(… AS date) in SQL; leave it empty where there is no such day"
)
DAY_NUMBERS: Final = (
    "give days as dates, or as texts YYYY-MM-DD; numbers from 40000 to 50000 are days as a spreadsheet "
    "counts them"
)

FLAG_WORDS: Final = (
    "write true for WAAR, ja, yes and 1, and false for ONWAAR, nee, no and 0; a mapping reads such "
    "words as they are (huurschuld map)"
)
FLAG_OBJECT: Final = "give True or False"
FLAG_COLUMN: Final = "give true and false; of a column of 0 and 1 in pandas that is .astype(bool)"

SMALL_LETTERS: Final = "write it in small letters, without blanks"
WORDS: Final = "use one of these words; a mapping reads those of your own system (huurschuld map)"
FILL_IN: Final = "fill it in"
TEXT_OBJECT: Final = "give a text: str(number) for a number"
TEXT_COLUMN: Final = 'give texts: .astype("string") in pandas, .cast(pl.String) in polars'

NO_AMOUNT: Final = -(10**18)
"""What a ledger that has typed columns gives for a value that is no whole number of cents."""
_DIGITS: Final = re.compile(r"[0-9]+")
_NEGATIVE: Final = re.compile(r"[-\N{MINUS SIGN}][0-9.,]+|[0-9.,]*[0-9][-\N{MINUS SIGN}]|\([0-9.,]+\)")
_CURRENCY: Final = re.compile(r"[\s€]|EUR", re.IGNORECASE)
_EXPONENT: Final = re.compile(r"[0-9]+(?:[.,][0-9]+)?[eE]\+?[0-9]+")
_OTHER_ORDER: Final = re.compile(
    r"[0-9]{1,2}[-/. ](?:[0-9]{1,2}|[A-Za-z]{3,9}\.?)[-/. ][0-9]{2,4}.*", re.DOTALL
)
_YEAR_FIRST: Final = re.compile(r"[0-9]{4}[-/.]?[0-9]{1,2}[-/.]?[0-9]{1,2}")
_WITH_TIME: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ].+", re.DOTALL)
_SERIAL: Final = re.compile(r"[345][0-9]{4}(?:[.,][0-9]+)?")
_YEAR_MONTH_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_NO_DAY: Final = frozenset({"0000", "0001", "9999"})
"""The years that systems write where there is no day."""


def of_cents(value: object, minimum: int) -> str:
    """What to do about a value that is no amount in cents, or less than a minimum, or too large."""
    if isinstance(value, str):
        return _of_amount_text(value, minimum)
    if type(value) is int:
        return _of_amount(value, minimum)
    return ROUND_EUROS if isinstance(value, float | Decimal) else NUMBER_COLUMN


def _of_amount(cents: int, minimum: int) -> str:
    if cents == NO_AMOUNT:
        return IN_CENTS
    if cents < 0:
        return NEGATIVE
    return TOO_SMALL if cents < minimum else TOO_LARGE


def _of_amount_text(text: str, minimum: int) -> str:
    bare = text.strip()
    if bare != text and _DIGITS.fullmatch(bare):
        return BLANKS
    if _DIGITS.fullmatch(bare) and bare.isascii():
        if len(bare) > 1 and bare.startswith("0"):
            return LEADING_ZERO
        return _of_amount(int(bare[:20]), minimum)
    if _NEGATIVE.fullmatch(_CURRENCY.sub("", bare)):
        return NEGATIVE
    return EXPONENT if _EXPONENT.fullmatch(bare) else IN_CENTS


def of_day(value: object) -> str:
    """What to do about a value that is no day."""
    if isinstance(value, str):
        return _of_day_text(value)
    return DAY_NUMBERS if type(value) is int else DAY_TYPED


def _of_day_text(text: str) -> str:
    bare = text.strip()
    if bare != text and _YEAR_MONTH_DAY.fullmatch(bare):
        return BLANKS
    if bare[:4] in _NO_DAY or bare[-4:] in _NO_DAY:
        return DAY_NONE
    for fits, remedy in (
        (_YEAR_MONTH_DAY.fullmatch, DAY_WRONG),
        (_WITH_TIME.fullmatch, DAY_TIME),
        (_SERIAL.fullmatch, DAY_SERIAL),
        (_YEAR_FIRST.fullmatch, DAY_HYPHENS),
        (_OTHER_ORDER.fullmatch, DAY_ORDER),
    ):
        if fits(bare):
            return remedy
    return DAY_ORDER


def of_flag(value: object) -> str:
    """What to do about a value that is not true or false."""
    return FLAG_WORDS if isinstance(value, str) else FLAG_OBJECT


def of_word(value: object, words: Collection[str]) -> str:
    """What to do about a value that is none of some words; one of these may be meant."""
    if not isinstance(value, str):
        return WORDS
    small = value.strip().casefold()
    if small in words:
        return SMALL_LETTERS
    near = difflib.get_close_matches(small, words, 1) if 0 < len(small) <= _LONGEST_WORD else []
    return f"did you mean {near[0]}?" if near else WORDS


_LONGEST_WORD: Final = 30
"""What is longer is a sentence: comparing it takes long, and says nothing."""


def of_text(value: object) -> str:
    """What to do about a value that is no text, or an empty one."""
    if not isinstance(value, str):
        return TEXT_OBJECT
    return "" if value else FILL_IN
