"""Sending: what is confirmed goes out at least once, nothing else does, and nothing blindly twice."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import attrs
import pytest
from referring import (
    A1,
    A2,
    A3,
    QUICK,
    RECEIVER,
    WHO,
    Askable,
    Clock,
    Told,
    accepted,
    brought_to,
    confirmed,
    happened,
    outcome,
    person,
    proposed,
    states,
)

from huurschuld import InvalidValue
from huurschuld.model.referral import Delivery, Outcome
from huurschuld.referrals import (
    Outbox,
    OutboxBusy,
    Pacing,
    Sent,
    Verdict,
    WrongState,
    create_outbox,
    decide_doubt,
    history,
    listing,
    open_outbox,
    receipt,
    send,
    withdraw,
)


def test_what_is_confirmed_is_sent_once_and_its_receipt_kept(outbox: Outbox) -> None:
    """A second run has nothing to do; proposals do not go out."""
    keys = confirmed(outbox, A1, A2)
    proposed(outbox, A3, batch="more")
    told = Told()
    assert set(send(outbox, told, RECEIVER).accepted) == set(keys)
    assert send(outbox, told, RECEIVER) == Sent()
    assert [key for key, _ in told.got] == keys
    assert [it.contact for _, it in told.got] == [person(A1), person(A2)]
    assert receipt(outbox, keys[0]) == "thanks"
    assert happened(outbox, keys[0]) == ["proposed", "confirmed", "begun", "ended"]
    assert states(outbox) == ["accepted", "accepted", "proposed"]


def test_that_an_attempt_begins_is_on_the_disk_before_the_network_is_touched(
    outbox: Outbox, tmp_path: Path
) -> None:
    """Another process that looks during a call sees `sending`, and what is in doubt by then."""
    confirmed(outbox, A1, A2)
    seen: list[list[str]] = []

    def look(_: str) -> Delivery:
        with open_outbox(tmp_path / "referrals.sqlite") as other:
            seen.append(states(other))
        return outcome(Outcome.UNKNOWN)

    send(outbox, Told(look), RECEIVER)
    assert seen == [["sending", "confirmed"], ["doubtful", "sending"]]


@pytest.mark.parametrize(
    ("first", "second", "honours", "expected", "attempts"),
    [
        ("accepted", None, False, "accepted", 1),
        ("refused", None, False, "refused", 1),
        ("refused", None, True, "refused", 1),
        ("not-delivered", "accepted", False, "accepted", 2),
        ("not-delivered", "not-delivered", False, "confirmed", 2),
        ("not-delivered", "refused", False, "refused", 2),
        ("unknown", None, False, "doubtful", 1),
        ("unknown", "accepted", True, "accepted", 2),
        ("unknown", "unknown", True, "sending", 2),
        # An earlier attempt may have arrived, whatever becomes of this one.
        ("unknown", "not-delivered", True, "sending", 2),
        ("unknown", "refused", True, "doubtful", 2),
    ],
)
def test_what_follows_from_the_end_of_an_attempt(
    outbox: Outbox, first: str, second: str | None, honours: bool, expected: str, attempts: int
) -> None:
    """Only a receiver that honours the key is sent the same again while it may have it."""
    confirmed(outbox, A1)
    answers = iter([first, second or "none is expected"])
    told = Told(lambda _: outcome(Outcome(next(answers))), idempotent=honours)
    made = send(outbox, told, RECEIVER, pacing=QUICK)
    assert states(outbox) == [expected]
    assert len(told.got) == attempts
    assert [name for name, keys in attrs.asdict(made).items() if keys] == [expected]
    (it,) = listing(outbox)
    assert it.attempts == attempts
    assert it.reason == f"told {second or first}"


@pytest.mark.parametrize("told", ["yes", "true", 1, None])
def test_a_receiver_honours_the_key_only_if_it_says_so_in_so_many_words(
    outbox: Outbox, told: Any
) -> None:
    """A text for a flag does not make anybody be referred twice."""
    confirmed(outbox, A1)
    channel = Told(lambda _: outcome(Outcome.UNKNOWN), idempotent=told)
    send(outbox, channel, RECEIVER, pacing=QUICK)
    assert states(outbox) == ["doubtful"]
    assert len(channel.got) == 1


@pytest.mark.parametrize("nonsense", [None, "accepted", {"outcome": "accepted"}, Exception, KeyError])
def test_a_channel_that_fails_leaves_a_doubt(outbox: Outbox, nonsense: Any) -> None:
    """What it raised is told by its kind alone: its message may be about a person."""
    confirmed(outbox, A1)

    def fail(_: str) -> Any:
        if isinstance(nonsense, type):
            raise nonsense(person(A1).name)
        return nonsense

    send(outbox, Told(fail), RECEIVER, pacing=QUICK)
    (it,) = listing(outbox)
    assert it.state == "doubtful"
    assert person(A1).name not in it.reason


class Killed(BaseException):
    """As if the process had been killed."""


def die(_: str) -> Delivery:
    raise Killed


def left_by_a_killed_sender(outbox: Outbox) -> str:
    (key,) = confirmed(outbox, A1)
    with pytest.raises(Killed):
        send(outbox, Told(die), RECEIVER, pacing=QUICK)
    assert states(outbox) == ["sending"]
    return key


def test_what_a_killed_sender_left_waits_for_a_person_where_nothing_is_known(outbox: Outbox) -> None:
    """It is not sent again."""
    key = left_by_a_killed_sender(outbox)
    told = Told()
    assert send(outbox, told, RECEIVER).doubtful == (key,)
    assert send(outbox, told, RECEIVER) == Sent()
    assert told.got == []
    assert happened(outbox, key)[2:] == ["begun", "found", "doubted"]


def test_what_a_killed_sender_left_goes_again_under_its_key(outbox: Outbox) -> None:
    """A receiver that honours the key takes it once."""
    key = left_by_a_killed_sender(outbox)
    told = Told(idempotent=True)
    assert send(outbox, told, RECEIVER).accepted == (key,)
    assert [it for it, _ in told.got] == [key]
    assert happened(outbox, key)[2:] == ["begun", "found", "begun", "ended"]


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("accepted", "accepted"),
        ("refused", "refused"),
        ("not-delivered", "sending"),
        ("unknown", "doubtful"),
    ],
)
def test_a_receiver_that_can_be_asked_is_asked(outbox: Outbox, answer: str, expected: str) -> None:
    """That it has not got it is not believed at once: the last attempt may still be on its way."""
    left_by_a_killed_sender(outbox)
    told = Askable(asked=lambda _: outcome(Outcome(answer)))
    send(outbox, told, RECEIVER, pacing=QUICK)
    assert states(outbox) == [expected]
    assert told.got == []


def test_once_it_has_settled_a_receiver_is_believed_and_sent_it_again(
    outbox: Outbox, clock: Clock
) -> None:
    """The time is counted from when the killed sender was found, not from when it was killed."""
    key = left_by_a_killed_sender(outbox)
    told = Askable(asked=lambda _: outcome(Outcome.NOT_DELIVERED))
    clock.now += dt.timedelta(hours=5)
    assert send(outbox, told, RECEIVER, pacing=QUICK).sending == (key,)
    clock.now += dt.timedelta(seconds=899)
    assert send(outbox, told, RECEIVER, pacing=QUICK).sending == (key,)
    clock.now -= dt.timedelta(days=1)
    assert send(outbox, told, RECEIVER, pacing=QUICK).sending == (key,)
    clock.now += dt.timedelta(days=1, seconds=1)
    assert told.got == []
    assert send(outbox, told, RECEIVER, pacing=QUICK).accepted == (key,)
    assert [it for it, _ in told.got] == [key]


def test_what_a_receiver_says_is_as_of_when_it_was_asked(outbox: Outbox, clock: Clock) -> None:
    """An answer that took long is not believed for having come late."""
    key = left_by_a_killed_sender(outbox)

    def slowly(_: str) -> Delivery:
        clock.now += dt.timedelta(seconds=901)
        return outcome(Outcome.NOT_DELIVERED)

    told = Askable(asked=slowly)
    once = attrs.evolve(QUICK, rounds=1)
    assert send(outbox, told, RECEIVER, pacing=once).sending == (key,)
    assert told.got == []


def test_a_receiver_that_is_down_is_left_alone(outbox: Outbox) -> None:
    """After a few failures a round ends: what was not tried stays confirmed, and is not in doubt."""
    confirmed(outbox, *(f"tenancy-{number}" for number in range(30)))
    told = Told(lambda _: outcome(Outcome.UNKNOWN))
    made = send(outbox, told, RECEIVER, pacing=attrs.evolve(QUICK, failures=3))
    assert len(told.got) == len(made.doubtful) == 6
    assert states(outbox).count("confirmed") == 24


def test_one_process_sends_at_a_time(outbox: Outbox, tmp_path: Path) -> None:
    """A second one is told so; the lock is gone with whoever held it."""
    confirmed(outbox, A1)
    refused: list[str] = []

    def second(_: str) -> Delivery:
        with open_outbox(tmp_path / "referrals.sqlite") as other, pytest.raises(OutboxBusy) as caught:
            send(other, Told(), RECEIVER)
        refused.append(caught.value.problem)
        return accepted()

    send(outbox, Told(second), RECEIVER)
    assert refused == ["another process is sending"]
    send(outbox, Told(), RECEIVER)


def test_a_referral_that_is_withdrawn_during_a_run_does_not_go_out(tmp_path: Path) -> None:
    """The claim and the withdrawal cannot both succeed."""
    with create_outbox(tmp_path / "o") as mine, open_outbox(tmp_path / "o") as theirs:
        first, second = confirmed(mine, A1, A2)

        def meanwhile(key: str) -> Delivery:
            assert key == first
            withdraw(theirs, [second], by=WHO)
            with pytest.raises(WrongState):
                withdraw(theirs, [first], by=WHO)
            return accepted()

        told = Told(meanwhile)
        assert send(mine, told, RECEIVER, pacing=QUICK).accepted == (first,)
        assert len(told.got) == 1


@pytest.mark.parametrize(
    ("verdict", "expected", "goes_out"),
    [
        (Verdict.ACCEPTED, "accepted", 0),
        (Verdict.SEND_AGAIN, "accepted", 1),
        (Verdict.WITHDRAWN, "withdrawn", 0),
    ],
)
def test_a_person_decides_about_a_doubt(
    outbox: Outbox, verdict: Verdict, expected: str, goes_out: int
) -> None:
    """By name, and only what that person says may go out again does."""
    key = brought_to(outbox, "doubtful")
    decide_doubt(outbox, key, by=WHO, verdict=verdict)
    told = Told()
    send(outbox, told, RECEIVER, pacing=QUICK)
    assert states(outbox) == [expected]
    assert len(told.got) == goes_out
    decided = [it for it in history(outbox, key) if it.what == "decided"]
    assert [(it.person, it.reason) for it in decided] == [(WHO, str(verdict))]


@pytest.mark.parametrize("verdict", ["yes", True, None, "doubtful"])
def test_a_verdict_is_one_of_three(outbox: Outbox, verdict: Any) -> None:
    """Anything else decides nothing."""
    key = brought_to(outbox, "doubtful")
    with pytest.raises(InvalidValue, match="/verdict"):
        decide_doubt(outbox, key, by=WHO, verdict=verdict)
    assert states(outbox) == ["doubtful"]


@pytest.mark.parametrize("field", ["rounds", "first_wait", "longest_wait", "failures", "settling"])
def test_a_run_has_a_sensible_pace(field: str) -> None:
    """A negative wait, or no round at all, is a mistake."""
    wrong: dict[str, Any] = {field: -1}
    with pytest.raises(InvalidValue, match=field):
        Pacing(**wrong)
