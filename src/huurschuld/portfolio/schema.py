"""The tables of a portfolio: their columns, read off the model, and the strict reading of their cells.

A table comes as an Arrow stream: typed, or all text as in a CSV file. What a column may not hold is
refused at its cell, and nothing of it is quoted.
"""

from __future__ import annotations

import datetime as dt
import importlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any, Final

import attrs
from attrs import frozen

from huurschuld.errors import (
    Cell,
    ExtraNeeded,
    HuurschuldError,
    InvalidValue,
    MissingField,
    UnknownField,
)
from huurschuld.hooks import ArrowStream
from huurschuld.model.tenancy import (
    ENTRY_CLASSES,
    Child,
    Contact,
    Dispute,
    Objection,
    Plan,
    Rent,
    Signal,
)
from huurschuld.model.values import (
    FIRST_DAY,
    LAST_DAY,
    Choice,
    Day,
    Kind,
    Text,
    held_by,
    json_name,
    refuse,
)

TABLES: Final = (
    "tenancies",
    "rents",
    "entries",
    "contacts",
    "children",
    "plans",
    "disputes",
    "objections",
    "signals",
)
REQUIRED_TABLES: Final = ("tenancies", "rents", "entries")
PARTS: Final[dict[str, type[Any]]] = {
    "rents": Rent,
    "contacts": Contact,
    "children": Child,
    "plans": Plan,
    "disputes": Dispute,
    "objections": Objection,
    "signals": Signal,
}
MAYBE_NOT_RECORDED: Final = {
    "contacts": ("direction", "about_arrears", "reminder", "debt_help", "offers_sharing"),
    "objections": ("withdrawn", "standing"),
}
"""Optional columns without which the source does not record the thing, and the part is unknown."""


@frozen
class Column:
    """One column of a table: where its value goes, and what it may be."""

    attribute: str
    kind: Kind
    required: bool
    checked_here: bool = False


def columns_of(cls: type[Any]) -> dict[str, Column]:
    """The columns in which a part of the model stands, by name."""
    held = {attribute: held_by(attribute) for attribute in attrs.fields(cls)}
    return {
        json_name(attribute.name): Column(
            attribute.name, kind, required=attribute.default is attrs.NOTHING
        )
        for attribute, kind in held.items()
        if isinstance(kind, Kind)
    }


_EPOCH: Final = dt.date(1970, 1, 1)
_OTHER: Final = object()
_KIND_OF_ENTRY: Final = Choice(tuple(ENTRY_CLASSES))
_KNOWN: Final = Choice(("all", "some", "no"))
TENANCY_COLUMNS: Final = {
    "id": Column("id", Text(), required=True, checked_here=True),
    "start": Column("start", Day(), required=True, checked_here=True),
    "end": Column("end", Day(), required=False, checked_here=True),
    "deceased": Column("deceased", Day(), required=False, checked_here=True),
    "eviction_announced": Column("announced", Day(), required=False, checked_here=True),
    "eviction_on": Column("on", Day(), required=False, checked_here=True),
    "children_known": Column("children_known", _KNOWN, required=False, checked_here=True),
}
KEY_COLUMN: Final = {"tenancy": Column("tenancy", Text(), required=True, checked_here=True)}
_ENTRY_COLUMNS: Final = {
    "kind": Column("kind", _KIND_OF_ENTRY, required=True, checked_here=True),
    **{
        name: Column(column.attribute, column.kind, required=name == "id")
        for cls in ENTRY_CLASSES.values()
        for name, column in columns_of(cls).items()
    },
}
COLUMNS: Final[dict[str, dict[str, Column]]] = {
    "tenancies": TENANCY_COLUMNS,
    "entries": KEY_COLUMN | _ENTRY_COLUMNS,
    **{name: KEY_COLUMN | columns_of(cls) for name, cls in PARTS.items()},
}


def check_heading(table: str, columns: Iterable[str], place: Cell) -> None:
    """See that at least one column of a table is known; else its first line is somebody, not a heading.

    Raises:
        UnknownField: at the place, quoting nothing.
    """
    named = list(columns)
    if named and COLUMNS[table].keys().isdisjoint(named):
        raise UnknownField(place, "the first line names no column of this table", "add the heading")


def check_tables(names: Iterable[str]) -> None:
    """See that the tables are those of a portfolio.

    Raises:
        UnknownField, MissingField: the place is the name of the table.
    """
    given = frozenset(names)
    for name in sorted(given.difference(TABLES)):
        raise UnknownField(name, "there is no such table", f"there are: {', '.join(TABLES)}")
    for name in REQUIRED_TABLES:
        if name not in given:
            raise MissingField(name, "this table is required")


def check_columns(
    table: str,
    columns: Iterable[str],
    at: Callable[[int | None, str], Cell],
    besides: Collection[str] = (),
) -> None:
    """See that the columns are those of a table.

    Args:
        table: its name.
        columns: the columns that there are.
        at: the place of a column in a row, or where that is None in the heading.
        besides: the names of columns that it may have besides.

    Raises:
        UnknownField, MissingField: at the heading. A column that is not known is told by its number,
            counted from 1: what stands there may be of somebody.
    """
    given = list(columns)
    known = COLUMNS[table]
    check_heading(table, given, at(None, ""))
    for number, column in enumerate(given, 1):
        if column not in known and column not in besides:
            raise UnknownField(
                at(None, str(number)), "there is no such column", f"there are: {', '.join(known)}"
            )
    for column, described in known.items():
        if described.required and column not in given:
            raise MissingField(at(None, column), "this column is required")


@frozen
class Table:
    """One table as lists of cells, by column."""

    name: str
    cells: dict[str, Sequence[Any]]
    height: int
    place: Callable[[str, int | None, str], Cell]

    def at(self, row: int | None, column: str) -> Cell:
        """The place of a cell, or of the heading where the row is None."""
        return self.place(self.name, row, column)


def by_row(table: str, row: int | None, column: str) -> Cell:
    """The place of a cell of a ledger that does not tell: the table, and its rows counted from 2."""
    return Cell(table, 1 if row is None else row + 2, column)


def arrow_stream(name: str, table: ArrowStream) -> ArrowStream:
    """The table of a ledger, if it is one.

    Raises:
        InvalidValue: it is no Arrow stream.
    """
    if not hasattr(table, "__arrow_c_stream__"):
        raise InvalidValue(name, "this is no Arrow stream", "give a frame or table that speaks Arrow")
    return table


def read_table(name: str, stream: ArrowStream, place: Callable[[str, int | None, str], Cell]) -> Table:
    """The cells of one table.

    Raises:
        InvalidValue: it is no Arrow stream, or breaks off.
        ExtraNeeded: polars, which reads it, is not installed.
    """
    with telling(arrow_stream(name, stream), name):
        frame = polars(name).DataFrame(stream)
    return Table(name, {it.name: _cells(it) for it in frame}, frame.height, place)


@contextmanager
def telling(stream: ArrowStream, name: str = "a table") -> Iterator[None]:
    """While a stream is read: whatever it raises is told without its message, which may be of a person.

    Arrow passes on the text of an error that happens midway, and not its kind. What a stream says in
    `failure` is raised instead, if it says so.

    Args:
        stream: the table.
        name: what it is called.

    Raises:
        HuurschuldError: as the stream says.
        InvalidValue: at the table, where it breaks off otherwise.
    """
    told: HuurschuldError
    try:
        yield
    except (KeyboardInterrupt, GeneratorExit):
        raise
    except BaseException as error:  # noqa: BLE001 - a stream may run any code, and polars panics with it
        found = error if isinstance(error, HuurschuldError) else getattr(stream, "failure", None)
        if isinstance(found, HuurschuldError):
            told = found
        elif type(error).__name__ == "DuplicateError":
            told = two_of_one_name(name)
        else:
            told = InvalidValue(
                name,
                f"reading this table broke off ({type(error).__name__})",
                "see what its source says",
            )
    else:
        return
    try:
        raise told
    finally:
        told.__context__ = None  # here Python sets it even outside the handling of an error


def two_of_one_name(name: str) -> InvalidValue:
    """Two columns of a table have one name."""
    return InvalidValue(name, "two of its columns have one name", "rename or leave out one")


def polars(table: str) -> Any:  # noqa: ANN401 - a module that need not be there
    """The library that tables are read with, loaded when it is needed.

    Raises:
        ExtraNeeded: it is not installed.
    """
    with suppress(ImportError):
        return importlib.import_module("polars")
    raise ExtraNeeded(table, "tables are read with polars", "install huurschuld[cli]")


def _cells(series: Any) -> Sequence[Any]:  # noqa: ANN401 - a series of polars, which need not be there
    """The values of a column; what no column of a portfolio may hold stands there as `_OTHER`.

    A day that Python cannot hold, or another type altogether, is refused at its cell: turned into a
    value it would raise here, and quote what it is.
    """
    pl = polars(series.name)
    if series.dtype == pl.Date:
        days = series.to_physical()
        outside = (days < (FIRST_DAY - _EPOCH).days) | (days > (LAST_DAY - _EPOCH).days)
        if outside.any():
            inside = series.set(outside, None).to_list()
            return [_OTHER if bad else day for bad, day in zip(outside, inside, strict=True)]
    elif not series.dtype.is_integer() and series.dtype not in (
        pl.String,
        pl.Categorical,
        pl.Enum,
        pl.Boolean,
        pl.Null,
    ):
        return [None if null else _OTHER for null in series.is_null()]
    values: list[Any] = series.to_list()
    return values


def rows_of(
    table: Table, columns: Mapping[str, Column], rows: Iterable[int] | None = None
) -> Iterator[tuple[int, dict[str, Any]]]:
    """The values of each row by attribute; what is null is left out.

    What goes into a part of the model is checked when that is made, so only the rest is checked here.
    """
    plan = [
        (name, column, _reading(column.kind), table.cells[name])
        for name, column in columns.items()
        if name in table.cells
    ]
    for row in range(table.height) if rows is None else rows:
        values = {}
        for name, column, read, cells in plan:
            given = cells[row]
            if given is None or (given == "" and not isinstance(column.kind, Text)):
                if column.required:
                    raise InvalidValue(table.at(row, name), "this cell is empty, and is required")
                continue
            value = read(given) if read is not None and type(given) is str else given
            if value is None or (column.checked_here and not column.kind.accepts(value)):
                raise refuse(table.at(row, name), column.kind)
            values[column.attribute] = value
        yield row, values


class _Read(dict[str, object]):
    """What each text of a column stands for; a portfolio has few days and amounts, many times over."""

    def __init__(self, kind: Kind) -> None:
        self._kind = kind

    def __missing__(self, text: str) -> object:
        value = self[text] = self._kind.from_text(text)
        return value


def _reading(kind: Kind) -> Callable[[str], object] | None:
    """How the texts of a column are read; None where they stand for themselves."""
    return None if isinstance(kind, Text | Choice) else _Read(kind).__getitem__
