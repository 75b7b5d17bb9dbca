"""Values that are not written as TOML has them: days, numbers, texts, and yes or no."""

from __future__ import annotations

import re
from typing import Final

from attrs import frozen

_NO_DIGIT: Final = re.compile(r"[^0-9]")
_DAY_FIRST: Final = re.compile(r"(\d{1,2})[-/. ]++(\d{1,2}|[^\W\d]++)[-/. ]++(\d{4})")
_YEAR_FIRST: Final = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})")
_NUMBER: Final = re.compile(r"[+-]?[€$£]?\s*+\d[\d_.,]*+\s*+[^\s\d\"'#]*+")
_DIGITS: Final = re.compile(r"\d[\d_.,]*+")
_EURO: Final = re.compile(r"[€$£]|eur", re.IGNORECASE)
_OF_DIGITS: Final = re.compile(r"(?:^|_)(?:cents|days|attempts|channels|count)\W*$")
_MONTHS: Final = {
    name[:3]: number
    for names in (
        ("jan", "feb", "maa", "apr", "mei", "jun", "jul", "aug", "sep", "okt", "nov", "dec"),
        ("january", "february", "mrt", "april", "may", "june", "july", "august", "sept", "october"),
    )
    for number, name in enumerate(names, 1)
}
_TRUTH: Final = dict.fromkeys(("true", "ja", "yes", "waar"), "true") | dict.fromkeys(
    ("false", "nee", "no", "onwaar"), "false"
)
_NOTHING: Final = ("null", "none", "nil", "leeg")
_CENTS: Final = 2
_OF_THOUSANDS: Final = 3


@frozen
class Line:
    """A line in which the parser gave up: the text, where in it, what it said, and the heading above."""

    text: str
    at: int
    reason: str
    heading: str


@frozen
class TomlSlip:
    """What is wrong in a line, and what to do; `general` is a remedy without anything of the line."""

    problem: str
    remedy: str
    general: str


def general(problem: str, remedy: str) -> TomlSlip:
    """Return a slip whose remedy quotes nothing."""
    return TomlSlip(problem, remedy, remedy)


def day_of(written: str) -> str | None:
    """Read a day that is written in another way as YYYY-MM-DD; None if it is no day."""
    bare = written.strip("\"' ")
    found = _DAY_FIRST.fullmatch(bare)
    if found is not None:
        day, month, year = found.groups()
    else:
        found = _YEAR_FIRST.fullmatch(bare)
        if found is None:
            return None
        year, month, day = found.groups()
    number = int(month) if month.isdigit() else _MONTHS.get(month[:3].casefold(), 0)
    return f"{year}-{number:02}-{int(day):02}" if number else None


def slip_of_value(line: Line) -> TomlSlip | None:
    """Find a value that is not written as TOML has it."""
    before, sign, value = line.text.partition("=")
    name, value = before.strip(), value.strip()
    if not sign or not name or "#" in name:
        return None
    bare = value.split("#")[0].strip()
    plain = bare.rstrip(",;").casefold()
    if not bare:
        return general("a value is missing behind =", 'write one, such as "text" or 14')
    if plain in _TRUTH:
        problem = f"{bare} is not a value of TOML"
        return TomlSlip(problem, f"write {name} = {_TRUTH[plain]}", "write true or false")
    if plain in _NOTHING:
        return general(
            f"{bare} is not a value of TOML", "remove the line: what is not named is not given"
        )
    day = day_of(bare)
    if day == bare:
        return general("there is no such day", "write one of the calendar, as YYYY-MM-DD")
    if day is not None:
        return TomlSlip("a day is written YYYY-MM-DD", f"write {name} = {day}", "write YYYY-MM-DD")
    if value[0] in "\"'":
        return _of_text(name, value, line.reason)
    if bare[0] in "[{":
        return _not_closed(bare)
    if _NUMBER.fullmatch(bare):
        return _of_number(name, bare, line.heading)
    return _unquoted(name, bare)


def _of_text(name: str, value: str, reason: str) -> TomlSlip:
    """Find quotation marks within a text, a text that does not end, and what stands behind one."""
    quote, other = (value[0], "'" if value[0] == '"' else '"')
    if value.startswith(quote * 3):
        return general("this text is not closed", f"write {quote * 3} behind it")
    if quote == '"' and any(word in reason for word in ("escape", "Unescaped", "hex")):
        problem = "a \\ has a meaning of its own in a text in double quotation marks"
        return TomlSlip(problem, f"write {name} = '{value.strip(quote)}'", "write ' around the text")
    end = value.find(quote, 1)
    if end < 0:
        text = value[1:].rstrip(f",; {other}")
        remedy = f"write {name} = {quote}{text}{quote}"
        return TomlSlip("this text is not closed", remedy, f"write {quote} behind it")
    rest = value[end + 1 :].strip()
    if rest[:1] in (",", ";"):
        return general(f"{rest[0]} has no place behind a value", "remove it")
    if rest.startswith(("//", "--", "/*")):
        return general("a comment begins with #", "write # before it")
    inner = value[1 : value.rfind(quote)]
    if quote in inner and other not in inner:
        return TomlSlip(
            f"the quotation mark {quote} within this text ends it",
            f"write {name} = {other}{inner}{other}",
            f"write {other} around the text",
        )
    return general(
        "something stands behind this value", "write one value a line, and a comment behind #"
    )


def _not_closed(bare: str) -> TomlSlip | None:
    closing = "]" if bare[0] == "[" else "}"
    if bare.count(bare[0]) > bare.count(closing):
        problem = "this list is not closed" if closing == "]" else "this table is not closed"
        return general(problem, f"write {closing} behind its last item")
    return None


def _of_number(name: str, bare: str, heading: str) -> TomlSlip | None:
    """Say how a number is written that has a currency, a unit, a comma or a leading zero."""
    digits = _DIGITS.search(bare)
    if digits is None:
        return None
    number = digits[0].rstrip("_.,")
    whole, point, part = number.rpartition("," if "," in number else ".")
    whole, part = (whole, part) if point else (number, "")
    new = _NO_DIGIT.sub("", number).lstrip("0") or "0"
    counts = heading if name == "value" else name
    if "cents" in counts and len(part) <= _CENTS and (part or _EURO.search(bare)):
        new = f"{int(_NO_DIGIT.sub('', whole) or '0')}{part.ljust(_CENTS, '0')}"
    elif "months" in counts and part and len(part) != _OF_THOUSANDS:
        new = f'"{whole}.{part}"'
    return TomlSlip(
        "a number stands alone, in digits: no currency, unit, comma or leading 0",
        f"write {name} = {new}",
        "write a whole number such as 14, or a text in quotation marks",
    )


def _unquoted(name: str, bare: str) -> TomlSlip:
    if _OF_DIGITS.search(name):
        return general("a number is written in digits", "write it such as 14")
    if bare[-1] in "\"'" and bare[-1] not in bare[:-1]:
        remedy = f"write {name} = {bare[-1]}{bare}"
        return TomlSlip(
            "the quotation mark before this text is missing", remedy, "write it before the text"
        )
    quote = "'" if '"' in bare else '"'
    if quote in bare or "\\" in bare:
        return general("a text stands in quotation marks", "write quotation marks before and behind it")
    return TomlSlip(
        "a text stands in quotation marks",
        f"write {name} = {quote}{bare.rstrip(',; ')}{quote}",
        "write quotation marks before and behind it",
    )
