"""The kit for channels: subclass it to prove that no referral is lost, doubled, or told about falsely.

Such a class is a few lines:

    class TestMyChannel(ChannelTests):
        def make_receiver(self):
            return WebReceiver()

        def make_channel(self, receiver):
            return open_my_channel(url=receiver.url, timeout="0.3")
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, ClassVar, Final

from attrs import evolve
from hypothesis import strategies as st

from huurschuld.hooks import Channel, QueriesStatus
from huurschuld.model.referral import Outcome, Referral
from huurschuld.testing.channel_sending import (
    SAYS,
    Bench,
    Sending,
    bench,
    expect_whole,
    key_of,
    leaves,
    overhearing,
    referral,
    rest_of,
    values_of,
)
from huurschuld.testing.kit import Kit, KitChanged, check, expect, expect_same, for_all, needs
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
"""Without one of these a channel that always says `accepted` could not be told from a right one."""
_LONGEST_REASON: Final = 200


class ChannelTests(
    Kit, opens=("make_receiver", "make_channel", "faults", "patience", "envelope", "asks")
):
    """What every channel must do. See `docs/testing-a-plugin.md` for what each check promises.

    Attributes:
        faults: what the receiver can be told to suffer; one at least after which it has nothing.
        patience: seconds in which each call must have ended; give the channel a time-out far below.
        envelope: names in what goes out that are no part of the referral, such as the day of sending.
        asks: whether the channel can ask what became of a referral (`hooks.QueriesStatus`).
    """

    faults: ClassVar[Iterable[Fault]] = tuple(Fault)
    patience: ClassVar[float] = 20.0
    envelope: ClassVar[Iterable[str]] = ()
    asks: ClassVar[bool] = False

    def make_receiver(self) -> Receiver:
        """Make a receiver that does what it is told, and has taken nothing yet."""
        raise NotImplementedError("give make_receiver: such as a huurschuld.testing.WebReceiver")

    def make_channel(self, receiver: Any) -> Channel:  # noqa: ANN401 - a receiver of one's own
        """Open the channel to that receiver, with a short time-out."""
        raise NotImplementedError("give make_channel: it opens the channel to the receiver")

    @check
    def test_what_is_accepted_has_arrived_whole(self) -> None:
        """A referral that is accepted is there, once, with each of its values as it was."""
        with bench(self) as it:
            outcome = it.send(referral(1), key_of(1)).outcome
            expect_same(outcome, Outcome.ACCEPTED, "the outcome")
            expect_same(len(it.taken), 1, "how many referrals have arrived")
            expect_whole(it.taken[0], referral(1))

    @check
    def test_names_in_any_script_arrive(self) -> None:
        """Names are as people spell them, in any script, with what quotes and separates in them."""
        with bench(self) as it:
            for number, name in enumerate(_NAMES):
                sent = referral(number)
                sent = evolve(sent, contact=evolve(sent.contact, name=name, place=_NAMES[number - 1]))
                it.send(sent, key_of(number))
                expect_same(len(it.taken), number + 1, "how many referrals have arrived")
                expect_whole(it.taken[-1], sent)

    @check
    def test_nothing_else_goes_out(self) -> None:
        """The contact details and the amount go out, and nothing else about anybody (Bgs art. 2)."""
        with bench(self) as it:
            for number in (3, 4):
                it.send(referral(number), key_of(number))
            expect_same(len(it.taken), 2, "how many referrals have arrived")
            one, other = (leaves(taken.content) for taken in it.taken)
            for number, told, beside in ((3, one, other), (4, other, one)):
                for name, text in told.items():
                    own = not rest_of(text, referral(number), key_of(number))
                    known = own or name in self.envelope or beside.get(name) == text
                    expect(known, f"{name} goes out, with what is not of the referral")

    @check
    def test_each_referral_arrives(self) -> None:
        """Of several referrals none is lost, those of one person under two keys included."""
        with bench(self) as it:
            for number in (*range(5), 100):
                it.send(referral(number % 100), key_of(number))
            found = [it.times(referral(number)) for number in range(5)]
            expect_same(found, [2, 1, 1, 1, 1], "how often each has arrived")

    @check
    def test_each_fault_is_tried(self) -> None:
        """All that can go wrong is tried; what the receiver cannot do is left out, with the reason."""
        missing = ", ".join(it for it in Fault if it not in self._tried())
        expect(not missing, f"faults does not name {missing}")

    @check
    def test_accepted_is_said_only_of_what_has_arrived(self) -> None:
        """Whatever goes wrong, `accepted` means that the receiver has it."""
        for fault, outcome, times in self._each_fault():
            expect(outcome is not Outcome.ACCEPTED or times, f"where it {fault} it says accepted")

    @check
    def test_not_delivered_is_said_only_of_what_has_not_arrived(self) -> None:
        """Whatever goes wrong, `not-delivered` and `refused` mean that it never gets there."""
        for fault, outcome, times in self._each_fault():
            expect(outcome not in _NOT_TAKEN or not times, f"where it {fault} it says {outcome}")

    @check
    def test_a_refusal_is_told_as_one(self) -> None:
        """`refused` is what the receiver answers, and not what goes wrong on the way."""
        for fault, outcome, _ in self._each_fault():
            refused = outcome is Outcome.REFUSED
            expect_same(refused, fault is Fault.REFUSES, f"whether it is refused where it {fault}")

    @check
    def test_one_sending_arrives_once_at_most(self) -> None:
        """A channel tries once: trying again is for whoever knows what it would do."""
        for fault, _, times in self._each_fault():
            expect(times <= 1, f"where it {fault} it arrives {times} times")

    @check
    def test_one_key_is_taken_once(self) -> None:
        """Sent again with its key after anything that went wrong, a referral is taken once."""
        with bench(self) as it:
            needs(it.channel.idempotent, "the receiver does not honour keys")
            for number, fault in enumerate((None, *self._tried())):
                it.send(referral(number), key_of(number), fault)
                it.send(referral(number), key_of(number))
                times = it.times(referral(number))
                expect_same(times, 1, f"how often it was taken, the first time it {fault or 'works'}")

    @check
    def test_after_a_fault_it_goes_on(self) -> None:
        """What went wrong once does not stop what is sent afterwards."""
        with bench(self) as it:
            for number, fault in enumerate(self._tried()):
                it.send(referral(number), key_of(number), fault)
                outcome = it.send(referral(number + 50), key_of(number + 50)).outcome
                expect_same(outcome, Outcome.ACCEPTED, f"the outcome after it {fault}")
                expect(it.times(referral(number + 50)), f"after it {fault} nothing arrives")

    @check
    def test_every_call_ends(self) -> None:
        """Whoever sends is not left waiting, though no answer comes."""
        for where, _, sending in self._each():
            expect(sending.ended, f"no end in {self.patience:g} seconds {where}")

    @check
    def test_nothing_is_raised(self) -> None:
        """Whatever the receiver does is told by a `Delivery`, of one of the four outcomes."""
        for where, _, sending in self._each():
            expect(not sending.raised, f"it raises {sending.raised} {where}")
            delivery = sending.delivery
            told = delivery is not None and isinstance(delivery.outcome, Outcome)
            expect(told or not sending.ended, f"it gives no Delivery {where}")

    @check
    def test_reasons_tell_nothing_of_a_person(self) -> None:
        """Neither a reason, a `repr`, a log nor what is printed has anything of the referral in it."""
        with overhearing() as heard:
            for where, sent, sending in self._each():
                reason = sending.delivery.reason if sending.delivery else ""
                text = "\n".join((reason, repr(sending.delivery), sending.shown, heard()))
                shown = [it for it in values_of(sent) if it in text]
                expect(not shown, f"{where} it tells something of the person")
                expect(len(reason) <= _LONGEST_REASON, f"{where} the reason is no few words")

    @check
    def test_what_the_receiver_says_is_not_repeated(self) -> None:
        """What a receiver answers may be about a person: it is no reason."""
        for where, _, sending in self._each():
            reason = sending.delivery.reason if sending.delivery else ""
            expect(SAYS not in reason, f"{where} the reason is what the receiver says")

    @check
    def test_it_has_what_it_declares(self) -> None:
        """It says whether the receiver honours keys, and can ask if that is declared."""
        with bench(self) as it:
            expect(type(it.channel.idempotent) is bool, "idempotent is neither True nor False")
            expect_same(isinstance(it.channel, QueriesStatus), self.asks, "whether it has status")

    @check
    def test_asking_tells_the_truth(self) -> None:
        """Asked afterwards, `accepted` is what the receiver has, `not-delivered` what it has not."""
        needs(self.asks, "the channel cannot ask")
        with bench(self) as it:
            for number, fault in enumerate((None, *self._tried())):
                it.send(referral(number), key_of(number), fault)
                has = it.times(referral(number)) > 0
                for during in (None, fault):
                    told = it.status(key_of(number), during).outcome
                    false = told in _NOT_TAKEN if has else told is Outcome.ACCEPTED
                    expect(not false, f"of what it {fault or 'takes'}, asked, it says {told}")

    @check
    def test_whatever_happens_nothing_is_lost_or_doubled(self) -> None:
        """Sent again as long as that is safe, each referral arrives once, in any run of mishaps."""
        tried = self._tried()
        for fault in tried:
            self._lives_through([[fault] * 3])
        mishaps = st.lists(st.sampled_from(sorted(tried)), min_size=1, max_size=4)
        for_all(self, st.lists(mishaps, min_size=1, max_size=2), self._lives_through)

    def _lives_through(self, mishaps: list[list[Fault]]) -> None:
        with bench(self) as it:
            for number, faults in enumerate(mishaps):
                outcomes = list(_attempts(it, number, faults))
                times, surely = it.times(referral(number)), Outcome.UNKNOWN not in outcomes
                expect(times <= 1, f"it has arrived {times} times")
                if outcomes[-1] is Outcome.ACCEPTED:
                    expect(times, "it says accepted of what is lost")
                if outcomes[-1] is Outcome.REFUSED and surely:
                    expect(not times, "it says refused of what is there")
                if Outcome.REFUSED not in outcomes and (it.channel.idempotent or surely):
                    expect_same(times, 1, "how often it has arrived in the end")

    def _tried(self) -> tuple[Fault, ...]:
        """The faults that are tried; among them one after which the receiver has nothing.

        Raises:
            KitChanged: there is none, and so no falsehood that could be found.
        """
        tried = tuple(self.faults)
        if not all(isinstance(it, Fault) for it in tried) or _HAS_NOTHING.isdisjoint(tried):
            raise KitChanged(
                f"{type(self).__name__}: faults names none after which the receiver has nothing; "
                f"name one at least of {', '.join(sorted(_HAS_NOTHING))}"
            )
        return tried

    def _each(self) -> Iterator[tuple[str, Referral, Sending]]:
        """A referral without a fault and with each: where that is, the referral, and what it gave."""
        with bench(self) as it:
            for number, fault in enumerate((None, *self._tried())):
                where = f"where it {fault}" if fault else "where nothing goes wrong"
                sending = it.send(referral(number), key_of(number), fault)
                yield where, referral(number), sending

    def _each_fault(self) -> Iterator[tuple[Fault, Outcome, int]]:
        """Each fault with what is told of a referral that suffers it, and how often that has arrived."""
        with bench(self) as it:
            for number, fault in enumerate(self._tried()):
                outcome = it.send(referral(number), key_of(number), fault).outcome
                yield fault, outcome, it.times(referral(number))


def _attempts(it: Bench, number: int, faults: list[Fault]) -> Iterator[Outcome]:
    """What is told of each attempt to send a referral; they go on as long as that cannot double it."""
    for fault in (*faults, None):
        outcome = it.send(referral(number), key_of(number), fault).outcome
        yield outcome
        if outcome in (Outcome.ACCEPTED, Outcome.REFUSED):
            return
        if outcome is Outcome.UNKNOWN and not it.channel.idempotent:
            return
