"""katwijk-2021 as decision tables of GoRules Zen (JDM), written by hand with its values filled in.

Three tables in one decision: priority and advice, each the first row that fits, and holds, all rows that
fit. What is unknown is not in the input; a cell `null` fits then, and `$ != false` and
`$ == null or $ >= 14` say *not certainly false*. So the tables walk the ladder with all three values.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

import zen

from benchmarks.by_hand.ladder import (
    Given,
    ask_before_contact,
    ask_before_referral,
    given_of,
    names_of,
    stop_everything,
)
from huurschuld import Advice, Facts, Policy, Priority
from huurschuld.rules.advice import Outcome

Row = tuple[Mapping[str, str], str]
"""The cells that a row asks after, by fact, and what it gives."""

_ASK_BEFORE_REFERRAL: Final = "ask before referral"
_ASK_BEFORE_CONTACT: Final = "ask before contact"

PRIORITY: Final[tuple[Row, ...]] = (
    ({"eviction_announced": "true"}, "crisis"),
    ({"minor_living_in": "true"}, "family"),
    ({"eviction_announced": "null"}, "unknown"),
    ({"minor_living_in": "null"}, "unknown"),
    ({}, "regular"),
)
HOLDS: Final[tuple[Row, ...]] = (
    ({"already_referred": "true"}, "already-referred"),
    ({"deceased": "true"}, "deceased"),
    ({"disputed": "true"}, "disputed"),
    ({"lease_ended": "true", "eviction_announced": "false"}, "lease-ended"),
    ({"dwelling": "false"}, "not-a-dwelling"),
    ({"objected": "true"}, "objected"),
    ({"plan_in_force": "true"}, "plan-in-force"),
    ({"tenant_acted": "true"}, "tenant-acted"),
)
_REFERS: Final = {
    "months": "> 1000000000",
    "reminder_sent": "true",
    "attempts": ">= 2",
    "channels": ">= 2",
    "days_since_attempt": ">= 14",
    "sustained_cents": ">= 1",
    "sharing_offered": "true",
    "days_since_offer": ">= 14",
    "personal_effort": "true",
    "debt_help_named": "true",
}
_MAY_REFER: Final = {
    "months": "> 1000000000",
    "reminder_sent": "$ != false",
    "attempts": "$ == null or $ >= 2",
    "channels": "$ == null or $ >= 2",
    "days_since_attempt": "$ == null or $ >= 14",
    "sustained_cents": ">= 1",
    "sharing_offered": "$ != false",
    "days_since_offer": "$ == null or $ >= 14",
    "personal_effort": "$ != false",
    "debt_help_named": "$ != false",
}
_NO_OTHER_HOLD: Final = {
    "already_referred": "false",
    "deceased": "false",
    "disputed": "false",
    "dwelling": "true",
    "objected": "false",
    "plan_in_force": "false",
    "tenant_acted": "false",
}
_NONE_STOPS_A_REFERRAL: Final = {
    "already_referred": "$ != true",
    "dwelling": "$ != false",
    "objected": "$ != true",
}
# What stops everything is seen to before this table is read.
ADVICE: Final[tuple[Row, ...]] = (
    ({"arrears_cents": "0"}, Advice.NONE),
    ({"days_overdue": "< 7"}, Advice.WAIT),
    ({"arrears_cents": "< 1000"}, Advice.WAIT),
    (_REFERS | _NO_OTHER_HOLD | {"lease_ended": "false"}, Advice.REFER),
    (_REFERS | _NO_OTHER_HOLD | {"eviction_announced": "true"}, Advice.REFER),
    (_REFERS | {"already_referred": "true"}, Advice.HOLD),
    (_REFERS | {"dwelling": "false"}, Advice.HOLD),
    (_REFERS | {"objected": "true"}, Advice.HOLD),
    (_MAY_REFER | _NONE_STOPS_A_REFERRAL, _ASK_BEFORE_REFERRAL),
    ({"reminder_sent": "false"}, Advice.REMIND),
    ({"sharing_offered": "false"}, Advice.REMIND),
    ({"reminder_sent": "null"}, _ASK_BEFORE_CONTACT),
    ({"sharing_offered": "null"}, _ASK_BEFORE_CONTACT),
    ({"personal_effort": "false"}, Advice.CONTACT),
    ({"debt_help_named": "false"}, Advice.CONTACT),
    ({"attempts": "< 2"}, Advice.CONTACT),
    ({"channels": "< 2"}, Advice.CONTACT),
    ({"personal_effort": "null"}, _ASK_BEFORE_CONTACT),
    ({"debt_help_named": "null"}, _ASK_BEFORE_CONTACT),
    ({"attempts": "null"}, _ASK_BEFORE_CONTACT),
    ({"channels": "null"}, _ASK_BEFORE_CONTACT),
    ({}, Advice.WAIT),
)


def _table(name: str, rows: tuple[Row, ...], hit_policy: str, **settings: str) -> dict[str, object]:
    """A table node as the editor of GoRules writes it: a column for each fact that a row asks after."""
    columns = sorted({fact for cells, _ in rows for fact in cells})
    return {
        "id": name,
        "name": name,
        "type": "decisionTableNode",
        "content": {
            "hitPolicy": hit_policy,
            "inputs": [{"id": fact, "name": fact, "field": fact} for fact in columns],
            "outputs": [{"id": "gives", "name": name, "field": name}],
            "rules": [
                {
                    "_id": f"{name} {number}",
                    **{fact: cells.get(fact, "") for fact in columns},
                    "gives": json.dumps(gives),
                }
                for number, (cells, gives) in enumerate(rows)
            ],
            **settings,
        },
    }


def decision_model() -> str:
    """The decision as JSON: the input goes to the three tables, and what they give is put together."""
    tables = [
        _table("priority", PRIORITY, "first"),
        _table("holds", HOLDS, "collect", outputPath="holds"),
        _table("advice", ADVICE, "first"),
    ]
    nodes = [
        {"id": "input", "name": "input", "type": "inputNode", "content": {}},
        *tables,
        {"id": "output", "name": "output", "type": "outputNode", "content": {}},
    ]
    edges = [
        {"id": f"{source} {target}", "type": "edge", "sourceId": source, "targetId": target}
        for table in tables
        for source, target in (("input", table["id"]), (table["id"], "output"))
    ]
    return json.dumps({"nodes": nodes, "edges": edges})


class Rules:
    """The decision, compiled."""

    def __init__(self, policy: Policy) -> None:
        self._names = names_of(policy)
        self._decision = zen.ZenEngine().create_decision(decision_model())

    def form(self, facts: Facts) -> Given:
        """The input for a household."""
        return given_of(facts, self._names)

    def outcome(self, given: Given) -> Outcome:
        """The outcome for one household."""
        found: dict[str, Any] = self._decision.evaluate(dict(given.facts))["result"]
        priority, advice = Priority(found["priority"]), found["advice"]
        if advice == Advice.NONE:
            return Outcome(Advice.NONE, priority)
        holds = tuple(hold["holds"] for hold in found["holds"])
        if stop_everything(holds) or advice == Advice.HOLD:
            return Outcome(Advice.HOLD, priority, holds=holds)
        if advice == _ASK_BEFORE_REFERRAL:
            return ask_before_referral(priority, given)
        if advice == _ASK_BEFORE_CONTACT:
            return ask_before_contact(priority, given)
        return Outcome(Advice(advice), priority)


def written(policy: Policy) -> Rules | None:
    """The tables of a policy; None if it is not written out here."""
    return Rules(policy) if policy.name == "katwijk-2021" else None
