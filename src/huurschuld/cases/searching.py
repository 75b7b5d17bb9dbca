"""Reading a store of cases by program: nobody sees what is read, so it is no access to a case.

Whoever shows what was found to a person looks at the case (`CaseStore.look`), which is recorded.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select

from huurschuld.cases.case import Event
from huurschuld.cases.chains import entry_of, locked
from huurschuld.cases.connecting import damaged
from huurschuld.cases.entries import EntryKind, event_of
from huurschuld.cases.kinds import EventType
from huurschuld.cases.sealing import Unsealable
from huurschuld.cases.store import CaseStore
from huurschuld.cases.tables import CASES, ENTRIES, SECRETS


def events_of_case(store: CaseStore, key: str) -> tuple[Event, ...] | None:
    """Read the events of a case, in the order in which they were recorded; None without such a case.

    Raises:
        CaseError: the store cannot be read, or the case is not as it was written.
    """
    with store.transaction() as connection:
        found = locked(connection, key)
        return None if found is None else found.events()


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
    for row in rows:
        entry = entry_of(row)
        if not entry.is_readable or entry.expected_link(row.case_key) != entry.link:
            raise damaged(
                "the case store", f"case {row.case}, entry {row.number}: not as it was written"
            )
        try:
            event = event_of(row.case_key, entry, row.secret)
        except Unsealable:
            event = None
        if event is None:
            raise damaged("the case store", f"the key of case {row.case} is not as it was written")
        yield event
