"""Invented tenancies to decide on: 24 rent terms each, all parts known, every rung of the ladder.

They are spread over the outcomes, not over a real portfolio, in which some nineteen of twenty are not in
arrears at all; `portfolio.py` measures such a one.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Final, TypeVar

from attrs import frozen

from huurschuld import (
    Child,
    Contact,
    Credit,
    Dispute,
    Eviction,
    Household,
    Objection,
    OtherClaim,
    Payment,
    Plan,
    Refund,
    Rent,
    RentTerm,
    Reversal,
    Signal,
    Tenancy,
)
from huurschuld.testing.sample.dice import Dice

TERMS: Final = 24
SEED: Final = 2012

_T = TypeVar("_T")
_Entry = RentTerm | OtherClaim | Payment | Credit | Reversal | Refund


@frozen
class _Story:
    """What became of a tenancy in the end.

    Attributes:
        unpaid: how many of the last rent terms were not paid.
        short: by how many cents the last paid term was paid short.
        reminded: a written reminder was sent, with the offer to share.
        sought: the tenant was called, too.
        held: one of the holds applies.
    """

    unpaid: int = 0
    short: int = 0
    reminded: bool = False
    sought: bool = False
    held: bool = False


_STORIES: Final = (
    _Story(),
    _Story(short=500),
    _Story(unpaid=1),
    _Story(unpaid=2, reminded=True),
    _Story(unpaid=1, reminded=True, sought=True),
    _Story(unpaid=2, reminded=True, sought=True),
    _Story(unpaid=3, reminded=True, sought=True),
    _Story(unpaid=2, reminded=True, sought=True, held=True),
)


def tenancies(count: int, as_of: dt.date) -> tuple[Tenancy, ...]:
    """So many tenancies, always the same, with their history up to a day after the 7th of a month."""
    return tuple(_tenancy(number, as_of) for number in range(count))


def _tenancy(number: int, as_of: dt.date) -> Tenancy:
    dice = Dice(SEED, number)
    story = _STORIES[number % len(_STORIES)]
    four_weeks = number % 16 == 5
    due = [*(_every_four_weeks if four_weeks else _every_month)(as_of)]
    first_rent = dice.between(45_000, 90_000)
    rents = tuple(
        Rent(
            from_=day,
            cents=first_rent * (100 + 4 * step) // 100,
            per="four-weeks" if four_weeks else "month",
        )
        for step, day in enumerate((due[0], due[6], due[18]))
    )
    entries = tuple(dice.shuffled([*_ledger(dice, story, due, rents)]))
    hold = number // len(_STORIES) % 9 if story.held else None
    ago = _Ago(as_of)
    return Tenancy(
        id=f"bench-{number:04}",
        start=due[0],
        rents=rents,
        entries=entries,
        contacts=(*_contacts(dice, story, ago), *((_call_in(ago),) if hold == 0 else ())),
        household=Household(
            children=tuple(Child(born=ago(dice.between(0, 9_000))) for _ in range(dice.between(0, 2)))
        ),
        plans=_with_old(hold == 1, Plan(from_=ago(9)), Plan(from_=ago(500), until=ago(400))),
        disputes=_with_old(hold == 2, Dispute(from_=ago(30)), Dispute(from_=ago(600), until=ago(550))),
        objections=_with_old(
            # Also some who are not to be referred yet: they are reminded and called all the same.
            hold == 3 or number % 16 in (2, 11),
            Objection(date=ago(5)),
            Objection(date=ago(500), withdrawn=ago(480)),
        ),
        signals=_with_old(
            hold == 4, Signal(date=ago(3), cents=1_000_000), Signal(date=ago(500), cents=90_000)
        ),
        end=ago(10) if hold in (7, 8) else None,
        object="parking" if hold == 6 else "dwelling",
        deceased=ago(4) if hold == 5 else None,
        eviction=(Eviction(announced=ago(5), on=ago(-20)) if number % 25 == 6 or hold == 8 else None),
    )


@frozen
class _Ago:
    """`ago(5)` is the day five days before the day."""

    as_of: dt.date

    def __call__(self, days: int) -> dt.date:
        return self.as_of - dt.timedelta(days=days)


def _every_month(as_of: dt.date) -> Iterator[dt.date]:
    for back in reversed(range(TERMS)):
        year, month = divmod(as_of.year * 12 + as_of.month - 1 - back, 12)
        yield dt.date(year, month + 1, 1)


def _every_four_weeks(as_of: dt.date) -> Iterator[dt.date]:
    for back in reversed(range(TERMS)):
        yield as_of.replace(day=1) - dt.timedelta(weeks=4 * back)


def _ledger(dice: Dice, story: _Story, due: list[dt.date], rents: tuple[Rent, ...]) -> Iterator[_Entry]:
    """The rent terms, and a payment for each that was paid.

    One payment in four names its term; one in twenty was taken back, half of these in part, and what was
    taken paid again. Two tenants in five had another claim, one in five a credit, and one in ten paid
    something twice and got it back.
    """
    paid = TERMS - story.unpaid
    for index, day in enumerate(due):
        cents = next(rent.cents for rent in reversed(rents) if rent.from_ <= day)
        yield RentTerm(id=f"t{index}", due=day, cents=cents)
        if index >= paid:
            continue
        if index == paid - 1:
            cents -= story.short
        booked = day + dt.timedelta(days=dice.between(0, 3))
        settles = f"t{index}" if dice.chance(25) else None
        if dice.chance(5):
            taken = cents // 2 if dice.chance(50) else None
            back = booked + dt.timedelta(days=1)
            yield Payment(id=f"p{index}x", booked=booked, cents=cents, settles=settles)
            yield Reversal(id=f"s{index}", booked=back, reverses=f"p{index}x", cents=taken)
            booked, cents = booked + dt.timedelta(days=3), taken or cents
        yield Payment(id=f"p{index}", booked=booked, cents=cents, settles=settles)
    if dice.chance(40):
        yield OtherClaim(id="o", due=due[12], cents=7_500)
        yield Payment(id="po", booked=due[13], cents=7_500, settles="o")
    if dice.chance(20):
        yield Credit(id="c", booked=due[3], cents=100)
    if dice.chance(10):
        yield Payment(id="pt", booked=due[8], cents=50_000)
        yield Refund(id="f", booked=due[8] + dt.timedelta(days=6), cents=50_000)


def _contacts(dice: Dice, story: _Story, ago: _Ago) -> Iterator[Contact]:
    """What was said in this episode, and one or two contacts of long ago."""
    for _ in range(dice.between(1, 2)):
        yield Contact(date=ago(dice.between(200, 700)), channel="letter", reminder=True)
    if story.reminded:
        yield Contact(
            date=ago(dice.between(15, 17)),
            channel="letter",
            reminder=True,
            debt_help=True,
            offers_sharing=True,
        )
    if story.sought:
        yield Contact(date=ago(dice.between(5, 10)), channel="phone", reached=dice.chance(50))
        yield Contact(date=ago(dice.between(1, 4)), channel="visit", debt_help=True)


def _call_in(ago: _Ago) -> Contact:
    return Contact(date=ago(2), channel="phone", direction="in", reached=True)


def _with_old(applies: bool, now: _T, old: _T) -> tuple[_T, ...]:
    return (old, now) if applies else (old,)
