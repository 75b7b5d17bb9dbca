"""A byte of an outbox is changed: it tells exactly what was written, or that it is damaged."""

from __future__ import annotations

import functools
import random
import re
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

import polars as pl
from attrs import frozen
from referring import AS_OF, LEAVE, NOON, RECEIVER, WHO, Told, confirmed, proposed, told_by
from torture.attack import Attack, Finding, chance, scratch

from huurschuld.referrals import (
    EventType,
    NoOutbox,
    Outbox,
    State,
    create_outbox,
    history,
    listing,
    open_outbox,
    receipt,
    referral,
    send,
    sent,
    signals,
)

_ORDER: Final = ("recalled", "withdrawn", "accepted", "refused", "doubtful", "sending", "confirmed")
_SENDABLE: Final = {"confirmed", "recalled", "accepted"}
_PERSONAL: Final = re.compile("Naam-|tenancy-")


@frozen
class Written:
    """A file as it is on the disk, and what it may tell: what was written before an unfinished change.

    Attributes:
        content: of the file, with a referral in every state.
        journal: of the file beside it, if a process was killed in the middle of a change; else empty.
        truths: what it tells, and what then goes out.
    """

    content: bytes
    journal: bytes
    truths: Sequence[object]


def _told(outbox: Outbox) -> object:
    """All that an outbox tells, and then what a run sends."""
    listed = listing(outbox)
    told = (
        listed,
        [history(outbox, it.key) for it in listed],
        [receipt(outbox, it.key) for it in listed],
        [referral(outbox, it.key) for it in listed if it.state in _SENDABLE],
        pl.DataFrame(signals(outbox)).rows(),
        list(sent(outbox, AS_OF, AS_OF)),
    )
    channel = Told(idempotent=True)
    send(outbox, channel, RECEIVER)
    return told, channel.got


def _put(folder: Path, content: bytes, journal: bytes) -> Path:
    for name, data in (("o", content), ("o-journal", journal)):
        path = folder / name
        path.touch(mode=0o600)
        path.write_bytes(data)
    return folder / "o"


def _read(folder: Path, content: bytes, journal: bytes = b"") -> object:
    with open_outbox(_put(folder, content, journal), clock=lambda: NOON) as outbox:
        return _told(outbox)


class _Killed(Exception):
    """Ends a change before it is whole."""


@functools.cache
def _written() -> tuple[Written, Written]:
    """A file at rest, and one whose process was killed in the middle of a change."""
    with scratch() as folder, create_outbox(folder / "o", clock=lambda: NOON) as outbox:
        for number, state in enumerate(_ORDER, 1):
            keys = confirmed(outbox, f"tenancy-{number}1", f"tenancy-{number}2", batch=state)
            for key in keys[:1] if state in {"withdrawn", "recalled"} else keys:
                LEAVE[state](outbox, key)
        waiting = proposed(outbox, *(f"tenancy-8{number}" for number in range(20)), batch="proposed")
        rest = outbox.path.read_bytes()
        with scratch() as other:
            before = _read(other, rest)
        half = journal = b""
        # With hardly any cache SQLite writes to the file long before the end of the change.
        with suppress(_Killed), outbox.change() as change:
            change.connection.exec_driver_sql("PRAGMA cache_size = 1")
            for key in waiting:
                change.move(key, (State.PROPOSED,), State.WITHDRAWN, contact=None)
                change.note(key, EventType.WITHDRAWN, person=WHO)
            half, journal = outbox.path.read_bytes(), outbox.files()[1].read_bytes()
            raise _Killed
    assert half != rest
    with scratch() as other:
        assert _read(other, half, journal) == before
    return Written(rest, b"", (before,)), Written(half, journal, (before,))


def at_rest() -> bytes:
    """A file with a referral in every state."""
    return _written()[0].content


def _in_contacts(content: bytes) -> list[int]:
    """Where contact details are, which would go out."""
    return [
        at
        for found in re.finditer(rb'\{"addition":.*?\}', content, re.DOTALL)
        for at in range(*found.span())
    ]


def _changed(old: int, rng: random.Random) -> int:
    return rng.choice((old ^ 1 << rng.randrange(8), old ^ rng.randrange(1, 256)))


def flip(number: int, seed: int) -> Finding | None:
    """Change one byte: in contact details, anywhere, or in the journal of an unfinished change."""
    rng = chance("flips", number, seed)
    where = rng.choice(("contacts", "anywhere", "anywhere", "journal"))
    written = _written()[where == "journal"]
    content, journal = bytearray(written.content), bytearray(written.journal)
    subject = journal if where == "journal" else content
    offset = (
        rng.choice(_in_contacts(written.content)) if where == "contacts" else rng.randrange(len(subject))
    )
    subject[offset] = _changed(subject[offset], rng)
    what = f"byte {offset} ({where}) is {subject[offset]}"
    with scratch() as folder:
        try:
            told = _read(folder, bytes(content), bytes(journal))
        except NoOutbox as error:
            if error.code not in {"outbox-damaged", "no-outbox"} or not error.remedy:
                return Finding(f"damage is told as {error.code}", what)
            return Finding("damage is told with a name", told_by(error)) if _names(error) else None
    return None if told in written.truths else Finding(f"a changed byte ({where}) is not seen", what)


def _names(error: BaseException) -> bool:
    return _PERSONAL.search(told_by(error)) is not None


ATTACKS: Final = (
    Attack(
        "flips",
        "a changed byte of the outbox changes nothing that is told or sent, or is told as damage",
        flip,
        weight=2,
        short=40,
        seconds=10,
    ),
)
