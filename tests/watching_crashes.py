"""A life of a monitor that is killed before its Nth line, for every N, until it ends by itself.

    python watching_crashes.py FOLDER STEP

Child N lives in FOLDER/N, where `m` is the monitor, `o` the outbox and `lines` the file of lines. Before
the Nth line that runs in the monitor, SIGKILL; then another child goes on, killed again after a few
lines more than the one before, until one gets to the end. What is left by then has to be what a life
without a kill leaves. It prints how many kills there were, and how many lines a whole life has.
"""

from __future__ import annotations

import itertools
import logging
import os
import signal
import sys
from pathlib import Path
from types import FrameType
from typing import Any, Final

from referring import AS_OF, days, to_refer
from watched import Advised, added_up, findings, lines_in

import huurschuld.portfolio.monitoring
from huurschuld import MonitorError, create_monitor, deliver, open_monitor
from huurschuld.portfolio.monitoring.steps import take_step
from huurschuld.referrals import (
    State,
    create_outbox,
    listing,
    open_outbox,
    propose_changes,
    watched as of_outbox,
)

CODE: Final = (str(Path(huurschuld.portfolio.monitoring.__file__).parent), of_outbox.__file__)
WAIT, REFER, HOLD = ("wait", "regular"), ("refer", "regular"), ("hold", "regular")
DAYS: Final[tuple[Advised, ...]] = (
    {"tenancy-1": REFER, "tenancy-2": WAIT, "tenancy-3": REFER},
    {"tenancy-1": REFER, "tenancy-2": REFER, "tenancy-4": WAIT},
    {"tenancy-1": HOLD, "tenancy-2": REFER, "tenancy-3": REFER, "tenancy-4": HOLD},
)
EXPECTED: Final = 9
"""How many changes there are on these days."""
PROPOSED: Final = {"tenancy-2": [State.PROPOSED], "tenancy-1": [State.WITHDRAWN]} | {
    "tenancy-3": [State.WITHDRAWN, State.PROPOSED]
}


def live(folder: Path) -> None:
    """Take a step a day, from where the last life ended; deliver and propose each."""
    if not (folder / "made").exists():
        try:
            create_monitor(folder / "m").close()
        except MonitorError:
            open_monitor(folder / "m").close()
        (folder / "made").touch()
    with open_monitor(folder / "m") as monitor, open_outbox(folder / "o") as outbox:
        deliver(monitor, folder / "lines")
        last = monitor.day()
        for number, advised in enumerate(DAYS):
            day = AS_OF - days(len(DAYS) - number)
            if last is not None and day < last:
                continue
            others = {"tenancy-1", "tenancy-2", "tenancy-3", "tenancy-4"} - advised.keys()
            step = take_step(monitor, findings(day, advised, others), proposing=True)
            deliver(monitor, folder / "lines")
            propose_changes(outbox, monitor, step)


class Fuse:
    """Kills the process before the Nth line of the monitor."""

    def __init__(self, lines: int) -> None:
        self.left = lines

    def __call__(self, frame: FrameType, event: str, _: Any) -> Any:
        if not frame.f_code.co_filename.startswith(CODE):
            return None
        if event == "line":
            self.left -= 1
            if self.left == 0:
                os.kill(os.getpid(), signal.SIGKILL)
        return self


def lived(folder: Path, lines: int) -> bool:
    """Live until the fuse has burnt; whether it lived to the end."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            sys.settrace(Fuse(lines))
            live(folder)
            code = 0
        finally:
            sys.settrace(None)
            os._exit(code)
    _, status = os.waitpid(child, 0)
    if status and not os.WIFSIGNALED(status):
        raise SystemExit(f"a life of {folder.name} failed by itself")
    return status == 0


def check(folder: Path) -> None:
    """Hold what is left against what a life without a kill leaves."""
    lines = lines_in(folder / "lines")
    assert added_up(lines) == DAYS[-1]
    assert len(lines) == EXPECTED, len(lines)
    with open_monitor(folder / "m") as monitor:
        assert [it.document() for it in monitor.emitted()] == lines
        assert not monitor.due()
    with open_outbox(folder / "o") as outbox:
        found: dict[str, list[State]] = {}
        for it in listing(outbox):
            found.setdefault(str(it.tenancy), []).append(it.state)
    assert found == PROPOSED, found


def main() -> None:
    """Fork lives, until one needs no kill to end."""
    root, step = Path(sys.argv[1]), int(sys.argv[2])
    logging.disable()
    to_refer("warm")
    create_outbox(root / "template").close()
    kills = 0
    for number in itertools.count(1, step):
        folder = root / str(number)
        folder.mkdir()
        (folder / "o").touch(mode=0o600)
        (folder / "o").write_bytes((root / "template").read_bytes())
        lines, was_killed = number, False
        while not lived(folder, lines):
            kills, was_killed = kills + 1, True
            lines += 97  # so that it gets to the end at last
        check(folder)
        if not was_killed:
            break
    print(kills, number, flush=True)  # noqa: T201 - how it tells


if __name__ == "__main__":
    main()
