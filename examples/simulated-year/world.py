"""The invented municipality: its households, how they pay, and the days that go by.

Nobody here exists. What a household will do is drawn from the seed and its tenancy alone, so the same
seed gives the same year.
"""

from __future__ import annotations

import datetime as dt
import heapq
import random
from collections.abc import Callable, Iterator
from enum import Enum, auto
from typing import Final, Literal

from attrs import Factory, define

from huurschuld import (
    Child,
    Contact,
    Eviction,
    Household as Members,
    Payment,
    Plan,
    Rent,
    RentTerm,
    Signal,
    StatedFact,
    Tenancy,
)
from huurschuld.cases import CALENDAR
from huurschuld.model.referral import ContactDetails

YEAR: Final = 2025
LEDGERS_BEGIN: Final = dt.date(2024, 10, 1)
YEAR_ENDS: Final = dt.date(YEAR, 12, 31)
LAST_DAY: Final = dt.date(YEAR + 1, 3, 31)
"""The cases of the autumn are worked on until then."""

Steps = Iterator[dt.date]
"""A story: what happens on a day is done, and the day on which it goes on is yielded."""


def days(number: int) -> dt.timedelta:
    """So many days."""
    return dt.timedelta(days=number)


def working_day(day: dt.date) -> dt.date:
    """The day, or the first working day after it."""
    while not CALENDAR.is_working_day(day):
        day += days(1)
    return day


def months(first: dt.date, last: dt.date) -> Iterator[dt.date]:
    """The first day of each month of a period."""
    for number in range(first.year * 12 + first.month - 1, last.year * 12 + last.month):
        yield dt.date(number // 12, number % 12 + 1, 1)


class Days:
    """The days that go by: stories go on when their day has come."""

    def __init__(self) -> None:
        self.today = LEDGERS_BEGIN
        self._waiting: list[tuple[dt.date, int, Steps]] = []
        self._number = 0
        self._second = 0

    def begin(self, day: dt.date, story: Steps) -> None:
        """Have a story begin on a day."""
        self._number += 1
        heapq.heappush(self._waiting, (day, self._number, story))

    def once(self, day: dt.date, act: Callable[[dt.date], None]) -> None:
        """Have something done on a day."""

        def story() -> Steps:
            act(self.today)
            yield from ()

        self.begin(day, story())

    def go_by(self, last: dt.date) -> None:
        """Let the days go by, up to and including one."""
        while self._waiting and self._waiting[0][0] <= last:
            day, _, story = heapq.heappop(self._waiting)
            if day > self.today:
                self.today, self._second = day, 0
            following = next(story, None)
            if following is not None:
                self.begin(max(following, self.today), story)

    def clock(self) -> dt.datetime:
        """The time: from nine in the morning, and a second later each time that it is asked."""
        self._second += 1
        nine = dt.datetime.combine(self.today, dt.time(9), dt.UTC)
        return nine + dt.timedelta(seconds=self._second)


class Pays(Enum):
    """How a household pays at present."""

    RENT = auto()
    PART = auto()
    NOTHING = auto()
    PLAN = auto()


@define(eq=False)
class Household:
    """A household that rents a home, and what its landlord has on it.

    `falls_behind` and `recovers` are months: from the one on the rent is not paid, in the other
    everything is paid at once, without anybody's help.
    """

    tenancy: str
    contact: ContactDetails
    rent: int
    dice: random.Random
    children: tuple[dt.date, ...] = ()
    falls_behind: dt.date | None = None
    recovers: dt.date | None = None
    paying: Pays = Pays.RENT
    instalment: int = 0
    breaks_off: dt.date | None = None
    owed: int = 0
    end: dt.date | None = None
    eviction: Eviction | None = None
    entries: list[RentTerm | Payment] = Factory(list)
    contacts: list[Contact] = Factory(list)
    plans: list[Plan] = Factory(list)
    facts: list[StatedFact] = Factory(list)

    def month(self, first: dt.date) -> None:
        """The rent of a month falls due, and is paid, or not."""
        if self.end is not None:
            return
        self.entries.append(RentTerm(id=f"R-{first:%Y-%m}", due=first, cents=self.rent))
        self.owed += self.rent
        if first == self.falls_behind:
            self.paying = Pays.NOTHING if self.dice.random() < 0.7 else Pays.PART
        if self.paying is Pays.PLAN and self.breaks_off is not None and first >= self.breaks_off:
            self.paying = Pays.NOTHING
        if first == self.recovers and self.paying in {Pays.NOTHING, Pays.PART}:
            self.paying = Pays.RENT
            self.pay(first + days(4), self.owed)
            return
        day = first + days(self.dice.choice((0, 0, 0, 1, 2, 4)))
        match self.paying:
            case Pays.RENT:
                self.pay(day, min(self.rent, self.owed))
            case Pays.PART:
                self.pay(day, self.rent // 3)
            case Pays.PLAN:
                self.pay(day, min(self.rent + self.instalment, self.owed))

    def pay(self, day: dt.date, cents: int) -> None:
        """A payment comes in."""
        if cents > 0:
            self.entries.append(Payment(id=f"P-{len(self.entries)}", booked=day, cents=cents))
            self.owed -= cents

    @property
    def rents(self) -> list[Rent]:
        """Its rent, from the first day on."""
        return [Rent(from_=LEDGERS_BEGIN, cents=self.rent)]

    @property
    def is_behind(self) -> bool:
        """Whether it is at least a month behind, and not in a plan that runs."""
        return self.owed >= self.rent and self.paying is not Pays.PLAN

    def approach(self, day: dt.date, channel: Literal["letter", "phone"]) -> None:
        """The landlord writes, or calls."""
        is_letter = channel == "letter"
        told = Contact(
            date=day, channel=channel, reminder=is_letter, offers_sharing=is_letter, debt_help=True
        )
        self.contacts.append(told)

    def as_tenancy(self, signals: list[Signal]) -> Tenancy:
        """The household as its landlord's application knows it."""
        return Tenancy(
            id=self.tenancy,
            start=LEDGERS_BEGIN,
            end=self.end,
            rents=self.rents,
            entries=self.entries,
            contacts=self.contacts,
            household=Members(children=[Child(born=born) for born in self.children]),
            plans=self.plans,
            disputes=[],
            objections=[],
            signals=signals,
            facts=self.facts,
            eviction=self.eviction,
        )


_STREETS: Final = ("Voorbeeldstraat", "Duinweg", "Sluiskade", "Molenpad", "Helmlaan", "Zeereep")
_NAMES: Final = ("Voorbeeld", "Verzonnen", "Nergens", "Niemand", "Fictie", "Doorsnee")


def invent(seed: int, prefix: str, number: int, area: int) -> Household:
    """Invent a household: some fall behind in the year, more of those with children."""
    tenancy = f"{prefix}-{number:05}"
    dice = random.Random(f"{seed}:{tenancy}")
    number_of_children = dice.choice((0, 0, 0, 0, 1, 2, 3))
    ages = [dice.randrange(365, 17 * 365) for _ in range(number_of_children)]
    house = Household(
        tenancy=tenancy,
        contact=ContactDetails(
            name=f"{dice.choice('ABCDEFGHJKLM')}. {dice.choice(_NAMES)}-{prefix}{number}",
            street=dice.choice(_STREETS),
            house_number=number % 900 + 1,
            postcode=f"{1000 + area * 10 + number // 900}VB",
            place="Voorbeeldstad",
            phone=f"06-{area}{number:07}",
        ),
        rent=dice.randrange(48_000, 88_000, 500),
        dice=dice,
        children=tuple(YEAR_ENDS - days(it) for it in ages),
    )
    if dice.random() < (0.085 if ages else 0.05):
        house.falls_behind = dice.choice(list(months(dt.date(YEAR - 1, 11, 1), dt.date(YEAR, 10, 1))))
        if dice.random() < 0.45:
            after = dice.choice((1, 2, 3, 4, 5, 6, 7))
            *_, house.recovers = months(house.falls_behind, house.falls_behind + days(after * 31))
    return house
