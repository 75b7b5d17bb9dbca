"""Verifying the log: any change, gap, reordering or truncation is found and located.

The chains show what was changed by accident, or by somebody who did not write them anew. Against one
who does, the heads must be kept elsewhere. `heads` gives them, one line for each case: publish their
digest, give them to another party, or have it time-stamped (RFC 3161). `verify` holds the log against
them later.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from contextlib import AbstractContextManager
from typing import Protocol

from sqlalchemy import Connection, select

from huurschuld.errors import InvalidValue
from huurschuld.storage.checking import Head, LogFault, faults
from huurschuld.storage.entries import FIRST_LINK
from huurschuld.storage.tables import CASES


class Logged(Protocol):
    """What keeps a log: an outbox, or a store of cases."""

    def reading(self) -> AbstractContextManager[Connection]:
        """Begin a transaction that sees it as it is at one moment."""


def heads(store: Logged) -> tuple[Head, ...]:
    """Return the heads of all cases, to be kept elsewhere.

    They name nobody, and have the number of entries of each case: others need only their digest.

    Raises:
        CaseError, OutboxError: the store cannot be read.
    """
    with store.reading() as connection:
        rows = connection.execute(select(CASES).order_by(CASES.c.number)).all()
    return tuple(Head(row.number, row.entries, row.head) for row in rows)


def digest(kept: Iterable[Head]) -> str:
    """Return the SHA-256 of heads, in hexadecimal: one line that can be published or time-stamped."""
    return hashlib.sha256("".join(f"{head}\n" for head in kept).encode()).hexdigest()


def read_heads(lines: Iterable[str]) -> tuple[Head, ...]:
    """Read heads from their lines.

    Raises:
        InvalidValue: a line is not one of a head.
    """
    found = []
    for number, line in enumerate(lines, 1):
        case, entries, link = [*line.split(), "", "", ""][:3]
        if not (case.isdecimal() and entries.isdecimal() and len(link) == len(FIRST_LINK)):
            raise InvalidValue(f"line {number}", "a case, a number of entries and a link are expected")
        found.append(Head(int(case), int(entries), link))
    return tuple(found)


def verify(store: Logged, kept: Iterable[Head] = ()) -> tuple[LogFault, ...]:
    """Check the whole log: every link, that nothing is missing, and that it goes on from the heads kept.

    Args:
        store: the outbox, or the store of cases.
        kept: heads of an earlier day.

    Returns:
        What is wrong, in the order of the cases; nothing if all is as it was written.

    Raises:
        CaseError, OutboxError: the store cannot be read.
    """
    with store.reading() as connection:
        return tuple(faults(connection, {head.case: head for head in kept}))
