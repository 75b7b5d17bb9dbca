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

from huurschuld.model.tenancy import PAYMENTS_A_YEAR, Rent, RentedObject, RentPeriod
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
    object: RentedObject = "dwelling"

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
    """A `payment`, `credit` or `refund`: which claim it names, and when the bank took it back (storno).

    `taken` is how much of it the bank took; None is all.
    """

    booked: dt.date
    cents: int
    settles: str | None = None
    returned: dt.date | None = None
    kind: str = "payment"
    taken: int | None = None


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


class Let(NamedTuple):
    """What is let: of which kind, how often its rent is due, its lowest rent a month and its range."""

    object: RentedObject = "dwelling"
    per: RentPeriod = "month"
    lowest: int = 38_000
    spread: int = 22_000


HOME: Final = Let()
ROOM: Final = Let(per="week", lowest=34_000, spread=8_000)
GARAGE: Final = Let("parking", lowest=5_500, spread=2_500)
STORAGE: Final = Let("storage", "quarter", lowest=4_000, spread=2_000)


def make_lease(
    dice: Dice, calendar: Calendar, start: dt.date, end: dt.date | None = None, let: Let = HOME
) -> Lease:
    """A lease, of a home at about 380 to 900 euros a month, raised every 1 July (huurverhoging).

    In the year in which a lease starts it is not raised. Of an older lease the rents are given
    from the July before the history.
    """
    as_of, first = calendar.as_of, calendar.months[0].due
    julys = [dt.date(first.year + n, 7, 1) for n in range(-1, 4)]
    known_from = max(july for july in julys if july <= first)
    # The middle of the range is the most common.
    cents = let.lowest + dice.below(let.spread) + dice.below(let.spread)
    cents = cents * 12 // PAYMENTS_A_YEAR[let.per]
    rents = [Rent(from_=max(start, known_from), cents=cents, per=let.per)]
    for july in julys:
        if max(known_from, dt.date(start.year, 12, 31)) < july <= min(end or as_of, as_of):
            cents = cents * (1000 + dice.between(30, 50)) // 1000
            rents.append(Rent(from_=july, cents=cents, per=let.per))
    return Lease(start, end, tuple(rents), let.object)


def rent_terms(calendar: Calendar, lease: Lease) -> list[Claim]:
    """The rent terms (huurtermijnen), as often as they are due; of a month that is not whole, a part.

    Those of months and quarters are due on the 1st, those of weeks on Monday.
    """
    start, end = lease.start, lease.end or calendar.months[-1].due
    per = lease.rents[0].per
    if per == "week":
        return list(_weeks(calendar, lease))
    if per == "quarter":
        return [
            Claim(f"R-{label}", "rent", due, booked, lease.rent_on(due))
            for due, booked, label, _ in calendar.months
            if due.month % 3 == 1 and start <= due <= end
        ]
    terms = []
    for due, booked, label, length in calendar.months:
        if start <= due <= end:
            terms.append(Claim(f"R-{label}", "rent", due, booked, lease.rent_on(due)))
        elif due < start <= calendar.as_of and start < due + days(length):
            part = lease.rent_on(start) * (length - start.day + 1) // length
            terms.append(Claim(f"R-{label}", "rent", start, start, part))
    return terms


def _weeks(calendar: Calendar, lease: Lease) -> Iterator[Claim]:
    """The terms of a rent by the week, each booked on the Thursday before."""
    due = working_day(max(lease.start, calendar.months[0].due))
    due += days(-due.weekday() % 7)
    while due - days(4) <= calendar.as_of:
        year, week, _ = due.isocalendar()
        yield Claim(f"R-{year}-W{week:02d}", "rent", due, due - days(4), lease.rent_on(due))
        due += days(7)


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

    The sums of the arrears rules, by what was known on each day; they hold here because no claim is
    named for more than it is, and nothing is paid back that was not there.
    """
    rent_due = {claim.id: claim.due for claim in ledger.claims if claim.kind == "rent"}
    moved: Counter[dt.date] = Counter()
    for claim in ledger.claims:
        if claim.kind == "rent":
            moved[claim.due] += claim.cents
    for receipt in ledger.receipts:
        if receipt.kind == "refund":
            moved[receipt.booked] += receipt.cents
        elif receipt.settles is None or receipt.settles in rent_due:
            day = receipt.booked
            if receipt.settles is not None:
                day = max(day, rent_due[receipt.settles])
            moved[day] -= receipt.cents
            if receipt.returned is not None:
                back = receipt.cents if receipt.taken is None else receipt.taken
                moved[max(day, receipt.returned)] += back
    changed = sorted(day for day in moved if day <= as_of)
    return list(zip(changed, accumulate(moved[day] for day in changed), strict=True))


def owed_on(course: list[tuple[dt.date, int]], day: dt.date) -> int:
    """The rent owed in cents at the end of a day, from the balances."""
    return max(0, next((owed for changed, owed in reversed(course) if changed <= day), 0))


#: Who owes less than this is not behind.
FLOOR: Final = 1_000


def episode_start(course: list[tuple[dt.date, int]]) -> dt.date | None:
    """The first day of the arrears that run to the end, or none without arrears."""
    start = None
    for day, owed in course:
        if owed < FLOOR:
            start = None
        elif start is None:
            start = day
    return start


#: The columns of the entries table, in the order of `entry_rows`.
ENTRY_COLUMNS: Final = ("tenancy", "id", "due", "booked", "cents", "settles", "reverses", "kind")


_PREFIX: Final = {"payment": "P-", "credit": "C-", "refund": "T-"}


def entry_rows(tenancy: str, ledger: Ledger) -> list[tuple[object, ...]]:
    """Return the rows of the entries table, in the order of booking, with ids such as `P-2026-10-1`."""
    rows: list[tuple[dt.date, tuple[object, ...]]] = []
    for id_, kind, due, booked, cents in ledger.claims:
        rows.append((booked, (tenancy, id_, due, booked, cents, None, None, kind)))
    numbers: dict[str, int] = {}
    received = sorted(ledger.receipts, key=attrgetter("booked"))
    for booked, cents, settles, returned, kind, taken in received:
        month = _PREFIX[kind] + booked.isoformat()[:7]
        numbers[month] = number = numbers.get(month, 0) + 1
        id_ = f"{month}-{number}"
        rows.append((booked, (tenancy, id_, None, booked, cents, settles, None, kind)))
        if returned is not None:
            reversal = (tenancy, f"S{id_[1:]}", None, returned, taken, None, id_, "reversal")
            rows.append((returned, reversal))
    rows.sort(key=itemgetter(0))
    return [row for _, row in rows]
