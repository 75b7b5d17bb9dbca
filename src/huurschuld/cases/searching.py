"""Reading a store of cases by program: nobody sees what is read, so it is no access to a case.

Whoever shows what was found to a person looks at the case (`CaseStore.look`), which is recorded.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from sqlalchemy import Row, select

from huurschuld.cases.case import Event
from huurschuld.cases.entries import event_of, events_of
from huurschuld.cases.kinds import EventType
from huurschuld.cases.store import CaseStore
from huurschuld.storage.chains import entry_of, locked
from huurschuld.storage.connecting import NotAsWritten
from huurschuld.storage.entries import EntryKind
from huurschuld.storage.sealing import Unsealable
from huurschuld.storage.tables import CASES, ENTRIES, SECRETS


def events_of_case(store: CaseStore, key: str) -> tuple[Event, ...] | None:
    """Read the events of a case, in the order in which they were recorded; None without such a case.

    Raises:
        CaseError: the store cannot be read, or the case is not as it was written.
    """
    with store.transaction() as connection:
        found = locked(connection, key)
        return None if found is None else events_of(found) or None


def received_signals(store: CaseStore) -> Iterator[Event]:
    """Yield the `received` events of all cases but those of the forgotten.

    What is personal is opened only here, one after another: a store has no index of names or addresses,
    not even of their hashes, as that would outlive the person's key.

    Raises:
        CaseError: the store cannot be read, or one of them is not as it was written.
    """
    query = (
        select(CASES.c.key.label("case_key"), SECRETS.c.key.label("secret"), *ENTRIES.c)
        .join(CASES, CASES.c.number == ENTRIES.c.case)
        .join(SECRETS, SECRETS.c.case == ENTRIES.c.case)
        .where(ENTRIES.c.kind == str(EntryKind.EVENT))
        .where(ENTRIES.c.public.contains(f'"type":"{EventType.RECEIVED}"', autoescape=True))
        .order_by(ENTRIES.c.case, ENTRIES.c.number)
    )
    with store.reading() as connection:
        rows = connection.execute(query).all()
        events = [_event(row) for row in rows]
    yield from events


def _event(row: Row[Any]) -> Event:
    entry = entry_of(row)
    if not entry.is_as_written(row.case_key):
        raise NotAsWritten(f"case {row.case}, entry {row.number} is not as written")
    with suppress(Unsealable):
        return event_of(row.case_key, entry, row.secret)
    raise NotAsWritten(f"the key of case {row.case} is not as it was written")
