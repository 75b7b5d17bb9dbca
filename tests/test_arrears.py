"""From ledger to arrears: what a day-by-day allocation gives, in one pass."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise

import oracle
from hypothesis import given
from hypothesis import strategies as st

from huurschuld import Payment, Rent, RentTerm, Tenancy, dump_tenancy
from huurschuld.model.tenancy import Entry
from huurschuld.rules.arrears import BILLION, arrears_of
from huurschuld.testing import AS_OF, ledgers, tenancies

WINDOW = 60


def owed_on_the_last_days(tenancy: Tenancy, days: int) -> list[int]:
    """The oracle's arrears on each of the last days up to AS_OF, oldest first."""
    window = [(AS_OF - dt.timedelta(days=back)).isoformat() for back in reversed(range(days))]
    return oracle.arrears_by_day(dump_tenancy(tenancy), AS_OF.isoformat(), window)


@given(tenancies())
def test_the_running_arrears_equal_a_day_by_day_allocation(tenancy: Tenancy) -> None:
    """On each day of the window the arrears are those of a fresh allocation on that day."""
    found = arrears_of(tenancy, AS_OF)
    daily = owed_on_the_last_days(tenancy, WINDOW)
    assert found.cents == daily[-1]
    assert [found.sustained(days) for days in range(1, WINDOW + 1)] == [
        min(daily[-days:]) for days in range(1, WINDOW + 1)
    ]


@given(tenancies())
def test_an_episode_begins_the_day_before_the_unbroken_run(tenancy: Tenancy) -> None:
    """Every day after the start of the episode is in arrears, and the start itself is not."""
    found = arrears_of(tenancy, AS_OF)
    daily = owed_on_the_last_days(tenancy, found.days_overdue + 1)
    assert (found.episode_start is None) == (found.cents == 0)
    assert daily[0] == 0
    assert all(daily[1:])


@given(tenancies())
def test_steps_are_a_run_without_gaps_in_time_or_debt(tenancy: Tenancy) -> None:
    """The steps go forward in time, and something is owed in each."""
    steps = arrears_of(tenancy, AS_OF).steps
    assert all(before < after for (before, _), (after, _) in pairwise(steps))
    assert all(owed > 0 for _, owed in steps)


@given(ledgers(), st.integers(100, 200_000))
def test_months_are_billionths_each_rounded_down(entries: tuple[Entry, ...], rent: int) -> None:
    """With one rent, months lie under the exact quotient by less than a billionth for each term."""
    tenancy = Tenancy(id="t", start=AS_OF, rents=(Rent(from_=AS_OF, cents=rent),), entries=entries)
    found = arrears_of(tenancy, AS_OF)
    terms = sum(isinstance(entry, RentTerm) for entry in entries)
    assert 0 <= found.cents * BILLION - found.months * rent <= terms * (rent - 1)


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
