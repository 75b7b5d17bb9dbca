"""The outbox against a model of it: anything that persons, senders and crashes may do, in any order."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import polars as pl
from attrs import define, field
from hypothesis import settings, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from referring import AS_OF, NOON, RECEIVER, WHO, People, days, outcome, to_refer

from huurschuld.cases import verify
from huurschuld.decisions.words import euros
from huurschuld.model.referral import Delivery, Outcome, Referral
from huurschuld.referrals import (
    Pacing,
    Screening,
    State,
    Verdict,
    confirm,
    create_outbox,
    decide_doubt,
    forget,
    listing,
    open_outbox,
    propose,
    resume,
    send,
    signals,
    withdraw,
)

TENANCIES = ("tenancy-1", "tenancy-2", "tenancy-3")
IN_MEMORY = "/dev/shm"  # noqa: S108 - where a disk need not be waited for, if there is such a place
ONE_ROUND = Pacing(rounds=1, first_wait=0, failures=99)
OPEN = {State.CONFIRMED, State.SENDING, State.DOUBTFUL}
IN_HAND = {*OPEN, State.RECALLED}
NOT_ADVISED = "it is not advised"


class Killed(BaseException):
    """As if the process had been killed."""


@define(eq=False)
class Modelled:
    """What the model knows of one referral."""

    key: str
    tenancy: str | None
    day: dt.date
    cents: int
    batch: str
    state: State = State.PROPOSED
    unresolved: int = 0
    last: str = ""
    sent_again: int = 0
    misjudged: bool = False
    was_confirmed: bool = False
    reasons: set[str] = field(factory=set)
    overruled: set[str] = field(factory=set)

    def objection(self, found: Found, as_of: dt.date) -> str | None:
        """Why it may not be right any more, by what a screening found."""
        if self.tenancy not in found or self.day > as_of:
            return None
        owed = found[self.tenancy]
        if owed is not None and owed >= self.cents:
            self.overruled = set()  # it is right again: what was overruled would be news
            return None
        reason = NOT_ADVISED if owed is None else f"less is owed now: {euros(owed, 'en')}"
        return None if reason in self.overruled else reason

    def leave_to_a_person(self, state: State, reason: str) -> None:
        self.state = state
        self.reasons.add(reason)

    def decided_to_send(self) -> None:
        self.state = State.CONFIRMED
        self.overruled, self.reasons = self.reasons, set()


Found = dict[str | None, int | None]
"""What a screening found of each tenancy: the arrears of those to refer, None for the others."""


@define
class Call:
    """One call of the channel: what it did, and what came of it; None if the sender was killed."""

    key: str
    taken: bool
    told: Outcome | None


def repeats(day: dt.date, cents: int, referred: dt.date, then: int) -> bool:
    """Whether arrears in the same episode are no new report: too soon, or hardly higher."""
    return referred > day or (day - referred).days < 84 or cents < then + 1_000


class Fuse:
    """A clock that kills whoever looks at it for the nth time."""

    def __init__(self) -> None:
        self.left: int | None = None

    def __call__(self) -> dt.datetime:
        if self.left is not None:
            self.left -= 1
            if self.left < 0:
                raise Killed
        return NOON


class Channel:
    """A channel on which anything may happen that can happen to one; what does is drawn, and kept."""

    def __init__(self, draw: Callable[[Any], Any], arrived: Counter[str], *, idempotent: bool) -> None:
        self.idempotent = idempotent
        self.calls: list[Call] = []
        self._draw = draw
        self._arrived = arrived

    def send(self, _: Referral, key: str) -> Delivery:
        told = self._draw(st.sampled_from((*Outcome, None)))
        taken = told is Outcome.ACCEPTED
        if told in (Outcome.UNKNOWN, None):
            taken = self._draw(st.booleans())
        self.calls.append(Call(key, taken, told))
        if taken and not (self.idempotent and self._arrived[key]):
            self._arrived[key] += 1
        return self._tell(told)

    def _tell(self, told: Outcome | None) -> Delivery:
        if told is None:
            raise Killed
        return outcome(told)


class Askable(Channel):
    """One whose receiver answers truly, if it answers."""

    def status(self, key: str) -> Delivery:
        true = Outcome.ACCEPTED if self._arrived[key] else Outcome.NOT_DELIVERED
        told = self._draw(st.sampled_from((true, true, Outcome.UNKNOWN, None)))
        self.calls.append(Call(key, taken=False, told=told))
        return self._tell(told)


class OutboxMachine(RuleBasedStateMachine):
    """Persons and senders, each of whom may be killed at any step."""

    @initialize(kind=st.sampled_from(("keys", "asking", "neither")))
    def begin(self, kind: str) -> None:
        self.folder = tempfile.TemporaryDirectory(dir=IN_MEMORY if Path(IN_MEMORY).is_dir() else None)
        self.clock = Fuse()
        self.place = self.made()
        self.outbox = open_outbox(self.place, clock=self.clock)
        self.kind = kind
        self.rows: list[Modelled] = []
        self.batches = 0
        self.arrived: Counter[str] = Counter()
        self.proposes(set(TENANCIES), 127_000, 0, killed=False)
        for it in self.rows[:2]:
            confirm(self.outbox, [it.key], by=WHO, contacts=People(), receiver=RECEIVER)
            it.state, it.was_confirmed = State.CONFIRMED, True

    def made(self) -> str | Path:
        """Where a new outbox is."""
        path = Path(self.folder.name) / "o"
        create_outbox(path).close()
        return path

    def teardown(self) -> None:
        """A run without trouble ends it: nothing is lost, nothing went unconfirmed or blindly twice."""
        if not hasattr(self, "outbox"):
            return
        try:
            self.bring_to_its_end()
        finally:
            found = verify(self.outbox)
            self.outbox.close()
            self.folder.cleanup()
            assert found == ()

    def alive(self, do: Callable[[], object], fuse: int | None = None) -> bool:
        """Whether the process lived to the end of something; else another one opens the outbox."""
        self.clock.left = fuse
        try:
            do()
        except Killed:
            self.outbox.close()
            self.clock.left = None
            self.outbox = open_outbox(self.place, clock=self.clock)
            return False
        finally:
            self.clock.left = None
        return True

    def of(self, *states: State) -> list[Modelled]:
        return [it for it in self.rows if it.state in states]

    # --- what persons do ---------------------------------------------------------------------------

    @rule(
        chosen=st.sets(st.sampled_from(TENANCIES), min_size=1),
        cents=st.sampled_from((50_000, 127_000, 127_999, 200_000)),
        later=st.sampled_from((-100, -84, -83, -1, 0, 1)),
        killed=st.booleans(),
    )
    def proposes(self, chosen: set[str], cents: int, later: int, *, killed: bool) -> None:
        day = AS_OF + days(later)
        decisions = [to_refer(it, cents, day, 250) for it in sorted(chosen)]
        made: list[Any] = []
        batch = f"batch {self.batches}"
        if not self.alive(
            lambda: made.append(propose(self.outbox, decisions, batch=batch)), 0 if killed else None
        ):
            return
        self.batches += 1
        keys = list(made[0].keys)
        for tenancy in sorted(chosen):
            theirs = [it for it in self.rows if it.tenancy == tenancy]
            accepted = max(
                ((it.day, it.cents) for it in theirs if it.state is State.ACCEPTED), default=None
            )
            waiting = [it for it in theirs if it.state is State.PROPOSED]
            if (
                any(it.state in IN_HAND for it in theirs)
                or (accepted is not None and repeats(day, cents, *accepted))
                or any(it.day > day for it in waiting)
            ):
                assert tenancy in {it.tenancy for it in made[0].left_out}
                continue
            for it in waiting:
                it.state = State.WITHDRAWN
            self.rows.append(Modelled(keys.pop(0), tenancy, day, cents, batch))
        assert not keys
        assert set(made[0].recalled) == self.recall(dict.fromkeys(chosen, cents), day)

    def recall(self, found: Found, as_of: dt.date) -> set[str]:
        """Recall what is confirmed and not right any more; the keys."""
        gone = {it.key: it.objection(found, as_of) for it in self.of(State.CONFIRMED)}
        for it in self.of(State.CONFIRMED):
            if (reason := gone[it.key]) is not None:
                it.leave_to_a_person(State.RECALLED, reason)
        return {key for key, reason in gone.items() if reason is not None}

    @rule(
        screened=st.sets(st.sampled_from(TENANCIES)),
        later=st.sampled_from((-84, 0, 1)),
        killed=st.booleans(),
    )
    def screens(self, screened: set[str], later: int, killed: bool) -> None:
        """A screening that advises to refer nobody."""
        day, batch = AS_OF + days(later), f"batch {self.batches}"
        made: list[Any] = []
        if not self.alive(
            lambda: made.append(propose(self.outbox, [], batch=batch, screened=screened, as_of=day)),
            0 if killed else None,
        ):
            return
        gone = [it for it in self.of(State.PROPOSED) if it.tenancy in screened and it.day <= day]
        for it in gone:
            it.state = State.WITHDRAWN
        assert set(made[0].withdrawn) == {it.key for it in gone}
        assert set(made[0].recalled) == self.recall(dict.fromkeys(screened), day)

    @precondition(lambda self: self.of(State.RECALLED))
    @rule(data=st.data(), killed=st.booleans())
    def resumes(self, data: st.DataObject, killed: bool) -> None:
        it = data.draw(st.sampled_from(self.of(State.RECALLED)))
        if self.alive(
            lambda: resume(self.outbox, [it.key], by=WHO, reason="all the same"), 0 if killed else None
        ):
            it.decided_to_send()

    @precondition(lambda self: self.of(State.PROPOSED))
    @rule(
        data=st.data(),
        failing=st.sets(st.sampled_from(TENANCIES)),
        fuse=st.none() | st.integers(0, 3),
    )
    def confirms(self, data: st.DataObject, failing: set[str], fuse: int | None) -> None:
        proposals = self.of(State.PROPOSED)
        chosen = data.draw(st.lists(st.sampled_from(proposals), min_size=1, unique=True))
        keys = [it.key for it in chosen]
        self.alive(
            lambda: confirm(self.outbox, keys, by=WHO, contacts=People(failing), receiver=RECEIVER),
            fuse,
        )
        good = [it for it in chosen if it.tenancy not in failing]
        for it in good if fuse is None else good[: max(fuse - 1, 0)]:  # the day is looked at first
            it.state = State.CONFIRMED
            it.was_confirmed = True

    @precondition(lambda self: self.of(State.PROPOSED, State.CONFIRMED, State.RECALLED))
    @rule(data=st.data(), killed=st.booleans())
    def withdraws(self, data: st.DataObject, killed: bool) -> None:
        it = data.draw(st.sampled_from(self.of(State.PROPOSED, State.CONFIRMED, State.RECALLED)))
        if self.alive(lambda: withdraw(self.outbox, [it.key], by=WHO), 0 if killed else None):
            it.state = State.WITHDRAWN

    @precondition(lambda self: self.of(State.DOUBTFUL))
    @rule(data=st.data(), verdict=st.sampled_from(Verdict), killed=st.booleans())
    def decides(self, data: st.DataObject, verdict: Verdict, killed: bool) -> None:
        it = data.draw(st.sampled_from(self.of(State.DOUBTFUL)))
        if self.alive(
            lambda: decide_doubt(self.outbox, it.key, by=WHO, verdict=verdict), 0 if killed else None
        ):
            self.judge(it, verdict)

    def judge(self, it: Modelled, verdict: Verdict) -> None:
        it.unresolved = 0
        it.last = ""
        if verdict is Verdict.ACCEPTED:
            it.state = State.ACCEPTED
            it.misjudged = not self.arrived[it.key]
        elif verdict is Verdict.SEND_AGAIN:
            it.decided_to_send()
            it.sent_again += 1
        else:
            it.state = State.WITHDRAWN

    @rule(killed=st.booleans())
    @precondition(lambda self: self.of(State.ACCEPTED, State.REFUSED, State.WITHDRAWN))
    def forgets(self, killed: bool) -> None:
        tomorrow = NOON.date() + days(1)
        if self.alive(lambda: forget(self.outbox, tomorrow), 0 if killed else None):
            for it in self.of(State.ACCEPTED, State.REFUSED, State.WITHDRAWN):
                it.tenancy = it.tenancy if it.day >= tomorrow else None

    # --- what the sender does ----------------------------------------------------------------------

    @rule(data=st.data(), killed=st.booleans(), settled=st.booleans())
    def sends_and_sends_again(self, data: st.DataObject, killed: bool, settled: bool) -> None:
        for fuse in (data.draw(st.integers(0, 8)) if killed else None, None):
            self.run_the_sender(data, fuse, settled=settled)

    @rule(data=st.data(), fuse=st.none() | st.integers(2, 8), settled=st.booleans())
    def sends(self, data: st.DataObject, fuse: int | None, settled: bool) -> None:
        self.run_the_sender(data, fuse, settled=settled)

    @rule(
        data=st.data(),
        fuse=st.none() | st.integers(0, 8),
        found=st.dictionaries(
            st.sampled_from(TENANCIES), st.none() | st.sampled_from((50_000, 127_000, 200_000))
        ),
        later=st.sampled_from((-84, 0, 1)),
    )
    def looks_again_and_sends(
        self, data: st.DataObject, fuse: int | None, found: Found, later: int
    ) -> None:
        self.run_the_sender(data, fuse, settled=True, looked=(found, AS_OF + days(later)))

    def run_the_sender(
        self,
        data: st.DataObject,
        fuse: int | None,
        *,
        settled: bool,
        looked: tuple[Found, dt.date] | None = None,
    ) -> None:
        cls = Askable if self.kind == "asking" else Channel
        channel = cls(data.draw, self.arrived, idempotent=self.kind == "keys")
        pacing = Pacing(rounds=1, first_wait=0, failures=99, settling=0 if settled else 1)
        screening = None if looked is None else screening_of(*looked)
        lived = self.alive(
            lambda: send(self.outbox, channel, RECEIVER, pacing=pacing, screening=screening), fuse
        )
        told = ModelRun(self, channel.calls, fuse, settled=settled, looked=looked)
        try:
            told.run()
        except Killed:
            assert not lived
        else:
            assert lived
        assert not told.calls

    # --- what always holds -------------------------------------------------------------------------

    @invariant()
    def is_as_modelled(self) -> None:
        if not hasattr(self, "outbox"):
            return
        found = [
            (it.key, it.tenancy, it.day, it.arrears_cents, it.batch, it.state)
            for it in listing(self.outbox)
        ]
        assert found == [(it.key, it.tenancy, it.day, it.cents, it.batch, it.state) for it in self.rows]
        unresolved = self.outbox.referrals()
        assert [it["unresolved"] for it in unresolved] == [it.unresolved for it in self.rows]
        told = pl.DataFrame(signals(self.outbox)).rows()
        assert told == [
            (it.tenancy, it.day, it.cents)
            for it in self.of(*OPEN, State.ACCEPTED)
            if it.tenancy is not None
        ]

    @invariant()
    def goes_out_confirmed_and_not_blindly_twice(self) -> None:
        for it in getattr(self, "rows", ()):
            assert it.was_confirmed or not self.arrived[it.key]
            assert self.arrived[it.key] <= 1 + it.sent_again
            if self.kind == "keys":
                assert self.arrived[it.key] <= 1

    def bring_to_its_end(self) -> None:
        def good(options: Any) -> Any:  # noqa: ARG001 - nothing is left to chance
            return Outcome.ACCEPTED

        while self.of(*IN_HAND):
            for it in self.of(State.RECALLED):
                resume(self.outbox, [it.key], by=WHO, reason="all the same")
                it.decided_to_send()
            channel = Channel(good, self.arrived, idempotent=self.kind == "keys")
            send(self.outbox, channel, RECEIVER, pacing=ONE_ROUND)
            ModelRun(self, channel.calls, None, settled=True, asking=False).run()
            for it in self.of(State.DOUBTFUL):
                there = self.arrived[it.key] > 0
                verdict = Verdict.ACCEPTED if there else Verdict.SEND_AGAIN
                decide_doubt(self.outbox, it.key, by=WHO, verdict=verdict)
                self.judge(it, verdict)
        self.is_as_modelled()
        self.goes_out_confirmed_and_not_blindly_twice()
        for it in self.rows:
            if it.state is State.ACCEPTED and not it.misjudged:
                assert self.arrived[it.key]


@define
class ModelRun:
    """A run of the sender as the model has it, on the calls that the real one has made."""

    machine: OutboxMachine
    given: Sequence[Call]
    fuse: int | None
    settled: bool = field(kw_only=True)
    asking: bool | None = field(default=None, kw_only=True)
    looked: tuple[Found, dt.date] | None = field(default=None, kw_only=True)
    calls: list[Call] = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.calls = list(self.given)
        if self.asking is None:
            self.asking = self.machine.kind == "asking"

    def tick(self) -> None:
        if self.fuse is not None:
            self.fuse -= 1
            if self.fuse < 0:
                raise Killed

    def call(self, it: Modelled) -> Outcome:
        made = self.calls.pop(0)
        assert made.key == it.key
        if made.told is None:
            raise Killed
        return made.told

    def run(self) -> None:
        by_key = self.machine.kind == "keys"
        self.look_again(by_key=by_key)
        left = [*self.machine.of(State.SENDING), *self.machine.of(State.CONFIRMED)]
        for it in left:
            if it.state is State.SENDING and not by_key:
                self.find_out(it)
            elif self.looked is None or (it.tenancy in self.looked[0] and it.day <= self.looked[1]):
                self.attempt(it)
        if by_key:
            return
        for it in self.machine.of(State.SENDING):
            if not it.last.startswith("asked"):
                self.find_out(it)
        for it in self.machine.of(State.SENDING):
            if it.last != "asked not-delivered":
                self.doubt(it)

    def look_again(self, *, by_key: bool) -> None:
        self.tick()
        if self.looked is None:
            return
        self.machine.recall(*self.looked)
        for it in self.machine.of(State.SENDING):
            reason = it.objection(*self.looked)
            if reason is not None and by_key:  # else nothing is sent before an answer
                it.leave_to_a_person(State.DOUBTFUL, reason)

    def find_out(self, it: Modelled) -> None:
        if self.asking:
            self.status(it)
        else:
            self.doubt(it)

    def found(self, it: Modelled) -> None:
        if it.state is State.SENDING and it.last == "begun":
            self.tick()
            it.last = "found"

    def doubt(self, it: Modelled) -> None:
        self.found(it)
        self.tick()
        it.state = State.DOUBTFUL

    def status(self, it: Modelled) -> None:
        self.found(it)
        self.tick()
        told = self.call(it)
        self.tick()
        it.last = f"asked {told}"
        if told is Outcome.ACCEPTED:
            it.state, it.unresolved = State.ACCEPTED, 0
        elif told is Outcome.NOT_DELIVERED and self.settled:
            it.state, it.unresolved = State.CONFIRMED, 0

    def attempt(self, it: Modelled) -> None:
        self.found(it)
        self.tick()
        it.state, it.last = State.SENDING, "begun"
        it.unresolved += 1
        told = self.call(it)
        self.tick()
        it.last = "ended"
        earlier = it.unresolved > 1
        if told is Outcome.ACCEPTED:
            it.state, it.unresolved = State.ACCEPTED, 0
        elif told is Outcome.UNKNOWN:
            it.state = State.SENDING if self.asking or self.machine.kind == "keys" else State.DOUBTFUL
        elif earlier:
            it.unresolved -= 1
            it.state = State.DOUBTFUL if told is Outcome.REFUSED else State.SENDING
        else:
            it.unresolved = 0
            it.state = State.REFUSED if told is Outcome.REFUSED else State.CONFIRMED


def screening_of(found: Found, as_of: dt.date) -> Screening:
    """What the outbox is told of a screening."""
    return Screening(
        as_of=as_of,
        owed={str(it): cents for it, cents in found.items() if cents is not None},
        others={str(it): NOT_ADVISED for it, cents in found.items() if cents is None},
    )


TestOutboxMachine = OutboxMachine.TestCase
TestOutboxMachine.settings = settings(stateful_step_count=30)
