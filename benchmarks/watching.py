"""A step of `watch` over some new bookings, beside a step over all of a ledger; and what they cost.

    .venv/bin/python benchmarks/watching.py --tenancies 100000 --bookings 100

The ledger is an application's own: an SQLite database with an index by tenancy, which is told of each
booking. All of it is read from Parquet files of the same tables, as a nightly export would be. With
`--in-database` the database has only so many of the tenancies, from which the bookings then are: a whole
country takes long to fill in, and an index finds a tenancy in it as soon. Time is that of this process,
added up over its threads, and by the clock.
"""

from __future__ import annotations

import argparse
import json
import sqlite3
import statistics
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from time import perf_counter, process_time
from typing import Any, Final

import polars as pl

sys.path.append(str(Path(__file__).resolve().parents[1]))

from benchmarks.country import AS_OF, write_country
from huurschuld import Monitor, ParquetFile, create_monitor, deliver, watch
from huurschuld.portfolio.schema import TABLES, tenancy_column

POLICY: Final = "katwijk-2021"
_ROUNDS: Final = 5


class Application:
    """A ledger in a database, which knows of which tenancies something was booked."""

    def __init__(self, folder: Path, database: Path, most: int) -> None:
        self._folder = folder
        self._connection = sqlite3.connect(database)
        self._connection.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF")
        self._last = f"T{most - 1:07}"
        self._schemas: dict[str, Mapping[str, Any]] = {}
        self.journal: list[str] = []
        for name in TABLES:
            if (folder / f"{name}.parquet").exists():
                self._fill(name)

    def _fill(self, name: str) -> None:
        frame = pl.scan_parquet(self._folder / f"{name}.parquet")
        schema, key = frame.collect_schema(), tenancy_column(name)
        frame = frame.filter(pl.col(key) <= self._last)
        self._schemas[name] = schema
        columns = ", ".join(f'"{it}"' for it in schema)
        self._connection.execute(f"CREATE TABLE {name} ({columns})")
        for batch in frame.with_columns(pl.col(pl.Date).cast(pl.String)).collect_batches():
            self._connection.executemany(_insert(name, len(schema)), batch.iter_rows())
        self._connection.execute(f"CREATE INDEX by_tenancy_{name} ON {name} ({key})")
        self._connection.commit()

    def tables(self) -> Mapping[str, Any]:
        """All of it."""
        return {name: ParquetFile(self._folder / f"{name}.parquet") for name in self._schemas}

    def changed_since(self, position: str | None) -> tuple[str, list[str] | None]:
        """The tenancies of the bookings since."""
        now = str(len(self.journal))
        return now, None if position is None else self.journal[int(position) :]

    def tables_of(self, tenancies: Sequence[str]) -> Mapping[str, Any]:
        """Some tenancies of the database."""
        marks = ", ".join("?" * len(tenancies))
        found = {}
        for name, schema in self._schemas.items():
            query = f"SELECT * FROM {name} WHERE {tenancy_column(name)} IN ({marks})"  # noqa: S608 - names of ours
            rows = self._connection.execute(query, tenancies).fetchall()
            texts = {it: pl.String if of == pl.Date else of for it, of in schema.items()}
            frame = pl.DataFrame(rows, schema=texts, orient="row")
            days = [it for it, of in schema.items() if of == pl.Date]
            found[name] = frame.with_columns(pl.col(days).str.to_date())
        return found

    def pay(self, tenancies: Sequence[str], number: int) -> None:
        """Book a payment of each."""
        names = list(self._schemas["entries"])
        for tenancy in tenancies:
            row = dict.fromkeys(names) | {
                "tenancy": tenancy,
                "id": f"new-{number}",
                "kind": "payment",
                "booked": AS_OF.isoformat(),
                "cents": 70_000,
            }
            self._connection.execute(_insert("entries", len(names)), list(row.values()))
        self.journal += tenancies


def _insert(table: str, columns: int) -> str:
    return f"INSERT INTO {table} VALUES ({', '.join('?' * columns)})"  # noqa: S608 - names of ours


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--tenancies", type=int, default=100_000)
    parser.add_argument("--bookings", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=_ROUNDS)
    parser.add_argument("--in-database", type=int)
    parser.add_argument("--data", type=Path, metavar="FOLDER", help="where the country is kept")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures there as well")
    given = parser.parse_args()
    known = given.in_database or given.tenancies
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        tables = (given.data or folder) / f"n{given.tenancies}"
        if not tables.is_dir():
            write_country(tables, given.tenancies)
        count, entries = (
            pl.scan_parquet(tables / f"{it}.parquet").select(pl.len()).collect().item()
            for it in ("tenancies", "entries")
        )
        began = perf_counter()
        application = Application(tables, folder / "ledger.sqlite", known)
        print(f"the database was made in {perf_counter() - began:.0f} s")
        print(f"tenancies: {count:,}; entries: {entries:,}; new bookings: {given.bookings}")
        taken = _measure(application, folder, known, given.bookings, given.rounds)
    if given.json is not None:
        of = {"tenancies": count, "entries": entries, "bookings": given.bookings}
        given.json.write_text(json.dumps(of | taken, indent=1) + "\n", "utf-8")


def _measure(
    application: Application, folder: Path, tenancies: int, bookings: int, rounds: int
) -> dict[str, Any]:
    whole: list[tuple[float, float]] = []
    step: list[tuple[float, float]] = []
    emitted = 0
    for number in range(rounds):
        path = folder / f"monitor-{number}"
        with create_monitor(path) as monitor:

            def take(monitor: Monitor = monitor, number: int = number) -> int:
                found = watch(application, POLICY, monitor, AS_OF)
                deliver(monitor, folder / f"changes-{number}.jsonl")
                return len(found.changes)

            whole.append(_timed(take)[:2])
            every = tenancies // bookings
            paying = [f"T{number + every * it:07}" for it in range(bookings)]
            application.pay(paying, number)
            *times, changes = _timed(take)
            step.append((times[0], times[1]))
            emitted += changes
        path.unlink()
    for name, taken in (("all of the ledger", whole), (f"{bookings} new bookings", step)):
        processor, clock = (statistics.median(it) for it in zip(*taken, strict=True))
        print(f"{name:20} processor {processor:8.3f} s   clock {clock:8.3f} s")
    ratios = sorted(one[0] / all_of_it[0] for one, all_of_it in zip(step, whole, strict=True))
    print(f"{'part of the whole':20} {statistics.median(ratios):.2%} (to {ratios[-1]:.2%})")
    print(f"changes emitted by the steps over new bookings: {emitted}")
    return {"seconds_of_cores_and_clock": {"whole": whole, "step": step}, "part": ratios}


def _timed(run: Callable[[], int]) -> tuple[float, float, int]:
    clock, processor = perf_counter(), process_time()
    found = run()
    return process_time() - processor, perf_counter() - clock, found


if __name__ == "__main__":
    main()
