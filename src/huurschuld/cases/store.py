"""A store of cases: append-only, chained, for several writers at once, and without the forgotten.

Every change is one transaction, and on the disk before it is acknowledged. Nothing is changed or removed
but the key of a person who is forgotten. See `docs/case-store.md`.
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Self

from attrs import evolve
from sqlalchemy import Connection, Engine, exists, select

from huurschuld.cases.connecting import telling_of
from huurschuld.cases.entries import events_of
from huurschuld.cases.errors import ImpossibleEvent, NotAllowed
from huurschuld.cases.feedback import Feedback, feedback
from huurschuld.cases.folding import fold
from huurschuld.cases.kinds import EventType, Phase
from huurschuld.cases.recording import Recorder
from huurschuld.cases.rights import RIGHTS, Right, allowed, case_for, events_for
from huurschuld.cases.stored import Recorded, Stored
from huurschuld.cases.words import Key, Role, as_role
from huurschuld.errors import UnknownReference
from huurschuld.model.clock import Clock, now_utc, read_clock
from huurschuld.model.json_text import canonical_json
from huurschuld.model.values import Line, refuse
from huurschuld.referrals.changing import OF, Change, read_referrals
from huurschuld.referrals.states import SETTLED
from huurschuld.storage.chains import (
    StoredCase,
    append,
    destroy_key,
    find,
)
from huurschuld.storage.connecting import NotAsWritten, lock_referrals, reading, translate_errors
from huurschuld.storage.entries import EntryKind, are_texts, moment_text, sealed_with
from huurschuld.storage.tables import CASES, ENTRIES


class CaseStore:
    """An open store of cases; a context manager that closes it. Threads may share it."""

    def __init__(self, engine: Engine, clock: Clock = now_utc) -> None:
        self._engine = engine
        self._clock = clock
        self._name = (engine.url.database or "store").rpartition("/")[2]
        self._recorder = Recorder(engine, self._name, self.transaction, self._now)

    def __repr__(self) -> str:
        return f"<CaseStore {self._name}>"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close all connections."""
        self._recorder.drop()
        self._engine.dispose()

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """Begin a transaction: at the end of the block all of it is on disk, or none of it.

        Raises:
            CaseError: the store cannot be read or written.
        """
        with translate_errors(telling_of(self._name)), self._engine.begin() as connection:
            yield connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Begin a transaction that sees the store as it is at one moment, and writes nothing.

        Raises:
            CaseError: the store cannot be read.
        """
        with translate_errors(telling_of(self._name)), reading(self._engine) as connection:
            yield connection

    def record(
        self,
        case: str,
        type: EventType | str,  # noqa: A002 - as of an event
        happened: dt.date,
        *,
        by: Role | str,
        person: str | None = None,
        data: Mapping[str, Any] | None = None,
        replaces: str | None = None,
        id: str | None = None,  # noqa: A002 - as above
        expected: int | None = None,
    ) -> Recorded:
        """Record an event, now. It is checked against everything that was recorded before.

        Args:
            case: the key of the case; one that is not there yet begins with this event.
            type: what happened.
            happened: on which day.
            by: the role of who records it.
            person: the name of who records it.
            data: further values, as `EVENTS` has them.
            replaces: the id of the event that this one corrects.
            id: identifies the event: recorded again, the same changes nothing. By default a random one.
            expected: the `version` of the case when it was looked at; None to record it whatever else
                was recorded since.

        Returns:
            The case with it, as far as the role may see it. A landlord gets the id alone, and what is
            refused is refused to him without a reason that would tell him how the case is.

        Raises:
            ImpossibleEvent: it cannot have happened, or this role may not record it.
            CaseConflict: something else was recorded since.
            NotAllowed: a landlord gave `expected`: he does not know what was recorded.
            DuplicateId: another event has this id.
            InputError: a value is missing or wrong; at the field.
            CaseError: the store cannot be read or written.
        """
        chosen = secrets.token_hex(16) if id is None else id
        if expected is not None and as_role(by) not in RIGHTS[Right.LOOK].roles:
            raise NotAllowed("/expected", "a landlord may not see a case", "leave it out")
        if not Key().accepts(case):
            raise refuse("/case", Key())
        values = {
            "id": chosen,
            "case": case,
            "type": type,
            "happened": happened,
            "by": by,
            "person": person,
            "data": data or {},
            "replaces": replaces,
        }
        return self._recorder.record(case, values, expected)

    def look(
        self,
        case: str,
        *,
        by: Role | str,
        person: str,
        purpose: str,
        as_of: dt.date | None = None,
        known: dt.datetime | None = None,
    ) -> Stored:
        """Look at a case, as far as the role may see it; that somebody did is recorded in it.

        Args:
            case: the key of the case.
            by: the role of who looks.
            person: the name of who looks.
            purpose: why, in a few words. It is sealed, and of a forgotten person not kept.
            as_of: what happened after this day is left out.
            known: what was recorded after this moment is left out.

        Raises:
            NotAllowed: this role may not see a case (`RIGHTS`).
            UnknownReference: there is no such case.
            CaseError: the store cannot be read or written.
        """
        role = allowed(by, Right.LOOK)
        with self.transaction() as connection:
            found = self._note_access(connection, case, role, person, purpose)
            events = events_of(found)
        whole = Stored.of(
            fold(events, as_of=as_of, known=known),
            events,
            as_of=as_of,
            known=known,
            is_forgotten=found.secret is None,
        )
        return evolve(whole, state=case_for(role, whole.state), events=events_for(role, whole.events))

    def feedback(self, case: str, as_of: dt.date, *, by: Role | str, person: str) -> Feedback:
        """Work out what the landlord may know; that it was asked is recorded.

        Args:
            case: the key of the case.
            as_of: the day.
            by: the role of who asks: the landlord, or who passes it on to him. There is no default: the
                log would say that a landlord looked when a colleague did.
            person: the name of who asks.

        Raises:
            NotAllowed: this role may not have it (`RIGHTS`).
            UnknownReference: there is no such case.
            CaseError: the store cannot be read or written.
        """
        role = allowed(by, Right.FEEDBACK)
        with self.transaction() as connection:
            found = self._note_access(connection, case, role, person, "feedback")
            return feedback(fold(events_of(found), as_of=as_of), as_of)

    def keys(self) -> tuple[str, ...]:
        """Return the keys of all cases, in the order in which they began."""
        with self.reading() as connection:
            has_events = exists().where(
                ENTRIES.c.case == CASES.c.number, ENTRIES.c.kind == EntryKind.EVENT
            )
            which = select(CASES.c.key).where(has_events).order_by(CASES.c.number)
            keys = tuple(connection.scalars(which))
            if not are_texts(*keys):
                raise NotAsWritten("the key of a case is not as it was written")
        return keys

    def forget(self, case: str, *, by: Role | str, person: str) -> None:
        """Forget the person of a case that is over: the key of all that is personal is destroyed.

        What happened, when and by whom stays, for the figures, and the chain of the log still verifies.
        Nothing can be recorded in the case any more. If its referral is in the same database, whom that
        is about is removed as well.

        Args:
            case: the key of the case.
            by: the role of who does it: the GGD or the municipality, whose the case is.
            person: the name of who does it.

        Raises:
            NotAllowed: this role may not.
            UnknownReference: there is no such case.
            ImpossibleEvent: it is not closed or screened out, or its referral is not settled.
            CaseError: the store cannot be read or written.
        """
        role = allowed(by, Right.FORGET)
        public = _checked_public(role, person)
        with self.transaction() as connection:
            lock_referrals(connection)
            found = _begun(connection, case)
            if found.secret is None:
                return
            phase = fold(events_of(found)).phase
            if phase not in {Phase.CLOSED, Phase.SCREENED_OUT}:
                raise ImpossibleEvent("/case", f"the case is {phase}", "close it first")
            at = self._moment(found)
            id_ = secrets.token_hex(16)
            step = append(connection, found, id_, EntryKind.FORGOTTEN, at, public, None).head
            _forget_referral(connection, case, at, step)
            destroy_key(connection, found)
        self._recorder.drop(case)

    def _note_access(
        self, connection: Connection, case: str, role: Role, person: str, purpose: str
    ) -> StoredCase:
        public = _checked_public(role, person)
        if not Line().accepts(purpose):
            raise refuse("/purpose", Line())
        found = _begun(connection, case)
        at, id_ = self._moment(found), secrets.token_hex(16)
        # What somebody wrote may be about the person; of a forgotten one it is not kept.
        personal = {"purpose": purpose}
        if role is Role.RESIDENT:  # that name is of the person, not of staff
            personal["resident"] = person
            public = canonical_json({"by": str(role), "person": None})
        sealed = None
        if found.secret is not None:
            sealed = sealed_with(found.secret, case, id_, canonical_json(personal).encode())
        append(connection, found, id_, EntryKind.ACCESS, at, public, sealed)
        return found

    def _moment(self, found: StoredCase) -> str:
        return found.moment(self._now())

    def _now(self) -> str:
        return moment_text(read_clock(self._clock))


def _begun(connection: Connection, case: str) -> StoredCase:
    """Read a case; a referral of which nothing was recorded afterwards is none yet.

    Raises:
        UnknownReference: there is no such case; at `/case`.
        NotAsWritten: something of it is not as it was written.
    """
    found = find(connection, case)
    if not found.has(EntryKind.EVENT):
        raise UnknownReference("/case", "there is no case with this key", "list the cases")
    return found


def _forget_referral(connection: Connection, case: str, at: str, step: str) -> None:
    """Remove whom the referral of a case is about, if it is in this database.

    Raises:
        ImpossibleEvent: it is not settled: it may yet go out.
    """
    for row in read_referrals(connection, OF.key == case):
        if row["state"] not in SETTLED:
            raise ImpossibleEvent(
                "/case", f"its referral is {row['state']}", "settle it in the outbox first"
            )
        change = Change(connection, at)
        change.set(row, tenancy=None, contact=None, receipt=None, step=step)
        change.end()


def _checked_public(role: Role, person: str) -> str:
    if not Line().accepts(person):
        raise refuse("/person", Line())
    return canonical_json({"by": str(role), "person": person})
