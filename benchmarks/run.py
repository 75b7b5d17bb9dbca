"""All benchmarks, on one core but for parts 7 and 12: `python benchmarks/run.py [--date YYYY-MM-DD]`.

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
from tempfile import TemporaryDirectory
from typing import Final

sys.path.append(str(Path(__file__).resolve().parents[1]))

from benchmarks import columnar, decide, engines, imports, memory, portfolio, rules, scale
from benchmarks.measure import Comparison

PACKAGES: Final = (
    "huurschuld",
    "attrs",
    "pluggy",
    "narwhals",
    "polars",
    "pyarrow",
    "duckdb",
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
    columnar.with_options(parser, "columnar-")
    options = parser.parse_args()
    date: str | None = options.date
    cores = _cores()
    core = None if cores is None else max(cores)
    if core is not None:
        _stay_on({core})
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
    if cores is not None:
        _stay_on(cores)  # whole portfolios are screened on all that there are
    with TemporaryDirectory() as temporary:
        data = options.data or Path(temporary)
        document["columnar"] = [*columnar.all_of(options.columnar_tenancies, data)]
        document["scale"] = [*scale.all_of(data, options.columnar_tenancies)]
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


def _cores() -> set[int] | None:
    """The cores that this process may use, where the system tells."""
    return os.sched_getaffinity(0) if sys.platform == "linux" else None


def _stay_on(cores: set[int]) -> None:
    """Stay on these cores, with all processes that are started from now on."""
    if sys.platform == "linux":
        os.sched_setaffinity(0, cores)


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
