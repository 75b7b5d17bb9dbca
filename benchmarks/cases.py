"""A store of cases: eight who record at once, and looking at a case among many.

    python benchmarks/cases.py
    python benchmarks/cases.py --cases 2000 --rounds 5 --events 1000000 --json FILE

It starts a PostgreSQL of its own in a temporary folder, as `database.py` does, but with `fsync` on: what
is acknowledged is on the disk. README.md says what is measured and how to read it.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import multiprocessing
import random
import sys
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager, suppress
from itertools import islice
from pathlib import Path
from time import perf_counter
from typing import Any, Final

import psycopg
import sqlalchemy as sa

sys.path.append(str(Path(__file__).resolve().parents[1]))

from benchmarks.database import server
from benchmarks.measure import Comparison, Timing
from huurschuld.cases import CaseStore, Event, create_case_store, fold, open_case_store, verify
from huurschuld.cases.entries import event_parts
from huurschuld.storage.entries import (
    FIRST_LINK,
    Entry,
    case_link,
    fingerprint_of,
    moment_text,
    sealed_with,
)
from huurschuld.storage.sealing import new_key
from huurschuld.storage.tables import CASES, ENTRIES, METADATA, SECRETS, SUMMARY

WRITERS: Final = 8
TURNS: Final = 8
"""How many turns a round has: short ones, so that a slow moment falls on both who are compared."""
DAY: Final = dt.date(2026, 4, 7)
NOON: Final = dt.datetime(2026, 4, 7, 12, tzinfo=dt.UTC)
LIFE: Final[tuple[tuple[str, str, dict[str, Any]], ...]] = (
    ("received", "ggd", {"arrears_cents": 120_000}),
    ("dossier-opened", "ggd", {}),
    ("attempt", "ggd", {"kind": "visit", "part_of_day": "evening", "reached": True}),
    ("offer-made", "ggd", {}),
    ("accepted", "ggd", {}),
    ("coupled", "ggd", {"helper": "Budget Informatie Punt", "need": "a budget of one's own"}),
    # These can be recorded at any time, also before the rest: colleagues do.
    ("moved-in", "municipality", {}),
    ("guardianship", "municipality", {}),
    ("summons", "landlord", {}),
    ("judgment", "landlord", {"eviction": True}),
)
"""A life of ten events: its type, the role, and what else was recorded."""
_ONE_WRITES: Final = 6
"""So many of them are recorded by one writer, in this order; each of the others by another one."""

RECORDED: Final = "record()"
PLAIN: Final = "plain inserts of the same rows"
LOOKED: Final = "look()"
OPENED: Final = "open_case_store() and look()"


# --- eight who record ----------------------------------------------------------------------------


def shares(cases: Iterable[int]) -> list[list[tuple[int, int]]]:
    """For each writer what it records, by the case and the place in its life.

    Each goes through the cases in an order of its own, so that now and then two are in the same one.
    """
    found: list[list[tuple[int, int]]] = [[] for _ in range(WRITERS)]
    for case in cases:
        for place in range(len(LIFE)):
            found[(case + max(0, place - _ONE_WRITES + 1)) % WRITERS].append((case, place))
    for number, share in enumerate(found):
        share.sort(key=lambda step: (random.Random(f"{number} {step[0]}").random(), step))  # noqa: S311 - no secret
    return found


@contextmanager
def recording(url: str) -> Iterator[Callable[[tuple[int, int]], object]]:
    """Records events one by one, as an application does."""
    with open_case_store(url) as store:

        def record(step: tuple[int, int]) -> object:
            type_, by, data = LIFE[step[1]]
            return store.record(
                *(f"case-{step[0]}", type_, DAY),
                by=by,
                person="a colleague",
                data=data,
                id=f"e{step[1]}",
            )

        yield record


@contextmanager
def inserting(url: str) -> Iterator[Callable[[list[tuple[sa.Table, Any]]], object]]:
    """Inserts rows that are there already, one transaction for each entry, and does nothing else."""
    engine = sa.create_engine(url)

    def insert(rows: list[tuple[sa.Table, Any]]) -> None:
        with engine.begin() as connection:
            for table, row in rows:
                connection.execute(sa.insert(table), row)

    yield insert
    engine.dispose()


Work = Callable[[str], AbstractContextManager[Callable[[Any], object]]]
WORK: Final[dict[str, Work]] = {RECORDED: recording, PLAIN: inserting}


class Writers:
    """Processes that wait for their shares, and then do them all at once."""

    def __init__(self, work: str, url: str) -> None:
        context = multiprocessing.get_context("spawn")
        self._ready = context.Barrier(WRITERS + 1)
        self._pipes = []
        self._processes = []
        for _ in range(WRITERS):
            here, there = context.Pipe()
            self._pipes.append(here)
            self._processes.append(context.Process(target=_serve, args=(work, url, there, self._ready)))
            self._processes[-1].start()

    def seconds(self, of_each: list[Any]) -> float:
        """Have each share done; how long it took until the last one was.

        Raises:
            RuntimeError: one of them failed.
        """
        for pipe, share in zip(self._pipes, of_each, strict=True):
            pipe.send(share)
        try:
            self._ready.wait()
            start = perf_counter()
            self._ready.wait()
            return perf_counter() - start
        except threading.BrokenBarrierError:
            raise RuntimeError("a writer failed") from None

    def end(self) -> None:
        """Have them end."""
        for pipe, process in zip(self._pipes, self._processes, strict=True):
            with suppress(OSError):
                pipe.send(None)
            process.join()


def _serve(work: str, url: str, pipe: Any, ready: Any) -> None:  # noqa: ANN401 - of multiprocessing
    try:
        with WORK[work](url) as do:
            while (share := pipe.recv()) is not None:
                ready.wait()
                for it in share:
                    do(it)
                ready.wait()
    except BaseException:
        ready.abort()  # nobody waits for one that failed
        raise


def rows_of(url: str, cases: Iterable[int]) -> list[list[list[tuple[sa.Table, Any]]]]:
    """The rows that recording these cases left, as transactions of plain inserts, for each writer."""
    engine = sa.create_engine(url)
    found: list[list[list[tuple[sa.Table, Any]]]] = [[] for _ in range(WRITERS)]
    with engine.connect() as connection:
        for case in cases:
            row = connection.execute(sa.select(CASES).where(CASES.c.key == f"case-{case}")).one()
            rows: list[tuple[sa.Table, Any]] = [(CASES, row._asdict())]
            for table in (SECRETS, ENTRIES):
                its = sa.select(table).where(table.c.case == row.number)
                order = [table.c.number] if table is ENTRIES else []
                rows += [(table, it._asdict()) for it in connection.execute(its.order_by(*order))]
            # The case and its key with the first entry, as they were written.
            found[case % WRITERS] += [rows[:3], *([it] for it in rows[3:])]
    engine.dispose()
    return found


def check_recorded(store: CaseStore, cases: int) -> None:
    """Nothing is lost, nothing is there twice, and the chains verify.

    Raises:
        RuntimeError: otherwise.
    """
    wanted = {(f"case-{case}", f"e{place}") for case in range(cases) for place in range(len(LIFE))}
    with store.reading() as connection:
        chosen = sa.select(CASES.c.key, ENTRIES.c.id).join(ENTRIES, ENTRIES.c.case == CASES.c.number)
        there = [tuple(it) for it in connection.execute(chosen)]
    if len(there) != len(wanted) or set(there) != wanted or verify(store):
        raise RuntimeError("an event is lost or doubled, or a chain does not verify")


def writing(socket: str, cases: int, rounds: int) -> Comparison:
    """Eight processes that record in the same cases, beside eight that insert the rows of that."""
    url, plain = (f"postgresql+psycopg://postgres@/{it}?host={socket}" for it in ("recorded", "plain"))
    for name in ("recorded", "plain"):
        new_database(socket, name)
    create_case_store(url).close()
    engine = sa.create_engine(plain)
    METADATA.create_all(engine)
    engine.dispose()
    each = cases // rounds // TURNS
    seconds: dict[str, list[float]] = {PLAIN: [], RECORDED: []}
    with ExitStack() as stack:
        writers = {RECORDED: Writers(RECORDED, url), PLAIN: Writers(PLAIN, plain)}
        for its in writers.values():
            stack.callback(its.end)
        for turn in range(rounds * TURNS):
            chosen = range(turn * each, (turn + 1) * each)
            taken = {RECORDED: writers[RECORDED].seconds(shares(chosen))}
            taken[PLAIN] = writers[PLAIN].seconds(rows_of(url, chosen))
            for name, so_far in seconds.items():
                if turn % TURNS == 0:
                    so_far.append(0.0)
                so_far[-1] += taken[name]
    each *= TURNS
    with open_case_store(url) as store:
        check_recorded(store, each * rounds)
    events = each * len(LIFE)
    return Comparison(
        name="cases-writing",
        title=f"Recording by {WRITERS} processes on PostgreSQL",
        operation="event",
        base=PLAIN,
        timings=tuple(Timing(name, events, tuple(its)) for name, its in seconds.items()),
        about={"events": f"{events * rounds:,} on {each * rounds:,} cases, of each by several writers"},
        rate_to=PLAIN,
    )


def new_database(socket: str, name: str) -> None:
    """Make an empty database."""
    with psycopg.connect(host=socket, user="postgres", dbname="postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())


# --- one among many ------------------------------------------------------------------------------


def made_cases(count: int) -> Iterator[dict[sa.Table, list[dict[str, Any]]]]:
    """Rows of cases that all have the same life, as recording would have written them, one by one."""
    at = moment_text(NOON)
    events = [
        Event(id=f"e{place}", case="any", type=type_, happened=DAY, recorded=NOON, by=by, data=data)
        for place, (type_, by, data) in enumerate(LIFE)
    ]
    fold(events)  # it is a life that is possible
    parts = [(it.id, *event_parts(it)) for it in events]
    previous = FIRST_LINK
    for number in range(1, count + 1):
        key, secret = f"case-{number}", new_key()
        link = case_link(number, key, at, fingerprint_of(secret), previous)
        before, entries = link, []
        for place, (id_, public, personal) in enumerate(parts, 1):
            values: dict[str, Any] = {
                "number": place,
                "id": id_,
                "kind": "event",
                "at": at,
                "public": public,
                "sealed": sealed_with(secret, key, id_, personal),
                "previous": before,
            }
            before = Entry(**values, link="").expected_link(key)
            entries.append({"case": number, **values, "link": before})
        case = {
            "number": number,
            "key": key,
            "begun": at,
            "fingerprint": fingerprint_of(secret),
            "previous": previous,
            "link": link,
            "entries": len(entries),
            "head": before,
        }
        previous = link
        yield {CASES: [case], SECRETS: [{"case": number, "key": secret}], ENTRIES: entries}


def filled(url: str, events: int) -> None:
    """Make a store with so many events."""
    with create_case_store(url) as store, store.transaction() as connection:
        made = made_cases(events // len(LIFE))
        last = {"number": 0, "link": FIRST_LINK}
        while some := list(islice(made, 2_000)):
            for table in (CASES, SECRETS, ENTRIES):
                connection.execute(sa.insert(table), [row for it in some for row in it[table]])
            last = some[-1][CASES][0]
        connection.execute(sa.update(SUMMARY).values(cases=last["number"], head=last["link"]))


def looking(kind: str, stores: dict[int, str], rounds: int) -> Iterator[Comparison]:
    """Look at cases of a store with few events and of those with more, in turns.

    Raises:
        RuntimeError: the store that was made is not as recording would have written it.
    """
    fewest = min(stores) // len(LIFE)
    looks = fewest // (rounds + 1)
    dice = random.Random(2012)  # noqa: S311 - which cases, no secret
    # Each case as often, so that it has no more entries in the one store than in the other.
    chosen = {
        size: [f"case-{it}" for it in dice.sample(range(1, size // len(LIFE) + 1), fewest)]
        for size in stores
    }
    with ExitStack() as stack:
        opened = {
            size: stack.enter_context(closing(open_case_store(url))) for size, url in stores.items()
        }
        if verify(opened[min(stores)]):
            raise RuntimeError("what was made is not as recording writes it")
        ways: dict[str, Callable[[int, str], None]] = {
            LOOKED: lambda size, case: _look(opened[size], case),
            OPENED: lambda size, case: _open_and_look(stores[size], case),
        }
        for way, look in ways.items():
            seconds: dict[int, list[float]] = {size: [] for size in stores}
            for turn in range(rounds + 1):
                taken = dict.fromkeys(stores, 0.0)
                for place in range(turn * looks, (turn + 1) * looks):
                    for size in stores:
                        start = perf_counter()
                        look(size, chosen[size][place])
                        taken[size] += perf_counter() - start
                for size, its in seconds.items():
                    its.extend([taken[size]] if turn else [])  # the first round is not counted
            yield Comparison(
                name=f"cases-{kind.lower()}-{'opened' if way == OPENED else 'looked'}",
                title=f"{way} on {kind}, a case of {len(LIFE)} events among others",
                operation="case",
                base=_many(min(stores)),
                timings=tuple(Timing(_many(size), looks, tuple(its)) for size, its in seconds.items()),
            )


def _many(events: int) -> str:
    return f"{events:,} events"


def _look(store: CaseStore, case: str) -> None:
    found = store.look(case, by="ggd", person="a colleague", purpose="a benchmark")
    if found.version != len(LIFE):
        raise RuntimeError("a case is not as it was made")


def _open_and_look(url: str, case: str) -> None:
    with open_case_store(url) as store:
        _look(store, case)


# --- all of it -----------------------------------------------------------------------------------


def measured(folder: Path, options: Any) -> Iterator[Comparison]:  # noqa: ANN401 - a namespace
    """Each comparison, as soon as it is there."""
    sizes = (options.events // 1_000, options.events)
    urls = {"SQLite": f"sqlite:///{folder}/{{}}.sqlite"}
    (folder / "server").mkdir()
    with ExitStack() as stack:
        try:
            socket = stack.enter_context(server(folder / "server", "fsync=on"))
        except FileNotFoundError as missing:
            print(f"PostgreSQL is left out: {missing}", end="\n\n")
        else:
            urls["PostgreSQL"] = f"postgresql+psycopg://postgres@/e{{}}?host={socket}"
            for size in sizes if options.events else ():
                new_database(socket, f"e{size}")
            if options.cases:
                yield writing(socket, options.cases, options.rounds)
        for kind, url in urls.items() if options.events else ():
            stores = {size: url.format(size) for size in sizes}
            for size, each in stores.items():
                filled(each, size)
            yield from looking(kind, stores, options.rounds)


def main() -> None:
    """Measure, and print tables."""
    parser = argparse.ArgumentParser(description="Measure a store of cases.")
    parser.add_argument("--cases", type=int, default=2_000, metavar="N", help="to record; 0 for none")
    parser.add_argument(
        "--events", type=int, default=10**6, metavar="N", help="to look among; 0 for none"
    )
    parser.add_argument("--rounds", type=int, default=5, metavar="N", help="at least 2")
    parser.add_argument("--folder", type=Path, metavar="DIR", help="where the stores are made")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures to a file")
    options = parser.parse_args()
    documents = []
    with tempfile.TemporaryDirectory(prefix="huurschuld-cases-", dir=options.folder) as name:
        folder = Path(name)
        folder.chmod(0o711)  # the server may be another user, and has a folder of its own in it
        for comparison in measured(folder, options):
            print(comparison.table(), end="\n\n", flush=True)
            documents.append(comparison.document())
    if options.json is not None:
        options.json.write_text(json.dumps(documents, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
