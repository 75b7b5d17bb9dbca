"""The tenancies that an enricher is checked with, and rows that it may not hide."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Any, Final

import attrs

from huurschuld.model.tenancy import (
    CHANNELS,
    Child,
    Contact,
    Dispute,
    Eviction,
    Household,
    Objection,
    Plan,
    Signal,
    StatedFact,
    Tenancy,
)
from huurschuld.model.values import Birth, Choice, Day, FactValue, Whole
from huurschuld.portfolio.schema import COLUMNS
from huurschuld.testing.capabilities import LedgerCapabilities
from huurschuld.testing.enricher_source import EnricherSource, as_given, rows_given
from huurschuld.testing.ledger_leases import day, lease
from huurschuld.testing.ledger_portfolios import CENTS, IDS
from huurschuld.testing.recorded import Rows

_WORD: Final = "Vink-93b"
_DAY: Final = dt.date(2987, 6, 5)
_CENTS: Final = -8_765_431
_BORN: Final = dt.date(2013, 4, 29)


def id_of_canary(can: LedgerCapabilities) -> str:
    """Return an id that no error and no log may show, of about ten characters if the source allows."""
    if can.free_ids:
        return "Kanarie-7d1f"[: can.longest_id]
    widest: int = len(can.id_letters or "") ** min(can.longest_id, 10) - 1
    return can.id_of(widest)


def of_everything(name: str, number: int = 0) -> Tenancy:
    """Return a tenancy with one row of everything; with another number, on other days."""
    return lease(
        name,
        contacts=(Contact(date=day(40 + number), channel="letter", reminder=True, debt_help=True),),
        household=Household(children=(Child(born=_BORN - dt.timedelta(days=number)),)),
        plans=(Plan(from_=day(60 + number), until=day(3), cents=10_000 + number),),
        disputes=(Dispute(from_=day(50 + number), cents=5_000 + number),),
        objections=(Objection(date=day(30 + number), withdrawn=day(1)),),
        signals=(Signal(date=day(20 + number), cents=70_000 + number),),
        facts=(StatedFact(name="people_living_in", value=number, from_=day(90)),),
        deceased=day(10 + number),
        eviction=Eviction(announced=day(5 + number), on=day(-30)),
    )


def of_amounts(can: LedgerCapabilities) -> list[Tenancy]:
    """Return a tenancy for each amount that is easily distorted, in everything that has one."""
    amounts = [it for it in (0, *CENTS, can.max_cents) if it <= can.max_cents]
    return [
        lease(
            can.id_of(number),
            plans=(Plan(from_=day(60), cents=cents),),
            disputes=(Dispute(from_=day(50), cents=cents),),
            signals=(Signal(date=day(20), cents=cents),),
        )
        for number, cents in enumerate(amounts, start=1)
    ]


def of_each_word(can: LedgerCapabilities) -> list[Tenancy]:
    """Return a tenancy with a contact by each channel, from the landlord and from the tenant."""
    out = [Contact(date=day(9), channel=channel) for channel in CHANNELS]
    each = [*out, *(attrs.evolve(it, direction="in") for it in out)]
    return [lease(can.id_of(number), contacts=(it,)) for number, it in enumerate(each, start=1)]


def looking_alike(can: LedgerCapabilities) -> list[Tenancy]:
    """Return tenancies whose ids are hard to tell apart, each with rows of its own."""
    if can.free_ids:
        names = [it for it in IDS if len(it) <= can.longest_id]
    else:
        widest = len(can.id_letters or "") ** can.longest_id - 1
        names = [can.id_of(number) for number in sorted({1, 2, 3, widest // 2, widest - 1, widest})]
    return [of_everything(name, number) for number, name in enumerate(names)]


def many(can: LedgerCapabilities, count: int) -> list[Tenancy]:
    """Return so many tenancies with a row of everything, the first of which has a hundred contacts."""
    calls = tuple(Contact(date=day(100 - it), channel="phone") for it in range(100))
    first = lease(can.id_of(1), contacts=calls)
    return [first, *(of_everything(can.id_of(it), it % 300) for it in range(2, count + 1))]


def twice_the_same() -> list[Tenancy]:
    """Return tenancies with two rows that differ in nothing, such as twins."""
    contact = Contact(date=day(20), channel="phone")
    plan, dispute = Plan(from_=day(60), until=day(3)), Dispute(from_=day(50))
    objection, signal = Objection(date=day(9)), Signal(date=day(9), cents=1)
    return [
        lease("A1", contacts=(contact, contact), plans=(plan, plan), disputes=(dispute, dispute)),
        lease("A2", household=Household(children=(Child(born=_BORN), Child(born=_BORN)))),
        lease("A3", objections=(objection, objection), signals=(signal, signal)),
        lease("A4", contacts=(contact,), plans=(plan,), objections=(objection,)),
    ]


def partly_known() -> list[Tenancy]:
    """Return tenancies of which the source knows much, little, and nothing at all."""
    some = Household(children=(Child(born=_BORN),), complete=False)
    nothing: dict[str, Any] = {"household": None}
    return [
        of_everything("A1"),
        lease("A2", household=some),
        lease("A3", **nothing),
        lease("A4", household=Household(children=())),
        lease("A5", **nothing, plans=(Plan(from_=day(60)),), disputes=(Dispute(from_=day(50)),)),
        lease("A6", household=some, objections=(Objection(date=day(30)),), deceased=day(4)),
        lease("A7", **nothing, facts=(StatedFact(name="guardianship", value=False),)),
        lease("A8", **nothing, eviction=Eviction(announced=day(9), on=day(-9))),
    ]


def on_days(can: LedgerCapabilities, days: Iterable[dt.date]) -> list[Tenancy]:
    """Return a tenancy for each of these days, on which everything about it is."""
    return [
        lease(
            can.id_of(number),
            start=min(it, day(2_000)),
            contacts=(Contact(date=it, channel="visit"),),
            household=Household(children=(Child(born=it),)),
            plans=(Plan(from_=it, until=it),),
            disputes=(Dispute(from_=it, until=it),),
            objections=(Objection(date=it, withdrawn=it),),
            signals=(Signal(date=it, cents=number),),
            facts=(StatedFact(name="guardianship", value=True, from_=it, until=it),),
            deceased=it,
            eviction=Eviction(announced=it, on=it),
        )
        for number, it in enumerate(days, start=1)
    ]


def wrong(kit: EnricherSource) -> Iterator[tuple[str, Rows]]:
    """Yield rows with one invalid value each, which an enricher may not hide, and what is wrong."""
    name = id_of_canary(kit.capabilities)
    sound = rows_given(kit, as_given(kit, [of_everything(name)]))
    for table, rows in sound.items():
        for column in rows[0] if rows else ():
            value = _invalid(table, column)
            if value is not None:
                yield f"{table}.{column} is invalid", sound | {table: [rows[0] | {column: value}]}


def shown(can: LedgerCapabilities) -> Iterator[str]:
    """Yield what an error about those rows could quote."""
    name = id_of_canary(can)
    if len(name) > 3:
        yield name
    yield from (_WORD, _DAY.isoformat(), f"{_DAY:%d-%m-%Y}", repr(_DAY), str(abs(_CENTS)))
    yield from (_BORN.isoformat(), f"{_BORN:%d-%m-%Y}", repr(_BORN))


def _invalid(table: str, column: str) -> object:
    """Return a value of the right type that the column may not hold; None if there is none."""
    kind = COLUMNS[table][column].kind
    if isinstance(kind, Choice | FactValue):
        return _WORD
    if isinstance(kind, Birth):
        return _DAY.isoformat()
    return _DAY if isinstance(kind, Day) else _CENTS if isinstance(kind, Whole) else None
