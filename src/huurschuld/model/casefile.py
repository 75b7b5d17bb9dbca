"""Case files: JSON to and from the model, with a JSON pointer for every error, and their JSON Schema.

Both directions and the schema are read off the model's own fields, so a field is described once.
"""

from __future__ import annotations

import datetime as dt
import json
from bisect import insort
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from json.encoder import encode_basestring_ascii
from pathlib import Path
from typing import Any, Final, TypeVar

import attrs
from attrs import frozen

from huurschuld.errors import InputError, InvalidValue, MissingField, UnknownField, pointer
from huurschuld.model.json_text import parse_json
from huurschuld.model.refusals import TOO_MANY_ENTRIES
from huurschuld.model.tenancy import ENTRY_CLASSES, Household, Tenancy
from huurschuld.model.values import (
    MAXIMUM_ENTRIES,
    Choice,
    Day,
    Flag,
    Kind,
    Part,
    Parts,
    RedactedRepr,
    Whole,
    json_name,
    kind_of,
    refuse,
)

_T = TypeVar("_T")
_CASE_FIELDS: Final = ("case", "about", "policy", "as_of", "tenancy", "parameters", "expect")
_KIND: Final = Choice(tuple(ENTRY_CLASSES))
_ENTRY_CLASSES: Final = frozenset(ENTRY_CLASSES.values())
_FACTORY: Final[type[Any]] = type(attrs.Factory(list))
_FLAGS: Final = {True: "true", False: "false"}


@frozen(repr=False)
class Case(RedactedRepr):
    """A case file: a tenancy, the day (peildatum), the policy by name and the values the user sets.

    `parameters` are as they were given; the policy says whether they are valid. `expect` is what a
    conformance case expects, and plays no part in deciding.
    """

    policy: str
    as_of: dt.date
    tenancy: Tenancy
    parameters: Mapping[str, object] | None = None
    case: str | None = None
    about: str | None = None
    expect: object = None


# --- JSON values to the model ------------------------------------------------------------------


@frozen
class _Field:
    """One field of a model class, as files and tables see it."""

    name: str
    attribute: str
    required: bool
    read: Callable[[object, str], object]
    write: Callable[[Any], object]
    text: Callable[[Any], str]
    schema: Callable[[], dict[str, object]]


def fields_of(cls: type[Any]) -> dict[str, _Field]:
    """The fields of a model class by their name in files."""
    return _fields_of(cls)  # type: ignore[arg-type] # a class can be hashed


@cache
def _fields_of(cls: type[Any]) -> dict[str, _Field]:
    described = {}
    for attribute in attrs.fields(cls):
        held = kind_of(attribute)
        if isinstance(held, Parts):
            described_as = _list_of(held.classes)
        else:
            described_as = _one(held.cls) if isinstance(held, Part) else _plain(held)
        name = json_name(attribute.name)
        required = attribute.default is attrs.NOTHING
        described[name] = _Field(name, attribute.name, required, *described_as)
    return described


_Described = tuple[
    Callable[[object, str], object],
    Callable[[Any], object],
    Callable[[Any], str],
    Callable[[], dict[str, object]],
]


def _plain(kind: Kind) -> _Described:
    def read(value: object, at: str) -> object:
        held = kind.from_json(value)
        if not kind.accepts(held):
            raise refuse(at, kind)
        return held

    return read, kind.to_json, _texter(kind), kind.schema


def _list_of(classes: tuple[type[Any], ...]) -> _Described:
    read_item = _read_entry if len(classes) > 1 else _reader(classes[0])

    def read(value: object, at: str) -> object:
        if type(value) is not list:
            raise InvalidValue(at, "a list is expected")
        if len(classes) > 1 and len(value) > MAXIMUM_ENTRIES:
            raise TOO_MANY_ENTRIES.at(at)
        return tuple(read_item(item, f"{at}/{index}") for index, item in enumerate(value))

    def write(items: Iterable[Any]) -> object:
        return [write_part(item) for item in items]

    def text(items: Iterable[Any]) -> str:
        return f"[{','.join(sorted(map(_canonical, items)))}]"

    def schema() -> dict[str, object]:
        schemas = [part_schema(cls) for cls in classes]
        items = schemas[0] if len(schemas) == 1 else {"oneOf": schemas}
        return {"type": "array", "items": items}

    return read, write, text, schema


def _one(cls: type[Any]) -> _Described:
    return _reader(cls), write_part, _canonical, lambda: part_schema(cls)


def _reader(cls: type[_T]) -> Callable[[object, str], _T | None]:
    if cls is Household:
        return _read_household  # type: ignore[return-value] # the one part that may turn out unknown
    return lambda value, at: _read_part(cls, value, at)


def _members_of(value: object, at: str, known: Iterable[str]) -> dict[str, object]:
    if type(value) is not dict:
        raise InvalidValue(at, "an object is expected")
    for name in value:
        if name not in known:
            raise UnknownField(
                f"{at}{pointer(name)}",
                "there is no such field here",
                "check its spelling, or remove it",
            )
    return value


def _read_part(cls: type[_T], value: object, at: str, tag: str | None = None) -> _T:
    """One part of the model from a JSON object; `tag` is a member that tells parts apart."""
    fields = fields_of(cls)
    members = _members_of(value, at, fields if tag is None else (*fields, tag))
    arguments: dict[str, object] = {}
    for name, field in fields.items():
        given = members.get(name)
        if given is not None:
            arguments[field.attribute] = field.read(given, f"{at}/{name}")
        elif field.required:
            raise _absent(members, name, at)
    try:
        return cls(**arguments)
    except InputError as error:
        refused = error.under(at)
    raise refused


def _absent(members: Mapping[str, object], name: str, at: str) -> InputError:
    """The error for a required field that is not there (missing) or null (invalid)."""
    if name in members:
        return InvalidValue(f"{at}/{name}", "null stands where a value is required")
    return MissingField(f"{at}/{name}", "this field is required")


def _read_entry(value: object, at: str) -> object:
    if type(value) is not dict:
        raise InvalidValue(at, "an object is expected")
    kind = value.get("kind")
    if kind is None:
        raise _absent(value, "kind", at)
    if not _KIND.accepts(kind):
        raise refuse(f"{at}/kind", _KIND)
    return _read_part(ENTRY_CLASSES[str(kind)], value, at, tag="kind")


def _read_household(value: object, at: str) -> Household | None:
    """A household whose children are unknown is an unknown household; its other members are checked."""
    if type(value) is dict and value.get("children") is None:
        _read_part(Household, {**value, "children": []}, at)
        return None
    return _read_part(Household, value, at)


def read_tenancy(value: object, at: str = "/tenancy") -> Tenancy:
    """A tenancy from its JSON value.

    Raises:
        InputError: with the JSON pointer of one of the errors, below `at`.
    """
    return _read_part(Tenancy, value, at)


def read_case(value: object) -> Case:
    """A case from its JSON value.

    Raises:
        InputError: with the JSON pointer of one of the errors.
    """
    members = _members_of(value, "", _CASE_FIELDS)
    for name in ("policy", "as_of", "tenancy"):
        if members.get(name) is None:
            raise _absent(members, name, "")
    for name in ("policy", "case", "about"):
        if not isinstance(members.get(name), str | None):
            raise InvalidValue(f"/{name}", "a text is expected")
    parameters = members.get("parameters")
    if parameters is not None and type(parameters) is not dict:
        raise InvalidValue("/parameters", "an object of values by name is expected")
    read_day = _plain(Day())[0]
    return Case(
        policy=str(members["policy"]),
        as_of=read_day(members["as_of"], "/as_of"),  # type: ignore[arg-type] # a day, it was checked
        tenancy=read_tenancy(members["tenancy"]),
        parameters=parameters,
        case=members.get("case"),  # type: ignore[arg-type] # a text or None, it was checked
        about=members.get("about"),  # type: ignore[arg-type] # as above
        expect=members.get("expect"),
    )


def parse_case(text: str | bytes) -> Case:
    """A case from JSON text. Raises `InputError` with the JSON pointer of one of the errors."""
    return read_case(parse_json(text))


def load_case(path: str | Path) -> Case:
    """A case from a file. Raises `InputError` with a JSON pointer, or `OSError` for the file."""
    return parse_case(Path(path).read_bytes())


# --- the model to JSON values ------------------------------------------------------------------


@cache
def _plan(cls: type[Any]) -> tuple[tuple[Any, ...], ...]:
    """How each field of a model class is written, in the order of their names.

    The field, its attribute, the text before its value, what writes that as text, whether it is always
    written, and else its default, or what makes that from the part. Plain tuples, since receipts are
    made by the thousand.
    """
    plan = []
    for name, field in sorted(fields_of(cls).items()):
        default: Any = getattr(attrs.fields(cls), field.attribute).default
        factory = default.factory if type(default) is _FACTORY else None
        plan.append((field, field.attribute, f'"{name}":', field.text, field.required, default, factory))
    return tuple(plan)


def write_part(part: Any) -> dict[str, object]:  # noqa: ANN401 - any part of the model
    """The JSON object of a part of the model; what has its default value is left out."""
    cls = type(part)
    written: dict[str, object] = {"kind": part.kind} if cls in _ENTRY_CLASSES else {}
    for field, attribute, _, _, required, default, factory in _plan(cls):  # type: ignore[arg-type] # as in fields_of
        value = getattr(part, attribute)
        if required or (value is not None and value != (default if factory is None else factory(part))):
            written[field.name] = field.write(value)
    return written


def dump_tenancy(tenancy: Tenancy) -> dict[str, object]:
    """The JSON object of a tenancy, as `read_tenancy` takes it."""
    return write_part(tenancy)


def dump_case(case: Case) -> str:
    """The JSON text of a case, as `parse_case` takes it."""
    document = {
        "case": case.case,
        "about": case.about,
        "policy": case.policy,
        "as_of": case.as_of.isoformat(),
        "parameters": None if case.parameters is None else dict(case.parameters),
        "tenancy": dump_tenancy(case.tenancy),
        "expect": case.expect,
    }
    kept = {name: value for name, value in document.items() if value is not None}
    return json.dumps(kept, ensure_ascii=False, indent=2) + "\n"


def canonical_tenancy(tenancy: Tenancy) -> str:
    """The one text of a tenancy, whatever the order of its parts: canonical JSON, every list sorted."""
    return _canonical(tenancy)


def _canonical(part: Any) -> str:  # noqa: ANN401 - any part of the model
    """The canonical JSON of a part, written at once: the text of what `write_part` gives."""
    cls = type(part)
    members = []
    for _, attribute, prefix, text, required, default, factory in _plan(cls):  # type: ignore[arg-type] # as in fields_of
        value = getattr(part, attribute)
        if required or (value is not None and value != (default if factory is None else factory(part))):
            members.append(prefix + text(value))
    if cls in _ENTRY_CLASSES:
        insort(members, f'"kind":"{part.kind}"')
    return f"{{{','.join(members)}}}"


def _texter(kind: Kind) -> Callable[[Any], str]:
    """What writes a value of this kind as canonical JSON; each is a function of C."""
    if isinstance(kind, Whole):
        return str
    if isinstance(kind, Flag):
        return _FLAGS.__getitem__
    return '"%s"'.__mod__ if isinstance(kind, Day) else encode_basestring_ascii


# --- the schema --------------------------------------------------------------------------------


def part_schema(cls: type[Any]) -> dict[str, object]:
    """The JSON Schema of a part of the model."""
    fields = fields_of(cls)
    kind = getattr(cls, "kind", None)
    required = [name for name, field in fields.items() if field.required]
    properties: dict[str, object] = {}
    if kind is not None:
        properties["kind"] = {"const": kind}
        required.insert(0, "kind")
    if cls is Household:
        required = []
    for name, field in fields.items():
        properties[name] = field.schema() if name in required else _or_null(field.schema())
    documented = (cls.__doc__ or "").split("\n", maxsplit=1)[0]
    return {
        "type": "object",
        "description": documented,
        "properties": properties,
        "required": required,
        "additionalProperties": False,
    }


def _or_null(schema: dict[str, object]) -> dict[str, object]:
    return {"anyOf": [schema, {"type": "null"}]}


def case_schema() -> dict[str, object]:
    """The JSON Schema (draft 2020-12) of a case file.

    It holds what a schema can say; unique ids, references, ends before starts and the policies' own
    parameters are checked by `read_case` and `decide` alone.
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
            "policy": {"type": "string"},
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
