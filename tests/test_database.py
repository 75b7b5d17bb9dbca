"""The ledger `database`: what is written comes back, and is decided on as from a folder."""

from __future__ import annotations

import datetime as dt
import os
import re
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

import attrs
import polars as pl
import pytest
import sqlalchemy
from databases import by_cursors, run_all, write_database
from hypothesis import HealthCheck, given, settings, strategies as st
from postgres import Cluster, cluster  # noqa: F401 - a fixture is imported to be found
from sqlalchemy.engine import Engine
from tables import as_tables, write_csv
from test_portfolio import with_texts

from huurschuld import (
    Cell,
    ExtraNeeded,
    HuurschuldError,
    InvalidValue,
    MissingField,
    PluginFailed,
    Tenancy,
    UnknownField,
    decide,
    read_portfolio,
    screen,
)
from huurschuld.hooks import LocatesRows
from huurschuld.plugins import database as plugin
from huurschuld.plugins.configuration import read_configuration
from huurschuld.plugins.database import open_database
from huurschuld.plugins.database.streams import pa
from huurschuld.plugins.host import Kind, load_apart, load_plugins, open_ledger
from huurschuld.plugins.portfolio import open_folder
from huurschuld.testing import AS_OF, tenancies

KINDS = ("sqlite", "postgresql")


@contextmanager
def new_database(kind: str, request: pytest.FixtureRequest) -> Iterator[str]:
    """The URL of a database that is empty."""
    if kind == "sqlite":
        with tempfile.TemporaryDirectory() as folder:
            yield f"sqlite:///{folder}/a b.db"
    else:
        running: Cluster = request.getfixturevalue("cluster")
        yield running.url(running.new_database())


@pytest.fixture(params=KINDS)
def url(request: pytest.FixtureRequest) -> Iterator[str]:
    """The URL of a database: of SQLite, and of PostgreSQL."""
    with new_database(request.param, request) as found:
        yield found


@pytest.fixture(scope="module", params=KINDS)
def one_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """The same, one for all examples of a property."""
    with new_database(request.param, request) as found:
        yield found


def several() -> st.SearchStrategy[list[Tenancy]]:
    """A few tenancies, each with its own id."""
    return st.lists(tenancies(), max_size=4, unique_by=lambda it: it.id)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(several())
def test_tenancies_survive_a_database(one_url: str, written: list[Tenancy]) -> None:
    """Written to a database and read again they are the same, to the cent and the letter."""
    tables = as_tables(written)
    write_database(one_url, tables)
    found = read_portfolio(open_database(url=one_url))
    parts = ("contacts", "plans", "disputes", "objections", "signals", "facts")
    unknown: dict[str, Any] = {name: None for name in parts if name not in tables}
    assert list(found) == [attrs.evolve(with_texts(it), **unknown) for it in written]


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(several())
def test_the_same_is_decided_as_from_a_folder(one_url: str, written: list[Tenancy]) -> None:
    """One by one and all at once, a database gives the advice that a folder of the same rows gives."""
    tables = as_tables(written)
    write_database(one_url, tables)
    with tempfile.TemporaryDirectory() as folder:
        by_folder = read_portfolio(open_folder(folder=str(write_csv(Path(folder), tables))))
    ledger = open_database(url=one_url)
    told = [
        [(it.advice, it.priority, it.facts, it.holds, it.unknown) for it in decisions]
        for decisions in (
            [decide(it, "bgs-2021", AS_OF) for it in portfolio]
            for portfolio in (by_folder, read_portfolio(ledger))
        )
    ]
    assert told[0] == told[1]
    frames = {name: pl.DataFrame(stream) for name, stream in ledger.tables().items()}
    rows = screen(frames, "bgs-2021", AS_OF).rows()
    assert [str(advice) for advice, *_ in told[0]] == [row[1] for row in rows]


ONE: Mapping[str, Any] = {
    "tenancies": [{"id": "A1", "start": dt.date(2024, 3, 1)}],
    "rents": [{"tenancy": "A1", "from": dt.date(2024, 3, 1), "cents": 70_000}],
    "entries": [
        {"tenancy": "A1", "id": "R9", "kind": "rent", "due": dt.date(2026, 9, 1), "cents": 70_000}
    ],
}


def test_an_absent_table_is_unknown_and_an_empty_one_none(url: str) -> None:
    """A table that is not in the database is unknown; one without rows is known to be none."""
    write_database(url, {**ONE, "plans": []})
    [found] = read_portfolio(open_database(url=url))
    assert found.plans == ()
    assert found.signals is None


def test_only_the_tables_that_are_named_are_read(url: str) -> None:
    """A table of the system that is not named is not read, though it has the name of one of ours."""
    write_database(url, {**ONE, "plans": []})
    named = {name: name for name in ONE}
    assert list(open_database(url=url, tables=named).tables()) == ["tenancies", "rents", "entries"]


def test_a_required_table_that_is_absent_is_missing(url: str) -> None:
    """Without entries there is no portfolio, as with a folder."""
    write_database(url, {name: ONE[name] for name in ("tenancies", "rents")})
    with pytest.raises(MissingField) as caught:
        read_portfolio(open_database(url=url))
    assert caught.value.place == "entries"


ERP = (
    'CREATE TABLE "Contract" (nr INTEGER, ingang TEXT, naam TEXT, "Kinderen bekend" TEXT)',
    """INSERT INTO "Contract" VALUES (17, '2024-03-01', 'Jansen', 'J')""",
    """INSERT INTO "Contract" VALUES (18, '2025-01-01', 'De Vries', 'N')""",
    "CREATE TABLE huur (contract INTEGER, vanaf TEXT, bedrag TEXT)",
    "INSERT INTO huur VALUES (17, '2024-03-01', '612.34'), (18, '2025-01-01', '700')",
    "CREATE TABLE post (contract INTEGER, nr INTEGER, soort CHAR(3), datum TEXT, centen BIGINT)",
    "INSERT INTO post VALUES (17, 1, 'H', '2026-08-01', 61234), (17, 2, 'B', '2026-08-03', 61234)",
    "CREATE TABLE contact (contract INTEGER, dag TEXT, hoe TEXT, richting INTEGER, achterstand TEXT)",
    "INSERT INTO contact VALUES (17, '2026-09-01', 'TEL', 1, 'J'), (17, '2026-09-02', 'MAIL', 0, NULL)",
)
ERP_OPTIONS: Mapping[str, Any] = {
    "tables": {
        "tenancies": "Contract",
        "rents": "huur",
        "entries": """
            SELECT contract AS tenancy, nr AS id, soort AS kind, centen AS cents,
                CASE WHEN soort LIKE 'H%' THEN datum END AS due,
                CASE WHEN soort LIKE 'B%' THEN datum END AS booked
            FROM post -- all of them
            ;
        """,
        "contacts": "contact",
    },
    "columns": {
        "tenancies": {"id": "nr", "start": "ingang", "children_known": "Kinderen bekend"},
        "rents": {"tenancy": "contract", "from": "vanaf", "cents": "bedrag"},
        "contacts": {
            "tenancy": "contract",
            "date": "dag",
            "channel": "hoe",
            "direction": "richting",
            "about_arrears": "achterstand",
        },
    },
    "values": {
        "tenancies": {"children_known": {"J": "all", "N": "no"}},
        "entries": {"kind": {"H": "rent", "B": "payment", "H  ": "rent", "B  ": "payment"}},
        "contacts": {
            "channel": {"TEL": "phone", "MAIL": "email"},
            "direction": {"0": "in", "1": "out"},
            "about_arrears": {"J": True, "N": False},
        },
    },
    "euros": ["rents.cents"],
}


@pytest.fixture
def erp(url: str) -> str:
    """A database with tables, columns and values of its own."""
    run_all(url, *ERP)
    return url


def test_a_system_with_names_of_its_own_is_read(erp: str) -> None:
    """Tables, columns, words, yes and no, and euros are read as the user says, and nothing else is."""
    streams = open_database(url=erp, **ERP_OPTIONS).tables()
    frames = {name: pl.DataFrame(stream) for name, stream in streams.items()}
    assert frames["tenancies"].rows() == [
        ("17", dt.date(2024, 3, 1), "all"),
        ("18", dt.date(2025, 1, 1), "no"),
    ]
    assert frames["rents"]["cents"].to_list() == [61_234, 70_000]
    assert frames["entries"].select("kind", "id", "due", "cents", "booked").rows() == [
        ("rent", "1", dt.date(2026, 8, 1), 61_234, None),
        ("payment", "2", None, 61_234, dt.date(2026, 8, 3)),
    ]
    assert frames["contacts"].drop("tenancy", "date").rows() == [
        ("phone", "out", "true"),
        ("email", "in", None),
    ]


def test_a_portfolio_of_such_a_system_is_decided_on(erp: str) -> None:
    """Its contacts lack columns, so that they are unknown until the user says what to assume."""
    ledger = open_database(url=erp, **ERP_OPTIONS)
    found = read_portfolio(ledger)
    assert [it.id for it in found] == ["17", "18"]
    assert found.tenancies[0].contacts is None
    assume = {f"contacts.{it}": False for it in ("reminder", "debt_help", "offers_sharing")}
    [call, mail] = read_portfolio(ledger, assume).tenancies[0].contacts or ()
    assert (call.channel, call.direction, mail.direction) == ("phone", "out", "in")


def test_a_place_is_told_by_the_names_of_the_system(erp: str) -> None:
    """An error names the table and the column as they are there, and the row, never the value."""
    run_all(erp, "UPDATE huur SET bedrag = '612.345' WHERE contract = 18")
    ledger = open_database(url=erp, **ERP_OPTIONS)
    with pytest.raises(InvalidValue) as caught:
        read_portfolio(ledger)
    assert caught.value.place == Cell("huur", 3, "bedrag")
    assert "612.345" not in str(caught.value)
    assert isinstance(ledger, LocatesRows)
    assert ledger.place("rents", None, "cents") == Cell("huur", 1, "bedrag")
    assert ledger.place("entries", 0, "cents") == Cell("entries", 2, "cents")
    assert ledger.place("plans", 0, "from") == Cell("plans", 2, "from")


@pytest.mark.parametrize(
    ("changed", "place"),
    [
        ("UPDATE post SET soort = 'X' WHERE nr = 2", Cell("entries", 3, "kind")),
        ("UPDATE post SET soort = '' WHERE nr = 2", Cell("entries", 3, "kind")),
        ("UPDATE post SET soort = 'rent' WHERE nr = 2", Cell("entries", 3, "kind")),
        ("UPDATE contact SET achterstand = 'j' WHERE hoe = 'TEL'", Cell("contact", 2, "achterstand")),
        ("UPDATE contact SET richting = 2 WHERE hoe = 'TEL'", Cell("contact", 2, "richting")),
    ],
)
def test_a_value_that_is_not_mapped_is_refused_at_its_cell(erp: str, changed: str, place: Cell) -> None:
    """A word of the system that the user does not explain is an error, also if it is one of ours."""
    if "'rent'" in changed and "postgresql" in erp:
        run_all(erp, "ALTER TABLE post ALTER soort TYPE TEXT")
    run_all(erp, changed, "CREATE TABLE p AS SELECT * FROM post ORDER BY nr", "DROP TABLE post")
    run_all(erp, "ALTER TABLE p RENAME TO post")
    run_all(erp, "CREATE TABLE c AS SELECT * FROM contact ORDER BY dag", "DROP TABLE contact")
    run_all(erp, "ALTER TABLE c RENAME TO contact")
    assume = {f"contacts.{it}": False for it in ("reminder", "debt_help", "offers_sharing")}
    with pytest.raises(InvalidValue) as caught:
        read_portfolio(open_database(url=erp, **ERP_OPTIONS), assume)
    assert caught.value.place == place


RENTS = {"tenancy": "tenancy", "from": "from", "cents": "cents"}
NO_CENTS = {"entries": "SELECT tenancy, id, kind FROM entries"}
NOT_REACHED = {"contacts": "SELECT 1 AS tenancy, 2 AS date, 3 AS channel"}
REACHED = {"contacts": {"reached": {"J": True}}}


@pytest.mark.parametrize(
    ("options", "error", "place"),
    [
        ({"tables": {"plans": "regeling"}}, MissingField, "tables.plans"),
        ({"columns": {"plans": {"tenancy": "a", "from": "b"}}}, MissingField, "tables.plans"),
        ({"tables": {"rents": "SELECT geheim FROM nergens"}}, InvalidValue, "tables.rents"),
        ({"columns": {"rents": RENTS | {"cents": "prijs"}}}, MissingField, Cell("rents", 1, "prijs")),
        ({"tables": {"rents": "SELECT 1 AS tenancy"}}, MissingField, Cell("rents", 1, "from")),
        ({"tables": {"rents": "SELECT 1 AS bedrag"}}, UnknownField, Cell("rents", 1, "bedrag")),
        ({"columns": {"rents": {"from": "from"}}}, UnknownField, Cell("rents", 1, "tenancy")),
        ({"tables": {"rents": "SELECT *, cents FROM rents"}}, InvalidValue, Cell("rents", 1, "cents")),
        ({"tables": NO_CENTS, "euros": ["entries.cents"]}, InvalidValue, "euros.entries.cents"),
        ({"tables": NOT_REACHED, "values": REACHED}, InvalidValue, "values.contacts.reached"),
    ],
)
def test_what_the_database_has_not_is_told_by_its_name(
    url: str, options: Any, error: type[HuurschuldError], place: object
) -> None:
    """Tables, columns and options that do not fit are errors, which quote no SELECT."""
    write_database(url, ONE)
    with pytest.raises(error) as caught:
        open_database(url=url, **options).tables()
    assert caught.value.place == place
    assert not [it for it in ("geheim", "nergens") if it in str(caught.value)]
    assert caught.value.__context__ is None


def test_a_column_that_is_said_not_to_be_read_is_not(url: str) -> None:
    """Where columns are named, one that has the name of ours may be something else."""
    write_database(url, {**ONE, "plans": [{"tenancy": "A1", "from": dt.date(2026, 1, 1)}]})
    named: dict[str, str | bool] = {it: it for it in ("tenancy", "from", "broken_on")}
    streams = open_database(
        url=url, columns={"plans": named | {"until": False, "cents": False}}
    ).tables()
    assert pl.DataFrame(streams["plans"]).columns == ["tenancy", "from", "broken_on"]


def test_an_application_that_logs_all_logs_no_rows(erp: str, caplog: pytest.LogCaptureFixture) -> None:
    """Whatever it asks SQLAlchemy to tell, no row, statement or SELECT of this ledger is in its log."""
    rents = 'SELECT contract AS tenancy, vanaf AS "from", 61234 AS cents FROM huur'
    caplog.set_level(1, "sqlalchemy")
    found = by_cursors(erp, {"rents": rents})["rents"]
    run_all("sqlite://", "SELECT 'of another'")
    assert found["tenancy"].to_list() == ["17", "18"]
    told = [it.getMessage() for it in caplog.records]
    assert any("of another" in it for it in told)  # what others ask for is told as before
    assert not [it for it in told if "61234" in it or "huur" in it]


def test_of_a_select_only_the_columns_that_are_read_are_asked_for(url: str) -> None:
    """What else a SELECT gives, such as a name, does not leave the database."""
    write_database(url, ONE)
    run_all(url, "ALTER TABLE tenancies ADD COLUMN naam TEXT", "UPDATE tenancies SET naam = 'Jansen'")
    chosen = "SELECT start, naam, id FROM tenancies -- all of them"
    columns = {"tenancies": {"id": "id", "start": "start"}}
    asked: list[str] = []

    def listener(_: object, __: object, statement: str, *___: object) -> None:
        asked.append(statement)

    sqlalchemy.event.listen(Engine, "before_cursor_execute", listener)
    try:
        [found] = by_cursors(url, {"tenancies": chosen}, columns).values()
    finally:
        sqlalchemy.event.remove(Engine, "before_cursor_execute", listener)
    assert found.rows() == [("A1", dt.date(2024, 3, 1))]
    assert asked[-1].split("FROM")[0].split() == ["SELECT", "id,", "start"]


def with_many(url: str) -> Any:
    """The ledger of a database with more rents than one batch."""
    day = dt.date(2000, 1, 1)
    rows = [{"tenancy": "A1", "from": day + dt.timedelta(n), "cents": n} for n in range(30_000)]
    write_database(url, {**ONE, "rents": rows})
    return open_database(url=url)


def test_streams_can_be_read_in_any_order(url: str) -> None:
    """Each table is what it is, whichever is read first, or one through the other."""
    ledger = with_many(url)
    streams = ledger.tables()
    rents = pa.RecordBatchReader.from_stream(streams["rents"])
    first = rents.read_next_batch()
    entries = pa.RecordBatchReader.from_stream(streams["entries"]).read_all()
    found = pl.concat([pl.DataFrame(first), pl.DataFrame(rents.read_all())])
    assert found.height == 30_000
    assert entries.num_rows == 1
    assert found.equals(pl.DataFrame(ledger.tables()["rents"]))


def test_a_table_can_be_read_again(url: str) -> None:
    """A table that was read gives the same rows again, though others came since."""
    write_database(url, ONE)
    streams = open_database(url=url).tables()
    first = pl.DataFrame(streams["rents"])
    if url.startswith("postgresql"):  # SQLite has whoever writes wait for whoever reads
        added = """INSERT INTO rents (tenancy, cents, "from") VALUES ('A1', 100, '2025-01-01')"""
        run_all(url, added)
    assert pl.DataFrame(streams["rents"]).equals(first)


def test_a_ledger_that_was_closed_gives_nothing(url: str) -> None:
    """Once it is closed, a table that was not begun is an error; its tables can be asked for again."""
    write_database(url, ONE)
    ledger = open_database(url=url)
    streams = ledger.tables()
    ledger.close()  # type: ignore[attr-defined] # of this ledger, not of every one
    with pytest.raises(PluginFailed):
        pl.DataFrame(streams["rents"])
    assert pl.DataFrame(ledger.tables()["rents"]).height == 1


def test_a_ledger_that_is_closed_midway_gives_no_part_of_a_table(url: str) -> None:
    """Closed while a table is read, the table is read to its end or is an error, never cut off."""
    ledger = with_many(url)
    rents = pa.RecordBatchReader.from_stream(ledger.tables()["rents"])
    found = rents.read_next_batch().num_rows
    ledger.close()
    try:
        found += rents.read_all().num_rows
    except pa.ArrowInvalid:
        found = 30_000
    assert found == 30_000


def test_the_configuration_in_the_documentation_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """The example for a system of one's own is read by the command line, and is taken as it stands."""
    monkeypatch.setenv("ERP_PASSWORD", "geheim-1")
    page = Path(__file__).parents[1] / "docs" / "database.md"
    [_, config, *_] = re.split("^```(?:toml)?\n", page.read_text(encoding="utf-8"), flags=re.MULTILINE)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "huurschuld.toml")
        file.write_text(config, encoding="utf-8")
        found = read_configuration(file, os.environ)
    assert found.names(Kind.LEDGER) == ["erp"]
    configured = found.of(Kind.LEDGER, "erp")
    assert configured.use == "database"
    ledger: Any = open_database(**configured.options)
    assert ledger.place("rents", 1, "cents") == Cell("huurprijs", 3, "bedrag")


def test_a_table_may_be_a_view(url: str) -> None:
    """A view is as good as a table."""
    write_database(url, ONE)
    run_all(url, "CREATE VIEW huren AS SELECT * FROM rents")
    ledger = open_database(url=url, tables={**{it: it for it in ONE}, "rents": "huren"})
    assert pl.DataFrame(ledger.tables()["rents"])["cents"].to_list() == [70_000]


def test_a_select_that_writes_is_refused(url: str) -> None:
    """Whatever a user's SELECT tries, nothing is written."""
    write_database(url, ONE)
    delete = "WITH gone AS (SELECT 1) DELETE FROM rents"
    with pytest.raises(HuurschuldError) as caught:
        read_portfolio(open_database(url=url, tables={**{it: it for it in ONE}, "rents": delete}))
    assert caught.value.place == "tables.rents"
    assert len(read_portfolio(open_database(url=url))) == 1


@pytest.mark.parametrize(
    ("options", "place"),
    [
        ({"url": ""}, "url"),
        ({"url": "no url"}, "url"),
        ({"url": "nosuch://there"}, "url"),
        ({"url": "sqlite://"}, "url"),
        ({"url": "sqlite+aiosqlite:///x.db"}, "url"),
        ({"password": 5}, "password"),
        ({"tables": []}, "tables"),
        ({"tables": {"rent": "huur"}}, "tables.rent"),
        ({"tables": {"rents": ""}}, "tables.rents"),
        ({"tables": {"rents": "a.b.c"}}, "tables.rents"),
        ({"tables": {"rents": "a."}}, "tables.rents"),
        ({"tables": {"rents": "DELETE\nFROM rents"}}, "tables.rents"),
        ({"tables": {"rents": 5}}, "tables.rents"),
        ({"tables": {}, "columns": {"rents": {"cents": "x"}}}, "columns.rents"),
        ({"tables": {}, "euros": ["rents.cents"]}, "euros.rents"),
        ({"columns": {"rents": []}}, "columns.rents"),
        ({"columns": {"rents": {"amount": "x"}}}, "columns.rents.amount"),
        ({"columns": {"rents": {"cents": False}}}, "columns.rents.cents"),
        ({"columns": {"rents": {"cents": True}}}, "columns.rents.cents"),
        ({"columns": {"plans": {"until": ""}}}, "columns.plans.until"),
        ({"values": {"rents": []}}, "values.rents"),
        ({"values": {"rents": {"cents": {"1": "2"}}}}, "values.rents.cents"),
        ({"values": {"entries": {"kind": {"H": "huur"}}}}, "values.entries.kind"),
        ({"values": {"entries": {"kind": {"H": True}}}}, "values.entries.kind"),
        ({"values": {"entries": {"kind": []}}}, "values.entries.kind"),
        ({"values": {"contacts": {"reached": {"J": "true"}}}}, "values.contacts.reached"),
        ({"euros": "rents.cents"}, "euros"),
        ({"euros": ["cents"]}, "euros"),
        ({"euros": [5]}, "euros"),
        ({"euros": ["rents.amount"]}, "euros.rents.amount"),
        ({"euros": ["rents.from"]}, "euros.rents.from"),
    ],
)
def test_an_option_that_is_wrong_is_told_by_its_name(options: dict[str, Any], place: str) -> None:
    """Options are checked before anything is connected to, and none is passed over."""
    with pytest.raises(HuurschuldError) as caught:
        open_database(**{"url": "sqlite:///none.db", **options})
    assert caught.value.place == place
    assert caught.value.__context__ is None


@pytest.mark.parametrize("scheme", ["oracle+oracledb", "mssql+pyodbc"])
def test_a_driver_that_is_not_installed_is_told(scheme: str) -> None:
    """What is missing is a library, and the error says so."""
    with pytest.raises(ExtraNeeded) as caught:
        open_database(url=f"{scheme}://reader:geheim@db/erp")
    assert "geheim" not in str(caught.value)


@pytest.mark.parametrize("library", ["sqlalchemy", "psycopg", "pyarrow"])
def test_a_library_that_is_not_installed_is_told(library: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the extra the plugin loads, and opening a ledger says what to install."""
    monkeypatch.setitem(__import__("sys").modules, library, None)
    with pytest.raises(ExtraNeeded) as caught:
        open_database(url="sqlite:///none.db")
    assert "huurschuld[database]" in caught.value.remedy


def test_a_file_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    """SQLite makes a file of a name that is misspelt; this ledger does not."""
    with pytest.raises(HuurschuldError) as caught:
        open_database(url=f"sqlite:///{tmp_path}/none.db").tables()
    assert "cannot be reached" in caught.value.problem
    assert list(tmp_path.iterdir()) == []


def test_all_tables_of_a_file_are_of_one_moment(tmp_path: Path) -> None:
    """What others write to a file of SQLite meanwhile, where they can, is in none of the tables."""
    url = f"sqlite:///{tmp_path}/erp.db"
    write_database(url, ONE)
    run_all(url, "PRAGMA journal_mode = WAL")
    streams = open_database(url=url).tables()
    run_all(url, "INSERT INTO tenancies (id, start) VALUES ('A2', '2025-01-01')", "DELETE FROM rents")
    assert pl.DataFrame(streams["tenancies"])["id"].to_list() == ["A1"]
    run_all(url, "DELETE FROM entries")
    assert [pl.DataFrame(streams[it]).height for it in ("rents", "entries")] == [1, 1]


def test_a_file_that_is_no_database_is_told(tmp_path: Path) -> None:
    """A file of another kind is an error, and nothing of it is quoted."""
    (tmp_path / "erp.db").write_text("Jansen, Kerkstraat 1\n" * 100, encoding="utf-8")
    with pytest.raises(HuurschuldError) as caught:
        open_database(url=f"sqlite:///{tmp_path}/erp.db").tables()
    assert "Jansen" not in str(caught.value)


INSTALLED = [EntryPoint("database", "huurschuld.plugins.database", "huurschuld")]


def test_the_plugin_gives_the_ledger(url: str) -> None:
    """An application opens the ledger by its name, and what the database says is what it gets."""
    write_database(url, ONE)
    host = load_plugins(["database"], INSTALLED)
    assert [it.provides for it in host.plugins] == [("ledger database",)]
    assert plugin.api_version == 1
    assert len(read_portfolio(open_ledger(host, "database", url=url))) == 1
    with pytest.raises(MissingField) as caught:
        open_ledger(host, "database", url=url, tables={"rents": "huur"}).tables()
    assert caught.value.place == "tables.rents"


def test_the_ledger_works_in_a_process_of_its_own(url: str) -> None:
    """On the command line the ledger is read in another process, and errors come from there whole."""
    write_database(url, ONE)
    with load_apart(["database"], INSTALLED) as host:
        ledger = open_ledger(host, "database", url=url)
        assert len(read_portfolio(ledger)) == 1
        run_all(url, "UPDATE rents SET cents = 7")
        with pytest.raises(InvalidValue) as caught:
            read_portfolio(ledger)
        assert caught.value.place == Cell("rents", 2, "cents")


def test_texts_are_read_by_the_notation_of_a_mapping(url: str) -> None:
    """Days, amounts and words that a system keeps as texts, by the same rules as an export of them."""
    run_all(
        url,
        "CREATE TABLE contract (nr TEXT, ingang TEXT, einde INTEGER, soort TEXT)",
        "INSERT INTO contract VALUES ('1', '1-4-2019', 20261031, 'Won 12')",
        "INSERT INTO contract VALUES ('2', '15-5-2020', NULL, 'gar')",
        "CREATE TABLE huur (nr TEXT, vanaf TEXT, bedrag TEXT)",
        "INSERT INTO huur VALUES ('1', '1-4-2019', '€ 1.299,99'), ('2', '15-5-2020', '85,00')",
        "CREATE TABLE mutatie (nr TEXT, post INTEGER, soort TEXT, dag TEXT, bedrag TEXT)",
        "INSERT INTO mutatie VALUES ('1', 1, 'Huur mei', '1-5-2026', '1299,99')",
        "INSERT INTO mutatie VALUES ('2', 2, 'Huur mei', '-', '85')",
    )
    options: dict[str, Any] = {
        "tables": {"tenancies": "contract", "rents": "huur", "entries": "mutatie"},
        "columns": {
            "tenancies": {
                "id": "nr",
                "start": "ingang",
                "end": {"column": "einde", "dates": "yyyymmdd"},
                "object": {"column": "soort", "words": {"won *": "dwelling", "GAR": "parking"}},
            },
            "rents": {"tenancy": "nr", "from": "vanaf", "cents": "bedrag"},
            "entries": {
                "tenancy": "nr",
                "id": "post",
                "kind": {"column": "soort", "words": {"Huur *": "rent"}},
                "due": "dag",
                "cents": "bedrag",
            },
        },
    }
    notation: dict[str, Any] = {"dates": "d-m-yyyy", "amounts": "euro", "decimal": ","}
    ledger = open_database(url=url, **options, **notation)
    with pytest.raises(InvalidValue) as caught:
        read_portfolio(ledger)
    assert caught.value.place == Cell("mutatie", 3, "dag")
    run_all(url, "UPDATE mutatie SET dag = '1-5-2026' WHERE post = 2")
    first, second = read_portfolio(open_database(url=url, **options, **notation))
    assert (first.start, first.end, first.object) == (
        dt.date(2019, 4, 1),
        dt.date(2026, 10, 31),
        "dwelling",
    )
    assert [it.cents for it in first.rents] == [129_999]
    assert [(it.kind, it.cents) for it in second.entries] == [("rent", 8_500)]
    assert second.object == "parking"


@pytest.mark.parametrize(
    ("options", "place"),
    [
        ({"dates": "dd-mm"}, "dates"),
        ({"amounts": "guilders"}, "amounts"),
        (
            {"columns": {"rents": {"cents": {"column": "b", "decimal": ";"}}}},
            "columns.rents.cents.decimal",
        ),
        (
            {"columns": {"entries": {"kind": {"column": "s", "words": {"x": "y"}}}}},
            "columns.entries.kind.words.x",
        ),
        ({"columns": {"rents": {"cents": {"heading": "b"}}}}, "columns.rents.cents.heading"),
    ],
)
def test_a_notation_that_is_wrong_is_refused_at_its_option(options: dict[str, Any], place: str) -> None:
    """Before anything is connected."""
    with pytest.raises(HuurschuldError) as caught:
        open_database(url="sqlite:///none.db", **options)
    assert caught.value.place == place
