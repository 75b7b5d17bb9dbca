"""What the exporter `ddas` reads, written from the cases: what became of each signal, and the attempts.

The exporter has the referrals, and so the addresses; a case has none in the clear. Both together are
the report to Statistics Netherlands. What a case does not tell is left empty, and so unknown.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set as AbstractSet
from typing import Final

from attrs import field, frozen

from huurschuld.analysis.evaluation.rounds import Round, homes_of, read_rounds
from huurschuld.cases import AttemptKind, Event, EventType, PartOfDay, Result, Screened
from huurschuld.cases.feedback import WORK
from huurschuld.cases.words import ATTEMPT_WORDS, PART_WORDS, RESULT_WORDS, STATUS_WORDS
from huurschuld.portfolio.csv_writing import csv_text

FOLLOW_UPS: Final = ("key", "case", "status", "result", "matched", "taken_up")
ATTEMPTS: Final = ("key", "date", "kind", "reached", "part_of_day")
_TAKEN_UP: Final = "Opgepakt"
_NOT_YET: Final = "Nog niet opgepakt"

_NEVER_TAKEN_UP: Final[Mapping[Result, Screened]] = {
    Result.REPEATED: Screened.REPEATED,
    Result.UNJUST: Screened.UNJUST,
    Result.NOT_TAKEN_UP: Screened.OTHER,
}
"""The results that say that a signal was not taken up, whatever was done."""

_WITHOUT_WORK: Final[Mapping[Result, Screened]] = {
    Result.KNOWN: Screened.KNOWN,
    Result.DIED: Screened.DIED,
    Result.NOT_RESIDENT: Screened.NOT_RESIDENT,
    Result.PAID: Screened.OTHER,
    Result.OTHER_PROGRAMME: Screened.OTHER,
}
"""The results that may be found without any work. Those that are left say that there was some."""

Row = tuple[object, ...]


@frozen
class DdasTables:
    """The tables as CSV: `follow_ups` and `attempts` of the exporter `ddas`."""

    follow_ups: str
    attempts: str


@frozen(eq=False, order=False)
class _Signal:
    """A signal that was received, and what became of it.

    Attributes:
        key: of the referral.
        day: the day on which it was received.
        own: the rounds of its own case that are about it, first ones first.
        elsewhere: those of another case that it reopened.
        attempts: the contact attempts that are reported with it.
    """

    key: str
    day: dt.date
    own: list[Round] = field(factory=list)
    elsewhere: list[Round] = field(factory=list)
    attempts: list[Event] = field(factory=list)

    @property
    def rounds(self) -> Sequence[Round]:
        """The rounds in which it is dealt with: not its own, if that only says that it is elsewhere."""
        if self.elsewhere and self.own and self.own[-1].screened_out is Screened.REPEATED:
            return self.elsewhere
        return (*self.own, *self.elsewhere)

    def first(self, type_: EventType) -> dt.date | None:
        """The first day on which this happened since it was received, wherever it is dealt with."""
        found = (it.happened for one in (*self.own, *self.elsewhere) for it in one.case.all(type_))
        return min((day for day in found if day >= self.day), default=None)


def ddas_tables(
    histories: Iterable[Iterable[Event]],
    year: int,
    *,
    as_of: dt.date | None = None,
    known: dt.datetime | None = None,
) -> DdasTables:
    """Write the tables of the signals that were received in a year.

    Args:
        histories: the events of all cases, each in the order in which they were recorded.
        year: of which signals.
        as_of: what happened after this day is left out.
        known: what was recorded after this moment is left out.

    Raises:
        CaseError: the events of a case cannot have happened.
    """
    cases = [read_rounds(events, as_of=as_of, known=known) for events in histories]
    signals = {key: _Signal(key, day) for key, day in _received(cases)}
    dealt: dict[Round, _Signal] = {}
    for rounds in cases:
        dealt.update(_dealt_with(rounds, signals))
    found = {it.key: it for it in signals.values() if it.day.year == year}
    repeats = {key: dealt[it].key for key, it in homes_of(cases).items() if it in dealt}
    leads = {key: _lead(key, repeats, found) for key in found}
    repeated = {lead for key, lead in leads.items() if lead != key}
    follow_ups = [_follow_up(it, leads[it.key], repeated) for it in found.values()]
    attempts = [_attempt(it.key, event) for it in found.values() for event in it.attempts]
    return DdasTables(csv_text(FOLLOW_UPS, follow_ups), csv_text(ATTEMPTS, attempts))


def _received(cases: Sequence[Sequence[Round]]) -> Iterator[tuple[str, dt.date]]:
    """Yield the signals that were received, by the key of their own case, with the day."""
    keys = {it.case.key for rounds in cases for it in rounds}
    for rounds in cases:
        days = [
            event.happened
            for it in rounds
            for id_, event in zip(it.signals, it.case.all(EventType.RECEIVED), strict=True)
            if id_ == it.case.key or id_ not in keys
        ]
        if days:
            yield rounds[0].case.key, days[0]


def _dealt_with(
    rounds: Sequence[Round], signals: Mapping[str, _Signal]
) -> Iterator[tuple[Round, _Signal]]:
    """Tell each signal its rounds and attempts; yield the signal that each round of a case is about.

    That is the one that it began with. A round without one that has a key, as when the resident asked
    for help, is about that of the round before.
    """
    passed: list[_Signal] = []
    for it in rounds:
        about = signals.get(it.signal or "") or next(reversed(passed), signals.get(it.case.key))
        if about is None:  # nothing was received
            continue
        if about not in passed:
            passed.append(about)
        (about.own if about.key == it.case.key else about.elsewhere).append(it)
        for event in it.case.all(EventType.ATTEMPT):
            # What was done before the signal came belongs to the one before it.
            others = [signals[id_] for id_ in it.signals if id_ in signals]
            came = [one for one in (*others, *passed) if one.day <= event.happened] or [about]
            came[-1].attempts.append(event)
        yield it, about


def _lead(key: str, repeats: Mapping[str, str], found: Mapping[str, _Signal]) -> str:
    """The signal of the year in whose row stands what is said of the case; itself if it repeats none."""
    passed = [key]
    while (next_ := repeats.get(passed[-1], key)) in found and next_ not in passed:
        passed.append(next_)
    is_around = repeats.get(passed[-1]) in passed[:-1]
    return key if is_around else passed[-1]


def _follow_up(it: _Signal, lead: str, repeated: AbstractSet[str]) -> Row:
    if lead != it.key:  # what is said of the case stands in the row of the signal that it repeats
        return (it.key, lead, _status(it), None, None, None)
    matched, opened = it.first(EventType.MATCHED), it.first(EventType.DOSSIER_OPENED)
    is_in_order = matched is not None and (opened is None or matched <= opened)
    result = it.rounds[-1].case.result
    return (
        it.key,
        it.key if it.key in repeated else None,
        _status(it),
        None if result is None else RESULT_WORDS[result],
        matched.isoformat() if matched is not None and is_in_order else None,
        None if opened is None else opened.isoformat(),
    )


def _status(it: _Signal) -> str:
    """The status of a signal; it fits the result of the case."""
    last = it.rounds[-1]
    result = last.case.result
    if result is not None and result in _NEVER_TAKEN_UP:
        return STATUS_WORDS[_NEVER_TAKEN_UP[result]]
    if last.screened_out is not None:  # it stands, whatever came after
        return STATUS_WORDS[last.screened_out]
    if any(one.case.first(*WORK) is not None for one in it.rounds):
        return _TAKEN_UP
    if result is not None and result in _WITHOUT_WORK:
        return STATUS_WORDS[_WITHOUT_WORK[result]]
    return _NOT_YET if result is None else _TAKEN_UP


def _attempt(key: str, event: Event) -> Row:
    part = event.data.get("part_of_day")
    return (
        key,
        event.happened.isoformat(),
        ATTEMPT_WORDS[AttemptKind(event.data["kind"])],
        event.data.get("reached"),
        None if part is None else PART_WORDS[PartOfDay(part)],
    )
