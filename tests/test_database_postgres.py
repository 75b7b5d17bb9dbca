"""The ledger `database` on PostgreSQL: one moment, nothing written, nothing left open, nothing told."""

from __future__ import annotations

import datetime as dt
import gc
import logging
import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Any

import polars as pl
import pytest
from databases import by_cursors, cursor_streams, write_database
from postgres import Cluster, cluster, database, running  # noqa: F401 - fixtures are imported to be found

from huurschuld import HuurschuldError, InvalidValue, PluginFailed, read_portfolio
from huurschuld.hooks import ArrowStream, Ledger
from huurschuld.plugins.database import open_database
from huurschuld.plugins.database.settings import read_settings
from huurschuld.plugins.database.streams import pa
from huurschuld.portfolio.columnar.opening import Library, open_tables

# ruff: noqa: F811, ARG001 - fixtures that were imported are arguments, some for what they make alone

DAY = dt.date(2024, 3, 1)
PASSWORD = "geheim-1"  # noqa: S105 - of a database that the tests make
ONE: Mapping[str, Any] = {
    "tenancies": [{"id": "A1", "start": DAY}],
    "rents": [{"tenancy": "A1", "from": DAY, "cents": 70_000}],
    "entries": [{"tenancy": "A1", "id": "R1", "kind": "rent", "due": DAY, "cents": 70_000}],
}
MANY = """
    SELECT 'A1' AS tenancy, 'R' || n AS id, 'rent' AS kind, 100 AS cents, date '2024-03-01' AS due
    FROM generate_series(1, 3000000) AS n
"""


@pytest.fixture
def url(cluster: Cluster, database: str) -> str:
    """The URL of a database with one tenancy."""
    found = cluster.url(database)
    write_database(found, ONE)
    return found


@contextmanager
def login(cluster: Cluster, database: str, name: str, *rights: str, password: str = "") -> Iterator[str]:
    """The URL of a login with these rights, while the block runs."""
    with cluster.connect(database) as owner:
        owner.execute(f"DROP ROLE IF EXISTS {name}".encode())
        owner.execute(f"CREATE ROLE {name} LOGIN PASSWORD '{password}'".encode())
        for it in rights:
            owner.execute(f"GRANT SELECT {it} TO {name}".encode())
        yield cluster.url(database, name)
        owner.execute(f"DROP OWNED BY {name}".encode())


def end_copies(cluster: Cluster) -> None:
    """End the connections that read a table."""
    with cluster.connect() as owner:
        owner.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'COPY%'")


def with_many(url: str) -> Ledger:
    """A ledger with more entries than are under way between server and client."""
    return open_database(url=url, tables={"tenancies": "tenancies", "rents": "rents", "entries": MANY})


def reader(stream: ArrowStream) -> Any:
    """A table, read batch by batch."""
    return pa.RecordBatchReader.from_stream(stream)


def test_all_tables_are_of_one_moment(url: str, cluster: Cluster, database: str) -> None:
    """What is booked while tables are read is in none of them, however they are read."""
    ledger = open_database(url=url)
    streams = ledger.tables()
    with cluster.connect(database) as writer:
        writer.execute("INSERT INTO tenancies (id, start) VALUES ('A2', '2025-01-01')")
        assert pl.DataFrame(streams["tenancies"])["id"].to_list() == ["A1"]
        writer.execute("""INSERT INTO rents (tenancy, "from", cents) VALUES ('A2', '2025-01-01', 100)""")
        writer.execute("DELETE FROM entries")
    assert pl.DataFrame(streams["rents"]).height == 1
    assert pl.DataFrame(streams["entries"]).height == 1
    assert pl.DataFrame(ledger.tables()["tenancies"])["id"].to_list() == ["A1", "A2"]


def test_all_tables_are_of_one_moment_on_one_connection(
    url: str, cluster: Cluster, database: str
) -> None:
    """By cursors, as on other databases, the same holds; one table is read after the other."""
    streams = cursor_streams(url)
    with cluster.connect(database) as writer:
        writer.execute("INSERT INTO tenancies (id, start) VALUES ('A2', '2025-01-01')")
    assert pl.DataFrame(streams["tenancies"])["id"].to_list() == ["A1"]
    rents = reader(streams["rents"])
    with pytest.raises(PluginFailed) as caught:
        pl.DataFrame(streams["entries"])
    assert "before rents was read" in caught.value.problem
    assert sorted(rents.schema.names) == ["cents", "from", "per", "tenancy"]


def by_copy(url: str, tables: Mapping[str, str]) -> dict[str, pl.DataFrame]:
    """The tables as they are read by COPY."""
    streams = open_database(url=url, tables=tables).tables()
    return {name: pl.DataFrame(stream) for name, stream in streams.items()}


@pytest.mark.parametrize("read", [by_copy, by_cursors])
def test_no_select_can_write(read: Any, url: str, cluster: Cluster, database: str) -> None:
    """A SELECT whose function writes fails, by COPY and by cursors, and nothing was written."""
    with cluster.connect(database) as owner:
        owner.execute("""
            CREATE FUNCTION spoil() RETURNS text LANGUAGE sql AS
            $$ DELETE FROM entries RETURNING 'A1' $$
        """)
    tables = {"plans": """SELECT spoil() AS tenancy, date '2024-03-01' AS "from" """}
    with pytest.raises(InvalidValue) as caught:
        read(url, tables)
    assert caught.value.place == "tables.plans"
    assert "writes" in caught.value.problem
    with cluster.connect(database) as owner:
        assert owner.execute("SELECT count(*) FROM entries").fetchone() == (1,)


def test_a_select_is_one_statement(url: str, cluster: Cluster, database: str) -> None:
    """What would end the transaction and go on after it is refused before any of it is run."""
    several = "SELECT 'A1' AS tenancy) AS x; COMMIT; BEGIN READ WRITE; DROP TABLE rents; --"
    with pytest.raises(InvalidValue) as caught:
        open_database(url=url, tables={"plans": several}).tables()
    assert caught.value.place == "tables.plans"
    with cluster.connect(database) as owner:
        assert owner.execute("SELECT count(*) FROM rents").fetchone() == (1,)


def test_the_least_rights_are_enough(url: str, cluster: Cluster, database: str) -> None:
    """A login that may see only the columns that are read is enough, and another column is refused."""
    with cluster.connect(database) as owner:
        owner.execute("ALTER TABLE tenancies ADD COLUMN naam text DEFAULT 'Jansen'")
    columns: dict[str, Any] = {name: {it: it for it in rows[0]} for name, rows in ONE.items()}
    rights = [
        "({}) ON {}".format(", ".join(f'"{it}"' for it in its), name) for name, its in columns.items()
    ]
    for name, omitted in (
        ("rents", "per"),
        ("tenancies", "end object deceased eviction_announced eviction_on children_known"),
        ("entries", "booked settles reverses"),
    ):
        columns[name].update(dict.fromkeys(omitted.split(), False))
    tables = {it: it for it in ONE}
    with login(cluster, database, "lezer", *rights) as by_reader:
        assert len(read_portfolio(open_database(url=by_reader, tables=tables, columns=columns))) == 1
        columns["tenancies"]["end"] = "end"
        with pytest.raises(InvalidValue) as caught:
            open_database(url=by_reader, tables=tables, columns=columns).tables()
    assert caught.value.place == "tables.tenancies"
    assert "GRANT" in caught.value.remedy.upper()


@pytest.mark.parametrize("read", [by_copy, by_cursors])
def test_rows_that_a_policy_hides_are_an_error(
    read: Any, url: str, cluster: Cluster, database: str
) -> None:
    """A login from which row security hides bookings reads nothing: a payment may be among them."""
    with (
        cluster.connect(database) as owner,
        login(cluster, database, "beperkt", "ON entries") as restricted,
    ):
        owner.execute("CREATE POLICY geen_bank ON entries TO beperkt USING (kind = 'rent')")
        # A policy that is not in force hides nothing.
        assert read(restricted, {"entries": "entries"})["entries"].height == 1
        owner.execute("ALTER TABLE entries ENABLE ROW LEVEL SECURITY")
        with pytest.raises(InvalidValue, match="not all of it") as caught:
            read(restricted, {"entries": "entries"})
    assert caught.value.place == "tables.entries"
    assert "row-level security" in caught.value.remedy


def test_a_connection_that_ends_midway_is_told(url: str, cluster: Cluster) -> None:
    """If the server ends the connection halfway, reading ends with an error and leaves nothing open."""
    streams = with_many(url).tables()
    entries = reader(streams["entries"])
    assert entries.read_next_batch().num_rows > 0
    end_copies(cluster)
    with pytest.raises(pa.ArrowInvalid, match=r"plugin-failed at tables\.entries"):
        entries.read_all()
    failure = streams["entries"].failure  # type: ignore[attr-defined] # of these streams
    assert isinstance(failure, PluginFailed)
    with pytest.raises(PluginFailed, match="another table failed"):
        pl.DataFrame(streams["rents"])
    assert cluster.readers() == 0


def test_a_table_that_fails_while_it_is_opened_says_so(
    url: str, cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever opens it gets the error of the database, not that of the library in between."""
    ledger = with_many(url)
    streams = ledger.tables()
    entries: Any = streams["entries"]
    batches = entries._batches

    def broken() -> Iterator[Any]:
        for batch in batches():
            end_copies(cluster)
            yield batch

    monkeypatch.setattr(entries, "_batches", broken)
    monkeypatch.setattr(ledger, "tables", lambda: streams)
    with pytest.raises(PluginFailed) as caught:
        open_tables(ledger, Library.POLARS)
    assert caught.value.place == "tables.entries"
    assert caught.value.__context__ is None
    assert cluster.readers() == 0


def test_a_server_that_dies_midway_is_told() -> None:
    """If the server is gone halfway, reading ends with an error, and so does reading on."""
    with running() as own:
        write_database(own.url(), ONE)
        streams = with_many(own.url()).tables()
        entries = reader(streams["entries"])
        own.stop()
        with pytest.raises(pa.ArrowInvalid, match=r"plugin-failed at tables\.entries"):
            entries.read_all()
        with pytest.raises(PluginFailed):
            pl.DataFrame(streams["rents"])
        with pytest.raises(PluginFailed, match="cannot be reached"):
            with_many(own.url()).tables()


def test_nothing_is_left_open(url: str, cluster: Cluster) -> None:
    """Read whole, in part or not at all, or refused: no connection is left, and none is warned of."""
    ledger = with_many(url)
    read_portfolio(open_database(url=url))
    assert cluster.readers() == 0
    ledger.tables()
    assert cluster.readers() == 0
    streams = ledger.tables()
    entries = reader(streams["entries"])
    entries.read_next_batch()
    del entries, streams
    gc.collect()
    assert cluster.readers() == 0
    with pytest.raises(HuurschuldError):
        open_database(url=url, tables={"plans": "SELECT 1 AS een"}).tables()
    assert cluster.readers() == 0


def test_a_table_let_go_halfway_harms_no_other(url: str) -> None:
    """Tables can be read after one was let go halfway, and still are of the same moment."""
    streams = with_many(url).tables()
    entries = reader(streams["entries"])
    entries.read_next_batch()
    del entries
    assert pl.DataFrame(streams["rents"]).height == 1
    assert pl.DataFrame(streams["tenancies"]).height == 1


def test_a_stream_may_be_read_in_another_thread(url: str) -> None:
    """The thread that reads a table need not be the one that asked for it."""
    streams = open_database(url=url).tables()
    found: list[pl.DataFrame] = []
    thread = threading.Thread(target=lambda: found.append(pl.DataFrame(streams["rents"])))
    thread.start()
    thread.join()
    assert [it.height for it in found] == [1]


def test_nothing_secret_is_told(url: str, cluster: Cluster, caplog: pytest.LogCaptureFixture) -> None:
    """No password, login, SELECT or value is in an error, what it is chained to, or a log."""
    tables = {"plans": "SELECT 'Jansen'::int AS tenancy"}
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.DEBUG, "psycopg")  # its own level is higher unless it is asked
    told = []
    for its in (
        url,
        f"postgresql+psycopg://lezer-1@/nergens-1?host={cluster.folder}",
        "postgresql+psycopg://lezer-1@/nergens-1?host=/nergens-1",
        "postgresql+psycopg://lezer-1@/x?nergens-1=1",
        "postgresql+psycopg://lezer-1@[nergens-1",
    ):
        with pytest.raises(HuurschuldError) as caught:
            open_database(url=its, password=PASSWORD, tables=tables).tables()
        error: BaseException | None = caught.value
        while error is not None:
            told.append(str(error) + repr(error))
            error = error.__context__ or error.__cause__
    told.append(caplog.text)
    for word in (PASSWORD, "lezer-1", "nergens-1", "Jansen"):
        assert not [it for it in told if word in it]


def test_a_ledger_shows_nothing_of_its_settings(url: str) -> None:
    """The repr of a ledger has neither its URL nor its password."""
    told = repr(open_database(url=url, password=PASSWORD))
    assert PASSWORD not in told
    assert "postgres@" not in told
    settings = read_settings(url, PASSWORD)
    assert repr(settings) == "<Settings>"
    assert repr(settings.sources["rents"]) == "<Source>"


def test_memory_does_not_grow_with_the_table(url: str) -> None:
    """However many entries there are, what is in memory at once is a batch, not the table."""
    peaks = []
    for count in (100_000, 1_000_000):
        entries = MANY.replace("3000000", str(count))
        batches = reader(open_database(url=url, tables={"entries": entries}).tables()["entries"])
        before, found, most = pa.total_allocated_bytes(), 0, 0
        for batch in batches:
            found += batch.num_rows
            most = max(most, pa.total_allocated_bytes() - before)
        assert found == count
        peaks.append(most)
    assert 0 < peaks[1] < 2 * peaks[0] < 20_000_000


def test_a_schema_is_named(url: str, cluster: Cluster, database: str) -> None:
    """A table of another schema, with signs in its name that need quotes, is read by its name."""
    with cluster.connect(database) as owner:
        owner.execute('CREATE SCHEMA "Ver""huur"')
        owner.execute('CREATE TABLE "Ver""huur"."Huur; prijs" AS SELECT * FROM rents')
    ledger = open_database(url=url, tables={"rents": 'Ver"huur.Huur; prijs'})
    assert pl.DataFrame(ledger.tables()["rents"]).height == 1


def test_the_password_is_given_apart(url: str, cluster: Cluster, database: str) -> None:
    """A password that is not in the URL is used, and a wrong one is refused by the server."""
    rules = cluster.folder / "data" / "pg_hba.conf"
    before = rules.read_text(encoding="utf-8")
    everything = "ON ALL TABLES IN SCHEMA public"
    with (
        cluster.connect() as owner,
        login(cluster, database, "besloten", everything, password=PASSWORD) as by_password,
        ExitStack() as at_the_end,
    ):
        at_the_end.callback(owner.execute, "SELECT pg_reload_conf()")
        at_the_end.callback(rules.write_text, before, encoding="utf-8")
        rules.write_text(f"local all besloten scram-sha-256\n{before}", encoding="utf-8")
        owner.execute("SELECT pg_reload_conf()")
        owner.execute("SELECT pg_sleep(0.2)")
        assert len(read_portfolio(open_database(url=by_password, password=PASSWORD))) == 1
        for wrong in ("geheim-2", None):
            with pytest.raises(PluginFailed, match="does not accept this login") as caught:
                open_database(url=by_password, password=wrong).tables()
            assert "geheim" not in str(caught.value)


def test_a_timeout_of_the_server_is_told(url: str, cluster: Cluster, database: str) -> None:
    """A statement_timeout that is too short ends the reading, and the error says what to do."""
    with cluster.connect(database) as owner:
        owner.execute(f"ALTER DATABASE {database} SET statement_timeout = '20ms'".encode())
    slow = "SELECT 'A1' AS tenancy, date '2024-03-01' AS \"from\" FROM pg_sleep(5)"
    with pytest.raises(PluginFailed) as caught:
        pl.DataFrame(open_database(url=url, tables={"plans": slow}).tables()["plans"])
    assert "statement_timeout" in caught.value.remedy
