"""Hypothesis strategies for tenancies and their parts, around a day."""

from __future__ import annotations

import datetime as dt
from functools import cache
from typing import Any, Final, TypeVar

from hypothesis import strategies as st

from huurschuld.model.entries import (
    RECEIVED,
    Credit,
    Entry,
    OtherClaim,
    Payment,
    Refund,
    RentTerm,
    Reversal,
)
from huurschuld.model.tenancy import (
    CHANNELS,
    OBJECTS,
    PAYMENTS_A_YEAR,
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
from huurschuld.model.values import LOWEST_RENT_A_YEAR
from huurschuld.rules.parameters import Unit, months_text
from huurschuld.testing.courses import courses

AS_OF: Final = dt.date(2025, 4, 20)
"""The day that strategies are around by default; all policies since 2021 are in force."""

_AMOUNTS: Final = (
    *(1, 100, 999, 1000, 1001, 7_400, 7_500, 15_000),
    *(59_999, 60_000, 60_001, 63_000, 120_000),
)
_PERIODS: Final = ("month", "month", "month", "month", *PERIODS)
STATED: Final = {"stated_flag": None, **{f"stated_{unit}": unit for unit in Unit}}
"""The facts that these tenancies may state, with their units; `policies()` declare the same ones."""

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


@st.composite
def _rent(draw: st.DrawFn, as_of: dt.date) -> Rent:
    per = draw(st.sampled_from(_PERIODS))
    lowest = max(100, -(-LOWEST_RENT_A_YEAR // PAYMENTS_A_YEAR[per]))
    cents = draw(st.sampled_from((60_000, 63_000, lowest)) | st.integers(lowest, 150_000))
    return Rent(from_=draw(days_around(as_of, before=400)), cents=cents, per=per)


@cache
def rents(as_of: dt.date = AS_OF) -> st.SearchStrategy[tuple[Rent, ...]]:
    """Generate one to three rents, from different days, most of them a month."""
    several = st.lists(_rent(as_of), min_size=1, max_size=3, unique_by=lambda it: it.from_)
    return several.map(tuple)


@st.composite
def ledgers(
    draw: st.DrawFn, as_of: dt.date = AS_OF, max_claims: int = 6, max_payments: int = 6
) -> tuple[Entry, ...]:
    """Generate the entries of a ledger, with every feature of the semantics.

    Terms, other claims, payments and credits that designate a claim or not, reversals of all or part of
    them, early, late or of more than is left, refunds, and entries booked on their day, late, or after
    `as_of`.
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
    received = [entry for entry in payments if isinstance(entry, RECEIVED)]
    for number in range(draw(st.integers(0, 3)) if received else 0):
        of = draw(st.sampled_from(received))
        part = draw(st.none() | st.integers(1, of.cents))
        payments.append(Reversal(id=f"s{number}", reverses=of.id, booked=draw(days), cents=part))
    refunds = [
        Refund(id=f"b{number}", booked=draw(days), cents=draw(amounts()))
        for number in range(draw(st.integers(0, 2) | st.just(0)))
    ]
    return tuple(draw(st.permutations([*claims, *payments, *refunds])))


@cache
def contacts(as_of: dt.date = AS_OF) -> st.SearchStrategy[Contact]:
    """Generate a contact of any kind, outgoing more often than incoming."""
    return st.builds(
        Contact,
        date=days_around(as_of),
        channel=st.sampled_from(CHANNELS),
        direction=st.sampled_from(("out", "out", "in")),
        reached=st.booleans(),
        returned=st.sampled_from((False, False, False, True)),
        about_arrears=st.sampled_from((True, True, False)),
        reminder=st.booleans(),
        debt_help=st.booleans(),
        offers_sharing=st.booleans(),
    )


@cache
def households(as_of: dt.date = AS_OF) -> st.SearchStrategy[Household]:
    """Generate a household with children around eighteen or not yet born, listed completely or not.

    Of some children only the month or the year of birth is known.
    """
    days = days_around(as_of, before=20 * 366) | st.integers(-2, 2).map(
        lambda days: as_of.replace(year=as_of.year - 18) + dt.timedelta(days=days)
    )
    born = days | days.map(lambda day: f"{day:%Y-%m}-00") | days.map(lambda day: f"{day:%Y}-00-00")
    children = st.lists(st.builds(Child, born=born), max_size=3).map(tuple)
    return st.builds(Household, children=children, complete=st.booleans())


def _from_until(draw: st.DrawFn, as_of: dt.date) -> tuple[dt.date, dt.date | None]:
    from_ = draw(days_around(as_of))
    length = draw(st.none() | st.integers(0, 120))
    return from_, None if length is None else from_ + dt.timedelta(days=length)


@st.composite
def plans(draw: st.DrawFn, as_of: dt.date = AS_OF) -> Plan:
    """Generate a payment plan: kept, ended or broken, for all of the arrears or an amount."""
    from_, until = _from_until(draw, as_of)
    broken_on, cents = draw(st.none() | days_around(as_of)), draw(st.none() | st.just(0) | amounts())
    return Plan(from_=from_, until=until, broken_on=broken_on, cents=cents)


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


@cache
def stated_values(unit: Unit | None) -> st.SearchStrategy[bool | int | str]:
    """Generate values of a fact that a tenancy states, by its unit; None is a yes-or-no fact."""
    if unit is None:
        return st.booleans()
    if unit is Unit.MONTHS:
        return st.sampled_from(("0", "1", "1.5", "2")) | st.integers(0, 5 * 10**9).map(months_text)
    highest = 120_000 if unit is Unit.CENTS else 60
    return st.sampled_from((0, 1, 2, 14, 30)) | st.integers(0, highest)


@st.composite
def stated_facts(
    draw: st.DrawFn, as_of: dt.date = AS_OF, units: tuple[tuple[str, Unit | None], ...] | None = None
) -> tuple[StatedFact, ...]:
    """Generate what a tenancy states: rows of facts that are in force, over, or yet to come.

    Args:
        draw: provided by Hypothesis.
        as_of: the day that everything is around.
        units: the names of the facts, with their units; by default those that `policies()` declare.
    """
    rows: dict[tuple[str, dt.date | None], StatedFact] = {}
    for name, unit in draw(st.lists(st.sampled_from(units or tuple(STATED.items())), max_size=4)):
        from_ = draw(st.none() | days_around(as_of))
        length = draw(st.none() | st.integers(0, 120))
        until = None if length is None else (from_ or as_of) + dt.timedelta(days=length)
        value = draw(stated_values(unit))
        rows[name, from_] = StatedFact(name=name, value=value, from_=from_, until=until)
    return tuple(rows.values())


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

    Of some of them the arrears take their course (`courses`), up to a referral, and one other thing
    happens or nothing does: what is drawn field by field hardly ever gets that far.

    Args:
        draw: provided by Hypothesis.
        as_of: the day that everything is around.
        entries: a strategy for the ledger.
        known: values of other fields, which are then not generated: `plans=()`.
    """
    start = as_of - dt.timedelta(days=draw(st.integers(0, 3000)))
    length = st.none() | st.none() | st.none() | st.integers(0, 4000)
    ends = length.map(lambda days: None if days is None else start + dt.timedelta(days=days))
    drawn = {**_fields(as_of), "end": ends}
    if entries is not None:
        drawn["entries"] = entries
    course: dict[str, Any] = {}
    if entries is None and draw(st.sampled_from(_FOLLOWS_ITS_COURSE)):
        course = draw(courses(as_of))
        course.pop(draw(st.sampled_from(_IN_BETWEEN)), None)
    given = course | known
    others = {name: draw(it) for name, it in drawn.items() if name not in given}
    return Tenancy(start=start, **given, **others)


_FOLLOWS_ITS_COURSE: Final = (False, False, True)
_IN_BETWEEN: Final = (
    *("nothing", "nothing", "nothing", "nothing", "plans", "disputes", "objections", "objections"),
    *("signals", "signals", "contacts", "deceased", "eviction", "object", "end"),
)
"""What happens during a course besides it; each is a field that is then drawn."""


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
        "facts": st.none() | stated_facts(as_of),
        "object": st.sampled_from(("dwelling",) * 8 + OBJECTS),
        "deceased": st.none() | st.none() | st.none() | days_around(as_of),
        "eviction": st.none() | st.none() | evictions(as_of),
    }
