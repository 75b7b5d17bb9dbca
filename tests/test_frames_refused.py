"""What `screen` refuses: the same as reading the tables tenancy by tenancy, in every library."""

from __future__ import annotations

import datetime as dt
import importlib
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings, strategies as st
from libraries import GIVEN, LIBRARIES
from tables import Given, as_tables, day, frames

from huurschuld import (
    Cell,
    Child,
    Contact,
    Credit,
    Dispute,
    Eviction,
    GivenFact,
    Household,
    HuurschuldError,
    InputError,
    InvalidValue,
    MissingField,
    Objection,
    OtherClaim,
    Payment,
    Phrase,
    Plan,
    Refund,
    Rent,
    RentTerm,
    Reversal,
    Signal,
    StatedFact,
    Tenancy,
    dump_tenancy,
    read_portfolio,
    read_tenancy,
    screen,
)
from huurschuld.model.values import Birth, Choice, Day, FactValue, Flag, Kind, Text, Whole
from huurschuld.portfolio.columnar import row_checks
from huurschuld.portfolio.columnar.backend import is_nameless
from huurschuld.portfolio.columnar.intake import intake
from huurschuld.portfolio.schema import COLUMNS
from huurschuld.rules.policies import find_policy

POLICY = find_policy("bgs-2021").with_(
    "our-own",
    facts=[
        GivenFact("guardian", None, Phrase("bewind", "guardianship")),
        GivenFact("stay_months", "months", Phrase("maanden weg", "months away")),
        GivenFact("savings", "cents", Phrase("spaargeld", "savings")),
    ],
)
"""The national rules, with facts that the tenancies state."""
AS_OF = dt.date(2025, 4, 20)
Frames = dict[str, pl.DataFrame]
Edit = Callable[[Frames], None]


def a_tenancy(name: str) -> Tenancy:
    """A tenancy with something in every table."""
    return Tenancy(
        id=name,
        start=day("2020-01-01"),
        end=day("2026-01-01"),
        deceased=day("2025-12-01"),
        eviction=Eviction(announced=day("2025-05-01"), on=day("2025-06-01")),
        rents=[
            Rent(from_=day("2020-01-01"), cents=60_000),
            Rent(from_=day("2024-07-01"), cents=189_000, per="quarter"),
        ],
        entries=[
            RentTerm(id="r1", due=day("2025-02-01"), cents=63_000),
            RentTerm(id="r2", due=day("2025-03-01"), cents=63_000, booked=day("2025-02-20")),
            OtherClaim(id="o1", due=day("2025-03-01"), cents=9_900),
            Payment(id="p1", booked=day("2025-03-03"), cents=63_000, settles="r1"),
            Credit(id="c1", booked=day("2025-03-05"), cents=1_000),
            Reversal(id="s1", booked=day("2025-03-09"), reverses="p1", cents=60_000),
            Reversal(id="s2", booked=day("2025-03-09"), reverses="p1"),
            Refund(id="f1", booked=day("2025-03-10"), cents=400),
        ],
        contacts=[Contact(date=day("2025-03-20"), channel="letter", reminder=True, returned=True)],
        household=Household(children=[Child(born=day("2015-05-05")), Child(born="2012-00-00")]),
        plans=[Plan(from_=day("2024-01-01"), until=day("2024-06-30"), cents=100)],
        disputes=[Dispute(from_=day("2024-01-01"), until=day("2024-02-01"), cents=100)],
        objections=[Objection(date=day("2024-01-01"), withdrawn=day("2024-02-01"))],
        signals=[Signal(date=day("2024-01-01"), cents=5_000)],
        facts=[
            StatedFact(name="guardian", value=False),
            StatedFact(name="stay_months", value="1.5", from_=day("2025-01-01")),
            StatedFact(name="savings", value=0, from_=day("2025-01-01"), until=day("2025-12-31")),
            StatedFact(name="unasked", value=3, until=day("2025-12-31")),
        ],
    )


def portfolio() -> Frames:
    """Three tenancies."""
    return frames(as_tables([a_tenancy(name) for name in ("A", "B", "C")]))


def put(table: str, column: str, value: object, row: int = 1) -> Edit:
    """Put another value in a cell; a text turns its column into texts, which holds nothing else."""

    def edit(given: Frames) -> None:
        series = given[table][column]
        if isinstance(value, str) and series.dtype != pl.String:
            series = series.cast(pl.String)
        cells = series.to_list()
        is_text = value is None or series.dtype != pl.String
        cells[row] = value if is_text else str(value).lower() if type(value) is bool else str(value)
        given[table] = given[table].with_columns(pl.Series(column, cells, series.dtype))

    return edit


def typed(table: str, column: str, dtype: Any) -> Edit:
    """Give a column another type."""

    def edit(given: Frames) -> None:
        given[table] = given[table].with_columns(pl.col(column).cast(dtype))

    return edit


def dropped(table: str, column: str) -> Edit:
    """Leave out a column."""

    def edit(given: Frames) -> None:
        given[table] = given[table].drop(column)

    return edit


def again(table: str, row: int = 1) -> Edit:
    """Duplicate a row."""

    def edit(given: Frames) -> None:
        given[table] = pl.concat([given[table], given[table][row]])

    return edit


def without(table: str) -> Edit:
    """Leave out a table."""

    def edit(given: Frames) -> None:
        del given[table]

    return edit


def without_rows_of(table: str, tenancy: str) -> Edit:
    """Leave out the rows of one tenancy."""

    def edit(given: Frames) -> None:
        given[table] = given[table].filter(pl.col("tenancy") != tenancy)

    return edit


def many_entries(given: Frames) -> None:
    """Give one tenancy more than 5,000 entries."""
    more = pl.concat([given["entries"].filter(pl.col("id") == "r1")[0]] * 5_000)
    more = more.with_columns(id=pl.int_range(5_000).cast(pl.String))
    given["entries"] = pl.concat([given["entries"], more])


def put_moment(table: str, column: str, milliseconds: int) -> Edit:
    """Make moments of a column of days, one of them far away."""

    def edit(given: Frames) -> None:
        moments = given[table][column].cast(pl.Datetime("ms")).to_physical()
        cells = [milliseconds, *moments.to_list()[1:]]
        given[table] = given[table].with_columns(pl.Series(column, cells).cast(pl.Datetime("ms")))

    return edit


EDITS: Mapping[str, Edit] = {
    "amounts are floats": typed("signals", "cents", pl.Float64),
    "days have a time": lambda given: given.update(
        entries=given["entries"].with_columns(
            due=pl.col("due").cast(pl.Datetime("ns")) + pl.duration(nanoseconds=1)
        )
    ),
    "days have a zone": typed("entries", "due", pl.Datetime("us", "Europe/Amsterdam")),
    "days are moments outside": put_moment("entries", "due", 10**18),
    "a column is absent": dropped("contacts", "channel"),
    "a column of evictions is absent": dropped("tenancies", "eviction_on"),
    "a column of entries is absent": dropped("entries", "cents"),
    "a column is unknown": lambda given: given.update(
        rents=given["rents"].with_columns(amount=pl.lit(1))
    ),
    "a table is absent": without("rents"),
    "a table is unknown": lambda given: given.update(rent=given["rents"]),
    "a tenancy is duplicated": again("tenancies"),
    "a rent is duplicated": again("rents"),
    "an entry is duplicated": again("entries"),
    "a tenancy has no rent": without_rows_of("rents", "B"),
    "a tenancy has too many entries": many_entries,
    "a payment has a due day long ago": put("entries", "due", dt.date(1899, 12, 31), row=3),
    "cents beyond any sum": lambda given: given.update(
        entries=given["entries"].with_columns(  # a reversal has none: one fault, and not two
            cents=pl.when(pl.col("kind") != "reversal").then(pl.lit(9 * 10**18, pl.Int64))
        )
    ),
    "cents with half a line break": put("entries", "cents", "63000\r"),
    "a claim does not exist": put("entries", "settles", "r9", row=3),
    "a row names no tenancy": put("plans", "tenancy", "Z"),
    "a reversal takes more than the payment": put("entries", "cents", 63_001, row=5),
    "a reversal of a credit takes more than that": put("entries", "reverses", "c1", row=5),
    "a rent is too low for its period": lambda given: (
        put("rents", "per", "week", row=2)(given),
        put("rents", "cents", 100, row=2)(given),
        put("rents", "per", "year", row=0)(given),
        put("rents", "cents", 1_199, row=0)(given),
    )[-1],
    "a fact has two values from one day": put("facts", "name", "stay_months", row=2),
    "a fact has two values without a day": again("facts", row=4),
    "a flag is a number": put("facts", "value", "1", row=4),
    "months are true": put("facts", "value", "true", row=5),
    "cents are months": put("facts", "value", "1.5", row=6),
    "cents have a zero in front": put("facts", "value", "05", row=6),
    "a fact that nobody asks is a word": put("facts", "value", "yes", row=7),
    "a fact ends before it starts": put("facts", "until", dt.date(2024, 12, 31), row=6),
    "values are floats": lambda given: given.update(
        facts=given["facts"].with_columns(value=pl.lit(1.5, pl.Float64))
    ),
    "a day of birth is a month that does not exist": put("children", "born", "2012-13-00"),
    "a day of birth is known but not its month": put("children", "born", "2012-00-05"),
}


def refused(act: Callable[[], object]) -> tuple[object, ...] | None:
    """Why something is refused: the whole of the error; None if it is accepted."""
    try:
        act()
    except InputError as error:
        return error.code, error.place, error.problem, error.remedy
    return None


@pytest.mark.parametrize("what", EDITS)
def test_the_same_is_refused_as_tenancy_by_tenancy(what: str) -> None:
    """Screening at once gives the code, place, problem and remedy of reading tenancy by tenancy."""
    given = portfolio()
    EDITS[what](given)
    one_by_one = refused(lambda: read_portfolio(Given(given), own=POLICY.facts))
    assert one_by_one is not None
    assert refused(lambda: screen(given, POLICY, AS_OF)) == one_by_one


def doubled(table: object) -> object:
    """A table of any library whose first column is there twice; polars has such a thing only lazily."""
    match type(table).__module__.partition(".")[0], table:
        case "pandas", _:
            pd = importlib.import_module("pandas")
            return pd.concat([table, table.iloc[:, :1]], axis=1)  # type: ignore[attr-defined] # of pandas
        case "pyarrow", _:
            return table.append_column(table.column_names[0], table.column(0))  # type: ignore[attr-defined] # of PyArrow
        case "pyspark", _:
            return table.select("*", table.columns[0])  # type: ignore[attr-defined] # of Spark
        case _, pl.LazyFrame():
            # Of its own: polars can no longer use a frame of which it once made such a thing.
            frame = table.collect()
            return pl.concat([frame.lazy(), frame[:, :1].lazy()], how="horizontal")
    return table.project(f"*, {table.columns[0]}")  # type: ignore[attr-defined] # of DuckDB


@pytest.mark.parametrize("library", [it for it in LIBRARIES if it.values != ("polars",)])
def test_two_columns_of_one_name_are_refused_in_every_table(library: str) -> None:
    """It is no mistake of ours, and neither of the two is taken: they may differ."""
    tables = GIVEN[library](portfolio())
    for name in COLUMNS:
        given = {**tables, name: doubled(tables[name])}
        why = ("invalid-value", name, "two of its columns have one name", "rename or leave out one")
        assert refused(partial(screen, given, POLICY, AS_OF)) == why


def of_claims_alone(given: Frames) -> None:
    """No payments and no reversals, nor the columns that only these have."""
    claims = given["entries"].filter(pl.col("kind").is_in(["rent", "other"]))
    given["entries"] = claims.drop("booked", "settles", "reverses")


def with_own_ids(given: Frames) -> None:
    """Entries whose ids are unique in the whole portfolio."""
    own = [pl.concat_str("tenancy", name).alias(name) for name in ("id", "settles", "reverses")]
    given["entries"] = given["entries"].with_columns(own)


DAYS = [dt.date(1899, 12, 31), dt.date(1900, 1, 1), AS_OF, dt.date(2199, 12, 31), dt.date(2200, 1, 1)]
VALUES: Mapping[type[Kind], st.SearchStrategy[object]] = {
    Day: st.sampled_from([*DAYS, "2025-02-30", "2025-2-3", "20250301", " 2025-03-01", "2025-03-01\n"])
    | st.dates(),
    Whole: st.sampled_from([-1, 0, 1, 99, 100, 10**8, 10**8 + 1, 2**62])
    | st.sampled_from(["630.00", "063000", "1e3", " 63000", "63000\r", "-1", "+1", "\uff16", "9" * 20]),
    Flag: st.sampled_from([True, False, "true", "FALSE", "1", "ja", " true"]),
    Choice: st.sampled_from(["Rent", "fax", "OUT", "yes", "letter "]),
    Text: st.sampled_from(["Z", "r1", "r9", "A ", "\x00"]) | st.text(max_size=3),
    Birth: st.sampled_from(
        [*DAYS, "2012-05-00", "2012-00-00", "1899-00-00", "2012-13-00", "2012-00-05", "2012-05-00\n"]
    ),
    FactValue: st.sampled_from(
        "true FALSE yes 1 0 05 1.5 1. 0.000000001 1.0000000001 -1 100000000 100000001 999999999".split()
    )
    | st.sampled_from(["1000000000", "1\n", "\uff11"]),
}
"""Values that a cell of each kind may hold, or may not."""


@st.composite
def broken(draw: st.DrawFn, texts: st.SearchStrategy[bool]) -> Frames:
    """A portfolio with another value in one cell: empty, another cell's, of the kind or not."""
    given = portfolio()
    draw(st.sampled_from([lambda _: None, of_claims_alone, with_own_ids]))(given)
    table = draw(st.sampled_from(sorted(given)))
    column = draw(st.sampled_from(given[table].columns))
    series = given[table][column]
    values = VALUES[type(COLUMNS[table][column].kind)]
    value = draw(st.sampled_from([None, "", *series]) | values)
    put(table, column, value, draw(st.integers(0, len(series) - 1)))(given)
    return {name: it.cast(pl.String) for name, it in given.items()} if draw(texts) else given


@given(broken(st.booleans()))
def test_any_cell_is_refused_alike_one_by_one_and_at_once(given_tables: Frames) -> None:
    """Both ways in accept the cell, or refuse it with the same code, place, problem and remedy."""
    one_by_one = refused(lambda: read_portfolio(Given(given_tables), own=POLICY.facts))
    assert refused(lambda: screen(given_tables, POLICY, AS_OF)) == one_by_one


PLAIN: Mapping[type[Kind], st.SearchStrategy[object]] = {
    **VALUES,
    Day: st.sampled_from(DAYS) | st.dates(),
    Whole: st.sampled_from([-1, 0, 1, 99, 100, 10**8, 10**8 + 1, 2**62]),
    Flag: st.booleans(),
    Text: VALUES[Text].filter(bool),
    FactValue: st.sampled_from([True, False, 0, 3, 10**8, -1, 2**62, "05", "1.5", "1.", "yes"]),
}
"""Values that are written alike in a case file and in a typed table."""


@given(st.data())
def test_a_value_has_the_same_code_in_a_table_and_in_a_case_file(data: st.DataObject) -> None:
    """Whatever the way in, the same mistake has the same code."""
    tables = frames(as_tables([a_tenancy("A")]))
    table = data.draw(st.sampled_from(sorted(tables)))
    columns = [it for it in tables[table].columns if it not in ("tenancy", "kind", "children_known")]
    column = data.draw(st.sampled_from([it for it in columns if table != "tenancies" or it != "id"]))
    row = data.draw(st.integers(0, tables[table].height - 1))
    value = data.draw(PLAIN[type(COLUMNS[table][column].kind)])
    put(table, column, value, row)(tables)
    case = dump_tenancy(a_tenancy("A"))
    places: Any = {"tenancies": [case], "children": case["household"]["children"], **case}[table]  # type: ignore[index] # as it was written
    if column.startswith("eviction_"):
        places, column = [case["eviction"]], column.removeprefix("eviction_")
    places[row][column] = value.isoformat() if isinstance(value, dt.date) else value
    in_tables = refused(lambda: read_portfolio(Given(tables)))
    in_case = refused(lambda: read_tenancy(case))
    assert (in_tables and in_tables[0]) == (in_case and in_case[0])


def test_valid_tables_are_accepted_in_any_form() -> None:
    """Typed columns, columns of texts, and empty texts for absent values give the same result."""
    given = portfolio()
    expected = screen(given, "bgs-2021", AS_OF, facts=True)
    assert expected["arrears_cents"].to_list() == [125_400] * 3
    in_text = {name: it.cast(pl.String) for name, it in given.items()}
    emptied = {
        name: it.with_columns(pl.col(pl.String).exclude("settles", "reverses").fill_null(""))
        for name, it in in_text.items()
    }
    assert screen(in_text, "bgs-2021", AS_OF, facts=True).equals(expected)
    assert screen(emptied, "bgs-2021", AS_OF, facts=True).equals(expected)
    assert len(read_portfolio(Given(emptied))) == 3


ELSEWHERE = (
    "cents beyond any sum",
    "cents with half a line break",
    "an entry is duplicated",
    "a claim does not exist",
    "a row names no tenancy",
    "days have a time",
    "a reversal takes more than the payment",
    "a rent is too low for its period",
    "a fact has two values from one day",
    "a fact has two values without a day",
    "a flag is a number",
    "cents have a zero in front",
    "a day of birth is a month that does not exist",
)


@pytest.mark.parametrize("what", ELSEWHERE)
@pytest.mark.parametrize("library", [it for it in LIBRARIES if it.values[0] != "polars"])
def test_the_same_is_refused_in_every_library(library: str, what: str) -> None:
    """In Spark, whose rows have no order, the place is the table and the column."""
    given = portfolio()
    EDITS[what](given)
    with pytest.raises(InputError) as in_polars:
        screen(given, POLICY, AS_OF)
    with pytest.raises(InputError) as here:
        screen(GIVEN[library](given), POLICY, AS_OF)
    assert here.value.code == in_polars.value.code
    place = in_polars.value.place
    assert isinstance(place, Cell)
    in_table = f"{place.file}, column {place.column}" if place.column else place.file
    expected = in_table if library == "spark" else place
    assert here.value.place == expected


def test_nothing_of_the_connection_is_read_or_left(tmp_path: Any) -> None:
    """Whatever tables it has, and however strictly it is set up."""
    duckdb = pytest.importorskip("duckdb")
    connection = duckdb.connect(str(tmp_path / "own.duckdb"))
    for name in ("kept", "given", "relation", "frame", "entries", "k"):
        connection.execute(f"create table {name} as select 1 as tenancy, 2 as k")
    tables = {name: connection.from_arrow(it.to_arrow()) for name, it in portfolio().items()}
    connection.execute("set python_enable_replacements=false")
    connection.execute("set enable_external_access=false")
    found = screen(tables, "bgs-2021", AS_OF)
    temporary = "select count(*) from duckdb_tables() where temporary"
    assert connection.execute(temporary).fetchall() == [(0,)]
    assert pl.DataFrame(found.to_arrow_table()).equals(screen(portfolio(), "bgs-2021", AS_OF))
    with pytest.raises(InputError):
        screen({**tables, "rents": tables["rents"].limit(0)}, "bgs-2021", AS_OF)
    assert connection.execute(temporary).fetchall() == [(0,)]


def test_an_infinite_day_is_refused() -> None:
    """DuckDB has one; it is not taken for an absent day."""
    pytest.importorskip("duckdb")
    tables = GIVEN["duckdb"](portfolio())
    for_ever = "* replace (case when id = 'B' then date 'infinity' else \"end\" end as \"end\")"
    tables["tenancies"] = tables["tenancies"].project(for_ever)
    with pytest.raises(InvalidValue) as caught:
        screen(tables, "bgs-2021", AS_OF)
    assert caught.value.place == Cell("tenancies", 3, "end")


@settings(max_examples=settings().max_examples // 2)
@given(st.data())
def test_the_short_check_of_entries_finds_what_the_single_checks_find(data: st.DataObject) -> None:
    """A bad entry is noticed whatever it holds, and whatever columns its table has."""
    columns = [
        it
        for it in portfolio()["entries"].columns
        if it in ("tenancy", "id", "kind") or data.draw(st.booleans())
    ]
    cells: dict[str, Any] = {
        "tenancy": ["A", None, ""],
        "id": ["x", None, ""],
        "kind": ["rent", "other", "payment", "credit", "reversal", "refund", None, "?"],
        "due": [None, AS_OF, dt.date(1899, 1, 1)],
        "booked": [None, AS_OF, dt.date(2200, 1, 1)],
        "cents": [None, 5, 0, 10**9],
        "settles": [None, "x", ""],
        "reverses": [None, "x", ""],
    }
    schema = {name: portfolio()["entries"].schema[name] for name in columns}
    rows = data.draw(st.lists(st.tuples(*(st.sampled_from(cells[it]) for it in columns)), max_size=8))
    given_tables = portfolio() | {"entries": pl.DataFrame(rows, schema=schema, orient="row")}
    taken = intake(given_tables, {}, {})
    rules = [
        test.alias(str(n)) for n, (_, test) in enumerate(row_checks.row_checks("entries", taken, {}))
    ]
    entries = taken.typed["entries"]
    found = entries.select(
        bad=row_checks.is_refused("entries", taken, {}), cells=row_checks.cells_refused(taken)
    ).collect()
    expected = [int(any(it)) for it in entries.select(*rules).collect().rows()]
    assert found["bad"].to_list() == expected
    key = [*row_checks.NAMES]  # found where the ids are read anyway, with those that stand twice
    nameless = taken.backend.repeated(entries, key).filter(is_nameless(entries, key)).collect().rows()
    names = entries.select(*key).collect().rows()
    by_parts = zip(found["cells"], names, strict=True)
    assert [int(cells == 1 or name in nameless) for cells, name in by_parts] == expected


def test_relations_of_two_connections_are_refused() -> None:
    """By name, not by what the library says."""
    pytest.importorskip("duckdb")
    tables = GIVEN["duckdb"](portfolio()) | {"signals": GIVEN["duckdb"](portfolio())["signals"]}
    with pytest.raises(InvalidValue, match="one connection") as caught:
        screen(tables, "bgs-2021", AS_OF)
    assert caught.value.place == "signals"


@pytest.mark.parametrize("readings", range(1, 6))
def test_a_table_that_changes_meanwhile_is_noticed(readings: int) -> None:
    """What was checked is what is used, or it is refused: nobody is let off by mistake."""
    given: dict[str, Any] = {name: it.lazy() for name, it in portfolio().items()}
    expected = screen(given, "bgs-2021", AS_OF).collect()
    count = 0

    def changing(frame: pl.DataFrame) -> pl.DataFrame:
        nonlocal count
        count += 1
        return frame if count <= readings else frame.with_columns(cents=pl.lit(None, pl.Int64))

    schema = portfolio()["entries"].schema
    given["entries"] = given["entries"].map_batches(changing, schema=schema)
    with suppress(InputError):
        assert screen(given, "bgs-2021", AS_OF).collect().equals(expected)


@pytest.mark.parametrize("name", ["^id$", "*", 'd"x', "d`x", "a\nb", "", "peil; drop"])
@pytest.mark.parametrize("library", ["polars", "duckdb"])
def test_the_name_of_a_day_column_is_plain(library: str, name: str) -> None:
    """A name that a library may take for a pattern or for SQL is refused before it gets there."""
    pytest.importorskip(library)
    given = portfolio()
    given["tenancies"] = given["tenancies"].with_columns(pl.Series(name, [AS_OF] * 3))
    with pytest.raises(InvalidValue) as caught:
        screen(GIVEN[library](given), "bgs-2021", name)
    assert caught.value.place == "/as_of"


def test_a_day_as_text_is_told_to_be_a_date() -> None:
    """It would otherwise be looked for as a column of that name."""
    with pytest.raises(InvalidValue, match=r"a datetime\.date is expected, not str") as caught:
        screen(portfolio(), "bgs-2021", "2026-10-20")
    assert caught.value.place == "/as_of"


def test_the_day_of_each_tenancy_is_checked() -> None:
    """It is required, and the policy must be in force on it."""
    with pytest.raises(MissingField, match="peildatum"):
        screen(portfolio(), "bgs-2021", "peildatum")
    for cells, code in (
        ([AS_OF, None, AS_OF], "invalid-value"),
        ([AS_OF, dt.date(1899, 1, 1), AS_OF], "invalid-value"),
        ([AS_OF, dt.date(2020, 1, 1), AS_OF], "policy-not-in-force"),
    ):
        given = portfolio()
        given["tenancies"] = given["tenancies"].with_columns(pl.Series("peildatum", cells, pl.Date))
        with pytest.raises(InputError) as caught:
            screen(given, "bgs-2021", "peildatum")
        assert caught.value.code == code


@pytest.mark.parametrize(
    "call",
    [
        lambda: screen(portfolio(), "bgs-2021", None),  # type: ignore[arg-type]
        lambda: screen(portfolio(), "bgs-2021", 5),  # type: ignore[arg-type]
        lambda: screen(portfolio(), "bgs-2021", [[AS_OF]]),  # type: ignore[list-item]
        lambda: screen(portfolio(), "bgs-2021", []),
        lambda: screen(portfolio(), "bgs-2021", dt.datetime(2025, 4, 20, 9)),  # noqa: DTZ001 - no day
        lambda: screen(portfolio(), None, AS_OF),  # type: ignore[arg-type]
        lambda: screen(portfolio(), "nowhere", AS_OF),
        lambda: screen(None, "bgs-2021", AS_OF),  # type: ignore[arg-type]
        lambda: screen({**portfolio(), "rents": 5}, "bgs-2021", AS_OF),  # type: ignore[type-var]
        lambda: screen({**portfolio(), "rents": portfolio()["rents"].to_arrow()}, "bgs-2021", AS_OF),
        lambda: screen(portfolio(), "bgs-2021", AS_OF, {"minimum": 5}),
        lambda: screen(portfolio(), "bgs-2021", AS_OF, assume={"contacts.reminder": True}),
    ],
)
def test_any_other_mistake_has_a_code(call: Callable[[], object]) -> None:
    """It has a place too, and no error of a library reaches the caller."""
    with pytest.raises(InputError) as caught:
        call()
    assert caught.value.code
    assert caught.value.place


def test_what_a_library_says_of_a_value_is_not_told(tmp_path: Any) -> None:
    """A file that it cannot read as it was told to."""
    file = tmp_path / "rents.csv"
    file.write_text("tenancy,from,cents\nA,2020-01-01,geheim\n", encoding="utf-8")
    given: dict[str, Any] = {name: it.lazy() for name, it in portfolio().items()}
    given["rents"] = pl.scan_csv(file, schema_overrides={"cents": pl.Int64, "from": pl.Date})
    with pytest.raises(HuurschuldError) as caught:
        screen(given, "bgs-2021", AS_OF)
    assert "geheim" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None


def test_an_assumed_value_counts_as_recorded() -> None:
    """Without it, a column that the source lacks makes that part unknown for everyone."""
    given = portfolio()
    expected = screen(given, "bgs-2021", AS_OF, facts=True)
    lacking = {**given, "contacts": given["contacts"].drop("direction", "debt_help")}
    assert screen(lacking, "bgs-2021", AS_OF, facts=True)["attempts"].to_list() == [None] * 3
    assume = {"contacts.direction": "out", "contacts.debt_help": False}
    assumed = screen(lacking, "bgs-2021", AS_OF, facts=True, assume=assume)
    assert assumed.drop("rules").equals(expected.drop("rules"))
    assert set(assumed["rules"]).isdisjoint(expected["rules"])
