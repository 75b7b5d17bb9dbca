"""The reference engine: it defines what a policy means, and is compiled once for each policy and values.

The condition trees become closures over `Facts`, three-valued throughout; then the ladder is walked.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from operator import attrgetter, ge, gt, le, lt
from typing import Any, Final

from attrs import frozen

from huurschuld.rules.advice import Outcome
from huurschuld.rules.conditions.language import (
    And,
    Compare,
    Condition,
    Flag,
    Not,
    Operator,
    Or,
    Setting,
)
from huurschuld.rules.conditions.logic import Truth, every, negated, some
from huurschuld.rules.engines.ladder import Ladder, Test, ladder_of, outcome
from huurschuld.rules.facts import Facts, FactType
from huurschuld.rules.policy import Policy, PolicyOnDay

_OPERATORS: Final[dict[Operator, Callable[[int, int], bool]]] = {
    Operator.MORE: gt,
    Operator.AT_LEAST: ge,
    Operator.LESS: lt,
    Operator.AT_MOST: le,
}


def compiled(condition: Condition, values: dict[str, int]) -> Test[Facts]:
    """Compile a condition to a function of the facts, with these parameter values."""
    match condition:
        case Flag():
            return _value_of(condition.type)
        case Compare(_, operator, Setting(name)):
            return _comparison(condition.type, operator, values[name])
        case Compare(_, operator, int(number)):
            return _comparison(condition.type, operator, number)
        case Not(part):
            inner = compiled(part, values)
            return lambda facts: negated(inner(facts))
        case And(parts):
            return _all([compiled(part, values) for part in parts])
        case Or(parts):
            return _any([compiled(part, values) for part in parts])
    raise TypeError(f"{type(condition).__name__} is not a condition")


def _value_of(fact: FactType) -> Callable[[Facts], Any]:
    return fact.value if fact.is_own else attrgetter(fact.name)


def _comparison(fact: FactType, operator: Operator, bound: int) -> Test[Facts]:
    value_of, compare = _value_of(fact), _OPERATORS[operator]

    def test(facts: Facts) -> Truth:
        value = value_of(facts)
        return None if value is None else compare(value, bound)

    return test


def _all(tests: list[Test[Facts]]) -> Test[Facts]:
    return tests[0] if len(tests) == 1 else lambda facts: every(test(facts) for test in tests)


def _any(tests: list[Test[Facts]]) -> Test[Facts]:
    return tests[0] if len(tests) == 1 else lambda facts: some(test(facts) for test in tests)


@frozen(eq=False)
class Engine:
    """One policy with its parameter values, ready to run."""

    ladder: Ladder[Test[Facts]]

    def outcome(self, facts: Facts) -> Outcome:
        """Decide on these facts."""
        return outcome(self.ladder, facts, facts)


def engine_for(policy_on_day: PolicyOnDay) -> Engine:
    """Return the engine of a policy on a day; compiled once for each policy and values."""
    return _engine(policy_on_day.policy, policy_on_day.numbers)


@lru_cache(maxsize=256)
def _engine(policy: Policy, numbers: tuple[tuple[str, int], ...]) -> Engine:
    values = dict(numbers)

    def every_one(conditions: list[Condition]) -> Test[Facts]:
        return _all([compiled(condition, values) for condition in conditions])

    def some_one(conditions: list[Condition]) -> Test[Facts]:
        return _any([compiled(condition, values) for condition in conditions])

    def certain(condition: Condition) -> Test[Facts]:
        return compiled(condition, values)

    return Engine(ladder_of(policy, every_one, some_one, certain))
