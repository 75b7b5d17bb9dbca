"""What a simulated receiver of referrals does, for a channel to be tested against it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Protocol

from attrs import frozen

from huurschuld.model.values import RedactedRepr


class Fault(StrEnum):
    """What may go wrong between a channel and its receiver.

    `refuses`: the receiver answers that it does not take the referral. `fails`: it answers with an
    error, and does not have it; `fails-after`: it does. `cuts-off`: the connection ends without an
    answer, and it does not have it; `cuts-off-after`: it does. `hangs`: no answer comes, and it does not
    have it; `hangs-after`: it does. `late`: no answer comes in time, and it has it only afterwards.
    `away`: it cannot be reached.
    """

    REFUSES = "refuses"
    FAILS = "fails"
    FAILS_AFTER = "fails-after"
    CUTS_OFF = "cuts-off"
    CUTS_OFF_AFTER = "cuts-off-after"
    HANGS = "hangs"
    HANGS_AFTER = "hangs-after"
    LATE = "late"
    AWAY = "away"


@frozen(repr=False)
class Taken(RedactedRepr):
    """A referral that a receiver has taken.

    Attributes:
        key: the key that came with it, if any.
        content: what came, as the receiver reads it: texts and numbers by name, possibly nested.
    """

    key: str | None
    content: Mapping[str, object]


class Receiver(Protocol):
    """A receiver that simulates faults, in place of the real one."""

    def suffer(self, fault: Fault, says: str) -> None:
        """Simulate this fault from now on; an answer, if there is one, contains this text."""

    def recover(self) -> None:
        """End the fault and all calls in progress; late referrals are accepted now."""

    def taken(self) -> Sequence[Taken]:
        """Return all that it has taken, in order; only the first of one key, if it honours keys."""

    def close(self) -> None:
        """Shut down, and end all calls in progress."""
