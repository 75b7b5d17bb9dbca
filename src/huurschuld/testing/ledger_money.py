"""Portfolios in which money is taken back, designated, split and corrected."""

from __future__ import annotations

from huurschuld.model.entries import Credit, OtherClaim, Payment, RentTerm, Reversal
from huurschuld.model.tenancy import Rent, Tenancy
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
