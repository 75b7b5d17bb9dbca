"""Verifying the log of a case store: any change, gap, reordering or truncation is found and located.

The chains show what was changed by accident, or by somebody who did not write them anew. Against one
who does, the heads must be kept elsewhere. `heads` gives them, one line for each case: publish their
digest, give them to another party, or have it time-stamped (RFC 3161). `verify` holds the log against
them later.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from typing import Any

from attrs import frozen
from sqlalchemy import Connection, select
from sqlalchemy.engine import Row

from huurschuld.cases.chains import (
    chain_faults,
    entries_of,
    is_as_begun,
    is_readable,
    secret_fault,
    secret_of,
)
from huurschuld.cases.entries import FIRST_LINK, Entry, personal_of
from huurschuld.cases.sealing import Unsealable
from huurschuld.cases.store import CaseStore
from huurschuld.cases.tables import CASES, ENTRIES, SECRETS, SUMMARY
from huurschuld.errors import InvalidValue


@frozen
class LogFault:
    """Something in the log that is not as it was written.

    Attributes:
        case: the number of the case, counted from 1 as they began; None for the store as a whole.
        entry: the number of the entry in the case; None for the case itself.
        problem: what is wrong.
    """

    case: int | None
    entry: int | None
    problem: str

    def __str__(self) -> str:
        where = "the store" if self.case is None else f"case {self.case}"
        return f"{where}{'' if self.entry is None else f', entry {self.entry}'}: {self.problem}"


@frozen
class Head:
    """The end of the chain of a case: how many entries it had, and the link of the last one."""

    case: int
    entries: int
    link: str

    def __str__(self) -> str:
        return f"{self.case} {self.entries} {self.link}"


def heads(store: CaseStore) -> tuple[Head, ...]:
    """Return the heads of all cases, to be kept elsewhere. They say nothing of anybody.

    Raises:
        CaseError: the store cannot be read.
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


def verify(store: CaseStore, kept: Iterable[Head] = ()) -> tuple[LogFault, ...]:
    """Check the whole log: every link, that nothing is missing, and that it goes on from the heads kept.

    Args:
        store: the store.
        kept: heads of an earlier day.

    Returns:
        What is wrong, in the order of the cases; nothing if all is as it was written.

    Raises:
        CaseError: the store cannot be read.
    """
    with store.reading() as connection:
        return tuple(_faults(connection, {head.case: head for head in kept}))


def _faults(connection: Connection, kept: dict[int, Head]) -> Iterator[LogFault]:
    if connection.dialect.name == "sqlite" and not _is_whole(connection):
        yield LogFault(None, None, "the file is not as it was written")
    summary = connection.execute(select(SUMMARY)).all()
    if len(summary) != 1:
        yield LogFault(None, None, "its summary is lost")
        return
    before, last = FIRST_LINK, 0
    for row in connection.execute(select(CASES).order_by(CASES.c.number)).all():
        if not is_readable(row):
            yield LogFault(last + 1, None, "it is not as it was written")
            before, last = row.link, last + 1
            kept.pop(last, None)
            continue
        if row.number != last + 1:
            yield LogFault(last + 1, None, "lost")
        elif row.previous != before:
            yield LogFault(row.number, None, "it does not follow the case before it")
        if not is_as_begun(row):
            yield LogFault(row.number, None, "it is not as it was written")
        yield from _faults_of_case(connection, row, kept.pop(row.number, None))
        before, last = row.link, row.number
    if summary[0].cases != last:
        yield LogFault(
            last + 1, None, f"cases that were begun: {summary[0].cases}; that are there: {last}"
        )
    elif summary[0].head != before:
        yield LogFault(last, None, "it is not the last one that was begun")
    for case in sorted(kept):
        yield LogFault(case, None, "it was there when the heads were kept")
    yield from _strays(connection)


def _is_whole(connection: Connection) -> bool:
    """Whether an SQLite file agrees with itself: a torn index would hide a case that is there."""
    return bool(connection.exec_driver_sql("PRAGMA integrity_check(1)").scalar() == "ok")


def _faults_of_case(connection: Connection, row: Row[Any], head: Head | None) -> Iterator[LogFault]:
    entries = entries_of(connection, row.number)
    for number, problem in chain_faults(row, entries):
        yield LogFault(row.number, number, problem)
    links = [row.link, *(entry.link for entry in entries)]
    if head is not None and links[head.entries : head.entries + 1] != [head.link]:
        yield LogFault(row.number, head.entries, "it is another one than when the heads were kept")
    secret = secret_of(connection, row.number)
    if (fault := secret_fault(row, entries, secret)) is not None:
        yield LogFault(row.number, None, fault)
    if secret is not None:
        yield from _sealed_faults(row, entries, secret)


def _sealed_faults(row: Row[Any], entries: Iterable[Entry], secret: bytes) -> Iterator[LogFault]:
    for entry in entries:
        try:
            if entry.is_readable:  # else it is told already
                personal_of(row.key, entry, secret)
        except Unsealable:
            yield LogFault(row.number, entry.number, "its key does not open it")


def _strays(connection: Connection) -> Iterator[LogFault]:
    """Yield entries and keys of cases that are not there."""
    known = select(CASES.c.number)
    for table in (ENTRIES, SECRETS):
        stray = select(table.c.case).where(table.c.case.not_in(known)).distinct().order_by(table.c.case)
        for case in connection.scalars(stray):
            yield LogFault(case, None, "lost")
