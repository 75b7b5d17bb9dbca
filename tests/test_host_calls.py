"""Calls of a plugin apart: each gets its own answer, deadlines hold, and nothing is left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from plugins_on_disk import HANGS, SOUND, Shelf, hooks, impatient, is_there, until

from huurschuld import InvalidValue, PluginFailed
from huurschuld.plugins.host import (
    Kind,
    PluginCall,
    load_apart,
    open_contact_source,
    open_ledger,
)

POSIX = pytest.mark.skipif(not hasattr(os, "killpg"), reason="there are no groups of processes")

TENANTS = """
    import time
    from pathlib import Path
    from huurschuld.model.referral import ContactDetails

    class Tenants:
        def __init__(self, asked=None):
            self.asked = asked

        def contact_details(self, tenancy):
            if self.asked:
                Path(self.asked).write_text(tenancy)
                time.sleep(600)
            return ContactDetails(name=f"tenant of {tenancy}", street="Kooiplein", house_number=7,
                                  postcode="2222AB", place="Katwijk")
""" + hooks('{"tenants": Tenants}', Kind.CONTACT_SOURCE)

FORKS = """
    import os, time
    from pathlib import Path

    class Forks:
        def __init__(self, pid, away=False, hangs=False):
            self.hangs = hangs
            child = os.fork() if pid else None
            if child == 0:
                if away:
                    os.setsid()
                time.sleep(600)
                os._exit(0)
            if pid:
                Path(pid).write_text(str(child))

        def tables(self):
            time.sleep(600 if self.hangs else 0)
            return {}

        def place(self, table, row, column):
            from huurschuld.errors import Cell
            os.fork()
            return Cell(table, row, column)
""" + hooks('{"forks": Forks}', Kind.LEDGER)


class TimeOut(BaseException):
    """A time-out of an application."""


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder for temporary files, of this process and those it starts."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    return folder


@POSIX
def test_the_answer_to_an_interrupted_call_is_given_to_no_other(shelf: Shelf, tmp_path: Path) -> None:
    """The address of one tenant is never given for another; the process is ended instead."""

    def ring(_: int, __: FrameType | None) -> None:
        raise TimeOut

    def ring_once_asked() -> None:
        until(asked.exists)
        os.kill(os.getpid(), signal.SIGALRM)

    shelf.add("tenants", TENANTS)
    asked = tmp_path / "asked"
    before = signal.signal(signal.SIGALRM, ring)
    calls: list[PluginCall] = []
    try:
        with shelf.load(trace=calls.append) as host:
            source = open_contact_source(host, "tenants", asked=str(asked))
            threading.Thread(target=ring_once_asked).start()
            with pytest.raises(TimeOut):
                source.contact_details("A1")
            with pytest.raises(PluginFailed, match="at tenants: a call was interrupted"):
                source.contact_details("B2")
    finally:
        signal.signal(signal.SIGALRM, before)
    assert [it.outcome for it in calls] == ["ok", "ok", "plugin-failed", "plugin-failed"]


def test_threads_that_ask_at_once_get_their_own_answers(shelf: Shelf) -> None:
    """One host is used by many threads."""
    shelf.add("tenants", TENANTS)
    with shelf.load() as host, ThreadPoolExecutor(4) as threads:
        source = open_contact_source(host, "tenants")
        asked = [f"T{number}" for number in range(100)]
        found = threads.map(lambda it: source.contact_details(it).name, asked)
        assert list(found) == [f"tenant of {it}" for it in asked]


@POSIX
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")  # of 3.12 on, where there are threads
def test_a_copy_of_this_process_asks_and_ends_nothing(shelf: Shelf, temporary: Path) -> None:
    """Two processes that speak on one line would get each other's answers."""
    shelf.add("tenants", TENANTS)
    with shelf.load() as host:
        source = open_contact_source(host, "tenants")
        read, write = os.pipe()
        child = os.fork()
        if child == 0:
            try:
                source.contact_details("A1")
            except PluginFailed as error:
                os.write(write, error.problem.encode())
            finally:
                host.close()
                os._exit(0)
        os.waitpid(child, 0)
        assert os.read(read, 200) == b"its process belongs to the one that this one was forked from"
        os.close(read)
        os.close(write)
        assert source.contact_details("B2").name == "tenant of B2"
        assert len(list(temporary.glob("huurschuld-*"))) == 1


@POSIX
@pytest.mark.parametrize("hangs", [True, False])
def test_what_a_plugin_starts_ends_with_it(shelf: Shelf, tmp_path: Path, *, hangs: bool) -> None:
    """A child that holds the line open holds up neither a call nor the end of the host."""
    shelf.add("forks", FORKS)
    pid = tmp_path / "pid"
    with shelf.load() as host:
        ledger = open_ledger(host, "forks", pid=str(pid), hangs=hangs)
        if hangs:
            with impatient(), pytest.raises(PluginFailed, match="it did not answer within 1 seconds"):
                ledger.tables()
        else:
            assert ledger.tables() == {}
            assert is_there(int(pid.read_text()))
    until(lambda: not is_there(int(pid.read_text())))


@POSIX
def test_a_child_in_a_session_of_its_own_delays_nothing(shelf: Shelf, tmp_path: Path) -> None:
    """It cannot be found, so that it is not ended; calls and the host end without it."""
    shelf.add("forks", FORKS)
    pid = tmp_path / "pid"
    with shelf.load() as host:
        ledger = open_ledger(host, "forks", pid=str(pid), away=True, hangs=True)
        with impatient(), pytest.raises(PluginFailed, match="it did not answer within 1 seconds"):
            ledger.tables()
    child = int(pid.read_text())
    assert is_there(child)
    os.kill(child, signal.SIGKILL)


@POSIX
def test_a_copy_of_the_plugin_answers_nothing(shelf: Shelf) -> None:
    """One question has one answer, though two processes go on from it."""
    shelf.add("forks", FORKS)
    with shelf.load() as host:
        ledger: Any = open_ledger(host, "forks", pid="")
        assert [ledger.place("rents", row, "").line for row in range(5)] == list(range(5))


@pytest.mark.parametrize("value", [Decimal(1), print, lambda: None, [range(3)], {"deep": Decimal(1)}])
def test_an_option_that_cannot_cross_is_refused_at_once(shelf: Shelf, value: object) -> None:
    """The error names the option and quotes nothing of it; the plugin goes on."""
    shelf.add("tenants", TENANTS)
    with shelf.load() as host:
        with pytest.raises(InvalidValue, match="contact source tenants: asked: a value of this type"):
            open_contact_source(host, "tenants", asked=value)
        source = open_contact_source(host, "tenants")
        odd: Any = value
        with pytest.raises(InvalidValue, match="contact source tenants: contact_details: a value of"):
            source.contact_details(odd)
        assert source.contact_details("A1").name == "tenant of A1"


def test_deadlines_for_loading_run_together(shelf: Shelf) -> None:
    """While one plugin is waited for, the time of the next runs as well: it is too late after both."""
    shelf.add("a", HANGS)
    shelf.add("b", "import time; time.sleep(3.5)")
    with shelf.load(load_seconds=2.0) as host:
        assert [it.reason for it in host.plugins] == ["it did not answer within 2 seconds"] * 2


def test_a_loading_that_is_broken_off_leaves_no_process(shelf: Shelf, tmp_path: Path) -> None:
    """Nobody has a host to close, so all that was started is ended."""
    pid = tmp_path / "pid"
    shelf.add("a", f"import os; open({str(pid)!r}, 'w').write(str(os.getpid()))")
    shelf.add("b", HANGS)

    def broken(_: PluginCall) -> None:
        raise TimeOut

    with pytest.raises(TimeOut):
        load_apart(installed=shelf.points, load_seconds=60.0, trace=broken)
    until(lambda: not is_there(int(pid.read_text())))


def test_a_closed_host_starts_nothing(tmp_path: Path) -> None:
    """A built-in ledger needs a process, and nothing would end that any more."""
    host = load_apart(())
    host.close()
    with pytest.raises(PluginFailed, match="at portfolio: the host is closed"):
        host.open(Kind.LEDGER, "portfolio", {"folder": str(tmp_path)})


KILLED = """
import sys; sys.path[:] = {path!r}
from importlib.metadata import EntryPoint
from huurschuld.plugins.host import load_apart, open_ledger
host = load_apart(installed=[EntryPoint("sound", "shelf_sound", "huurschuld")], call_seconds=600)
open_ledger(host, "sound").tables()
print("read", flush=True)
sys.stdin.read()
"""


@pytest.mark.parametrize("by", ["SIGKILL", "SIGTERM"])
def test_tables_are_removed_though_huurschuld_is_killed(shelf: Shelf, temporary: Path, by: str) -> None:
    """The process of the plugin notices that its caller has gone, and removes what it stored."""
    if not hasattr(signal, by):
        pytest.skip("there is no such signal")
    shelf.add("sound", SOUND)
    with subprocess.Popen(  # noqa: S603 - a program of our own
        [sys.executable, "-c", KILLED.format(path=sys.path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as started:
        assert started.stdout is not None
        assert started.stdout.readline().split() == [b"read"]
        assert [it.suffix for it in temporary.glob("huurschuld-*/*")] == [".parquet"] * 3
        started.send_signal(getattr(signal, by))
    until(lambda: not list(temporary.iterdir()))
