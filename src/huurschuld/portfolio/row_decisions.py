"""Decisions from the rows of a result: what they were decided by, as far as a result says.

A result names its policy, and has a hash of the policy with its numbers and assumptions. Where a known
policy has that hash, and the row has the facts, the decision can be put together again with its reasons.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping
from typing import Any

from huurschuld.decisions.decision import Decision
from huurschuld.decisions.receipt import Receipt, receipt_of
from huurschuld.decisions.receipt_files import FORMAT, load_receipts
from huurschuld.errors import HuurschuldError
from huurschuld.portfolio.result_rows import Origin, ResultRow
from huurschuld.rules.advice import Advice, Priority
from huurschuld.rules.conditions.language import leaves
from huurschuld.rules.document import policy_document, policy_hash
from huurschuld.rules.engines.reference import engine_for
from huurschuld.rules.facts import FACTS, Facts
from huurschuld.rules.parameters import Unit, parse_months
from huurschuld.rules.policy import Policy


def receipt_for(
    origin: Origin, written: Mapping[str, object] | None, policies: Iterable[Policy]
) -> Receipt | None:
    """Find what a result was made with: the receipt that it holds, or the known policy of its hash.

    Args:
        origin: what the result says.
        written: the receipt in a result as JSON, which names its policy by hash and has the numbers.
        policies: the policies that are known.

    Returns:
        None where no known policy gives that hash.
    """
    for policy in policies:
        if policy.name == origin.policy and origin.as_of is not None:
            found = _read(written, policy) if written is not None else _plain(policy, origin.as_of)
            if found is not None and Origin.of(found) == origin and _can_be_replayed(found):
                return found
    return None


def _can_be_replayed(receipt: Receipt) -> bool:
    """Whether this release decides as the receipt says."""
    try:
        receipt.on_day()
    except HuurschuldError:
        return False
    return True


def _read(written: Mapping[str, object], policy: Policy) -> Receipt | None:
    """Read the receipt of a result; None if it is of another policy, or of another release."""
    digest = policy_hash(policy)
    kept = {"format": FORMAT, "policies": {digest: policy_document(policy)}, "receipts": [written]}
    try:
        return load_receipts(json.dumps(kept))[0]
    except HuurschuldError:
        return None


def _plain(policy: Policy, as_of: dt.date) -> Receipt | None:
    """The receipt of a screening with the policy's own numbers, and nothing assumed."""
    try:
        return receipt_of(policy.on(as_of), {})
    except HuurschuldError:  # not in force on that day: it was another policy of this name
        return None


def decision_of(row: ResultRow, receipt: Receipt) -> Decision | None:
    """Put the decision of a row together again.

    Returns:
        None where the row lacks facts that the policy asks for, or where the facts give another advice
        or priority than the row has.
    """
    facts = facts_of_row(row, receipt.policy)
    if facts is None:
        return None
    outcome = engine_for(receipt.on_day()).outcome(facts)
    if (outcome.advice, outcome.priority) != (row["advice"], row["priority"]):
        return None
    return Decision(
        tenancy=row["tenancy"],
        advice=Advice(row["advice"]),
        priority=Priority(row["priority"]),
        facts=facts,
        hold=tuple(row.get("hold") or ()),
        unknown=tuple(row.get("unknown") or ()),
        receipt=receipt,
    )


def facts_of_row(row: ResultRow, policy: Policy) -> Facts | None:
    """Read the facts of a row of a screening with `facts`; None where one is lacking or misfits."""
    own = [fact.type for fact in policy.facts]
    asked = {leaf.type.key for _, condition in policy.conditions() for leaf in leaves(condition)}
    if not {"arrears_cents", *asked, *(it.key for it in own)} <= row.keys():
        return None
    there = [it for name, it in FACTS.items() if name in row]
    if not all(_fits(row[it.key], it.unit) for it in (*there, *own)):
        return None
    start = row.get("episode_start")
    return Facts(
        **{it.name: _value(row[it.name], it.unit) for it in there},
        episode_start=dt.date.fromisoformat(start) if isinstance(start, str) else start,
        own=tuple((it.name, _value(row[it.key], it.unit)) for it in own),
    )


def _fits(value: object, unit: Unit | None) -> bool:
    """Whether a column of a file holds what the fact counts."""
    if value is None or unit is None:
        return value is None or type(value) is bool
    return type(value) is int or (unit is Unit.MONTHS and type(value) is str)


def _value(value: Any, unit: Unit | None) -> Any:  # noqa: ANN401 - as the column has it
    """A value as conditions see it; in a CSV file whole months of a fact of one's own are a number."""
    return value if value is None or unit is not Unit.MONTHS else parse_months(str(value))
