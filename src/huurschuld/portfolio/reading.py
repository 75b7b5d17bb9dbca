"""A portfolio: tables to tenancies, strictly, with the place of every error.

The tables are those of `docs/semantics.md`; `huurschuld.portfolio.cells` reads their cells.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from operator import itemgetter
from typing import Any, TypeVar

from attrs import field, frozen

from huurschuld.errors import Cell, InputError
from huurschuld.hooks import Ledger
from huurschuld.model.entries import ENTRY_CLASSES
from huurschuld.model.refusals import (
    HALF_EVICTION,
    HALF_EVICTION_COLUMN,
    NEEDED_BY_KIND,
    UNIQUE,
    UNKNOWN_TENANCY,
    UNUSED_BY_KIND,
)
from huurschuld.model.tenancy import Child, Eviction, Household, StatedFact, Tenancy
from huurschuld.model.values import MAXIMUM_ENTRIES, Text
from huurschuld.portfolio.assumptions import check_assumptions, written_assumptions
from huurschuld.portfolio.cells import Table, read_table, rows_of
from huurschuld.portfolio.ledger_tables import ledger_tables
from huurschuld.portfolio.schema import (
    ASSUMABLE_COLUMNS,
    COLUMNS,
    COLUMNS_OF_KINDS,
    EVICTION,
    PARTS,
    TABLES,
    TENANCY_COLUMNS,
    check_columns,
)
from huurschuld.rules.own_facts import OwnFact, given_facts


@frozen
class Portfolio:
    """All tenancies of a ledger, read and checked whole.

    Attributes:
        tenancies: in the order of the table.
        assumptions: the values assumed of columns that the source does not record, for the receipts.
    """

    tenancies: tuple[Tenancy, ...] = field(converter=tuple[Tenancy, ...], repr=False)
    assumptions: Mapping[str, object]

    def __iter__(self) -> Iterator[Tenancy]:
        return iter(self.tenancies)

    def __len__(self) -> int:
        return len(self.tenancies)


def read_portfolio(
    ledger: Ledger, assume: Mapping[str, object] | None = None, own: Iterable[OwnFact] = ()
) -> Portfolio:
    """Read the tables of a ledger into tenancies.

    Args:
        ledger: the source of the tables.
        assume: for columns of `contacts` and `objections` that the source does not record, the value
            to assume: `{"contacts.direction": "out", "objections.withdrawn": None}`.
        own: the facts that a policy declares (`Policy.facts`): what is stated of one must fit its unit.

    Raises:
        InputError: the place is a `Cell` (file, line, column), or the name of a table.
    """
    return _Reader(ledger, assume or {}, own).portfolio()


_T = TypeVar("_T")
_Parts = dict[str, list[tuple[int, Any]]]
"""The parts of each tenancy, each with the row that it comes from."""


class _Reader:
    """Reads the tables of one ledger."""

    def __init__(self, ledger: Ledger, assume: Mapping[str, object], own: Iterable[OwnFact]) -> None:
        self._assume = assume
        self._given = given_facts(own)
        found = ledger_tables(ledger)
        self._tables = {
            name: read_table(name, found[name].read(), found[name].place)
            for name in TABLES
            if name in found
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
        parts = {
            name: self._by_tenancy(table, ids) for name, table in tables.items() if name != "tenancies"
        }
        return Portfolio(
            (self._tenancy(row, values, parts) for row, values in rows),
            written_assumptions(self._assume),
        )

    def _ids(self, rows: Sequence[tuple[int, dict[str, Any]]]) -> set[str]:
        ids: set[str] = set()
        for row, values in rows:
            if values["id"] in ids:
                raise UNIQUE["tenancies"].refusal.at(self._tables["tenancies"].at(row, "id"))
            ids.add(values["id"])
        return ids

    def _by_tenancy(self, table: Table, ids: set[str]) -> _Parts | None:
        """The parts in a table by tenancy; None where the source does not record what they need."""
        parts: _Parts = {}
        for row, tenancy, part in _entries(table) if table.name == "entries" else _parts(table):
            if tenancy not in ids:
                raise UNKNOWN_TENANCY.at(table.at(row, "tenancy"))
            kept = self._settled(table, row, part) if isinstance(part, StatedFact) else part
            parts.setdefault(tenancy, []).append((row, kept))
        for its in parts.values():
            its.sort(key=itemgetter(0))
        recorded = ASSUMABLE_COLUMNS.get(table.name, ())
        return parts if all(column in table.cells for column in recorded) else None

    def _settled(self, table: Table, row: int, stated: StatedFact) -> StatedFact:
        """What is stated, with a value of the unit of the fact that the policy declares."""
        fact = self._given.get(stated.name)
        if fact is None:
            return stated
        if fact.read(stated.value) is None:
            raise fact.refusal.at(table.at(row, "value"))
        return fact.settled(stated)

    def _tenancy(self, row: int, values: dict[str, Any], parts: dict[str, _Parts | None]) -> Tenancy:
        tenancy = values["id"]

        def of(table: str) -> tuple[Any, ...] | None:
            its = parts.get(table)
            return None if its is None else tuple(part for _, part in its.get(tenancy, ()))

        known = values.pop("household", None)
        values["eviction"] = self._eviction(row, values.pop("announced", None), values.pop("on", None))
        values["household"] = _household(of("children"), known)
        values |= {table: of(table) for table in TABLES if table not in ("tenancies", "children")}
        try:
            return Tenancy(**values)
        except InputError as error:
            refused = error.at(self._place(str(error.place), row, tenancy, parts))
        raise refused

    def _place(self, place: str, row: int, tenancy: str, parts: dict[str, _Parts | None]) -> Cell:
        """The cell for a JSON pointer into a tenancy."""
        table, *deeper = place.removeprefix("/").split("/")
        found = parts.get(table)
        if found is None:
            return self._tables["tenancies"].at(row, table)
        if tenancy not in found:  # no rents at all
            return self._tables["tenancies"].at(row, "id")
        if not deeper:  # too many entries
            deeper = [str(MAXIMUM_ENTRIES), "id"]
        index, column = int(deeper[0]), "".join(deeper[1:])  # none: the row as a whole
        return self._tables[table].at(found[tenancy][index][0], column)

    def _eviction(self, row: int, announced: Any, on: Any) -> Eviction | None:  # noqa: ANN401 - values of cells
        table = self._tables["tenancies"]
        if announced is None and on is None:
            return None
        for column, value in ((f"{EVICTION}announced", announced), (f"{EVICTION}on", on)):
            if value is None and column not in table.cells:
                raise HALF_EVICTION_COLUMN.at(table.at(None, column))
            if value is None:
                raise HALF_EVICTION.at(table.at(row, column))
        return _made(table, row, Eviction, {"announced": announced, "on": on}, EVICTION)


def _parts(table: Table) -> Iterator[tuple[int, str, Any]]:
    for row, values in rows_of(table, COLUMNS[table.name]):
        yield row, values.pop("tenancy"), _made(table, row, PARTS[table.name], values)


def _entries(table: Table) -> Iterator[tuple[int, str, Any]]:
    """The entries, kind by kind, since each kind has its own columns."""
    rows_by_kind: dict[str, list[int]] = {}
    for row, values in rows_of(table, {"kind": COLUMNS["entries"]["kind"]}):
        rows_by_kind.setdefault(values["kind"], []).append(row)
    for kind, rows in rows_by_kind.items():
        own = COLUMNS_OF_KINDS[kind]
        for name, column in COLUMNS["entries"].items():
            if name in own or name == "kind" or name not in table.cells:
                continue
            cells = table.cells[name]
            empty = (None,) if isinstance(column.kind, Text) else (None, "")
            for row in rows:
                if cells[row] not in empty:
                    raise UNUSED_BY_KIND.at(table.at(row, name))
        for name, column in own.items():
            if column.required and name not in table.cells:
                raise NEEDED_BY_KIND.at(table.at(None, name))
        for row, values in rows_of(table, own, rows):
            yield row, values.pop("tenancy"), _made(table, row, ENTRY_CLASSES[kind], values)


def _made(table: Table, row: int, cls: type[_T], values: dict[str, Any], prefix: str = "") -> _T:
    try:
        return cls(**values)
    except InputError as error:
        column = prefix + str(error.place).removeprefix("/")
        refused = error.at(table.at(row, column))
    raise refused


def _household(children: tuple[Child, ...] | None, known: str | None) -> Household | None:
    """Children in the table despite a `no` count as `some`; without the table they are unknown."""
    if children is None or (known in (None, "no") and not children):
        return None
    return Household(children=children, complete=known == "all")
