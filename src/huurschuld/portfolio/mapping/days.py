"""Days as exports write them: by a format that the mapping names, such as `dd-mm-yyyy`."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Final

from huurschuld.model.values import DAY, refuse
from huurschuld.portfolio.mapping.unfit import Unfit

_OF_ANY_LENGTH: Final = re.compile("(?<![dm])[dm](?![dm])|mmm|hh:mm|serial|(?<!y)yy(?!y)")
_WITH_TIME: Final = re.compile("[0-9][ T][0-9]{1,2}:[0-9]{2}")
_SERIAL_NUMBER: Final = re.compile(r"[0-9]{5}(?:\.[0-9]{1,20})?")
EXCEL: Final = "excel"
"""The format of the cells that a spreadsheet itself keeps as a day."""
SERIAL: Final = "excel-serial"
"""The format of a spreadsheet's day that was written as the number behind it, such as 46266."""

ParseDay = Callable[[str], dt.date | None]
"""Reads one text; None if it is not a day in this format."""

_PARTS: Final = {
    "yyyy": r"(?P<year>[0-9]{4})",
    "yy": r"(?P<short>[0-9]{2})",
    "mmmm": r"(?P<name>[^\W\d_]+)",
    "mmm": r"(?P<name>[^\W\d_]+)\.?",
    "mm": r"(?P<month>[0-9]{2})",
    "m": r"(?P<month>[0-9]{1,2})",
    "dd": r"(?P<day>[0-9]{2})",
    "d": r"(?P<day>[0-9]{1,2})",
}
_TOKEN: Final = re.compile("y+|m+|d+|[^ymd]+")
_CLOCK: Final = re.compile("(?P<before> |t)hh:mm(?P<seconds>:ss)?$")
_TIME: Final = r"[ T][0-9]{1,2}:[0-9]{2}(:[0-9]{2}([.,][0-9]+)?)?"
"""A time of day; not one with a zone, as in another zone it may be another day."""
_MIDNIGHT: Final = r"([ T]0{1,2}:00(:00([.,]0+)?)?)?"
_SHORT_YEARS: Final = 69
"""Of years with two digits these and later ones are of before 2000, as POSIX has it."""
_EPOCH: Final = dt.date(1899, 12, 30)
_NUMBER: Final = re.compile(r"([0-9]{2,6})(\.0+)?")
_SERIALS: Final = range(61, 110_000)
"""From 1 March 1900: the calendar of spreadsheets has a 29 February 1900."""
_MONTHS: Final = {
    name: number
    for number, names in enumerate(
        (
            ("jan", "januari", "january"),
            ("feb", "februari", "february"),
            ("mrt", "mar", "maart", "march"),
            ("apr", "april"),
            ("mei", "may"),
            ("jun", "juni", "june"),
            ("jul", "juli", "july"),
            ("aug", "augustus", "august"),
            ("sep", "sept", "september"),
            ("okt", "oct", "oktober", "october"),
            ("nov", "november"),
            ("dec", "december"),
        ),
        1,
    )
    for name in names
}


def day_format(text: str) -> ParseDay | None:
    """The parser of a format: `yyyy`, `yy`, `m`, `mm`, `mmm`, `d`, `dd` and what stands between them.

    `d` and `m` read one digit or two, `mmm` the name of a month in Dutch or English. Without a day it
    is the first of the month. A time of midnight is the same day; any other time is read only where the
    format ends in `hh:mm`.

    Returns:
        None if this is no format, or one that texts could be read by in two ways.
    """
    written = text.strip().lower()
    if written == SERIAL:
        return _from_serial
    with_time = _CLOCK.search(written)
    date = written[: with_time.start()] if with_time else written
    if date == EXCEL:
        date = "yyyy-mm-dd"
    tokens = _TOKEN.findall(date)
    kinds = "".join(it[0] for it in tokens if it in _PARTS)
    if sorted(kinds) not in (["d", "m", "y"], ["m", "y"]) or len(tokens) > 7:
        return None
    if any(it[0] in "ymd" and it not in _PARTS for it in tokens):
        return None
    if any(one in ("d", "m") and other in _PARTS for one, other in pairwise(tokens)):
        return None  # d directly before m: 111 may be 1 November or 11 January
    pattern = "".join(_PARTS.get(it) or re.escape(it) for it in tokens)
    return _by_pattern(re.compile(pattern + (_TIME if with_time else _MIDNIGHT), re.IGNORECASE))


def is_of_month(text: str) -> bool:
    """Whether a format has a month and no day of it."""
    date = _CLOCK.sub("", text.strip().lower())
    return date not in (EXCEL, SERIAL) and "d" not in date


def fixed_width(text: str) -> bool:
    """Whether all days of a format are of one length, so that a day cut short is not a day."""
    date = text.strip().lower()
    return date == EXCEL or not _OF_ANY_LENGTH.search(date)


def _by_pattern(pattern: re.Pattern[str]) -> ParseDay:
    names = frozenset(pattern.groupindex)

    def parse(text: str) -> dt.date | None:
        found = pattern.fullmatch(text)
        if found is None:
            return None
        if "year" in names:
            year = int(found["year"])
        else:
            year = int(found["short"])
            year += 1900 if year >= _SHORT_YEARS else 2000
        month = _MONTHS.get(found["name"].lower(), 0) if "name" in names else int(found["month"])
        try:
            return dt.date(year, month, int(found["day"]) if "day" in names else 1)
        except ValueError:
            return None

    return parse


def _from_serial(text: str) -> dt.date | None:
    found = _NUMBER.fullmatch(text)
    if found is None or int(found[1]) not in _SERIALS:
        return None
    return _EPOCH + dt.timedelta(days=int(found[1]))


def read_day(text: str, formats: Sequence[tuple[str, ParseDay]]) -> dt.date:
    """Read a day by the formats that a mapping names.

    Raises:
        Unfit: it is a day in none of them, not the same one in two, or of another century.
    """
    found = {day for _, parse in formats if (day := parse(text)) is not None}
    named = " or ".join(name for name, _ in formats)
    if len(found) > 1:
        raise Unfit(f"this is another day as {named}", "leave one format in dates of the mapping")
    if not found:
        raise Unfit(f"this is not a day written {named}", _other(text))
    day = found.pop()
    if not DAY.accepts(day):
        raise Unfit(refuse("", DAY).problem, 'if it means that there is none, name it in "empty"')
    return day


def _other(text: str) -> str:
    """What to do about a text that is not a day in the formats of the mapping."""
    if _WITH_TIME.search(text):
        return "it has a time: end the format in dates of the mapping with hh:mm, then its day is read"
    if _SERIAL_NUMBER.fullmatch(text):
        return f'a number of a spreadsheet: format the column as dates, or set dates = "{SERIAL}"'
    return "correct the cell, or name its format in dates of the mapping"
