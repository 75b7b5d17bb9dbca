"""A monitor emits each change of advice once, whatever happens in between."""

from __future__ import annotations

import os
import random as randomness
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import attrs
import polars as pl
import pytest
from hypothesis import given, settings, strategies as st
from referring import AS_OF, days, in_arrears
from tables import Given, as_tables, frames
from torture.attack import scratch
from watched import FIRST, Advised, added_up, findings, lines_in

from huurschuld import (
    InputError,
    InvalidValue,
    MonitorBusy,
    MonitorError,
    MonitorExists,
    NoMonitor,
    Payment,
    Tenancy,
    create_monitor,
    deliver,
    open_monitor,
    testing,
    watch,
)
from huurschuld.portfolio.monitoring.steps import take_step
from huurschuld.portfolio.schema import tenancy_column
from huurschuld.referrals import create_outbox, listing, propose_changes
from huurschuld.testing import tenancies

ADVICES = "refer ask contact remind hold wait".split()
PRIORITIES = "crisis family unknown regular".split()
PAID = Payment(id="2", booked=AS_OF - days(1), cents=127_000)
NAMES = [f"tenancy-{number}" for number in range(1, 7)]
WORKLISTS = st.dictionaries(
    st.sampled_from(NAMES), st.tuples(st.sampled_from(ADVICES), st.sampled_from(PRIORITIES))
)


STEPS = st.lists(st.tuples(WORKLISTS, st.sets(st.sampled_from(NAMES)), st.booleans()), max_size=5)


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder in memory: no disk is waited for."""
    with scratch() as it:
        yield it


@settings(max_examples=25)
@given(STEPS)
def test_what_is_emitted_adds_up_to_the_worklist(steps: list[tuple[Advised, set[str], bool]]) -> None:
    """Who follows the lines has the worklist after each step; what stays the same is not emitted."""
    day, before = FIRST, dict[str, tuple[str, str]]()
    with scratch() as folder, create_monitor(folder / "m") as monitor:
        for advised, others, same_day in steps:
            day += days(0 if same_day else 1)
            step = take_step(monitor, findings(day, advised, others - advised.keys()))
            assert (step.day, monitor.day()) == (day, day)
            assert {it.change.tenancy for it in step.changes} == {
                it for it in before.keys() | advised.keys() if before.get(it) != advised.get(it)
            }
            assert added_up(it.document() for it in monitor.emitted()) == advised
            assert not take_step(monitor, findings(day, advised)).changes
            before = dict(advised)
        assert deliver(monitor, folder / "lines") == len(list(monitor.emitted()))
        assert [it.document() for it in monitor.emitted()] == lines_in(folder / "lines")
        assert {name: (it.advice, it.priority) for name, it in monitor.listed().items()} == before


@settings(max_examples=25)
@given(WORKLISTS, WORKLISTS, st.sets(st.sampled_from(NAMES)))
def test_a_step_over_some_tenancies_leaves_the_others(
    first: Advised, second: Advised, touched: set[str]
) -> None:
    """Only those that were looked at may change; what is added up is right all the same."""
    with scratch() as folder, create_monitor(folder / "m") as monitor:
        take_step(monitor, findings(FIRST, first, NAMES))
        its = {name: it for name, it in second.items() if name in touched}
        take_step(monitor, findings(FIRST, its, touched - its.keys(), touched=sorted(touched)))
        after = {name: it for name, it in first.items() if name not in touched} | its
        assert added_up(it.document() for it in monitor.emitted()) == after
        assert monitor.listed().keys() == after.keys()


def test_who_is_undecided_or_set_aside_keeps_the_advice_of_before(folder: Path) -> None:
    """Nothing is known of them today: they have not left, and the next step looks at them again."""
    with create_monitor(folder / "m") as monitor:
        before = {"a": ("contact", "family"), "b": ("contact", "family"), "c": ("wait", "regular")}
        take_step(monitor, findings(FIRST, before))
        later = {"a": ("refer", "regular"), "b": ("refer", "regular"), "c": ("hold", "regular")}
        step = take_step(monitor, findings(AS_OF, later, undecided=["a"], aside=["b"]))
        assert [it.change.tenancy for it in step.changes] == ["c"]
        assert [it.tenancy for it in step.worklist.undecided] == ["a"]
        assert monitor.listed()["a"].advice == monitor.listed()["b"].advice == "contact"
        step = take_step(monitor, findings(AS_OF, later))
        assert [it.change.tenancy for it in step.changes] == ["a", "b"]
        assert step.changes[0].since == FIRST


@pytest.mark.parametrize("killed", [True, False])
@pytest.mark.parametrize("how", ["undecided", "aside"])
def test_who_could_not_be_decided_on_is_proposed_later(folder: Path, how: str, *, killed: bool) -> None:
    """After a kill before it was proposed, or where nothing was proposed until now: by the next step."""
    referred = {"a": ("refer", "family"), "b": ("refer", "family")}
    with create_monitor(folder / "m") as monitor, create_outbox(folder / "o") as outbox:
        take_step(monitor, findings(FIRST, referred), proposing=killed)
        step = take_step(monitor, findings(AS_OF - days(1), referred, **{how: ["a"]}), proposing=True)
        propose_changes(outbox, monitor, step)
        assert [it.tenancy for it in listing(outbox)] == ["b"]
        for _ in range(2):
            step = take_step(monitor, findings(AS_OF, referred), proposing=True)
            propose_changes(outbox, monitor, step)
            assert {it.tenancy for it in listing(outbox)} == {"a", "b"}
            assert not monitor.due()


def test_who_left_is_told_apart(folder: Path) -> None:
    """Without arrears any more, or not in the portfolio any more."""
    with create_monitor(folder / "m") as monitor:
        take_step(monitor, findings(FIRST, dict.fromkeys(("a", "b"), ("wait", "family")), ["c"]))
        step = take_step(monitor, findings(AS_OF, {}, ["a", "c"]))
        assert [it.change.after for it in step.changes] == [
            {"tenancy": "a", "advice": "none", "priority": None},
            {"tenancy": "b", "advice": "absent", "priority": None},
        ]
        texts = [it.change.reasons[0].text.en for it in step.changes]
        assert texts[0].startswith("has no arrears any more")
        assert texts[1].startswith("is not in the portfolio any more")


# --- the file of lines ---------------------------------------------------------------------------


@settings(max_examples=25)
@given(st.data())
def test_a_file_that_was_cut_off_anywhere_is_made_whole(data: st.DataObject) -> None:
    """A kill in the middle of writing leaves part of a line, or lacks some: each stands there once."""
    with scratch() as folder, create_monitor(folder / "m") as monitor:
        names = [f"é-{number}" for number in range(4)]
        take_step(monitor, findings(FIRST, dict.fromkeys(names, ("wait", "family"))))
        path = folder / "lines"
        deliver(monitor, path)
        whole = path.read_bytes()
        # What was delivered is noted after it was written: a kill before that is as if it were not.
        monitor.note(delivered=0)
        path.write_bytes(whole[: data.draw(st.integers(0, len(whole)))])
        deliver(monitor, path)
        assert path.read_bytes() == whole
        assert deliver(monitor, path) == 0


def test_a_file_that_was_moved_away_is_gone_on_with(folder: Path) -> None:
    """Whoever takes the file away gets the next changes in a new one, and none of them twice."""
    with create_monitor(folder / "m") as monitor:
        assert deliver(monitor, folder / "lines") == 0
        assert not (folder / "lines").exists()
        take_step(monitor, findings(FIRST, {"a": ("wait", "family")}))
        deliver(monitor, folder / "lines")
        assert stat.S_IMODE((folder / "lines").stat().st_mode) == 0o600
        (folder / "lines").rename(folder / "taken")
        take_step(monitor, findings(AS_OF, {"a": ("refer", "family")}))
        deliver(monitor, folder / "lines")
        both = lines_in(folder / "taken") + lines_in(folder / "lines")
        assert added_up(both) == {"a": ("refer", "family")}


@pytest.mark.parametrize("text", ["of something else\n", '{"number": 1}\n', '{"number": "1"}\n', "3\n"])
def test_a_file_of_something_else_is_left_as_it_is(folder: Path, text: str) -> None:
    """Nothing is appended to what this monitor did not write."""
    with create_monitor(folder / "m") as monitor:
        take_step(monitor, findings(FIRST, {"a": ("wait", "family")}))
        (folder / "lines").write_text(text)
        with pytest.raises(InvalidValue, match="its last line is not one that m has emitted"):
            deliver(monitor, folder / "lines")
        assert (folder / "lines").read_text() == text
        with pytest.raises(InvalidValue, match="a folder"):
            deliver(monitor, folder)


def test_what_is_forgotten_stays_delivered(folder: Path) -> None:
    """Old changes go out of the monitor once they are in the file, and watching goes on after them."""
    with create_monitor(folder / "m") as monitor:
        for number in range(4):
            advice = ADVICES[number]
            take_step(monitor, findings(FIRST + days(number), {"a": (advice, "family")}))
        with monitor.changing() as change:
            assert change.forget(AS_OF) == 0  # none is delivered yet
        deliver(monitor, folder / "lines")
        with monitor.changing() as change:
            assert change.forget(FIRST + days(2)) == 2
        assert [it.number for it in monitor.emitted()] == [3, 4]
        take_step(monitor, findings(AS_OF, {}))
        with monitor.changing() as change:
            assert change.forget(AS_OF) == 1  # the last one that is delivered stays
        deliver(monitor, folder / "lines")
        assert added_up(lines_in(folder / "lines")) == {}


# --- the monitor itself --------------------------------------------------------------------------


def test_a_second_watcher_is_told(folder: Path) -> None:
    """One watches at a time, also within one process; whoever comes second does nothing."""
    with (
        create_monitor(folder / "m"),
        pytest.raises(MonitorBusy, match="another process is watching"),
    ):
        open_monitor(folder / "m")
    open_monitor(folder / "m").close()


def test_a_monitor_is_made_once_and_is_for_its_owner_alone(folder: Path) -> None:
    """A missing file is not made anew: everybody would be new. Others cannot read it."""
    with pytest.raises(NoMonitor, match="there is no such file"):
        open_monitor(folder / "m")
    with pytest.raises(NoMonitor, match="its folder does not exist"):
        create_monitor(folder / "none" / "m")
    create_monitor(folder / "m").close()
    assert stat.S_IMODE((folder / "m").stat().st_mode) == 0o600
    with pytest.raises(MonitorExists, match="already exists"):
        create_monitor(folder / "m")
    (folder / "m").chmod(0o644)
    with pytest.raises(NoMonitor, match="others can read or write it"):
        open_monitor(folder / "m")
    (folder / "empty").touch(mode=0o600)  # making it was broken off
    with pytest.raises(NoMonitor, match="there is no monitor in it"):
        open_monitor(folder / "empty")
    create_monitor(folder / "empty").close()
    (folder / "other").touch(mode=0o600)
    sqlite3.connect(folder / "other").execute("CREATE TABLE t (a)").connection.close()
    with pytest.raises(NoMonitor, match="this file is not a monitor"):
        open_monitor(folder / "other")


def test_a_changed_byte_is_never_a_change(folder: Path) -> None:
    """A monitor that is not as it was written is told, or gives what it would have given."""
    advised = {name: (advice, "family") for name, advice in zip(NAMES, ADVICES, strict=True)}
    with create_monitor(folder / "m") as monitor:
        take_step(monitor, findings(FIRST, advised))
    whole, random = (folder / "m").read_bytes(), randomness.Random(17)
    told: list[MonitorError] = []
    for _ in range(150):
        at = random.randrange(len(whole))
        (folder / "m").write_bytes(whole[:at] + bytes([random.randrange(256)]) + whole[at + 1 :])
        try:
            with open_monitor(folder / "m") as monitor:
                step = take_step(monitor, findings(AS_OF, advised))
                assert step.number == 2
                assert not step.changes
                assert added_up(it.document() for it in monitor.emitted()) == advised
        except MonitorError as error:
            told.append(error)
    assert len(told) > 20
    assert {it.code for it in told} <= {"monitor-damaged", "no-monitor", "monitor-failed"}
    assert not any("tenancy-" in str(it) for it in told)


# --- watching a ledger ---------------------------------------------------------------------------


def test_a_ledger_is_watched(folder: Path) -> None:
    """A step tells who is new, changed and left, and why; a step that is refused does nothing."""
    two = [in_arrears("a", 127_000), in_arrears("b", 127_000)]
    with create_monitor(folder / "m") as monitor:
        first = watch(Given(frames(as_tables(two))), "bgs-2021", monitor, AS_OF - days(1))
        assert [(it.change.tenancy, str(it.kind)) for it in first.changes] == [
            ("a", "new"),
            ("b", "new"),
        ]
        assert all(it.change.after and it.change.after["advice"] == "refer" for it in first.changes)
        letters = attrs.evolve(two[0], contacts=())
        paid = attrs.evolve(two[1], entries=(*two[1].entries, PAID))
        ledger = Given(frames(as_tables([letters, paid])))
        step = watch(ledger, "bgs-2021", monitor, AS_OF)
        assert [(it.change.tenancy, str(it.kind)) for it in step.changes] == [
            ("a", "changed"),
            ("b", "left"),
        ]
        reasons = [it.text.en for it in step.changes[0].change.reasons]
        assert "written reminder sent: yes → no" in reasons
        assert step.changes[0].since == AS_OF - days(1)
        position = monitor.position()
        with pytest.raises(InvalidValue, match="the last step was of 2026-10-20"):
            watch(ledger, "bgs-2021", monitor, AS_OF - days(1))
        with pytest.raises(InvalidValue, match="another policy, or other numbers or assumptions"):
            watch(ledger, "katwijk-2021", monitor, AS_OF)
        with pytest.raises(InvalidValue, match="another policy, or other numbers or assumptions"):
            watch(ledger, "bgs-2021", monitor, AS_OF, {"minimum_cents": 2})
        with pytest.raises(InvalidValue, match="there were 2, now 1: some may be missing"):
            watch(Given(frames(as_tables([letters]))), "bgs-2021", monitor, AS_OF)
        with pytest.raises(InputError):
            watch(Given({}), "bgs-2021", monitor, AS_OF)
        assert monitor.position() == position
        assert not watch(ledger, "bgs-2021", monitor, AS_OF).changes
        step = watch(ledger, "bgs-2021", monitor, AS_OF, {"grace_days": 100}, other_rules=True)
        assert "grace_days" in str(step.changes[0].change.document()["reasons"])
        step = watch(
            Given(frames(as_tables([paid]))),
            "bgs-2021",
            monitor,
            AS_OF,
            {"grace_days": 100},
            fewer=True,
        )
        assert [(it.change.tenancy, str(it.kind)) for it in step.changes] == [("a", "left")]
        assert added_up(it.document() for it in monitor.emitted()) == {}


def test_a_bad_row_is_set_aside_with_its_tenancy(folder: Path) -> None:
    """Where that is asked for: it keeps the advice that it had, and everybody else is looked at."""
    tables = as_tables([in_arrears("a"), in_arrears("b")])
    with create_monitor(folder / "m") as monitor:
        watch(Given(frames(tables)), "bgs-2021", monitor, AS_OF)
        entries = [{**it, "cents": 0} if it["tenancy"] == "a" else it for it in tables["entries"]]
        bad = Given(frames({**tables, "entries": entries, "contacts": []}))
        with pytest.raises(InvalidValue):
            watch(bad, "bgs-2021", monitor, AS_OF)
        step = watch(bad, "bgs-2021", monitor, AS_OF, set_aside=True)
        assert [it.change.tenancy for it in step.changes] == ["b"]
        assert monitor.listed()["a"].advice == "refer"


class Telling(Given):
    """A ledger that knows of which tenancies something changed."""

    def __init__(self, tenancies: Sequence[Tenancy]) -> None:
        super().__init__({})
        self.log: list[str] = []
        self.asked: list[tuple[str, ...]] = []
        self.become(tenancies)

    def become(self, tenancies: Sequence[Tenancy], *changed: str) -> None:
        """Have other tenancies."""
        self.log += changed
        self.given = frames(as_tables(tenancies))

    def changed_since(self, position: str | None) -> tuple[str, list[str] | None]:
        return str(len(self.log)), None if position is None else self.log[int(position) :]

    def tables_of(self, tenancies: Sequence[str]) -> Mapping[str, Any]:
        self.asked.append(tuple(tenancies))
        return {
            name: frame.filter(pl.col(tenancy_column(name)).is_in(tenancies))
            for name, frame in self.given.items()
        }


PARTS = "contacts plans disputes objections signals facts".split()


def known(it: Tenancy) -> Tenancy:
    """A tenancy of which no part is unknown: that would make it unknown for all, in tables."""
    parts: dict[str, Any] = {name: getattr(it, name) or () for name in PARTS}
    return attrs.evolve(it, **parts)


SEVERAL = st.lists(tenancies().map(known), min_size=1, max_size=5, unique_by=lambda it: it.id)


@settings(max_examples=8)
@given(SEVERAL, SEVERAL)
def test_what_changed_is_looked_at_alone(first: list[Tenancy], second: list[Tenancy]) -> None:
    """A step over the changed tenancies leaves the monitor as a step over all of them does."""
    ledger = Telling(first)
    with scratch() as folder, create_monitor(folder / "m") as quick:
        watch(ledger, "katwijk-2021", quick, testing.AS_OF)
        assert not ledger.asked
        kept = [it for it in first if it.id not in {other.id for other in second}][:2]
        after = [*kept, *second]
        changed = ({it.id for it in first} ^ {it.id for it in kept}) | {it.id for it in second}
        ledger.become(after, *changed, *changed)
        watch(ledger, "katwijk-2021", quick, testing.AS_OF)
        assert ledger.asked == ([tuple(sorted(changed))] if changed else [])
        with create_monitor(folder / "whole") as whole:
            watch(Given(ledger.given), "katwijk-2021", whole, testing.AS_OF)
            assert quick.listed() == whole.listed()
        advised = {name: (it.advice, it.priority) for name, it in quick.listed().items()}
        assert added_up(it.document() for it in quick.emitted()) == advised
        ledger.become(after)
        assert not watch(ledger, "katwijk-2021", quick, testing.AS_OF).changes
        assert len(ledger.asked) == bool(changed)  # nothing changed, and nothing is read


def test_on_a_new_day_and_by_other_rules_all_of_a_ledger_is_read(folder: Path) -> None:
    """Then anybody's advice may be another one, whatever the ledger says has changed."""
    ledger = Telling([in_arrears("a"), in_arrears("b")])
    with create_monitor(folder / "m") as monitor:
        watch(ledger, "bgs-2021", monitor, AS_OF)
        ledger.become([in_arrears("a"), attrs.evolve(in_arrears("b"), contacts=())], "b")
        step = watch(ledger, "bgs-2021", monitor, AS_OF, set_aside=True)
        assert [it.change.tenancy for it in step.changes] == ["b"]
        watch(ledger, "bgs-2021", monitor, AS_OF + days(1))
        watch(ledger, "bgs-2021", monitor, AS_OF + days(1), {"minimum_cents": 2}, other_rules=True)
        assert ledger.asked == [("b",)]
        step = watch(ledger, "bgs-2021", monitor, AS_OF + days(1), {"minimum_cents": 2}, proposing=True)
        assert [it.tenancy for it in step.advised] == ["a"]  # until now nothing was proposed
        assert ledger.asked == [("b",)]


def test_a_step_over_some_tenancies_proposes_what_was_left_undone(folder: Path) -> None:
    """The step before was killed before it proposed; this one looks at somebody else."""
    ledger = Telling([in_arrears("a"), in_arrears("b")])
    with create_monitor(folder / "m") as monitor, create_outbox(folder / "o") as outbox:
        watch(ledger, "bgs-2021", monitor, AS_OF, proposing=True)
        ledger.become([in_arrears("a"), attrs.evolve(in_arrears("b"), contacts=())], "b")
        propose_changes(outbox, monitor, watch(ledger, "bgs-2021", monitor, AS_OF, proposing=True))
        assert [it.tenancy for it in listing(outbox)] == ["a"]


# --- kills ---------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="a process is forked, and killed with SIGKILL")
def test_killed_anywhere_each_change_is_emitted_once(folder: Path) -> None:
    """Killed before any line, also again and again: no change is lost, none is doubled."""
    step = "11" if os.environ.get("HUURSCHULD_CRASHES") == "all" else "301"
    told = subprocess.run(  # noqa: S603 - this interpreter, on a file of ours
        [sys.executable, str(Path(__file__).with_name("watching_crashes.py")), str(folder), step],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    kills, lines = map(int, told.split())
    assert kills >= 20
    print(f"\n{kills} kills in a life of {lines} lines")  # noqa: T201
