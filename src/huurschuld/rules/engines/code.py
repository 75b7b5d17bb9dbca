"""Conditions as functions of the facts, compiled by Python itself.

A condition becomes two expressions: when it is certainly true, and when it is certainly false; where
neither holds it is unknown. That is Kleene's logic: `not` swaps the two, and what makes `and` false is
what makes `or` true. Within one of the two nothing is unknown any more, so Python's own `and` and `or`
are right there.

No text of a policy becomes source. What is compiled is a tree of Python's nodes for `and`, `or`,
comparisons, numbers, and attributes whose names are in `FACTS`; the name of a fact of one's own is a
constant. The function gets no builtins and no globals, so the facts are all that it can reach.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Mapping
from typing import Final

from huurschuld.model.functions import function_of
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
from huurschuld.rules.conditions.logic import Truth
from huurschuld.rules.facts import FACTS, Facts, FactType

_SIGNS: Final[dict[tuple[Operator, bool], type[ast.cmpop]]] = {
    (Operator.MORE, True): ast.Gt,
    (Operator.MORE, False): ast.LtE,
    (Operator.AT_LEAST, True): ast.GtE,
    (Operator.AT_LEAST, False): ast.Lt,
    (Operator.LESS, True): ast.Lt,
    (Operator.LESS, False): ast.GtE,
    (Operator.AT_MOST, True): ast.LtE,
    (Operator.AT_MOST, False): ast.Gt,
}
_FACTS: Final = "facts"
_VALUE: Final = "value"

Values = Mapping[str, int]
"""The numbers by parameter, months in billionths."""


def compiled(condition: Condition, values: Values) -> Callable[[Facts], Truth]:
    """Compile a condition to a function of the facts, with these parameter values."""
    return _function(*(_side(condition, values, side) for side in (True, False)))


def every_one(conditions: Iterable[Condition], values: Values) -> Callable[[Facts], Truth]:
    """Compile the test that all of these conditions are true; true if there are none."""
    its = tuple(conditions)
    return _function(_joined(its, values, True, True), _joined(its, values, False, False))


def some_one(conditions: Iterable[Condition], values: Values) -> Callable[[Facts], Truth]:
    """Compile the test that one of these conditions is true; false if there are none."""
    its = tuple(conditions)
    return _function(_joined(its, values, True, False), _joined(its, values, False, True))


def _function(true: ast.expr, false: ast.expr) -> Callable[[Facts], Truth]:
    """Compile `lambda facts: True if true else False if false else None`."""
    otherwise = ast.IfExp(false, ast.Constant(False), ast.Constant(None))
    answer = ast.IfExp(true, ast.Constant(True), otherwise)
    return function_of(_FACTS, answer)


def _side(condition: Condition, values: Values, side: bool) -> ast.expr:
    """Write when a condition is certainly true, or when it is certainly false."""
    match condition:
        case Flag():
            return ast.Compare(_read(condition.type), [ast.Is()], [ast.Constant(side)])
        case Compare(_, operator, operand):
            number = values[operand.name] if isinstance(operand, Setting) else operand
            value = ast.NamedExpr(ast.Name(_VALUE, ast.Store()), _read(condition.type))
            known = ast.Compare(value, [ast.IsNot()], [ast.Constant(None)])
            again = ast.Name(_VALUE, ast.Load())
            is_so = ast.Compare(again, [_SIGNS[operator, side]()], [ast.Constant(number)])
            return ast.BoolOp(ast.And(), [known, is_so])
        case Not(part):
            return _side(part, values, not side)
        case And(parts):
            return _joined(parts, values, side, side)
        case Or(parts):
            return _joined(parts, values, side, not side)
    raise TypeError(f"{type(condition).__name__} is not a condition")


def _joined(conditions: tuple[Condition, ...], values: Values, side: bool, all_of: bool) -> ast.expr:
    """Write that all of some conditions are certainly true (or false), or that one of them is."""
    parts = [_side(condition, values, side) for condition in conditions]
    if len(parts) > 1:
        return ast.BoolOp(ast.And() if all_of else ast.Or(), parts)
    return parts[0] if parts else ast.Constant(all_of)


def _read(fact: FactType) -> ast.expr:
    """Write how a fact is read: `facts.NAME`, or `facts.own_value("NAME")`."""
    facts = ast.Name(_FACTS, ast.Load())
    if fact.is_own:
        reader = ast.Attribute(facts, Facts.own_value.__name__, ast.Load())
        return ast.Call(reader, [ast.Constant(fact.name)], [])
    return ast.Attribute(facts, FACTS[fact.name].name, ast.Load())
