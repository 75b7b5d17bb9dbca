"""Portfolios in which one value, or one day, decides about each household."""

from __future__ import annotations

import datetime as dt
from typing import Any

import attrs

from huurschuld.model.entries import OtherClaim, Payment, RentTerm, Reversal
from huurschuld.model.tenancy import (
    CHANNELS,
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
from huurschuld.testing.ledger_leases import A_RENT, OWING, day, lease
from huurschuld.testing.tenancies import AS_OF


def one_value_each() -> list[Tenancy]:
    """Return tenancies for each of which one value of an optional column decides."""
    return [*_leases(), *_approached(), *_agreed(), *_stating(), *_with_children()]


def one_day_each() -> list[Tenancy]:
    """Return tenancies for each of which a day decides: on the day before all is different."""
    referred = (Signal(date=day(20), cents=2 * A_RENT),)
    return [
        *one_value_each(),
        *_of_new_rents(),
        *_grown_up(),
        lease("M1", *OWING, signals=referred),
    ]


def _of_new_rents() -> list[Tenancy]:
    """The rent changes on the day that a term falls due; so much is a week, a month or a year."""
    terms = [RentTerm(id=f"r{ago}", due=day(ago), cents=30_000) for ago in (67, 61, 60, 53)]
    return [
        lease(
            f"J{number}",
            *terms,
            rents=(
                Rent(from_=day(2_000), cents=20_000, per=per),
                Rent(from_=day(60), cents=40_000, per=per),
            ),
        )
        for number, per in enumerate(PERIODS, start=1)
    ]


def _grown_up() -> list[Tenancy]:
    """A child turns eighteen on or around a day on which all is compared."""
    turning = AS_OF.replace(year=AS_OF.year - 18)
    born = [turning + dt.timedelta(days=move) for move in (-1, 0, 1)]
    return [
        lease(f"K{number}", *OWING, household=Household(children=(Child(born=it),)))
        for number, it in enumerate(born, start=1)
    ]


def _leases() -> list[Tenancy]:
    paid = Payment(id="p1", booked=day(50), cents=A_RENT)
    part = Reversal(id="s1", booked=day(48), reverses="p1", cents=20_000)
    fee = OtherClaim(id="o1", due=day(60), cents=A_RENT)
    eviction = Eviction(announced=day(50), on=day(-5))
    return [
        lease("A1", *OWING, end=day(10)),
        lease("A2", *OWING, object="parking"),
        lease("A3", *OWING, object="storage"),
        lease("A4", *OWING, deceased=day(10)),
        lease("A5", *OWING, eviction=eviction),
        *(
            lease(f"B{number}", *OWING, rents=(Rent(from_=day(2_000), cents=20_000, per=per),))
            for number, per in enumerate(PERIODS, start=1)
        ),
        lease("B7", RentTerm(id="r1", due=day(60), cents=A_RENT, booked=day(20))),
        lease("B8", *OWING, paid, part),
        lease("B9", *OWING, fee, Payment(id="p1", booked=day(50), cents=A_RENT, settles="o1")),
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
        lease(f"C{number}", *OWING, contacts=one(**changed))
        for number, changed in enumerate(changes, start=1)
    ] + [
        lease(f"L{number}", *OWING, contacts=one(channel=channel))
        for number, channel in enumerate(CHANNELS, start=1)
    ]


def _agreed() -> list[Tenancy]:
    from_ = day(50)
    plans = [
        Plan(from_=from_),
        Plan(from_=from_, until=day(20)),
        Plan(from_=from_, broken_on=day(20)),
        Plan(from_=from_, cents=A_RENT),
        Plan(from_=from_, cents=2 * A_RENT),
    ]
    disputes = [
        Dispute(from_=from_),
        Dispute(from_=from_, until=day(20)),
        Dispute(from_=from_, cents=A_RENT),
    ]
    objections = [
        Objection(date=day(90)),
        Objection(date=day(90), withdrawn=day(20)),
        Objection(date=day(90), standing=False),
    ]
    return [
        *(lease(f"D{number}", *OWING, plans=(it,)) for number, it in enumerate(plans)),
        *(lease(f"E{number}", *OWING, disputes=(it,)) for number, it in enumerate(disputes)),
        *(lease(f"F{number}", *OWING, objections=(it,)) for number, it in enumerate(objections)),
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
    return [lease(f"G{number}", *OWING, facts=facts) for number, facts in enumerate(stated, start=1)]


def _with_children() -> list[Tenancy]:
    last = AS_OF.year - 18
    # Who turns eighteen in this year or this month, or is born in it, on a day that is not known.
    born = (f"{last}-00-00", f"{last}-{AS_OF:%m}-00", f"{AS_OF:%Y}-00-00", f"{AS_OF:%Y-%m}-00")
    households = [
        *(Household(children=(Child(born=it),)) for it in born),
        Household(children=(Child(born=day(3_000)),), complete=False),
    ]
    return [lease(f"H{number}", *OWING, household=it) for number, it in enumerate(households, start=1)]
