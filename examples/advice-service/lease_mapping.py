"""From a lease of this application to a tenancy of huurschuld, and from the place of an error back."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal
from itertools import chain
from typing import Final, TypeVar

from leases import Booking, BookingKind, Lease, Letter

from huurschuld import (
    Child,
    Contact,
    Dispute,
    Household,
    Objection,
    OtherClaim,
    Payment,
    Plan,
    Rent,
    RentTerm,
    Reversal,
    Signal,
    Tenancy,
)

T = TypeVar("T")
Part = TypeVar("Part")
Entry = RentTerm | OtherClaim | Payment | Reversal


def tenancy_of(lease: Lease) -> Tenancy:
    """Make a tenancy of a lease: what nobody wrote down stays unknown.

    The parts are generators, so that an error says which of them it is about.
    """
    return Tenancy(
        id=lease.number,
        start=lease.since,
        rents=(Rent(from_=lease.since, cents=cents(euros)) for euros in [lease.rent]),
        entries=(entry_of(it) for it in lease.bookings),
        contacts=chain(map(reminder_of, lease.letters), map(call_on, lease.calls)),
        household=(
            None
            if lease.children_born is None
            else Household(children=(Child(born=it) for it in lease.children_born))
        ),
        plans=_each(lease.arranged_on, lambda day: Plan(from_=day)),
        disputes=_each(lease.contested_on, lambda day: Dispute(from_=day)),
        objections=_each(lease.objected_on, lambda day: Objection(date=day)),
        signals=_each(lease.referrals, lambda it: Signal(date=it.day, cents=cents(it.euros))),
    )


def reminder_of(letter: Letter) -> Contact:
    """Make a contact of a written reminder."""
    return Contact(
        date=letter.sent,
        channel="letter",
        reminder=True,
        debt_help=letter.names_debt_help,
        offers_sharing=letter.offers_to_share,
    )


def call_on(day: date) -> Contact:
    """Make a contact of a telephone call."""
    return Contact(date=day, channel="phone")


def _each(given: Iterable[T] | None, make: Callable[[T], Part]) -> Iterable[Part] | None:
    """Make a part of each; what is unknown stays unknown, and none stays none."""
    return None if given is None else map(make, given)


def entry_of(booking: Booking) -> Entry:
    """Make an entry of a booking, by its kind."""
    number, day, amount = booking.number, booking.day, cents(booking.euros)
    match booking.kind:
        case BookingKind.RENT:
            return RentTerm(id=number, due=day, cents=amount)
        case BookingKind.SERVICE_COSTS:
            return OtherClaim(id=number, due=day, cents=amount)
        case BookingKind.RECEIPT:
            return Payment(id=number, booked=day, cents=amount)
        case BookingKind.RETURNED:
            return Reversal(id=number, booked=day, reverses=booking.returns or "", cents=amount)


def cents(euros: Decimal) -> int:
    """Whole cents: `Booking` has at most two decimals."""
    return int(euros * 100)


OURS: Final = (
    (r"/entries/(\d+)/cents", r"/bookings/\1/euros"),
    (r"/entries/(\d+)/(?:due|booked)", r"/bookings/\1/day"),
    (r"/entries/(\d+)/reverses", r"/bookings/\1/returns"),
    (r"/entries/(\d+)/id", r"/bookings/\1/number"),
    (r"/entries", "/bookings"),
    (r"/rents/0/cents", "/rent"),
    (r"(?:/rents/0/from|/start)", "/since"),
    (r"/id", "/number"),
    (r"(?:/household)?/children/(\d+)/born", r"/children_born/\1"),
    (r"/plans/(\d+)/from", r"/arranged_on/\1"),
    (r"/disputes/(\d+)/from", r"/contested_on/\1"),
    (r"/objections/(\d+)/date", r"/objected_on/\1"),
    (r"/signals/(\d+)/date", r"/referrals/\1/day"),
    (r"/signals/(\d+)/cents", r"/referrals/\1/euros"),
)
"""Places in a tenancy, and where that stands in a lease."""


def our_place(place: str, lease: Lease) -> str:
    """Say where something is in our lease that huurschuld refused at a place in the tenancy."""
    if contact := re.fullmatch(r"/contacts/(\d+)/date", place):
        letters, index = len(lease.letters), int(contact[1])
        return f"/letters/{index}/sent" if index < letters else f"/calls/{index - letters}"
    for theirs, ours in OURS:
        if re.fullmatch(theirs, place):
            return re.sub(theirs, ours, place)
    return place
