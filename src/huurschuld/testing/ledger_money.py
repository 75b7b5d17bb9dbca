"""Portfolios in which money is taken back, designated, split and corrected."""

from __future__ import annotations

from collections import Counter
from typing import Final

from huurschuld.model.entries import Credit, Entry, OtherClaim, Payment, RentTerm, Reversal
from huurschuld.model.tenancy import Rent, Tenancy
from huurschuld.portfolio.rows import Row
from huurschuld.testing.ledger_leases import A_RENT, day, lease, term


def taken_back() -> list[Tenancy]:
    """Return payments that the bank reversed: once, twice, later, in part, and not at all."""
    owed, paid = term("r1", 40), Payment(id="p1", booked=day(30), cents=A_RENT)

    def back(name: str, ago: int, cents: int | None = None) -> Reversal:
        return Reversal(id=name, booked=day(ago), reverses="p1", cents=cents)

    again = Payment(id="p2", booked=day(5), cents=A_RENT)
    return [
        lease("A1", owed, paid, back("s1", 20)),
        lease("A2", owed, paid, back("s1", 20), back("s2", 10)),
        lease("A3", owed, paid, back("s1", -10)),
        lease("A4", owed, paid),
        lease("A5", owed, paid, back("s1", 20), again),
        lease("A6", owed, paid, back("s1", 30)),
        lease("A7", owed, paid, back("s1", 20, 25_000)),
        lease("A8", owed, paid, back("s1", 20, 25_000), back("s2", 10, 50_000)),
    ]


def designated() -> list[Tenancy]:
    """Return payments that designate a claim: one of two terms, one that is not rent, a future one."""
    rents = (Rent(from_=day(2_000), cents=A_RENT), Rent(from_=day(45), cents=63_000))
    terms = (term("r1", 70), term("r2", 40, 63_000))
    fee = OtherClaim(id="o1", due=day(60), cents=30_000)
    later = RentTerm(id="r3", due=day(-10), cents=A_RENT)

    def paying(claim: str | None) -> Payment:
        return Payment(id="p1", booked=day(20), cents=30_000, settles=claim)

    return [
        lease("A1", *terms, paying("r2"), rents=rents),
        lease("A2", *terms, paying("r1"), rents=rents),
        lease("A3", *terms, paying(None), rents=rents),
        lease("A4", *terms, fee, paying("o1"), rents=rents),
        lease("A5", *terms, later, paying("r3"), rents=rents),
        lease("A6", *terms, Credit(id="k1", booked=day(20), cents=30_000, settles="r2"), rents=rents),
    ]


_SPLIT: Final = ("payment", "reversal")
"""What one booking of the source may be, and several rows here."""


def split() -> list[Tenancy]:
    """Return payments that settle several claims, some of them reversed.

    Of each tenancy all that is received on one day is one payment, and all that is taken back on one
    day is one storno of all of that payment (see `as_bookings`).
    """
    rents = (Rent(from_=day(2_000), cents=A_RENT), Rent(from_=day(45), cents=63_000))
    owed = (term("r1", 70), term("r2", 40, 63_000), OtherClaim(id="o1", due=day(60), cents=30_000))
    later = RentTerm(id="r3", due=day(-10), cents=63_000)
    of_two = _paid("p", 30, r1=60_000, r2=20_000)
    equal = _paid("p", 30, r1=30_000, r2=30_000)
    of_all = _paid("p", 30, r1=10_000, r2=20_000, o1=30_000, rest=5_000)
    ahead = _paid("p", 30, r2=63_000, r3=63_000)
    again = _paid("q", 5, r1=20_000, r2=60_000)
    portfolios = [
        *(of_two, equal, of_all, ahead),
        *((*paid, *_back(paid, 20)) for paid in (of_two, equal, of_all, ahead)),
        (*of_two, *_back(of_two, 30)),
        (*of_two, *_back(of_two, 20), *again),
        (*of_two, *again),
        (*of_two, *again, *_back(again, 3)),
    ]
    return [
        lease(f"A{number}", *owed, later, *entries, rents=rents)
        for number, entries in enumerate(portfolios, start=1)
    ]


def _paid(name: str, ago: int, **claims: int) -> tuple[Payment, ...]:
    return tuple(
        Payment(
            id=f"{name}-{claim}",
            booked=day(ago),
            cents=cents,
            settles=None if claim == "rest" else claim,
        )
        for claim, cents in claims.items()
    )


def _back(paid: tuple[Payment, ...], ago: int) -> tuple[Entry, ...]:
    return tuple(Reversal(id=f"s-{it.id}", booked=day(ago), reverses=it.id) for it in paid)


def as_bookings(entries: list[Row]) -> list[Row]:
    """Say of each row of entries of `split` which booking of the source it is a part of, if any."""

    def booking(row: Row) -> tuple[object, ...]:
        return row["tenancy"], row["kind"], row["booked"]

    parts = Counter(booking(it) for it in entries if it["kind"] in _SPLIT)
    first: dict[tuple[object, ...], object] = {}
    found = []
    for row in entries:
        is_part = parts[booking(row)] > 1
        part_of = first.setdefault(booking(row), row["id"]) if is_part else None
        found.append(row | {"part_of": part_of})
    return found
