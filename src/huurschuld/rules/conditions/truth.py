"""What a condition says of given facts, read off its tree: true, false or unknown.

This is what a condition means. `rules.engines.code` compiles the same for whoever decides on many
households; this is for who asks once, and is done before anything could be compiled.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from operator import ge, gt, le, lt
from typing import Any, Final

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
from huurschuld.rules.facts import Facts

_OPERATORS: Final[dict[Operator, Callable[[int, int], bool]]] = {
    Operator.MORE: gt,
    Operator.AT_LEAST: ge,
    Operator.LESS: lt,
    Operator.AT_MOST: le,
}


def truth_of(condition: Condition, values: Mapping[str, int], facts: Facts) -> Truth:
    """Return what a condition is for these facts, with these parameter values; None is unknown."""
    match condition:
        case Flag():
            flag: Any = condition.type.value(facts)
            return flag  # type: ignore[no-any-return] # a yes-or-no fact, as `Flag` checks
        case Compare(_, operator, operand):
            value = condition.type.value(facts)
            bound = values[operand.name] if isinstance(operand, Setting) else operand
            return None if value is None else _OPERATORS[operator](value, bound)
        case Not(part):
            return negated(truth_of(part, values, facts))
        case And(parts):
            return every(truth_of(part, values, facts) for part in parts)
        case Or(parts):
            return some(truth_of(part, values, facts) for part in parts)
    raise TypeError(f"{type(condition).__name__} is not a condition")
