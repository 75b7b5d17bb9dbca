"""Case files: a tenancy with the day, the policy and its numbers, as JSON; and their JSON Schema."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from attrs import frozen

from huurschuld.errors import InvalidValue
from huurschuld.model.json_parts import dump_tenancy, part_schema, read_tenancy
from huurschuld.model.json_text import parse_json
from huurschuld.model.strict_objects import StrictObject, absent
from huurschuld.model.tenancy import Tenancy
from huurschuld.model.values import MAXIMUM_ENTRIES, Day, RedactedRepr

_CASE_FIELDS: Final = ("case", "about", "policy", "as_of", "tenancy", "parameters", "expect")


@frozen(repr=False)
class Case(RedactedRepr):
    """A case file: a tenancy, the day (peildatum), the policy and the values the user sets.

    `policy` is a name, or the JSON object of a policy; `policy_of_case` reads either. `parameters` are
    as they were given; the policy says whether they are valid. `expect` is what a conformance case
    expects, and plays no part in deciding.
    """

    policy: str | Mapping[str, object]
    as_of: dt.date
    tenancy: Tenancy
    parameters: Mapping[str, object] | None = None
    case: str | None = None
    about: str | None = None
    expect: object = None


def read_case(value: object) -> Case:
    """Read a case from its JSON value.

    Raises:
        InputError: with the JSON pointer of one of the errors.
    """
    it = StrictObject(value, "", _CASE_FIELDS)
    for name in ("policy", "as_of", "tenancy"):
        if it.fields.get(name) is None:
            raise absent(it.fields, name, "")
    policy = it.fields["policy"]
    if not isinstance(policy, str | dict):
        raise InvalidValue(it.place("policy"), "the name of a policy, or an object, is expected")
    case, about = _text(it, "case"), _text(it, "about")
    parameters = it.fields.get("parameters")
    if parameters is not None and type(parameters) is not dict:
        raise InvalidValue(it.place("parameters"), "an object of values by name is expected")
    return Case(
        policy=policy,
        as_of=it.required_day("as_of"),
        tenancy=read_tenancy(it.fields["tenancy"]),
        parameters=parameters,
        case=case,
        about=about,
        expect=it.fields.get("expect"),
    )


def _text(it: StrictObject, name: str) -> str | None:
    """Read a text, which may be empty; None where it is absent."""
    value = it.fields.get(name)
    if value is not None and not isinstance(value, str):
        raise InvalidValue(it.place(name), "a text is expected")
    return value


def parse_case(text: str | bytes) -> Case:
    """Read a case from JSON text. Raises `InputError` with the JSON pointer of one of the errors."""
    return read_case(parse_json(text))


def load_case(path: str | Path) -> Case:
    """Read a case from a file. Raises `InputError` with a JSON pointer, or `OSError` for the file."""
    return parse_case(Path(path).read_bytes())


def dump_case(case: Case) -> str:
    """Return the JSON text of a case, which `parse_case` reads."""
    document = {
        "case": case.case,
        "about": case.about,
        "policy": case.policy if isinstance(case.policy, str) else dict(case.policy),
        "as_of": case.as_of.isoformat(),
        "parameters": None if case.parameters is None else dict(case.parameters),
        "tenancy": dump_tenancy(case.tenancy),
        "expect": case.expect,
    }
    kept = {name: value for name, value in document.items() if value is not None}
    return json.dumps(kept, ensure_ascii=False, indent=2) + "\n"


def case_schema() -> dict[str, object]:
    """Return the JSON Schema (draft 2020-12) of a case file.

    It says what a schema can say. Only `read_case` and `decide` check that ids are unique, that
    references exist, that nothing ends before it starts, and what parameters a policy has.
    """
    tenancy = part_schema(Tenancy)
    tenancy["properties"]["rents"]["minItems"] = 1  # type: ignore[index] # built just above
    tenancy["properties"]["entries"]["maxItems"] = MAXIMUM_ENTRIES  # type: ignore[index] # as above
    text_or_null: dict[str, object] = {"type": ["string", "null"]}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A case of huurschuld",
        "type": "object",
        "properties": {
            "case": text_or_null,
            "about": text_or_null,
            "policy": {"type": ["string", "object"]},
            "as_of": Day().schema(),
            "tenancy": tenancy,
            "parameters": {
                "type": ["object", "null"],
                "additionalProperties": {"type": ["integer", "string"]},
            },
            "expect": {},
        },
        "required": ["policy", "as_of", "tenancy"],
        "additionalProperties": False,
    }
