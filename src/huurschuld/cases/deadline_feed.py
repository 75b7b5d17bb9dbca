"""Deadlines as an iCalendar (RFC 5545), for the calendar of a case worker. Needs the extra `cases`.

There is nothing of a person in it: the beginning of a key, and what is due by which article. Deadlines
are all-day events, as most calendar programs show no to-dos of a feed. Each has a UID of its own, made
of the case and the deadline, so that a program that reads the feed again updates what it has.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final

from huurschuld.cases.calendar import CALENDAR, Calendar
from huurschuld.cases.deadlines import Deadline, DeadlineRule, DueState, due
from huurschuld.cases.glance import Glance, short_keys
from huurschuld.cases.national_terms import DEADLINES
from huurschuld.cases.phrases import DUE_NAMES
from huurschuld.cases.words import Role, one_of
from huurschuld.decisions.words import Lang, cited
from huurschuld.model.clock import DUTCH_TIME
from huurschuld.model.json_text import canonical_json
from huurschuld.portfolio.extras import import_extra
from huurschuld.rules.sources import Phrase

if TYPE_CHECKING:
    from icalendar import Event

KEPT_DAYS: Final = 90
"""For how many days after its end something is in the feed that is no longer to be done."""
_LONG: Final = dt.timedelta(days=14)
_WEEK: Final = dt.timedelta(days=7)
_ONE_DAY: Final = dt.timedelta(days=1)
_AT_NINE: Final = dt.timedelta(hours=9)
_OFTEN: Final = dt.timedelta(hours=4)
_CANCELLED: Final = frozenset((DueState.MET, DueState.MET_LATE, DueState.LAPSED))
_ALWAYS: Final = frozenset((DueState.DUE, DueState.OVERDUE, DueState.RUNNING))
_CASE: Final = Phrase("zaak", "case")
_TITLE: Final = Phrase("Termijnen", "Deadlines")
_HANDED_OVER: Final = Phrase("overgedragen", "handed over")


def deadline_feed(
    cases: Iterable[Glance],
    as_of: dt.date,
    *,
    rules: Sequence[DeadlineRule] = DEADLINES,
    turn: Role | str | None = None,
    worker: str | None = None,
    lang: Lang = "nl",
    calendar: Calendar = CALENDAR,
) -> bytes:
    """Make a calendar of deadlines; the same cases and day give the same bytes.

    What was met or has lapsed is cancelled in it, and so is what the worker handed over to another one;
    ninety days after its last day it is left out. What is still to be done has an alarm at nine on the
    last working day before, and one a week earlier if it takes more than two weeks.

    Args:
        cases: such as `overview(store, by=...).cases`.
        as_of: the day on which is looked.
        rules: the deadlines.
        turn: only what is for this role to do.
        worker: only the cases that are or were assigned to this worker.
        lang: of the texts.
        calendar: tells working days.

    Raises:
        InvalidValue: there is no such role.
        ExtraNeeded: icalendar is not installed.
    """
    role = None if turn is None else one_of(Role, turn, "/turn")
    icalendar = import_extra("icalendar", "cases", "calendar", "a calendar needs the library icalendar")
    made = icalendar.Calendar()
    made.add("prodid", "-//huurschuld//cases//NL")
    made.add("version", "2.0")
    made.add("uid", _uid("calendar", role, worker))
    made.add("name", _TITLE.to(lang))
    made.add("x-wr-calname", _TITLE.to(lang))
    made.add("refresh-interval", _OFTEN, {"VALUE": "DURATION"})
    listed = list(cases)
    shown = short_keys([it.key for it in listed])
    for case in listed:
        if worker is not None and not case.had_worker(worker):
            continue
        is_mine = worker is None or case.has_worker(worker)
        for number, it in _numbered(due(case.state, as_of, rules, calendar=calendar)):
            is_recent = (as_of - it.end).days <= KEPT_DAYS
            if role in (None, it.turn) and (is_recent or (is_mine and it.state in _ALWAYS)):
                event = _event(icalendar, it, shown[case.key], lang, is_mine=is_mine)
                event.add("uid", _uid(case.key, it.name, number))
                event.add("sequence", case.version)
                event.add("dtstamp", _revised(case, it))
                if is_mine and it.state is DueState.DUE:
                    _add_alarms(icalendar, event, it, as_of, calendar)
                made.add_component(event)
    written: bytes = made.to_ical()
    return written


def _numbered(deadlines: Iterable[Deadline]) -> Iterator[tuple[int, Deadline]]:
    """Each deadline with its place among those of its name: a day that is corrected does not move it."""
    counts: dict[str, int] = {}
    for it in sorted(deadlines, key=lambda it: it.begin):
        counts[it.name] = counts.get(it.name, 0) + 1
        yield counts[it.name], it


def _revised(case: Glance, it: Deadline) -> dt.datetime:
    """When a deadline was last revised: by an event, or because its last day was over."""
    if it.state not in {DueState.OVERDUE, DueState.OVER}:
        return case.recorded.astimezone(dt.UTC)
    over = dt.datetime.combine(it.end + _ONE_DAY, dt.time(), DUTCH_TIME)
    return max(case.recorded, over).astimezone(dt.UTC)


def _uid(*parts: object) -> str:
    text = canonical_json([str(it) for it in parts])
    return f"{hashlib.sha256(text.encode()).hexdigest()[:32]}@huurschuld"


def _event(icalendar: Any, it: Deadline, shown: str, lang: Lang, *, is_mine: bool) -> Event:  # noqa: ANN401 - the module
    is_cancelled = not is_mine or it.state in _CANCELLED
    state = DUE_NAMES[it.state] if is_mine else _HANDED_OVER
    told = "" if is_mine and it.state is DueState.DUE else f": {state.to(lang)}"
    event: Event = icalendar.Event()
    event.add("dtstart", it.end)
    event.add("summary", f"{it.label.to(lang)} ({_CASE.to(lang)} {shown}){told}")
    lines = [cited(it.source, lang), *([] if it.caveat is None else [it.caveat.to(lang)])]
    event.add("description", "\n".join(lines))
    event.add("status", "CANCELLED" if is_cancelled else "CONFIRMED")
    event.add("transp", "TRANSPARENT")
    event.add("class", "PRIVATE")
    return event


def _add_alarms(
    icalendar: Any,  # noqa: ANN401 - the module
    event: Event,
    it: Deadline,
    as_of: dt.date,
    calendar: Calendar,
) -> None:
    """Remind on working days before the last day, of those that are still to come."""
    before = [_working_day(it.end - _ONE_DAY, calendar)]
    if it.end - it.begin > _LONG:
        before.insert(0, _working_day(it.end - _WEEK, calendar))
    for day in before:
        if day >= as_of:
            alarm = icalendar.Alarm()
            alarm.add("action", "DISPLAY")
            alarm.add("description", event["summary"])
            alarm.add("trigger", day - it.end + _AT_NINE)
            event.add_component(alarm)


def _working_day(day: dt.date, calendar: Calendar) -> dt.date:
    """The last working day on or before a day."""
    while not calendar.is_working_day(day):
        day -= _ONE_DAY
    return day
