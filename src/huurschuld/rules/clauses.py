"""What a policy is made of: conditions with their source, holds, and the days it is in force."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any, Final, Literal, get_args

from attrs import field, frozen

from huurschuld.errors import InvalidValue, UnknownReference, pointer
from huurschuld.model.strict_objects import near_names
from huurschuld.model.tenancy import as_tuple
from huurschuld.model.values import Choice
from huurschuld.rules.conditions.language import Condition, required_fields
from huurschuld.rules.sources import CHOICE, Source

Stops = Literal["everything", "referral"]
STOPS: Final[tuple[Stops, ...]] = get_args(Stops)


@frozen
class Period:
    """The days on which a policy is in force; `until` is the last one."""

    since: dt.date
    until: dt.date | None = None

    def __contains__(self, day: dt.date) -> bool:
        return self.since <= day and (self.until is None or day <= self.until)


@frozen
class Clause:
    """One condition with its source: what a reason cites."""

    when: Condition
    source: Source = CHOICE


@frozen
class Hold:
    """A named ground on which no referral is made (beletsel), with its source.

    `stops` is `everything`, reminders and contact too, or a `referral` only.
    """

    name: str
    when: Condition
    source: Source = CHOICE
    stops: Stops = field(default="everything", validator=Choice(STOPS))


def asks_about_children(clause: Clause | Hold) -> bool:
    """Whether a condition goes by the children living in."""
    return "household" in required_fields(clause.when)


Given = Condition | Clause
"""A clause, or a condition whose source is a choice of one's own."""


def given_clause(member: str, given: Given) -> Clause:
    """Return the clause that was given as a member of a policy.

    Raises:
        InvalidValue: at the member: it is neither a condition nor a clause.
    """
    (clause,) = given_clauses(member, given)
    return clause


def given_clauses(member: str, given: Given | Iterable[Given]) -> tuple[Clause, ...]:
    """Return the clauses; one may be given alone."""
    its = each_of(member, given, Condition, Clause)
    return tuple(it if isinstance(it, Clause) else Clause(it) for it in its)


def each_of(member: str, given: Any, *classes: type[Any]) -> tuple[Any, ...]:  # noqa: ANN401 - it is checked here
    """Return the items of one of these classes, of which one may be given alone.

    Raises:
        InvalidValue: at the member, or at the item that is of another class.
    """
    its = (given,) if isinstance(given, classes) else as_tuple(given)
    expected = f"a {' or '.join(cls.__name__ for cls in classes)} is expected"
    if not isinstance(its, tuple):
        raise InvalidValue(pointer(member), expected)
    for index, it in enumerate(its):
        if not isinstance(it, classes):
            raise InvalidValue(pointer(member, index), expected)
    return its


def changed_holds(
    inherited: tuple[Hold, ...], own: tuple[Hold, ...], without: tuple[str, ...]
) -> tuple[Hold, ...]:
    """Return the holds without those that are left out, each in the place of the one with its name.

    Raises:
        UnknownReference: at `/without_holds/INDEX`.
    """
    names = [hold.name for hold in inherited]
    for index, name in enumerate(without):
        if name not in names:
            raise UnknownReference(
                pointer("without_holds", index),
                "there is no such hold",
                near_names(name, names) or f"there are: {', '.join(names)}",
            )
    by_name = {hold.name: hold for hold in own}
    kept = [by_name.get(hold.name, hold) for hold in inherited if hold.name not in without]
    taken = {id(hold) for hold in kept}  # themselves: two of one name are refused later, not merged
    return (*kept, *(hold for hold in own if id(hold) not in taken))
