"""A policy of one's own does what its text says, for any household: properties, tried with Hypothesis.

Each property is worked out here from the text of the policy, and not from its conditions.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from attrs import evolve
from hypothesis import HealthCheck, given, settings, strategies as st

from huurschuld import (
    Advice,
    Contact,
    Decision,
    Policy,
    Rent,
    RentTerm,
    StatedFact,
    Tenancy,
    decide,
    load_policy,
)
from huurschuld.testing import PolicyTests, near_threshold, tenancies

POLICY = load_policy(Path(__file__).parent / "hundred-euros.toml")
DAY = dt.date(2026, 10, 20)
NO_MORATORIUM = (StatedFact(name="moratorium", value=False),)

# No failure because a machine is slow; pytest's option --hypothesis-seed tries others.
often = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


class TestThePolicy(PolicyTests):
    """It keeps what every policy promises: an objection blocks, what is unknown is not referred."""

    examples = 10

    def make_policy(self) -> Policy:
        """Give the policy to be tried."""
        return POLICY


def ours(tenancy: Tenancy) -> Decision:
    """Decide by the policy of this municipality."""
    return decide(tenancy, POLICY, DAY, engine="reference")


def the_decree(tenancy: Tenancy) -> Decision:
    """Decide by the national policy alone."""
    return decide(tenancy, "bgs-2021", DAY, engine="reference")


def was_visited(tenancy: Tenancy, days_in_arrears: int | None) -> bool:
    """Whether somebody was at the door in the last 60 days, about these arrears."""
    since = max(DAY - dt.timedelta(60), DAY - dt.timedelta((days_in_arrears or 0) - 1))
    return any(
        it.channel == "visit"
        and it.direction == "out"
        and it.about_arrears
        and not it.returned
        and since <= it.date <= DAY
        for it in tenancy.contacts or ()
    )


@st.composite
def households(draw: st.DrawFn) -> Tenancy:
    """Any household, or one next to a referral; some were visited as well, some time ago."""
    near = near_threshold(DAY).map(lambda it: it.tenancy)
    stated = st.sampled_from([NO_MORATORIUM, moratorium(True), (), None])
    tenancy = evolve(draw(tenancies(DAY) | near), facts=draw(stated))
    days_ago = draw(st.none() | st.integers(0, 70))
    if tenancy.contacts is None or days_ago is None:
        return tenancy
    visit = Contact(date=DAY - dt.timedelta(days_ago), channel="visit", debt_help=True)
    return evolve(tenancy, contacts=(*tenancy.contacts, visit))


def moratorium(there_is: bool) -> tuple[StatedFact, ...]:
    """What is stated of a moratorium."""
    return (StatedFact(name="moratorium", value=there_is),)


@often
@given(households())
def test_whom_it_refers_the_decree_would_refer_too(tenancy: Tenancy) -> None:
    """It only adds: nobody is passed on whom the national policy would not pass on."""
    if ours(tenancy).advice is Advice.REFER:
        assert the_decree(tenancy).advice is Advice.REFER


@often
@given(households())
def test_it_refers_exactly_whom_its_text_says(tenancy: Tenancy) -> None:
    """As the decree: from a hundred euros, after a visit, and where no moratorium is known to run."""
    national = the_decree(tenancy)
    owed = national.facts.sustained_cents
    expected = (
        national.advice is Advice.REFER
        and owed is not None
        and owed >= 100_00
        and was_visited(tenancy, national.facts.days_overdue)
        and tenancy.facts == NO_MORATORIUM
    )
    assert (ours(tenancy).advice is Advice.REFER) == expected


def approached(cents: int, *contacts: Contact) -> Tenancy:
    """A household that owes so much since July, and was written to in time; everything is known."""
    letter = Contact(
        date=DAY - dt.timedelta(30), channel="letter", reminder=True, debt_help=True, offers_sharing=True
    )
    return Tenancy(
        id="T-1",
        start=dt.date(2020, 1, 1),
        rents=[Rent(from_=dt.date(2020, 1, 1), cents=700_00)],
        entries=[RentTerm(id="R-7", due=dt.date(2026, 7, 1), cents=cents)],
        contacts=[letter, *contacts],
        plans=[],
        disputes=[],
        objections=[],
        signals=[],
        facts=NO_MORATORIUM,
    )


VISIT = Contact(date=DAY - dt.timedelta(20), channel="visit")


@often
@given(st.integers(1, 300_00) | st.sampled_from([99_99, 100_00]))
def test_a_hundred_euros_is_enough_and_a_cent_less_is_not(cents: int) -> None:
    """The amount that the municipality adopted is itself enough."""
    assert (ours(approached(cents, VISIT)).advice is Advice.REFER) == (cents >= 100_00)


@often
@given(st.integers(100_00, 700_00), st.integers(0, 90) | st.sampled_from([60, 61]))
def test_without_a_visit_of_60_days_the_advice_is_to_go_there(cents: int, days_ago: int) -> None:
    """Nobody waits for a visit that no advice asks for."""
    visited = approached(cents, Contact(date=DAY - dt.timedelta(days_ago), channel="visit"))
    expected = Advice.REFER if days_ago <= 60 else Advice.CONTACT
    assert ours(visited).advice is expected


def test_what_is_said_of_a_moratorium_decides() -> None:
    """Not stated is unknown, and asked; one that runs stops the referral, and no reminder."""
    household = approached(700_00, VISIT)
    asked = ours(evolve(household, facts=()))
    assert (asked.advice, asked.unknown) == (Advice.ASK, ("facts",))
    held = ours(evolve(household, facts=moratorium(True)))
    assert (held.advice, held.hold) == (Advice.HOLD, ("moratorium",))
    assert ours(evolve(household, facts=moratorium(True), contacts=())).advice is Advice.REMIND
