"""The valid portfolios that a ledger is checked with: amounts, rows, ids, days and sizes."""

from __future__ import annotations

import datetime as dt
from typing import Final

import attrs

from huurschuld.model.entries import Credit, Entry, Payment, Refund, RentTerm, Reversal
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
from huurschuld.testing.capabilities import LedgerCapabilities
from huurschuld.testing.ledger_leases import A_RENT, OWING, day, lease, term
from huurschuld.testing.tenancies import AS_OF

CENTS: Final = (1, 29, 57, 58, 113, 115, 435, 1_005, 61_234, 16_777_217, 33_333_333, 99_999_999)
"""Amounts that floats, in euros or of 32 bits, cannot hold exactly; and the second highest."""


_MANY: Final = 10_001
"""How many tenancies are read where no page is declared: more than sources often give at once."""

IDS: Final = (
    *("caf\u00e9", "cafe\u0301", "A", "a", "1", "001", "1.0", "\U0001f3e0", 'O\'Hara "x"; --'),
    *(
        "\u05e9\u05dc\u05d5\u05dd",
        "\u202eabc",
        "a\u200bb",
        "ab",
        "\ufb01",
        "fi",
        "stra\u00dfe",
        "strasse",
    ),
    *(" a", "a ", "NULL", "nan", "=1+1", "a,b;c", "a\\n%s{}"),
)
"""Ids that are easily confused with each other, with a null, or with something else."""


def of_amounts(can: LedgerCapabilities) -> list[Tenancy]:
    """Return a tenancy for each amount that is easily distorted, and one with many to add up."""
    amounts = [it for it in (*CENTS, can.max_cents) if it <= can.max_cents]
    many = [term(f"r{cents}", 50 + cents, cents) for cents in range(1, min(300, can.max_entries))]
    return [
        *(
            lease(f"A{number}", term("r1", 40, cents), signals=(Signal(date=day(3), cents=cents),))
            for number, cents in enumerate(amounts, start=1)
        ),
        lease("B1", *many),
        lease("B2", term("r1", 40), Payment(id="p1", booked=day(9), cents=min(59_999, can.max_cents))),
    ]


def one_row_each() -> list[Tenancy]:
    """Return tenancies for each of which one row decides, the last one of each table among them."""
    reminder = Contact(date=day(30), channel="letter", reminder=True, offers_sharing=True)
    paid = Payment(id="p1", booked=day(20), cents=A_RENT)
    rents = (Rent(from_=day(2_000), cents=A_RENT), Rent(from_=day(60), cents=50_000))
    return [
        lease("A1", *OWING, signals=(Signal(date=day(20), cents=120_000),)),
        lease("A2", *OWING, objections=(Objection(date=day(20)),)),
        lease("A3", *OWING, disputes=(Dispute(from_=day(20)),)),
        lease("A4", *OWING, plans=(Plan(from_=day(20)),)),
        lease("A5", *OWING, household=Household(children=(Child(born=day(3_000)),))),
        lease("A6", *OWING, contacts=(reminder,)),
        lease("A7", *OWING, rents=rents),
        lease("A8", *OWING, paid),
        lease("A9", *OWING, Credit(id="k1", booked=day(20), cents=A_RENT)),
        lease("B1", *OWING, paid, Reversal(id="s1", booked=day(10), reverses="p1")),
        lease("B2", *OWING, paid, Refund(id="t1", booked=day(10), cents=A_RENT)),
        lease("B3", *OWING, facts=(StatedFact(name="guardianship", value=True),)),
        lease("B4", *OWING),
    ]


def busy() -> list[Tenancy]:
    """Return tenancies with several rows in the tables that most sources have, of several months."""
    rents = (Rent(from_=day(2_000), cents=A_RENT), Rent(from_=day(60), cents=63_000))
    paid = Payment(id="p1", booked=day(45), cents=A_RENT, settles="r1")
    back = Reversal(id="s1", booked=day(10), reverses="p1")
    letter = Contact(date=day(30), channel="letter", reminder=True, offers_sharing=True)
    call = Contact(date=day(12), channel="phone", debt_help=True)
    return [
        lease("A1", term("r1", 70), paid, term("r2", 40, 63_000), back, rents=rents),
        lease("A2", *OWING, contacts=(letter, call)),
        lease("A3", term("r1", 40), Payment(id="p1", booked=day(12), cents=59_000)),
        lease("A4", term("r1", 70), household=Household(children=(Child(born=day(4_000)),))),
    ]


def _paid_back(ago: int) -> Refund:
    return Refund(id="t1", booked=day(ago), cents=A_RENT)


def later() -> list[Tenancy]:
    """Return tenancies that each have something that was recorded later than the rest."""
    call = Contact(date=day(12), channel="phone", debt_help=True)
    return [
        lease("A1", *OWING, RentTerm(id="r3", due=day(20), cents=A_RENT, booked=day(5))),
        lease("A2", *OWING, Payment(id="p1", booked=day(5), cents=A_RENT)),
        lease("A3", *OWING, contacts=(call, attrs.evolve(call, date=day(5)))),
        lease("A4", *OWING, objections=(Objection(date=day(5)),)),
        lease("A5", *OWING, disputes=(Dispute(from_=day(5)),)),
        lease("A6", *OWING, plans=(Plan(from_=day(5)),)),
        lease("A7", *OWING, signals=(Signal(date=day(5), cents=500_000),)),
        lease("A8", *OWING, facts=(StatedFact(name="guardianship", value=True, from_=day(5)),)),
        lease("A9", *OWING, Payment(id="p1", booked=day(9), cents=A_RENT), _paid_back(5)),
    ]


def with_ids(can: LedgerCapabilities) -> list[Tenancy]:
    """Return tenancies and entries whose ids are hard to tell apart, and whose arrears differ."""
    if can.free_ids:
        names = [it for it in IDS if len(it) <= can.longest_id]
    else:
        widest = len(can.id_letters or "") ** can.longest_id - 1
        names = [can.id_of(number) for number in sorted({1, 2, 3, widest // 2, widest - 1, widest})]
    found = []
    for number, name in enumerate(names):
        # The designated term is the oldest, which a payment goes to anyway: only its id is tested.
        terms = [term(it, 90 if it == name else 40 + place, 10_000) for place, it in enumerate(names)]
        paid = Payment(id="paid", booked=day(20), cents=100 * (1 + number), settles=name)
        found.append(lease(name, *terms, paid))
    return found


def edges(can: LedgerCapabilities) -> list[dt.date]:
    """Return the first and last days that can be held, and around Unix time, years and February."""
    days = {can.first_day, can.first_day + dt.timedelta(1), can.last_day - dt.timedelta(1), can.last_day}
    for year in (1904, 2000, 2024, 2196):
        days |= {dt.date(year, 2, 29), dt.date(year, 3, 1)}
    days |= {dt.date(1969, 12, 31), dt.date(1970, 1, 1), dt.date(1999, 12, 31), dt.date(2000, 1, 1)}
    return sorted(it for it in days if can.first_day <= it <= can.last_day)


def at_the_edges(can: LedgerCapabilities) -> list[Tenancy]:
    """Return leases and terms on the first and last day, around them, and on 29 February."""
    return [
        lease(
            f"A{number}",
            RentTerm(id="r1", due=it, cents=1_000 * number),
            Payment(id="p1", booked=it, cents=1),
            start=can.first_day,
            end=it,
            rents=(Rent(from_=it, cents=A_RENT),),
            household=Household(children=(Child(born=it),)),
        )
        for number, it in enumerate(edges(can), start=1)
    ]


def sizes(page_size: int | None) -> list[int]:
    """Return how many tenancies there are on one page, and a few more than on two."""
    return [_MANY] if page_size is None else [page_size, 2 * page_size + 1]


def many(number: int) -> list[Tenancy]:
    """Return so many tenancies, each with a row in every table, and of several amounts.

    A fact depends on each of these rows: on the signal too, since it names all that is owed, and where
    all days are the first of a month, since the rent fell due in an earlier month than anything else.
    """
    since = Rent(from_=day(2_000), cents=A_RENT)
    letter = Contact(date=day(30), channel="letter")
    return [
        lease(
            f"A{it}",
            term("r1", 70, 1_000 + it % 997),
            rents=(since,),
            contacts=(letter,),
            household=Household(children=(Child(born=day(3_000 + it % 7)),)),
            plans=(Plan(from_=day(30), cents=500),),
            disputes=(Dispute(from_=day(30), cents=400),),
            objections=(Objection(date=day(20)),),
            signals=(Signal(date=day(20), cents=2_000),),
            facts=(StatedFact(name="guardianship", value=bool(it % 2)),),
        )
        for it in range(1, number + 1)
    ]


def large(can: LedgerCapabilities) -> Tenancy:
    """Return a tenancy with as many entries as it may have; all but the last term are paid."""
    claims = can.max_entries // 2
    entries: list[Entry] = []
    for number in range(claims):
        due = AS_OF - dt.timedelta(days=claims - number)
        entries.append(RentTerm(id=f"r{number}", due=due, cents=1_000 + number % 7))
        if number < claims - 1:
            entries.append(Payment(id=f"p{number}", booked=due, cents=1_000 + number % 7))
    return lease("A1", *entries)
