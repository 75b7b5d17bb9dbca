"""What a receiver of referrals must be able to do, for a channel to be tested against it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Protocol

from attrs import frozen

from huurschuld.model.values import RedactedRepr


class Fault(StrEnum):
    """What may go wrong between a channel and its receiver.

    `refuses`: it answers that it does not take it. `fails`: it answers that something is wrong, and has
    not got it; `fails-after`: it has. `cuts-off`: the connection ends without an answer, and it has not
    got it; `cuts-off-after`: it has. `hangs`: no answer comes, and it has not got it; `hangs-after`: it
    has. `late`: no answer comes in time, and only afterwards it has it. `away`: it cannot be reached.
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
        key: the key that came with it; None if the receiver is not told.
        content: what came, as the receiver reads it: texts and numbers by name, or within each other.
    """

    key: str | None
    content: Mapping[str, object]


class Receiver(Protocol):
    """A receiver that does what it is told, in place of the real one."""

    def suffer(self, fault: Fault, says: str) -> None:
        """Let every call from now on suffer this; where it answers, its answer has this text in it."""

    def recover(self) -> None:
        """Let nothing go wrong any more, and end what is under way; what is late is taken now."""

    def taken(self) -> Sequence[Taken]:
        """All that it has taken, in order; of one key only the first, if it honours keys."""

    def close(self) -> None:
        """End it, and all that is under way."""
