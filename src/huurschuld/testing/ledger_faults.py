"""Invalid portfolios, which a ledger must refuse, and what its errors may not quote."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Final

from huurschuld.model.entries import Payment, Reversal
from huurschuld.model.tenancy import Contact
from huurschuld.testing.capabilities import LedgerCapabilities
from huurschuld.testing.ledger_leases import day, lease, term
from huurschuld.testing.recorded import Rows, rows_of


def with_duplicates(can: LedgerCapabilities) -> Iterator[tuple[str, Rows]]:
    """Yield portfolios with a duplicate row, each with what is wrong."""
    sound = rows_of([lease(can.id_of(1), term(can.id_of(2), 40)), lease(can.id_of(3))], can)
    for table, what, other in (
        ("tenancies", "a tenancy twice", {}),
        ("entries", "an entry twice", {}),
        ("rents", "a rent twice", {}),
        ("entries", "two entries of one id", {"cents": 777}),
    ):
        yield what, sound | {table: [*sound[table], sound[table][0] | other]}


def without_a_tenancy(can: LedgerCapabilities) -> Iterator[tuple[str, Rows]]:
    """Yield portfolios with a row of a tenancy that does not exist, each with what is wrong."""
    known, unknown = lease(can.id_of(1)), can.id_of(9)
    reminder = Contact(date=day(3), channel="letter")
    other = rows_of([lease(unknown, term(can.id_of(2), 40), contacts=(reminder,))], can)
    for table in ("entries", "rents", "contacts"):
        if table in can.tables:
            rows = rows_of([known], can)
            rows[table] += other[table]
            yield f"{table} of a tenancy that does not exist", rows


CANARY_CENTS: Final = 8_765_431
CANARY_DAY: Final = dt.date(1987, 6, 5)


def canaries(can: LedgerCapabilities) -> tuple[str, str]:
    """Return the ids of a tenancy and an entry that no error may name, about ten characters long."""
    if can.free_ids:
        return "Kanarie-7d1f"[: can.longest_id], "Vink-93b"[: can.longest_id]
    widest = len(can.id_letters or "") ** min(can.longest_id, 10) - 1
    return can.id_of(widest), can.id_of(widest - 1)


def wrong(can: LedgerCapabilities) -> Iterator[tuple[str, Rows]]:
    """Yield portfolios that a source can hold and that are invalid, each with what is wrong."""
    tenancy, entry = canaries(can)
    cents = min(CANARY_CENTS, can.max_cents)
    since = max(CANARY_DAY, can.first_day)
    paid = Payment(id=can.id_of(3), booked=day(30), cents=cents)
    back = Reversal(id=can.id_of(4), booked=day(20), reverses=paid.id)
    sound = rows_of([lease(tenancy, term(entry, 40, cents), paid, back, start=since)], can)

    def changed(table: str, name: str, value: str) -> Rows:
        rows = [row if row.get(name) is None else row | {name: value} for row in sound[table]]
        return sound | {table: rows}

    yield "a tenancy whose rent is of another one", changed("rents", "tenancy", can.id_of(9))
    yield "an entry twice", sound | {"entries": [*sound["entries"], dict(sound["entries"][0])]}
    if "tenancies.end" not in can.without and since > can.first_day:
        ended = sound["tenancies"][0] | {"end": since - dt.timedelta(days=1)}
        yield "a lease that ends before it starts", sound | {"tenancies": [ended]}
    if "reversal" in can.kinds and can.part_reversals and cents < can.max_cents:
        more = [it | {"cents": cents + 1} if it["kind"] == "reversal" else it for it in sound["entries"]]
        yield "a reversal of more than the payment", sound | {"entries": more}
    if "reversal" in can.kinds:
        yield "a reversal of a payment that does not exist", changed("entries", "reverses", can.id_of(8))


def shown(can: LedgerCapabilities) -> Iterable[str]:
    """Yield what an error about those portfolios could quote."""
    names = [it for it in canaries(can) if len(it) > 3]
    amount = min(CANARY_CENTS, can.max_cents)
    euros, rest = divmod(amount, 100)
    yield from (*names, str(amount), f"{amount:,}", f"{euros}.{rest:02}", f"{euros},{rest:02}")
    yield from (CANARY_DAY.isoformat(), f"{CANARY_DAY:%d-%m-%Y}", repr(CANARY_DAY))
