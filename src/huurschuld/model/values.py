"""The kinds of values: money, days, flags and texts, each with its range.

A kind defines a value in one place: the model checks with it, case files and tables are read with it,
and the JSON Schema is made from it. All kinds are frozen.
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date
from functools import lru_cache
from typing import Any, Final

import attrs
from attrs import frozen

from huurschuld.errors import Cell, InvalidValue, pointer, shortened
from huurschuld.model import remedies

MAXIMUM_CENTS: Final = 10**8
MAXIMUM_ENTRIES: Final = 5_000
LOWEST_RENT_A_YEAR: Final = 1_200
LONGEST_LINE: Final = 500
FIRST_DAY: Final = date(1900, 1, 1)
LAST_DAY: Final = date(2199, 12, 31)

_POSTCODE = re.compile(r"[1-9][0-9]{3}[A-Z]{2}")
_DIGITS = re.compile(r"0|[1-9][0-9]{0,18}")
MONTHS: Final = re.compile(r"([0-9]{1,9})(?:\.([0-9]{1,9}))?")
"""How a number of months is written: up to nine digits, and up to nine decimals."""
_CENTS: Final = "whole euro cents"
_FLAGS: Final = {"true": True, "false": False}


class RedactedRepr:
    """A value whose `repr` shows no personal data."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"


class Kind:
    """What a field of the model may hold, and its validator.

    By default the model's value is the JSON value.
    """

    __slots__ = ()

    @property
    def expected(self) -> str:
        """What is expected, as the error says it."""
        raise NotImplementedError

    def accepts(self, value: object) -> bool:
        """Whether the model may hold this value."""
        raise NotImplementedError

    def remedy(self, value: object) -> str:  # noqa: ARG002 - some kinds have one for what is often given
        """What to do about a value that is not accepted, as it was given; it is never quoted."""
        return ""

    def from_json(self, value: object) -> object:
        """Convert a JSON value; an invalid one becomes a value that is not accepted."""
        return value

    def from_text(self, text: str) -> object:
        """Convert a cell of a text table; an invalid one becomes a value that is not accepted."""
        return text

    def to_json(self, value: Any) -> object:  # noqa: ANN401 - each kind has its own type
        """Convert a value to JSON."""
        return value

    def schema(self) -> dict[str, object]:
        """The JSON Schema of this kind."""
        raise NotImplementedError

    def __call__(self, _: object, attribute: attrs.Attribute[Any], value: object) -> None:
        """Validate a field, as attrs calls it."""
        if not self.accepts(value):
            refused = refuse(pointer(json_name(attribute.name)), self, value)
            if type(value) not in _IN_TABLES:
                problem = f"{refused.problem}, not {_type_name(value)}"
                raise InvalidValue(refused.place, problem, refused.remedy)
            raise refused


@frozen
class Whole(Kind):
    """A whole number: an `int`, and nothing that only compares equal to one (`True`, `600.0`)."""

    minimum: int = 0
    maximum: int = MAXIMUM_CENTS
    unit: str = "a whole number"

    @property
    def expected(self) -> str:
        return f"{self.unit} from {self.minimum:,} to {self.maximum:,} is expected"

    def accepts(self, value: object) -> bool:
        return type(value) is int and self.minimum <= value <= self.maximum

    def remedy(self, value: object) -> str:
        return remedies.of_cents(value, self.minimum) if self.unit == _CENTS else ""

    def from_text(self, text: str) -> object:
        return int(text) if _DIGITS.fullmatch(text) else text

    def schema(self) -> dict[str, object]:
        return {"type": "integer", "minimum": self.minimum, "maximum": self.maximum}


def money(minimum: int = 0) -> Whole:
    """Money: whole euro cents, never a float."""
    return Whole(minimum, MAXIMUM_CENTS, _CENTS)


@lru_cache(maxsize=65_536)
def parse_day(text: str) -> date | None:
    """The calendar day written strictly as `YYYY-MM-DD`, from 1900 to 2199; else None."""
    # date.fromisoformat also reads 20250301 and 2025-W09-6, hence the look at the two hyphens.
    if len(text) != 10 or text[4] != "-" or text[7] != "-" or not text.isascii():
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if FIRST_DAY <= day <= LAST_DAY else None


@frozen
class Day(Kind):
    """A calendar day; no time, no zone. A `datetime` is not a day."""

    expected = "a calendar day from 1900-01-01 to 2199-12-31, written YYYY-MM-DD, is expected"

    def accepts(self, value: object) -> bool:
        return type(value) is date and FIRST_DAY <= value <= LAST_DAY

    def remedy(self, value: object) -> str:
        return remedies.of_day(value)

    def from_json(self, value: object) -> object:
        return self.from_text(value) if type(value) is str else None

    def from_text(self, text: str) -> object:
        return parse_day(text)

    def to_json(self, value: date) -> object:
        return value.isoformat()

    def schema(self) -> dict[str, object]:
        return {
            "type": "string",
            "format": "date",
            "pattern": "^(19|20|21)[0-9]{2}-[0-9]{2}-[0-9]{2}$",
        }


DAY: Final = Day()


@frozen
class Birth(Kind):
    """A day of birth, or what is known of it: `YYYY-MM-00` or `YYYY-00-00`, kept as a text."""

    expected = (
        "a calendar day from 1900-01-01 to 2199-12-31, written YYYY-MM-DD, or YYYY-MM-00 or YYYY-00-00 "
        "for a day that is not known, is expected"
    )

    def accepts(self, value: object) -> bool:
        if type(value) is str:
            return parse_partial_day(value) is not None
        return DAY.accepts(value)

    def remedy(self, value: object) -> str:
        return remedies.of_day(value)

    def from_json(self, value: object) -> object:
        return self.from_text(value) if type(value) is str else None

    def from_text(self, text: str) -> object:
        return parse_day(text) or (text if self.accepts(text) else None)

    def to_json(self, value: date | str) -> object:
        return value if isinstance(value, str) else value.isoformat()

    def schema(self) -> dict[str, object]:
        return {"type": "string", "pattern": "^(19|20|21)[0-9]{2}-[0-9]{2}-[0-9]{2}$"}


def parse_partial_day(text: str) -> tuple[date, date] | None:
    """The first and the last day that `YYYY-MM-00` or `YYYY-00-00` may be; None for anything else."""
    if len(text) != 10 or not text.endswith("-00"):
        return None
    if text.endswith("-00-00"):
        first = parse_day(f"{text[:5]}01-01")
        return None if first is None else (first, first.replace(month=12, day=31))
    first = parse_day(f"{text[:8]}01")
    if first is None:
        return None
    return first, first.replace(day=monthrange(first.year, first.month)[1])


@frozen
class Flag(Kind):
    """True or false; where a flag may be unknown, the whole part is absent."""

    expected = "true or false is expected"

    def accepts(self, value: object) -> bool:
        return type(value) is bool

    def remedy(self, value: object) -> str:
        return remedies.of_flag(value)

    def from_text(self, text: str) -> object:
        return _FLAGS.get(text.lower())

    def schema(self) -> dict[str, object]:
        return {"type": "boolean"}


@frozen
class Text(Kind):
    """A non-empty text of Unicode characters; a lone surrogate, half a character, is refused."""

    expected = "a non-empty text is expected"

    def accepts(self, value: object) -> bool:
        return type(value) is str and value != "" and (value.isascii() or _is_unicode(value))

    def remedy(self, value: object) -> str:
        return remedies.of_text(value)

    def schema(self) -> dict[str, object]:
        return {"type": "string", "minLength": 1}


@frozen
class Line(Text):
    """A text of one line, of at most 500 characters."""

    expected = f"a text of one line, of 1 to {LONGEST_LINE} characters, is expected"

    def accepts(self, value: object) -> bool:
        return (
            super().accepts(value)
            and isinstance(value, str)
            and len(value) <= LONGEST_LINE
            and value.isprintable()
        )

    def schema(self) -> dict[str, object]:
        return {"type": "string", "minLength": 1, "maxLength": LONGEST_LINE}


@frozen
class Postcode(Text):
    """A Dutch postcode, written `1234AB`."""

    expected = "a Dutch postcode, written 1234AB, is expected"

    def accepts(self, value: object) -> bool:
        return type(value) is str and _POSTCODE.fullmatch(value) is not None

    def schema(self) -> dict[str, object]:
        return {"type": "string", "pattern": f"^{_POSTCODE.pattern}$"}


def _is_unicode(text: str) -> bool:
    return not any("\ud800" <= character <= "\udfff" for character in text)


class TableNumber(str):
    """A whole number as a table writes it: months, or a count of something, as its fact will say."""

    __slots__ = ()


@frozen
class FactValue(Kind):
    """The value of a fact: true or false, a whole number, or months as a text.

    A table writes all of them as text. There `2` is kept as a `TableNumber`, as it may be months.
    """

    expected = (
        f"true, false, a whole number from 0 to {MAXIMUM_CENTS:,}, or months as a text with up to nine "
        "decimals, is expected"
    )

    def accepts(self, value: object) -> bool:
        if type(value) is int:
            return 0 <= value <= MAXIMUM_CENTS
        return type(value) is bool or (isinstance(value, str) and MONTHS.fullmatch(value) is not None)

    def from_text(self, text: str) -> object:
        if _DIGITS.fullmatch(text):
            return TableNumber(text)
        return _FLAGS.get(text.lower(), text)

    def to_json(self, value: bool | int | str) -> object:
        is_number = isinstance(value, TableNumber) and int(value) <= MAXIMUM_CENTS
        return int(value) if is_number else value

    def schema(self) -> dict[str, object]:
        return {
            "anyOf": [
                {"type": "boolean"},
                {"type": "integer", "minimum": 0, "maximum": MAXIMUM_CENTS},
                {"type": "string", "pattern": f"^{MONTHS.pattern}$"},
            ]
        }


@frozen
class Choice(Kind):
    """One of a few fixed words."""

    words: tuple[str, ...]

    @property
    def expected(self) -> str:
        return f"one of {', '.join(self.words)} is expected"

    def accepts(self, value: object) -> bool:
        return type(value) is str and value in self.words

    def remedy(self, value: object) -> str:
        return remedies.of_word(value, self.words)

    def schema(self) -> dict[str, object]:
        return {"type": "string", "enum": list(self.words)}


@frozen
class Maybe:
    """The validator of a field that may also be None: open, or unknown."""

    kind: Kind | Part | Parts

    def __call__(self, part: object, attribute: attrs.Attribute[Any], value: object) -> None:
        if value is not None:
            self.kind(part, attribute, value)


@frozen
class Part:
    """The validator of a field that holds one part of the model."""

    cls: type[Any]

    def __call__(self, _: object, attribute: attrs.Attribute[Any], value: object) -> None:
        if type(value) is not self.cls:
            problem = f"a {self.cls.__name__} is expected, not {_type_name(value)}"
            raise InvalidValue(pointer(attribute.name), problem)


class Parts:
    """The validator of a field that holds a tuple of parts, of one or several classes."""

    def __init__(self, *classes: type[Any]) -> None:
        self.classes = classes
        self._accepted = frozenset(classes)

    def __call__(self, _: object, attribute: attrs.Attribute[Any], value: object) -> None:
        if type(value) is tuple and self._accepted.issuperset(map(type, value)):
            return
        names = " or ".join(cls.__name__ for cls in self.classes)
        if type(value) is not tuple:
            problem = f"a sequence of {names} is expected, not {_type_name(value)}"
            raise InvalidValue(pointer(attribute.name), problem)
        for index, item in enumerate(value):
            if type(item) not in self.classes:
                problem = f"a {names} is expected, not {_type_name(item)}"
                raise InvalidValue(pointer(attribute.name, index), problem)


_IN_TABLES: Final = (str, TableNumber, int, bool, date, type(None), object)
"""The types that a cell may have, whether it is valid or not: of these the type says nothing."""


def _type_name(value: object) -> str:
    return shortened(type(value).__name__)


def kind_of(attribute: attrs.Attribute[Any]) -> Kind | Part | Parts:
    """The kind of a field of the model when it is not None."""
    validator: Any = attribute.validator
    held: Kind | Part | Parts = validator.kind if isinstance(validator, Maybe) else validator
    return held


def json_name(attribute: str) -> str:
    """The name of a field in files and tables: `from_` is `from`."""
    return attribute.rstrip("_")


_NOT_GIVEN: Final = object()


def refuse(place: str | Cell, kind: Kind, value: object = _NOT_GIVEN) -> InvalidValue:
    """The error for a value that is not of this kind, with what to do about it; it is not quoted."""
    return InvalidValue(place, kind.expected, "" if value is _NOT_GIVEN else _remedy(kind, value))


def _remedy(kind: Kind, value: object) -> str:
    """What to do about a value; a text that a table could hold is one too many elsewhere."""
    is_its_text = isinstance(value, str) and kind.accepts(kind.from_text(value))
    return remedies.NOT_ITS_TEXT if is_its_text else kind.remedy(value)
