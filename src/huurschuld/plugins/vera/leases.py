"""Leases (huurovereenkomsten) and their rents (prijscomponenten)."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from itertools import groupby
from typing import Final, cast

from huurschuld.errors import Cell, InvalidValue, MissingField
from huurschuld.model.tenancy import PAYMENTS_A_YEAR, RentPeriod
from huurschuld.model.values import LOWEST_RENT_A_YEAR
from huurschuld.plugins.vera.items import Item
from huurschuld.plugins.vera.settings import Settings
from huurschuld.plugins.vera.store import Row, Store

OF_LEASE: Final = "huurovereenkomsten"
"""The collection of leases alone."""
OF_AGREEMENT: Final = frozenset({OF_LEASE, "overeenkomsten"})
"""The collections whose ids are those of leases."""
OF_RELATION: Final = frozenset({"relaties", "natuurlijk-personen", "rechtspersonen", "relatiegroepen"})
"""The collections whose ids are those of relations."""


_LOWEST_RENT: Final = 100
_INTERVAL: Final = re.compile(
    r"P(?=\d)(?:(?P<years>\d{1,4})Y)?(?:(?P<months>\d{1,4})M)?"
    r"(?:(?P<weeks>\d{1,4})W|(?P<days>\d{1,4})D)?(?:T(?=\d)(?:0+H)?(?:0+M)?(?:0+S)?)?",
    re.ASCII,
)
_PERIODS: Final[dict[tuple[int, int], RentPeriod]] = {
    (12, 0): "year",
    (6, 0): "half-year",
    (3, 0): "quarter",
    (1, 0): "month",
    (0, 28): "four-weeks",
    (0, 7): "week",
}
"""The period of a rent by the months and days of its interval."""


def iso(day: dt.date | None) -> str | None:
    """Write a day as it is stored."""
    return None if day is None else day.isoformat()


def agreement_row(item: Item, settings: Settings) -> Row:
    """Make the row of a lease, also of one that is not a tenancy, since bookings may name it."""
    name = item.id()
    kind, detail = (
        item.meaning("soort", "AGREEMENT_KINDS"),
        item.meaning("detailSoort", "AGREEMENT_DETAILS"),
    )
    if "left-out" in {kind, detail, _status(item)}:
        return (name, item.number, 0, None, None, None, None, None)
    first = item.needed("begindatum", item.day("begindatum"))
    last = item.day("einddatum")
    if last is not None and last < first:
        raise item.refuse("einddatum", "the end is before the start")
    if last is None and _status(item) == "ended":
        raise item.missing("einddatum", "a lease that has ended needs its last day")
    rent_from, rent, per = None, None, _period(item)
    if settings.rents == "agreement":
        per = _period_of_gross_rent(item, per, settings)
        rent_from, rent = _rent(item, first, per)
    return (name, item.number, 1, iso(first), iso(last), iso(rent_from), rent, per)


def _status(item: Item) -> str | None:
    return item.meaning("status", "AGREEMENT_STATUSES")


def _period(item: Item) -> RentPeriod:
    """Return the period that a rent is for (`prolongatieInterval`); a month if it is absent."""
    text = item.text("prolongatieInterval")
    if text is None:
        return "month"
    found = _INTERVAL.fullmatch(text)
    if found is not None:
        years, months, weeks, days = (
            int(found[name] or 0) for name in ("years", "months", "weeks", "days")
        )
        period = _PERIODS.get((12 * years + months, 7 * weeks + days))
        if period is not None:
            return period
    raise item.refuse(
        "prolongatieInterval",
        "an interval of a year, half a year, a quarter, a month, four weeks or a week is expected",
        "correct it in the source: months of arrears cannot be counted in another one",
    )


def _period_of_gross_rent(item: Item, interval: RentPeriod, settings: Settings) -> RentPeriod:
    """Return the period of `brutohuur`: VERA does not say whether it is a month or the interval."""
    if interval == "month" or settings.gross_rent_per == "month":
        return "month"
    if settings.gross_rent_per == "refuse":
        raise item.refuse(
            "prolongatieInterval",
            "the rent is not paid by the month, and it is unknown what brutohuur is for",
            'set gross_rent_per = "month" or "interval" (docs/vera.md)',
        )
    return interval


def _is_too_low(cents: int, per: RentPeriod) -> bool:
    return cents < _LOWEST_RENT or cents * PAYMENTS_A_YEAR[per] < LOWEST_RENT_A_YEAR


def _rent(item: Item, first: dt.date, per: RentPeriod) -> tuple[dt.date, int]:
    """Return the current gross rent, and the day from which it applies.

    `startBrutohuur` is not used: it may be decades old, and months of arrears would count double.
    """
    cents = item.needed("brutohuur", item.cents("brutohuur"))
    if _is_too_low(cents, per):
        raise item.refuse("brutohuur", "a rent of at least one euro a month is expected")
    return item.day("huurHerzieningsdatum") or first, cents


def component_row(item: Item) -> Row:
    """Make the row of a part of a rent (prijscomponent); without an amount if it is no rent."""
    name, agreement = item.id(), item.key("overeenkomst")
    if agreement is None:  # it is the price of a unit (eenheid), not of a lease
        return (name, item.number, None, None, None, None, None)
    if item.members.get("soort") is None:
        raise item.missing("soort", "it must say whether it is rent")
    meaning = item.meaning("soort", "RENT_PARTS")
    if meaning == "left-out":
        return (name, item.number, agreement, None, None, None, None)
    first = item.needed("begindatum", item.moment("begindatum"))
    cents = item.needed("bedragInclusiefBtw", item.cents("bedragInclusiefBtw"))
    until, net = iso(item.moment("einddatum")), int(meaning == "net")
    return (name, item.number, agreement, iso(first), until, cents, net)


def rents_of_components(store: Store) -> None:
    """Add up the parts of each rent, for every day on which one of them changes.

    According to VERA a part no longer applies on its `einddatum`, but some sources write the last day
    there. So an end only counts if nothing begins on that day or the next; either way the rent is right
    from the day on which a new part begins.

    If a lease has a net rent, days without it are skipped: the history of the net rent may be shorter
    than that of the service costs. The rent before or after such a day then applies.

    Raises:
        InvalidValue: parts add up to less than a euro a month.
        MissingField: a lease has none.
    """
    rows = store.rows(
        "SELECT c.agreement, c.first, c.until, c.cents, c.number, c.net, a.per FROM component c"
        " JOIN agreement a ON a.id = c.agreement AND a.kept WHERE c.cents IS NOT NULL"
        " ORDER BY c.agreement, c.first"
    )
    made: list[Row] = []
    for agreement, parts in groupby(rows, key=lambda row: row[0]):
        made += _added_up(store, agreement, list(parts))
        if len(made) > 5_000:
            store.insert("INSERT INTO rent VALUES (?, ?, ?, ?, ?)", made)
            made = []
    store.insert("INSERT INTO rent VALUES (?, ?, ?, ?, ?)", made)
    store.refuse(
        "SELECT number FROM agreement WHERE kept AND id NOT IN (SELECT agreement FROM rent)"
        " ORDER BY number LIMIT 1",
        MissingField,
        ("huurovereenkomsten", "prijscomponenten"),
        "no rent is known for this lease",
        'have the source give its prijscomponenten, or set rents = "agreement"',
    )


def _added_up(store: Store, agreement: object, parts: list[Row]) -> Iterator[Row]:
    starts = {str(part[1]) for part in parts}
    ends = {str(part[2]) for part in parts if part[2] is not None}
    next_days = {_next(end): end for end in ends}
    alone = {end for day, end in next_days.items() if end not in starts and day not in starts}
    has_net, previous = any(part[5] for part in parts), None
    per = cast("RentPeriod", parts[0][6])
    for day in sorted(starts | alone):
        running = [
            part for part in parts if str(part[1]) <= day and (part[2] is None or day < str(part[2]))
        ]
        if has_net and not any(part[5] for part in running):
            continue
        total = sum(int(part[3] or 0) for part in running)
        if not running or total == previous:  # after the last part, the rent before it still applies
            continue
        number = max(int(part[4] or 0) for part in running)
        if _is_too_low(total, per):
            store.fault(
                InvalidValue(
                    Cell("vera prijscomponenten", number, "bedragInclusiefBtw"),
                    "the parts of this rent add up to less than a euro a month",
                    "correct them in the source",
                )
            )
        previous = total
        yield (str(agreement), day, total, per, number)


def _next(day: str) -> str:
    return (dt.date.fromisoformat(day) + dt.timedelta(1)).isoformat()
