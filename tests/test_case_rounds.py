"""What was undone, reopened or corrected: deadlines go on, a new round begins, a mistake never was."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from case_lives import KEY, event

from huurschuld import InvalidValue
from huurschuld.cases import (
    DEADLINES,
    Deadline,
    Event,
    ImpossibleEvent,
    Phase,
    due,
    feedback,
    fold,
    record,
)


def day(text: str) -> dt.date:
    """A day of 2026 from its month and day."""
    return dt.date.fromisoformat(f"2026-{text}")


def items(events: list[Event], as_of: str) -> dict[str, Deadline]:
    """What is due by name."""
    return {it.name: it for it in due(fold(events), day(as_of), DEADLINES)}


def life(text: str) -> list[Event]:
    """Events from words: day, type, and data."""
    found = []
    for number, line in enumerate(it.strip() for it in text.split("|")):
        on, kind, *pairs = line.split()
        data: dict[str, Any] = {}
        for name, value in (pair.split("=") for pair in pairs):
            data[name] = value == "yes" if name == "requested" else value
        found.append(event(kind, day(on), number=number, **data))
    return found


RECEIVED = "04-07 received | 04-08 dossier-opened"


@pytest.mark.parametrize(
    "undone",
    [
        "04-10 declined | 04-14 accepted",
        "04-10 closed result=no-help-wanted | 04-12 reopened | 04-14 accepted",
        "04-10 accepted | 04-12 closed result=no-help-wanted | 04-13 reopened",
        "04-10 screened-out reason=unjust | 04-12 reopened | 04-14 accepted",
        "04-10 died | 04-15 accepted",
        "04-10 accepted | 04-12 died",
    ],
)
def test_what_was_undone_does_not_end_a_deadline(undone: str) -> None:
    """Received on 7 April: to 6 May, and overdue on the 20th. A death alone ends nothing: who stays?"""
    talk = items(life(f"{RECEIVED} | {undone}"), "05-20")["first-talk"]
    assert (talk.begin, talk.end, talk.state) == (day("04-07"), day("05-06"), "overdue")


def test_only_who_declines_in_the_first_talk_needs_no_decision() -> None:
    """Wgs art. 4a(2): who declines three weeks after it, or accepts again, does."""
    talked = f"{RECEIVED} | 04-10 accepted | 04-20 first-talk"
    for more, state in (
        ("", "due"),
        (" | 04-20 declined", "lapsed"),
        (" | 04-20 declined | 04-24 accepted", "due"),
        (" | 05-11 declined", "due"),
        (" | 05-11 declined | 05-15 accepted", "due"),
    ):
        assert items(life(talked + more), "05-20")["plan-or-refusal"].state == state, more


def test_a_deadline_is_as_of_its_day_whatever_happened_later() -> None:
    """A case that is closed in May was open in April."""
    events = life(f"{RECEIVED} | 04-10 accepted | 05-15 closed result=no-help-wanted")
    assert items(events, "04-20")["first-talk"].state == "due"
    assert items(events, "05-14")["first-talk"].state == "overdue"
    assert items(events, "05-15")["first-talk"].state == "lapsed"
    assert feedback(fold(events), day("04-07")).taken == "received"


REFUSED = (
    f"{RECEIVED} | 04-08 offer-made | 04-09 accepted | 04-12 first-talk"
    " | 04-12 decision decision=refusal | 06-01 closed result=advice"
)


def test_a_new_signal_begins_a_second_round() -> None:
    """DDAS: higher arrears must be handled. The deadlines are those of October."""
    events = life(f"{REFUSED} | 10-05 reopened | 10-05 received | 10-06 dossier-opened")
    case = fold(events)
    assert (case.received, case.accepted, case.first_talk) == (day("10-05"), None, None)
    assert case.unexpected == ()
    assert set(items(events, "10-07")) == {"objection"}
    accepted = [*events, *life("10-09 accepted")]
    talk = items(accepted, "10-10")["first-talk"]
    assert (talk.begin, talk.end, talk.state) == (day("10-05"), day("11-02"), "due")
    talked = [*accepted, event("first-talk", "2026-10-20")]
    assert items(talked, "10-21")["first-talk"].met == day("10-20")
    plan = items(talked, "10-21")["plan-or-refusal"]
    assert (plan.begin, plan.state) == (day("10-20"), "due")
    assert feedback(case, day("10-07")).help_accepted is None


def test_a_request_of_the_resident_begins_a_second_round() -> None:
    """Wgs art. 4(1)(a): within four weeks of the request."""
    events = life(f"{REFUSED} | 10-05 reopened requested=yes | 10-09 accepted")
    talk = items(events, "10-10")["first-talk"]
    assert (talk.begin, talk.state) == (day("10-05"), "due")
    assert talk.caveat is not None
    assert "4(1)(a)" in talk.caveat.en
    by_mistake = life(f"{REFUSED} | 10-05 reopened")
    assert items(by_mistake, "10-10")["first-talk"].met == day("04-12")


def test_a_threat_found_while_the_case_was_closed_is_of_the_new_round() -> None:
    """And one of the round before is not."""
    before = f"{RECEIVED} | 04-09 threat-found threat=energy | 06-01 closed result=advice"
    anew = "10-05 reopened | 10-05 received | 10-09 accepted"
    assert "first-talk-threatened" not in items(life(f"{before} | {anew}"), "10-10")
    found = items(life(f"{before} | 10-01 eviction-announced | {anew}"), "10-10")
    assert found["first-talk-threatened"].begin == day("10-09")


def test_a_case_that_is_reopened_after_a_screening_has_no_dossier_yet() -> None:
    """The real one is not flagged."""
    screened = life("04-07 received | 04-08 screened-out reason=repeated | 04-10 reopened")
    assert fold(screened).phase is Phase.RECEIVED
    opened = fold([*screened, event("dossier-opened", "2026-04-11")])
    assert (opened.phase, opened.unexpected) == (Phase.OPEN, ())
    assert feedback(fold(screened), day("04-10")).taken == "received"


def correction(of: Event, kind: str, on: str, by: str = "ggd", **data: Any) -> Event:
    """An event that replaces another one, recorded after everything."""
    return Event(
        id=f"corrected-{of.id}",
        case=KEY,
        type=kind,
        happened=day(on),
        recorded=dt.datetime(2026, 12, 1, tzinfo=dt.UTC),
        by=by,
        replaces=of.id,
        data=data,
    )


def test_a_wrong_day_of_receipt_is_corrected_in_one_step() -> None:
    """The deadline is that of the right day; what was known before is not changed."""
    events = life(f"{RECEIVED} | 04-10 offer-made | 04-10 accepted")
    right = correction(events[0], "received", "04-01")
    case = record(events, right)
    assert (case.received, case.phase, case.unexpected) == (day("04-01"), Phase.ACCEPTED, ())
    assert [it.id for it in case.history] == [right.id, *(it.id for it in events[1:])]
    assert items([*events, right], "04-20")["first-talk"].begin == day("04-01")
    then = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)
    assert fold([*events, right], known=then).received == day("04-07")
    again = correction(right, "received", "04-02")
    assert record([*events, right], again).received == day("04-02")
    with pytest.raises(ImpossibleEvent, match="/replaces"):
        record([*events, right], Event(**values(right), id="another"))


def values(event: Event) -> dict[str, Any]:
    """What makes an event, but its id."""
    names = ("case", "type", "happened", "recorded", "by", "replaces")
    return {name: getattr(event, name) for name in names}


def test_only_who_recorded_something_corrects_it_and_the_municipality() -> None:
    """A landlord may retract nothing of the GGD, and does not learn whether it is there."""
    events = [
        event("received", "2026-04-07", by="ggd"),
        event("moved-out", "2026-04-08", by="landlord"),
    ]
    last = events[-1].recorded
    refusals = []
    for target in (events[0].id, "nothing"):
        with pytest.raises(ImpossibleEvent) as refused:
            record(events, event("retracted", recorded=last, by="landlord", event=target))
        refusals.append(str(refused.value))
    assert refusals[0] == refusals[1]
    for wrong, by in ((events[0], "helper"), (events[1], "ggd")):
        with pytest.raises(ImpossibleEvent, match="can correct"):
            record(events, event("retracted", recorded=last, by=by, event=wrong.id))
    with pytest.raises(ImpossibleEvent, match="can correct"):
        record(events, correction(events[0], "moved-out", "04-08", by="landlord"))
    for wrong in events:
        for by in (str(wrong.by), "municipality"):
            case = record(events, event("retracted", recorded=last, by=by, event=wrong.id))
            assert wrong not in case.history
    with pytest.raises(InvalidValue, match="/replaces"):
        correction(events[0], "retracted", "04-08", event="x")


def suspension(on: str, until: str, by: str, number: int) -> Event:
    return event("collection-suspended", day(on), by=by, number=number, until=day(until))


def test_a_recorded_suspension_runs_on_over_a_new_round() -> None:
    """Nobody ended it: a new signal does not, so the landlord's next screening still holds."""
    first = [
        *life(f"{RECEIVED} | 04-10 accepted"),
        suspension("04-10", "07-31", "municipality", 1),
        *life("04-20 closed result=follow-up-help"),
    ]
    anew = [*first, *life("06-01 reopened | 06-01 received")]
    for events, on in ((first, "04-21"), (anew, "06-02")):
        assert feedback(fold(events), day(on)).suspended_until == day("07-31")
    assert feedback(fold(anew), day("06-02")).help_accepted is None
    again = [*anew, event("accepted", "2026-06-03")]
    assert feedback(fold(again), day("06-04")).suspended_until == day("07-31")
    assert feedback(fold(again), day("08-01")).suspended_until is None
    shorter = [*again, suspension("06-05", "06-20", "ggd", 2)]
    assert feedback(fold(shorter), day("06-06")).suspended_until == day("06-20")
    declined = [*anew, event("declined", "2026-06-03")]
    assert feedback(fold(declined), day("06-04")).suspended_until is None


def test_the_days_that_acceptance_gives_are_of_its_round() -> None:
    """Help is not accepted yet in a new one; a request of the resident begins one too."""
    closed = f"{RECEIVED} | 04-10 accepted | 04-12 closed result=advice"
    assert feedback(fold(life(closed)), day("04-20")).suspended_until == day("05-10")
    for more in ("04-15 reopened | 04-15 received", "04-15 reopened requested=yes"):
        told = feedback(fold(life(f"{closed} | {more}")), day("04-20"))
        assert (told.help_accepted, told.suspended_until) == (None, None)
    earlier = [*life(RECEIVED), suspension("04-10", "04-20", "ggd", 1)]
    earlier += life("04-10 closed result=advice | 04-10 reopened | 04-10 received | 04-10 accepted")
    assert feedback(fold(earlier), day("04-11")).suspended_until == day("05-10")


@pytest.mark.parametrize(
    ("before", "until", "told", "flagged"),
    [
        ("", "04-12", "05-10", True),  # the thirty days after acceptance
        ("", "05-10", "05-10", False),
        ("", "06-15", "06-15", False),
        ("07-31", "06-15", "07-31", True),
        ("07-31", "08-15", "08-15", False),
        ("04-20", "04-15", "04-20", True),
        ("04-20", "04-25", "04-25", False),
    ],
)
@pytest.mark.parametrize("by", ["ggd", "municipality", "helper"])
def test_a_landlord_does_not_shorten_a_suspension(
    before: str, until: str, told: str, flagged: bool, by: str
) -> None:
    """His own entry may only make it longer, and one that would not is flagged."""
    events = life(f"{RECEIVED} | 04-09 offer-made | 04-10 accepted")
    events += [suspension("04-10", before, by, 1)] if before else []
    events.append(suspension("04-11", until, "landlord", 2))
    case = fold(events)
    assert feedback(case, day("04-13")).suspended_until == day(told)
    assert [it.event.id for it in case.unexpected] == [events[-1].id] * flagged


def test_without_acceptance_a_landlord_does_not_end_a_suspension_either() -> None:
    """One that he says is over does not take away the other."""
    events = [*life(RECEIVED), suspension("04-10", "06-01", "ggd", 1)]
    events.append(suspension("04-11", "04-01", "landlord", 2))
    assert feedback(fold(events), day("04-13")).suspended_until == day("06-01")
