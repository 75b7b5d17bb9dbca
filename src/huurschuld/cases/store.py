"""A store of cases: append-only, chained, for several writers at once, and without the forgotten.

Every change is one transaction, and on the disk before it is acknowledged. Nothing is changed or removed
but the key of a person who is forgotten. See `docs/case-store.md`.
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Self

from attrs import frozen
from sqlalchemy import Connection, Engine, insert, select
from sqlalchemy.engine import URL

from huurschuld.cases.case import CaseState, Event, fold, record
from huurschuld.cases.chains import StoredCase, append, begin, find, locked
from huurschuld.cases.connecting import engine_of, translate_errors
from huurschuld.cases.entries import (
    FIRST_LINK,
    EntryKind,
    event_parts,
    moment_text,
    sealed_with,
)
from huurschuld.cases.errors import CaseConflict, ImpossibleEvent, NotAllowed
from huurschuld.cases.events import EventType, Phase
from huurschuld.cases.feedback import Feedback, feedback
from huurschuld.cases.migrating import migrate
from huurschuld.cases.tables import CASES, SECRETS, SUMMARY
from huurschuld.cases.words import Role
from huurschuld.errors import DuplicateId, InvalidValue
from huurschuld.model.json_text import canonical_json
from huurschuld.model.values import Line, refuse

Clock = Callable[[], dt.datetime]
"""Gives the time, with its zone."""


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


@frozen(kw_only=True)
class Stored:
    """A case as the store has it.

    Attributes:
        state: what it has come to.
        events: its events, in the order in which they were recorded.
        entries: how many entries it has, those of accesses too: what `expected` of `record` is.
        is_forgotten: whether the person was forgotten.
    """

    state: CaseState
    events: tuple[Event, ...]
    entries: int
    is_forgotten: bool


class CaseStore:
    """An open store of cases; a context manager that closes it. Threads may share it."""

    def __init__(self, engine: Engine, clock: Clock = _now) -> None:
        self._engine = engine
        self._clock = clock
        self._name = (engine.url.database or "store").rpartition("/")[2]

    def __repr__(self) -> str:
        return f"<CaseStore {self._name}>"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """Begin a transaction: at the end of the block all of it is on disk, or none of it.

        Raises:
            CaseError: the store cannot be read or written.
        """
        with translate_errors(self._name), self._engine.begin() as connection:
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
        id: str | None = None,  # noqa: A002 - as above
        expected: int | None = None,
    ) -> Stored:
        """Record an event, now. It is checked against everything that was recorded before.

        Args:
            case: the key of the case; one that is not there yet begins with this event.
            type: what happened.
            happened: on which day.
            by: the role of who records it.
            person: the name of who records it.
            data: further values, as `EVENTS` has them.
            id: identifies the event: recorded again, the same changes nothing. By default a random one.
            expected: how many entries the case had when it was looked at; None to record it whatever
                else was recorded since.

        Returns:
            The case with it.

        Raises:
            ImpossibleEvent: it cannot have happened, or this role may not record it.
            CaseConflict: something else was recorded since.
            DuplicateId: another event has this id.
            InputError: a value is missing or wrong; at the field.
            CaseError: the store cannot be read or written.
        """
        chosen = secrets.token_hex(16) if id is None else id
        with self.transaction() as connection:
            found = locked(connection, case) or begin(connection, case, moment_text(self._checked_now()))
            recorded = self._moment(found)
            event = Event(
                id=chosen,
                case=case,
                type=type,
                happened=happened,
                recorded=dt.datetime.fromisoformat(recorded),
                by=by,
                person=person,
                data=data or {},
            )
            if found.secret is None:
                raise ImpossibleEvent(
                    "/case", "the person of this case was forgotten", "begin another case"
                )
            events = found.events()
            for before in events:
                if before.id == chosen:
                    return self._again(found, events, before, event)
            if expected is not None and expected != len(found.entries):
                raise CaseConflict(
                    "/expected", "something else was recorded in this case", "look at it again"
                )
            if any(entry.id == chosen for entry in found.entries):
                raise DuplicateId("/id", "another entry of this case has this id")
            state = record(events, event)
            public, personal = event_parts(event)
            sealed = sealed_with(found.secret, case, chosen, personal)
            append(connection, found, chosen, EntryKind.EVENT, recorded, public, sealed)
        return Stored(
            state=state, events=(*events, event), entries=len(found.entries) + 1, is_forgotten=False
        )

    def _again(
        self, found: StoredCase, events: tuple[Event, ...], before: Event, event: Event
    ) -> Stored:
        """Return the case as it is, if an event of this id is the same."""
        if event_parts(before) != event_parts(event):
            raise DuplicateId("/id", "another event has this id", "use a new one for each event")
        return Stored(state=fold(events), events=events, entries=len(found.entries), is_forgotten=False)

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
        """Look at a case; that somebody did is recorded in it.

        Args:
            case: the key of the case.
            by: the role of who looks.
            person: the name of who looks.
            purpose: why, in a few words without personal data.
            as_of: what happened after this day is left out.
            known: what was recorded after this moment is left out.

        Raises:
            NotAllowed: a landlord may not see what the GGD knows.
            UnknownReference: there is no such case.
            CaseError: the store cannot be read or written.
        """
        role = Role(by)
        if role is Role.LANDLORD:
            raise NotAllowed("/by", "a landlord may not see a case", "ask for the feedback on it")
        with self.transaction() as connection:
            found = self._note_access(connection, case, role, person, purpose)
            events = found.events()
        return Stored(
            state=fold(events, as_of=as_of, known=known),
            events=events,
            entries=len(found.entries) + 1,
            is_forgotten=found.secret is None,
        )

    def feedback(self, case: str, as_of: dt.date, *, person: str) -> Feedback:
        """Work out what the landlord may know; that it was asked is recorded.

        Raises:
            UnknownReference: there is no such case.
            CaseError: the store cannot be read or written.
        """
        with self.transaction() as connection:
            found = self._note_access(connection, case, Role.LANDLORD, person, "feedback")
            return feedback(fold(found.events(), as_of=as_of), as_of)

    def keys(self) -> tuple[str, ...]:
        """Return the keys of all cases, in the order in which they began."""
        with self.transaction() as connection:
            return tuple(connection.scalars(select(CASES.c.key).order_by(CASES.c.number)))

    def forget(self, case: str, *, by: Role | str, person: str) -> None:
        """Forget the person of a case that is over: the key of all that is personal is destroyed.

        What happened, when and by whom stays, for the figures, and the chain of the log still verifies.
        Nothing can be recorded in the case any more.

        Raises:
            UnknownReference: there is no such case.
            ImpossibleEvent: it is not closed or screened out.
            CaseError: the store cannot be read or written.
        """
        public = _checked_public(Role(by), person)
        with self.transaction() as connection:
            found = find(connection, case)
            if found.secret is None:
                return
            phase = fold(found.events()).phase
            if phase not in {Phase.CLOSED, Phase.SCREENED_OUT}:
                raise ImpossibleEvent("/case", f"the case is {phase}", "close it first")
            at = self._moment(found)
            append(connection, found, secrets.token_hex(16), EntryKind.FORGOTTEN, at, public, None)
            connection.execute(SECRETS.delete().where(SECRETS.c.case == found.row.number))

    def _note_access(
        self, connection: Connection, case: str, role: Role, person: str, purpose: str
    ) -> StoredCase:
        public = _checked_public(role, person, purpose=purpose)
        found = find(connection, case)
        at = self._moment(found)
        append(connection, found, secrets.token_hex(16), EntryKind.ACCESS, at, public, None)
        return found

    def _moment(self, found: StoredCase) -> str:
        """The time, or that of the last entry if the clock was put back."""
        now = moment_text(self._checked_now())
        return max(now, found.entries[-1].at) if found.entries else now

    def _checked_now(self) -> dt.datetime:
        now = self._clock()
        if now.tzinfo is None:
            raise InvalidValue("/clock", "a time without a zone", "give a clock with a time zone")
        return now


def _checked_public(role: Role, person: str, **more: str) -> str:
    for name, value in {"person": person, **more}.items():
        if not Line().accepts(value):
            raise refuse(f"/{name}", Line())
    return canonical_json({"by": str(role), "person": person, **more})


def create_case_store(url: str | URL, *, clock: Clock = _now) -> CaseStore:
    """Make a store and open it. Only its owner can read an SQLite file.

    Args:
        url: such as `sqlite:///cases.sqlite` or `postgresql+psycopg://LOGIN@HOST/DATABASE`; the database
            is empty.
        clock: returns the time for the entries.

    Raises:
        NoCaseStore: the URL is not valid, or there is something already.
        CaseError: it cannot be written.
    """
    with _opened(engine_of(url, create=True), clock) as (store, connection):
        migrate(connection, create=True)
        connection.execute(insert(SUMMARY), {"one": 1, "cases": 0, "head": FIRST_LINK})
    return store


def open_case_store(url: str | URL, *, clock: Clock = _now) -> CaseStore:
    """Open a store, and bring it up to the version of this release.

    Raises:
        NoCaseStore: there is none, others can read it, or it is of a later release.
        CaseError: it cannot be read.
    """
    with _opened(engine_of(url, create=False), clock) as (store, connection):
        migrate(connection, create=False)
    return store


@contextmanager
def _opened(engine: Engine, clock: Clock) -> Iterator[tuple[CaseStore, Connection]]:
    """Open a store for a first transaction; if that fails, no connection is left behind."""
    store = CaseStore(engine, clock)
    try:
        with store.transaction() as connection:
            yield store, connection
    except BaseException:
        store.close()
        raise
