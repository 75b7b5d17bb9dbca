"""All that is wrong with a portfolio at once: each bad row with its line, and no row that is right."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings, strategies as st
from libraries import BACK, GIVEN, LIBRARIES
from tables import Given, as_tables, frames, write_csv
from test_frames_refused import AS_OF, EDITS, POLICY, Frames, a_tenancy, broken, put, refused

from huurschuld import EnrichedLedger, ParquetFile, read_enricher, screen
from huurschuld.errors import Cell, InvalidValue, PluginFailed
from huurschuld.model.values import Birth, Choice, Day, FactValue, Flag, Kind, Text, Whole
from huurschuld.portfolio.checking import check, failures_in
from huurschuld.portfolio.failures import Failure, Failures
from huurschuld.portfolio.schema import COLUMNS, TABLES

NAMES = "ABCDEF"


def portfolio() -> Frames:
    """Six tenancies with something in every table, all as texts."""
    tables = frames(as_tables([a_tenancy(name) for name in NAMES]))
    return {name: it.cast(pl.String) for name, it in tables.items()}


def found_in(tables: object, **options: Any) -> Failures:
    """What is wrong with tables in memory, by the policy of these tests."""
    return failures_in(tables, own=POLICY.facts, **options)


def told(failure: Failure) -> tuple[object, ...]:
    """What an error of `screen` says as well."""
    return failure.code, failure.place, failure.problem, failure.remedy


def places(failures: Failures) -> set[tuple[str, int]]:
    """The lines that are told, by table."""
    return {(it.place.file, it.place.line) for it in failures.listed if isinstance(it.place, Cell)}


# --- what screen refuses ---------------------------------------------------------------------------


@pytest.mark.parametrize("what", EDITS)
def test_what_screen_refuses_is_among_what_is_found(what: str) -> None:
    """With the same code, place, problem and remedy, also where a table or column is missing."""
    given_tables = frames(as_tables([a_tenancy(name) for name in "ABC"]))
    EDITS[what](given_tables)
    first = refused(lambda: screen(given_tables, POLICY, AS_OF))
    assert first is not None
    assert first in map(told, found_in(given_tables).listed)


@given(broken(st.booleans()))
def test_nothing_is_found_just_where_screen_takes_the_tables(given_tables: Frames) -> None:
    """Else the error that it raises is among them, and all of them are errors that it would raise."""
    first = refused(lambda: screen(given_tables, POLICY, AS_OF))
    found = found_in(given_tables)
    assert bool(found.refused) == (first is not None)
    assert first is None or first in map(told, found.listed)


# --- each bad row, and no other --------------------------------------------------------------------

WRONG: Mapping[type[Kind], tuple[str, ...]] = {
    Day: ("01-03-2026", "46082", "2026-02-30", "9999-12-31", "2026-03-01 00:00:00"),
    Whole: ("612,34", "-5", "0612", "6.1E4", "1.299"),
    Flag: ("WAAR", "nee", "1"),
    Choice: ("Huur", "letter "),
    Birth: ("01-03-2016", "2016"),
    FactValue: ("1,5", "-1"),
}
"""Texts that no column of a kind takes."""

Damage = tuple[str, int]
"""The row that is bad now: its table, and its line."""


def rows_of(tables: Frames, table: str, tenancy: str) -> list[int]:
    """The rows of a tenancy, counted from 0."""
    key = "id" if table == "tenancies" else "tenancy"
    return tables[table].with_row_index().filter(pl.col(key) == tenancy)["index"].to_list()


def of_kind(tables: Frames, kinds: set[str], tenancy: str) -> list[int]:
    """The entries of a tenancy that are of some kinds, counted from 0."""
    kind = pl.col("kind").is_in(sorted(kinds)) & (pl.col("tenancy") == tenancy)
    return tables["entries"].with_row_index().filter(kind)["index"].to_list()


def set_cell(tables: Frames, table: str, row: int, column: str, value: str | None) -> Damage:
    """Put a text into a cell, and say which line that is."""
    put(table, column, value, row)(tables)
    return table, row + 2


@st.composite
def damages(draw: st.DrawFn, tables: Frames, tenancy: str) -> Damage:
    """Make one row of a tenancy bad, in one of the ways in which exports are."""
    table = draw(st.sampled_from(TABLES))
    way = draw(st.sampled_from(["value", "empty", "twice", "stranger", "reference", "unused", "order"]))
    row = draw(st.sampled_from(rows_of(tables, table, tenancy)))
    columns = COLUMNS[table]
    match way:
        case "twice" if table in ("tenancies", "rents", "entries", "facts"):
            tables[table] = pl.concat([tables[table], tables[table][row]])
            return table, tables[table].height + 1
        case "stranger" if table not in ("tenancies", "rents"):
            return set_cell(tables, table, row, "tenancy", "nobody")
        case "reference":
            payments = of_kind(tables, {"payment", "credit"}, tenancy)
            return set_cell(tables, "entries", draw(st.sampled_from(payments)), "settles", "nothing")
        case "unused":
            payments = of_kind(tables, {"payment", "refund"}, tenancy)
            return set_cell(tables, "entries", draw(st.sampled_from(payments)), "due", "2025-03-01")
        case "order" if table in ("plans", "disputes"):
            return set_cell(tables, table, row, "until", "1950-01-01")
        case "empty":
            required = [it for it, column in columns.items() if column.required and it != "id"]
            if required and table not in ("tenancies", "rents"):
                return set_cell(tables, table, row, draw(st.sampled_from(required)), None)
    typed = [it for it, column in columns.items() if type(column.kind) is not Text]
    column = draw(st.sampled_from(typed))
    if table == "entries":  # of the cells that an entry of this kind has
        typed = [it for it in typed if tables[table][it][row] is not None]
        column = draw(st.sampled_from(typed))
    values = WRONG[type(columns[column].kind)]
    return set_cell(tables, table, row, column, draw(st.sampled_from(values)))


@given(st.data())
def test_each_bad_row_is_told_with_its_line_and_no_other(data: st.DataObject) -> None:
    """Whatever is wrong with how many of them: what follows from a bad row is not told of a good one."""
    tables = portfolio()
    assert not found_in(tables).listed
    chosen = data.draw(st.lists(st.sampled_from(NAMES), min_size=1, unique=True))
    bad = {data.draw(damages(tables, tenancy)) for tenancy in chosen}
    assert places(found_in(tables)) == bad


@pytest.mark.parametrize("library", LIBRARIES)
def test_the_same_is_found_in_every_library(library: str) -> None:
    """As a frame of that library; of rows without an order the line is not known."""
    tables = portfolio()
    bad = {
        set_cell(tables, "entries", 3, "cents", "612,34"),
        set_cell(tables, "contacts", 2, "reached", "WAAR"),
        set_cell(tables, "rents", 5, "from", "01-07-2024"),
    }
    given_tables = GIVEN[library](tables)
    found = BACK[library](check(given_tables, POLICY))
    errors = found.filter(pl.col("severity") == "error")
    lines = set(zip(errors["file"], errors["line"], strict=True))
    assert lines == (bad if library != "spark" else {(table, None) for table, _ in bad})
    assert [*errors["column"]] == ["from", "cents", "reached"]
    assert found.columns == check(tables).columns


@pytest.mark.slow
@settings(max_examples=10)
@given(st.data())
def test_duckdb_tells_the_same(data: st.DataObject) -> None:
    """Row by row, with the same lines and remedies."""
    pytest.importorskip("duckdb")
    tables = portfolio()
    for tenancy in data.draw(st.lists(st.sampled_from(NAMES), min_size=1, unique=True)):
        data.draw(damages(tables, tenancy))
    assert found_in(GIVEN["duckdb"](tables)) == found_in(tables)


def test_a_row_without_a_name_hides_what_may_be_its(tmp_path: Path) -> None:
    """A tenancy without an id has rows elsewhere, whose name is that of nobody: these are not told."""
    tables = portfolio()
    put("tenancies", "id", None, 1)(tables)
    assert places(found_in(tables)) == {("tenancies", 3)}
    folder = write_csv(tmp_path / "given", as_tables([a_tenancy(name) for name in "AB"]))
    lines = (folder / "tenancies.csv").read_text(encoding="utf-8").splitlines()
    (folder / "tenancies.csv").write_text(f"{lines[0]}\n{lines[1]}\nB\n", encoding="utf-8")
    assert places(found_in(folder)) == {("tenancies.csv", 3)}


def test_a_tenancy_without_a_rent_is_told_unless_a_rent_names_nobody() -> None:
    """It may be that rent."""
    tables = portfolio()
    tables["rents"] = tables["rents"].filter(pl.col("tenancy") != "C")
    assert places(found_in(tables)) == {("tenancies", 4)}
    put("rents", "tenancy", "nobody", 0)(tables)
    assert places(found_in(tables)) == {("rents", 2)}


# --- files and tables ------------------------------------------------------------------------------


def test_every_table_that_cannot_be_read_is_told_and_the_others_are_checked(tmp_path: Path) -> None:
    """A quote that does not close, a wrong heading, bytes that are not UTF-8, a bad cell: all."""
    folder = write_csv(tmp_path / "given", as_tables([a_tenancy(name) for name in "ABC"]))
    (folder / "plans.csv").write_bytes(b"tenancy,from\nA,2024-01-01\nB,\xff\n")
    (folder / "signals.csv").write_text('tenancy,cents,date\nA,"5,2024-01-01\n', encoding="utf-8")
    (folder / "objections.csv").write_text("A,2024-01-01\n", encoding="utf-8")
    (folder / "rents.csv").write_text(
        "tenancy,from,amount\nA,2020-01-01,60000\nB,2020-01-01,60000\nC,2020-01-01,60000\n",
        encoding="utf-8",
    )
    (folder / "contacts.csv").write_text(
        "tenancy,date,channel\nA,20-03-2025,letter\nnobody,2025-03-20,fax\n", encoding="utf-8"
    )
    found = found_in(folder)
    assert [str(it.place) for it in found.listed] == [
        "rents.csv, line 1, column 3",
        "rents.csv, line 1, column cents",
        "contacts.csv, line 2, column date",
        "contacts.csv, line 3, column channel",
        "contacts.csv, line 3, column tenancy",
        "plans.csv, line 3",
        "objections.csv, line 1",
        "signals.csv, line 2",
    ]


def test_a_damaged_table_of_bytes_is_told_beside_the_others(tmp_path: Path) -> None:
    """A Parquet file that is cut off, and a bad cell of another table."""
    tables = portfolio()
    put("contacts", "channel", "fax", 1)(tables)
    path = tmp_path / "plans.parquet"
    tables["plans"].write_parquet(path)
    path.write_bytes(path.read_bytes()[:-20])
    found = found_in(Given({**tables, "plans": ParquetFile(path)}))
    assert {it.table for it in found.listed} == {"plans", "contacts"}


def test_what_does_not_fit_another_system_is_told_beside_bad_rows() -> None:
    """Two systems give the plans of one tenancy, and a row of the ledger is bad: both."""
    tables = portfolio()
    put("contacts", "channel", "fax", 1)(tables)
    further = read_enricher("elsewhere", Given({"plans": tables["plans"][:1]}))
    found = found_in(EnrichedLedger(Given(tables), [further]))
    assert [(it.code, str(it.place)) for it in found.listed] == [
        ("two-sources", "elsewhere: plans, line 2, column tenancy"),
        ("invalid-value", "contacts, line 3, column channel"),
    ]


def test_an_empty_folder_lacks_three_tables(tmp_path: Path) -> None:
    """All of them are told."""
    assert [it.place for it in found_in(tmp_path).listed] == ["entries", "rents", "tenancies"]
    assert found_in({}).refused == 3


def test_a_table_of_another_library_is_told() -> None:
    """As `screen` would."""
    tables: dict[str, Any] = {**portfolio()}
    tables["contacts"] = tables["contacts"].to_arrow()
    first = refused(lambda: screen(tables, POLICY, AS_OF))
    assert first is not None
    assert [told(it) for it in found_in(tables).listed] == [first]


@pytest.mark.parametrize("given_portfolio", [None, 3, [portfolio()], object()])
def test_what_is_no_portfolio_is_refused(given_portfolio: object) -> None:
    """A text is a folder."""
    with pytest.raises(InvalidValue, match="tables by name, a ledger, or the folder"):
        check(given_portfolio)  # type: ignore[call-overload] # that is what is tested


def test_a_plugin_that_fails_is_no_failure_of_the_data() -> None:
    """Nothing can be said about tables that did not come."""

    class Failing:
        def tables(self) -> Mapping[str, Any]:
            raise PluginFailed("erp", "it did not answer")

    with pytest.raises(PluginFailed):
        check(Failing())


# --- how many --------------------------------------------------------------------------------------


@settings(max_examples=20)
@given(st.integers(1, 8))
def test_some_are_listed_and_all_are_counted(most: int) -> None:
    """The first of them, in the order of tables and lines."""
    tables = portfolio()
    for name in ("entries", "contacts"):
        tables[name] = tables[name].with_columns(tenancy=pl.lit("nobody"))
    tables["rents"] = tables["rents"].with_columns(cents=pl.lit("691,00"))
    everything = found_in(tables)
    some = found_in(tables, most=most)
    assert some.listed == everything.listed[:most]
    assert some.counts == everything.counts
    assert (
        everything.refused
        == len(everything.listed)
        == sum(tables[it].height for it in ("entries", "contacts", "rents"))
    )


def test_nothing_of_a_value_is_told() -> None:
    """Neither in the frame nor in how it is counted."""
    tables = portfolio()
    for table, columns in COLUMNS.items():
        for column in columns:
            if table != "tenancies" or column != "id":
                put(table, column, "Jansen 061234", 1)(tables)
    tables["plans"] = tables["plans"].with_columns(Jansen=pl.lit("061234"))
    found = check(tables, POLICY)
    assert found.height > 20
    written = found.write_csv()
    assert "Jansen" not in written
    assert "061234" not in written
    assert "Jansen" not in repr(found_in(tables))


# --- what is unlikely ------------------------------------------------------------------------------


def warnings_of(tables: Frames) -> list[tuple[str, str]]:
    """The code and table of each warning; nothing is refused."""
    found = found_in(tables)
    assert not found.refused
    return [(it.code, it.table) for it in found.warnings]


def in_euros(tables: Frames, table: str) -> None:
    """Write the amounts of a table in euros; a rent of less than a euro would be refused."""
    cents = pl.col("cents").cast(pl.Int64) // 100
    lowest = 1_200 if table == "rents" else 1
    tables[table] = tables[table].with_columns(cents=pl.max_horizontal(cents, lowest).cast(pl.String))


def test_amounts_in_euros_are_noticed() -> None:
    """In all tables, and in entries alone; a rent of a storage room among others is as it is."""
    tables = portfolio()
    put("rents", "cents", "1900", 0)(tables)
    assert warnings_of(tables) == []
    payments = pl.col("kind") == "payment"
    entries = tables["entries"]
    in_euros(tables, "entries")
    assert warnings_of(tables) == [("amounts-in-euros", "entries")]
    only_payments = pl.concat([tables["entries"].filter(payments), entries.filter(~payments)])
    kept = pl.when(pl.col("kind") == "reversal").then(None).otherwise("cents")
    tables["entries"] = only_payments.with_columns(cents=kept)
    assert warnings_of(tables) == [("amounts-in-euros", "entries")]
    in_euros(tables, "entries")
    in_euros(tables, "rents")
    assert warnings_of(tables) == [("amounts-in-euros", "rents")]


def test_contacts_that_were_exported_twice_are_noticed() -> None:
    """All of them or nearly; the same call twice on a day is nothing special."""
    tables = portfolio()
    contacts = tables["contacts"]
    tables["contacts"] = pl.concat([contacts, contacts[:1]])
    assert warnings_of(tables) == []
    tables["contacts"] = pl.concat([contacts, contacts[:5]])
    assert warnings_of(tables) == [("doubled-rows", "contacts")]
