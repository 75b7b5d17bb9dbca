"""The memory of one process in which one contender goes on deciding.

    python benchmarks/memory.py
    python benchmarks/memory.py --contender clipspy --evaluations 20000

Without options these are 200,000 decisions of the durable engine, by `decide()`. Before them a tenth as
many, but no fewer than two passes over all households, are to warm up: code is loaded, caches fill, the
allocator takes what it keeps. What the resident memory grows by after that is what going on costs.
`make bench` starts this once for each contender, so that none stands in the memory of another.
It reads Linux's own figures, and is left out elsewhere.
"""

from __future__ import annotations

import argparse
import gc
import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

from attrs import asdict, frozen

sys.path.append(str(Path(__file__).resolve().parents[1]))

from benchmarks.contenders import CONTENDERS, LeftOut, checked
from benchmarks.decide import AS_OF, POLICY
from benchmarks.households import HOUSEHOLDS, known, partly_known
from benchmarks.tenancies import tenancies
from huurschuld import decide, policy_for

EVALUATIONS: Final = 20_000
DECISIONS: Final = 200_000
DECIDE: Final = "decide(engine='durable')"

_STATUS: Final = Path("/proc/self/status")


@frozen
class Memory:
    """What a contender took, in bytes.

    Attributes:
        contender: who.
        evaluations: how many it did after warming up.
        warm: the resident memory after warming up.
        grown: by how much it grew after that.
        peak: the most that the process ever had.
    """

    contender: str
    evaluations: int
    warm: int
    grown: int
    peak: int

    def line(self) -> str:
        """The figures as a line of text."""
        return (
            f"  {self.contender:<40}  {self.warm / 2**20:8.1f} MiB  {self.grown / 2**10:+9,.0f} KiB"
            f"  {self.grown / self.evaluations:+8.2f} B  {self.peak / 2**20:8.1f} MiB"
        )


HEADING: Final = f"  {'':<40}  {'warm':>12}  {'grown':>13}  {'each':>10}  {'peak':>12}"


def measured(contender: str, evaluations: int) -> Memory:
    """The memory of this process, with one contender in it.

    Raises:
        LeftOut: it cannot take part, or the system does not tell, with the reason.
    """
    if not _STATUS.is_file():
        raise LeftOut("the memory of a process is read from /proc, which is not there")
    run = _run(contender)
    for _ in range(max(2, evaluations // 10 // HOUSEHOLDS)):
        run()
    gc.collect()
    warm = _bytes("VmRSS")
    passes = -(-evaluations // HOUSEHOLDS)
    for _ in range(passes):
        run()
    gc.collect()
    return Memory(contender, passes * HOUSEHOLDS, warm, _bytes("VmRSS") - warm, _bytes("VmHWM"))


def _run(contender: str) -> Callable[[], None]:
    """One pass of a contender over all households; over those with something unknown if it can."""
    policy = policy_for(POLICY, AS_OF)
    if contender == DECIDE:
        given = tenancies(HOUSEHOLDS, AS_OF)

        def run() -> None:
            for tenancy in given:
                decide(tenancy, policy, AS_OF, engine="durable")

        return run
    chosen = next(it for it in CONTENDERS if it.name == contender)
    households = partly_known(policy, AS_OF) if chosen.three_valued else known(policy, AS_OF)
    found = checked(chosen, policy, AS_OF, households)
    if found is None:
        raise LeftOut(f"its rules are not written out for {POLICY}")
    return found


def _bytes(name: str) -> int:
    """A figure of this process from Linux, in bytes."""
    found = re.search(rf"^{name}:\s+(\d+) kB$", _STATUS.read_text(encoding="utf-8"), re.MULTILINE)
    if found is None:
        raise LeftOut(f"the system does not tell {name}")
    return int(found[1]) * 1024


def each() -> Iterator[tuple[str, dict[str, Any]]]:
    """Each contender in a process of its own: a line of text, and the figures as a JSON object."""
    for contender in CONTENDERS:
        command = [sys.executable, __file__, "--json", "--contender", contender.name]
        command += ["--evaluations", str(EVALUATIONS)]
        told = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
        document: dict[str, Any] = json.loads(told)
        if "left_out" in document:
            yield f"  {contender.name}: left out: {document['left_out']}", document
        else:
            yield Memory(**document).line(), document


def main() -> None:
    """Measure one contender in this process, and print."""
    parser = argparse.ArgumentParser(description="Measure the memory of one contender.")
    names = [DECIDE, *(it.name for it in CONTENDERS)]
    parser.add_argument(
        "--contender", choices=names, default=DECIDE, metavar="NAME", help=", ".join(names)
    )
    parser.add_argument(
        "--evaluations", type=int, default=DECISIONS, metavar="N", help="after warming up"
    )
    parser.add_argument("--json", action="store_true", help="print a JSON object")
    options = parser.parse_args()
    document: dict[str, Any]
    try:
        memory = measured(options.contender, options.evaluations)
    except LeftOut as reason:
        document = {"contender": options.contender, "left_out": str(reason)}
        text = f"{options.contender}: left out: {reason}"
    else:
        document = asdict(memory)
        text = f"{HEADING}\n{memory.line()}\n  over {memory.evaluations:,} evaluations after warming up"
    print(json.dumps(document) if options.json else text)


if __name__ == "__main__":
    main()
