"""From ledger to arrears (huurachterstand): what was owed on each day, by what was known on it.

The meaning is that of `docs/semantics.md`: on every day the money that was known is allocated afresh
(BW 6:43), what names a claim to that claim first, the rest as one pool, less refunds, to rent terms,
oldest first. What is computed here is the same in one pass: on each day with a change, the rent that is
due less the pool. Property tests compare it with an allocation day by day.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from typing import Final

from attrs import frozen

from huurschuld.model.tenancy import (
    PAYMENTS_A_YEAR,
    RECEIVED,
    Credit,
    OtherClaim,
    Payment,
    Refund,
    Rent,
    RentTerm,
    Reversal,
    Tenancy,
)

BILLION: Final = 10**9
"""Months of arrears are held as a whole number of billionths."""

Changes = dict[int, int]
"""By day, how much an amount changes."""


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
        return dt.date.fromordinal(self.steps[0][0]) if self.steps and self.cents else None

    @property
    def days_overdue(self) -> int:
        """Days since the start of the episode; 0 without one."""
        start = self.episode_start
        return 0 if start is None else (self.as_of - start).days

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
    known, today = _known(tenancy, as_of), as_of.toordinal()
    rent: Changes = {}
    unpaid: Changes = {}
    for term in known.terms:
        due = term.due.toordinal()
        day = due if term.booked <= term.due else term.booked.toordinal()
        rent[day] = rent.get(day, 0) + term.cents
        unpaid[due] = unpaid.get(due, 0) + term.cents
    money: Changes = {}
    for payment in known.unnamed:
        day = payment.booked.toordinal()
        money[day] = money.get(day, 0) + payment.cents
    if known.special:
        _give_shares(known, rent, unpaid, money)
    for refund in known.refunds:
        _add(money, refund.booked.toordinal(), -refund.cents)
    steps = _run(rent, money, max(1, floor_cents), today)
    still_open = _open(unpaid, sum(money.values()), today)
    if not still_open:
        return Arrears(as_of, steps=tuple(steps))
    past_grace = [(due, cents) for due, cents in still_open if due <= today - grace_days]
    return Arrears(
        as_of,
        cents=sum([cents for _, cents in still_open]),
        past_grace_cents=sum([cents for _, cents in past_grace]),
        months=_months(past_grace, tenancy.rents) if past_grace else 0,
        steps=tuple(steps),
    )


def _add(changes: Changes, day: int, cents: int) -> None:
    changes[day] = changes.get(day, 0) + cents


@frozen
class _Known:
    """What was booked by a day: claims, money that came, and what was taken or given back.

    `special` are the payments and credits that name a claim, or of which something was taken back.
    """

    terms: list[RentTerm]
    others: list[OtherClaim]
    unnamed: list[Payment | Credit]
    special: list[Payment | Credit]
    reversals: dict[str, list[Reversal]]
    refunds: list[Refund]


def _known(tenancy: Tenancy, as_of: dt.date) -> _Known:
    terms, others, refunds = list[RentTerm](), list[OtherClaim](), list[Refund]()
    unnamed, special = list[Payment | Credit](), list[Payment | Credit]()
    reversals: dict[str, list[Reversal]] = {}
    for entry in tenancy.entries:
        if entry.booked > as_of:
            continue
        if isinstance(entry, RentTerm):
            terms.append(entry)
        elif isinstance(entry, RECEIVED):
            (unnamed if entry.settles is None else special).append(entry)
        elif isinstance(entry, Reversal):
            reversals.setdefault(entry.reverses, []).append(entry)
        elif isinstance(entry, Refund):
            refunds.append(entry)
        else:
            others.append(entry)
    if reversals:
        special += [it for it in unnamed if it.id in reversals]
        unnamed = [it for it in unnamed if it.id not in reversals]
    return _Known(terms, others, unnamed, special, reversals, refunds)


def _give_shares(known: _Known, rent: Changes, unpaid: Changes, money: Changes) -> None:
    """Give each claim what names it, up to its amount: that does not go to the pool of money.

    Args:
        known: what was booked.
        rent: the rent that is due, by the day from which on it counts; what is given is taken off.
        unpaid: the same by due day.
        money: the pool; what comes and goes is added to it, what is given is taken off.
    """
    claims: dict[str, RentTerm | OtherClaim] = {it.id: it for it in known.others}
    claims |= {it.id: it for it in known.terms}
    named: dict[str, Changes] = {}
    for payment in known.special:
        claim = None if payment.settles is None else claims.get(payment.settles)
        for day, cents in _flows(payment, known.reversals.get(payment.id, ())):
            _add(money, day, cents)
            if claim is not None:
                there = max(day, claim.booked.toordinal())
                _add(named.setdefault(claim.id, {}), there, cents)
    for name, flows in named.items():
        claim, so_far, share = claims[name], 0, 0
        for day in sorted(flows):
            so_far += flows[day]
            step = min(so_far, claim.cents) - share
            share += step
            _add(money, day, -step)
            if isinstance(claim, RentTerm):
                _add(rent, max(claim.due.toordinal(), day), -step)
        if isinstance(claim, RentTerm):
            unpaid[claim.due.toordinal()] -= share


def _flows(payment: Payment | Credit, reversals: Iterable[Reversal]) -> Iterator[tuple[int, int]]:
    """Yield a payment as it comes, and as it is taken back: never more than there was."""
    booked, left = payment.booked.toordinal(), payment.cents
    yield booked, left
    for reversal in sorted(reversals, key=_booking):
        taken = min(left, payment.cents if reversal.cents is None else reversal.cents)
        left -= taken
        if taken:
            yield max(booked, reversal.booked.toordinal()), -taken


def _booking(entry: Reversal) -> tuple[dt.date, str]:
    return entry.booked, entry.id


def _run(rent: Changes, money: Changes, floor: int, today: int) -> list[tuple[int, int]]:
    """Find the unbroken run of days behind that reaches today: (day, cents owed from then on)."""
    steps: list[tuple[int, int]] = []
    due = received = 0
    for day in sorted({**rent, **money}):
        if day > today:
            break
        if day in rent:
            due += rent[day]
        if day in money:
            received += money[day]
        owed = due - received if received > 0 else due
        if owed >= floor:
            steps.append((day, owed))
        elif steps:
            steps.clear()
    return steps


def _open(unpaid: Changes, pool: int, today: int) -> list[tuple[int, int]]:
    """Return what is open of the overdue terms: (due day, cents); the pool goes to the oldest first."""
    still_open = []
    for due in sorted(unpaid):
        if due >= today:
            break
        left = unpaid[due] - max(0, pool)
        pool -= unpaid[due]
        if left > 0:
            still_open.append((due, left))
    return still_open


def _months(still_open: Iterable[tuple[int, int]], rents: Iterable[Rent]) -> int:
    """The billionths of a month that are open, for each rent in force rounded down."""
    ordered = sorted(rents, key=_from)
    days = [rent.from_.toordinal() for rent in ordered]
    open_of = [0] * len(ordered)
    for due, cents in still_open:
        open_of[max(bisect_right(days, due) - 1, 0)] += cents
    return sum(
        cents * 12 * BILLION // (rent.cents * PAYMENTS_A_YEAR[rent.per])
        for cents, rent in zip(open_of, ordered, strict=True)
    )


def _from(rent: Rent) -> dt.date:
    return rent.from_


def _day(step: tuple[int, int]) -> int:
    return step[0]
