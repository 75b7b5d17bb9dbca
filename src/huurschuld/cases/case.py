"""A case is a fold over its events, never the other way around.

An event has the day that it happened and the moment that it was recorded, and both are kept. So a case
can be seen as of any day and as known at any moment: what was recorded too late is in its place in the
one view, and absent from the other.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, Final

from attrs import field, frozen

from huurschuld.cases.errors import ImpossibleEvent
from huurschuld.cases.events import EVENTS
from huurschuld.cases.kinds import EventRule, EventType, Phase
from huurschuld.cases.words import Key, MunicipalDecision, Result, Role, Threat, as_role, one_of
from huurschuld.errors import InvalidValue, MissingField, UnknownField, pointer
from huurschuld.model.clock import DUTCH_TIME
from huurschuld.model.values import Day, Line, Maybe, RedactedRepr, refuse
from huurschuld.rules.sources import Phrase

SUSPENDED_DAYS: Final = 30
"""For how many days collection is suspended once help is accepted (Landelijk Convenant)."""


def _as_type(given: EventType | str) -> EventType:
    return one_of(EventType, given, "/type")


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
        replaces: the id of the event that this one corrects; None if it corrects none. Only the role
            that recorded an event corrects it, and the municipality.
        is_forgotten: whether the person was forgotten: what is personal in its data is then gone.

    Raises:
        InvalidValue, MissingField, UnknownField: at the field.
        ImpossibleEvent: this role may not record it, or it would happen after it is recorded.
    """

    id: str = field(validator=Key())
    case: str = field(validator=Key())
    type: EventType = field(converter=_as_type)
    happened: dt.date = field(validator=Day())
    recorded: dt.datetime = field()
    by: Role = field(converter=as_role)
    person: str | None = field(default=None, validator=Maybe(Line()))
    data: Mapping[str, Any] = field(factory=dict, converter=_copied)
    replaces: str | None = field(default=None, validator=Maybe(Key()))
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
        if self.replaces is not None and self.type is EventType.RETRACTED:
            raise InvalidValue("/replaces", "a retraction replaces nothing", "leave it out")
        if self.by not in self.rule.by:
            allowed = ", ".join(sorted(self.rule.by))
            raise ImpossibleEvent(
                "/by", f"the {self.by} does not record {self.type}", f"this is for: {allowed}"
            )
        if self.happened > self.recorded.astimezone(DUTCH_TIME).date():
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
    def round(self) -> tuple[Event, ...]:
        """What happened in the present round, first things first.

        A case that was reopened because of a new signal, or because the resident asked for help, is in a
        new round: all since it was closed or screened out. Reopened otherwise, it goes on as it was.
        """
        received = max(self._places(EventType.RECEIVED), default=-1)
        anew = max(
            (
                place
                for place in self._places(EventType.REOPENED)
                if place < received or self.history[place].data.get("requested") is True
            ),
            default=0,
        )
        ends = self._places(EventType.CLOSED, EventType.SCREENED_OUT)
        ended = max((place + 1 for place in ends if place < anew), default=0)
        return self.history[ended:]

    def _places(self, *types: EventType) -> list[int]:
        return [place for place, event in enumerate(self.history) if event.type in types]

    def in_round(self, *types: EventType) -> tuple[Event, ...]:
        """Return the events of these types in the present round, first ones first."""
        return tuple(event for event in self.round if event.type in types)

    @property
    def workers(self) -> Mapping[Role, str]:
        """Who works on it (behandelaar), by role: whom each role assigned it to last."""
        return {event.by: str(event.data["worker"]) for event in self.all(EventType.ASSIGNED)}

    @property
    def received(self) -> dt.date | None:
        """The day on which the signal of the present round was received."""
        return _day(self.in_round(EventType.RECEIVED)[:1])

    @property
    def requested(self) -> dt.date | None:
        """The day on which the present round began with a request of the resident, if it did."""
        requests = [it for it in self.in_round(EventType.REOPENED) if it.data.get("requested")]
        return _day(requests[-1:])

    @property
    def reached(self) -> dt.date | None:
        """The first day on which the resident was reached: by an attempt, an answer or a talk."""
        return next((event.happened for event in self.history if is_reached(event)), None)

    @property
    def answer(self) -> Event | None:
        """What was last answered in the present round: accepted or declined."""
        return next(reversed(self.in_round(EventType.ACCEPTED, EventType.DECLINED)), None)

    @property
    def accepted(self) -> dt.date | None:
        """The day since which help is accepted in the present round; None if it was declined since."""
        first: Event | None = None
        for event in self.in_round(EventType.ACCEPTED, EventType.DECLINED):
            first = None if event.type is EventType.DECLINED else first or event
        return None if first is None else first.happened

    @property
    def suspensions(self) -> tuple[Event, ...]:
        """The suspensions of collection that count, of any round, since help was declined last.

        That is the last one that somebody else than the landlord recorded, who may also make it shorter;
        and all of the landlord's own, which only make it longer.
        """
        since = max(self._places(EventType.DECLINED), default=-1) + 1
        recorded = [it for it in self.history[since:] if it.type is EventType.COLLECTION_SUSPENDED]
        own = [it for it in recorded if it.by is Role.LANDLORD]
        return (*[it for it in recorded if it.by is not Role.LANDLORD][-1:], *own)

    @property
    def suspended_until(self) -> dt.date | None:
        """The last day of the suspension of collection, as far as one was recorded."""
        return max((it.data["until"] for it in self.suspensions), default=None)

    def suspended_to(self, term: dt.date | None) -> dt.date | None:
        """The last day of the suspension of collection.

        Args:
            term: the last day of the term that acceptance of help gives; None if it gives none. What
                somebody else than the landlord recorded since then is in its place.
        """
        accepted = self.accepted
        in_place = accepted is not None and any(
            it.by is not Role.LANDLORD and it.happened >= accepted and it in self.round
            for it in self.suspensions
        )
        days = [self.suspended_until, None if in_place else term]
        return max((it for it in days if it is not None), default=None)

    @property
    def first_talk(self) -> dt.date | None:
        """The day of the first talk of the present round."""
        return _day(self.in_round(EventType.FIRST_TALK)[:1])

    @property
    def threats(self) -> tuple[tuple[Threat, dt.date], ...]:
        """The threatening situations of the present round, each with the day on which it was found."""
        return tuple(
            (Threat(event.data.get("threat", Threat.HOME)), event.happened)
            for event in self.in_round(EventType.THREAT_FOUND, EventType.EVICTION_ANNOUNCED)
        )

    @property
    def decision(self) -> MunicipalDecision | None:
        """What was decided last in the present round."""
        event = next(reversed(self.in_round(EventType.DECISION)), None)
        return None if event is None else MunicipalDecision(event.data["decision"])

    @property
    def result(self) -> Result | None:
        """How it ended, if it is closed."""
        event = self.last(EventType.CLOSED)
        is_closed = self.phase is Phase.CLOSED and event is not None
        return Result(event.data["result"]) if is_closed and event is not None else None


def _day(events: tuple[Event, ...] | list[Event]) -> dt.date | None:
    return events[0].happened if events else None


_ANSWERS: Final = frozenset(
    {EventType.ACCEPTED, EventType.DECLINED, EventType.FIRST_TALK, EventType.INTAKE}
)


def is_reached(event: Event) -> bool:
    """Whether the resident was reached with an event: by an attempt, an answer or a talk."""
    return event.type in _ANSWERS or (
        event.type is EventType.ATTEMPT and event.data.get("reached") is True
    )
