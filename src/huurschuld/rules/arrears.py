"""From ledger to arrears (huurachterstand) as of a day: imputation and the running arrears.

The meaning is that of `docs/semantics.md`: on every day the payments are allocated afresh (BW 6:43), a
payment that names a claim to that claim first, the rest as one pool to rent terms, oldest first. What
is computed here is the same in one pass: on each day with a change, how much rent has become overdue
less what has been paid towards it. Property tests compare it with an allocation day by day.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections.abc import Iterable
from typing import Final

from attrs import frozen

from huurschuld.model.tenancy import (
    RECEIVED,
    Credit,
    OtherClaim,
    Payment,
    Rent,
    RentTerm,
    Reversal,
    Tenancy,
)

BILLION: Final = 10**9
"""Months of arrears are held as a whole number of billionths."""


@frozen
class Arrears:
    """The rent arrears of one tenancy as of a day.

    Attributes:
        cents: the open euro cents of all overdue rent terms.
        months: the sum of open ÷ rent in force on the due day, in billionths of a month.
        episode_start: the day before the unbroken run of days in arrears began; None without arrears.
        steps: the amounts owed in that run: (day, cents from that day on), oldest first.
    """

    as_of: dt.date
    cents: int = 0
    months: int = 0
    episode_start: dt.date | None = None
    steps: tuple[tuple[int, int], ...] = ()

    @property
    def days_overdue(self) -> int:
        """Days since the start of the episode; 0 without arrears."""
        return 0 if self.episode_start is None else (self.as_of - self.episode_start).days

    def sustained(self, days: int) -> int:
        """Find the lowest arrears on the last `days` days (at least 1), as_of included, in cents."""
        first = self.as_of.toordinal() - days + 1
        if not self.steps or first < self.steps[0][0]:
            return 0
        in_force = bisect_right(self.steps, first, key=_day) - 1
        return min(owed for _, owed in self.steps[in_force:])


def _day(step: tuple[int, int]) -> int:
    return step[0]


def arrears_of(tenancy: Tenancy, as_of: dt.date) -> Arrears:
    """Compute the arrears of a tenancy as of a day; what was booked later does not exist yet.

    Source: BW 6:43 (imputation), 6:83a (overdue after the due day), 7:212.
    """
    terms, others, received = _booked(tenancy, as_of)
    named = _designated(received, terms, others)
    changes: dict[int, int] = {}
    today = as_of.toordinal()
    overdue = [term for term in terms.values() if term.due < as_of]
    for term in overdue:
        day = term.due.toordinal() + 1
        changes[day] = changes.get(day, 0) + term.cents
    pool = 0
    for payment in received:
        booked = payment.booked.toordinal()
        share = named.get(payment.id, 0)
        rest = payment.cents - share
        pool += rest
        changes[booked] = changes.get(booked, 0) - rest
        if share and payment.settles in terms:
            day = max(booked, terms[payment.settles].due.toordinal() + 1)
            if day <= today:
                changes[day] = changes.get(day, 0) - share
    steps = _run(changes)
    if not steps:
        return Arrears(as_of)
    return Arrears(
        as_of,
        cents=steps[-1][1],
        months=_months(overdue, received, named, pool, tenancy.rents),
        episode_start=dt.date.fromordinal(steps[0][0] - 1),
        steps=tuple(steps),
    )


def _booked(
    tenancy: Tenancy, as_of: dt.date
) -> tuple[dict[str, RentTerm], dict[str, OtherClaim], list[Payment | Credit]]:
    """Collect what exists as of the day: rent terms and other claims by id, and what was received."""
    terms: dict[str, RentTerm] = {}
    others: dict[str, OtherClaim] = {}
    received: list[Payment | Credit] = []
    reversed_ids: set[str] = set()
    for entry in tenancy.entries:
        if entry.booked > as_of:
            continue
        if isinstance(entry, RentTerm):
            terms[entry.id] = entry
        elif isinstance(entry, RECEIVED):
            received.append(entry)
        elif isinstance(entry, Reversal):
            reversed_ids.add(entry.reverses)
        else:
            others[entry.id] = entry
    if reversed_ids:
        received = [payment for payment in received if payment.id not in reversed_ids]
    return terms, others, received


def _designated(
    received: Iterable[Payment | Credit],
    terms: dict[str, RentTerm],
    others: dict[str, OtherClaim],
) -> dict[str, int]:
    """Compute the cents that each payment gives to the claim it names; the first booked come first."""
    naming: dict[str, list[Payment | Credit]] = {}
    for payment in received:
        if payment.settles is not None and (payment.settles in terms or payment.settles in others):
            naming.setdefault(payment.settles, []).append(payment)
    shares: dict[str, int] = {}
    for claim_id, payments in naming.items():
        left = (terms.get(claim_id) or others[claim_id]).cents
        for payment in sorted(payments, key=_booking):
            shares[payment.id] = min(left, payment.cents)
            left -= shares[payment.id]
    return shares


def _booking(entry: Payment | Credit) -> tuple[dt.date, str]:
    return entry.booked, entry.id


def _run(changes: dict[int, int]) -> list[tuple[int, int]]:
    """Find the unbroken run of days in arrears that reaches the last change: (day, cents owed)."""
    steps: list[tuple[int, int]] = []
    owed = 0
    for day in sorted(changes):
        owed += changes[day]
        if owed > 0:
            steps.append((day, owed))
        else:
            steps.clear()
    return steps


def _months(
    overdue: list[RentTerm],
    received: Iterable[Payment | Credit],
    named: dict[str, int],
    pool: int,
    rents: Iterable[Rent],
) -> int:
    """Add up the billionths of a month that are still owed, each term against its own rent."""
    ordered = sorted(rents, key=_from)
    paid: dict[str | None, int] = {}
    for payment in received:
        paid[payment.settles] = paid.get(payment.settles, 0) + named.get(payment.id, 0)
    total = 0
    for term in sorted(overdue, key=_due):
        unpaid = term.cents - paid.get(term.id, 0)
        if unpaid <= pool:
            pool -= unpaid
            continue
        in_force = bisect_right(ordered, term.due, key=_from) - 1
        total += (unpaid - pool) * BILLION // ordered[max(in_force, 0)].cents
        pool = 0
    return total


def _from(rent: Rent) -> dt.date:
    return rent.from_


def _due(term: RentTerm) -> tuple[dt.date, str]:
    return term.due, term.id
