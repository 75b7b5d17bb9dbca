"""Recording events in the cases of a store: each after the last one, whoever else records."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, suppress
from typing import Any, Final

from sqlalchemy import Connection, Engine

from huurschuld.cases.case import CaseState, Event
from huurschuld.cases.connecting import telling_of
from huurschuld.cases.entries import event_parts, events_of
from huurschuld.cases.errors import CaseConflict, ImpossibleEvent
from huurschuld.cases.folding import fold, record
from huurschuld.cases.rights import RIGHTS, Right, case_for
from huurschuld.cases.stored import Recorded
from huurschuld.errors import DuplicateId, HuurschuldError
from huurschuld.storage.chains import StoredCase, WrittenMeanwhile, append, begin, locked, read
from huurschuld.storage.connecting import translate_errors
from huurschuld.storage.entries import EntryKind, moment_text, sealed_with

_REMEMBERED: Final = 16
"""In how many cases of a server the events that were recorded last are remembered."""
_UNLOCKED_TRIES: Final = 3
"""How often an event is recorded without a lock, before others have to wait for it."""


class Recorder:
    """Records events in the cases of one store.

    On a server it remembers the cases in which it recorded something last, until they are dropped.
    """

    def __init__(
        self,
        engine: Engine,
        name: str,
        transaction: Callable[[], AbstractContextManager[Connection]],
        now: Callable[[], str],
    ) -> None:
        self._statement_by_statement = engine.execution_options(isolation_level="AUTOCOMMIT")
        self._name = name
        self._transaction = transaction
        self._now = now
        self._is_server = engine.dialect.name == "postgresql"
        self._recent: dict[str, tuple[StoredCase, tuple[Event, ...]]] = {}

    def drop(self, case: str | None = None) -> None:
        """Remember a case no more, or none of them."""
        if case is None:
            self._recent.clear()
        else:
            self._recent.pop(case, None)

    def record(self, case: str, values: Mapping[str, Any], expected: int | None) -> Recorded:
        """Record an event of these values; arguments and errors are those of `CaseStore.record`."""
        if self._is_server and (recorded := self._recorded_unlocked(case, values, expected)):
            return recorded
        with self._transaction() as connection:
            # Of a server it is known that there is none, or `begin` finds it.
            found = None if self._is_server else locked(connection, case)
            found = found or begin(connection, case, self._now())
            return self._recorded(connection, found, events_of(found), values, expected)

    @contextmanager
    def _statements(self) -> Iterator[Connection]:
        """Connect so that each statement is a transaction of its own."""
        engine = self._statement_by_statement
        with translate_errors(telling_of(self._name)), engine.connect() as connection:
            yield connection

    def _recorded_unlocked(
        self, case: str, values: Mapping[str, Any], expected: int | None
    ) -> Recorded | None:
        """Record an event where each journey to a server counts: in a transaction there are four.

        What was recorded here last is still so, unless the database says that somebody wrote meanwhile;
        else the case is read. None if there is none, or others write in it all the time.
        """
        last = self._recent.get(case)
        if last is not None and values["id"] not in {entry.id for entry in last[0].entries}:
            # If anything is wrong, the case is read, and that says what.
            with suppress(WrittenMeanwhile, HuurschuldError), self._statements() as connection:
                return self._recorded(connection, *last, values, expected)
        for _ in range(_UNLOCKED_TRIES):
            with suppress(WrittenMeanwhile), self._statements() as connection:
                found = read(connection, case)
                if found is None:
                    return None
                return self._recorded(connection, found, events_of(found), values, expected)
        return None

    def _recorded(
        self,
        connection: Connection,
        found: StoredCase,
        events: tuple[Event, ...],
        values: Mapping[str, Any],
        expected: int | None,
    ) -> Recorded:
        """Record an event of these values in a case as it was read.

        Raises:
            WrittenMeanwhile: the case was not locked, and something else was recorded.
        """
        event = Event(recorded=dt.datetime.fromisoformat(found.moment(self._now())), **values)
        is_landlord = event.by not in RIGHTS[Right.LOOK].roles
        try:
            found, events, state = _append_event(connection, found, events, event, expected)
        except ImpossibleEvent:
            if not is_landlord:
                raise
        else:
            if self._is_server:
                self._remember(found, events)
            return Recorded(
                id=event.id,
                state=None if is_landlord else case_for(event.by, state),
                version=None if is_landlord else len(events),
            )
        # Raised before the transaction ends, so that nothing of it stays.
        raise ImpossibleEvent(
            f"{event.type} on {event.happened}",
            "this cannot be recorded in this case now",
            "ask the municipality",
        )

    def _remember(self, found: StoredCase, events: tuple[Event, ...]) -> None:
        if len(self._recent) >= _REMEMBERED:
            self._recent.clear()
        self._recent[found.key] = (found, events)


def _append_event(
    connection: Connection,
    found: StoredCase,
    events: tuple[Event, ...],
    event: Event,
    expected: int | None,
) -> tuple[StoredCase, tuple[Event, ...], CaseState]:
    """Check an event and write it; return the case with it, all its events, and what it comes to."""
    if found.secret is None:
        raise ImpossibleEvent("/case", "the person of this case was forgotten", "begin another case")
    for before in events:
        if before.id == event.id:
            if event_parts(before) != event_parts(event):
                raise DuplicateId("/id", "another event has this id", "use a new one for each event")
            return found, events, fold(events)
    if expected is not None and expected != len(events):
        raise CaseConflict("/expected", "something else was recorded in this case", "look at it again")
    if any(entry.id == event.id for entry in found.entries):
        raise DuplicateId("/id", "another entry of this case has this id")
    state = record(events, event)
    public, personal = event_parts(event)
    sealed = sealed_with(found.secret, event.case, event.id, personal)
    at = moment_text(event.recorded)
    grown = append(connection, found, event.id, EntryKind.EVENT, at, public, sealed)
    return grown, (*events, event), state
