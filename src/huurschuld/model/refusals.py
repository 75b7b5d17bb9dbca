"""What is refused: each rule in one place, with the code, problem and remedy of its error.

The model, the reader of tables and the checks of whole portfolios take their errors from here, so that
the same input gets the same error by whichever route it comes in. The range of a single value is not
here: its kind in `huurschuld.model.values` defines it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from attrs import frozen

from huurschuld.errors import (
    Cell,
    DuplicateId,
    InputError,
    InvalidValue,
    MissingField,
    UnknownField,
    UnknownReference,
)
from huurschuld.model import remedies
from huurschuld.model.values import (
    MAXIMUM_ENTRIES,
    Birth,
    Choice,
    Day,
    FactValue,
    Flag,
    Kind,
    Text,
    Whole,
)


@frozen
class Refusal:
    """Why something is refused: the class of the error, the problem and the remedy."""

    error: type[InputError]
    problem: str
    remedy: str = ""

    def at(self, place: str | Cell) -> InputError:
        """The error at a place."""
        return self.error(place, self.problem, self.remedy)


# A cell, or a row.
EMPTY_CELL: Final = Refusal(InvalidValue, "this cell is empty, and is required", "fill it in")
UNUSED_BY_KIND: Final = Refusal(
    UnknownField, "an entry of this kind has no such field", "leave the cell empty, or correct the kind"
)
NEEDED_BY_KIND: Final = Refusal(
    MissingField, "entries of a kind in this table need this column", "add the column"
)


def of_type(kind: Kind, type_: str) -> Refusal | None:
    """The refusal of all values in a column of a type that no column of this kind may have, or None.

    `type_` is what polars and Narwhals call it, such as `Datetime(time_unit='us')`.
    """
    name = type_.partition("(")[0].lower()
    family = name.rstrip("0123456789")
    accepted, remedy_of, otherwise = _TYPES[next(it for it in _TYPES if isinstance(kind, it))]
    if family in accepted or family in _ANY_TYPE or (kind in _DAY_KINDS and _MOMENT in type_):
        return None
    problem = f"{kind.expected}, but the type of this column is {name}"
    return Refusal(InvalidValue, problem, remedy_of.get(family, otherwise))


_DAY_KINDS: Final[tuple[Kind, ...]] = (Day(), Birth())
_MOMENT: Final = "time_zone=None"
"""In the type of moments without a zone: at their cells these are days, or refused."""
_ANY_TYPE: Final = ("null", "unknown")
"""The types of a column of which every cell is empty, or of which Narwhals knows no name."""
_WHOLE_TYPES: Final = ("int", "uint")
_TEXT_TYPES: Final = ("string", "categorical", "enum")
_Types = tuple[tuple[str, ...], Mapping[str, str], str]
_DAYS: Final[_Types] = (
    (*_TEXT_TYPES, "date"),
    dict.fromkeys((*_WHOLE_TYPES, "float"), remedies.DAY_NUMBERS),
    remedies.DAY_TYPED,
)
_TYPES: Final[Mapping[type[Kind], _Types]] = {
    Whole: (
        (*_TEXT_TYPES, *_WHOLE_TYPES),
        {"float": remedies.FLOAT_COLUMN, "decimal": remedies.DECIMAL_COLUMN},
        remedies.NUMBER_COLUMN,
    ),
    Day: _DAYS,
    Birth: _DAYS,
    Flag: ((*_TEXT_TYPES, "boolean"), {}, remedies.FLAG_COLUMN),
    FactValue: ((*_TEXT_TYPES, *_WHOLE_TYPES, "boolean"), {}, ""),
    Text: (_TEXT_TYPES, {}, remedies.TEXT_COLUMN),
    Choice: (_TEXT_TYPES, {}, remedies.TEXT_COLUMN),
}
"""By kind: the types of columns that may hold it, what to do about others, and about any other."""


HALF_EVICTION: Final = Refusal(
    InvalidValue, "an eviction needs both days", "fill in both days, or neither"
)
HALF_EVICTION_COLUMN: Final = Refusal(MissingField, HALF_EVICTION.problem, "add the column")
END_BEFORE_START: Final = Refusal(
    InvalidValue, "the end is before the start", "correct one of the two days"
)

# A row in relation to others.
UNKNOWN_TENANCY: Final = Refusal(
    UnknownReference, "there is no such tenancy", "add the tenancy, or leave it out"
)
NO_RENT: Final = Refusal(InvalidValue, "at least one rent is expected", "add the rent of this tenancy")
TOO_LOW_A_RENT: Final = Refusal(
    InvalidValue, "a rent of less than 100 cents a month", "give the gross rent in cents for its period"
)
REVERSES_TOO_MUCH: Final = Refusal(
    InvalidValue,
    "it takes back more than the payment",
    "leave it out to take back the whole payment; book costs as a claim of their own",
)
TOO_MANY_ENTRIES: Final = Refusal(
    InvalidValue, f"more than {MAXIMUM_ENTRIES:,} entries", "leave out the oldest that are settled"
)


@frozen
class Unique:
    """A field of which each value is allowed once: in a tenancy, or among the tenancies."""

    field: str
    refusal: Refusal


_KEEP_ONE: Final = "keep one of them"
UNIQUE: Final = {
    "tenancies": Unique("id", Refusal(DuplicateId, "a second tenancy with this id", _KEEP_ONE)),
    "rents": Unique("from", Refusal(InvalidValue, "a second rent from the same day", _KEEP_ONE)),
    "entries": Unique("id", Refusal(DuplicateId, "a second entry with this id", "give it its own id")),
    "facts": Unique(
        "from", Refusal(InvalidValue, "a second fact of this name from the same day", _KEEP_ONE)
    ),
}
"""By table."""


@frozen
class Reference:
    """The kinds of entries that a field may refer to, by their id in the same tenancy."""

    kinds: tuple[str, ...]
    refusal: Refusal


REFERENCES: Final = {
    "settles": Reference(
        ("rent", "other"),
        Refusal(
            UnknownReference,
            "this tenancy has no such claim",
            "name a rent term or other claim, or leave it out",
        ),
    ),
    "reverses": Reference(
        ("payment", "credit"),
        Refusal(
            UnknownReference,
            "this tenancy has no such payment or credit",
            "name the payment or credit that is taken back",
        ),
    ),
}
"""By field of an entry."""
