"""The kit for channels cannot be satisfied by trying little."""

from __future__ import annotations

from typing import Any

import pytest
from broken_channels import ChannelCase, Web

from huurschuld.model.referral import Delivery, Outcome, Referral
from huurschuld.testing import Fault, KitChanged
from huurschuld.testing.kit import Broken

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


class AlwaysAccepted(Web):
    """Says that it is accepted, whatever happens."""

    def send(self, referral: Referral, key: str) -> Delivery:
        super().send(referral, key)
        return Delivery(outcome=Outcome.ACCEPTED)


@pytest.mark.parametrize("given", [(), (Fault.FAILS_AFTER,), ("fails",), "fails"])
@pytest.mark.parametrize("check", SENDING)
def test_faults_that_show_nothing_are_an_error(given: Any, check: str) -> None:
    """Where the receiver always has it, a channel that always says so cannot be found out."""

    class Case(ChannelCase):
        """A channel of which little is tried."""

        channel = AlwaysAccepted
        faults = given
        left_out = {}  # noqa: RUF012 - as in the kits of plugins

    with pytest.raises(KitChanged, match="Case: faults names none after which the receiver has nothing"):
        getattr(Case(), check)()


@pytest.mark.parametrize("fault", [Fault.REFUSES, Fault.FAILS, Fault.CUTS_OFF, Fault.AWAY])
def test_any_one_that_is_allowed_finds_out_who_always_says_yes(fault: Fault) -> None:
    """Though it is the only one that is tried."""

    class Case(ChannelCase):
        """A channel that always says yes."""

        faults = (fault,)
        channel = AlwaysAccepted

    with pytest.raises(Broken, match=f"where it {fault} it says accepted"):
        Case().test_accepted_is_said_only_of_what_has_arrived()


def test_what_is_not_tried_is_named() -> None:
    """An author who leaves it out says why, and the report is not complete."""

    class Case(ChannelCase):
        """A channel of which little is tried."""

        left_out = {}  # noqa: RUF012 - as in the kits of plugins

    with pytest.raises(Broken, match="faults does not name hangs, hangs-after, late"):
        Case().test_each_fault_is_tried()
