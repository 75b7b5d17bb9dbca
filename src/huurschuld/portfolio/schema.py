"""The tables of a portfolio and their columns, read off the model: `huurschuld.model.tenancy`.

A field added to a part of the model is a column, and a sequence of parts added to a tenancy is a table.
A table comes as an Arrow stream: typed, or all text as in a CSV file.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import Any, Final, TypeVar

import attrs
from attrs import frozen

from huurschuld.errors import Cell, InputError, MissingField, UnknownField
from huurschuld.model.entries import ENTRY_CLASSES
from huurschuld.model.tenancy import Eviction, Spanning, Tenancy
from huurschuld.model.values import Choice, Kind, Maybe, Part, Parts, Text, json_name, kind_of

_T = TypeVar("_T")

Place = Callable[[str, int | None, str], Cell]
"""Returns the place of a value: its table, its row from 0 (None for the heading), its column."""


@frozen
class Column:
    """A column of a table.

    Attributes:
        attribute: the attribute of the model that holds its value.
        kind: what its cells may hold.
        required: whether it must be there, with every cell filled.
        nullable: whether the attribute may be None.
        checked_here: whether its cells are checked as the table is read, since no part of the model that
            checks itself is made of them alone.
    """

    attribute: str
    kind: Kind
    required: bool
    nullable: bool = False
    checked_here: bool = False


def columns_of(cls: type[Any], *, prefix: str = "", checked_here: bool = False) -> dict[str, Column]:
    """The columns that hold the plain values of a model class, by name."""
    kinds = {attribute: kind_of(attribute) for attribute in attrs.fields(cls)}
    return {
        prefix + json_name(attribute.name): Column(
            attribute.name,
            kind,
            required=attribute.default is attrs.NOTHING,
            nullable=isinstance(attribute.validator, Maybe),
            checked_here=checked_here,
        )
        for attribute, kind in kinds.items()
        if isinstance(kind, Kind)
    }


def _parts_of(cls: type[Any]) -> Iterator[tuple[str, tuple[type[Any], ...]]]:
    """Each sequence of parts of a model class, and of its single parts, with the classes in it."""
    for attribute in attrs.fields(cls):
        kind = kind_of(attribute)
        if isinstance(kind, Parts):
            yield attribute.name, kind.classes
        elif isinstance(kind, Part):
            yield from _parts_of(kind.cls)


_CLASSES: Final = dict(_parts_of(Tenancy))
TABLES: Final = ("tenancies", *_CLASSES)
REQUIRED_TABLES: Final = ("tenancies", "rents", "entries")
PARTS: Final[dict[str, type[Any]]] = {
    table: classes[0] for table, classes in _CLASSES.items() if len(classes) == 1
}
"""The model class of each table whose rows are all of one class: all but `tenancies` and `entries`."""

CHILDREN_KNOWN: Final = Choice(("all", "some", "no"))
EVICTION: Final = "eviction_"
"""The prefix of the columns of `tenancies` that hold the eviction."""

KEY_COLUMN: Final = {"tenancy": Column("tenancy", Text(), required=True, checked_here=True)}
TENANCY_COLUMNS: Final = {
    **columns_of(Tenancy, checked_here=True),
    **{
        name: attrs.evolve(column, required=False)
        for name, column in columns_of(Eviction, prefix=EVICTION, checked_here=True).items()
    },
    "children_known": Column("household", CHILDREN_KNOWN, required=False, checked_here=True),
}
_KIND_COLUMN: Final = {
    "kind": Column("kind", Choice(tuple(ENTRY_CLASSES)), required=True, checked_here=True)
}
_ENTRY_COLUMNS: Final = {
    name: attrs.evolve(column, required=name == "id")
    for cls in ENTRY_CLASSES.values()
    for name, column in columns_of(cls).items()
}
COLUMNS: Final[dict[str, dict[str, Column]]] = {
    "tenancies": TENANCY_COLUMNS,
    "entries": KEY_COLUMN | _KIND_COLUMN | _ENTRY_COLUMNS,
    **{table: KEY_COLUMN | columns_of(cls) for table, cls in PARTS.items()},
}
COLUMNS_OF_KINDS: Final = {
    kind: {name: own[name] for name in COLUMNS["entries"] if name in own}
    for kind, cls in ENTRY_CLASSES.items()
    for own in [KEY_COLUMN | columns_of(cls)]
}
"""The columns that entries of each kind have besides `kind`, in the order of the table."""

SPANS: Final = [
    ("tenancies", *Tenancy.span),
    ("tenancies", *(EVICTION + name for name in Eviction.span)),
    *((table, *map(json_name, cls.span)) for table, cls in PARTS.items() if issubclass(cls, Spanning)),
]
"""Each table with the columns of a first and a last day, which must be in this order."""

ASSUMABLE_COLUMNS: Final = {
    table: tuple(
        name
        for name, column in COLUMNS[table].items()
        if not column.required and name not in ("reached", "returned")
    )
    for table in ("contacts", "objections")
}
"""Optional columns without which the source does not record the thing, and the part is unknown."""


_NO_TABLE: Final = (
    "this table is required",
    "give it by this name, or read your export by a mapping: huurschuld map",
)
_NO_COLUMN: Final = ("this column is required", "add it, or give the column that holds it this name")
_NO_HEADING: Final = ("the first line names no column of this table", "add the heading")


def tenancy_column(table: str) -> str:
    """The column of a table that names the tenancy of a row."""
    return "id" if table == "tenancies" else "tenancy"


def check_heading(table: str, columns: Iterable[str], place: Cell) -> None:
    """Check that a table has a known column; without one its first line may be personal data."""
    named = list(columns)
    if named and COLUMNS[table].keys().isdisjoint(named):
        raise UnknownField(place, *_NO_HEADING)


def given_tables(tables: Mapping[str, _T]) -> dict[str, _T]:
    """The tables that are given: one that is None is unknown, as one that is left out.

    One that is required stays, to be refused as what it is.
    """
    return {name: it for name, it in tables.items() if it is not None or name in REQUIRED_TABLES}


def without_columns(table: str, place: Cell) -> MissingField:
    """The error for a table without columns: neither nobody, nor unknown."""
    required = ", ".join(name for name, it in COLUMNS[table].items() if it.required)
    return MissingField(
        place,
        "this table has no columns, so it does not say whether there is anything to know",
        f"if there is nothing, give its columns without rows ({required}, …); if not known, give None",
    )


def check_tables(names: Iterable[str]) -> None:
    """Check that the tables are those of a portfolio.

    Raises:
        UnknownField, MissingField: the place is the name of the table.
    """
    for error in table_errors(names):
        raise error


def table_errors(names: Iterable[str]) -> Iterator[InputError]:
    """Yield all that `check_tables` refuses."""
    given = frozenset(names)
    for name in sorted(given.difference(TABLES)):
        yield UnknownField(name, "there is no such table", f"there are: {', '.join(TABLES)}")
    for name in REQUIRED_TABLES:
        if name not in given:
            yield MissingField(name, *_NO_TABLE)


def check_columns(
    table: str,
    columns: Iterable[str],
    at: Callable[[int | None, str], Cell],
    besides: Collection[str] = (),
) -> None:
    """Check that the columns are those of a table, or among those that it may have besides.

    Raises:
        UnknownField, MissingField: at the heading. An unknown column is reported by its number, counted
            from 1, since its name may be personal data.
    """
    for error in column_errors(table, columns, at, besides):
        raise error


def column_errors(
    table: str,
    columns: Iterable[str],
    at: Callable[[int | None, str], Cell],
    besides: Collection[str] = (),
) -> Iterator[InputError]:
    """Yield all that `check_columns` refuses; of a table without a heading nothing else."""
    given = list(columns)
    known = COLUMNS[table]
    if not given:
        yield without_columns(table, at(None, ""))
        return
    if known.keys().isdisjoint(given):
        yield UnknownField(at(None, ""), *_NO_HEADING)
        return
    there = f"there are: {', '.join(known)}"
    if table == "tenancies":
        there = f"there are: {', '.join(known)}; one of your own is carried along by its name: carry"
    for number, column in enumerate(given, 1):
        if column not in known and column not in besides:
            near = difflib.get_close_matches(column, known, 1)
            remedy = f"did you mean {near[0]}? {there}" if near else there
            yield UnknownField(at(None, str(number)), "there is no such column", remedy)
    for column, described in known.items():
        if described.required and column not in given:
            yield MissingField(at(None, column), *_NO_COLUMN)


def by_row(table: str, row: int | None, column: str) -> Cell:
    """The place of a cell in a ledger without places of its own: the table, and its rows from 2."""
    return Cell(table, 1 if row is None else row + 2, column)
