"""A history beside one day: 24 month-ends of an invented country, and its last one alone.

    python benchmarks/history.py
    python benchmarks/history.py --tenancies 100000 --data build/country

Every run is a process of its own, on all cores, and all take turns. What counts on a busy machine is how
long the cores worked, added up. With `--run` it is one such run, told as a line of JSON.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import subprocess
import sys
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter, process_time
from typing import Any, Final

sys.path.append(str(Path(__file__).resolve().parents[1]))

import polars as pl

from benchmarks.columnar_runs import POLICY, peak
from benchmarks.country import write_country
from huurschuld.portfolio.columnar.screening import Screening
from huurschuld.portfolio.schema import TABLES

TENANCIES: Final = (20_000, 100_000)
ROUNDS: Final = 3
MONTH_ENDS: Final = [
    dt.date(2024 + month // 12, month % 12 + 1, 1) - dt.timedelta(days=1) for month in range(11, 35)
]
"""Those of the two years for which there are entries."""

RUNS: Final = {
    "one": (1, False),
    "history": (24, False),
    "one, checked": (1, True),
    "history, checked": (24, True),
}
"""How many of the last days, and whether the rows are checked."""


def run(folder: Path, name: str) -> dict[str, object]:
    """Time one run, from the files to all decisions."""
    days, checked = RUNS[name]
    start, worked = perf_counter(), process_time()
    tables = {path.stem: pl.scan_parquet(path) for path in sorted(folder.glob("*.parquet"))}
    found = Screening.of(tables, POLICY, MONTH_ENDS[-days:], known=() if checked else TABLES)
    if checked and next(found.faults(1), None) is not None:
        raise RuntimeError("this country has a fault")
    rows = len(found.native(found.result(facts=False)).collect())
    return {
        "seconds": perf_counter() - start,
        "cpu_seconds": process_time() - worked,
        "peak_bytes": peak(),
        "rows": rows,
    }


def measure(folder: Path, tenancies: int, rounds: int) -> dict[str, Any]:
    """What each run takes on a country of so many, and how many times one day a history takes."""
    country = folder / f"n{tenancies}"
    if not country.is_dir():
        write_country(country, tenancies)
    told: dict[str, list[dict[str, Any]]] = {name: [] for name in RUNS}
    for _ in range(rounds):
        for name, its in told.items():
            command = [sys.executable, __file__, "--run", str(country), name]
            its.append(json.loads(subprocess.run(command, check=True, capture_output=True).stdout))
    print(f"{tenancies:,} tenancies{'cores':>24}{'clock':>10}{'peak':>12}{'rows':>12}")
    middle = {
        name: {key: median(each[key] for each in its) for key in its[0]} for name, its in told.items()
    }
    for name, it in middle.items():
        line = f"  {name:<28}{it['cpu_seconds']:>8.2f} s{it['seconds']:>8.2f} s"
        print(f"{line}{it['peak_bytes'] / 2**20:>8,.0f} MiB{it['rows']:>12,.0f}")
    ratios = {
        kind: middle[f"history{kind}"]["cpu_seconds"] / middle[f"one{kind}"]["cpu_seconds"]
        for kind in ("", ", checked")
    }
    for kind, ratio in ratios.items():
        print(f"  a history of 24 days over one day{kind}: {ratio:.2f}")
    return {"name": "columnar history", "tenancies": tenancies, "runs": told, "ratios": ratios}


def main() -> None:
    """Measure, print, and write if asked to."""
    parser = argparse.ArgumentParser(description="Measure a history beside one day.")
    parser.add_argument("--tenancies", type=int, nargs="+", default=TENANCIES, metavar="N")
    parser.add_argument("--data", type=Path, metavar="FOLDER", help="where countries are kept")
    parser.add_argument("--rounds", type=int, default=ROUNDS, metavar="N")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures there as well")
    parser.add_argument("--run", nargs=2, metavar=("FOLDER", "NAME"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.run:
        print(json.dumps(run(Path(options.run[0]), options.run[1])))
        return
    with TemporaryDirectory() as temporary:
        folder = options.data or Path(temporary)
        documents = [measure(folder, it, options.rounds) for it in options.tenancies]
    if options.json is not None:
        options.json.write_text(json.dumps(documents, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
