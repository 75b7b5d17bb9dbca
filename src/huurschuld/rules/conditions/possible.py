"""Whether a condition can be true at all, or false: for what can be seen without a household.

A fact is a number from 0, up to some highest one, or yes or no. That facts depend on each other (who
was sent a reminder was tried to be reached) is not looked at, so what is possible here may never happen;
what is called impossible never does.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Final

from huurschuld.model.tenancy import CHANNELS
from huurschuld.model.values import FIRST_DAY, LAST_DAY
from huurschuld.rules.conditions.branches import Literal, branches, extent
from huurschuld.rules.conditions.language import And, Compare, Condition, Flag, Not, Operator, Setting
from huurschuld.rules.facts import FactType
from huurschuld.rules.parameters import Unit

_MOST_BRANCHES: Final = 500
"""Beyond this many ways a condition is not looked at."""
_DAYS: Final = (LAST_DAY - FIRST_DAY).days
_RELATIONS: Final = {
    Operator.MORE: frozenset(">"),
    Operator.AT_LEAST: frozenset(">="),
    Operator.LESS: frozenset("<"),
    Operator.AT_MOST: frozenset("<="),
}
"""How a fact may stand to what it is compared with: more, as much, less."""
_ANY: Final = frozenset("<=>")
Values = Mapping[str, int]
"""The values of parameters; one that is not there may be anything, and is the same everywhere."""


def highest(fact: FactType) -> float:
    """Return the highest number that a quantity can be."""
    if fact.name == "channels" and not fact.is_own:
        return len(CHANNELS)
    return _DAYS if fact.unit is Unit.DAYS and not fact.is_own else math.inf


def never(condition: Condition, values: Values) -> bool:
    """Whether a condition is true of no household.

    One with very many ways to be true is not looked at: it is said not to be so.
    """
    if extent(condition, True)[0] > _MOST_BRANCHES:
        return False
    return not any(_is_possible(branch, values) for branch in branches(condition, True))


def always(condition: Condition, values: Values) -> bool:
    """Whether a condition is true of every household of which its facts are known."""
    return never(Not(condition), values)


def implies(condition: Condition, other: Condition, values: Values) -> bool:
    """Whether one condition is never true without another one."""
    return never(And((condition, Not(other))), values)


def excludes(condition: Condition, other: Condition, values: Values) -> bool:
    """Whether two conditions are never true together."""
    return never(And((condition, other)), values)


def _is_possible(branch: Iterable[Literal], values: Values) -> bool:
    """Whether some household fits all of these literals."""
    truths: dict[FactType, bool] = {}
    ranges: dict[FactType, tuple[float, float]] = {}
    relations: dict[tuple[FactType, str], frozenset[str]] = {}
    for leaf, wanted in branch:
        fact = leaf.type
        if isinstance(leaf, Flag):
            if truths.setdefault(fact, wanted) is not wanted:
                return False
            continue
        bound = leaf.operand
        if isinstance(bound, Setting) and bound.name not in values:
            allowed = _RELATIONS[leaf.operator]
            allowed = allowed if wanted else _ANY - allowed
            of_both = relations.get((fact, bound.name), _ANY) & allowed
            if not of_both:
                return False
            relations[fact, bound.name] = of_both
            continue
        number = values[bound.name] if isinstance(bound, Setting) else bound
        low, high = ranges.get(fact, (0, highest(fact)))
        lowest, most = _range(leaf, number, wanted=wanted)
        ranges[fact] = max(low, lowest), min(high, most)
        if ranges[fact][0] > ranges[fact][1]:
            return False
    return True


def _range(leaf: Compare, number: int, *, wanted: bool) -> tuple[float, float]:
    """Return the numbers that a fact may be for a comparison with a number to be true, or false."""
    match leaf.operator, wanted:
        case (Operator.MORE, True) | (Operator.AT_MOST, False):
            return number + 1, math.inf
        case (Operator.AT_LEAST, True) | (Operator.LESS, False):
            return number, math.inf
        case (Operator.LESS, True) | (Operator.AT_LEAST, False):
            return 0, number - 1
    return 0, number
