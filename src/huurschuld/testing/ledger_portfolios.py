"""The valid portfolios that a ledger is checked with."""

from __future__ import annotations

import datetime as dt
import random
from typing import Any, Final

import attrs
from hypothesis import strategies as st

from huurschuld.model.entries import Credit, Entry, OtherClaim, Payment, Refund, RentTerm, Reversal
from huurschuld.model.tenancy import (
    PERIODS,
    Child,
    Contact,
    Dispute,
    Eviction,
    Household,
    Objection,
    Plan,
    Rent,
    Signal,
    StatedFact,
    Tenancy,
)
from huurschuld.testing.capabilities import LedgerCapabilities
from huurschuld.testing.recorded import Rows
from huurschuld.testing.tenancies import AS_OF, tenancies

_A_RENT: Final = 60_000
CENTS: Final = (1, 29, 57, 58, 113, 115, 435, 1_005, 61_234, 16_777_217, 33_333_333, 99_999_999)
"""Amounts that floats, in euros or of 32 bits, cannot hold exactly; and the second highest."""
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


def day(ago: int) -> dt.date:
    """Return the day that is so many days before the one that portfolios are around."""
    return AS_OF - dt.timedelta(days=ago)


def term(name: str, ago: int, cents: int = _A_RENT) -> RentTerm:
    """Return a rent term that was due so many days ago."""
    return RentTerm(id=name, due=day(ago), cents=cents)


_OWING: Final = (term("r1", 70), term("r2", 40))
"""Two terms that are owed."""


def lease(name: str, *entries: Entry, **parts: Any) -> Tenancy:
    """Return a tenancy with these entries, of which everything is known; the rent is 600 euros."""
    known: dict[str, Any] = {
        "start": day(2_000),
        "rents": (Rent(from_=day(2_000), cents=_A_RENT),),
        "household": Household(children=()),
        **dict.fromkeys(_RECORDED, ()),
    }
    return Tenancy(id=name, entries=entries, **known | parts)


def several(most: int = 3, *, of_ledgers: bool = False) -> st.SearchStrategy[list[Tenancy]]:
    """Generate a few tenancies with different ids: of any kind, or with any entries and nothing else."""
    known: dict[str, Any] = dict.fromkeys(_RECORDED, ()) if of_ledgers else {}
    return st.lists(tenancies(**known), min_size=1, max_size=most, unique_by=lambda it: it.id)


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
    paid = Payment(id="p1", booked=day(20), cents=_A_RENT)
    rents = (Rent(from_=day(2_000), cents=_A_RENT), Rent(from_=day(60), cents=50_000))
    return [
        lease("A1", *_OWING, signals=(Signal(date=day(20), cents=120_000),)),
        lease("A2", *_OWING, objections=(Objection(date=day(20)),)),
        lease("A3", *_OWING, disputes=(Dispute(from_=day(20)),)),
        lease("A4", *_OWING, plans=(Plan(from_=day(20)),)),
        lease("A5", *_OWING, household=Household(children=(Child(born=day(3_000)),))),
        lease("A6", *_OWING, contacts=(reminder,)),
        lease("A7", *_OWING, rents=rents),
        lease("A8", *_OWING, paid),
        lease("A9", *_OWING, Credit(id="k1", booked=day(20), cents=_A_RENT)),
        lease("B1", *_OWING, paid, Reversal(id="s1", booked=day(10), reverses="p1")),
        lease("B2", *_OWING, paid, Refund(id="t1", booked=day(10), cents=_A_RENT)),
        lease("B3", *_OWING, facts=(StatedFact(name="guardianship", value=True),)),
        lease("B4", *_OWING),
    ]


def one_value_each() -> list[Tenancy]:
    """Return tenancies for each of which one value of an optional column decides."""
    return [*_leases(), *_approached(), *_agreed(), *_stating(), *_with_children()]


def _leases() -> list[Tenancy]:
    paid = Payment(id="p1", booked=day(50), cents=_A_RENT)
    part = Reversal(id="s1", booked=day(48), reverses="p1", cents=20_000)
    fee = OtherClaim(id="o1", due=day(60), cents=_A_RENT)
    eviction = Eviction(announced=day(50), on=day(-5))
    return [
        lease("A1", *_OWING, end=day(10)),
        lease("A2", *_OWING, object="parking"),
        lease("A3", *_OWING, object="storage"),
        lease("A4", *_OWING, deceased=day(10)),
        lease("A5", *_OWING, eviction=eviction),
        *(
            lease(f"B{number}", *_OWING, rents=(Rent(from_=day(2_000), cents=20_000, per=per),))
            for number, per in enumerate(PERIODS, start=1)
        ),
        lease("B7", RentTerm(id="r1", due=day(60), cents=_A_RENT, booked=day(20))),
        lease("B8", *_OWING, paid, part),
        lease("B9", *_OWING, fee, Payment(id="p1", booked=day(50), cents=_A_RENT, settles="o1")),
    ]


def _approached() -> list[Tenancy]:

    def one(**changed: Any) -> tuple[Contact, ...]:
        return (attrs.evolve(Contact(date=day(50), channel="letter"), **changed),)

    changes: list[dict[str, Any]] = [
        {},
        {"direction": "in"},
        {"reached": True},
        {"returned": True, "reminder": True},
        {"about_arrears": False},
        {"reminder": True},
        {"reminder": True, "offers_sharing": True},
        {"debt_help": True},
    ]
    return [
        lease(f"C{number}", *_OWING, contacts=one(**changed))
        for number, changed in enumerate(changes, start=1)
    ]


def _agreed() -> list[Tenancy]:
    from_ = day(50)
    plans = [
        Plan(from_=from_),
        Plan(from_=from_, until=day(20)),
        Plan(from_=from_, broken_on=day(20)),
        Plan(from_=from_, cents=_A_RENT),
        Plan(from_=from_, cents=2 * _A_RENT),
    ]
    disputes = [
        Dispute(from_=from_),
        Dispute(from_=from_, until=day(20)),
        Dispute(from_=from_, cents=_A_RENT),
    ]
    objections = [
        Objection(date=day(90)),
        Objection(date=day(90), withdrawn=day(20)),
        Objection(date=day(90), standing=False),
    ]
    return [
        *(lease(f"D{number}", *_OWING, plans=(it,)) for number, it in enumerate(plans)),
        *(lease(f"E{number}", *_OWING, disputes=(it,)) for number, it in enumerate(disputes)),
        *(lease(f"F{number}", *_OWING, objections=(it,)) for number, it in enumerate(objections)),
    ]


def _stating() -> list[Tenancy]:
    earlier, later = day(300), day(20)
    stated = [
        (StatedFact(name="guardianship", value=True),),
        (StatedFact(name="guardianship", value=False),),
        (StatedFact(name="weeks_in_hospital", value=5),),
        (StatedFact(name="months_agreed", value="1.5"),),
        (StatedFact(name="guardianship", value=True, from_=later),),
        (StatedFact(name="guardianship", value=True, until=later),),
        (
            StatedFact(name="people_living_in", value=3, from_=earlier),
            StatedFact(name="people_living_in", value=2, from_=later),
        ),
        (StatedFact(name="guardianship", value=True), StatedFact(name="moratorium", value=True)),
    ]
    return [lease(f"G{number}", *_OWING, facts=facts) for number, facts in enumerate(stated, start=1)]


def _with_children() -> list[Tenancy]:
    last = AS_OF.year - 18
    # Who turns eighteen in this year or this month, or is born in it, on a day that is not known.
    born = (f"{last}-00-00", f"{last}-{AS_OF:%m}-00", f"{AS_OF:%Y}-00-00", f"{AS_OF:%Y-%m}-00")
    households = [
        *(Household(children=(Child(born=it),)) for it in born),
        Household(children=(Child(born=day(3_000)),), complete=False),
    ]
    return [lease(f"H{number}", *_OWING, household=it) for number, it in enumerate(households, start=1)]


def busy() -> list[Tenancy]:
    """Return tenancies with several rows in the tables that most sources have, of several months."""
    rents = (Rent(from_=day(2_000), cents=_A_RENT), Rent(from_=day(60), cents=63_000))
    paid = Payment(id="p1", booked=day(45), cents=_A_RENT, settles="r1")
    back = Reversal(id="s1", booked=day(10), reverses="p1")
    letter = Contact(date=day(30), channel="letter", reminder=True, offers_sharing=True)
    call = Contact(date=day(12), channel="phone", debt_help=True)
    return [
        lease("A1", term("r1", 70), paid, term("r2", 40, 63_000), back, rents=rents),
        lease("A2", *_OWING, contacts=(letter, call)),
        lease("A3", term("r1", 40), Payment(id="p1", booked=day(12), cents=59_000)),
        lease("A4", term("r1", 70), household=Household(children=(Child(born=day(4_000)),))),
    ]


def _paid_back(ago: int) -> Refund:
    return Refund(id="t1", booked=day(ago), cents=_A_RENT)


def later() -> list[Tenancy]:
    """Return tenancies that each have something that was recorded later than the rest."""
    call = Contact(date=day(12), channel="phone", debt_help=True)
    return [
        lease("A1", *_OWING, RentTerm(id="r3", due=day(20), cents=_A_RENT, booked=day(5))),
        lease("A2", *_OWING, Payment(id="p1", booked=day(5), cents=_A_RENT)),
        lease("A3", *_OWING, contacts=(call, attrs.evolve(call, date=day(5)))),
        lease("A4", *_OWING, objections=(Objection(date=day(5)),)),
        lease("A5", *_OWING, disputes=(Dispute(from_=day(5)),)),
        lease("A6", *_OWING, plans=(Plan(from_=day(5)),)),
        lease("A7", *_OWING, signals=(Signal(date=day(5), cents=500_000),)),
        lease("A8", *_OWING, facts=(StatedFact(name="guardianship", value=True, from_=day(5)),)),
        lease("A9", *_OWING, Payment(id="p1", booked=day(9), cents=_A_RENT), _paid_back(5)),
    ]


def taken_back() -> list[Tenancy]:
    """Return payments that the bank reversed: once, twice, later, in part, and not at all."""
    owed, paid = term("r1", 40), Payment(id="p1", booked=day(30), cents=_A_RENT)

    def back(name: str, ago: int, cents: int | None = None) -> Reversal:
        return Reversal(id=name, booked=day(ago), reverses="p1", cents=cents)

    again = Payment(id="p2", booked=day(5), cents=_A_RENT)
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
    rents = (Rent(from_=day(2_000), cents=_A_RENT), Rent(from_=day(45), cents=63_000))
    terms = (term("r1", 70), term("r2", 40, 63_000))
    fee = OtherClaim(id="o1", due=day(60), cents=30_000)
    later = RentTerm(id="r3", due=day(-10), cents=_A_RENT)

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
            rents=(Rent(from_=it, cents=_A_RENT),),
            household=Household(children=(Child(born=it),)),
        )
        for number, it in enumerate(edges(can), start=1)
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


def known_on(tenancy: Tenancy, day: dt.date) -> Tenancy:
    """Return what could be known of a tenancy on a day: what was recorded by then."""
    entries = [it for it in tenancy.entries if it.booked <= day]
    names = {it.id for it in entries}
    kept = [
        attrs.evolve(it, settles=None)
        if isinstance(it, Payment | Credit) and it.settles not in names
        else it
        for it in entries
        if not isinstance(it, Reversal) or it.reverses in names
    ]
    parts: dict[str, Any] = {
        name: parts and tuple(it for it in parts if (getattr(it, by) or day) <= day)
        for name, by in _RECORDED.items()
        for parts in [getattr(tenancy, name)]
    }
    return attrs.evolve(tenancy, entries=tuple(kept), **parts)


_RECORDED: Final = {
    **dict.fromkeys(("contacts", "objections", "signals"), "date"),
    **dict.fromkeys(("plans", "disputes", "facts"), "from_"),
}


def shuffled(rows: Rows, chance: random.Random) -> Rows:
    """Return the same rows, with those of each table in another order."""
    return {name: chance.sample(them, len(them)) for name, them in rows.items()}
