"""A portfolio: tables to tenancies, strictly, with the place of every error.

The tables are those of `docs/semantics.md`; `huurschuld.portfolio.schema` reads their cells.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from operator import itemgetter
from typing import Any

from attrs import field, frozen

from huurschuld.errors import (
    Cell,
    DuplicateId,
    InputError,
    InvalidValue,
    MissingField,
    UnknownField,
    UnknownReference,
)
from huurschuld.hooks import Ledger
from huurschuld.model.tenancy import ENTRY_CLASSES, MAXIMUM_ENTRIES, Child, Eviction, Household, Tenancy
from huurschuld.model.values import Text
from huurschuld.portfolio.assumptions import check_assumptions, written_assumptions
from huurschuld.portfolio.cells import Table, read_table, rows_of
from huurschuld.portfolio.ledger_tables import ledger_tables
from huurschuld.portfolio.schema import (
    ASSUMABLE_COLUMNS,
    COLUMNS,
    KEY_COLUMN,
    PARTS,
    TENANCY_COLUMNS,
    check_columns,
    columns_of,
)


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


_Filed = dict[str, list[tuple[int, Any]]]
"""The parts of each tenancy, with the row that each came from."""


class _Reader:
    """Reads the tables of one ledger."""

    def __init__(self, ledger: Ledger, assume: Mapping[str, object]) -> None:
        self._assume = assume
        self._tables = {
            name: read_table(name, table.scan().collect(), table.place)
            for name, table in ledger_tables(ledger).items()
        }

    def portfolio(self) -> Portfolio:
        tables = self._tables
        for name, columns in check_assumptions(
            self._assume, {name: table.cells.keys() for name, table in tables.items()}
        ).items():
            for column, value in columns.items():
                tables[name].cells[column] = [value] * tables[name].height
        for table in tables.values():
            check_columns(table.name, table.cells, table.at)
        rows = list(rows_of(tables["tenancies"], TENANCY_COLUMNS))
        ids = self._ids(rows)
        filed = {name: self._filed(table, ids) for name, table in tables.items() if name != "tenancies"}
        return Portfolio(
            (self._tenancy(row, values, filed) for row, values in rows),
            written_assumptions(self._assume),
        )

    def _ids(self, rows: Sequence[tuple[int, dict[str, Any]]]) -> set[str]:
        ids: set[str] = set()
        for row, values in rows:
            if values["id"] in ids:
                raise DuplicateId(
                    self._tables["tenancies"].at(row, "id"), "a second tenancy with this id"
                )
            ids.add(values["id"])
        return ids

    def _filed(self, table: Table, ids: set[str]) -> _Filed | None:
        """The parts of a table by tenancy; None where the source does not record what they need."""
        filed: _Filed = {}
        parts = _entries(table) if table.name == "entries" else _parts(table, PARTS[table.name])
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
        recorded = ASSUMABLE_COLUMNS.get(table.name, ())
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
                household=_household(parts("children"), values.get("household")),
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


def _parts(table: Table, cls: type[Any]) -> Iterator[tuple[int, str, Any]]:
    for row, values in rows_of(table, COLUMNS[table.name]):
        yield row, values.pop("tenancy"), _made(table, row, cls, values)


def _entries(table: Table) -> Iterator[tuple[int, str, Any]]:
    """The entries, kind by kind: each kind has columns of its own."""
    numbers: dict[str, list[int]] = {}
    for row, values in rows_of(table, {"kind": COLUMNS["entries"]["kind"]}):
        numbers.setdefault(values["kind"], []).append(row)
    for kind, rows in numbers.items():
        cls = ENTRY_CLASSES[kind]
        own = KEY_COLUMN | columns_of(cls)
        for name, cells in table.cells.items():
            empty = (None,) if isinstance(COLUMNS["entries"][name].kind, Text) else (None, "")
            for row in () if name in own or name == "kind" else rows:
                if cells[row] in empty:
                    continue
                raise UnknownField(table.at(row, name), "an entry of this kind has no such value")
        for name, column in own.items():
            if column.required and name not in table.cells:
                raise MissingField(table.at(None, name), "entries that stand here need this column")
        for row, values in rows_of(table, own, rows):
            yield row, values.pop("tenancy"), _made(table, row, cls, values)


def _made(table: Table, row: int, cls: type[Any], values: dict[str, Any]) -> Any:  # noqa: ANN401 - any part of the model
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


def _eviction(table: Table, row: int, values: dict[str, Any]) -> Eviction | None:
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
