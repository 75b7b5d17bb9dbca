"""What is due in a case: the terms of the law, from the day on which they begin, and what meets them."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise
from typing import Any

import pytest
from case_lives import FIRST, event, lives, whole_life
from hypothesis import given, strategies as st
from slow_terms import FIRST as FIRST_BEGIN, LAST as LAST_BEGIN, ONE_DAY, Unit, days, slow_end

from huurschuld import InvalidValue, UnknownReference
from huurschuld.cases import (
    CALENDAR,
    DEADLINES,
    DatedTerm,
    Deadline,
    DeadlineRule,
    DueState,
    Event,
    EventType,
    Role,
    Term,
    TermUnit,
    due,
    fold,
    with_term,
)
from huurschuld.rules.sources import Adopted, Phrase

ADOPTED = Adopted(14, "the college").source()


def day(text: str) -> dt.date:
    """A day of 2026 from its month and day."""
    return dt.date.fromisoformat(f"2026-{text}")


def items(events: list[Event], as_of: dt.date, **options: object) -> dict[str, Deadline]:
    """What is due by name."""
    found = due(fold(events, as_of=as_of), as_of, DEADLINES, **options)  # type: ignore[arg-type]
    return {it.name: it for it in found}


RECEIVED = [event("received", "2026-04-07"), event("dossier-opened", "2026-04-08")]
ACCEPTED = [*RECEIVED, event("offer-made", "2026-04-09"), event("accepted", "2026-04-10")]


def test_nothing_is_due_before_help_is_accepted() -> None:
    """Wgs art. 4(1)(b): the first talk is due if the offer is accepted."""
    assert items(RECEIVED, day("05-20")) == {}


def test_a_first_talk_is_due_four_weeks_from_receipt_and_5_may_is_a_holiday() -> None:
    """Received on 7 April: not 5 May, but 6 May, and from 7 May on it is overdue."""
    talk = items(ACCEPTED, day("05-06"))["first-talk"]
    assert (talk.begin, talk.end) == (day("04-07"), day("05-06"))
    assert (talk.state, talk.turn, talk.met) == ("due", "municipality", None)
    assert talk.source.title == "Wgs art. 4(1)(b)"
    assert items(ACCEPTED, day("05-07"))["first-talk"].state == "overdue"
    late = [*ACCEPTED, event("first-talk", "2026-05-08")]
    assert items(late, day("05-09"))["first-talk"].state == "met-late"
    in_time = [*ACCEPTED, event("first-talk", "2026-05-06")]
    assert items(in_time, day("05-09"))["first-talk"].state == "met"


def test_in_a_threatening_situation_it_is_three_working_days() -> None:
    """Wgs art. 4(2): King's Day on Monday 27 April does not count."""
    threatened = [*ACCEPTED, event("eviction-announced", "2026-04-24")]
    talk = items(threatened, day("04-30"))["first-talk-threatened"]
    assert (talk.begin, talk.end, talk.state) == (day("04-24"), day("04-30"), "due")
    known_before = [*RECEIVED, event("threat-found", "2026-04-08", threat="energy"), *ACCEPTED[2:]]
    assert items(known_before, day("04-30"))["first-talk-threatened"].begin == day("04-10")


def test_a_plan_or_refusal_follows_within_eight_weeks() -> None:
    """Wgs art. 4a: and who declines in the first talk needs no decision."""
    talked = [*ACCEPTED, event("first-talk", "2026-04-20")]
    assert items(talked, day("04-21"))["plan-or-refusal"].end == day("06-15")
    declined = [*talked, event("declined", "2026-04-20")]
    assert items(declined, day("07-21"))["plan-or-refusal"].state == "lapsed"
    refused = [*talked, event("decision", "2026-06-16", decision="refusal")]
    assert items(refused, day("07-01"))["plan-or-refusal"].state == "met-late"


def test_collection_is_suspended_for_thirty_days_or_as_agreed() -> None:
    """Practice, not law: no holiday makes it longer; what was agreed may."""
    suspended = items(ACCEPTED, day("05-01"))["collection-suspended"]
    assert (suspended.end, suspended.state, suspended.turn) == (day("05-10"), "running", "landlord")
    assert items(ACCEPTED, day("05-11"))["collection-suspended"].state == "over"
    shorter = [*ACCEPTED, event("collection-suspended", "2026-04-11", until=day("04-20"))]
    assert items(shorter, day("04-20"))["collection-suspended"].end == day("04-20")
    assert items(shorter, day("04-21"))["collection-suspended"].state == "over"
    again = [*ACCEPTED, event("accepted", "2026-04-30")]
    assert items(again, day("05-01"))["collection-suspended"].end == day("05-10")
    alone = [*RECEIVED, event("collection-suspended", "2026-04-11", until=day("06-01"))]
    assert items(alone, day("05-11"))["collection-suspended"].end == day("06-01")
    assert "collection-suspended" not in items([*alone, event("declined", "2026-04-30")], day("05-11"))
    longer = [*ACCEPTED, event("collection-suspended", "2026-04-11", until=day("06-01"))]
    assert items(longer, day("05-11"))["collection-suspended"].end == day("06-01")


def test_the_resident_has_six_weeks_to_object() -> None:
    """Awb art. 6:7."""
    decided = [
        *ACCEPTED,
        event("first-talk", "2026-04-20"),
        event("decision", "2026-05-04", decision="refusal"),
    ]
    objection = items(decided, day("06-15"))["objection"]
    assert (objection.end, objection.state, objection.turn) == (day("06-15"), "running", "resident")
    assert items(decided, day("06-16"))["objection"].state == "over"
    assert objection.caveat is not None  # nobody knows when it was made known
    assert "(choice)" in objection.caveat.en
    objected = [*decided, event("objection-made", "2026-06-15")]
    assert items(objected, day("06-16"))["objection"].state == "met"


def test_an_objection_counts_from_when_each_decision_was_made_known() -> None:
    """Of every decision; that none is needed is no decision to object to (Wgs art. 4a(2))."""
    talked = [*ACCEPTED, event("first-talk", "2026-04-20")]
    plan = event("decision", "2026-05-04", decision="plan", made_known=day("05-07"))
    ended = event("decision", "2026-06-01", decision="ended", made_known=day("06-02"))
    found = [
        it for it in due(fold([*talked, plan, ended]), day("06-18"), DEADLINES) if it.name == "objection"
    ]
    assert [(it.begin, it.end, it.state) for it in found] == [
        (day("05-07"), day("06-18"), "running"),
        (day("06-02"), day("07-14"), "running"),
    ]
    assert [it.caveat for it in found] == [None, None]
    assert "objection" not in items([*talked, plan], day("05-06"))  # it is not made known yet
    objected = fold([*talked, plan, ended, event("objection-made", "2026-06-05")])
    states = [it.state for it in due(objected, day("06-18"), DEADLINES) if it.name == "objection"]
    assert states == ["running", "met"]
    none = event("decision", "2026-05-04", decision="none-needed")
    assert "objection" not in items([*talked, none], day("05-20"))


def test_a_term_of_ones_own_never_ends_later_than_the_law_allows() -> None:
    """Forty working days are eight weeks, and longer with a holiday in them: for no day is it more."""
    rules = with_term(DEADLINES, "plan-or-refusal", Term(40, TermUnit.WORKING_DAYS, True), ADOPTED)
    for shift in range(200):
        talk = day("04-20") + dt.timedelta(days=shift)
        case = fold([*ACCEPTED, event("first-talk", talk)])
        ends = [
            it.end
            for found in (rules, DEADLINES)
            for it in due(case, talk, found)
            if it.name == "plan-or-refusal"
        ]
        assert ends[0] <= ends[1]


def test_a_threat_that_is_found_after_the_first_talk_does_not_wait_for_a_first_talk() -> None:
    """Wgs art. 4(2) says nothing of it: it is not overdue for ever."""
    talked = [*ACCEPTED, event("first-talk", "2026-04-20")]
    threatened = [*talked, event("eviction-announced", "2026-05-04")]
    assert "first-talk-threatened" not in items(threatened, day("07-01"))
    same_day = [*ACCEPTED, event("eviction-announced", "2026-04-20"), talked[-1]]
    assert items(same_day, day("07-01"))["first-talk-threatened"].state == "met"


def test_the_term_of_the_day_on_which_it_began_counts() -> None:
    """Before 2021 the law had no term for a signal, and none is made up."""
    old = [event(it.type, it.happened.replace(year=2020), **it.data) for it in ACCEPTED]
    assert "first-talk" not in items(old, dt.date(2020, 6, 1))


@pytest.mark.parametrize("last", ["closed result=died", "screened-out reason=died", "declined"])
def test_what_ended_otherwise_is_no_longer_due(last: str) -> None:
    """A deadline that nobody has to meet any more is not overdue."""
    kind, _, rest = last.partition(" ")
    data: dict[str, Any] = dict([rest.split("=")]) if rest else {}
    found = items([*ACCEPTED, event(kind, "2026-04-12", **data)], day("07-01"))
    ended = found.get("first-talk")
    assert ended is None or ended.state == "lapsed"


def test_a_municipality_sets_its_own_terms() -> None:
    """Within what the law allows, from a day on, with who adopted them."""
    ordinance = Adopted(6, "gemeenteraad", dt.date(2026, 5, 1), "2026-17").source()
    rules = with_term(
        DEADLINES,
        "plan-or-refusal",
        Term(6, TermUnit.WEEKS, statutory=True),
        ordinance,
        since=day("05-01"),
    )
    talked = [*ACCEPTED, event("first-talk", "2026-05-04")]
    (own,) = [it for it in due(fold(talked), day("05-05"), rules) if it.name == "plan-or-refusal"]
    assert (own.end, own.source) == (day("06-15"), ordinance)
    before = [*ACCEPTED, event("first-talk", "2026-04-20")]
    (old,) = [it for it in due(fold(before), day("05-05"), rules) if it.name == "plan-or-refusal"]
    assert old.end == day("06-15")
    with pytest.raises(InvalidValue, match="longer than the law allows"):
        with_term(DEADLINES, "plan-or-refusal", Term(9, TermUnit.WEEKS, statutory=True), ordinance)
    for too_long in (Term(56, TermUnit.WORKING_DAYS, True), Term(41, TermUnit.WORKING_DAYS, True)):
        with pytest.raises(InvalidValue, match="longer than the law allows"):
            with_term(DEADLINES, "plan-or-refusal", too_long, ordinance)
    with pytest.raises(UnknownReference, match="first-talk"):
        with_term(DEADLINES, "plan-of-refusal", Term(1, TermUnit.DAYS, statutory=True), ordinance)


def test_a_municipality_adds_what_it_promised() -> None:
    """Such as contact within fourteen days (Amsterdam)."""
    promised = DeadlineRule(
        name="first-attempt",
        label=Phrase("eerste contactpoging", "first contact attempt"),
        begin=lambda case: case.received,
        met_by=(EventType.ATTEMPT,),
        turn=Role.GGD,
        terms=(DatedTerm(Term(14, TermUnit.DAYS, statutory=False), ADOPTED),),
    )
    (attempt,) = due(fold(RECEIVED), day("04-22"), [promised])
    assert (attempt.end, attempt.state) == (day("04-21"), "overdue")
    tried = [*RECEIVED, event("attempt", "2026-04-21", kind="visit")]
    (attempt,) = due(fold(tried), day("04-22"), [promised])
    assert (attempt.state, attempt.met) == ("met", day("04-21"))


def test_a_year_without_known_decrees_is_said() -> None:
    """The term may end later than is told here."""
    later = [event(it.type, it.happened.replace(year=2029), **it.data) for it in ACCEPTED]
    talk = items(later, dt.date(2029, 4, 20))["first-talk"]
    assert talk.caveat is not None
    assert items(ACCEPTED, day("04-20"))["first-talk"].caveat is None


def test_whole_life() -> None:
    """Everything in time: nothing is due at the end."""
    assert {name: it.state for name, it in items(whole_life(), day("04-30")).items()} == {
        "collection-suspended": "over",
        "first-talk": "met",
        "plan-or-refusal": "met",
        "objection": "over",
    }


SLOW_TERMS: dict[str, tuple[int, Unit, bool, int]] = {
    "first-talk": (4, "weeks", True, 2021),
    "first-talk-threatened": (3, "working-days", True, 2015),
    "plan-or-refusal": (8, "weeks", True, 2021),
    "collection-suspended": (30, "days", False, 2012),
    "objection": (6, "weeks", True, 2012),
}
"""Each deadline as the law has it, and since which year, written down once more."""


@pytest.mark.parametrize("part", [61, pytest.param(1, marks=pytest.mark.slow)])
def test_every_deadline_ends_as_a_slow_calculation_says(part: int) -> None:
    """In a case, for every start day from 2012 to 2030; on the next day it is overdue, or over."""
    assert {it.name for it in DEADLINES} == SLOW_TERMS.keys()
    for begin in list(days(FIRST_BEGIN, LAST_BEGIN))[::part]:
        accepted = [
            *(event("received", begin), event("offer-made", begin), event("accepted", begin)),
            event("threat-found", begin, threat="home"),
        ]
        decided = [
            event("first-talk", begin),
            event("decision", begin, decision="plan", made_known=begin),
        ]
        open_ones, decided_ones = fold(accepted), fold([*accepted, *decided])
        for name, (number, unit, statutory, since) in SLOW_TERMS.items():
            case = decided_ones if name == "objection" else open_ones
            if name == "plan-or-refusal":
                case = fold([*accepted, decided[0]])
            end = slow_end(begin, number, unit, statutory=statutory)
            rules = [it for it in DEADLINES if it.name == name]
            found = [(it.begin, it.end, it.state) for it in due(case, end, rules)]
            after = [(it.end, it.state) for it in due(case, end + ONE_DAY, rules)]
            if begin.year < since:
                assert (found, after) == ([], [])
                continue
            is_period = name in {"collection-suspended", "objection"}
            now, then = ("running", "over") if is_period else ("due", "overdue")
            assert found == [(begin, end, now)], name
            assert after == [(end, then)], name


@given(lives(), st.dates(FIRST, FIRST + dt.timedelta(days=300)))
def test_deadlines_of_any_life(events: list[Event], as_of: dt.date) -> None:
    """In order, never before they begin, met by an event of that day, and late only after the end."""
    case = fold(events, as_of=as_of)
    found = due(case, as_of, DEADLINES, calendar=CALENDAR)
    assert all(one.end <= other.end for one, other in pairwise(found))
    for it in found:
        assert it.begin <= min(as_of, it.end)
        if it.state in {DueState.OVERDUE, DueState.OVER}:
            assert as_of > it.end
        if it.state in {DueState.DUE, DueState.RUNNING}:
            assert as_of <= it.end
        if it.met is not None:
            assert it.met in {happened.happened for happened in case.history}
            assert (it.state == DueState.MET) == (it.met <= it.end)
