"""The rounds of cases, each with its signals, and which signal repeats another one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Final

from attrs import frozen

from huurschuld.cases import CaseState, Event, EventType, Phase, Screened, fold
from huurschuld.model.values import RedactedRepr

_ENDS: Final = {
    EventType.CLOSED: Phase.CLOSED,
    EventType.SCREENED_OUT: Phase.SCREENED_OUT,
}


@frozen(repr=False, kw_only=True, eq=False)
class Round(RedactedRepr):
    """A round of a case.

    Attributes:
        case: the round, as a case of its own.
        signals: what was received in it: the id of each, as it was recorded first. That of a signal that
            was taken in is its key, also once it was corrected.
    """

    case: CaseState
    signals: tuple[str, ...]

    @property
    def signal(self) -> str | None:
        """The signal that it is about: that of the case if it is one of them, or else the first."""
        return self.case.key if self.case.key in self.signals else next(iter(self.signals), None)

    @property
    def received(self) -> dt.date | None:
        """The day on which that signal was received."""
        received = self.case.all(EventType.RECEIVED)
        days = {id_: it.happened for id_, it in zip(self.signals, received, strict=True)}
        return None if self.signal is None else days[self.signal]

    @property
    def screened_out(self) -> Screened | None:
        """Why its signal was not taken up, if that stands."""
        last = self.case.last(EventType.SCREENED_OUT, EventType.REOPENED)
        is_out = last is not None and last.type is EventType.SCREENED_OUT
        return Screened(last.data["reason"]) if is_out and last is not None else None


def read_rounds(
    events: Iterable[Event], *, as_of: dt.date | None = None, known: dt.datetime | None = None
) -> tuple[Round, ...]:
    """Read the rounds of one case, in the order in which they began.

    Args:
        events: of the case, in the order in which they were recorded.
        as_of: what happened after this day is left out.
        known: what was recorded after this moment is left out.

    Raises:
        CaseError: the events are not those of a case.
    """
    recorded = tuple(events)
    seen = fold(recorded, as_of=as_of, known=known)
    firsts: dict[str, str] = {}
    for event in recorded:  # one that replaces another stands for it, under its id
        firsts[event.id] = firsts.get(event.replaces or event.id, event.id)
    found = []
    for history in rounds(seen):
        # An earlier round ended when the case was closed or screened out.
        is_last = history[-1] is seen.history[-1]
        phase = seen.phase if is_last else _ENDS[history[-1].type]
        received = (event for event in history if event.type is EventType.RECEIVED)
        found.append(
            Round(
                case=CaseState(key=seen.key, phase=phase, history=history),
                signals=tuple(firsts[event.id] for event in received),
            )
        )
    return tuple(found)


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


def homes_of(cases: Iterable[Sequence[Round]]) -> Mapping[str, Round]:
    """Find where signals belong that are received in another case than their own too, by key.

    That is the round which it began there; or else the one that it repeats, if it was screened out of
    its own case as a repeated one.
    """
    everything = [it for rounds_ in cases for it in rounds_]
    own = {it.case.key: it for it in everything if it.signal == it.case.key}
    began: dict[str, Round] = {}
    repeats: dict[str, Round] = {}
    for it in everything:
        for key in it.signals:
            if key == it.case.key or key not in own:
                continue
            if key == it.signal:
                began.setdefault(key, it)
            elif own[key].screened_out is Screened.REPEATED:
                repeats.setdefault(key, it)
    return repeats | began


def home_of(it: Round, homes: Mapping[str, Round]) -> Round | None:
    """Return where a round belongs to in the end, if its signal belongs to another case.

    None too if signals were said to repeat each other.
    """
    passed = [it]
    while passed[-1].signal == passed[-1].case.key and passed[-1].case.key in homes:
        passed.append(homes[passed[-1].case.key])
        if passed[-1] in passed[:-1]:
            return None
    return passed[-1] if len(passed) > 1 else None
