"""The decision log: what happened to a referral and its case, in one chain, replayable years later."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from attrs import evolve
from earlier_outbox import VERSIONS, earlier, opened, without_triggers
from hypothesis import HealthCheck, given, settings
from referring import (
    A1,
    A2,
    AS_OF,
    NOON,
    RECEIVER,
    WHO,
    Clock,
    Told,
    confirmed,
    days,
    happened,
    in_arrears,
    person,
    proposed,
    to_refer,
)

from huurschuld import (
    Advice,
    InputChanged,
    InvalidValue,
    KeyNeeded,
    Tenancy,
    UnknownReference,
    decide,
)
from huurschuld.cases import (
    CaseStore,
    ImpossibleEvent,
    digest,
    heads,
    open_case_store,
    verify,
)
from huurschuld.referrals import (
    Outbox,
    OutboxDamaged,
    create_outbox,
    decision_of,
    forget,
    history,
    listing,
    open_outbox,
    propose,
    referral,
    replay_decision,
    send,
)
from huurschuld.testing import AS_OF as DRAWN_AS_OF, tenancies

SECRET = b"a secret of more than 16 bytes"


# --- replayed ---------------------------------------------------------------------------------------


def test_a_proposal_is_decided_again_by_the_rules_of_its_day(outbox: Outbox) -> None:
    """On the tenancy as it was, and on the facts that were kept: byte for byte."""
    decision = to_refer(A1)
    (key,) = propose(outbox, [decision], batch="one").keys
    logged = decision_of(outbox, key)
    assert logged.receipt == decision.receipt
    assert logged.at == NOON
    assert replay_decision(outbox, key, in_arrears(A1)).to_json() == decision.to_json()
    assert replay_decision(outbox, key).to_json() == decision.to_json()
    assert A1 not in repr(logged)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(tenancies())
def test_any_proposal_is_decided_again(outbox: Outbox, tenancy: Tenancy) -> None:
    """Whatever the tenancy, as long as it is advised to be referred."""
    for policy in ("bgs-2021", "katwijk-2021"):
        decision = decide(tenancy, policy, DRAWN_AS_OF, key=SECRET)
        if decision.advice is not Advice.REFER:
            continue
        decision = evolve(decision, tenancy=f"{len(listing(outbox))}")
        (key,) = propose(outbox, [decision], batch=decision.tenancy).keys
        assert replay_decision(outbox, key).to_json() == decision.to_json()


def test_another_tenancy_is_not_the_one_that_was_decided_on(outbox: Outbox) -> None:
    """Also without a key: the facts that were kept tell."""
    (key,) = proposed(outbox, A1)
    with pytest.raises(InputChanged, match="input-changed at /tenancy"):
        replay_decision(outbox, key, in_arrears(A1, 127_001))
    with pytest.raises(InputChanged):
        replay_decision(outbox, key, in_arrears(A2))


def test_a_receipt_with_a_hash_needs_its_key(outbox: Outbox) -> None:
    """Then also what the facts do not show is the same."""
    decision = decide(in_arrears(A1), "bgs-2021", AS_OF, key=SECRET)
    (key,) = propose(outbox, [decision], batch="one").keys
    assert replay_decision(outbox, key, in_arrears(A1), secret=SECRET) == decision
    with pytest.raises(KeyNeeded):
        replay_decision(outbox, key, in_arrears(A1))


def test_rules_are_kept_once(outbox: Outbox) -> None:
    """However many decisions they made."""
    keys = proposed(outbox, A1, A2)
    with outbox.reading() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM policies").scalar_one() == 1
    assert len({decision_of(outbox, key).receipt.policy for key in keys}) == 1


def test_of_whom_was_forgotten_only_the_rules_stay(outbox: Outbox, clock: Clock) -> None:
    """The facts are gone; who still has the tenancy can decide again."""
    (key,) = confirmed(outbox, A1)
    send(outbox, Told(), RECEIVER)
    clock.now += days(2)
    assert forget(outbox, AS_OF + days(1)) == (key,)
    assert happened(outbox, key)[-1] == "forgotten"
    assert decision_of(outbox, key).document is None
    with pytest.raises(InvalidValue, match="forgotten"):
        replay_decision(outbox, key)
    assert replay_decision(outbox, key, in_arrears(A1)).advice is Advice.REFER
    assert verify(outbox) == ()


@pytest.mark.parametrize("version", VERSIONS)
def test_an_earlier_release_kept_no_receipt(tmp_path: Path, version: int) -> None:
    """Which is said; what it did keep is told."""
    with opened(earlier(tmp_path, version=version)) as outbox:
        key = listing(outbox)[0].key
        with pytest.raises(InvalidValue, match="earlier release"):
            decision_of(outbox, key)
        with pytest.raises(UnknownReference):
            decision_of(outbox, "0" * 32)


# --- chained ----------------------------------------------------------------------------------------


def test_each_step_changes_the_head(outbox: Outbox) -> None:
    """So the heads that were published tell whether the log goes on from them."""
    (key,) = proposed(outbox, A1)
    kept = heads(outbox)
    (second,) = confirmed(outbox, A2, batch="two")
    assert verify(outbox, kept) == ()
    assert digest(heads(outbox)) != digest(kept)
    assert len(history(outbox, key)) == 1
    assert len(history(outbox, second)) == 2


def test_what_is_about_a_person_is_sealed(outbox: Outbox, tmp_path: Path) -> None:
    """The facts of a household are in no byte of the file."""
    (key,) = proposed(outbox, A1)
    assert b"episode_start" not in (tmp_path / "referrals.sqlite").read_bytes()
    assert "episode_start" in str(decision_of(outbox, key).document)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE entries SET public = replace(public, '2026', '2027')",
        "UPDATE entries SET sealed = substr(sealed, 1, 20) || x'00' || substr(sealed, 22)",
        "UPDATE policies SET document = replace(document, 'weeks', 'weekz')",
        "DELETE FROM policies",
        "DELETE FROM referrals WHERE number = 1",
        "UPDATE referrals SET number = 9 - number",
        "UPDATE referrals SET state = 'accepted'",
        "DELETE FROM entries WHERE number = 2",
        'UPDATE secrets SET key = (SELECT key FROM secrets ORDER BY "case" DESC LIMIT 1)',
    ],
)
def test_any_change_behind_its_back_is_found(tmp_path: Path, statement: str) -> None:
    """While it is open, `verify` says where; and it is not opened any more."""
    with create_outbox(tmp_path / "o", clock=lambda: NOON) as outbox:
        confirmed(outbox, A1, A2)
        with closing(sqlite3.connect(tmp_path / "o")) as past:
            without_triggers(past)
            past.execute(statement)
            assert past.total_changes
            past.commit()
        found = verify(outbox)
        assert found
        assert all(str(it) for it in found)
    with pytest.raises(OutboxDamaged):
        open_outbox(tmp_path / "o")


# --- one database -----------------------------------------------------------------------------------


@pytest.fixture
def both(outbox: Outbox) -> tuple[Outbox, CaseStore]:
    """An outbox and a store of cases in one file."""
    store = open_case_store(f"sqlite:///{outbox.path}", clock=lambda: NOON + days(1))
    return outbox, store


def test_a_referral_and_its_case_have_one_chain(both: tuple[Outbox, CaseStore]) -> None:
    """It begins with the proposal; each of the two sees its own."""
    outbox, store = both
    (key,) = confirmed(outbox, A1)
    send(outbox, Told(), RECEIVER)
    assert store.keys() == ()
    with store, pytest.raises(UnknownReference):
        store.look(key, by="ggd", person=WHO, purpose="none yet")
    store.record(key, "received", AS_OF, by="ggd", data={"arrears_cents": 127_000})
    assert store.keys() == (key,)
    assert len(store.look(key, by="ggd", person=WHO, purpose="now it is").events) == 1
    assert happened(outbox, key) == ["proposed", "confirmed", "begun", "ended"]
    assert verify(store) == verify(outbox) == ()
    [head] = heads(store)
    assert head.entries == 6
    with open_outbox(outbox.path) as again:
        assert [it.key for it in listing(again)] == [key]
    store.close()


def test_who_is_forgotten_in_a_case_is_forgotten_in_its_referral(
    both: tuple[Outbox, CaseStore], tmp_path: Path
) -> None:
    """Name, address and facts; the case waits until its referral is settled."""
    outbox, store = both
    (key,) = confirmed(outbox, A1)
    store.record(key, "received", AS_OF, by="ggd", data={"arrears_cents": 127_000})
    store.record(key, "screened-out", AS_OF, by="ggd", data={"reason": "unjust"})
    with pytest.raises(ImpossibleEvent, match="its referral is confirmed"):
        store.forget(key, by="ggd", person=WHO)
    send(outbox, Told(), RECEIVER)
    assert person(A1).name.encode() in (tmp_path / "referrals.sqlite").read_bytes()
    store.forget(key, by="ggd", person=WHO)
    store.close()
    for file in tmp_path.iterdir():
        assert person(A1).name.encode() not in file.read_bytes()
        assert A1.encode() not in file.read_bytes()
    assert verify(outbox) == ()
    assert happened(outbox, key)[-1] == "forgotten"
    with pytest.raises(InvalidValue):
        referral(outbox, key)


def test_a_case_outlives_its_referral(both: tuple[Outbox, CaseStore], clock: Clock) -> None:
    """What the landlord forgets is the referral; the case is forgotten once it is over."""
    outbox, store = both
    (key,) = confirmed(outbox, A1)
    send(outbox, Told(), RECEIVER)
    store.record(key, "received", AS_OF, by="ggd", data={"arrears_cents": 127_000})
    clock.now += days(2)
    assert forget(outbox, AS_OF + days(1)) == (key,)
    found = store.look(key, by="ggd", person=WHO, purpose="it goes on")
    assert found.events[0].data["arrears_cents"] == 127_000
    store.record(key, "screened-out", AS_OF, by="ggd", data={"reason": "unjust"})
    store.forget(key, by="ggd", person=WHO)
    assert [str(it.what) for it in history(outbox, key)][-2:] == ["forgotten", "forgotten"]
    assert verify(outbox) == ()
    store.close()
