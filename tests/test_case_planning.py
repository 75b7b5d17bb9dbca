"""A plan of action: instalments to the cent, and whether the ledger shows that it is kept."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, strategies as st

from huurschuld import InvalidValue, Payment, Rent, RentTerm, Tenancy, decide
from huurschuld.cases.planning import (
    Followed,
    Goal,
    Keeping,
    PlanOfAction,
    as_plan,
    follow,
    repay,
)
from huurschuld.rules.arrears import arrears_of

RENT = 60_000
AGREED = dt.date(2026, 3, 2)


def month(number: int, day: int = 1) -> dt.date:
    """A day of the so many'th month from January 2026 on."""
    years, month_ = divmod(number - 1, 12)
    return dt.date(2026 + years, month_ + 1, day)


def tenancy(paid: dict[dt.date, int]) -> Tenancy:
    """Rent each month of 2026; of January and February nothing was paid before the plan."""
    terms = [RentTerm(id=f"r{n}", due=month(n), cents=RENT) for n in range(1, 13)]
    payments = [
        Payment(id=f"p{n}", booked=day, cents=cents) for n, (day, cents) in enumerate(paid.items())
    ]
    return Tenancy(
        id="T",
        start=dt.date(2020, 1, 1),
        rents=(Rent(from_=dt.date(2020, 1, 1), cents=RENT),),
        entries=(*terms, *payments),
    )


def plan(monthly: int = 30_000) -> PlanOfAction:
    """The arrears of January to March, agreed on 2 March, repaid from April on."""
    return PlanOfAction(agreed=AGREED, repayment=repay(3 * RENT, monthly, month(4)))


def followed(paid: dict[dt.date, int], as_of: dt.date, **options: Any) -> Followed:
    """Follow the plan by what was paid."""
    return follow(plan(), tenancy(paid), as_of, **{"tolerance_cents": 500, "grace_days": 7} | options)


ON_TIME = {month(n): RENT + 30_000 for n in range(4, 10)}


@given(
    st.integers(1, 10**7), st.integers(20_000, 10**6), st.dates(dt.date(2012, 1, 1), dt.date(2090, 1, 1))
)
def test_instalments_add_up_to_the_cent(arrears: int, monthly: int, first: dt.date) -> None:
    """Each is the same but for the last one, a month after the one before; nothing is left."""
    repayment = repay(arrears, monthly, first)
    amounts = [it.cents for it in repayment.instalments]
    assert sum(amounts) == arrears
    assert set(amounts[:-1]) <= {monthly}
    assert 0 < amounts[-1] <= monthly
    assert (repayment.first, repayment.left(repayment.last)) == (first, 0)
    assert repayment.left(first - dt.timedelta(days=1)) == arrears
    for one, other in pairwise(repayment.instalments):
        assert (other.due.year * 12 + other.due.month) - (one.due.year * 12 + one.due.month) == 1
        assert other.due.day == min(first.day, _days_in(other.due))


def _days_in(day: dt.date) -> int:
    after = (day.replace(day=28) + dt.timedelta(days=4)).replace(day=1)
    return (after - dt.timedelta(days=1)).day


def test_what_if_the_tenant_can_pay_50_a_month() -> None:
    """1,234.56 euros take 25 months, and the last instalment is 34.56."""
    repayment = repay(123_456, 5_000, dt.date(2026, 1, 31))
    assert len(repayment.instalments) == 25
    assert repayment.instalments[-1].cents == 3_456
    assert [it.due.day for it in repayment.instalments[:3]] == [31, 28, 31]
    assert repayment.last == dt.date(2028, 1, 31)
    assert repayment.within_room is None


def test_no_instalment_is_more_than_the_room_above_the_protected_earnings() -> None:
    """Wgs art. 4a(5): the room is given, and unknown is not enough."""
    assert repay(10_000, 5_000, AGREED, room_cents=5_000).within_room is True
    assert repay(3_000, 5_000, AGREED, room_cents=3_000).within_room is True
    with pytest.raises(InvalidValue, match="beslagvrije voet"):
        repay(10_000, 5_001, AGREED, room_cents=5_000)
    with pytest.raises(InvalidValue, match="beslagvrije voet"):
        repay(10_000, 1, AGREED, room_cents=0)


@pytest.mark.parametrize(
    ("given_", "place"),
    [
        ((0, 1, AGREED), "/arrears_cents"),
        ((600.0, 1, AGREED), "/arrears_cents"),
        ((600, 0, AGREED), "/monthly_cents"),
        ((601, 1, AGREED), "/monthly_cents"),
        ((600, 1, "2026-03-02"), "/first"),
    ],
)
def test_a_plan_that_cannot_be_is_refused(given_: tuple[Any, Any, Any], place: str) -> None:
    """With the place, and what to do."""
    with pytest.raises(InvalidValue) as refused:
        repay(*given_)
    assert refused.value.place == place


def test_a_plan_that_is_kept_is_kept_each_day_and_completed() -> None:
    """Rent and instalment on the first of each month, or within the days of grace."""
    for as_of in (AGREED, month(4), month(5, 20), month(8, 31)):
        assert followed(ON_TIME, as_of) == Followed(keeping=Keeping.KEPT, short_cents=0)
    assert followed(ON_TIME, month(9, 2)).keeping is Keeping.COMPLETED
    late = {month(n, 6): RENT + 30_000 for n in range(4, 10)}
    short = followed(late, month(5, 4))
    assert (short.keeping, short.short_cents, short.since) == ("short", 90_000, month(5, 2))
    assert followed(late, month(5, 7)).keeping is Keeping.KEPT
    assert followed(late, month(9, 7)).keeping is Keeping.COMPLETED


def test_what_happens_after_the_last_instalment_does_not_break_a_plan() -> None:
    """All is paid by September; the rent of December is another matter."""
    missed = ON_TIME | {month(n): RENT for n in (10, 11)}
    for as_of in (month(12), month(12, 28), month(14)):
        assert followed(missed, as_of) == Followed(keeping=Keeping.COMPLETED, short_cents=0)
    last_one_late = {day: cents for day, cents in ON_TIME.items() if day < month(9)}
    assert followed(last_one_late, month(9, 8)).keeping is Keeping.SHORT
    assert followed(last_one_late, month(9, 9)).keeping is Keeping.BROKEN
    paid = last_one_late | {month(9, 8): RENT + 30_000}
    assert followed(paid, month(12, 28)).keeping is Keeping.COMPLETED


def test_no_instalment_falls_before_the_plan_is_agreed() -> None:
    """It would be short on the very first day."""
    early = repay(3 * RENT, 30_000, AGREED - dt.timedelta(days=1))
    with pytest.raises(InvalidValue, match="/repayment"):
        PlanOfAction(agreed=AGREED, repayment=early)
    assert PlanOfAction(agreed=AGREED, repayment=repay(3 * RENT, 30_000, AGREED)).repayment


def test_a_plan_is_broken_after_the_days_of_grace_and_stays_so() -> None:
    """One instalment missed in May: short from the 2nd, broken on the 9th, whatever comes after."""
    missed = ON_TIME | {month(5): RENT}
    assert followed(missed, month(5, 8)).keeping is Keeping.SHORT
    broken = followed(missed, month(5, 9))
    assert (broken.keeping, broken.broken_on, broken.short_cents) == ("broken", month(5, 9), 30_000)
    assert followed(missed | {month(5, 20): 30_000}, month(8)).broken_on == month(5, 9)
    tolerated = ON_TIME | {month(5): RENT + 29_500}
    assert followed(tolerated, month(5, 30)).keeping is Keeping.KEPT


def test_the_rent_that_goes_on_is_part_of_it() -> None:
    """Who pays the instalments alone does not keep the plan; who pays all at once does."""
    assert followed(dict.fromkeys(ON_TIME, 30_000), month(4, 20)).keeping is Keeping.BROKEN
    assert followed({month(4): RENT + 3 * RENT}, month(5, 8)).keeping is Keeping.KEPT


def test_what_is_booked_later_changes_nothing_of_today() -> None:
    """A payment of tomorrow does not mend today."""
    assert followed(ON_TIME, month(4, 30)) == followed({month(4): RENT + 30_000}, month(4, 30))


def test_what_was_owed_beside_the_plan_is_not_held_against_it() -> None:
    """A plan for two of the three months."""
    part = PlanOfAction(agreed=AGREED, repayment=repay(2 * RENT, 30_000, month(4)))
    paid = {month(n): RENT + 30_000 for n in range(4, 8)}
    kept = follow(part, tenancy(paid), month(6, 15), tolerance_cents=0, grace_days=0)
    assert kept.keeping is Keeping.KEPT


@given(
    st.lists(st.tuples(st.integers(4, 12), st.integers(1, 28), st.integers(1, 120_000)), max_size=12),
    st.integers(0, 20_000),
    st.integers(0, 20),
    st.integers(0, 300),
)
def test_following_equals_looking_at_every_day(
    payments: list[tuple[int, int, int]], tolerance: int, grace: int, after: int
) -> None:
    """One day after the other, as a person with a calendar would."""
    ledger = tenancy({month(n, day): cents for n, day, cents in payments})
    as_of = AGREED + dt.timedelta(days=after)
    found = follow(plan(), ledger, as_of, tolerance_cents=tolerance, grace_days=grace)
    assert found == by_the_day(ledger, as_of, tolerance, grace)


def by_the_day(ledger: Tenancy, as_of: dt.date, tolerance: int, grace: int) -> Followed:
    """The slow and obvious way."""
    repayment = plan().repayment
    assert repayment is not None
    day, behind = AGREED, 0
    while True:
        short = arrears_of(ledger, day).cents - repayment.left(day - dt.timedelta(days=1))
        behind = behind + 1 if short > tolerance else 0
        since = day - dt.timedelta(days=behind - 1) if behind else None
        if behind > grace:
            return Followed(keeping=Keeping.BROKEN, short_cents=short, since=since, broken_on=day)
        if day > repayment.last and not behind:
            return Followed(keeping=Keeping.COMPLETED, short_cents=max(0, short))
        if day == as_of:
            break
        day += dt.timedelta(days=1)
    if since is not None:
        return Followed(keeping=Keeping.SHORT, short_cents=short, since=since)
    return Followed(keeping=Keeping.KEPT, short_cents=max(0, short))


def test_a_plan_goes_back_into_the_next_decision() -> None:
    """In force it holds a referral; broken it does not."""
    paid = {month(4): RENT + 30_000}
    for as_of, expected in ((month(4, 20), "plan-in-force"), (month(5, 20), None)):
        state = followed(paid, as_of)
        back = as_plan(plan(), state)
        known = tenancy(paid)
        decision = decide(
            Tenancy(
                id="T",
                start=known.start,
                rents=known.rents,
                entries=known.entries,
                contacts=(),
                plans=(back,),
                disputes=(),
                objections=(),
                signals=(),
            ),
            "katwijk-2021",
            as_of,
        )
        names = decision.holds
        assert ("plan-in-force" in names) == (expected is not None)
    assert back.broken_on == month(5, 9)
    assert back.cents == 3 * RENT


def test_goals_that_are_open_come_first_by_their_day() -> None:
    """What is done is not open, unless it was done later than the day of looking."""
    goals = (
        Goal(what="apply for rent benefit", who="helper", by=month(5), done=month(4, 20)),
        Goal(what="stop the newspaper", who="resident", by=month(4)),
        Goal(what="budget coach", who="municipality", by=month(3, 20)),
    )
    whole = PlanOfAction(agreed=AGREED, goals=goals)
    assert [it.what for it in whole.open_goals(month(5))] == ["budget coach", "stop the newspaper"]
    assert len(whole.open_goals(month(4, 19))) == 3
    with pytest.raises(InvalidValue):
        follow(whole, tenancy({}), month(5), tolerance_cents=0, grace_days=0)
    with pytest.raises(InvalidValue):
        as_plan(whole, Followed(keeping=Keeping.KEPT, short_cents=0))
    with pytest.raises(InvalidValue, match="/as_of"):
        followed({}, AGREED - dt.timedelta(days=1))
