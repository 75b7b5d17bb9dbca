"""Coupling to a helper, and what the ledger says of a plan, as events of the case."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from case_lives import FIRST, KEY, WHO, event
from case_stores import behind_its_back, new_store, write
from hypothesis import given, strategies as st
from test_case_planning import AGREED, ON_TIME, RENT, followed, month, tenancy

from huurschuld import InvalidValue, UnknownReference
from huurschuld.cases import (
    CaseConflict,
    CaseStore,
    Event,
    FollowedPlan,
    Keeping,
    NotAllowed,
    Phase,
    Stored,
    couple,
    fold,
    follow_case,
    keys_in_plan,
    plan_of,
    plans_table,
    propose_helpers,
    record_plan_events,
)
from huurschuld.model.helpers import Directory, Helper
from huurschuld.rules.arrears import arrears_of

CANARY = "Zwaantje-van-der-Kanarie"
TOLERANCE, GRACE = 500, 7
PLAN = [
    event("received", "2026-02-02", contact=WHO),
    event("dossier-opened", "2026-02-02"),
    event(
        "plan-agreed",
        AGREED,
        arrears_cents=3 * RENT,
        monthly_cents=30_000,
        first=month(4),
        last=month(9),
    ),
]
DIRECTORY = Directory(
    [
        Helper(name="BIP Katwijk", needs=["schulden"], places=["Katwijk"]),
        Helper(name="Schuldhulplijn", needs=["Schulden"]),
        Helper(name="Budgetmaatjes", needs=["schulden"], places=["Leiden"]),
    ]
)
payments = st.dictionaries(
    st.dates(month(3), month(12)), st.integers(1, 4).map(lambda it: it * 30_000), max_size=12
)


def stored(events: list[Event]) -> Stored:
    return Stored(state=fold(events), events=tuple(events), version=len(events), is_forgotten=False)


def shown(paid: dict[dt.date, int], as_of: dt.date, events: list[Event] = PLAN) -> FollowedPlan:
    """What the ledger shows of the plan by a day."""
    found = follow_case(
        stored(events),
        tenancy(paid),
        as_of,
        by="municipality",
        tolerance_cents=TOLERANCE,
        grace_days=GRACE,
    )
    assert found is not None
    return found


@pytest.fixture
def store(tmp_path: Path) -> Iterator[CaseStore]:
    """A store with a case in a plan."""
    with new_store(f"sqlite:///{tmp_path / 'cases.sqlite'}") as made:
        for it in PLAN:
            made.record(KEY, it.type, it.happened, by=it.by, data=it.data, id=it.id)
        yield made


def look(store: CaseStore) -> Stored:
    return store.look(KEY, by="municipality", person="a colleague", purpose="plan")


@given(payments, st.dates(month(4), month(12)))
def test_each_instalment_is_paid_or_missed_as_a_day_by_day_calculation_says(
    paid: dict[dt.date, int], as_of: dt.date
) -> None:
    """Paid on the first day after it fell due on which no more is owed than the plan leaves."""
    found = shown(paid, as_of)
    of, by = tenancy(paid), found.followed.broken_on or as_of
    beside = max(0, arrears_of(of, AGREED).cents - 3 * RENT)
    expected: set[tuple[str, dt.date, int]] = set()
    for number in range(1, 7):
        due = month(3 + number)
        left = (6 - number) * 30_000
        after = [due + dt.timedelta(days=it) for it in range(1, (by - due).days + 1)]
        owed = [(day, arrears_of(of, day).cents - beside - left) for day in after]
        paid_on = next((day for day, cents in owed if cents <= TOLERANCE), None)
        if paid_on is not None:
            expected.add(("instalment-paid", paid_on, 30_000))
        if len(after) > GRACE and all(cents > TOLERANCE for _, cents in owed[: GRACE + 1]):
            expected.add(("instalment-missed", due + dt.timedelta(days=GRACE + 1), 30_000))
    instalments = {
        (str(it.type), it.happened, it.cents) for it in found.proposed if it.cents is not None
    }
    assert instalments == expected
    ends = [(str(it.type), it.happened) for it in found.proposed if it.cents is None]
    if found.followed.keeping is Keeping.BROKEN:
        assert ends == [("plan-broken", found.followed.broken_on)]
    else:
        is_completed = found.followed.keeping is Keeping.COMPLETED
        assert [name for name, _ in ends] == ["plan-completed"] * is_completed
    assert found.followed == followed(paid, as_of, tolerance_cents=TOLERANCE, grace_days=GRACE)
    assert found.plan.broken_on == found.followed.broken_on


@given(payments, st.lists(st.dates(month(4), month(12)), min_size=2, max_size=4).map(sorted))
def test_what_was_shown_is_shown_later_too(paid: dict[dt.date, int], at: list[dt.date]) -> None:
    """As long as the ledger is not corrected; so what is recorded once is never recorded again."""
    events = list(PLAN)
    for day in at:
        by_then = {it.id: it for it in shown(paid, day).proposed}
        new = shown(paid, day, events).proposed
        assert {it.id for it in new} == by_then.keys() - {it.id for it in events}
        for it in new:
            data = {} if it.cents is None else {"cents": it.cents}
            events.append(
                Event(
                    id=it.id,
                    case=KEY,
                    type=it.type,
                    happened=it.happened,
                    recorded=dt.datetime(2027, 1, 1, tzinfo=dt.UTC),
                    by="municipality",
                    data=data,
                )
            )
        assert shown(paid, day, events).proposed == ()
    assert fold(events).phase in {Phase.PLAN, Phase.PLAN_ENDED}


def test_a_plan_that_is_kept_is_completed_in_the_case(store: CaseStore) -> None:
    """Six instalments are paid, recorded once however often it is asked, and then it is completed."""
    for as_of in (month(6, 15), month(10, 2), month(10, 2)):
        found = look(store)
        proposed = follow_case(
            found,
            tenancy(ON_TIME),
            as_of,
            by="municipality",
            tolerance_cents=TOLERANCE,
            grace_days=GRACE,
        )
        assert proposed is not None
        record_plan_events(store, found, proposed.proposed, by="municipality")
    state = look(store).state
    assert state.phase is Phase.PLAN_ENDED
    assert [str(it.type) for it in state.history[3:]] == ["instalment-paid"] * 6 + ["plan-completed"]
    assert len(state.unexpected) == len(fold(PLAN).unexpected)


def test_a_plan_is_recorded_only_as_it_was_looked_at(store: CaseStore) -> None:
    """If a colleague recorded something meanwhile, it is looked at again."""
    found = look(store)
    store.record(KEY, "threat-found", month(3, 5), by="ggd", data={"threat": "energy"})
    with pytest.raises(CaseConflict):
        record_plan_events(store, found, shown(ON_TIME, month(6)).proposed, by="municipality")


def test_the_plan_goes_into_the_next_decision() -> None:
    """In force with its amount; broken, or cancelled, from the day on which it no longer counts."""
    kept = shown(ON_TIME, month(6))
    broken = shown({}, month(6))
    cancelled = shown(ON_TIME, month(6), [*PLAN, event("plan-cancelled", "2026-05-20")])
    assert plans_table([kept, broken, cancelled], by="ggd").splitlines() == [
        "tenancy,from,until,broken_on,cents",
        "T,2026-03-02,2026-09-01,,180000",
        f"T,2026-03-02,2026-09-01,{broken.followed.broken_on},180000",
        "T,2026-03-02,2026-09-01,2026-05-20,180000",
    ]
    assert [str(it.type) for it in cancelled.proposed] == ["instalment-paid"] * 2


@pytest.mark.parametrize(
    "data",
    [{}, {"arrears_cents": 1}, {"arrears_cents": 10**8, "monthly_cents": 1, "first": month(4)}],
)
def test_a_plan_of_which_not_all_was_recorded_is_not_followed(data: dict[str, Any]) -> None:
    """Nothing is guessed; nor is one followed that was never agreed."""
    events = [*PLAN[:2], event("plan-agreed", AGREED, **data)]
    assert plan_of(fold(events)) is None
    assert plan_of(fold(PLAN[:2])) is None
    asked = (stored(events), tenancy({}), month(6))
    assert follow_case(*asked, by="municipality", tolerance_cents=TOLERANCE, grace_days=GRACE) is None


@pytest.mark.parametrize("by", ["landlord", "resident", "helper"])
def test_which_cases_have_a_plan_is_for_the_public_partners(store: CaseStore, by: str) -> None:
    """Who may not is told before anything is read; a helper follows the plan of a case."""
    found = look(store)
    assert keys_in_plan(store, month(6), by="ggd").keys == (KEY,)
    store.close()
    Path(str(store._engine.url.database)).unlink()
    for attempt in (
        lambda: keys_in_plan(store, month(6), by=by),
        lambda: plans_table([shown({}, month(6))], by=by),
    ):
        with pytest.raises(NotAllowed, match="may not see which cases there are"):
            attempt()
    asked = partial(follow_case, found, tenancy({}), month(6), tolerance_cents=500, grace_days=7)
    if by == "landlord":
        with pytest.raises(NotAllowed, match="ask for the feedback"):
            asked(by=by)
    else:
        assert asked(by=by) == shown({}, month(6))


def test_a_household_is_coupled_to_whom_a_person_chose(store: CaseStore) -> None:
    """The directory proposes by need and town; chosen again, nothing changes."""
    found = look(store)
    proposed = propose_helpers(found.state, DIRECTORY, "schulden")
    assert [it.name for it in proposed] == ["BIP Katwijk", "Schuldhulplijn"]
    assert [it.name for it in propose_helpers(found.state, DIRECTORY, "schulden", "Leiden")] == [
        "Budgetmaatjes",
        "Schuldhulplijn",
    ]
    options: dict[str, Any] = {"among": proposed, "by": "ggd", "person": "a colleague"}
    for _ in range(2):
        chosen = couple(store, found, "bip  katwijk", "Schulden", FIRST + dt.timedelta(99), **options)
        assert chosen == DIRECTORY.listed[0]
        found = look(store)
    (coupled,) = found.state.all(*{it.type for it in found.events if it.data.get("helper")})
    assert coupled.data == {"helper": "BIP Katwijk", "need": "Schulden"}
    with pytest.raises(UnknownReference, match="no such helper"):
        couple(store, found, "Budgetmaatjes", "schulden", FIRST, **options)
    store.record(KEY, "threat-found", month(3, 5), by="ggd", data={"threat": "energy"})
    with pytest.raises(CaseConflict):
        couple(store, found, "Schuldhulplijn", "schulden", month(4), **options)


def test_without_an_address_the_town_is_asked() -> None:
    """It is not guessed."""
    case = fold([event("received")])
    with pytest.raises(InvalidValue, match="give the town"):
        propose_helpers(case, DIRECTORY, "schulden")


def test_a_damaged_case_does_not_stop_the_others(tmp_path: Path) -> None:
    """It is named, whether it is in a plan or not: nobody can tell."""
    url = f"sqlite:///{tmp_path / 'cases.sqlite'}"
    with new_store(url) as store:
        for key in ("one", "two", "three"):
            write(store, PLAN, key)
        with behind_its_back(url) as connection:
            connection.exec_driver_sql(
                "UPDATE entries SET public = '{}' WHERE \"case\" = 2 AND number = 1"
            )
        found = keys_in_plan(store, AGREED, by="ggd")
        assert (found.keys, found.damaged) == (("one", "three"), ("two",))
        before = keys_in_plan(store, AGREED - dt.timedelta(days=1), by="ggd")
        assert (before.keys, before.damaged) == ((), ("two",))
