"""The built-in policies as rules of durable_rules, written by hand with their values filled in.

It is used as its manual has it: a ruleset, whose actions append to a list; assert a fact, do the
actions, retract the fact; one fact at a time. There are two ways to write the rules:

- the *true side only*: a rule for each hold and each rung that fires where it is certainly true. That
  cannot tell what is unknown from what is false, so it is right only where all is known;
- *both sides*: for each rung a second rule that fires where it is certainly false, and one for where all
  holds are false. Unknown facts are left out of the fact, and a comparison with what is not there never
  fires, so this gives all three values.

Facts and not events, because an event fires one rule only. Never the absence of something as a
condition: from such a rule durable_rules may not return.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from durable.engine import Ruleset

from benchmarks.by_hand.ladder import (
    Given,
    Ladder,
    from_both_sides,
    from_true_side,
    given_of,
    names_of,
)
from huurschuld import Facts, Policy
from huurschuld.rules.advice import Outcome

Rule = Mapping[str, object]

PRIORITY: Final[dict[str, Rule]] = {
    "crisis": {"eviction_announced": True},
    "family": {"minor_living_in": True},
}
NOT_PRIORITY: Final[dict[str, Rule]] = {
    "not crisis": {"eviction_announced": False},
    "not family": {"minor_living_in": False},
}

HOLDS: Final[dict[str, Rule]] = {
    "hold already-referred": {"already_referred": True},
    "hold deceased": {"deceased": True},
    "hold disputed": {"disputed": True},
    "hold lease-ended": {"$and": [{"lease_ended": True}, {"eviction_announced": False}]},
    "hold not-a-dwelling": {"dwelling": False},
    "hold objected": {"objected": True},
    "hold plan-in-force": {"plan_in_force": True},
}
ACTED: Final[dict[str, Rule]] = {"hold tenant-acted": {"tenant_acted": True}}
_HOLDS_ARE_FALSE: Final = (
    {"already_referred": False},
    {"deceased": False},
    {"disputed": False},
    {"$or": [{"lease_ended": False}, {"eviction_announced": True}]},
    {"dwelling": True},
    {"objected": False},
    {"plan_in_force": False},
)
NO_HOLD: Final[dict[str, Rule]] = {"no hold": {"$and": [*_HOLDS_ARE_FALSE]}}
NO_HOLD_NOR_ACTED: Final[dict[str, Rule]] = {
    "no hold": {"$and": [*_HOLDS_ARE_FALSE, {"tenant_acted": False}]}
}

TOO_EARLY: Final[dict[str, Rule]] = {
    "too early": {"$or": [{"$lt": {"days_overdue": 7}}, {"$lt": {"arrears_cents": 1_000}}]}
}
NOT_TOO_EARLY: Final[dict[str, Rule]] = {
    "not too early": {"$and": [{"$gte": {"days_overdue": 7}}, {"$gte": {"arrears_cents": 1_000}}]}
}

BGS: Final[dict[str, Rule]] = {
    "refer": {
        "$and": [
            {"$gte": {"sustained_cents": 1}},
            {"reminder_sent": True},
            {"sharing_offered": True},
            {"$gte": {"days_since_offer": 14}},
            {"personal_effort": True},
            {"debt_help_named": True},
        ]
    },
    "remind": {"$or": [{"reminder_sent": False}, {"sharing_offered": False}]},
    "contact": {"$or": [{"personal_effort": False}, {"debt_help_named": False}]},
}
NOT_BGS: Final[dict[str, Rule]] = {
    "not refer": {
        "$or": [
            {"$lt": {"sustained_cents": 1}},
            {"reminder_sent": False},
            {"sharing_offered": False},
            {"$lt": {"days_since_offer": 14}},
            {"personal_effort": False},
            {"debt_help_named": False},
        ]
    },
    "not remind": {"$and": [{"reminder_sent": True}, {"sharing_offered": True}]},
    "not contact": {"$and": [{"personal_effort": True}, {"debt_help_named": True}]},
}

COVENANT: Final[dict[str, Rule]] = {
    "refer": {
        "$and": [
            {"$gt": {"months": 1_000_000_000}},
            {"reminder_sent": True},
            {"$gte": {"attempts": 2}},
            {"$gte": {"channels": 2}},
            {"$gte": {"days_since_attempt": 14}},
        ]
    },
    "remind": {"reminder_sent": False},
    "contact": {"$or": [{"$lt": {"attempts": 2}}, {"$lt": {"channels": 2}}]},
}
NOT_COVENANT: Final[dict[str, Rule]] = {
    "not refer": {
        "$or": [
            {"$lte": {"months": 1_000_000_000}},
            {"reminder_sent": False},
            {"$lt": {"attempts": 2}},
            {"$lt": {"channels": 2}},
            {"$lt": {"days_since_attempt": 14}},
        ]
    },
    "not remind": {"reminder_sent": True},
    "not contact": {"$and": [{"$gte": {"attempts": 2}}, {"$gte": {"channels": 2}}]},
}

BOTH: Final[dict[str, Rule]] = {
    "refer": {
        "$and": [
            {"$gt": {"months": 1_000_000_000}},
            {"reminder_sent": True},
            {"$gte": {"attempts": 2}},
            {"$gte": {"channels": 2}},
            {"$gte": {"days_since_attempt": 14}},
            {"$gte": {"sustained_cents": 1}},
            {"sharing_offered": True},
            {"$gte": {"days_since_offer": 14}},
            {"personal_effort": True},
            {"debt_help_named": True},
        ]
    },
    "remind": {"$or": [{"reminder_sent": False}, {"sharing_offered": False}]},
    "contact": {
        "$or": [
            {"personal_effort": False},
            {"debt_help_named": False},
            {"$lt": {"attempts": 2}},
            {"$lt": {"channels": 2}},
        ]
    },
}
NOT_BOTH: Final[dict[str, Rule]] = {
    "not refer": {
        "$or": [
            {"$lte": {"months": 1_000_000_000}},
            {"reminder_sent": False},
            {"$lt": {"attempts": 2}},
            {"$lt": {"channels": 2}},
            {"$lt": {"days_since_attempt": 14}},
            {"$lt": {"sustained_cents": 1}},
            {"sharing_offered": False},
            {"$lt": {"days_since_offer": 14}},
            {"personal_effort": False},
            {"debt_help_named": False},
        ]
    },
    "not remind": {"$and": [{"reminder_sent": True}, {"sharing_offered": True}]},
    "not contact": {
        "$and": [
            {"personal_effort": True},
            {"debt_help_named": True},
            {"$gte": {"attempts": 2}},
            {"$gte": {"channels": 2}},
        ]
    },
}

TRUE_SIDE: Final[dict[str, dict[str, Rule]]] = {
    "katwijk-2012": PRIORITY | HOLDS | ACTED | TOO_EARLY | COVENANT,
    "bgs-2021": PRIORITY | HOLDS | TOO_EARLY | BGS,
    "katwijk-2021": PRIORITY | HOLDS | ACTED | TOO_EARLY | BOTH,
}
FALSE_SIDE: Final[dict[str, dict[str, Rule]]] = {
    "katwijk-2012": NOT_PRIORITY | NO_HOLD_NOR_ACTED | NOT_TOO_EARLY | NOT_COVENANT,
    "bgs-2021": NOT_PRIORITY | NO_HOLD | NOT_TOO_EARLY | NOT_BGS,
    "katwijk-2021": NOT_PRIORITY | NO_HOLD_NOR_ACTED | NOT_TOO_EARLY | NOT_BOTH,
}

# A fact that fires nothing is an error to durable_rules, and without the false side one may.
ANYTHING: Final[dict[str, Rule]] = {"anything": {"$gte": {"arrears_cents": 0}}}


class Rules:
    """A ruleset of one policy, and what its actions have told of the fact that is in it."""

    def __init__(self, policy: Policy, rules: Mapping[str, Rule], ladder: Ladder) -> None:
        self._names = names_of(policy)
        self._ladder = ladder
        self._fired: list[str] = []
        self._failures: list[object] = []
        definition = {
            rule: {"all": [{"m": when}], "run": self._tell(rule)} for rule, when in rules.items()
        }
        # No host: it is for timers, and for actions that post to other rulesets.
        self._ruleset: Any = Ruleset(policy.name, None, definition)

    def form(self, facts: Facts) -> Given:
        """The fact that is asserted for a household."""
        return given_of(facts, self._names)

    def outcome(self, given: Given) -> Outcome:
        """The outcome for one household."""
        self._fired.clear()
        handle = self._ruleset.assert_fact(given.facts)
        try:
            self._ruleset.do_actions(handle, self._done)
        finally:
            self._ruleset.retract_fact(given.facts)
        if self._failures:
            raise RuntimeError(f"durable_rules: {self._failures}")
        return self._ladder(set(self._fired), given)

    def _tell(self, rule: str) -> Any:  # noqa: ANN401 - an action takes what durable_rules gives it
        return lambda _: self._fired.append(rule)

    def _done(self, error: object, _: object) -> None:
        if error is not None:
            self._failures.append(error)


def both_sides(policy: Policy) -> Rules:
    """A policy with both sides of each rung: three-valued."""
    return Rules(policy, TRUE_SIDE[policy.name] | FALSE_SIDE[policy.name], from_both_sides)


def true_side(policy: Policy) -> Rules:
    """A policy with the true side only: two-valued."""
    return Rules(policy, TRUE_SIDE[policy.name] | ANYTHING, from_true_side)
