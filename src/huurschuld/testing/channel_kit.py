"""The kit for channels: subclass it to prove that one never loses, doubles or misreports a referral.

Such a class is a few lines:

    class TestMyChannel(ChannelTests):
        def make_receiver(self):
            return WebReceiver()

        def make_channel(self, receiver):
            return open_my_channel(url=receiver.url, timeout="0.3")
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, ClassVar, Final

from attrs import evolve
from hypothesis import strategies as st

from huurschuld.former_names import present_channel
from huurschuld.hooks import Channel, QueriesStatus
from huurschuld.model.referral import Outcome, Referral
from huurschuld.testing.channel_bench import (
    SAYS,
    Bench,
    Sending,
    expect_whole,
    key_of,
    leaves,
    referral,
    rest_of,
    values_of,
)
from huurschuld.testing.kit import Broken, Kit, expect, expect_same, for_all, needs
from huurschuld.testing.kit_errors import overhearing
from huurschuld.testing.receiver import Fault, Receiver

_NAMES: Final = (
    "Łukasz Çelik-Ní Dhéaghaidh",
    "محمد الأمين",
    "王小明",
    'O\'Hara "x" <b>; & co, \\n %s',
    "cafe\u0301 Jane",
    "\U0001f3e0 Huis",
)
_NOT_TAKEN: Final = (Outcome.NOT_DELIVERED, Outcome.REFUSED)
_HAS_NOTHING: Final = frozenset((Fault.REFUSES, Fault.FAILS, Fault.CUTS_OFF, Fault.HANGS, Fault.AWAY))
"""Only with one of these can a channel that always says `accepted` be caught."""
_LONGEST_REASON: Final = 200


class ChannelTests(Kit):
    """What every channel must do. See `docs/testing-a-plugin.md` for what each check promises.

    Attributes:
        faults: the faults that the receiver can simulate; at least one after which it has nothing.
        patience: the seconds within which each call must end; set the channel's time-out far below.
        envelope: names in a message that are not part of the referral, such as the day of sending.
        asks: whether the channel can ask for the status of a referral (`hooks.QueriesStatus`).
    """

    faults: ClassVar[Iterable[Fault]] = tuple(Fault)
    patience: ClassVar[float] = 20.0
    envelope: ClassVar[Iterable[str]] = ()
    asks: ClassVar[bool] = False

    def make_receiver(self) -> Receiver:
        """Make a receiver that has taken nothing yet."""
        raise NotImplementedError("provide make_receiver, such as a huurschuld.testing.WebReceiver")

    def make_channel(self, receiver: Any) -> Channel:  # noqa: ANN401 - a receiver of one's own
        """Open the channel to that receiver, with a short time-out."""
        raise NotImplementedError("provide make_channel: it opens the channel to the receiver")

    def test_what_is_accepted_has_arrived_whole(self) -> None:
        """An accepted referral has arrived, once, with every value unchanged."""
        with self._bench() as it:
            outcome = it.send(referral(1), key_of(1)).outcome
            expect_same(outcome, Outcome.ACCEPTED, "the outcome")
            expect_same(len(it.taken), 1, "the number of referrals that arrived")
            expect_whole(it.taken[0], referral(1))

    def test_names_in_any_script_arrive(self) -> None:
        """Names arrive as people spell them, in any script, with quotes and separators."""
        with self._bench() as it:
            for number, name in enumerate(_NAMES):
                sent = referral(number)
                sent = evolve(sent, contact=evolve(sent.contact, name=name, place=_NAMES[number - 1]))
                it.send(sent, key_of(number))
                expect_same(len(it.taken), number + 1, "the number of referrals that arrived")
                expect_whole(it.taken[-1], sent)

    def test_nothing_else_goes_out(self) -> None:
        """The contact details and the amount go out, and nothing else about anybody (Bgs art. 2)."""
        with self._bench() as it:
            for number in (3, 4):
                it.send(referral(number), key_of(number))
            expect_same(len(it.taken), 2, "the number of referrals that arrived")
            one, other = (leaves(taken.content) for taken in it.taken)
            for number, sent, beside in ((3, one, other), (4, other, one)):
                for name, text in sent.items():
                    own = not rest_of(text, referral(number), key_of(number))
                    known = own or name in self.envelope or beside.get(name) == text
                    expect(known, f"{name} is sent, and is not part of the referral")

    def test_each_referral_arrives(self) -> None:
        """None of several referrals is lost, nor one of two about the same person."""
        with self._bench() as it:
            for number in (*range(5), 100):
                it.send(referral(number % 100), key_of(number))
            found = [it.times(referral(number)) for number in range(5)]
            expect_same(found, [2, 1, 1, 1, 1], "how often each arrived")

    def test_each_fault_is_tried(self) -> None:
        """Every fault is tried; what the receiver cannot simulate is left out, with a reason."""
        missing = ", ".join(it for it in Fault if it not in self._tried())
        expect(not missing, f"faults does not include {missing}")

    def test_accepted_is_said_only_of_what_has_arrived(self) -> None:
        """Whatever goes wrong, `accepted` means that the receiver has it."""
        for fault, outcome, times in self._each_fault():
            expect(outcome is not Outcome.ACCEPTED or times, f"when it {fault} it says accepted")

    def test_not_delivered_is_said_only_of_what_has_not_arrived(self) -> None:
        """Whatever goes wrong, `not-delivered` and `refused` mean that it never arrives."""
        for fault, outcome, times in self._each_fault():
            expect(outcome not in _NOT_TAKEN or not times, f"when it {fault} it says {outcome}")

    def test_a_refusal_is_told_as_one(self) -> None:
        """`refused` is the receiver's answer, and never a failure on the way."""
        for fault, outcome, _ in self._each_fault():
            refused = outcome is Outcome.REFUSED
            expect_same(refused, fault is Fault.REFUSES, f"whether it is refused when it {fault}")

    def test_one_sending_arrives_once_at_most(self) -> None:
        """A channel sends once: whether to retry is not for it to decide."""
        for fault, _, times in self._each_fault():
            expect(times <= 1, f"when it {fault} it arrives {times} times")

    def test_one_key_is_taken_once(self) -> None:
        """Sent again with the same key, after anything that went wrong, a referral is taken once."""
        with self._bench() as it:
            needs(it.channel.idempotent, "the receiver does not honour keys")
            for number, fault in enumerate((None, *self._tried())):
                it.send(referral(number), key_of(number), fault)
                it.send(referral(number), key_of(number))
                times = it.times(referral(number))
                expect_same(times, 1, f"how often it was taken, the first time it {fault or 'works'}")

    def test_after_a_fault_it_goes_on(self) -> None:
        """A failure does not stop what is sent afterwards."""
        with self._bench() as it:
            for number, fault in enumerate(self._tried()):
                it.send(referral(number), key_of(number), fault)
                outcome = it.send(referral(number + 50), key_of(number + 50)).outcome
                expect_same(outcome, Outcome.ACCEPTED, f"the outcome after it {fault}")
                expect(it.times(referral(number + 50)), f"after it {fault} nothing arrives")

    def test_every_call_ends(self) -> None:
        """Every call ends, even if no answer comes."""
        for where, _, sending in self._each():
            expect(sending.ended, f"no end within {self.patience:g} seconds {where}")

    def test_nothing_is_raised(self) -> None:
        """Whatever the receiver does, the result is a `Delivery` with one of the four outcomes."""
        for where, _, sending in self._each():
            if sending.raised is not None:
                raised = type(sending.raised).__name__
                raise Broken(f"it raises {raised} {where}") from sending.raised
            delivery = sending.delivery
            answered = delivery is not None and isinstance(delivery.outcome, Outcome)
            expect(answered or not sending.ended, f"it returns no Delivery {where}")

    def test_reasons_tell_nothing_of_a_person(self) -> None:
        """Neither a reason, a `repr`, a log nor printed text contains anything of the referral."""
        with overhearing() as heard:
            for where, sent, sending in self._each():
                reason = sending.delivery.reason if sending.delivery else ""
                text = "\n".join((reason, repr(sending.delivery), sending.shown, heard()))
                shown = [it for it in values_of(sent) if it in text]
                expect(not shown, f"{where} it shows something of the person")
                expect(
                    len(reason) <= _LONGEST_REASON,
                    f"{where} the reason is longer than {_LONGEST_REASON} characters",
                )

    def test_what_the_receiver_says_is_not_repeated(self) -> None:
        """A receiver's answer may be about a person, so it is never the reason."""
        for where, _, sending in self._each():
            reason = sending.delivery.reason if sending.delivery else ""
            expect(SAYS not in reason, f"{where} the reason repeats the receiver")

    def test_it_has_what_it_declares(self) -> None:
        """It declares whether the receiver honours keys, and can ask if that is declared."""
        with self._bench() as it:
            expect(type(it.channel.idempotent) is bool, "idempotent is neither True nor False")
            expect_same(isinstance(it.channel, QueriesStatus), self.asks, "whether it has status")

    def test_asking_tells_the_truth(self) -> None:
        """Asked later, `accepted` means that the receiver has it, `not-delivered` that it has not."""
        needs(self.asks, "the channel cannot ask")
        with self._bench() as it:
            for number, fault in enumerate((None, *self._tried())):
                it.send(referral(number), key_of(number), fault)
                has = it.times(referral(number)) > 0
                for during in (None, fault):
                    answer = it.status(key_of(number), during).outcome
                    false = answer in _NOT_TAKEN if has else answer is Outcome.ACCEPTED
                    expect(not false, f"asked about what it {fault or 'takes'}, it says {answer}")

    def test_whatever_happens_nothing_is_lost_or_doubled(self) -> None:
        """Retried while that is safe, each referral arrives once, whatever goes wrong."""
        tried = self._tried()
        for fault in tried:
            self._lives_through([[fault] * 3])
        mishaps = st.lists(st.sampled_from(sorted(tried)), min_size=1, max_size=4)
        for_all(self, st.lists(mishaps, min_size=1, max_size=2), self._lives_through)

    def _lives_through(self, mishaps: list[list[Fault]]) -> None:
        with self._bench() as it:
            for number, faults in enumerate(mishaps):
                outcomes = list(_attempts(it, number, faults))
                times, surely = it.times(referral(number)), Outcome.UNKNOWN not in outcomes
                expect(times <= 1, f"it arrived {times} times")
                if outcomes[-1] is Outcome.ACCEPTED:
                    expect(times, "it says accepted of a lost referral")
                if outcomes[-1] is Outcome.REFUSED and surely:
                    expect(not times, "it says refused of a referral that arrived")
                if Outcome.REFUSED not in outcomes and (it.channel.idempotent or surely):
                    expect_same(times, 1, "how often it arrived in the end")

    def _tried(self) -> tuple[Fault, ...]:
        tried = tuple(self.faults)
        expect(
            all(isinstance(it, Fault) for it in tried) and not _HAS_NOTHING.isdisjoint(tried),
            f"faults has none after which the receiver has nothing: {', '.join(sorted(_HAS_NOTHING))}",
        )
        return tried

    @contextmanager
    def _bench(self) -> Iterator[Bench]:
        receiver = self.make_receiver()
        try:
            yield Bench(receiver, present_channel(self.make_channel(receiver)), self.patience)
        finally:
            receiver.close()

    def _each(self) -> Iterator[tuple[str, Referral, Sending]]:
        """Send without a fault and with each: yield when that was, the referral, and the call."""
        with self._bench() as it:
            for number, fault in enumerate((None, *self._tried())):
                where = f"when it {fault}" if fault else "when nothing goes wrong"
                sending = it.send(referral(number), key_of(number), fault)
                yield where, referral(number), sending

    def _each_fault(self) -> Iterator[tuple[Fault, Outcome, int]]:
        """Send with each fault: yield it, the outcome, and how often the referral arrived."""
        with self._bench() as it:
            for number, fault in enumerate(self._tried()):
                outcome = it.send(referral(number), key_of(number), fault).outcome
                yield fault, outcome, it.times(referral(number))


def _attempts(it: Bench, number: int, faults: list[Fault]) -> Iterator[Outcome]:
    """Retry a referral as long as that cannot double it, and yield the outcome of each attempt."""
    for fault in (*faults, None):
        outcome = it.send(referral(number), key_of(number), fault).outcome
        yield outcome
        if outcome in (Outcome.ACCEPTED, Outcome.REFUSED):
            return
        if outcome is Outcome.UNKNOWN and not it.channel.idempotent:
            return
