"""Imputation (toerekening, BW 6:43): what each payment goes to, as changes of rent and of money by day.

What names a claim goes to that claim, up to its amount, as far as it is not taken back. The rest is
one pool of money, less refunds. Later bookings change nothing of earlier days.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from itertools import accumulate
from operator import attrgetter
from typing import Final

from attrs import frozen

from huurschuld.model.entries import (
    CLAIMS,
    RECEIVED,
    Credit,
    Entry,
    Payment,
    Refund,
    RentTerm,
    Reversal,
)
from huurschuld.model.tenancy import Tenancy

Changes = dict[int, int]
"""By day, how much an amount changes."""

_ID: Final = attrgetter("id")

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
    naming = list[Payment | Credit]()
    reversals: dict[str, list[Reversal]] = {}
    # Each branch reads its own attributes: Python reads those of one class fastest.
    for entry in tenancy.entries:
        if type(entry) is RentTerm:
            booked = entry.booked
            day = due = booked.toordinal()
            if entry.due is not booked:  # the default is that same value
                due = entry.due.toordinal()
            if day <= today and due <= today:
                rent[due] = rent[due] + entry.cents if due in rent else entry.cents
                if day > due:
                    _add(rent, day, 0)
                    ledger.later.append((due, day, entry.cents))
        elif type(entry) is Payment or type(entry) is Credit:
            day = entry.booked.toordinal()
            if day <= today:
                money[day] = money[day] + entry.cents if day in money else entry.cents
                if entry.settles is not None:
                    naming.append(entry)
        elif type(entry) is Reversal:
            if entry.booked <= as_of:
                reversals.setdefault(entry.reverses, []).append(entry)
        elif type(entry) is Refund and entry.booked <= as_of:
            _add(money, entry.booked.toordinal(), -entry.cents)
    if naming or reversals:
        _settle(ledger, tenancy, as_of, naming, reversals)
    return ledger


def _settle(
    ledger: Ledger,
    tenancy: Tenancy,
    as_of: dt.date,
    naming: Iterable[Payment | Credit],
    reversals: Mapping[str, list[Reversal]],
) -> None:
    """Take off what was taken back, and give claims what names them."""
    by_id = dict(zip(map(_ID, tenancy.entries), tenancy.entries, strict=True))
    taken_back = {name: _taken_back(by_id[name], its, as_of) for name, its in reversals.items()}
    for flows in taken_back.values():
        for day, cents in flows:
            _add(ledger.money, day, cents)
    _give(ledger, naming, taken_back, by_id, as_of.toordinal())


def _taken_back(payment: Entry, reversals: Iterable[Reversal], as_of: dt.date) -> Flows:
    """Return what was taken back of a payment, as less than 0: together never more than there was."""
    flows: Flows = []
    if isinstance(payment, RECEIVED) and payment.booked <= as_of:
        left = payment.cents
        for reversal in sorted(reversals, key=_booking):
            taken = min(left, payment.cents if reversal.cents is None else reversal.cents)
            left -= taken
            flows.append((max(payment.booked, reversal.booked).toordinal(), -taken))
    return flows


def _booking(entry: Reversal) -> tuple[dt.date, str]:
    return entry.booked, entry.id


def _give(
    ledger: Ledger,
    naming: Iterable[Payment | Credit],
    taken_back: Mapping[str, Flows],
    by_id: Mapping[str, Entry],
    today: int,
) -> None:
    """Give each claim what names it, up to its amount; that does not go to the pool."""
    named: dict[str, Flows] = {}
    for payment in naming:
        flows = named.setdefault(payment.settles or "", [])
        flows.append((payment.booked.toordinal(), payment.cents))
        if payment.id in taken_back:
            flows += taken_back[payment.id]
    money = ledger.money
    for name, flows in named.items():
        claim = by_id[name]
        if not isinstance(claim, CLAIMS):
            continue
        first, due, share = claim.booked.toordinal(), claim.due.toordinal(), 0
        if first > today:
            continue
        is_due_rent = due <= today and type(claim) is RentTerm
        for came, so_far in flows if len(flows) == 1 else _running(flows, first):
            day = max(came, first)
            step = min(so_far, claim.cents) - share
            share += step
            money[day] = money.get(day, 0) - step
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
