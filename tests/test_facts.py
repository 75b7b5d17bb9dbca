"""The facts, each against the definition in the semantics."""

from __future__ import annotations

import datetime as dt
import random
from typing import Any

import mutations
import oracle
import pytest
from hypothesis import given, strategies as st

from huurschuld import (
    FACTS,
    Contact,
    Dispute,
    FactType,
    Plan,
    Rent,
    RentTerm,
    Signal,
    Tenancy,
    decide,
    policies,
)
from huurschuld.model.casefile import read_case
from huurschuld.rules.conditions.language import Compare, Flag, Operator
from huurschuld.rules.own_facts import CountedFact
from huurschuld.rules.policy_reading import policy_of_case
from huurschuld.rules.sources import Phrase
from huurschuld.rules.tenancy_facts import adulthood, facts_of, is_repeat

NOT_IN_THE_TEXT = {"minor_living_in"}
KATWIJK = policies()["katwijk-2021"]
DAY = dt.date(2025, 4, 20)
OF_THE_LEDGER = {"floor_cents", "grace_days"}
"""What every policy may have, whatever its conditions ask."""


@given(st.integers(0, 2**64 - 1))
def test_every_fact_is_that_of_the_definition(seed: int) -> None:
    """All facts of the table, against an independent transcription of it."""
    document = mutations.valid_case(random.Random(seed))
    case = read_case(document)
    expected = oracle.facts(document)
    decision = decide(case.tenancy, policy_of_case(case), case.as_of, case.parameters)
    parameters = [name for name, _ in decision.receipt.parameters]
    found = decision.facts.written(parameters)
    household = case.tenancy.household
    if household is not None and not household.complete:
        # The text counts the children that are listed; here the number is unknown until all are.
        assert found["minors"] is None
        assert found["minor_living_in"] is (True if expected["minors"] else None)
        expected["minors"] = None
    assert {name: value for name, value in found.items() if name not in NOT_IN_THE_TEXT} == expected


@pytest.mark.parametrize(
    ("born", "adult"),
    [
        (dt.date(2007, 4, 20), dt.date(2025, 4, 20)),
        (dt.date(2008, 2, 29), dt.date(2026, 3, 1)),
        (dt.date(2008, 2, 28), dt.date(2026, 2, 28)),
        (dt.date(2199, 12, 31), dt.date(2217, 12, 31)),
    ],
)
def test_a_child_comes_of_age_on_the_eighteenth_birthday(born: dt.date, adult: dt.date) -> None:
    """Born on 29 February, on 1 March."""
    assert adulthood(born) == adult


def test_every_fact_is_described() -> None:
    """Name, label in both languages and definition: what rulebook and reasons are made of."""
    for name, fact in FACTS.items():
        assert fact.name == name
        assert fact.label.nl
        assert fact.label.en
        assert fact.definition


def went_by(fact: FactType) -> set[str]:
    """The parameters that a fact is declared to go by, besides those of the ledger."""
    return {*fact.uses, *([fact.parameter] if fact.parameter else ())}


def test_every_fact_says_by_which_parameters_it_goes() -> None:
    """All that happened is a hundred days old: a parameter of ten days changes just those facts."""

    def ago(days: int) -> dt.date:
        return DAY - dt.timedelta(days=days)

    sent: dict[str, Any] = {"reminder": True, "offers_sharing": True, "debt_help": True}
    tenancy = Tenancy(
        id="t",
        start=ago(1_000),
        rents=(Rent(from_=ago(1_000), cents=60_000),),
        entries=(RentTerm(id="r", due=ago(150), cents=60_000),),
        contacts=(
            Contact(date=ago(100), channel="letter", **sent),
            Contact(date=ago(100), channel="phone"),
            Contact(date=ago(100), channel="phone", direction="in"),
        ),
        plans=(),
        signals=(Signal(date=ago(100), cents=0),),
    )
    names = {name for fact in FACTS.values() for name in went_by(fact)}
    long = dict.fromkeys(names, 180)
    usual = facts_of(tenancy, DAY, **long)
    for name in sorted(names):
        found = facts_of(tenancy, DAY, **long | {name: 10})
        changed = {it.name for it in FACTS.values() if it.value(found) != it.value(usual)}
        assert changed == {it.name for it in FACTS.values() if name in went_by(it)}, name


@pytest.mark.parametrize("fact", FACTS.values(), ids=lambda fact: fact.name)
def test_a_policy_that_asks_one_fact_keeps_the_parameters_that_it_goes_by(fact: FactType) -> None:
    """They stay in the policy and in the receipt, so that the decision can be made again."""
    asked = Flag(fact.name) if fact.unit is None else Compare(fact.name, Operator.AT_LEAST, 1)
    policy = KATWIJK.with_(
        "alone",
        refer=asked,
        remind=(),
        contact=(),
        wait=(),
        crisis=asked,
        family=asked,
        without_holds=[hold.name for hold in KATWIJK.holds],
        children_decide="it is a test" if "household" in fact.fields else None,
    )
    tenancy = Tenancy(id="t", start=DAY, rents=(Rent(from_=DAY, cents=60_000),), entries=())
    receipt = decide(tenancy, policy, DAY).receipt
    assert {name for name, _ in receipt.parameters} == went_by(fact) | OF_THE_LEDGER
    assert {it.name for it in receipt.policy.parameters} == went_by(fact) | OF_THE_LEDGER


def behind(cents: int, **parts: Any) -> Tenancy:
    """A tenancy with one rent term that was not paid, due the day before."""
    due = DAY - dt.timedelta(days=1)
    term = RentTerm(id="r", due=due, cents=cents)
    rent = Rent(from_=due, cents=60_000)
    return Tenancy(id="t", start=due, rents=(rent,), entries=(term,), **parts)


@given(st.integers(1, 3), st.integers(0, 2))
def test_a_parameter_that_is_absent_is_as_the_least(cents: int, days: int) -> None:
    """Without days of grace there are none; without a floor each cent counts, as with one of nothing."""
    found = facts_of(behind(cents), DAY + dt.timedelta(days=days))
    for values in ({"grace_days": 0, "floor_cents": 1}, {"grace_days": None, "floor_cents": 0}):
        assert facts_of(behind(cents), DAY + dt.timedelta(days=days), **values) == found
    assert (found.days_overdue, found.past_grace_cents) == (1 + days, cents)


def test_facts_of_ones_own_are_among_them() -> None:
    """They are asked for by their declarations, and by no parameter."""
    letters = CountedFact("letters", Phrase("brieven", "letters"), channels=["letter"])
    contacts = (Contact(date=DAY, channel="letter"),)
    assert facts_of(behind(60_000, contacts=contacts), DAY, (letters,)).own == (("letters", 1),)
    assert facts_of(behind(60_000), DAY).own == ()


def test_a_dispute_without_an_amount_takes_nothing_from_a_plan() -> None:
    """The plan covers what is owed to the cent, and the dispute all of it."""
    plan, dispute = Plan(from_=DAY, cents=60_000), Dispute(from_=DAY)
    for plans, covered in (((plan,), True), ((Plan(from_=DAY, cents=59_999),), False)):
        found = facts_of(behind(60_000, plans=plans, disputes=(dispute,)), DAY)
        assert (found.plan_in_force, found.disputed) == (covered, True)


def test_without_days_for_repeating_each_earlier_referral_counts_and_none_is_recent() -> None:
    """However long ago it was; then only higher arrears are news."""
    signals = [(DAY - dt.timedelta(days=3_000), 60_000)]
    assert is_repeat(signals, DAY, 60_000, 1, {})
    assert not is_repeat(signals, DAY, 60_001, 1, {})
