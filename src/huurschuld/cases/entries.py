"""The events of a case as entries of the log: what of each is in the clear, and what is sealed."""

from __future__ import annotations

import datetime as dt
from typing import Any

from huurschuld.cases.case import Event
from huurschuld.cases.events import EVENTS
from huurschuld.cases.kinds import EventType
from huurschuld.model.json_text import canonical_json, parse_json
from huurschuld.model.values import Day
from huurschuld.storage.chains import StoredCase
from huurschuld.storage.connecting import NotAsWritten
from huurschuld.storage.entries import Entry, EntryKind, personal_of
from huurschuld.storage.sealing import Unsealable


def events_of(found: StoredCase) -> tuple[Event, ...]:
    """Return the events among the entries of a case.

    Raises:
        NotAsWritten: what is sealed does not open with the key.
    """
    try:
        return tuple(
            event_of(found.key, entry, found.secret)
            for entry in found.entries
            if entry.kind == EntryKind.EVENT
        )
    except Unsealable:
        pass
    raise NotAsWritten(f"the key of case {found.number} is not as it was written")


def event_parts(event: Event) -> tuple[str, bytes | None]:
    """Return what of an event stands in the clear, and what is to be sealed, as canonical JSON."""
    fields = EVENTS[event.type].data
    written = {
        name: fields[name].kind.to_json(value) for name, value in event.data.items() if value is not None
    }
    personal = {name: value for name, value in written.items() if fields[name].personal}
    public = {
        "type": str(event.type),
        "happened": event.happened.isoformat(),
        "by": str(event.by),
        "person": event.person,
        "data": {name: value for name, value in written.items() if name not in personal},
        "replaces": event.replaces,
    }
    return canonical_json(public), canonical_json(personal).encode() if personal else None


def event_of(case: str, entry: Entry, key: bytes | None) -> Event:
    """Read the event of an entry; without a key it has nothing personal.

    Raises:
        Unsealable: what is sealed is not as it was written.
        HuurschuldError, KeyError, TypeError, ValueError: what is in the clear is not.
    """
    public: Any = parse_json(entry.public)
    data = dict(public["data"])
    if key is not None:
        data |= personal_of(case, entry, key)
    kind = EventType(public["type"])
    return Event(
        id=entry.id,
        case=case,
        type=kind,
        happened=Day().from_json(public["happened"]),  # type: ignore[arg-type] # validated
        recorded=dt.datetime.fromisoformat(entry.at),
        by=public["by"],
        person=public["person"],
        data={name: EVENTS[kind].data[name].kind.from_json(value) for name, value in data.items()},
        replaces=public["replaces"],
        is_forgotten=key is None,
    )
