"""The fold: a case from its events, in the order in which they happened."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Final

from huurschuld.cases.case import CaseState, Event, Unexpected
from huurschuld.cases.errors import ImpossibleEvent
from huurschuld.cases.kinds import EventType, Phase
from huurschuld.cases.surprises import surprises
from huurschuld.cases.words import Role
from huurschuld.errors import DuplicateId, InvalidValue, pointer


def fold(
    events: Iterable[Event], *, as_of: dt.date | None = None, known: dt.datetime | None = None
) -> CaseState:
    """Work out a case from its events.

    Args:
        events: of one case, in the order in which they were recorded.
        as_of: what happened after this day is left out.
        known: what was recorded after this moment is left out, retractions too.

    Raises:
        ImpossibleEvent: an event cannot have happened after those before it.
        DuplicateId: two events have one id.
        InvalidValue: they are of different cases.
    """
    taken = [event for event in events if known is None or event.recorded <= known]
    _check_one_case(taken)
    standing = _corrected(taken)
    if as_of is not None:
        standing = [event for event in standing if event.happened <= as_of]
    return _folded(taken[0].case if taken else "", _in_order(standing))


def seen_on(case: CaseState, day: dt.date) -> CaseState:
    """Return a case as of an earlier day: without what happened after it."""
    if not case.history or case.history[-1].happened <= day:
        return case
    return _folded(case.key, [event for event in case.history if event.happened <= day])


def standing(events: Iterable[Event], id_: str) -> Event | None:
    """Return what stands of an event: itself, or what replaced it last; None if it was taken back.

    Args:
        events: all of a case, in the order in which they were recorded.
        id_: the id of the event.
    """
    recorded = tuple(events)
    for it in recorded:
        if it.replaces == id_:
            id_ = it.id
    return next((it for it in fold(recorded).history if it.id == id_), None)


def _folded(key: str, events: Iterable[Event]) -> CaseState:
    phase = Phase.NEW
    happened: list[Event] = []
    unexpected: list[Unexpected] = []
    for event in events:
        _check_possible(event, phase, happened)
        unexpected.extend(Unexpected(event, why) for why in surprises(event, phase, happened))
        phase = event.rule.moves.get(phase, phase)
        happened.append(event)
    return CaseState(key=key, phase=phase, history=tuple(happened), unexpected=tuple(unexpected))


def _in_order(events: Iterable[Event]) -> list[Event]:
    """Put events in the order of their days, and those of one day in that in which they were recorded.

    But what is recorded after the end of a case was before it, if it was on that very day and is not
    possible after it: a worker writes down the visit of the morning when the case is closed already. So
    it is with a signal that was received on the day that it was sent.
    """
    ordered: list[Event] = []
    for event in sorted(events, key=lambda it: it.happened):  # a sort is stable
        at = len(ordered)
        for place in range(at - 1, -1, -1):
            before = ordered[place]
            if before.happened < event.happened or before.type is EventType.REOPENED:
                break
            if event.type not in _ENDS and _is_not_after(event, before):
                at = place
        ordered.insert(at, event)
    return ordered


def _is_not_after(event: Event, before: Event) -> bool:
    # A signal of the day on which a case ended is a new one: it is not put among what came before.
    if before.type in _ENDS and event.type is not EventType.RECEIVED:
        return _ENDS[before.type] not in event.rule.during
    return event.type is EventType.SENT and before.type is EventType.RECEIVED


_UNDERWAY_AGAIN: Final = frozenset(Phase) - {Phase.NEW, Phase.SENT, Phase.SCREENED_OUT, Phase.CLOSED}
_ENDS: Final = {
    EventType.CLOSED: Phase.CLOSED,
    EventType.SCREENED_OUT: Phase.SCREENED_OUT,
}


def record(events: Iterable[Event], event: Event) -> CaseState:
    """Check that an event can be added to those of a case, and return the case with it.

    An event that is there already, the same in everything, changes nothing.

    Args:
        events: all that were recorded, in that order.
        event: the one to add.

    Raises:
        ImpossibleEvent: it cannot have happened, or another one could not have happened after it.
        DuplicateId: another event has its id.
        InvalidValue: it is of another case, or was recorded before the last one.
    """
    recorded = tuple(events)
    if event in recorded:
        return fold(recorded)
    if recorded and event.recorded < recorded[-1].recorded:
        raise InvalidValue(
            "/recorded", "this moment is before that of the last event", "use the present"
        )
    return fold((*recorded, event))


def _check_one_case(events: list[Event]) -> None:
    ids: set[str] = set()
    for index, event in enumerate(events):
        if event.id in ids:
            raise DuplicateId(pointer("events", index, "id"), "another event has this id")
        ids.add(event.id)
        if event.case != events[0].case:
            raise InvalidValue(pointer("events", index, "case"), "this event is of another case")


def _corrected(events: list[Event]) -> list[Event]:
    """Leave out what was retracted, and put what replaces something in its place."""
    standing: dict[str, Event] = {}
    for event in events:
        if event.type is EventType.RETRACTED:
            _check_correction(event, standing.pop(event.data["event"], None), "/data/event")
        elif event.replaces is not None:
            wrong = standing.get(event.replaces)
            _check_correction(event, wrong, "/replaces")
            # In the place of the wrong one: of one day, the order in which things were recorded counts.
            standing = {
                (event.id if id_ == event.replaces else id_): (event if it is wrong else it)
                for id_, it in standing.items()
            }
        else:
            standing[event.id] = event
    return list(standing.values())


def _check_correction(event: Event, wrong: Event | None, place: str) -> None:
    """Only who recorded something corrects it, and the municipality, whose case it is.

    The refusal does not tell an event that is not there from one of somebody else.
    """
    if wrong is None or event.by not in {wrong.by, Role.MUNICIPALITY}:
        raise ImpossibleEvent(
            place,
            f"there is no event with this id that the {event.by} can correct",
            "name one that stands and that the same role recorded, or ask the municipality",
        )


def _check_possible(event: Event, phase: Phase, happened: list[Event]) -> None:
    rule = event.rule
    if phase not in rule.during:
        expected = " or ".join(it for it in Phase if it in rule.during)
        is_over = phase in _ENDS.values() and event.rule.during & _UNDERWAY_AGAIN
        remedy = "reopen the case first" if is_over else f"it is possible when {expected}"
        raise _impossible(event, f"the case is {phase}", remedy)
    before = {it.type for it in _since_reopened(happened)} if rule.once else set()
    if event.type in before:
        raise _impossible(
            event, "it happened before", "if the first one is wrong, record this one with `replaces`"
        )
    seen = {it.type for it in happened}
    for needed in rule.needs:
        if not needed & seen:
            names = " or ".join(sorted(needed))
            raise _impossible(event, f"{names} did not happen before", f"record {names} first")


def _impossible(event: Event, problem: str, remedy: str) -> ImpossibleEvent:
    return ImpossibleEvent(f"{event.type} on {event.happened}", problem, remedy)


def _since_reopened(happened: list[Event]) -> list[Event]:
    at = max((n for n, it in enumerate(happened, 1) if it.type is EventType.REOPENED), default=0)
    return happened[at:]
