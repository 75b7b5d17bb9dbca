"""Plugins in processes of their own: one that hangs or fails is left out, and delays no other."""

from __future__ import annotations

import datetime as dt
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import attrs
import polars as pl
import pytest
from plugins_on_disk import HANGS, SOUND, TOLD, WHO, Shelf, hooks, impatient, is_there, statuses, until

from huurschuld import HuurschuldError, PluginFailed, policies, read_portfolio
from huurschuld.cli import main
from huurschuld.errors import Cell, MissingField
from huurschuld.hooks import SetsAside, TellsChanges, TellsNotices
from huurschuld.model.referral import Delivery, Outcome, Referral
from huurschuld.plugins.host import (
    Host,
    Kind,
    PluginCall,
    State,
    open_channel,
    open_contact_source,
    open_enricher,
    open_exporter,
    open_feedback_channel,
    open_helper_directory,
    open_ledger,
)
from huurschuld.portfolio.ledger_tables import ledger_table

REFERRAL = Referral(contact=WHO, arrears_cents=127_000)
KEY = "0123456789abcdef" * 2
DAY = dt.date(2021, 1, 1)


def test_a_plugin_apart_gives_what_it_gives_here(shelf: Shelf) -> None:
    """Tables, places and errors come through as if it ran in this process; what it prints does not."""
    shelf.add("sound", SOUND)
    with shelf.load() as host:
        assert host.plugins[0].provides == ("ledger sound",)
        ledger = open_ledger(host, "sound")
        (tenancy,) = read_portfolio(ledger)
        assert [it.id for it in tenancy.entries] == ["R8", "R9"]
        assert ledger.place("entries", 4, "id") == Cell("the entries of Sound", 104, "id")  # type: ignore[attr-defined]
        with pytest.raises(PluginFailed, match=r"ValueError at shelf_sound\.py"):
            open_ledger(host, "sound", start="mevrouw Jansen")
        assert len(read_portfolio(open_ledger(host, "sound"))) == 1


@pytest.mark.parametrize(
    ("name", "source", "reason"),
    [
        ("import", "raise RuntimeError('mevrouw Jansen')", "RuntimeError at shelf_import.py:1"),
        ("exit", "import sys; sys.exit('mevrouw Jansen')", "SystemExit at shelf_exit.py:1"),
        ("hang", HANGS, "it did not answer within 1 seconds"),
        ("die", "import os; os._exit(3)", "its process has ended"),
        ("gone", "import no_such_module_at_all", "No module named 'no_such_module_at_all'"),
        (
            "slow",
            """
            import time
            from huurschuld.hooks import hookimpl

            @hookimpl
            def huurschuld_policies():
                while True:
                    time.sleep(1)
            """,
            "it did not answer within 1 seconds",
        ),
    ],
)
def test_whatever_a_plugin_does_the_others_are_loaded(
    shelf: Shelf, name: str, source: str, reason: str
) -> None:
    """It is left out whole, and its status says why, without what it said; the sound one works."""
    shelf.add(name, source)
    shelf.add("sound", SOUND)
    never = ["hang", "slow"]
    with impatient(*never), shelf.load() as host:
        state, given = statuses(host)[name]
        assert state is State.FAILED
        assert reason in given
        assert "Jansen" not in given
        assert statuses(host)["sound"] == (State.LOADED, "")
        assert len(read_portfolio(open_ledger(host, "sound"))) == 1


def test_a_ledger_that_hangs_is_ended_at_the_deadline(shelf: Shelf, tmp_path: Path) -> None:
    """Its process is gone, and is not started again."""
    shelf.add(
        "stuck",
        """
        import os, time
        from pathlib import Path

        class Stuck:
            def __init__(self, pid):
                Path(pid).write_text(str(os.getpid()))

            def tables(self):
                time.sleep(600)
        """,
        hooks('{"stuck": Stuck}', Kind.LEDGER),
    )
    pid = tmp_path / "pid"
    try:
        with shelf.load() as host:
            ledger = open_ledger(host, "stuck", pid=str(pid))
            with impatient(), pytest.raises(PluginFailed, match="it did not answer within 1 seconds"):
                ledger.tables()
            with pytest.raises(PluginFailed, match="it did not answer within 1 seconds"):
                ledger.tables()
            with pytest.raises(ProcessLookupError):
                os.kill(int(pid.read_text()), 0)
    finally:
        pid.unlink(missing_ok=True)


def test_the_process_of_a_plugin_ends_with_its_host(shelf: Shelf, tmp_path: Path) -> None:
    """Even a plugin that hangs for ever leaves no process behind when huurschuld is killed."""
    shelf.add(
        "hang", HANGS.replace("import time", "import os, time; open('pid', 'w').write(str(os.getpid()))")
    )
    pid = tmp_path / "pid"
    program = (
        "import sys; sys.path[:] = {path!r}; from importlib.metadata import EntryPoint;"
        "from huurschuld.plugins.host import load_apart;"
        "load_apart(installed=[EntryPoint('hang', 'shelf_hang', 'huurschuld')], load_seconds=600)"
    )
    started = subprocess.Popen(  # noqa: S603
        [sys.executable, "-c", program.format(path=sys.path)], cwd=tmp_path
    )
    until(lambda: pid.is_file() and pid.read_text() != "")
    started.send_signal(signal.SIGKILL)
    started.wait()
    until(lambda: not is_there(int(pid.read_text())))


EVERYTHING = """
    from huurschuld.model.helpers import Helper
    from huurschuld.errors import UnknownReference
    from huurschuld.hooks import hookimpl
    from huurschuld.model.referral import ContactDetails, Delivery, Outcome
    from huurschuld import policies
    import polars as pl

    class All:
        idempotent = True

        def parts(self):
            return {"children": pl.DataFrame({"tenancy": ["A1"], "born": ["2020-02-03"]})}

        def contact_details(self, tenancy):
            if tenancy != "A1":
                raise UnknownReference("/tenancy", "there is no such tenancy", "look again")
            return ContactDetails(name="N. Kanarie", street="Kooiplein", house_number=7,
                                  postcode="2222AB", place="Katwijk")

        def send(self, referral, key):
            if referral.arrears_cents == 1:
                raise RuntimeError(referral.contact.name)
            return Delivery(outcome=Outcome.ACCEPTED, receipt=f"{key} {referral.arrears_cents}")

        def status(self, key):
            return Delivery(outcome=Outcome.UNKNOWN, reason="who knows")

        def give(self, message):
            if message.number == 2:
                raise RuntimeError(message.feedback.key)
            return Delivery(outcome=Outcome.ACCEPTED, receipt=message.id)

        def helpers(self, need=None, place=None):
            return [Helper(name="BIP", needs=[need or "budget"], places=[place or "Katwijk"])]

        def export(self, sent, first, last):
            return f"{len(sent)} {first} {last}".encode()

    class Own(str):
        pass

    class Odd:
        idempotent = "yes"

        def parts(self):
            return [1]

        def contact_details(self, tenancy):
            return {"name": "N. Kanarie"}

        def send(self, referral, key):
            return Own("N. Kanarie")

        def give(self, message):
            return Own("N. Kanarie")

        def helpers(self, need, place):
            return [Own("BIP")]

        def export(self, sent, first, last):
            return "text"

    @hookimpl
    def huurschuld_policies():
        return [policies()["bgs-2021"].with_("shelf-75", parameters={"minimum_cents": 7500})]

    @hookimpl
    def huurschuld_kits():
        return {"channel all": "shelf.kits:AllTests"}
"""
EVERYTHING += hooks('{"all": All, "odd": Odd, "empty": object}', *set(Kind) - {Kind.LEDGER})


@pytest.fixture
def host(loaded: Callable[..., Host]) -> Host:
    """A host with a plugin that provides everything, in a process of its own or in this one."""
    return loaded("everything", EVERYTHING)


def test_every_kind_of_thing_works_in_either_place(host: Host) -> None:
    """Each hook gives what its Protocol promises, wherever the plugin runs."""
    assert host.plugins[0].kits == {"channel all": "shelf.kits:AllTests"}
    expected = policies()["bgs-2021"].with_("shelf-75", parameters={"minimum_cents": 7500})
    assert host.policies["shelf-75"] == expected
    children = pl.DataFrame(open_enricher(host, "all").parts()["children"])
    assert children.rows() == [("A1", "2020-02-03")]
    contacts = open_contact_source(host, "all")
    assert contacts.contact_details("A1") == WHO
    with pytest.raises(HuurschuldError, match="unknown-reference at /tenancy"):
        contacts.contact_details("B2")
    channel = open_channel(host, "all")
    assert channel.idempotent is True
    sent = channel.send(REFERRAL, KEY)
    assert sent == Delivery(outcome=Outcome.ACCEPTED, receipt=f"{KEY} 127000")
    assert channel.status(KEY) == Delivery(outcome=Outcome.UNKNOWN, reason="who knows")  # type: ignore[attr-defined]
    feedback = open_feedback_channel(host, "all")
    assert feedback.give(TOLD) == Delivery(outcome=Outcome.ACCEPTED, receipt=TOLD.id)
    broken = Delivery(outcome=Outcome.UNKNOWN, reason="plugin-failed")
    assert feedback.give(attrs.evolve(TOLD, number=2)) == broken
    assert open_feedback_channel(host, "odd").give(TOLD) == broken
    (helper,) = open_helper_directory(host, "all").helpers("debts", "Leiden")
    assert (helper.needs, helper.places) == (("debts",), ("Leiden",))
    assert open_exporter(host, "all").export([], DAY, DAY) == b"0 2021-01-01 2021-01-01"


def test_a_channel_that_breaks_leaves_the_outcome_unknown(host: Host) -> None:
    """It may have arrived or not, and nothing of the referral leaks."""
    delivery = open_channel(host, "all").send(Referral(contact=WHO, arrears_cents=1), KEY)
    assert delivery == Delivery(outcome=Outcome.UNKNOWN, reason="plugin-failed")


def test_what_is_not_as_promised_is_refused(host: Host) -> None:
    """A value of another type is a failure that names the type and nothing of the value."""
    with pytest.raises(PluginFailed, match=r"list, not tables by name|parts must give tables by name"):
        open_enricher(host, "odd").parts()
    with pytest.raises(PluginFailed, match="it returned dict, not ContactDetails"):
        open_contact_source(host, "odd").contact_details("A1")
    channel = open_channel(host, "odd")
    assert channel.idempotent is False
    assert channel.send(REFERRAL, KEY) == Delivery(outcome=Outcome.UNKNOWN, reason="plugin-failed")
    assert not hasattr(channel, "status")
    with pytest.raises(
        PluginFailed, match=r"at everything: it returned (Own, not Helper|a value of a class)"
    ):
        open_helper_directory(host, "odd").helpers()
    with pytest.raises(PluginFailed, match="it returned str, not bytes"):
        open_exporter(host, "odd").export([], DAY, DAY)
    for kind in Kind:
        if kind is not Kind.LEDGER:
            with pytest.raises(PluginFailed, match=f"the {kind} that it opened has no"):
                host.open(kind, "empty", {})


NOTICES = """
    from huurschuld.errors import Cell, MissingField

    class Tells:
        def __init__(self, told):
            self.told = told

        def tables(self):
            return {}

        def notices(self):
            if self.told == "right":
                found = Cell("leases", 3, "unit"), "look at both", "A1"
                return [found, (Cell("leases", 0, ""), "so", None)]
            return {"list": ["look at A1"], "text": "look at A1", "none": None}[self.told]

        def set_aside(self):
            error = MissingField(Cell("leases", 3, "unit"), "it is absent", "fill it")
            given = {"right": (error, "A1"), "list": "A1", "text": ("it is absent", "A1")}
            return [given[self.told]]

        def changed_since(self, position):
            changed = None if position is None else ["A1", "A2"]
            given = {"right": ("7", changed), "list": ["7", changed], "text": ("7", [7])}
            return given[self.told]

        def tables_of(self, tenancies):
            import pyarrow

            return {"tenancies": pyarrow.table({"id": list(tenancies)})}
"""
NOTICES += hooks('{"tells": Tells}', Kind.LEDGER)


def test_what_a_ledger_tells_comes_through(loaded: Callable[..., Host]) -> None:
    """Each place with its text and tenancy; what is none of these is a failure, and is not quoted."""
    host = loaded("notices", NOTICES)
    right = open_ledger(host, "tells", told="right")
    assert isinstance(right, TellsNotices)
    assert right.notices() == [
        (Cell("leases", 3, "unit"), "look at both", "A1"),
        (Cell("leases", 0, ""), "so", None),
    ]
    for told, given in (("list", "str"), ("text", "str"), ("none", "NoneType")):
        wrong = open_ledger(host, "tells", told=told)
        assert isinstance(wrong, TellsNotices)
        with pytest.raises(PluginFailed, match=f"it returned {given}, not a"):
            wrong.notices()


def test_what_a_ledger_sets_aside_comes_through(loaded: Callable[..., Host]) -> None:
    """Each error with its class, place and next step; what is no error of the input is a failure."""
    host = loaded("notices", NOTICES)
    right = open_ledger(host, "tells", told="right")
    assert isinstance(right, SetsAside)
    ((error, tenancy),) = right.set_aside()
    assert (type(error), str(error.place), tenancy) == (
        MissingField,
        "leases, line 3, column unit",
        "A1",
    )
    assert (error.problem, error.remedy) == ("it is absent", "fill it")
    for told in ("list", "text"):
        wrong = open_ledger(host, "tells", told=told)
        assert isinstance(wrong, SetsAside)
        with pytest.raises(PluginFailed, match="it returned str, not an error"):
            wrong.set_aside()


def test_what_a_ledger_says_has_changed_comes_through(loaded: Callable[..., Host]) -> None:
    """A position and ids, and the tables of some tenancies; what is none of these is a failure."""
    host = loaded("notices", NOTICES)
    right = open_ledger(host, "tells", told="right")
    assert isinstance(right, TellsChanges)
    assert right.changed_since(None) == ("7", None)
    assert right.changed_since("7") == ("7", ["A1", "A2"])
    frame = ledger_table("tenancies", right.tables_of(("A1", "A2"))["tenancies"]).read()
    assert frame.to_dicts() == [{"id": "A1"}, {"id": "A2"}]
    for told, given in (("list", "list"), ("text", "tuple")):
        wrong = open_ledger(host, "tells", told=told)
        assert isinstance(wrong, TellsChanges)
        with pytest.raises(PluginFailed, match=f"it returned {given}, not a position"):
            wrong.changed_since("7")


def test_calls_are_traced_without_what_is_in_them(shelf: Shelf) -> None:
    """A trace has plugin, call, outcome and time of each, and nothing of a person."""
    shelf.add("everything", EVERYTHING)
    calls: list[PluginCall] = []
    with shelf.load(trace=calls.append) as host:
        channel = open_channel(host, "all")
        channel.send(REFERRAL, KEY)
        channel.send(Referral(contact=WHO, arrears_cents=1), KEY)
        with pytest.raises(HuurschuldError):
            open_contact_source(host, "all").contact_details("B2")
    assert [(it.plugin, it.called, it.outcome) for it in calls] == [
        ("everything", "load", "ok"),
        ("everything", "channel all: open", "ok"),
        ("everything", "channel all: send", "ok"),
        ("everything", "channel all: send", "plugin-failed"),
        ("everything", "contact source all: open", "ok"),
        ("everything", "contact source all: contact_details", "unknown-reference"),
    ]
    assert all(it.seconds >= 0 for it in calls)
    assert "Kanarie" not in repr(calls)


def test_the_command_line_screens_with_the_others_and_says_who_is_out(
    shelf: Shelf, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Plugins that raise or hang do not stop a screening, nor the list of plugins."""
    config = tmp_path / "huurschuld.toml"
    config.write_text("[plugins]\nload_deadline_seconds = 45\n", encoding="utf-8")
    shelf.add("hanging", HANGS)
    shelf.add("broken", "raise RuntimeError('mevrouw Jansen')")
    shelf.add("sound", SOUND)
    shelf.install()
    asked = ["--policy", "bgs-2021", "--as-of", "2026-10-20", "--format", "csv"]
    with impatient("hanging") as replaced:
        assert main(["screen", "--config", str(config), "--ledger", "sound", *asked]) == 0
    assert replaced == {45.0}
    printed = capsys.readouterr()
    assert printed.out.splitlines()[1].startswith("A1,ask,unknown,140000,2,")
    assert "a plugin that prints" not in printed.out + printed.err
    assert "the plugin broken is left out: RuntimeError at shelf_broken.py:1" in printed.err
    assert "the plugin hanging is left out: it did not answer within 1 seconds" in printed.err
    assert "Jansen" not in printed.err
    with impatient("hanging"):
        assert main(["plugins", "--config", str(config)]) == 0
    listed = " ".join(capsys.readouterr().out.split())
    assert "broken shelf 1.0 failed RuntimeError at shelf_broken.py:1" in listed
    assert "hanging shelf 1.0 failed it did not answer within 1 seconds" in listed
    assert "sound shelf 1.0 loaded ledger sound" in listed
