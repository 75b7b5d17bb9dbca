"""Random lives of cases in a store, against a plain model: a list of events for each case."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from attrs import define, field
from case_lives import FIRST, NOON, attempted
from case_stores import BEGIN, MovingClock, both
from hypothesis import HealthCheck, settings, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from postgres import Cluster, cluster  # noqa: F401 - a fixture is imported to be found

from huurschuld import UnknownReference
from huurschuld.cases import (
    CaseConflict,
    CaseStore,
    Event,
    ImpossibleEvent,
    Phase,
    Role,
    create_case_store,
    feedback,
    fold,
    open_case_store,
    verify,
)

MANY = int(os.environ.get("HUURSCHULD_TEST_LIVES", "40"))
"""How many machines of three cases live on each database, when there is time."""
CASES = ("one", "other", "third")
WHO = {"by": "ggd", "person": "a colleague", "purpose": "test"}
_EVENTS = sa.text(
    'SELECT c.key, e.id FROM entries AS e JOIN cases AS c ON c.number = e."case"'
    " WHERE e.kind = 'event' AND c.key LIKE :keys ORDER BY c.key, e.number"
)
cases = st.sampled_from(CASES)
days = st.dates(FIRST - dt.timedelta(days=3), FIRST + dt.timedelta(days=200))


@define
class Plain:
    """A case as the model has it.

    Attributes:
        events: what was recorded.
        forgotten: what it came to before its person was forgotten; None if nobody was.
    """

    events: list[Event] = field(factory=list)
    forgotten: Phase | None = None


class Lives(RuleBasedStateMachine):
    """What people do in a few cases of a store that has thousands, each of another machine."""

    url: str
    clock: MovingClock
    numbers: list[int]
    store: list[CaseStore]

    def __init__(self) -> None:
        super().__init__()
        self.numbers[0] += 1
        self.model = {it: Plain() for it in CASES}

    def key(self, case: str) -> str:
        """The key of a case of this machine."""
        return f"{case}-{self.numbers[0]}"

    @rule(case=cases, tried=attempted(most=8))
    def live(self, case: str, tried: list[Event]) -> None:
        """Record a few events, one after the other; what the model refuses is refused."""
        mine, key = self.model[case], self.key(case)
        for it in tried:
            self.clock.now = max(self.clock.now, dt.datetime.combine(it.happened, NOON))
            again = Event(
                id=f"{it.id}-{len(mine.events)}",
                case=key,
                type=it.type,
                happened=it.happened,
                recorded=self.clock.now,
                by=it.by,
                data=it.data,
                replaces=None if it.replaces is None else mine.events[-1].id if mine.events else "none",
            )
            if mine.forgotten is None:
                both(self.store[0], mine.events, key, again, self.clock)
            else:
                with pytest.raises(ImpossibleEvent):
                    self.record(again)

    def record(self, it: Event, **more: Any) -> Any:
        """Record an event as it is."""
        return self.store[0].record(
            it.case,
            it.type,
            it.happened,
            by=it.by,
            person=it.person,
            data=it.data,
            replaces=it.replaces,
            id=it.id,
            **more,
        )

    @rule(case=cases, data=st.data())
    def repeat(self, case: str, data: st.DataObject) -> None:
        """Recorded again, an event changes nothing; who looked before the last one is told."""
        mine = self.model[case]
        if not mine.events or mine.forgotten is not None:
            return
        it = data.draw(st.sampled_from(mine.events))
        told = self.record(it)
        if it.by is not Role.LANDLORD:
            assert (told.version, told.state) == (len(mine.events), fold(mine.events))
            new = Event(
                id="new", case=it.case, type=it.type, happened=it.happened,
                recorded=self.clock.now + dt.timedelta(days=1), by=it.by, data=it.data,
            )  # fmt: skip
            with pytest.raises(CaseConflict):
                self.record(new, expected=len(mine.events) - 1)

    @rule(case=cases, as_of=st.none() | days, data=st.data())
    def look(self, case: str, as_of: dt.date | None, data: st.DataObject) -> None:
        """As of any day and as known at any moment: what a fold of the model gives."""
        mine = self.model[case]
        moments = [it.recorded for it in mine.events]
        known = data.draw(st.none() | st.sampled_from(moments) if moments else st.none())
        if not mine.events:
            with pytest.raises(UnknownReference):
                self.store[0].look(self.key(case), **WHO, as_of=as_of, known=known)
            return
        found = self.store[0].look(self.key(case), **WHO, as_of=as_of, known=known)
        wanted = fold(mine.events, as_of=as_of, known=known)
        assert found.version == len(mine.events)
        assert found.state.phase is wanted.phase
        assert [it.id for it in found.state.history] == [it.id for it in wanted.history]
        assert found.is_forgotten is (mine.forgotten is not None)
        if mine.forgotten is None:
            assert found.state == wanted
            told = self.store[0].feedback(self.key(case), as_of or FIRST, by="ggd", person="somebody")
            assert told == feedback(fold(mine.events, as_of=as_of or FIRST), as_of or FIRST)

    @rule(case=cases)
    def forget(self, case: str) -> None:
        """Only of a case that is over; the figures stay."""
        mine, key = self.model[case], self.key(case)
        if not mine.events:
            return
        phase = fold(mine.events).phase
        if mine.forgotten is None and phase not in {Phase.CLOSED, Phase.SCREENED_OUT}:
            with pytest.raises(ImpossibleEvent):
                self.store[0].forget(key, by="municipality", person="a colleague")
            return
        self.store[0].forget(key, by="municipality", person="a colleague")
        mine.forgotten = phase

    @rule()
    def reopen(self) -> None:
        """Close the store and open it: nothing depends on what a process remembers."""
        self.store[0].close()
        self.store[0] = open_case_store(self.url, clock=self.clock)

    @invariant()
    def nothing_is_lost(self) -> None:
        """Each case of the model is there, with all of its events in order, and no other one."""
        with self.store[0].reading() as connection:
            found = connection.execute(_EVENTS, {"keys": f"%-{self.numbers[0]}"}).all()
        wanted = [(self.key(case), it.id) for case in sorted(CASES) for it in self.model[case].events]
        assert [tuple(it) for it in found] == wanted


@pytest.mark.parametrize("many", [6, pytest.param(MANY, marks=pytest.mark.slow)])
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_lives_in_a_store_are_those_of_the_model(
    kind: str, many: int, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """Never a lost event, never an impossible state; and the log verifies at the end."""
    url = f"sqlite:///{tmp_path / 'cases.sqlite'}"
    if kind == "postgresql":
        server: Cluster = request.getfixturevalue("cluster")
        url = server.url(server.new_database())
    clock = MovingClock(BEGIN)
    create_case_store(url).close()
    opened = [open_case_store(url, clock=clock)]
    machine = type("Machine", (Lives,), {"url": url, "clock": clock, "numbers": [0], "store": opened})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=many,
            stateful_step_count=15,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    assert verify(opened[0]) == ()
    opened[0].close()
