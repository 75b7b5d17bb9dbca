"""What is due in a case: since when, until when, by which article, and whose turn it is.

The terms are dated, each with its source; the one that held on the day on which a term began counts. A
day on which the law had no such term gives no deadline. The municipality sets its own with `with_term`
and adds what it has promised besides with rules of its own.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from enum import StrEnum
from typing import Final

from attrs import evolve, field, frozen

from huurschuld.cases.calendar import CALENDAR, Calendar, Term, TermUnit
from huurschuld.cases.case import CaseState
from huurschuld.cases.events import EventType
from huurschuld.cases.words import Role
from huurschuld.errors import InvalidValue, UnknownReference
from huurschuld.model.values import FIRST_DAY, LAST_DAY, Day, Line, Maybe
from huurschuld.rules.sources import Phrase, Source

DayOf = Callable[[CaseState], dt.date | None]
"""Works out a day of a case, such as that on which a term begins; None if there is none."""


class DueState(StrEnum):
    """What has become of a deadline.

    `due`: there is time left. `overdue`: there is none. `met`, `met-late`. `lapsed`: it is no longer to
    be met, as the case is closed, not taken up, or help was declined. `running`, `over`: of a period in
    which something may or may not be done.
    """

    DUE = "due"
    OVERDUE = "overdue"
    MET = "met"
    MET_LATE = "met-late"
    LAPSED = "lapsed"
    RUNNING = "running"
    OVER = "over"


@frozen
class DatedTerm:
    """A term, the days on which it holds for what begins, and where it comes from."""

    term: Term
    source: Source
    since: dt.date | None = field(default=None, validator=Maybe(Day()))
    until: dt.date | None = field(default=None, validator=Maybe(Day()))

    def holds_on(self, day: dt.date) -> bool:
        """Whether it holds for what begins on a day."""
        return (self.since or FIRST_DAY) <= day <= (self.until or LAST_DAY)


def _types(given: Iterable[EventType]) -> frozenset[EventType]:
    return frozenset(given)


@frozen(kw_only=True)
class DeadlineRule:
    """A deadline: when it begins, what meets it, how long it is, and whose turn it is.

    Attributes:
        name: unique among the rules that are used together.
        label: what is to be done, or what runs.
        begin: works out the day on which it begins.
        met_by: the events of which one, on that day or later, meets it.
        ended_by: the events that end it without meeting it.
        turn: who has to act.
        terms: how long it is, by the day on which it begins; of several that hold the last one counts.
        is_period: whether it is a period that runs, rather than something that must be done in time.
        at_most: the longest term that an organisation may set for itself.
        lasts_until: works out a later last day, if one was agreed.
    """

    name: str = field(validator=Line())
    label: Phrase
    begin: DayOf
    met_by: frozenset[EventType] = field(converter=_types)
    ended_by: frozenset[EventType] = field(default=(), converter=_types)
    turn: Role = field(converter=Role)
    terms: tuple[DatedTerm, ...]
    is_period: bool = False
    at_most: Term | None = None
    lasts_until: DayOf | None = None

    def term_on(self, day: dt.date) -> DatedTerm | None:
        """Return the term that holds for what begins on a day."""
        return next((it for it in reversed(self.terms) if it.holds_on(day)), None)


@frozen(kw_only=True)
class Deadline:
    """A deadline of one case.

    Attributes:
        name, label, turn: as of its rule.
        begin: the day on which it began.
        end: its last day.
        met: the day on which it was met.
        state: what has become of it.
        source: where its length comes from.
        caveat: what is not known about its last day.
    """

    name: str
    label: Phrase
    turn: Role
    begin: dt.date
    end: dt.date
    met: dt.date | None
    state: DueState
    source: Source
    caveat: Phrase | None = None


def due(
    case: CaseState,
    as_of: dt.date,
    rules: Iterable[DeadlineRule],
    *,
    calendar: Calendar = CALENDAR,
) -> tuple[Deadline, ...]:
    """Work out what is due in a case, first what ends first.

    Args:
        case: the case, as of a day or as it is.
        as_of: the day on which is looked.
        rules: the deadlines, such as `DEADLINES`.
        calendar: tells working days.
    """
    found = [item for rule in rules if (item := _deadline(rule, case, as_of, calendar)) is not None]
    return tuple(sorted(found, key=lambda it: (it.end, it.name)))


def with_term(
    rules: Sequence[DeadlineRule],
    name: str,
    term: Term,
    source: Source,
    *,
    since: dt.date | None = None,
) -> tuple[DeadlineRule, ...]:
    """Return the rules with a term that an organisation sets for itself.

    Args:
        rules: such as `DEADLINES`.
        name: of the deadline.
        term: how long it is.
        source: who adopted it: `Adopted(...).source()`.
        since: the first day for which it holds; None for all days.

    Raises:
        UnknownReference: none of the rules has this name.
        InvalidValue: the law does not allow so long a term.
    """
    if name not in {rule.name for rule in rules}:
        known = ", ".join(sorted(rule.name for rule in rules))
        raise UnknownReference("/name", "there is no deadline of this name", f"one of {known}")
    return tuple(
        _set(rule, DatedTerm(term, source, since)) if rule.name == name else rule for rule in rules
    )


def _set(rule: DeadlineRule, dated: DatedTerm) -> DeadlineRule:
    most = rule.at_most
    if most is not None and _longest(dated.term) > _longest(most):
        problem = f"this is longer than the law allows: {most.number} {most.unit}"
        raise InvalidValue("/term", problem, "set a shorter term")
    return evolve(rule, terms=(*rule.terms, dated))


def _longest(term: Term) -> int:
    """How many days a term may at least be, before holidays extend it."""
    return term.number * {TermUnit.WEEKS: 7, TermUnit.DAYS: 1, TermUnit.WORKING_DAYS: 1}[term.unit]


def _deadline(
    rule: DeadlineRule, case: CaseState, as_of: dt.date, calendar: Calendar
) -> Deadline | None:
    begin = rule.begin(case)
    dated = None if begin is None or begin > as_of else rule.term_on(begin)
    if begin is None or dated is None:
        return None
    end = calendar.end(begin, dated.term)
    if rule.lasts_until is not None:
        end = max(end, rule.lasts_until(case) or end)
    met = _first_day(case, rule.met_by, begin, as_of)
    known = not dated.term.statutory or calendar.knows(begin, end)
    return Deadline(
        name=rule.name,
        label=rule.label,
        turn=rule.turn,
        begin=begin,
        end=end,
        met=met,
        state=_state(rule, case, end, met, begin, as_of),
        source=dated.source,
        caveat=None if known else _DECREES_UNKNOWN,
    )


def _first_day(
    case: CaseState, types: frozenset[EventType], begin: dt.date, as_of: dt.date
) -> dt.date | None:
    days = (event.happened for event in case.all(*types))
    return next((day for day in days if begin <= day <= as_of), None)


def _state(
    rule: DeadlineRule,
    case: CaseState,
    end: dt.date,
    met: dt.date | None,
    begin: dt.date,
    as_of: dt.date,
) -> DueState:
    if met is not None:
        return DueState.MET if met <= end else DueState.MET_LATE
    if rule.is_period:
        return DueState.RUNNING if as_of <= end else DueState.OVER
    ended = _first_day(case, rule.ended_by | _ENDS_ALL, begin, as_of)
    if ended is not None:
        return DueState.LAPSED
    return DueState.DUE if as_of <= end else DueState.OVERDUE


_ENDS_ALL: Final = frozenset({EventType.CLOSED, EventType.SCREENED_OUT, EventType.DIED})
_DECREES_UNKNOWN: Final = Phrase(
    "de bij koninklijk besluit gelijkgestelde dagen van dat jaar zijn hier niet bekend: de termijn kan"
    " later eindigen",
    "the days set by royal decree for that year are not known here: the term may end later",
)
