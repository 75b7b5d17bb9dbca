"""What the exporter `ddas` reads, written from the cases: what became of each signal, and the attempts.

The exporter has the referrals, and so the addresses; a case has none in the clear. Both together are
the report to Statistics Netherlands. What a case does not tell is left empty, and so unknown.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from attrs import frozen

from huurschuld.cases import AttemptKind, CaseState, EventType, PartOfDay, Screened
from huurschuld.cases.feedback import WORK
from huurschuld.cases.words import ATTEMPT_WORDS, PART_WORDS, RESULT_WORDS, STATUS_WORDS
from huurschuld.portfolio.csv_writing import csv_text

FOLLOW_UPS: Final = ("key", "case", "status", "result", "matched", "taken_up")
ATTEMPTS: Final = ("key", "date", "kind", "reached", "part_of_day")
_TAKEN_UP: Final = "Opgepakt"
_NOT_YET: Final = "Nog niet opgepakt"

Row = tuple[object, ...]


@frozen
class DdasTables:
    """The tables as CSV: `follow_ups` and `attempts` of the exporter `ddas`."""

    follow_ups: str
    attempts: str


def ddas_tables(cases: Iterable[CaseState], year: int) -> DdasTables:
    """Write the tables of the signals that were received in a year.

    Args:
        cases: all cases, as of the day of the report.
        year: of which signals.
    """
    found = [it for it in cases if _is_received_in(it, year)]
    keys = {it.key for it in found}
    repeats = {
        event.id: it.key
        for it in found
        for event in it.all(EventType.RECEIVED)
        if event.id in keys and event.id != it.key
    }
    follow_ups = [_follow_up(it, repeats) for it in found]
    attempts = [row for it in found for row in _attempts(it)]
    return DdasTables(csv_text(FOLLOW_UPS, follow_ups), csv_text(ATTEMPTS, attempts))


def _is_received_in(case: CaseState, year: int) -> bool:
    first = case.first(EventType.RECEIVED)
    return first is not None and first.happened.year == year


def _follow_up(case: CaseState, repeats: dict[str, str]) -> Row:
    if case.key in repeats:  # what is said of the case stands in the row of the signal that it repeats
        return (case.key, repeats[case.key], _status(case), None, None, None)
    is_repeated = case.key in repeats.values()
    matched, opened = case.first(EventType.MATCHED), case.first(EventType.DOSSIER_OPENED)
    is_in_order = matched is not None and (opened is None or matched.happened <= opened.happened)
    return (
        case.key,
        case.key if is_repeated else None,
        _status(case),
        None if case.result is None else RESULT_WORDS[case.result],
        matched.happened.isoformat() if matched is not None and is_in_order else None,
        None if opened is None else opened.happened.isoformat(),
    )


def _status(case: CaseState) -> str:
    ended = case.last(EventType.SCREENED_OUT, EventType.REOPENED)
    if ended is not None and ended.type is EventType.SCREENED_OUT:
        return STATUS_WORDS[Screened(ended.data["reason"])]
    return _TAKEN_UP if case.first(*WORK) is not None else _NOT_YET


def _attempts(case: CaseState) -> Iterator[Row]:
    for event in case.all(EventType.ATTEMPT):
        part = event.data.get("part_of_day")
        yield (
            case.key,
            event.happened.isoformat(),
            ATTEMPT_WORDS[AttemptKind(event.data["kind"])],
            event.data.get("reached"),
            None if part is None else PART_WORDS[PartOfDay(part)],
        )
