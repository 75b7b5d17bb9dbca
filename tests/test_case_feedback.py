"""The way back: what the landlord may know, in the next screening, and nothing more."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import attrs
import pytest
from case_lives import FIRST, event, lives, whole_life
from hypothesis import given, strategies as st

from huurschuld import Policy, Tenancy, decide, load_case, load_policy
from huurschuld.cases import Event, EventType, Screened, Taken, feedback, fold

EXAMPLES = Path(__file__).parents[1] / "examples"
MAY_KNOW = {Screened.REPEATED, Screened.UNJUST, Screened.DIED, Screened.NOT_RESIDENT}


@pytest.mark.parametrize("reason", list(Screened))
def test_of_a_signal_that_is_not_taken_up_only_some_reasons_are_told(reason: Screened) -> None:
    """Of any other one, as of debt help that runs already, only that it was not taken up."""
    case = fold([event("received"), event("screened-out", reason=str(reason))])
    told = feedback(case, FIRST)
    assert told.taken == (str(reason) if reason in MAY_KNOW else "not-taken-up")
    assert told.facts() == ()


@pytest.mark.parametrize(
    ("events", "taken"),
    [
        ("screened-out known-to-debt-help | closed known-to-debt-help", "not-taken-up"),
        ("screened-out other | closed other-programme", "not-taken-up"),
        ("closed paid-or-arranged", "not-taken-up"),
        ("accepted | screened-out died", "died"),
        ("offer-made | screened-out unjust", "unjust"),
        ("attempt letter | closed never-reached", "taken-up"),
        ("accepted | closed advice", "taken-up"),
        ("screened-out repeated | reopened", "received"),
        ("screened-out repeated | reopened | dossier-opened", "taken-up"),
    ],
)
def test_the_landlord_is_told_one_thing_from_the_first_day_to_the_last(events: str, taken: str) -> None:
    """A signal that was screened out was not taken up, whatever the result says in the end."""
    field = {"screened-out": "reason", "closed": "result", "attempt": "kind"}
    words = [it.split() for it in f"received | {events}".split(" | ")]
    data: list[dict[str, Any]] = [{field[it[0]]: it[1]} if it[1:] else {} for it in words]
    case = fold([event(it[0], **more) for it, more in zip(words, data, strict=True)])
    assert feedback(case, FIRST).taken == taken


def test_a_suspension_is_told_as_recorded_while_it_runs() -> None:
    """A shorter one too, one without acceptance, and none that is over."""
    begun = [event("received"), event("dossier-opened")]
    until = dt.date(2026, 1, 20)
    suspended = [*begun, event("collection-suspended", until=until)]
    for events in (suspended, [*begun, event("accepted"), *suspended[2:]]):
        assert feedback(fold(events), until).suspended_until == until
        assert feedback(fold(events), until + dt.timedelta(days=1)).suspended_until is None
    twice = [*begun, event("accepted"), event("accepted", dt.date(2026, 1, 30))]
    assert feedback(fold(twice), dt.date(2026, 1, 31)).suspended_until == dt.date(2026, 2, 4)
    past = [*begun, event("collection-suspended", until=dt.date(2025, 1, 1))]
    assert feedback(fold(past), FIRST).suspended_until is None


def test_help_and_suspension_are_told() -> None:
    """Accepted on 15 January: thirty days of suspension, and facts from the day that it is told."""
    case = fold(whole_life(), as_of=dt.date(2026, 1, 20))
    told = feedback(case, dt.date(2026, 1, 20))
    assert (told.taken, told.help_accepted) == (Taken.TAKEN_UP, True)
    assert told.suspended_until == dt.date(2026, 2, 14)
    facts = {it.name: (it.value, it.from_, it.until) for it in told.facts()}
    assert facts == {
        "help_accepted": (True, dt.date(2026, 1, 20), None),
        "collection_suspended": (True, dt.date(2026, 1, 20), dt.date(2026, 2, 14)),
    }
    later = feedback(fold(whole_life()), dt.date(2026, 4, 3))
    assert [it.name for it in later.facts()] == ["help_accepted"]


def test_who_declined_has_no_suspension() -> None:
    """And an answer that was not given is not no."""
    answered = [event("received"), event("dossier-opened"), event("offer-made")]
    assert feedback(fold(answered), FIRST).help_accepted is None
    declined = [*answered, event("accepted"), event("declined", number=2)]
    told = feedback(fold(declined), FIRST)
    assert (told.help_accepted, told.suspended_until) == (False, None)


@given(lives(), st.dates(FIRST, FIRST + dt.timedelta(days=300)))
def test_nothing_else_of_a_case_has_room(events: list[Event], day: dt.date) -> None:
    """Whatever happened: a key, a day, one of seven words, a yes or no, and a day."""
    case = fold(events, as_of=day)
    told = feedback(case, day)
    values = attrs.astuple(told)
    assert len(values) == 5
    assert values[0] == events[0].case
    assert values[2] in Taken
    if told.suspended_until is not None:
        assert told.help_accepted or case.all(EventType.COLLECTION_SUSPENDED)
        assert told.suspended_until >= day


def test_the_example_policy_holds_while_collection_is_suspended() -> None:
    """The same household, before and after the municipality's word, and after the suspension."""
    policy = load_policy(EXAMPLES / "collection-suspended.toml")
    case = load_case(EXAMPLES / "refer-family.json")
    day = case.as_of
    told = feedback(
        fold([event("received", day), event("offer-made", day), event("accepted", day)]), day
    )
    household = attrs.evolve(case.tenancy, facts=told.facts())
    assert advice(attrs.evolve(case.tenancy, facts=()), policy, day) == "refer"
    assert advice(household, policy, day) == "hold"
    assert advice(household, policy, day + dt.timedelta(days=31)) == "refer"


def advice(tenancy: Tenancy, policy: Policy, day: dt.date) -> str:
    """The advice of a decision."""
    return str(decide(tenancy, policy, day).advice)
