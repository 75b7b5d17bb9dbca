"""Tenancies with long ledgers, made with a seed: every kind of entry, late, named, taken back."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator

from huurschuld import (
    Child,
    Contact,
    Credit,
    Eviction,
    Household,
    OtherClaim,
    Payment,
    Refund,
    Rent,
    RentTerm,
    Reversal,
    Tenancy,
)
from huurschuld.model.entries import Entry

TERMS = 14


def long_tenancies(rng: random.Random, count: int, until: dt.date) -> list[Tenancy]:
    """So many tenancies, with rent terms of more than a year up to a day."""
    return [_tenancy(rng, str(number), until) for number in range(count)]


def _tenancy(rng: random.Random, name: str, until: dt.date) -> Tenancy:
    def ago(days: int) -> dt.date:
        return until - dt.timedelta(days)

    rents = {ago(rng.choice((500, 300, 200, 100, 40, 5))) for _ in range(rng.randint(1, 3))}
    turns = rng.choice((-17, -18, -19)) * 365
    return Tenancy(
        id=name,
        start=ago(500),
        rents=[Rent(from_=day, cents=rng.choice((60_000, 61_000, 75_000))) for day in sorted(rents)],
        entries=[*_entries(rng, until)],
        contacts=[
            Contact(date=ago(rng.randint(0, 300)), channel=rng.choice(("letter", "phone", "visit")))
            for _ in range(rng.randint(0, 3))
        ],
        household=Household(
            children=[Child(born=until + dt.timedelta(turns + rng.randint(-200, 200)))]
            if rng.random() < 0.3
            else [],
            complete=rng.random() < 0.8,
        ),
        eviction=Eviction(announced=ago(rng.randint(-20, 40)), on=ago(-rng.randint(20, 40)))
        if rng.random() < 0.1
        else None,
        plans=(),
        disputes=(),
        objections=(),
        signals=(),
        facts=(),
    )


def _entries(rng: random.Random, until: dt.date) -> Iterator[Entry]:
    """A rent term a month, paid, late, in part or not at all; payments name it always or at times."""
    paid, naming = rng.choice((0.95, 0.95, 0.8, 0.5)), rng.choice((0, 0, 0.3, 1))
    odd = rng.choice((0.02, 0.15))
    claims: list[tuple[str, dt.date, int]] = []
    for number in range(TERMS, -2, -1):
        due = until - dt.timedelta(30 * number + rng.randint(0, 2))
        cents = rng.choice((60_000, 61_000, 500))
        early = due - dt.timedelta(rng.choice((0, 0, 5, 40)))
        booked = rng.choice((due, early, due + dt.timedelta(rng.randint(0, 50) if odd > 0.1 else 0)))
        claim = f"h{number}"
        if rng.random() < odd:
            claim = f"o{number}"
            yield OtherClaim(id=claim, due=due, cents=cents, booked=booked)
        else:
            yield RentTerm(id=claim, due=due, cents=cents, booked=booked)
        claims.append((claim, due, cents))
        for part in range(rng.choice((1, 1, 1, 2))):
            if rng.random() < paid:
                yield from _received(rng, f"{number}.{part}", claims, naming, odd)


def _received(
    rng: random.Random, name: str, claims: list[tuple[str, dt.date, int]], naming: float, odd: float
) -> Iterator[Entry]:
    claim, due, cents = rng.choice(claims) if rng.random() < odd else claims[-1]
    cents = rng.choice((cents, cents, cents, max(1, cents // 2), cents + 100))
    booked = due + dt.timedelta(rng.choice((-5, 0, 1, 3, 30, 61, rng.randint(0, 90))))
    kind = Credit if rng.random() < odd else Payment
    settles = claim if rng.random() < naming else None
    yield kind(id=f"p{name}", booked=booked, cents=cents, settles=settles)
    if rng.random() < odd:
        for turn in range(rng.randint(1, 2)):
            taken = rng.choice((None, cents, max(1, cents // 3)))
            day = booked + dt.timedelta(rng.choice((-2, 0, 4, 50, 100)))
            yield Reversal(id=f"s{name}.{turn}", booked=day, reverses=f"p{name}", cents=taken)
    if rng.random() < odd:
        day = booked + dt.timedelta(rng.randint(0, 60))
        yield Refund(id=f"f{name}", booked=day, cents=rng.choice((100, cents, 2 * cents)))
