"""What is compared of tenancies: all their facts and the advice, on the days on which these change."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

import attrs

from huurschuld.decisions.decision import decide
from huurschuld.model.tenancy import CHANNELS, Tenancy
from huurschuld.model.values import FIRST_DAY, LAST_DAY
from huurschuld.portfolio.rows import fact_text
from huurschuld.rules.facts import FACTS
from huurschuld.rules.own_facts import QUALITIES, CountedFact
from huurschuld.rules.policies import policies
from huurschuld.rules.sources import Phrase
from huurschuld.rules.tenancy_facts import adulthood, facts_of, is_in_force
from huurschuld.testing.kit import Broken, expect_same
from huurschuld.testing.ledger_messages import showing
from huurschuld.testing.tenancies import AS_OF

_WINDOWS: Final = {"sustained_days": 30, "acted_days": 30}
_VALUES: Final = {
    "": _WINDOWS,
    " by a policy": _WINDOWS
    | {"contact_days": 30, "signal_days": 30, "repeat_days": 14, "grace_days": 7, "floor_cents": 5_000},
}
"""The values of parameters by which facts are compared: such as leave nothing out, and others."""
_DAY: Final = dt.timedelta(days=1)
DAYS: Final = (AS_OF - dt.timedelta(45), AS_OF, AS_OF + dt.timedelta(15))
"""The days on which advice is compared: before, on and after the day that portfolios are around."""
_COUNTED: Final = (
    *(CountedFact(f"times_{it}", Phrase(it, it), channels=[it]) for it in CHANNELS),
    *(CountedFact(f"times_{it}", Phrase(it, it), are=[it]) for it in QUALITIES),
)
"""What no built-in policy asks, and one of a plugin may."""


def facts_on(tenancy: Tenancy, days: Iterable[dt.date]) -> dict[str, object]:
    """Return all facts of a tenancy on these days, and what it states."""
    found: dict[str, object] = {}
    for day in days:
        for by, parameters in _VALUES.items():
            facts = attrs.asdict(facts_of(tenancy, day, _COUNTED, **parameters), recurse=False)
            facts |= dict(facts.pop("own"))
            found |= {f"{name}{by} on {day}": _written(name, it) for name, it in facts.items()}
        found[f"facts on {day}"] = _stated(tenancy, day)
    return found


def _written(fact: str, value: Any) -> object:  # noqa: ANN401 - the value of any fact
    """Write a fact as an author reads it: months as a decimal text, and not in billionths."""
    return FACTS[fact].written(value) if fact in FACTS else value


def outcomes(tenancy: Tenancy, days: Iterable[dt.date]) -> dict[str, object]:
    """Return all facts of a tenancy on these days, and what the built-in policies advise."""
    days = list(days)
    found = facts_on(tenancy, days)
    for day in days:
        for name, policy in policies().items():
            if day in policy.in_force:
                summary = decide(tenancy, policy, day, engine="reference").summary()
                found |= {f"{it} by {name} on {day}": value for it, value in summary.items()}
    return found


def _stated(tenancy: Tenancy, day: dt.date) -> dict[str, str] | None:
    """What a tenancy states on a day, for a policy that asks: by name the text of the latest row."""
    if tenancy.facts is None:
        return None
    in_force = [it for it in tenancy.facts if is_in_force(it, day)]
    in_force.sort(key=lambda it: it.from_ or dt.date.min)
    # A table has numbers and words as text: whether 5 came as a number is nothing that a policy sees.
    return {it.name: fact_text(it.value) for it in in_force}


def turning_days(tenancy: Tenancy) -> list[dt.date]:
    """Return each day that is in a tenancy, with the day before it and the day after.

    A day that moves changes a fact on one of them, if it changes anything.
    """
    days = set(_days_in(tenancy))
    for child in tenancy.household.children if tenancy.household else ():
        days.update(adulthood(it) for it in child.birthdays())
    around = {it + move for it in days for move in (-_DAY, 0 * _DAY, _DAY)}
    return sorted(it for it in around if FIRST_DAY <= it <= LAST_DAY)


def _days_in(value: Any) -> Iterator[dt.date]:  # noqa: ANN401 - any value of the model
    if isinstance(value, dt.date):
        yield value
    elif isinstance(value, tuple):
        for it in value:
            yield from _days_in(it)
    elif attrs.has(type(value)):
        yield from _days_in(attrs.astuple(value, recurse=False))


def expect_tenancies(
    found: Mapping[str, Tenancy], expected: Sequence[Tenancy], days: Sequence[dt.date] | None = None
) -> None:
    """Check that the tenancies read are those put in: each is there, with equal facts and advice.

    Args:
        found: those read, by id.
        expected: those put in.
        days: the days on which they are compared; by default some days, and for the facts all those on
            which something in the tenancy begins or ends.

    Raises:
        Broken: one is missing, is one too many, or differs; a note has the rows of the first.
    """
    _expect_all(found, expected)
    for number, it in enumerate(expected, start=1):
        what, other = f"tenancy {number} of {len(expected)}", found[it.id]
        if _is_same(other, it):
            continue
        with showing(it):
            expect_same(outcomes(other, days or DAYS), outcomes(it, days or DAYS), what)
            if days is None:
                turning = turning_days(it)
                expect_same(facts_on(other, turning), facts_on(it, turning), what)


def expect_many(found: Mapping[str, Tenancy], expected: Sequence[Tenancy]) -> None:
    """Check thousands of tenancies: each is there, with equal facts on one day.

    Raises:
        Broken: as `expect_tenancies`.
    """
    _expect_all(found, expected)
    for number, it in enumerate(expected, start=1):
        if not _is_same(found[it.id], it):
            what = f"tenancy {number} of {len(expected)}"
            with showing(it):
                expect_same(facts_on(found[it.id], [AS_OF]), facts_on(it, [AS_OF]), what)


def _is_same(found: Tenancy, expected: Tenancy) -> bool:
    """Whether all facts and all advice must be the same, whatever the day."""
    stated = [[fact_text(fact.value) for fact in it.facts or ()] for it in (found, expected)]
    # Python takes 1 for true; a text of a fact does not.
    return found == expected and stated[0] == stated[1]


def _expect_all(found: Mapping[str, Tenancy], expected: Sequence[Tenancy]) -> None:
    missing = [it for it in expected if it.id not in found]
    if missing:
        with showing(missing[0]):
            what = f"{len(missing)} of {len(expected)} tenancies are missing, or have another id"
            raise Broken(what)
    expect_same(len(found), len(expected), "the number of tenancies")
