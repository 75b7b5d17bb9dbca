"""Tenancies as the tables of a portfolio, each with a day of its own and its own unknown parts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from huurschuld.model.tenancy import Tenancy
from huurschuld.model.values import Birth, Choice, Day, FactValue, Flag, Kind, Text, Whole
from huurschuld.portfolio.columnar.intake import OWN_DAY, SET, UNKNOWN
from huurschuld.portfolio.extras import polars
from huurschuld.portfolio.rows import Row, tenancy_rows
from huurschuld.portfolio.schema import COLUMNS, TABLES
from huurschuld.rules.own_facts import check_stated
from huurschuld.rules.policy import PolicyOnDay


def frames_of(given: Iterable[tuple[Tenancy, PolicyOnDay]]) -> dict[str, Any]:
    """The tables of some tenancies, each with its own day and parameters, as frames of polars.

    `tenancies` has the further columns `as_of`, `unknown_PART` and `set_PARAMETER`. Ids are numbers, in
    the order given, since the tenancies need not be of one portfolio.

    Raises:
        InvalidValue: at `/tenancy/facts/INDEX/value`: a stated value does not fit the unit of the fact.
            In rows, which write every value as text, a number and months would look the same.
    """
    rows: dict[str, list[Row]] = {name: [] for name in TABLES}
    names = set[str]()
    for number, (tenancy, on_day) in enumerate(given):
        check_stated(tenancy.facts or (), on_day.policy.facts)
        for name, its in tenancy_rows(tenancy, str(number)).items():
            rows[name] += its
        own = {SET + name: value for name, value in on_day.numbers}
        names |= own.keys()
        unknown = {column: getattr(tenancy, part) is None for part, column in UNKNOWN.items()}
        rows["tenancies"][-1] |= {OWN_DAY: on_day.as_of, **unknown, **own}
    return {name: _frame(name, its, names) for name, its in rows.items()}


def _frame(table: str, rows: list[Row], own: Iterable[str]) -> Any:  # noqa: ANN401 - a frame of polars, which is optional
    kinds = {name: column.kind for name, column in COLUMNS[table].items()}
    if table == "tenancies":
        kinds |= {OWN_DAY: Day(), **dict.fromkeys(UNKNOWN.values(), Flag())}
        kinds |= dict.fromkeys(own, Whole())
    pl = polars(table)
    cells = {name: [row.get(name) for row in rows] for name in kinds}
    for name, kind in kinds.items():
        if isinstance(kind, Birth):
            cells[name] = [None if it is None else kind.to_json(it) for it in cells[name]]
    return pl.DataFrame(cells, schema={name: _dtype(kind) for name, kind in kinds.items()})


def _dtype(kind: Kind) -> Any:  # noqa: ANN401 - a type of polars
    pl = polars("portfolio")
    if isinstance(kind, Text | Choice | Birth | FactValue):
        return pl.String
    return pl.Date if isinstance(kind, Day) else pl.Boolean if isinstance(kind, Flag) else pl.Int64
