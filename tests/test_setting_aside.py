"""Tables without the tenancies of bad rows: the rest is screened just as it would have been."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, strategies as st
from libraries import BACK, GIVEN, LIBRARIES
from tables import Given, as_tables, write_csv
from test_check import NAMES, damages, places, portfolio, set_cell
from test_frames_refused import AS_OF, POLICY, a_tenancy

from huurschuld import screen
from huurschuld.errors import InputError, InvalidValue, MissingField
from huurschuld.portfolio.setting_aside import Aside, set_aside


def aside(tables: object) -> Aside:
    """What is left, by the policy of these tests."""
    return set_aside(tables, POLICY)


@given(st.data())
def test_the_rest_is_screened_as_it_would_have_been(data: st.DataObject) -> None:
    """And each tenancy that is left out has a failure; a row of nobody refuses all."""
    tables = portfolio()
    right = screen(tables, POLICY, AS_OF, facts=True)
    chosen = data.draw(st.lists(st.sampled_from(NAMES), max_size=5, unique=True))
    bad = {data.draw(damages(tables, tenancy)) for tenancy in chosen}
    keys = {table: "id" if table == "tenancies" else "tenancy" for table, _ in bad}
    if not {tables[table][keys[table]][line - 2] for table, line in bad} <= {*NAMES}:
        with pytest.raises(InputError, match="not certain which tenancy the row belongs to"):
            aside(tables)
        return
    found = aside(tables)
    assert found.names == tuple(sorted(chosen))
    assert places(found.found) == bad
    rest = screen(found.tables, POLICY, AS_OF, facts=True)
    assert rest.equals(right.filter(~pl.col("tenancy").is_in(chosen)))


@pytest.mark.parametrize("library", LIBRARIES)
def test_the_rest_is_of_the_same_library(library: str) -> None:
    """Whatever that is."""
    tables = portfolio()
    set_cell(tables, "entries", 9, "cents", "612,34")
    set_cell(tables, "contacts", 3, "reached", "WAAR")
    given_tables: Any = GIVEN[library](tables)
    found = aside(given_tables)
    assert found.names == ("B", "D")
    why = BACK[library](found.failures)
    assert {*zip(why["table"], why["column"], strict=True)} == {
        ("entries", "cents"),
        ("contacts", "reached"),
    }
    for name, table in found.tables.items():
        assert type(table) is type(given_tables[name])
        key = "id" if name == "tenancies" else "tenancy"
        assert {*BACK[library](table)[key]} == {*"ACEF"}


def test_a_folder_and_a_ledger_are_read_into_polars(tmp_path: Path) -> None:
    """Also a row that was cut short goes with its tenancy."""
    folder = write_csv(tmp_path / "given", as_tables([a_tenancy(name) for name in "ABC"]))
    path = folder / "entries.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join([*lines[:9], "B,r9", *lines[9:]]) + "\n", encoding="utf-8")
    found = aside(folder)
    assert (found.names, places(found.found)) == (("B",), {("entries.csv", 10)})
    assert screen(found.tables, POLICY, AS_OF)["tenancy"].to_list() == ["A", "C"]
    tables = portfolio()
    set_cell(tables, "entries", 9, "cents", "612,34")
    assert aside(Given(tables)).names == ("B",)


def test_what_is_right_is_given_back_as_it_is() -> None:
    """With nothing to tell."""
    tables = portfolio()
    found = aside(tables)
    assert found.tables.keys() == tables.keys()
    assert all(found.tables[name] is table for name, table in tables.items())
    assert (found.names, found.found.listed) == ((), ())


def test_a_column_that_is_missing_refuses_all() -> None:
    """It concerns every tenancy."""
    tables = portfolio()
    tables["entries"] = tables["entries"].drop("cents")
    with pytest.raises(MissingField):
        aside(tables)
    with pytest.raises(InvalidValue, match="a ledger, or the folder"):
        aside(None)
