"""Reading and screening a sample portfolio, step by step."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from attrs import define, frozen

from benchmarks.measure import Comparison, interleaved
from huurschuld import Host, Portfolio, Worklist, load_plugins, open_ledger, read_portfolio
from huurschuld.hooks import ArrowStream
from huurschuld.portfolio.ledger_tables import ledger_tables
from huurschuld.portfolio.worklist import worklist
from huurschuld.testing.sample import SAMPLE_DAY, write_sample

POLICY: Final = "katwijk-2021"
TENANCIES: Final = 8_000
SEED: Final = 2012
ROUNDS: Final = 7

_KEY: Final = b"a key for benchmarks only"
_BASE: Final = "csv.reader alone"


@frozen
class _Loaded:
    """A ledger whose tables are in memory already."""

    loaded: Mapping[str, ArrowStream]

    def tables(self) -> Mapping[str, ArrowStream]:
        return self.loaded


@define
class _Screening:
    """One screening; each step keeps what the next one needs."""

    folder: Path
    host: Host
    ledger: _Loaded = _Loaded({})
    portfolio: Portfolio | None = None

    def forget(self) -> None:
        """Start again."""
        self.ledger, self.portfolio = _Loaded({}), None

    def only_csv(self) -> list[list[list[str]]]:
        """What reading the cells takes at the very least: the standard library, and nothing checked."""
        tables = []
        for path in sorted(self.folder.glob("*.csv")):
            with path.open(encoding="utf-8", newline="") as file:
                tables.append(list(csv.reader(file)))
        return tables

    def read_tables(self) -> None:
        """From files to tables."""
        ledger = open_ledger(self.host, "portfolio", folder=str(self.folder))
        tables = ledger_tables(ledger)
        self.ledger = _Loaded({name: table.scan().collect() for name, table in tables.items()})

    def build_tenancies(self) -> None:
        """From tables to tenancies, all checked."""
        self.portfolio = read_portfolio(self.ledger)

    def decide(self) -> Worklist:
        """From tenancies to a worklist."""
        return worklist(self.portfolio or (), POLICY, SAMPLE_DAY)

    def decide_with_key(self) -> Worklist:
        """The same with a keyed hash of every tenancy for its receipt."""
        return worklist(self.portfolio or (), POLICY, SAMPLE_DAY, key=_KEY)


def measure() -> Comparison:
    """Write a sample into a temporary folder, and time each step of screening it."""
    with TemporaryDirectory() as scratch:
        folder = Path(scratch, "sample")
        write_sample(folder, TENANCIES, SEED)
        steps = _Screening(folder, load_plugins())
        timings = interleaved(
            {
                _BASE: steps.only_csv,
                "reading tables": steps.read_tables,
                "building tenancies": steps.build_tenancies,
                "deciding": steps.decide,
                "deciding with a key": steps.decide_with_key,
            },
            1,
            ROUNDS,
            before_each_round=steps.forget,
        )
        return Comparison(
            name="screen",
            title=f"4. Screening a portfolio, {POLICY}",
            operation="portfolio",
            base=_BASE,
            timings=timings,
            about=_about(steps),
        )


def _about(steps: _Screening) -> dict[str, object]:
    """What was screened; the last round is still there."""
    counts = steps.decide().counts()
    if counts != steps.decide_with_key().counts() or sum(counts.values()) != TENANCIES:
        raise RuntimeError("a key changes the advice, or a tenancy was left out")
    return {
        "tenancies": TENANCIES,
        "entries": sum(len(tenancy.entries) for tenancy in steps.portfolio or ()),
        "advice": {str(advice): count for advice, count in counts.items() if count},
    }
