"""The households that policies are tested on.

They are of any kind, near a threshold of a built-in policy, due for a referral, or on an edge of the
policy's own numbers.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from itertools import product
from typing import Any, Final

import attrs
from hypothesis import strategies as st

from huurschuld.model.entries import RentTerm
from huurschuld.model.tenancy import (
    CHANNELS,
    Child,
    Contact,
    Dispute,
    Eviction,
    Household,
    Plan,
    Rent,
    Signal,
    StatedFact,
    Tenancy,
)
from huurschuld.model.values import MAXIMUM_CENTS
from huurschuld.rules.conditions.language import Compare, leaves
from huurschuld.rules.own_facts import CountedFact, GivenFact, given_facts
from huurschuld.rules.parameters import Unit, months_text
from huurschuld.rules.policy import Policy
from huurschuld.rules.tenancy_facts import is_in_force
from huurschuld.testing import ledger_leases
from huurschuld.testing.tenancies import stated_facts, stated_values, tenancies
from huurschuld.testing.thresholds import near_threshold

_OLDEST: Final = 2_000
_FIRST_ATTEMPT: Final = 90
RENT: Final = 60_000
"""The rent of a month of the households of `ripe`, in cents."""
_MOST_TOGETHER: Final = 32


def ripe(day: dt.date, policy: Policy | None = None) -> list[Tenancy]:
    """Return households that owe six months of rent and were approached in every way for two months.

    Everything else is known to be absent; a child lives there or not, an eviction is announced or not.
    The facts that a policy asks for have a low value, a high one, or none. Where contacts count for a
    shorter time, there are as many within that, too.
    """

    def ago(days: int) -> dt.date:
        return day - dt.timedelta(days=days)

    flags: dict[str, Any] = dict.fromkeys(("reached", "reminder", "debt_help", "offers_sharing"), True)
    nothing: dict[str, Any] = dict.fromkeys(("plans", "disputes", "objections", "signals"), ())
    counted = windows(policy, day) if policy else []
    attempts = [
        Contact(date=ago(oldest - number * oldest // 18), channel=channel, **flags)
        for oldest in sorted({_FIRST_ATTEMPT, *(it for it in counted if it < _FIRST_ATTEMPT)})
        for number, channel in enumerate((*CHANNELS, *CHANNELS))
    ]
    plain = Tenancy(
        id="ripe",
        start=ago(_OLDEST),
        rents=(Rent(from_=ago(_OLDEST), cents=RENT),),
        entries=tuple(
            RentTerm(id=f"r{number}", due=ago(30 * number + 5), cents=RENT) for number in range(6)
        ),
        contacts=tuple(attempts),
        household=Household(children=()),
        **nothing,
    )
    family = Household(children=(Child(born=ago(3_000)),))
    eviction = Eviction(announced=ago(10), on=day + dt.timedelta(days=10))
    return [
        attrs.evolve(plain, household=household, eviction=announced, facts=facts)
        for household in (plain.household, family)
        for announced in (None, eviction)
        for facts in _stated(policy)
    ]


def _stated(policy: Policy | None) -> list[tuple[StatedFact, ...]]:
    """Return what a household may state for a policy: each fact low, high, or not at all."""
    given = given_facts(policy.facts if policy else ()).values()
    rows = [
        (*(StatedFact(name=fact.name, value=value) for value in _low_and_high(fact.unit)), None)
        for fact in given
    ]
    is_few = 3 ** len(rows) <= _MOST_TOGETHER
    combined = product(*rows) if is_few else zip(*rows, strict=True)
    return [tuple(row for row in each if row) for each in combined]


def _low_and_high(unit: Unit | None) -> tuple[bool | int | str, bool | int | str]:
    if unit is None:
        return False, True
    return ("0", "999999999") if unit is Unit.MONTHS else (0, MAXIMUM_CENTS)


@st.composite
def _nearly_ripe(draw: st.DrawFn, day: dt.date, policy: Policy | None) -> Tenancy:
    """Generate a household of `ripe` without some of its terms and attempts."""
    whole = draw(st.sampled_from(ripe(day, policy)))
    terms = draw(st.integers(1, len(whole.entries)))
    contacts = whole.contacts or ()
    attempts = draw(st.sets(st.integers(0, len(contacts) - 1), max_size=4))
    kept = tuple(it for number, it in enumerate(contacts) if number not in attempts)
    return attrs.evolve(whole, entries=whole.entries[:terms], contacts=kept)


def numbers(policy: Policy, day: dt.date, unit: Unit) -> Iterator[int]:
    """Yield the numbers of a unit that a policy goes by: its parameters, and those in its conditions."""
    values = policy.on(day).values
    for parameter in policy.parameters:
        if parameter.unit is unit:
            yield values[parameter.name]
    for _, condition in policy.conditions():
        for leaf in leaves(condition):
            if isinstance(leaf, Compare) and leaf.type.unit is unit and isinstance(leaf.operand, int):
                yield leaf.operand
    for fact in policy.facts:
        if unit is Unit.DAYS and isinstance(fact, CountedFact) and fact.within_days is not None:
            yield fact.within_days


def windows(policy: Policy, day: dt.date) -> list[int]:
    """Return how many days contacts count, by the policy and by the facts that it counts itself."""
    found = [it.within_days for it in policy.facts if isinstance(it, CountedFact)]
    found.append(policy.on(day).values.get("contact_days"))
    return [it for it in found if it is not None]


def _edges(those: Iterable[int], highest: int) -> st.SearchStrategy[int]:
    """Generate the numbers, and one more and one less than each."""
    beside = {number + step for number in those for step in (-1, 0, 1)}
    return st.sampled_from(sorted(it for it in beside if 0 <= it <= highest) or [0])


@st.composite
def _on_an_edge(draw: st.DrawFn, day: dt.date, policy: Policy) -> Tenancy:
    """Generate a household of `ripe` of which days and amounts are on the edges of a policy's numbers.

    How late its first and its last term are, how old its contacts and an earlier referral, what the
    referral named, what a plan and a dispute leave, and what it states.
    """
    whole = draw(st.sampled_from(ripe(day, policy)))
    days = _edges(numbers(policy, day, Unit.DAYS), _OLDEST)
    amounts = _edges(numbers(policy, day, Unit.CENTS), MAXIMUM_CENTS)

    def ago(days: int) -> dt.date:
        return day - dt.timedelta(days=days)

    longest = draw(st.just(_OLDEST) | days)
    entries = [RentTerm(id="first", due=ago(longest), cents=RENT)]
    if draw(st.booleans()):
        cents = max(1, min(draw(amounts), RENT))
        entries.append(RentTerm(id="last", due=ago(draw(days)), cents=cents))
    owed = sum(it.cents for it in entries)
    changes: dict[str, Any] = {"entries": tuple(entries)}
    changes["contacts"] = tuple(
        attrs.evolve(it, date=ago(draw(days)), returned=draw(st.booleans())) if moved else it
        for it in whole.contacts or ()
        for moved in [draw(st.booleans())]
    )
    if draw(st.booleans()):
        named = max(0, owed - draw(amounts))
        changes["signals"] = (Signal(date=ago(draw(days)), cents=named),)
    for name, cls in (("plans", Plan), ("disputes", Dispute)):
        if draw(st.sampled_from((False, False, True))):
            covered = max(0, owed - draw(amounts))
            changes[name] = (cls(from_=ago(30), cents=covered),)
    changes["facts"] = draw(st.none() | st.just(whole.facts) | _stated_on_an_edge(day, policy))
    return attrs.evolve(whole, **changes)


@st.composite
def _stated_on_an_edge(draw: st.DrawFn, day: dt.date, policy: Policy) -> tuple[StatedFact, ...]:
    """Generate what a household states, at the values that a policy's conditions compare with."""
    rows = []
    for fact in given_facts(policy.facts).values():
        value: bool | int | str = draw(stated_values(fact.unit))
        if fact.unit is not None:
            highest = 10**18 - 1 if fact.unit is Unit.MONTHS else MAXIMUM_CENTS
            number = draw(_edges(numbers(policy, day, fact.unit), highest))
            value = months_text(number) if fact.unit is Unit.MONTHS else number
        rows.append(StatedFact(name=fact.name, value=value))
    return tuple(rows)


def households_for(day: dt.date, policy: Policy | None = None) -> st.SearchStrategy[Tenancy]:
    """Generate households to test a policy on, as of a day: many are due for a referral, or nearly.

    Args:
        day: the day, on which the policy is in force.
        policy: what it asks for is then stated, and some households are on the edges of its numbers.
    """
    near = near_threshold(day).map(lambda it: it.tenancy)
    of_any_kind = tenancies(day)
    found = st.sampled_from(ripe(day, policy)) | _nearly_ripe(day, policy) | near
    if policy is None:
        return found | of_any_kind
    units = tuple((it.name, it.unit) for it in policy.facts if isinstance(it, GivenFact))
    if units:
        of_any_kind = tenancies(day, facts=None) | stated_facts(day, units).flatmap(
            lambda facts: tenancies(day, facts=facts)
        )
    return found | _on_an_edge(day, policy) | of_any_kind


def known_on(tenancy: Tenancy, day: dt.date) -> Tenancy:
    """Return what was recorded of a household by a day, while its lease and what it states go on."""
    recorded = ledger_leases.known_on(tenancy, day)
    stated = tenancy.facts and tuple(
        attrs.evolve(it, until=None) for it in tenancy.facts if is_in_force(it, day)
    )
    return attrs.evolve(recorded, end=None, deceased=None, facts=stated)
