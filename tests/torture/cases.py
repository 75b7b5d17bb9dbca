"""Stores of cases: writers that are killed, full disks, torn files, changed logs."""

from __future__ import annotations

import functools
import random
import sqlite3
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

from attrs import frozen
from case_changes import CHANGES, change_a_value
from case_lives import whole_life
from case_stores import new_store, write
from case_writing import Step, in_a_process, steps, wrong
from torture.attack import Attack, Finding, chance, making, scratch, unexpected
from torture.command_line import Fuse, without_space

from huurschuld import HuurschuldError
from huurschuld.cases import CaseError, CaseStore, create_case_store, open_case_store, verify

_CASES: Final = 6


def _url(path: Path) -> str:
    return f"sqlite:///{path}"


def _put(path: Path, content: bytes) -> None:
    path.touch(mode=0o600)
    path.write_bytes(content)


@functools.cache
def _empty() -> bytes:
    with scratch() as folder:
        create_case_store(_url(folder / "cases.sqlite")).close()
        return (folder / "cases.sqlite").read_bytes()


@contextmanager
def _begun(name: str, number: int, seed: int) -> Iterator[tuple[random.Random, Path, list[Step]]]:
    """A folder with a store that is empty, or with none yet, and what a writer will do."""
    rng = chance(name, number, seed)
    new = rng.random() < 0.1
    content = _empty()  # and what a store needs is imported before anything is forked
    with scratch() as folder:
        path = folder / "cases.sqlite"
        if not new:
            _put(path, content)
        yield rng, path, steps(rng, cases=rng.choice((1, 1, 2, 3)), new=new)


# --- killed --------------------------------------------------------------------------------------


@functools.cache
def _pace() -> tuple[float, float]:
    """How many lines of the package, and how many seconds, a step takes."""
    planned = steps(random.Random(1))
    with scratch() as folder:
        path, fuse = folder / "cases.sqlite", Fuse(0)
        _put(path, _empty())
        began = time.monotonic()
        in_a_process(_url(path), planned)
        seconds = time.monotonic() - began
        _put(path, _empty())
        with open_case_store(_url(path)) as store:
            sys.settrace(fuse)
            try:
                for it in planned:
                    it.take(store)
            finally:
                sys.settrace(None)
    return fuse.count / len(planned), seconds / len(planned)


def kill(number: int, seed: int) -> Finding | None:
    """Kill a writer before a line of the package or after some time, at times several times."""
    with _begun("cases-kills", number, seed) as (rng, path, planned):
        lines, seconds = _pace()
        acknowledged: set[int] = set()
        unsure: set[int] = set()
        first = 0
        for _ in range(rng.choice((1, 1, 2, 3))):
            left = len(planned) - first
            if rng.random() < 0.5:
                fuse = Fuse(rng.randint(1, 1 + int(lines * left)))
                told = in_a_process(
                    _url(path), planned, first, before=functools.partial(sys.settrace, fuse)
                )
            else:
                told = in_a_process(_url(path), planned, first, kill_after=rng.random() * seconds * left)
            if told.raw:
                return Finding("a writer raises what is not ours", told.raw)
            acknowledged |= set(told.acknowledged)
            unsure |= told.unsure - {-1}
            first = min(max(told.begun, 0), len(planned) - 1)
            others = {n: code for n, code in told.failed.items() if not _is_repeated(planned[n], code)}
            if others:
                return Finding(f"a writer is refused: {sorted(set(others.values()))}", str(told))
        problem = wrong(_url(path), planned, acknowledged, unsure)
        return Finding(problem, str((acknowledged, unsure))) if problem else None


def _is_repeated(step: Step, code: str) -> bool:
    """Whether a step is refused because it was killed after it was done."""
    return step.what == "create" and code == "no-case-store"


# --- full disks ----------------------------------------------------------------------------------


def fill(number: int, seed: int) -> Finding | None:
    """Let no file grow beyond some size: each step is acknowledged and there, or refused by name."""
    with _begun("cases-disks", number, seed) as (rng, path, planned):
        size = len(_empty())
        space = rng.choice((0, rng.randrange(size), size + rng.randrange(40_000)))
        told = in_a_process(_url(path), planned, before=without_space(space))
        detail = f"{space} bytes\n{told}"
        if told.raw:
            return Finding("a writer raises what is not ours", f"{told.raw}\n{detail}")
        if told.code:
            return Finding(f"a writer ended with {told.code}", detail)
        # What follows on a step that the store could not take is impossible.
        known = {"case-store-failed", "impossible-event", "unknown-reference", "no-case-store"}
        if set(told.failed.values()) - known:
            return Finding(f"a full disk is told as {sorted(set(told.failed.values()))}", detail)
        acknowledged = set(told.acknowledged)
        # A store that could not be made is made by the next one.
        unsure = {n for n, code in told.failed.items() if code == "case-store-failed"} | {0}
        try:
            problem = wrong(_url(path), planned, acknowledged, unsure)
        except HuurschuldError as error:
            problem = f"going on is refused: {error}"
        return Finding(problem, detail) if problem else None


# --- torn files ----------------------------------------------------------------------------------


@frozen
class _Written:
    """A store on the disk: its file, its journal if a change was cut short, and what it tells."""

    content: bytes
    journal: bytes
    truth: tuple[object, ...]


def _made(folder: Path) -> Path:
    """A store of six cases, one of whom is forgotten."""
    path = folder / "cases.sqlite"
    with new_store(_url(path)) as store:
        for number in range(_CASES):
            write(store, whole_life()[: 21 - 3 * number], case=f"case-{number}")
            store.look(f"case-{number}", by="ggd", person="a colleague", purpose="test")
        store.forget("case-0", by="municipality", person="a colleague")
    return path


@functools.cache
def _written() -> tuple[_Written, _Written]:
    """A store at rest, and one whose process was killed in the middle of a change."""
    with scratch() as folder:
        path = _made(folder)
        rest = path.read_bytes()
        with open_case_store(_url(path)) as store:
            truth = tuple(_told(store, f"case-{number}") for number in range(_CASES))
        _put(path, rest)
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            # With hardly any cache SQLite writes to the file long before the end of the change.
            for it in ("cache_size = 1", "journal_mode = TRUNCATE"):
                connection.execute(f"PRAGMA {it}")
            connection.execute("BEGIN")
            connection.execute(
                "UPDATE entries SET public = public || ' ', link = 'x' || substr(link, 2)"
            )
            connection.execute("UPDATE cases SET head = 'x' || substr(head, 2)")
            half, journal = path.read_bytes(), (folder / "cases.sqlite-journal").read_bytes()
            connection.execute("ROLLBACK")
    assert half != rest
    return _Written(rest, b"", truth), _Written(half, journal, truth)


def _told(store: CaseStore, case: str) -> object:
    found = store.look(case, by="ggd", person="a colleague", purpose="test")
    return found.state, found.events, found.is_forgotten


def _torn(content: bytes, rng: random.Random) -> bytes:
    """Cut a file off, or put zeros or something else in place of sectors or pages of it."""
    if not content:
        return content
    if rng.random() < 0.3:
        return content[: rng.randrange(len(content))]
    torn = bytearray(content)
    for _ in range(rng.choice((1, 1, 2, 5))):
        size = rng.choice((512, 4096, 4096))
        at = rng.randrange(0, len(torn), size)
        end = min(at + size, len(torn))
        other = rng.randrange(0, len(torn), size)
        kind = rng.random()
        if kind < 0.6:
            torn[at:end] = bytes(end - at)
        elif kind < 0.8:
            torn[at:end] = rng.randbytes(end - at)
        else:  # written elsewhere
            torn[at:end] = (torn[other : other + size] + bytes(size))[: end - at]
    return bytes(torn)


def tear(number: int, seed: int) -> Finding | None:
    """Tear the file, or the journal of a change that was cut short: it tells what is true."""
    rng = chance("cases-torn", number, seed)
    with making():
        rest, half = _written()
        it, which = rng.choice(((rest, "file"), (half, "file"), (half, "journal"), (half, "no journal")))
        content = _torn(it.content, rng) if which == "file" else it.content
        journal = _torn(it.journal, rng) if which == "journal" else it.journal
        journal = b"" if which == "no journal" else journal
    with scratch() as folder:
        path = folder / "cases.sqlite"
        _put(path, content)
        if journal:
            _put(folder / "cases.sqlite-journal", journal)
        return _lies(path, it.truth, which)


def _lies(path: Path, truth: tuple[object, ...], which: str) -> Finding | None:
    try:
        with open_case_store(_url(path)) as store:
            faults: tuple[object, ...] = ()
            try:
                faults = verify(store)
            except CaseError as error:
                faults = (error,)
            for number, true in enumerate(truth):
                try:
                    told = _told(store, f"case-{number}")
                except HuurschuldError as error:
                    if not faults:
                        return Finding(f"it verifies, and a case is refused: {error}", which)
                    if raw := unexpected(error):
                        return raw
                    continue
                if told != true:
                    return Finding("a torn case is told as if it were whole", f"{which}: {number}")
            if not faults and len(store.keys()) != len(truth):
                return Finding("it verifies, and a case is lost", which)
    except HuurschuldError as error:
        return unexpected(error)
    return None


# --- changed logs --------------------------------------------------------------------------------


def change(number: int, seed: int) -> Finding | None:
    """Change, remove, swap, insert or cut off records of any table: it is found, and where."""
    rng = chance("cases-log", number, seed)
    made = rng.choice((*CHANGES, *[change_a_value] * 6))
    with scratch() as folder:
        path = folder / "cases.sqlite"
        with making():
            _put(path, _written()[0].content)
            with closing(sqlite3.connect(path)) as connection:
                places = made(connection, rng)
                connection.commit()
        try:
            with open_case_store(_url(path)) as store:
                found = verify(store)
        except CaseError as error:
            return unexpected(error) or (
                Finding(f"{made.__name__}: it is told, but not where", str(error)) if places else None
            )
    named = {(it.case, it.entry) for it in found}
    if not found:
        return Finding(f"{made.__name__}: it is not found", str(places))
    if places and not places & named:
        return Finding(f"{made.__name__}: it is found elsewhere", f"{places}\n{named}")
    return None


ATTACKS: Final = (
    Attack(
        "cases-kills",
        "a writer that was killed: every event that was acknowledged is there, and the next one goes on",
        kill,
        weight=4,
        short=15,
    ),
    Attack(
        "cases-disks",
        "a full disk is told by name, and loses nothing that was acknowledged",
        fill,
        weight=2,
        short=15,
    ),
    Attack(
        "cases-torn",
        "a torn file of cases tells what is true, or that it is damaged",
        tear,
        weight=2,
        short=40,
        seconds=20,
    ),
    Attack(
        "cases-log",
        "a record of the log that is changed, removed, swapped, inserted or cut off is found, and where",
        change,
        weight=4,
        short=60,
        seconds=20,
    ),
)
