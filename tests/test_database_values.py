"""Values of a database: each becomes exactly what it says, or is refused at its cell."""

from __future__ import annotations

import datetime as dt
import sqlite3
import uuid
from collections.abc import Iterator, Sequence
from contextlib import closing
from decimal import Decimal
from typing import Any

import polars as pl
import pytest
from hypothesis import given, strategies as st
from postgres import Cluster, cluster  # noqa: F401 - a fixture is imported to be found

from huurschuld import Cell, InvalidValue, read_portfolio
from huurschuld.model.remedies import NO_AMOUNT
from huurschuld.plugins.database import open_database
from huurschuld.plugins.database.conversion import converter
from huurschuld.plugins.database.picking import PickedColumn
from huurschuld.portfolio.schema import COLUMNS

EUROS = converter(PickedColumn("cents", "bedrag", COLUMNS["entries"]["cents"].kind, None, True))
CENTS = converter(PickedColumn("cents", "centen", COLUMNS["entries"]["cents"].kind, None, False))


@given(st.integers(0, 10**12), st.integers(0, 12))
def test_euros_become_cents_exactly(cents: int, zeros: int) -> None:
    """An amount of whole cents is those cents, whatever zeros stand behind it."""
    text = f"{cents // 100}.{cents % 100:02}{'0' * zeros}"
    assert EUROS(Decimal(text)) == EUROS(text) == cents


@given(st.decimals(allow_nan=True, allow_infinity=True) | st.floats() | st.booleans() | st.text())
def test_no_cent_is_made_or_lost(value: object) -> None:
    """What is no amount of whole cents is refused; nothing is rounded."""
    cents = EUROS(value)
    if cents in (None, NO_AMOUNT):
        return
    assert isinstance(cents, int)
    assert Decimal(value) * 100 == cents  # type: ignore[arg-type] # only a Decimal or a text gets here


@given(st.decimals() | st.floats() | st.booleans() | st.text() | st.integers() | st.dates())
def test_cents_are_whole_numbers_as_they_stand(value: object) -> None:
    """Cents are taken from whole numbers alone: 650.00 may be 650 euros."""
    cents = CENTS(value)
    if cents in (None, NO_AMOUNT):
        return
    assert type(value) is not bool
    assert str(cents) == str(value)


Cases = Sequence[tuple[str, str, object]]


def refused(column: str, values: str) -> Cases:
    """Values that do not fit a column, with | between them."""
    return [(column, it, None) for it in values.split(" | ")]


HUGE = "9223372036854775807 | '99999999999999999999'"
SQLITE: Cases = [
    ("cents", "61234", 61_234),
    ("cents", "'61234'", 61_234),
    *refused("cents", f"612.0 | 61234.0 | '612.34' | '061234' | -5 | x'3631' | {HUGE}"),
    ("due", "'2026-09-01'", dt.date(2026, 9, 1)),
    *refused("due", "'2026-09-01 00:00:00' | '1-9-2026' | '1899-12-31' | '2200-01-01' | 20260901"),
    ("id", "17", "17"),
    ("id", "'Ünïcødé 😀'", "Ünïcødé 😀"),
    ("id", "'a' || char(0) || 'b'", "a\0b"),
    ("id", "replace(hex(zeroblob(2000000)), '0', 'é')", "é" * 4_000_000),
    *refused("id", "'' | 17.0 | x'41' | CAST(x'41FF42' AS TEXT)"),
    *refused("kind", "CAST(x'FF' AS TEXT) | 'Rent' | 1"),
]


@pytest.fixture(scope="module")
def one_tenancy(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of a database of SQLite with one tenancy, which a query may add a value to."""
    file = tmp_path_factory.mktemp("erp") / "erp.db"
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("CREATE TABLE tenancies AS SELECT 'A1' AS id, '2024-03-01' AS start")
        connection.execute(
            """CREATE TABLE rents AS SELECT 'A1' AS tenancy, '2024-03-01' AS "from", 100 AS cents"""
        )
        connection.commit()
    return f"sqlite:///{file}"


@pytest.mark.parametrize(("column", "value", "expected"), SQLITE)
def test_a_value_of_sqlite_is_itself_or_refused(
    column: str, value: str, expected: object, one_tenancy: str
) -> None:
    """SQLite holds anything in any column; what does not fit is refused at its cell."""
    check(one_tenancy, column, value, expected)


def check(url: str, column: str, value: str, expected: object, **options: Any) -> None:
    """See that one value of an entry is as expected, or where that is None, refused at its cell."""
    texts = {"id": "'R1'", "kind": "'rent'", "due": "'2026-09-01'", "cents": "100", column: value}
    texts = {"tenancy": "'A1'", **texts}
    select = ", ".join(f"{text} AS {name}" for name, text in texts.items())
    tables = {"tenancies": "tenancies", "rents": "rents", "entries": f"SELECT {select}"}
    ledger = open_database(url=url, tables=tables, **options)
    if expected is None:
        with pytest.raises(InvalidValue) as caught:
            read_portfolio(ledger)
        assert caught.value.place == Cell("entries", 2, column)
        return
    [tenancy] = read_portfolio(ledger)
    [entry] = tenancy.entries
    assert getattr(entry, column) == expected


@pytest.fixture(scope="module")
def postgres(cluster: Cluster) -> Iterator[str]:  # noqa: F811 - the fixture that was imported
    """A PostgreSQL database with a tenancy that has no entries yet."""
    name = cluster.new_database()
    with cluster.connect(name) as connection:
        connection.execute("CREATE TABLE tenancies AS SELECT 'A1' AS id, date '2024-03-01' AS start")
        connection.execute(
            """CREATE TABLE rents AS SELECT 'A1' AS tenancy, date '2024-03-01' AS "from", 100 AS cents"""
        )
        connection.execute("CREATE TYPE soort AS ENUM ('rent', 'payment')")
        connection.execute("CREATE DOMAIN bedrag AS bigint")
    yield cluster.url(name)
    assert cluster.readers() == 0


NUMBER = "12345678-1234-5678-1234-567812345678"
POSTGRES: Cases = [
    *(("cents", f"61234{it}", 61_234) for it in ("", "::bigint", "::bedrag", "::numeric", "::text")),
    ("cents", "612::smallint", 612),
    *refused("cents", "'0x10'::text | ' 5'::text | 612.00::numeric(12,2) | 9223372036854775807 | -5"),
    *refused("cents", "'NaN'::numeric | 1e30::numeric | 61234::float8 | 61234::real | '612.34'::money"),
    *refused("cents", "true | date '2026-09-01' | '{61234}'::int[]"),
    ("due", "date '2026-09-01'", dt.date(2026, 9, 1)),
    ("due", "'2026-09-01'::text", dt.date(2026, 9, 1)),
    ("due", "'2026-09-01'::char(12)", dt.date(2026, 9, 1)),
    *refused("due", "timestamp '2026-09-01 00:00:00' | timestamptz '2026-09-01 00:00:00+00'"),
    *refused("due", "'2026-09-01 00:00'::text | date 'infinity' | date '-infinity' | 20260901"),
    *refused("due", "date '1899-12-31' | date '2200-01-01' | date '12026-09-01'"),
    *refused("due", "date '2026-09-01 BC'"),
    ("id", "17", "17"),
    ("id", "17::numeric(10)", "17"),
    ("id", f"'{NUMBER}'::uuid", str(uuid.UUID(NUMBER))),
    ("id", "'R1'::varchar", "R1"),
    ("id", "'R1'::char(10)", "R1"),
    ("id", "'Ünïcødé 😀'", "Ünïcødé 😀"),
    ("id", "E'a\"b,c\\nd\\\\.\\r'", 'a"b,c\nd\\.\r'),
    ("id", "'\\.'", "\\."),
    ("id", "'NULL'", "NULL"),
    ("id", "repeat('é', 4000000)", "é" * 4_000_000),
    *refused("id", "17.5::numeric | 'NaN'::numeric | '' | 17::float8 | true | date '2026-09-01'"),
    *refused("id", "'\\x41'::bytea"),
    ("kind", "'rent'::soort", "rent"),
    *refused("kind", "'Rent' | 1 | 'rent'::xml"),
]


@pytest.mark.parametrize(("column", "value", "expected"), POSTGRES)
def test_a_value_of_postgresql_is_itself_or_refused(
    column: str, value: str, expected: object, postgres: str
) -> None:
    """Each type is read as what it is; one that does not fit is refused at its cell."""
    check(postgres, column, value, expected)


@pytest.mark.parametrize(
    ("column", "value", "expected"),
    [
        ("cents", "612.34::numeric(12,2)", 61_234),
        ("cents", "612.3::numeric", 61_230),
        ("cents", "612.340::numeric", 61_234),
        ("cents", "612", 61_200),
        ("cents", "'612.34'::text", 61_234),
        *refused("cents", "612.345::numeric | '612,34'::text | 'NaN'::numeric | 'Infinity'::numeric"),
        *refused("cents", "1e20::numeric | 612.34::float8 | 612.34::money | -612.34::numeric"),
    ],
)
def test_euros_of_postgresql_are_exact_or_refused(
    column: str, value: str, expected: object, postgres: str
) -> None:
    """Amounts in euros become whole cents without a float on the way; what has a fraction is refused."""
    check(postgres, column, value, expected, euros=["entries.cents"])


@pytest.mark.parametrize(
    ("column", "value", "expected"),
    [
        *(("kind", it, "rent") for it in ("'H'::text", "'H'::char(3)", "1", "1::numeric(1)", "true")),
        *refused("kind", "false | 1.0::numeric | 1::float8 | 'rent'::text | ''::text"),
    ],
)
def test_words_of_postgresql_are_those_that_are_explained(
    column: str, value: str, expected: object, postgres: str
) -> None:
    """A value of theirs that the user does not explain is refused, also if it is a word of ours."""
    words: dict[str, str | bool] = {"H": "rent", "1": "rent", "true": "rent"}
    check(postgres, column, value, expected, values={"entries": {"kind": words}})


def test_yes_and_no_are_read_where_they_are_meant(postgres: str) -> None:
    """True and false, their words, and an empty one that says nothing; a number has to be explained."""
    select = """
        SELECT 'A1' AS tenancy, date '2026-09-01' AS date, 'letter' AS channel, true AS reached,
            'FALSE' AS reminder, 'J' AS debt_help, ' ' AS standing, 1 AS number
    """
    columns: dict[str, str | bool] = {
        it: it for it in ("tenancy", "date", "channel", "reached", "reminder")
    }
    columns.update(debt_help="debt_help", offers_sharing="standing", about_arrears="number")
    stream = open_database(
        url=postgres,
        tables={"contacts": select},
        columns={"contacts": columns},
        values={"contacts": {"debt_help": {"J": True}, "offers_sharing": {" ": ""}}},
    ).tables()["contacts"]
    [row] = pl.DataFrame(stream).rows(named=True)
    assert (row["reached"], row["reminder"], row["debt_help"], row["offers_sharing"]) == (
        True,
        "FALSE",
        "true",
        None,
    )
    assert row["about_arrears"] == "?"


def test_one_cell_that_is_wrong_changes_no_other(postgres: str) -> None:
    """Among many rows, all but the one with a day that never ends are read as without it."""
    select = """
        SELECT 'A1' AS tenancy, n AS id, 'rent' AS kind, 100 + n AS cents,
            CASE WHEN n = 40000 THEN date 'infinity' ELSE date '2000-01-01' + n % 9000 END AS due
        FROM generate_series(1, 60000) AS n
    """
    frame = pl.DataFrame(open_database(url=postgres, tables={"entries": select}).tables()["entries"])
    wrong = frame.filter(~pl.col("due").is_between(dt.date(1900, 1, 1), dt.date(2199, 12, 31)))
    assert wrong["id"].to_list() == ["40000"]
    numbers = pl.col("id").cast(pl.Int64)
    days = pl.lit(dt.date(2000, 1, 1)) + pl.duration(days=numbers % 9000)
    assert frame.height == 60_000
    assert frame.select((pl.col("cents") == numbers + 100).all()).item()
    assert frame.select((pl.col("due") == days).sum()).item() == 59_999


def test_an_empty_text_is_not_null(postgres: str) -> None:
    """Null is an absent value, an empty text is one that is there; also where all of a row is null."""
    select = """
        SELECT * FROM (VALUES ('A1', 'R1', 'payment', NULL, ''), ('A1', 'R2', 'payment', '', NULL),
            (NULL, NULL, NULL, NULL, NULL), ('', '', '', '"', ','))
            AS made (tenancy, id, kind, settles, reverses)
    """
    stream = open_database(url=postgres, tables={"entries": select}).tables()["entries"]
    assert pl.DataFrame(stream).select("tenancy", "settles", "reverses").rows() == [
        ("A1", None, ""),
        ("A1", "", None),
        (None, None, None),
        ("", '"', ","),
    ]


BIRTHS: Cases = [
    ("born", "'2015-03-07'", dt.date(2015, 3, 7)),
    ("born", "'2015-03-00'", "2015-03-00"),
    ("born", "'2015-00-00'", "2015-00-00"),
    *refused("born", "'2015-13-00' | '2015-00-07' | '2015' | 2015 | '2015-03-07 00:00:00'"),
]
VALUES: Cases = [
    ("value", "'true'", True),
    ("value", "'FALSE'", False),
    ("value", "3", 3),
    ("value", "'3'", 3),
    ("value", "'1.5'", "1.5"),
    *refused("value", "'yes' | -3 | '1,5' | 1e30 | '1000000000000'"),
]


def stated(url: str, column: str, value: str, **options: Any) -> object:
    """The one day of birth or value of a fact of a tenancy in a database."""
    name = "children" if column == "born" else "facts"
    more = "" if column == "born" else ", 'visits' AS name"
    tables = {it: it for it in ("tenancies", "rents")}
    tables["entries"] = "SELECT 'A1' AS tenancy, 'R1' AS id, 'rent' AS kind WHERE 1 = 0"
    tables[name] = f"SELECT 'A1' AS tenancy, {value} AS {column}{more}"
    [tenancy] = read_portfolio(open_database(url=url, tables=tables, **options))
    household = tenancy.household
    [part] = (tenancy.facts or ()) if household is None else household.children
    return getattr(part, column)


def check_stated(url: str, column: str, value: str, expected: object, **options: Any) -> None:
    """See that it is as expected, or where that is None, refused at its cell."""
    if expected is not None:
        found = stated(url, column, value, **options)
        written = str(found) if type(expected) is int else found  # a table writes a number as text
        assert written == (str(expected) if type(expected) is int else expected)
        return
    with pytest.raises(InvalidValue) as caught:
        stated(url, column, value, **options)
    assert caught.value.place == Cell("children" if column == "born" else "facts", 2, column)


@pytest.mark.parametrize(("column", "value", "expected"), [*BIRTHS, *VALUES])
def test_a_birth_and_a_fact_of_sqlite_are_themselves_or_refused(
    column: str, value: str, expected: object, one_tenancy: str
) -> None:
    """A day of birth may be known in part; a fact is true, false, a number or months."""
    check_stated(one_tenancy, column, value, expected)


@pytest.mark.parametrize(
    ("column", "value", "expected"),
    [
        *((column, value, expected) for column, value, expected in (*BIRTHS, *VALUES)),
        ("born", "date '2015-03-07'", dt.date(2015, 3, 7)),
        *refused("born", "date '1815-03-07' | date 'infinity' | timestamp '2015-03-07 00:00:00'"),
        ("value", "true", True),
        ("value", "false", False),
        ("value", "3::bigint", 3),
        ("value", "3::numeric", 3),
        ("value", "1.5::numeric(4,1)", "1.5"),
        *refused("value", "1.5::float8 | 'NaN'::numeric | -1::numeric | date '2015-03-07'"),
    ],
)
def test_a_birth_and_a_fact_of_postgresql_are_themselves_or_refused(
    column: str, value: str, expected: object, postgres: str
) -> None:
    """By each type that such a column may have there."""
    check_stated(postgres, column, value, expected)


def test_the_words_of_a_fact_can_be_explained(postgres: str) -> None:
    """Their J and N are true and false."""
    words: dict[str, str | bool] = {"J": True, "N": False}
    for theirs, ours in words.items():
        assert stated(postgres, "value", f"'{theirs}'", values={"facts": {"value": words}}) is ours
    check_stated(postgres, "value", "'?'", None, values={"facts": {"value": words}})
