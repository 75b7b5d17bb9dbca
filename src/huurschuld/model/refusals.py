"""What is refused: each rule in one place, with the code, problem and remedy of its error.

The model, the reader of tables and the checks of whole portfolios take their errors from here, so that
the same input gets the same error by whichever route it comes in. The range of a single value is not
here: its kind in `huurschuld.model.values` defines it.
"""

from __future__ import annotations

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
from huurschuld.model.values import MAXIMUM_ENTRIES


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


def of_floats(expected: str, type_: str) -> Refusal:
    """The refusal of a number in a column of floats, as pandas makes them beside missing values."""
    return Refusal(
        InvalidValue,
        f"{expected}, but the type of this column is {type_.lower()}",
        'write whole numbers; in pandas that is the type "Int64": table.astype({"cents": "Int64"})',
    )


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
