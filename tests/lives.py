"""Lives of tenants, day by day: what becomes of each when the landlord does what is advised.

A life is a tenancy that grows: each day the bookings of that day are added, then the advice of that day
is asked, and the landlord follows it the same day: `remind` is a letter, `contact` a call, `refer` a
signal. Nobody here exists. `python tests/lives.py` draws the life that `docs/lives.md` shows.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable, Iterator
from itertools import groupby
from typing import Final

from attrs import Factory, define, frozen

from huurschuld import (
    Advice,
    Contact,
    Decision,
    Household,
    Payment,
    Plan,
    Rent,
    RentTerm,
    Reversal,
    Signal,
    Tenancy,
    decide,
)
from huurschuld.model.entries import Entry

RENT: Final = 60_000
FIRST: Final = dt.date(2024, 1, 1)
YEARS: Final = 730
MONTHS: Final = [dt.date(2024 + number // 12, number % 12 + 1, 1) for number in range(24)]

Paid = list[tuple[dt.date, int]]
Pays = Callable[[int, dt.date], Paid]
"""What comes in for the term of a month, by its number and its due day: (day, cents)."""


@frozen
class Life:
    """How a tenant pays, from the first day on.

    Attributes:
        kind: what kind of tenant it is.
        bookings: the entries by the day on which they are booked.
        plan: the payment arrangement; it is known from its first day on.
    """

    kind: str
    bookings: dict[dt.date, list[Entry]]
    plan: Plan | None = None

    def stornos(self) -> set[dt.date]:
        """The days on which the bank takes a payment back."""
        return {day for day, them in self.bookings.items() for it in them if isinstance(it, Reversal)}


@define
class Diary:
    """What was advised on each day, and what the landlord did."""

    days: dict[dt.date, Decision] = Factory(dict)
    letters: list[dt.date] = Factory(list)
    calls: list[dt.date] = Factory(list)
    referrals: list[dt.date] = Factory(list)

    def advice(self, day: dt.date) -> Advice:
        """The advice of a day."""
        return self.days[day].advice

    def episode(self, day: dt.date) -> dt.date | None:
        """The first day of the arrears of a day."""
        return self.days[day].facts.episode_start


def live(life: Life, policy: str, days: int) -> Diary:
    """Go through so many days, the landlord following each advice."""
    diary = Diary()
    entries: list[Entry] = []
    signals: list[Signal] = []
    contacts: list[Contact] = []
    for number in range(days):
        day = FIRST + dt.timedelta(days=number)
        entries += life.bookings.get(day, ())
        agreed = life.plan is not None and life.plan.from_ <= day
        tenancy = Tenancy(
            id="T-1",
            start=dt.date(2010, 1, 1),
            rents=[Rent(from_=dt.date(2010, 1, 1), cents=RENT)],
            entries=entries,
            contacts=contacts,
            household=Household(children=()),
            plans=[life.plan] if agreed and life.plan is not None else [],
            disputes=[],
            objections=[],
            signals=signals,
        )
        decision = diary.days[day] = decide(tenancy, policy, day, engine="reference")
        match decision.advice:
            case Advice.REMIND:
                diary.letters.append(day)
                contacts.append(
                    Contact(
                        date=day, channel="letter", reminder=True, offers_sharing=True, debt_help=True
                    )
                )
            case Advice.CONTACT:
                diary.calls.append(day)
                contacts.append(Contact(date=day, channel="phone", debt_help=True))
            case Advice.REFER:
                diary.referrals.append(day)
                signals.append(Signal(date=day, cents=decision.facts.arrears_cents or 0))
    return diary


def pays(kind: str, habit: Pays, plan: Plan | None = None) -> Life:
    """The life of a tenant with this habit."""
    bookings: dict[dt.date, list[Entry]] = {}
    for number, due in enumerate(MONTHS):
        term = RentTerm(id=f"r{number:02}", due=due, cents=RENT)
        bookings.setdefault(due, []).append(term)
        for part, (day, cents) in enumerate(habit(number, due)):
            payment = Payment(id=f"p{number:02}{part}", booked=day, cents=cents)
            bookings.setdefault(day, []).append(payment)
    return Life(kind, bookings, plan)


def on(day: int, cents: int = RENT, missed: int = 0) -> Pays:
    """So much on that day of each month, after so many months in which nothing came."""
    return lambda number, due: [] if number < missed else [(due.replace(day=day), cents)]


def a_month_late(_: int, due: dt.date) -> Paid:
    """Each term on the fourth of the next month."""
    return [((due + dt.timedelta(days=31)).replace(day=4), RENT)]


def half_a_month_behind(number: int, due: dt.date) -> Paid:
    """Half of the first term stays open, and all others are paid on their day."""
    return [(due, RENT // 2 if number == 0 else RENT)]


def half_a_month_behind_and_late(number: int, due: dt.date) -> Paid:
    """Half of the first term stays open, and all others are paid on the fifth."""
    return [(due.replace(day=5), RENT // 2 if number == 0 else RENT)]


def with_stornos() -> Life:
    """The bank takes every second payment back on the sixth; it comes in again on the twentieth."""
    life = pays("a storno each second month", on(1))
    for number, due in enumerate(MONTHS[::2]):
        back, again = due.replace(day=6), due.replace(day=20)
        taken = Reversal(id=f"s{number:02}", booked=back, reverses=f"p{2 * number:02}0")
        life.bookings.setdefault(back, []).append(taken)
        life.bookings.setdefault(again, []).append(Payment(id=f"q{number:02}", booked=again, cents=RENT))
    return life


PLAN_AGREED: Final = dt.date(2024, 3, 10)
PLAN_BROKEN: Final = dt.date(2024, 9, 10)


def with_a_plan(kind: str, broken_on: dt.date | None, day: int = 5) -> Life:
    """Three months missed, then a plan: the rent, and a quarter more, until it is kept or broken."""

    def habit(number: int, due: dt.date) -> Paid:
        if number < 3 or (broken_on is not None and due >= broken_on):
            return []
        rent = [(due.replace(day=day), RENT)]
        return [*rent, (due.replace(day=6), RENT // 4)] if number < 15 else rent

    return pays(kind, habit, Plan(from_=PLAN_AGREED, cents=3 * RENT, broken_on=broken_on))


def at_random(seed: int) -> Life:
    """Sums of any size on any day; nothing in some months."""
    chance = random.Random(seed)

    def habit(_: int, due: dt.date) -> Paid:
        return [
            (due + dt.timedelta(days=chance.randrange(28)), chance.choice((10_000, 30_000, RENT)))
            for _ in range(chance.choice((0, 1, 1, 2)))
        ]

    return pays(f"at random, {seed}", habit)


LIVES: Final = {
    life.kind: life
    for life in (
        pays("never pays", lambda *_: []),
        pays("pays on the 25th", on(25)),
        pays("always a month late", a_month_late),
        pays("540 of 600 on the 1st", on(1, 54_000)),
        pays("540 of 600 on the 5th", on(5, 54_000)),
        pays("missed one and pays on the 1st since", on(1, missed=1)),
        pays("missed one and pays on the 5th since", on(5, missed=1)),
        pays("missed two and pays on the 1st since", on(1, missed=2)),
        pays("missed two and pays on the 5th since", on(5, missed=2)),
        pays("half a month behind", half_a_month_behind),
        pays("half a month behind and pays on the 5th", half_a_month_behind_and_late),
        with_a_plan("a plan that is kept", None),
        with_a_plan("a plan that is kept, and the rent on the 1st", None, day=1),
        with_a_plan("a plan that is broken", PLAN_BROKEN),
        with_stornos(),
        *map(at_random, range(4)),
    )
}

SIGNS: Final = {
    Advice.NONE: ".",
    Advice.WAIT: "w",
    Advice.REMIND: "L",
    Advice.CONTACT: "C",
    Advice.HOLD: "h",
    Advice.REFER: "R",
    Advice.ASK: "?",
}
SHOWN: Final = ("a plan that is broken", "bgs-2021", 366)
"""The life on the page: the kind, the policy, and how many days of it."""


def drawn(diary: Diary) -> str:
    """Draw a life: a line for each month, a sign for the advice of each day."""
    return "\n".join(_lines(diary))


def _lines(diary: Diary) -> Iterator[str]:
    yield "         1   5    10   15   20   25   30"
    for month, days in groupby(diary.days, key=lambda day: f"{day:%Y-%m}"):
        yield f"{month}  {''.join(SIGNS[diary.advice(day)] for day in days)}"


if __name__ == "__main__":
    kind, policy, length = SHOWN
    print(drawn(live(LIVES[kind], policy, length)))  # noqa: T201 - it is for the page
