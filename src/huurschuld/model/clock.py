"""The time: one clock for all that records or sends; a day is one in the Netherlands."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final
from zoneinfo import ZoneInfo

from huurschuld.errors import InvalidValue

Clock = Callable[[], dt.datetime]
"""Gives the time, with its zone."""

DUTCH_TIME: Final = ZoneInfo("Europe/Amsterdam")
"""Gives the day of a moment: just after midnight that is another one than in UTC."""

_stopped: dt.datetime | None = None


def now_utc() -> dt.datetime:
    """Return the time of the machine, in UTC."""
    return dt.datetime.now(dt.UTC) if _stopped is None else _stopped.astimezone(dt.UTC)


def read_clock(clock: Clock) -> dt.datetime:
    """Ask a clock that a caller gave for the time.

    Raises:
        InvalidValue: it has no zone.
    """
    now = clock()
    if now.tzinfo is None:
        raise InvalidValue("/clock", "a time without a zone", "give a clock with a time zone")
    return now


def today() -> dt.date:
    """Return the present day in the Netherlands."""
    return now_utc().astimezone(DUTCH_TIME).date()


@contextmanager
def stopped_at(moment: dt.datetime) -> Iterator[None]:
    """Tell a story that is not of today: in this process the clock stands still at this moment.

    It is for a demonstration. What is recorded meanwhile bears this moment.

    Args:
        moment: with its zone.
    """
    global _stopped  # noqa: PLW0603 - threads see it too, which no context variable does
    before, _stopped = _stopped, moment
    try:
        yield
    finally:
        _stopped = before
