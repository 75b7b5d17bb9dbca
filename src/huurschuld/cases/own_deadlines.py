"""Deadlines that an organisation sets for itself, read from a configuration.

::

    [cases.deadlines.plan-or-refusal]      # a shorter term for a deadline of national law
    number = 6
    unit = "weeks"
    adopted_by = "gemeenteraad"

    [cases.deadlines.first-attempt]        # a promise of its own
    label = { nl = "eerste contactpoging", en = "first contact attempt" }
    begin = "received"
    met_by = ["attempt"]
    turn = "ggd"
    number = 14
    unit = "days"
    adopted_by = "college"
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Final

from huurschuld.cases.calendar import Term, TermUnit
from huurschuld.cases.case import CaseState
from huurschuld.cases.deadlines import BeginOf, DatedTerm, DeadlineRule, with_term
from huurschuld.cases.kinds import EventType
from huurschuld.cases.national_terms import DEADLINES
from huurschuld.cases.words import Role
from huurschuld.errors import InvalidValue
from huurschuld.model.strict_objects import StrictObject
from huurschuld.model.values import Flag, Line, Whole, refuse
from huurschuld.rules.sources import Adopted, Phrase, Source

_OF_TERM: Final = ("number", "unit", "statutory", "adopted_by", "on", "reference", "since")
_OF_PROMISE: Final = (*_OF_TERM, "label", "begin", "met_by", "turn")
_EVENTS: Final = tuple(str(it) for it in EventType)


def with_own_deadlines(
    section: StrictObject, rules: Sequence[DeadlineRule] = DEADLINES
) -> tuple[DeadlineRule, ...]:
    """Return the rules with those of a configuration: other terms, and promises of its own.

    A promise begins on the first day, in the present round of a case, on which `begin` happened.

    Args:
        section: a table for each deadline, by its name.
        rules: such as `DEADLINES`.

    Raises:
        InputError: at the key of the configuration; the law does not allow so long a term.
    """
    made = tuple(rules)
    national = {rule.name for rule in made}
    for name in section.fields:
        given = section.inner(name, _OF_TERM if name in national else _OF_PROMISE)
        term, source, since = _term(given), _source(given), given.day("since")
        if name in national:
            try:
                made = with_term(made, name, term, source, since=since)
            except InvalidValue as error:
                raise InvalidValue(given.place("number"), error.problem, error.remedy) from None
        else:
            made = (*made, _promise(given, name, DatedTerm(term, source, since)))
    return made


def _term(given: StrictObject) -> Term:
    number, statutory = given.required("number"), given.fields.get("statutory", False)
    if type(number) is not int or not 1 <= number <= 3_650:
        raise refuse(given.place("number"), Whole(1, 3_650))
    if type(statutory) is not bool:
        raise refuse(given.place("statutory"), Flag())
    return Term(number, TermUnit(given.word("unit", [str(it) for it in TermUnit])), statutory)


def _source(given: StrictObject) -> Source:
    reference = None if given.fields.get("reference") is None else given.text("reference")
    return Adopted(0, given.text("adopted_by"), given.day("on"), reference).source()


def _promise(given: StrictObject, name: str, dated: DatedTerm) -> DeadlineRule:
    if not Line().accepts(name):
        raise refuse(given.at, Line())
    given.required("label")
    label = given.inner("label", ("nl", "en"))
    given.required("met_by")
    met_by = given.each("met_by", _event_type)
    return DeadlineRule(
        name=name,
        label=Phrase(label.text("nl"), label.text("en")),
        begin=_first_of(EventType(given.word("begin", _EVENTS))),
        met_by=met_by,
        turn=Role(given.word("turn", [str(it) for it in Role])),
        terms=(dated,),
    )


def _event_type(value: object, at: str) -> EventType:
    if type(value) is not str or value not in _EVENTS:
        raise InvalidValue(at, "the type of an event is expected", "see huurschuld case events")
    return EventType(value)


def _first_of(type_: EventType) -> BeginOf:
    def begin(case: CaseState) -> dt.date | None:
        return next((event.happened for event in case.in_round(type_)), None)

    return begin
