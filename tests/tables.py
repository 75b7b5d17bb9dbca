"""Portfolios written as tables, for the tests."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import polars as pl

from huurschuld import Tenancy
from huurschuld.model.values import Day, Flag, Kind, Whole
from huurschuld.portfolio import schema
from huurschuld.portfolio.rows import tenancy_rows
from huurschuld.portfolio.schema import TABLES

Rows = list[dict[str, Any]]


class Given:
    """Tables at hand, as a ledger and as an enricher."""

    def __init__(self, given: Mapping[str, Any]) -> None:
        self.given = given

    def tables(self) -> Mapping[str, Any]:
        return self.given

    parts = tables


def as_tables(tenancies: Iterable[Tenancy]) -> dict[str, Rows]:
    """The rows of every table; a part that is unknown leaves its table out for all."""
    tables: dict[str, Rows] = {name: [] for name in TABLES}
    unknown = set[str]()
    for it in tenancies:
        unknown |= {name for name in TABLES[1:] if name != "children" and getattr(it, name) is None}
        for name, rows in tenancy_rows(it).items():
            tables[name] += rows
    return {name: rows for name, rows in tables.items() if name not in unknown}


COLUMNS: Mapping[str, list[str]] = {
    **{name: list(columns) for name, columns in schema.COLUMNS.items()},
    # A column that is never empty comes last, so that a file cut off can be told from a whole one.
    "rents": ["tenancy", "per", "cents", "from"],
    "facts": ["tenancy", "name", "from", "until", "value"],
    "entries": "tenancy id kind due booked cents settles reverses".split(),
    "signals": ["tenancy", "cents", "date"],
}


def write_csv(folder: Path, tables: Mapping[str, Rows], **dialect: Any) -> Path:
    """The tables as CSV files with all their columns."""
    folder.mkdir(exist_ok=True)
    for name, rows in tables.items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, **{"lineterminator": "\n", **dialect})
            writer.writerow(COLUMNS[name])
            writer.writerows([_cell(row.get(column)) for column in COLUMNS[name]] for row in rows)
    return folder


def _cell(value: object) -> object:
    return str(value).lower() if isinstance(value, bool) else value


_DTYPES: Mapping[type[Kind], Any] = {Day: pl.Date, Flag: pl.Boolean, Whole: pl.Int64}
TYPES: Mapping[str, Any] = {
    column: _DTYPES[type(its.kind)]
    for columns in schema.COLUMNS.values()
    for column, its in columns.items()
    if type(its.kind) in _DTYPES
}


def frames(tables: Mapping[str, Rows]) -> dict[str, pl.DataFrame]:
    """The tables as typed frames."""
    return {
        name: pl.DataFrame(
            [{column: typed(column, row.get(column)) for column in COLUMNS[name]} for row in rows],
            schema={column: TYPES.get(column, pl.String) for column in COLUMNS[name]},
        )
        for name, rows in tables.items()
    }


def typed(column: str, value: object) -> object:
    """A value as its column has it: a text where not all values are days, or all are words."""
    return value if value is None or column in TYPES else str(_cell(value))


def write_parquet(folder: Path, tables: Mapping[str, Rows]) -> Path:
    """The tables as Parquet files."""
    folder.mkdir(exist_ok=True)
    for name, frame in frames(tables).items():
        frame.write_parquet(folder / f"{name}.parquet")
    return folder


def day(text: str) -> dt.date:
    """A day from its text."""
    return dt.date.fromisoformat(text)
