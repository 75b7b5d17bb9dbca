"""The file of an outbox: for its owner alone, whole, and safe among processes."""

from __future__ import annotations

import datetime as dt
import os
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import polars as pl
import pytest
from earlier_outbox import TOLD, VERSIONS, check_kept, earlier, opened
from referring import (
    A1,
    RECEIVER,
    WHO,
    Told,
    confirmed,
    proposed,
    query,
    states,
    told_by,
)

from huurschuld import InvalidValue, UnknownReference
from huurschuld.cases import verify
from huurschuld.referrals import (
    NoOutbox,
    Outbox,
    OutboxBusy,
    OutboxExists,
    OutboxFailed,
    State,
    Verdict,
    create_outbox,
    decide_doubt,
    history,
    listing,
    open_outbox,
    receipt,
    referral,
    send,
    sent,
    signals,
)


def test_only_its_owner_reads_the_file(tmp_path: Path) -> None:
    """Also if the process makes files for everyone, and also the files beside it."""
    before = os.umask(0)
    try:
        with create_outbox(tmp_path / "o") as outbox:
            confirmed(outbox, A1)
            send(outbox, Told(), RECEIVER)
    finally:
        os.umask(before)
    for path in tmp_path.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path.name
    (tmp_path / "o").chmod(0o640)
    with pytest.raises(NoOutbox, match="chmod 600"):
        open_outbox(tmp_path / "o")


def test_an_outbox_that_is_not_there_is_not_made_by_opening_it(tmp_path: Path) -> None:
    """An empty one would say that nobody was ever referred."""
    with pytest.raises(NoOutbox, match="no such file"):
        open_outbox(tmp_path / "o")
    assert not list(tmp_path.iterdir())
    with pytest.raises(NoOutbox, match="folder"):
        create_outbox(tmp_path / "nowhere" / "o")


def test_an_outbox_is_made_once(tmp_path: Path) -> None:
    """Making it again takes nothing away."""
    with create_outbox(tmp_path / "o") as outbox:
        proposed(outbox, A1)
        with pytest.raises(OutboxExists, match=r"outbox-exists at o: .*already"):
            create_outbox(tmp_path / "o")
        assert states(outbox) == ["proposed"]


def test_a_link_to_an_outbox_has_no_sender_of_its_own(tmp_path: Path) -> None:
    """By whatever name it is opened: two senders would send each referral twice."""
    real, link = tmp_path / "real", tmp_path / "elsewhere" / "link"
    real.mkdir()
    link.parent.mkdir()
    link.symlink_to(real / "o")
    with create_outbox(link) as outbox:
        confirmed(outbox, A1)
        assert outbox.path == (real / "o").resolve()
        told = Told()
        with outbox.sender(), open_outbox(link) as one, open_outbox(real / "o") as other:
            for it in (one, other):
                with pytest.raises(OutboxBusy, match="another process is sending"):
                    send(it, told, RECEIVER)
        assert not told.got
        assert set(real.iterdir()) >= {real / "o", real / "o-sender"}
        assert list(link.parent.iterdir()) == [link]


def test_a_lock_that_cannot_be_opened_is_a_clear_error(outbox: Outbox) -> None:
    """And nothing is sent without it."""
    confirmed(outbox, A1)
    outbox.path.with_name(f"{outbox.path.name}-sender").mkdir()
    told = Told()
    with pytest.raises(OutboxFailed, match=r"outbox-failed at referrals.sqlite-sender: .*CANTOPEN"):
        send(outbox, told, RECEIVER)
    assert not told.got
    assert states(outbox) == ["confirmed"]


def altered(statement: str) -> Callable[[Path], object]:
    """Runs a statement on a file of SQLite."""

    def alter(path: Path) -> None:
        with closing(sqlite3.connect(path)) as connection:
            connection.execute(statement)

    return alter


def newer(path: Path) -> None:
    create_outbox(path).close()
    altered("PRAGMA user_version = 5")(path)


def full(path: Path) -> None:
    with create_outbox(path) as outbox:
        confirmed(outbox, *(f"tenancy-{number}" for number in range(40)))


def cut_off(path: Path) -> None:
    full(path)
    os.truncate(path, path.stat().st_size // 2)


def scribbled(path: Path) -> None:
    full(path)
    with path.open("r+b") as file:
        file.seek(4096 * 3)
        file.write(b"\xff" * 4096 * 3)


FILES: dict[str, Callable[[Path], object]] = {
    "foreign": lambda it: it.write_bytes(b"PK\x03\x04 surely no database " * 99),
    "empty": lambda it: it.write_bytes(b""),
    "another database": altered("CREATE TABLE tenants (name)"),
    "newer": newer,
    "cut off": cut_off,
    "scribbled": scribbled,
}


@pytest.mark.parametrize("kind", FILES)
def test_a_damaged_or_foreign_file_is_a_clear_error(tmp_path: Path, kind: str) -> None:
    """It is not touched, nothing of it is quoted."""
    FILES[kind](tmp_path / "o")
    (tmp_path / "o").chmod(0o600)
    before = (tmp_path / "o").read_bytes()
    with pytest.raises(NoOutbox) as caught:
        open_outbox(tmp_path / "o")
    assert caught.value.place == "o"
    assert "tenan" not in told_by(caught.value)
    assert (tmp_path / "o").read_bytes() == before


def test_a_file_that_cannot_be_written_is_a_clear_error(outbox: Outbox) -> None:
    """A full disk keeps what was there, and what was not done is not kept."""
    (key,) = confirmed(outbox, A1, batch="first")
    [(pages,)] = query(outbox, "PRAGMA page_count")
    query(outbox, f"PRAGMA max_page_count = {pages}")
    many = [f"tenancy-{number}" for number in range(2, 100)]
    with pytest.raises(OutboxFailed, match="SQLITE_FULL"):
        proposed(outbox, *many)
    assert states(outbox) == ["confirmed"]
    query(outbox, "PRAGMA max_page_count = 1000000")
    assert send(outbox, Told(), RECEIVER).accepted == (key,)


def test_a_clock_without_a_zone_is_refused(tmp_path: Path) -> None:
    """A time that could be read in two ways is no time."""
    naive = lambda: dt.datetime(2026, 10, 20, 12)  # noqa: DTZ001, E731 - which is what is refused
    with create_outbox(tmp_path / "o", clock=naive) as outbox, pytest.raises(InvalidValue, match="zone"):
        proposed(outbox, A1)


WORKER = """
import sys
from referring import RECEIVER, People, WHO, proposed
from huurschuld.referrals import confirm, open_outbox, withdraw
number = sys.argv[2]
with open_outbox(sys.argv[1]) as outbox:
    for turn in range(8):
        two = (f"tenancy-{number}-{turn}-1", f"tenancy-{number}-{turn}-2")
        keys = proposed(outbox, *two, batch=f"{number} {turn}")
        confirm(outbox, keys, by=WHO, contacts=People(), receiver=RECEIVER)
        withdraw(outbox, keys[1:], by=WHO)
"""


def test_several_processes_write_to_it_safely(tmp_path: Path) -> None:
    """Nobody's work is lost, and nobody sees half of another's."""
    create_outbox(tmp_path / "o").close()
    here = str(Path(__file__).parent)
    workers = [
        subprocess.Popen(  # noqa: S603 - this interpreter, on the text above
            [sys.executable, "-c", WORKER, str(tmp_path / "o"), str(number)],
            env={**os.environ, "PYTHONPATH": os.pathsep.join((here, os.environ.get("PYTHONPATH", "")))},
        )
        for number in range(3)
    ]
    assert [it.wait(600) for it in workers] == [0, 0, 0]
    with open_outbox(tmp_path / "o") as outbox:
        assert sorted(states(outbox)) == ["confirmed"] * 24 + ["withdrawn"] * 24
        told = Told()
        assert len(send(outbox, told, RECEIVER).accepted) == 24


def test_an_outbox_asks_for_keys_that_are_there(outbox: Outbox) -> None:
    """A key that was mistyped is a clear error everywhere."""
    for ask in (history, receipt, referral):
        with pytest.raises(UnknownReference, match="/key"):
            ask(outbox, "0" * 32)
    with pytest.raises(UnknownReference, match="/keys/0"):
        decide_doubt(outbox, "0" * 32, by=WHO, verdict=Verdict.ACCEPTED)


# --- a file of an earlier release -----------------------------------------------------------------


@pytest.fixture(params=VERSIONS)
def version(request: pytest.FixtureRequest) -> int:
    return int(request.param)


@pytest.fixture
def golden(tmp_path: Path, version: int) -> Iterator[Outbox]:
    """A file with a referral in every state that an earlier release has made."""
    with opened(earlier(tmp_path, version=version)) as outbox:
        yield outbox


def test_a_file_of_an_earlier_release_reads_as_it_did(golden: Outbox, version: int) -> None:
    """Referrals, histories, signals and reports are what that release itself gave."""
    check_kept(golden, version)
    rows = pl.DataFrame(signals(golden)).rows()
    assert [list(map(str, row)) for row in rows] == TOLD[version]["signals"]
    assert [it.key for it in sent(golden)] == TOLD[version]["sent"]
    missing = {State.RECALLED} if version < 3 else set()
    assert {it.state for it in listing(golden)} == set(State) - missing
    assert verify(golden) == ()


def test_a_file_of_an_earlier_release_goes_on(golden: Outbox) -> None:
    """What was confirmed or being sent there is sent, and what was settled stays as it was."""
    before = {it.key: it.state for it in listing(golden)}
    send(golden, Told(idempotent=True), RECEIVER)
    unsettled = {State.CONFIRMED, State.SENDING}
    after = {key: State.ACCEPTED if state in unsettled else state for key, state in before.items()}
    assert {it.key: it.state for it in listing(golden)} == after
    assert verify(golden) == ()


def test_a_new_file_has_the_form_of_an_earlier_one(outbox: Outbox, golden: Outbox) -> None:
    """Once that is brought up, tables, triggers, transitions and marks are the same."""
    for sql in (
        "SELECT type, name, sql FROM sqlite_master WHERE name <> 'sqlite_sequence' ORDER BY name",
        "SELECT * FROM transitions ORDER BY before, after",
        "SELECT layout FROM whole",
        "PRAGMA application_id",
        "PRAGMA user_version",
    ):
        new, old = (query(it, sql) for it in (outbox, golden))
        assert new == old, sql
