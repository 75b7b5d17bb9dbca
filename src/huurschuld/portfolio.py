"""A portfolio: tables to tenancies, strictly, with the place of every error.

The tables are those of `docs/semantics.md`. Columns are read off the model, so that a field is described
once; cells are typed values, or text as in a CSV file.
"""

from __future__ import annotations

import datetime as dt
import importlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from operator import itemgetter
from typing import Any, Final

import attrs
from attrs import field, frozen

from huurschuld.errors import (
    Cell,
    DuplicateId,
    ExtraNeeded,
    InputError,
    InvalidValue,
    MissingField,
    UnknownField,
    UnknownReference,
)
from huurschuld.hooks import ArrowStream, Ledger, Placing
from huurschuld.tenancy import (
    ENTRY_CLASSES,
    MAXIMUM_ENTRIES,
    Child,
    Contact,
    Dispute,
    Eviction,
    Household,
    Objection,
    Plan,
    Rent,
    Signal,
    Tenancy,
)
from huurschuld.values import FIRST_DAY, LAST_DAY, Choice, Day, Kind, Text, held_by, json_name, refuse

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
_PARTS: Final[dict[str, type[Any]]] = {
    "rents": Rent,
    "contacts": Contact,
    "children": Child,
    "plans": Plan,
    "disputes": Dispute,
    "objections": Objection,
    "signals": Signal,
}
_MAYBE_NOT_RECORDED: Final = {
    "contacts": ("direction", "about_arrears", "reminder", "debt_help", "offers_sharing"),
    "objections": ("withdrawn", "standing"),
}
"""Optional columns without which the source does not record the thing, and the part is unknown."""


@frozen
class _Column:
    """One column of a table: where its value goes, and what it may be."""

    attribute: str
    kind: Kind
    required: bool
    checked_here: bool = False


def _columns(cls: type[Any]) -> dict[str, _Column]:
    held = {attribute: held_by(attribute) for attribute in attrs.fields(cls)}
    return {
        json_name(attribute.name): _Column(
            attribute.name, kind, required=attribute.default is attrs.NOTHING
        )
        for attribute, kind in held.items()
        if isinstance(kind, Kind)
    }


_EPOCH: Final = dt.date(1970, 1, 1)
_OTHER: Final = object()
_KIND_OF_ENTRY: Final = Choice(tuple(ENTRY_CLASSES))
_KNOWN: Final = Choice(("all", "some", "no"))
_TENANCY_COLUMNS: Final = {
    "id": _Column("id", Text(), required=True, checked_here=True),
    "start": _Column("start", Day(), required=True, checked_here=True),
    "end": _Column("end", Day(), required=False, checked_here=True),
    "deceased": _Column("deceased", Day(), required=False, checked_here=True),
    "eviction_announced": _Column("announced", Day(), required=False, checked_here=True),
    "eviction_on": _Column("on", Day(), required=False, checked_here=True),
    "children_known": _Column("children_known", _KNOWN, required=False, checked_here=True),
}
_KEY: Final = {"tenancy": _Column("tenancy", Text(), required=True, checked_here=True)}
_ENTRY_COLUMNS: Final = {
    "kind": _Column("kind", _KIND_OF_ENTRY, required=True, checked_here=True),
    **{
        name: _Column(column.attribute, column.kind, required=name == "id")
        for cls in ENTRY_CLASSES.values()
        for name, column in _columns(cls).items()
    },
}
_COLUMNS: Final[dict[str, dict[str, _Column]]] = {
    "tenancies": _TENANCY_COLUMNS,
    "entries": _KEY | _ENTRY_COLUMNS,
    **{name: _KEY | _columns(cls) for name, cls in _PARTS.items()},
}


def check_heading(table: str, columns: Iterable[str], place: Cell) -> None:
    """See that at least one column of a table is known; else its first line is somebody, not a heading.

    Raises:
        UnknownField: at the place, quoting nothing.
    """
    named = list(columns)
    if named and _COLUMNS[table].keys().isdisjoint(named):
        raise UnknownField(place, "the first line names no column of this table", "add the heading")


@frozen
class Portfolio:
    """All tenancies of a ledger, read and checked whole.

    Attributes:
        tenancies: in the order of the table.
        assumptions: what was assumed of columns that the source does not record, for the receipts.
    """

    tenancies: tuple[Tenancy, ...] = field(converter=tuple[Tenancy, ...], repr=False)
    assumptions: Mapping[str, object]

    def __iter__(self) -> Iterator[Tenancy]:
        return iter(self.tenancies)

    def __len__(self) -> int:
        return len(self.tenancies)


def read_portfolio(ledger: Ledger, assume: Mapping[str, object] | None = None) -> Portfolio:
    """Read the tables of a ledger into tenancies.

    Args:
        ledger: what gives the tables.
        assume: for columns of `contacts` and `objections` that the source does not record, the value
            to assume: `{"contacts.direction": "out", "objections.withdrawn": None}`.

    Raises:
        InputError: the place is a `Cell` (file, line, column), or the name of a table.
    """
    return _Reader(ledger, assume or {}).portfolio()


def read_assumption(name: str, text: str) -> object:
    """The value that a text such as `true`, `out` or nothing stands for, for an assumed column.

    Raises:
        UnknownField: there is no column of that name that a source may not record.
        InvalidValue: it is no value of that column.
    """
    column = _assumable(name)
    value = column.kind.from_text(text) if text else None
    _check_assumption(name, column, value)
    return value


def _assumable(name: str) -> _Column:
    table, _, column = name.partition(".")
    if column not in _MAYBE_NOT_RECORDED.get(table, ()):
        known = ", ".join(f"{of}.{it}" for of, them in _MAYBE_NOT_RECORDED.items() for it in them)
        raise UnknownField(name, "nothing can be assumed of this", f"of these it can: {known}")
    return _COLUMNS[table][column]


def _check_assumption(name: str, column: _Column, value: object) -> None:
    nullable = column.attribute == "withdrawn"
    if not (column.kind.accepts(value) or (value is None and nullable)):
        raise refuse(name, column.kind)


@frozen
class _Table:
    """One table as lists of cells, by column."""

    name: str
    cells: dict[str, Sequence[Any]]
    height: int
    place: Callable[[str, int | None, str], Cell]

    def at(self, row: int | None, column: str) -> Cell:
        return self.place(self.name, row, column)


_Filed = dict[str, list[tuple[int, Any]]]
"""The parts of each tenancy, with the row that each came from."""


class _Reader:
    """Reads the tables of one ledger."""

    def __init__(self, ledger: Ledger, assume: Mapping[str, object]) -> None:
        place = ledger.place if isinstance(ledger, Placing) else _row
        self._assume = dict(sorted(assume.items()))
        self._tables = {name: _table(name, stream, place) for name, stream in ledger.tables().items()}

    def portfolio(self) -> Portfolio:
        tables = self._tables
        for name in tables:
            if name not in TABLES:
                raise UnknownField(name, "there is no such table", f"there are: {', '.join(TABLES)}")
        for name in REQUIRED_TABLES:
            if name not in tables:
                raise MissingField(name, "this table is required")
        self._check_assumptions()
        for table in tables.values():
            self._check_columns(table)
        rows = list(_rows(tables["tenancies"], _TENANCY_COLUMNS))
        ids = self._ids(rows)
        filed = {name: self._filed(table, ids) for name, table in tables.items() if name != "tenancies"}
        assumed = {
            name: None if value is None else _assumable(name).kind.to_json(value)
            for name, value in self._assume.items()
        }
        return Portfolio((self._tenancy(row, values, filed) for row, values in rows), assumed)

    def _check_assumptions(self) -> None:
        for name, value in self._assume.items():
            _check_assumption(name, _assumable(name), value)
            table, _, column = name.partition(".")
            if table not in self._tables:
                raise InvalidValue(name, "the source has no such table", "leave this assumption out")
            if column in self._tables[table].cells:
                raise InvalidValue(name, "the source records this", "leave this assumption out")
            filled = self._tables[table]
            filled.cells[column] = [value] * filled.height

    def _check_columns(self, table: _Table) -> None:
        known = _COLUMNS[table.name]
        check_heading(table.name, table.cells, table.at(None, ""))
        for column in table.cells:
            if column not in known:
                raise UnknownField(
                    table.at(None, column),
                    "there is no such column",
                    f"there are: {', '.join(known)}",
                )
        for column, described in known.items():
            if described.required and column not in table.cells:
                raise MissingField(table.at(None, column), "this column is required")

    def _ids(self, rows: Sequence[tuple[int, dict[str, Any]]]) -> set[str]:
        ids: set[str] = set()
        for row, values in rows:
            if values["id"] in ids:
                raise DuplicateId(
                    self._tables["tenancies"].at(row, "id"), "a second tenancy with this id"
                )
            ids.add(values["id"])
        return ids

    def _filed(self, table: _Table, ids: set[str]) -> _Filed | None:
        """The parts of a table by tenancy; None where the source does not record what they need."""
        filed: _Filed = {}
        parts = _entries(table) if table.name == "entries" else _parts(table, _PARTS[table.name])
        for row, tenancy, part in parts:
            if tenancy not in ids:
                raise UnknownReference(
                    table.at(row, "tenancy"),
                    "it names no tenancy",
                    "add the tenancy, or leave it out",
                )
            filed.setdefault(tenancy, []).append((row, part))
        for found in filed.values():
            found.sort(key=itemgetter(0))
        recorded = _MAYBE_NOT_RECORDED.get(table.name, ())
        return filed if all(column in table.cells for column in recorded) else None

    def _tenancy(self, row: int, values: dict[str, Any], filed: dict[str, _Filed | None]) -> Tenancy:
        table = self._tables["tenancies"]
        name = values["id"]

        def parts(of: str) -> tuple[Any, ...] | None:
            found = filed.get(of)
            return None if found is None else tuple(part for _, part in found.get(name, ()))

        try:
            return Tenancy(
                id=name,
                start=values["start"],
                end=values.get("end"),
                deceased=values.get("deceased"),
                rents=parts("rents") or (),
                entries=parts("entries") or (),
                contacts=parts("contacts"),
                household=_household(parts("children"), values.get("children_known")),
                plans=parts("plans"),
                disputes=parts("disputes"),
                objections=parts("objections"),
                signals=parts("signals"),
                eviction=_eviction(table, row, values),
            )
        except InputError as error:
            refused = error.at(self._place(error.place, row, name, filed))
        raise refused

    def _place(self, place: str | Cell, row: int, tenancy: str, filed: dict[str, _Filed | None]) -> Cell:
        """The cell behind a JSON pointer into a tenancy."""
        if isinstance(place, Cell):
            return place
        of, *deeper = place.removeprefix("/").split("/")
        found = filed.get(of)
        if found is None:
            return self._tables["tenancies"].at(row, of)
        if not found.get(tenancy):  # no rents at all
            return self._tables["tenancies"].at(row, "id")
        index, column = (int(deeper[0]), deeper[1]) if deeper else (MAXIMUM_ENTRIES, "id")
        return self._tables[of].at(found[tenancy][index][0], column)


def _row(table: str, row: int | None, column: str) -> Cell:
    """The place of a cell of a ledger that does not tell: the table, and its rows counted from 2."""
    return Cell(table, 1 if row is None else row + 2, column)


def _table(name: str, stream: ArrowStream, place: Callable[[str, int | None, str], Cell]) -> _Table:
    """The cells of one table.

    Raises:
        InvalidValue: it is no Arrow stream.
        ExtraNeeded: polars, which reads it, is not installed.
    """
    if not hasattr(stream, "__arrow_c_stream__"):
        raise InvalidValue(name, "this is no Arrow stream", "give a frame or table that speaks Arrow")
    frame = polars(name).DataFrame(stream)
    return _Table(name, {it.name: _cells(it) for it in frame}, frame.height, place)


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


def _rows(
    table: _Table, columns: Mapping[str, _Column], rows: Iterable[int] | None = None
) -> Iterator[tuple[int, dict[str, Any]]]:
    """The values of each row by attribute; what is null is left out.

    What goes into a part of the model is checked when that is made, so only the rest is checked here.
    """
    plan = [
        (name, column, column.kind.from_text, table.cells[name], column.checked_here)
        for name, column in columns.items()
        if name in table.cells
    ]
    for row in range(table.height) if rows is None else rows:
        values = {}
        for name, column, from_text, cells, checked_here in plan:
            given = cells[row]
            if given is None or (given == "" and not isinstance(column.kind, Text)):
                if column.required:
                    raise InvalidValue(table.at(row, name), "this cell is empty, and is required")
                continue
            value = from_text(given) if type(given) is str else given
            if value is None or (checked_here and not column.kind.accepts(value)):
                raise refuse(table.at(row, name), column.kind)
            values[column.attribute] = value
        yield row, values


def _parts(table: _Table, cls: type[Any]) -> Iterator[tuple[int, str, Any]]:
    for row, values in _rows(table, _COLUMNS[table.name]):
        yield row, values.pop("tenancy"), _made(table, row, cls, values)


def _entries(table: _Table) -> Iterator[tuple[int, str, Any]]:
    """The entries, kind by kind: each kind has columns of its own."""
    rows_of: dict[str, list[int]] = {}
    for row, values in _rows(table, {"kind": _COLUMNS["entries"]["kind"]}):
        rows_of.setdefault(values["kind"], []).append(row)
    for kind, rows in rows_of.items():
        cls = ENTRY_CLASSES[kind]
        own = _KEY | _columns(cls)
        for name, cells in table.cells.items():
            stray = () if name in own or name == "kind" else (it for it in rows if cells[it] is not None)
            for row in stray:
                raise UnknownField(table.at(row, name), "an entry of this kind has no such value")
        for name, column in own.items():
            if column.required and name not in table.cells:
                raise MissingField(table.at(None, name), f"a {kind} needs this column")
        for row, values in _rows(table, own, rows):
            yield row, values.pop("tenancy"), _made(table, row, cls, values)


def _made(table: _Table, row: int, cls: type[Any], values: dict[str, Any]) -> Any:  # noqa: ANN401 - any part of the model
    try:
        return cls(**values)
    except InputError as error:
        refused = error.at(table.at(row, str(error.place).removeprefix("/")))
    raise refused


def _household(children: tuple[Child, ...] | None, known: str | None) -> Household | None:
    """Rows beside `no` count as `some`; without a table children are unknown, whatever is said."""
    if children is None or (known in (None, "no") and not children):
        return None
    return Household(children=children, complete=known == "all")


def _eviction(table: _Table, row: int, values: dict[str, Any]) -> Eviction | None:
    announced: Any = values.get("announced")
    on: Any = values.get("on")
    if announced is None and on is None:
        return None
    for column, value in (("eviction_announced", announced), ("eviction_on", on)):
        if value is None:
            if column not in table.cells:
                raise MissingField(table.at(None, column), "an eviction needs both days")
            raise InvalidValue(table.at(row, column), "an eviction needs both days")
    try:
        return Eviction(announced=announced, on=on)
    except InputError as error:
        refused = error.at(table.at(row, f"eviction_{str(error.place).removeprefix('/')}"))
    raise refused
