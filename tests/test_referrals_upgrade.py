"""A file of an earlier version, brought up: nothing is lost, whatever ends it in the middle."""

from __future__ import annotations

import os
import signal
import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from earlier_outbox import check_kept, earlier, opened, without_triggers
from referring import RECEIVER, Told, query

from huurschuld.referrals import (
    NoOutbox,
    OutboxBusy,
    OutboxDamaged,
    State,
    schema,
    send,
    store,
)
from huurschuld.referrals.schema import UPGRADED, VERSION, upgrade

EARLIER = pytest.mark.parametrize("old", UPGRADED)


def version(path: Path) -> int:
    with closing(sqlite3.connect(path)) as connection:
        (found,) = connection.execute("PRAGMA user_version").fetchone()
    return int(found)


@EARLIER
def test_it_is_brought_up_once(tmp_path: Path, old: int) -> None:
    """Then it is of this version, and each row has its digest; opening it again does nothing."""
    path = earlier(tmp_path, version=old)
    assert version(path) == old
    with opened(path) as outbox:
        check_kept(outbox)
        assert query(outbox, "SELECT count(*) FROM referral WHERE digest IS NULL") == [(0,)]
    assert version(path) == VERSION
    before = path.read_bytes()
    with opened(path) as outbox:
        check_kept(outbox)
    assert path.read_bytes() == before


@pytest.mark.skipif(not hasattr(os, "fork"), reason="a process is forked, and killed with SIGKILL")
@pytest.mark.parametrize("step", [67, pytest.param(3, marks=pytest.mark.slow)])
@EARLIER
def test_killed_in_the_middle_of_it_the_file_is_of_one_version_or_the_other(
    tmp_path: Path, step: int, old: int
) -> None:
    """And the next one who opens it brings it up, and sends what is to be sent."""
    code = {store.__file__, schema.__file__}
    line, found = 1, set()
    while True:
        path = earlier(tmp_path, f"o{line}", old)
        child = os.fork()
        if child == 0:
            left = [line]

            def kill(frame: FrameType, event: str, _: Any, left: list[int] = left) -> Any:
                if frame.f_code.co_filename not in code:
                    return None
                left[0] -= event == "line"
                if left[0] == 0:
                    os.kill(os.getpid(), signal.SIGKILL)
                return kill

            sys.settrace(kill)
            opened(path).close()
            os._exit(0)
        _, status = os.waitpid(child, 0)
        with opened(path) as outbox:
            check_kept(outbox)
            sent = send(outbox, Told(idempotent=True), RECEIVER)
            assert sent.accepted
        found.add(status)
        if not os.WIFSIGNALED(status):
            break
        line += step
    assert found == {0, signal.SIGKILL}
    assert line > 3 * step


def test_a_sender_of_the_earlier_release_is_not_disturbed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It could not write how its attempt ended; so the file waits until that sender is done."""
    monkeypatch.setattr(store, "PATIENCE", 0.05)
    path = earlier(tmp_path)
    beside = tmp_path / "o-sender"
    beside.touch(mode=0o600)
    before = path.read_bytes()
    with closing(sqlite3.connect(beside, isolation_level=None)) as lock:
        lock.execute("BEGIN EXCLUSIVE")
        with pytest.raises(OutboxBusy, match="another process is sending"):
            opened(path)
        assert path.read_bytes() == before
    with opened(path) as outbox:
        check_kept(outbox)


def test_nobody_sends_while_it_is_brought_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also none of the earlier release, which has the same lock."""
    path, tried = earlier(tmp_path), []

    def watched(connection: sqlite3.Connection) -> None:
        with (
            closing(sqlite3.connect(tmp_path / "o-sender", timeout=0, isolation_level=None)) as lock,
            pytest.raises(sqlite3.OperationalError, match="locked"),
        ):
            lock.execute("BEGIN EXCLUSIVE")
        upgrade(connection)
        tried.append(path)

    monkeypatch.setattr(store, "upgrade", watched)
    opened(path).close()
    assert len(tried) == 1


def test_a_writer_of_the_earlier_release_cannot_write_any_more(tmp_path: Path) -> None:
    """One that had the file open: its rows would have no digests."""
    path = earlier(tmp_path)
    with closing(sqlite3.connect(path)) as old:
        key, state = old.execute("SELECT key, state FROM referral WHERE state = 'confirmed'").fetchone()
        opened(path).close()
        old.execute("UPDATE referral SET state = 'sending', unresolved = 1 WHERE key = ?", (key,))
        with pytest.raises(sqlite3.IntegrityError):
            old.execute("INSERT INTO event (key, at, what) VALUES (?, 'now', 'begun')", (key,))
        old.rollback()
    with opened(path) as outbox:
        check_kept(outbox)
    assert state == State.CONFIRMED


DAMAGE: dict[str, Callable[[sqlite3.Connection], object]] = {
    "state": lambda it: it.execute("UPDATE referral SET state = 'acceptee' WHERE state = 'accepted'"),
    "contact": lambda it: it.execute("UPDATE referral SET contact = replace(contact, 'name', 'nbme')"),
    "half a contact": lambda it: it.execute("UPDATE referral SET contact = substr(contact, 1, 40)"),
    "number": lambda it: it.execute(
        "UPDATE referral SET contact = replace(contact, '\"name\":', '\"name\": ')"
    ),
    "event": lambda it: it.execute("UPDATE event SET what = 'bfgun' WHERE what = 'begun'"),
    "version": lambda it: it.execute("PRAGMA user_version = 9"),
    "mark": lambda it: it.execute("PRAGMA application_id = 9"),
    "column": lambda it: it.execute("ALTER TABLE event ADD COLUMN another TEXT"),
}


@pytest.mark.parametrize("what", DAMAGE)
@EARLIER
def test_a_damaged_file_is_not_brought_up(tmp_path: Path, what: str, old: int) -> None:
    """What was wrong before it had digests, or their sum, would be sealed as right."""
    path = earlier(tmp_path, version=old)
    with closing(sqlite3.connect(path, isolation_level=None)) as past:
        past.execute("PRAGMA ignore_check_constraints = ON")
        without_triggers(past)
        DAMAGE[what](past)
    before = path.read_bytes()
    with pytest.raises(NoOutbox) as caught:
        opened(path)
    assert isinstance(caught.value, OutboxDamaged) == (what not in {"version", "mark"})
    assert path.read_bytes() == before


@EARLIER
def test_a_file_that_says_it_is_of_an_earlier_version_is_damaged(tmp_path: Path, old: int) -> None:
    """Its rows would get new digests, whatever they hold, or a new sum."""
    path = earlier(tmp_path)
    opened(path).close()
    with closing(sqlite3.connect(path)) as past:
        past.execute(f"PRAGMA user_version = {old}")
    with pytest.raises(OutboxDamaged):
        opened(path)
