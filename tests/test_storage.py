"""The one schema: what the migrations make, each version brought up, and who needs a database at all."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from case_lives import KEY, event, whole_life
from case_stores import MovingClock, behind_its_back, write
from hypothesis import given, strategies as st
from postgres import Cluster
from referring import A1, AS_OF, RECEIVER, Told, confirmed

import huurschuld.storage
from huurschuld.cases import create_case_store, open_case_store, verify
from huurschuld.referrals import NoOutbox, create_outbox, listing, open_outbox, send
from huurschuld.storage import migrating
from huurschuld.storage.digests import opposite, sum_of
from huurschuld.storage.tables import METADATA

SCRIPTS = Path(huurschuld.storage.__file__).parent / "migrations"


@pytest.fixture(params=["file", pytest.param("server", marks=pytest.mark.slow)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a database in which there is nothing."""
    if request.param == "file":
        return f"sqlite:///{tmp_path / 'all.sqlite'}"
    cluster: Cluster = request.getfixturevalue("cluster")
    return cluster.url(cluster.new_database())


def test_the_scripts_make_the_tables(url: str) -> None:
    """What SQLAlchemy is told of the tables is what there is."""
    create_case_store(url).close()
    with behind_its_back(url) as connection:
        options = {"include_object": _is_ours, "compare_type": False}
        assert compare_metadata(MigrationContext.configure(connection, opts=options), METADATA) == []
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    assert ScriptDirectory.from_config(config).get_current_head() == migrating.HEAD


def _is_ours(_: object, name: str | None, kind: str, *__: Any) -> bool:
    """All but the table of versions, and indexes, which only the scripts know."""
    return kind != "index" and name != migrating.VERSION_TABLE


def test_the_triggers_that_are_looked_for_are_those_that_are_made(tmp_path: Path) -> None:
    """No more, no fewer."""
    create_outbox(tmp_path / "o").close()
    with behind_its_back(f"sqlite:///{tmp_path / 'o'}") as connection:
        query = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        assert set(connection.exec_driver_sql(query).scalars()) == migrating.TRIGGERS


@contextmanager
def at_version(monkeypatch: pytest.MonkeyPatch, version: str) -> Iterator[None]:
    """As the release that made tables of a version."""
    with monkeypatch.context() as patched:
        patched.setattr(migrating, "HEAD", version)
        patched.setattr(migrating, "_seal_layout", lambda _: None)
        yield


def test_a_store_of_the_first_version_is_brought_up(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of its cases is lost; then referrals can be beside them."""
    with at_version(monkeypatch, "0001"):
        create_case_store(url).close()
    tables = sa.inspect(engine := sa.create_engine(url)).get_table_names()
    engine.dispose()
    assert "entries" in tables
    assert "referrals" not in tables
    with open_case_store(url, clock=MovingClock(dt.datetime(2027, 6, 1, tzinfo=dt.UTC))) as store:
        write(store, whole_life())
        assert len(store.look(KEY, by="ggd", person="a colleague", purpose="test").events) == 21
        assert verify(store) == ()
    with open_outbox(url) as outbox:
        confirmed(outbox, A1)
        send(outbox, Told(), RECEIVER)
        assert [it.state for it in listing(outbox)] == ["accepted"]
        assert verify(outbox) == ()


def test_tables_of_a_later_release_are_left_alone(url: str) -> None:
    """This one does not know what they mean."""
    create_outbox(url).close()
    with behind_its_back(url) as connection:
        connection.exec_driver_sql(f"UPDATE {migrating.VERSION_TABLE} SET version_num = '9999'")  # noqa: S608 - ours
    with pytest.raises(NoOutbox, match="another release"):
        open_outbox(url)


def test_nothing_is_taken_back(url: str) -> None:
    """What is recorded is never removed by a migration."""
    create_case_store(url).close()
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    with behind_its_back(url) as connection:
        config.attributes["connection"] = connection
        with pytest.raises(NotImplementedError):
            command.downgrade(config, "0001")


@given(st.lists(st.integers(0, 2**256 - 1)), st.data())
def test_a_digest_can_be_taken_out_of_a_sum(values: list[int], data: st.DataObject) -> None:
    """In any order: the sum is that of what is left."""
    digests = [f"{it:064x}" for it in values]
    gone = data.draw(st.sets(st.sampled_from(range(len(digests)))) if digests else st.just(set()))
    left = [it for number, it in enumerate(digests) if number not in gone]
    assert sum_of([sum_of(digests), *(opposite(digests[it]) for it in gone)]) == sum_of(left)


WITHOUT = """
import sys
for name in ("sqlalchemy", "alembic", "cryptography"):
    sys.modules[name] = None
import huurschuld.referrals as referrals
print(referrals.State.PROPOSED, referrals.Pacing().rounds)
try:
    referrals.open_outbox
except Exception as error:
    print(error)
try:
    referrals.nothing
except AttributeError as error:
    print(error)
"""


def test_without_the_extra_it_is_said_which_one_is_needed() -> None:
    """What needs no database works without."""
    done = subprocess.run(  # noqa: S603 - this interpreter, on the text above
        [sys.executable, "-c", WITHOUT], check=True, capture_output=True, text=True
    )
    assert done.stdout.splitlines() == [
        "proposed 4",
        (
            "extra-needed at open_outbox: an outbox needs SQLAlchemy, Alembic and cryptography; "
            "install huurschuld[cases]"
        ),
        "module 'huurschuld.referrals' has no attribute 'nothing'",
    ]


def test_a_referral_that_has_a_case_keeps_its_steps_together(url: str) -> None:
    """Events of the case come between them, and each of the two reads its own."""
    with create_outbox(url) as outbox, open_case_store(url) as store:
        (key,) = confirmed(outbox, A1)
        store.record(key, "received", AS_OF, by="ggd")
        send(outbox, Told(), RECEIVER)
        store.record(key, "dossier-opened", AS_OF, by="ggd")
        assert verify(outbox) == verify(store) == ()
        assert event("received").type in {
            it.type for it in store.look(key, by="ggd", person="a colleague", purpose="test").events
        }
    with open_outbox(url) as again:
        assert [it.state for it in listing(again)] == ["accepted"]
