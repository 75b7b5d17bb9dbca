"""Whole portfolios at once: huurschuld beside polars and DuckDB written by hand, and how each grows.

    python benchmarks/columnar.py
    python benchmarks/columnar.py --tenancies 2300000 --data build/country

The second has about as many tenancies as Dutch housing associations: it takes a quarter of an hour, and
400 MB of disk. Countries are invented in a temporary folder, or in the one that is named, where they
stay and are used again. Every run is a process of its own, on all cores.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from importlib.util import find_spec
from math import log
from pathlib import Path
from statistics import linear_regression, median
from tempfile import TemporaryDirectory
from typing import Any, Final

from attrs import field, frozen

sys.path.append(str(Path(__file__).resolve().parents[1]))

from benchmarks import long_ledger
from benchmarks.measure import Comparison, Timing

TENANCIES: Final = 230_000
SMALL: Final = 100_000
MONTHS: Final = 24
HALF: Final = 12
ROUNDS: Final = 3
PEERS: Final = 2_000

BY_POLARS: Final = "polars by hand"
CHECKED_BY_POLARS: Final = "polars by hand, with checks"
BY_DUCKDB: Final = "DuckDB by hand"
UNCHECKED: Final = "huurschuld, without checks"
CHECKED: Final = "huurschuld, with checks"
CHECKED_BEFORE: Final = "huurschuld, checked before"
GROWING: Final = (BY_POLARS, UNCHECKED)

_SIZES: Final = (10_000, SMALL, 1_000_000)
_RUNS: Final = Path(__file__).resolve().with_name("columnar_runs.py")
_CHUNK: Final = 2**24


@frozen
class Runs:
    """What the runs of some contenders took on one country.

    Attributes:
        tenancies: how many there are.
        entries: how many entries they have.
        seconds: what each run took, by contender.
        worked: for how many seconds the cores worked for it, added up.
        peaks: the most memory of each run, in bytes.
        rows: how many rows each contender gives.
    """

    tenancies: int
    entries: int
    seconds: dict[str, list[float]] = field(factory=dict)
    worked: dict[str, list[float]] = field(factory=dict)
    peaks: dict[str, list[int]] = field(factory=dict)
    rows: dict[str, int] = field(factory=dict)


@frozen
class Countries:
    """Invented countries in a folder, made when they are first asked for."""

    folder: Path

    def of(self, tenancies: int, months: int = MONTHS) -> Path:
        """The folder of one."""
        name = f"n{tenancies}" if months == MONTHS else f"n{tenancies}m{months}"
        found = self.folder / name
        if not found.is_dir():
            unfinished = self.folder / f"{name}.unfinished"
            _run("country", unfinished, tenancies, months)
            unfinished.rename(found)
        return found


def measure(countries: Countries, tenancies: int, rounds: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each part: its figures as lines of text, and as a JSON object."""
    small = countries.of(SMALL)
    _run("agree", small)
    runs = runs_of(countries, tenancies, rounds)
    yield facts(runs)
    told = _run("rules", small, tenancies)
    yield told["table"], told["document"]
    yield _growth(countries, runs, rounds)
    for told in _run("peers", small, PEERS)["comparisons"]:
        yield told["table"], told["document"]
    for comparison in long_ledger.compare():
        yield comparison.table(), comparison.document()


def runs_of(countries: Countries, tenancies: int, rounds: int) -> Runs:
    """The runs of all contenders of part a on a country of so many."""
    contenders = [BY_POLARS, BY_DUCKDB, UNCHECKED, CHECKED_BY_POLARS, CHECKED, CHECKED_BEFORE]
    if find_spec("duckdb") is None:
        contenders.remove(BY_DUCKDB)
    [runs] = _taking_turns({tenancies: [countries.of(tenancies)]}, contenders, rounds)
    return runs


def _run(*arguments: object) -> Any:  # noqa: ANN401 - what the process tells
    """What a process of its own tells."""
    command = [sys.executable, str(_RUNS), *map(str, arguments)]
    told = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    return json.loads(told)


def _taking_turns(folders: dict[int, list[Path]], contenders: list[str], rounds: int) -> list[Runs]:
    """The runs of some contenders on some countries, given by how many tenancies they have.

    All take turns, round after round. Before them the files are read once, so that the system has them
    at hand.
    """
    runs = {}
    for tenancies, its in folders.items():
        for folder in its:
            for path in sorted(folder.glob("*.parquet")):
                with path.open("rb") as file:
                    while file.read(_CHUNK):
                        pass
            runs[folder] = Runs(tenancies, _run("entries", folder)["entries"])
    for _ in range(rounds):
        for folder, its_runs in runs.items():
            for contender in contenders:
                told = _run("facts", folder, contender)
                its_runs.seconds.setdefault(contender, []).append(told["seconds"])
                its_runs.worked.setdefault(contender, []).append(told["cpu_seconds"])
                its_runs.peaks.setdefault(contender, []).append(told["peak_bytes"])
                its_runs.rows[contender] = told["rows"]
    return [*runs.values()]


def facts(runs: Runs) -> tuple[str, dict[str, Any]]:
    """From Parquet to facts, by hand, and to all decisions, by huurschuld."""
    comparison = Comparison(
        name="columnar facts",
        title="7a. From Parquet to the facts about the arrears; huurschuld decides as well",
        operation="run",
        base=BY_POLARS,
        timings=tuple(Timing(name, 1, tuple(seconds)) for name, seconds in runs.seconds.items()),
        about={
            "tenancies": runs.tenancies,
            "entries": runs.entries,
            **({} if BY_DUCKDB in runs.seconds else {"left out": f"{BY_DUCKDB}: it is not installed"}),
        },
    )
    lines = [comparison.table(), f"  {'':<28}  {'rows':>12}  {'cores':>10}  {'x base':>7}  {'peak':>12}"]
    for name, peaks in runs.peaks.items():
        worked = median(runs.worked[name])
        lines.append(
            f"  {name:<28}  {runs.rows[name]:>12,}  {worked:>8.2f} s"
            f"  {worked / median(runs.worked[BY_POLARS]):>7.2f}  {median(peaks) / 2**20:>8,.0f} MiB"
        )
    besides = {
        "cpu_seconds_per_round": runs.worked,
        "peak_bytes_per_round": runs.peaks,
        "rows": runs.rows,
    }
    return "\n".join(lines), comparison.document() | besides


def _growth(countries: Countries, largest: Runs, rounds: int) -> tuple[str, dict[str, Any]]:
    """How the time grows with the tenancies, and with the entries of each."""
    sizes = [it for it in _SIZES if it < largest.tenancies]
    by_size = _taking_turns({it: [countries.of(it)] for it in sizes}, [*GROWING], rounds)
    by_entries = _taking_turns(
        {SMALL: [countries.of(SMALL, HALF), countries.of(SMALL)]}, [*GROWING], rounds
    )
    lines = ["7c. Growth: time as a power of the number of tenancies, and of entries; fastest runs"]
    documents = []
    for name in GROWING:
        for grown, runs in (("tenancies", [*by_size, largest]), ("entries", by_entries)):
            counts = [it.tenancies if grown == "tenancies" else it.entries for it in runs]
            taken = {
                "seconds": [min(it.seconds[name]) for it in runs],
                "cpu_seconds": [min(it.worked[name]) for it in runs],
            }
            fits = {kind: exponent(counts, its) for kind, its in taken.items() if len(its) > 1}
            steps = {
                kind: [exponent(counts[it : it + 2], its[it : it + 2]) for it in range(len(its) - 1)]
                for kind, its in taken.items()
            }
            about = {"contender": name, "of": grown, "counts": counts}
            documents.append({**about, **taken, "exponents": fits, "exponents_per_step": steps})
            for kind, fitted in fits.items():
                points = ", ".join(f"{n:,}: {s:.3f} s" for n, s in zip(counts, taken[kind], strict=True))
                each = ", ".join(f"{it:.2f}" for it in steps[kind])
                clock = "by the clock" if kind == "seconds" else "of the cores"
                lines.append(f"  {name}, by {grown}, {clock}: {fitted:.2f} (steps {each}; {points})")
    return "\n".join(lines), {"name": "columnar growth", "fits": documents}


def exponent(counts: list[int], seconds: list[float]) -> float:
    """The power of the count that the time grows with: least squares through the logarithms."""
    return linear_regression([*map(log, counts)], [*map(log, seconds)]).slope


def all_of(tenancies: int, data: Path | None, rounds: int = ROUNDS) -> Iterator[dict[str, Any]]:
    """Measure and print all parts; in a folder that stays, or in a temporary one."""
    with ExitStack() as stack:
        if data is None:
            data = Path(stack.enter_context(TemporaryDirectory()))
        data.mkdir(parents=True, exist_ok=True)
        load = _load()
        print(f"7. Whole portfolios at once, {tenancies:,} tenancies; load before: {load}", end="\n\n")
        for text, document in measure(Countries(data), tenancies, rounds):
            print(text, end="\n\n", flush=True)
            yield document | {"load_before": load}


def _load() -> list[float] | None:
    """How busy the system was of late, where it tells."""
    return [round(it, 2) for it in os.getloadavg()] if hasattr(os, "getloadavg") else None


def with_options(parser: argparse.ArgumentParser, prefix: str = "") -> None:
    """Add the options of this part."""
    parser.add_argument(
        f"--{prefix}tenancies",
        type=_count,
        default=TENANCIES,
        metavar="N",
        help="of the largest country",
    )
    parser.add_argument(
        "--data", type=Path, metavar="FOLDER", help="where countries are kept, to be used again"
    )


def _count(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("a number from 1 on is expected")
    return number


def main() -> None:
    """Measure this part alone, print, and write if asked to."""
    parser = argparse.ArgumentParser(description="Measure whole portfolios at once.")
    with_options(parser)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures there as well")
    parser.add_argument(
        "--rounds", type=int, default=ROUNDS, metavar="N", help="of part a and c, 2 or more"
    )
    options = parser.parse_args()
    documents = [*all_of(options.tenancies, options.data, options.rounds)]
    if options.json is not None:
        options.json.write_text(json.dumps(documents, indent=1, ensure_ascii=False) + "\n", "utf-8")


if __name__ == "__main__":
    main()
