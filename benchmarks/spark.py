"""A portfolio in Spark beside the same in polars: processor time of all processes, jobs and stages.

    python benchmarks/spark.py
    python benchmarks/spark.py --tenancies 2300000 --heap 4g --data build/country

Both answers are held against each other. It needs the extra `spark`, Java, and a system with `/proc`.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any, Final

import polars as pl
from pyspark.sql import SparkSession

sys.path.append(str(Path(__file__).resolve().parents[1]))

from benchmarks.country import AS_OF, write_country
from huurschuld import screen

POLICY: Final = "katwijk-2021"
_TICKS: Final = os.sysconf("SC_CLK_TCK")


def worked() -> float:
    """For how many seconds the cores worked for this process and all below it that are alive."""
    parents: dict[int, int] = {}
    ticks: dict[int, int] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue  # it has ended meanwhile
        parents[int(stat.parent.name)] = int(fields[1])
        ticks[int(stat.parent.name)] = sum(map(int, fields[11:15]))
    ours = {os.getpid()}
    while below := {it for it, parent in parents.items() if parent in ours} - ours:
        ours |= below
    return sum(ticks[it] for it in ours if it in ticks) / _TICKS


def timed(act: Callable[[], pl.DataFrame]) -> tuple[pl.DataFrame, float, float]:
    """What it gives, in the order of the tenancies; the seconds by the clock, and of the cores."""
    start, before = perf_counter(), worked()
    found = act()
    taken = perf_counter() - start, worked() - before
    return found.sort("tenancy"), *taken


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Measure a portfolio in Spark.")
    parser.add_argument("--tenancies", type=int, default=100_000, metavar="N")
    parser.add_argument("--heap", default="1g", metavar="SIZE", help="of the driver, in which it works")
    parser.add_argument("--data", type=Path, metavar="FOLDER", help="a country that is there")
    options = parser.parse_args()
    with TemporaryDirectory() as made:
        folder = options.data or Path(made) / "country"
        if options.data is None:
            write_country(folder, options.tenancies)
        compare({it.stem: it for it in sorted(folder.glob("*.parquet"))}, options.heap)


def compare(files: dict[str, Path], heap: str) -> None:
    """Screen the same files in Spark, twice, and in polars."""
    builder = SparkSession.builder.master("local[2]").config("spark.driver.memory", heap)
    session = builder.config("spark.ui.enabled", "false").getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    tables: dict[str, Any] = {name: session.read.parquet(it.as_uri()) for name, it in files.items()}
    lazy = {name: pl.scan_parquet(it) for name, it in files.items()}
    base, clock, cores = timed(lambda: screen(lazy, POLICY, AS_OF, facts=True).collect())
    print(f"polars: {base.height:,} tenancies, {clock:.1f} s by the clock, {cores:.1f} s of the cores")
    for run in ("first", "second"):
        session.sparkContext.setJobGroup(run, run)
        found, clock, its = timed(
            lambda: pl.DataFrame(screen(tables, POLICY, AS_OF, facts=True).toArrow())
        )
        jobs = len(session.sparkContext.statusTracker().getJobIdsForGroup(run))
        print(
            f"Spark, {run} run: {clock:.1f} s by the clock, {its:.1f} s of the cores "
            f"({its / cores:.1f} times), {jobs} jobs, the same answers: {found.equals(base)}"
        )


if __name__ == "__main__":
    main()
