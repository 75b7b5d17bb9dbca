"""Counting the courses of a year: by group, for each measure, with the days from the signal."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Final

from attrs import field, frozen

from huurschuld.analysis.evaluation.courses import Course
from huurschuld.analysis.evaluation.measures import MEASURES, Basis, Measure


class By(StrEnum):
    """What referrals are told apart by: not at all, or by household, landlord or policy."""

    ALL = "all"
    HOUSEHOLD = "household"
    LANDLORD = "landlord"
    POLICY = "policy"


WITH_MINORS: Final = "with-minors"
WITHOUT_MINORS: Final = "without-minors"


@frozen(order=True)
class Group:
    """Some of the referrals.

    Attributes:
        by: what they are told apart by.
        name: the value that they have in common; None if it is not known, or if they are all of them.
    """

    by: By
    name: str | None = None


EVERYBODY: Final = Group(By.ALL)


@frozen
class Counted:
    """How many of a group there are of a measure.

    Attributes:
        number: how many.
        days: the days from the signal until it came to be so, where that is of interest.
    """

    number: int = 0
    days: tuple[int, ...] = ()


@frozen
class Counts:
    """All numbers of a year, none of them withheld: not to be published.

    Attributes:
        groups: in order; first all.
        numbers: by group and measure.
    """

    groups: tuple[Group, ...]
    numbers: Mapping[tuple[Group, str], Counted] = field(repr=False)

    def of(self, group: Group, measure: str) -> Counted:
        """What was counted of a measure in a group."""
        return self.numbers.get((group, measure), Counted())


@frozen
class _Tally:
    """What counts of a course: in which groups, for which measures, with the days from the signal."""

    groups: tuple[Group, ...]
    days: Mapping[str, int]


def count(courses: Iterable[Course], year: int) -> Counts:
    """Count the courses of a year."""
    tallies = [tally for course in courses if (tally := _tally(course, year)).days]
    found: dict[tuple[Group, str], list[int]] = {}
    groups: set[Group] = set()
    for tally in tallies:
        groups.update(tally.groups)
        for name, days in tally.days.items():
            for group in tally.groups:
                found.setdefault((group, name), []).append(days)
    return Counts(
        (EVERYBODY, *sorted(groups - {EVERYBODY}, key=_in_order)),
        {
            (group, name): Counted(len(days), tuple(sorted(days)) if _STEPS[name] else ())
            for (group, name), days in found.items()
        },
    )


def _tally(course: Course, year: int) -> _Tally:
    received = course.received
    return _Tally(
        groups_of(course),
        {
            measure.name: _days(measure, days, received)
            for measure in MEASURES
            if (days := measure.days(course)) and _is_of(measure, days, received, year)
        },
    )


def groups_of(course: Course) -> tuple[Group, ...]:
    """The groups that a course belongs to: one of each kind."""
    household = None
    if course.minors is not None:
        household = WITH_MINORS if course.minors else WITHOUT_MINORS
    return (
        EVERYBODY,
        Group(By.HOUSEHOLD, household),
        Group(By.LANDLORD, course.landlord),
        Group(By.POLICY, course.policy),
    )


_STEPS: Final = {measure.name: measure.is_step for measure in MEASURES}


def _is_of(measure: Measure, days: tuple[dt.date, ...], received: dt.date | None, year: int) -> bool:
    if measure.basis is Basis.YEAR:
        return any(day.year == year for day in days)
    return received is not None and received.year == year


def _days(measure: Measure, days: tuple[dt.date, ...], received: dt.date | None) -> int:
    """The days from the signal; none if it was so before the signal came."""
    return max(0, (days[0] - received).days) if measure.is_step and received is not None else 0


def _in_order(group: Group) -> tuple[int, bool, str]:
    """By kind, then by name, what is not known at the end."""
    return list(By).index(group.by), group.name is None, group.name or ""
