"""What a case worker reads of one case: `case show`, `case feedback`. Who looks is recorded."""

from __future__ import annotations

import datetime as dt
import json
from typing import Annotated, Any, Final

import typer

from huurschuld.cases import (
    EVENTS,
    Deadline,
    Event,
    EventType,
    Feedback,
    Stored,
    due,
)
from huurschuld.cases.phrases import TAKEN_NAMES
from huurschuld.cases.rights import Right
from huurschuld.cli.case_store import (
    CaseArgument,
    CaseConfigOption,
    CaseStoreOption,
    PersonOption,
    RoleOption,
    opened,
    whole_key,
)
from huurschuld.cli.display_case import repayment_document, repayment_of, show_case
from huurschuld.cli.options import Lang, LangOption, TextFormat, day_of
from huurschuld.cli.terminal import console, write
from huurschuld.decisions.days import day_text
from huurschuld.decisions.words import NO, UNKNOWN, YES
from huurschuld.errors import InvalidValue
from huurschuld.model.clock import DUTCH_TIME, today
from huurschuld.model.values import parse_day
from huurschuld.rules.sources import Phrase

FormatOption = Annotated[TextFormat, typer.Option("--format", help="text or json.")]

_TAKEN: Final = Phrase("signaal", "signal")
_ACCEPTED: Final = Phrase("hulp aanvaard", "help accepted")
_SUSPENDED: Final = Phrase("incasso opgeschort tot en met", "collection suspended until")
_NOT_SUSPENDED: Final = Phrase("incasso niet opgeschort", "collection not suspended")


def show(
    case: CaseArgument,
    by: RoleOption,
    person: PersonOption,
    purpose: Annotated[
        str, typer.Option("--purpose", metavar="TEXT", help="Why you look, in a few words. It is kept.")
    ],
    as_of: Annotated[
        str | None,
        typer.Option(
            "--as-of", metavar="YYYY-MM-DD", help="The case as it was on this day; now by default."
        ),
    ] = None,
    known: Annotated[
        str | None,
        typer.Option(
            "--known",
            metavar="MOMENT",
            help="As it was known then: a day, to its end, or a moment with its time zone.",
        ),
    ] = None,
    ids: Annotated[
        bool,
        typer.Option(
            "--ids", help="With the id of each entry, to correct it by, and when it was recorded."
        ),
    ] = False,
    output: FormatOption = TextFormat.TEXT,
    store: CaseStoreOption = None,
    configuration: CaseConfigOption = None,
    lang: LangOption = Lang.EN,
) -> None:
    """Show one case: what happened, what is due and by which article, and the plan."""
    day = None if as_of is None else day_of(as_of)
    moment = None if known is None else _moment_of(known)
    with opened(store, configuration) as desk:
        key = whole_key(desk.store, case, by, Right.LOOK)
        found = desk.store.look(key, by=by, person=person, purpose=purpose, as_of=day, known=moment)
    deadlines = due(found.state, day or today(), desk.rules)
    if output is TextFormat.JSON:
        document = _document(key, found, deadlines)
        write(json.dumps(document, ensure_ascii=False, indent=1) + "\n")
    else:
        show_case(console(), key, found, deadlines, lang.value, ids=ids)


def feedback(
    case: CaseArgument,
    by: RoleOption,
    person: PersonOption,
    as_of: Annotated[
        str, typer.Option("--as-of", metavar="YYYY-MM-DD", help="The day on which it is asked.")
    ],
    output: FormatOption = TextFormat.TEXT,
    store: CaseStoreOption = None,
    configuration: CaseConfigOption = None,
    lang: LangOption = Lang.EN,
) -> None:
    """Work out what the landlord may know of a case, and nothing else."""
    day = day_of(as_of)
    with opened(store, configuration) as desk:
        key = whole_key(desk.store, case, by, Right.FEEDBACK)
        told = desk.store.feedback(key, day, by=by, person=person)
    if output is TextFormat.JSON:
        write(json.dumps(_feedback_document(told), ensure_ascii=False, indent=1) + "\n")
        return
    accepted = {None: UNKNOWN, True: YES, False: NO}[told.help_accepted]
    write(f"{told.key}, {day_text(told.day, lang)}\n")
    write(f"{_TAKEN.to(lang)}: {TAKEN_NAMES[told.taken].to(lang)}\n")
    write(f"{_ACCEPTED.to(lang)}: {accepted.to(lang)}\n")
    until = told.suspended_until
    suspended = _NOT_SUSPENDED.to(lang)
    if until is not None:
        suspended = f"{_SUSPENDED.to(lang)} {day_text(until, lang)}"
    write(f"{suspended}\n")


def _moment_of(given: str) -> dt.datetime:
    day = parse_day(given)
    if day is not None:
        return dt.datetime.combine(day, dt.time.max, DUTCH_TIME)
    try:
        moment = dt.datetime.fromisoformat(given)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise InvalidValue("--known", "a day, or a moment such as 2026-04-10T12:00+02:00, is expected")
    return moment


def _feedback_document(told: Feedback) -> dict[str, Any]:
    until = told.suspended_until
    return {
        "key": told.key,
        "day": told.day.isoformat(),
        "taken": str(told.taken),
        "help_accepted": told.help_accepted,
        "suspended_until": None if until is None else until.isoformat(),
    }


def _document(key: str, found: Stored, deadlines: tuple[Deadline, ...]) -> dict[str, Any]:
    state = found.state
    standing = {it.id for it in state.history}
    agreed = state.last(EventType.PLAN_AGREED)
    repayment = None if agreed is None else repayment_of(agreed)
    return {
        "key": key,
        "phase": str(state.phase),
        "version": found.version,
        "is_forgotten": found.is_forgotten,
        "workers": {str(role): name for role, name in sorted(state.workers.items())},
        "events": [{**_event_document(it), "stands": it.id in standing} for it in found.events],
        "unexpected": [
            {"event": it.event.id, "nl": it.reason.nl, "en": it.reason.en} for it in state.unexpected
        ],
        "deadlines": [_deadline_document(it) for it in deadlines],
        "plan": None if repayment is None else repayment_document(repayment),
    }


def _event_document(event: Event) -> dict[str, Any]:
    fields = EVENTS[event.type].data
    return {
        "id": event.id,
        "type": str(event.type),
        "happened": event.happened.isoformat(),
        "recorded": event.recorded.isoformat(),
        "by": str(event.by),
        "person": event.person,
        "data": {
            name: fields[name].kind.to_json(it) for name, it in event.data.items() if it is not None
        },
        "replaces": event.replaces,
    }


def _deadline_document(deadline: Deadline) -> dict[str, Any]:
    return {
        "name": deadline.name,
        "begin": deadline.begin.isoformat(),
        "end": deadline.end.isoformat(),
        "state": str(deadline.state),
        "met": None if deadline.met is None else deadline.met.isoformat(),
        "turn": str(deadline.turn),
        "source": deadline.source.title,
        "caveat": None if deadline.caveat is None else deadline.caveat.en,
    }
