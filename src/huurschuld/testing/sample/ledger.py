"""The money of an invented tenancy: its lease, claims, receipts and balance.

How a tenant pays is in `payments`; why one falls behind, in `stories`.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from itertools import accumulate, pairwise
from operator import attrgetter, itemgetter
from typing import Final, NamedTuple

from huurschuld.model.tenancy import Rent
from huurschuld.testing.sample.dice import Dice

#: Months of history, the month of the day itself included.
HISTORY_MONTHS: Final = 24


class Month(NamedTuple):
    """A month of rent: its first day, the day its rent is booked, `2026-10`, its length in days."""

    due: dt.date
    booked: dt.date
    label: str
    length: int


class Calendar(NamedTuple):
    """The day of the sample (peildatum) and the months of history up to it, oldest first."""

    as_of: dt.date
    months: tuple[Month, ...]


class Lease(NamedTuple):
    """A lease (huurovereenkomst) with the rents that its history needs, oldest first."""

    start: dt.date
    end: dt.date | None
    rents: tuple[Rent, ...]

    def rent_on(self, day: dt.date) -> int:
        """The rent in force on a day, in cents."""
        for rent in reversed(self.rents):
            if rent.from_ <= day:
                return rent.cents
        return self.rents[0].cents


class Claim(NamedTuple):
    """What the landlord claims (vordering), of the kind `rent` or `other`."""

    id: str
    kind: str
    due: dt.date
    booked: dt.date
    cents: int


class Receipt(NamedTuple):
    """A `payment` or `credit`: which claim it names, and when the bank took it back (storno)."""

    booked: dt.date
    cents: int
    settles: str | None = None
    returned: dt.date | None = None
    kind: str = "payment"


class Ledger(NamedTuple):
    """A lease with all its claims and receipts."""

    lease: Lease
    claims: list[Claim]
    receipts: list[Receipt]


def days(count: int) -> dt.timedelta:
    """So many calendar days."""
    return dt.timedelta(count)


def working_day(day: dt.date) -> dt.date:
    """The day itself, or the Monday after a weekend."""
    weekday = day.weekday()
    return day if weekday < 5 else day + dt.timedelta(7 - weekday)


def calendar_of(as_of: dt.date) -> Calendar:
    """The months of history up to a day; the next one too, where its rent is booked by then."""
    latest = as_of.year * 12 + as_of.month - 1
    oldest = latest - HISTORY_MONTHS + 1
    firsts = [dt.date(n // 12, n % 12 + 1, 1) for n in range(oldest, latest + 3)]
    months = (
        Month(due, due - days(4 + due.month % 3), due.isoformat()[:7], (following - due).days)
        for due, following in pairwise(firsts)
    )
    return Calendar(as_of, tuple(month for month in months if month.booked <= as_of))


def make_lease(dice: Dice, calendar: Calendar, start: dt.date, end: dt.date | None = None) -> Lease:
    """A lease at about 380 to 900 euros a month, raised every 1 July (huurverhoging).

    In the year in which a lease starts it is not raised. Of an older lease the rents are given
    from the July before the history.
    """
    as_of, first = calendar.as_of, calendar.months[0].due
    julys = [dt.date(first.year + n, 7, 1) for n in range(-1, 4)]
    known_from = max(july for july in julys if july <= first)
    # The middle of the range is the most common.
    rents = [Rent(from_=max(start, known_from), cents=38_000 + dice.below(22_000) + dice.below(22_000))]
    for july in julys:
        if max(known_from, dt.date(start.year, 12, 31)) < july <= min(end or as_of, as_of):
            rents.append(Rent(from_=july, cents=rents[-1].cents * (1000 + dice.between(30, 50)) // 1000))
    return Lease(start, end, tuple(rents))


def rent_terms(calendar: Calendar, lease: Lease) -> list[Claim]:
    """The rent terms (huurtermijnen), due on the 1st; a first month that is not whole, pro rata."""
    start, end = lease.start, lease.end or calendar.months[-1].due
    terms = []
    for due, booked, label, length in calendar.months:
        if start <= due <= end:
            terms.append(Claim(f"R-{label}", "rent", due, booked, lease.rent_on(due)))
        elif due < start <= calendar.as_of and start < due + days(length):
            part = lease.rent_on(start) * (length - start.day + 1) // length
            terms.append(Claim(f"R-{label}", "rent", start, start, part))
    return terms


def end_credit(calendar: Calendar, lease: Lease, last: Claim) -> Iterator[Receipt]:
    """The credit note for the days after a lease that ended within a month (eindafrekening)."""
    if lease.end is not None:
        length = next(month.length for month in calendar.months if last.id == f"R-{month.label}")
        unused = last.cents * (length - lease.end.day) // length
        if unused:
            booked = min(working_day(lease.end + days(6)), calendar.as_of)
            yield Receipt(booked, unused, last.id, kind="credit")


def settlement_days(calendar: Calendar, lease: Lease) -> list[dt.date]:
    """The days in June on which the service costs of the year before are settled."""
    junes = [month.due + days(8) for month in calendar.months if month.due.month == 6]
    last = min(lease.end or calendar.as_of, calendar.as_of)
    return [day for day in junes if lease.start.year < day.year and day <= last]


def service_claim(dice: Dice, day: dt.date) -> Claim:
    """What a tenant pays extra for service costs (afrekening servicekosten)."""
    return Claim(f"K-{day:%Y-%m}-1", "other", day + days(21), day, dice.between(1_200, 18_000))


def damage_claim(dice: Dice, day: dt.date) -> Claim:
    """A claim for damage or a fee, such as a lost key or a blocked drain."""
    return Claim(f"K-{day:%Y-%m}-2", "other", day + days(14), day, dice.between(2_500, 45_000))


def balances(ledger: Ledger, as_of: dt.date) -> list[tuple[dt.date, int]]:
    """The rent owed at the end of each day on which it changed, oldest first; below 0 is credit.

    The sums of the arrears rules; they hold here because no claim is named for more than it is.
    """
    rent_due = {claim.id: claim.due for claim in ledger.claims if claim.kind == "rent"}
    moved: Counter[dt.date] = Counter()
    for claim in ledger.claims:
        if claim.kind == "rent":
            moved[claim.due + days(1)] += claim.cents
    for receipt in ledger.receipts:
        if receipt.returned is None and (receipt.settles is None or receipt.settles in rent_due):
            day = receipt.booked
            if receipt.settles is not None:
                day = max(day, rent_due[receipt.settles] + days(1))
            moved[day] -= receipt.cents
    changed = sorted(day for day in moved if day <= as_of)
    return list(zip(changed, accumulate(moved[day] for day in changed), strict=True))


def owed_on(course: list[tuple[dt.date, int]], day: dt.date) -> int:
    """The arrears (huurachterstand) in cents on a day, from the balances."""
    return max(0, next((owed for changed, owed in reversed(course) if changed <= day), 0))


def episode_start(course: list[tuple[dt.date, int]]) -> dt.date | None:
    """The day before the arrears that run to the end began, or none without arrears."""
    start = None
    for day, owed in course:
        if owed <= 0:
            start = None
        elif start is None:
            start = day - days(1)
    return start


#: The columns of the entries table, in the order of `entry_rows`.
ENTRY_COLUMNS: Final = ("tenancy", "id", "due", "booked", "cents", "settles", "reverses", "kind")


def entry_rows(tenancy: str, ledger: Ledger) -> list[tuple[object, ...]]:
    """Return the rows of the entries table, in the order of booking, with ids such as `P-2026-10-1`."""
    rows: list[tuple[dt.date, tuple[object, ...]]] = []
    for id_, kind, due, booked, cents in ledger.claims:
        rows.append((booked, (tenancy, id_, due, booked, cents, None, None, kind)))
    numbers: dict[str, int] = {}
    for booked, cents, settles, returned, kind in sorted(ledger.receipts, key=attrgetter("booked")):
        month = ("P-" if kind == "payment" else "C-") + booked.isoformat()[:7]
        numbers[month] = number = numbers.get(month, 0) + 1
        id_ = f"{month}-{number}"
        rows.append((booked, (tenancy, id_, None, booked, cents, settles, None, kind)))
        if returned is not None:
            reversal = (tenancy, f"S{id_[1:]}", None, returned, None, None, id_, "reversal")
            rows.append((returned, reversal))
    rows.sort(key=itemgetter(0))
    return [row for _, row in rows]
