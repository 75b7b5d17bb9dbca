"""How tenants pay: the habits of those who keep up, and the ways in which others do not.

A habit takes rent terms and returns the payments for all of them. Arrears that are paid in time are a
habit too: no tenant with one of `HABITS` is in arrears on the day of the sample.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Final, TypeAlias

from huurschuld.testing.sample.dice import Dice
from huurschuld.testing.sample.ledger import Claim, Receipt, days, working_day

Habit: TypeAlias = Callable[[Dice, Sequence[Claim]], list[Receipt]]

#: Days from the due day on which a landlord collects by direct debit, by weight.
DEBIT_DAYS: Final = ((70, 0), (10, -4), (10, 2), (10, 4))


def direct_debit(dice: Dice, terms: Sequence[Claim]) -> list[Receipt]:
    """Direct debit (automatische incasso) on the due day or a fixed number of days around it."""
    shift = days(dice.weighted(DEBIT_DAYS))
    return [Receipt(working_day(term.due + shift), term.cents) for term in terms]


def standing_order(dice: Dice, terms: Sequence[Claim]) -> list[Receipt]:
    """A standing order just before the due day; some forget the July rise for a month."""
    shift = dice.between(-6, 0)
    forgets = dice.chance(30)
    payments, short = [], 0
    for number, term in enumerate(terms):
        cents = term.cents + short
        short = 0
        if forgets and term.due.month == 7 and 1 < number < len(terms) - 1:
            short = term.cents - terms[number - 1].cents
            cents -= short
        payments.append(Receipt(term.due + days(shift), cents))
    return payments


def by_hand(dice: Dice, terms: Sequence[Claim]) -> list[Receipt]:
    """A transfer of one's own around the due day, that names the term (betalingskenmerk)."""
    return [Receipt(term.due + days(dice.between(-5, 4)), term.cents, term.id) for term in terms]


def late_in_month(dice: Dice, terms: Sequence[Claim]) -> list[Receipt]:
    """Each term whole, but only once the month's wages or benefit are in."""
    payday = dice.between(8, 15)
    return [Receipt(term.due + days(payday + dice.below(4)), term.cents) for term in terms]


def end_of_month(dice: Dice, terms: Sequence[Claim]) -> list[Receipt]:
    """Each term whole, but only in the last week of its month."""
    payday = dice.between(21, 24)
    return [Receipt(term.due + days(payday + dice.below(3)), term.cents) for term in terms]


def in_parts(dice: Dice, terms: Sequence[Claim]) -> list[Receipt]:
    """Two or three part payments (deelbetalingen) within the month."""
    payments = []
    for term in terms:
        first = term.cents * dice.between(40, 60) // 100
        rest = term.cents - first
        payments.append(Receipt(term.due + days(dice.between(-3, 2)), first))
        if dice.chance(30):
            payments.append(Receipt(term.due + days(dice.between(5, 9)), rest // 2))
            rest -= rest // 2
        payments.append(Receipt(term.due + days(dice.between(10, 18)), rest))
    return payments


def month_ahead(dice: Dice, terms: Sequence[Claim]) -> list[Receipt]:
    """Always one month ahead, so that there is credit of a whole month."""
    return [
        Receipt(paid_with.due - days(dice.below(4)), term.cents)
        for paid_with, term in zip((terms[0], *terms), (*terms, terms[-1]), strict=True)
    ]


#: The habits of tenants of a rent that is not due by the month.
HABITS_OF_OTHER_PERIODS: Final[tuple[tuple[int, Habit], ...]] = (
    (75, direct_debit),
    (15, standing_order),
    (10, by_hand),
)

#: The habits of tenants who keep up, by weight.
HABITS: Final[tuple[tuple[int, Habit], ...]] = (
    (66, direct_debit),
    (15, standing_order),
    (6, by_hand),
    (6, late_in_month),
    (4, in_parts),
    (3, month_ahead),
)

#: The habits of those who are late each month, and get a text message now and then.
LATE_HABITS: Final = (late_in_month, in_parts)

#: The habits that tenants had before they fell behind: later and more often by hand, never ahead.
HABITS_BEFORE_ARREARS: Final[tuple[tuple[int, Habit], ...]] = (
    (45, direct_debit),
    (20, standing_order),
    (10, by_hand),
    (10, late_in_month),
    (10, end_of_month),
    (5, in_parts),
)


def nothing(_dice: Dice, _terms: Sequence[Claim]) -> list[Receipt]:
    """Nothing came in."""
    return []


def hardly(dice: Dice, terms: Sequence[Claim]) -> list[Receipt]:
    """Nothing, or a single part payment on the way."""
    if dice.chance(60):
        return []
    day = dice.one_of(terms).due + days(dice.between(5, 16))
    return [Receipt(day, dice.between(50, 200) * 100)]


def resumed_after(missed: int) -> Habit:
    """The first so many terms are missed; the others are paid by hand, each its own term."""

    def resumed(dice: Dice, terms: Sequence[Claim]) -> list[Receipt]:
        return by_hand(dice, terms[missed:])

    return resumed


def taken_back(dice: Dice, terms: Sequence[Claim]) -> list[Receipt]:
    """A direct debit of each term that the bank took back (storno), and nothing since."""
    return [
        Receipt(booked, term.cents, returned=working_day(booked + days(dice.between(2, 7))))
        for term in terms
        for booked in [working_day(term.due)]
    ]


def taken_back_in_part(dice: Dice, terms: Sequence[Claim]) -> list[Receipt]:
    """One collection for all terms, of which the bank took back the part of the last one."""
    booked = working_day(terms[-1].due)
    total = sum(term.cents for term in terms)
    returned = working_day(booked + days(dice.between(2, 7)))
    return [Receipt(booked, total, returned=returned, taken=terms[-1].cents)]


def paid_twice_before(dice: Dice, terms: Sequence[Claim]) -> list[Receipt]:
    """All terms but the last, the first of them twice; one of the two was paid back."""
    return with_refund(dice, standing_order(dice, terms[:-1]), 0)


def month_late(dice: Dice, terms: Sequence[Claim]) -> list[Receipt]:
    """Each term just after the next one fell due: the last one is open, and always was one."""
    return [
        Receipt(following.due + days(dice.between(1, 8)), term.cents)
        for term, following in pairwise(terms)
    ]


def partly(dice: Dice, terms: Sequence[Claim]) -> list[Receipt]:
    """A dip in income: a part of each term, in one or two payments."""
    share = dice.between(50, 85)
    payments = []
    for term in terms:
        cents = term.cents * min(95, share + dice.between(-10, 10)) // 100
        first = cents * dice.one_of((50, 60, 100)) // 100
        payments.append(Receipt(term.due + days(dice.between(0, 5)), first))
        if cents > first:
            payments.append(Receipt(term.due + days(dice.between(8, 18)), cents - first))
    return payments


def always(cents: int) -> Habit:
    """A standing order of a fixed amount, regardless of the rent."""

    def unchanged(dice: Dice, terms: Sequence[Claim]) -> list[Receipt]:
        shift = dice.between(-6, 0)
        return [Receipt(term.due + days(shift), cents) for term in terms]

    return unchanged


def a_little_short(dice: Dice, terms: Sequence[Claim]) -> list[Receipt]:
    """All terms, the first a few euros short by a slip of the finger."""
    first, *others = standing_order(dice, terms)
    return [first._replace(cents=first.cents - dice.between(150, 950)), *others]


def withholding(cents: int) -> Habit:
    """Each term but for a part that is withheld (opschorting)."""

    def withheld(dice: Dice, terms: Sequence[Claim]) -> list[Receipt]:
        return [Receipt(term.due - days(dice.below(4)), term.cents - cents) for term in terms]

    return withheld


def with_instalments(missed: int, kept: int, cents: int) -> Habit:
    """So many terms missed, then so many paid with an instalment each; after that nothing."""

    def instalments(dice: Dice, terms: Sequence[Claim]) -> list[Receipt]:
        payments = []
        for term in terms[missed : missed + kept]:
            day = term.due + days(dice.below(4))
            payments += [Receipt(day, term.cents), Receipt(day + days(dice.below(3)), cents)]
        return payments

    return instalments


def with_storno(dice: Dice, payments: list[Receipt], number: int) -> list[Receipt]:
    """The same payments, of which the bank took one back; it came in again a week or more later.

    Now and then the landlord had collected something else with it, and only half of it came back.
    """
    taken = payments[number]
    returned = working_day(taken.booked + days(dice.between(2, 6)))
    again = working_day(returned + days(7 if dice.chance(75) else dice.between(10, 25)))
    back = taken.cents // 2 if dice.chance(15) else taken.cents
    part = None if back == taken.cents else back
    both = taken._replace(returned=returned, taken=part), taken._replace(booked=again, cents=back)
    return [*payments[:number], *both, *payments[number + 1 :]]


def with_refund(dice: Dice, payments: list[Receipt], number: int) -> list[Receipt]:
    """The same payments, of which one was made twice; the landlord paid that back (terugbetaling)."""
    once = payments[number]
    twice = once._replace(booked=once.booked + days(dice.between(0, 3)), settles=None)
    back = Receipt(working_day(twice.booked + days(dice.between(8, 20))), once.cents, kind="refund")
    return [*payments, twice, back]


def netted(receipts: list[Receipt], credit: Receipt) -> list[Receipt]:
    """The same receipts, of which the next payment is less by what the tenant got back."""
    for number, receipt in enumerate(receipts):
        later = receipt.booked > credit.booked + days(10) and receipt.returned is None
        if later and receipt.kind == "payment" and receipt.cents > credit.cents:
            less = receipt._replace(cents=receipt.cents - credit.cents)
            return [*receipts[:number], less, *receipts[number + 1 :]]
    return receipts


def no_later_than(receipts: Sequence[Receipt], day: dt.date) -> list[Receipt]:
    """The same receipts; what would come after the day came on it."""
    return [
        it
        if it.booked <= day and (it.returned is None or it.returned <= day)
        else it._replace(booked=min(it.booked, day), returned=it.returned and min(it.returned, day))
        for it in receipts
    ]
