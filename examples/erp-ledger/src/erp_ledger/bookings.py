"""What a booking of HuurBoek means by its kind, and which bookings are invalid."""

from collections.abc import Iterator, Mapping, Sequence

from erp_ledger.columns import SIDES

Booking = Mapping[str, object]
PAID = ("payment", "credit")


def wrong_bookings(bookings: Sequence[Booking]) -> Iterator[tuple[int, str, str]]:
    """Yield what is wrong: the row counted from 0, the column, and what is expected.

    A booking on the wrong side for its kind is an unexplained correction. That a reversal (storno)
    takes back more than its payment is refused by huurschuld itself.
    """
    for row, it in enumerate(bookings):
        if it["dc"] != SIDES.get(str(it["soort"]), it["dc"]):
            yield row, "dc", "a booking of this kind is expected on the other side"


def by_kind(entry: Mapping[str, str | None]) -> dict[str, str | None]:
    """Return an entry with only what its kind has: HuurBoek fills columns that mean nothing."""
    kind = entry["kind"]
    claim, reversal, paid = kind in ("rent", "other"), kind == "reversal", kind in PAID
    return {
        **entry,
        "due": entry["due"] if claim else None,
        "settles": entry["settles"] if paid else None,
        "reverses": entry["reverses"] if reversal else None,
    }
