"""From what the grammar found to a condition: what the names mean, and what is compared with what."""

from __future__ import annotations

from typing import Final

from huurschuld.errors import InvalidValue
from huurschuld.model.values import MAXIMUM_CENTS
from huurschuld.rules.conditions import amounts
from huurschuld.rules.conditions.grammar import Comparison, Joined, Negation, Node, Word
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
from huurschuld.rules.conditions.names import meant
from huurschuld.rules.conditions.pieces import Words
from huurschuld.rules.conditions.tokens import Sort, Token, wrong
from huurschuld.rules.facts import FactType
from huurschuld.rules.parameters import Unit

_LONGEST_NUMBER: Final = 20
DEEPEST: Final = 50
"""How deeply conditions may be nested."""
_SHORTER: Final = "write it as several conditions, each one simpler"
_COMPARE_WITH_ONE: Final = "compare with one number or parameter, such as attempts >= 2"
_TURNED: Final = {">": "<", ">=": "<=", "<": ">", "<=": ">="}
"""Each sign, with its sides exchanged."""


class Reader:
    """Turns what the grammar found into a condition, and refuses what means nothing."""

    def __init__(self, source: str, words: Words) -> None:
        self._source = source
        self._words = words
        self._compared_last = "attempts >="

    def condition(self, node: Node, depth: int) -> Condition:
        """Turn a part of what the grammar found, so deep in the whole, into a condition."""
        if depth > DEEPEST:
            raise self._wrong(node, f"more than {DEEPEST} conditions nested in each other", _SHORTER)
        match node:
            case Joined(joint=joint, parts=parts):
                read = tuple(self.condition(part, depth + 1) for part in parts)
                return And(read) if joint == "and" else Or(read)
            case Negation(part=part):
                return Not(self.condition(part, depth + 1))
            case Comparison():
                return self._compared(node)
            case Word(token=Token(sort=Sort.NAME, text=name)):
                return self._flag(node, name)
        raise self._wrong(
            node,
            f"{self._text(node)} stands alone, and is neither true nor false",
            f"compare a fact with it each time, such as {self._compared_last} {self._text(node)}",
        )

    def _text(self, node: Node) -> str:
        return self._source[node.start : node.end]

    def _wrong(self, node: Node, problem: str, remedy: str) -> InvalidValue:
        return wrong(self._source, node.start, node.end, problem, remedy)

    def _flag(self, node: Node, name: str) -> Condition:
        fact = self._words.facts.get(name)
        if fact is None and name in self._words.settings:
            raise self._wrong(
                node,
                f"{name} is a parameter, so it is not true or false",
                f"compare a fact with it, such as {self._fact_for(name)} >= {name}",
            )
        if fact is None:
            raise self._unknown(node, name)
        if fact.unit is not None:
            one = amounts.one(fact.unit)
            raise self._wrong(node, f"{name} is a quantity: compare it", f"such as {name} >= {one}")
        return Flag(name, fact)

    def _compared(self, node: Comparison) -> Condition:
        if len(node.signs) > 1:
            raise self._chained(node)
        (left, right), (sign,) = node.operands, node.signs
        match left:
            case Word(token=Token(sort=Sort.NAME, text=name)) if self._may_be_a_fact(name):
                fact = self._words.facts.get(name)
            case _:
                raise self._turned(node, left, sign.text, right)
        if fact is None:
            raise self._unknown(left, name)
        if fact.unit is None:
            raise self._wrong(
                node, f"{name} is yes or no and cannot be compared", f"write {name}, or not {name}"
            )
        self._compared_last = f"{name} {sign}"
        return Compare(name, Operator(sign.text), self._operand(right, fact), fact)

    def _may_be_a_fact(self, name: str) -> bool:
        return name in self._words.facts or name not in self._words.settings

    def _fact_for(self, setting: str) -> str:
        """Name a fact that is compared with a parameter of this unit."""
        unit = self._words.settings[setting]
        named = (name for name, fact in self._words.facts.items() if fact.unit is unit is not None)
        return next(named, "attempts")

    def _operand(self, node: Node, fact: FactType) -> Setting | int:
        """Read what a quantity is compared with."""
        if not isinstance(node, Word):
            raise self._wrong(
                node, f"{self._text(node)} is a condition, not a number", _COMPARE_WITH_ONE
            )
        token = node.token
        if token.sort is Sort.NAME:
            return self._setting(node, token.text, fact)
        value: object = token.text[1:-1]
        if token.sort is Sort.NUMBER:
            value = int(token.text) if len(token.text) <= _LONGEST_NUMBER else None
        try:
            return operand(fact, value)
        except TypeError:
            new = amounts.rewritten_piece(token.text, fact.unit)
            remedy = f"write {new}" if new is not None else amounts.expected(fact)
            if fact.unit is Unit.MONTHS:
                problem = f'{fact.name} is compared with a parameter or a text such as "1.5"'
            else:
                most = f"{MAXIMUM_CENTS:,}"
                problem = f"{fact.name} is compared with a parameter or a whole number up to {most}"
            raise self._wrong(node, problem, remedy) from None

    def _setting(self, node: Node, name: str, fact: FactType) -> Setting:
        """Read the name of a parameter that a quantity is compared with."""
        instead = amounts.expected(fact)
        if name in self._words.facts and name not in self._words.settings:
            problem = f"{name} is a fact, and {fact.name} is compared with a number or a parameter"
            raise self._wrong(node, problem, instead)
        if name not in self._words.settings:
            raise self._unknown_setting(node, name)
        unit = self._words.settings[name]
        if unit is not None and unit is not fact.unit:
            raise self._wrong(node, f"{name} is in {unit}, where {fact.unit} are compared", instead)
        return Setting(name)

    def _turned(self, node: Comparison, left: Node, sign: str, right: Node) -> InvalidValue:
        """Say how a comparison is written whose left side is not a fact."""
        if isinstance(right, Word) and right.token.text in self._words.facts and isinstance(left, Word):
            turned = f"{right.token.text} {_TURNED[sign]} {self._operand_text(left, right)}"
            return self._wrong(node, "the fact stands on the left of a comparison", f"write {turned}")
        return self._wrong(
            left,
            f"{self._text(left)} is not a fact, and only a fact is compared",
            "put a fact on the left, such as attempts >= 2",
        )

    def _operand_text(self, node: Word, fact: Word) -> str:
        """Write a number as a fact is compared with, or the name of a parameter."""
        unit = self._words.facts[fact.token.text].unit
        written = node.token.text.strip("\"'")
        if node.token.sort is Sort.NAME:
            return written
        return amounts.rewritten_piece(written, unit) or written

    def _chained(self, node: Comparison) -> InvalidValue:
        """Say how a comparison of three is written as two."""
        problem = "a fact is compared with one number at a time"
        if len(node.operands) == 3 and all(isinstance(it, Word) for it in node.operands):
            low, fact, high = [it for it in node.operands if isinstance(it, Word)]
            outside = {low.token.text, high.token.text}
            if fact.token.text in self._words.facts and outside.isdisjoint(self._words.facts):
                first, second = node.signs
                name = fact.token.text
                at_low = f"{name} {_TURNED[first.text]} {self._operand_text(low, fact)}"
                at_high = f"{name} {second} {self._operand_text(high, fact)}"
                return self._wrong(node, problem, f"write {at_low} and {at_high}")
        return self._wrong(node, problem, "write attempts >= 2 and attempts < 5, each by itself")

    def _unknown(self, node: Node, name: str) -> InvalidValue:
        """Refuse a name where a fact is expected."""
        problem = f"{name} is neither a fact nor a parameter here"
        hint = f"the facts are: {', '.join(self._words.facts)}"
        return self._misnamed(node, problem, meant(name, self._words.all, self._words.own), hint)

    def _unknown_setting(self, node: Node, name: str) -> InvalidValue:
        """Refuse a name where a number or a parameter is expected."""
        settings = self._words.settings
        problem = f"{name} is neither a number nor a parameter here"
        hint = f"write a number, or a parameter: {', '.join(settings)}" if settings else "write a number"
        return self._misnamed(node, problem, meant(name, settings, self._words.own), hint)

    def _misnamed(self, node: Node, problem: str, near: str | None, hint: str) -> InvalidValue:
        return self._wrong(node, problem, hint if near is None else f"did you mean {near}?")
