"""This source beside another one of an earlier day, such as a second worktree: was it faster before?

    git worktree add build/before COMMIT
    .venv/bin/python benchmarks/before.py build/before

Each has a process of its own, and they take turns. Both must give the same decisions, to the byte. What
counts is the time of the processor: that of the clock means little on a busy machine.
"""

from __future__ import annotations

import argparse
import gc
import hashlib
import os
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from time import process_time
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from huurschuld import Decision

_ROOT: Final = Path(__file__).resolve().parents[1]
sys.path.append(str(_ROOT))

_KEY: Final = b"a key for benchmarks only"
_SERVE: Final = "--serve"
SAMPLE: Final = 1_000
ROUNDS: Final = 31


def contenders() -> dict[str, Callable[[], Iterable[Decision]]]:
    """What is timed, by name; each gives decisions."""
    from attrs import evolve  # noqa: PLC0415

    from benchmarks.decide import AS_OF, POLICY, TENANCIES  # noqa: PLC0415 - the timed one is imported here
    from benchmarks.tenancies import tenancies  # noqa: PLC0415
    from huurschuld import (  # noqa: PLC0415
        Tenancy,
        decide,
        decide_many,
        load_plugins,
        open_ledger,
        policy_for,
        read_portfolio,
    )
    from huurschuld.testing.sample import SAMPLE_DAY, write_sample  # noqa: PLC0415

    households = tenancies(TENANCIES, AS_OF)
    policy = policy_for(POLICY, AS_OF)
    with TemporaryDirectory() as scratch:
        folder = Path(scratch, "sample")
        write_sample(folder, SAMPLE, 2012)
        ledger = open_ledger(load_plugins(), "portfolio", folder=str(folder))
        portfolio: list[Tenancy] = [*read_portfolio(ledger)]
    return {
        "households, reference engine": lambda: [
            decide(it, policy, AS_OF, engine="reference") for it in households
        ],
        "households, every engine": lambda: [decide(it, policy, AS_OF) for it in households],
        "households, with a key": lambda: [
            decide(it, policy, AS_OF, engine="reference", key=_KEY) for it in households
        ],
        "households, made and decided": lambda: [
            decide(evolve(it), policy, AS_OF, engine="reference") for it in households
        ],
        "households, decide_many": lambda: [*decide_many(households, policy, AS_OF, engine="reference")],
        "a sample, reference engine": lambda: [
            *decide_many(portfolio, policy, SAMPLE_DAY, engine="reference")
        ],
        "a sample, every engine": lambda: [*decide_many(portfolio, policy, SAMPLE_DAY)],
        "a sample, with a key": lambda: [
            *decide_many(portfolio, policy, SAMPLE_DAY, engine="reference", key=_KEY)
        ],
    }


def serve() -> None:
    """Run a contender for each line with its name; answer with the seconds, and first also a hash."""
    named = contenders()
    checked = set()
    print("\n".join(named), end="\n\n", flush=True)
    for line in sys.stdin:
        run = named[line.strip()]
        gc.collect()
        start = process_time()
        decisions = [*run()]
        seconds = process_time() - start
        digest = "checked"
        if run not in checked:
            checked.add(run)
            written = "\n".join(it.to_json() for it in decisions)
            digest = hashlib.sha256(written.encode()).hexdigest()
        print(seconds, digest, flush=True)
        del decisions


class _Served:
    """A process that runs what is asked of it with the source of one folder."""

    def __init__(self, source: Path) -> None:
        path = os.pathsep.join([str(source / "src"), str(_ROOT)])
        self._process = subprocess.Popen(
            [sys.executable, __file__, _SERVE],
            env={**os.environ, "PYTHONPATH": path},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.names = [*iter(self._read, "")]

    def _read(self) -> str:
        assert self._process.stdout is not None  # noqa: S101 - it is a pipe
        return self._process.stdout.readline().strip()

    def run(self, name: str) -> tuple[float, str]:
        """Return how long a contender took, and a hash of what it gave."""
        assert self._process.stdin is not None  # noqa: S101 - it is a pipe
        self._process.stdin.write(f"{name}\n")
        self._process.stdin.flush()
        seconds, digest = self._read().split()
        return float(seconds), digest

    def end(self) -> None:
        """End the process."""
        self._process.communicate()


def main() -> None:
    """Measure both in turns, and print how many times as long it took before."""
    parser = argparse.ArgumentParser(description="Compare this source with that of another folder.")
    parser.add_argument("before", type=Path, help="the folder of the other source")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--only", default="", help="what the names of contenders contain")
    options = parser.parse_args()
    now, before = _Served(_ROOT), _Served(options.before)
    print(f"{'':32}{'before':>10}{'now':>10}  before / now (middle half)")
    for name in (it for it in now.names if options.only in it):
        pairs = []
        for number in range(options.rounds + 1):
            (mine, here), (its, there) = now.run(name), before.run(name)
            if here != there:
                raise RuntimeError(f"{name}: the two decide differently")
            if number:  # one round first is not counted
                pairs.append((its, mine))
        ratios = [its / mine for its, mine in pairs]
        lower, _, upper = quantiles(ratios, n=4)
        was, is_now = (min(each) * 1e3 for each in zip(*pairs, strict=True))
        print(
            f"{name:32}{was:7.2f} ms{is_now:7.2f} ms  {median(ratios):.2f} ({lower:.2f} - {upper:.2f})",
            flush=True,
        )
    now.end()
    before.end()


if __name__ == "__main__":
    if sys.argv[1:] == [_SERVE]:
        serve()
    else:
        main()
