"""Parameters of policies: dated values, each with its source or who adopted it.

A parameter's unit says how its value is written: `months` as text with up to nine decimals, held in
billionths; `count`, `days` and `cents` as whole numbers. Asking for a day without a value is an error,
never a fallback.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from enum import StrEnum
from typing import Any, Final

from attrs import evolve, field, frozen

from huurschuld.errors import InvalidValue, PolicyNotInForce, pointer
from huurschuld.model.given import as_whole
from huurschuld.model.values import FIRST_DAY, LAST_DAY, MAXIMUM_CENTS, MONTHS, Day, Maybe
from huurschuld.rules.sources import USER, Adopted, Source

_DECIMALS: Final = 9
NAME: Final = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*")
"""How parameters, and the facts that a policy declares, are named."""
_ONE_DAY: Final = dt.timedelta(days=1)
LONGEST_WINDOW: Final = 36_500
"""The widest window of days in which the lowest arrears may be sought."""


class Unit(StrEnum):
    """What a quantity counts."""

    MONTHS = "months"
    CENTS = "cents"
    DAYS = "days"
    COUNT = "count"


@frozen(cache_hash=True)
class Dated:
    """A value and the days on which it holds; in billionths for months."""

    value: int
    source: Source
    since: dt.date | None = field(default=None, validator=Maybe(Day()))
    until: dt.date | None = field(default=None, validator=Maybe(Day()))

    def holds_on(self, day: dt.date) -> bool:
        """Whether this is the value on that day."""
        return (self.since or FIRST_DAY) <= day <= (self.until or LAST_DAY)

    def overlaps(self, other: Dated) -> bool:
        """Whether the two hold on one day."""
        return self.holds_on(other.since or FIRST_DAY) or other.holds_on(self.since or FIRST_DAY)

    def outside(self, other: Dated) -> Iterator[Dated]:
        """Yield this value for its days before, and for its days after, those of another one."""
        if not self.overlaps(other):
            yield self
            return
        if other.since is not None and self.holds_on(before := other.since - _ONE_DAY):
            yield evolve(self, until=before)
        if other.until is not None and self.holds_on(after := other.until + _ONE_DAY):
            yield evolve(self, since=after)


@frozen
class Parameter:
    """A number that a policy leaves to be set, with its values through time.

    Raises:
        InvalidValue: it has no value, one outside its range, or two for one day.
    """

    name: str
    unit: Unit = field(converter=Unit)
    values: tuple[Dated, ...]

    def __attrs_post_init__(self) -> None:
        at = ("parameters", self.name, "values")
        if not self.values:
            raise InvalidValue(pointer(*at), "at least one value is expected")
        for index, dated in enumerate(self.values):
            lowest, highest = bounds(self.name, self.unit)
            if type(dated.value) is not int or not lowest <= dated.value <= highest:
                raise InvalidValue(pointer(*at, index, "value"), "this is outside the range of the unit")
            if dated.since is not None and dated.until is not None and dated.until < dated.since:
                raise InvalidValue(
                    pointer(*at, index, "until"),
                    "it ends before it starts",
                    "correct one of the two days",
                )
            if any(dated.overlaps(other) for other in self.values[:index]):
                raise InvalidValue(
                    pointer(*at, index),
                    "another value holds on some of these days",
                    "end that one the day before this one begins",
                )

    def on(self, day: dt.date) -> Dated:
        """Return the value on a day.

        Raises:
            PolicyNotInForce: it has none; the value of another day is never used instead.
        """
        for dated in self.values:
            if dated.holds_on(day):
                return dated
        raise PolicyNotInForce(
            "/as_of", f"the parameter {self.name} has no value on this day", "give one for this day"
        )

    def gaps(
        self, since: dt.date, until: dt.date | None = None
    ) -> Iterator[tuple[dt.date, dt.date | None]]:
        """Yield the periods between two days, the last of which may be open, without a value."""
        first, last = since, until or LAST_DAY
        for dated in sorted(self.values, key=lambda it: it.since or FIRST_DAY):
            begins, ends = dated.since or FIRST_DAY, dated.until or LAST_DAY
            if first < begins and first <= last:
                yield first, min(begins - _ONE_DAY, last)
            if ends == LAST_DAY:
                return
            first = max(first, ends + _ONE_DAY)
        if first <= last:
            yield first, until

    def set_to(self, given: object) -> Dated:
        """Check a value that the user gives.

        Raises:
            InvalidValue: at `/parameters/NAME`.
        """
        adopted = given if isinstance(given, Adopted) else None
        number: Any = given if adopted is None else adopted.value
        value = read_value(self.name, self.unit, as_whole(number))
        return Dated(value, USER if adopted is None else adopted.source())

    def over(self, inherited: Parameter | None) -> Parameter:
        """Return this parameter, which on days without a value of its own has the inherited one."""
        if inherited is None or inherited.unit is not self.unit:
            return self
        rest = list(inherited.values)
        for own in self.values:
            rest = [part for dated in rest for part in dated.outside(own)]
        return evolve(self, values=(*rest, *self.values))

    def always(self, given: object) -> Parameter:
        """Return this parameter with one value for every day."""
        return evolve(self, values=(self.set_to(given),))


def bounds(name: str, unit: Unit) -> tuple[int, int]:
    """Return the lowest and highest number that a parameter may have; in billionths for months."""
    if unit is Unit.MONTHS:
        return 0, 10 ** (2 * _DECIMALS) - 1
    return (1, LONGEST_WINDOW) if name == "sustained_days" else (0, MAXIMUM_CENTS)


def read_value(name: str, unit: Unit, given: object) -> int:
    """Read a written value as a number, in billionths for months.

    Raises:
        InvalidValue: at `/parameters/NAME`: another type, or outside the range.
    """
    at = pointer("parameters", name)
    if unit is Unit.MONTHS:
        months = parse_months(given) if type(given) is str else None
        if months is None:
            raise InvalidValue(
                at, "a text of 1 to 9 digits is expected, with up to nine decimals", 'such as "1.5"'
            )
        return months
    lowest, highest = bounds(name, unit)
    if type(given) is not int or not lowest <= given <= highest:
        raise InvalidValue(at, f"a whole number from {lowest:,} to {highest:,} is expected")
    return given


def parse_months(text: str) -> int | None:
    """Read a text such as `1.5` as billionths; None if it is not such a text."""
    match = MONTHS.fullmatch(text)
    if match is None:
        return None
    whole, decimals = match.groups()
    return int(whole) * 10**_DECIMALS + int((decimals or "").ljust(_DECIMALS, "0"))


def months_text(billionths: int) -> str:
    """Write billionths as text: up to nine decimals, no trailing zeros."""
    whole, rest = divmod(billionths, 10**_DECIMALS)
    return f"{whole}.{rest:09}".rstrip("0").rstrip(".")


def written(value: int, unit: Unit) -> int | str:
    """Write a value: as text for months, otherwise as the number."""
    return months_text(value) if unit is Unit.MONTHS else value
