"""Killed before any line of the outbox that runs: what is left, and that it goes on from there.

`HUURSCHULD_CRASHES=all` kills before every line; by default before a sample of them.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from crashes import Receiver, resolve
from referring import QUICK, RECEIVER, WHO, People

from huurschuld.referrals import (
    EventType,
    NoOutbox,
    Outbox,
    State,
    confirm,
    create_outbox,
    history,
    listing,
    open_outbox,
    resume,
    send,
)
from huurschuld.referrals.states import OPEN_STATES

HERE = Path(__file__).parent
STEP = 1 if os.environ.get("HUURSCHULD_CRASHES") == "all" else 61
LAST: dict[State, set[EventType]] = {
    State.PROPOSED: {EventType.PROPOSED},
    State.CONFIRMED: {EventType.CONFIRMED, EventType.ENDED, EventType.DECIDED, EventType.RESUMED},
    State.RECALLED: {EventType.RECALLED},
    State.SENDING: {EventType.BEGUN, EventType.ENDED, EventType.FOUND},
    State.ACCEPTED: {EventType.ENDED, EventType.DECIDED, EventType.FORGOTTEN},
    State.DOUBTFUL: {EventType.DOUBTED},
    State.WITHDRAWN: {EventType.WITHDRAWN, EventType.FORGOTTEN},
}


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="a process is forked, and killed with SIGKILL")
@pytest.mark.parametrize("keys", ["KEYS", "NO-KEYS"])
def test_killed_anywhere_nothing_is_lost_and_nothing_goes_twice(tmp_path: Path, keys: str) -> None:
    """What was said to be done is done; what was not is as before; the next run brings it to its end."""
    first = 1 if keys == "KEYS" else 1 + STEP // 2
    lines = subprocess.run(  # noqa: S603 - this interpreter, on a file of ours
        [sys.executable, str(HERE / "crashes.py"), str(tmp_path), keys, str(first), str(STEP)],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    lives = sorted(tmp_path.iterdir(), key=lambda it: int(it.name))
    assert int(lives[-1].name) == int(lines)
    found: Counter[str] = Counter()
    for folder in lives:
        found.update(left_by(folder, idempotent=keys == "KEYS"))
    print(f"\n{keys}: {len(lives) - 1} kills in a life of {lines.strip()} lines; left: {dict(found)}")  # noqa: T201
    assert {"proposed", "confirmed", "sending", "accepted", "withdrawn"} <= found.keys()


def told_in(folder: Path) -> dict[str, set[str]]:
    """What a life was told to be done, and of which keys."""
    told: dict[str, set[str]] = {}
    if (folder / "told").exists():
        for line in (folder / "told").read_text().splitlines():
            what, *keys = line.split()
            told.setdefault(what, set()).update(keys)
    return told


def taken_in(folder: Path) -> list[str]:
    """The keys that the receiver has taken."""
    return (folder / "taken").read_text().split() if (folder / "taken").exists() else []


def left_by(folder: Path, *, idempotent: bool) -> list[str]:
    """Look at what a life has left, and bring it to its end."""
    told = told_in(folder)
    try:
        outbox = open_outbox(folder / "o")
    except NoOutbox:
        assert "created" not in told
        outbox = create_outbox(folder / "o")
    with outbox:
        before = {it.key: it.state for it in listing(outbox)}
        check_left(outbox, told, taken_in(folder))
        to_its_end(outbox, folder, idempotent=idempotent)
    return [str(it) for it in before.values()]


def check_left(outbox: Outbox, told: dict[str, set[str]], taken: list[str]) -> None:
    """What is left agrees with what was said, with its own history and with what the receiver has."""
    rows = listing(outbox)
    states = {it.key: it.state for it in rows}
    assert len(rows) in {0, 5}
    assert told.get("proposed", set()) <= states.keys()
    assert all(states[key] is not State.PROPOSED for key in told.get("confirmed", set()))
    assert all(states[key] is State.WITHDRAWN for key in told.get("withdrawn", set()))
    if "resumed" not in told:
        assert all(
            states[key] in {State.RECALLED, State.CONFIRMED} for key in told.get("recalled", set())
        )
    assert all(states[key] is State.ACCEPTED for key in told.get("accepted", set()))
    for it in rows:
        happened = [event.what for event in history(outbox, it.key)]
        assert happened[-1] in LAST[it.state]
        assert (it.tenancy is None) == (happened[-1] is EventType.FORGOTTEN)
        if it.key in taken:
            assert EventType.CONFIRMED in happened
            assert it.state in {State.SENDING, State.DOUBTFUL, State.ACCEPTED}
    assert not {it.key for it in rows if it.state is State.PROPOSED} & set(taken)


def to_its_end(outbox: Outbox, folder: Path, *, idempotent: bool) -> None:
    """A person and a sender go on: each confirmed referral arrives once, and no other."""
    proposals = [it.key for it in listing(outbox, state=State.PROPOSED)]
    if proposals:
        confirm(outbox, proposals[:-1], by=WHO, contacts=People(), receiver=RECEIVER)
    resume(outbox, [it.key for it in listing(outbox, state=State.RECALLED)], by=WHO, reason="go on")
    receiver = Receiver(folder / "taken", idempotent=idempotent)
    while any(it.state in OPEN_STATES for it in listing(outbox)):
        send(outbox, receiver, RECEIVER, pacing=QUICK)
        doubtful = [it.key for it in listing(outbox, state=State.DOUBTFUL)]
        resolve(outbox, folder / "taken", doubtful)
    ended = listing(outbox)
    assert {it.state for it in ended} <= {State.ACCEPTED, State.WITHDRAWN, State.PROPOSED}
    expected = {it.key for it in ended if it.state is State.ACCEPTED}
    assert Counter(taken_in(folder)) == dict.fromkeys(expected, 1)
    assert len(expected) in {0, 4}
