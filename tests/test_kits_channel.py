"""Channels that are right pass the whole kit; the kit cannot be satisfied by trying little."""

from __future__ import annotations

from collections.abc import Mapping
from http.client import HTTPConnection
from typing import Any, ClassVar

import pytest
from broken_channels import AlwaysAccepted, MemoryChannelTests, RightAsking, WithoutKeys, kit_of

from huurschuld.hooks import Channel
from huurschuld.plugins.meldpunt import open_meldpunt
from huurschuld.testing import ChannelTests, Fault, WebReceiver
from huurschuld.testing.kit import Broken

HANGING = (Fault.HANGS, Fault.HANGS_AFTER, Fault.LATE)
SENDING = (
    "test_each_fault_is_tried",
    "test_accepted_is_said_only_of_what_has_arrived",
    "test_not_delivered_is_said_only_of_what_has_not_arrived",
    "test_a_refusal_is_told_as_one",
    "test_one_sending_arrives_once_at_most",
    "test_one_key_is_taken_once",
    "test_after_a_fault_it_goes_on",
    "test_every_call_ends",
    "test_nothing_is_raised",
    "test_reasons_tell_nothing_of_a_person",
    "test_what_the_receiver_says_is_not_repeated",
    "test_whatever_happens_nothing_is_lost_or_doubled",
)


class TestRight(MemoryChannelTests):
    """A right channel satisfies the kit, whatever goes wrong."""


class TestWithoutKeys(MemoryChannelTests):
    """So does one to a receiver that does not honour keys."""

    channel = WithoutKeys


class TestAsking(MemoryChannelTests):
    """So does one that can ask."""

    asks = True
    channel = RightAsking


class TestMeldpunt(ChannelTests):
    """The channel `meldpunt` satisfies the kit over HTTP, with every fault that takes no waiting."""

    examples = 10
    faults = tuple(it for it in Fault if it not in HANGING)
    left_out: ClassVar[Mapping[str, str]] = {SENDING[0]: "waiting for a time-out takes long"}

    def make_receiver(self) -> WebReceiver:
        return WebReceiver()

    def make_channel(self, receiver: WebReceiver) -> Channel:
        return open_meldpunt(url=receiver.url, honours_key=True, timeout="15")


@pytest.mark.slow
@pytest.mark.parametrize(("fault", "taken"), [(HANGING[0], 0), (HANGING[1], 1), (HANGING[2], 1)])
def test_a_receiver_over_http_hangs(fault: Fault, taken: int) -> None:
    """While it hangs no answer comes; afterwards it has the referral or not, as the fault says."""
    receiver = WebReceiver()
    receiver.suffer(fault, "nothing")
    connection = HTTPConnection("127.0.0.1", receiver.port, timeout=5)
    connection.request("POST", "/", b"{}")
    with pytest.raises(TimeoutError):
        connection.getresponse()
    connection.close()
    receiver.recover()
    assert len(receiver.taken()) == taken
    receiver.close()


@pytest.mark.parametrize("faults", [(), (Fault.FAILS_AFTER,), ("fails",), "fails"])
@pytest.mark.parametrize("check", SENDING)
def test_faults_that_show_nothing_are_an_error(faults: Any, check: str) -> None:
    """If the receiver always has it, a channel that always says so cannot be caught."""
    kit = kit_of(AlwaysAccepted, faults=faults)()
    with pytest.raises(Broken, match="faults has none after which the receiver has nothing"):
        getattr(kit, check)()


@pytest.mark.parametrize("fault", [Fault.REFUSES, Fault.FAILS, Fault.CUTS_OFF, Fault.AWAY])
def test_one_fault_is_enough_to_catch_a_channel_that_always_says_yes(fault: Fault) -> None:
    """Any fault that is allowed to be the only one shows it."""
    kit = kit_of(AlwaysAccepted, faults=(fault,))()
    with pytest.raises(Broken, match=f"when it {fault} it says accepted"):
        kit.test_accepted_is_said_only_of_what_has_arrived()


def test_a_fault_that_is_not_tried_is_named() -> None:
    """An author who cannot simulate it leaves the check out, with a reason."""
    kit = kit_of(AlwaysAccepted, faults=tuple(it for it in Fault if it not in HANGING))()
    with pytest.raises(Broken, match="faults does not include hangs, hangs-after, late"):
        kit.test_each_fault_is_tried()
