"""Imputation (toerekening, BW 6:43): what each payment goes to, as changes of rent and of money by day.

What names a claim goes to that claim, up to its amount, as far as it is not taken back. The rest is
one pool of money, less refunds. Later bookings change nothing of earlier days.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from itertools import accumulate

from attrs import frozen

from huurschuld.model.entries import (
    Credit,
    Links,
    OtherClaim,
    Payment,
    Refund,
    RentTerm,
    Reversal,
)
from huurschuld.model.tenancy import Tenancy

Changes = dict[int, int]
"""By day, how much an amount changes."""

Flows = list[tuple[int, int]]
"""Money as it came and went: (day, cents)."""


def _add(changes: Changes, day: int, cents: int) -> None:
    changes[day] = changes.get(day, 0) + cents


@frozen
class Ledger:
    """What was booked by a day, as changes; none of them is later than that day.

    Attributes:
        rent: the rent that is due by then, less what terms got by name, by due day; each later day that
            a part of it counts from is a key too.
        later: what of it counts from a later day than its due day on: (due day, that day, cents).
        money: of the pool: what was received and not given to a claim by name, less what was paid back.
    """

    rent: Changes
    later: list[tuple[int, int, int]]
    money: Changes


def ledger_of(tenancy: Tenancy, as_of: dt.date) -> Ledger:
    """Read the ledger of a tenancy as it was known on a day.

    Source: BW 6:43 (imputation).
    """
    today = as_of.toordinal()
    rent: Changes = {}
    money: Changes = {}
    ledger = Ledger(rent, [], money)
    # Each branch reads its own attributes: Python reads those of one class fastest.
    for entry in tenancy.entries:
        if type(entry) is RentTerm:
            due = entry.due.toordinal()
            if due <= today:
                if entry.booked is not entry.due:  # the default is that same value
                    day = entry.booked.toordinal()
                    if day > today:
                        continue
                    if day > due:
                        _add(rent, day, 0)
                        ledger.later.append((due, day, entry.cents))
                rent[due] = rent[due] + entry.cents if due in rent else entry.cents
        elif type(entry) is Payment or type(entry) is Credit:
            day = entry.booked.toordinal()
            if day <= today:
                money[day] = money[day] + entry.cents if day in money else entry.cents
        elif type(entry) is Refund and entry.booked <= as_of:
            _add(money, entry.booked.toordinal(), -entry.cents)
    if tenancy.links.settled or tenancy.links.taken_back:
        _settle(ledger, tenancy.links, as_of)
    return ledger


def _settle(ledger: Ledger, links: Links, as_of: dt.date) -> None:
    """Take off what was taken back, and give claims what names them."""
    today = as_of.toordinal()
    taken_back: dict[str, Flows] = {}
    for payment, reversals in links.taken_back:
        if payment.booked <= as_of:
            taken_back[payment.id] = flows = _taken_back(payment, reversals, as_of)
            for day, cents in flows:
                _add(ledger.money, day, cents)
    for claim, payments in links.settled:
        payment, booked = payments[0], claim.booked.toordinal()
        if booked > today:
            continue
        if len(payments) == 1 and payment.id not in taken_back:  # mostly, and then it is simple
            day = payment.booked.toordinal()
            if day <= today:
                _give(ledger, claim, [(max(day, booked), payment.cents)], today)
        else:
            _give(ledger, claim, _running(_named(payments, taken_back, today), booked), today)


def _taken_back(payment: Payment | Credit, reversals: Iterable[Reversal], as_of: dt.date) -> Flows:
    """Return what was taken back of a payment, as less than 0: together never more than there was."""
    flows: Flows = []
    left = payment.cents
    for reversal in reversals:
        if reversal.booked <= as_of:
            taken = min(left, payment.cents if reversal.cents is None else reversal.cents)
            left -= taken
            flows.append((max(payment.booked, reversal.booked).toordinal(), -taken))
    return flows


def _named(payments: Iterable[Payment | Credit], taken_back: Mapping[str, Flows], today: int) -> Flows:
    """Return what came for a claim by name, and what was taken back of it."""
    flows: Flows = []
    for payment in payments:
        day = payment.booked.toordinal()
        if day <= today:
            flows.append((day, payment.cents))
            if payment.id in taken_back:
                flows += taken_back[payment.id]
    return flows


def _give(ledger: Ledger, claim: RentTerm | OtherClaim, by_day: Flows, today: int) -> None:
    """Give a claim what came for it by each day, up to its amount; that does not go to the pool."""
    money, cents, share = ledger.money, claim.cents, 0
    due = claim.due.toordinal()
    is_due_rent = due <= today and type(claim) is RentTerm
    for day, so_far in by_day:
        step = min(so_far, cents) - share
        share += step
        money[day] = money[day] - step if day in money else -step
        if is_due_rent and day > due:
            ledger.later.append((due, day, -step))
    if is_due_rent:
        ledger.rent[due] -= share


def _running(flows: Flows, first: int) -> Flows:
    """Add money up day by day: (day, cents by then); what came before the first day counts on it."""
    by_day: Changes = {}
    for day, cents in flows:
        _add(by_day, max(day, first), cents)
    days = sorted(by_day)
    return list(zip(days, accumulate([by_day[day] for day in days]), strict=True))
