"""What a booking of HuurBoek says by its kind, and what of it cannot be so."""

from collections.abc import Iterator, Mapping, Sequence

from erp_ledger.columns import SIDES

Booking = Mapping[str, object]


def wrong_bookings(bookings: Sequence[Booking]) -> Iterator[tuple[int, str, str]]:
    """What of the bookings is wrong: its row counted from 0, its column, and what is expected.

    A booking on the other side than its kind is a correction that nobody has explained. A storno of
    another amount than the payment took back a part of it, which huurschuld does not know. Taken
    for the whole, it would make the tenant's arrears higher than they are.
    """
    paid = {
        (it["contractnr"], it["boeknr"]): it["bedrag"] for it in bookings if it["soort"] == "BET"
    }
    for row, it in enumerate(bookings):
        if it["dc"] != SIDES.get(str(it["soort"]), it["dc"]):
            yield row, "dc", "a booking of this kind is expected on the other side"
        amount = paid.get((it["contractnr"], it["betreft"]))
        if it["soort"] == "STO" and amount not in (None, it["bedrag"]):
            yield row, "bedrag", "a storno is expected to take back the whole payment"


def by_kind(entry: Mapping[str, str | None]) -> dict[str, str | None]:
    """An entry with only what its kind has: HuurBoek fills columns that mean nothing there."""
    kind = entry["kind"]
    claim, reversal = kind in ("rent", "other"), kind == "reversal"
    return {
        **entry,
        "due": entry["due"] if claim else None,
        "cents": None if reversal else entry["cents"],
        "settles": None if claim or reversal else entry["settles"],
        "reverses": entry["reverses"] if reversal else None,
    }
