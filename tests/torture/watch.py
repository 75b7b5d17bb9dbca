"""`huurschuld watch --once` killed at any moment, and called again: each change stands there once."""

from __future__ import annotations

import functools
import json
import random
import time
from collections import Counter
from pathlib import Path
from typing import Any, Final

import attrs
from referring import AS_OF, days, in_arrears
from tables import as_tables, write_csv
from torture import command_line as cli
from torture.attack import Attack, Finding, chance, scratch

from huurschuld import Payment, Tenancy
from huurschuld.referrals import listing, open_outbox

_LINES: Final = "changes.jsonl"
_PAID: Final = Payment(id="2", booked=AS_OF - days(1), cents=127_000)


def _days() -> list[tuple[str, list[Tenancy]]]:
    """What the ledger holds on some days: they pay, lose their letters, come and go."""
    every = [in_arrears(it) for it in cli.TENANCIES]
    paid = [attrs.evolve(it, entries=(*it.entries, _PAID)) for it in every]
    unwritten = [attrs.evolve(it, contacts=()) for it in every]
    on = [(AS_OF - days(before)).isoformat() for before in (2, 1, 0)]
    return [
        (on[0], [every[0], every[1], unwritten[2], paid[3]]),
        (on[1], [paid[0], every[1], every[2], unwritten[3], every[4]]),
        (on[2], [every[0], unwritten[1], every[2], every[3], paid[4]]),
    ]


@functools.cache
def _ledgers() -> tuple[tuple[str, Path], ...]:
    """The folder of each day; they stay for as long as this process."""
    kept = cli.kept() / "watched"
    kept.mkdir()
    return tuple((day, write_csv(kept / day, as_tables(its))) for day, its in _days())


def _command(number: int, propose: bool) -> tuple[str, ...]:
    """The command of a step, or the one before all."""
    monitor = ("watch", "--monitor", "monitor.sqlite")
    if number < 0:
        return (*monitor, "--begin")
    day, folder = _ledgers()[number]
    how = ("--policy", "bgs-2021", "--as-of", day, "--output", _LINES)
    return (*monitor, "--once", str(folder), *how, *(["--propose"] if propose else []))


@functools.cache
def _undisturbed(propose: bool) -> tuple[list[Any], dict[str, list[str]]]:
    """What is left where nothing is killed."""
    with scratch() as folder:
        cli.at_stage(folder, "begun")
        for number in range(-1, len(_ledgers())):
            if number == 0 and not propose:  # what it imports once, each process after it has
                with scratch() as other:
                    cli.at_stage(other, "begun")
                    cli.run(other, *_command(-1, propose))
                    cli.import_used(other, *_command(0, propose))
            found = cli.run(folder, *_command(number, propose))
            assert found.code in {0, 1}, found.told
        return _lines(folder), _proposed(folder)


@functools.cache
def _length(number: int, propose: bool) -> tuple[int, float]:
    """How many lines of the package a step runs, and how many seconds it takes."""
    with scratch() as folder:
        cli.at_stage(folder, "begun")
        for before in range(-1, number):
            cli.run(folder, *_command(before, propose))
        began = time.monotonic()
        lines = cli.lines_of(folder, *_command(number, propose))
        return lines, time.monotonic() - began


def _lines(folder: Path) -> list[Any]:
    """The lines, but for what tells one monitor, or one call, from another."""
    path = folder / _LINES
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    found = [json.loads(it) for it in text.splitlines()]
    return [{name: it[name] for name in it if name not in ("monitor", "step")} for it in found]


def _proposed(folder: Path) -> dict[str, list[str]]:
    """The states of the referrals of each tenancy, in the order in which they came."""
    with open_outbox(folder / "outbox.sqlite") as outbox:
        found: dict[str, list[str]] = {}
        for it in listing(outbox):
            found.setdefault(str(it.tenancy), []).append(str(it.state))
    return found


def kill(number: int, seed: int) -> Finding | None:
    """Kill some of the steps, at times several times, and call each again until it ends by itself."""
    rng = chance("watch-kills", number, seed)
    propose = rng.random() < 0.5
    expected, states = _undisturbed(propose)
    killed = rng.sample(range(-1, len(_ledgers())), rng.choice((1, 2, 4)))
    with scratch() as folder:
        cli.at_stage(folder, "begun")
        for step in range(-1, len(_ledgers())):
            for _ in range(rng.choice((1, 2, 3)) if step in killed else 0):
                ended = _killed(folder, step, propose, rng)
                fault = ended.fault() if ended.code >= 0 else None
                if fault or (fault := _doubled_or_lost(folder)):
                    return Finding(f"step {step}, killed: {fault}", ended.told)
            ended = cli.run(folder, *_command(step, propose))
            exists = step < 0 and "already" in ended.errors
            if (fault := ended.fault()) or (ended.code == 2 and not exists):
                return Finding(f"step {step}, called again: {fault or 'it is refused'}", ended.told)
        found = _lines(folder)
        if found != expected:
            return Finding(_difference(found, expected), json.dumps(found, indent=1))
        if _proposed(folder) != states:
            return Finding("another outbox than without a kill", str(_proposed(folder)))
    return None


def _killed(folder: Path, step: int, propose: bool, rng: random.Random) -> cli.Ended:
    """Kill a command before a line, or after some time."""
    lines, seconds = _length(step, propose)
    command = _command(step, propose)
    if rng.random() < 0.7:
        return cli.killed_at(folder, rng.randint(1, lines), *command)
    return cli.killed_after(folder, rng.random() * seconds, *command)


def _doubled_or_lost(folder: Path) -> str | None:
    """What is wrong with the lines that a killed step has left; the last one may be cut off."""
    path = folder / _LINES
    whole = path.read_text(encoding="utf-8").split("\n")[:-1] if path.exists() else []
    numbers = Counter(json.loads(it)["number"] for it in whole)
    if max(numbers.values(), default=0) > 1:
        return "a change is doubled"
    return None if list(numbers) == list(range(1, len(numbers) + 1)) else "a change is lost"


def _difference(found: list[Any], expected: list[Any]) -> str:
    if len(found) != len(expected):
        return f"of {len(expected)} changes {len(found)} were emitted"
    return "other changes than without a kill"


ATTACKS: Final = (
    Attack(
        "watch-kills",
        "watching that was killed goes on: each change is emitted once, none is lost",
        kill,
        weight=12,
        short=6,
    ),
)
