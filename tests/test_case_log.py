"""The log of a case store: any change, gap, reordering or truncation is found and located."""

from __future__ import annotations

import datetime as dt
import random
import shutil
import sqlite3
from contextlib import closing, suppress
from pathlib import Path

import pytest
import sqlalchemy as sa
from case_changes import CHANGES, Change
from case_lives import KEY, event, whole_life
from case_stores import behind_its_back, new_store, write
from postgres import Cluster, cluster  # noqa: F401 - a fixture is imported to be found

from huurschuld import HuurschuldError, InvalidValue, UnknownReference
from huurschuld.cases import (
    CaseStoreDamaged,
    Head,
    NoCaseStore,
    digest,
    heads,
    open_case_store,
    read_heads,
    verify,
)

CASES = 6


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of six cases, one of whom is forgotten."""
    path = tmp_path_factory.mktemp("log") / "cases.sqlite"
    with new_store(f"sqlite:///{path}") as store:
        for number in range(CASES):
            write(store, whole_life()[: 21 - 3 * number], case=f"case-{number}")
            store.look(f"case-{number}", by="ggd", person="a colleague", purpose="test")
        store.forget("case-0", by="municipality", person="a colleague")
        assert verify(store) == ()
    return path


@pytest.mark.parametrize("tries", [12, pytest.param(120, marks=pytest.mark.slow)])
@pytest.mark.parametrize("change", CHANGES, ids=lambda it: it.__name__)
def test_any_change_is_found_and_located(
    whole: Path, tmp_path: Path, change: Change, tries: int
) -> None:
    """A byte, an entry or a case: verification names the case, and the entry. The bench tries more."""
    path = tmp_path / "cases.sqlite"
    original = whole.read_bytes()
    for seed in range(tries):
        path.write_bytes(original)
        path.chmod(0o600)
        with closing(sqlite3.connect(path)) as connection:
            places = change(connection, random.Random(f"{change.__name__}-{seed}"))
            connection.commit()
        try:
            with open_case_store(f"sqlite:///{path}") as store:
                found = verify(store)
        except (NoCaseStore, CaseStoreDamaged):
            if places:
                raise
            continue  # it was the version of the store
        assert found, (change.__name__, seed)
        assert not places or places & {(it.case, it.entry) for it in found}, (seed, places, found)
        assert all(str(it) for it in found)


def test_who_writes_the_chain_anew_is_found_by_heads_that_were_kept(whole: Path, tmp_path: Path) -> None:
    """Truncated, with everything that points to its end put right: only the heads tell."""
    path = Path(shutil.copy(whole, tmp_path / "cases.sqlite"))
    with open_case_store(f"sqlite:///{path}") as store:
        kept = heads(store)
        assert verify(store, kept) == ()
        write(store, whole_life()[6:8], case="case-5")
        assert verify(store, kept) == ()  # it went on
        assert digest(heads(store)) != digest(kept)
    connection = sqlite3.connect(path)
    connection.execute('DELETE FROM entries WHERE "case" = 3 AND number > 4')
    connection.execute(
        "UPDATE cases SET entries = 4,"
        ' head = (SELECT link FROM entries WHERE "case" = 3 AND number = 4) WHERE number = 3'
    )
    connection.commit()
    connection.close()
    with open_case_store(f"sqlite:///{path}") as store:
        assert verify(store) == ()
        [fault] = verify(store, kept)
    assert (fault.case, fault.entry) == (3, kept[2].entries)


def test_heads_are_lines_that_say_nothing_of_anybody(whole: Path) -> None:
    """They are read back as they were; a case that is gone is told."""
    with open_case_store(f"sqlite:///{whole}") as store:
        kept = heads(store)
        assert read_heads(str(it) for it in kept) == kept
        assert verify(store, [*kept, Head(99, 1, "0" * 64)])[-1].case == 99
    assert all("case-" not in str(it) for it in kept)
    for line in ("", "1 2", "1 x " + "0" * 64, "1 2 abc"):
        with pytest.raises(InvalidValue, match="line 1"):
            read_heads([line])


def test_who_verifies_sees_one_moment_while_others_write(
    cluster: Cluster,  # noqa: F811 - that fixture
) -> None:
    """On PostgreSQL a case that grows in the middle of it is no fault."""
    url = cluster.url(cluster.new_database())
    writes: list[int] = []

    def write_meanwhile(*_: object) -> None:
        if len(writes) < 4:
            writes.append(1)
            write(other, [event("moved-in", number=len(writes))])
            other.record(f"new-{len(writes)}", "received", dt.date(2026, 1, 5), by="ggd")

    with new_store(url) as store, open_case_store(url) as other:
        write(other, [event("received")])
        sa.event.listen(store._engine, "after_cursor_execute", write_meanwhile)
        assert verify(store) == ()
        assert len(writes) == 4
        sa.event.remove(store._engine, "after_cursor_execute", write_meanwhile)
        assert verify(store) == ()
        with pytest.raises(HuurschuldError, match="25006"), store.reading() as connection:
            connection.exec_driver_sql("DELETE FROM secrets")


def test_who_verifies_does_not_keep_others_from_beginning_to_write(tmp_path: Path) -> None:
    """On SQLite the write lock is free while the log is read."""
    path = tmp_path / "cases.sqlite"
    begun: list[int] = []

    def write_meanwhile(*_: object) -> None:
        with closing(sqlite3.connect(path, timeout=0, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            other.execute("ROLLBACK")
        begun.append(1)

    with new_store(f"sqlite:///{path}") as store:
        write(store, whole_life()[:5])
        sa.event.listen(store._engine, "after_cursor_execute", write_meanwhile)
        assert verify(store) == ()
        assert store.keys() == (KEY,)
        assert len(heads(store)) == 1
    assert len(begun) > 3


def test_a_damaged_case_is_never_used(whole: Path, tmp_path: Path) -> None:
    """Whoever looks at it, or records in it, is told; the other cases go on."""
    path = Path(shutil.copy(whole, tmp_path / "cases.sqlite"))
    connection = sqlite3.connect(path)
    connection.execute("UPDATE entries SET at = '2026-01-01' WHERE \"case\" = 2 AND number = 3")
    connection.commit()
    connection.close()
    with open_case_store(f"sqlite:///{path}") as store:
        with pytest.raises(HuurschuldError, match="case 2, entry 3"):
            store.look("case-1", by="ggd", person="a colleague", purpose="test")
        with pytest.raises(HuurschuldError, match="case-store-damaged"):
            store.record("case-1", "moved-in", dt.date(2026, 1, 5), by="ggd")
        store.look("case-2", by="ggd", person="a colleague", purpose="test")


VALUES = ("x'00ff'", "'text'", "7", "CAST(x'7bff7d' AS TEXT)", "NULL", "''")
"""What damage may make of a value: bytes, a text, a number, a text that is no text, nothing."""
PLACES = (
    *(("cases", it) for it in ("key", "begun", "fingerprint", "previous", "link", "entries", "head")),
    *(("entries", it) for it in ("id", "kind", "at", "public", "sealed", "previous", "link")),
    ("secrets", "key"),
)


def damage(path: Path, statement: str) -> None:
    """Change something behind the back of the store, if the database takes it."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA ignore_check_constraints = ON")
        with suppress(sqlite3.IntegrityError):
            connection.execute(statement)
        connection.commit()


@pytest.mark.parametrize(("table", "column"), PLACES)
def test_a_value_of_another_type_is_located_and_never_used(
    whole: Path, tmp_path: Path, table: str, column: str
) -> None:
    """Whatever damage made of it: no raw error, and every way into the case is closed."""
    path = tmp_path / "cases.sqlite"
    where = "number = 2" if table == "cases" else '"case" = 2'
    if table == "entries":
        where += " AND number = 1"
    for value in VALUES:
        shutil.copy(whole, path)
        damage(path, f'UPDATE {table} SET "{column}" = {value} WHERE {where}')  # noqa: S608 - ours
        if path.read_bytes() == whole.read_bytes():
            continue  # that column cannot hold it
        with open_case_store(f"sqlite:///{path}") as store:
            found = verify(store)
            assert {it.case for it in found} & {2, 3}, (value, found)
            if table == "entries":
                assert (2, 1) in {(it.case, it.entry) for it in found}
            missing = UnknownReference if (table, column) == ("cases", "key") else CaseStoreDamaged
            with pytest.raises(missing):
                store.look("case-1", by="ggd", person="a colleague", purpose="test")
            with pytest.raises(missing):
                store.feedback("case-1", dt.date(2026, 1, 5), by="ggd", person="somebody")
            if missing is CaseStoreDamaged:
                with pytest.raises(missing):
                    store.record("case-1", "moved-in", dt.date(2026, 1, 5), by="ggd")
            store.look("case-3", by="ggd", person="a colleague", purpose="test")


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM summary",
        *(f"UPDATE summary SET cases = {it}" for it in VALUES[:3]),  # noqa: S608 - ours
        *(f"UPDATE summary SET head = {it}" for it in VALUES[:4]),  # noqa: S608 - ours
        "UPDATE cases SET link = x'00' WHERE number = 6",
        "DELETE FROM cases WHERE number = 6",
    ],
)
def test_no_case_begins_after_a_damaged_summary(whole: Path, tmp_path: Path, statement: str) -> None:
    """It would hang on nothing."""
    path = Path(shutil.copy(whole, tmp_path / "cases.sqlite"))
    damage(path, statement)
    with open_case_store(f"sqlite:///{path}") as store:
        assert verify(store)
        with pytest.raises(CaseStoreDamaged, match="summary"):
            store.record("a new one", "received", dt.date(2026, 1, 5), by="ggd")


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM summary",
        "UPDATE summary SET cases = 1",
        "UPDATE summary SET cases = 7",
        "UPDATE summary SET head = 'x' || substr(head, 2)",
        "UPDATE cases SET link = 'x' || substr(link, 2) WHERE number = 2",
        "UPDATE cases SET number = 3 WHERE number = 2",
    ],
)
def test_nor_does_one_on_postgresql(cluster: Cluster, statement: str) -> None:  # noqa: F811 - that fixture
    """There it begins in one statement, which looks at the last case as well."""
    url = cluster.url(cluster.new_database())
    with new_store(url) as store:
        for case in ("one", "other"):
            store.record(case, "received", dt.date(2026, 1, 5), by="ggd")
        with behind_its_back(url) as connection:
            for table in ("entries", "secrets"):
                connection.exec_driver_sql(f"ALTER TABLE {table} DROP CONSTRAINT {table}_case_fkey")
            connection.exec_driver_sql(statement)
        assert verify(store)
        with pytest.raises(CaseStoreDamaged, match="summary"):
            store.record("a new one", "received", dt.date(2026, 1, 5), by="ggd")
        assert set(store.keys()) <= {"one", "other"}


def test_a_key_that_seals_nothing_yet_is_chained_too(tmp_path: Path) -> None:
    """Its fingerprint is in the link of the case, so that a change is known before it is needed."""
    path = tmp_path / "cases.sqlite"
    with new_store(f"sqlite:///{path}") as store:
        store.record(KEY, "received", dt.date(2026, 1, 5), by="ggd")
        damage(path, "UPDATE secrets SET key = x'0102'")
        [fault] = verify(store)
        assert (fault.case, fault.problem) == (1, "its key is not as it was written")
        with pytest.raises(CaseStoreDamaged, match="its key"):
            store.record(KEY, "coupled", dt.date(2026, 1, 5), by="ggd", data={"helper": "somebody"})
