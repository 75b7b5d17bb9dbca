"""All benchmarks, in one process on one core: `python benchmarks/run.py [--date YYYY-MM-DD]`.

Prints tables, and writes `results.json` beside this file. README.md says what is measured and how to
read it.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
from collections.abc import Callable, Iterable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final

sys.path.append(str(Path(__file__).resolve().parents[1]))

from benchmarks import decide, engines, imports, memory, portfolio, rules
from benchmarks.measure import Comparison

PACKAGES: Final = (
    "huurschuld",
    "attrs",
    "pluggy",
    "polars",
    "durable-rules",
    "rule-engine",
    "business-rules",
    "clipspy",
    "zen-engine",
)
RESULTS: Final = Path(__file__).resolve().with_name("results.json")


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description="Measure huurschuld; benchmarks/README.md tells more.")
    parser.add_argument("--date", metavar="YYYY-MM-DD", help="the date to keep with the results")
    date: str | None = parser.parse_args().date
    core = _stay_on_one_core()
    machine = {
        "cpu": _cpu(),
        "cores": os.cpu_count(),
        "pinned_to_core": core,
        "system": f"{platform.system()} {platform.machine()}",
    }
    versions = {"python": platform.python_version(), **{name: _version(name) for name in PACKAGES}}
    print(", ".join(f"{name} {number}" for name, number in versions.items()))
    print(", ".join(f"{name}: {value}" for name, value in machine.items()), end="\n\n")
    document: dict[str, object] = {} if date is None else {"date": date}
    document |= {"versions": versions, "machine": machine, "comparisons": [*_measured()]}
    document["memory"] = [*_memory()]
    RESULTS.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"All figures are in benchmarks/{RESULTS.name}.")


def _measured() -> Iterable[dict[str, object]]:
    """Each comparison, printed as soon as it is there."""
    parts: tuple[Callable[[], Iterable[Comparison]], ...] = (
        lambda: [decide.measure()],
        rules.measure,
        lambda: [imports.measure()],
        lambda: [portfolio.measure()],
        engines.measure,
    )
    for part in parts:
        for comparison in part():
            print(comparison.table(), end="\n\n", flush=True)
            yield comparison.document()


def _memory() -> Iterable[dict[str, object]]:
    """What each contender of the last comparison takes in a process of its own, printed as it comes."""
    print(f"6. Memory, {memory.EVALUATIONS:,} evaluations after warming up, {decide.POLICY}")
    print(memory.HEADING)
    for line, document in memory.each():
        print(line, flush=True)
        yield document
    print()


def _version(name: str) -> str:
    """The version of a package; a contender that is absent is left out."""
    try:
        return version(name)
    except PackageNotFoundError:
        return "absent"


def _stay_on_one_core() -> int | None:
    """Stay on one core with all processes that are started, where the system can; which core it is."""
    if sys.platform != "linux":
        return None
    core = max(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {core})
    return core


def _cpu() -> str:
    """The model of the processor."""
    described = Path("/proc/cpuinfo")
    if described.is_file():
        for line in described.read_text(encoding="utf-8").splitlines():
            name, _, value = line.partition(":")
            if name.strip() == "model name":
                return value.strip()
    return platform.processor()


if __name__ == "__main__":
    main()
