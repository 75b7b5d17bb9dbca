"""What the bookings and settlements of a source say together: signs, pairs, and whether all are there.

The settlements (afletteringen) of two bookings count together. What a source says is settled of a
booking (`saldo`, `afletterstatus`) must be explained by them, or by bookings that settle nothing yet.
"""

from __future__ import annotations

from typing import Final

from huurschuld.errors import Cell, InvalidValue
from huurschuld.plugins.vera.codes import is_of_vera
from huurschuld.plugins.vera.store import Store

_BOOKINGS: Final = "boekingen"
_WHOLE: Final = 'have the source give all bookings and settlements, or set open_items = "counted"'


def check_signs(store: Store) -> None:
    """Check that of each kind of booking more is above zero than below.

    A few claims below zero give back; a source that writes a whole kind below zero means nothing by it.

    Raises:
        InvalidValue: at the first booking below zero of such a kind.
    """
    for number, signed in store.rows(
        "SELECT MIN(CASE WHEN amount < 0 THEN number END), signed FROM booking WHERE signed IS NOT NULL"
        " GROUP BY signed HAVING SUM(amount) < 0 ORDER BY 1 LIMIT 1"
    ):
        kind = f'"{signed}"' if is_of_vera(str(signed)) else "this kind"
        raise InvalidValue(  # it is about a whole kind, and not about a lease
            Cell(f"vera {_BOOKINGS}", int(number or 0), "bedrag"),
            "of bookings of this kind more is below zero than above it",
            f"if the source writes {kind} so, list it in the option negative; if it gives back, say what"
            ' it is in the option bookings, such as "by-sign"',
        )


def match_bookings(store: Store) -> None:
    """Add up the settlements of every two bookings; those that add up to zero were undone.

    Where one of the two is written below zero, settlements are by some sources, and by others not.
    """
    store.run(
        "INSERT INTO matched SELECT MIN(s.id), MAX(s.number), x.id, y.id,"
        " CASE WHEN x.below OR y.below THEN ABS(SUM(s.cents)) ELSE SUM(s.cents) END FROM settlement s"
        " JOIN booking x ON x.id = MIN(s.one, s.other) JOIN booking y ON y.id = MAX(s.one, s.other)"
        " GROUP BY x.id, y.id HAVING SUM(s.cents) <> 0",
        "CREATE INDEX matched_one ON matched (one)",
        "CREATE INDEX matched_other ON matched (other)",
    )


# What is gone of a booking by its balance, and which settlements do not explain.
_UNEXPLAINED: Final = (
    "WITH settled AS (SELECT b.id, SUM(m.cents) AS cents FROM matched m"
    " JOIN booking b ON b.id IN (m.one, m.other) GROUP BY b.id),"
    " gone AS (SELECT b.agreement, b.number, b.kind IN ('rent', 'other') AS is_claim,"
    " b.cents - COALESCE(b.balance, b.cents) - COALESCE(q.cents, 0) AS cents,"
    " CASE WHEN b.balance IS NULL OR NOT b.kind IN ('rent', 'other')"
    " THEN b.cents ELSE b.cents - b.balance END - COALESCE(q.cents, 0) AS most FROM booking b"
    " LEFT JOIN settled q ON q.id = b.id WHERE b.kind IN ('rent', 'other', 'payment', 'credit')"
    " AND b.agreement IN kept),"
    " explains AS (SELECT agreement, is_claim, SUM(MAX(0, most)) AS cents FROM gone"
    " GROUP BY agreement, is_claim)"
    " SELECT MIN(CASE WHEN g.cents > 0 THEN g.number END) FROM gone g"
    " LEFT JOIN explains e ON e.agreement = g.agreement AND e.is_claim <> g.is_claim"
    " WHERE g.is_claim = ? GROUP BY g.agreement"
    " HAVING SUM(MAX(0, g.cents)) > COALESCE(MAX(e.cents), 0) ORDER BY 1 LIMIT 1"
)


def check_balances(store: Store) -> None:
    """Check that the bookings explain what the source says is settled of them.

    A source that lists only open items gives claims without the payments that settled part of them:
    taken for the whole ledger, these would be open altogether. One that gives payments without the
    claims that they settled would have these pay others. Payments that settle nothing yet may be those
    of claims whose settlement came later than the list.
    """
    if not any(store.rows("SELECT 1 FROM booking WHERE balance IS NOT NULL LIMIT 1")):
        return
    for is_claim, problem in (
        (True, "less of this claim is open than the listed payments explain: the list is not whole"),
        (False, "more of this payment is used than the listed claims explain: the list is not whole"),
    ):
        store.refuse(_UNEXPLAINED, InvalidValue, (_BOOKINGS, "saldo"), problem, _WHOLE, (is_claim,))
