"""`screen()` on the frames of each library, for one tenancy with as many entries as one may have."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Final

import polars as pl

from benchmarks.country import AS_OF
from benchmarks.measure import Comparison, interleaved
from huurschuld import screen
from huurschuld.model.values import MAXIMUM_ENTRIES

POLICY: Final = "katwijk-2021"
_POLARS: Final = "polars"
_DUCKDB: Final = "DuckDB"
_ROUNDS: Final = 3
_DAYS: Final = (1, 4)


def compare() -> list[Comparison]:
    """The libraries beside polars: on one day, and on several."""
    tables = _tables()
    given: dict[str, Mapping[str, Any]] = {_POLARS: tables}
    if find_spec("duckdb") is not None:
        connection = import_module("duckdb").connect()
        given[_DUCKDB] = {name: connection.from_arrow(it.to_arrow()) for name, it in tables.items()}
    return [_compare(given, days) for days in _DAYS]


def _compare(given: Mapping[str, Mapping[str, Any]], days: int) -> Comparison:
    as_of = [AS_OF - dt.timedelta(30 * it) for it in range(days)]
    runs = {name: _screening(its, as_of) for name, its in given.items()}
    if len({repr(sorted(run())) for run in runs.values()}) != 1:
        raise RuntimeError("the libraries give different answers")
    return Comparison(
        name=f"one long ledger, days: {days}",
        title=f"7e. screen() of one tenancy with {MAXIMUM_ENTRIES:,} entries, days: {days}, {POLICY}",
        operation="day",
        base=_POLARS,
        timings=interleaved(runs, days, _ROUNDS),
    )


def _screening(
    tables: Mapping[str, Any], as_of: list[dt.date]
) -> Callable[[], list[tuple[object, ...]]]:
    def run() -> list[tuple[object, ...]]:
        found: Any = screen(tables, POLICY, as_of)
        rows: list[tuple[object, ...]] = found.rows() if hasattr(found, "rows") else found.fetchall()
        return rows

    return run


def _tables() -> dict[str, pl.DataFrame]:
    """A rent term a day, each paid in part by name; the other parts of the tenancy are unknown."""
    count = MAXIMUM_ENTRIES // 2
    days = [AS_OF - dt.timedelta(1 + it) for it in range(count)]
    terms = {"id": [f"r{it}" for it in range(count)], "kind": "rent", "due": days, "cents": 60_000}
    paid = {
        "id": [f"p{it}" for it in range(count)],
        "kind": "payment",
        "booked": days,
        "cents": 59_000,
        "settles": terms["id"],
    }
    entries = pl.concat([pl.DataFrame(terms), pl.DataFrame(paid)], how="diagonal_relaxed")
    start = dt.date(2010, 1, 1)
    return {
        "tenancies": pl.DataFrame({"id": ["A"], "start": [start]}),
        "rents": pl.DataFrame({"tenancy": ["A"], "from": [start], "cents": [60_000]}),
        "entries": entries.select(tenancy=pl.lit("A"), **{it: pl.col(it) for it in entries.columns}),
    }
