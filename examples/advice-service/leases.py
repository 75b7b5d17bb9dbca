"""What this application has of its own: leases with bookings in euros, as its users type them.

It knows nothing of huurschuld: `lease_mapping.py` alone knows both.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final, TypeVar

T = TypeVar("T")
MOST: Final = Decimal(1_000_000)
"""No amount on an account is more than a million euros."""


class BookingKind(StrEnum):
    """What a booking is."""

    RENT = "rent"
    SERVICE_COSTS = "service-costs"
    RECEIPT = "receipt"
    RETURNED = "returned"
    """The bank took a receipt back."""


@dataclass(frozen=True, slots=True)
class Booking:
    """A line on the account of a lease."""

    number: str
    kind: BookingKind
    day: date
    euros: Decimal
    returns: str | None = None
    """Of what was returned: the number of the receipt."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A written reminder."""

    sent: date
    names_debt_help: bool
    offers_to_share: bool


@dataclass(frozen=True, slots=True)
class EarlierReferral:
    """That this household was referred, and for how much."""

    day: date
    euros: Decimal


@dataclass(frozen=True, slots=True)
class Lease:
    """A lease, with what the landlord has on file; None is what nobody asked or wrote down."""

    number: str
    since: date
    rent: Decimal
    bookings: tuple[Booking, ...]
    letters: tuple[Letter, ...]
    calls: tuple[date, ...]
    children_born: tuple[date, ...] | None
    arranged_on: tuple[date, ...] | None
    contested_on: tuple[date, ...] | None
    objected_on: tuple[date, ...] | None
    referrals: tuple[EarlierReferral, ...] | None


class Refused(Exception):
    """A request that is not a lease: where, and what is expected there. It quotes no value."""

    def __init__(self, place: str, expected: str) -> None:
        super().__init__(f"{expected} is expected at {place}")
        self.place = place
        self.expected = expected


def read_lease(given: object) -> Lease:
    """Read a lease from JSON whose numbers are `Decimal`."""
    lease = _Fields(given, "")
    read = Lease(
        number=lease.one("number", _text),
        since=lease.one("since", _day),
        rent=lease.one("rent", _euros),
        bookings=lease.many("bookings", _booking),
        letters=lease.many("letters", _letter),
        calls=lease.many("calls", _day),
        children_born=lease.if_known("children_born", _each(_day)),
        arranged_on=lease.if_known("arranged_on", _each(_day)),
        contested_on=lease.if_known("contested_on", _each(_day)),
        objected_on=lease.if_known("objected_on", _each(_day)),
        referrals=lease.if_known("referrals", _each(_referral)),
    )
    lease.nothing_else()
    return read


class _Fields:
    """The fields of an object in JSON, each read once; what is left over is refused."""

    def __init__(self, given: object, place: str) -> None:
        if not isinstance(given, Mapping):
            raise Refused(place or "/", "an object")
        self._left: dict[str, Any] = dict(given)
        self._place = place

    def one(self, name: str, read: Callable[[Any, str], T]) -> T:
        place = f"{self._place}/{name}"
        if name not in self._left:
            raise Refused(place, "this field")
        return read(self._left.pop(name), place)

    def many(self, name: str, read: Callable[[Any, str], T]) -> tuple[T, ...]:
        return self.one(name, _each(read))

    def if_known(self, name: str, read: Callable[[Any, str], T]) -> T | None:
        if self._left.get(name) is None:
            self._left.pop(name, None)
            return None
        return self.one(name, read)

    def nothing_else(self) -> None:
        for name in self._left:
            raise Refused(f"{self._place}/{name}", "no such field")


def _each(read: Callable[[Any, str], T]) -> Callable[[Any, str], tuple[T, ...]]:
    def read_all(given: Any, place: str) -> tuple[T, ...]:  # noqa: ANN401 - anything that JSON may hold
        if not isinstance(given, list):
            raise Refused(place, "a list")
        return tuple(read(it, f"{place}/{index}") for index, it in enumerate(given))

    return read_all


def _booking(given: object, place: str) -> Booking:
    booking = _Fields(given, place)
    read = Booking(
        number=booking.one("number", _text),
        kind=booking.one("kind", _kind),
        day=booking.one("day", _day),
        euros=booking.one("euros", _euros),
        returns=booking.if_known("returns", _text),
    )
    booking.nothing_else()
    return read


def _letter(given: object, place: str) -> Letter:
    letter = _Fields(given, place)
    read = Letter(
        sent=letter.one("sent", _day),
        names_debt_help=letter.one("names_debt_help", _yes_or_no),
        offers_to_share=letter.one("offers_to_share", _yes_or_no),
    )
    letter.nothing_else()
    return read


def _referral(given: object, place: str) -> EarlierReferral:
    referral = _Fields(given, place)
    read = EarlierReferral(day=referral.one("day", _day), euros=referral.one("euros", _euros))
    referral.nothing_else()
    return read


def _text(given: object, place: str) -> str:
    if not isinstance(given, str):
        raise Refused(place, "a text")
    return given


def _yes_or_no(given: object, place: str) -> bool:
    if not isinstance(given, bool):
        raise Refused(place, "true or false")
    return given


def _euros(given: object, place: str) -> Decimal:
    if isinstance(given, bool) or not isinstance(given, int | Decimal):
        raise Refused(place, "a number of euros")
    euros = Decimal(given)
    if not -MOST <= euros <= MOST or euros != euros.quantize(Decimal("0.01")):
        raise Refused(place, "a number of euros with at most two decimals")
    return euros


def _day(given: object, place: str) -> date:
    try:
        return date.fromisoformat(_text(given, place))
    except ValueError:
        raise Refused(place, "a day as YYYY-MM-DD") from None


def _kind(given: object, place: str) -> BookingKind:
    try:
        return BookingKind(_text(given, place))
    except ValueError:
        raise Refused(place, f"one of {', '.join(BookingKind)}") from None
