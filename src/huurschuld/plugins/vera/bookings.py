"""Bookings (boekingen) and settlements (afletteringen); `entries` combines them."""

from __future__ import annotations

from typing import Final

from huurschuld.errors import InvalidValue
from huurschuld.plugins.vera.codes import ANY_DETAIL, NO_DETAIL, bookings
from huurschuld.plugins.vera.items import Item
from huurschuld.plugins.vera.leases import OF_AGREEMENT, OF_LEASE, iso
from huurschuld.plugins.vera.settings import Settings
from huurschuld.plugins.vera.store import Row

_OTHER_AGREEMENTS: Final = frozenset(
    {
        "arbeidsovereenkomsten",
        "inschrijvingen",
        "koopovereenkomsten",
        "monitoringovereenkomsten",
        "onderhoudsovereenkomsten",
        "serviceovereenkomsten",
    }
)


def booking_row(item: Item, settings: Settings) -> Row:
    """Make the row of a booking; one that is left out keeps its id alone."""
    name = item.id()
    outcome = _outcome(item, settings)
    left_out: Row = (name, item.number, None, "left-out", None, None, None, None)
    if outcome == "left-out":
        return left_out
    agreement = _agreement(item, settings)
    cents = _cents(item, settings)
    if cents == 0:  # it claims, pays and forgives nothing
        return left_out
    booked = item.day("boekdatum")
    due = None
    if outcome in {"rent", "other", "paid-out"}:
        due = item.day("vervaldatum")
        if due is None and outcome == "rent":
            raise item.missing("vervaldatum", "a claim of rent needs the day on which it is due")
        due = due or item.needed("boekdatum", booked)
        booked = booked or due
    else:
        booked = item.needed("boekdatum", booked)
    of_lease = agreement is not None and item.collection("overeenkomst") == OF_LEASE
    return (name, item.number, agreement, outcome, iso(due), iso(booked), cents, of_lease)


def _outcome(item: Item, settings: Settings) -> str:
    kind, detail = item.needed("soort", item.code("soort")), item.code("detailSoort")
    exact = f"{kind} {detail or NO_DETAIL}"
    own = settings.bookings
    outcome = own.get(exact) or own.get(f"{kind} {ANY_DETAIL}") or _by_vera(item, exact)
    meaning = item.meaning("status", "BOOKING_STATUSES")
    if meaning == "provisional" and outcome != "left-out" and settings.provisional != "counted":
        if settings.provisional == "refuse":
            raise item.refuse(
                "status",
                "this booking is provisional",
                'set provisional = "counted" or "left-out" (docs/vera.md)',
            )
        return "left-out"
    return outcome


def _by_vera(item: Item, exact: str) -> str:
    """Return what a booking becomes according to VERA; it leaves some combinations open."""
    of_kind = item.meaning("soort", "BOOKING_KINDS")
    item.meaning("detailSoort", "BOOKING_DETAILS")
    outcome = of_kind or bookings().get(exact)
    if outcome is None:
        raise item.refuse(
            "detailSoort",
            "VERA does not say what a booking of this kind and detail does to the rent",
            "say so in the option bookings (docs/vera.md)",
        )
    return outcome


def _agreement(item: Item, settings: Settings) -> str | None:
    """Return the lease of a booking; None if it names none, or another kind of agreement."""
    if item.members.get("overeenkomst") is None:
        return None
    if settings.loose_bookings == "left-out":
        try:
            item.target("overeenkomst", _OTHER_AGREEMENTS)
        except InvalidValue:
            pass
        else:
            return None
    return item.target("overeenkomst", OF_AGREEMENT)


def _cents(item: Item, settings: Settings) -> int:
    cents: int = item.needed("bedrag", item.cents("bedrag"))
    kind = item.code("soort") or ""
    forms = {f"{kind} {item.code('detailSoort') or NO_DETAIL}", f"{kind} {ANY_DETAIL}"}
    if not forms.isdisjoint(settings.negative):
        cents = -cents
    if cents < 0:
        raise item.refuse(
            "bedrag",
            "the amount has the wrong sign",
            "list the kinds that the source writes below zero in the option negative",
        )
    return cents


def settlement_row(item: Item) -> Row:
    """Make the row of a settlement (aflettering)."""
    one = item.needed("huurBoeking", item.key("huurBoeking"))
    other = item.needed("tegenHuurBoeking", item.key("tegenHuurBoeking"))
    return (item.id(), item.number, one, other, item.needed("bedrag", item.cents("bedrag")))
