"""Leases (huurovereenkomsten) and their monthly rents (prijscomponenten)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from itertools import groupby
from typing import Final

from huurschuld.errors import Cell, InvalidValue, MissingField
from huurschuld.plugins.vera.items import Item
from huurschuld.plugins.vera.store import Row, Store

OF_LEASE: Final = "huurovereenkomsten"
"""The collection of leases alone."""
OF_AGREEMENT: Final = frozenset({OF_LEASE, "overeenkomsten"})
"""The collections whose ids are those of leases."""
OF_RELATION: Final = frozenset({"relaties", "natuurlijk-personen", "rechtspersonen", "relatiegroepen"})
"""The collections whose ids are those of relations."""


def iso(day: dt.date | None) -> str | None:
    """Write a day as it is stored."""
    return None if day is None else day.isoformat()


def agreement_row(item: Item, *, with_rent: bool) -> Row:
    """Make the row of a lease, also of one that is not a tenancy, since bookings may name it."""
    name = item.id()
    item.meaning("soort", "AGREEMENT_KINDS")
    if "left-out" in {item.meaning("detailSoort", "AGREEMENT_DETAILS"), _status(item)}:
        return (name, item.number, 0, None, None, None, None)
    first = item.needed("begindatum", item.day("begindatum"))
    last = item.day("einddatum")
    if last is not None and last < first:
        raise item.refuse("einddatum", "the end is before the start")
    if last is None and _status(item) == "ended":
        raise item.missing("einddatum", "a lease that has ended needs its last day")
    rent_from, rent = _rent(item, first) if with_rent else (None, None)
    return (name, item.number, 1, iso(first), iso(last), iso(rent_from), rent)


def _status(item: Item) -> str | None:
    return item.meaning("status", "AGREEMENT_STATUSES")


def _rent(item: Item, first: dt.date) -> tuple[dt.date, int]:
    """Return the current gross rent, and the day from which it applies.

    `startBrutohuur` is not used: it may be decades old, and months of arrears would count double.
    """
    cents = item.needed("brutohuur", item.cents("brutohuur"))
    if cents < 100:
        raise item.refuse("brutohuur", "a monthly rent of at least one euro is expected")
    return item.day("huurHerzieningsdatum") or first, cents


def component_row(item: Item) -> Row:
    """Make the row of a part of a rent (prijscomponent); without an amount if it is not monthly rent."""
    name, agreement = item.id(), item.key("overeenkomst")
    if agreement is None:  # it is the price of a unit (eenheid), not of a lease
        return (name, item.number, None, None, None, None, None)
    if item.members.get("soort") is None:
        raise item.missing("soort", "it must say whether it is monthly rent")
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
        InvalidValue: parts add up to less than a euro.
        MissingField: a lease has none.
    """
    rows = store.rows(
        "SELECT c.agreement, c.first, c.until, c.cents, c.number, c.net FROM component c"
        " JOIN agreement a ON a.id = c.agreement AND a.kept WHERE c.cents IS NOT NULL"
        " ORDER BY c.agreement, c.first"
    )
    made: list[Row] = []
    for agreement, parts in groupby(rows, key=lambda row: row[0]):
        made += _added_up(agreement, list(parts))
        if len(made) > 5_000:
            store.insert("INSERT INTO rent VALUES (?, ?, ?, ?)", made)
            made = []
    store.insert("INSERT INTO rent VALUES (?, ?, ?, ?)", made)
    store.refuse(
        "SELECT number FROM agreement WHERE kept AND id NOT IN (SELECT agreement FROM rent)"
        " ORDER BY number LIMIT 1",
        MissingField,
        ("huurovereenkomsten", "prijscomponenten"),
        "no rent is known for this lease",
        'have the source give its prijscomponenten, or set rents = "agreement"',
    )


def _added_up(agreement: object, parts: list[Row]) -> Iterator[Row]:
    starts = {str(part[1]) for part in parts}
    ends = {str(part[2]) for part in parts if part[2] is not None}
    next_days = {_next(end): end for end in ends}
    alone = {end for day, end in next_days.items() if end not in starts and day not in starts}
    has_net, previous = any(part[5] for part in parts), None
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
        if total < 100:
            raise InvalidValue(
                Cell("vera prijscomponenten", number, "bedragInclusiefBtw"),
                "the parts of this rent add up to less than a euro",
                "correct them in the source",
            )
        previous = total
        yield (str(agreement), day, total, number)


def _next(day: str) -> str:
    return (dt.date.fromisoformat(day) + dt.timedelta(1)).isoformat()
