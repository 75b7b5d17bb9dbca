"""Case stores for the tests: a clock that moves, and what can be done to the tables behind its back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from attrs import define
from sqlalchemy import Connection
from sqlalchemy.pool import NullPool

from huurschuld.cases import CaseStore, Event, create_case_store

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
