"""All cases at a glance, for a work list: from what stands in the clear, and nothing that is sealed.

A work list is looked at many times a day, by whoever is on duty. It has keys, phases, days and the names
of workers; no key of a person's data is read for it, so no amount, helper or remark can be in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any, Final

from attrs import frozen
from sqlalchemy import Connection, select
from sqlalchemy.engine import Row

from huurschuld.cases.entries import event_of
from huurschuld.cases.folding import fold
from huurschuld.cases.glance import Glance
from huurschuld.cases.rights import Right, allowed
from huurschuld.cases.store import CaseStore
from huurschuld.cases.words import Role
from huurschuld.model.values import RedactedRepr
from huurschuld.storage.chains import chain_faults, entry_of, is_as_begun, is_readable
from huurschuld.storage.entries import Entry, EntryKind
from huurschuld.storage.tables import CASES, ENTRIES, SUMMARY

_ROWS: Final = 1_000
"""How many entries are held at once, beside those of one case."""


@frozen(repr=False)
class Overview(RedactedRepr):
    """All cases of a store.

    Attributes:
        cases: those that are as they were written, in the order in which they began.
        damaged: the numbers of those that are not, or are lost: `verify` says what is wrong.
    """

    cases: tuple[Glance, ...]
    damaged: tuple[int, ...]


def overview(store: CaseStore, *, by: Role | str) -> Overview:
    """Look at all cases, as they are now.

    It reads no more than what stands in the clear, so it is not recorded in each case: that would bury
    who looked into one.

    Args:
        store: the store.
        by: the role of who looks: the GGD or the municipality, whose the cases are.

    Raises:
        NotAllowed: this role may not.
        CaseError: the store cannot be read.
    """
    allowed(by, Right.OVERVIEW)
    with store.reading() as connection:
        return _overview(connection)


def _overview(connection: Connection) -> Overview:
    summary = connection.scalars(select(SUMMARY.c.cases)).one_or_none()
    rows = {row.number: row for row in connection.execute(select(CASES).order_by(CASES.c.number))}
    whole: set[int] = set()
    cases: list[Glance] = []
    for number, entries in _by_case(connection):
        if number in rows and _is_as_written(rows[number], entries):
            whole.add(number)
            if any(it.kind == EntryKind.EVENT for it in entries):
                cases.append(_glance(rows[number].key, entries))
    begun = range(1, (summary if type(summary) is int else 0) + 1)
    return Overview(tuple(cases), tuple(sorted({*begun, *rows} - whole, key=str)))


def _by_case(connection: Connection) -> Iterator[tuple[int, list[Entry]]]:
    """Yield the entries of each case together, without holding all of them at once."""
    query = select(ENTRIES).order_by(ENTRIES.c.case, ENTRIES.c.number)
    rows: Iterable[Row[Any]] = connection.execute(query.execution_options(yield_per=_ROWS))
    for number, of_case in groupby(rows, key=lambda row: row.case):
        yield number, [entry_of(row) for row in of_case]


def _is_as_written(row: Row[Any], entries: list[Entry]) -> bool:
    return is_readable(row) and is_as_begun(row) and not any(chain_faults(row, entries))


def _glance(key: str, entries: list[Entry]) -> Glance:
    events = [event_of(key, it, None) for it in entries if it.kind == EntryKind.EVENT]
    return Glance(
        key=key,
        state=fold(events),
        version=len(events),
        recorded=events[-1].recorded,
        is_forgotten=any(it.kind == EntryKind.FORGOTTEN for it in entries),
    )
