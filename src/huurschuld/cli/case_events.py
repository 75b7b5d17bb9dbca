"""What can be recorded in a case: `case events`."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer

from huurschuld.cases import EVENTS, EventRule, EventType
from huurschuld.cli.case_values import type_of
from huurschuld.cli.display_cases import show_event_type, show_event_types
from huurschuld.cli.options import Lang, LangOption, TextFormat
from huurschuld.cli.terminal import console, write


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
