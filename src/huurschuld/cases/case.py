"""A case is a fold over its events, never the other way around.

An event has the day that it happened and the moment that it was recorded, and both are kept. So a case
can be seen as of any day and as known at any moment: what was recorded too late is in its place in the
one view, and absent from the other.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any, Final

from attrs import field, frozen

from huurschuld.cases.errors import ImpossibleEvent
from huurschuld.cases.events import EVENTS, EventRule, EventType, Phase
from huurschuld.cases.words import MunicipalDecision, Result, Role, Threat
from huurschuld.errors import DuplicateId, InvalidValue, MissingField, UnknownField, pointer
from huurschuld.model.values import Day, Line, Maybe, RedactedRepr, Text, refuse
from huurschuld.rules.sources import Phrase

_AHEAD_OF_UTC: Final = dt.timedelta(hours=2)
"""The Dutch clock is at most so far ahead: what is recorded just after midnight is of that day."""


def _copied(given: Mapping[str, Any]) -> dict[str, Any]:
    return dict(given)


@frozen(repr=False, kw_only=True)
class Event(RedactedRepr):
    """Something that happened in a case.

    Attributes:
        id: what identifies it, such as 32 random hexadecimal digits; recording it twice changes nothing.
        case: the key of the case, which is that of its first referral.
        type: what happened.
        happened: the day.
        recorded: the moment that it was recorded, with its zone.
        by: the role of who recorded it.
        person: the name of who recorded it.
        data: further values by name, as `EVENTS` has them for this type.
        is_forgotten: whether the person was forgotten: what is personal in its data is then gone.

    Raises:
        InvalidValue, MissingField, UnknownField: at the field.
        ImpossibleEvent: this role may not record it, or it would happen after it is recorded.
    """

    id: str = field(validator=Text())
    case: str = field(validator=Text())
    type: EventType = field(converter=EventType)
    happened: dt.date = field(validator=Day())
    recorded: dt.datetime = field()
    by: Role = field(converter=Role)
    person: str | None = field(default=None, validator=Maybe(Line()))
    data: Mapping[str, Any] = field(factory=dict, converter=_copied)
    is_forgotten: bool = False

    @recorded.validator
    def _check_recorded(self, _: object, value: dt.datetime) -> None:
        if type(value) is not dt.datetime or value.tzinfo is None:
            raise InvalidValue("/recorded", "a moment with its time zone is expected")

    def __attrs_post_init__(self) -> None:
        for name in self.data.keys() - self.rule.data.keys():
            raise UnknownField(pointer("data", name), f"{self.type} has no such field")
        for name, expected in self.rule.data.items():
            value = self.data.get(name)
            if value is None and expected.required and not (self.is_forgotten and expected.personal):
                raise MissingField(pointer("data", name), f"{self.type} needs this field")
            if value is not None and not expected.kind.accepts(value):
                raise refuse(pointer("data", name), expected.kind)
        if self.by not in self.rule.by:
            allowed = ", ".join(sorted(self.rule.by))
            raise ImpossibleEvent(
                "/by", f"the {self.by} does not record {self.type}", f"this is for: {allowed}"
            )
        if self.happened > (self.recorded.astimezone(dt.UTC) + _AHEAD_OF_UTC).date():
            raise ImpossibleEvent(
                "/happened", "this day is after the one on which it is recorded", "correct the day"
            )

    @property
    def rule(self) -> EventRule:
        """What holds for events of this type."""
        return EVENTS[self.type]


@frozen(repr=False)
class Unexpected(RedactedRepr):
    """An event that was taken though nobody would expect it.

    Attributes:
        event: the event.
        reason: why it is unexpected.
    """

    event: Event
    reason: Phrase


@frozen(repr=False, kw_only=True)
class CaseState(RedactedRepr):
    """A case, as of a day and as known at a moment.

    Attributes:
        key: the key of the case; empty if nothing has happened yet.
        phase: how far it is.
        history: what happened, in the order of happening; without what was retracted.
        unexpected: what of it was unexpected, with the reason.
    """

    key: str = ""
    phase: Phase = Phase.NEW
    history: tuple[Event, ...] = ()
    unexpected: tuple[Unexpected, ...] = ()

    def all(self, *types: EventType) -> tuple[Event, ...]:
        """Return the events of these types, first ones first."""
        return tuple(event for event in self.history if event.type in types)

    def first(self, *types: EventType) -> Event | None:
        """Return the first event of these types."""
        return next(iter(self.all(*types)), None)

    def last(self, *types: EventType) -> Event | None:
        """Return the last event of these types."""
        return next(iter(reversed(self.all(*types))), None)

    @property
    def received(self) -> dt.date | None:
        """The day on which the signal was received."""
        return _day(self.first(EventType.RECEIVED))

    @property
    def reached(self) -> dt.date | None:
        """The first day on which the resident was reached: by an attempt, an answer or a talk."""
        for event in self.history:
            if event.type in _ANSWERS or (
                event.type is EventType.ATTEMPT and event.data.get("reached") is True
            ):
                return event.happened
        return None

    @property
    def accepted(self) -> dt.date | None:
        """The day on which help was accepted, unless it was declined after that."""
        event = self.last(EventType.ACCEPTED, EventType.DECLINED)
        return event.happened if event is not None and event.type is EventType.ACCEPTED else None

    @property
    def suspended_until(self) -> dt.date | None:
        """The last day of the suspension of collection that was recorded last."""
        event = self.last(EventType.COLLECTION_SUSPENDED)
        until: dt.date | None = None if event is None else event.data["until"]
        return until

    @property
    def threats(self) -> tuple[tuple[Threat, dt.date], ...]:
        """The threatening situations, each with the day on which it was found."""
        found = []
        for event in self.all(EventType.THREAT_FOUND, EventType.EVICTION_ANNOUNCED):
            threat = event.data.get("threat", Threat.HOME)
            found.append((Threat(threat), event.happened))
        return tuple(found)

    @property
    def decision(self) -> MunicipalDecision | None:
        """What was decided last."""
        event = self.last(EventType.DECISION)
        return None if event is None else MunicipalDecision(event.data["decision"])

    @property
    def result(self) -> Result | None:
        """How it ended, if it is closed."""
        event = self.last(EventType.CLOSED)
        is_closed = self.phase is Phase.CLOSED and event is not None
        return Result(event.data["result"]) if is_closed and event is not None else None


def _day(event: Event | None) -> dt.date | None:
    return None if event is None else event.happened


_ANSWERS: Final = frozenset(
    {EventType.ACCEPTED, EventType.DECLINED, EventType.FIRST_TALK, EventType.INTAKE}
)


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
    standing = _without_retracted(taken)
    if as_of is not None:
        standing = [event for event in standing if event.happened <= as_of]
    phase = Phase.NEW
    happened: list[Event] = []
    unexpected: list[Unexpected] = []
    # A sort is stable: what happened on one day stays in the order in which it was recorded.
    for event in sorted(standing, key=lambda it: it.happened):
        _check_possible(event, phase, happened)
        unexpected.extend(Unexpected(event, why) for why in _surprises(event, phase, happened))
        phase = event.rule.moves.get(phase, phase)
        happened.append(event)
    return CaseState(
        key=taken[0].case if taken else "",
        phase=phase,
        history=tuple(happened),
        unexpected=tuple(unexpected),
    )


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


def _without_retracted(events: list[Event]) -> list[Event]:
    """Leave out what was retracted, and the retractions: an entry that was a mistake never happened."""
    known: dict[str, Event] = {}
    for event in events:
        if event.type is not EventType.RETRACTED:
            known[event.id] = event
        elif known.pop(event.data["event"], None) is None:
            raise ImpossibleEvent(
                "/data/event",
                "no event with this id can be retracted",
                "name one of this case that was not retracted before",
            )
    return list(known.values())


def _check_possible(event: Event, phase: Phase, happened: list[Event]) -> None:
    rule = event.rule
    before = {it.type for it in _since_reopened(happened)} if rule.once else set()
    if event.type in before:
        raise _impossible(event, "it happened before", "retract one of the two, if it is a mistake")
    if phase not in rule.during:
        expected = " or ".join(it for it in Phase if it in rule.during)
        remedy = "reopen the case first" if phase is Phase.CLOSED else f"it is possible when {expected}"
        raise _impossible(event, f"the case is {phase}", remedy)
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


def _surprises(event: Event, phase: Phase, happened: list[Event]) -> Iterable[Phrase]:
    """Yield why nobody would expect this event now."""
    if phase not in event.rule.expected:
        name = PHASE_NAMES[phase]
        yield Phrase(f"de zaak is dan {name.nl}", f"the case is {name.en} then")
    seen = {it.type for it in happened}
    for expected in event.rule.expects:
        if not expected & seen:
            labels = [EVENTS[it].label for it in sorted(expected)]
            yield Phrase(
                f"niet eerder vastgelegd: {' of '.join(it.nl for it in labels)}",
                f"not recorded before: {' or '.join(it.en for it in labels)}",
            )


PHASE_NAMES: Final[Mapping[Phase, Phrase]] = {
    Phase.NEW: Phrase("nog niet begonnen", "not begun"),
    Phase.SENT: Phrase("verstuurd", "sent"),
    Phase.RECEIVED: Phrase("ontvangen", "received"),
    Phase.SCREENED_OUT: Phrase("niet opgepakt", "not taken up"),
    Phase.OPEN: Phrase("opgepakt", "open"),
    Phase.OFFERED: Phrase("hulp aangeboden", "offered help"),
    Phase.DECLINED: Phrase("hulp afgewezen", "declined"),
    Phase.ACCEPTED: Phrase("hulp aanvaard", "accepted"),
    Phase.TALKED: Phrase("gesproken", "talked to"),
    Phase.DECIDED: Phrase("besloten", "decided"),
    Phase.PLAN: Phrase("in een plan", "in a plan"),
    Phase.PLAN_ENDED: Phrase("na een plan", "after a plan"),
    Phase.CLOSED: Phrase("afgesloten", "closed"),
}
"""What each phase is called."""
