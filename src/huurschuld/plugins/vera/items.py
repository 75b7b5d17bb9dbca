"""Reading VERA's JSON: numbers exactly as written, and the members of an item with their place.

An amount (bedrag) is a JSON number with at most two decimals; it becomes whole cents through Decimal,
and is never a float. A member that is null counts as absent.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Collection, Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Final, NoReturn, TypeVar
from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo

from attrs import evolve, frozen

from huurschuld.errors import Cell, InvalidValue, MissingField
from huurschuld.model.values import MAXIMUM_CENTS, Day, Line, Text, parse_day
from huurschuld.plugins.vera.codes import OPTION_OF, codes, document, own_codes

_T = TypeVar("_T")

_LONGEST_NUMBER: Final = 18
_NETHERLANDS: Final = "Europe/Amsterdam"


class NotPlain:
    """A placeholder for a number not written in plain digits and a point: every member refuses it."""


class Malformed(Exception):
    """A text that is not the JSON accepted here; nothing of it is quoted."""


def _fraction(text: str) -> object:
    plain = len(text) <= _LONGEST_NUMBER and "e" not in text.lower()
    return Decimal(text) if plain else NotPlain()


def _whole(text: str) -> object:
    return int(text) if len(text) <= _LONGEST_NUMBER else NotPlain()


def _constant(_: str) -> NoReturn:
    raise Malformed


def _members(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise Malformed
    return members


def parse(body: bytes) -> object:
    """Parse a JSON text, its numbers as `int`, `Decimal` or `NotPlain`.

    Raises:
        Malformed: it is not JSON in UTF-8, or has a member twice, NaN or Infinity.
    """
    try:
        return json.loads(
            body.decode("utf-8-sig"),
            parse_float=_fraction,
            parse_int=_whole,
            parse_constant=_constant,
            object_pairs_hook=_members,
        )
    except (ValueError, RecursionError):
        pass  # what the parser raises quotes the text
    raise Malformed


@frozen(repr=False)
class Item:
    """One item of a list; its errors give the place of the member.

    Attributes:
        resource: the list, such as `boekingen`.
        number: its number in that list, counted from 1 over all pages.
        members: its members.
        own: what codes of the source's own become, by the name of their list.
    """

    resource: str
    number: int
    members: Mapping[str, Any]
    own: Mapping[str, Mapping[str, str]] = MappingProxyType({})

    def __repr__(self) -> str:
        return "<Item>"

    def at(self, member: str) -> Cell:
        """Return the place of a member."""
        return Cell(f"vera {self.resource}", self.number, member)

    def missing(self, member: str, remedy: str = "have the source fill it") -> MissingField:
        """Make the error for a member that is needed and absent."""
        return MissingField(self.at(member), "this is absent, and is needed", remedy)

    def refuse(
        self, member: str, problem: str, remedy: str = "correct it in the source"
    ) -> InvalidValue:
        """Make the error for a member that is wrong."""
        return InvalidValue(self.at(member), problem, remedy)

    def text(self, member: str) -> str | None:
        """Return a text of at least one character."""
        value = self.members.get(member)
        if value is None:
            return None
        if not Text().accepts(value):
            raise self.refuse(member, Text().expected)
        return str(value)

    def line(self, member: str) -> str | None:
        """Return a single line of text, stripped; None if it is absent or blank."""
        value = self.members.get(member)
        if value is None or (isinstance(value, str) and not value.strip()):
            return None
        if not isinstance(value, str) or not Line().accepts(value.strip()):
            raise self.refuse(member, Line().expected)
        return value.strip()

    def id(self) -> str:
        """Return the id of the item itself."""
        return self.needed("id", self.text("id"))

    def needed(self, member: str, value: _T | None) -> _T:
        """Return the value, which must be there."""
        if value is None:
            raise self.missing(member)
        return value

    def day(self, member: str) -> dt.date | None:
        """Return a date (`format: date`)."""
        value = self.members.get(member)
        if value is None:
            return None
        day = parse_day(value) if isinstance(value, str) else None
        if day is None:
            raise self.refuse(member, Day().expected)
        return day

    def moment(self, member: str) -> dt.date | None:
        """Return the day in the Netherlands of a moment (`format: date-time`)."""
        value = self.members.get(member)
        if value is None:
            return None
        day = _day_of_moment(value) if isinstance(value, str) else None
        if day is None or not Day().accepts(day):
            raise self.refuse(member, "a moment such as 2025-06-30T22:00:00Z is expected")
        return day

    def cents(self, member: str) -> int | None:
        """Return an amount in euros as whole cents; it may be below zero."""
        value = self.members.get(member)
        if value is None:
            return None
        cents = _cents(value)
        if cents is None or abs(cents) > MAXIMUM_CENTS:
            raise self.refuse(
                member, "an amount in euros is expected: a number with at most two decimals"
            )
        return cents

    def part(self, member: str) -> Item | None:
        """Return an object within the item."""
        value = self.members.get(member)
        if value is None:
            return None
        if not isinstance(value, Mapping):
            raise self.refuse(member, "an object is expected")
        return evolve(self, members=value)

    def parts(self, member: str) -> list[Item]:
        """Return the objects of a list within the item; none where it is absent."""
        value = self.members.get(member)
        if value is None:
            return []
        if not isinstance(value, list) or not all(isinstance(it, Mapping) for it in value):
            raise self.refuse(member, "a list of objects is expected")
        return [evolve(self, members=it) for it in value]

    def code(self, member: str) -> str | None:
        """Return the code of reference data."""
        found = self.part(member)
        if found is None:
            return None
        value = found.members.get("code")
        if not Text().accepts(value):
            raise self.refuse(member, "reference data with a code is expected")
        return str(value)

    def meaning(
        self, member: str, listed: str, own: Mapping[str, str] = MappingProxyType({})
    ) -> str | None:
        """Return what a code of reference data becomes, by the corporation's own codes or its list."""
        code, name = self.code(member), document()[listed]["list"]
        found = None if code is None else own.get(code) or self.meant(listed, code)
        if code is None or found is not None or code in codes(listed):
            return found
        option, words = OPTION_OF.get(listed) or (f"codes.{name}", own_codes()[name])
        raise self.refuse(
            member,
            f"this code of {name} is unknown",
            f"say in the option {option} what it becomes: {', '.join(words)} (docs/vera.md)",
        )

    def meant(self, listed: str, code: str) -> str | None:
        """Return what a code becomes, by the corporation's own codes or its list; None if unknown."""
        return self.own.get(document()[listed]["list"], {}).get(code) or codes(listed).get(code)

    def key(self, member: str) -> str | None:
        """Return the id in the keys (sleutels) of a single reference."""
        found = self.part(member)
        return None if found is None else _id_in_key(found, member)

    def keys(self, member: str) -> list[str]:
        """Return the ids in the keys of a list of references."""
        return [_id_in_key(it, member) for it in self.parts(member)]

    def target(self, member: str, collections: Collection[str]) -> str | None:
        """Return the id that a URI names, after the name of its collection."""
        value = self.members.get(member)
        return None if value is None else self._named(member, value, collections)

    def collection(self, member: str) -> str:
        """Return the collection in a URI; empty if it has none."""
        value = self.members.get(member)
        return _last_two(value)[0] if isinstance(value, str) else ""

    def targets(self, member: str, collections: Collection[str]) -> list[str]:
        """Return the ids that a list of URIs names."""
        value = self.members.get(member)
        if value is None:
            return []
        if not isinstance(value, list):
            raise self.refuse(member, "a list of URIs is expected")
        return [self._named(member, it, collections) for it in value]

    def _named(self, member: str, value: object, collections: Collection[str]) -> str:
        collection, name = _last_two(value) if isinstance(value, str) else ("", "")
        if collection not in collections or not Text().accepts(name):
            expected = ", ".join(sorted(collections))
            raise self.refuse(member, f"a URI that ends in an id of {expected} is expected")
        return name


def _id_in_key(key: Item, member: str) -> str:
    value = key.members.get("id")
    if not Text().accepts(value):
        raise key.refuse(member, "keys with an id are expected")
    return str(value)


def _last_two(uri: str) -> tuple[str, str]:
    try:
        split = urlsplit(uri)
    except ValueError:  # it quotes the URI
        return "", ""
    if split.query or split.fragment:
        return "", ""
    *_, collection, name = ["", "", *split.path.split("/")]
    return collection, unquote(name, errors="surrogateescape")


def _day_of_moment(text: str) -> dt.date | None:
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError:  # it quotes the text
        return None
    # fromisoformat also reads days alone and other forms of ISO 8601; VERA has a moment with its zone.
    if moment.tzinfo is None or text[4:5] != "-" or text[10:11] not in {"T", "t", " "}:
        return None
    try:
        return moment.astimezone(ZoneInfo(_NETHERLANDS)).date()
    except OverflowError:  # the first or last hours that Python knows
        return None


def _cents(value: object) -> int | None:
    """Turn a number into whole cents; None if it is not a number, or is finer than a cent."""
    if type(value) is int:
        return value * 100
    if not isinstance(value, Decimal):
        return None
    exponent = value.as_tuple().exponent
    return int(value.scaleb(2)) if isinstance(exponent, int) and -2 <= exponent <= 0 else None
