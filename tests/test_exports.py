"""Exports as they are: read by their mapping to the same tables, or refused with what to do."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from exporting import HEADINGS, Way, ways, write_export
from hypothesis import given, settings, strategies as st
from tables import as_tables

from huurschuld import Tenancy, read_portfolio, screen
from huurschuld.errors import InputError
from huurschuld.plugins.portfolio import open_folder
from huurschuld.portfolio.mapping.document import read_mapping
from huurschuld.portfolio.mapping.tables import MappedTable, mapping_beside, read_mapped
from huurschuld.portfolio.schema import COLUMNS
from huurschuld.testing import AS_OF, tenancies

Tables = dict[str, list[dict[str, Any]]]


def exported(given_tenancies: Sequence[Tenancy]) -> Tables:
    """The rows of some tenancies, with ids as systems have them and amounts that none leaves out."""
    tables = as_tables(given_tenancies)
    tables.pop("facts", None)
    keys = {it.id: f"HC-{number:04}" for number, it in enumerate(given_tenancies)}
    ids: dict[tuple[str, str], str] = {}
    for row in tables["entries"]:
        ids[row["tenancy"], row["id"]] = f"{len(ids):06}"
    amounts = {(it["tenancy"], it["id"]): it.get("cents") for it in tables["entries"]}
    for row in tables["entries"]:
        owner = row["tenancy"]
        if row.get("cents") is None:
            row["cents"] = amounts[owner, row["reverses"]]
        row["id"] = ids[owner, row["id"]]
        for name in ("settles", "reverses"):
            if row.get(name) is not None:
                row[name] = ids[owner, row[name]]
    for name, rows in tables.items():
        for row in rows:
            key = "id" if name == "tenancies" else "tenancy"
            row[key] = keys[row[key]]
    return tables


def portfolios() -> st.SearchStrategy[Tables]:
    """The tables of a few tenancies."""
    return st.lists(tenancies(), min_size=1, max_size=3, unique_by=lambda it: it.id).map(exported)


def as_texts(table: str, rows: list[dict[str, Any]]) -> list[dict[str, str | None]]:
    """Rows as a table of texts has them."""
    return [
        {name: None if row.get(name) is None else _text(row[name]) for name in HEADINGS[table]}
        for row in rows
    ]


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


@settings(max_examples=60)
@given(portfolios(), ways())
def test_what_is_exported_in_any_way_is_read_as_it_was(tables: Tables, way: Way) -> None:
    """Encodings, separators, days, amounts, signs, titles, totals: the mapping says it, and it is exact."""
    with tempfile.TemporaryDirectory() as folder:
        place, mapping = write_export(Path(folder, "export"), tables, way)
        beside = mapping_beside(place)
        beside.write_text(mapping, encoding="utf-8")
        for name, rows in tables.items():
            frame, _ = read_mapped(MappedTable(place, beside, name))
            assert set(frame.columns) == set(HEADINGS[name])
            assert frame.to_dicts() == as_texts(name, rows), name
        assert len(read_portfolio(open_folder(folder=str(place)))) == len(tables["tenancies"])
