"""What else is recorded about an invented tenancy: contacts, household, plans and so on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from operator import attrgetter
from typing import Final, NamedTuple

import attrs

from huurschuld.model.tenancy import (
    Child,
    Contact,
    ContactChannel,
    Dispute,
    Eviction,
    Household,
    Objection,
    Plan,
    Signal,
    StatedFact,
)
from huurschuld.testing.sample.dice import Dice
from huurschuld.testing.sample.ledger import days, working_day


class Dossier(NamedTuple):
    """Everything recorded about a tenancy, except its money and its household."""

    contacts: tuple[Contact, ...] = ()
    plans: tuple[Plan, ...] = ()
    disputes: tuple[Dispute, ...] = ()
    objections: tuple[Objection, ...] = ()
    signals: tuple[Signal, ...] = ()
    facts: tuple[StatedFact, ...] = ()
    deceased: dt.date | None = None
    eviction: Eviction | None = None


_IN_ORDER: Final = attrgetter(*(it.name for it in attrs.fields(Contact)))


def in_order(contacts: Iterable[Contact], until: dt.date) -> tuple[Contact, ...]:
    """Return contacts up to a day, sorted by that day and then by their other fields."""
    return tuple(sorted((it for it in contacts if it.date <= until), key=_IN_ORDER))


class Step(NamedTuple):
    """A step of the landlord's collection (incasso): days after the due day, channels, chances."""

    first: int
    last: int
    channels: tuple[ContactChannel, ...]
    offers_sharing: int = 0
    debt_help: int = 0
    reached: int = 0


#: The escalation as a case worker knows it, with the percentage of how often each part is done.
STEPS: Final = (
    Step(8, 10, ("text", "text", "letter", "email"), offers_sharing=20, debt_help=20),
    Step(13, 17, ("letter", "letter", "email"), offers_sharing=80, debt_help=65),
    Step(13, 24, ("phone",), debt_help=60, reached=55),
    Step(28, 36, ("letter",), offers_sharing=95, debt_help=95),
    Step(34, 48, ("visit", "visit", "appointment"), debt_help=85, reached=45),
    Step(50, 75, ("phone", "visit", "card"), debt_help=90, reached=35),
)


def escalation(dice: Dice, since: dt.date, steps: int, as_of: dt.date) -> list[Contact]:
    """Return the first steps after a term that stayed unpaid; now and then one is skipped."""
    done = [_contact(dice, step, since) for step in STEPS[:steps] if not dice.chance(7)]
    return [contact for contact in done if contact.date <= as_of]


def _contact(dice: Dice, step: Step, since: dt.date) -> Contact:
    channel = dice.one_of(step.channels)
    written = channel in ("letter", "email")
    # Debt help is not explained if the phone is not answered; a visit leaves a card behind.
    reached = dice.chance(step.reached)
    return Contact(
        date=working_day(since + days(dice.between(step.first, step.last))),
        channel=channel,
        reached=reached,
        returned=written and dice.chance(4),
        reminder=written,
        debt_help=dice.chance(step.debt_help) and (reached or channel != "phone"),
        offers_sharing=written and dice.chance(step.offers_sharing),
    )


def nudge(dice: Dice, due: dt.date) -> Contact:
    """A text message (sms) about a term that is late."""
    return Contact(date=working_day(due + days(dice.between(8, 10))), channel="text")


def answer(dice: Dice, day: dt.date) -> Contact:
    """The tenant calls, writes or comes in about the arrears."""
    channels: tuple[ContactChannel, ...] = ("phone", "phone", "phone", "email", "appointment")
    return Contact(date=day, channel=dice.one_of(channels), direction="in", reached=True)


def repair(dice: Dice, day: dt.date) -> list[Contact]:
    """A repair that the tenant asked for, perhaps with a visit: not about arrears."""
    asked = Contact(
        date=day,
        channel=dice.one_of(("phone", "phone", "email", "other")),
        direction="in",
        reached=True,
        about_arrears=False,
    )
    if dice.chance(50):
        return [asked]
    visit_day = working_day(day + days(dice.between(1, 14)))
    reached = dice.chance(85)
    return [asked, Contact(date=visit_day, channel="visit", reached=reached, about_arrears=False)]


def household(dice: Dice, as_of: dt.date) -> Household | None:
    """A household (huishouden): about a third of those known has children under 18."""
    known = dice.weighted(((80, "all"), (5, "some"), (15, "no")))
    if known == "no":
        return None
    minors = dice.weighted(((45, 1), (38, 2), (13, 3), (4, 4))) if dice.chance(35) else 0
    adults = dice.one_of((1, 1, 2)) if dice.chance(8) else 0
    ages = [dice.below(17 * 365) for _ in range(minors)]
    ages += [dice.between(18 * 366, 29 * 365) for _ in range(adults)]
    children = tuple(_child(dice, as_of - days(age)) for age in sorted(ages, reverse=True))
    return Household(children=children, complete=known == "all")


def _child(dice: Dice, born: dt.date) -> Child:
    """A child, of whom perhaps only the year or the month of birth is known."""
    if dice.chance(96):
        return Child(born=born)
    return Child(born=f"{born:%Y}-00-00" if dice.chance(60) else f"{born:%Y-%m}-00")


def guardianship(dice: Dice, as_of: dt.date) -> StatedFact:
    """A guardian (bewindvoerder) has managed the money for some time."""
    return StatedFact(name="guardian", value=True, from_=as_of - days(dice.between(60, 1_500)))


def moratorium(dice: Dice, as_of: dt.date) -> StatedFact:
    """A moratorium (moratorium op ontruiming): a court has frozen an old debt for half a year."""
    since = as_of - days(dice.between(10, 150))
    return StatedFact(name="moratorium", value=True, from_=since, until=since + days(182))
