"""Channels that are wrong on purpose, each in one way, to see that the kit finds it; and right ones.

They are run by `test_kits_broken.py`. Each says in `caught_by` which check is to find it, and in `also`
which others may see it. They speak HTTP to a receiver on this machine.
"""

from __future__ import annotations

import hashlib
import json
import logging
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from http.client import HTTPConnection, HTTPException
from typing import Any, ClassVar

import attrs

from huurschuld.hooks import Channel
from huurschuld.model.referral import Delivery, Outcome, Referral
from huurschuld.testing import ChannelTests, Fault, WebReceiver

WHATEVER = "test_whatever_happens_nothing_is_lost_or_doubled"
TRIED = "test_each_fault_is_tried"
HANGING = (Fault.HANGS, Fault.HANGS_AFTER, Fault.LATE)
"""Faults that take the time of a time-out; where they do not matter they are passed over."""
log = logging.getLogger("channels")


class Web:
    """A channel over HTTP, as it must be."""

    idempotent: Any = True
    seconds: float | None = 10.0
    headers: tuple[str, ...] = ("Idempotency-Key",)

    def __init__(self, port: int) -> None:
        self.port = port

    def __repr__(self) -> str:
        return "<Web>"

    def content(self, referral: Referral) -> dict[str, object]:
        """What goes out."""
        return {**attrs.asdict(referral.contact), "cents": referral.arrears_cents, "sender": "Dunavie"}

    def send(self, referral: Referral, key: str) -> Delivery:
        body = json.dumps(self.content(referral)).encode()
        answer = self.call("POST", "/", body, dict.fromkeys(self.headers, key))
        return answer if isinstance(answer, Delivery) else self.told(*answer)

    def call(
        self, method: str, path: str, body: bytes | None, headers: dict[str, str]
    ) -> Delivery | tuple[int, str]:
        """The status and text of an answer, or what became of it without one."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=self.seconds)
        try:
            connection.connect()
        except OSError as error:
            return self.away(error)
        try:
            connection.request(method, path, body, headers)
            with connection.getresponse() as response:
                return response.status, response.read().decode()
        except (OSError, HTTPException) as error:
            return self.broken_off(error)
        finally:
            connection.close()

    def away(self, error: Exception) -> Delivery:
        return Delivery(outcome=Outcome.NOT_DELIVERED, reason=type(error).__name__)

    def broken_off(self, error: Exception) -> Delivery:
        return Delivery(outcome=Outcome.UNKNOWN, reason=type(error).__name__)

    def told(self, status: int, text: str) -> Delivery:
        reason = f"status {status}"
        if 200 <= status < 300:
            return Delivery(outcome=Outcome.ACCEPTED, reason=reason, receipt=text)
        outcome = Outcome.REFUSED if 400 <= status < 500 else Outcome.UNKNOWN
        return Delivery(outcome=outcome, reason=reason)


class Quick(Web):
    """A channel that does not wait long, for receivers that hang."""

    seconds = 0.5


class ChannelCase(ChannelTests):
    """What the cases share."""

    examples = 10
    faults: ClassVar[Iterable[Fault]] = [it for it in Fault if it not in HANGING]
    left_out: ClassVar[Mapping[str, str]] = {TRIED: "those that hang take long"}
    channel: ClassVar[type[Web]] = Web
    caught_by: ClassVar[str] = ""
    also: ClassVar[Collection[str]] = ()

    def make_receiver(self) -> WebReceiver:
        return WebReceiver(honours_key=bool(self.channel.idempotent))

    def make_channel(self, receiver: WebReceiver) -> Channel:
        return self.channel(receiver.port)


class RightChannel(ChannelCase):
    """A channel that is right, whatever goes wrong."""

    faults = tuple(Fault)
    left_out: ClassVar[Mapping[str, str]] = {}
    channel = Quick


class RightWithoutKeys(ChannelCase):
    """A channel to a receiver that takes whatever comes, as often as it comes."""

    class _Channel(Web):
        idempotent = False
        headers = ()

    channel = _Channel


class AskingWeb(Web):
    """A channel that can ask."""

    def status(self, key: str) -> Delivery:
        """What became of it."""
        answer = self.call("GET", f"/{key}", None, {})
        if isinstance(answer, Delivery):
            return Delivery(outcome=Outcome.UNKNOWN, reason=answer.reason)
        return self.known(answer[0])

    def known(self, status: int) -> Delivery:
        outcome = {200: Outcome.ACCEPTED, 404: Outcome.NOT_DELIVERED}.get(status, Outcome.UNKNOWN)
        return Delivery(outcome=outcome, reason=f"status {status}")


class RightAsking(ChannelCase):
    """A channel that asks as it must."""

    asks = True
    channel = AskingWeb


class DropsAField(ChannelCase):
    """It has no place for what comes after a house number."""

    class _Channel(Web):
        def content(self, referral: Referral) -> dict[str, object]:
            return super().content(referral) | {"addition": None}

    channel = _Channel
    caught_by = "test_what_is_accepted_has_arrived_whole"
    also = ("test_names_in_any_script_arrive",)


class RespellsNames(ChannelCase):
    """It composes what was decomposed."""

    class _Channel(Web):
        def content(self, referral: Referral) -> dict[str, object]:
            found = super().content(referral)
            return found | {"name": unicodedata.normalize("NFC", referral.contact.name)}

    channel = _Channel
    caught_by = "test_names_in_any_script_arrive"


class AddsAHash(ChannelCase):
    """It adds what another list can be joined by."""

    class _Channel(Web):
        def content(self, referral: Referral) -> dict[str, object]:
            digest = hashlib.sha256(referral.contact.name.encode()).hexdigest()
            return super().content(referral) | {"person": digest}

    channel = _Channel
    caught_by = "test_nothing_else_goes_out"


class OncePerPerson(ChannelCase):
    """Who was once sent is not sent again."""

    class _Channel(Web):
        def __init__(self, port: int) -> None:
            super().__init__(port)
            self.sent: dict[str, Delivery] = {}

        def send(self, referral: Referral, key: str) -> Delivery:
            name = referral.contact.name
            if name not in self.sent:
                delivery = super().send(referral, key)
                if delivery.outcome is not Outcome.ACCEPTED:
                    return delivery
                self.sent[name] = delivery
            return self.sent[name]

    channel = _Channel
    caught_by = "test_each_referral_arrives"


class TriesLittle(ChannelCase):
    """It is right, and not tried by all that can go wrong."""

    left_out: ClassVar[Mapping[str, str]] = {}
    caught_by = TRIED


class HopesForTheBest(ChannelCase):
    """A connection that ended is taken for an answer."""

    class _Channel(Web):
        def broken_off(self, error: Exception) -> Delivery:
            if isinstance(error, TimeoutError):
                return super().broken_off(error)
            return Delivery(outcome=Outcome.ACCEPTED, reason="sent")

    channel = _Channel
    caught_by = "test_accepted_is_said_only_of_what_has_arrived"
    also = (WHATEVER,)


class FearsTheWorst(ChannelCase):
    """An answer that does not come in time is taken for none."""

    faults = (Fault.REFUSES, Fault.HANGS_AFTER, Fault.LATE)
    left_out: ClassVar[Mapping[str, str]] = {WHATEVER: "it would take long", TRIED: "as well"}

    class _Channel(Quick):
        def broken_off(self, error: Exception) -> Delivery:
            return Delivery(outcome=Outcome.NOT_DELIVERED, reason=type(error).__name__)

    channel = _Channel
    caught_by = "test_not_delivered_is_said_only_of_what_has_not_arrived"


class HearsNoRefusal(ChannelCase):
    """It does not know a refusal from a fault."""

    class _Channel(Web):
        def told(self, status: int, text: str) -> Delivery:
            told = super().told(status, text)
            refused = told.outcome is Outcome.REFUSED
            return attrs.evolve(told, outcome=Outcome.UNKNOWN) if refused else told

    channel = _Channel
    caught_by = "test_a_refusal_is_told_as_one"


class TriesAgain(ChannelCase):
    """It tries again by itself, though the receiver does not know keys."""

    class _Channel(Web):
        idempotent = False

        def send(self, referral: Referral, key: str) -> Delivery:
            first = super().send(referral, key)
            return super().send(referral, key) if first.outcome is Outcome.UNKNOWN else first

    channel = _Channel
    caught_by = "test_one_sending_arrives_once_at_most"
    also = (WHATEVER,)


class KeepsTheKey(ChannelCase):
    """It says that the receiver honours keys, and does not send them."""

    class _Channel(Web):
        headers = ()

    channel = _Channel
    caught_by = "test_one_key_is_taken_once"
    also = (WHATEVER,)


class GivesUpForGood(ChannelCase):
    """After one time-out it sends no more."""

    faults = (Fault.REFUSES, Fault.HANGS)

    class _Channel(Quick):
        given_up = False

        def send(self, referral: Referral, key: str) -> Delivery:
            if self.given_up:
                return Delivery(outcome=Outcome.NOT_DELIVERED, reason="given up")
            return super().send(referral, key)

        def broken_off(self, error: Exception) -> Delivery:
            self.given_up = isinstance(error, TimeoutError)
            return super().broken_off(error)

    channel = _Channel
    caught_by = "test_after_a_fault_it_goes_on"
    also = ("test_one_key_is_taken_once", WHATEVER)


class WaitsForEver(ChannelCase):
    """It has no time-out."""

    faults = (Fault.HANGS,)
    patience = 1.0
    left_out: ClassVar[Mapping[str, str]] = {WHATEVER: "it would take long", TRIED: "as well"}

    class _Channel(Web):
        seconds = None

    channel = _Channel
    caught_by = "test_every_call_ends"


class LetsItOut(ChannelCase):
    """It raises when the receiver is away."""

    class _Channel(Web):
        def away(self, error: Exception) -> Delivery:
            raise error

    channel = _Channel
    caught_by = "test_nothing_is_raised"


class GivesNothing(ChannelCase):
    """It gives nothing when the receiver is away."""

    class _Channel(Web):
        def away(self, error: Exception) -> Any:
            del error

        def send(self, referral: Referral, key: str) -> Any:
            body = json.dumps(self.content(referral)).encode()
            answer = self.call("POST", "/", body, dict.fromkeys(self.headers, key))
            return self.told(*answer) if isinstance(answer, tuple) else answer

    channel = _Channel
    caught_by = "test_nothing_is_raised"


class NamesTheTenant(ChannelCase):
    """Its reason says of whom it is."""

    class _Channel(Web):
        def send(self, referral: Referral, key: str) -> Delivery:
            told = super().send(referral, key)
            return attrs.evolve(told, reason=f"{told.reason} for {referral.contact.name}")

    channel = _Channel
    caught_by = "test_reasons_tell_nothing_of_a_person"


class ShowsTheLast(ChannelCase):
    """Its repr shows what it sent last."""

    class _Channel(Web):
        last = ""

        def send(self, referral: Referral, key: str) -> Delivery:
            self.last = f"{referral.contact.postcode}"
            return super().send(referral, key)

        def __repr__(self) -> str:
            return f"<Web {self.last}>"

    channel = _Channel
    caught_by = "test_reasons_tell_nothing_of_a_person"


class LogsTheBody(ChannelCase):
    """It logs what it sends, for those who debug."""

    class _Channel(Web):
        def send(self, referral: Referral, key: str) -> Delivery:
            log.debug("sending %s", self.content(referral))
            return super().send(referral, key)

    channel = _Channel
    caught_by = "test_reasons_tell_nothing_of_a_person"


class RepeatsTheReceiver(ChannelCase):
    """Its reason is what the receiver wrote."""

    class _Channel(Web):
        def told(self, status: int, text: str) -> Delivery:
            return attrs.evolve(super().told(status, text), reason=f"status {status}: {text}")

    channel = _Channel
    caught_by = "test_what_the_receiver_says_is_not_repeated"


class SaysYes(ChannelCase):
    """It says of keys what a configuration says: yes."""

    class _Channel(Web):
        idempotent = "yes"

    channel = _Channel
    caught_by = "test_it_has_what_it_declares"


class AsksUndeclared(ChannelCase):
    """It can ask, and does not say so."""

    channel = AskingWeb
    caught_by = "test_it_has_what_it_declares"


class TakesFaultsForNo(ChannelCase):
    """Asked, it takes anything but a yes for a no."""

    asks = True

    class _Channel(AskingWeb):
        def known(self, status: int) -> Delivery:
            outcome = Outcome.ACCEPTED if status == 200 else Outcome.NOT_DELIVERED
            return Delivery(outcome=outcome, reason=f"status {status}")

    channel = _Channel
    caught_by = "test_asking_tells_the_truth"


class ThirdTimeLucky(ChannelCase):
    """What was tried twice it takes for sent."""

    class _Channel(Web):
        def __init__(self, port: int) -> None:
            super().__init__(port)
            self.tries: dict[str, int] = {}

        def send(self, referral: Referral, key: str) -> Delivery:
            self.tries[key] = self.tries.get(key, 0) + 1
            if self.tries[key] > 2:
                return Delivery(outcome=Outcome.ACCEPTED, reason="sent before")
            return super().send(referral, key)

    channel = _Channel
    caught_by = WHATEVER
