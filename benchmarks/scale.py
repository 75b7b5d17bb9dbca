"""Whole portfolios on one core and on two: the facts, a history, DuckDB, a kept state, watching.

    python benchmarks/scale.py --data build/country
    python benchmarks/scale.py --data build/country --tenancies 2300000 --only facts

Each part is measured on one core and then on two, if there are two: every run is a process of its own
that may use no others. What a part prints of itself is told in README.md.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Collection, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

sys.path.append(str(Path(__file__).resolve().parents[1]))

from benchmarks import columnar

FACTS: Final = "facts"
SCRIPTS: Final = {
    "history": "history.py",
    "relations": "relations.py",
    "going on": "going_on.py",
    "watching": "watching.py",
}
"""The parts that are scripts of their own."""
_ROUNDS: Final = 2


def all_of(
    data: Path, tenancies: int, *, parts: Collection[str] = (FACTS, *SCRIPTS), rounds: int = _ROUNDS
) -> Iterator[dict[str, Any]]:
    """Measure and print each part, on one core and on two; the cores are given back at the end."""
    cores = os.sched_getaffinity(0) if sys.platform == "linux" else set()
    try:
        for count in range(1, min(len(cores), 2) + 1):
            os.sched_setaffinity(0, sorted(cores)[-count:])
            for part in parts:
                print(f"{part}, on {count} {'core' if count == 1 else 'cores'}", flush=True)
                yield {"part": part, "cores": count, "found": _found(part, data, tenancies, rounds)}
    finally:
        if cores:
            os.sched_setaffinity(0, cores)


def _found(part: str, data: Path, tenancies: int, rounds: int) -> Any:  # noqa: ANN401 - each part has its own
    if part == FACTS:
        text, document = columnar.facts(columnar.runs_of(columnar.Countries(data), tenancies, rounds))
        print(text, end="\n\n", flush=True)
        return document
    with TemporaryDirectory() as folder:
        told = Path(folder, "told.json")
        script = Path(__file__).with_name(SCRIPTS[part])
        options = {"--data": data, "--rounds": rounds, "--json": told}
        named = [str(it) for option in options.items() for it in option]
        subprocess.run([sys.executable, script, *named], check=True)
        print(flush=True)
        return json.loads(told.read_text("utf-8"))


def main() -> None:
    """Measure, print, and write if asked to."""
    parser = argparse.ArgumentParser(description="Measure whole portfolios on one core and on two.")
    columnar.with_options(parser)
    parser.add_argument("--only", choices=[FACTS, *SCRIPTS], help="this part alone")
    parser.add_argument("--rounds", type=int, default=_ROUNDS, metavar="N", help="2 or more")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures there as well")
    options = parser.parse_args()
    parts = (FACTS, *SCRIPTS) if options.only is None else (options.only,)
    with TemporaryDirectory() as temporary:
        data = options.data or Path(temporary)
        data.mkdir(parents=True, exist_ok=True)
        found = [*all_of(data, options.tenancies, parts=parts, rounds=options.rounds)]
    if options.json is not None:
        options.json.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", "utf-8")


if __name__ == "__main__":
    main()
