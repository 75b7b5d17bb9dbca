"""One who writes in a store of cases, in a process of its own, and what must be there once it has ended.

It is killed at any moment, has no more room, or loses its server. It tells on a pipe what it begins and
what was acknowledged; nothing else counts.
"""

from __future__ import annotations

import json
import os
import random
import signal
import time
import traceback
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, Final

from attrs import define, field, frozen
from case_lives import whole_life

from huurschuld import HuurschuldError, UnknownReference
from huurschuld.cases import (
    CaseStore,
    NoCaseStore,
    create_case_store,
    open_case_store,
    verify,
)

COLLEAGUE: Final = "M. de Vries"


@frozen
class Step:
    """One thing that somebody does: make the store, record an event, look, or forget a person."""

    what: str
    case: str = ""
    id: str = ""
    values: dict[str, Any] = field(factory=dict, repr=False)

    def take(self, store: CaseStore) -> None:
        """Do it."""
        if self.what == "record":
            store.record(self.case, id=self.id, person=COLLEAGUE, **self.values)
        elif self.what == "look":
            store.look(self.case, by="ggd", person=COLLEAGUE, purpose="a talk")
        else:
            store.forget(self.case, by="municipality", person=COLLEAGUE)


def steps(rng: random.Random, *, cases: int = 3, new: bool = False) -> list[Step]:
    """What somebody does, some cases at once: whole lives, looks, and one person is forgotten."""
    life = whole_life()
    lives: list[list[Step]] = []
    for number in range(cases):
        chosen = [*life[: rng.randint(2, 6)], life[-1]]
        case = f"case-{rng.randrange(10**6)}-{number}"
        lives.append(
            [
                Step(
                    "record",
                    case,
                    it.id,
                    {"type": it.type, "happened": it.happened, "by": it.by, "data": it.data},
                )
                for it in chosen
            ]
        )
        lives[-1].append(Step("look", case))
        lives[-1] += [Step("forget", case)] * (number == 0)
    found = [Step("create")] if new else []
    while lives:
        one = rng.choice(lives)
        found.append(one.pop(0))
        lives = [it for it in lives if it]
    return found


@define
class Told:
    """What a writer told: the numbers of the steps.

    Attributes:
        acknowledged: those that were.
        failed: those that the store could not take, each with the code of the error.
        begun: the last one that it began.
        raw: a traceback, if anything was raised that is not ours.
        code: how its process ended; less than 0 for a signal.
    """

    acknowledged: list[int] = field(factory=list)
    failed: dict[int, str] = field(factory=dict)
    begun: int = -1
    raw: str = ""
    code: int = 0

    @property
    def unsure(self) -> set[int]:
        """What may be there or not."""
        return ({self.begun} | self.failed.keys()) - set(self.acknowledged)


def write(
    url: str, planned: Sequence[Step], first: int, tell: Callable[..., None], retries: int = 0
) -> None:
    """Take steps from one on; of a store that fails the next one is tried all the same."""
    store: CaseStore | None = None
    for number, step in enumerate(planned[first:], first):
        for retry in range(retries + 1):
            tell(begun=number)
            try:
                if step.what == "create":
                    store = create_case_store(url)
                else:
                    store = store or open_case_store(url)
                    step.take(store)
            except HuurschuldError as error:
                tell(failed=number, code=error.code)
                if retry < retries:
                    time.sleep(0.1)
            else:
                tell(acknowledged=number)
                break


def in_a_process(
    url: str,
    planned: Sequence[Step],
    first: int = 0,
    *,
    before: Callable[[], object] = lambda: None,
    kill_after: float | None = None,
    retries: int = 0,
    meanwhile: Callable[[Told], None] = lambda _: None,
) -> Told:
    """Have steps taken by a process that is forked, and perhaps killed; give what it told."""
    reading, writing = os.pipe()
    pid = os.fork()
    if not pid:
        os.close(reading)
        _as_child(url, planned, first, retries, before, writing)
    os.close(writing)
    told, rest = Told(begun=first - 1), b""
    if kill_after is not None:
        time.sleep(kill_after)
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    with os.fdopen(reading, "rb") as pipe:
        for line in pipe:
            if line.endswith(b"\n"):  # else it was killed while it told
                _take(told, json.loads(rest + line))
                meanwhile(told)
    told.code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    return told


def _as_child(
    url: str,
    planned: Sequence[Step],
    first: int,
    retries: int,
    before: Callable[[], object],
    writing: int,
) -> None:
    def tell(**what: Any) -> None:
        os.write(writing, json.dumps(what).encode() + b"\n")

    try:
        before()
        write(url, planned, first, tell, retries)
    except BaseException:  # noqa: BLE001 - it is told
        tell(raw=traceback.format_exc())
    finally:
        os._exit(0)


def _take(told: Told, line: dict[str, Any]) -> None:
    told.begun = line.get("begun", told.begun)
    told.raw = line.get("raw", told.raw)
    if "acknowledged" in line:
        told.acknowledged.append(line["acknowledged"])
    if "failed" in line:
        told.failed[line["failed"]] = line["code"]


def wrong(url: str, planned: Sequence[Step], acknowledged: set[int], unsure: set[int]) -> str | None:
    """What is wrong with a store after all that, if anything is: the next one starts, and goes on."""
    if planned[0].what == "create" and 0 not in acknowledged:
        try:
            create_case_store(url).close()
        except NoCaseStore:
            if 0 not in unsure:
                return "a store is there that nobody began to make"
    with open_case_store(url) as store:
        problem = _wrong_in(store, planned, acknowledged, unsure)
        if problem:
            return problem
        forgotten = {it.case for it in planned if it.what == "forget" and _is_forgotten(store, it.case)}
        for it in planned:
            if it.what != "create" and not (it.what == "record" and it.case in forgotten):
                it.take(store)
        every = set(range(len(planned)))
        problem = _wrong_in(store, planned, every, set())
        return problem and f"going on: {problem}"


def _is_forgotten(store: CaseStore, case: str) -> bool:
    try:
        return store.look(case, by="ggd", person=COLLEAGUE, purpose="a check").is_forgotten
    except UnknownReference:
        return False


def _wrong_in(
    store: CaseStore, planned: Sequence[Step], acknowledged: set[int], unsure: set[int]
) -> str | None:
    if faults := verify(store):
        return f"the log does not verify: {faults[0]}"
    for case in sorted({it.case for it in planned} - {""}):
        its = {n: it for n, it in enumerate(planned) if it.case == case}
        wanted = [it.id for n, it in its.items() if it.what == "record" and n in acknowledged]
        perhaps = {it.id for n, it in its.items() if it.what == "record" and n in unsure}
        try:
            found = store.look(case, by="ggd", person=COLLEAGUE, purpose="a check")
        except UnknownReference:
            if wanted:
                return "a case is lost"
            continue
        there = [it.id for it in found.events]
        if [it for it in there if it in wanted] != wanted:
            return "an event that was acknowledged is lost, doubled or out of order"
        if set(there) - set(wanted) - perhaps:
            return "an event is there that nobody recorded"
        forgets = {n for n, it in its.items() if it.what == "forget"}
        if forgets & acknowledged and not found.is_forgotten:
            return "somebody who was forgotten is not"
        if found.is_forgotten and not forgets & (acknowledged | unsure):
            return "somebody is forgotten whom nobody forgot"
    return None
