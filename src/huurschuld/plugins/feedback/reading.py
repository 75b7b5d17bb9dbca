"""Feedback at the landlord's side: the messages in a folder, as facts of tenancies.

A message that cannot be read may be the one that says that collection is suspended. So then there are no
facts at all, and the error names the file: no referral goes out because a message was damaged.
"""

from __future__ import annotations

import datetime as dt
import os
import stat
from collections.abc import Iterable, Iterator, Mapping
from itertools import zip_longest
from pathlib import Path
from typing import Final

from attrs import evolve

from huurschuld import referrals
from huurschuld.errors import InputError, InvalidValue, UnknownReference
from huurschuld.hooks import ArrowStream, Enricher
from huurschuld.model.feedback import (
    LARGEST_MESSAGE,
    Feedback,
    FeedbackMessage,
    read_feedback,
)
from huurschuld.model.tenancy import StatedFact
from huurschuld.portfolio.extras import polars

_FLAGS: Final = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
_ONE_DAY: Final = dt.timedelta(days=1)


def open_feedback(*, folder: str, outbox: str) -> Enricher:
    """Open the enricher that gives the table `facts` from feedback.

    Args:
        folder: where the messages are, as `feedback-drop` puts them there.
        outbox: the outbox of the referrals: it knows which tenancy the key of each is of.

    Raises:
        InvalidValue: there is no such folder.
        OutboxError: the outbox cannot be read, when the table is.
    """
    if not Path(folder).is_dir():
        raise InvalidValue("/folder", "there is no such folder", "create it first")
    return _FeedbackFacts(Path(folder), outbox)


class _FeedbackFacts:
    def __init__(self, folder: Path, outbox: str) -> None:
        self._folder = folder
        self._outbox = outbox

    def parts(self) -> Mapping[str, ArrowStream]:
        """Return the table `facts`."""
        pl = polars("facts")
        with referrals.open_outbox(self._outbox) as box:
            tenancies = {it.key: it.tenancy for it in referrals.listing(box)}
        messages = read_messages(self._folder)
        for file, message in messages.items():
            if message.feedback.key not in tenancies:
                raise UnknownReference(
                    file, "no referral in the outbox has this key", "put it aside, and ask who sent it"
                )
        told: dict[str, list[FeedbackMessage]] = {}
        for message in messages.values():
            tenancy = tenancies[message.feedback.key]
            if tenancy is not None:  # else it was forgotten whom it was about
                told.setdefault(tenancy, []).append(message)
        rows = [
            (tenancy, it.name, "true" if it.value is True else "false", it.from_, it.until)
            for tenancy, its in sorted(told.items())
            for it in facts_of(its)
        ]
        schema = {
            "tenancy": pl.String,
            "name": pl.String,
            "value": pl.String,
            "from": pl.Date,
            "until": pl.Date,
        }
        frame: ArrowStream = pl.DataFrame(rows, schema=schema, orient="row")
        return {"facts": frame}


def read_messages(folder: str | Path) -> Mapping[str, FeedbackMessage]:
    """Read the messages in a folder, by the names of their files; one that is there twice counts once.

    Files of which the name does not end in `.json`, or begins with a dot, are left alone.

    Raises:
        InputError: one cannot be read, or is damaged; its place begins with the name of the file.
        OSError: the folder cannot be read.
    """
    found: dict[str, FeedbackMessage] = {}
    ids: set[str] = set()
    for name in sorted(os.listdir(folder)):  # noqa: PTH208 - the names are wanted
        if name.startswith(".") or not name.endswith(".json"):
            continue
        refused: InputError
        try:
            message = read_feedback(_content(Path(folder, name)))
        except InputError as error:
            refused = error.at(f"{name}{error.place}")
        else:
            if message.id not in ids:
                found[name] = message
            ids.add(message.id)
            continue
        raise refused
    return found


def _content(path: Path) -> bytes:
    try:
        opened = os.open(path, _FLAGS)
        with open(opened, "rb") as file:  # noqa: PTH123 - opens a descriptor
            if stat.S_ISREG(os.fstat(opened).st_mode):
                return file.read(LARGEST_MESSAGE + 1)
    except OSError:
        pass
    raise InvalidValue("", "it cannot be read, or is no file", "look what it is")


def facts_of(messages: Iterable[FeedbackMessage]) -> tuple[StatedFact, ...]:
    """Work out the facts of one tenancy, day by day, from all feedback on its referrals.

    Of one referral a message replaces, from its day on, what earlier ones said. Collection is suspended
    while it is for any referral. Whether help was accepted is what was said last.
    """
    lines: dict[str, list[Feedback]] = {}
    for message in sorted(messages, key=order_of):
        said = lines.setdefault(message.feedback.key, [])
        while said and said[-1].day >= message.feedback.day:
            said.pop()
        said.append(message.feedback)
    days = sorted({it.day for said in lines.values() for it in said})
    found: list[StatedFact] = []
    for day, following in zip_longest(days, days[1:]):
        until = None if following is None else following - _ONE_DAY
        latest = [max(now, key=lambda it: it.day) for said in lines.values() if (now := _by(said, day))]
        found += _on(day, until, latest)
    return tuple(found)


def order_of(message: FeedbackMessage) -> tuple[int, dt.date, dt.datetime]:
    """Return what messages about one referral are put in order by; see `FeedbackMessage`."""
    return message.number, message.feedback.day, message.made


def _by(said: list[Feedback], day: dt.date) -> list[Feedback]:
    return [it for it in said if it.day <= day]


def _on(day: dt.date, until: dt.date | None, latest: list[Feedback]) -> Iterator[StatedFact]:
    """The facts of a span of days in which nothing is said anew."""
    suspended = [it.suspended_until for it in latest if it.suspended_until is not None]
    one = Feedback(
        key="0",
        day=day,
        taken=latest[0].taken,
        help_accepted=next(
            (
                it.help_accepted
                for it in sorted(latest, key=lambda it: it.day, reverse=True)
                if it.help_accepted is not None
            ),
            None,
        ),
        suspended_until=max(suspended, default=None),
    )
    for fact in one.facts():
        ends = [it for it in (fact.until, until) if it is not None]
        yield evolve(fact, until=min(ends, default=None))
