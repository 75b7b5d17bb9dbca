"""Channels that are broken on purpose, each in one way: `BROKEN` says how, and which check finds it.

To add one, add a line to `BROKEN`; `test_kits_broken.py` runs it. Their receiver is in memory, where
what hangs times out at once: no test waits, or depends on the speed of the machine.
"""

from __future__ import annotations

import hashlib
import json
import logging
import threading
import unicodedata
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

import attrs

from huurschuld.hooks import Channel
from huurschuld.model.referral import Delivery, Outcome, Referral
from huurschuld.testing import ChannelTests, Fault, Taken

AFTER = (Fault.FAILS_AFTER, Fault.CUTS_OFF_AFTER, Fault.HANGS_AFTER)
RAISES: Mapping[Fault | None, type[OSError]] = {
    Fault.AWAY: ConnectionRefusedError,
    Fault.CUTS_OFF: ConnectionResetError,
    Fault.CUTS_OFF_AFTER: ConnectionResetError,
    Fault.HANGS: TimeoutError,
    Fault.HANGS_AFTER: TimeoutError,
    Fault.LATE: TimeoutError,
}
STATUS = {Fault.REFUSES: 422, Fault.FAILS: 500, Fault.FAILS_AFTER: 500}
log = logging.getLogger("channels")


class MemoryReceiver:
    """A receiver in memory."""

    def __init__(self, *, honours_key: bool) -> None:
        self.honours_key = honours_key
        self.recovered = threading.Event()
        self._fault: Fault | None = None
        self._says = "received"
        self._taken: list[Taken] = []
        self._late: list[Taken] = []

    def suffer(self, fault: Fault, says: str) -> None:
        self._fault, self._says = fault, says
        self.recovered.clear()

    def recover(self) -> None:
        self._fault, self._says = None, "received"
        for it in self._late:
            self._take(it)
        self._late.clear()
        self.recovered.set()

    def taken(self) -> list[Taken]:
        return list(self._taken)

    def close(self) -> None:
        """It holds nothing open."""

    def post(self, body: str, key: str | None) -> tuple[int, str]:
        """The status and text of an answer.

        Raises:
            OSError: there is no answer.
        """
        referral = Taken(key, json.loads(body))
        if self._fault is Fault.LATE:
            self._late.append(referral)
        elif self._fault is None or self._fault in AFTER:
            self._take(referral)
        return self._answer(201)

    def get(self, key: str) -> tuple[int, str]:
        """As `post`: 200 or 404, whether it has this key."""
        return self._answer(200 if any(it.key == key for it in self._taken) else 404)

    def _take(self, referral: Taken) -> None:
        known = referral.key is not None and any(it.key == referral.key for it in self._taken)
        if not (self.honours_key and known):
            self._taken.append(referral)

    def _answer(self, status: int) -> tuple[int, str]:
        if self._fault in RAISES:
            raise RAISES[self._fault]
        return status if self._fault is None else STATUS[self._fault], self._says


class Right:
    """A channel as it must be."""

    idempotent: Any = True
    sends_key = True
    unanswered = Outcome.UNKNOWN

    def __init__(self, receiver: MemoryReceiver) -> None:
        self.receiver = receiver

    def __repr__(self) -> str:
        return "<Right>"

    def content(self, referral: Referral) -> dict[str, object]:
        """What goes out."""
        return {**attrs.asdict(referral.contact), "cents": referral.arrears_cents, "sender": "Dunavie"}

    def send(self, referral: Referral, key: str) -> Delivery:
        body = json.dumps(self.content(referral))
        return self.deliver(lambda: self.receiver.post(body, key if self.sends_key else None))

    def deliver(self, call: Callable[[], tuple[int, str]]) -> Delivery:
        try:
            return self.answered(*call())
        except ConnectionRefusedError as error:
            return self.away(error)
        except OSError as error:
            return self.no_answer(error)

    def away(self, error: OSError) -> Delivery:
        return Delivery(outcome=Outcome.NOT_DELIVERED, reason=type(error).__name__)

    def no_answer(self, error: OSError) -> Delivery:
        return Delivery(outcome=self.unanswered, reason=type(error).__name__)

    def answered(self, status: int, text: str) -> Delivery:
        if status < 300:
            return Delivery(outcome=Outcome.ACCEPTED, reason=f"status {status}", receipt=text)
        outcome = Outcome.REFUSED if status < 500 else Outcome.UNKNOWN
        return Delivery(outcome=outcome, reason=f"status {status}")


class WithoutKeys(Right):
    """A right channel to a receiver that takes whatever comes, as often as it comes."""

    idempotent = False
    sends_key = False


class RightAsking(Right):
    """A right channel that can ask."""

    def status(self, key: str) -> Delivery:
        """What became of it."""
        try:
            code, _ = self.receiver.get(key)
        except OSError as error:
            return self.no_answer(error)
        return self.known(code)

    def known(self, status: int) -> Delivery:
        outcome = {200: Outcome.ACCEPTED, 404: Outcome.NOT_DELIVERED}.get(status, Outcome.UNKNOWN)
        return Delivery(outcome=outcome, reason=f"status {status}")


class MemoryChannelTests(ChannelTests):
    """The kit of a channel to a receiver in memory."""

    examples = 10
    channel: ClassVar[type[Right]] = Right

    def make_receiver(self) -> MemoryReceiver:
        return MemoryReceiver(honours_key=bool(self.channel.idempotent))

    def make_channel(self, receiver: MemoryReceiver) -> Channel:
        return self.channel(receiver)


def kit_of(channel: type[Right], **members: Any) -> type[ChannelTests]:
    """The kit of a channel, with these attributes."""
    return type("Case", (MemoryChannelTests,), {"channel": channel, **members})


def but(**attributes: Any) -> type[ChannelTests]:
    """The kit of a channel that is right but for these attributes."""
    return kit_of(type("Wrong", (Right,), attributes))


class _DropsAField(Right):
    def content(self, referral: Referral) -> dict[str, object]:
        return super().content(referral) | {"addition": None}


class _NormalisesNames(Right):
    def content(self, referral: Referral) -> dict[str, object]:
        found = super().content(referral)
        return found | {"name": unicodedata.normalize("NFC", referral.contact.name)}


class _AddsAHash(Right):
    def content(self, referral: Referral) -> dict[str, object]:
        digest = hashlib.sha256(referral.contact.name.encode()).hexdigest()
        return super().content(referral) | {"person": digest}


class _OncePerPerson(Right):
    def __init__(self, receiver: MemoryReceiver) -> None:
        super().__init__(receiver)
        self.sent: dict[str, Delivery] = {}

    def send(self, referral: Referral, key: str) -> Delivery:
        name = referral.contact.name
        if name not in self.sent:
            delivery = super().send(referral, key)
            if delivery.outcome is not Outcome.ACCEPTED:
                return delivery
            self.sent[name] = delivery
        return self.sent[name]


class AlwaysAccepted(Right):
    """A channel that always says yes."""

    def send(self, referral: Referral, key: str) -> Delivery:
        super().send(referral, key)
        return Delivery(outcome=Outcome.ACCEPTED)


class _HearsNoRefusal(Right):
    def answered(self, status: int, text: str) -> Delivery:
        answer = super().answered(status, text)
        refused = answer.outcome is Outcome.REFUSED
        return attrs.evolve(answer, outcome=Outcome.UNKNOWN) if refused else answer


class _RetriesItself(WithoutKeys):
    def send(self, referral: Referral, key: str) -> Delivery:
        first = super().send(referral, key)
        return super().send(referral, key) if first.outcome is Outcome.UNKNOWN else first


class _GivesUpForGood(Right):
    given_up = False

    def send(self, referral: Referral, key: str) -> Delivery:
        if self.given_up:
            return Delivery(outcome=Outcome.NOT_DELIVERED, reason="given up")
        return super().send(referral, key)

    def no_answer(self, error: OSError) -> Delivery:
        self.given_up = isinstance(error, TimeoutError)
        return super().no_answer(error)


class _WaitsForEver(Right):
    def no_answer(self, error: OSError) -> Delivery:
        self.receiver.recovered.wait(60)
        return super().no_answer(error)


class _Raises(Right):
    def away(self, error: OSError) -> Delivery:
        raise error


class _NamesTheTenant(Right):
    def send(self, referral: Referral, key: str) -> Delivery:
        answer = super().send(referral, key)
        return attrs.evolve(answer, reason=f"{answer.reason} for {referral.contact.name}")


class _ShowsTheLast(Right):
    last = ""

    def send(self, referral: Referral, key: str) -> Delivery:
        self.last = f"{referral.contact.postcode}"
        return super().send(referral, key)

    def __repr__(self) -> str:
        return f"<Right {self.last}>"


class _LogsTheBody(Right):
    def send(self, referral: Referral, key: str) -> Delivery:
        log.debug("sending %s", self.content(referral))
        return super().send(referral, key)


class _RepeatsTheReceiver(Right):
    def answered(self, status: int, text: str) -> Delivery:
        return attrs.evolve(super().answered(status, text), reason=f"status {status}: {text}")


class _TakesFaultsForNo(RightAsking):
    def known(self, status: int) -> Delivery:
        outcome = Outcome.ACCEPTED if status == 200 else Outcome.NOT_DELIVERED
        return Delivery(outcome=outcome, reason=f"status {status}")


class _ThirdTimeLucky(Right):
    def __init__(self, receiver: MemoryReceiver) -> None:
        super().__init__(receiver)
        self.tries: dict[str, int] = {}

    def send(self, referral: Referral, key: str) -> Delivery:
        self.tries[key] = self.tries.get(key, 0) + 1
        if self.tries[key] > 2:
            return Delivery(outcome=Outcome.ACCEPTED, reason="sent before")
        return super().send(referral, key)


BROKEN: Mapping[str, tuple[str, type[ChannelTests]]] = {
    "a field is dropped": ("test_what_is_accepted_has_arrived_whole", kit_of(_DropsAField)),
    "names are normalised": ("test_names_in_any_script_arrive", kit_of(_NormalisesNames)),
    "a hash of the name is added": ("test_nothing_else_goes_out", kit_of(_AddsAHash)),
    "a person is sent only once": ("test_each_referral_arrives", kit_of(_OncePerPerson)),
    "few faults are tried": ("test_each_fault_is_tried", kit_of(Right, faults=(Fault.FAILS,))),
    "no answer is taken for a yes": (
        "test_accepted_is_said_only_of_what_has_arrived",
        but(unanswered=Outcome.ACCEPTED),
    ),
    "it always says yes": (
        "test_accepted_is_said_only_of_what_has_arrived",
        kit_of(AlwaysAccepted, faults=(Fault.AWAY,)),
    ),
    "a time-out is taken for a no": (
        "test_not_delivered_is_said_only_of_what_has_not_arrived",
        but(unanswered=Outcome.NOT_DELIVERED),
    ),
    "a refusal is taken for a fault": ("test_a_refusal_is_told_as_one", kit_of(_HearsNoRefusal)),
    "it retries, without a key": ("test_one_sending_arrives_once_at_most", kit_of(_RetriesItself)),
    "it does not send the key": ("test_one_key_is_taken_once", but(sends_key=False)),
    "it gives up after a time-out": ("test_after_a_fault_it_goes_on", kit_of(_GivesUpForGood)),
    "it has no time-out": ("test_every_call_ends", kit_of(_WaitsForEver, patience=0.5)),
    "it raises": ("test_nothing_is_raised", kit_of(_Raises)),
    "it returns nothing": ("test_nothing_is_raised", but(away=lambda *_: None)),
    "the reason names the tenant": ("test_reasons_tell_nothing_of_a_person", kit_of(_NamesTheTenant)),
    "the repr shows the last referral": ("test_reasons_tell_nothing_of_a_person", kit_of(_ShowsTheLast)),
    "the body is logged": ("test_reasons_tell_nothing_of_a_person", kit_of(_LogsTheBody)),
    "the reason repeats the receiver": (
        "test_what_the_receiver_says_is_not_repeated",
        kit_of(_RepeatsTheReceiver),
    ),
    "idempotent is a word": ("test_it_has_what_it_declares", but(idempotent="yes")),
    "it can ask and does not say so": ("test_it_has_what_it_declares", kit_of(RightAsking)),
    "asked, it takes a fault for a no": (
        "test_asking_tells_the_truth",
        kit_of(_TakesFaultsForNo, asks=True),
    ),
    "the third attempt is taken for sent": (
        "test_whatever_happens_nothing_is_lost_or_doubled",
        kit_of(_ThirdTimeLucky),
    ),
}
