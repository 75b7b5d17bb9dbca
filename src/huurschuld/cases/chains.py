"""The chains of a case store: one of all cases, and one of the entries of each case.

Each function works within the transaction of its caller. A case is locked before it is read, so that its
entries are numbered without gaps whoever else writes; two cases never wait for each other.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

from attrs import frozen
from sqlalchemy import Connection, insert, select, update
from sqlalchemy.engine import Row

from huurschuld.cases.case import Event
from huurschuld.cases.connecting import damaged
from huurschuld.cases.entries import Entry, EntryKind, case_link, event_of
from huurschuld.cases.sealing import Unsealable, new_key
from huurschuld.cases.tables import CASES, ENTRIES, SECRETS, SUMMARY
from huurschuld.cases.words import Key
from huurschuld.errors import UnknownReference
from huurschuld.model.values import refuse

_PLACE: Final = "the case store"


@frozen
class StoredCase:
    """A row of the table of cases, its entries, and its key; None if the person was forgotten."""

    row: Row[Any]
    entries: tuple[Entry, ...]
    secret: bytes | None

    def events(self) -> tuple[Event, ...]:
        """Return the events among the entries.

        Raises:
            CaseStoreDamaged: what is sealed does not open with the key.
        """
        try:
            return tuple(
                event_of(self.row.key, entry, self.secret)
                for entry in self.entries
                if entry.kind == EntryKind.EVENT
            )
        except Unsealable:
            pass
        raise damaged(_PLACE, f"the key of case {self.row.number} is not as it was written")


def find(connection: Connection, case: str) -> StoredCase:
    """Read a case, as `locked` does.

    Raises:
        UnknownReference: there is no such case; at `/case`.
        CaseStoreDamaged: something of it is not as it was written.
    """
    found = locked(connection, case)
    if found is None:
        raise UnknownReference("/case", "there is no case with this key", "list the cases")
    return found


def locked(connection: Connection, case: str) -> StoredCase | None:
    """Read a case, and keep others from writing in it until the transaction ends.

    Raises:
        CaseStoreDamaged: something of it is not as it was written.
    """
    row = connection.execute(select(CASES).where(CASES.c.key == case).with_for_update()).one_or_none()
    if row is None:
        return None
    entries = entries_of(connection, row.number)
    for number, problem in chain_faults(row, entries):
        raise damaged(_PLACE, f"case {row.number}, entry {number}: {problem}")
    return StoredCase(row, entries, secret_of(connection, row.number))


def secret_of(connection: Connection, case: int) -> bytes | None:
    """Read the key of a case; None if the person was forgotten."""
    return connection.scalar(select(SECRETS.c.key).where(SECRETS.c.case == case))


def begin(connection: Connection, case: str, now: str) -> StoredCase:
    """Begin a case, in the chain of cases."""
    if not Key().accepts(case):
        raise refuse("/case", Key())
    summary = connection.execute(select(SUMMARY).with_for_update()).one()
    raced = locked(connection, case)
    if raced is not None:  # somebody else began it while this one waited
        return raced
    number = summary.cases + 1
    link = case_link(number, case, now, summary.head)
    secret = new_key()
    values = {
        "number": number,
        "key": case,
        "begun": now,
        "previous": summary.head,
        "link": link,
        "entries": 0,
        "head": link,
    }
    connection.execute(insert(CASES), values)
    connection.execute(insert(SECRETS), {"case": number, "key": secret})
    connection.execute(update(SUMMARY).values(cases=number, head=link))
    row = connection.execute(select(CASES).where(CASES.c.number == number)).one()
    return StoredCase(row, (), secret)


def chain_faults(row: Row[Any], entries: Iterable[Entry]) -> Iterator[tuple[int, str]]:
    """Yield what is wrong with the chain of a case: the number of the entry, and the problem."""
    before, last = row.link, 0
    for entry in entries:
        if entry.number != last + 1:
            missing = f"{last + 1} to {entry.number - 1}" if entry.number > last + 2 else f"{last + 1}"
            yield last + 1, f"lost: {missing}"
        elif entry.previous != before:
            yield entry.number, "it does not follow the entry before it"
        if entry.expected_link(row.key) != entry.link:
            yield entry.number, "it is not as it was written"
        before, last = entry.link, entry.number
    if row.entries != last:
        yield last + 1, f"the case has {row.entries} entries, and {last} are there"
    elif row.head != before:
        yield last, "it is not the last one that was written"


def append(
    connection: Connection,
    found: StoredCase,
    id_: str,
    kind: EntryKind,
    at: str,
    public: str,
    sealed: bytes | None,
) -> None:
    """Write an entry after the last one of a case that is locked."""
    number = found.row.entries + 1
    entry = Entry(
        number=number,
        id=id_,
        kind=kind,
        at=at,
        public=public,
        sealed=sealed,
        previous=found.row.head,
        link="",
    )
    link = entry.expected_link(found.row.key)
    connection.execute(
        insert(ENTRIES),
        {
            "case": found.row.number,
            "number": number,
            "id": id_,
            "kind": str(kind),
            "at": at,
            "public": public,
            "sealed": sealed,
            "previous": entry.previous,
            "link": link,
        },
    )
    connection.execute(
        update(CASES).where(CASES.c.number == found.row.number).values(entries=number, head=link)
    )


def entries_of(connection: Connection, case: int) -> tuple[Entry, ...]:
    """Read the entries of a case, in order."""
    rows = connection.execute(select(ENTRIES).where(ENTRIES.c.case == case).order_by(ENTRIES.c.number))
    return tuple(entry_of(row) for row in rows)


def entry_of(row: Row[Any]) -> Entry:
    """Read an entry from its row."""
    return Entry(
        number=row.number,
        id=row.id,
        kind=row.kind,
        at=row.at,
        public=row.public,
        sealed=row.sealed,
        previous=row.previous,
        link=row.link,
    )
