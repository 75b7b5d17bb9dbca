"""Delivery, seen whole: a real receiver in trouble, a sender that is killed again and again.

`HUURSCHULD_REFERRALS=1000` sends that many; by default fewer.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from receiver import receiver, taken
from referring import RECEIVER, WHO, People, person, to_refer

from huurschuld.referrals import (
    Listed,
    State,
    Verdict,
    confirm,
    create_outbox,
    decide_doubt,
    history,
    listing,
    open_outbox,
    propose,
)
from huurschuld.referrals.states import OPEN_STATES

HERE = Path(__file__).parent
MANY = int(os.environ.get("HUURSCHULD_REFERRALS", "60"))
SEED = 2012
# In seconds. A request that goes well has time even on a slow machine, and nothing of it is still on its
# way when it counts as settled; how long a sender lives decides only where it is killed.
TIMEOUT = 1.0
LATE = 1.5
PACING = {"rounds": 3, "first_wait": 0.01, "longest_wait": 0.02, "failures": 12, "settling": 15.0}
LONGEST_LIFE = 3.0
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(os.name != "posix", reason="a process is killed with SIGKILL"),
]


def prepare(path: Path) -> tuple[set[str], set[str]]:
    """An outbox of many referrals, a tenth of them not confirmed, a few withdrawn: both keys."""
    chance = random.Random(SEED)
    with create_outbox(path) as outbox:
        decisions = [to_refer(f"tenancy-{number}", 10_000 + number) for number in range(MANY)]
        keys = list(propose(outbox, decisions, batch="october").keys)
        chosen = {key for key in keys if chance.random() < 0.9}
        done = confirm(outbox, sorted(chosen), by=WHO, contacts=People(), receiver=RECEIVER)
        assert not done.failed
    return chosen, set(keys) - chosen


def run_until_done(
    path: Path, options: dict[str, Any], between: Callable[[], None] = lambda: None
) -> Counter[str]:
    """Start senders and kill them by chance until nothing is left to send; how they ended."""
    chance = random.Random(SEED)
    ended: Counter[str] = Counter()
    while any(it.state in OPEN_STATES for it in entries(path)):
        with subprocess.Popen(  # noqa: S603 - this interpreter, on a file of ours
            [
                sys.executable,
                str(HERE / "sender.py"),
                str(path),
                json.dumps({"timeout": str(TIMEOUT), **options}),
                json.dumps(PACING),
            ],
            stdout=subprocess.PIPE,
            text=True,
        ) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
            try:
                process.wait(chance.uniform(0, LONGEST_LIFE))
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGKILL)
        ended["killed" if process.returncode else "done"] += 1
        assert process.returncode in {0, -signal.SIGKILL}
        assert ended.total() < 100 + MANY
        between()
    return ended


def entries(path: Path) -> tuple[Listed, ...]:
    with open_outbox(path) as outbox:
        return listing(outbox)


def report(name: str, ended: Counter[str], log: Path, path: Path) -> None:
    """Figures, for those who run it with `-s`."""
    with open_outbox(path) as outbox:
        happened = Counter(str(it.what) for one in listing(outbox) for it in history(outbox, one.key))
    arrived = len(taken(log))
    print(f"\n{name}: {MANY} proposed, {arrived} taken, senders {dict(ended)}, {dict(happened)}")  # noqa: T201


@pytest.mark.parametrize("way", ["by key", "by asking", "by a person"])
def test_each_referral_arrives_once(tmp_path: Path, way: str) -> None:
    """However often the receiver fails and the sender is killed, none is lost, doubled or unconfirmed.

    A doubt waits for a person, who looks at the receiver's list, and sometimes does not: only what that
    person sends again may arrive twice. With a receiver that knows keys there are no doubts.
    """
    path, log = tmp_path / "o", tmp_path / "log"
    chosen, others = prepare(path)
    chance = random.Random(SEED)
    again: Counter[str] = Counter()
    blind: set[str] = set()

    def a_person_finds_out() -> None:
        doubtful = [it.key for it in entries(path) if it.state is State.DOUBTFUL]
        if not doubtful:
            return
        while httpx.get(f"{address}/in-hand").text != "0":
            time.sleep(0.02)  # what is still on its way has arrived then
        there = {it["key"] for it in taken(log)}
        with open_outbox(path) as outbox:
            for key in doubtful:
                careless = chance.random() < 0.05
                known = key in there and not careless
                verdict = Verdict.ACCEPTED if known else Verdict.SEND_AGAIN
                decide_doubt(outbox, key, by=WHO, verdict=verdict)
                again[key] += verdict is Verdict.SEND_AGAIN
                if careless and key in there:
                    blind.add(key)

    trouble = ("--seed", str(SEED), "--trouble", "0.25", "--late", str(LATE))
    with receiver(log, *trouble, *(["--knows-keys"] if way == "by key" else [])) as address:
        options: dict[str, Any] = {"url": f"{address}/signals"}
        options |= {"honours_key": True} if way == "by key" else {}
        options |= {"ask_url": options["url"]} if way == "by asking" else {}
        ended = run_until_done(path, options, a_person_finds_out)
    found = taken(log)
    report(way, ended, log, path)
    counted = Counter(it["key"] for it in found)
    assert set(counted) == chosen
    assert all(counted[key] <= 1 + again[key] for key in chosen)
    assert {key for key in chosen if counted[key] > 1} <= blind
    assert way != "by key" or not again
    by_key = {it.key: it for it in entries(path)}
    assert {by_key[key].state for key in chosen} == {State.ACCEPTED}
    assert {by_key[key].state for key in others} <= {State.PROPOSED}
    for it in found:
        tenancy = by_key[it["key"]].tenancy
        assert tenancy is not None
        assert json.loads(it["body"])["name"] == person(tenancy).name
    assert ended["killed"]
