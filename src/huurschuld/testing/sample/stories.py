"""The histories behind arrears: a deck of cards, so many of each for every 2,000 tenancies.

A story takes dice and the calendar and gives a tenancy. Its ledger falls behind in one way; its
dossier shows how far the landlord got, and what prevents a referral.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from functools import partial
from itertools import islice
from typing import Final, NamedTuple, TypeAlias

from huurschuld.model.tenancy import Contact, Dispute, Eviction, Objection, Plan, Signal
from huurschuld.testing.sample import ledger as money
from huurschuld.testing.sample import payments
from huurschuld.testing.sample.dice import Dice
from huurschuld.testing.sample.dossier import Dossier, answer, escalation, in_order, nudge, repair
from huurschuld.testing.sample.ledger import Calendar, Lease, Ledger, days, working_day
from huurschuld.testing.sample.ordinary import SampleTenancy, old_lease, ordinary

Story: TypeAlias = Callable[[Dice, Calendar], SampleTenancy]


class Effort(NamedTuple):
    """How far a landlord went with the escalation (incassotraject).

    The number of steps by weight, and in how many of a hundred it began with a later term than the
    first open one.
    """

    steps: tuple[tuple[int, int], ...]
    later: int = 0


EARLY: Final = Effort(((8, 0), (18, 1), (24, 2), (50, 3)))
LONG: Final = Effort(((6, 0), (18, 1), (36, 2), (16, 3), (10, 4), (8, 5), (6, 6)), later=55)
#: Landlords do not hurry for a small amount.
SMALL: Final = Effort(((25, 0), (30, 1), (20, 2), (13, 3), (6, 4), (6, 5)), later=70)
#: All was done, or nearly.
FULL: Final = Effort(((20, 4), (40, 5), (40, 6)))


class Arrears(NamedTuple):
    """A ledger in arrears (huurachterstand): since when, how much, and the balances before."""

    ledger: Ledger
    as_of: dt.date
    since: dt.date
    cents: int
    course: list[tuple[dt.date, int]]

    def on(self, day: dt.date) -> int:
        """The arrears in cents on an earlier day."""
        return money.owed_on(self.course, day)

    def due_days(self) -> list[dt.date]:
        """The due days of all terms before the day of the sample."""
        rent = [claim.due for claim in self.ledger.claims if claim.kind == "rent"]
        return [due for due in rent if due < self.as_of]


def fall_behind(
    dice: Dice,
    calendar: Calendar,
    count: int,
    way: payments.Habit,
    lease: Lease | None = None,
) -> Arrears:
    """A ledger that was in order until the last so many terms, which are paid in another way."""
    lease = lease or old_lease(dice, calendar)
    claims = money.rent_terms(calendar, lease)
    terms = [term for term in claims if term.due < calendar.as_of]
    before = dice.weighted(payments.HABITS_BEFORE_ARREARS)
    receipts = before(dice, terms[:-count]) + way(dice, terms[-count:])
    if lease.end is not None:
        receipts += money.end_credit(calendar, lease, terms[-1])
    for day in money.settlement_days(calendar, lease):
        if dice.chance(40):
            claims.append(money.service_claim(dice, day))
    ledger = Ledger(lease, claims, payments.no_later_than(receipts, calendar.as_of))
    course = money.balances(ledger, calendar.as_of)
    since = money.episode_start(course) or calendar.as_of
    return Arrears(ledger, calendar.as_of, since, money.owed_on(course, calendar.as_of), course)


def chase(dice: Dice, arrears: Arrears, effort: Effort) -> list[Contact]:
    """What the landlord did about it; where it began late, after some texts."""
    episode = [due for due in arrears.due_days() if due >= arrears.since]
    if not episode:
        return []
    late = dice.chance(effort.later)
    begin = len(episode) - dice.between(1, min(4, len(episode))) if late else 0
    texts = [nudge(dice, due) for due in episode[:begin] if dice.chance(40)]
    return texts + escalation(dice, episode[begin], dice.weighted(effort.steps), arrears.as_of)


def tenancy(arrears: Arrears, contacts: list[Contact], dossier: Dossier | None = None) -> SampleTenancy:
    """The tenancy of a ledger in arrears, with its contacts in order."""
    known = in_order(contacts, arrears.as_of)
    return SampleTenancy(arrears.ledger, (dossier or Dossier())._replace(contacts=known))


def simply(number: Callable[[Dice], int], way: payments.Habit, effort: Effort) -> Story:
    """The story of so many terms paid in another way, and what the landlord did about it."""

    def story(dice: Dice, calendar: Calendar) -> SampleTenancy:
        arrears = fall_behind(dice, calendar, number(dice), way)
        return tenancy(arrears, chase(dice, arrears, effort))

    return story


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


def payment_plan(dice: Dice, calendar: Calendar, *, is_broken: bool = False) -> SampleTenancy:
    """A payment arrangement (betalingsregeling) that is kept, or was for some months."""
    kept = dice.between(1, 3 if is_broken else 5)
    stopped = dice.between(1, 2) if is_broken else 0
    lease = old_lease(dice, calendar)
    missed = dice.between(2, 3)
    instalment = lease.rent_on(calendar.as_of) * missed // 12
    way = payments.with_instalments(missed, kept, instalment)
    arrears = fall_behind(dice, calendar, missed + kept + stopped, way, lease)
    due_days = arrears.due_days()
    agreed = working_day(due_days[-kept - stopped] - days(dice.between(4, 12)))
    before = [contact for contact in chase(dice, arrears, FULL) if contact.date < agreed]
    broken = min(due_days[-stopped] + days(14), calendar.as_of) if stopped else None
    plan = Plan(from_=agreed, until=agreed + days(366), broken_on=broken)
    return tenancy(arrears, [*before, answer(dice, agreed)], Dossier(plans=(plan,)))


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


def referred_before(dice: Dice, calendar: Calendar) -> SampleTenancy:
    """Referred earlier in this episode: the arrears are the same or less since, or higher."""
    way, most = (payments.resumed_after(2), 6) if dice.chance(60) else (payments.hardly, 5)
    arrears = fall_behind(dice, calendar, dice.between(4, most), way)
    dossier = Dossier(signals=(_signal(dice, arrears),))
    return tenancy(arrears, chase(dice, arrears, FULL), dossier)


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


def eviction(dice: Dice, calendar: Calendar) -> SampleTenancy:
    """An eviction (ontruiming) announced, after long arrears and an earlier referral."""
    arrears = fall_behind(dice, calendar, dice.between(6, 9), payments.nothing)
    signal, day = _signal(dice, arrears), calendar.as_of
    eviction = Eviction(announced=day - days(dice.between(5, 15)), on=day + days(dice.between(5, 20)))
    dossier = Dossier(signals=(signal,), eviction=eviction)
    return tenancy(arrears, chase(dice, arrears, FULL), dossier)


OPEN_TERMS: Final = ((50, 2), (30, 3), (8, 4), (12, 5))

#: The stories of arrears, and how many of each there are among 2,000 tenancies: 120, or 6 %.
CARDS: Final[tuple[tuple[int, Story], ...]] = (
    # The last term did not come in, or the bank took its direct debit back (storno).
    (22, simply(lambda _: 1, payments.nothing, EARLY)),
    (8, simply(lambda _: 1, payments.taken_back, EARLY)),
    (2, just_moved_in),
    # Always a month late: one long episode, though the open term is always young.
    (11, simply(lambda dice: dice.between(4, 23), payments.month_late, LONG)),
    # Two to five of the last terms are open, but for a part payment of some.
    (16, simply(lambda dice: dice.weighted(OPEN_TERMS), payments.hardly, LONG)),
    (6, old_debt),
    (11, old_rent),
    (3, small_change),
    # Less income for some months, and a part of the rent paid (deelbetalingen).
    (8, simply(lambda dice: dice.between(2, 6), payments.partly, LONG)),
    (5, called_back),
    (5, payment_plan),
    (3, partial(payment_plan, is_broken=True)),
    (5, mould),
    (4, objected),
    (4, referred_before),
    (2, deceased),
    (4, left_with_debt),
    (1, eviction),
)

#: A deck is dealt over so many tenancies; three of every fifty are in arrears, wherever one stops.
DECK: Final = 2_000
STRIP: Final = 50


def deal(seed: int) -> Iterator[Story]:
    """The story of each tenancy, from the first on; the first ones do not depend on how many."""
    cards = [story for count, story in CARDS for _ in range(count)]
    in_strip = len(cards) * STRIP // DECK
    dice = Dice(seed, "deck")
    while True:
        deck = iter(dice.shuffled(cards))
        for _ in range(DECK // STRIP):
            strip: list[Story] = [ordinary] * (STRIP - in_strip)
            yield from dice.shuffled([*strip, *islice(deck, in_strip)])
