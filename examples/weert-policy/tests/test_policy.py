"""The policy is right: the kit of huurschuld, and what this policy alone says."""

import datetime as dt

import attrs
import pytest
from huurschuld import (
    Advice,
    Child,
    Clause,
    Contact,
    Hold,
    Household,
    Objection,
    PolicyNotInForce,
    Rent,
    RentTerm,
    Signal,
    SourceKind,
    Tenancy,
    decide,
    worklist,
)

from weert_policy import POLICY
from weert_policy.kit import TestPolicy

__all__ = ["TestPolicy"]  # pytest finds the kit by its name here

DAY = dt.date(2018, 6, 1)
RENT = 60_000


def household(cents: int, name: str = "A1") -> Tenancy:
    """A household that owes so much of April and May, and was reminded in time."""
    return Tenancy(
        id=name,
        start=dt.date(2015, 1, 1),
        rents=(Rent(from_=dt.date(2015, 1, 1), cents=RENT),),
        entries=(
            RentTerm(id="R4", due=dt.date(2018, 4, 1), cents=min(cents, RENT)),
            RentTerm(id="R5", due=dt.date(2018, 5, 1), cents=max(cents - RENT, 1)),
        ),
        contacts=(Contact(date=dt.date(2018, 5, 15), channel="letter", reminder=True),),
        household=Household(children=()),
        plans=(),
        disputes=(),
        objections=(),
        signals=(),
    )


@pytest.mark.parametrize(
    ("cents", "advice"), [(2 * RENT - 1, Advice.WAIT), (2 * RENT, Advice.REFER)]
)
def test_from_two_months_on(cents: int, advice: Advice) -> None:
    """Two whole months are enough, and a cent less is not: "twee maanden of meer"."""
    assert decide(household(cents), POLICY, DAY).advice is advice


def test_who_was_not_told_is_not_passed_on() -> None:
    """The tenants are told; until then the advice is to remind them."""
    silent = attrs.evolve(household(2 * RENT), contacts=())
    assert decide(silent, POLICY, DAY).advice is Advice.REMIND


def test_a_garage_is_not_passed_on() -> None:
    """It is no home; its tenant is reminded like any other."""
    garage = attrs.evolve(household(2 * RENT), object="parking")
    assert decide(garage, POLICY, DAY).hold == ("not-a-dwelling",)
    silent = attrs.evolve(garage, contacts=())
    assert decide(silent, POLICY, DAY).advice is Advice.REMIND


def test_who_objects_is_still_reminded() -> None:
    """An objection stops the list, and not the reminder."""
    objecting = attrs.evolve(household(2 * RENT), objections=(Objection(date=DAY),))
    assert decide(objecting, POLICY, DAY).hold == ("objected",)
    silent = attrs.evolve(objecting, contacts=())
    assert decide(silent, POLICY, DAY).advice is Advice.REMIND


def test_households_with_minor_children_come_first() -> None:
    """The covenant gives them priority, though others owe more."""
    more = household(3 * RENT, "more")
    child = Household(children=(Child(born=dt.date(2010, 1, 1)),))
    family = attrs.evolve(household(2 * RENT, "family"), household=child)
    assert [it.tenancy for it in worklist([more, family], POLICY, DAY)] == ["family", "more"]


def test_the_list_of_the_next_month_has_nobody_twice() -> None:
    """Who was on the last list is not on the next one, unless the arrears have grown."""
    listed = Signal(date=dt.date(2018, 5, 25), cents=2 * RENT)
    again = attrs.evolve(household(2 * RENT), signals=(listed,))
    assert decide(again, POLICY, DAY).hold == ("already-referred",)
    higher = attrs.evolve(household(3 * RENT), signals=(listed,))
    assert decide(higher, POLICY, DAY).advice is Advice.REFER


@pytest.mark.parametrize("day", [dt.date(2017, 2, 28), dt.date(2021, 1, 1)])
def test_it_is_of_its_own_time(day: dt.date) -> None:
    """Before the first list, and since the national rule, it is not in force."""
    with pytest.raises(PolicyNotInForce):
        decide(household(2 * RENT), POLICY, day)


def test_only_what_was_read_is_shown_as_the_covenant() -> None:
    """Two months, and families first; all else is a choice, and says so."""
    rules: list[Clause | Hold] = [*POLICY.holds, *POLICY.refer_if_all]
    sources = [it.source for it in (POLICY.crisis, POLICY.family, *rules)]
    covenant = [it.dated for it in sources if it.kind is SourceKind.COVENANT]
    assert covenant == [dt.date(2017, 2, 13)] * 2
    others = [*POLICY.wait_if_any, *POLICY.remind_if_any, *POLICY.contact_if_any]
    assert {it.source.kind for it in others} == {SourceKind.CHOICE}
