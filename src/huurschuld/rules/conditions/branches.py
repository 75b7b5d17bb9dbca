"""A condition written out as branches: the ways in which it is certainly true, or certainly false.

A branch is a set of known facts that must all hold. A condition is certain if one of its branches holds,
and unknown if no branch of either side does. That is Kleene's logic without a value for "unknown", for
engines that only see known facts.
"""

from __future__ import annotations

import math
from itertools import product
from typing import Final

from huurschuld.rules.conditions.language import And, Compare, Condition, Flag, Not, Or

Literal = tuple[Flag | Compare, bool]
"""A flag or a comparison, and whether it has to be true or false."""

Branch = frozenset[Literal]
"""Literals that must all hold."""

WIDEST: Final = 64
"""The maximum number of branches of a condition on either side."""
MOST: Final = 1_000
"""The maximum number of branches of all conditions of a policy on both sides."""
LONGEST: Final = 5_000
"""The maximum number of facts in all those branches."""
MOST_FACTS: Final = 200
"""The maximum number of different facts in them."""


def extent(condition: Condition, side: bool) -> tuple[int, int]:
    """Count the branches by which a condition is true, or false, and the facts in them, at most.

    Args:
        condition: the condition.
        side: true to count those by which it is true, false for those by which it is false.
    """
    match condition:
        case Not(part):
            return extent(part, not side)
        case And(parts) | Or(parts):
            extents = [extent(part, side) for part in parts]
            if isinstance(condition, And) is not side:
                return sum(count for count, _ in extents), sum(named for _, named in extents)
            count = math.prod(count for count, _ in extents)
            return count, sum(count // each * named for each, named in extents)
    return 1, 1


def width(condition: Condition, side: bool) -> int:
    """Count the branches by which a condition is true, or false, at most."""
    return extent(condition, side)[0]


def widest(condition: Condition) -> int:
    """Return the number of branches of the side that has more."""
    return max(width(condition, True), width(condition, False))


def branches(condition: Condition, side: bool) -> frozenset[Branch]:
    """List the branches by which a condition is true (`side` true) or false; check its `width` first."""
    match condition:
        case Not(part):
            return branches(part, not side)
        case And(parts) | Or(parts):
            sides = [branches(part, side) for part in parts]
            if isinstance(condition, And) is side:
                return frozenset(frozenset[Literal]().union(*each) for each in product(*sides))
            return frozenset[Branch]().union(*sides)
        case Flag() | Compare():
            return frozenset([frozenset([(condition, side)])])
    raise TypeError(f"{type(condition).__name__} is not a condition")
