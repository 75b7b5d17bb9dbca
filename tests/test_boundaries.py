"""Cases that seldom meet by chance: each tells two readings of the semantics apart."""

from __future__ import annotations

import datetime as dt
from typing import Any

import attrs
import oracle
import pytest
from hypothesis import given, settings, strategies as st

from huurschuld import (
    Child,
    Contact,
    Dispute,
    Eviction,
    Facts,
    Household,
    Objection,
    Payment,
    Plan,
    Rent,
    RentTerm,
    Signal,
    Tenancy,
    decide,
    dump_tenancy,
    explain,
    policies,
)
from huurschuld.rules import terms
from huurschuld.rules.arrears import arrears_of
from huurschuld.rules.facts import FACTS
from huurschuld.rules.tenancy_facts import facts_of
from huurschuld.testing import AS_OF, contacts, days_around

A_DAY = dt.timedelta(days=1)
WINDOW = 45


@st.composite
def paid_twice(draw: st.DrawFn) -> Tenancy:
    """Payments that name one term, together more than it, beside terms that none of them names."""
    named = RentTerm(id="named", due=draw(days_around(before=20, after=-1)), cents=100)
    older = RentTerm(id="older", due=named.due - draw(st.integers(0, 10)) * A_DAY, cents=100)
    # So much that it is open on all later days: what was owed before it can then be seen from AS_OF.
    larger = RentTerm(id="larger", due=named.due, cents=1000)
    days = draw(st.lists(days_around(before=40, after=0), min_size=2, max_size=3))
    amounts = st.sampled_from((60, 100))
    payments = [
        Payment(id=f"p{number}", booked=day, cents=draw(amounts), settles="named")
        for number, day in enumerate(days)
    ]
    return Tenancy(
        id="t",
        start=AS_OF,
        rents=(Rent(from_=AS_OF, cents=100),),
        entries=tuple(draw(st.permutations([named, older, larger, *payments]))),
    )


@given(paid_twice())
def test_of_payments_that_name_one_term_the_first_booked_goes_to_it(tenancy: Tenancy) -> None:
    """What goes beyond the term is for the others from the day of that payment on, not before."""
    found = arrears_of(tenancy, AS_OF)
    window = [(AS_OF - back * A_DAY).isoformat() for back in reversed(range(WINDOW))]
    daily = oracle.owed_by_day(dump_tenancy(tenancy), window)
    assert [found.sustained(days) for days in range(1, WINDOW)] == [
        min(found.cents, *daily[-1 - days :]) for days in range(1, WINDOW)
    ]


# --- facts -------------------------------------------------------------------------------------

OWED = 100_000
START = AS_OF - 200 * A_DAY
AT_AS_OF = st.sampled_from([AS_OF - A_DAY, AS_OF, AS_OF + A_DAY])
# The last days for a tenant who acted, for a referral that is not repeated, and for what is forgotten.
TURNS = (START, *(AS_OF - days * A_DAY for days in (30, 84, 180)))
DAYS = AT_AS_OF | st.sampled_from([day + n * A_DAY for day in TURNS for n in (-1, 0, 1)])
# Around what is owed, and what leaves less of it than the floor of ten euros.
CENTS = st.sampled_from([None, *(OWED - less for less in (-1, 0, 1, 999, 1000, 1001)), OWED // 2])
AT_GRACE = st.sampled_from([AS_OF - days * A_DAY for days in (0, 1, 6, 7, 8)])
BIRTHS = AT_AS_OF | AT_AS_OF.map(lambda day: day.replace(year=day.year - 18))
PARTIAL = st.sampled_from(["2007-04-00", "2007-03-00", "2007-00-00", "2006-00-00", "2025-05-00"])


def at_most_one(part: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[Any, ...] | None]:
    """One, so that no other settles the fact; or none, or not known."""
    return st.lists(part, max_size=1).map(tuple) | part.map(lambda it: (it,)) | st.none()


def from_until(cls: Any, **more: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """A part with a first and perhaps a last day, not in the wrong order."""
    until = st.none() | AT_AS_OF
    pairs = st.tuples(DAYS, until).filter(lambda pair: pair[1] is None or pair[0] <= pair[1])
    return pairs.flatmap(
        lambda pair: st.builds(cls, from_=st.just(pair[0]), until=st.just(pair[1]), **more)
    )


CHILDREN = st.lists(st.builds(Child, born=BIRTHS | PARTIAL), max_size=2).map(tuple)
OLD = RentTerm(id="r", due=START, cents=OWED)
ENTRIES = st.just((OLD,)) | AT_GRACE.map(lambda day: (OLD, RentTerm(id="new", due=day, cents=1_000)))
CLOSE = st.builds(
    Tenancy,
    id=st.just("t"),
    start=st.just(START),
    end=st.none() | AT_AS_OF,
    rents=st.just((Rent(from_=START, cents=OWED),)),
    entries=ENTRIES,
    object=st.sampled_from(["dwelling", "parking"]),
    contacts=at_most_one(st.builds(attrs.evolve, contacts(), date=DAYS)),
    household=st.none() | st.builds(Household, children=CHILDREN, complete=st.booleans()),
    plans=at_most_one(from_until(Plan, broken_on=st.none() | AT_AS_OF, cents=CENTS)),
    disputes=at_most_one(from_until(Dispute, cents=CENTS)),
    objections=at_most_one(
        st.builds(Objection, date=DAYS, withdrawn=st.none() | AT_AS_OF, standing=st.booleans())
    ),
    signals=at_most_one(st.builds(Signal, date=DAYS, cents=CENTS.map(lambda cents: cents or 0))),
    deceased=st.none() | AT_AS_OF,
    eviction=st.none()
    | st.builds(Eviction, announced=st.just(AS_OF - A_DAY), on=AT_AS_OF)
    | st.builds(Eviction, announced=AT_AS_OF, on=st.just(AS_OF + A_DAY)),
)


VALUES = policies()["katwijk-2021"].on(AS_OF).values


@settings(max_examples=500)
@given(CLOSE)
def test_every_fact_turns_on_its_day_and_cent(tenancy: Tenancy) -> None:
    """All parts lie within a day or a cent of where a fact turns; against the transcription."""
    document = {
        "policy": "katwijk-2021",
        "as_of": AS_OF.isoformat(),
        "tenancy": dump_tenancy(tenancy),
    }
    expected = oracle.facts(document)
    found = facts_of(tenancy, AS_OF, **VALUES)
    if tenancy.household is not None and not tenancy.household.complete:
        assert found.minor_living_in is (True if expected["minors"] else None)
        expected["minors"] = None
    written = found.written(["sustained_days", "acted_days"])
    assert {name: written[name] for name in expected} == expected


KNOWN = Tenancy(
    id="t",
    start=START,
    rents=(Rent(from_=START, cents=OWED),),
    entries=(RentTerm(id="r", due=START, cents=OWED),),
    contacts=(),
    household=Household(children=()),
    plans=(),
    disputes=(),
    objections=(),
    signals=(),
)


@pytest.mark.parametrize("name", [*oracle.MAY_BE_UNKNOWN, "household"])
def test_what_is_not_known_makes_its_facts_unknown_and_no_other(name: str) -> None:
    """Each fact says which fields of the tenancy it comes from."""
    blank: dict[str, Any] = {name: None}
    found = facts_of(attrs.evolve(KNOWN, **blank), AS_OF, sustained_days=30, acted_days=30)
    unknown = {fact for fact in FACTS if getattr(found, fact) is None}
    assert unknown == {fact for fact, about in FACTS.items() if name in about.fields}
    assert found.unknown_fields == (name,)


def test_a_household_not_completely_listed_is_named_as_unknown() -> None:
    """By a policy of one's own that counts the children; none of the built-in ones does."""
    own = policies()["bgs-2021"].with_("own", also=terms.minors >= 1, children_decide="a test")
    contact = Contact(
        date=AS_OF - 100 * A_DAY, channel="letter", reminder=True, debt_help=True, offers_sharing=True
    )
    for household in (None, Household(children=(), complete=False)):
        tenancy = attrs.evolve(
            KNOWN,
            contacts=(contact, attrs.evolve(contact, channel="phone")),
            household=household,
        )
        decision = decide(tenancy, own, AS_OF)
        assert (decision.advice, decision.unknown) == ("ask", ("household",))


def test_facts_that_nothing_is_known_of_are_written_as_null() -> None:
    """Months among them."""
    assert set(Facts().written(["sustained_days", "acted_days"]).values()) == {None}
    assert Facts().unknown_fields == ()


def test_days_since_a_day_that_never_was_are_told_as_none() -> None:
    """Not as 0, which would say that it was today."""
    tenancy = Tenancy(
        id="t",
        start=dt.date(2019, 4, 1),
        rents=(Rent(from_=AS_OF, cents=60_000),),
        entries=(RentTerm(id="r", due=AS_OF - 60 * A_DAY, cents=60_000),),
        contacts=(),
    )
    told = explain(decide(tenancy, "katwijk-2021", AS_OF))
    texts = {reason.text for reason in told.not_referred}
    assert "days since the first attempt: none, at least 14 needed" in texts
    assert "days since the offer: none, at least 14 needed" in texts
