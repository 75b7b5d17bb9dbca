"""How the texts of options on cases are read: types of events, their data, amounts in euros."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from typing import Any, Final

from huurschuld.cases import EVENTS, EventType
from huurschuld.cli.options import pairs_of
from huurschuld.errors import InvalidValue

_EUROS: Final = re.compile(r"([0-9]{1,7})(?:[.,]([0-9]{2}))?")
_CENTS: Final = "cents"


def cents_of(given: str, option: str) -> int:
    """Read an amount in euros, with cents or without: `50`, `1234.50`, `1234,50`."""
    found = _EUROS.fullmatch(given)
    if found is None:
        raise InvalidValue(option, "euros are expected, such as 50 or 1234.50")
    return int(found[1]) * 100 + int(found[2] or 0)


def euros_name(field: str) -> str | None:
    """Return the name under which a field in cents takes euros; None if it is no amount."""
    if field == _CENTS:
        return "euros"
    return field.removesuffix(f"_{_CENTS}") if field.endswith(f"_{_CENTS}") else None


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
    in_euros = {shown: name for name in fields if (shown := euros_name(name)) is not None}
    data: dict[str, Any] = {}
    for given_name, text in pairs_of("--data", given).items():
        place, name = f"--data {given_name}", in_euros.get(given_name, given_name)
        if name not in fields:
            known = ", ".join(euros_name(it) or it for it in fields)
            remedy = f"it has: {known}" if fields else "it has none: leave --data out"
            raise InvalidValue("--data", f"{type_} has no such field", remedy)
        if name in data:
            raise InvalidValue(place, f"{name} is given already", "give one of the two")
        kind = fields[name].kind
        value = kind.from_text(text) if given_name == name else cents_of(text, place)
        if not kind.accepts(value):
            raise InvalidValue(place, kind.expected)
        data[name] = value
    for name, it in fields.items():
        if it.required and name not in data:
            shown = euros_name(name) or name
            remedy = f"add --data {shown}=…; see huurschuld case events {type_}"
            raise InvalidValue("--data", f"{type_} needs {shown}", remedy)
    return data
