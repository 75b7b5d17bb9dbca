"""Which cases of a store are past the term for which they are kept."""

from __future__ import annotations

from collections.abc import Iterator

from huurschuld.cases.chains import find
from huurschuld.cases.entries import EntryKind
from huurschuld.cases.retention import Kept, Retention, kept_of
from huurschuld.cases.rights import Right, allowed
from huurschuld.cases.store import CaseStore
from huurschuld.cases.words import Role


def kept(store: CaseStore, retention: Retention, *, by: Role | str) -> Iterator[Kept]:
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
            yield kept_of(key, found.events(), retention, has_accesses=has_accesses)
