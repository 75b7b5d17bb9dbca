"""The states of a referral on its way, and which may follow which.

::

    proposed ──> confirmed <──> sending ──> accepted
        │         │    ↑           ├──────> refused
        │         │    │           ↓
        └────┐    │    └────── doubtful ──> accepted
             ↓    ↓                │
            withdrawn <────────────┘

A person proposes nothing by accident: only a decision that advises to refer can be proposed, and only a
person confirms.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class State(StrEnum):
    """Where a referral is.

    `proposed`: the rules advise it; nobody has confirmed it. `confirmed`: a person has, and it surely
    is not with the receiver. `sending`: an attempt has begun of which the end is not known yet.
    `accepted`: the receiver has it. `refused`: the receiver does not take it. `doubtful`: it may or may
    not be with the receiver, and a person has to find out. `withdrawn`: it does not go out.
    """

    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    SENDING = "sending"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    DOUBTFUL = "doubtful"
    WITHDRAWN = "withdrawn"


TRANSITIONS: Final[Mapping[State, frozenset[State]]] = {
    State.PROPOSED: frozenset({State.CONFIRMED, State.WITHDRAWN}),
    State.CONFIRMED: frozenset({State.SENDING, State.WITHDRAWN}),
    State.SENDING: frozenset({State.CONFIRMED, State.ACCEPTED, State.REFUSED, State.DOUBTFUL}),
    State.DOUBTFUL: frozenset({State.CONFIRMED, State.ACCEPTED, State.WITHDRAWN}),
    State.ACCEPTED: frozenset(),
    State.REFUSED: frozenset(),
    State.WITHDRAWN: frozenset(),
}
"""Which states may follow a state; the store itself refuses any other."""

IN_HAND: Final = (State.CONFIRMED, State.SENDING, State.DOUBTFUL)
"""Confirmed by a person, and not settled: the tenancy is not proposed again."""

SIGNALS: Final = (*IN_HAND, State.ACCEPTED)
"""What counts as an earlier referral at the next screening."""

SETTLED: Final = tuple(state for state, after in TRANSITIONS.items() if not after)
"""Where nothing follows."""


class Verdict(StrEnum):
    """What a person has found out about a doubtful referral, or decides.

    `accepted`: the receiver has it. `send-again`: the receiver has it not, or may get it twice.
    `withdrawn`: it is not to go out any more.
    """

    ACCEPTED = "accepted"
    SEND_AGAIN = "send-again"
    WITHDRAWN = "withdrawn"


AFTER: Final[Mapping[Verdict, State]] = {
    Verdict.ACCEPTED: State.ACCEPTED,
    Verdict.SEND_AGAIN: State.CONFIRMED,
    Verdict.WITHDRAWN: State.WITHDRAWN,
}
"""The state that a verdict leads to."""


class Happening(StrEnum):
    """What happened to a referral, as its history tells.

    `found`: a sender that was killed had left it unfinished. `asked`: the receiver was asked what
    became of it. `replaced`: a newer proposal took its place. The others are as the states.
    """

    PROPOSED = "proposed"
    REPLACED = "replaced"
    CONFIRMED = "confirmed"
    WITHDRAWN = "withdrawn"
    BEGUN = "begun"
    ENDED = "ended"
    FOUND = "found"
    ASKED = "asked"
    DOUBTED = "doubted"
    DECIDED = "decided"
    FORGOTTEN = "forgotten"
