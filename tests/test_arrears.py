"""From ledger to arrears: what a day-by-day allocation gives, in one pass."""

from __future__ import annotations

import datetime as dt
import pickle
from fractions import Fraction
from itertools import pairwise

import attrs
import oracle
from hypothesis import given, settings, strategies as st

from huurschuld import Credit, OtherClaim, Payment, Refund, Rent, RentTerm, Tenancy, dump_tenancy
from huurschuld.model.entries import Entry
from huurschuld.model.tenancy import PAYMENTS_A_YEAR
from huurschuld.rules.arrears import BILLION, Arrears, arrears_of
from huurschuld.testing import AS_OF, ledgers, rents, tenancies

WINDOW = 60
FLOORS = st.sampled_from((1, 1_000, 60_000))


def owed_on_the_last_days(tenancy: Tenancy, days: int) -> list[int]:
    """What is owed on each of the last days up to AS_OF by the oracle, oldest first."""
    window = [(AS_OF - dt.timedelta(days=back)).isoformat() for back in reversed(range(days))]
    return oracle.owed_by_day(dump_tenancy(tenancy), window)


@given(tenancies(), FLOORS)
def test_what_is_owed_equals_a_day_by_day_allocation(tenancy: Tenancy, floor: int) -> None:
    """The lowest since any day is that of fresh allocations; who owes less than the floor owes 0."""
    found = arrears_of(tenancy, AS_OF, floor_cents=floor)
    daily = [cents if cents >= floor else 0 for cents in owed_on_the_last_days(tenancy, WINDOW)]
    assert [found.sustained(days) for days in range(1, WINDOW)] == [
        min(found.cents, *daily[-1 - days :]) for days in range(1, WINDOW)
    ]


@given(tenancies(), FLOORS)
def test_an_episode_is_the_unbroken_run_of_days_behind(tenancy: Tenancy, floor: int) -> None:
    """On every day of it the floor is owed, on the day before it is not."""
    found = arrears_of(tenancy, AS_OF, floor_cents=floor)
    daily = owed_on_the_last_days(tenancy, found.days_overdue + 2)
    if found.episode_start is None:
        assert found.cents == 0 or daily[-1] < floor
    else:
        assert daily[0] < floor
        assert all(owed >= floor for owed in daily[1:])


@given(tenancies(), st.integers(0, 60))
def test_what_is_past_grace_is_of_terms_that_are_late_enough(tenancy: Tenancy, grace: int) -> None:
    """The same money pays the same terms; those that are not late enough are left out."""
    whole, past = (arrears_of(tenancy, AS_OF, grace_days=days) for days in (0, grace))
    earlier = [
        entry
        for entry in tenancy.entries
        if not isinstance(entry, RentTerm) or (AS_OF - entry.due).days >= grace
    ]
    assert past.cents == whole.cents == whole.past_grace_cents
    assert past.past_grace_cents <= whole.cents
    if not any(isinstance(it, Payment | Credit) and it.settles for it in tenancy.entries):
        kept = attrs.evolve(tenancy, entries=tuple(earlier))
        assert past.past_grace_cents == arrears_of(kept, AS_OF).cents


@given(tenancies())
def test_steps_are_a_run_without_gaps_in_time_or_debt(tenancy: Tenancy) -> None:
    """The steps go forward in time, and something is owed in each."""
    steps = arrears_of(tenancy, AS_OF).steps
    assert all(before < after for (before, _), (after, _) in pairwise(steps))
    assert all(owed > 0 for _, owed in steps)


@given(ledgers(), rents())
def test_months_are_billionths_rounded_down_for_each_rent(
    entries: tuple[Entry, ...], several: tuple[Rent, ...]
) -> None:
    """Months lie under the exact quotient by less than a billionth for each row of rents."""
    tenancy = Tenancy(id="t", start=AS_OF, rents=several, entries=entries)
    found = arrears_of(tenancy, AS_OF)
    by_row = {row: Fraction(row.cents * PAYMENTS_A_YEAR[row.per], 12) for row in several}
    lowest, highest = min(by_row.values()), max(by_row.values())
    assert found.months <= found.cents * BILLION / lowest
    assert found.months > found.cents * BILLION / highest - len(several)


def test_a_payment_pays_the_oldest_term_first() -> None:
    """BW 6:43: of several terms the oldest; what is left goes to the next."""
    day = dt.date(2025, 3, 1)
    tenancy = Tenancy(
        id="t",
        start=day,
        rents=(Rent(from_=day, cents=500), Rent(from_=dt.date(2025, 4, 1), cents=1000)),
        entries=(
            RentTerm(id="april", due=dt.date(2025, 4, 1), cents=1000),
            RentTerm(id="march", due=day, cents=500),
            Payment(id="p", booked=dt.date(2025, 4, 5), cents=600),
        ),
    )
    found = arrears_of(tenancy, dt.date(2025, 4, 10))
    assert found.cents == 900
    assert found.months == 900_000_000
    assert found.episode_start == dt.date(2025, 3, 1)


MARCH, APRIL = dt.date(2025, 3, 1), dt.date(2025, 4, 1)
TERM = RentTerm(id="march", due=MARCH, cents=500)


def lease(*entries: Entry) -> Tenancy:
    """A tenancy with these entries."""
    rents_ = (Rent(from_=MARCH, cents=500),)
    return Tenancy(id="t", start=MARCH, rents=rents_, entries=entries)


def test_a_cent_paid_back_too_much_is_not_owed_as_rent() -> None:
    """A pool below nothing pays nothing, and takes nothing from the rent either."""
    paid = Payment(id="p", booked=APRIL, cents=500)
    too_much = Refund(id="r", booked=APRIL, cents=501)
    found = arrears_of(lease(TERM, paid, too_much), dt.date(2025, 4, 2))
    assert (found.cents, found.sustained(1)) == (500, 500)
    assert [owed for _, owed in found.steps] == [500, 500]


def test_what_is_paid_back_today_is_owed_again_today() -> None:
    """It is known by the end of the day, as any booking of that day is."""
    rent = RentTerm(id="t", due=APRIL, cents=500)
    paid = Payment(id="p", booked=APRIL, cents=500)
    today = APRIL + dt.timedelta(days=10)
    back = Refund(id="r", booked=today, cents=500)
    assert arrears_of(lease(rent, paid, back), today).cents == 500
    assert arrears_of(lease(rent, paid, back), today - dt.timedelta(days=1)).cents == 0


def test_one_cent_is_an_episode_unless_there_is_a_floor() -> None:
    """By default the floor is a cent, and a floor of nothing is none."""
    paid = (Payment(id="p", booked=MARCH, cents=499), TERM)
    april = RentTerm(id="april", due=APRIL, cents=500)
    later = (april, Payment(id="q", booked=dt.date(2025, 3, 20), cents=1))
    for day in (dt.date(2025, 3, 10), dt.date(2025, 3, 30), dt.date(2025, 4, 10)):
        by_default = arrears_of(lease(*paid, *later), day)
        assert arrears_of(lease(*paid, *later), day, floor_cents=0) == by_default
        assert arrears_of(lease(*paid, *later), day, floor_cents=1) == by_default
    assert arrears_of(lease(*paid), dt.date(2025, 3, 10)).episode_start == MARCH


def test_who_owes_nothing_has_no_steps() -> None:
    """Nor an episode, nor months."""
    paid_up = lease(TERM, Payment(id="p", booked=APRIL, cents=500))
    assert arrears_of(paid_up, APRIL) == Arrears(APRIL)
    assert Arrears(APRIL).steps == ()
    assert arrears_of(lease(TERM), MARCH) == Arrears(MARCH)  # what is due today is not overdue yet


def test_what_names_a_claim_that_is_not_known_yet_keeps_no_other_from_its_own() -> None:
    """A payment names the rent of April before that is booked; another names damage."""
    damage = OtherClaim(id="damage", due=MARCH, cents=100)
    future = RentTerm(id="april", due=APRIL, booked=dt.date(2025, 3, 20), cents=500)
    ahead = Payment(id="ahead", booked=MARCH, cents=50, settles="april")
    named = Payment(id="named", booked=MARCH, cents=100, settles="damage")
    found = arrears_of(lease(TERM, damage, future, ahead, named), dt.date(2025, 3, 10))
    assert found.cents == 450


def test_a_payment_that_names_the_term_of_today_is_not_counted_twice() -> None:
    """The rent of today is paid by name, and 5 euros of old are below the floor: nobody is behind."""
    old = RentTerm(id="old", due=MARCH, cents=500)
    today = RentTerm(id="today", due=APRIL, cents=60_000)
    paid = Payment(id="p", booked=APRIL, cents=60_000, settles="today")
    found = arrears_of(lease(old, today, paid), APRIL, floor_cents=1_000)
    assert (found.cents, found.steps) == (500, ())


def test_what_names_a_term_to_come_pays_nothing_else_meanwhile() -> None:
    """March stays open from its day on, though money for April was there before April."""
    april = RentTerm(id="april", due=APRIL, booked=MARCH, cents=500)
    ahead = Payment(id="p", booked=dt.date(2025, 3, 20), cents=500, settles="april")
    found = arrears_of(lease(TERM, april, ahead), dt.date(2025, 4, 10))
    assert (found.cents, found.episode_start) == (500, MARCH)
    assert {owed for _, owed in found.steps} == {500}


def test_of_payments_for_one_claim_the_first_booked_goes_to_it_in_any_order_of_rows() -> None:
    """600 for damage of 500: the 100 left come with the second payment, not with the first."""
    damage = OtherClaim(id="damage", due=MARCH, cents=500)
    first, second = (
        Payment(id=f"p{day}", booked=dt.date(2025, 4, day), cents=300, settles="damage")
        for day in (5, 9)
    )
    for payments in ((first, second), (second, first)):
        steps = arrears_of(lease(TERM, damage, *payments), dt.date(2025, 4, 10)).steps
        assert [(dt.date.fromordinal(day).day, owed) for day, owed in steps] == [
            (1, 500),
            (5, 500),
            (9, 400),
        ]


@settings(max_examples=settings().max_examples // 4)
@given(tenancies())
def test_a_copy_has_the_same_arrears(tenancy: Tenancy) -> None:
    """What entries name is looked up anew in a copy, which does not bring along what was found."""
    copied = pickle.loads(pickle.dumps(tenancy))  # noqa: S301 - our own bytes
    days = {entry.booked for entry in tenancy.entries}
    assert [arrears_of(copied, day) for day in days] == [arrears_of(tenancy, day) for day in days]
