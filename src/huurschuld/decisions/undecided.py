"""The case file to report when engines cannot be relied on for a household."""

from __future__ import annotations

from typing import Any

from attrs import evolve

from huurschuld.model.casefile import Case, dump_case
from huurschuld.model.entries import RECEIVED, Entry, Reversal
from huurschuld.model.tenancy import Tenancy
from huurschuld.rules.document import policy_document
from huurschuld.rules.parameters import Unit, months_text
from huurschuld.rules.policies import policies
from huurschuld.rules.policy import Policy, PolicyOnDay


def case_to_report(tenancy: Tenancy, on_day: PolicyOnDay, expected: dict[str, object]) -> str:
    """Write a conformance case of the tenancy without its ids, with every number of the policy.

    Args:
        tenancy: the tenancy; its amounts and dates remain, so this is still personal data.
        on_day: the policy as it applied.
        expected: the summary by the reference engine.
    """
    months = {it.name for it in on_day.policy.parameters if it.unit is Unit.MONTHS}
    case = Case(
        case="undecided",
        about="an engine differs from the reference engine, or fails",
        policy=_policy(on_day.policy),
        as_of=on_day.as_of,
        parameters={
            name: months_text(number) if name in months else number for name, number in on_day.numbers
        },
        tenancy=without_ids(tenancy),
        expect=expected,
    )
    return dump_case(case)


def _policy(policy: Policy) -> str | dict[str, object]:
    """The name of a built-in policy, or the whole of one of one's own."""
    return policy.name if policies().get(policy.name) == policy else policy_document(policy)


def without_ids(tenancy: Tenancy) -> Tenancy:
    """Replace the ids of a tenancy and its entries by numbers, in the same order."""
    ids = sorted(entry.id for entry in tenancy.entries)
    numbered = {id_: f"{number:04}" for number, id_ in enumerate(ids, 1)}

    def renamed(entry: Entry) -> Entry:
        named: dict[str, Any] = {"id": numbered[entry.id]}
        if isinstance(entry, Reversal):
            named["reverses"] = numbered[entry.reverses]
        elif isinstance(entry, RECEIVED) and entry.settles is not None:
            named["settles"] = numbered[entry.settles]
        return evolve(entry, **named)

    return evolve(tenancy, id="undecided", entries=tuple(map(renamed, tenancy.entries)))
