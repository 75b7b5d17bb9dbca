"""The outbox: proposals, and what persons decide about them; every state has its guards."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import assume, given
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
    query,
    states,
    to_refer,
    told_by,
)
from sqlalchemy import update

from huurschuld import InputError, InvalidValue, Tenancy, UnknownReference, decide
from huurschuld.errors import PluginFailed
from huurschuld.model.referral import ContactDetails, Outcome
from huurschuld.referrals import (
    Outbox,
    OutboxFailed,
    SkipReason,
    State,
    Verdict,
    WrongState,
    confirm,
    create_outbox,
    decide_doubt,
    listing,
    open_outbox,
    propose,
    referral,
    resume,
    send,
    withdraw,
)
from huurschuld.referrals.states import TRANSITIONS
from huurschuld.rules.document import policy_hash
from huurschuld.storage.tables import REFERRALS
from huurschuld.testing import AS_OF as DRAWN_AS_OF, tenancies

REFUSED = "SQLITE_CONSTRAINT|23514"
"""What SQLite and PostgreSQL call a change that the tables refuse."""


def test_a_proposal_tells_what_advised_it(outbox: Outbox) -> None:
    """The day, the amount, the policy by name and hash, and no contact details."""
    decision = to_refer(A1)
    (key,) = propose(outbox, [decision], batch="october").keys
    (it,) = listing(outbox)
    assert (it.key, it.tenancy, it.day, it.arrears_cents) == (key, A1, AS_OF, 127_000)
    assert (it.policy, it.policy_hash) == ("bgs-2021", policy_hash(decision.receipt.policy))
    assert (it.batch, it.state, it.receiver, it.confirmed_by) == ("october", "proposed", None, None)
    assert it.since == NOON
    assert len(key) == 32
    assert int(key, 16) >= 0
    with pytest.raises(InvalidValue):
        referral(outbox, key)


@given(tenancies())
def test_only_an_advice_to_refer_can_be_proposed(tenancy: Tenancy) -> None:
    """Any other advice is refused, and with it the whole batch."""
    decision = decide(tenancy, "bgs-2021", DRAWN_AS_OF, engine="reference")
    assume(decision.advice != "refer")
    unused: Any = None  # the outbox is not touched
    with pytest.raises(InvalidValue) as caught:
        propose(unused, [to_refer(A1), decision], batch="october")
    assert caught.value.place == "/decisions/1/advice"


@pytest.mark.parametrize(
    ("decisions", "options", "expected"),
    [
        ([object()], {}, "invalid-value at /decisions/0"),
        (["refer"], {}, "invalid-value at /decisions/0"),
        ([to_refer(A1), to_refer(A1, 200_000)], {}, "duplicate-id at /decisions/1/tenancy"),
        # What a person has looked at under a name is what that person confirms by it.
        ([to_refer(A2)], {"batch": "october"}, "duplicate-id at /batch"),
        # Accepted, it would hold the tenancy until that day.
        ([to_refer(A1, as_of=AS_OF + days(2))], {}, "/as_of: this day is in the future"),
        ([], {"screened": [A1], "as_of": AS_OF + days(2)}, "/as_of: this day is in the future"),
    ],
)
def test_what_cannot_be_proposed_is_refused_whole(
    outbox: Outbox, decisions: list[Any], options: dict[str, Any], expected: str
) -> None:
    """With its place, and nothing is stored."""
    proposed(outbox, A3, batch="october")
    with pytest.raises(InputError, match=expected):
        propose(outbox, decisions, **({"batch": "typo"} | options))
    assert states(outbox) == ["proposed"]


def test_a_newer_proposal_takes_the_place_of_one_that_waits(outbox: Outbox, clock: Clock) -> None:
    """Under a key of its own: who confirms the old one, as seen on a list, is told so."""
    (old,) = proposed(outbox, A1, batch="october")
    clock.now = NOON + days(30)
    later = to_refer(A1, 200_000, AS_OF + days(30))
    (new,) = propose(outbox, [later], batch="november").keys
    assert states(outbox) == ["withdrawn", "proposed"]
    assert happened(outbox, old) == ["proposed", "replaced"]
    with pytest.raises(WrongState, match=old):
        confirm(outbox, [old], by=WHO, contacts=People(), receiver=RECEIVER)
    assert confirm(outbox, [new], by=WHO, contacts=People(), receiver=RECEIVER).keys == (new,)


def test_an_older_decision_does_not_take_the_place_of_a_newer_proposal(outbox: Outbox) -> None:
    """The list of last month, proposed by mistake, changes nothing."""
    proposed(outbox, A1)
    made = propose(outbox, [to_refer(A1, as_of=AS_OF - days(30))], batch="september")
    assert not made.keys
    assert [it.why for it in made.left_out] == [SkipReason.NEWER_PROPOSAL]


@pytest.mark.parametrize(
    ("cents", "later", "why"),
    [
        (127_000, 0, SkipReason.ALREADY_REFERRED),
        (127_000, 5, SkipReason.ALREADY_REFERRED),
        (200_000, 5, SkipReason.ALREADY_REFERRED),
        (200_000, 83, SkipReason.ALREADY_REFERRED),
        (200_000, 84, None),
        (128_000, 84, None),
        (127_999, 84, SkipReason.ALREADY_REFERRED),
        (126_999, 84, SkipReason.ALREADY_REFERRED),
        (127_000, 180, SkipReason.ALREADY_REFERRED),
        (127_000, 181, None),
        (200_000, -1, SkipReason.ALREADY_REFERRED),
    ],
)
def test_who_was_referred_is_proposed_again_after_a_while_for_higher_arrears_alone(
    outbox: Outbox, clock: Clock, cents: int, later: int, why: SkipReason | None
) -> None:
    """As the hold already-referred has it, also if a screening did not get the signals."""
    brought_to(outbox, "accepted")
    clock.now = NOON + days(1000)
    made = propose(outbox, [to_refer(A1, cents, AS_OF + days(later), 70 + later)], batch="again")
    assert [it.why for it in made.left_out] == ([] if why is None else [why])
    assert len(made.keys) == (why is None)


def test_who_caught_up_since_is_proposed_again(outbox: Outbox, clock: Clock) -> None:
    """These are other arrears than those that were referred, also within the days of a repeat."""
    brought_to(outbox, "accepted")
    clock.now = NOON + days(75)
    assert propose(outbox, [to_refer(A1, 127_000, AS_OF + days(75))], batch="again").keys


def test_contact_details_are_asked_for_only_when_a_person_confirms(outbox: Outbox) -> None:
    """And of those tenancies alone that are confirmed."""
    people = People()
    first, second = proposed(outbox, A1, A2)
    assert people.asked == []
    confirm(outbox, [first], by=WHO, contacts=people, receiver=RECEIVER)
    assert people.asked == [A1]
    assert referral(outbox, first).contact == person(A1)
    (one, two) = listing(outbox)
    assert (one.state, one.confirmed_by, one.receiver) == ("confirmed", WHO, RECEIVER)
    assert (two.key, two.state) == (second, "proposed")
    assert outbox.row(second)["contact"] is None


def raising(error: Exception) -> Callable[[str], Any]:
    """A source of contact details with a mistake in it."""

    def contact_details(tenancy: str) -> Any:
        try:
            int(f"row of {person(tenancy).name}")
        except ValueError as inner:
            raise error from inner

    return contact_details


@pytest.mark.parametrize(
    ("contact_details", "expected"),
    [
        (raising(KeyError("Zwaantje")), PluginFailed),
        (raising(InvalidValue("/postcode", "a postcode is expected")), InvalidValue),
        (lambda _: {"name": "Zwaantje"}, PluginFailed),
        (lambda _: None, PluginFailed),
    ],
)
def test_what_a_source_of_contact_details_says_itself_is_not_passed_on(
    outbox: Outbox, contact_details: Callable[[str], Any], expected: type[Exception]
) -> None:
    """If it fails nothing is confirmed; its message, and what that came from, may be about a person."""
    source: Any = SimpleNamespace(contact_details=contact_details)
    proposed(outbox, A1)
    done = confirm(outbox, batch="october", by=WHO, contacts=source, receiver=RECEIVER)
    (failed,) = done.failed
    assert type(failed.error) is expected
    assert not any(it in told_by(failed.error) for it in ("Zwaantje", "Naam-1", A1))
    assert states(outbox) == ["proposed"]


@pytest.mark.parametrize("by", ["", " ", "\u00a0", "two\nlines", None, 3, "x" * 501])
def test_who_confirms_has_a_name(outbox: Outbox, by: Any) -> None:
    """Nobody confirms anonymously, and blanks are no name."""
    keys = proposed(outbox, A1)
    people = People()
    with pytest.raises(InvalidValue, match="/by"):
        confirm(outbox, keys, by=by, contacts=people, receiver=RECEIVER)
    assert people.asked == []
    assert states(outbox) == ["proposed"]


def test_keys_or_a_batch_and_not_both(outbox: Outbox) -> None:
    """Nothing is confirmed by leaving something out; a text is not taken for a list of its letters."""
    keys = proposed(outbox, A1)
    for chosen in ({}, {"keys": keys, "batch": "october"}, {"keys": keys[0]}):
        with pytest.raises(InvalidValue, match="/keys"):
            confirm(outbox, **chosen, by=WHO, contacts=People(), receiver=RECEIVER)
    with pytest.raises(UnknownReference, match="/batch"):
        confirm(outbox, batch="other", by=WHO, contacts=People(), receiver=RECEIVER)
    with pytest.raises(UnknownReference, match="/keys/1"):
        confirm(outbox, [*keys, "0" * 32], by=WHO, contacts=People(), receiver=RECEIVER)
    assert states(outbox) == ["proposed"]


def test_who_is_quicker_confirms(tmp_path: Path) -> None:
    """While the contact details are fetched, a colleague withdraws: the referral stays withdrawn."""
    with create_outbox(tmp_path / "o") as mine, open_outbox(tmp_path / "o") as theirs:
        (key,) = proposed(mine, A1)

        class Slow(People):
            def contact_details(self, tenancy: str) -> ContactDetails:
                withdraw(theirs, [key], by="C. Ollega")
                return super().contact_details(tenancy)

        done = confirm(mine, [key], by=WHO, contacts=Slow(), receiver=RECEIVER)
        assert [it.error.code for it in done.failed] == ["wrong-state"]
        assert states(mine) == ["withdrawn"]


@pytest.mark.parametrize("state", ALL_STATES)
def test_each_thing_can_be_done_in_its_states_alone(outbox: Outbox, state: str) -> None:
    """What is illegal is a clear error that names the key and the state, and changes nothing."""
    key = brought_to(outbox, state)

    def attempt(legal: set[str], act: Callable[[], object]) -> None:
        if state in legal:
            return
        with pytest.raises(WrongState, match=f"{key}.*this referral is {state}"):
            act()
        assert states(outbox) == [state]

    attempt(
        {"proposed"},
        lambda: confirm(outbox, [key], by=WHO, contacts=People(), receiver=RECEIVER),
    )
    attempt({"proposed", "confirmed", "recalled"}, lambda: withdraw(outbox, [key], by=WHO))
    attempt({"recalled"}, lambda: resume(outbox, [key], by=WHO, reason="they owe it still"))
    for verdict in Verdict:
        attempt({"doubtful"}, lambda it=verdict: decide_doubt(outbox, key, by=WHO, verdict=it))  # type: ignore[misc]


@pytest.mark.parametrize("state", ALL_STATES)
@pytest.mark.parametrize("after", ALL_STATES)
def test_the_store_itself_refuses_an_illegal_transition(outbox: Outbox, state: str, after: str) -> None:
    """Whatever program writes to the file: no way leads round a person."""
    key = brought_to(outbox, state)
    if after == state or State(after) in TRANSITIONS[State(state)]:
        return
    with pytest.raises(OutboxFailed, match=REFUSED), outbox.change() as change:
        change.connection.execute(update(REFERRALS).values(state=after).where(REFERRALS.c.key == key))
    assert states(outbox) == [state]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE referrals SET arrears_cents = 1",
        "UPDATE referrals SET day = '2020-01-01'",
        "UPDATE referrals SET receiver = 'elsewhere'",
        "UPDATE referrals SET contact = '{}'",
        "DELETE FROM referrals",
        "UPDATE entries SET public = replace(public, 'de Vries', 'nobody')",
        "DELETE FROM entries",
        "UPDATE policies SET document = '{}'",
        "DELETE FROM policies",
        (
            "INSERT INTO referrals SELECT 99, replace(key, substr(key, 1, 4), '0000'), 'x', day,"
            " arrears_cents, policy, policy_hash, batch, state, since, receiver, contact,"
            " confirmed_by, confirmed_at, 0, NULL, step, digest"
            " FROM referrals"
        ),
    ],
)
def test_what_was_confirmed_is_not_rewritten(outbox: Outbox, statement: str) -> None:
    """Neither what goes out, nor what happened; and nothing begins as confirmed."""
    confirmed(outbox, A1)
    tables = 'SELECT * FROM referrals, entries, policies WHERE entries."case" = referrals.number'
    before = query(outbox, tables)
    with pytest.raises(OutboxFailed, match=REFUSED), outbox.change() as change:
        change.connection.exec_driver_sql(statement)
    assert query(outbox, tables) == before


def test_a_batch_is_withdrawn_whole(outbox: Outbox) -> None:
    """Those of it that can still be: what is with the receiver stays; the contact details are gone."""
    first, second, third = confirmed(outbox, A1, A2, A3)
    told = Told(lambda key: accepted() if key == first else outcome(Outcome.NOT_DELIVERED))
    send(outbox, told, RECEIVER, pacing=QUICK)
    assert withdraw(outbox, batch="october", by=WHO) == (second, third)
    assert states(outbox) == ["accepted", "withdrawn", "withdrawn"]
    with pytest.raises(InvalidValue):
        referral(outbox, second)


def test_only_proposals_of_who_was_screened_are_withdrawn(outbox: Outbox) -> None:
    """Another portfolio's stay; what a person has confirmed is recalled; the advised are replaced."""
    first, second = proposed(outbox, A1, A2, batch="one")
    (other,) = proposed(outbox, "elsewhere-1", batch="two")
    confirm(outbox, [second], by=WHO, contacts=People(), receiver=RECEIVER)
    made = propose(outbox, [], batch="three", screened=[A1, A2, A3], as_of=AS_OF)
    assert made.withdrawn == (first,)
    assert {it.key: str(it.state) for it in listing(outbox)} == {
        first: "withdrawn",
        second: "recalled",
        other: "proposed",
    }
    assert propose(
        outbox, [to_refer("elsewhere-1")], batch="four", screened=["elsewhere-1"]
    ).replaced == (other,)


def test_a_proposal_of_a_later_day_is_left_to_that_day(outbox: Outbox) -> None:
    """A screening of last month knows nothing of this month's."""
    proposed(outbox, A1)
    made = propose(outbox, [], batch="late", screened=[A1], as_of=AS_OF - days(30))
    assert made.withdrawn == ()
