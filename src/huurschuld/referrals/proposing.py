"""Proposing: decisions that advise to refer become proposals, which nobody has confirmed yet."""

from __future__ import annotations

import datetime as dt
import secrets
import sqlite3
from collections.abc import Iterable
from typing import Final

from huurschuld.decisions.decision import Decision
from huurschuld.errors import DuplicateId, InvalidValue
from huurschuld.referrals.changing import check, move, note
from huurschuld.referrals.records import LeftOut, Proposed, Why
from huurschuld.referrals.states import IN_HAND, Happening, State
from huurschuld.referrals.store import Outbox
from huurschuld.rules.advice import Advice
from huurschuld.rules.document import policy_hash

_AHEAD: Final = dt.timedelta(days=1)
"""How far the day of a landlord may be ahead of that of the clock, which is in UTC."""


def propose(
    outbox: Outbox,
    decisions: Iterable[Decision],
    *,
    batch: str,
    screened: Iterable[str] = (),
    as_of: dt.date | None = None,
) -> Proposed:
    """Propose to refer; nothing goes out before a person confirms it. All are stored, or none.

    A proposal takes the place of an earlier one of the same tenancy that is not confirmed yet, and gets
    a key of its own: whoever confirms the earlier one, as seen on a list, is told so.

    An earlier proposal of a tenancy that was screened and is not advised to refer any more is withdrawn,
    so that nobody is referred who has paid or objected since, or of whom that is not known now. What a
    person has confirmed is left as it is, and so is a proposal of a later day, or of a tenancy that was
    not screened, since it is in another portfolio.

    Args:
        outbox: the outbox.
        decisions: decisions that advise to refer; of one tenancy one at most.
        batch: a name for them together, such as the day and the district. It cannot be added to later:
            what a person has looked at is what that person confirms.
        screened: all tenancies that were looked at; without it earlier proposals stay as they are.
        as_of: the day from which they were looked at; that of the decisions by default.

    Raises:
        InvalidValue: a decision advises something else, at `/decisions/N/advice`; or is of a day in the
            future, at `/as_of`: it would stand in the way of all that are true.
        DuplicateId: two decisions are of one tenancy, or there is a batch of this name.
        OutboxError: the file cannot be written.
    """
    check(batch, "/batch")
    given = _checked(decisions)
    days = {it.receipt.as_of for it in given} | ({as_of} if as_of is not None else set())
    for day in days:
        check_day(outbox, day)
    keys: list[str] = []
    left_out: list[LeftOut] = []
    replaced: list[str] = []
    withdrawn: list[str] = []
    with outbox.change() as change:
        now = outbox.now()
        if change.execute("SELECT 1 FROM referral WHERE batch = ? LIMIT 1", (batch,)).fetchall():
            raise DuplicateId("/batch", "there is a batch of this name", "give this one its own name")
        for decision in given:
            why = _why_not(change, decision)
            if why is not None:
                left_out.append(LeftOut(decision.tenancy, why))
                continue
            replaced += _replace(change, decision.tenancy, now)
            keys.append(_add(change, decision, batch, now))
        advised = {it.tenancy for it in given}
        latest = as_of or max(days, default=None)
        for row in _waiting(change, set(screened) - advised, latest):
            move(change, row["key"], (State.PROPOSED,), State.WITHDRAWN, now)
            note(change, row["key"], now, Happening.WITHDRAWN, reason=f"not advised in {batch}")
            withdrawn.append(row["key"])
    return Proposed(keys, left_out, replaced, withdrawn)


def _waiting(
    change: sqlite3.Connection, tenancies: set[str], latest: dt.date | None
) -> list[sqlite3.Row]:
    """The proposals of some tenancies that nobody has confirmed, and that are of no later day."""
    rows = change.execute(
        "SELECT key, tenancy, day FROM referral WHERE state = ? ORDER BY number",
        (str(State.PROPOSED),),
    ).fetchall()
    return [
        row
        for row in rows
        if row["tenancy"] in tenancies and (latest is None or row["day"] <= latest.isoformat())
    ]


def check_day(outbox: Outbox, day: dt.date) -> None:
    """See that a day does not lie in the future, by the clock of an outbox.

    Raises:
        InvalidValue: at `/as_of`.
    """
    if day > dt.datetime.fromisoformat(outbox.now()).date() + _AHEAD:
        raise InvalidValue(
            "/as_of", "this day lies in the future", "propose as of today, or a day before"
        )


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


def _replace(change: sqlite3.Connection, tenancy: str, now: str) -> list[str]:
    rows = change.execute(
        "SELECT key FROM referral WHERE tenancy = ? AND state = ?", (tenancy, str(State.PROPOSED))
    ).fetchall()
    for row in rows:
        move(change, row["key"], (State.PROPOSED,), State.WITHDRAWN, now)
        note(change, row["key"], now, Happening.REPLACED)
    return [row["key"] for row in rows]


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
