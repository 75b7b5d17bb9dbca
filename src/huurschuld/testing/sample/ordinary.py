"""Ordinary tenancies: the nineteen in twenty that are not in arrears on the day of the sample.

Some were late before, or had a plan or a referral that is long past; some have left.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Final, NamedTuple

from huurschuld.model.tenancy import Contact, Dispute, Objection, Plan, Signal
from huurschuld.testing.sample import ledger as money, payments
from huurschuld.testing.sample.dice import Dice
from huurschuld.testing.sample.dossier import Dossier, guardianship, in_order, nudge, repair
from huurschuld.testing.sample.ledger import Calendar, Claim, Lease, Ledger, Receipt, days, working_day


class SampleTenancy(NamedTuple):
    """An invented tenancy (huurovereenkomst en huurder): its money and its file."""

    ledger: Ledger
    dossier: Dossier


def old_lease(
    dice: Dice, calendar: Calendar, end: dt.date | None = None, let: money.Let = money.HOME
) -> Lease:
    """A lease that began one month to thirty years before the history; long ones are fewer."""
    age = 31 + dice.below(1 + dice.below(11_000))
    return money.make_lease(dice, calendar, calendar.months[0].due - days(age), end, let)


def recent_lease(dice: Dice, calendar: Calendar) -> Lease:
    """A lease that started within the history."""
    first = calendar.months[0].due
    start = first + days(dice.below((calendar.as_of - first).days))
    return money.make_lease(dice, calendar, start)


def ended_lease(dice: Dice, calendar: Calendar) -> Lease:
    """A lease that ended within the history."""
    return old_lease(dice, calendar, calendar.as_of - days(dice.between(5, 600)))


def room(dice: Dice, calendar: Calendar) -> Lease:
    """A room (kamer) with a rent by the week."""
    return old_lease(dice, calendar, let=money.ROOM)


#: The leases of ordinary tenancies, by weight.
LEASES: Final = ((85, old_lease), (12, recent_lease), (2, ended_lease), (1, room))

#: What is let besides a home, by weight.
BESIDES_A_HOME: Final = ((65, money.GARAGE), (35, money.STORAGE))


def besides_a_home(dice: Dice, calendar: Calendar) -> SampleTenancy:
    """A garage or a storage room (garage, berging) of the household before, with a lease of its own."""
    lease = old_lease(dice, calendar, let=dice.weighted(BESIDES_A_HOME))
    terms = money.rent_terms(calendar, lease)
    paid = dice.weighted(payments.HABITS_OF_OTHER_PERIODS)(dice, terms)
    receipts = payments.no_later_than(paid, calendar.as_of)
    return SampleTenancy(Ledger(lease, terms, receipts), Dossier())


def ordinary(dice: Dice, calendar: Calendar) -> SampleTenancy:
    """A tenant who keeps up, each in a way of their own."""
    lease = dice.weighted(LEASES)(dice, calendar)
    terms = money.rent_terms(calendar, lease)
    by_month = lease.rents[0].per == "month"
    habit = dice.weighted(payments.HABITS if by_month else payments.HABITS_OF_OTHER_PERIODS)
    paid = habit(dice, terms)
    if len(paid) > 1 and dice.chance(12):
        paid = payments.with_storno(dice, paid, dice.below(len(paid) - 1))
    elif len(paid) > 1 and dice.chance(3):
        paid = payments.with_refund(dice, paid, dice.below(len(paid) - 1))
    if lease.end is not None:
        paid += money.end_credit(calendar, lease, terms[-1])
    claims, notes = _besides_rent(dice, calendar, lease)
    for credit in notes:
        if dice.chance(50):
            paid = payments.netted(paid, credit)
    for claim in claims:
        if dice.chance(90):
            named = claim.id if dice.chance(80) else None
            paid.append(Receipt(claim.due - days(dice.below(10)), claim.cents, named))
    receipts = payments.no_later_than(paid + notes, calendar.as_of)
    late = [term.due for term in terms] if habit in payments.LATE_HABITS else []
    return SampleTenancy(Ledger(lease, terms + claims, receipts), _file(dice, calendar, lease, late))


def _besides_rent(dice: Dice, calendar: Calendar, lease: Lease) -> tuple[list[Claim], list[Receipt]]:
    """Service costs to pay or to get back, now and then damage, now and then goodwill."""
    claims, notes = [], []
    for day in money.settlement_days(calendar, lease):
        outcome = dice.weighted(((40, "pays"), (30, "gets back"), (30, "no service costs")))
        if outcome == "pays":
            claims.append(money.service_claim(dice, day))
        elif outcome == "gets back":
            notes.append(Receipt(day, dice.between(1_500, 15_000), kind="credit"))
    if dice.chance(3):
        claims.append(money.damage_claim(dice, _a_day(dice, calendar, lease)))
    if dice.chance(2):
        goodwill = dice.between(10, 60) * 250
        notes.append(Receipt(_a_day(dice, calendar, lease), goodwill, kind="credit"))
    return claims, notes


def _file(dice: Dice, calendar: Calendar, lease: Lease, late: Sequence[dt.date]) -> Dossier:
    """Repairs, text messages about late terms, and perhaps something of long ago."""
    contacts: list[Contact] = []
    for _ in range(dice.between(1, 3) if dice.chance(25) else 0):
        contacts += repair(dice, _a_day(dice, calendar, lease))
    contacts += [nudge(dice, due) for due in late if dice.chance(15)]
    past = _past(dice, calendar.as_of, lease)
    if dice.chance(1):
        past = past._replace(facts=(guardianship(dice, calendar.as_of),))
    return past._replace(contacts=in_order(contacts, past.deceased or calendar.as_of))


def _past(dice: Dice, as_of: dt.date, lease: Lease) -> Dossier:
    """Mostly nothing; else what would weigh in arrears, but there are none."""
    day = as_of - days(dice.between(200, 600))
    closed = day + days(dice.between(60, 180))
    if day <= lease.start or dice.chance(95):
        return Dossier()
    signal = Signal(date=day, cents=dice.between(400, 2_400) * 100)
    dispute = Dispute(from_=day, until=closed, cents=dice.between(40, 400) * 100)
    return dice.weighted(
        (
            (30, Dossier(plans=(Plan(from_=day, until=closed),))),
            (15, Dossier(signals=(signal,))),
            (20, Dossier(disputes=(dispute,))),
            (5, Dossier(disputes=(Dispute(from_=day),))),
            (20, Dossier(objections=(Objection(date=day, standing=dice.chance(70)),))),
            (10, Dossier(deceased=None if lease.end else as_of - days(dice.between(10, 60)))),
        )
    )


def _a_day(dice: Dice, calendar: Calendar, lease: Lease) -> dt.date:
    """A working day of the lease within the history."""
    first = max(lease.start, calendar.months[0].due)
    last = min(lease.end or calendar.as_of, calendar.as_of)
    return min(working_day(first + days(dice.below((last - first).days + 1))), last)
