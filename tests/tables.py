"""Portfolios written as tables, for the tests."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import polars as pl

from huurschuld import Contact, Tenancy
from huurschuld.model.json_parts import fields_of
from huurschuld.portfolio.rows import tenancy_rows
from huurschuld.portfolio.schema import TABLES

Rows = list[dict[str, Any]]


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
    "tenancies": "id start end deceased eviction_announced eviction_on children_known".split(),
    "rents": ["tenancy", "cents", "from"],
    "entries": "tenancy id kind due booked cents settles reverses".split(),
    "contacts": ["tenancy", *(name for name in fields_of(Contact))],
    "children": ["tenancy", "born"],
    "plans": "tenancy from until broken_on".split(),
    "disputes": "tenancy from until cents".split(),
    "objections": "tenancy date withdrawn standing".split(),
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


_TYPES: Mapping[str, Any] = {
    **dict.fromkeys(
        "start end deceased eviction_announced eviction_on due booked date".split(), pl.Date
    ),
    **dict.fromkeys("born from until broken_on withdrawn".split(), pl.Date),
    **dict.fromkeys(
        "reached about_arrears reminder debt_help offers_sharing standing".split(), pl.Boolean
    ),
    "cents": pl.Int64,
}


def frames(tables: Mapping[str, Rows]) -> dict[str, pl.DataFrame]:
    """The tables as typed frames."""
    return {
        name: pl.DataFrame(
            [{column: row.get(column) for column in COLUMNS[name]} for row in rows],
            schema={column: _TYPES.get(column, pl.String) for column in COLUMNS[name]},
        )
        for name, rows in tables.items()
    }


def write_parquet(folder: Path, tables: Mapping[str, Rows]) -> Path:
    """The tables as Parquet files."""
    folder.mkdir(exist_ok=True)
    for name, frame in frames(tables).items():
        frame.write_parquet(folder / f"{name}.parquet")
    return folder


def day(text: str) -> dt.date:
    """A day from its text."""
    return dt.date.fromisoformat(text)
