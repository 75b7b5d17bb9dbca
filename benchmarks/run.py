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
from importlib.metadata import version
from pathlib import Path
from typing import Final

sys.path.append(str(Path(__file__).resolve().parents[1]))

from benchmarks import decide, imports, portfolio, rules
from benchmarks.measure import Comparison

PACKAGES: Final = ("huurschuld", "attrs", "pluggy", "rule-engine", "polars")
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
    versions = {"python": platform.python_version(), **{name: version(name) for name in PACKAGES}}
    print(", ".join(f"{name} {number}" for name, number in versions.items()))
    print(", ".join(f"{name}: {value}" for name, value in machine.items()), end="\n\n")
    document: dict[str, object] = {} if date is None else {"date": date}
    document |= {"versions": versions, "machine": machine, "comparisons": [*_measured()]}
    RESULTS.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"All figures are in benchmarks/{RESULTS.name}.")


def _measured() -> Iterable[dict[str, object]]:
    """Each comparison, printed as soon as it is there."""
    parts: tuple[Callable[[], Iterable[Comparison]], ...] = (
        lambda: [decide.measure()],
        rules.measure,
        lambda: [imports.measure()],
        lambda: [portfolio.measure()],
    )
    for part in parts:
        for comparison in part():
            print(comparison.table(), end="\n\n", flush=True)
            yield comparison.document()


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
