"""After somebody is forgotten: no file of the store, its journal, or a backup made since has them.

What is about a person is sealed, so it is the key that must be gone: it opens every copy there ever was.
"""

from __future__ import annotations

import datetime as dt
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa
from case_lives import event, whole_life
from case_stores import behind_its_back, new_store, write
from postgres import Cluster, running

from huurschuld.cases import CaseStore, Phase, heads, open_case_store, verify

CANARIES = ("Zwaantje-van-der-Kanarie", "Kanarie-op-een-stokje", "987654")
CASE = "case-3"


def lived(store: CaseStore) -> None:
    """Six cases; in each of them the canaries are in what is about the person."""
    life = whole_life()
    life[1] = event("received", "2026-01-05", arrears_cents=987_654)
    life[11] = event("coupled", "2026-02-02", helper=CANARIES[0], need=CANARIES[1])
    for number in range(6):
        write(store, life, case=f"case-{number}")
        store.look(f"case-{number}", by="ggd", person="a colleague", purpose=CANARIES[0])


def key_of(url: str, case: str) -> bytes:
    """The key of the data of the person of a case."""
    with behind_its_back(url) as connection:
        query = (
            'SELECT s.key FROM secrets AS s JOIN cases AS c ON c.number = s."case" WHERE c.key = :key'
        )
        return bytes(connection.execute(sa.text(query), {"key": case}).scalar_one())


def holding(folder: Path, sought: bytes) -> list[str]:
    """The files below a folder that have some bytes, however they are written: as they are or in hex."""
    ways = (sought, sought.hex().encode(), sought.hex().upper().encode())
    found = []
    for path in folder.rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            found += [str(path.relative_to(folder))] if any(it in data for it in ways) else []
    return found


def check_forgotten(store: CaseStore) -> None:
    """The store goes on, without this person, and with the others."""
    found = store.look(CASE, by="ggd", person="a colleague", purpose="figures")
    assert found.is_forgotten
    assert found.state.phase is Phase.CLOSED
    other = store.look("case-4", by="ggd", person="a colleague", purpose="figures")
    assert other.events[11].data["helper"] == CANARIES[0]
    assert verify(store) == ()


def test_no_file_of_sqlite_has_the_forgotten(tmp_path: Path) -> None:
    """Not the file, its journal, a copy of it, a backup or a dump made since: and the log verifies."""
    path = tmp_path / "store" / "cases.sqlite"
    path.parent.mkdir()
    url = f"sqlite:///{path}"
    with new_store(url) as store:
        lived(store)
        key, other = key_of(url, CASE), key_of(url, "case-4")
        kept = heads(store)
        assert holding(path.parent, key) == ["cases.sqlite"]
        store.forget(CASE, by="municipality", person="a colleague")
        assert holding(path.parent, key) == []
        check_forgotten(store)
        assert verify(store, kept) == ()
    after = tmp_path / "after"
    shutil.copytree(path.parent, after)
    with closing(sqlite3.connect(path)) as connection:
        with closing(sqlite3.connect(after / "backup.sqlite")) as backup:
            connection.backup(backup)
        connection.execute("VACUUM INTO ?", (str(after / "vacuumed.sqlite"),))
        (after / "dump.sql").write_text("\n".join(connection.iterdump()))
    assert holding(after, key) == []
    assert len(holding(after, other)) == 4  # those who look for it would find it
    for canary in CANARIES:
        assert holding(tmp_path, canary.encode()) == []
    (after / "backup.sqlite").chmod(0o600)
    with open_case_store(f"sqlite:///{after / 'backup.sqlite'}") as restored:
        check_forgotten(restored)


@pytest.mark.slow
def test_what_the_page_says_of_postgresql_rids_it_of_the_key() -> None:
    """The files of the table; and no dump or base backup that is made after it has the key."""
    with running() as cluster:
        name = cluster.new_database()
        url = cluster.url(name)
        with new_store(url) as store, cluster.connect(name) as server:
            lived(store)
            key, other = key_of(url, CASE), key_of(url, "case-4")
            store.forget(CASE, by="municipality", person="a colleague")
            server.execute("CHECKPOINT")
            data = cluster.folder / "data"
            assert holding(data / "base", key)  # as a dead row
            assert holding(data / "pg_wal", key)
            server.execute("VACUUM (FULL) secrets")
            server.execute("SELECT pg_switch_wal()")
            server.execute("CHECKPOINT")
            assert holding(data / "base", key) == []
            check_forgotten(store)
            made = backups(cluster, name)
            assert holding(made, key) == []
            assert len(holding(made, other)) >= 2
            for canary in CANARIES:
                assert holding(made, canary.encode()) == []
                assert holding(data, canary.encode()) == []
            assert verify(store) == ()


def backups(cluster: Cluster, database: str) -> Path:
    """A dump and a base backup, as one makes them."""
    made = cluster.folder / "backups"
    where = ("-h", cluster.folder, "-U", "postgres")
    cluster.run("pg_basebackup", *where, "-D", made / "base", "-X", "fetch", "-c", "fast")
    cluster.run("pg_dump", *where, "-f", made / "dump.sql", database)
    return made


def test_a_view_of_the_past_does_not_bring_the_forgotten_back(tmp_path: Path) -> None:
    """As of a day on which all of it was known, there is nothing about the person either."""
    path = tmp_path / "cases.sqlite"
    with new_store(f"sqlite:///{path}") as store:
        lived(store)
        store.forget(CASE, by="ggd", person="a colleague")
        seen = store.look(
            CASE, by="ggd", person="a colleague", purpose="test", as_of=dt.date(2026, 2, 20)
        )
    assert seen.is_forgotten
    assert all(not it.data.keys() & {"helper", "need", "arrears_cents"} for it in seen.events)
