"""The course of each referral: a round of a case, with its landlord, its policy and its household."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Final

from attrs import frozen

from huurschuld.cases import CaseState, Event, EventType, Phase, fold
from huurschuld.model.values import RedactedRepr

_ENDS: Final = {
    EventType.CLOSED: Phase.CLOSED,
    EventType.SCREENED_OUT: Phase.SCREENED_OUT,
}


@frozen(repr=False, kw_only=True)
class Course(RedactedRepr):
    """What became of one referral: a round of a case.

    Attributes:
        case: the round, as a case of its own.
        landlord: the organisation that referred, as the last `received` says that has it; None if none.
        policy: the policy by which it referred; the same.
        minors: whether minor children live in, as was said last; None if nobody said it.
    """

    case: CaseState
    landlord: str | None
    policy: str | None
    minors: bool | None

    def day(self, *types: EventType) -> dt.date | None:
        """The day of the first event of these types."""
        event = self.case.first(*types)
        return None if event is None else event.happened


def courses(
    events: Iterable[Event], *, as_of: dt.date, known: dt.datetime | None = None
) -> Iterator[Course]:
    """Yield the courses of one case, in the order in which they began.

    Args:
        events: of the case, in the order in which they were recorded.
        as_of: what happened after this day is left out.
        known: what was recorded after this moment is left out.

    Raises:
        CaseError: the events are not those of a case.
    """
    seen = fold(events, as_of=as_of, known=known)
    landlord: str | None = None
    policy: str | None = None
    minors: bool | None = None
    for history in rounds(seen):
        is_last = history[-1] is seen.history[-1]
        for event in history:
            landlord = event.data.get("landlord") or landlord
            policy = event.data.get("policy") or policy
            said = event.data.get("minors")
            minors = minors if said is None else said
        # An earlier round ended when the case was closed or screened out.
        phase = seen.phase if is_last else _ENDS[history[-1].type]
        case = CaseState(key=seen.key, phase=phase, history=history)
        yield Course(case=case, landlord=landlord, policy=policy, minors=minors)


def rounds(case: CaseState) -> Iterator[tuple[Event, ...]]:
    """Yield what happened in each round of a case: the last one is `CaseState.round`.

    A round begins after a case was closed or screened out, if it was then reopened by a new signal or a
    request of the resident.
    """
    history = case.history
    starts = {0} if history else set()
    ended, reopened_after = 0, None
    for place, event in enumerate(history):
        if event.type in _ENDS:
            ended = place + 1
        elif event.type is EventType.REOPENED:
            reopened_after = ended
            if event.data.get("requested") is True:
                starts.add(ended)
        elif event.type is EventType.RECEIVED and reopened_after is not None:
            starts.add(reopened_after)
    places = [*sorted(starts), len(history)]
    for first, end in pairwise(places):
        yield history[first:end]
