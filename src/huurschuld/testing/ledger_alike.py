"""A portfolio of rows that are easily taken for one: identical, or different in one thing only."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import attrs

from huurschuld.model.entries import Credit, Entry, OtherClaim, Payment, Refund, RentTerm, Reversal
from huurschuld.model.tenancy import (
    Child,
    Contact,
    Dispute,
    Household,
    Objection,
    Plan,
    Rent,
    Signal,
    StatedFact,
    Tenancy,
)
from huurschuld.testing.ledger_leases import A_RENT, OWING, RECORDED, day, lease, term

_HALF: Final = A_RENT // 2


def alike() -> list[Tenancy]:
    """Return tenancies with rows that look alike and all count, in both orders."""
    found = [
        *(lease(f"A{number}", *OWING, **parts) for number, parts in enumerate(_parts(), start=1)),
        *(lease(f"B{number}", *OWING, *them) for number, them in enumerate(_money(), start=1)),
        *(lease(f"C{number}", *them) for number, them in enumerate(_claims(), start=1)),
        *_tenancies(),
    ]
    return [*found, *map(_in_reverse, found)]


def _in_reverse(tenancy: Tenancy) -> Tenancy:
    """Return another tenancy with the same rows in the opposite order."""
    parts: dict[str, Any] = {
        name: (getattr(tenancy, name) or ())[::-1] for name in ("rents", "entries", *RECORDED)
    }
    return attrs.evolve(tenancy, id=f"{tenancy.id}-r", **parts)


def _parts() -> Iterator[dict[str, Any]]:
    """Yield parts besides the ledger that look alike."""
    letter = Contact(date=day(50), channel="letter")
    flags = ("reached", "returned", "about_arrears", "reminder", "debt_help", "offers_sharing")
    changes: list[dict[str, Any]] = [
        {},
        {"date": day(49)},
        {"channel": "email"},
        {"channel": "phone"},
        {"direction": "in"},
        *({name: name != "about_arrears"} for name in flags),
    ]
    for change in changes:
        yield {"contacts": (letter, attrs.evolve(letter, **change))}
    yield {"contacts": (letter, letter, letter)}
    yield {"contacts": tuple(attrs.evolve(letter, **change) for change in changes)}

    from_ = day(50)
    for made in (Plan, Dispute):
        name = f"{made.__name__.lower()}s"
        half = made(from_=from_, cents=A_RENT)
        for change in ({}, {"until": day(20)}, {"from_": day(49)}, {"cents": A_RENT - 1}):
            yield {name: (half, attrs.evolve(half, **change))}
        yield {name: (made(from_=from_), made(from_=from_, until=day(20)))}
        yield {name: (made(from_=from_, until=day(30)), made(from_=from_, until=day(20)))}
    yield {"plans": (Plan(from_=from_), Plan(from_=from_, broken_on=day(20)))}
    yield {
        "plans": (Plan(from_=from_, cents=A_RENT),),
        "disputes": (Dispute(from_=from_, cents=A_RENT),),
    }

    objection = Objection(date=day(90))
    changed: dict[str, Any]
    for changed in ({"withdrawn": day(20)}, {"standing": False}, {"date": day(30)}):
        yield {"objections": (objection, attrs.evolve(objection, **changed))}
    yield {"signals": (Signal(date=day(20), cents=2 * A_RENT), Signal(date=day(20), cents=_HALF))}
    yield {"signals": (Signal(date=day(20), cents=2 * A_RENT), Signal(date=day(10), cents=2 * A_RENT))}

    twins = (Child(born=day(3_000)), Child(born=day(3_000)))
    yield {"household": Household(children=twins)}
    yield {"household": Household(children=(*twins, Child(born=day(3_001))))}
    yield {"household": Household(children=(Child(born=f"{day(3_000):%Y}-00-00"),) * 2)}

    guarded = StatedFact(name="guardianship", value=True, from_=day(50), until=day(10))
    for changed in (
        {"name": "moratorium"},
        {"from_": day(30)},
        {"from_": day(30), "value": False},
        {"from_": day(30), "until": day(5)},
    ):
        yield {"facts": (guarded, attrs.evolve(guarded, **changed))}


def _money() -> Iterator[tuple[Entry, ...]]:
    """Yield money received or paid out that looks alike, beside two terms that are owed."""
    paid = Payment(id="p1", booked=day(30), cents=_HALF)
    again = attrs.evolve(paid, id="p2")
    yield paid, again
    yield paid, again, attrs.evolve(paid, id="p3")
    yield paid, attrs.evolve(paid, id="p2", cents=_HALF - 1)
    yield paid, attrs.evolve(paid, id="p2", booked=day(29))
    yield paid, Credit(id="k1", booked=day(30), cents=_HALF)
    yield paid, Refund(id="t1", booked=day(30), cents=_HALF)
    for claim in ("r1", "r2"):
        settling = attrs.evolve(paid, settles=claim)
        yield settling, attrs.evolve(settling, id="p2")
        yield settling, again
    yield attrs.evolve(paid, settles="r1"), attrs.evolve(again, settles="r2")
    credit = Credit(id="k1", booked=day(30), cents=_HALF)
    yield credit, attrs.evolve(credit, id="k2")
    yield (*(paid, again), *(Refund(id=f"t{number}", booked=day(20), cents=10_000) for number in (1, 2)))

    back = Reversal(id="s1", booked=day(20), reverses="p1")
    part = attrs.evolve(back, cents=10_000)
    yield paid, again, back
    yield paid, again, back, attrs.evolve(back, id="s2", reverses="p2")
    yield paid, part, attrs.evolve(part, id="s2")
    yield paid, part, attrs.evolve(part, id="s2", booked=day(19))
    yield paid, attrs.evolve(back, booked=day(30)), again


def _claims() -> Iterator[tuple[Entry, ...]]:
    """Yield claims that look alike: of two contracts, or of a term and its positive correction."""
    owed = term("r1", 70)
    yield owed, term("r2", 70)
    yield owed, term("r2", 69)
    yield owed, term("r2", 70, A_RENT - 1)
    yield owed, RentTerm(id="r2", due=day(70), cents=A_RENT, booked=day(30))
    yield owed, RentTerm(id="r2", due=day(70), cents=2_500, booked=day(30))
    yield owed, OtherClaim(id="o1", due=day(70), cents=A_RENT)
    fee = OtherClaim(id="o1", due=day(70), cents=A_RENT)
    # A claim that is no rent is seen by what is paid for it: that does not go to the rent.
    fees = fee, attrs.evolve(fee, id="o2")
    yield (
        owed,
        *fees,
        *(Payment(id=f"p-{it.id}", booked=day(60), cents=A_RENT, settles=it.id) for it in fees),
    )
    paid = Payment(id="p1", booked=day(60), cents=A_RENT)
    yield owed, RentTerm(id="r2", due=day(70), cents=2_500, booked=day(30)), paid


def _tenancies() -> list[Tenancy]:
    """Return a rent that goes up and down again, and households that differ in their id only."""
    rents = tuple(
        Rent(from_=day(ago), cents=cents) for ago, cents in ((2_000, A_RENT), (60, 90_000), (30, A_RENT))
    )
    letter = Contact(date=day(50), channel="letter")
    same: dict[str, Any] = {
        "contacts": (letter,),
        "household": Household(children=(Child(born=day(9)),)),
    }
    return [
        lease("D1", term("r1", 70), term("r2", 60), term("r3", 30), rents=rents),
        lease("D2", *OWING, **same),
        lease("D3", *OWING, **same),
    ]
