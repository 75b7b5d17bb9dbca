"""From ledger to arrears (huurachterstand): what was owed on each day, by what was known on it.

The meaning is that of `docs/semantics.md`: on every day the money that was known is allocated afresh
(BW 6:43), what names a claim to that claim first, the rest as one pool, less refunds, to rent terms,
oldest first. What is computed here is the same in one pass: on each day with a change, the rent that is
due less the pool. Property tests compare it with an allocation day by day.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from attrs import field, frozen

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
    ledger, today = _read(tenancy, as_of), as_of.toordinal()
    steps = _run(ledger.rent, ledger.money, max(1, floor_cents), today)
    still_open = _open(ledger, today)
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
class _Ledger:
    """What was booked by a day, as changes.

    Attributes:
        rent: of the rent that is due, less what terms got by name, by the day from which on it counts.
        later: what of it counts from another day than its due day on: (that day, due day, cents).
        money: of the pool: what was received and not given to a claim by name, less what was paid back.
        claims: the rent terms and other claims.
        received: the payments and credits.
        named: those that name a claim, by its id.
        reversals: by the id of the payment or credit.
    """

    rent: Changes = field(factory=dict)
    later: list[tuple[int, int, int]] = field(factory=list)
    money: Changes = field(factory=dict)
    claims: list[RentTerm | OtherClaim] = field(factory=list)
    received: list[Payment | Credit] = field(factory=list)
    named: dict[str, list[Payment | Credit]] = field(factory=dict)
    reversals: dict[str, list[Reversal]] = field(factory=dict)

    def owe(self, due: int, day: int, cents: int) -> None:
        """Add rent that counts from a day on."""
        self.rent[day] = self.rent.get(day, 0) + cents
        if day != due:
            self.later.append((day, due, cents))


def _read(tenancy: Tenancy, as_of: dt.date) -> _Ledger:
    ledger = _Ledger()
    rent, money, claims, received = ledger.rent, ledger.money, ledger.claims, ledger.received
    for entry in tenancy.entries:
        booked = entry.booked
        if booked > as_of:
            continue
        if isinstance(entry, RentTerm):
            claims.append(entry)
            due = entry.due.toordinal()
            if booked <= entry.due:
                rent[due] = rent.get(due, 0) + entry.cents
            else:
                ledger.owe(due, booked.toordinal(), entry.cents)
        elif isinstance(entry, RECEIVED):
            received.append(entry)
            day = booked.toordinal()
            money[day] = money.get(day, 0) + entry.cents
            if entry.settles is not None:
                ledger.named.setdefault(entry.settles, []).append(entry)
        elif isinstance(entry, Reversal):
            ledger.reversals.setdefault(entry.reverses, []).append(entry)
        elif isinstance(entry, Refund):
            _add(money, booked.toordinal(), -entry.cents)
        else:
            claims.append(entry)
    if ledger.reversals or ledger.named:
        _settle(ledger)
    return ledger


def _settle(ledger: _Ledger) -> None:
    """Take off what was taken back, and give claims what names them."""
    taken_back: dict[str, list[tuple[int, int]]] = {}
    if ledger.reversals:
        for payment in ledger.received:
            if payment.id in ledger.reversals:
                taken_back[payment.id] = list(_taken_back(payment, ledger.reversals[payment.id]))
                for day, cents in taken_back[payment.id]:
                    _add(ledger.money, day, -cents)
    for claim in ledger.claims:
        if claim.id in ledger.named:
            _give(ledger, claim, taken_back)


def _give(
    ledger: _Ledger,
    claim: RentTerm | OtherClaim,
    taken_back: Mapping[str, list[tuple[int, int]]],
) -> None:
    """Give a claim what names it, up to its amount; that does not go to the pool."""
    booked, changes = claim.booked.toordinal(), dict[int, int]()
    for payment in ledger.named[claim.id]:
        day = max(payment.booked.toordinal(), booked)
        changes[day] = changes.get(day, 0) + payment.cents
        if payment.id in taken_back:
            for day, cents in taken_back[payment.id]:
                _add(changes, max(day, booked), -cents)
    due = claim.due.toordinal() if isinstance(claim, RentTerm) else None
    money, so_far, share = ledger.money, 0, 0
    for day in sorted(changes):
        so_far += changes[day]
        step = min(so_far, claim.cents) - share
        share += step
        money[day] = money.get(day, 0) - step
        if due is not None:
            ledger.owe(due, max(due, day), -step)


def _taken_back(payment: Payment | Credit, reversals: Iterable[Reversal]) -> Iterator[tuple[int, int]]:
    """Yield what was taken back of a payment: (day, cents), together never more than there was."""
    left = payment.cents
    for reversal in sorted(reversals, key=_booking):
        taken = min(left, payment.cents if reversal.cents is None else reversal.cents)
        left -= taken
        yield max(payment.booked, reversal.booked).toordinal(), taken


def _booking(entry: Reversal) -> tuple[dt.date, str]:
    return entry.booked, entry.id


def _run(rent: Changes, money: Changes, floor: int, today: int) -> list[tuple[int, int]]:
    """Find the unbroken run of days behind that reaches today: (day, cents owed from then on).

    It goes back from today, as the run is mostly short.
    """
    due, received = sum(rent.values()), sum(money.values())
    steps = []
    for day in sorted({**rent, **money}, reverse=True):
        if day <= today:
            owed = due - received if received > 0 else due
            if owed < floor:
                break
            steps.append((day, owed))
        due -= rent.get(day, 0)
        received -= money.get(day, 0)
    steps.reverse()
    return steps


def _open(ledger: _Ledger, today: int) -> list[tuple[int, int]]:
    """Return what is open of the overdue terms: (due day, cents).

    The pool goes to the oldest first, so what is open is that of the newest.
    """
    unpaid = dict(ledger.rent)
    for day, due, cents in ledger.later:
        _add(unpaid, day, -cents)
        _add(unpaid, due, cents)
    overdue = sorted([due for due in unpaid if due < today], reverse=True)
    left = sum([unpaid[due] for due in overdue]) - max(0, sum(ledger.money.values()))
    still_open = []
    for due in overdue:
        if left <= 0:
            break
        cents = min(left, unpaid[due])
        left -= cents
        if cents:
            still_open.append((due, cents))
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
