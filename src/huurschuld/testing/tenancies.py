"""Hypothesis strategies for tenancies and their parts, around a day."""

from __future__ import annotations

import datetime as dt
from functools import cache
from typing import Any, Final, TypeVar

from attrs import frozen
from hypothesis import strategies as st

from huurschuld.model.tenancy import (
    CHANNELS,
    Child,
    Contact,
    Credit,
    Dispute,
    Entry,
    Eviction,
    Household,
    Objection,
    OtherClaim,
    Payment,
    Plan,
    Rent,
    RentTerm,
    Reversal,
    Signal,
    Tenancy,
)

AS_OF: Final = dt.date(2025, 4, 20)
"""The day that strategies are around by default; all policies since 2021 are in force."""

_AMOUNTS: Final = (
    *(1, 100, 999, 1000, 1001, 7_400, 7_500, 15_000),
    *(59_999, 60_000, 60_001, 63_000, 120_000),
)
_T = TypeVar("_T")


@cache
def days_around(
    as_of: dt.date = AS_OF, before: int = 150, after: int = 20
) -> st.SearchStrategy[dt.date]:
    """Generate days in a window around a day; they shrink towards that day."""
    return st.integers(-after, before).map(lambda days: as_of - dt.timedelta(days=days))


@cache
def amounts() -> st.SearchStrategy[int]:
    """Generate amounts in cents: the rents and thresholds, near them, or anything."""
    return st.sampled_from(_AMOUNTS) | st.integers(1, 200_000)


@cache
def rents(as_of: dt.date = AS_OF) -> st.SearchStrategy[tuple[Rent, ...]]:
    """Generate one to three monthly rents, from different days."""
    rent = st.builds(
        Rent,
        from_=days_around(as_of, before=400),
        cents=st.sampled_from((60_000, 63_000, 100)) | st.integers(100, 150_000),
    )
    return st.lists(rent, min_size=1, max_size=3, unique_by=lambda it: it.from_).map(tuple)


@st.composite
def ledgers(
    draw: st.DrawFn, as_of: dt.date = AS_OF, max_claims: int = 6, max_payments: int = 6
) -> tuple[Entry, ...]:
    """Generate the entries of a ledger, with every feature of the semantics.

    Terms, other claims, payments and credits that designate a claim or not, early and late reversals,
    and entries booked on their day, late, or after `as_of`.
    """
    days = days_around(as_of)
    claims: list[Entry] = []
    for number in range(draw(st.integers(0, max_claims))):
        cls: Any = draw(st.sampled_from((RentTerm, RentTerm, RentTerm, OtherClaim)))
        booked = draw(st.none() | days)
        more = {} if booked is None else {"booked": booked}
        claims.append(cls(id=f"c{number}", due=draw(days), cents=draw(amounts()), **more))
    payments: list[Entry] = []
    for number in range(draw(st.integers(0, max_payments) | st.just(0))):
        cls = draw(st.sampled_from((Payment, Payment, Credit)))
        settles = draw(st.none() | st.sampled_from([claim.id for claim in claims])) if claims else None
        payments.append(cls(id=f"p{number}", booked=draw(days), cents=draw(amounts()), settles=settles))
    taken_back = [entry.id for entry in payments if isinstance(entry, Payment)]
    reversals = [
        Reversal(id=f"s{number}", reverses=draw(st.sampled_from(taken_back)), booked=draw(days))
        for number in range(draw(st.integers(0, 3)) if taken_back else 0)
    ]
    return tuple(draw(st.permutations([*claims, *payments, *reversals])))


@cache
def contacts(as_of: dt.date = AS_OF) -> st.SearchStrategy[Contact]:
    """Generate a contact of any kind, outgoing more often than incoming."""
    return st.builds(
        Contact,
        date=days_around(as_of),
        channel=st.sampled_from(CHANNELS),
        direction=st.sampled_from(("out", "out", "in")),
        reached=st.booleans(),
        about_arrears=st.sampled_from((True, True, False)),
        reminder=st.booleans(),
        debt_help=st.booleans(),
        offers_sharing=st.booleans(),
    )


@cache
def households(as_of: dt.date = AS_OF) -> st.SearchStrategy[Household]:
    """Generate a household with children around eighteen or not yet born, listed completely or not."""
    born = days_around(as_of, before=20 * 366) | st.integers(-2, 2).map(
        lambda days: as_of.replace(year=as_of.year - 18) + dt.timedelta(days=days)
    )
    children = st.lists(st.builds(Child, born=born), max_size=3).map(tuple)
    return st.builds(Household, children=children, complete=st.booleans())


def _from_until(draw: st.DrawFn, as_of: dt.date) -> tuple[dt.date, dt.date | None]:
    from_ = draw(days_around(as_of))
    length = draw(st.none() | st.integers(0, 120))
    return from_, None if length is None else from_ + dt.timedelta(days=length)


@st.composite
def plans(draw: st.DrawFn, as_of: dt.date = AS_OF) -> Plan:
    """Generate a payment plan: kept, ended or broken."""
    from_, until = _from_until(draw, as_of)
    return Plan(from_=from_, until=until, broken_on=draw(st.none() | days_around(as_of)))


@st.composite
def disputes(draw: st.DrawFn, as_of: dt.date = AS_OF) -> Dispute:
    """Generate a dispute, of the whole rent or an amount."""
    from_, until = _from_until(draw, as_of)
    return Dispute(from_=from_, until=until, cents=draw(st.none() | st.just(0) | amounts()))


@cache
def objections(as_of: dt.date = AS_OF) -> st.SearchStrategy[Objection]:
    """Generate an objection, standing or not, withdrawn or not."""
    days = days_around(as_of)
    return st.builds(Objection, date=days, withdrawn=st.none() | days, standing=st.booleans())


@cache
def signals(as_of: dt.date = AS_OF) -> st.SearchStrategy[Signal]:
    """Generate an earlier referral."""
    return st.builds(Signal, date=days_around(as_of), cents=st.just(0) | amounts())


def _known_or_not(part: st.SearchStrategy[_T]) -> st.SearchStrategy[tuple[_T, ...] | None]:
    none: st.SearchStrategy[tuple[_T, ...] | None] = st.just(())
    return st.none() | none | none | st.lists(part, max_size=3).map(tuple)


@st.composite
def evictions(draw: st.DrawFn, as_of: dt.date = AS_OF) -> Eviction:
    """Generate an eviction that is announced for a day."""
    announced = draw(days_around(as_of))
    return Eviction(announced=announced, on=announced + dt.timedelta(days=draw(st.integers(0, 60))))


@st.composite
def tenancies(
    draw: st.DrawFn,
    /,
    as_of: dt.date = AS_OF,
    entries: st.SearchStrategy[tuple[Entry, ...]] | None = None,
    **known: Any,
) -> Tenancy:
    """Generate a tenancy with anything that the semantics allow, any of which may be unknown.

    Args:
        draw: provided by Hypothesis.
        as_of: the day that everything is around.
        entries: a strategy for the ledger.
        known: values of other fields, which are then not generated: `plans=()`.
    """
    start = as_of - dt.timedelta(days=draw(st.integers(0, 3000)))
    drawn = _fields(as_of) if entries is None else {**_fields(as_of), "entries": entries}
    values = {name: draw(it) for name, it in drawn.items() if name not in known} | known
    if "end" not in known:
        length = draw(st.none() | st.none() | st.none() | st.integers(0, 4000))
        values["end"] = None if length is None else start + dt.timedelta(days=length)
    return Tenancy(start=start, **values)


@cache
def _fields(as_of: dt.date) -> dict[str, st.SearchStrategy[Any]]:
    return {
        "id": st.text("abcé😀 -0123456789", min_size=1, max_size=8),
        "rents": rents(as_of),
        "entries": ledgers(as_of),
        "contacts": st.none() | st.lists(contacts(as_of), max_size=6).map(tuple),
        "household": st.none() | households(as_of),
        "plans": _known_or_not(plans(as_of)),
        "disputes": _known_or_not(disputes(as_of)),
        "objections": _known_or_not(objections(as_of)),
        "signals": _known_or_not(signals(as_of)),
        "deceased": st.none() | st.none() | st.none() | days_around(as_of),
        "eviction": st.none() | st.none() | evictions(as_of),
    }


@frozen
class Threshold:
    """A tenancy one step from a threshold of a built-in policy.

    Attributes:
        tenancy: it meets all other conditions for a referral.
        as_of: the day.
        policy: the name of the policy.
        over: whether it is over the threshold, so that the advice is to refer.
        what: the name of the threshold.
    """

    tenancy: Tenancy
    as_of: dt.date
    policy: str
    over: bool
    what: str


@st.composite
def near_threshold(draw: st.DrawFn, as_of: dt.date = AS_OF) -> Threshold:
    """Generate a tenancy one step on either side of a threshold that decides on a referral.

    `months`: one month exactly, or one cent more. `sustained`: thirty days in arrears, or a day less.
    `response`: fourteen days since the offer, or a day less. `floor`: ten euros, or a cent less.
    `effort`: one call, or none.
    """
    what = draw(st.sampled_from(("months", "sustained", "response", "floor", "effort")))
    over = draw(st.booleans())
    rent = draw(st.sampled_from((60_000, 63_017)) | st.integers(30_000, 150_000))
    overdue, owed, offered = 60, rent, 20
    if what == "months":
        owed = rent + over
    elif what == "sustained":
        overdue = 30 if over else 29
    elif what == "response":
        offered = 14 if over else 13
    elif what == "floor":
        owed = 1_000 if over else 999
    policy = "katwijk-2021" if what == "months" else "bgs-2021"

    def ago(days: int) -> dt.date:
        return as_of - dt.timedelta(days=days)

    first = min(owed, rent)
    entries = [RentTerm(id="first", due=ago(overdue), cents=first)]
    if owed > first:
        entries.append(RentTerm(id="second", due=ago(overdue - 1), cents=owed - first))
    attempts = [
        Contact(date=ago(offered), channel="letter", reminder=True, offers_sharing=True, debt_help=True)
    ]
    if what != "effort" or over:
        attempts.append(Contact(date=ago(10), channel="phone"))
    nothing: dict[str, Any] = dict.fromkeys(("plans", "disputes", "objections", "signals"), ())
    tenancy = Tenancy(
        id="near",
        start=ago(2000),
        rents=(Rent(from_=ago(2000), cents=rent),),
        entries=tuple(draw(st.permutations(entries))),
        contacts=tuple(draw(st.permutations(attempts))),
        household=draw(st.none() | households(as_of)),
        **nothing,
    )
    return Threshold(tenancy, as_of, policy, over, what)
