"""`screen()` on relations of DuckDB beside frames of polars: small and large, on one day and on many.

    python benchmarks/relations.py
    python benchmarks/relations.py --tenancies 400 --days 1 24 --rounds 5

Every run is a process of its own, on all cores, and the libraries take turns. The answers must be equal,
to the last row. What counts is the time of the cores, added up: it holds on a busy machine as well.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from hashlib import sha256
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter, process_time
from typing import Any, Final

import polars as pl

sys.path.append(str(Path(__file__).resolve().parents[1]))

from benchmarks.country import AS_OF, write_country
from huurschuld import screen

POLICY: Final = "katwijk-2021"
LIBRARIES: Final = ("polars", "DuckDB")
_SIZES: Final = (400, 100_000)
_DAYS: Final = (1, 24)
_ROUNDS: Final = 3


def run(folder: Path, library: str, days: int) -> dict[str, object]:
    """Time one screening, until all rows are there; what it needs was imported before."""
    files = {path.stem: path for path in sorted(folder.glob("*.parquet"))}
    tables: dict[str, Any]
    if library == "DuckDB":
        import duckdb  # noqa: PLC0415 - it need not be there

        connection = duckdb.connect()
        tables = {name: connection.read_parquet(str(path)) for name, path in files.items()}
    else:
        tables = {name: pl.scan_parquet(path) for name, path in files.items()}
    first = AS_OF.year * 12 + AS_OF.month - 1
    months = [AS_OF.replace(year=it // 12, month=it % 12 + 1) for it in range(first, first - days, -1)]
    start, worked = perf_counter(), process_time()
    found = screen(tables, POLICY, months)
    rows = pl.DataFrame(found.to_arrow_table()) if library == "DuckDB" else found.collect()
    taken = {"seconds": perf_counter() - start, "cpu_seconds": process_time() - worked}
    return {**taken, "rows": len(rows), "digest": sha256(rows.write_csv().encode()).hexdigest()}


def compare(folder: Path, tenancies: int, days: int, rounds: int) -> dict[str, list[dict[str, Any]]]:
    """The runs of each library on one country, in turns.

    Raises:
        RuntimeError: they give different answers.
    """
    told: dict[str, list[dict[str, Any]]] = {it: [] for it in LIBRARIES}
    country = folder / f"n{tenancies}"
    if not country.is_dir():
        write_country(country, tenancies)
    for _ in range(rounds):
        for library, runs in told.items():
            command = [sys.executable, __file__, "--run", str(country), library, str(days)]
            output = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
            runs.append(json.loads(output))
    if len({it["digest"] for runs in told.values() for it in runs}) != 1:
        raise RuntimeError("the libraries give different answers")
    return told


def _line(name: str, runs: list[dict[str, Any]], ratios: list[float]) -> str:
    worked, seconds = (median(it[key] for it in runs) for key in ("cpu_seconds", "seconds"))
    return f"  {name:<8}  {worked:>8.2f} s  {median(ratios):>7.2f}  {seconds:>8.2f} s"


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description="DuckDB beside polars.")
    parser.add_argument("--tenancies", type=int, nargs="+", default=_SIZES)
    parser.add_argument("--days", type=int, nargs="+", default=_DAYS)
    parser.add_argument("--rounds", type=int, default=_ROUNDS)
    parser.add_argument("--data", type=Path, help="where countries are kept, to be used again")
    parser.add_argument("--json", type=Path, help="write all figures there as well")
    parser.add_argument("--run", nargs=3, metavar=("FOLDER", "LIBRARY", "DAYS"))
    given = parser.parse_args()
    if given.run:
        folder, library, days = given.run
        print(json.dumps(run(Path(folder), library, int(days))))
        return
    documents = []
    with TemporaryDirectory() as temporary:
        for tenancies in given.tenancies:
            of_a_day: dict[str, float] = {}
            for days in given.days:
                told = compare(given.data or Path(temporary), tenancies, days, given.rounds)
                documents.append({"tenancies": tenancies, "days": days, "runs": told})
                print(f"{tenancies:,} tenancies, days: {days} - {given.rounds} rounds, each a process")
                print(f"  {'':<8}  {'cores':>10}  {'x base':>7}  {'by clock':>10}")
                worked = {name: [it["cpu_seconds"] for it in runs] for name, runs in told.items()}
                for name, runs in told.items():
                    pairs = zip(worked[name], worked[LIBRARIES[0]], strict=True)
                    print(_line(name, runs, [its / base for its, base in pairs]))
                    typical = median(worked[name])
                    if typical and name in of_a_day:
                        print(f"{'':<12}{typical / of_a_day[name]:.2f} times {given.days[0]}")
                    of_a_day.setdefault(name, typical)
                print(flush=True)
    if given.json is not None:
        given.json.write_text(json.dumps(documents, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
