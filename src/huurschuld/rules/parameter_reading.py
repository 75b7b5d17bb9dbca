"""Reads parameters, their values and sources from documents: JSON, or TOML written by hand.

An error raises an `InputError` with a JSON pointer into the document.
"""

from __future__ import annotations

from typing import Any, Final

from huurschuld.errors import InvalidValue, pointer
from huurschuld.model.strict_objects import StrictObject, fields_of_object
from huurschuld.rules.parameters import Dated, Parameter, Unit, read_value
from huurschuld.rules.sources import CHOICE, Adopted, Phrase, Source, SourceKind

_PARAMETERS: Final = "/parameters"


def read_parameters(given: object) -> tuple[Parameter, ...]:
    """Read the member `parameters` of a policy, or a document of nothing else."""
    fields = fields_of_object(given, _PARAMETERS)
    return tuple(read_parameter(name, value) for name, value in fields.items())


def read_parameter(name: str, given: object) -> Parameter:
    """Read one parameter."""
    it = StrictObject(given, _PARAMETERS + pointer(name), ("unit", "values"))
    unit = Unit(it.word("unit", list(Unit)))
    values = it.each("values", lambda value, at: _read_dated(name, unit, value, at))
    return Parameter(name, unit, values)


def _read_dated(name: str, unit: Unit, given: object, at: str) -> Dated:
    it = StrictObject(given, at, ("value", "source", "adopted", "from", "until"))
    value = read_value_at(name, unit, it.required("value"), it.place("value"))
    since, until = it.day("from"), it.day("until")
    if it.fields.get("adopted") is None:
        return Dated(value, read_source(it.fields.get("source"), it.place("source")), since, until)
    if "source" in it.fields:
        raise InvalidValue(it.place("source"), "its source is who adopted it", "keep one of the two")
    return Dated(value, read_adopted(it, value).source(), since, until)


def read_adopted(it: StrictObject, value: Any) -> Adopted:  # noqa: ANN401 - the parameter checks it
    """Read who adopted a value, from the member `adopted`."""
    adopted = it.inner("adopted", ("by", "on", "number"))
    number = adopted.text("number") if "number" in adopted.fields else None
    return Adopted(value, adopted.text("by"), adopted.day("on"), number)


def read_value_at(name: str, unit: Unit, given: object, at: str) -> int:
    """Read the value of a parameter; an error has the place `at`."""
    try:
        return read_value(name, unit, given)
    except InvalidValue as error:
        misplaced = error.at(at)
    raise misplaced


def read_source(given: object, at: str) -> Source:
    """Read a source; without one it is a choice."""
    if given is None:
        return CHOICE
    it = StrictObject(given, at, ("kind", "title", "dated", "url", "note"))
    kind = SourceKind(it.word("kind", list(SourceKind)))
    has_title = kind is not SourceKind.CHOICE or "title" in it.fields
    return Source(
        kind,
        it.text("title") if has_title else None,
        read_phrase(it.required("note"), it.place("note")),
        it.day("dated"),
        it.text("url") if "url" in it.fields else None,
    )


def read_phrase(given: object, at: str) -> Phrase:
    """Read a text in both languages."""
    it = StrictObject(given, at, ("nl", "en"))
    return Phrase(it.text("nl"), it.text("en"))
