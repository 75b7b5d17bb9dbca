"""Reading an outbox within a transaction, and changing it: the one place where a state changes.

What a referral has come to is a row; what happened to it are entries of the log. Both are written in one
transaction.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from attrs import define, field, frozen
from sqlalchemy import ColumnElement, Connection, insert, select, update

from huurschuld.errors import HuurschuldError
from huurschuld.model.json_text import canonical_json, parse_json
from huurschuld.referrals.errors import WrongState
from huurschuld.referrals.states import EventType, State
from huurschuld.storage.chains import StoredCase, append, begin, destroy_key, entry_of, find
from huurschuld.storage.connecting import NotAsWritten
from huurschuld.storage.digests import digest_of, is_as_digested, is_digest, opposite, sum_of
from huurschuld.storage.entries import Entry, EntryKind, sealed_with
from huurschuld.storage.tables import CASES, ENTRIES, POLICIES, REFERRALS, WHOLE

Row = Mapping[Any, Any]
"""A row of the table of referrals, by the names of its columns."""

OF: Final = REFERRALS.c
"""The columns of the table of referrals, to ask for rows by."""


@frozen(kw_only=True)
class StoredEvent:
    """Something that happened to a referral, as the log has it."""

    key: str
    at: str
    what: str
    person: str | None = None
    outcome: str | None = None
    reason: str | None = None

    def public(self, **further: object) -> str:
        """Return what stands in the clear in its entry."""
        own = {"what": self.what, "person": self.person, "outcome": self.outcome, "reason": self.reason}
        return canonical_json({**own, **further})


def read_referrals(
    connection: Connection, *which: ColumnElement[bool], order: Sequence[Any] = ()
) -> list[Row]:
    """Read referrals, each checked against its digest; the oldest first.

    Raises:
        NotAsWritten: one is not as it was written.
    """
    order = (*order, OF.number)
    rows = connection.execute(select(REFERRALS).where(*which).order_by(*order)).mappings().all()
    if not all(map(is_as_digested, rows)):
        raise NotAsWritten("a referral is not as it was written")
    return list(rows)


def read_events(connection: Connection, key: str | None = None) -> list[StoredEvent]:
    """Read what happened to one referral, or to each: in order, each entry checked against its link.

    Raises:
        NotAsWritten: one is not as it was written.
    """
    ours = ENTRIES.c.kind.in_((EntryKind.REFERRAL, EntryKind.FORGOTTEN))
    which = (
        select(CASES.c.key.label("of"), ENTRIES)
        .join(CASES, CASES.c.number == ENTRIES.c.case)
        .join(REFERRALS, OF.number == ENTRIES.c.case)
        .where(ours, *(() if key is None else (CASES.c.key == key,)))
        .order_by(ENTRIES.c.case, ENTRIES.c.number)
    )
    return [event_of(it.of, entry_of(it)) for it in connection.execute(which).all()]


def event_of(key: str, entry: Entry) -> StoredEvent:
    """Read the event of an entry.

    Raises:
        NotAsWritten: it is not as it was written.
    """
    if entry.is_as_written(key):
        try:
            public: Any = parse_json(entry.public)
            if entry.kind == EntryKind.FORGOTTEN:
                return StoredEvent(
                    key=key, at=entry.at, what=EventType.FORGOTTEN, person=public.get("person")
                )
            return StoredEvent(
                key=key,
                at=entry.at,
                what=EventType(public["what"]),
                person=public["person"],
                outcome=public["outcome"],
                reason=public["reason"],
            )
        except (HuurschuldError, AttributeError, KeyError, TypeError, ValueError):
            pass  # as it has no such words
    raise NotAsWritten("what happened to a referral is not as it was written")


@define
class Change:
    """One transaction on an outbox, which `Outbox.change` begins and ends; all of it happens `now`."""

    connection: Connection
    now: str
    _digests: list[str] = field(init=False, factory=list)

    def referrals(self, *which: ColumnElement[bool], order: Sequence[Any] = ()) -> list[Row]:
        """Read referrals, each checked against its digest; the oldest first."""
        return read_referrals(self.connection, *which, order=order)

    def events(self, key: str) -> list[StoredEvent]:
        """Read what happened to a referral, in order."""
        return read_events(self.connection, key)

    def has_batch(self, batch: str) -> bool:
        """Whether there is a batch of this name."""
        which = select(OF.number).where(OF.batch == batch).limit(1)
        return self.connection.scalar(which) is not None

    def add(self, row: Mapping[str, object], receipt: object, personal: object) -> None:
        """Add a proposal, at the beginning of a chain of its own.

        Args:
            row: the columns of the referral, but those that say where it is.
            receipt: of the decision; the rules that it names are in the database.
            personal: what it says of the household, which is sealed.
        """
        key = str(row["key"])
        found = begin(self.connection, key, self.now)
        event = StoredEvent(key=key, at=self.now, what=EventType.PROPOSED)
        columns = {
            **dict.fromkeys((it.name for it in REFERRALS.columns), None),
            **row,
            "number": found.number,
            "state": str(State.PROPOSED),
            "since": self.now,
            "unresolved": 0,
            "step": self._append(found, event.public(receipt=receipt), personal),
        }
        self.insert(columns)

    def insert(self, columns: Mapping[str, object]) -> None:
        """Write the row of a referral, with its digest."""
        digest = digest_of(columns)
        self.connection.execute(insert(REFERRALS), {**columns, "digest": digest})
        self._digests.append(digest)

    def keep_policy(self, hash_: str, document: str) -> None:
        """Keep rules that decisions were made with, if they are not kept yet."""
        if self.connection.scalar(select(POLICIES.c.hash).where(POLICIES.c.hash == hash_)) is None:
            self.connection.execute(insert(POLICIES), {"hash": hash_, "document": document})

    def move(self, key: str, before: Iterable[State], after: State, **columns: object) -> None:
        """Move a referral from one of some states to another, or to the same one again.

        Args:
            key: the referral.
            before: the states that it may be in.
            after: the state that it gets.
            columns: what else changes with it.

        Raises:
            WrongState: it is in none of these states.
        """
        [row] = self.referrals(OF.key == key)
        check_state(row, before)
        self.set(row, state=str(after), since=self.now, **columns)

    def set(self, row: Row, **columns: object) -> None:
        """Change columns of a referral, and its digest with them."""
        digest = digest_of({**row, **columns})
        self.connection.execute(
            update(REFERRALS).where(OF.number == row["number"]).values(**columns, digest=digest)
        )
        self._digests += [opposite(row["digest"]), digest]

    def note(
        self,
        key: str,
        what: EventType,
        *,
        person: str | None = None,
        outcome: str | None = None,
        reason: str | None = None,
    ) -> None:
        """Add an event to the history of a referral."""
        event = StoredEvent(
            key=key, at=self.now, what=what, person=person, outcome=outcome, reason=reason
        )
        [row] = self.referrals(OF.key == key)
        self.set(row, step=self._append(find(self.connection, key), event.public()))

    def access(self, key: str, person: str) -> None:
        """Record that a person has looked at whom a referral is about."""
        found = find(self.connection, key)
        public = canonical_json({"by": "landlord", "person": person})
        self._append(found, public, kind=EntryKind.ACCESS)

    def forget(self, row: Row) -> None:
        """Remove whom a referral was about, and note it.

        With it goes the key of what is sealed. If there is a case, it goes when that is forgotten.
        """
        found = find(self.connection, row["key"])
        public = StoredEvent(key=row["key"], at=self.now, what=EventType.FORGOTTEN).public()
        if found.has(EntryKind.EVENT) or found.secret is None:
            step = self._append(found, public)
        else:
            step = self._append(found, public, kind=EntryKind.FORGOTTEN)
            destroy_key(self.connection, found)
        self.set(row, tenancy=None, contact=None, receipt=None, step=step)

    def end(self) -> None:
        """Write what the digests of all referrals add up to now."""
        if self._digests:
            kept = self.connection.scalars(select(WHOLE.c.digests)).all()
            if len(kept) != 1 or not is_digest(kept[0]):
                raise NotAsWritten("the sum of the digests is not as it was written")
            self.connection.execute(update(WHOLE).values(digests=sum_of([kept[0], *self._digests])))

    def _append(
        self,
        found: StoredCase,
        public: str,
        personal: object = None,
        kind: EntryKind = EntryKind.REFERRAL,
    ) -> str:
        id_ = secrets.token_hex(16)
        sealed = None
        if personal is not None and found.secret is not None:
            sealed = sealed_with(found.secret, found.key, id_, canonical_json(personal).encode())
        moment = found.moment(self.now)
        return append(self.connection, found, id_, kind, moment, public, sealed).head


def check_state(row: Row, expected: Iterable[State]) -> None:
    """Check that a referral is in one of some states.

    Raises:
        WrongState: with who confirmed it, and when, if a person has.
    """
    expected = tuple(expected)
    if row["state"] not in expected:
        state, by, other = row["state"], row["confirmed_by"], " or ".join(expected)
        problem = f"this referral is {state}, not {other}"
        if by is not None:
            problem = (
                f"this referral is {state}, confirmed by {by} at {row['confirmed_at']}, not {other}"
            )
        raise WrongState(row["key"], problem, "list the outbox, and look again")
