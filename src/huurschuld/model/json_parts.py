"""The parts of the model as JSON: read with a JSON pointer for every error, written, and their schema.

It is all derived from the fields of the model, so that each field is described once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache, partial
from json.encoder import encode_basestring_ascii
from typing import Any, Final, TypeVar

import attrs
from attrs import frozen

from huurschuld.errors import InputError, InvalidValue
from huurschuld.model.entries import ENTRY_CLASSES
from huurschuld.model.json_text import canonical_json
from huurschuld.model.json_writers import Member, writer_of
from huurschuld.model.refusals import TOO_MANY_ENTRIES
from huurschuld.model.strict_objects import absent, fields_of_object
from huurschuld.model.tenancy import Household, Tenancy
from huurschuld.model.values import (
    MAXIMUM_ENTRIES,
    Choice,
    Kind,
    Part,
    Parts,
    Text,
    json_name,
    kind_of,
    refuse,
)

_T = TypeVar("_T")
_KIND: Final = Choice(tuple(ENTRY_CLASSES))
_ENTRY_CLASSES: Final = frozenset(ENTRY_CLASSES.values())
_FACTORY: Final[type[Any]] = type(attrs.Factory(list))


@frozen
class _Field:
    """One field of a model class, as files and tables see it."""

    name: str
    attribute: str
    required: bool
    default: Any
    """What is not written; None where a factory makes it."""
    factory: Callable[[Any], object] | None
    read: Callable[[object, str], object]
    write: Callable[[Any], object]
    text: Callable[[Any], str]
    schema: Callable[[], dict[str, object]]

    def default_of(self, part: object) -> object:
        """Return the default that this field has in a part."""
        return self.default if self.factory is None else self.factory(part)


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
        default: Any = attribute.default
        factory = default.factory if type(default) is _FACTORY else None
        fixed = None if required or factory is not None else default
        fields[name] = _Field(name, attribute.name, required, fixed, factory, *described)
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

    def text(value: object) -> str:
        return canonical_json(kind.to_json(value))

    is_text = isinstance(kind, Text | Choice)
    return read, kind.to_json, encode_basestring_ascii if is_text else text, kind.schema


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
        return f"[{','.join(sorted([canonical_text(it) for it in items]))}]"

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


def write_part(part: Any) -> dict[str, object]:  # noqa: ANN401 - any part of the model
    """Return the JSON object of a part of the model, without what has its default value."""
    cls = type(part)
    written: dict[str, object] = {"kind": part.kind} if cls in _ENTRY_CLASSES else {}
    for field in fields_of(cls).values():
        value = getattr(part, field.attribute)
        if field.required or (value is not None and value != field.default_of(part)):
            written[field.name] = field.write(value)
    return written


def dump_tenancy(tenancy: Tenancy) -> dict[str, object]:
    """Return the JSON object of a tenancy, which `read_tenancy` reads."""
    return write_part(tenancy)


def canonical_text(part: Any) -> str:  # noqa: ANN401 - any part of the model
    """Return the canonical JSON of a part, that of `write_part`; the order in it does not matter."""
    return _writer(type(part))(part)  # type: ignore[arg-type] # as in fields_of


@cache
def _writer(cls: type[Any]) -> Callable[[Any], str]:
    kinds = {attribute.name: kind_of(attribute) for attribute in attrs.fields(cls)}
    members = [
        Member(it.name, it.attribute, kinds[it.attribute], it.text, it.required, it.default, it.factory)
        for it in fields_of(cls).values()
    ]
    return writer_of(members, cls.kind if cls in _ENTRY_CLASSES else None)


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
