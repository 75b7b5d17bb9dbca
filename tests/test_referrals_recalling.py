"""What was confirmed and may no longer be right is not sent: a person decides anew."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given, strategies as st
from referring import (
    A1,
    A2,
    A3,
    AS_OF,
    NOON,
    QUICK,
    RECEIVER,
    WHO,
    Askable,
    Clock,
    People,
    Told,
    brought_to,
    confirmed,
    days,
    happened,
    in_arrears,
    outcome,
    person,
    proposed,
    states,
    to_refer,
)

from huurschuld import (
    InvalidValue,
    Objection,
    Payment,
    Plan,
    Tenancy,
    UnknownReference,
    decide,
    worklist,
)
from huurschuld.model.referral import ContactDetails, Outcome
from huurschuld.referrals import (
    Outbox,
    Screening,
    Verdict,
    WrongState,
    confirm,
    create_outbox,
    decide_doubt,
    history,
    listing,
    open_outbox,
    propose,
    resume,
    send,
    waive,
    withdraw,
)

LATER = AS_OF + days(1)
WHY = "they asked for it"


def paid(it: Tenancy, cents: int = 127_000) -> Tenancy:
    payment = Payment(id="2", booked=LATER, cents=cents, settles="1")
    return evolve(it, entries=(*it.entries, payment))


CHANGES: dict[str, tuple[Callable[[Tenancy], Tenancy], str]] = {
    "paid": (paid, "the advice is none"),
    "paid a part": (lambda it: paid(it, 1_000), "less is owed now: € 1,260.00"),
    "objected": (
        lambda it: evolve(it, objections=(Objection(date=LATER),)),
        "the advice is hold: objected",
    ),
    "got a plan": (lambda it: evolve(it, plans=(Plan(from_=LATER),)), "the advice is hold: "),
    "died": (lambda it: evolve(it, deceased=LATER), "the advice is hold: "),
    "became unknown": (lambda it: evolve(it, objections=None), "the advice is ask"),
}
"""What may become of a household after its referral was confirmed, and what is then told."""


def look(*tenancies: Tenancy, as_of: dt.date = LATER) -> Screening:
    """What a screening finds of some tenancies."""
    found = worklist(tenancies, "bgs-2021", as_of, engine="reference")
    return Screening.of(evolve(found, tenancies=[it.id for it in tenancies]), as_of)


def reason(outbox: Outbox, key: str) -> str:
    return next(it.reason for it in listing(outbox) if it.key == key)


@pytest.mark.parametrize("what", CHANGES)
def test_what_a_new_screening_does_not_advise_is_recalled(outbox: Outbox, what: str) -> None:
    """When it is proposed anew; nothing of it goes out, and the others go on."""
    changed, why = CHANGES[what]
    first, second = confirmed(outbox, A1, A2)
    now = [changed(in_arrears(A1)), in_arrears(A2)]
    advised = [
        it
        for it in (decide(one, "bgs-2021", LATER, engine="reference") for one in now)
        if it.advice == "refer"
    ]
    made = propose(outbox, advised, batch="later", screened=look(*now).others, as_of=LATER)
    assert made.recalled == (first,)
    assert reason(outbox, first).startswith(why)
    told = Told()
    assert send(outbox, told, RECEIVER).accepted == (second,)
    assert [key for key, _ in told.got] == [second]
    assert states(outbox) == ["recalled", "accepted"]
    assert happened(outbox, first)[-1] == "recalled"


@pytest.mark.parametrize("what", CHANGES)
def test_right_before_sending_it_is_looked_at_again(outbox: Outbox, what: str) -> None:
    """What is not right any more is recalled; what was not looked at waits."""
    changed, why = CHANGES[what]
    first, second, third = confirmed(outbox, A1, A2, A3)
    told = Told()
    sent = send(
        outbox, told, RECEIVER, screening=look(changed(in_arrears(A1)), in_arrears(A2)), pacing=QUICK
    )
    assert (sent.accepted, sent.recalled, sent.confirmed) == ((second,), (first,), ())
    assert [key for key, _ in told.got] == [second]
    assert states(outbox) == ["recalled", "accepted", "confirmed"]
    assert reason(outbox, first).startswith(why)
    assert send(outbox, told, RECEIVER).accepted == (third,)


@pytest.mark.parametrize("kind", ["keys", "asking", "neither"])
def test_what_may_have_arrived_is_not_sent_again_once_it_is_not_right(outbox: Outbox, kind: str) -> None:
    """It cannot be taken back, so a person finds out; a receiver that can be asked is asked first."""
    (key,) = confirmed(outbox, A1)
    cls: Any = Askable if kind == "asking" else Told
    told = cls(lambda _: outcome(Outcome.UNKNOWN), idempotent=kind == "keys")
    if kind == "asking":
        told = Askable(lambda _: outcome(Outcome.UNKNOWN), lambda _: outcome(Outcome.NOT_DELIVERED))
    send(outbox, told, RECEIVER, pacing=evolve(QUICK, rounds=1))
    assert len(told.got) == 1
    quick = evolve(QUICK, settling=0)
    sent = send(outbox, told, RECEIVER, pacing=quick, screening=look(paid(in_arrears(A1))))
    assert len(told.got) == 1
    expected = {"keys": ("doubtful", "the advice is none"), "asking": ("recalled", "the advice is none")}
    state, why = expected.get(kind, ("doubtful", "told unknown"))
    assert states(outbox) == [state]
    assert reason(outbox, key) == why
    assert key in (*sent.recalled, *sent.doubtful) or kind == "neither"


def test_more_arrears_of_a_later_day_are_no_reason(outbox: Outbox) -> None:
    """The next rent fell due: what was confirmed is owed still."""
    (key,) = confirmed(outbox, A1)
    assert propose(outbox, [to_refer(A1, 180_000, LATER)], batch="later").recalled == ()
    assert send(outbox, Told(), RECEIVER, screening=look(in_arrears(A1, 180_000))).accepted == (key,)


def test_a_screening_of_an_earlier_day_says_nothing_of_it(outbox: Outbox) -> None:
    """It is neither recalled by one, nor sent as looked at."""
    confirmed(outbox, A1)
    early = AS_OF - days(1)
    assert propose(outbox, [], batch="early", screened=[A1], as_of=early).recalled == ()
    told = Told()
    send(outbox, told, RECEIVER, screening=Screening(as_of=early, owed={A1: 127_000}, others={}))
    assert not told.got
    assert states(outbox) == ["confirmed"]


def test_what_a_person_has_overruled_is_no_reason_again(outbox: Outbox) -> None:
    """Who resumes it sends it; another reason recalls it again, also if still less is owed."""
    (key,) = confirmed(outbox, A1)
    half = look(paid(in_arrears(A1), 1_000))
    send(outbox, Told(), RECEIVER, screening=half)
    assert resume(outbox, [key], by="C. Ollega", reason=WHY) == (key,)
    down = Told(lambda _: outcome(Outcome.NOT_DELIVERED))
    send(outbox, down, RECEIVER, screening=half, pacing=QUICK)
    assert down.got
    assert states(outbox) == ["confirmed"]
    told = Told()
    for less in (2_000, 127_000):
        send(outbox, told, RECEIVER, screening=look(paid(in_arrears(A1), less)))
        assert states(outbox) == ["recalled"]
        resume(outbox, [key], by=WHO, reason=WHY)
    assert not told.got
    assert send(outbox, told, RECEIVER, screening=look(paid(in_arrears(A1)))).accepted == (key,)


def test_what_was_overruled_is_news_once_it_was_right_again(outbox: Outbox) -> None:
    """The tenant objects, withdraws that, and objects again: a person is asked again."""
    (key,) = confirmed(outbox, A1)
    objected, fine = (
        Screening(as_of=AS_OF, owed=owed, others=others)
        for owed, others in (({}, {A1: "the advice is hold: objected"}), ({A1: 10**6}, {}))
    )
    told, down = Told(), Told(lambda _: outcome(Outcome.NOT_DELIVERED))
    send(outbox, told, RECEIVER, screening=objected)
    resume(outbox, [key], by=WHO, reason=WHY)
    send(outbox, down, RECEIVER, screening=fine, pacing=QUICK)
    assert states(outbox) == ["confirmed"]
    send(outbox, told, RECEIVER, screening=objected)
    assert states(outbox) == ["recalled"]
    assert not told.got


def test_only_what_was_overruled_last_is_no_reason(outbox: Outbox) -> None:
    """Paid, then taken back, then really paid: each is another reason than the one before."""
    (key,) = confirmed(outbox, A1)
    told = Told()
    for reason in ("the advice is none", "the advice is wait", "the advice is none"):
        screening = Screening(as_of=AS_OF, owed={}, others={A1: reason})
        send(outbox, told, RECEIVER, screening=screening)
        assert states(outbox) == ["recalled"]
        resume(outbox, [key], by=WHO, reason=WHY)
    assert not told.got


def test_who_waives_a_look_is_in_the_history(outbox: Outbox) -> None:
    """By name and with a reason, for what is confirmed for that receiver."""
    (key,) = confirmed(outbox, A1)
    assert waive(outbox, "another", by=WHO, reason=WHY) == ()
    assert waive(outbox, RECEIVER, by=WHO, reason=WHY) == (key,)
    last = history(outbox, key)[-1]
    assert (last.what, last.person, last.reason) == ("waived", WHO, WHY)
    with pytest.raises(InvalidValue):
        waive(outbox, RECEIVER, by="", reason=WHY)


def test_who_sends_a_doubtful_one_again_has_overruled_why_it_was(outbox: Outbox) -> None:
    """Else it would be recalled at once for the same reason."""
    (key,) = confirmed(outbox, A1)
    told = Told(lambda _: outcome(Outcome.UNKNOWN), idempotent=True)
    send(outbox, told, RECEIVER, pacing=QUICK)
    again = look(paid(in_arrears(A1)))
    send(outbox, told, RECEIVER, pacing=QUICK, screening=again)
    assert states(outbox) == ["doubtful"]
    decide_doubt(outbox, key, by=WHO, verdict=Verdict.SEND_AGAIN)
    assert send(outbox, Told(), RECEIVER, screening=again).accepted == (key,)


# --- too long ago ----------------------------------------------------------------------------------


@given(age=st.integers(0, 60), most=st.integers(1, 60))
def test_what_was_confirmed_too_long_ago_is_not_sent(age: int, most: int, tmp_path_factory: Any) -> None:
    """It is recalled, and who resumes it confirms it anew."""
    clock = Clock()
    with create_outbox(tmp_path_factory.mktemp("old") / "o", clock=clock) as outbox:
        (key,) = confirmed(outbox, A1)
        clock.now += days(age)
        told = Told()
        sent = send(outbox, told, RECEIVER, max_days=most)
        assert (sent.recalled, bool(told.got)) == (((key,), False) if age > most else ((), True))
        if age > most:
            assert reason(outbox, key) == f"confirmed more than {most} days ago"
            resume(outbox, [key], by=WHO, reason=WHY)
            assert send(outbox, told, RECEIVER, max_days=most).accepted == (key,)


def test_an_old_one_that_may_have_arrived_is_left_to_a_person(outbox: Outbox, clock: Clock) -> None:
    """It is not sent again, by whatever key."""
    (key,) = confirmed(outbox, A1)
    told = Told(lambda _: outcome(Outcome.UNKNOWN), idempotent=True)
    send(outbox, told, RECEIVER, pacing=QUICK)
    number = len(told.got)
    clock.now += days(15)
    assert send(outbox, told, RECEIVER, pacing=QUICK).doubtful == (key,)
    assert len(told.got) == number
    decide_doubt(outbox, key, by=WHO, verdict=Verdict.SEND_AGAIN)  # which confirms it anew
    assert send(outbox, Told(), RECEIVER, pacing=QUICK).accepted == (key,)


def test_one_that_was_killed_in_its_attempt_and_is_old_is_found_first(
    outbox: Outbox, clock: Clock
) -> None:
    """Its history says that its attempt never ended."""

    class Killed(BaseException):
        pass

    def kill(_: str) -> Any:
        raise Killed

    (key,) = confirmed(outbox, A1)
    with pytest.raises(Killed):
        send(outbox, Told(kill, idempotent=True), RECEIVER)
    clock.now += days(15)
    send(outbox, Told(idempotent=True), RECEIVER)
    assert happened(outbox, key)[-3:] == ["begun", "found", "doubted"]


@pytest.mark.parametrize("most", [0, -1, 1.5, True, "14", 10**9])
def test_how_long_is_a_number_of_days(outbox: Outbox, most: Any) -> None:
    with pytest.raises(InvalidValue, match="/max_days"):
        send(outbox, Told(), RECEIVER, max_days=most)


# --- by name and with a reason ---------------------------------------------------------------------


@pytest.mark.parametrize("what", ["by", "reason"])
@pytest.mark.parametrize("blank", ["", "  ", "two\nlines", None, 1])
def test_who_resumes_says_who_and_why(outbox: Outbox, what: str, blank: Any) -> None:
    """Neither is left out."""
    key = brought_to(outbox, "recalled")
    given = {"by": WHO, "reason": WHY, what: blank}
    with pytest.raises(InvalidValue, match=f"/{what}"):
        resume(outbox, [key], **given)
    assert states(outbox) == ["recalled"]


def test_recalled_ones_are_resumed_together_or_not_at_all(outbox: Outbox) -> None:
    """It is told who did it, and why, from then on."""
    first, second = confirmed(outbox, A1, A2)
    propose(outbox, [], batch="later", screened=[A1], as_of=AS_OF)
    with pytest.raises(WrongState, match=f"{second}.*is confirmed, confirmed by {WHO} at 2026"):
        resume(outbox, [first, second], by="C. Ollega", reason=WHY)
    with pytest.raises(UnknownReference, match="/keys/1"):
        resume(outbox, [first, "0" * 32], by="C. Ollega", reason=WHY)
    assert states(outbox) == ["recalled", "confirmed"]
    resume(outbox, [first, first], by="C. Ollega", reason=WHY)
    last = history(outbox, first)[-1]
    assert (last.what, last.person, last.reason) == ("resumed", "C. Ollega", WHY)
    assert listing(outbox)[0].confirmed_by == "C. Ollega"
    assert reason(outbox, first) == WHY


def test_a_recalled_one_is_withdrawn_with_its_contact_details(outbox: Outbox) -> None:
    """The tenancy can be proposed again then, and not before."""
    key = brought_to(outbox, "recalled")
    (left_out,) = propose(outbox, [to_refer(A1)], batch="again").left_out
    assert left_out.why == "in-hand"
    assert withdraw(outbox, [key], by=WHO) == (key,)
    assert outbox.row(key)["contact"] is None
    assert propose(outbox, [to_refer(A1)], batch="once more").keys


# --- one name and address --------------------------------------------------------------------------


class Household(People):
    """All of some tenancies are of one person."""

    def __init__(self, *tenancies: str, **different: Any) -> None:
        super().__init__()
        self._one = set(tenancies)
        self._different = different

    def contact_details(self, tenancy: str) -> ContactDetails:
        if tenancy not in self._one:
            return person(tenancy)
        return evolve(person(A1), **(self._different if tenancy != A1 else {}))


def test_two_of_one_name_and_address_go_out_only_by_a_persons_word(outbox: Outbox) -> None:
    """A home and its garage, in one batch: both are recalled, and told."""
    keys = proposed(outbox, A1, A2, A3)
    done = confirm(outbox, keys, by=WHO, contacts=Household(A1, A2), receiver=RECEIVER)
    assert list(done.keys) == keys
    assert set(done.recalled) == set(keys[:2])
    assert reason(outbox, keys[0]) == f"one name and address with {keys[1]}"
    assert reason(outbox, keys[1]) == f"one name and address with {keys[0]}"
    told = Told()
    assert send(outbox, told, RECEIVER).accepted == (keys[2],)
    resume(outbox, keys[:1], by=WHO, reason="the home; the garage is withdrawn")
    withdraw(outbox, keys[1:2], by=WHO)
    assert send(outbox, told, RECEIVER).accepted == (keys[0],)
    assert [key for key, _ in told.got] == [keys[2], keys[0]]


@pytest.mark.parametrize("state", ["confirmed", "recalled", "sending", "doubtful", "accepted"])
@pytest.mark.parametrize("later", [0, 84, 85])
def test_a_lease_renewed_under_a_new_number_is_told(
    outbox: Outbox, clock: Clock, state: str, later: int
) -> None:
    """Whatever became of the other one; but what was accepted long ago is another matter."""
    other = brought_to(outbox, state)
    clock.now += days(later)
    (key,) = proposed(outbox, A2, batch="renewed")
    done = confirm(outbox, [key], by=WHO, contacts=Household(A1, A2), receiver=RECEIVER)
    is_second = not (state == "accepted" and later > 84)
    expected = {key, other} if state == "confirmed" else {key}
    assert set(done.recalled) == (expected if is_second else set())
    told = Told()
    send(outbox, told, RECEIVER, pacing=QUICK, max_days=1000)
    assert (key in {it for it, _ in told.got}) != is_second


@pytest.mark.parametrize("state", ["refused", "withdrawn"])
def test_what_does_not_go_out_is_no_second_one(outbox: Outbox, state: str) -> None:
    brought_to(outbox, state)
    keys = proposed(outbox, A2, batch="renewed")
    done = confirm(outbox, keys, by=WHO, contacts=Household(A1, A2), receiver=RECEIVER)
    assert done.recalled == ()


def test_the_next_referral_of_one_tenancy_is_no_second_one(outbox: Outbox, clock: Clock) -> None:
    """When it may be referred again, the rules say: `already-referred`."""
    brought_to(outbox, "accepted")
    clock.now += days(75)
    (key,) = propose(outbox, [to_refer(A1, as_of=AS_OF + days(75))], batch="next").keys
    done = confirm(outbox, [key], by=WHO, contacts=People(), receiver=RECEIVER)
    assert done.recalled == ()


@pytest.mark.parametrize(
    ("different", "same"),
    [
        ({"name": "NAAM-1 "}, True),
        ({"name": "Naam 1"}, True),
        ({"name": "\uff2eaam-1"}, True),
        ({"addition": "-"}, True),
        ({"phone": None, "street": "Voorstr."}, True),
        ({"name": "Iemand Anders"}, False),
        ({"house_number": 77}, False),
        ({"addition": "b"}, False),
        ({"postcode": "2225AC"}, False),
    ],
)
def test_what_one_name_and_address_is(outbox: Outbox, different: dict[str, Any], same: bool) -> None:
    """As on an envelope, however it is written in capitals; a neighbour is another one."""
    keys = proposed(outbox, A1, A2)
    people = Household(A1, A2, **different)
    done = confirm(outbox, keys, by=WHO, contacts=people, receiver=RECEIVER)
    assert bool(done.recalled) == same


def test_of_three_each_waits_for_a_person(outbox: Outbox) -> None:
    """Also where the third is confirmed when the others have been recalled, or one was resumed."""
    keys = proposed(outbox, A1, A2, A3)
    people = Household(A1, A2, A3)
    confirm(outbox, keys[:2], by=WHO, contacts=people, receiver=RECEIVER)
    resume(outbox, keys[:1], by=WHO, reason=WHY)
    done = confirm(outbox, keys[2:], by=WHO, contacts=people, receiver=RECEIVER)
    assert set(done.recalled) == {keys[0], keys[2]}
    assert states(outbox) == ["recalled"] * 3


def test_colleagues_who_confirm_at_the_same_time_are_told(tmp_path: Path) -> None:
    """While one fetches the contact details of the home, the other confirms the garage."""
    with create_outbox(tmp_path / "o") as mine, open_outbox(tmp_path / "o") as theirs:
        home, garage = proposed(mine, A1, A2)

        class Slow(Household):
            def contact_details(self, tenancy: str) -> ContactDetails:
                done = confirm(
                    theirs, [garage], by="C. Ollega", contacts=Household(A1, A2), receiver=RECEIVER
                )
                assert done.recalled == ()
                return super().contact_details(tenancy)

        done = confirm(mine, [home], by=WHO, contacts=Slow(A1, A2), receiver=RECEIVER)
        assert set(done.recalled) == {home, garage}
        assert states(mine) == ["recalled", "recalled"]


# --- the second colleague --------------------------------------------------------------------------


def test_the_second_colleague_is_told_who_confirmed_and_when(outbox: Outbox) -> None:
    """By the batch it is told which; by their keys it is refused, and told as well."""
    first, second = proposed(outbox, A1, A2)
    confirm(outbox, [first], by="J. Jansen", contacts=People(), receiver=RECEIVER)
    done = confirm(outbox, batch="october", by=WHO, contacts=People(), receiver=RECEIVER)
    assert (done.keys, done.earlier) == ((second,), (first,))
    assert [it.confirmed_by for it in listing(outbox)] == ["J. Jansen", WHO]
    again = confirm(outbox, batch="october", by="C. Ollega", contacts=People(), receiver=RECEIVER)
    assert (again.keys, again.earlier) == ((), (first, second))
    at = NOON.isoformat(timespec="microseconds").replace("+", r"\+")
    with pytest.raises(WrongState, match=f"confirmed by J. Jansen at {at}"):
        confirm(outbox, [first], by=WHO, contacts=People(), receiver=RECEIVER)
