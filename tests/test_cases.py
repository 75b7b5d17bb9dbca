"""A case as a fold over its events: what is impossible, what is unexpected, and any view of the past."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise
from typing import Any

import pytest
from case_lives import FIRST, KEY, attempted, corrected_ids, event, lives, recorded_of, whole_life
from hypothesis import given, strategies as st

from huurschuld import DuplicateId, InvalidValue, MissingField, UnknownField
from huurschuld.cases import (
    EVENTS,
    CaseError,
    CaseState,
    Event,
    EventType,
    ImpossibleEvent,
    Phase,
    Role,
    fold,
    record,
)
from huurschuld.cases.folding import seen_on
from huurschuld.errors import InputError

MOMENTS = st.datetimes(dt.datetime(2026, 1, 1), dt.datetime(2027, 6, 1), timezones=st.just(dt.UTC))  # noqa: DTZ001 - the zone is given beside


def told(events: list[Event]) -> list[str]:
    """The phases through which a case goes."""
    return [fold(events[: number + 1]).phase for number in range(len(events))]


def test_a_whole_life_has_nothing_unexpected() -> None:
    """From the landlord's signal to the feedback and the end."""
    case = fold(whole_life())
    assert case.unexpected == ()
    assert (case.phase, case.result, case.decision) == ("closed", "financial-help", "plan")
    assert case.received == dt.date(2026, 1, 5)
    assert case.reached == dt.date(2026, 1, 14)
    assert case.accepted == dt.date(2026, 1, 15)
    assert case.suspended_until == dt.date(2026, 2, 14)
    assert list(dict.fromkeys(told(whole_life()))) == [
        *("sent", "received", "open", "offered", "accepted", "talked", "decided", "plan"),
        *("plan-ended", "closed"),
    ]


@pytest.mark.parametrize(
    ("before", "then", "problem"),
    [
        ("", "attempt kind=visit", "the case is new"),
        ("sent", "dossier-opened", "received did not happen before"),
        ("received | dossier-opened", "dossier-opened", "it happened before"),
        ("received", "instalment-paid cents=1", "plan-agreed did not happen before"),
        ("received", "plan-completed", "plan-agreed did not happen before"),
        ("received", "objection-withdrawn", "objection-made did not happen before"),
        ("received", "reopened", "the case is received"),
        ("sent", "closed result=died", "received did not happen before"),
        ("received | closed result=paid-or-arranged", "closed result=died", "the case is closed"),
        ("received | keys-returned", "keys-returned", "it happened before"),
        ("received", "retracted event=nothing", "no event with this id"),
        ("received", "retracted event=received-2026-01-05-None", ""),
    ],
)
def test_what_is_impossible_is_refused_with_the_reason(before: str, then: str, problem: str) -> None:
    """A refusal names the event by type and day, and what to do."""
    events = [written(it) for it in before.split(" | ") if it]
    if not problem:
        assert record(events, written(then, 2)).phase is Phase.NEW
        return
    with pytest.raises(ImpossibleEvent, match=problem) as refused:
        record(events, written(then, 2))
    assert refused.value.remedy


WHEN: dict[str, Any] = {
    "happened": FIRST,
    "recorded": dt.datetime(2026, 1, 5, 11, tzinfo=dt.UTC),
}


def written(text: str, number: int | None = None) -> Event:
    """An event from words: its type, and its data."""
    kind, *pairs = text.split()
    data: dict[str, Any] = {}
    for name, _, value in (pair.partition("=") for pair in pairs):
        if name in {"until", "on", "first", "last", "made_known"}:
            data[name] = dt.date.fromisoformat(value)
        else:
            data[name] = int(value) if name.endswith("cents") else value or True
    return event(kind, FIRST, number=number, **data)


@pytest.mark.parametrize(
    ("events", "reason"),
    [
        ("received | accepted", "not recorded before: help offered"),
        ("received | attempt kind=visit", "not recorded before: dossier opened"),
        ("received | dossier-opened | offer-made | first-talk", "the case is offered help then"),
        ("received | eviction-carried-out", "not recorded before: eviction announced"),
        ("received | judgment", "not recorded before: summons"),
        ("summons | received", "the case is not begun then"),
        ("received | screened-out reason=died | dossier-opened", "the case is not taken up then"),
        ("received | accepted | closed result=never-reached", "the resident was reached"),
        ("received | attempt kind=visit reached | closed result=never-reached", "was reached"),
        ("received | accepted | collection-suspended until=2026-01-04", "that day is over by then"),
        ("received | judgment | eviction-announced on=2026-01-04", "that day is over by then"),
        ("received | plan-agreed first=2026-03-01 last=2026-02-01", "the last instalment is before"),
        ("received | plan-agreed arrears_cents=5 monthly_cents=6", "more than the arrears"),
        ("received | eviction-carried-out | eviction-prevented", "carried out before"),
        ("received | objection-made | objection-withdrawn | objection-withdrawn", "withdrawn before"),
        ("received | first-talk | decision decision=none-needed", "only if help was declined"),
        ("received | decision decision=plan made_known=2026-01-04", "before it was taken"),
    ],
)
def test_what_is_unexpected_is_taken_and_flagged(events: str, reason: str) -> None:
    """Life does not follow forms."""
    case = fold([written(it, number) for number, it in enumerate(events.split(" | "))])
    assert any(reason in it.reason.en for it in case.unexpected)


def test_of_one_day_what_was_written_down_after_the_end_was_before_it() -> None:
    """A visit of the day of closing, a signal sent on the day that it was received."""
    visit = "attempt kind=visit reached"
    for end in ("closed result=advice", "screened-out reason=unjust"):
        texts = ("received", "dossier-opened", end, visit)
        case = fold([written(it) for it in texts])
        assert [it.type for it in case.history][-2:] == [visit.split(maxsplit=1)[0], end.split()[0]]
        assert case.unexpected == ()
        with pytest.raises(ImpossibleEvent, match="reopen the case first"):
            fold([*(written(it) for it in texts[:3]), event("attempt", "2026-01-06", kind="visit")])
    for end in ("closed result=advice", "screened-out reason=unjust"):
        with pytest.raises(ImpossibleEvent, match="reopen the case first"):
            fold([written("received"), written(end), written("received", 2)])
    case = fold([written("received"), written("sent")])
    assert ([it.type for it in case.history], case.unexpected) == (["sent", "received"], ())
    reopened = ("received", "closed result=advice", "reopened", "closed result=advice")
    with pytest.raises(ImpossibleEvent, match="the case is closed"):
        fold([written(it, number) for number, it in enumerate((*reopened, reopened[-1]))])
    assert fold([written(it, n) for n, it in enumerate((*reopened, visit))]).phase is Phase.CLOSED


@pytest.mark.parametrize(
    "kind",
    [
        *("summons", "judgment", "eviction-announced", "eviction-carried-out", "keys-returned"),
        *("first-talk", "collection-suspended", "plan-broken"),
    ],
)
def test_who_sees_it_happen_records_it(kind: str) -> None:
    """Nobody who works on the case is kept from writing down what happened, after its end neither."""
    data: dict[str, Any] = {"until": dt.date(2026, 3, 1)} if kind == "collection-suspended" else {}
    for by in ("ggd", "municipality", "helper"):
        events = [event("received"), event("plan-agreed"), event(kind, "2026-01-06", by=by, **data)]
        assert fold(events).history[-1].by == by
    plan = [event("received"), event("plan-agreed"), event("closed", result="advice")]
    assert fold([*plan, event("plan-broken", "2026-02-06")]).phase is Phase.CLOSED


def test_an_event_is_checked_as_it_is_made() -> None:
    """Its fields, who may record it, and that it has happened."""
    with pytest.raises(MissingField, match="/data/kind"):
        event("attempt")
    with pytest.raises(UnknownField, match="/data/colour"):
        event("sent", colour="red")
    for name, place in (("type", "/type"), ("by", "/by")):
        with pytest.raises(InvalidValue, match=f"{place}: one of "):
            Event(**{"id": "1", "case": KEY, "type": "sent", "by": "landlord"} | WHEN | {name: "x"})
    for name in ("id", "case", "replaces"):
        with pytest.raises(InvalidValue, match=f"/{name}"):
            Event(**{"id": "1", "case": KEY, "type": "sent", "by": "ggd"} | WHEN | {name: "x" * 201})
    with pytest.raises(InvalidValue, match="/data/kind"):
        event("attempt", kind="pigeon")
    with pytest.raises(ImpossibleEvent, match="this is for: municipality"):
        event("decision", by="landlord", decision="plan")
    late_evening = dt.datetime(2026, 1, 4, 23, 30, tzinfo=dt.UTC)
    assert event("sent", FIRST, recorded=late_evening).happened == FIRST  # in Katwijk it is 5 January
    with pytest.raises(ImpossibleEvent, match="/happened"):
        event("sent", FIRST, recorded=late_evening - dt.timedelta(hours=1))
    with pytest.raises(InvalidValue, match="/recorded"):
        event("sent", FIRST, recorded=dt.datetime(2026, 1, 5))  # noqa: DTZ001 - that is what is wrong


def test_what_was_recorded_late_is_in_its_place_and_was_not_known() -> None:
    """The visit of 7 January was written down on the 12th."""
    visit = event(
        "attempt",
        "2026-01-07",
        recorded=dt.datetime(2026, 1, 12, 9, tzinfo=dt.UTC),
        kind="visit",
        reached=True,
    )
    events = [
        event("received"),
        event("dossier-opened", "2026-01-06"),
        event("offer-made", "2026-01-09"),
    ]
    case = record(events, visit)
    assert [it.type for it in case.history][-2:] == ["attempt", "offer-made"]
    assert fold([*events, visit], known=dt.datetime(2026, 1, 10, tzinfo=dt.UTC)).reached is None
    assert fold([*events, visit], as_of=dt.date(2026, 1, 8)).phase is Phase.OPEN


def test_nothing_of_a_person_is_in_a_repr_or_a_refusal() -> None:
    """Not the name of who recorded it, not the words of a reason."""
    canary = "Zwaantje-van-der-Kanarie"
    coupled = event("coupled", helper=canary)
    assert canary not in repr(coupled) + repr(fold([event("received"), coupled]))
    with pytest.raises(ImpossibleEvent) as refused:
        record([], coupled)
    assert canary not in str(refused.value)


@given(attempted(), st.data())
def test_a_refusal_changes_nothing_and_recording_twice_neither(
    tried: list[Event], data: st.DataObject
) -> None:
    """What is refused is refused each time; what is taken is taken once."""
    events = recorded_of(tried)
    if not events:
        return
    again = data.draw(st.sampled_from(events))
    assert record(events, again) == fold(events)
    for it in tried:
        if it not in events:
            with pytest.raises((CaseError, InputError)):
                record(events[: _place(events, it)], it)


def _place(events: list[Event], it: Event) -> int:
    """How many events were recorded when somebody tried to record this one."""
    return sum(int(other.id) < int(it.id) for other in events)


@given(lives(), st.dates(FIRST, FIRST + dt.timedelta(days=300)), MOMENTS)
def test_a_view_of_the_past_is_what_a_fold_of_the_past_gives(
    events: list[Event], day: dt.date, moment: dt.datetime
) -> None:
    """As of a day: what happened by then. As known at a moment: what was recorded by then."""
    assert fold(events, known=moment) == fold([it for it in events if it.recorded <= moment])
    seen = fold(events, as_of=day)
    assert seen.history == tuple(it for it in fold(events).history if it.happened <= day)
    assert seen == seen_on(fold(events), day)
    if not corrected_ids(events):
        assert seen.phase == fold([it for it in events if it.happened <= day]).phase


@given(lives())
def test_every_step_is_one_of_the_table(events: list[Event]) -> None:
    """A phase changes only as the table says; the history is in order of happening; nothing is lost."""
    case = fold(events)
    phase = Phase.NEW
    for it in case.history:
        assert phase in it.rule.during
        phase = it.rule.moves.get(phase, phase)
        assert it.by in it.rule.by
    assert phase is case.phase
    assert all(one.happened <= other.happened for one, other in pairwise(case.history))
    corrected = corrected_ids(events)
    kept = [it for it in events if it.type is not EventType.RETRACTED and it.id not in corrected]
    assert sorted(it.id for it in case.history) == sorted(it.id for it in kept)


@given(lives(), st.data())
def test_what_is_retracted_never_happened(events: list[Event], data: st.DataObject) -> None:
    """If it can be retracted, the case is the one without it."""
    mistake = data.draw(st.sampled_from(events))
    if mistake.type is EventType.RETRACTED:
        return
    last = max(it.recorded for it in events)
    retraction = Event(
        id="retraction",
        case=KEY,
        type=EventType.RETRACTED,
        happened=FIRST,
        recorded=last,
        by=Role.MUNICIPALITY,
        data={"event": mistake.id},
    )
    try:
        without = record(events, retraction)
    except ImpossibleEvent:
        return
    assert mistake not in without.history
    assert without.history == tuple(it for it in fold(events).history if it != mistake)


@given(lives())
def test_a_closed_case_has_a_result_and_only_a_closed_one(events: list[Event]) -> None:
    """One of the sixteen of DDAS; reopened, it has none."""
    for number in range(len(events)):
        case = fold(events[: number + 1])
        assert (case.result is not None) == (case.phase is Phase.CLOSED)


def test_two_ids_and_two_cases_do_not_mix() -> None:
    """An id names one event, and a case is of one key."""
    first = event("sent")
    with pytest.raises(DuplicateId):
        fold([first, event("sent", arrears_cents=5)])
    other = Event(id="x", case="y", type="received", happened=FIRST, recorded=first.recorded, by="ggd")
    with pytest.raises(InvalidValue, match="another case"):
        fold([first, other])
    with pytest.raises(InvalidValue, match="/recorded"):
        record([event("sent", "2026-02-01")], event("received", "2026-01-05"))
    assert fold([]) == CaseState()


def test_the_table_is_whole() -> None:
    """Every type has its rule, in both languages; what one needs can have happened."""
    assert set(EVENTS) == set(EventType)
    for kind, rule in EVENTS.items():
        assert rule.label.nl
        assert rule.label.en
        assert rule.by
        assert set(rule.moves) <= rule.during, kind
        assert rule.expected <= rule.during, kind
        assert kind not in set().union(*rule.needs, *rule.expects)
    reachable = {phase for rule in EVENTS.values() for phase in rule.moves.values()}
    assert reachable == set(Phase) - {Phase.NEW}
