"""What the outbox tells: signals, reports, lists; and what it forgets."""

from __future__ import annotations

import datetime as dt
import logging
from pathlib import Path
from tempfile import TemporaryDirectory

import attrs
import polars as pl
import pytest
from hypothesis import HealthCheck, assume, given, settings, strategies as st
from referring import (
    A1,
    A2,
    A3,
    ALL_STATES,
    AS_OF,
    NOON,
    QUICK,
    RECEIVER,
    WHO,
    Clock,
    People,
    Told,
    accepted,
    brought_to,
    confirmed,
    days,
    happened,
    outcome,
    person,
    proposed,
    to_refer,
)

from huurschuld import Contact, InvalidValue, Signal, Tenancy, decide
from huurschuld.model.referral import Outcome
from huurschuld.referrals import (
    Outbox,
    SkipReason,
    confirm,
    create_outbox,
    forget,
    history,
    listing,
    propose,
    receipt,
    referral,
    send,
    sent,
    signals,
)
from huurschuld.testing import AS_OF as DRAWN_AS_OF, households, near_threshold, tenancies


@pytest.mark.parametrize("state", ALL_STATES)
def test_what_counts_as_a_signal(outbox: Outbox, state: str) -> None:
    """What a person confirmed and nobody refused, withdrew or recalled; a proposal is none yet."""
    brought_to(outbox, state)
    frame = pl.DataFrame(signals(outbox))
    assert frame.schema == {"tenancy": pl.String, "date": pl.Date, "cents": pl.Int64}
    expected = (
        [(A1, AS_OF, 127_000)] if state in ("confirmed", "sending", "doubtful", "accepted") else []
    )
    assert frame.rows() == expected
    assert pl.DataFrame(signals(outbox, among=[A2])).rows() == []
    assert pl.DataFrame(signals(outbox, among=[A1])).rows() == expected
    settled = pl.DataFrame(signals(outbox, in_hand=False)).rows()
    assert settled == (expected if state == "accepted" else [])


def earlier_signals() -> st.SearchStrategy[Signal]:
    """Referrals on days before, and on the day itself, of any amount."""
    day = st.integers(0, 90).map(lambda before: DRAWN_AS_OF - days(before))
    return st.builds(Signal, date=day, cents=st.sampled_from((0, 999, 59_999)) | st.integers(0, 150_000))


EFFORT = (
    Contact(
        date=DRAWN_AS_OF - days(14),
        channel="letter",
        reminder=True,
        offers_sharing=True,
        debt_help=True,
    ),
    Contact(date=DRAWN_AS_OF - days(1), channel="phone"),
)
OPEN_TO_REFERRAL = st.one_of(
    near_threshold().filter(lambda it: it.over).map(lambda it: it.tenancy),
    st.builds(
        attrs.evolve,
        near_threshold().filter(lambda it: it.over).map(lambda it: it.tenancy),
        signals=st.lists(earlier_signals(), max_size=3).map(tuple),
        household=st.none() | households(),
    ),
    tenancies(contacts=EFFORT, plans=(), disputes=(), objections=(), end=None, deceased=None),
)


@settings(suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow])
@given(OPEN_TO_REFERRAL, st.sampled_from(("bgs-2021", "katwijk-2021")))
def test_who_is_referred_today_is_not_referred_again_today(tenancy: Tenancy, policy: str) -> None:
    """With the signals of the outbox the same decision holds as already-referred, and is left out."""
    decision = decide(tenancy, policy, DRAWN_AS_OF)
    assume(decision.advice == "refer")
    with TemporaryDirectory() as folder, create_outbox(Path(folder, "o")) as outbox:
        (key,) = propose(outbox, [decision], batch="b").keys
        confirm(outbox, [key], by=WHO, contacts=People(), receiver=RECEIVER)
        rows = pl.DataFrame(signals(outbox)).rows(named=True)
        added = tuple(Signal(date=it["date"], cents=it["cents"]) for it in rows)
        again = decide(
            attrs.evolve(tenancy, signals=(*(tenancy.signals or ()), *added)), policy, DRAWN_AS_OF
        )
        assert (again.advice, again.holds) == ("hold", ("already-referred",))
        assert [it.why for it in propose(outbox, [decision], batch="c").left_out] == [SkipReason.IN_HAND]
        send(outbox, Told(), RECEIVER)
        assert [it.why for it in propose(outbox, [decision], batch="c").left_out] == [
            SkipReason.ALREADY_REFERRED
        ]


def test_exporters_get_what_was_accepted_in_a_period(outbox: Outbox) -> None:
    """By the day that the amount is of, both ends included."""
    keys = confirmed(outbox, A1, A2, A3)
    told = Told(lambda key: outcome(Outcome.REFUSED) if key == keys[2] else accepted())
    send(outbox, told, RECEIVER, pacing=QUICK)
    found = list(sent(outbox, AS_OF, AS_OF))
    assert [(it.key, it.day, it.receiver) for it in found] == [
        (key, AS_OF, RECEIVER) for key in keys[:2]
    ]
    assert list(sent(outbox)) == found
    assert found[0].referral.contact == person(A1)
    assert found[0].referral.arrears_cents == 127_000
    assert not list(sent(outbox, AS_OF + days(1), AS_OF + days(9)))
    assert not list(sent(outbox, AS_OF - days(9), AS_OF - days(1)))
    with pytest.raises(InvalidValue, match="/last"):
        sent(outbox, AS_OF, AS_OF - days(1))


def test_what_is_settled_is_forgotten_when_the_user_says_so(
    outbox: Outbox, clock: Clock, tmp_path: Path
) -> None:
    """Whom it was about is gone from the bytes of the file; that it was, and how much, stays."""
    told = Told(lambda _: accepted(f"we noted {person(A1).name}"))
    (old,) = confirmed(outbox, A1, batch="first")
    send(outbox, told, RECEIVER)
    (waiting,) = confirmed(outbox, A2, batch="second")
    clock.now += dt.timedelta(days=400)
    (new,) = confirmed(outbox, A3, batch="third")
    send(
        outbox,
        Told(lambda key: accepted() if key == new else outcome(Outcome.NOT_DELIVERED)),
        RECEIVER,
        pacing=QUICK,
        max_days=1000,
    )
    assert person(A1).name.encode() in (tmp_path / "referrals.sqlite").read_bytes()
    assert forget(outbox, NOON.date()) == ()
    assert forget(outbox, NOON.date() + days(1)) == (old,)
    assert forget(outbox, NOON.date() + days(1)) == ()
    everything = b"".join(it.read_bytes() for it in tmp_path.iterdir())
    for gone in (A1, person(A1).name, person(A1).phone or "", "we noted"):
        assert gone.encode() not in everything
    first, second, third = listing(outbox)
    assert (first.key, first.tenancy, first.state, first.arrears_cents) == (
        old,
        None,
        "accepted",
        127_000,
    )
    assert (second.key, second.tenancy, third.tenancy) == (waiting, A2, A3)
    assert happened(outbox, old)[-1] == "forgotten"
    assert receipt(outbox, old) is None
    assert {row[0] for row in pl.DataFrame(signals(outbox)).rows()} == {A2, A3}
    assert [it.key for it in sent(outbox, AS_OF, AS_OF)] == [new]


def test_a_day_in_the_future_is_not_forgotten_up_to(outbox: Outbox) -> None:
    """A year that is mistyped would have everybody referred a second time."""
    brought_to(outbox, "accepted")
    with pytest.raises(InvalidValue, match="/before: this day is in the future"):
        forget(outbox, NOON.date() + days(2))
    assert [it.tenancy for it in listing(outbox)] == [A1]


def test_what_is_of_a_later_day_is_not_forgotten(outbox: Outbox, clock: Clock) -> None:
    """Also if the clock was far behind when it was accepted: it may be a signal still."""
    (key,) = confirmed(outbox, A1)
    clock.now = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
    send(outbox, Told(), RECEIVER)
    clock.now = NOON
    assert forget(outbox, NOON.date()) == ()
    assert forget(outbox, NOON.date() + days(1)) == (key,)


def test_nothing_that_it_tells_shows_a_person_by_accident(
    outbox: Outbox, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither a repr nor a log line has a name, an address or the id of a tenancy in it."""
    caplog.set_level(logging.DEBUG)
    keys = proposed(outbox, A1, A2)
    made = propose(outbox, [to_refer(A1, as_of=AS_OF - days(1))], batch="older")
    done = confirm(outbox, keys, by=WHO, contacts=People([A2]), receiver=RECEIVER)
    told = Told(lambda _: outcome(Outcome.UNKNOWN), idempotent=True)
    ran = send(outbox, told, RECEIVER, pacing=QUICK)
    shown = [outbox, made, *made.left_out, done, *done.failed, ran, *listing(outbox)]
    shown += [*history(outbox, keys[0]), referral(outbox, keys[0])]
    logged = [str(vars(it)) for it in caplog.records]
    text = " ".join([*map(repr, shown), *logged])
    assert logged  # stamina tells that it goes on
    assert not any(it in text for it in (A1, A2, "Naam", "Voorstraat", "2225AB", "06-"))
