"""What must hold whatever the household: the promises that the rules make to people."""

from __future__ import annotations

import datetime as dt
import random as randomness
from collections import Counter
from typing import Any

import attrs
import pytest
from hypothesis import Phase, event, given, settings, strategies as st

from huurschuld import (
    Advice,
    Child,
    Contact,
    Credit,
    Household,
    Objection,
    Payment,
    Period,
    Plan,
    Policy,
    Priority,
    Refund,
    Rent,
    RentTerm,
    Reversal,
    Signal,
    StatedFact,
    Tenancy,
    decide,
    policies,
)
from huurschuld.model.entries import Entry
from huurschuld.rules.arrears import arrears_of
from huurschuld.rules.conditions.logic import every
from huurschuld.rules.conditions.truth import truth_of
from huurschuld.rules.rungs import CLAUSES
from huurschuld.rules.tenancy_facts import facts_of
from huurschuld.testing import (
    AS_OF,
    Threshold,
    contacts,
    days_around,
    ledgers,
    near_threshold,
    tenancies,
)
from huurschuld.testing.policies import policies as random_policies

IN_FORCE = ("bgs-2021", "katwijk-2021")
ALL = ("katwijk-2012", *IN_FORCE)
RANK = [Priority.CRISIS, Priority.FAMILY, Priority.UNKNOWN, Priority.REGULAR]
A_DAY = dt.timedelta(days=1)


def referral_condition(tenancy: Tenancy, name: str) -> bool | None:
    """The outcome of the referral condition of a built-in policy, whatever the day it is in force."""
    policy = policies()[name]
    values = {parameter.name: parameter.values[0].value for parameter in policy.parameters}
    found = facts_of(tenancy, AS_OF, **values)
    return every(truth_of(clause.when, values, found) for clause in policy.refer_if_all)


TERMS = st.builds(RentTerm, id=st.just("new"), due=days_around(after=0), cents=st.integers(1, 99_999))
ATTEMPTS = contacts().map(lambda it: attrs.evolve(it, direction="out", about_arrears=True))


@given(near_threshold(), TERMS)
def test_more_arrears_never_turn_a_true_referral_condition_false(
    near: Threshold, term: RentTerm
) -> None:
    """A household that owes more is not passed over for it."""
    more = attrs.evolve(near.tenancy, entries=(*near.tenancy.entries, term))
    stays_true(near.tenancy, more)


@given(near_threshold(), ATTEMPTS)
def test_one_more_attempt_never_turns_a_true_referral_condition_false(
    near: Threshold, attempt: Contact
) -> None:
    """A landlord who tries once more loses nothing by it."""
    more = attrs.evolve(near.tenancy, contacts=(*(near.tenancy.contacts or ()), attempt))
    stays_true(near.tenancy, more)


@given(tenancies(), TERMS, ATTEMPTS)
def test_the_same_holds_far_from_any_threshold(
    tenancy: Tenancy, term: RentTerm, attempt: Contact
) -> None:
    """Of tenancies of any kind, which are seldom so far; both at once."""
    entries, known = (*tenancy.entries, term), tenancy.contacts
    more = attrs.evolve(tenancy, entries=entries, contacts=None if known is None else (*known, attempt))
    stays_true(tenancy, more)


def stays_true(before: Tenancy, after: Tenancy) -> None:
    """A referral condition that is true of the one is true of the other, in every built-in policy."""
    for name in ALL:
        was = referral_condition(before, name)
        event(f"{name}: {was}")
        assert not (was is True and referral_condition(after, name) is not True)


@given(near_threshold())
def test_a_threshold_is_exact_to_the_cent_and_the_day(near: Threshold) -> None:
    """One cent or one day on one side of it refers, on the other it does not."""
    decision = decide(near.tenancy, near.policy, near.as_of)
    assert (decision.advice is Advice.REFER) == near.over


ANYBODY = near_threshold().map(lambda near: near.tenancy) | tenancies()
OBJECTIONS = st.builds(Objection, date=days_around(after=0))


@given(ANYBODY, OBJECTIONS)
def test_an_objection_always_blocks_a_referral(tenancy: Tenancy, objection: Objection) -> None:
    """Who objects, standing and not withdrawn, is never passed on; nothing else matters."""
    silent = attrs.evolve(tenancy, objections=())
    objecting = attrs.evolve(tenancy, objections=(*(tenancy.objections or ()), objection))
    for name in IN_FORCE:
        before, after = (decide(it, name, AS_OF) for it in (silent, objecting))
        assert after.advice is not Advice.REFER
        if before.advice is Advice.REFER:
            assert (after.advice, after.holds) == (Advice.HOLD, ("objected",))


@given(ANYBODY, OBJECTIONS)
def test_an_objection_never_stops_a_reminder(tenancy: Tenancy, objection: Objection) -> None:
    """Who objects to sharing is written to and called as anybody else."""
    silent = attrs.evolve(tenancy, objections=())
    objecting = attrs.evolve(tenancy, objections=(objection,))
    for name in IN_FORCE:
        before, after = (decide(it, name, AS_OF) for it in (silent, objecting))
        event(before.advice)
        if before.advice in (Advice.REMIND, Advice.CONTACT):
            assert after.advice is before.advice


@given(ANYBODY, st.sampled_from(IN_FORCE) | random_policies())
def test_every_true_hold_is_named(tenancy: Tenancy, policy: str | Policy) -> None:
    """Of both sorts, and no other, whichever of them stops the household."""
    decision = decide(tenancy, policy, AS_OF)
    event(decision.advice)
    rules = policies()[policy] if isinstance(policy, str) else policy
    values = dict(rules.on(AS_OF).numbers)
    true = [hold.name for hold in rules.holds if truth_of(hold.when, values, decision.facts)]
    if decision.advice is Advice.HOLD:
        assert list(decision.holds) == sorted(true)
    else:
        assert decision.holds == ()
        stopping = {hold.name for hold in rules.holds if hold.stops == "everything"}
        assert decision.facts.arrears_cents == 0 or not stopping & set(true)


@given(near_threshold().filter(lambda near: near.over), ledgers(max_claims=3), st.integers(1, 83))
def test_nobody_is_referred_again_in_one_episode_within_twelve_weeks(
    near: Threshold, entries: tuple[Entry, ...], days: int
) -> None:
    """Whatever is booked since: more rent is no new report before `repeat_days` are over."""
    decision = decide(near.tenancy, near.policy, near.as_of)
    signal = Signal(date=near.as_of, cents=decision.facts.arrears_cents or 0)
    referred = attrs.evolve(
        near.tenancy,
        signals=(*(near.tenancy.signals or ()), signal),
        entries=(*near.tenancy.entries, *entries),
    )
    later = near.as_of + days * A_DAY
    again = decide(referred, near.policy, later)
    if again.facts.episode_start is not None and again.facts.episode_start < near.as_of:
        event(again.advice)
        assert again.facts.already_referred
        assert again.advice is not Advice.REFER


@given(tenancies(), days_around(after=0), st.sampled_from((1, 1_000)))
def test_a_booking_of_tomorrow_changes_nothing_of_today(
    tenancy: Tenancy, day: dt.date, floor: int
) -> None:
    """What was owed on a day is what was booked by then, whatever is booked or taken back later."""
    by_then = [entry for entry in tenancy.entries if entry.booked <= day]
    names = {entry.id for entry in by_then}
    known = tuple(
        attrs.evolve(it, settles=None)
        if isinstance(it, Payment | Credit) and it.settles not in names
        else it
        for it in by_then
        if not isinstance(it, Reversal) or it.reverses in names
    )
    before = attrs.evolve(tenancy, entries=known)
    assert arrears_of(before, day, floor_cents=floor) == arrears_of(tenancy, day, floor_cents=floor)


RENT = 60_000
MONTHS = [dt.date(2024, month, 1) for month in range(1, 13)]


@given(st.lists(st.integers(0, 27), min_size=1, max_size=10), st.data())
def test_whoever_has_the_floor_open_each_night_keeps_the_episode(
    lags: list[int], data: st.DataObject
) -> None:
    """Always a month late, paid on any day from the next due day on: behind since the first term."""
    terms = [RentTerm(id=f"r{it:%m}", due=it, cents=RENT) for it in MONTHS[: len(lags) + 1]]
    payments = [
        Payment(id=f"p{number}", booked=MONTHS[number + 1] + lag * A_DAY, cents=RENT)
        for number, lag in enumerate(lags)
    ]
    last = MONTHS[len(lags)]
    day = last + data.draw(st.integers(1, 30)) * A_DAY
    found = arrears_of(lease(*terms, *payments), day, floor_cents=1_000)
    assert found.episode_start == MONTHS[0]


@given(
    st.lists(st.tuples(days_around(), days_around()), min_size=1, max_size=6),
    st.integers(1, 999),
)
def test_less_than_the_floor_of_an_earlier_time_changes_no_episode(
    months: list[tuple[dt.date, dt.date]], little: int
) -> None:
    """A few euros left open for years: the arrears of today are as old as they are without them."""
    entries: list[Entry] = []
    for number, (due, paid) in enumerate(months):
        entries.append(RentTerm(id=f"r{number}", due=due, cents=RENT))
        entries.append(Payment(id=f"p{number}", booked=paid, cents=RENT))
    old = RentTerm(id="old", due=AS_OF - 1_000 * A_DAY, cents=little)
    without, with_it = (
        arrears_of(lease(*those), AS_OF, floor_cents=1_000) for those in (entries, [*entries, old])
    )
    event(f"an episode: {without.episode_start is not None}")
    if without.cents:  # else what is owed is due today, and makes no episode by itself
        assert [day for day, _ in with_it.steps] == [day for day, _ in without.steps]
        assert with_it.episode_start == without.episode_start
        assert with_it.days_overdue == without.days_overdue


def lease(*entries: Entry) -> Tenancy:
    """A tenancy of which the ledger is known."""
    first = dt.date(2020, 1, 1)
    rents = (Rent(from_=first, cents=RENT),)
    return Tenancy(id="t", start=first, rents=rents, entries=entries)


@given(tenancies(), st.builds(Child, born=days_around(before=25 * 366)))
def test_a_child_never_lowers_priority(tenancy: Tenancy, child: Child) -> None:
    """One child more, of any age, puts no household further down."""
    household = tenancy.household or Household(children=(), complete=False)
    more = attrs.evolve(
        tenancy, household=attrs.evolve(household, children=(*household.children, child))
    )
    for name in IN_FORCE:
        before, after = (decide(it, name, AS_OF).priority for it in (tenancy, more))
        assert RANK.index(after) <= RANK.index(before)


SHUFFLED = ("disputes", "objections", "signals", "facts")


@given(tenancies(), st.randoms(use_true_random=False))
def test_the_order_of_contacts_and_parts_never_matters(
    tenancy: Tenancy, random: randomness.Random
) -> None:
    """A tenancy is a set of facts: shuffled in all its parts, it gives the same decision and receipt."""
    key = b"a key of the tests alone"
    changed: dict[str, Any] = {}
    for name in (*("rents", "entries", "contacts", "plans"), *SHUFFLED):
        parts = getattr(tenancy, name)
        if parts is not None:
            changed[name] = tuple(random.sample(parts, len(parts)))
    shuffled = attrs.evolve(tenancy, **changed)
    for name in IN_FORCE:
        there, here = (decide(it, name, AS_OF, key=key) for it in (tenancy, shuffled))
        assert here == there
        assert here.to_json() == there.to_json()


@given(random_policies(), tenancies(), st.randoms(use_true_random=False))
def test_the_order_of_rules_never_matters(
    policy: Policy, tenancy: Tenancy, random: randomness.Random
) -> None:
    """Holds and conditions may stand in any order, in any policy."""
    rungs = ("holds", *(rung.name for rung in CLAUSES), "parameters", "facts")
    changed: dict[str, Any] = {
        name: tuple(random.sample(getattr(policy, name), len(getattr(policy, name)))) for name in rungs
    }
    shuffled = attrs.evolve(policy, **changed)
    there, here = (decide(tenancy, it, AS_OF) for it in (policy, shuffled))
    event(there.advice)
    assert (here.advice, here.priority, here.holds, here.unknown) == (
        there.advice,
        there.priority,
        there.holds,
        there.unknown,
    )


@given(tenancies(), days_around(as_of=AS_OF + 30 * A_DAY, before=29, after=40), st.data())
def test_nothing_that_is_recorded_later_matters(
    tenancy: Tenancy, later: dt.date, data: st.DataObject
) -> None:
    """What a later day brings does not change what could be known on this one."""
    contact = attrs.evolve(data.draw(contacts()), date=later)
    more: dict[str, Any] = {
        "entries": (
            *tenancy.entries,
            RentTerm(id="later", due=AS_OF - A_DAY, cents=5_000, booked=later),
            Payment(id="paid later", booked=later, cents=5_000),
            Refund(id="paid back later", booked=later, cents=5_000),
            *(
                Reversal(id=f"taken back later {number}", booked=later, reverses=entry.id)
                for number, entry in enumerate(tenancy.entries)
                if isinstance(entry, Payment | Credit)
            ),
        ),
        "contacts": (contact,),
        "plans": (Plan(from_=later),),
        "objections": (Objection(date=later),),
        "signals": (Signal(date=later, cents=10**8),),
        "facts": (StatedFact(name="later", value=True, from_=later),),
    }
    for name, parts in more.items():
        known = getattr(tenancy, name)
        if name != "entries" and known is not None:
            more[name] = (*known, *parts)
        elif name != "entries":
            more[name] = None
    after = attrs.evolve(tenancy, **more)
    for policy in IN_FORCE:
        there, here = (decide(it, policy, AS_OF) for it in (tenancy, after))
        assert here.to_json() == there.to_json()


FIELDS = ("contacts", "plans", "disputes", "objections", "signals", "household")


@given(
    ANYBODY,
    st.sets(st.sampled_from(FIELDS), min_size=1),
)
def test_learning_what_was_unknown_never_turns_a_known_outcome_around(
    known: Tenancy, forgotten: set[str]
) -> None:
    """Unknown is never no: an advice to refer, made without knowing something, stands when it is known.

    Only the priority may rest on what is unknown, and that is then called unknown.
    """
    blanks: dict[str, Any] = dict.fromkeys(forgotten)
    tenancy = attrs.evolve(known, **blanks)
    for policy in IN_FORCE:
        before, after = (decide(it, policy, AS_OF) for it in (tenancy, known))
        event(f"{before.advice} -> {after.advice}")
        if before.advice is Advice.REFER:
            assert after.advice is Advice.REFER
        if after.advice is Advice.REFER:
            assert before.advice in (Advice.REFER, Advice.ASK)
        if before.priority is not Priority.UNKNOWN:
            assert after.priority is before.priority


@given(tenancies())
def test_what_stands_in_the_way_is_named_and_is_unknown(tenancy: Tenancy) -> None:
    """With `ask` something is named, and all that is named is unknown; else nothing is named."""
    for policy in IN_FORCE:
        decision = decide(tenancy, policy, AS_OF)
        assert (decision.advice is Advice.ASK) == bool(decision.unknown)
        assert (decision.advice is Advice.HOLD) == bool(decision.holds)
        assert all(getattr(tenancy, name) is None for name in decision.unknown)
        assert list(decision.unknown) == sorted(decision.unknown)
        assert list(decision.holds) == sorted(decision.holds)


@pytest.mark.slow
def test_the_strategies_reach_every_advice() -> None:
    """Each advice and priority is that of one in fifty or more, each hold of one in two hundred.

    The draws are the same in each run, so this cannot change by itself.
    """
    always = [attrs.evolve(policies()[name], in_force=Period(dt.date(2012, 1, 1))) for name in ALL]
    seen: dict[str, Counter[str]] = {name: Counter() for name in ALL}

    @settings(max_examples=600, database=None, derandomize=True, phases=[Phase.generate])
    @given(tenancies())
    def collect(tenancy: Tenancy) -> None:
        for policy in always:
            it = decide(tenancy, policy, AS_OF, engine="reference")
            seen[policy.name].update((it.advice, it.priority, *it.holds, "all"))

    collect()
    for policy in always:
        found = seen[policy.name]
        assert found["all"] >= 600
        assert {it for it in (*Advice, *Priority) if found[it] * 50 < found["all"]} == set()
        assert {it.name for it in policy.holds if found[it.name] * 200 < found["all"]} == set()


def test_a_threshold_can_be_chosen() -> None:
    """For a property that is about one of them; a name that is none is an error."""

    @settings(max_examples=20, database=None)
    @given(near_threshold(what="grace"))
    def all_of_one(near: Threshold) -> None:
        assert near.what == "grace"

    all_of_one()

    @settings(database=None)
    @given(near_threshold(what="graze"))
    def of_none(near: Threshold) -> None:
        raise AssertionError(near)

    with pytest.raises(ValueError, match="what is one of months, grace"):
        of_none()


@pytest.mark.parametrize("part", ["contacts", "plans", "disputes", "objections", "signals"])
def test_a_household_with_one_unknown_part_is_often_next_to_a_referral(part: str) -> None:
    """So a hundred examples show that an application takes what is unknown for none.

    Households at random do not: of 1,500 none shows it for disputes or signals.
    """
    found = Counter[tuple[Advice, Advice]]()

    @settings(max_examples=100, database=None, derandomize=True, phases=[Phase.generate])
    @given(near_threshold(what="known"))
    def collect(near: Threshold) -> None:
        none: dict[str, Any] = {part: getattr(near.tenancy, part) or ()}
        taken_for_none = attrs.evolve(near.tenancy, **none)
        before, after = (
            decide(it, near.policy, near.as_of, engine="reference").advice
            for it in (near.tenancy, taken_for_none)
        )
        assert before is (Advice.REFER if near.over else Advice.ASK)
        found[before, after] += 1

    collect()
    none_at_all = Advice.REMIND if part == "contacts" else Advice.REFER
    assert found[Advice.ASK, none_at_all] >= 3
