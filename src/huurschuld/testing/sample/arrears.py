"""A ledger that falls behind, and what the landlord does about it: what the stories of arrears share."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Final, NamedTuple, TypeAlias

from huurschuld.model.tenancy import Contact
from huurschuld.testing.sample import ledger as money, payments
from huurschuld.testing.sample.dice import Dice
from huurschuld.testing.sample.dossier import Dossier, escalation, guardianship, in_order, nudge
from huurschuld.testing.sample.ledger import Calendar, Lease, Ledger, days
from huurschuld.testing.sample.ordinary import SampleTenancy, old_lease

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
#: It has only begun.
BEGUN: Final = Effort(((30, 0), (40, 1), (30, 2)))
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
        """The arrears in cents on an earlier day: what was open at the end of the day before."""
        return money.owed_on(self.course, day - days(1))

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
    by_month = lease.rents[0].per == "month"
    before = dice.weighted(
        payments.HABITS_BEFORE_ARREARS if by_month else payments.HABITS_OF_OTHER_PERIODS
    )
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


def chase_again(dice: Dice, arrears: Arrears) -> list[Contact]:
    """What the landlord did once more about arrears of half a year, in their last months."""
    episode = [due for due in arrears.due_days() if due >= arrears.since]
    if len(episode) < 6:
        return []
    return escalation(dice, episode[-3], dice.weighted(FULL.steps), arrears.as_of)


def tenancy(arrears: Arrears, contacts: list[Contact], dossier: Dossier | None = None) -> SampleTenancy:
    """The tenancy of a ledger in arrears, with its contacts in order."""
    known = in_order(contacts, arrears.as_of)
    return SampleTenancy(arrears.ledger, (dossier or Dossier())._replace(contacts=known))


def simply(number: Callable[[Dice], int], way: payments.Habit, effort: Effort) -> Story:
    """The story of so many terms paid in another way, and what the landlord did about it."""

    def story(dice: Dice, calendar: Calendar) -> SampleTenancy:
        arrears = fall_behind(dice, calendar, number(dice), way)
        contacts = chase(dice, arrears, effort)
        has_guardian = dice.chance(4)
        facts = (guardianship(dice, calendar.as_of),) if has_guardian else ()
        return tenancy(arrears, contacts, Dossier(facts=facts))

    return story
