"""Taking over a file of an earlier release, of version 1, 2 or 3: nothing of it is lost.

All happens in one transaction, so that whatever ends it in the middle leaves the file as it was. Each
referral gets a chain of its own, which begins with what happened to it as that release recorded it.
Which rules its proposal was decided by, that release kept only by their name and hash.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

import attrs
from sqlalchemy import Connection, inspect, text

from huurschuld.errors import HuurschuldError
from huurschuld.model.json_text import canonical_json, parse_json
from huurschuld.model.referral import ContactDetails
from huurschuld.referrals.changing import Change, StoredEvent
from huurschuld.referrals.states import EventType, State
from huurschuld.storage.chains import append, begin, destroy_key, find
from huurschuld.storage.connecting import NotAsWritten
from huurschuld.storage.digests import is_as_digested, sum_of
from huurschuld.storage.entries import EntryKind
from huurschuld.storage.migrating import make_tables
from huurschuld.storage.tables import REFERRALS

EARLIER: Final = (1, 2, 3)
"""The versions of the files that are taken over."""
_TABLES: Final = {
    "referral": [it.name for it in REFERRALS.columns if it.name not in {"step", "digest"}],
    "event": ["number", "key", "at", "what", "person", "outcome", "reason"],
}
"""The tables, with their columns in version 1; later ones have a digest as well."""


def adopt(connection: Connection) -> None:
    """Bring a file up, within the transaction of the caller.

    Raises:
        NotAsWritten: what is there was not written by an earlier release.
    """
    version = connection.exec_driver_sql("PRAGMA user_version").scalar_one()
    kept = {table: _read(connection, table, has_digests=version > 1) for table in _TABLES}
    _check_numbers(connection, kept)
    if version == 1:
        _check_without_digests(kept)
    else:
        _check_digests(connection, kept, have_sum=version == 3)
    for kind, name in connection.exec_driver_sql(
        "SELECT type, name FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'"
        " ORDER BY type = 'table', name = 'referral'"
    ).all():
        connection.exec_driver_sql(f'DROP {kind} "{name}"')
    connection.exec_driver_sql("DELETE FROM sqlite_sequence")  # this table itself cannot be dropped
    make_tables(connection)
    events = defaultdict(list)
    for event in kept["event"]:
        events[event["key"]].append(event)
    change = Change(connection, "")
    with _begun_elsewhere(connection):
        for row in kept["referral"]:
            _take_over(change, row, events.pop(row["key"], []))
    change.end()
    if events:
        raise NotAsWritten("what happened to a referral is there, and the referral is not")


def _read(connection: Connection, table: str, *, has_digests: bool) -> list[Mapping[Any, Any]]:
    rows = connection.exec_driver_sql(f"SELECT * FROM {table} ORDER BY number")  # noqa: S608 - ours
    if sorted(rows.keys()) != sorted((*_TABLES[table], *(("digest",) if has_digests else ()))):
        raise NotAsWritten("it is not of this version")
    return [dict(row) for row in rows.mappings()]


def _check_numbers(connection: Connection, kept: Mapping[str, Iterable[Mapping[Any, Any]]]) -> None:
    """Check that no row is lost: they were numbered from 1, and none was ever deleted."""
    given = {name: last for name, last in connection.exec_driver_sql("SELECT * FROM sqlite_sequence")}  # noqa: C416 - rows
    for table, rows in kept.items():
        numbers = [row["number"] for row in rows]
        if numbers != list(range(1, given.get(table, 0) + 1)):
            raise NotAsWritten("a row is lost")


def _check_digests(
    connection: Connection, kept: Mapping[str, list[Mapping[Any, Any]]], *, have_sum: bool
) -> None:
    """Check the rows of version 2, which had digests, or 3, in which these had a sum."""
    rows = [row for rows in kept.values() for row in rows]
    if not all(map(is_as_digested, rows)):
        raise NotAsWritten("a row is not as it was written")
    if have_sum:
        sums = list(connection.exec_driver_sql("SELECT digests FROM whole").scalars())
        if sums != [sum_of(row["digest"] for row in rows)]:
            raise NotAsWritten("the rows do not belong together")
    elif inspect(connection).has_table("whole"):
        raise NotAsWritten("it is not of this version")


def _check_without_digests(kept: Mapping[str, list[Mapping[Any, Any]]]) -> None:
    """Check what can be checked of rows of version 1, which had no digests."""
    try:
        for row in kept["referral"]:
            State(row["state"])
            if row["contact"] is not None:
                contact: Any = parse_json(row["contact"])
                if canonical_json(attrs.asdict(ContactDetails(**contact))) != row["contact"]:
                    raise NotAsWritten("contact details are not as they were written")
        for row in kept["event"]:
            EventType(row["what"])
    except (HuurschuldError, TypeError, ValueError):  # as it is no such text, object or word
        raise NotAsWritten("a row is not as it was written") from None


def _take_over(change: Change, row: Mapping[Any, Any], events: list[Mapping[Any, Any]]) -> None:
    """Write a referral as it is, and what happened to it as its log."""
    if not events:
        raise NotAsWritten("what happened to a referral is lost")
    connection, key = change.connection, row["key"]
    found, step = begin(connection, key, events[0]["at"]), ""
    for event in events:
        what = EventType(event["what"])
        stored = StoredEvent(
            key=key,
            at=event["at"],
            what=what,
            person=event["person"],
            outcome=event["outcome"],
            reason=event["reason"],
        )
        kind = EntryKind.FORGOTTEN if what is EventType.FORGOTTEN else EntryKind.REFERRAL
        id_, last = f"event {event['number']}", find(connection, key)
        step = append(connection, last, id_, kind, stored.at, stored.public(), None).head
        if kind is EntryKind.FORGOTTEN:
            destroy_key(connection, found)
    own = {name: value for name, value in row.items() if name not in {"digest", "number"}}
    change.insert({**own, "number": found.number, "step": step})


@contextmanager
def _begun_elsewhere(connection: Connection) -> Iterator[None]:
    """Take referrals that are further than a proposal: elsewhere they began as one."""
    name = "begins_as_proposed"
    which = text("SELECT sql FROM sqlite_master WHERE name = :name")
    definition = connection.execute(which, {"name": name}).scalar_one()
    connection.exec_driver_sql(f"DROP TRIGGER {name}")
    yield
    connection.exec_driver_sql(definition)
