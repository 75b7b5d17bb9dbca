"""How days and amounts are written in a file or column, and what means that a cell is empty."""

from __future__ import annotations

from typing import Any

from attrs import frozen

from huurschuld.errors import InvalidValue
from huurschuld.model.strict_objects import StrictObject
from huurschuld.portfolio.mapping.amounts import DECIMALS, UNITS
from huurschuld.portfolio.mapping.days import ParseDay, day_format

KEYS = ("dates", "amounts", "decimal", "empty")


@frozen
class Notation:
    """A notation.

    Attributes:
        days: the formats of days, each with its parser.
        unit: `euro` or `cents`; None if the mapping does not say.
        decimal: what stands before the decimals of a text; None if the mapping does not say.
        empty: the texts that mean that a cell is empty, in lower case.
        in_sheet: whether the cells are of a spreadsheet, whose numbers come with a point.
    """

    days: tuple[tuple[str, ParseDay], ...] = ()
    unit: str | None = None
    decimal: str | None = None
    empty: frozenset[str] = frozenset()
    in_sheet: bool = False


def read_notation(given: StrictObject, base: Notation) -> Notation:
    """Read the keys `dates`, `amounts`, `decimal` and `empty`; what they do not say is as in `base`."""
    formats = []
    for name in texts_of(given, "dates"):
        parse = day_format(name)
        if parse is None:
            raise InvalidValue(
                given.place("dates"),
                "this is not a format of days",
                'such as "dd-mm-yyyy", "d-m-yyyy", "yyyymmdd", "dd-mm-yyyy hh:mm" or "excel"',
            )
        formats.append((name, parse))
    return Notation(
        tuple(formats) or base.days,
        given.word("amounts", UNITS) if "amounts" in given.fields else base.unit,
        given.word("decimal", DECIMALS) if "decimal" in given.fields else base.decimal,
        base.empty | {it.casefold() for it in texts_of(given, "empty")},
        base.in_sheet,
    )


def texts_of(given: StrictObject, name: str, *, may_be_empty: bool = False) -> tuple[str, ...]:
    """A text or a list of texts as a tuple; an absent one has none."""
    value: Any = given.fields.get(name, [])
    its = [value] if isinstance(value, str) else value
    if not isinstance(its, list) or not all(isinstance(it, str) and (it or may_be_empty) for it in its):
        raise InvalidValue(given.place(name), "a text, or a list of texts, is expected")
    return tuple(its)


def flag_of(given: StrictObject, name: str, *, default: bool = False) -> bool:
    """True or false; the default where it is absent."""
    value = given.fields.get(name, default)
    if not isinstance(value, bool):
        raise InvalidValue(given.place(name), "true or false is expected")
    return value
