"""Conditions as text, for people and for files: `months > referral_months and not disputed`.

The grammar is that of Python's `and`, `or`, `not`, comparisons and parentheses, over the names of facts
and parameters, whole numbers and, for months, quoted decimals. Python's own parser reads it, and none
of it is ever run. `parse(text(condition))` equals the condition.
"""

from __future__ import annotations

import ast
import difflib
from collections.abc import Collection, Mapping
from typing import Final

from huurschuld.errors import InvalidValue
from huurschuld.rules.conditions.language import (
    And,
    Compare,
    Condition,
    Flag,
    Not,
    Operator,
    Or,
    Setting,
    operand,
)
from huurschuld.rules.facts import FACTS, FactType
from huurschuld.rules.parameters import Unit, months_text

_LONGEST: Final = 10_000
DEEPEST: Final = 50
"""How deeply conditions may be nested."""
_OPERATORS: Final[dict[type[ast.cmpop], Operator]] = {
    ast.Gt: Operator.MORE,
    ast.GtE: Operator.AT_LEAST,
    ast.Lt: Operator.LESS,
    ast.LtE: Operator.AT_MOST,
}


def text(condition: Condition) -> str:
    """Write a condition as text."""
    match condition:
        case Flag(fact):
            return fact
        case Compare(fact, operator, against, of):
            return f"{fact} {operator} {_operand_text(of, against)}"
        case Not(part):
            return f"not {_inner(part, And, Or)}"
        case And(parts):
            return " and ".join(_inner(part, And, Or) for part in parts)
        case Or(parts):
            return " or ".join(_inner(part, And, Or) for part in parts)
    raise TypeError(f"{type(condition).__name__} is not a condition")


def _inner(part: Condition, *bracketed: type[Condition]) -> str:
    return f"({text(part)})" if isinstance(part, bracketed) else text(part)


def _operand_text(fact: FactType, against: Setting | int) -> str:
    if isinstance(against, Setting):
        return against.name
    return f'"{months_text(against)}"' if fact.unit is Unit.MONTHS else str(against)


def parse(
    source: str, settings: Collection[str], at: str, facts: Mapping[str, FactType] = FACTS
) -> Condition:
    """Read a condition from its text.

    Args:
        source: the text, on one line or several.
        settings: the names of the policy's parameters.
        at: the place of the text, for an error.
        facts: the facts by name: the built-in ones, and those that the policy declares.

    Raises:
        InvalidValue: it does not follow the grammar, or uses a name that is not a fact or a parameter.
    """
    if type(source) is not str or len(source) > _LONGEST:
        raise InvalidValue(at, f"a condition is a text of at most {_LONGEST:,} characters")
    try:
        # It may have several lines, but Python would silently drop what it takes for a comment.
        tree = None if "#" in source else ast.parse(" ".join(source.split()), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        tree = None
    if tree is None:
        raise InvalidValue(
            at,
            "this is not a condition",
            "write it such as: months > referral_months and not disputed",
        )
    return _Reader(settings, at, facts).condition(tree, 0)


class _Reader:
    """Turns Python's syntax tree into a condition, and refuses everything else."""

    def __init__(self, settings: Collection[str], at: str, facts: Mapping[str, FactType]) -> None:
        self._settings = settings
        self._at = at
        self._facts = facts

    def condition(self, node: ast.expr, depth: int) -> Condition:
        if depth > DEEPEST:
            raise InvalidValue(self._at, f"more than {DEEPEST} conditions nested in each other")
        match node:
            case ast.BoolOp(op=ast.And(), values=values):
                return And(tuple(self.condition(value, depth + 1) for value in values))
            case ast.BoolOp(op=ast.Or(), values=values):
                return Or(tuple(self.condition(value, depth + 1) for value in values))
            case ast.UnaryOp(op=ast.Not(), operand=part):
                return Not(self.condition(part, depth + 1))
            case ast.Compare(left=ast.Name(id=fact), ops=[operator], comparators=[against]):
                return self._compared(fact, operator, against)
            case ast.Name(id=fact):
                return self._flag(fact)
        raise InvalidValue(
            self._at,
            "only and, or, not, parentheses and comparisons of a fact with one number are allowed",
            "put the fact on the left, and compare it once",
        )

    def _fact(self, name: str) -> FactType:
        if name not in self._facts:
            raise self._unknown(name)
        return self._facts[name]

    def _flag(self, name: str) -> Condition:
        fact = self._fact(name)
        if fact.unit is not None:
            raise InvalidValue(self._at, f"{name} is a quantity: compare it", f"such as {name} >= 1")
        return Flag(name, fact)

    def _compared(self, name: str, operator: ast.cmpop, against: ast.expr) -> Condition:
        fact = self._fact(name)
        if fact.unit is None:
            raise InvalidValue(self._at, f"{name} is yes or no and cannot be compared", "name it alone")
        if type(operator) not in _OPERATORS:
            raise InvalidValue(self._at, "a quantity is compared with > >= < or <=")
        given: object = None
        match against:
            case ast.Name(id=setting):
                if setting not in self._settings:
                    raise self._unknown(setting)
                given = Setting(setting)
            case ast.Constant(value=value):
                given = value
        try:
            value_or_setting = operand(fact, given)
        except TypeError as error:
            raise InvalidValue(self._at, str(error)) from None
        return Compare(name, _OPERATORS[type(operator)], value_or_setting, fact)

    def _unknown(self, name: str) -> InvalidValue:
        near = difflib.get_close_matches(name, [*self._facts, *self._settings], 1)
        hint = f"did you mean {near[0]}?" if near else f"the facts are: {', '.join(self._facts)}"
        return InvalidValue(self._at, f"{name} is neither a fact nor a parameter here", hint)
