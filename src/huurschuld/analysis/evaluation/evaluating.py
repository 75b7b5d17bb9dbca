"""The evaluation of a year: what was counted, with small numbers withheld."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from statistics import quantiles
from typing import Final

from attrs import frozen

from huurschuld.analysis.evaluation.counting import By, Counts, Group, count
from huurschuld.analysis.evaluation.courses import courses
from huurschuld.analysis.evaluation.measures import MEASURES, REFERRED, Measure
from huurschuld.analysis.evaluation.withholding import Number, Sum, withhold
from huurschuld.cases import Event
from huurschuld.errors import InvalidValue
from huurschuld.model.values import FIRST_DAY, LAST_DAY, Day, Whole, refuse

_SMALLEST: Final = Whole(1, 1_000)
_YEAR: Final = Whole(FIRST_DAY.year, LAST_DAY.year, "a year")

Key = tuple[Group, str, bool]
"""A number by group and measure; or, if it is true, by how much that is less than what it is part of."""


@frozen
class Quartiles:
    """Days from the signal: as many took at most `first` as are a quarter of all, and so on."""

    first: float
    median: float
    third: float


@frozen
class Figure:
    """A number of an evaluation.

    Attributes:
        group: of which referrals.
        measure: of what.
        number: how many; None if that is withheld.
        days: from the signal until it came to be so; None where that is not of interest, is withheld, or
            there are none.
    """

    group: Group
    measure: Measure
    number: int | None
    days: Quartiles | None = None


@frozen
class Evaluation:
    """The evaluation of a year.

    Attributes:
        year: of which year.
        as_of: what happened after this day is left out.
        smallest: the smallest number, but 0, that is published.
        groups: the groups, in order; first all.
        figures: one for each group and measure, in their order.
    """

    year: int
    as_of: dt.date
    smallest: int
    groups: tuple[Group, ...]
    figures: tuple[Figure, ...]

    @property
    def is_whole_year(self) -> bool:
        """Whether the year was over on the day of the evaluation."""
        return self.as_of >= dt.date(self.year, 12, 31)

    def of(self, group: Group) -> tuple[Figure, ...]:
        """The figures of a group, in the order of the measures."""
        return tuple(figure for figure in self.figures if figure.group == group)


def evaluate(
    histories: Iterable[Iterable[Event]],
    year: int,
    *,
    smallest: int,
    as_of: dt.date | None = None,
    known: dt.datetime | None = None,
) -> Evaluation:
    """Evaluate a year.

    Args:
        histories: the events of each case, in the order in which they were recorded.
        year: of which year.
        smallest: the smallest number, but 0, that is published; with 1 nothing is withheld. No law gives
            it, so there is no default.
        as_of: what happened after this day is left out; by default the last day of the year.
        known: what was recorded after this moment is left out.

    Raises:
        InvalidValue: at `/year`, `/smallest` or `/as_of`.
        CaseError: the events of a case cannot have happened.
    """
    if not _YEAR.accepts(year):
        raise refuse("/year", _YEAR)
    if not _SMALLEST.accepts(smallest):
        raise refuse("/smallest", _SMALLEST)
    day = dt.date(year, 12, 31) if as_of is None else as_of
    if not Day().accepts(day):
        raise refuse("/as_of", Day())
    if day.year < year:
        raise InvalidValue("/as_of", "this day is before the year", "choose one in it, or after it")
    counts = count(courses(histories, as_of=day, known=known), year)
    return published(counts, year=year, as_of=day, smallest=smallest)


def published(counts: Counts, *, year: int, as_of: dt.date, smallest: int) -> Evaluation:
    """Make an evaluation of what was counted, with small numbers withheld."""
    numbers = dict(_numbers(counts))
    withheld = withhold(numbers, _sums(counts), smallest)
    figures = []
    for group in counts.groups:
        for measure in MEASURES:
            counted = counts.of(group, measure.name)
            is_withheld = (group, measure.name, False) in withheld
            days = None if is_withheld else _quartiles(counted.days)
            figures.append(Figure(group, measure, None if is_withheld else counted.number, days))
    return Evaluation(year, as_of, smallest, counts.groups, tuple(figures))


def _numbers(counts: Counts) -> Iterator[tuple[Key, Number]]:
    """Yield all numbers: those that are shown, and the differences that can be worked out of them."""
    for group in counts.groups:
        for measure in MEASURES:
            value = counts.of(group, measure.name).number
            # What is about all, or what others are part of, is withheld last.
            weight = (100 if group.by is By.ALL else 10) * _WEIGHTS.get(measure.name, 1)
            yield (group, measure.name, False), Number(value, cost=weight + value.bit_length())
        for whole, parts in _PARTITIONS:
            if (rest := _rest(whole, parts)) is not None:
                value = sum(counts.of(group, part).number for part in parts)
                yield (group, rest, True), Number(counts.of(group, whole).number - value, is_shown=False)


def _sums(counts: Counts) -> Iterator[Sum[Key]]:
    """Yield how the numbers add up: the groups of each kind, and the parts of each measure."""
    rests = [rest for whole, parts in _PARTITIONS if (rest := _rest(whole, parts)) is not None]
    kinds = [(name, False) for name in (measure.name for measure in MEASURES)] + [
        (rest, True) for rest in rests
    ]
    for by in By:
        groups = [group for group in counts.groups if group.by is by]
        if by is not By.ALL:
            for name, is_rest in kinds:
                total = (counts.groups[0], name, is_rest)
                yield Sum(total, tuple((group, name, is_rest) for group in groups))
        for group in groups:
            for whole, parts in _PARTITIONS:
                members: list[Key] = [(group, part, False) for part in parts]
                if (rest := _rest(whole, parts)) is not None:
                    members.append((group, rest, True))
                yield Sum((group, whole, False), tuple(members))


def _rest(whole: str, parts: tuple[str, ...]) -> str | None:
    """What identifies the rest of a partition: its first part; None if the parts are all there is."""
    return None if whole == "plans-made" else parts[0]


def _partitions() -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield what each measure is divided into: parts that exclude each other stand together."""
    together = {"declined": "accepted"} | {
        measure.name: "plans-completed" for measure in MEASURES if measure.part_of == "plans-made"
    }
    for first in MEASURES:
        if first.part_of is not None and together.get(first.name, first.name) == first.name:
            others = [it.name for it in MEASURES if together.get(it.name, it.name) == first.name]
            yield first.part_of, tuple(others)


_PARTITIONS: Final = tuple(_partitions())
_WEIGHTS: Final = {**{whole: 2 for whole, _ in _PARTITIONS}, REFERRED: 10}


def _quartiles(days: tuple[int, ...]) -> Quartiles | None:
    if not days:
        return None
    return Quartiles(*(quantiles(days, n=4, method="inclusive") if len(days) > 1 else days * 3))
