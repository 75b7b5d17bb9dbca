"""Attacks of every kind on the package, for as long as there is time: `make torture`.

Each attempt has a number, and is the same for the same number and seed: `--repeat ATTACK:NUMBER` makes
it again. What is found is printed, and kept with its details in a file; then the exit code is 1. What
goes wrong in the bench itself is told apart; if nothing else is found, the exit code is 2.
"""

from __future__ import annotations

import argparse
import fnmatch
import json
import os
import queue
import select
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

from attrs import define, field, frozen
from torture.attack import (
    FOLDER,
    SEED,
    Attack,
    BenchFault,
    Finding,
    processor_seconds,
    resident,
    scratch,
)
from torture.worker import MEMORY, attack_of, attacks_of, attempted

MODULES: Final = (
    *("kills", "disks", "flips", "forgeries", "overtaken", "inputs", "canaries", "plugins", "receivers"),
    *("cases", "watch"),
)
ROOT: Final = Path(__file__).resolve().parents[2]
FOUND: Final = ROOT / "build" / "torture.jsonl"
PATIENCE: Final = 20
"""How many times as long as it may use the processor an attempt may take on a machine that is busy."""
_MOST: Final = 10**9
_SHOWN: Final = 5


@frozen
class Job:
    """Some attempts of one attack: every STEP-th from the first one, for some seconds or to the last."""

    attack: Attack
    first: int
    step: int
    seconds: float | None
    last: int = _MOST


@define
class Result:
    """What came of the attempts of one attack.

    Attributes:
        tries: how many attempts were made; not those in which the bench itself went wrong.
        findings: what was found, by the number of the attempt.
        faults: what went wrong in the bench itself.
    """

    tries: int = 0
    findings: dict[int, Finding] = field(factory=dict)
    faults: dict[int, Finding] = field(factory=dict)

    def add(self, number: int, found: Finding | None) -> bool:
        """Add what came of an attempt; whether it is something to tell, of which little was told."""
        self.tries += found is None or not found.of_bench
        if found is None:
            return False
        alike = self.faults if found.of_bench else self.findings
        alike[number] = found
        return sum(it.problem == found.problem for it in alike.values()) <= _SHOWN


def told(found: Finding) -> str:
    """What happened, and whose fault it is, in a line."""
    return f"a fault of the bench itself: {found.problem}" if found.of_bench else found.problem


def main() -> int:
    """Attack, and report; 1 if anything is found, else 2 if the bench itself went wrong."""
    given = _arguments()
    if given.repeat:
        return _repeat(given.repeat, given.seed)
    chosen = [it for it in _attacks() if fnmatch.fnmatch(it.name, given.only)]
    if not chosen:
        raise SystemExit(f"there is no attack {given.only}; there are: {_names()}")
    print(f"seed {given.seed}; attacks: {' '.join(it.name for it in chosen)}", flush=True)
    began = time.monotonic()
    results = attacked(chosen, given)
    print(_report(chosen, results, given, time.monotonic() - began), end="")
    _keep(Path(given.output), results, given.seed)
    if any(it.findings for it in results.values()):
        return 1
    return 2 if any(it.faults for it in results.values()) else 0


def _arguments() -> Any:
    about = (__doc__ or "").partition("\n")[0]
    parser = argparse.ArgumentParser(prog="make torture", description=about)
    parser.add_argument("--minutes", type=float, default=5, metavar="N", help="5 by default")
    parser.add_argument("--short", action="store_true", help="a few attempts of each instead")
    parser.add_argument("--seed", type=int, default=SEED, metavar="N", help=f"{SEED} by default")
    parser.add_argument("--only", default="*", metavar="ATTACKS", help="these alone: 'inputs-*'")
    parser.add_argument("--repeat", metavar="ATTACK:NUMBER", help="make one attempt again")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 2, help="at once")
    parser.add_argument("--output", default=str(FOUND), help="a file for what is found")
    return parser.parse_args()


def _attacks() -> list[Attack]:
    return [it for module in MODULES for it in attacks_of(module)]


def _names() -> str:
    return ", ".join(it.name for it in _attacks())


def _repeat(which: str, seed: int) -> int:
    name, _, number = which.partition(":")
    if name not in {it.name for it in _attacks()} or not number.isdecimal():
        raise SystemExit(f"write ATTACK:NUMBER, with one of: {_names()}")
    found = attempted(attack_of(name), int(number), seed)
    print("survived" if found is None else f"{told(found)}\n{found.detail}")
    return 0 if found is None else 1 + found.of_bench


# --- running -----------------------------------------------------------------------------------


def attacked(chosen: Iterable[Attack], given: Any) -> dict[str, Result]:
    """Make attempts of all these attacks, in some processes at once."""
    results = {it.name: Result() for it in chosen}
    jobs: queue.SimpleQueue[Job] = queue.SimpleQueue()
    for job in _jobs(list(chosen), given):
        jobs.put(job)

    def work() -> None:
        while True:
            try:
                job = jobs.get_nowait()
            except queue.Empty:
                return
            for number, found in _until_broken(Supervisor(job, given.seed)):
                if results[job.attack.name].add(number, found) and found is not None:
                    print(f"{job.attack.name}:{number}: {told(found)}", flush=True)

    threads = [threading.Thread(target=work) for _ in range(given.processes)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def _until_broken(supervisor: Supervisor) -> Iterator[tuple[int, Finding | None]]:
    """Its attempts, and at the end of them what broke its process outside of every attempt."""
    try:
        yield from supervisor.attempts()
    except BenchFault as error:
        yield 0, Finding("its process broke outside of every attempt", str(error), of_bench=True)


def _jobs(chosen: list[Attack], given: Any) -> Iterator[Job]:
    """The longest first, so that all processes end at about the same time."""
    if given.short:
        yield from (Job(it, 1, 1, None, it.short) for it in chosen)
        return
    time_of_all = given.minutes * 60 / sum(it.weight for it in chosen)
    for it in sorted(chosen, key=lambda attack: -attack.weight):
        for first in range(1, given.processes + 1):
            yield Job(it, first, given.processes, time_of_all * it.weight)


class Supervisor:
    """Runs a job in a process of its own, which is ended if an attempt takes too long or too much."""

    def __init__(self, job: Job, seed: int) -> None:
        self._job = job
        self._seed = seed
        self._until = time.monotonic() + (job.seconds or float("inf"))
        self._is_amid = False  # whether a process ended amid an attempt

    def attempts(self) -> Iterator[tuple[int, Finding | None]]:
        """Yield the number of each attempt that was made, and what was found."""
        following = self._job.first
        while following <= self._job.last and time.monotonic() < self._until:
            for number, found in self._process(following):
                following = number + self._job.step
                yield number, found

    def _process(self, first: int) -> Iterator[tuple[int, Finding | None]]:
        self._is_amid = False
        reading, writing = os.pipe()
        numbers = (self._seed, first, self._job.step, self._job.last, writing)
        with (
            scratch() as folder,  # it is removed even if the process is ended
            tempfile.TemporaryFile() as output,
            os.fdopen(reading, "rb") as pipe,
        ):
            process = subprocess.Popen(  # noqa: S603 - our own program
                [sys.executable, "-m", "torture.worker", self._job.attack.name, *map(str, numbers)],
                stdin=subprocess.DEVNULL,
                env={
                    **os.environ,
                    "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
                    FOLDER: str(folder),
                },
                stdout=output,
                stderr=output,
                pass_fds=[writing],
                start_new_session=True,
            )
            os.close(writing)
            try:
                yield from self._watched(process, pipe.fileno())
            finally:
                _end(process)
            if process.returncode > 0 and not self._is_amid:
                output.seek(0)
                raise BenchFault(output.read().decode(errors="replace"))

    def _watched(
        self, process: subprocess.Popen[bytes], pipe: int
    ) -> Iterator[tuple[int, Finding | None]]:
        rest, current, began, used = b"", None, 0.0, 0.0
        while True:
            if select.select([pipe], [], [], 0.5)[0]:
                more = os.read(pipe, 65536)
                if not more:
                    break
                *lines, rest = (rest + more).split(b"\n")
                for line in lines:
                    message = json.loads(line)
                    if "begin" in message:
                        current, began = message["begin"], time.monotonic()
                        used = processor_seconds(process.pid)
                        continue
                    found, current = message["found"], None
                    yield message["end"], None if found is None else Finding(*found)
                    if time.monotonic() > self._until:
                        return
                continue
            if current is None:
                continue
            why = self._too_much(process.pid, began, used)
            if why is not None:
                yield current, Finding(why)
                return
        self._is_amid = current is not None
        if current is not None:
            process.wait()
            yield current, Finding(f"its process ended by itself: {process.returncode}")

    def _too_much(self, pid: int, began: float, used: float) -> str | None:
        limit = self._job.attack.seconds
        if processor_seconds(pid) - used > limit:
            return f"more than {limit:g} s of the processor"
        if time.monotonic() - began > limit * PATIENCE:
            return f"no end within {limit * PATIENCE:g} s"
        if resident("VmRSS", pid) > MEMORY:
            return f"more than {MEMORY / 1e9:g} GB of memory"
        return None


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a process that is still at work, with all that it has started."""
    try:
        process.wait(timeout=0.5)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


# --- the report --------------------------------------------------------------------------------


def _report(chosen: list[Attack], results: dict[str, Result], given: Any, seconds: float) -> str:
    width = max(len(it.name) for it in chosen)
    lines = [f"\n{'attack':{width}}  {'tries':>7}  {'survived':>8}  promise"]
    for it in chosen:
        result = results[it.name]
        survived = result.tries - len(result.findings)
        lines.append(f"{it.name:{width}}  {result.tries:7,}  {survived:8,}  {it.promise}")
    tries = sum(it.tries for it in results.values())
    lines.append(f"\n{tries:,} tries in {seconds / 60:.1f} minutes, seed {given.seed}")
    for name, result in results.items():
        found = {**result.findings, **result.faults}
        alike = Counter(told(it) for it in found.values())
        for problem, count in alike.most_common(_SHOWN):
            number = next(key for key, it in found.items() if told(it) == problem)
            lines.append(f"{name}: {count} times: {problem}")
            lines.append(f"  again: make torture TORTURE='--seed {given.seed} --repeat {name}:{number}'")
    return "\n".join(lines) + "\n"


def _keep(path: Path, results: dict[str, Result], seed: int) -> None:
    """Write what was found, one on each line."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8") as file:
        for name, result in results.items():
            for number, it in sorted({**result.findings, **result.faults}.items()):
                line = {"attack": name, "number": number, "seed": seed}
                line |= {"problem": told(it), "detail": it.detail}
                file.write(json.dumps(line) + "\n")


if __name__ == "__main__":
    sys.exit(main())
