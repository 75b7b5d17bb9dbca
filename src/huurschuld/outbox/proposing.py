"""Proposing: decisions that advise to refer become proposals, which nobody has confirmed yet."""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Iterable

from huurschuld.decision import Decision
from huurschuld.errors import DuplicateId, InvalidValue
from huurschuld.outbox.changing import check, move, note
from huurschuld.outbox.records import LeftOut, Proposed, Why
from huurschuld.outbox.states import IN_HAND, Happening, State
from huurschuld.outbox.store import Outbox
from huurschuld.rules.advice import Advice
from huurschuld.rules.document import policy_hash


def propose(outbox: Outbox, decisions: Iterable[Decision], *, batch: str) -> Proposed:
    """Propose to refer; nothing goes out before a person confirms it. All are stored, or none.

    A proposal takes the place of an earlier one of the same tenancy that is not confirmed yet, and gets
    a key of its own: whoever confirms the earlier one, as seen on a list, is told so.

    Args:
        outbox: the outbox.
        decisions: decisions that advise to refer; of one tenancy one at most.
        batch: a name for them together, such as the day and the district. It cannot be added to later:
            what a person has looked at is what that person confirms.

    Raises:
        InvalidValue: a decision advises something else; at `/decisions/N/advice`.
        DuplicateId: two decisions are of one tenancy, or there is a batch of this name.
        OutboxError: the file cannot be written.
    """
    check(batch, "/batch")
    given = _checked(decisions)
    keys: list[str] = []
    left_out: list[LeftOut] = []
    with outbox.change() as change:
        now = outbox.now()
        if change.execute("SELECT 1 FROM referral WHERE batch = ? LIMIT 1", (batch,)).fetchall():
            raise DuplicateId("/batch", "there is a batch of this name", "give this one its own name")
        for decision in given:
            why = _why_not(change, decision)
            if why is not None:
                left_out.append(LeftOut(decision.tenancy, why))
                continue
            _replace(change, decision.tenancy, now)
            keys.append(_add(change, decision, batch, now))
    return Proposed(keys, left_out)


def _checked(decisions: Iterable[Decision]) -> list[Decision]:
    given = list(decisions)
    tenancies = set()
    for index, decision in enumerate(given):
        if not isinstance(decision, Decision):
            raise InvalidValue(f"/decisions/{index}", "a Decision is expected")
        if decision.advice is not Advice.REFER:
            raise InvalidValue(
                f"/decisions/{index}/advice",
                f"the advice is {decision.advice}",
                "propose decisions that advise to refer, and no others",
            )
        if decision.tenancy in tenancies:
            raise DuplicateId(f"/decisions/{index}/tenancy", "a second decision on this tenancy")
        tenancies.add(decision.tenancy)
    return given


def _why_not(change: sqlite3.Connection, decision: Decision) -> Why | None:
    """What stands against a proposal in the outbox itself, whatever the decision knew of signals."""
    day, start = decision.receipt.as_of, decision.facts.episode_start
    rows = change.execute(
        "SELECT state, day, arrears_cents FROM referral WHERE tenancy = ? ORDER BY day, arrears_cents",
        (decision.tenancy,),
    ).fetchall()
    if any(row["state"] in IN_HAND for row in rows):
        return Why.IN_HAND
    referred = [
        row
        for row in rows
        if row["state"] == State.ACCEPTED and (start is None or row["day"] >= start.isoformat())
    ]
    if referred:
        last = referred[-1]
        if last["day"] > day.isoformat() or (decision.facts.arrears_cents or 0) <= last["arrears_cents"]:
            return Why.ALREADY_REFERRED
    if any(row["state"] == State.PROPOSED and row["day"] > day.isoformat() for row in rows):
        return Why.NEWER_PROPOSAL
    return None


def _replace(change: sqlite3.Connection, tenancy: str, now: str) -> None:
    for row in change.execute(
        "SELECT key FROM referral WHERE tenancy = ? AND state = ?", (tenancy, str(State.PROPOSED))
    ).fetchall():
        move(change, row["key"], (State.PROPOSED,), State.WITHDRAWN, now)
        note(change, row["key"], now, Happening.REPLACED)


def _add(change: sqlite3.Connection, decision: Decision, batch: str, now: str) -> str:
    key = secrets.token_hex(16)
    policy = decision.receipt.policy
    change.execute(
        "INSERT INTO referral"
        " (key, tenancy, day, arrears_cents, policy, policy_hash, batch, state, since)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            key,
            decision.tenancy,
            decision.receipt.as_of.isoformat(),
            decision.facts.arrears_cents,
            policy.name,
            policy_hash(policy),
            batch,
            str(State.PROPOSED),
            now,
        ),
    )
    note(change, key, now, Happening.PROPOSED)
    return key
