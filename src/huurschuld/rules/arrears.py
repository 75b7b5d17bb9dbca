"""From ledger to arrears (huurachterstand): what was owed on each day, by what was known on it.

The meaning is that of `docs/semantics.md`: on every day the money that was known is allocated afresh
(BW 6:43), what names a claim to that claim first, the rest as one pool, less refunds, to rent terms,
oldest first. What is computed here is the same in one pass: on each day with a change, the rent that is
due less the pool. Property tests compare it with an allocation day by day.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
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

Changes = defaultdict[int, int]
"""By day, how much an amount changes."""

Flow = tuple[str | None, int, int]
"""Money that comes or goes: the claim that it names, the day, the cents."""


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
    """The arrears of a tenancy as of a day; what was booked later is not known yet.

    Args:
        tenancy: the tenancy.
        as_of: the day (peildatum).
        grace_days: how long a term may be late before it counts in months and `past_grace_cents`.
        floor_cents: who owes less than this is not behind.

    Source: BW 6:43 (imputation), 6:83a (overdue after the due day), 7:212.
    """
    terms, others, flows, refunds = _known(tenancy, as_of)
    claims = terms | others
    pool: Changes = defaultdict(int)
    named: dict[str, Changes] = {}
    for settles, day, cents in flows:
        pool[day] += cents
        if settles in claims:
            claim_booked = claims[settles].booked.toordinal()
            named.setdefault(settles, defaultdict(int))[max(day, claim_booked)] += cents
    today = as_of.toordinal()
    rent: Changes = defaultdict(int)
    for term in terms.values():
        rent[_counts_from(term)] += term.cents
    shares: dict[str, int] = {}
    for claim_id, changes in named.items():
        so_far = share = 0
        for day in sorted(changes):
            so_far += changes[day]
            step = min(so_far, claims[claim_id].cents) - share
            share += step
            pool[day] -= step
            if claim_id in terms:
                rent[max(_counts_from(terms[claim_id]), day)] -= step
        shares[claim_id] = share
    overdue = sorted((it for it in terms.values() if it.due < as_of), key=_due)
    left = max(0, sum(pool.values()) - sum(refunds.values()))
    still_open = list(_open(overdue, shares, left))
    past_grace = [(due, cents) for due, cents in still_open if (as_of - due).days >= grace_days]
    return Arrears(
        as_of,
        cents=sum(cents for _, cents in still_open),
        past_grace_cents=sum(cents for _, cents in past_grace),
        months=_months(past_grace, tenancy.rents),
        steps=tuple(_run(rent, pool, refunds, max(1, floor_cents), today)),
    )


def _known(
    tenancy: Tenancy, as_of: dt.date
) -> tuple[dict[str, RentTerm], dict[str, OtherClaim], list[Flow], Changes]:
    """What was booked by the day: rent terms and other claims by id, flows of money, refunds."""
    terms: dict[str, RentTerm] = {}
    others: dict[str, OtherClaim] = {}
    refunds: Changes = defaultdict(int)
    received: list[Payment | Credit] = []
    reversals: dict[str, list[Reversal]] = {}
    for entry in tenancy.entries:
        if entry.booked > as_of:
            continue
        if isinstance(entry, RentTerm):
            terms[entry.id] = entry
        elif isinstance(entry, RECEIVED):
            received.append(entry)
        elif isinstance(entry, Reversal):
            reversals.setdefault(entry.reverses, []).append(entry)
        elif isinstance(entry, Refund):
            refunds[entry.booked.toordinal()] += entry.cents
        else:
            others[entry.id] = entry
    flows = [flow for it in received for flow in _flows(it, reversals.get(it.id, ()))]
    return terms, others, flows, refunds


def _flows(payment: Payment | Credit, reversals: Iterable[Reversal]) -> Iterator[Flow]:
    """A payment as it comes, and as it is taken back: never more than there was."""
    booked, left = payment.booked.toordinal(), payment.cents
    yield payment.settles, booked, left
    for reversal in sorted(reversals, key=_booking):
        taken = min(left, payment.cents if reversal.cents is None else reversal.cents)
        left -= taken
        if taken:
            yield payment.settles, max(booked, reversal.booked.toordinal()), -taken


def _booking(entry: Reversal) -> tuple[dt.date, str]:
    return entry.booked, entry.id


def _counts_from(term: RentTerm) -> int:
    """From which day on a term is owed: it is due, and known."""
    return max(term.due, term.booked).toordinal()


def _due(term: RentTerm) -> tuple[dt.date, str]:
    return term.due, term.id


def _open(
    overdue: Iterable[RentTerm], shares: Mapping[str, int], pool: int
) -> Iterator[tuple[dt.date, int]]:
    """What is open of the overdue terms: (due day, cents), the pool going to the oldest first."""
    for term in overdue:
        unpaid = term.cents - shares.get(term.id, 0)
        covered = min(unpaid, pool)
        pool -= covered
        if unpaid > covered:
            yield term.due, unpaid - covered


def _run(
    rent: Changes, pool: Changes, refunds: Changes, floor: int, today: int
) -> list[tuple[int, int]]:
    """The unbroken run of days behind that reaches today: (day, cents owed from then on)."""
    steps: list[tuple[int, int]] = []
    due = received = 0
    for day in sorted(rent.keys() | pool.keys() | refunds.keys()):
        if day > today:
            break
        due += rent.get(day, 0)
        received += pool.get(day, 0) - refunds.get(day, 0)
        owed = due - max(0, received)
        if owed >= floor:
            steps.append((day, owed))
        else:
            steps.clear()
    return steps


def _months(still_open: Iterable[tuple[dt.date, int]], rents: Iterable[Rent]) -> int:
    """The billionths of a month that are open, for each rent in force rounded down."""
    ordered = sorted(rents, key=_from)
    open_of = [0] * len(ordered)
    for due, cents in still_open:
        open_of[max(bisect_right(ordered, due, key=_from) - 1, 0)] += cents
    return sum(
        cents * 12 * BILLION // (rent.cents * PAYMENTS_A_YEAR[rent.per])
        for cents, rent in zip(open_of, ordered, strict=True)
    )


def _from(rent: Rent) -> dt.date:
    return rent.from_


def _day(step: tuple[int, int]) -> int:
    return step[0]
