"""What a booking of HuurBoek means by its kind, and which bookings are invalid."""

from collections.abc import Iterator, Mapping, Sequence

from erp_ledger.columns import SIDES

Booking = Mapping[str, object]


def wrong_bookings(bookings: Sequence[Booking]) -> Iterator[tuple[int, str, str]]:
    """Yield what is wrong: the row counted from 0, the column, and what is expected.

    A booking on the wrong side for its kind is an unexplained correction. A reversal (storno) of
    another amount than its payment reverses a part of it, which huurschuld does not support: taken
    for the whole, it would make the tenant's arrears too high.
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
    """Return an entry with only what its kind has: HuurBoek fills columns that mean nothing."""
    kind = entry["kind"]
    claim, reversal = kind in ("rent", "other"), kind == "reversal"
    return {
        **entry,
        "due": entry["due"] if claim else None,
        "cents": None if reversal else entry["cents"],
        "settles": None if claim or reversal else entry["settles"],
        "reverses": entry["reverses"] if reversal else None,
    }
