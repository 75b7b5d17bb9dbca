"""Case stores for the tests: a clock that moves, and what can be done to the tables behind its back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest
import sqlalchemy as sa
from attrs import define
from sqlalchemy import Connection
from sqlalchemy.pool import NullPool

from huurschuld.cases import (
    CaseError,
    CaseStore,
    Event,
    ImpossibleEvent,
    Role,
    create_case_store,
    record,
)
from huurschuld.errors import InputError

TOLD_TO_A_LANDLORD = "this cannot be recorded in this case now; ask the municipality"
BEGIN = dt.datetime(2026, 1, 5, 8, tzinfo=dt.UTC)


@define
class MovingClock:
    """A clock that moves a second each time it is looked at, and can be put anywhere."""

    now: dt.datetime = BEGIN

    def __call__(self) -> dt.datetime:
        self.now += dt.timedelta(seconds=1)
        return self.now


@contextmanager
def new_store(url: str, clock: MovingClock | None = None) -> Iterator[CaseStore]:
    """A new store, closed at the end."""
    with create_case_store(
        url, clock=clock or MovingClock(dt.datetime(2027, 6, 1, tzinfo=dt.UTC))
    ) as made:
        yield made


@contextmanager
def behind_its_back(url: str) -> Iterator[Connection]:
    """A connection that knows nothing of rules."""
    engine = sa.create_engine(url, poolclass=NullPool)
    with engine.begin() as connection:
        yield connection
    engine.dispose()


def write(store: CaseStore, events: list[Event], case: str | None = None) -> None:
    """Record events, one by one."""
    for it in events:
        store.record(
            case or it.case,
            it.type,
            it.happened,
            by=it.by,
            person=it.person,
            data=it.data,
            replaces=it.replaces,
            id=it.id,
        )


def both(store: CaseStore, events: list[Event], case: str, it: Event, clock: MovingClock) -> None:
    """Record one event in the store and in the model, a plain list of events, and compare."""
    refused, stored = "", None
    try:
        stored = store.record(
            case,
            it.type,
            it.happened,
            by=it.by,
            person=it.person,
            data=it.data,
            replaces=it.replaces,
            id=it.id,
        )
    except (CaseError, InputError) as error:
        refused = str(error)
    expected = Event(
        id=it.id,
        case=case,
        type=it.type,
        happened=it.happened,
        recorded=clock.now,
        by=it.by,
        data=it.data,
        replaces=it.replaces,
    )
    with suppress(CaseError, InputError):
        state = record(events, expected)
        assert stored is not None, refused
        events.append(expected)
        assert stored.version == (None if it.by is Role.LANDLORD else len(events))
        if stored.state is not None:
            assert [it.id for it in stored.state.history] == [it.id for it in state.history]
            assert stored.state.phase is state.phase
        return
    with pytest.raises((CaseError, InputError)) as expected_refusal:
        record(events, expected)
    told = str(expected_refusal.value)
    if it.by is Role.LANDLORD and isinstance(expected_refusal.value, ImpossibleEvent):
        told = f"impossible-event at {it.type} on {it.happened}: {TOLD_TO_A_LANDLORD}"
    assert told == refused
