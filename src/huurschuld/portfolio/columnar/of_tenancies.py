"""Tenancies as the tables of a portfolio, each with a day of its own and its own unknown parts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from huurschuld.model.tenancy import Tenancy
from huurschuld.model.values import Choice, Day, Flag, Kind, Text, Whole
from huurschuld.portfolio.columnar.intake import OWN_DAY, UNKNOWN
from huurschuld.portfolio.schema import COLUMNS, PARTS, TABLES, columns_of, polars
from huurschuld.rules.policy import PolicyOnDay

Row = dict[str, Any]


def frames_of(given: Iterable[tuple[Tenancy, PolicyOnDay]]) -> dict[str, Any]:
    """The tables of some tenancies, each with its day and numbers, as frames of polars.

    In `tenancies` stand besides the columns `as_of`, `unknown_PART` and `set_PARAMETER`. Ids are the
    numbers of the tenancies in the order given, since these need not have one portfolio in common.
    """
    rows: dict[str, list[Row]] = {name: [] for name in TABLES}
    names = set[str]()
    for number, (tenancy, on_day) in enumerate(given):
        own = {f"set_{name}": value for name, value in on_day.numbers}
        names |= own.keys()
        _add(rows, str(number), tenancy, {OWN_DAY: on_day.as_of, **own})
    return {name: _frame(name, its, names) for name, its in rows.items()}


def _add(rows: dict[str, list[Row]], name: str, tenancy: Tenancy, own: Row) -> None:
    household, eviction = tenancy.household, tenancy.eviction
    known = "no" if household is None else "all" if household.complete else "some"
    rows["tenancies"].append(
        {
            "id": name,
            "start": tenancy.start,
            "end": tenancy.end,
            "deceased": tenancy.deceased,
            "eviction_announced": None if eviction is None else eviction.announced,
            "eviction_on": None if eviction is None else eviction.on,
            "children_known": known,
            **{column: getattr(tenancy, part) is None for part, column in UNKNOWN.items()},
            **own,
        }
    )
    parts = {it: getattr(tenancy, it) for it in PARTS if it != "children"}
    parts["children"] = () if household is None else household.children
    for table, given in parts.items():
        rows[table] += [{"tenancy": name, **row} for row in _rows(given or ())]
    for entry in tenancy.entries:
        rows["entries"] += [{"tenancy": name, "kind": entry.kind, **row} for row in _rows([entry])]


def _rows(parts: Iterable[Any]) -> Iterator[Row]:
    for part in parts:
        columns = columns_of(type(part))
        yield {name: getattr(part, column.attribute) for name, column in columns.items()}


def _frame(table: str, rows: list[Row], own: Iterable[str]) -> Any:  # noqa: ANN401 - a frame of polars, which need not be there
    kinds = {name: column.kind for name, column in COLUMNS[table].items()}
    if table == "tenancies":
        kinds |= {OWN_DAY: Day(), **dict.fromkeys(UNKNOWN.values(), Flag())}
        kinds |= dict.fromkeys(own, Whole())
    pl = polars(table)
    cells = {name: [row.get(name) for row in rows] for name in kinds}
    return pl.DataFrame(cells, schema={name: _dtype(kind) for name, kind in kinds.items()})


def _dtype(kind: Kind) -> Any:  # noqa: ANN401 - a type of polars
    pl = polars("portfolio")
    if isinstance(kind, Text | Choice):
        return pl.String
    return pl.Date if isinstance(kind, Day) else pl.Boolean if isinstance(kind, Flag) else pl.Int64
