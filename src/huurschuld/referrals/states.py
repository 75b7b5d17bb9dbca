"""The states of a referral, and which of them may follow which.

::

                  recalled
                    ↑ ↓
    proposed ──> confirmed <──> sending ──> accepted
        │         │    ↑           ├──────> refused
        │         │    │           ↓
        └────┐    │    └────── doubtful ──> accepted
             ↓    ↓                │
            withdrawn <────────────┘

Only a decision that advises to refer can be proposed, and only a person confirms. What is recalled can
be withdrawn, too. To add a state: name it in `State`, say in `TRANSITIONS` what may follow it, and
decide whether it is one of `OPEN_STATES`.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class State(StrEnum):
    """Where a referral is.

    `proposed`: the rules advise it; no one has confirmed it. `confirmed`: a person has, and the receiver
    certainly does not have it. `recalled`: it was confirmed, and a person has to decide anew, as it may
    no longer be right. `sending`: an attempt has begun, and its end is not known yet.
    `accepted`: the receiver has it. `refused`: the receiver does not take it. `doubtful`: the receiver
    may or may not have it, and a person has to find out. `withdrawn`: it is not sent.
    """

    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    RECALLED = "recalled"
    SENDING = "sending"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    DOUBTFUL = "doubtful"
    WITHDRAWN = "withdrawn"


TRANSITIONS: Final[Mapping[State, frozenset[State]]] = {
    State.PROPOSED: frozenset({State.CONFIRMED, State.WITHDRAWN}),
    State.CONFIRMED: frozenset({State.SENDING, State.RECALLED, State.WITHDRAWN}),
    State.RECALLED: frozenset({State.CONFIRMED, State.WITHDRAWN}),
    State.SENDING: frozenset({State.CONFIRMED, State.ACCEPTED, State.REFUSED, State.DOUBTFUL}),
    State.DOUBTFUL: frozenset({State.CONFIRMED, State.ACCEPTED, State.WITHDRAWN}),
    State.ACCEPTED: frozenset(),
    State.REFUSED: frozenset(),
    State.WITHDRAWN: frozenset(),
}
"""Which states may follow a state. The database has this table, and refuses any other change itself."""

OPEN_STATES: Final = (State.CONFIRMED, State.RECALLED, State.SENDING, State.DOUBTFUL)
"""Confirmed by a person and not settled: the tenancy is not proposed again."""

SIGNALS: Final = (State.CONFIRMED, State.SENDING, State.DOUBTFUL, State.ACCEPTED)
"""What counts as an earlier referral in the next screening."""

GOES_OUT: Final = (*OPEN_STATES, State.ACCEPTED)
"""What goes out, or went, or waits for a person to say so."""

SETTLED: Final = tuple(state for state, after in TRANSITIONS.items() if not after)
"""The states that nothing follows."""


class Verdict(StrEnum):
    """What a person has found out, or decided, about a doubtful referral.

    `accepted`: the receiver has it. `send-again`: the receiver does not have it, or may get it twice.
    `withdrawn`: it is not to be sent any more.
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


class EventType(StrEnum):
    """What happened to a referral, as its history records it.

    `recalled`: it may no longer be right, so a person has to decide; `resumed`: one decided to send it.
    `upheld`: a later screening advised it again, so what was overruled before would be news. `waived`: a
    person had it sent without another look at the ledger.
    `begun` and `ended`: an attempt to send. `found`: a sender was killed and left an attempt unfinished.
    `asked`: the receiver was asked whether it has the referral. `doubted`: it was left to a person.
    `decided`: that person gave a verdict. `replaced`: a newer proposal took its place.
    """

    PROPOSED = "proposed"
    REPLACED = "replaced"
    CONFIRMED = "confirmed"
    WITHDRAWN = "withdrawn"
    RECALLED = "recalled"
    RESUMED = "resumed"
    UPHELD = "upheld"
    WAIVED = "waived"
    BEGUN = "begun"
    ENDED = "ended"
    FOUND = "found"
    ASKED = "asked"
    DOUBTED = "doubted"
    DECIDED = "decided"
    FORGOTTEN = "forgotten"
