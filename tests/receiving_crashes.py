"""Taking in a folder, killed before its Nth line, for every third N; each in a process of its own.

    python receiving_crashes.py FOLDER

Child N works in FOLDER/N: `in` is the folder of the landlord, `cases.sqlite` the store. Before the Nth
line that runs in the code that receives, SIGKILL. It prints the number of each child that was killed.
"""

from __future__ import annotations

import datetime as dt
import logging
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

from case_lives import FIRST, WHO
from case_stores import MovingClock

import huurschuld.cases.receiving
import huurschuld.plugins.meldpunt.receiving
from huurschuld.cases import create_case_store, open_case_store
from huurschuld.model.referral import Referral
from huurschuld.plugins.meldpunt import open_file_drop, receiving

STEP = 3
CODE = {str(it.__file__) for it in (huurschuld.cases.receiving, huurschuld.plugins.meldpunt.receiving)}


def killed_at_each_line(run: Callable[[Path], None], base: Path, code: set[str]) -> None:
    """Run a life in a child for every third N, killed before line N of this code, until one ends."""
    for number in range(1, 10_000, STEP):
        (folder := base / f"{number}").mkdir()
        child = os.fork()
        if child == 0:
            sys.settrace(_killer(number, code))
            run(folder)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if os.WIFEXITED(status):
            if os.WEXITSTATUS(status):
                raise SystemExit(f"child {number} failed")
            return
        print(number)  # noqa: T201 - how it tells


def _killer(number: int, code: set[str]) -> Any:
    left = number

    def line(_: FrameType, event: str, __: object) -> Any:
        nonlocal left
        if event == "line":
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)
        return line

    return lambda frame, _, __: line if frame.f_code.co_filename in code else None


def live(folder: Path) -> None:
    """A landlord puts two files there, and they are taken in; only that is traced."""
    trace = sys.gettrace()
    sys.settrace(None)
    (folder / "in").mkdir()
    channel = open_file_drop(folder=str(folder / "in"))
    for number in range(1, 3):
        channel.send(Referral(contact=WHO, arrears_cents=127_000), f"{number:032x}")
    create_case_store(
        f"sqlite:///{folder / 'cases.sqlite'}", clock=MovingClock(dt.datetime(2027, 6, 1, tzinfo=dt.UTC))
    ).close()
    sys.settrace(trace)
    url = f"sqlite:///{folder / 'cases.sqlite'}"
    with open_case_store(url) as store:
        receiving.receive_folder(store, folder / "in", by="ggd", person="a colleague", day=FIRST)


if __name__ == "__main__":
    logging.disable()
    killed_at_each_line(live, Path(sys.argv[1]), CODE)
