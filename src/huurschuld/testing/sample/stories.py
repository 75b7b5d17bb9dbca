"""The histories behind arrears: why a tenant falls behind, and what prevents a referral.

A story takes dice and the calendar and gives a tenancy. Its ledger falls behind in one way; its
dossier shows how far the landlord got.
"""

from __future__ import annotations

import datetime as dt

from huurschuld.model.tenancy import Dispute, Eviction, Objection, Plan, Signal
from huurschuld.testing.sample import ledger as money, payments
from huurschuld.testing.sample.arrears import (
    BEGUN,
    FULL,
    LONG,
    SMALL,
    Arrears,
    chase,
    chase_again,
    fall_behind,
    tenancy,
)
from huurschuld.testing.sample.dice import Dice
from huurschuld.testing.sample.dossier import (
    Dossier,
    answer,
    escalation,
    moratorium,
    nudge,
    repair,
)
from huurschuld.testing.sample.ledger import Calendar, Lease, days, working_day
from huurschuld.testing.sample.ordinary import BESIDES_A_HOME, SampleTenancy, old_lease, room


def just_moved_in(dice: Dice, calendar: Calendar) -> SampleTenancy:
    """The first term of a new lease is a few days late: a bank's delay, perhaps."""
    start = calendar.as_of - days(dice.between(3, 6))
    lease = money.make_lease(dice, calendar, start)
    return tenancy(fall_behind(dice, calendar, 1, payments.nothing, lease), [])


def old_debt(dice: Dice, calendar: Calendar) -> SampleTenancy:
    """One or two terms were missed some months ago; the rent is paid again, the debt is not."""
    missed = dice.between(1, 2)
    way = payments.resumed_after(missed)
    arrears = fall_behind(dice, calendar, missed + dice.between(1, 4), way)
    return tenancy(arrears, chase(dice, arrears, LONG))


def old_rent(dice: Dice, calendar: Calendar) -> SampleTenancy:
    """A standing order (periodieke overboeking) that never followed the July rise."""
    lease = old_lease(dice, calendar)
    rises = [rent.from_ for rent in lease.rents[1:] if rent.from_ < calendar.as_of]
    rise = rises[-1] if dice.chance(75) else rises[0]
    terms = money.rent_terms(calendar, lease)
    count = sum(rise <= term.due < calendar.as_of for term in terms)
    way = payments.always(lease.rent_on(rise - days(1)))
    arrears = fall_behind(dice, calendar, count, way, lease)
    return tenancy(arrears, chase(dice, arrears, SMALL))


def small_change(dice: Dice, calendar: Calendar) -> SampleTenancy:
    """A few euros short, by a slip of the finger."""
    arrears = fall_behind(dice, calendar, dice.between(1, 3), payments.a_little_short)
    return tenancy(arrears, [])


def called_back(dice: Dice, calendar: Calendar) -> SampleTenancy:
    """The tenant called in, lately or so long ago that it no longer counts as acting."""
    arrears = fall_behind(dice, calendar, dice.between(3, 4), payments.hardly)
    since_then = dice.between(2, 25) if dice.chance(60) else dice.between(35, 48)
    call = answer(dice, calendar.as_of - days(since_then))
    return tenancy(arrears, [*chase(dice, arrears, FULL), call])


def _by_instalments(
    dice: Dice, calendar: Calendar, lease: Lease, missed: int, kept: int, stopped: int
) -> tuple[Arrears, dt.date]:
    """Miss some terms, agree to pay them off with the next ones, and stop: the arrears, and that day."""
    instalment = lease.rent_on(calendar.as_of) * missed // 12
    way = payments.with_instalments(missed, kept, instalment)
    arrears = fall_behind(dice, calendar, missed + kept + stopped, way, lease)
    first = arrears.due_days()[-kept - stopped]
    return arrears, working_day(first - days(dice.between(4, 12)))


def payment_plan(dice: Dice, calendar: Calendar, *, is_broken: bool = False) -> SampleTenancy:
    """A payment arrangement (betalingsregeling) that is kept, or was for some months."""
    kept = dice.between(1, 3 if is_broken else 5)
    stopped = dice.between(1, 2) if is_broken else 0
    lease = old_lease(dice, calendar)
    arrears, agreed = _by_instalments(dice, calendar, lease, dice.between(2, 3), kept, stopped)
    before = [contact for contact in chase(dice, arrears, FULL) if contact.date < agreed]
    broken = min(arrears.due_days()[-stopped] + days(14), calendar.as_of) if stopped else None
    covers = arrears.on(agreed) if dice.chance(50) else None
    plan = Plan(from_=agreed, until=agreed + days(366), broken_on=broken, cents=covers)
    return tenancy(arrears, [*before, answer(dice, agreed)], Dossier(plans=(plan,)))


def outgrown_plan(dice: Dice, calendar: Calendar) -> SampleTenancy:
    """A plan for an older debt that nobody ended, though the rent of after it is open again."""
    missed, kept, stopped = 2, dice.between(1, 3), dice.between(2, 3)
    lease = old_lease(dice, calendar)
    arrears, agreed = _by_instalments(dice, calendar, lease, missed, kept, stopped)
    plan = Plan(from_=agreed, until=agreed + days(366), cents=arrears.on(agreed))
    again = escalation(dice, arrears.due_days()[-stopped], dice.weighted(FULL.steps), calendar.as_of)
    return tenancy(arrears, [answer(dice, agreed), *again], Dossier(plans=(plan,)))


def moratorium_on_old_debt(dice: Dice, calendar: Calendar) -> SampleTenancy:
    """A court froze the debt of some months ago (moratorium); the rent is paid again."""
    missed = dice.between(2, 3)
    way = payments.resumed_after(missed)
    arrears = fall_behind(dice, calendar, missed + dice.between(2, 4), way)
    dossier = Dossier(facts=(moratorium(dice, calendar.as_of),))
    return tenancy(arrears, chase(dice, arrears, FULL), dossier)


def by_the_week(dice: Dice, calendar: Calendar) -> SampleTenancy:
    """A room (kamer) of which the rent is due each week; that of the last weeks is open."""
    lease = room(dice, calendar)
    arrears = fall_behind(dice, calendar, dice.between(3, 14), payments.hardly, lease)
    return tenancy(arrears, chase(dice, arrears, LONG))


def unpaid_besides_a_home(dice: Dice, calendar: Calendar) -> SampleTenancy:
    """The garage or the storage room (berging) of a household that does not pay for its home either."""
    lease = old_lease(dice, calendar, let=dice.weighted(BESIDES_A_HOME))
    arrears = fall_behind(dice, calendar, dice.between(2, 3), payments.nothing, lease)
    return tenancy(arrears, chase(dice, arrears, FULL))


def mould(dice: Dice, calendar: Calendar) -> SampleTenancy:
    """A part of the rent withheld for mould (opschorting): it covers the arrears, or not."""
    count, withheld = dice.between(2, 6), dice.between(16, 40) * 500
    arrears = fall_behind(dice, calendar, count, payments.withholding(withheld))
    since = arrears.since - days(dice.between(5, 25))
    contested = dice.weighted(((50, arrears.cents), (25, None), (25, withheld)))
    settled = calendar.as_of - days(7) if dice.chance(10) else None
    dispute = Dispute(from_=since, until=settled, cents=contested)
    contacts = [*repair(dice, since), *chase(dice, arrears, LONG)]
    return tenancy(arrears, contacts, Dossier(disputes=(dispute,)))


def objected(dice: Dice, calendar: Calendar) -> SampleTenancy:
    """The tenant objects to sharing: for good, to one reminder, no longer, or to an older one."""
    arrears = fall_behind(dice, calendar, dice.between(2, 4), payments.hardly)
    day = min(arrears.since + days(dice.between(20, 40)), calendar.as_of)
    objection = dice.weighted(
        (
            (35, Objection(date=day)),
            (30, Objection(date=day, standing=False)),
            (20, Objection(date=day, withdrawn=day + days(dice.between(2, 9)))),
            (15, Objection(date=arrears.since - days(dice.between(60, 300)), standing=False)),
        )
    )
    return tenancy(arrears, chase(dice, arrears, FULL), Dossier(objections=(objection,)))


def objected_long_ago(dice: Dice, calendar: Calendar) -> SampleTenancy:
    """A standing objection of before the arrears: it stops no reminder, which has yet to be sent."""
    arrears = fall_behind(dice, calendar, dice.between(2, 4), payments.hardly)
    objection = Objection(date=arrears.since - days(dice.between(60, 600)))
    return tenancy(arrears, chase(dice, arrears, BEGUN), Dossier(objections=(objection,)))


def referred_before(dice: Dice, calendar: Calendar) -> SampleTenancy:
    """Referred earlier in this episode, lately or long ago; since then the same is owed, or more."""
    way = payments.resumed_after(2) if dice.chance(40) else payments.hardly
    arrears = fall_behind(dice, calendar, dice.between(4, 10), way)
    contacts = [*chase(dice, arrears, FULL), *chase_again(dice, arrears)]
    return tenancy(arrears, contacts, Dossier(signals=(_signal(dice, arrears),)))


def _signal(dice: Dice, arrears: Arrears) -> Signal:
    """A referral once the escalation was well on its way, of the arrears of that day."""
    day = min(working_day(arrears.since + days(dice.between(50, 70))), arrears.as_of)
    return Signal(date=day, cents=arrears.on(day))


def deceased(dice: Dice, calendar: Calendar) -> SampleTenancy:
    """The tenant died and the rent runs on; a text message may go out before this is known."""
    arrears = fall_behind(dice, calendar, dice.between(1, 4), payments.nothing)
    died = arrears.since - days(dice.between(2, 25))
    contacts = [nudge(dice, arrears.since)] if dice.chance(40) else []
    if dice.chance(60):
        contacts.append(answer(dice, arrears.since + days(dice.between(9, 18))))
    return tenancy(arrears, contacts, Dossier(deceased=died))


def left_with_debt(dice: Dice, calendar: Calendar) -> SampleTenancy:
    """A former tenant (vertrokken huurder) whose last terms are open."""
    lease = old_lease(dice, calendar, calendar.as_of - days(dice.between(10, 400)))
    arrears = fall_behind(dice, calendar, dice.between(1, 3), payments.nothing, lease)
    return tenancy(arrears, chase(dice, arrears, LONG))


def eviction(dice: Dice, calendar: Calendar, *, is_dissolved: bool = False) -> SampleTenancy:
    """An eviction (ontruiming) announced, after long arrears and an earlier referral.

    Perhaps a court has dissolved the lease (ontbonden); those who still live there are as close to it.
    """
    ended = calendar.as_of - days(dice.between(15, 45)) if is_dissolved else None
    lease = old_lease(dice, calendar, ended)
    arrears = fall_behind(dice, calendar, dice.between(6, 9), payments.nothing, lease)
    signal, day = _signal(dice, arrears), calendar.as_of
    eviction = Eviction(announced=day - days(dice.between(5, 15)), on=day + days(dice.between(5, 20)))
    dossier = Dossier(signals=(signal,), eviction=eviction)
    return tenancy(arrears, [*chase(dice, arrears, FULL), *chase_again(dice, arrears)], dossier)
