"""The course of each referral: a round of a case, with its landlord, its policy and its household."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from attrs import frozen

from huurschuld.analysis.evaluation.rounds import Round, home_of, homes_of, read_rounds
from huurschuld.cases import CaseState, Event, EventType
from huurschuld.model.values import RedactedRepr

_OF_THE_SIGNAL: Final = frozenset(
    {
        EventType.SENT,
        EventType.RECEIVED,
        EventType.MATCHED,
        EventType.SCREENED_OUT,
        EventType.REOPENED,
        EventType.CLOSED,
    }
)
"""What is said of a repeated signal itself; all else under its key is of its household."""


@frozen(repr=False, kw_only=True)
class Course(RedactedRepr):
    """What became of one referral: a round of a case.

    Attributes:
        case: the round, as a case of its own, with what was recorded under the keys of repeated signals.
        landlord: the organisation that referred, as the last `received` says that has it; None if none.
        policy: the policy by which it referred; the same.
        minors: whether minor children live in, as was said last; None if nobody said it.
        received: the day on which its signal was received; None if there was none.
        whole: what happened in all rounds of the case, first things first.
    """

    case: CaseState
    landlord: str | None
    policy: str | None
    minors: bool | None
    received: dt.date | None
    whole: tuple[Event, ...]

    def day(self, *types: EventType) -> dt.date | None:
        """The day of the first event of these types."""
        event = self.case.first(*types)
        return None if event is None else event.happened


def courses(
    histories: Iterable[Iterable[Event]], *, as_of: dt.date, known: dt.datetime | None = None
) -> Iterator[Course]:
    """Yield the courses of all cases: of each case in the order in which they began.

    What was recorded under the key of a repeated signal is in the course that the signal repeats, once.

    Args:
        histories: the events of each case, in the order in which they were recorded.
        as_of: what happened after this day is left out.
        known: what was recorded after this moment is left out.

    Raises:
        CaseError: the events are not those of a case.
    """
    cases = [read_rounds(events, as_of=as_of, known=known) for events in histories]
    homes = homes_of(cases)
    moved: dict[Round, list[Event]] = {}
    for it in (one for rounds in cases for one in rounds):
        if (home := home_of(it, homes)) is not None:
            others = (event for event in it.case.history if event.type not in _OF_THE_SIGNAL)
            moved.setdefault(home, []).extend(others)
    for rounds in cases:
        yield from _of_case(rounds, homes, moved)


def _of_case(
    rounds: Sequence[Round], homes: Mapping[str, Round], moved: Mapping[Round, list[Event]]
) -> Iterator[Course]:
    landlord: str | None = None
    policy: str | None = None
    minors: bool | None = None
    histories = [_together(it.case.history, moved.get(it, [])) for it in rounds]
    whole = _together((), [event for history in histories for event in history])
    for it, history in zip(rounds, histories, strict=True):
        for event in history:
            landlord = event.data.get("landlord") or landlord
            policy = event.data.get("policy") or policy
            said = event.data.get("minors")
            minors = minors if said is None else said
        counted = history
        if home_of(it, homes) is not None:
            if homes[it.case.key].signal == it.case.key:  # it counts there, and not once more
                continue
            counted = tuple(event for event in history if event.type in _OF_THE_SIGNAL)
        yield Course(
            case=CaseState(key=it.case.key, phase=it.case.phase, history=counted),
            landlord=landlord,
            policy=policy,
            minors=minors,
            received=it.received,
            whole=whole,
        )


def _together(history: Sequence[Event], others: Iterable[Event]) -> tuple[Event, ...]:
    """Put what happened elsewhere in its place: by day."""
    return tuple(sorted((*history, *others), key=lambda it: it.happened))
