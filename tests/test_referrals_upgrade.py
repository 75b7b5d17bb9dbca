"""A file of an earlier release, taken over: nothing is lost, whatever ends it in the middle."""

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
from earlier_outbox import VERSIONS, check_kept, earlier, opened, without_triggers
from referring import RECEIVER, Told, query
from sqlalchemy import Connection

from huurschuld.cases import verify
from huurschuld.referrals import (
    NoOutbox,
    OutboxBusy,
    OutboxDamaged,
    State,
    adopting,
    listing,
    opening,
    send,
)
from huurschuld.storage import migrating


def version_of(path: Path) -> int:
    with closing(sqlite3.connect(path)) as connection:
        (found,) = connection.execute("PRAGMA user_version").fetchone()
    return int(found)


@pytest.fixture(params=VERSIONS)
def version(request: pytest.FixtureRequest) -> int:
    return int(request.param)


def test_it_is_brought_up_once(tmp_path: Path, version: int) -> None:
    """Then it is of version 4, and what happened is chained; opening it again does nothing."""
    path = earlier(tmp_path, version=version)
    assert version_of(path) == version
    with opened(path) as outbox:
        check_kept(outbox, version)
        assert verify(outbox) == ()
    assert version_of(path) == 4
    before = path.read_bytes()
    with opened(path) as outbox:
        check_kept(outbox, version)
    assert path.read_bytes() == before


def test_nothing_of_whom_it_forgot_comes_back(tmp_path: Path, version: int) -> None:
    """There is no key for what is sealed of a person who was forgotten."""
    with opened(earlier(tmp_path, version=version)) as outbox:
        forgotten = [it.key for it in listing(outbox) if it.tenancy is None]
        assert forgotten
        numbers = query(outbox, 'SELECT cases.key, "case" FROM cases JOIN secrets ON "case" = number')
        assert {key for key, _ in numbers} == {it.key for it in listing(outbox)} - set(forgotten)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="a process is forked, and killed with SIGKILL")
@pytest.mark.parametrize("step", [211, pytest.param(29, marks=pytest.mark.slow)])
def test_killed_in_the_middle_of_it_the_file_is_of_one_version_or_the_other(
    tmp_path: Path, step: int, version: int
) -> None:
    """And the next one who opens it brings it up, and sends what is to be sent."""
    code = {opening.__file__, adopting.__file__, migrating.__file__}
    line, found, versions = 1, set(), set()
    while True:
        path = earlier(tmp_path, f"o{line}", version)
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
        if not (tmp_path / f"{path.name}-journal").exists():
            versions.add(version_of(path))
        with opened(path) as outbox:
            check_kept(outbox, version)
            sent = send(outbox, Told(idempotent=True), RECEIVER)
            assert sent.accepted
        found.add(status)
        if not os.WIFSIGNALED(status):
            break
        line += step
    assert found == {0, signal.SIGKILL}
    assert versions <= {version, 4}
    assert line > 3 * step


def test_a_sender_of_the_earlier_release_is_not_disturbed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: int
) -> None:
    """It could not write how its attempt ended; so the file waits until that sender is done."""
    monkeypatch.setattr(opening, "PATIENCE", 0.05)
    path = earlier(tmp_path, version=version)
    beside = tmp_path / "o-sender"
    beside.touch(mode=0o600)
    before = path.read_bytes()
    with closing(sqlite3.connect(beside, isolation_level=None)) as lock:
        lock.execute("BEGIN EXCLUSIVE")
        with pytest.raises(OutboxBusy, match="another process is sending"):
            opened(path)
        assert path.read_bytes() == before
    with opened(path) as outbox:
        check_kept(outbox, version)


def test_nobody_sends_while_it_is_brought_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: int
) -> None:
    """Also none of the earlier release, which has the same lock."""
    path, tried = earlier(tmp_path, version=version), []

    def watched(connection: Connection) -> None:
        with (
            closing(sqlite3.connect(tmp_path / "o-sender", timeout=0, isolation_level=None)) as lock,
            pytest.raises(sqlite3.OperationalError, match="locked"),
        ):
            lock.execute("BEGIN EXCLUSIVE")
        adopting.adopt(connection)
        tried.append(path)

    monkeypatch.setattr(opening, "adopt", watched)
    opened(path).close()
    assert len(tried) == 1


def test_a_writer_of_the_earlier_release_cannot_write_any_more(tmp_path: Path, version: int) -> None:
    """One that had the file open: what it writes would be in no log."""
    path = earlier(tmp_path, version=version)
    with closing(sqlite3.connect(path)) as old:
        key, state = old.execute("SELECT key, state FROM referral WHERE state = 'confirmed'").fetchone()
        opened(path).close()
        with pytest.raises(sqlite3.OperationalError):
            old.execute("UPDATE referral SET state = 'sending', unresolved = 1 WHERE key = ?", (key,))
        with pytest.raises(sqlite3.OperationalError):
            old.execute("INSERT INTO event (key, at, what) VALUES (?, 'now', 'begun')", (key,))
    with opened(path) as outbox:
        check_kept(outbox, version)
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
    "amount": lambda it: it.execute("UPDATE referral SET arrears_cents = 'a' WHERE number = 3"),
    "lost": lambda it: it.execute("DELETE FROM event WHERE number = 4"),
    "lost to the end": lambda it: it.execute("DELETE FROM event WHERE number > 9"),
    "lost whole": lambda it: it.executescript("DELETE FROM event; DELETE FROM referral"),
    "column": lambda it: it.execute("ALTER TABLE event ADD COLUMN digest2 TEXT"),
}


@pytest.mark.parametrize("what", DAMAGE)
def test_a_damaged_file_is_not_brought_up(tmp_path: Path, what: str, version: int) -> None:
    """What was wrong before it had digests would be sealed as right."""
    path = earlier(tmp_path, version=version)
    with closing(sqlite3.connect(path, isolation_level=None)) as past:
        past.execute("PRAGMA ignore_check_constraints = ON")
        without_triggers(past)
        DAMAGE[what](past)
    before = path.read_bytes()
    with pytest.raises(NoOutbox) as caught:
        opened(path)
    assert isinstance(caught.value, OutboxDamaged) == (what not in {"version", "mark"})
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("older", "newer"), [(old, new) for old in VERSIONS for new in (*VERSIONS, 4) if old != new]
)
def test_a_file_that_says_it_is_of_another_version_is_damaged(
    tmp_path: Path, older: int, newer: int
) -> None:
    """Its rows would get new digests, whatever they hold."""
    if older == newer:
        return
    path = earlier(tmp_path, version=min(newer, 3))
    if newer == 4:
        opened(path).close()
    with closing(sqlite3.connect(path)) as past:
        past.execute(f"PRAGMA user_version = {older}")
    with pytest.raises(OutboxDamaged):
        opened(path)
