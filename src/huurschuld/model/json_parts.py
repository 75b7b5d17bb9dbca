"""The parts of the model as JSON: read with a JSON pointer for every error, written, and their schema.

It is all derived from the fields of the model, so that each field is described once.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Callable, Iterable
from functools import cache, partial
from json.encoder import encode_basestring_ascii
from typing import Any, Final, TypeVar

import attrs
from attrs import frozen

from huurschuld.errors import InputError, InvalidValue
from huurschuld.model.entries import ENTRY_CLASSES
from huurschuld.model.json_text import canonical_json
from huurschuld.model.refusals import TOO_MANY_ENTRIES
from huurschuld.model.strict_objects import absent, fields_of_object
from huurschuld.model.tenancy import Household, Tenancy
from huurschuld.model.values import (
    MAXIMUM_ENTRIES,
    Birth,
    Choice,
    Day,
    FactValue,
    Flag,
    Kind,
    Part,
    Parts,
    Whole,
    json_name,
    kind_of,
    refuse,
)

_T = TypeVar("_T")
_KIND: Final = Choice(tuple(ENTRY_CLASSES))
_ENTRY_CLASSES: Final = frozenset(ENTRY_CLASSES.values())
_FACTORY: Final[type[Any]] = type(attrs.Factory(list))
_FLAGS: Final = {True: "true", False: "false"}


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
    """Return the fields of a model class by their name in files."""
    return _fields_of(cls)  # type: ignore[arg-type] # a class can be hashed


@cache
def _fields_of(cls: type[Any]) -> dict[str, _Field]:
    fields = {}
    for attribute in attrs.fields(cls):
        name, required = json_name(attribute.name), attribute.default is attrs.NOTHING
        match kind_of(attribute):
            case Parts() as parts:
                described = _list_of(parts.classes)
            case Part(part):
                described = _reader(part), write_part, canonical_text, partial(part_schema, part)
            case kind:
                described = _plain(kind)
        fields[name] = _Field(name, attribute.name, required, *described)
    return fields


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
            raise refuse(at, kind, value)
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
        return f"[{','.join(sorted(map(canonical_text, items)))}]"

    def schema() -> dict[str, object]:
        schemas = [part_schema(cls) for cls in classes]
        items = schemas[0] if len(schemas) == 1 else {"oneOf": schemas}
        return {"type": "array", "items": items}

    return read, write, text, schema


def _reader(cls: type[_T]) -> Callable[[object, str], _T | None]:
    if cls is Household:
        return _read_household  # type: ignore[return-value] # the only part that may be unknown
    return lambda value, at: _read_part(cls, value, at)


def _read_part(cls: type[_T], value: object, at: str, tag: str | None = None) -> _T:
    """Read one part of the model; `tag` is a field that selects the class."""
    fields = fields_of(cls)
    members = fields_of_object(value, at, fields if tag is None else (*fields, tag))
    arguments: dict[str, object] = {}
    for name, field in fields.items():
        given = members.get(name)
        if given is not None:
            arguments[field.attribute] = field.read(given, f"{at}/{name}")
        elif field.required:
            raise absent(members, name, at)
    try:
        return cls(**arguments)
    except InputError as error:
        refused = error.under(at)
    raise refused


def _read_entry(value: object, at: str) -> object:
    members = fields_of_object(value, at)
    kind = members.get("kind")
    if kind is None:
        raise absent(members, "kind", at)
    if not _KIND.accepts(kind):
        raise refuse(f"{at}/kind", _KIND, kind)
    return _read_part(ENTRY_CLASSES[str(kind)], value, at, tag="kind")


def _read_household(value: object, at: str) -> Household | None:
    """Read a household; it is unknown if its children are, but its other fields are checked."""
    if type(value) is dict and value.get("children") is None:
        _read_part(Household, {**value, "children": []}, at)
        return None
    return _read_part(Household, value, at)


def read_tenancy(value: object, at: str = "/tenancy") -> Tenancy:
    """Read a tenancy from its JSON value.

    Raises:
        InputError: with the JSON pointer of one of the errors, below `at`.
    """
    return _read_part(Tenancy, value, at)


@cache
def _plan(cls: type[Any]) -> tuple[tuple[Any, ...], ...]:
    """Plan how each field of a model class is written: plain tuples, as receipts come by the thousand.

    For each, in the order of their names: the field, its attribute, the text before its value, what
    writes the value as text, whether it is always written, its default, and what makes the default.
    """
    plan = []
    for name, field in sorted(fields_of(cls).items()):
        default: Any = getattr(attrs.fields(cls), field.attribute).default
        factory = default.factory if type(default) is _FACTORY else None
        plan.append((field, field.attribute, f'"{name}":', field.text, field.required, default, factory))
    return tuple(plan)


def write_part(part: Any) -> dict[str, object]:  # noqa: ANN401 - any part of the model
    """Return the JSON object of a part of the model, without what has its default value."""
    cls = type(part)
    written: dict[str, object] = {"kind": part.kind} if cls in _ENTRY_CLASSES else {}
    for field, attribute, _, _, required, default, factory in _plan(cls):  # type: ignore[arg-type] # as in fields_of
        value = getattr(part, attribute)
        if required or (value is not None and value != (default if factory is None else factory(part))):
            written[field.name] = field.write(value)
    return written


def dump_tenancy(tenancy: Tenancy) -> dict[str, object]:
    """Return the JSON object of a tenancy, which `read_tenancy` reads."""
    return write_part(tenancy)


def canonical_text(part: Any) -> str:  # noqa: ANN401 - any part of the model
    """Return the canonical JSON of a part, that of `write_part`; the order in it does not matter."""
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
    """Return the function, one implemented in C, that writes a value of this kind as canonical JSON."""
    if isinstance(kind, Whole):
        return str
    if isinstance(kind, Flag):
        return _FLAGS.__getitem__
    if isinstance(kind, FactValue):
        return lambda value: canonical_json(kind.to_json(value))
    return '"%s"'.__mod__ if isinstance(kind, Day | Birth) else encode_basestring_ascii


def part_schema(cls: type[Any]) -> dict[str, object]:
    """Return the JSON Schema of a part of the model."""
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
        schema = field.schema()
        properties[name] = schema if name in required else {"anyOf": [schema, {"type": "null"}]}
    documented = (cls.__doc__ or "").split("\n", maxsplit=1)[0]
    return {
        "type": "object",
        "description": documented,
        "properties": properties,
        "required": required,
        "additionalProperties": False,
    }
