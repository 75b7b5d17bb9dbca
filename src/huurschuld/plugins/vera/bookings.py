"""Bookings (boekingen) and settlements (afletteringen); `entries` combines them."""

from __future__ import annotations

from typing import Final

from huurschuld.errors import InvalidValue
from huurschuld.plugins.vera.codes import ANY_DETAIL, BOOKING_OUTCOMES, NO_DETAIL, bookings
from huurschuld.plugins.vera.items import Item
from huurschuld.plugins.vera.leases import OF_AGREEMENT, OF_LEASE, iso
from huurschuld.plugins.vera.settings import Settings
from huurschuld.plugins.vera.store import Row

OF_PLAN: Final = frozenset({"BET", "BRT"})
"""The details of the bookings of a plan itself (betalingsregeling), not of what it is for."""

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
    """Make the row of a booking; one that is left out keeps its id, its kind and its sign alone."""
    name = item.id()
    outcome = _outcome(item, settings)
    of_plan = item.code("detailSoort") in OF_PLAN
    without: Row = (name, item.number, None, "left-out", None, None, None, None, of_plan, None)
    if outcome == "left-out":
        return (*without, None, None, False)
    agreement = _agreement(item, settings)
    amount = _amount(item, settings)
    signed = None if outcome == "by-sign" else _combination(item)
    outcome = _by_sign(item, outcome, amount)
    below = (item.cents("bedrag") or 0) < 0
    cents = abs(amount)
    balance = _balance(item, cents, is_claim=outcome in {"rent", "other"})
    if settings.open_items == "counted":
        cents, balance = _open_part(item, outcome, cents), None
    if cents == 0:  # it claims, pays and forgives nothing
        return (*without, signed, amount, below)
    booked, due = item.day("boekdatum"), None
    if outcome in {"rent", "other", "paid-out"}:
        due = item.day("vervaldatum")
        if due is None and outcome == "rent":
            raise item.missing("vervaldatum", "a claim of rent needs the day on which it is due")
        due = due or item.needed("boekdatum", booked)
        booked = booked or due
    else:
        booked = item.needed("boekdatum", booked)
    of_lease = agreement is not None and item.collection("overeenkomst") == OF_LEASE
    when = (iso(due), iso(booked))
    row: Row = (name, item.number, agreement, outcome, *when, cents, of_lease, of_plan, balance)
    return (*row, signed, amount, below)


def _combination(item: Item) -> str:
    return f"{item.code('soort')} {item.code('detailSoort') or NO_DETAIL}"


def _outcome(item: Item, settings: Settings) -> str:
    kind = item.needed("soort", item.code("soort"))
    exact = _combination(item)
    own = settings.bookings
    outcome = own.get(exact) or own.get(f"{kind} {ANY_DETAIL}") or _by_vera(item, exact)
    meaning = item.meaning("status", "BOOKING_STATUSES")
    if meaning == "left-out":
        return meaning
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
    if outcome is None:  # both codes are VERA's, so that they can be quoted
        raise item.refuse(
            "detailSoort",
            "VERA does not say what a booking of this kind and detail does to the rent",
            f'say in the option bookings what "{exact}" is: {", ".join(BOOKING_OUTCOMES)}',
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


def _amount(item: Item, settings: Settings) -> int:
    """Return the amount of a booking, below zero where its kind is not one that is written so."""
    cents: int = item.needed("bedrag", item.cents("bedrag"))
    kind = item.code("soort") or ""
    forms = {_combination(item), f"{kind} {ANY_DETAIL}"}
    return cents if forms.isdisjoint(settings.negative) else -cents


_BELOW_ZERO: Final = {
    "rent": "credit",
    "other": "credit",
    "by-sign": "credit",
    "payment": "reversal",
    "credit": "reversal",
}
"""What a booking becomes whose amount is below zero: it takes back what one above zero does."""


def _by_sign(item: Item, outcome: str, amount: int) -> str:
    """Return what a booking becomes by its sign."""
    if amount >= 0:
        return "other" if outcome == "by-sign" else outcome
    if outcome not in _BELOW_ZERO:
        raise item.refuse(
            "bedrag",
            "the amount has the wrong sign: a storno or a payout below zero is not defined",
            "list the kinds that the source writes below zero in the option negative",
        )
    return _BELOW_ZERO[outcome]


def _balance(item: Item, cents: int, *, is_claim: bool) -> int | None:
    """Return what is open of a booking, if the source says so (`saldo`, `afletterstatus`).

    Of a claim that was paid too much nothing is open; what is left of a payment may have either sign.
    """
    status = item.meaning("afletterstatus", "SETTLEMENT_STATUSES")
    balance = item.cents("saldo")
    if balance is None:
        return {"settled": 0, "settled in part": cents - 1}.get(status or "")
    if (item.cents("bedrag") or 0) < 0:
        balance = -balance
    return max(0, balance) if is_claim else abs(balance)


def _open_part(item: Item, outcome: str, cents: int) -> int:
    """Return what is open of a booking, for a source that gives open items only."""
    balance = abs(item.needed("saldo", item.cents("saldo")))
    if balance > cents:
        raise item.refuse("saldo", "more is open than the amount of this booking")
    if balance and outcome in {"reversal", "paid-out"}:
        raise item.refuse(
            "saldo",
            "an open item of this kind does not say which payment it takes back",
            "say what it is in the option bookings, such as other (docs/vera.md)",
        )
    return balance


def settlement_row(item: Item) -> Row:
    """Make the row of a settlement (aflettering)."""
    one = item.needed("huurBoeking", item.key("huurBoeking"))
    other = item.needed("tegenHuurBoeking", item.key("tegenHuurBoeking"))
    return (item.id(), item.number, one, other, item.needed("bedrag", item.cents("bedrag")))
