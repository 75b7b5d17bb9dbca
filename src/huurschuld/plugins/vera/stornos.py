"""Reversals (storno's): the bank took a payment back, or part of it.

A storno names the payments that it takes back by settlements (afletteringen). Of a payment in parts each
part is reversed; where it takes back less, it is unknown which: the reading is the one by which least
rent is open for least long. What a storno is above that are costs, a claim of their own.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Any, Final

from huurschuld.errors import InvalidValue, MissingField
from huurschuld.plugins.vera.settings import Settings
from huurschuld.plugins.vera.store import Row, Store

_BOOKINGS: Final = "boekingen"
_SETTLEMENTS: Final = "afletteringen"

_TAKEN_BACK: Final = (
    "INSERT INTO storno SELECT m.number, r.id, r.number, r.cents, r.booked, p.id, p.cents, m.cents"
    " FROM matched m JOIN booking r ON r.id IN (m.one, m.other) AND r.kind = 'reversal'"
    " JOIN booking p ON p.id IN (m.one, m.other) AND p.kind IN ('payment', 'credit')"
)


def check_stornos(store: Store, settings: Settings) -> None:
    """Check that each storno names what it takes back, and at most some costs besides."""
    store.run(_TAKEN_BACK, "CREATE INDEX storno_reversal ON storno (reversal)")
    store.refuse(
        "SELECT b.number FROM booking b LEFT JOIN storno t ON t.reversal = b.id"
        " WHERE b.kind = 'reversal' AND t.payment IS NULL ORDER BY 1 LIMIT 1",
        MissingField,
        (_BOOKINGS, "afletteringen"),
        "this storno names no payment",
        "have the source settle it with the payment that the bank took back",
    )
    store.refuse(
        "SELECT number FROM storno WHERE settled < 0 ORDER BY number LIMIT 1",
        InvalidValue,
        (_SETTLEMENTS, "bedrag"),
        "the settlements of this storno and payment add up to less than zero",
        "correct them in the source",
    )
    store.refuse(
        "SELECT MAX(number) FROM storno GROUP BY reversal"
        " HAVING COUNT(*) = 1 AND MAX(cents) = MAX(received) AND MAX(settled) < MAX(received)"
        " ORDER BY 1 LIMIT 1",
        InvalidValue,
        (_SETTLEMENTS, "bedrag"),
        "this storno is of the whole payment, but less is settled",
        "correct it in the source",
    )
    store.refuse(
        "SELECT MAX(number) FROM storno GROUP BY reversal HAVING SUM(settled) > MAX(cents)"
        " ORDER BY 1 LIMIT 1",
        InvalidValue,
        (_SETTLEMENTS, "bedrag"),
        "more of this storno is settled than its amount",
        "correct it in the source",
    )
    store.refuse(
        "SELECT MAX(booking) FROM storno GROUP BY reversal"
        " HAVING MAX(cents) - SUM(MIN(settled, received)) > ? ORDER BY 1 LIMIT 1",
        InvalidValue,
        (_BOOKINGS, "bedrag"),
        "this storno takes back less than its amount, and the rest is more than costs",
        "have the source settle all of it with the payments, or set storno_costs_cents (docs/vera.md)",
        (settings.storno_costs_cents,),
    )


def make_reversals(store: Store) -> None:
    """Make the reversals, and the claims of their costs, from the entries of the payments."""
    store.run(
        "CREATE TEMP TABLE once AS SELECT payment FROM storno GROUP BY payment"
        " HAVING COUNT(*) = 1 AND MAX(settled) >= MAX(received)",
        _WHOLE,
        _COSTS,
    )
    store.insert(
        "INSERT INTO entry VALUES (?, ?, ?, 'reversal', NULL, ?, ?, NULL, ?, ?)", _of_parts(store)
    )


# The whole payment: each part of it is taken back by a reversal of its own.
_WHOLE: Final = (
    "INSERT INTO entry SELECT e.agreement, t.reversal,"
    " t.reversal || substr(e.id, length(t.payment) + 1) || CASE WHEN t.reversal IN"
    " (SELECT reversal FROM storno GROUP BY reversal HAVING COUNT(*) > 1)"
    " THEN '/' || t.payment ELSE '' END,"
    " 'reversal', NULL, t.booked, NULL, NULL, e.id, t.booking"
    " FROM storno t JOIN once o ON o.payment = t.payment"
    " JOIN entry e ON e.booking = t.payment AND e.kind IN ('payment', 'credit')"
)
_COSTS: Final = (
    "INSERT INTO entry SELECT c.agreement, c.reversal, c.reversal || '/costs', 'other', c.booked,"
    " c.booked, c.costs, NULL, NULL, c.number FROM (SELECT t.reversal, MAX(t.booked) AS booked,"
    " MAX(t.booking) AS number, MAX(t.cents) - SUM(MIN(t.settled, t.received)) AS costs,"
    " COALESCE(MAX(r.agreement), MAX(p.agreement), MIN(e.agreement)) AS agreement FROM storno t"
    " JOIN booking r ON r.id = t.reversal JOIN booking p ON p.id = t.payment"
    " LEFT JOIN (SELECT booking, MIN(agreement) AS agreement FROM entry GROUP BY booking) e"
    " ON e.booking = t.payment GROUP BY t.reversal) c WHERE c.costs > 0 AND c.agreement IN kept"
)
# Least rent, and the least overdue, comes first: other claims, what settles none, then the latest terms.
_PARTS: Final = (
    "SELECT t.payment, t.reversal, t.booked, MIN(t.settled, t.received), t.booking,"
    " (SELECT COUNT(*) FROM storno u WHERE u.reversal = t.reversal), e.id, e.agreement, e.cents"
    " FROM storno t LEFT JOIN entry e ON e.booking = t.payment AND e.kind IN ('payment', 'credit')"
    " LEFT JOIN booking c ON c.id = e.settles WHERE t.payment NOT IN (SELECT payment FROM once)"
    " ORDER BY t.payment, t.booked, t.reversal,"
    " CASE c.kind WHEN 'other' THEN 0 WHEN 'rent' THEN 2 ELSE 1 END, c.due DESC, e.id DESC"
)


def _of_parts(store: Store) -> Iterator[Row]:
    """Yield the reversals of payments of which a part was taken back, or which were more than once.

    What several stornos take back together above the payment is nothing: there is no more to take.
    """
    for _, of_payment in groupby(store.rows(_PARTS), key=lambda row: row[0]):
        left: dict[Any, int] = {}
        for (reversal, booked, cents, booking, payments), rows in groupby(
            of_payment, key=lambda row: row[1:6]
        ):
            parts = [row[6:] for row in rows if row[6] is not None]
            for name, _, received in parts:
                left.setdefault(name, int(received or 0))
            taken = _taken(parts, left, int(cents or 0))
            for name, agreement, amount in taken:
                is_all = payments == len(taken) == 1
                own = str(reversal) if is_all else f"{reversal}/{name}"
                yield (agreement, reversal, own, booked, amount, name, booking)


def _taken(parts: list[Row], left: dict[Any, int], taking: int) -> list[Row]:
    """Take an amount from the parts of a payment, and from what is left of them."""
    taken: list[Row] = []
    # A part of just this amount is the likely one.
    for name, agreement, _ in sorted(parts, key=lambda part: left[part[0]] != taking):
        amount = min(taking, left[name])
        if amount:
            left[name] -= amount
            taking -= amount
            taken.append((name, agreement, amount))
    return taken
