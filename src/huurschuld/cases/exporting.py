"""All that is held of one person, to be given to that person (recht op inzage, GDPR 15).

It has every event with what is sealed in it, who looked and why, the plan, the feedback that a landlord
may have, and the entries of the log. What is about others is not in it (GDPR 15(4)); that these are the
names of staff is a choice, beside CJEU C-579/21: who asks has a right to know when somebody looked and
why, and not, as a rule, who that was. Words that somebody wrote may be about others too: `free_texts`
says where they are, a person reads them, and what is to be left out is withheld, which the export says.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, Final

from huurschuld.cases.case import CaseState, Event
from huurschuld.cases.classification import ENTRY_FIELDS, DataClass
from huurschuld.cases.entries import events_of
from huurschuld.cases.events import EVENTS
from huurschuld.cases.exported_referral import referral_held
from huurschuld.cases.feedback import Feedback, feedback
from huurschuld.cases.folding import fold
from huurschuld.cases.kinds import EventType
from huurschuld.cases.linking import LinkedCase, linked_cases
from huurschuld.cases.retention import Retention
from huurschuld.cases.rights import Right, allowed
from huurschuld.cases.store import CaseStore
from huurschuld.cases.words import Role
from huurschuld.errors import InvalidValue, pointer
from huurschuld.model.json_text import parse_json
from huurschuld.storage.chains import StoredCase, find
from huurschuld.storage.entries import EntryKind, personal_of

FORMAT: Final = "huurschuld person export 1"
WITHHELD: Final = None
"""What stands for a text that is withheld; its place is under `withheld`."""
PURPOSE_OF_EXPORT: Final = "access request (GDPR 15)"
PURPOSE_OF_FEEDBACK: Final = "feedback"
"""What stands in the log where nobody gave a purpose of his own."""
PURPOSE_OF_REFERRAL: Final = "looking at the referral"
"""Of who looked at whom a referral is about: no purpose is asked for."""
_FIXED_PURPOSES: Final = frozenset(
    {WITHHELD, PURPOSE_OF_EXPORT, PURPOSE_OF_FEEDBACK, PURPOSE_OF_REFERRAL}
)


def export_person(
    store: CaseStore,
    case: str,
    as_of: dt.date,
    *,
    by: Role | str,
    person: str,
    retention: Retention | None = None,
    withhold: Collection[str] = (),
) -> dict[str, Any]:
    """Return all that is held of the person of a case, as JSON; that it was made is recorded.

    Args:
        store: the store.
        case: the key of the case.
        as_of: the day: of the feedback.
        by: the role of who makes it: the GGD or the municipality.
        person: the name of who makes it, having made sure that who asks is that person.
        retention: how long it is kept, as far as that is settled.
        withhold: the places of texts that are about others, as JSON pointers of `free_texts`.

    Raises:
        NotAllowed: this role may not.
        UnknownReference: there is no such case.
        InvalidValue: one of the places is not that of such a text.
        CaseError: the store cannot be read or written.
    """
    role = allowed(by, Right.EXPORT)
    store.look(case, by=role, person=person, purpose=PURPOSE_OF_EXPORT)
    with store.transaction() as connection:
        found = find(connection, case)
        linked = linked_cases(connection, case)
        referral = referral_held(connection, found)
    document = _document(found, linked, referral, as_of, retention or Retention())
    known = set(free_texts(document))
    for place in sorted(set(withhold)):
        if place not in known:
            raise InvalidValue(
                "withhold", "there is no text of this place", f"there are: {', '.join(sorted(known))}"
            )
        _withhold(document, place)
    return document


def free_texts(document: Mapping[str, Any]) -> Iterator[str]:
    """Yield the places in an export where somebody wrote words of his own, as JSON pointers.

    A person reads each before the export is given: it may be about others.
    """
    for number, event in enumerate(document["events"]):
        fields = EVENTS[EventType(event["type"])].data
        for name, value in event["data"].items():
            if fields[name].meaning.is_free_text and value is not WITHHELD:
                yield pointer("events", number, "data", name)
    for number, step in enumerate((document["referral"] or {}).get("steps", ())):
        if step["reason"] is not WITHHELD:
            yield pointer("referral", "steps", number, "reason")
    for number, access in enumerate(document["accesses"]):
        if access["purpose"] not in _FIXED_PURPOSES:
            yield pointer("accesses", number, "purpose")


def _withhold(document: dict[str, Any], place: str) -> None:
    *above, name = place.removeprefix("/").split("/")
    inner: Any = document
    for step in above:
        inner = inner[int(step)] if isinstance(inner, list) else inner[step]
    inner[name] = WITHHELD
    document["withheld"].append(place)


def _document(
    found: StoredCase,
    linked: Iterable[LinkedCase],
    referral: dict[str, Any] | None,
    as_of: dt.date,
    retention: Retention,
) -> dict[str, Any]:
    events = events_of(found)
    case = fold(events)
    standing = {it.id for it in case.history}
    forgotten = [it.at for it in found.entries if it.kind == EntryKind.FORGOTTEN]
    shown = [_event(it, is_standing=it.id in standing) for it in events]
    return {
        "format": FORMAT,
        "case": found.key,
        "as_of": as_of.isoformat(),
        "forgotten": forgotten[0] if forgotten else None,
        "linked": [{"case": it.case, "forgotten": it.is_forgotten} for it in linked],
        "referral": referral,
        "phase": str(case.phase),
        "events": shown,
        "plan": _plan(case),
        "feedback": _feedback(feedback(fold(events, as_of=as_of), as_of)),
        "accesses": list(_accesses(found)),
        "log": [
            {"number": it.number, "kind": it.kind, "at": it.at, "link": it.link} for it in found.entries
        ],
        "fields": _fields(shown),
        "retention": {str(it): retention.of(it) for it in (DataClass.PERSONAL, DataClass.SPECIAL)},
        "withheld": [],
    }


def _event(event: Event, *, is_standing: bool) -> dict[str, Any]:
    """Return an event without the names of staff."""
    fields = event.rule.data
    return {
        "id": event.id,
        "type": str(event.type),
        "happened": event.happened.isoformat(),
        "recorded": event.recorded.isoformat(),
        "by": str(event.by),
        "data": {
            name: fields[name].kind.to_json(value)
            for name, value in event.data.items()
            if value is not None and fields[name].meaning.data_class is not DataClass.STAFF
        },
        "replaces": event.replaces,
        "corrected": not is_standing,
    }


def _plan(case: CaseState) -> dict[str, Any] | None:
    """Return the plan that was agreed last, and what was paid of it as far as that was recorded."""
    agreed = case.last(EventType.PLAN_AGREED)
    if agreed is None:
        return None
    place = case.history.index(agreed)
    paid = [it for it in case.history[place:] if it.type is EventType.INSTALMENT_PAID]
    amounts = [it.data["cents"] for it in paid if "cents" in it.data]
    return {
        "agreed": agreed.happened.isoformat(),
        "arrears_cents": agreed.data.get("arrears_cents"),
        "monthly_cents": agreed.data.get("monthly_cents"),
        "instalments_paid": len(paid),
        "paid_cents": sum(amounts) if len(amounts) == len(paid) else None,
    }


def _feedback(given: Feedback) -> dict[str, Any]:
    until = given.suspended_until
    return {
        "taken": str(given.taken),
        "help_accepted": given.help_accepted,
        "suspended_until": None if until is None else until.isoformat(),
    }


def _accesses(found: StoredCase) -> Iterator[dict[str, Any]]:
    """Yield who looked and why; the name only if that was the resident, and null if it is forgotten."""
    is_forgotten = False
    for entry in found.entries:
        is_forgotten |= entry.kind == EntryKind.FORGOTTEN
        if entry.kind == EntryKind.ACCESS:
            public: Any = parse_json(entry.public)
            sealed = {} if found.secret is None else personal_of(found.key, entry, found.secret)
            yield {
                "at": entry.at,
                "by": public["by"],
                "purpose": PURPOSE_OF_REFERRAL
                if entry.sealed is None and not is_forgotten
                else sealed.get("purpose"),
                "resident": sealed.get("resident"),
            }


def _fields(shown: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return what each field of it means, its class, who may read it and why it is kept."""
    found = [("event", name, it) for name, it in ENTRY_FIELDS["event"].items()]
    used = {(event["type"], name) for event in shown for name in event["data"]}
    for type_, rule in EVENTS.items():
        found += [(type_, name, it.meaning) for name, it in rule.data.items() if (type_, name) in used]
    found += [
        ("access", name, ENTRY_FIELDS["access"][name])
        for name in ("by", "person", "purpose", "resident")
    ]
    return [
        {
            "of": str(of),
            "name": name,
            "label": {"nl": it.label.nl, "en": it.label.en},
            "class": str(it.data_class),
            "readers": sorted(map(str, it.readers)),
            "why": {"nl": it.why.nl, "en": it.why.en},
        }
        for of, name, it in found
    ]
