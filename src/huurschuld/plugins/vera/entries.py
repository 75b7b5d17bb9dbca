"""The entries of a ledger, from bookings (boekingen) and settlements (afletteringen).

A payment (ontvangst) that settles several claims, or is only partly used, is split into parts, each with
an id `PAYMENT/SETTLEMENT`; a part belongs to the lease of the claim that it settles. The remainder is
`PAYMENT/rest`. Money paid out is a refund, of the part of the payment that it is settled with.
"""

from __future__ import annotations

from typing import Final

from huurschuld.errors import InvalidValue, MissingField, UnknownReference
from huurschuld.plugins.vera.matching import check_balances, check_signs, match_bookings
from huurschuld.plugins.vera.settings import Settings
from huurschuld.plugins.vera.store import Store
from huurschuld.plugins.vera.stornos import check_stornos, make_reversals

_BOOKINGS: Final = "boekingen"
_SETTLEMENTS: Final = "afletteringen"
_A_CLAIM: Final = "('rent', 'other', 'paid-out')"


def make_entries(store: Store, settings: Settings) -> None:
    """Compute the entries of all leases in the store."""
    check_signs(store)
    _check_ends(store)
    store.go_on_if_right()
    match_bookings(store)
    _make_parts(store)
    store.go_on_if_right()
    _check_paid_out(store)
    check_stornos(store, settings)
    _check_loose(store, settings)
    check_balances(store)
    store.go_on_if_right()
    store.run(_CLAIMS, _REFUNDS, _REFUNDED, _WHOLE, _IN_PARTS, _REST)
    store.run("CREATE INDEX entry_booking ON entry (booking)")
    make_reversals(store)


def _check_ends(store: Store) -> None:
    """Check that both bookings of each settlement exist, and that one can settle the other."""
    for end, member in (("one", "huurBoeking"), ("other", "tegenHuurBoeking")):
        store.refuse(
            f"SELECT s.number FROM settlement s LEFT JOIN booking b ON b.id = s.{end}"  # noqa: S608 - as below
            " WHERE b.id IS NULL ORDER BY s.number LIMIT 1",
            UnknownReference,
            (_SETTLEMENTS, member),
            "there is no such booking",
            _AGAIN,
        )
    store.refuse(
        "SELECT s.number FROM settlement s JOIN booking x ON x.id = s.one"  # noqa: S608 - our own words
        " JOIN booking y ON y.id = s.other WHERE 'left-out' NOT IN (x.kind, y.kind) AND NOT ("
        f" (x.kind IN {_A_CLAIM} AND y.kind IN ('payment', 'credit'))"
        f" OR (y.kind IN {_A_CLAIM} AND x.kind IN ('payment', 'credit'))"
        " OR (x.kind = 'reversal' AND y.kind IN ('payment', 'credit'))"
        " OR (x.kind IN ('payment', 'credit') AND y.kind = 'reversal')) ORDER BY s.number LIMIT 1",
        UnknownReference,
        (_SETTLEMENTS, "tegenHuurBoeking"),
        "it settles bookings that cannot settle each other",
        "a claim is settled with a payment or credit, and one of these taken back with a storno",
    )


_AGAIN: Final = "the source changed while it was read, or is incomplete: read it again"


def _make_parts(store: Store) -> None:
    """Compute the net amount with which each payment or credit settles each claim."""
    store.run(
        "INSERT INTO part SELECT p.id || '/' || m.id, p.id, c.id, c.agreement, m.cents, m.number"  # noqa: S608 - our own words
        " FROM matched m JOIN booking p ON p.id IN (m.one, m.other) AND p.kind IN ('payment', 'credit')"
        f" JOIN booking c ON c.id IN (m.one, m.other) AND c.kind IN {_A_CLAIM}"
    )
    store.run("CREATE INDEX part_payment ON part (payment)")
    store.refuse(
        "SELECT number FROM part WHERE cents < 0 ORDER BY number LIMIT 1",
        InvalidValue,
        (_SETTLEMENTS, "bedrag"),
        "the settlements of this payment and claim add up to less than zero",
        "correct them in the source",
    )
    store.refuse(
        "SELECT MAX(q.number) FROM part q JOIN booking p ON p.id = q.payment"
        " GROUP BY q.payment HAVING SUM(q.cents) > MAX(p.cents) ORDER BY 1 LIMIT 1",
        InvalidValue,
        (_SETTLEMENTS, "bedrag"),
        "more of this payment is settled than was received",
        "correct it in the source",
    )


def _check_paid_out(store: Store) -> None:
    """Check that each payout is settled in full with what it gives back."""
    store.refuse(
        "SELECT b.number FROM booking b LEFT JOIN"
        " (SELECT claim, SUM(cents) AS cents FROM part GROUP BY claim) q ON q.claim = b.id"
        " WHERE b.kind = 'paid-out' AND b.agreement IN kept AND b.cents <> COALESCE(q.cents, 0)"
        " ORDER BY b.number LIMIT 1",
        MissingField,
        (_BOOKINGS, "afletteringen"),
        "what was paid out is not settled, or only in part",
        "have the source settle it with the payment that it gives back",
    )


def _check_loose(store: Store, settings: Settings) -> None:
    """Check that each booking belongs to a known lease."""
    for of_lease, remedy in ((True, _AGAIN), (False, _LOOSE)):
        # A booking that names a lease concerns a tenant, so it is never left out.
        if of_lease or settings.loose_bookings == "refuse":
            store.refuse(
                "SELECT b.number FROM booking b LEFT JOIN agreement a ON a.id = b.agreement"
                " WHERE b.kind <> 'left-out' AND b.agreement IS NOT NULL AND a.id IS NULL"
                " AND b.of_lease = ? ORDER BY b.number LIMIT 1",
                UnknownReference,
                (_BOOKINGS, "overeenkomst"),
                "there is no such lease",
                remedy,
                (of_lease,),
            )
    if settings.loose_bookings == "refuse":
        store.refuse(
            "SELECT b.number FROM booking b LEFT JOIN"
            " (SELECT payment, SUM(cents) AS cents FROM part GROUP BY payment) q ON q.payment = b.id"
            " WHERE b.kind NOT IN ('left-out', 'reversal') AND b.agreement IS NULL"
            " AND b.cents > COALESCE(q.cents, 0) ORDER BY b.number LIMIT 1",
            MissingField,
            (_BOOKINGS, "overeenkomst"),
            "this booking belongs to no lease, and is not settled with claims of one",
            _LOOSE,
        )


_LOOSE: Final = 'if it concerns no tenant, set loose_bookings = "left-out"; or read again'
_CLAIMS: Final = (
    "INSERT INTO entry SELECT agreement, id, id, kind, due, booked, cents, NULL, NULL, number"
    " FROM booking WHERE kind IN ('rent', 'other') AND agreement IN kept"
)
_REFUNDS: Final = (
    "INSERT INTO entry SELECT agreement, id, id, 'refund', NULL, booked, cents, NULL, NULL, number"
    " FROM booking WHERE kind = 'paid-out' AND agreement IN kept"
)
# The part of a payment that was paid out settles no claim; the refund takes it up.
_REFUNDED: Final = (
    "UPDATE part SET claim = NULL WHERE claim IN (SELECT id FROM booking WHERE kind = 'paid-out')"
)
# A payment that settles nothing, or one claim of its own lease completely, keeps its id.
_WHOLE: Final = (
    "INSERT INTO entry SELECT p.agreement, p.id, p.id, p.kind, NULL, p.booked, p.cents, q.claim, NULL,"
    " p.number FROM booking p LEFT JOIN part q ON q.payment = p.id"
    " WHERE p.kind IN ('payment', 'credit') AND p.agreement IN kept"
    " AND (q.id IS NULL OR (q.cents = p.cents AND q.agreement = p.agreement))"
)
_IN_PARTS: Final = (
    "INSERT INTO entry SELECT q.agreement, p.id, q.id, p.kind, NULL, p.booked, q.cents, q.claim, NULL,"
    " p.number FROM part q JOIN booking p ON p.id = q.payment WHERE q.agreement IN kept"
    " AND NOT (q.cents = p.cents AND q.agreement IS p.agreement)"
)
_REST: Final = (
    "INSERT INTO entry SELECT p.agreement, p.id, p.id || '/rest', p.kind, NULL, p.booked,"
    " p.cents - SUM(q.cents), NULL, NULL, p.number FROM booking p JOIN part q ON q.payment = p.id"
    " WHERE p.agreement IN kept GROUP BY p.id HAVING SUM(q.cents) < p.cents"
)
