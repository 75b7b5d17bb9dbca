"""The directory of helpers (sociale kaart): who can help with what, where, and how to get in touch.

Needs and places are compared ignoring case, accents and blanks: `Schulden` is `schulden`,
and `Sudwest-Fryslan` is `Súdwest-Fryslân`. Otherwise they must be the same: `Katwijk` is not `Katwijk
aan Zee`.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from attrs import field, frozen

from huurschuld.errors import InvalidValue
from huurschuld.model.values import Line, Maybe


def _words(given: Iterable[str]) -> tuple[str, ...]:
    return tuple(given)


def _lines(_: object, attribute: object, value: tuple[str, ...]) -> None:
    if not all(Line().accepts(it) for it in value):
        raise InvalidValue(f"/{getattr(attribute, 'name', '')}", Line().expected)


@frozen(kw_only=True)
class Helper:
    """An organisation that helps.

    Attributes:
        name: of the organisation.
        needs: what it helps with, such as `debts` or `budget`.
        places: the towns (woonplaatsen) where it works; none means everywhere.
        phone, email, website: how to get in touch.
        note: what to know first, such as office hours.

    Raises:
        InvalidValue: at the field.
    """

    name: str = field(validator=Line())
    needs: tuple[str, ...] = field(converter=_words, validator=_lines)
    places: tuple[str, ...] = field(default=(), converter=_words, validator=_lines)
    phone: str | None = field(default=None, validator=Maybe(Line()))
    email: str | None = field(default=None, validator=Maybe(Line()))
    website: str | None = field(default=None, validator=Maybe(Line()))
    note: str | None = field(default=None, validator=Maybe(Line()))


@frozen
class Directory:
    """Helpers, in the order that the maintainer of the list prefers.

    Attributes:
        listed: all of them.
    """

    listed: tuple[Helper, ...] = field(converter=tuple[Helper, ...])

    def helpers(self, need: str | None = None, place: str | None = None) -> list[Helper]:
        """Find helpers for a need in a place: those of that place first, then those who work everywhere.

        Each of the two groups keeps the order of the directory. Helpers for other places are left out.

        Args:
            need: what help is needed with; None for anything.
            place: the town; None for all.
        """
        found = [it for it in self.listed if need is None or is_among(need, it.needs)]
        if place is None:
            return found
        local = [it for it in found if is_among(place, it.places)]
        return local + [it for it in found if not it.places]

    def needs(self) -> list[str]:
        """List the needs that have a helper, in their first spelling, alphabetically."""
        return _distinct(need for it in self.listed for need in it.needs)

    def places(self) -> list[str]:
        """List the towns that have a helper of their own, as `needs`."""
        return _distinct(place for it in self.listed for place in it.places)


def folded(text: str) -> str:
    """Reduce a need or place to what all its spellings have in common."""
    bare = "".join(it for it in unicodedata.normalize("NFKD", text) if not unicodedata.combining(it))
    return " ".join(bare.casefold().split())


def is_among(text: str, spellings: Iterable[str]) -> bool:
    """Whether one of these is the same need or place."""
    return folded(text) in map(folded, spellings)


def _distinct(spellings: Iterable[str]) -> list[str]:
    first: dict[str, str] = {}
    for it in spellings:
        first.setdefault(folded(it), it)
    return [first[key] for key in sorted(first)]
