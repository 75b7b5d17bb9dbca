"""What is due in a case: since when, until when, by which article, and whose turn it is.

The terms are dated, each with its source; the one that held on the day on which a term began counts. A
day on which the law had no such term gives no deadline. The municipality sets its own with `with_term`
and adds what it has promised besides with rules of its own.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence
from enum import StrEnum
from typing import Final

from attrs import evolve, field, frozen

from huurschuld.cases.calendar import CALENDAR, Calendar, Term, TermUnit
from huurschuld.cases.case import CaseState
from huurschuld.cases.folding import seen_on
from huurschuld.cases.kinds import EventType, Phase
from huurschuld.cases.words import Role, one_of
from huurschuld.errors import InvalidValue, UnknownReference
from huurschuld.model.values import FIRST_DAY, LAST_DAY, Day, Line, Maybe
from huurschuld.rules.sources import Phrase, Source


@frozen
class Begin:
    """A day on which a term begins, and what is to be known of that choice of day."""

    day: dt.date = field(validator=Day())
    caveat: Phrase | None = None


BeginOf = Callable[[CaseState], dt.date | Iterable[Begin] | None]
"""Works out the day on which a term begins; several if there are several; None if it does not begin."""
EndOf = Callable[[CaseState, dt.date, dt.date], dt.date]
"""Works out the last day of a term from its first one and the last one of its length."""


class DueState(StrEnum):
    """What has become of a deadline.

    `due`: there is time left. `overdue`: there is none. `met`, `met-late`. `lapsed`: it is no longer to
    be met, as the case is closed or not taken up, or the rule says so; it says nothing of whether it was
    overdue by then. `running`, `over`: of a period in which something may or may not be done.
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


def _never(_: CaseState) -> bool:
    return False


def _as_turn(given: Role | str) -> Role:
    return one_of(Role, given, "/turn")


def _types(given: Iterable[EventType]) -> frozenset[EventType]:
    return frozenset(given)


@frozen(kw_only=True)
class DeadlineRule:
    """A deadline: when it begins, what meets it, how long it is, and whose turn it is.

    Attributes:
        name: unique among the rules that are used together.
        label: what is to be done, or what runs.
        begin: works out the day on which it begins, or several.
        met_by: the events of which one, on that day or later, meets it; of several days the last one
            before the event.
        ended: whether it is no longer to be met, beside that the case is closed or not taken up.
        turn: who has to act.
        terms: how long it is, by the day on which it begins; of several that hold the last one counts.
        is_period: whether it is a period that runs, rather than something that must be done in time.
        at_most: the longest term that an organisation may set for itself.
            On no day does it end later than that one would.
        ends: works out the last day, if another one may have been agreed.
    """

    name: str = field(validator=Line())
    label: Phrase
    begin: BeginOf
    met_by: frozenset[EventType] = field(converter=_types)
    ended: Callable[[CaseState], bool] = field(default=_never)
    turn: Role = field(converter=_as_turn)
    terms: tuple[DatedTerm, ...]
    is_period: bool = False
    at_most: Term | None = None
    ends: EndOf | None = None

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
        caveat: what is not known about its last day, or was chosen.
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
        case: the case; what happened after the day is left out.
        as_of: the day on which is looked.
        rules: the deadlines, such as `DEADLINES`.
        calendar: tells working days.
    """
    seen = seen_on(case, as_of)
    found = [item for rule in rules for item in _deadlines(rule, seen, as_of, calendar)]
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
    """How long a term is in fifths of a day: a working day is seven of them, before holidays."""
    return term.number * {TermUnit.WEEKS: 35, TermUnit.DAYS: 5, TermUnit.WORKING_DAYS: 7}[term.unit]


def _begins(rule: DeadlineRule, case: CaseState) -> list[Begin]:
    """The days on which a term begins, each once, first ones first."""
    begin = rule.begin(case)
    if begin is None:
        return []
    begins = [Begin(begin)] if isinstance(begin, dt.date) else begin
    return sorted({it.day: it for it in begins}.values(), key=lambda it: it.day)


def _deadlines(
    rule: DeadlineRule, case: CaseState, as_of: dt.date, calendar: Calendar
) -> Iterator[Deadline]:
    begins = [it for it in _begins(rule, case) if it.day <= as_of]
    lasts = [*(it.day - _ONE_DAY for it in begins[1:]), as_of]
    for begin, last in zip(begins, lasts, strict=False):
        dated = rule.term_on(begin.day)
        if dated is None:
            continue
        end = calendar.end(begin.day, dated.term)
        if rule.at_most is not None:
            end = min(end, calendar.end(begin.day, rule.at_most))
        if rule.ends is not None:
            end = rule.ends(case, begin.day, end)
        met = _first_day(case, rule.met_by, begin.day, last)
        known = not dated.term.statutory or calendar.knows(begin.day, end)
        yield Deadline(
            name=rule.name,
            label=rule.label,
            turn=rule.turn,
            begin=begin.day,
            end=end,
            met=met,
            state=_state(rule, case, end, met, as_of),
            source=dated.source,
            caveat=_together(begin.caveat, None if known else _DECREES_UNKNOWN),
        )


def _first_day(
    case: CaseState, types: frozenset[EventType], begin: dt.date, last: dt.date
) -> dt.date | None:
    days = (event.happened for event in case.all(*types))
    return next((day for day in days if begin <= day <= last), None)


def _state(
    rule: DeadlineRule, case: CaseState, end: dt.date, met: dt.date | None, as_of: dt.date
) -> DueState:
    if met is not None:
        return DueState.MET if met <= end else DueState.MET_LATE
    if rule.is_period:
        return DueState.RUNNING if as_of <= end else DueState.OVER
    # What the case is now counts: what was closed by mistake and reopened is to be met all the same.
    if case.phase in {Phase.CLOSED, Phase.SCREENED_OUT} or rule.ended(case):
        return DueState.LAPSED
    return DueState.DUE if as_of <= end else DueState.OVERDUE


def _together(*caveats: Phrase | None) -> Phrase | None:
    told = [it for it in caveats if it is not None]
    if not told:
        return None
    return Phrase("; ".join(it.nl for it in told), "; ".join(it.en for it in told))


_ONE_DAY: Final = dt.timedelta(days=1)
_DECREES_UNKNOWN: Final = Phrase(
    "de bij koninklijk besluit gelijkgestelde dagen van dat jaar zijn hier niet bekend: de termijn kan"
    " later eindigen",
    "the days set by royal decree for that year are not known here: the term may end later",
)
