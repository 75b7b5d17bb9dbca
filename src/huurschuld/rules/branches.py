"""A condition written out as branches: the ways in which it is certainly true, or certainly false.

A branch is a set of plain tests that all have to be true of known facts. A condition is certain if one
of its branches is met, and unknown if neither side has one that is: that is Kleene's logic without
a word for "unknown", for engines that know only what is there.
"""

from __future__ import annotations

import math
from itertools import product
from typing import Final

from huurschuld.rules.language import And, Compare, Condition, Flag, Not, Operator, Or

Literal = Flag | Not | Compare
"""A plain test: a flag, the opposite of a flag, or a comparison."""

Branch = frozenset[Literal]
"""Plain tests that all have to be true."""

WIDEST: Final = 64
"""How many branches a condition may have on either side."""
MOST: Final = 1_000
"""How many branches all conditions of a policy may have on both sides."""

_OPPOSITE: Final = {
    Operator.MORE: Operator.AT_MOST,
    Operator.AT_LEAST: Operator.LESS,
    Operator.LESS: Operator.AT_LEAST,
    Operator.AT_MOST: Operator.MORE,
}


def width(condition: Condition, side: bool) -> int:
    """How many branches there are at most for a condition to be true (`side` true), or to be false."""
    match condition:
        case Not(part):
            return width(part, not side)
        case And(parts) | Or(parts):
            widths = [width(part, side) for part in parts]
            return math.prod(widths) if isinstance(condition, And) is side else sum(widths)
    return 1


def widest(condition: Condition) -> int:
    """The number of branches on the side that has more of them."""
    return max(width(condition, True), width(condition, False))


def branches(condition: Condition, side: bool) -> frozenset[Branch]:
    """The branches by which a condition is true (`side` true), or false; ask for its `width` first."""
    match condition:
        case Not(part):
            return branches(part, not side)
        case And(parts) | Or(parts):
            sides = [branches(part, side) for part in parts]
            if isinstance(condition, And) is side:
                return frozenset(frozenset[Literal]().union(*each) for each in product(*sides))
            return frozenset[Branch]().union(*sides)
        case Flag():
            return frozenset([frozenset([condition if side else Not(condition)])])
        case Compare(fact, operator, operand):
            literal = condition if side else Compare(fact, _OPPOSITE[operator], operand)
            return frozenset([frozenset([literal])])
    raise TypeError(f"{type(condition).__name__} is no condition")
