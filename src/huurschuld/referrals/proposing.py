"""Proposing: decisions that advise to refer become proposals, which no one has confirmed yet."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Iterable, Mapping
from typing import Final

from huurschuld.decisions.decision import Decision
from huurschuld.errors import DuplicateId, InvalidValue
from huurschuld.referrals.changing import OF, Change, Row
from huurschuld.referrals.errors import check
from huurschuld.referrals.recalling import Screening, recall_unadvised
from huurschuld.referrals.records import LeftOut, Proposed, SkipReason
from huurschuld.referrals.states import OPEN_STATES, EventType, State
from huurschuld.referrals.store import Outbox
from huurschuld.rules.advice import Advice
from huurschuld.rules.document import canonical_policy, policy_hash
from huurschuld.rules.tenancy_facts import is_repeat

_AHEAD: Final = dt.timedelta(days=1)
"""How far a landlord's day may be ahead of that of the clock, which is in UTC."""


def propose(
    outbox: Outbox,
    decisions: Iterable[Decision],
    *,
    batch: str,
    screened: Iterable[str] | Mapping[str, str] = (),
    as_of: dt.date | None = None,
) -> Proposed:
    """Propose to refer; nothing is sent before a person confirms it. All are stored, or none.

    A proposal replaces an earlier one of the same tenancy that is not confirmed yet, and gets a key of
    its own: anyone who then confirms the earlier one, as seen on a list, gets an error.

    An earlier proposal is withdrawn if its tenancy was screened and referring is no longer advised, so
    that no tenant is referred who has paid or objected since, or for whom that is now unknown. What a
    person has confirmed, and was not sent yet, is then recalled, also if less is owed than it says: a
    person decides anew. So screen without the signals of what is in hand (`signals(outbox,
    in_hand=False)`), by which nobody would be referred again. What is of a later day stays as it is, and
    so does a tenancy that was not screened because it is in another portfolio.

    Args:
        outbox: the outbox.
        decisions: decisions that advise to refer; one per tenancy at most.
        batch: a name for them together, such as the day and the district. Nothing can be added to a
            batch later: what a person has looked at is what that person confirms.
        screened: all tenancies that were screened, if at hand with what was found of each in a few
            words; without it earlier proposals stay as they are.
        as_of: the day they were screened on; by default that of the decisions.

    Raises:
        InvalidValue: a decision advises something else, at `/decisions/N/advice`; or is of a day in the
            future, at `/as_of`, where it would block all true ones.
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
    with outbox.change() as change:
        if change.has_batch(batch):
            raise DuplicateId("/batch", "there is a batch of this name", "give this one its own name")
        for decision in given:
            skipped = _reason_to_skip(change, decision)
            if skipped is not None:
                left_out.append(LeftOut(decision.tenancy, skipped))
                continue
            replaced += _replace(change, decision.tenancy)
            keys.append(_add(change, decision, batch))
        screening = _screening(given, screened, as_of or max(days, default=dt.date.max))
        rows = change.referrals(OF.state == State.PROPOSED)
        gone = [
            row["key"] for row in rows if screening.covers(row) and row["tenancy"] in screening.others
        ]
        withdrawn = _withdraw(change, gone, EventType.WITHDRAWN, f"not advised in {batch}")
        recalled = recall_unadvised(change, screening)
    return Proposed(keys, left_out, replaced, withdrawn, recalled)


def _screening(
    given: list[Decision], screened: Iterable[str] | Mapping[str, str], as_of: dt.date
) -> Screening:
    owed = {it.tenancy: it.facts.arrears_cents or 0 for it in given}
    found = screened if isinstance(screened, Mapping) else dict.fromkeys(screened, "it is not advised")
    others = {tenancy: text for tenancy, text in found.items() if tenancy not in owed}
    return Screening(as_of=as_of, owed=owed, others=others)


def check_day(outbox: Outbox, day: dt.date) -> None:
    """Check that a day is not in the future, by the clock of an outbox."""
    if day > outbox.today() + _AHEAD:
        raise InvalidValue("/as_of", "this day is in the future", "propose as of today or earlier")


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
                "propose only decisions that advise to refer",
            )
        if decision.tenancy in tenancies:
            raise DuplicateId(f"/decisions/{index}/tenancy", "a second decision on this tenancy")
        tenancies.add(decision.tenancy)
    return given


def _reason_to_skip(change: Change, decision: Decision) -> SkipReason | None:
    """Find a reason in the outbox itself to skip a proposal, apart from the signals in the decision."""
    day = decision.receipt.as_of.isoformat()
    rows = change.referrals(OF.tenancy == decision.tenancy, order=(OF.day, OF.arrears_cents))
    if any(row["state"] in OPEN_STATES for row in rows):
        return SkipReason.IN_HAND
    if _repeats(decision, [row for row in rows if row["state"] == State.ACCEPTED]):
        return SkipReason.ALREADY_REFERRED
    if any(row["state"] == State.PROPOSED and row["day"] > day for row in rows):
        return SkipReason.NEWER_PROPOSAL
    return None


def _repeats(decision: Decision, accepted: list[Row]) -> bool:
    """Whether a decision repeats an accepted referral of its episode, or is of an earlier day than one.

    As the hold `already-referred` has it, for a screening that did not get the signals of the outbox.
    """
    facts, as_of = decision.facts, decision.receipt.as_of
    referred = [
        (dt.date.fromisoformat(row["day"]), row["arrears_cents"])
        for row in accepted
        if facts.episode_start is None or row["day"] > facts.episode_start.isoformat()
    ]
    if any(day > as_of for day, _ in referred):
        return True
    values = decision.receipt.on_day().values
    floor = max(1, values.get("floor_cents", 1))
    return is_repeat(referred, as_of, facts.past_grace_cents or 0, floor, values)


def _replace(change: Change, tenancy: str) -> list[str]:
    """Withdraw the proposals of a tenancy, which a new one replaces."""
    rows = change.referrals(OF.tenancy == tenancy, OF.state == State.PROPOSED)
    return _withdraw(change, [row["key"] for row in rows], EventType.REPLACED)


def _withdraw(change: Change, keys: list[str], what: EventType, reason: str | None = None) -> list[str]:
    for key in keys:
        change.move(key, (State.PROPOSED,), State.WITHDRAWN)
        change.note(key, what, reason=reason)
    return keys


def _add(change: Change, decision: Decision, batch: str) -> str:
    key = secrets.token_hex(16)
    policy = decision.receipt.policy
    hash_ = policy_hash(policy)
    change.keep_policy(hash_, canonical_policy(policy))
    document = decision.document()
    receipt = document.pop("receipt")
    change.add(
        {
            "key": key,
            "tenancy": decision.tenancy,
            "day": decision.receipt.as_of.isoformat(),
            "arrears_cents": decision.facts.arrears_cents,
            "policy": policy.name,
            "policy_hash": hash_,
            "batch": batch,
        },
        receipt=receipt,
        personal={"decision": document},
    )
    return key
