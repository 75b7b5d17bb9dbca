"""Other cases of the same person, as far as the log says so: a repeated signal stands in two of them.

`repeat` records a signal in the case that runs as well, with what it says of the person, under the key
of the case that it began. So who is forgotten in one of the two is not forgotten in the other.
"""

from __future__ import annotations

from typing import Final

from attrs import frozen
from sqlalchemy import Connection, select

from huurschuld.cases.kinds import EventType
from huurschuld.storage.connecting import NotAsWritten
from huurschuld.storage.entries import EntryKind, are_texts
from huurschuld.storage.tables import CASES, ENTRIES, SECRETS

_OF: Final = CASES.alias("of")
"""The case that a signal began; `CASES` is the one in which it was recorded."""
_LINKS: Final = (
    select(CASES.c.key, _OF.c.key)
    .select_from(ENTRIES)
    .join(CASES, CASES.c.number == ENTRIES.c.case)
    .join(_OF, _OF.c.key == ENTRIES.c.id)
    .where(
        ENTRIES.c.kind == str(EntryKind.EVENT),
        ENTRIES.c.public.contains(f'"type":"{EventType.RECEIVED}"', autoescape=True),
        CASES.c.number != _OF.c.number,
    )
)


@frozen
class LinkedCase:
    """A case of the same person: its key, and whether the person was forgotten in it."""

    case: str
    is_forgotten: bool


def linked_cases(connection: Connection, case: str) -> tuple[LinkedCase, ...]:
    """Find the cases that share a signal with a case, or with one that does; sorted by key.

    Raises:
        NotAsWritten: the key of one of them is not as it was written.
    """
    found, to_do = {case}, [case]
    while to_do:
        key = to_do.pop()
        rows = connection.execute(_LINKS.where((CASES.c.key == key) | (_OF.c.key == key))).all()
        others = {it for row in rows for it in row} - found
        if not are_texts(*others):
            raise NotAsWritten("the key of a case is not as it was written")
        found |= others
        to_do += others
    has_key = select(CASES.c.key).join(SECRETS, SECRETS.c.case == CASES.c.number)
    held = set(connection.scalars(has_key.where(CASES.c.key.in_(found))))
    return tuple(LinkedCase(it, it not in held) for it in sorted(found - {case}))
