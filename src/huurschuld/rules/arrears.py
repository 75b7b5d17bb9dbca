"""From ledger to arrears (huurachterstand): what was owed on each day, by what was known on it.

The meaning is that of `docs/semantics.md`: on every day the money that was known is allocated afresh
(BW 6:43), what names a claim to that claim first, the rest as one pool, less refunds, to rent terms,
oldest first. What is computed here is the same in one pass: on each day with a change, the rent that is
due less the pool. Property tests compare it with an allocation day by day.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from operator import attrgetter
from typing import Final

from attrs import frozen

from huurschuld.model.tenancy import PAYMENTS_A_YEAR, Rent, Tenancy
from huurschuld.rules.imputation import Ledger, ledger_of

BILLION: Final = 10**9
"""Months of arrears are held as a whole number of billionths."""
_FROM: Final = attrgetter("from_")


@frozen
class Arrears:
    """The rent arrears of one tenancy as of a day.

    Attributes:
        cents: the open euro cents of all overdue rent terms.
        past_grace_cents: of these, of the terms whose days of grace are over.
        months: the latter ÷ a month's rent in force on the due day, in billionths of a month.
        episode_start: the first day of the unbroken run of days behind; None without.
        steps: what was owed in that run: (day, cents from that day on), oldest first.
    """

    as_of: dt.date
    cents: int = 0
    past_grace_cents: int = 0
    months: int = 0
    steps: tuple[tuple[int, int], ...] = ()

    @property
    def episode_start(self) -> dt.date | None:
        """The first day of the unbroken run of days on which the tenant was behind; None without."""
        return dt.date.fromordinal(self.steps[0][0]) if self.steps else None

    @property
    def days_overdue(self) -> int:
        """Days since the start of the episode; 0 without one."""
        return self.as_of.toordinal() - self.steps[0][0] if self.steps else 0

    def sustained(self, days: int) -> int:
        """The lowest of the arrears and of what was owed on each day since `days` days ago, in cents."""
        first = self.as_of.toordinal() - days
        if not self.steps or first < self.steps[0][0]:
            return 0
        in_force = bisect_right(self.steps, first, key=_day) - 1
        return min(self.cents, *(owed for _, owed in self.steps[in_force:]))


def arrears_of(
    tenancy: Tenancy, as_of: dt.date, *, grace_days: int = 0, floor_cents: int = 1
) -> Arrears:
    """Compute the arrears of a tenancy as of a day; what was booked later is not known yet.

    Args:
        tenancy: the tenancy.
        as_of: the day (peildatum).
        grace_days: how long a term may be late before it counts in months and `past_grace_cents`.
        floor_cents: who owes less than this is not behind.

    Source: BW 6:43 (imputation), 6:83a (overdue after the due day), 7:212.
    """
    ledger, today = ledger_of(tenancy, as_of), as_of.toordinal()
    left, claimed, pool = _sums(ledger, today)
    if left <= 0:
        return Arrears(as_of)
    days = sorted({*ledger.rent, *ledger.money}, reverse=True)
    latest = today - grace_days
    past_grace = [(due, cents) for due, cents in _open(ledger, today, days, left) if due <= latest]
    return Arrears(
        as_of,
        cents=left,
        past_grace_cents=sum([cents for _, cents in past_grace]),
        months=_months(past_grace, tenancy.rents),
        steps=tuple(_run(ledger, days, claimed, pool, max(1, floor_cents))),
    )


def open_terms(tenancy: Tenancy, as_of: dt.date) -> list[tuple[dt.date, int]]:
    """Return what is open of the overdue rent on a day: (due day, cents), oldest first."""
    ledger, today = ledger_of(tenancy, as_of), as_of.toordinal()
    left, _, _ = _sums(ledger, today)
    still_open = _open(ledger, today, sorted(ledger.rent, reverse=True), left)
    return [(dt.date.fromordinal(due), cents) for due, cents in reversed(still_open)]


def _sums(ledger: Ledger, today: int) -> tuple[int, int, int]:
    """Return what is open of the overdue terms (nothing up to 0), the rent that is due, and the pool."""
    due, pool = sum(ledger.rent.values()), sum(ledger.money.values())
    return due - ledger.rent.get(today, 0) - max(0, pool), due, pool


def _run(ledger: Ledger, days: Iterable[int], due: int, pool: int, floor: int) -> list[tuple[int, int]]:
    """Find the unbroken run of days behind that reaches today: (day, cents owed from then on).

    It goes back from today over the days on which anything changed, as the run is mostly short.
    """
    rent, money = ledger.rent, ledger.money
    steps: list[tuple[int, int]] = []
    if ledger.later:
        rent = rent.copy()
    for first, day, cents in ledger.later:
        rent[first] -= cents
        rent[day] = rent.get(day, 0) + cents
    for day in days:
        owed = due - pool if pool > 0 else due
        if owed < floor:
            break
        steps.append((day, owed))
        due -= rent.get(day, 0)
        pool -= money.get(day, 0)
    steps.reverse()
    return steps


def _open(ledger: Ledger, today: int, days: Iterable[int], left: int) -> list[tuple[int, int]]:
    """Return what is open of the overdue terms: (due day, cents).

    The pool goes to the oldest first, so what is left open is that of the newest.
    """
    rent = ledger.rent
    still_open: list[tuple[int, int]] = []
    for due in days:
        if left <= 0:
            break
        cents = 0 if due == today else min(left, rent.get(due, 0))
        if cents:
            still_open.append((due, cents))
            left -= cents
    return still_open


def _months(still_open: Sequence[tuple[int, int]], rents: Iterable[Rent]) -> int:
    """The billionths of a month that are open, for each rent in force rounded down."""
    if not still_open:
        return 0
    ordered = sorted(rents, key=_FROM)
    days = [rent.from_.toordinal() for rent in ordered]
    open_of = [0] * len(ordered)
    for due, cents in still_open:
        open_of[max(bisect_right(days, due) - 1, 0)] += cents
    return sum(
        cents * 12 * BILLION // (rent.cents * PAYMENTS_A_YEAR[rent.per])
        for cents, rent in zip(open_of, ordered, strict=True)
    )


def _day(step: tuple[int, int]) -> int:
    return step[0]
