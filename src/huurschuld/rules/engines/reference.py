"""The reference engine: it defines what a policy means, and is compiled once for each policy and values.

The condition trees become functions of `Facts`, three-valued throughout; then the ladder is walked.
"""

from __future__ import annotations

from functools import lru_cache

from attrs import frozen

from huurschuld.rules.advice import Outcome
from huurschuld.rules.conditions.language import Condition
from huurschuld.rules.engines.code import compiled, every_one, some_one
from huurschuld.rules.engines.ladder import Ladder, Test, ladder_of, outcome
from huurschuld.rules.facts import Facts
from huurschuld.rules.policy import Policy, PolicyOnDay


@frozen(eq=False)
class Engine:
    """One policy with its parameter values, ready to run."""

    ladder: Ladder[Test[Facts]]

    def outcome(self, facts: Facts) -> Outcome:
        """Decide on these facts."""
        return outcome(self.ladder, facts, facts)


def engine_for(policy_on_day: PolicyOnDay) -> Engine:
    """Return the engine of a policy on a day; compiled once for each policy and values."""
    return _engine_on(policy_on_day)


@lru_cache(maxsize=256)
def _engine_on(policy_on_day: PolicyOnDay) -> Engine:
    """Look it up by the day, whose hash is kept; those with the same values share one engine."""
    return _engine(policy_on_day.policy, policy_on_day.numbers)


@lru_cache(maxsize=256)
def _engine(policy: Policy, numbers: tuple[tuple[str, int], ...]) -> Engine:
    values = dict(numbers)

    def all_of(conditions: list[Condition]) -> Test[Facts]:
        return every_one(conditions, values)

    def one_of(conditions: list[Condition]) -> Test[Facts]:
        return some_one(conditions, values)

    def certain(condition: Condition) -> Test[Facts]:
        return compiled(condition, values)

    return Engine(ladder_of(policy, all_of, one_of, certain))
