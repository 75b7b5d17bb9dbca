"""What can be recorded in a case: `case events`, and how the values of `--data` are read."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterable
from typing import Annotated, Any

import typer

from huurschuld.cases import EVENTS, EventRule, EventType
from huurschuld.cli.display_cases import show_event_type, show_event_types
from huurschuld.cli.options import Lang, LangOption, TextFormat, pairs_of
from huurschuld.cli.terminal import console, write
from huurschuld.errors import InvalidValue


def type_of(given: str) -> EventType:
    """Read the type of an event."""
    names = [str(it) for it in EventType]
    if given in names:
        return EventType(given)
    near = difflib.get_close_matches(given, names, 1)
    hint = f"did you mean {near[0]}?" if near else "see huurschuld case events"
    raise InvalidValue("TYPE", "there is no such event", hint)


def data_of(type_: EventType, given: Iterable[str] | None) -> dict[str, Any]:
    """Read the values of `--data`, each strictly as its field has it."""
    fields = EVENTS[type_].data
    data: dict[str, Any] = {}
    for name, text in pairs_of("--data", given).items():
        if name not in fields:
            known = f"it has: {', '.join(fields)}" if fields else "it has none: leave --data out"
            raise InvalidValue("--data", f"{type_} has no such field", known)
        value = fields[name].kind.from_text(text)
        if not fields[name].kind.accepts(value):
            raise InvalidValue(f"--data {name}", fields[name].kind.expected)
        data[name] = value
    lacking = [name for name, it in fields.items() if it.required and name not in data]
    if lacking:
        name = lacking[0]
        raise InvalidValue(
            "--data", f"{type_} needs {name}", f"add --data {name}=…: {fields[name].kind.expected}"
        )
    return data


def events(
    type_: Annotated[
        str | None, typer.Argument(metavar="[TYPE]", help="One type, with the data that it takes.")
    ] = None,
    output: Annotated[TextFormat, typer.Option("--format", help="text or json.")] = TextFormat.TEXT,
    lang: LangOption = Lang.EN,
) -> None:
    """List what can be recorded in a case, by whom and with which data."""
    chosen = EVENTS if type_ is None else {type_of(type_): EVENTS[type_of(type_)]}
    if output is TextFormat.JSON:
        found = [_document(it, rule) for it, rule in chosen.items()]
        write(json.dumps(found, ensure_ascii=False, indent=1) + "\n")
    elif type_ is None:
        show_event_types(console(), lang.value)
    else:
        show_event_type(console(), type_of(type_), lang.value)


def _document(type_: EventType, rule: EventRule) -> dict[str, Any]:
    return {
        "type": str(type_),
        "label": {"nl": rule.label.nl, "en": rule.label.en},
        "by": sorted(map(str, rule.by)),
        "needs": [sorted(map(str, it)) for it in rule.needs],
        "data": {
            name: {"required": it.required, "expected": it.kind.expected}
            for name, it in rule.data.items()
        },
    }
