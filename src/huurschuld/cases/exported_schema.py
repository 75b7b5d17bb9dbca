"""The JSON Schema of an export of all that is held of a person."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from huurschuld.cases.classification import DataClass
from huurschuld.cases.contact import ContactKind
from huurschuld.cases.events import EVENTS
from huurschuld.cases.exporting import FORMAT
from huurschuld.cases.feedback import Taken
from huurschuld.cases.kinds import DataField, EventRule, EventType, Phase
from huurschuld.cases.words import Role
from huurschuld.model.values import Day, Flag, money
from huurschuld.referrals.states import EventType as ReferralEvent, State
from huurschuld.storage.entries import EntryKind

_Schema = dict[str, Any]

_TEXT: Final[_Schema] = {"type": "string", "minLength": 1}
_MOMENT: Final[_Schema] = {"type": "string", "format": "date-time"}
_DAY: Final = Day().schema()
_CENTS: Final = money().schema()


def export_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of what `export_person` gives."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "All that is held of a person in a case of huurschuld (GDPR 15)",
        **_object(
            {
                "format": {"const": FORMAT},
                "case": _TEXT,
                "as_of": _DAY,
                "forgotten": _or_null(_MOMENT),
                "linked": _list(_object({"case": _TEXT, "forgotten": Flag().schema()})),
                "referral": _or_null(_REFERRAL),
                "phase": _word(Phase),
                "events": _list({"oneOf": [_event(it, rule) for it, rule in EVENTS.items()]}),
                "plan": _or_null(_PLAN),
                "feedback": _object(
                    {
                        "taken": _word(Taken),
                        "help_accepted": _or_null(Flag().schema()),
                        "suspended_until": _or_null(_DAY),
                    }
                ),
                "accesses": _list(
                    _object(
                        {
                            "at": _MOMENT,
                            "by": _word(Role),
                            "purpose": _or_null(_TEXT),
                            "resident": _or_null(_TEXT),
                        }
                    )
                ),
                "log": _list(_ENTRY),
                "fields": _list(_FIELD),
                "retention": _object(
                    {str(it): _or_null({"type": "integer", "minimum": 0}) for it in _SEALED}
                ),
                "withheld": _list({"type": "string", "format": "json-pointer"}),
            }
        ),
    }


_SEALED: Final = tuple(it for it in DataClass if it.is_sealed)


def _object(properties: Mapping[str, _Schema], optional: frozenset[str] = frozenset()) -> _Schema:
    return {
        "type": "object",
        "properties": dict(properties),
        "required": [it for it in properties if it not in optional],
        "additionalProperties": False,
    }


def _list(items: _Schema) -> _Schema:
    return {"type": "array", "items": items}


def _or_null(schema: Mapping[str, object]) -> _Schema:
    return {"oneOf": [{"type": "null"}, dict(schema)]}


def _word(words: Any) -> _Schema:  # noqa: ANN401 - a class of words
    return {"enum": [str(it) for it in words]}


def _event(type_: EventType, rule: EventRule) -> _Schema:
    """The schema of events of a type: what is withheld in its data is null, what is forgotten absent."""
    data = {name: _value(it) for name, it in rule.data.items() if _is_exported(it)}
    optional = {name for name, it in rule.data.items() if not it.required or it.personal}
    return _object(
        {
            "id": _TEXT,
            "type": {"const": str(type_)},
            "happened": _DAY,
            "recorded": _MOMENT,
            "by": _word(sorted(rule.by)),
            "data": _object(data, frozenset(optional)),
            "replaces": _or_null(_TEXT),
            "corrected": Flag().schema(),
        }
    )


def _is_exported(field: DataField) -> bool:
    return field.meaning.data_class is not DataClass.STAFF


def _value(field: DataField) -> _Schema:
    schema = field.kind.schema()
    return _or_null(schema) if field.meaning.is_free_text else schema


_PLAN: Final = _object(
    {
        "agreed": _DAY,
        "arrears_cents": _or_null(_CENTS),
        "monthly_cents": _or_null(_CENTS),
        "instalments_paid": {"type": "integer", "minimum": 0},
        "paid_cents": _or_null({"type": "integer", "minimum": 0}),
    }
)
_ENTRY: Final = _object(
    {
        "number": {"type": "integer", "minimum": 1},
        "kind": _word(EntryKind),
        "at": _MOMENT,
        "link": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
    }
)
_PHRASE: Final = _object({"nl": _TEXT, "en": _TEXT})
_REFERRAL: Final = _object(
    {
        "tenancy": _or_null(_TEXT),
        "day": _DAY,
        "arrears_cents": _CENTS,
        "policy": _TEXT,
        "state": _word(State),
        "since": _MOMENT,
        "receiver": _or_null(_TEXT),
        "confirmed_at": _or_null(_MOMENT),
        "receipt": _or_null({"type": "string"}),
        "contact": _or_null(ContactKind().schema()),
        "decision": _or_null(
            _object(
                {
                    "at": _MOMENT,
                    "document": _or_null({"type": "object", "required": ["advice", "facts"]}),
                    "reasons": _or_null(_PHRASE),
                }
            )
        ),
        "steps": _list(
            _object(
                {
                    "at": _MOMENT,
                    "what": _word(ReferralEvent),
                    "outcome": _or_null(_TEXT),
                    "reason": _or_null({"type": "string"}),
                }
            )
        ),
    }
)
_FIELD: Final = _object(
    {
        "of": _TEXT,
        "name": _TEXT,
        "label": _PHRASE,
        "class": _word(DataClass),
        "readers": _list(_word(Role)),
        "why": _PHRASE,
    }
)
