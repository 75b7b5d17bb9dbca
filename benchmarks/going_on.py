"""Going on from a kept state beside screening the whole portfolio, on one invented country.

    python benchmarks/going_on.py
    python benchmarks/going_on.py --tenancies 2300000 --data build/country

The state is kept on a day on which 1 in 100 of the entries is yet to come; they are new on the day of
the benchmarks. Each run is a process of its own, which has imported all that it needs, and they take
turns. **cores** is for how long the cores worked, added up. Before anything is timed, both must give the
same table.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import resource
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter, process_time
from typing import Any, Final

import polars as pl

sys.path.append(str(Path(__file__).resolve().parents[1]))

from benchmarks.country import AS_OF, write_country
from huurschuld import KeptState, keep, screen
from huurschuld.portfolio.kept import going_on, keeping

_IMPORTED: Final = (going_on, keeping)
"""What a first call would import, and with it all that `screen` needs: in no contender's time."""

TENANCIES: Final = 230_000
ROUNDS: Final = 3
POLICY: Final = "katwijk-2021"
KEPT_DAY: Final = dt.date(2026, 10, 2)
"""Most pay from the third day before the first of the month up to the eighth after it."""

WHOLE: Final = "screen, all checks"
FROM_FOLDER: Final = "go on, read from a folder and written again"
AT_HAND: Final = "go on, the state at hand"
TOUCHED: Final = "go on, 100 new bookings, those touched"
_TOUCHED: Final = 100
_STATE: Final = "kept"


def _tables(folder: Path, until: dt.date) -> dict[str, Any]:
    """The tables of a country, with the entries that are booked by a day."""
    tables = {it.stem: pl.scan_parquet(it) for it in sorted(folder.glob("*.parquet"))}
    return tables | {"entries": tables["entries"].filter(pl.coalesce("booked", "due") <= until)}


def _new(folder: Path) -> pl.DataFrame:
    """What is booked after the day that is kept."""
    entries = _tables(folder, AS_OF)["entries"]
    found: pl.DataFrame = entries.filter(pl.coalesce("booked", "due") > KEPT_DAY).collect()
    return found


def prepare(folder: Path) -> dict[str, object]:
    """Keep the state in a folder beside the tables; what both ways give must be the same."""
    started, worked = perf_counter(), process_time()
    kept = keep(_tables(folder, KEPT_DAY), POLICY, KEPT_DAY)
    told: dict[str, object] = {"seconds": perf_counter() - started, "cores": process_time() - worked}
    state = kept.state.write(folder / _STATE)
    new = _new(folder)
    whole = screen(_tables(folder, AS_OF), POLICY, AS_OF).collect()
    if not state.go_on(AS_OF, new).result.equals(whole):
        raise RuntimeError("going on gives another result than screening the whole portfolio")
    entries = _tables(folder, AS_OF)["entries"].select(pl.len()).collect().item()
    kept_rows = state.entries_of().select(pl.len()).collect().item()
    size = sum(it.stat().st_size for it in (folder / _STATE).iterdir())
    return told | {"entries": entries, "new": new.height, "kept": kept_rows, "bytes": size}


def timed(folder: Path, contender: str) -> dict[str, float]:
    """One run of a contender in this process."""
    with TemporaryDirectory(dir=folder) as temporary:
        copy = Path(temporary, _STATE)
        shutil.copytree(folder / _STATE, copy)
        return _timed(folder, copy, contender)


def _timed(folder: Path, copy: Path, contender: str) -> dict[str, float]:
    """The same, with a copy of the state that may be gone on from and written again."""
    new = _new(folder)
    state = KeptState.read(copy)

    def from_folder() -> None:
        KeptState.read(copy, verify=False).go_on(AS_OF, new).state.write(copy)

    def touched() -> None:
        here = KeptState.read(copy, verify=False)
        here.go_on(KEPT_DAY, new.head(_TOUCHED), only_touched=True)

    runs: dict[str, Callable[[], object]] = {
        WHOLE: lambda: screen(_tables(folder, AS_OF), POLICY, AS_OF).collect(),
        FROM_FOLDER: from_folder,
        AT_HAND: lambda: state.go_on(AS_OF, new),
        TOUCHED: touched,
    }
    started, worked = perf_counter(), process_time()
    runs[contender]()
    return {
        "seconds": perf_counter() - started,
        "cores": process_time() - worked,
        "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20,
    }


def measure(folder: Path, rounds: int) -> dict[str, Any]:
    """All contenders in turns, and the ratios of their medians to that of the whole screening."""
    told = _run(folder, "prepare")
    runs: dict[str, list[dict[str, float]]] = {}
    for _ in range(rounds):
        for contender in (WHOLE, FROM_FOLDER, AT_HAND, TOUCHED):
            runs.setdefault(contender, []).append(_run(folder, contender))
    medians = {
        name: {it: median(run[it] for run in its) for it in ("seconds", "cores", "peak")}
        for name, its in runs.items()
    }
    return {"prepared": told, "runs": medians}


def _run(folder: Path, what: str) -> Any:  # noqa: ANN401 - what the process tells
    command = [sys.executable, __file__, "--data", str(folder), "--run", what]
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)


def _shown(found: dict[str, Any]) -> str:
    told, runs = found["prepared"], found["runs"]
    whole = runs[WHOLE]["cores"]
    counted = f"{told['entries']:,} entries, {told['new']:,} of them new"
    size, cores = told["bytes"] / 2**20, told["cores"]
    return "\n".join(
        (
            f"Going on from a kept state: {counted}, {POLICY}",
            f"  kept: {told['kept']:,} entries, {size:.0f} MiB, once in {cores:.1f} s of the cores",
            *(_line(name, it, whole) for name, it in runs.items()),
        )
    )


def _line(name: str, run: dict[str, float], whole: float) -> str:
    seconds, cores, peak = run["seconds"], run["cores"], run["peak"]
    return (
        f"  {name:<46} {seconds:7.2f} s  cores {cores:7.2f} s {cores / whole:7.1%}  peak {peak:.2f} GiB"
    )


def main() -> None:
    """Measure and print, or do one run."""
    parser = argparse.ArgumentParser(description="Measure going on from a kept state.")
    parser.add_argument("--tenancies", type=int, default=TENANCIES, metavar="N", help="of the country")
    parser.add_argument("--data", type=Path, metavar="FOLDER", help="where the country is kept")
    parser.add_argument("--rounds", type=int, default=ROUNDS, metavar="N")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures there as well")
    parser.add_argument("--run", metavar="WHAT", help="do one run in the folder, and tell of it as JSON")
    options = parser.parse_args()
    if options.run is not None:
        one = prepare(options.data) if options.run == "prepare" else timed(options.data, options.run)
        print(json.dumps(one))
        return
    with TemporaryDirectory() as temporary:
        folder = Path(temporary if options.data is None else options.data, f"n{options.tenancies}")
        if not folder.is_dir():
            write_country(folder, options.tenancies)
        found = measure(folder, options.rounds)
    print(_shown(found))
    if options.json is not None:
        options.json.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
