"""The calendar of a case worker: valid, stable, and without anything of a person."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from typing import Any

import pytest
from case_lives import KEY, event, lives, whole_life
from hypothesis import given, strategies as st
from icalendar import Calendar as Ical

from huurschuld import InvalidValue
from huurschuld.cases import (
    CALENDAR,
    DEADLINES,
    DueState,
    Event,
    Glance,
    Role,
    deadline_feed,
    due,
    fold,
)
from huurschuld.cases.deadline_feed import KEPT_DAYS
from huurschuld.cases.glance import is_same_name, short_keys

DAYS = st.dates(dt.date(2026, 1, 1), dt.date(2027, 12, 31))
DONE = {DueState.MET, DueState.MET_LATE, DueState.LAPSED}
TO_DO = {DueState.DUE, DueState.OVERDUE, DueState.RUNNING}


def glance(events: list[Event], key: str = KEY) -> Glance:
    return Glance(key=key, state=fold(events), version=len(events), recorded=events[-1].recorded)


def entries(feed: bytes) -> list[Any]:
    """Read a feed as a calendar program does; what is broken in it is an error."""
    read: Any = Ical.from_ical(feed)
    assert not [it.errors for it in read.walk() if it.errors]
    return [it for it in read.walk() if it.name == "VEVENT"]


def test_what_is_to_be_done_is_in_the_calendar_as_in_the_list() -> None:
    """Every deadline that is due, overdue or running, on its last day; the rest is cancelled or gone."""

    @given(lives(), DAYS)
    def holds(events: list[Event], as_of: dt.date) -> None:
        case = glance(events)
        found = entries(deadline_feed([case], as_of))
        expected = due(case.state, as_of, DEADLINES)
        kept = [it for it in expected if it.state in TO_DO or (as_of - it.end).days <= KEPT_DAYS]
        assert sorted((it["dtstart"].dt, it["status"]) for it in found) == sorted(
            (it.end, "CANCELLED" if it.state in DONE else "CONFIRMED") for it in kept
        )

    holds()


@given(lives(), DAYS, st.sampled_from(["nl", "en"]))
def test_the_calendar_is_valid(events: list[Event], as_of: dt.date, lang: Any) -> None:
    """RFC 5545: what must be there is, once; lines are short and end as they must; each UID is one."""
    feed = deadline_feed([glance(events), glance(events, "another")], as_of, lang=lang)
    assert feed.endswith(b"\r\n")
    assert all(len(line) <= 75 for line in feed.split(b"\r\n"))
    assert b"\n" not in feed.replace(b"\r\n", b"")
    read: Any = Ical.from_ical(feed)
    assert (read["version"], str(read["prodid"])[:14]) == ("2.0", "-//huurschuld/")
    found = entries(feed)
    assert len({it["uid"] for it in found}) == len(found)
    for it in found:
        assert it["dtstamp"].dt >= events[-1].recorded
        assert type(it["dtstart"].dt) is dt.date
        assert (it["class"], it["transp"]) == ("PRIVATE", "TRANSPARENT")
        for alarm in it.walk("VALARM"):
            assert (alarm["action"], alarm["description"]) == ("DISPLAY", it["summary"])
    assert Ical.from_ical(feed).to_ical() == feed
    assert deadline_feed([glance(events), glance(events, "another")], as_of, lang=lang) == feed


@given(lives(), DAYS)
def test_nothing_of_a_person_is_in_it(events: list[Event], as_of: dt.date) -> None:
    """Neither amounts, helpers and remarks, nor who recorded something, nor the whole of a long key."""
    key = f"{KEY}{KEY}"
    text = deadline_feed([glance(events, key)], as_of).replace(b"\r\n ", b"").decode()
    assert key[:13] not in text
    assert not re.search(r"some words|a colleague|€|\bcents\b", text)


def test_a_deadline_keeps_its_uid_whatever_is_recorded() -> None:
    """A program updates what it has: a later feed has the UIDs of the earlier, and a higher sequence."""

    @given(lives(), DAYS)
    def holds(events: list[Event], as_of: dt.date) -> None:
        seen: dict[tuple[str, int], str] = {}
        sequence = 0
        for number in range(1, len(events) + 1):
            found = entries(deadline_feed([glance(events[:number])], as_of))
            by_label: dict[str, int] = {}
            for it in sorted(found, key=lambda it: it["dtstart"].dt):
                label = str(it["summary"]).partition(" (")[0]
                by_label[label] = by_label.get(label, 0) + 1
                if label != "bezwaar maken tegen het besluit":  # of these there may be several
                    assert seen.setdefault((label, by_label[label]), it["uid"]) == it["uid"]
                assert it["sequence"] >= sequence
                assert it["dtstamp"].dt >= events[number - 1].recorded
            sequence = number

    holds()


def test_a_day_that_is_corrected_moves_the_deadline() -> None:
    """The same UID on another day, not a second one."""
    wrong = [event("received", "2026-01-05"), event("accepted", "2026-01-06")]
    right = Event(
        id="right",
        case=KEY,
        type="received",
        happened=dt.date(2026, 1, 2),
        recorded=dt.datetime(2026, 1, 7, tzinfo=dt.UTC),
        by=wrong[0].by,
        replaces=wrong[0].id,
    )
    as_of = dt.date(2026, 1, 8)
    (before, _), (after, _) = (
        entries(deadline_feed([glance(it)], as_of)) for it in (wrong, [*wrong, right])
    )
    assert before["uid"] == after["uid"]
    assert (before["dtstart"].dt, after["dtstart"].dt) == (dt.date(2026, 2, 2), dt.date(2026, 1, 30))


@given(lives(), DAYS)
def test_alarms_are_on_working_days_that_are_to_come(events: list[Event], as_of: dt.date) -> None:
    """At nine in the morning, before the last day, and only of what is still to be done."""
    case = glance(events)
    states = {(it.end, it.label.nl): it for it in due(case.state, as_of, DEADLINES)}
    for it in entries(deadline_feed([case], as_of)):
        end = it["dtstart"].dt
        deadline = states[end, str(it["summary"]).partition(" (")[0]]
        days = list(alarm_days(it))
        assert bool(days) <= (deadline.state is DueState.DUE)
        assert len(days) == len(set(days)) <= 2
        for day in days:
            assert as_of <= day < end
            assert CALENDAR.is_working_day(day)
        if deadline.state is DueState.DUE and any(
            CALENDAR.is_working_day(day) for day in days_between(as_of, end)
        ):
            assert days


def days_between(first: dt.date, end: dt.date) -> Iterator[dt.date]:
    return (first + dt.timedelta(days=it) for it in range((end - first).days))


def alarm_days(it: Any) -> Iterator[dt.date]:
    """The days of the alarms of an event, each of which is at nine."""
    midnight = dt.datetime.combine(it["dtstart"].dt, dt.time())
    for alarm in it.walk("VALARM"):
        moment = midnight + alarm["trigger"].dt
        assert moment.time() == dt.time(9)
        yield moment.date()


def of_workers(*names: str) -> list[Event]:
    assigned = [event("assigned", "2026-01-07", number=n, worker=it) for n, it in enumerate(names)]
    return [event("received", "2026-01-05"), event("accepted", "2026-01-06"), *assigned]


def test_a_worker_has_what_is_assigned_to_him() -> None:
    """What he handed over is cancelled; what was never his is not there; nobody's is in no calendar."""
    as_of = dt.date(2026, 1, 8)
    case = glance(of_workers("J. Jansen", "P. de Vries"))

    def of(name: str | None) -> list[tuple[str, bool]]:
        found = entries(deadline_feed([case], as_of, worker=name, turn=Role.MUNICIPALITY))
        return [(it["status"], "overgedragen" in it["summary"]) for it in found]

    assert of("p.  DE vries") == of(None) == [("CONFIRMED", False)]
    assert of("J. Jansen") == [("CANCELLED", True)]
    assert of("Jansen") == []
    mine, theirs = (
        entries(deadline_feed([case], as_of, worker=it)) for it in ("J. Jansen", "P. de Vries")
    )
    assert [it["uid"] for it in mine] == [it["uid"] for it in theirs]


def test_a_turn_chooses_whose_deadlines() -> None:
    """Those of the landlord and the resident are in a calendar of all turns only."""
    case, as_of = glance(whole_life()[:13]), dt.date(2026, 2, 11)

    def names(turn: Role | None) -> list[str]:
        found = entries(deadline_feed([case], as_of, turn=turn, lang="en"))
        return [str(it["summary"]).partition(" (")[0] for it in found]

    assert names(Role.LANDLORD) == ["collection suspended"]
    assert names(Role.RESIDENT) == ["object to the decision"]
    assert set(names(None)) == {
        "collection suspended",
        "object to the decision",
        *names(Role.MUNICIPALITY),
    }


def test_a_turn_that_is_nobodys_is_refused() -> None:
    """It must not give an empty calendar."""
    with pytest.raises(InvalidValue, match="/turn: one of landlord"):
        deadline_feed([], dt.date(2026, 1, 1), turn="gemeente")


def test_it_says_when_a_deadline_was_revised() -> None:
    """By the last event, and then by the end of its last day in the Netherlands; by no clock."""
    case = glance([event("received", "2026-01-05"), event("accepted", "2026-01-06")])

    def revised(as_of: dt.date) -> dt.datetime:
        (found,) = entries(deadline_feed([case], as_of, turn=Role.MUNICIPALITY))
        moment: dt.datetime = found["dtstamp"].dt
        return moment

    assert revised(dt.date(2026, 2, 2)) == dt.datetime(2026, 1, 6, 11, tzinfo=dt.UTC)
    assert revised(dt.date(2026, 2, 3)) == dt.datetime(2026, 2, 2, 23, tzinfo=dt.UTC)


@given(st.sets(st.text("ab", max_size=20), max_size=8) | st.sets(st.text(min_size=1), max_size=8))
def test_what_is_shown_of_a_key_tells_it_from_all_others(keys: set[str]) -> None:
    """At least twelve characters, or all of it."""
    shown = short_keys(keys)
    assert shown.keys() == keys
    for key, short in shown.items():
        assert key.startswith(short)
        assert len(short) >= min(12, len(key))
        assert short == key or not [it for it in keys - {key} if it.startswith(short)]


@given(st.text("aB ", min_size=1), st.text("aB ", min_size=1))
def test_names_are_compared_as_people_do(one: str, other: str) -> None:
    """Whoever types a name does not know how somebody else did."""
    assert is_same_name(one, other) == (one.lower().split() == other.lower().split())
