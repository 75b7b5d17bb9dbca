"""The events of all cases, with only what stands in the clear: for the figures of a year.

What is about one person is neither read nor decrypted, so the figures are the same before and after a
person is forgotten. It shows who looks nobody in particular, and is not recorded in the cases.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any, Final

from sqlalchemy import null, select
from sqlalchemy.engine import Row

from huurschuld.cases.case import Event
from huurschuld.cases.entries import event_of
from huurschuld.cases.store import CaseStore
from huurschuld.errors import HuurschuldError
from huurschuld.storage.chains import entry_of
from huurschuld.storage.connecting import NotAsWritten
from huurschuld.storage.entries import EntryKind
from huurschuld.storage.tables import CASES, ENTRIES

_AT_ONCE: Final = 5_000


def clear_events(store: CaseStore) -> Iterator[tuple[Event, ...]]:
    """Yield the events of each case, in the order in which the cases began and things were recorded.

    It is seen that no entry is missing, and that they follow each other. Whether each is as it was
    written only `verify` tells: that needs what is sealed too.

    Raises:
        CaseStoreDamaged: an entry is missing, or cannot be read.
        CaseError: the store cannot be read.
    """
    # Null stands for what is sealed, which is not read.
    columns = [null().label(it.name) if it is ENTRIES.c.sealed else it for it in ENTRIES.c]
    with store.reading() as connection:
        cases = {row.number: row for row in connection.execute(select(CASES))}
        rows = connection.execution_options(yield_per=_AT_ONCE).execute(
            select(*columns).order_by(ENTRIES.c.case, ENTRIES.c.number)
        )
        for number, of_case in groupby(rows, key=lambda row: row.case):
            if number not in cases:
                raise NotAsWritten(f"case {number} is lost")
            if events := _events(cases.pop(number), of_case):
                yield events
        for number, case in cases.items():
            if case.entries:
                raise NotAsWritten(f"case {number}: its entries are lost")


def _events(case: Row[Any], rows: Iterable[Row[Any]]) -> tuple[Event, ...]:
    """Read the events of a case; the entries have to be all there, in the order of their chain."""
    events, before, last = [], case.link, 0
    for row in rows:
        if row.number != last + 1 or row.previous != before:
            raise NotAsWritten(
                f"case {case.number}, entry {last + 1}: it does not follow the one before"
            )
        before, last = row.link, row.number
        if row.kind == EntryKind.EVENT:
            events.append(_event(case, row))
    if (case.entries, case.head) != (last, before):
        raise NotAsWritten(f"case {case.number}: its last entries are lost")
    return tuple(events)


def _event(case: Row[Any], row: Row[Any]) -> Event:
    try:
        return event_of(case.key, entry_of(row), None)
    except (HuurschuldError, KeyError, TypeError, ValueError):
        pass
    raise NotAsWritten(f"case {case.number}, entry {row.number}: it is not as it was written")
