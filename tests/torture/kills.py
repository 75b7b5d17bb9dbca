"""Commands that are killed at any moment, and then go on: nothing is lost, nothing is doubled."""

from __future__ import annotations

import functools
import json
import random
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import receiver as web
from referring import WHO, person
from torture import command_line as cli
from torture.attack import Attack, Finding, chance, scratch

from huurschuld.referrals import (
    EventType,
    NoOutbox,
    State,
    Verdict,
    decide_doubt,
    history,
    listing,
    open_outbox,
)

_CHOSEN: Final = ("nothing", "begun", *["proposed"] * 6, *["confirmed"] * 12)
_HAS_IT: Final = {State.SENDING, State.DOUBTFUL, State.ACCEPTED}


class Inbox:
    """What a receiver of files has taken: it takes each file away, now and then."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.taken: Counter[str] = Counter()

    def look(self) -> Counter[str]:
        """Take what is there, and say by name how often each was taken until now."""
        for path in (self._folder / "inbox").glob("*.json"):
            self.taken[json.loads(path.read_bytes())["name"]] += 1
            path.unlink()
        return self.taken


class Log:
    """What a receiver of the web has taken."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def look(self) -> Counter[str]:
        """Say by name how often each was taken until now."""
        return Counter(json.loads(it["body"])["name"] for it in web.taken(self._path))


@contextmanager
def _receiving(folder: Path, way: str) -> Iterator[tuple[str, Inbox | Log]]:
    """A receiver, and how it is configured."""
    if way == "files":
        yield cli.FILE_DROP, Inbox(folder)
        return
    knows = ["--knows-keys"] if way == "keys" else []
    with web.receiver(folder / "log", *knows) as url:
        honours = str(bool(knows)).lower()
        yield f'url = "{url}/signals"\nhonours_key = {honours}', Log(folder / "log")


@functools.cache
def _length(stage: str) -> tuple[int, float]:
    """How many lines of the package a command runs, and how many seconds it takes."""
    with scratch() as folder:
        cli.at_stage(folder, stage)
        began = time.monotonic()
        cli.run(folder, *cli.command_of(stage))
        seconds = time.monotonic() - began
    with scratch() as folder:
        cli.at_stage(folder, stage)
        return cli.lines_of(folder, *cli.command_of(stage)), seconds


def kill(number: int, seed: int) -> Finding | None:
    """Kill one command, at times several times, and go on to the end."""
    rng = chance("kills", number, seed)
    stage = rng.choice(_CHOSEN)
    way = rng.choice(("files", "files", "keys", "no-keys")) if stage == "confirmed" else "files"
    with scratch() as folder, _receiving(folder, way) as (channel, receiver):
        cli.at_stage(folder, stage, channel)
        for _ in range(rng.choice((1, 1, 1, 2, 3))):
            ended = _killed(folder, stage, rng)
            fault = ended.fault() if ended.code >= 0 else None
            problem = fault or _wrong(folder, receiver, ended)
            if problem:
                return Finding(f"{stage}, {way}: {problem}", ended.told)
        return going_on(folder, stage, receiver)


def _killed(folder: Path, stage: str, rng: random.Random) -> cli.Ended:
    """Kill a command before a line, or after some time."""
    lines, seconds = _length(stage)
    if rng.random() < 0.6:
        return cli.killed_at(folder, rng.randint(1, lines), *cli.command_of(stage))
    return cli.killed_after(folder, rng.random() * seconds, *cli.command_of(stage))


def _wrong(folder: Path, receiver: Inbox | Log, ended: cli.Ended) -> str | None:
    """What is wrong with what a killed command has left, if anything is."""
    taken = receiver.look()
    if max(taken.values(), default=0) > 1:
        return "a referral is doubled"
    try:
        outbox = open_outbox(folder / "outbox.sqlite")
    except NoOutbox as error:
        is_there = error.code == "no-outbox" and "begin" not in ended.output
        return None if is_there and not taken else f"the outbox cannot be opened: {error.code}"
    with outbox:
        for it in listing(outbox):
            was_taken = bool(it.tenancy and taken[person(it.tenancy).name])
            if was_taken and it.state not in _HAS_IT:
                return f"the receiver has a referral that is {it.state}"
            if it.state is State.ACCEPTED and not was_taken:
                return "a referral is lost: it counts as accepted, and the receiver does not have it"
            if it.state is State.ACCEPTED and history(outbox, it.key)[-1].what is not EventType.ENDED:
                return "a referral is accepted, and its history does not say how"
            if f"  {it.key[:12]} " in ended.output and it.state not in {*_HAS_IT, State.CONFIRMED}:
                return f"it was told as done, and is {it.state}"
    return None


def going_on(folder: Path, stage: str, receiver: Inbox | Log) -> Finding | None:
    """Bring everything to its end, as people would: each command again, from the one that was killed."""
    for number, following in enumerate(cli.STAGES[cli.STAGES.index(stage) :]):
        for _ in range(6 if following == "confirmed" else 1):
            ended = cli.run(folder, *cli.command_of(following))
            known = ("already exists", "there is a batch") if number == 0 else ()
            if fault := ended.fault():
                return Finding(f"going on at {following}: {fault}", ended.told)
            if ended.code == 2 and not any(it in ended.errors for it in known):
                return Finding(f"going on at {following}: it is refused", ended.told)
            problem = _wrong(folder, receiver, ended)
            if problem:
                return Finding(f"going on at {following}: {problem}", ended.told)
            if following == "confirmed" and not _in_hand(folder, receiver):
                break
    everybody = {person(it).name: 1 for it in cli.TENANCIES}
    taken = receiver.look()
    if taken != everybody:
        return Finding(f"of {len(everybody)} referrals {sum(taken.values())} came", str(taken))
    return None


def _in_hand(folder: Path, receiver: Inbox | Log) -> bool:
    """Whether anything is still to be sent; doubts are decided by what the receiver has."""
    with open_outbox(folder / "outbox.sqlite") as outbox:
        for it in listing(outbox, state=State.DOUBTFUL):
            has_it = it.tenancy and receiver.look()[person(it.tenancy).name]
            verdict = Verdict.ACCEPTED if has_it else Verdict.SEND_AGAIN
            decide_doubt(outbox, it.key, by=WHO, verdict=verdict)
        return any(it.state in {State.CONFIRMED, State.SENDING} for it in listing(outbox))


ATTACKS: Final = (
    Attack(
        "kills",
        "a command that was killed goes on: nothing is lost, nothing is doubled",
        kill,
        weight=22,
        short=15,
    ),
)
