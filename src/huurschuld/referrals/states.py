"""The states of a referral, which of them may follow which, and the one place where a state changes.

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

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Any, Final

from attrs import define, field

from huurschuld.referrals.errors import WrongState
from huurschuld.referrals.seals import digest_of, opposite, read_sealed, read_sum, sum_of


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
"""Which states may follow a state. Each file holds this table, and refuses any other change itself."""

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


@define
class Change:
    """One transaction on an outbox, which `Outbox.change` begins and ends; all of it happens `now`."""

    connection: sqlite3.Connection
    now: str
    _digests: list[str] = field(init=False, factory=list)

    def execute(self, sql: str, values: Any = ()) -> sqlite3.Cursor:  # noqa: ANN401 - as sqlite3 takes it
        """Run one statement."""
        return self.connection.execute(sql, values)

    def move(self, key: str, before: Iterable[State], after: State, **columns: object) -> None:
        """Move a referral from one of some states to another, or to the same one again.

        Args:
            key: the referral.
            before: the states that it may be in.
            after: the state that it gets.
            columns: what else changes with it.

        Raises:
            WrongState: it is in none of these states.
        """
        [row] = self.referrals("WHERE key = ?", (key,))
        check_state(row, before)
        values = {"state": str(after), "since": self.now, **columns}
        assigned = ", ".join(f"{name} = :{name}" for name in values)
        sql = f"UPDATE referral SET {assigned} WHERE key = :key"  # noqa: S608 - names of our own columns
        self.execute(sql, {**values, "key": key})
        self.seal(key)

    def referrals(self, which: str, values: Sequence[object] = ()) -> list[sqlite3.Row]:
        """Read referrals, each checked against its digest; `which` is what follows FROM referral.

        Raises:
            Unsealed: one is not as it was written.
        """
        return read_sealed(self.connection, "referral", which, values)

    def events(self, which: str, values: Sequence[object] = ()) -> list[sqlite3.Row]:
        """Read events, as `referrals` does."""
        return read_sealed(self.connection, "event", which, values)

    def seal(self, key: str) -> None:
        """Write the digest of a referral, after it was changed."""
        [row] = self.execute("SELECT * FROM referral WHERE key = ?", (key,)).fetchall()
        digest = digest_of(row)
        self.execute("UPDATE referral SET digest = ? WHERE key = ?", (digest, key))
        if row["digest"] is not None:
            self._digests.append(opposite(row["digest"]))
        self._digests.append(digest)

    def note(
        self,
        key: str,
        what: EventType,
        *,
        person: str | None = None,
        outcome: str | None = None,
        reason: str | None = None,
    ) -> None:
        """Add an event to the history of a referral."""
        event: dict[str, str | None] = {
            "key": key,
            "at": self.now,
            "what": str(what),
            "person": person,
            "outcome": outcome,
            "reason": reason,
        }
        self.execute(
            "INSERT INTO event (key, at, what, person, outcome, reason, digest)"
            " VALUES (:key, :at, :what, :person, :outcome, :reason, :digest)",
            {**event, "digest": (digest := digest_of(event))},
        )
        self._digests.append(digest)

    def end(self) -> None:
        """Write what the digests of all rows add up to now."""
        if self._digests:
            new = sum_of([read_sum(self.connection), *self._digests])
            self.execute("UPDATE whole SET digests = ?", (new,))


def check_state(row: sqlite3.Row, expected: Iterable[State]) -> None:
    """Check that a referral is in one of some states.

    Raises:
        WrongState: with who confirmed it, and when, if a person has.
    """
    expected = tuple(expected)
    if row["state"] not in expected:
        by = row["confirmed_by"] and f", confirmed by {row['confirmed_by']} at {row['confirmed_at']}"
        problem = f"this referral is {row['state']}{by or ''}, not {' or '.join(expected)}"
        raise WrongState(row["key"], problem, "list the outbox, and look again")
