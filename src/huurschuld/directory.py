"""A helper (hulpverlener) in a directory: who can help with what, where, and how to get in touch."""

from __future__ import annotations

from collections.abc import Iterable

from attrs import field, frozen

from huurschuld.errors import InvalidValue
from huurschuld.values import Line, Maybe


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
        places: the towns (woonplaatsen) that it works in; none means everywhere.
        phone, email, website: how to get in touch.
        note: what to know beforehand, such as office hours.

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
