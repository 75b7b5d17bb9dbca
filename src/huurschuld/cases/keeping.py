"""Which cases are past the term for which they are kept, and what goes if a person is forgotten."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from attrs import frozen
from sqlalchemy import select

from huurschuld.cases.classification import PURPOSE
from huurschuld.cases.entries import events_of
from huurschuld.cases.folding import fold
from huurschuld.cases.kinds import Phase
from huurschuld.cases.linking import LinkedCase, linked_cases
from huurschuld.cases.retention import Kept, Retention, kept_of, over_since
from huurschuld.cases.rights import Right, allowed
from huurschuld.cases.store import CaseStore
from huurschuld.cases.words import Role
from huurschuld.rules.sources import Phrase
from huurschuld.storage.chains import find, is_readable
from huurschuld.storage.entries import EntryKind
from huurschuld.storage.tables import CASES


def kept_cases(store: CaseStore, retention: Retention, *, by: Role | str) -> Iterator[Kept]:
    """Say of each case of which the person was not forgotten until when it is kept.

    Nobody sees what is in it: it is not looked at, so that is not recorded as an access.

    Args:
        store: the store.
        retention: the terms.
        by: the role of who asks.

    Yields:
        One for each case, in the order in which they began.

    Raises:
        NotAllowed: this role may not.
        CaseError: the store cannot be read.
    """
    allowed(by, Right.OVERVIEW)
    for key in store.keys():  # noqa: SIM118 - it is no dictionary
        with store.transaction() as connection:
            found = find(connection, key)
        if found.secret is not None:
            has_accesses = any(it.kind == EntryKind.ACCESS for it in found.entries)
            yield kept_of(key, events_of(found), retention, has_accesses=has_accesses)


@frozen
class Forgetting:
    """What goes and what stays if the person of a case is forgotten; no value of it.

    Attributes:
        phase: how far the case is.
        over: the day on which it was over; None if it is not, and then nobody may be forgotten.
        is_forgotten: whether the person was forgotten already.
        goes: what is destroyed, each once: what the fields are called.
        entries: in how many entries that is.
        stays: how many entries stay, with what is in the clear.
        linked: other cases in which the same signal stands, and with it the person.
    """

    phase: Phase
    over: dt.date | None
    is_forgotten: bool
    goes: tuple[Phrase, ...]
    entries: int
    stays: int
    linked: tuple[LinkedCase, ...]


def forgetting(store: CaseStore, case: str, *, by: Role | str) -> Forgetting:
    """Say what `forget` would destroy, and what it would leave.

    It gives no value, so it is not recorded as an access.

    Raises:
        NotAllowed: this role may not have anybody forgotten.
        UnknownReference: there is no such case.
        CaseError: the store cannot be read.
    """
    allowed(by, Right.FORGET)
    with store.transaction() as connection:
        found = find(connection, case)
        linked = linked_cases(connection, case)
    events = events_of(found)
    state = fold(events)
    labels = [
        it.rule.data[name].meaning.label
        for it in events
        for name in it.data
        if it.rule.data[name].personal
    ]
    if any(it.kind == EntryKind.ACCESS and it.sealed is not None for it in found.entries):
        labels.append(PURPOSE.label)
    return Forgetting(
        phase=state.phase,
        over=over_since(state),
        is_forgotten=found.secret is None,
        goes=() if found.secret is None else tuple(dict.fromkeys(labels)),
        entries=sum(it.sealed is not None for it in found.entries),
        stays=len(found.entries),
        linked=linked,
    )


def case_keys(store: CaseStore) -> dict[int, str]:
    """Return the keys of cases by their numbers: of those whose row can be read.

    Raises:
        CaseError: the store cannot be read.
    """
    with store.reading() as connection:
        rows = connection.execute(select(CASES)).all()
    return {row.number: row.key for row in rows if is_readable(row)}
