"""Telling a landlord, killed before its Nth line, for every third N; each in a process of its own.

    python giving_crashes.py FOLDER

Child N works in FOLDER/N: `out` is the folder of the landlord, `cases.sqlite` the store. It prints the
number of each child that was killed.
"""

from __future__ import annotations

import datetime as dt
import logging
import sys
from pathlib import Path

from case_lives import FIRST, KEY
from case_stores import MovingClock
from receiving_crashes import killed_at_each_line

import huurschuld.cases.giving
import huurschuld.plugins.feedback.channels
from huurschuld.cases import create_case_store, give_feedback, open_case_store
from huurschuld.plugins.feedback import open_feedback_drop

CODE = {str(it.__file__) for it in (huurschuld.cases.giving, huurschuld.plugins.feedback.channels)}


def live(folder: Path) -> None:
    """A case of which help was accepted, and what the landlord may know of it; only that is traced."""
    trace = sys.gettrace()
    sys.settrace(None)
    (folder / "out").mkdir()
    url, clock = (
        f"sqlite:///{folder / 'cases.sqlite'}",
        MovingClock(dt.datetime(2027, 6, 1, tzinfo=dt.UTC)),
    )
    with create_case_store(url, clock=clock) as store:
        store.record(KEY, "received", FIRST, by="ggd", id=KEY)
        store.record(KEY, "accepted", FIRST, by="ggd")
    sys.settrace(trace)
    with open_case_store(url) as store:
        channel = open_feedback_drop(folder=str(folder / "out"))
        give_feedback(store, channel, KEY, FIRST, by="ggd", person="a colleague")


if __name__ == "__main__":
    logging.disable()
    killed_at_each_line(live, Path(sys.argv[1]), CODE)
