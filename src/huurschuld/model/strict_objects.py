"""JSON objects and TOML tables, read strictly: no field is ignored, and every error has its place.

The place is a JSON pointer (`/outbox/file`) unless another way to write it is given.
"""

from __future__ import annotations

import datetime as dt
import difflib
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import TypeVar

from huurschuld.errors import InputError, InvalidValue, MissingField, UnknownField, pointer
from huurschuld.model.values import DAY, parse_day, refuse

T = TypeVar("T")
Below = Callable[[str, str | int], str]
"""Makes the place of a field or an item from the place of its container."""


def below(at: str, name: str | int) -> str:
    """The JSON pointer of a member or an item of the value at this pointer."""
    return at + pointer(name)


def near_names(name: str, known: Iterable[str]) -> str:
    """Ask whether a name that is known was meant; empty if none of them is like it."""
    near = difflib.get_close_matches(name, known, 1)
    return f"did you mean {near[0]}?" if near else ""


def fields_of_object(
    value: object, at: str, known: Collection[str] | None = None, place_below: Below = below
) -> dict[str, object]:
    """Return the fields of an object, and refuse those that are not known.

    Raises:
        InvalidValue: at `at`: it is not an object.
        UnknownField: at the field.
    """
    if type(value) is not dict:
        raise InvalidValue(at, "an object (a table in TOML) is expected")
    if known is not None:
        for name in value:
            if name not in known:
                hint = near_names(name, known) or f"choose from: {', '.join(known)}"
                raise UnknownField(place_below(at, name), "there is no such field here", hint)
    return value


def absent(fields: Mapping[str, object], name: str, at: str, place_below: Below = below) -> InputError:
    """Return the error for a required field that is absent (missing) or null (invalid)."""
    place = place_below(at, name)
    if name in fields:
        return InvalidValue(place, "null is given where a value is required")
    return MissingField(place, "this field is required")


class StrictObject:
    """An object whose fields are read by kind; a field that is null counts as absent."""

    __slots__ = ("_below", "at", "fields")

    def __init__(
        self,
        value: object,
        at: str,
        known: Collection[str] | None = None,
        place_below: Below = below,
    ) -> None:
        self._below = place_below
        self.at = at
        self.fields = fields_of_object(value, at, known, place_below)

    def place(self, name: str) -> str:
        """The place of a field."""
        return self._below(self.at, name)

    def required(self, name: str) -> object:
        """A field that must be there.

        Raises:
            MissingField: it is not.
            InvalidValue: it is null.
        """
        value = self.fields.get(name)
        if value is None:
            raise absent(self.fields, name, self.at, self._below)
        return value

    def text(self, name: str) -> str:
        """A required text."""
        value = self.required(name)
        if type(value) is not str or not value:
            raise InvalidValue(self.place(name), "a non-empty text is expected")
        return value

    def word(self, name: str, words: Collection[str]) -> str:
        """A required text that is one of these."""
        value = self.required(name)
        if type(value) is not str or value not in words:
            raise InvalidValue(self.place(name), f"one of {', '.join(words)} is expected")
        return value

    def required_day(self, name: str) -> dt.date:
        """A required day, written as a text or as a date of TOML."""
        value = self.required(name)
        day = parse_day(value) if type(value) is str else value
        if not isinstance(day, dt.date) or not DAY.accepts(day):
            raise refuse(self.place(name), DAY)
        return day

    def day(self, name: str) -> dt.date | None:
        """A day, or None where it is absent."""
        return None if self.fields.get(name) is None else self.required_day(name)

    def inner(self, name: str, known: Collection[str] | None = None) -> StrictObject:
        """An object within this one; an absent one has no fields."""
        value = self.fields.get(name)
        return StrictObject({} if value is None else value, self.place(name), known, self._below)

    def items(self, name: str) -> list[object]:
        """A list; an empty one where it is absent."""
        value = self.fields.get(name)
        if value is None:
            return []
        if type(value) is not list:
            at = self.place(name)
            path = at.strip("/").replace("/", ".")
            in_toml = type(value) is dict and not any(map(str.isdigit, path))
            remedy = f"in TOML, write [[{path}]] with two brackets" if in_toml else ""
            raise InvalidValue(at, "a list is expected", remedy)
        return value

    def each(self, name: str, read: Callable[[object, str], T]) -> tuple[T, ...]:
        """The items of a list, each read at its place."""
        at = self.place(name)
        return tuple(read(item, self._below(at, index)) for index, item in enumerate(self.items(name)))
