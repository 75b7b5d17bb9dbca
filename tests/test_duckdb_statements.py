"""DuckDB: how much it is asked, what it gives back, and what is left of it on a connection: nothing."""

from __future__ import annotations

import datetime as dt
import gc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import attrs
import polars as pl
import pytest
from attrs import evolve
from hypothesis import given, settings, strategies as st
from libraries import BACK, GIVEN
from tables import as_tables, frames
from test_frames_refused import a_tenancy

from huurschuld import (
    Cell,
    HuurschuldError,
    InputError,
    InvalidValue,
    Payment,
    RentTerm,
    Tenancy,
    check,
    screen,
)
from huurschuld.portfolio.columnar import on_duckdb
from huurschuld.portfolio.columnar.duckdb_rows import relation_of
from huurschuld.portfolio.columnar.native import as_in
from huurschuld.testing import days_around, tenancies

duckdb: Any = pytest.importorskip("duckdb")

POLICY = "katwijk-2021"
AS_OF = dt.date(2026, 10, 20)
TABLES = frames(as_tables([a_tenancy("Jansen"), a_tenancy("O'Neill")]))

BEFORE_2 = int(duckdb.__version__.partition(".")[0]) < 2


# --- how much it is asked ------------------------------------------------------------------------


def test_many_days_ask_no_more_than_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is worked out for a day is no question to DuckDB, so that days do not add up."""
    asked: list[str] = []
    read = on_duckdb.DuckDB._read

    def counting(backend: on_duckdb.DuckDB, relation: Any) -> Any:
        asked.append(relation.sql_query())
        return read(backend, relation)

    monkeypatch.setattr(on_duckdb.DuckDB, "_read", counting)
    counts = {}
    for days in (1, 4):
        asked.clear()
        screen(GIVEN["duckdb"](TABLES), POLICY, [AS_OF - dt.timedelta(it) for it in range(days)])
        counts[days] = len(asked)
    assert 0 < counts[4] <= counts[1] < 30


@pytest.mark.slow
def test_thousands_of_entries_in_a_tenancy_are_decided_as_in_polars() -> None:
    """As many as a tenancy may have, on one day or spread; each payment names a claim."""
    one = a_tenancy("A")
    spread = [AS_OF - dt.timedelta(1 + it % 1000) for it in range(2_500)]
    for days in (spread, [AS_OF - dt.timedelta(9)] * len(spread)):
        terms = [RentTerm(id=f"r{n}", due=it, cents=60_000) for n, it in enumerate(days)]
        paid = [
            Payment(id=f"p{n}", booked=it, cents=59_000, settles=f"r{n}") for n, it in enumerate(days)
        ]
        long = frames(as_tables([attrs.evolve(one, end=None, deceased=None, entries=[*terms, *paid])]))
        found = screen(GIVEN["duckdb"](long), POLICY, AS_OF, facts=True)
        assert BACK["duckdb"](found).to_dicts() == screen(long, POLICY, AS_OF, facts=True).to_dicts()


# --- what it gives back --------------------------------------------------------------------------

SOME = st.lists(tenancies(facts=()), min_size=1, max_size=5)


def numbered(some: list[Tenancy]) -> dict[str, pl.DataFrame]:
    """The tables of tenancies, each with an id of its own."""
    return frames(as_tables(evolve(it, id=f"{number}'{it.id}") for number, it in enumerate(some)))


@settings(max_examples=settings().max_examples // 10)
@given(SOME, st.lists(days_around(AS_OF), min_size=1, max_size=4, unique=True), st.booleans())
def test_days_and_own_days_are_as_in_polars(some: list[Tenancy], days: list[dt.date], own: bool) -> None:
    """The same rows in the same order, all facts included, to the last digit and type."""
    tables, as_of = numbered(some), "peildatum" if own else days
    if own:
        its = [days[number % len(days)] for number in range(len(some))]
        tables["tenancies"] = tables["tenancies"].with_columns(pl.Series("peildatum", its, pl.Date))
    expected = screen(tables, POLICY, as_of, facts=True)
    assert BACK["duckdb"](screen(GIVEN["duckdb"](tables), POLICY, as_of, facts=True)).equals(expected)


@settings(max_examples=settings().max_examples // 10)
@given(SOME, st.integers(0, 6))
def test_what_is_made_of_a_result_is_as_in_polars(some: list[Tenancy], most: int) -> None:
    """Every method of a relation works, long after the tables that were given are gone."""
    tables = numbered(some)
    expected = screen(tables, POLICY, AS_OF)
    relations = GIVEN["duckdb"](tables)
    found = screen(relations, POLICY, AS_OF)
    del relations
    gc.collect()
    assert found.limit(most).fetchall() == expected.head(most).rows()
    assert found.filter("arrears_cents > 0").order("tenancy").fetchall() == (
        expected.filter(pl.col("arrears_cents") > 0).sort("tenancy").rows()
    )
    counted = expected.group_by("advice").agg(pl.len(), pl.col("arrears_cents").sum()).sort("advice")
    by_advice = found.aggregate("advice, count(*), sum(arrears_cents)", "advice").order("advice")
    assert by_advice.fetchall() == counted.rows()
    assert found.order("tenancy desc").limit(1).fetchall() == (
        expected.sort("tenancy", descending=True).head(1).rows()
    )
    assert found.columns == expected.columns
    assert found.shape == expected.shape
    assert all(name in repr(found) for name in ("tenancy", "as_of"))
    assert found.query("result", "SELECT count(*) FROM result").fetchall() == [(len(some),)]
    months = found.project("tenancy, months").set_alias("months")
    twice = found.project("tenancy, advice").join(months, "tenancy")
    assert sorted(twice.fetchall()) == sorted(expected.select("tenancy", "advice", "months").rows())
    if BEFORE_2:  # since then a relation holds no position to go on from; DuckDB itself says so
        assert found.fetchone() == expected.row(0)
        assert found.fetchone() == (expected.row(1) if len(some) > 1 else None)


def test_a_result_outlives_the_tables_that_it_was_made_of() -> None:
    """And does not change with them."""
    connection = filled(duckdb.connect())
    found = screen(given_by(connection), POLICY, AS_OF)
    for name in TABLES:
        connection.execute(f"drop table {name}")
    expected = screen(TABLES, POLICY, AS_OF)
    assert found.fetchall() == expected.rows()
    found.create("results")
    assert connection.execute("from results").fetchall() == expected.rows()


@pytest.mark.parametrize("of", ["the connection", "the columns"])
def test_texts_are_compared_by_code_point(of: str) -> None:
    """Also where a collation takes `a` for `A`, or `RENT` for the word that it is not."""
    one = evolve(a_tenancy("a"), end=None, deceased=None)
    other = evolve(one, id="A", entries=[it for it in one.entries if it.id == "r1"])
    tables = frames(as_tables([one, other]))
    connection = duckdb.connect()
    relations = {}
    for name, frame in tables.items():
        connection.from_arrow(frame.to_arrow()).create(name)
        relations[name] = connection.table(name)
        if of == "the columns":
            texts = (
                f'"{it}" COLLATE NOCASE AS "{it}"'
                for it, its in frame.schema.items()
                if its == pl.String
            )
            relations[name] = relations[name].project(f"* REPLACE ({', '.join(texts)})")
    if of == "the connection":
        connection.execute("set default_collation = 'nocase'")
    assert screen(relations, POLICY, AS_OF).fetchall() == screen(tables, POLICY, AS_OF).rows()
    relations["entries"] = relations["entries"].project("* REPLACE (upper(kind) AS kind)")
    with pytest.raises(InvalidValue) as caught:
        screen(relations, POLICY, AS_OF)
    assert caught.value.place == Cell("entries", 2, "kind")


CARRIED = {
    "hugeint": "170141183460469231731687303715884105727::hugeint",
    "utinyint": "255::utinyint",
    "double": "1e-300::double",
    "float": "'nan'::float",
    "decimal": "1234567890123456789012345678.1234567890::decimal(38,10)",
    "date": "'infinity'::date",
    "second": "timestamp '2020-01-01 12:34:56'::timestamp_s",
    "nanosecond": "timestamp_ns '2020-01-01 12:34:56.123456789'",
    "time": "time '12:34:56.789'",
    "interval": "interval '1 year 2 months 3 days 4 hours'",
    "uuid": "'00000000-0000-0000-0000-000000000001'::uuid",
    "bits": "'0101'::bit",
    "bytes": r"'\x00\xFF''a'::blob",
    "word": "'mad'::enum('sad','mad')",
    "list": r"""['a,b', 'c''d', NULL, 'null', '', '[x]', '"q"', 'a\b']""",
    "struct": "{'a': 1, 'b c': 'x, y: {z}'}",
    "map": "map {'k=1': 'v,}', 'z': NULL}",
    "days": "[{'day': date '2020-01-01', 'of': [1.5::decimal(4,2)]}]",
}


@pytest.mark.parametrize("kind", CARRIED)
def test_what_is_carried_along_is_as_it_was(kind: str) -> None:
    """Of whatever type: polars, which decides, does not have all of them."""
    tables = given_by(filled(duckdb.connect()))
    given_ones = tables["tenancies"].project(
        f"*, CASE WHEN id = 'Jansen' THEN {CARRIED[kind]} END AS \"our own\""
    )
    found = screen({**tables, "tenancies": given_ones}, POLICY, AS_OF, carry=["our own"])
    (is_type,) = found.project('"our own"').types
    (was_type,) = given_ones.project('"our own"').types
    assert str(is_type) == str(was_type)
    was = given_ones.project('id, "our own"')
    assert found.project('tenancy, "our own"').except_(was).fetchall() == []
    assert found.shape == (2, 12)


def test_a_union_is_not_carried_along() -> None:
    """No text can be turned back into one."""
    tables = given_by(filled(duckdb.connect()))
    tables["tenancies"] = tables["tenancies"].project("*, union_value(number := 2) AS ours")
    with pytest.raises(InvalidValue, match="CAST") as caught:
        screen(tables, POLICY, AS_OF, carry=["ours"])
    assert caught.value.place == "tenancies, column ours"


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=5) | st.sampled_from(["-", ",", "'"])
ROWS = {
    "text": (TEXTS, pl.String),
    "whole": (st.integers(-(2**63), 2**63 - 1), pl.Int64),
    "hash": (st.integers(0, 2**64 - 1), pl.UInt64),
    "is": (st.booleans(), pl.Boolean),
    'a "day"': (st.dates(dt.date(1, 1, 1), dt.date(9999, 12, 31)), pl.Date),
}


@settings(max_examples=settings().max_examples // 5)
@given(
    st.lists(st.tuples(*(st.none() | values for values, _ in ROWS.values())), max_size=4),
    st.sampled_from([None, "enable_external_access", "python_enable_replacements"]),
)
def test_rows_become_a_relation_and_come_back(
    rows: list[tuple[object, ...]], forbidden: str | None
) -> None:
    """Every value, also on a connection that may not read what is in Python."""
    frame = pl.DataFrame(rows, schema={name: it for name, (_, it) in ROWS.items()}, orient="row")
    connection = duckdb.connect()
    if forbidden is not None:
        connection.execute(f"set {forbidden} = false")
    found = relation_of(frame, connection.sql("select 1 as other"))
    assert pl.DataFrame(found.to_arrow_table()).equals(frame)
    assert state_of(connection)["views"] == []


# --- what is left on the connection --------------------------------------------------------------

LOOKED_AT = {
    "databases": "select database_name, readonly from duckdb_databases()",
    "functions": "select count(*) from duckdb_functions()",
    "indexes": "select count(*) from duckdb_indexes()",
    "prepared": "select count(*) from duckdb_prepared_statements()",
    "schemas": "select database_name, schema_name from duckdb_schemas()",
    "sequences": "select count(*) from duckdb_sequences()",
    "settings": "select name, value from duckdb_settings()",
    "tables": "select database_name, table_name, estimated_size from duckdb_tables()",
    "types": "select count(*) from duckdb_types()",
    "views": "select database_name, view_name from duckdb_views() where not internal",
}


def state_of(connection: Any) -> dict[str, list[tuple[object, ...]]]:
    """All that there is on a connection, as far as it tells."""
    return {it: sorted(connection.execute(sql).fetchall()) for it, sql in LOOKED_AT.items()}


def filled(connection: Any) -> Any:
    """A connection with our tables in it."""
    for name, frame in TABLES.items():
        connection.from_arrow(frame.to_arrow()).create(name)
    return connection


def given_by(connection: Any) -> dict[str, Any]:
    """Our tables, as relations of a connection."""
    return {name: connection.table(name) for name in TABLES}


def refused(tables: dict[str, Any]) -> dict[str, Any]:
    """The same with an entry of no kind."""
    return tables | {"entries": tables["entries"].project("* REPLACE ('x' AS kind)")}


def failing(tables: dict[str, Any]) -> dict[str, Any]:
    """The same with an error in reading a table."""
    broken = tables["entries"].project("* REPLACE (error('Jansen')::VARCHAR AS kind)")
    return tables | {"entries": broken}


def repeated(tables: dict[str, Any]) -> dict[str, Any]:
    """The same with every entry twice, and names of none."""
    doubled = tables["entries"].union(tables["entries"].project("* REPLACE ('no one' AS tenancy)"))
    return tables | {"entries": doubled.union(doubled)}


Asked = Callable[[dict[str, Any]], object]
ASKED: dict[str, Asked] = {
    "a day": lambda tables: screen(tables, POLICY, AS_OF, carry=["object"]),
    "own days": lambda tables: screen(tables, POLICY, "end"),
    "all that is wrong": lambda tables: check(repeated(refused(tables))),
    "a table of ours": lambda tables: as_in(pl.DataFrame({"a": ["x"]}), [tables["rents"]]),
    "refused": lambda tables: screen(refused(tables), POLICY, AS_OF),
    "repeated": lambda tables: screen(repeated(tables), POLICY, AS_OF),
    "failing": lambda tables: screen(failing(tables), POLICY, AS_OF),
}
FAILS = ("refused", "repeated", "failing")


def connected(how: str, folder: Path) -> Any:
    """A connection of this kind, with our tables."""
    match how:
        case "read-only":
            path = str(folder / "own.duckdb")
            filled(duckdb.connect(path)).close()
            return duckdb.connect(path, read_only=True)
        case "no access":
            return filled(duckdb.connect()).execute("set enable_external_access = false")
        case "in a transaction" | "in a transaction that reads":
            found = filled(duckdb.connect())
            return found.execute(f"begin transaction{' read only' * how.endswith('reads')}")
    return filled(duckdb.connect())


@pytest.mark.parametrize(
    "how",
    [
        "in a transaction",
        pytest.param("open", marks=pytest.mark.slow),
        pytest.param("read-only", marks=pytest.mark.slow),
        pytest.param("no access", marks=pytest.mark.slow),
        pytest.param("in a transaction that reads", marks=pytest.mark.slow),
    ],
)
def test_the_connection_is_left_as_it_was(how: str, tmp_path: Path) -> None:
    """Nothing is made on it and nothing is set, also where it fails; a transaction stays open."""
    connection, transaction = connected(how, tmp_path), "transaction" in how
    before = state_of(connection)
    for what, asked in ASKED.items():
        if what in FAILS:
            with pytest.raises(HuurschuldError) as caught:
                asked(given_by(connection))
            assert "Jansen" not in str(caught.value)
        else:
            asked(given_by(connection))
        if what == "failing" and transaction:
            continue  # DuckDB ends a transaction in which a query fails: only rolling back is left
        assert state_of(connection) == before, what
    if transaction:
        connection.execute("rollback")  # which fails where there is none
        assert state_of(connection) == before
    connection.close()


def test_a_transaction_of_the_caller_goes_on() -> None:
    """What it holds is seen, and it is neither written nor undone by us."""
    connection = filled(duckdb.connect())
    connection.execute("begin transaction")
    connection.execute("delete from tenancies where id = 'Jansen'")
    for name in TABLES:
        if name != "tenancies":
            connection.execute(f"delete from {name} where tenancy = 'Jansen'")  # noqa: S608 - our names
    found = screen(given_by(connection), POLICY, AS_OF)
    assert [row[0] for row in found.fetchall()] == ["O'Neill"]
    with pytest.raises(InputError):
        screen(refused(given_by(connection)), POLICY, AS_OF)
    connection.execute("rollback")
    assert screen(given_by(connection), POLICY, AS_OF).fetchall() == screen(TABLES, POLICY, AS_OF).rows()
    assert [row[0] for row in found.fetchall()] == ["O'Neill"]


def test_a_result_that_is_being_read_stays_what_it_was() -> None:
    """DuckDB refuses other work then, from 2.0 on; what to do is told, and reading goes on."""
    connection = filled(duckdb.connect())
    tables = given_by(connection)
    connection.execute("select unnest(range(3))")
    assert connection.fetchone() == (0,)
    if BEFORE_2:
        assert screen(tables, POLICY, AS_OF).fetchall() == screen(TABLES, POLICY, AS_OF).rows()
    else:
        with pytest.raises(InvalidValue, match="cursor"):
            screen(tables, POLICY, AS_OF)
    assert connection.fetchall() == [(1,), (2,)]
