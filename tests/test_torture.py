"""The bench of attacks can fail: each attack finds a fault that was planted for it."""

from __future__ import annotations

import json
import logging
import os
import random
import re
import subprocess
import sys
from argparse import Namespace
from pathlib import Path

import pytest
from torture import answers, documents, inputs, run, tabular
from torture.attack import CANARY, SEED, Attack, scratch
from torture.parser import Parser, as_json
from torture.worker import attack_of, attempted

from huurschuld.decisions.receipt import Receipt
from huurschuld.referrals import Screening, changing
from huurschuld.storage import checking


def finds(attack: str, problem: str, most: int) -> bool:
    """Whether an attack finds a problem in so many attempts."""
    attempts = (attempted(attack_of(attack), number, SEED) for number in range(1, most + 1))
    return any(it is not None and problem in it.problem for it in attempts)


@pytest.mark.parametrize(
    "parser",
    [
        pytest.param(it, marks=[pytest.mark.slow] if "screened" in it.name else [], id=it.name)
        for it in inputs.PARSERS
    ],
)
def test_what_was_not_changed_is_read(parser: Parser, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is changed is valid: else no attempt would get further than the first check."""
    for module in (documents, tabular, answers):
        for name, same in {
            "changed_bytes": lambda data, _: data,
            "changed_value": lambda value, _: value,
            "changed_document": lambda value, _: as_json(value),
            "_retyped": lambda _: ("entries.parquet", tabular._parquet()["entries.parquet"]),
        }.items():
            if hasattr(module, name):
                monkeypatch.setattr(module, name, same)
    for number in range(2 if "screened" in parser.name else 5):
        name, data = parser.make(random.Random(number))
        with scratch() as folder:
            parser.read(name, data, folder)


def test_an_attempt_is_the_same_for_the_same_number_and_seed() -> None:
    """So what was found can be made again, in this process or in another."""
    for parser in inputs.PARSERS:
        made = [parser.make(random.Random(f"{seed}")) for seed in (1, 1, 2)]
        assert made[0] == made[1]
        assert made[0] != made[2]


# --- planted faults ----------------------------------------------------------------------------


def test_a_byte_that_nobody_checks_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the digests of the rows, changed contact details would go out."""
    for where in (changing, checking):
        monkeypatch.setattr(where, "is_as_digested", lambda _: True)
    assert finds("flips", "is not seen", 60)


def test_a_referral_that_is_not_looked_at_again_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """If nothing is recalled, those go out who have paid."""
    monkeypatch.setattr(Screening, "objection", lambda *_: None)
    assert finds("overtaken", "it went out though", 20)


def test_a_receipt_that_nobody_checks_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without its digest, a forged receipt would be replayed."""
    monkeypatch.setattr(Receipt, "check", lambda *_: None)
    assert finds("forgeries", "a forged receipt is replayed", 60)


def test_a_link_that_nobody_checks_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the chain of a case, a changed entry would pass for the one that was written."""
    monkeypatch.setattr("huurschuld.storage.checking.chain_faults", lambda *_: ())
    assert finds("cases-log", "it is not found", 60)


def test_a_file_that_does_not_agree_with_itself_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """A torn index hides a case from whoever looks for it, and not from who reads the table."""
    monkeypatch.setattr("huurschuld.storage.checking._is_whole", lambda _: True)
    assert finds("cases-torn", "it verifies", 60)


def test_an_error_of_a_library_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a parser of the standard library raises is no error with a name."""
    monkeypatch.setattr(documents, "parse_case", json.loads)
    assert finds("inputs-cases", "a raw ", 20)


def test_a_name_in_a_log_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the HTTP library may log again what a receiver answers."""
    monkeypatch.setattr("huurschuld.plugins.exchanges._LOGGERS", ())
    for name in ("httpx", "httpcore.connection", "httpcore.http11"):
        monkeypatch.setattr(logging.getLogger(name), "filters", [])
    assert finds("receivers", "a log tells what the receiver answered", 12)


UNMARKED = """
from huurschuld.plugins.meldpunt import drop
from torture import command_line, kills
drop._Attempt.is_marked = lambda _: False
command_line.CODE = drop.__file__  # killed there and nowhere else, so that it is found soon
kills._CHOSEN = ("confirmed",)
"""
FORGETFUL = """
from huurschuld.cases import CaseStore
recorded = CaseStore.record
def record(self, *arguments, **more):  # it acknowledges this event, and does not keep it
    if more["type"] != "matched":
        return recorded(self, *arguments, **more)
CaseStore.record = record
"""
RAW = """
from huurschuld.cases import store
from contextlib import nullcontext
store.translate_errors = lambda _: nullcontext()
"""
LOGGED = """
import logging
from huurschuld.plugins import register
fetched = register.Register.contact_details
def contact_details(self, tenancy):
    details = fetched(self, tenancy)
    logging.getLogger("huurschuld").debug("fetched %s", details.name)
    return details
register.Register.contact_details = contact_details
"""
FINDS = """
from torture.worker import attack_of, attempted
attempts = (attempted(attack_of({attack!r}), number, {seed}) for number in range(1, {most} + 1))
print(next((it.problem for it in attempts if it is not None), "nothing"))
"""


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="commands are forked, and killed")
@pytest.mark.parametrize(
    ("attack", "fault", "problem", "most"),
    [
        pytest.param("kills", UNMARKED, "of 5 referrals 4 came", 40, id="a drop without its marks"),
        pytest.param("cases-kills", FORGETFUL, "an event that was", 20, id="an event that is not kept"),
        pytest.param("cases-disks", RAW, "is not ours", 20, id="a raw error of the database"),
        pytest.param("canaries", LOGGED, f"{CANARY} in the log", 20, id="a name in a log"),
    ],
)
def test_a_fault_of_a_command_is_found(attack: str, fault: str, problem: str, most: int) -> None:
    """In a process of its own: this one may have used polars, which does not survive a fork."""
    ran = subprocess.run(  # noqa: S603 - this interpreter, on what stands above
        [sys.executable, "-c", fault + FINDS.format(attack=attack, seed=SEED, most=most)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        capture_output=True,
        text=True,
        check=True,
    )
    assert problem in ran.stdout


# --- the bench itself --------------------------------------------------------------------------

FAULTY = """
import os, signal, time
from torture.attack import Attack, Finding, making

def hang(number, seed):
    if number == 2:
        while True:
            pass

def die(number, seed):
    if number == 2:
        os.kill(os.getpid(), signal.SIGSEGV)

def grow(number, seed):
    if number == 2:
        bytearray(1_100_000_000)[::4096] = b"x" * 268_555

def lie(number, seed):
    return Finding("it lies", "in detail") if number == 2 else None

def make_wrongly(number, seed):
    with making():
        assert number != 2

ATTACKS = tuple(
    Attack(f"faulty-{it.__name__}", "it is good", it, short=3, seconds=1 if it is hang else 30)
    for it in (hang, die, grow, lie, make_wrongly)
)
"""
BROKEN = """
import sys
from torture.attack import Attack

ATTACKS = (Attack("broken", "it cannot be tried", lambda *_: None),)
if "torture.worker" in sys.orig_argv:
    raise OSError("it is in the worker that this cannot be imported")
"""


@pytest.fixture
def faulty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Attack]:
    """Attacks of which the second attempt goes wrong."""
    (tmp_path / "torture").mkdir()
    (tmp_path / "torture" / "faulty.py").write_text(FAULTY)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "torture.faulty", raising=False)
    monkeypatch.setattr(run, "MODULES", ("faulty",))
    return run._attacks()


@pytest.mark.slow
def test_an_attempt_that_goes_wrong_is_told_and_the_others_go_on(faulty: list[Attack]) -> None:
    """Whether it takes too long or too much, or ends its process: the next one is made."""
    results = run.attacked(faulty, Namespace(short=True, seed=1, processes=2, minutes=0))
    wrongly = results.pop("faulty-make_wrongly")
    assert {name: it.tries for name, it in results.items()} == {it.name: 3 for it in faulty[:-1]}
    assert all(list(it.findings) == [2] for it in results.values())
    problems = [it.findings[2].problem for it in results.values()]
    assert problems == [
        "more than 1 s of the processor",
        "its process ended by itself: -11",
        "more than 1 GB of memory",
        "it lies",
    ]
    assert (wrongly.tries, wrongly.findings, list(wrongly.faults)) == (2, {}, [2])


@pytest.mark.slow
@pytest.mark.usefixtures("faulty")
def test_what_is_found_fails_and_says_how_to_repeat_it(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The exit code is 1, a table counts the attempts, and the details are in a file."""
    kept = tmp_path / "found.jsonl"
    arguments = ["run", "--short", "--seed", "7", "--only", "faulty-lie", "--output", str(kept)]
    monkeypatch.setattr(sys, "argv", arguments)
    assert run.main() == 1
    shown = capsys.readouterr().out
    assert "faulty-lie        3         2  it is good" in shown
    assert "--seed 7 --repeat faulty-lie:2" in shown
    assert json.loads(kept.read_text())["detail"] == "in detail"
    monkeypatch.setattr(sys, "argv", ["run", "--seed", "7", "--repeat", "faulty-lie:2"])
    assert run.main() == 1
    assert "it lies" in capsys.readouterr().out
    monkeypatch.setattr(sys, "argv", ["run", "--seed", "7", "--repeat", "faulty-lie:1"])
    assert run.main() == 0


@pytest.mark.slow
@pytest.mark.usefixtures("faulty")
def test_what_goes_wrong_in_the_bench_is_told_apart(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """It says nothing about the package: it counts neither as tried nor as found; the exit code is 2."""
    kept = tmp_path / "found.jsonl"
    arguments = ["run", "--short", "--only", "faulty-make_wrongly", "--output", str(kept)]
    monkeypatch.setattr(sys, "argv", arguments)
    assert run.main() == 2
    shown = capsys.readouterr().out
    problem = "a fault of the bench itself: AssertionError while an input was made"
    assert "faulty-make_wrongly        2         2  it is good" in shown
    assert f"1 times: {problem}" in shown
    assert json.loads(kept.read_text())["problem"] == problem
    monkeypatch.setattr(sys, "argv", ["run", "--repeat", "faulty-make_wrongly:2"])
    assert run.main() == 2
    assert problem in capsys.readouterr().out


@pytest.mark.slow
def test_a_bench_that_cannot_attack_does_not_pass(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its process breaks before any attempt: that is told, too, and is no success."""
    (tmp_path / "torture").mkdir()
    (tmp_path / "torture" / "broken.py").write_text(BROKEN)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "torture.broken", raising=False)
    monkeypatch.setattr(run, "MODULES", ("broken",))
    monkeypatch.setattr(sys, "argv", ["run", "--short", "--output", str(tmp_path / "found.jsonl")])
    assert run.main() == 2
    assert "a fault of the bench itself: its process broke" in capsys.readouterr().out
    assert "it is in the worker" in (tmp_path / "found.jsonl").read_text()


def test_columns_are_made_of_every_type() -> None:
    """A table whose column has another type is made, whatever was in it, and with or without rows."""
    for number in range(400):
        tabular._retyped(random.Random(number))


def test_the_page_names_every_attack_and_tests_that_are_there() -> None:
    """A promise that is made without an attack, or with a test that is gone, would be a bare one."""
    tests = Path(__file__).parent
    page = (tests.parent / "docs" / "promises.md").read_text(encoding="utf-8")
    for attack in run._attacks():
        assert f"| `{attack.name}` |" in page, attack.name
    named = set(re.findall(r"`(test_\w+)`", page))
    assert named
    assert not {it for it in named if not (tests / f"{it}.py").is_file()}
