"""Households of which there is ever more: arrears, attempts or days, at each number of a policy.

At each number means: one below it, at it, one above it, and far beyond all of them. Once such a
household is referred, it has to stay so.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from itertools import cycle, islice
from typing import Final

import attrs
from hypothesis import assume, strategies as st

from huurschuld.decisions.decision import decide
from huurschuld.errors import pointer
from huurschuld.model.entries import RentTerm
from huurschuld.model.tenancy import CHANNELS, Child, Contact, Household, Tenancy
from huurschuld.model.values import MAXIMUM_CENTS
from huurschuld.rules.advice import Advice
from huurschuld.rules.arrears import BILLION
from huurschuld.rules.conditions.notation import text
from huurschuld.rules.conditions.truth import truth_of
from huurschuld.rules.facts import Facts
from huurschuld.rules.parameters import Unit
from huurschuld.rules.policy import BEFORE_A_REFERRAL, Policy
from huurschuld.rules.rungs import REFER
from huurschuld.rules.tenancy_facts import facts_of
from huurschuld.testing.kit import Broken
from huurschuld.testing.policy_households import RENT, numbers, ripe, windows
from huurschuld.testing.policy_promises import OWED
from huurschuld.testing.tenancies import contacts

Seen = tuple[Tenancy, dt.date]
"""A household, and the day on which it is looked at."""

_MOST_CENTS: Final = 10 * MAXIMUM_CENTS
_MOST_ATTEMPTS: Final = 300
_LONGEST_AGO: Final = 155
_MOST_DAYS: Final = 6_000
"""Fewer than a child that is just born needs to come of age."""
_A_DAY: Final = dt.timedelta(days=1)


def growing(policy: Policy, day: dt.date, growth: str) -> Iterator[Iterator[Seen]]:
    """Yield households that grow with `arrears`, `attempts` or `days`, from the least to the most."""
    more = {"arrears": _more_arrears, "attempts": _more_attempts, "days": _more_days}[growth]
    for household in ripe(day, policy):
        yield from more(policy, day, household)


def _more_arrears(policy: Policy, day: dt.date, household: Tenancy) -> Iterator[Iterator[Seen]]:
    """Owe more by one more term: one that is long due, and one that is hardly so."""
    start = min(it.due for it in household.entries if isinstance(it, RentTerm))
    least = max(1, policy.on(day).values.get("floor_cents", 1))
    months = {-(-it * RENT // BILLION) for it in numbers(policy, day, Unit.MONTHS)}
    named = months | set(numbers(policy, day, Unit.CENTS))
    amounts = sorted({least, _MOST_CENTS, *_beside(named, least, _MOST_CENTS)})

    def owing(cents: int, due: dt.date) -> Seen:
        more = cents - least
        whole, rest = divmod(more, MAXIMUM_CENTS)
        terms = [
            RentTerm(id=f"more{number}", due=due, cents=it)
            for number, it in enumerate([MAXIMUM_CENTS] * whole + [rest] * bool(rest))
        ]
        first = RentTerm(id="first", due=start, cents=least)
        return attrs.evolve(household, entries=(first, *terms)), day

    for due in (start + _A_DAY, day - _A_DAY):
        yield (owing(it, due) for it in amounts)


def _more_attempts(policy: Policy, day: dt.date, household: Tenancy) -> Iterator[Iterator[Seen]]:
    """Attempt more often: in every way, in one, by words that say nothing, and ever longer ago."""
    whole = household.contacts or ()
    plain = [Contact(date=day - _A_DAY, channel=it.channel) for it in whole]
    recent = [attrs.evolve(it, date=day - _A_DAY) for it in whole]
    by_channel = [[it for it in recent if it.channel == channel] for channel in CHANNELS]
    counts = _beside(numbers(policy, day, Unit.COUNT), 0, _MOST_ATTEMPTS)
    often = sorted({0, 1, _MOST_ATTEMPTS, *counts, *(it - len(whole) for it in counts)})

    def approached(contacts: Iterable[Contact]) -> Seen:
        return attrs.evolve(household, contacts=tuple(contacts)), day

    for first, others in (((), whole), *((whole, it) for it in (plain, recent, *by_channel))):
        yield (approached((*first, *islice(cycle(others), times))) for times in often if times >= 0)
    ages = sorted({1, *_beside(numbers(policy, day, Unit.DAYS), 1, _LONGEST_AGO)})
    older = [
        attrs.evolve(it, date=day - age * _A_DAY) for age, it in zip(ages, cycle(whole), strict=False)
    ]
    yield (approached(older[:number]) for number in range(len(older) + 1))


def _more_days(policy: Policy, day: dt.date, household: Tenancy) -> Iterator[Iterator[Seen]]:
    """Look on later days, while every contact counts, and the household stays what it is."""
    if household.eviction is not None:
        lasting = attrs.evolve(household.eviction, on=day + _MOST_DAYS * _A_DAY)
        household = attrs.evolve(household, eviction=lasting)
    if household.household is not None and household.household.children:
        household = attrs.evolve(household, household=Household(children=(Child(born=day),)))
    named = list(numbers(policy, day, Unit.DAYS))
    for start in sorted({_LONGEST_AGO, *_beside(named, 2, 20 * _LONGEST_AGO)}):
        ages = [min((day - it.date).days, start - 1) for it in household.contacts or ()]
        tenancy = attrs.evolve(
            household,
            entries=(RentTerm(id="first", due=day - start * _A_DAY, cents=6 * RENT),),
            contacts=tuple(
                attrs.evolve(it, date=day - age * _A_DAY)
                for it, age in zip(household.contacts or (), ages, strict=True)
            ),
        )
        counted = windows(policy, day)
        last = min([_MOST_DAYS, *(it - age for it in counted for age in ages if age <= it)])
        passed = _beside((it - age for it in named for age in {start, *ages}), 0, last)
        yield _looked_at(policy, tenancy, day, sorted({0, min(1, last), last, *passed}))


def _looked_at(policy: Policy, tenancy: Tenancy, day: dt.date, passed: Iterable[int]) -> Iterator[Seen]:
    values = policy.on(day).values
    for days in passed:
        later = day + days * _A_DAY
        if later not in policy.in_force or policy.on(later).values != values:
            return
        yield tenancy, later


def _beside(named: Iterable[int], lowest: int, highest: int) -> set[int]:
    """Return each number, one less and one more, as far as they are in a range."""
    around = {number + step for number in named for step in (-1, 0, 1)}
    return {it for it in around if lowest <= it <= highest}


def one_more(policy: Policy, day: dt.date, growth: str) -> Callable[[Tenancy, st.DataObject], Seen]:
    """Return what draws one more term, attempt or stretch of days for a household."""
    if growth == "arrears":

        def more(tenancy: Tenancy, data: st.DataObject) -> Seen:
            start = facts_of(tenancy, day, **policy.on(day).values).episode_start
            assume(start is not None and start < day)
            ago = data.draw(st.integers(1, (day - (start or day)).days))
            cents = data.draw(st.integers(1, 100_000))
            term = RentTerm(id="one more", due=day - ago * _A_DAY, cents=cents)
            return attrs.evolve(tenancy, entries=(*tenancy.entries, term)), day

    elif growth == "attempts":

        def more(tenancy: Tenancy, data: st.DataObject) -> Seen:
            attempt = attrs.evolve(data.draw(contacts(day)), direction="out", about_arrears=True)
            return attrs.evolve(tenancy, contacts=(*(tenancy.contacts or ()), attempt)), day

    else:

        def more(tenancy: Tenancy, data: st.DataObject) -> Seen:
            later = day + data.draw(st.integers(1, 60)) * _A_DAY
            assume(later in policy.in_force and policy.on(later).values == policy.on(day).values)
            ages = [(day - it.date).days for it in tenancy.contacts or ()]
            passed = (later - day).days
            counted = windows(policy, day)
            assume(not any(age <= it < age + passed for age in ages for it in counted))
            assume(_circumstances(tenancy, day) == _circumstances(tenancy, later))
            return tenancy, later

    return more


def never_less(policy: Policy, grown: Iterable[Seen], *, owing_the_same: bool = False) -> None:
    """Check that a household stays referred as it grows.

    Args:
        policy: the policy.
        grown: the household, from the least to the most.
        owing_the_same: whether it may be less where what it owes has changed.

    Raises:
        Broken: it is referred, and later it is not; the message names the condition in the way.
    """
    referred: Facts | None = None
    for tenancy, day in grown:
        decision = decide(tenancy, policy, day, engine="reference")
        facts = decision.facts
        if decision.advice is Advice.REFER:
            referred = facts
        elif referred is not None and not (owing_the_same and _owed(facts) != _owed(referred)):
            said = " and ".join(in_the_way(policy, facts, day))
            raise Broken(f"{said} stands in the way: refer becomes {decision.advice}")


def _circumstances(tenancy: Tenancy, day: dt.date) -> list[int | bool | None]:
    facts = facts_of(tenancy, day)
    return [facts.minors, facts.minor_living_in, facts.eviction_announced]


def _owed(facts: Facts) -> list[int | None]:
    return [getattr(facts, name) for name in sorted(OWED)]


def in_the_way(policy: Policy, facts: Facts, day: dt.date) -> list[str]:
    """List the conditions by which a household is not referred, each with its place in the policy."""
    values = dict(policy.on(day).values)
    return [
        f"{pointer(rung.name, index, 'when')} ({text(clause.when)})"
        for rung in BEFORE_A_REFERRAL
        for index, clause in enumerate(policy.clauses(rung))
        if truth_of(clause.when, values, facts) is not (rung is REFER)
    ]
