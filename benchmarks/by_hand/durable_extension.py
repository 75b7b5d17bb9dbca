"""The same rules of durable_rules by hand, but its extension module is driven without its Python layer.

That is not how its manual has it, but what our durable engine does as well. It is here to tell apart
what that engine gains by it, and what by the rules that it compiles.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Final

import durable_rules_engine

from benchmarks.by_hand.durable_rules import FALSE_SIDE, TRUE_SIDE
from benchmarks.by_hand.ladder import Given, from_both_sides, given_of, names_of
from huurschuld import Facts, Policy
from huurschuld.rules.advice import Outcome

_TAKEN: Final = 0


class Rules:
    """A ruleset of one policy."""

    def __init__(self, policy: Policy, rules: Mapping[str, Mapping[str, object]]) -> None:
        self._names = names_of(policy)
        definition = {rule: {"all": [{"m": when}]} for rule, when in rules.items()}
        self._handle = durable_rules_engine.create_ruleset(policy.name, json.dumps(definition))

    def form(self, facts: Facts) -> Given:
        """The fact that is asserted for a household."""
        return given_of(facts, self._names)

    def outcome(self, given: Given) -> Outcome:
        """The outcome for one household."""
        fact = json.dumps(given.facts)
        fired = set()
        code, state = durable_rules_engine.assert_fact(self._handle, fact)
        try:
            if code != _TAKEN:
                raise RuntimeError(f"durable_rules does not take the fact up: {code}")
            started = durable_rules_engine.start_action_for_state(self._handle, state)
            told = started and started[1]
            while told:
                fired.update(json.loads(told))
                told = durable_rules_engine.complete_and_start_action(self._handle, state)
        finally:
            durable_rules_engine.retract_fact(self._handle, fact)
        return from_both_sides(fired, given)


def both_sides(policy: Policy) -> Rules:
    """A policy with both sides of each rung: three-valued."""
    return Rules(policy, TRUE_SIDE[policy.name] | FALSE_SIDE[policy.name])
