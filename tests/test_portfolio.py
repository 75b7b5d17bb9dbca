"""Tables to tenancies: everything survives, and every error names file, line and column."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import attrs
import polars as pl
import pytest
from hypothesis import given, settings, strategies as st
from tables import Given, Rows, as_tables, day, frames, write_csv, write_parquet

from huurschuld import (
    Cell,
    ExtraNeeded,
    InputError,
    InvalidValue,
    Portfolio,
    Tenancy,
    decide,
    dump_receipts,
    load_plugins,
    load_receipts,
    open_ledger,
    read_portfolio,
)
from huurschuld.portfolio.assumptions import read_assumption
from huurschuld.testing import AS_OF, tenancies

HOST = load_plugins()


def read(folder: Path, **assume: object) -> Portfolio:
    """The portfolio in a folder."""
    return read_portfolio(open_ledger(HOST, "portfolio", folder=str(folder)), assume)


def several() -> st.SearchStrategy[list[Tenancy]]:
    """A few tenancies, each with its own id."""
    return st.lists(tenancies(), max_size=4, unique_by=lambda it: it.id)


def with_texts(tenancy: Tenancy) -> Tenancy:
    """A tenancy whose facts are as a table has them: a number may be months, and is a text."""
    facts = tenancy.facts and [
        it if isinstance(it.value, bool) else attrs.evolve(it, value=str(it.value))
        for it in tenancy.facts
    ]
    return attrs.evolve(tenancy, facts=facts)


@settings(max_examples=60)
@given(several(), st.sampled_from([write_csv, write_parquet]))
def test_tenancies_survive_tables(given_tenancies: list[Tenancy], write: Callable[..., Path]) -> None:
    """Written as CSV or Parquet and read again they are the same, to the cent and the letter."""
    tables = as_tables(given_tenancies)
    with tempfile.TemporaryDirectory() as folder:
        found = read(write(Path(folder), tables))
    parts = ("contacts", "plans", "disputes", "objections", "signals", "facts")
    unknown: dict[str, Any] = {name: None for name in parts if name not in tables}
    expected = [attrs.evolve(with_texts(it), **unknown) for it in given_tenancies]
    assert list(found) == expected
    assert len(found) == len(given_tenancies)


@given(several())
def test_a_ledger_may_give_any_arrow_stream(given_tenancies: list[Tenancy]) -> None:
    """Typed frames that speak Arrow are read without a file in between."""
    tables = as_tables(given_tenancies)
    assert [it.entries for it in read_portfolio(Given(frames(tables)))] == [
        it.entries for it in given_tenancies
    ]


def small() -> dict[str, Rows]:
    """A portfolio of two tenancies with a row or two in every table."""
    return {
        "tenancies": [
            {"id": "T-1", "start": day("2020-01-01"), "children_known": "all"},
            {"id": "T-2", "start": day("2020-01-01"), "end": day("2025-12-31")},
        ],
        "rents": [
            {"tenancy": "T-1", "cents": 60000, "from": day("2020-01-01")},
            {"tenancy": "T-2", "cents": 50000, "from": day("2020-01-01")},
        ],
        "entries": [
            {"tenancy": "T-1", "id": "r1", "kind": "rent", "due": day("2025-03-01"), "cents": 60000},
            {
                "tenancy": "T-1",
                "id": "p1",
                "kind": "payment",
                "booked": day("2025-03-05"),
                "cents": 100,
                "settles": "r1",
            },
            {
                "tenancy": "T-1",
                "id": "s1",
                "kind": "reversal",
                "booked": day("2025-03-09"),
                "reverses": "p1",
            },
            {"tenancy": "T-2", "id": "o1", "kind": "other", "due": day("2025-03-01"), "cents": 5},
        ],
        "contacts": [{"tenancy": "T-1", "date": day("2025-03-15"), "channel": "phone"}],
        "children": [{"tenancy": "T-1", "born": day("2015-01-01")}],
        "plans": [{"tenancy": "T-1", "from": day("2025-03-20")}],
        "disputes": [{"tenancy": "T-1", "from": day("2025-03-20"), "cents": 10}],
        "objections": [{"tenancy": "T-2", "date": day("2025-03-20")}],
        "signals": [{"tenancy": "T-2", "date": day("2025-03-20"), "cents": 0}],
    }


@pytest.mark.parametrize(
    ("table", "row", "column", "value", "code"),
    [
        ("tenancies", 1, "id", "T-1", "duplicate-id"),
        ("tenancies", 0, "id", None, "invalid-value"),
        ("tenancies", 0, "start", "2020-02-30", "invalid-value"),
        ("rents", 1, "tenancy", "T-9", "unknown-reference"),
        ("rents", 0, "cents", "600.00", "invalid-value"),
        ("rents", 0, "cents", "６0000", "invalid-value"),
        ("entries", 1, "id", "r1", "duplicate-id"),
        ("entries", 0, "kind", "huur", "invalid-value"),
        ("entries", 0, "due", None, "invalid-value"),
        ("entries", 0, "settles", "p1", "unknown-field"),
        ("entries", 1, "due", "2025-03-01", "unknown-field"),
        ("entries", 1, "settles", "r9", "unknown-reference"),
        ("entries", 2, "reverses", "r1", "unknown-reference"),
        ("contacts", 0, "channel", "fax", "invalid-value"),
        ("children", 0, "born", "2015", "invalid-value"),
        ("plans", 0, "until", "2025-03-19", "invalid-value"),
    ],
)
def test_an_error_in_a_table_names_file_line_and_column(
    tmp_path: Path, table: str, row: int, column: str, value: object, code: str
) -> None:
    """Whatever is wrong, a person can go and look at it."""
    tables = small()
    tables[table][row][column] = value
    with pytest.raises(InputError) as caught:
        read(write_csv(tmp_path / "p", tables))
    assert (caught.value.code, caught.value.place) == (code, Cell(f"{table}.csv", row + 2, column))


def with_second_rent(tables: dict[str, Rows]) -> None:
    tables["rents"].append({"tenancy": "T-1", "cents": 61000, "from": day("2020-01-01")})


def without_rent(tables: dict[str, Rows]) -> None:
    tables["rents"].pop()


def with_half_an_eviction(tables: dict[str, Rows]) -> None:
    tables["tenancies"][0]["eviction_on"] = day("2025-05-01")


def with_an_eviction_too_early(tables: dict[str, Rows]) -> None:
    tables["tenancies"][0] |= {"eviction_announced": day("2025-05-02"), "eviction_on": day("2025-05-01")}


def with_too_many_entries(tables: dict[str, Rows]) -> None:
    tables["entries"] += [
        {"tenancy": "T-1", "id": f"x{number}", "kind": "rent", "due": day("2025-03-01"), "cents": 1}
        for number in range(5000)
    ]


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (with_second_rent, Cell("rents.csv", 4, "from")),
        (without_rent, Cell("tenancies.csv", 3, "id")),
        (with_half_an_eviction, Cell("tenancies.csv", 2, "eviction_announced")),
        (with_an_eviction_too_early, Cell("tenancies.csv", 2, "eviction_on")),
        (with_too_many_entries, Cell("entries.csv", 5003, "id")),
    ],
)
def test_what_is_wrong_with_a_whole_tenancy_has_a_place_too(
    tmp_path: Path, change: Callable[[dict[str, Rows]], None], place: Cell
) -> None:
    """Two rents of one day, no rent, half an eviction, too many entries."""
    tables = small()
    change(tables)
    with pytest.raises(InputError) as caught:
        read(write_csv(tmp_path / "p", tables))
    assert (caught.value.code, caught.value.place) == ("invalid-value", place)


def edited(folder: Path, name: str, edit: Callable[[bytes], bytes]) -> Path:
    """A small portfolio, one file of it edited."""
    write_csv(folder, small())
    file = folder / f"{name}.csv"
    file.write_bytes(edit(file.read_bytes()))
    return folder


HEADING = b"tenancy,cents,from\n"


@pytest.mark.parametrize(
    ("edit", "told"),
    [
        (lambda it: it.replace(b"cents", b"euros"), "unknown-field at rents.csv, line 1, column 3"),
        (lambda _: b"tenancy,from\n", "missing-field at rents.csv, line 1, column cents"),
        (lambda it: it.replace(b"cents", b"from"), "invalid-value at rents.csv, line 1, column from"),
        (lambda _: b"", "missing-field at rents.csv, line 1: "),
        (lambda it: it + b"T-1,,1\n", "invalid-value at rents.csv, line 4, column from"),
        (lambda it: it + b"T-1,,1,2025-01-01,x\n", "invalid-value at rents.csv, line 4, column from"),
        (lambda it: it + b'"T-1,1,2025-01-01\n', "invalid-value at rents.csv, line 4: "),
        (lambda it: it + b"T-\xff,1,2025-01-01\n", "invalid-value at rents.csv, line 4: "),
        (lambda _: b"\xef\xbb\xbf" + HEADING + b"\xff", "invalid-value at rents.csv, line 2: "),
        (lambda it: it + b"T" * 200_000 + b",1,2025-01-01\n", "invalid-value at rents.csv, line 4: "),
        (lambda it: it + b"\n\nT-9,,100,2025-01-01\n", "unknown-reference at rents.csv, line 6, "),
        (
            lambda it: it + b'T-1,,"1\n0",2025-01-01\n',
            "invalid-value at rents.csv, line 4, column cents",
        ),
        (lambda _: HEADING + b'"T\r9",100,2020-01-01\n', "unknown-reference at rents.csv, line 2, "),
        (lambda _: HEADING + b'"T\n1",100\n', "invalid-value at rents.csv, line 2, column from"),
        (lambda _: b'tenancy,cents,from\r"T,1",1,2020-01-01\r', "invalid-value at rents.csv, line 2, "),
        (lambda _: b'tenancy;cents;from\r"T,1";1;2020-01-01\r', "invalid-value at rents.csv, line 2, "),
        (lambda it: it[:-3], "invalid-value at rents.csv, line 3, column from"),
        (lambda _: b"cents,from,tenancy\n1,2020-01-01,2025-03-01", "invalid-value at rents.csv, line 2"),
        (lambda _: b"tenancy,from", "invalid-value at plans.csv, line 1, column from"),
        (lambda it: it + b"T-2,0,", "invalid-value at signals.csv, line 3, column date"),
        (lambda it: it[:-2], "invalid-value at disputes.csv, line 2, column cents"),
        (
            lambda it: it.replace(b"T-2,2025-03-20,,", b"T-2,2025-03-20,,fal")[:-1],
            "invalid-value at objections.csv, line 2, column standing",
        ),
    ],
)
def test_a_file_that_is_not_whole_is_refused(
    tmp_path: Path, edit: Callable[[bytes], bytes], told: str
) -> None:
    """Columns that are missing or doubled, rows too short or long, quotes, encodings, files cut off.

    The line is that at which a row begins, whatever its line breaks. A file that ends in a heading or in
    an id may have been cut off there.
    """
    name = told.partition(" at ")[2].partition(".csv")[0]
    with pytest.raises(InputError) as caught:
        read(edited(tmp_path / "p", name, edit))
    assert str(caught.value).startswith(told)


def test_a_last_line_need_not_end_where_it_cannot_go_on(tmp_path: Path) -> None:
    """Nothing can follow a whole day, so the table is as if it had a last line break."""
    plain = read(write_csv(tmp_path / "plain", small()))
    assert read(edited(tmp_path / "edited", "rents", lambda it: it[:-1])).tenancies == plain.tenancies


@pytest.mark.parametrize("table", ["tenancies", "rents", "entries"])
def test_a_required_table_that_is_absent_is_missing(tmp_path: Path, table: str) -> None:
    """Its name is the place."""
    tables = small()
    del tables[table]
    with pytest.raises(InputError) as caught:
        read(write_csv(tmp_path / "p", tables))
    assert (caught.value.code, caught.value.place) == ("missing-field", table)


def test_an_absent_table_is_unknown_and_an_empty_one_is_none(tmp_path: Path) -> None:
    """Not knowing of any plan is not the same as knowing of no plan."""
    tables = small()
    del tables["plans"]
    tables["signals"] = []
    for it in read(write_csv(tmp_path / "p", tables)):
        assert it.plans is None
        assert it.signals == ()


@pytest.mark.parametrize(
    ("known", "rows", "expected"),
    [
        ("all", 1, True),
        ("all", 0, True),
        ("some", 1, False),
        ("some", 0, False),
        ("no", 1, False),
        (None, 1, False),
        ("no", 0, None),
        (None, 0, None),
    ],
)
def test_children_are_known_as_far_as_the_table_says(
    tmp_path: Path, known: str | None, rows: int, expected: bool | None
) -> None:
    """Rows beside `no` count as `some`; empty is `no`; without a table all are unknown."""
    tables = small()
    tables["tenancies"][0]["children_known"] = known
    tables["children"] = tables["children"][:rows]
    household = next(iter(read(write_csv(tmp_path / "p", tables)))).household
    assert (household and household.complete) is expected
    (tmp_path / "p" / "children.csv").unlink()
    assert next(iter(read(tmp_path / "p"))).household is None


def drop(folder: Path, table: str, column: str) -> Path:
    """The small portfolio without a column."""
    write_csv(folder, small())
    file = folder / f"{table}.csv"
    pl.read_csv(file, infer_schema=False).drop(column).write_csv(file)
    return folder


@pytest.mark.parametrize(
    ("column", "unknown"),
    [
        ("contacts.direction", True),
        ("contacts.about_arrears", True),
        ("contacts.reminder", True),
        ("contacts.debt_help", True),
        ("contacts.offers_sharing", True),
        ("contacts.reached", False),
        ("objections.withdrawn", True),
        ("objections.standing", True),
        ("plans.until", False),
        ("disputes.cents", False),
    ],
)
def test_what_the_source_does_not_record_is_unknown_for_everyone(
    tmp_path: Path, column: str, unknown: bool
) -> None:
    """A whole optional column of contacts or objections that is absent makes that part unknown."""
    table, _, name = column.partition(".")
    for it in read(drop(tmp_path / "p", table, name)):
        assert (getattr(it, table) is None) is unknown


def test_what_is_assumed_is_told(tmp_path: Path) -> None:
    """The user may say what to assume; it fills the column, and the portfolio keeps it."""
    folder = drop(tmp_path / "p", "contacts", "direction")
    found = read(folder, **{"contacts.direction": "in"})
    assert [it.direction for it in found.tenancies[0].contacts or ()] == ["in"]
    assert found.assumptions == {"contacts.direction": "in"}
    dated = read(
        drop(tmp_path / "q", "objections", "withdrawn"), **{"objections.withdrawn": day("2025-03-25")}
    )
    assert dated.assumptions == {"objections.withdrawn": "2025-03-25"}
    (receipt,) = load_receipts(
        dump_receipts(
            [decide(dated.tenancies[0], "bgs-2021", AS_OF, assumptions=dated.assumptions).receipt]
        )
    )
    assert receipt.assumptions == (("objections.withdrawn", "2025-03-25"),)


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("contacts.direction", "in", "invalid-value"),
        ("contacts.reached", True, "unknown-field"),
        ("nonsense", 1, "unknown-field"),
        ("objections.standing", "yes", "invalid-value"),
        ("objections.standing", None, "invalid-value"),
    ],
)
def test_an_assumption_that_does_not_fit_is_refused(
    tmp_path: Path, name: str, value: object, code: str
) -> None:
    """Of a column that is recorded, or that has a default, nothing is assumed."""
    with pytest.raises(InputError) as caught:
        read(write_csv(tmp_path / "p", small()), **{name: value})
    assert caught.value.code == code


def test_nothing_is_assumed_of_a_table_that_is_absent(tmp_path: Path) -> None:
    """The table is unknown, and stays so."""
    tables = small()
    del tables["objections"]
    with pytest.raises(InputError, match="no such table"):
        read(write_csv(tmp_path / "p", tables), **{"objections.standing": True})


def test_assumptions_are_read_from_text() -> None:
    """As the command line takes them; nothing is null, where that is a value."""
    assert read_assumption("contacts.reminder", "false") is False
    assert read_assumption("objections.withdrawn", "") is None
    for name, text in (("contacts.reminder", ""), ("contacts.direction", "uit")):
        with pytest.raises(InputError):
            read_assumption(name, text)


def test_a_folder_is_looked_at_whole(tmp_path: Path) -> None:
    """A misspelt table, one that stands twice, or no folder at all is an error; other files are not."""
    folder = write_csv(tmp_path / "p", small())
    (folder / "notes.txt").write_text("mine", encoding="utf-8")
    assert len(read(folder)) == 2
    (folder / "objection.csv").write_text("", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read(folder)
    assert (caught.value.code, caught.value.place) == ("unknown-field", "objection.csv")
    (folder / "objection.csv").unlink()
    write_parquet(folder, {"rents": small()["rents"]})
    with pytest.raises(InputError, match="twice"):
        read(folder)
    with pytest.raises(InputError, match="no such folder"):
        read(tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("table", "column"),
    [("tenancies", "eviction_on"), ("tenancies", "eviction_announced"), ("entries", "reverses")],
)
def test_a_column_that_rows_need_is_missing(table: str, column: str) -> None:
    """One day of an eviction needs that of the other, and a reversal what it reverses."""
    tables = small()
    tables["tenancies"][0] |= {"eviction_announced": day("2025-05-01"), "eviction_on": day("2025-06-01")}
    given_frames = frames(tables)
    with pytest.raises(InputError) as caught:
        read_portfolio(Given({**given_frames, table: given_frames[table].drop(column)}))
    assert (caught.value.code, caught.value.place) == ("missing-field", Cell(table, 1, column))


@pytest.mark.parametrize("name", ["p[1]", "p*", "p?"])
def test_a_folder_is_the_folder_of_that_name(tmp_path: Path, name: str) -> None:
    """Brackets and asterisks in a name are no pattern: nobody else's tenants are read."""
    other = small()
    other["tenancies"][0]["id"] = "OTHER"
    other = {table: other[table][:1] for table in ("tenancies",)} | {"rents": [], "entries": []}
    write_parquet(tmp_path / "p1", other)
    assert [it.id for it in read(write_parquet(tmp_path / name, small()))] == ["T-1", "T-2"]


def test_a_folder_is_no_table(tmp_path: Path) -> None:
    """A folder called plans.parquet is refused, not read as one table."""
    folder = write_csv(tmp_path / "p", small())
    (folder / "plans.parquet").mkdir()
    with pytest.raises(InputError, match="not a file"):
        read(folder)


@pytest.mark.parametrize(
    "text",
    ["Jan Jansen,2013-12-11\n", "Jan Jansen,2013-12-11", "Jansen,Jansen\n", "Jan,Jansen\nPiet\n"],
)
def test_a_table_without_a_heading_tells_nothing_of_a_person(tmp_path: Path, text: str) -> None:
    """What stands in the first line is then somebody, not a column."""
    folder = write_csv(tmp_path / "p", small())
    (folder / "tenancies.csv").write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read(folder)
    assert "Jansen" not in str(caught.value)
    assert caught.value.place == Cell("tenancies.csv", 1, "")


@pytest.mark.parametrize(
    "series",
    [
        pl.Series("from", [10_000_000, 1], dtype=pl.Int32).cast(pl.Date),
        pl.Series("from", [10**18, 1], dtype=pl.Int64).cast(pl.Datetime("us")),
        pl.Series("from", [10**18, 1], dtype=pl.Int64).cast(pl.Duration("us")),
        pl.Series("from", [[1], [2]]),
        pl.Series("from", [b"2020-01-01", b"2020-01-01"]),
        pl.Series("from", [1.5, 2.5]),
        pl.Series("cents", [1.0, 1.0]),
        pl.Series("cents", [True, True]),
        pl.Series("tenancy", [1, 2]),
    ],
)
def test_a_column_of_the_wrong_type_is_refused_at_its_first_cell(series: pl.Series) -> None:
    """A day in the year 29,349, a moment, a span, a list: invalid where it stands, and not quoted."""
    tables = frames(small())
    with pytest.raises(InputError) as caught:
        read_portfolio(Given({**tables, "rents": tables["rents"].with_columns(series)}))
    assert (caught.value.code, caught.value.place) == ("invalid-value", Cell("rents", 2, series.name))
    assert "29349" not in str(caught.value)


@pytest.mark.parametrize(
    ("table", "remedy"),
    [
        (pl.LazyFrame({"tenancy": ["A"]}), "a LazyFrame is a query: give what its .collect() returns"),
        (
            [],
            "give a dataframe or table that supports Arrow, or None for what your system does not have",
        ),
    ],
)
def test_what_is_no_table_is_told_with_what_to_give(table: Any, remedy: str) -> None:
    """By its type: a query of polars has no rows yet."""
    with pytest.raises(InvalidValue) as caught:
        read_portfolio(Given({**frames(small()), "plans": table}))
    assert caught.value.problem == f"this is not an Arrow stream, but {type(table).__name__}"
    assert (caught.value.place, caught.value.remedy) == ("plans", remedy)


def test_categories_are_texts_and_an_empty_text_is_empty() -> None:
    """As other libraries write them; `children_known` that is empty is `no`."""
    made = frames(small())
    other = {
        **made,
        "tenancies": made["tenancies"].with_columns(pl.col("children_known").fill_null("")),
        "entries": made["entries"].with_columns(pl.col("kind").cast(pl.Categorical)),
        "contacts": made["contacts"].with_columns(
            direction=pl.lit(""), channel=pl.lit("phone").cast(pl.Enum(["phone"]))
        ),
    }
    assert read_portfolio(Given(other)).tenancies == read_portfolio(Given(made)).tenancies


@pytest.mark.parametrize("stream", [1, [], {"a": [1]}, None])
def test_what_is_no_arrow_stream_is_refused(stream: object) -> None:
    """A list or a dictionary is not what a ledger gives, though polars would take it."""
    with pytest.raises(InputError, match="not an Arrow stream"):
        read_portfolio(Given({**frames(small()), "rents": stream}))


def test_reading_tables_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without polars there is a clear error, not that of the import."""
    ledger = Given(frames(small()))
    folder = write_csv(tmp_path / "p", small())
    monkeypatch.setitem(sys.modules, "polars", None)
    with pytest.raises(ExtraNeeded, match=r"install huurschuld\[cli\]"):
        read_portfolio(ledger)
    with pytest.raises(ExtraNeeded, match=r"install huurschuld\[cli\]"):
        read(folder)
