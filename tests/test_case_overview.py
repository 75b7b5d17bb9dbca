"""All cases at a glance: the same deadlines as in the cases themselves, and no key is needed for it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest
from case_lives import event, lives, whole_life
from case_stores import behind_its_back, new_store, write
from hypothesis import HealthCheck, given, settings, strategies as st
from postgres import Cluster, cluster  # noqa: F401 - a fixture is imported to be found

from huurschuld import InputError, InvalidValue
from huurschuld.cases import (
    DEADLINES,
    CaseState,
    DueState,
    Event,
    NotAllowed,
    Phase,
    due,
    fold,
    overview,
    with_own_deadlines,
)
from huurschuld.model.strict_objects import StrictObject

MakeUrl = Callable[[], str]


@pytest.fixture(params=["sqlite", "postgresql"])
def make_url(request: pytest.FixtureRequest, tmp_path: Path) -> MakeUrl:
    """Makes the URL of a new, empty database."""
    if request.param == "sqlite":
        numbers = iter(range(10_000))
        return lambda: f"sqlite:///{tmp_path / f'cases-{next(numbers)}.sqlite'}"
    server: Cluster = request.getfixturevalue("cluster")
    return lambda: server.url(server.new_database())


def test_a_glance_has_the_deadlines_of_the_case(make_url: MakeUrl) -> None:
    """Phase, deadlines and workers are those of whoever opens the case; nothing of what is sealed."""

    @given(lives(), st.dates(dt.date(2026, 1, 1), dt.date(2027, 6, 1)))
    @settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
    def holds(events: list[Event], as_of: dt.date) -> None:
        runs[0] += 1
        key = f"case-{runs[0]}"
        write(store, events, key)
        seen = overview(store, by="ggd")
        assert [it.key for it in seen.cases] == [f"case-{it}" for it in range(1, runs[0] + 1)]
        assert seen.damaged == ()
        glance = seen.cases[-1]
        whole = store.look(key, by="ggd", person="a colleague", purpose="test")
        assert without_order_of_recording(glance.state) == without_order_of_recording(whole.state)
        assert due(glance.state, as_of, DEADLINES) == due(whole.state, as_of, DEADLINES)
        assert (glance.version, glance.is_forgotten) == (whole.version, False)
        for it in glance.state.history:
            assert not [name for name in it.data if it.rule.data[name].personal]

    runs = [0]
    with new_store(make_url()) as store:
        holds()


def without_order_of_recording(state: CaseState) -> tuple[object, ...]:
    return state.phase, dict(state.workers), [it.id for it in state.history], state.threats


def test_no_key_is_read_and_nobody_is_noted(make_url: MakeUrl) -> None:
    """It is the same with all keys destroyed, and leaves the store as it is."""
    url = make_url()
    with new_store(url) as store:
        write(store, whole_life())
        before = overview(store, by="municipality")
        with behind_its_back(url) as connection:
            connection.exec_driver_sql("DELETE FROM secrets")
            entries = connection.exec_driver_sql("SELECT count(*) FROM entries").scalar()
        (case,) = overview(store, by="municipality").cases
        assert case.state.phase is before.cases[0].state.phase is Phase.CLOSED
        with behind_its_back(url) as connection:
            assert connection.exec_driver_sql("SELECT count(*) FROM entries").scalar() == entries


@pytest.mark.parametrize("role", ["landlord", "helper", "resident"])
def test_only_those_whose_the_cases_are_see_which_there_are(make_url: MakeUrl, role: str) -> None:
    """Even that there is a case says something of a household."""
    with new_store(make_url()) as store, pytest.raises(NotAllowed, match=f"a {role} may not see"):
        overview(store, by=role)


@pytest.mark.parametrize(
    ("statement", "lacking"),
    [
        ("UPDATE entries SET public = '{}' WHERE \"case\" = 2 AND number = 1", (2,)),
        ('DELETE FROM entries WHERE "case" = 2 AND number = 2', (2,)),
        ("UPDATE cases SET key = 'another' WHERE number = 2", (2,)),
        ('DELETE FROM entries WHERE "case" = 3', (3,)),
        ("UPDATE summary SET cases = 4", (4,)),
    ],
)
def test_what_is_damaged_is_named(make_url: MakeUrl, statement: str, lacking: tuple[int, ...]) -> None:
    """A case that is not as it was written is in no list, and is never left out quietly."""
    url = make_url()
    with new_store(url) as store:
        for key in ("one", "two", "three"):
            write(store, whole_life()[:4], key)
        with behind_its_back(url) as connection:
            connection.exec_driver_sql(statement)
        seen = overview(store, by="ggd")
    assert seen.damaged == lacking
    assert [it.key for it in seen.cases] == [
        it for number, it in enumerate(("one", "two", "three"), 1) if number not in lacking
    ]


ORDINANCE = {"number": 6, "unit": "weeks", "adopted_by": "gemeenteraad", "reference": "2025-117"}
PROMISE = {
    "label": {"nl": "eerste poging", "en": "first attempt"},
    "begin": "received",
    "met_by": ["attempt"],
    "turn": "ggd",
    "number": 14,
    "unit": "days",
    "adopted_by": "college",
    "on": dt.date(2026, 1, 1),
}


def test_an_organisation_sets_deadlines_of_its_own() -> None:
    """A shorter term of national law, and a promise; each with who adopted it."""
    section = StrictObject({"plan-or-refusal": ORDINANCE, "first-attempt": PROMISE}, "file")
    rules = with_own_deadlines(section)
    found = {it.name: it for it in due(fold(whole_life()[:10]), dt.date(2026, 1, 23), rules)}
    plan, first = found["plan-or-refusal"], found["first-attempt"]
    assert (plan.end, plan.source.title) == (dt.date(2026, 3, 5), "gemeenteraad 2025-117")
    assert (first.end, first.met, first.state) == (dt.date(2026, 1, 19), dt.date(2026, 1, 7), "met")
    assert (first.turn, first.label.nl, first.source.dated) == (
        "ggd",
        "eerste poging",
        dt.date(2026, 1, 1),
    )


def test_a_promise_begins_anew_in_a_new_round() -> None:
    """A signal that is received after the case was reopened is another one."""
    rules = with_own_deadlines(StrictObject({"first-attempt": PROMISE}, "file"))
    events = [
        event("received", "2026-01-05"),
        event("attempt", "2026-01-06", kind="letter"),
        event("closed", "2026-02-01", result="never-reached"),
        event("reopened", "2026-03-02"),
        event("received", "2026-03-02"),
    ]
    (found,) = due(fold(events), dt.date(2026, 3, 20), rules)
    assert (found.end, found.state) == (dt.date(2026, 3, 16), DueState.OVERDUE)


@pytest.mark.parametrize(
    ("name", "wrong", "told"),
    [
        ("plan-or-refusal", {"number": 9}, "plan-or-refusal/number: this is longer than the law allows"),
        ("plan-or-refusal", {"number": True}, "plan-or-refusal/number: a whole number from 1 to 3,650"),
        ("plan-or-refusal", {"unit": "months"}, "/unit: one of days, weeks, working-days"),
        ("plan-or-refusal", {"statutory": 1}, "/statutory: true or false"),
        ("plan-or-refusal", {"adopted_by": None}, "/adopted_by: null is given"),
        ("plan-or-refusal", {"turn": "ggd"}, "/turn: there is no such field here"),
        ("plan-or-refusal", {"since": "soon"}, "/since: a calendar day"),
        ("first-attempt", {"begin": "reached"}, "/begin: one of sent, received"),
        ("first-attempt", {"met_by": ["reached"]}, "/met_by/0: the type of an event"),
        ("first-attempt", {"met_by": None}, "/met_by: null is given"),
        ("first-attempt", {"turn": "mayor"}, "/turn: one of landlord"),
        ("first-attempt", {"label": {"nl": "x"}}, "/label/en: this field is required"),
        ("first\nattempt", {}, "a text of one line"),
    ],
)
def test_a_wrong_deadline_of_ones_own_is_refused(name: str, wrong: dict[str, object], told: str) -> None:
    """At the key of the configuration, with what is expected."""
    given = ORDINANCE if name == "plan-or-refusal" else PROMISE
    with pytest.raises((InvalidValue, InputError)) as caught:
        with_own_deadlines(StrictObject({name: {**given, **wrong}}, ""))
    assert told in str(caught.value)
