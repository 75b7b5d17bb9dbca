"""The grammar of conditions, over their pieces: what is joined, negated and compared with what.

The grammar is that of Python's `and`, `or`, `not`, comparisons and parentheses. What the pieces mean is
not looked at here, but for an error.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from attrs import field, frozen

from huurschuld.errors import InvalidValue
from huurschuld.rules.conditions.pieces import Pieces
from huurschuld.rules.conditions.tokens import COMPARISONS, Sort, Token

_DEEPEST_BRACKETS: Final = 100


@frozen
class Node:
    """A part of a condition, from one position up to another."""

    start: int = field(kw_only=True)
    end: int = field(kw_only=True)


@frozen
class Word(Node):
    """A name, a number or a text."""

    token: Token


@frozen
class Comparison(Node):
    """Two or more operands with a sign between each two."""

    operands: tuple[Node, ...]
    signs: tuple[Token, ...]


@frozen
class Negation(Node):
    """The opposite of a part."""

    part: Node


@frozen
class Joined(Node):
    """Parts between which `and` stands, or `or`."""

    joint: str
    parts: tuple[Node, ...]


class Grammar:
    """Reads the pieces of one condition from left to right."""

    def __init__(self, pieces: Pieces) -> None:
        self._pieces = pieces
        self._tokens = pieces.tokens
        self._at = 0
        self._open: list[Token] = []

    def whole(self) -> Node:
        """Read the whole condition.

        Raises:
            InvalidValue: with the piece where it does not follow the grammar.
        """
        if len(self._tokens) == 1:
            raise self._pieces.wrong(
                self._token,
                self._token,
                "a condition is missing here",
                "write one, such as: months > referral_months and not disputed",
            )
        node = self._joined()
        if self._token.sort is not Sort.END:
            raise self._unexpected()
        return node

    @property
    def _token(self) -> Token:
        return self._tokens[self._at]

    def _next(self) -> Token:
        token = self._token
        self._at += 1
        return token

    def _joined(self) -> Node:
        """Read parts with `and` between them, and `or` between those."""
        alternatives: list[Node] = []
        parts = [self._part()]
        while self._token.is_word("and", "or"):
            joint = self._next().text
            if joint == "or":
                alternatives.append(_all_of("and", parts))
                parts = []
            parts.append(self._part())
        return _all_of("or", [*alternatives, _all_of("and", parts)])

    def _part(self) -> Node:
        """Read a comparison or a name, perhaps with `not` before it."""
        negations = []
        while self._token.is_word("not"):
            negations.append(self._next())
        node = self._compared()
        for negation in reversed(negations):
            node = Negation(node, start=negation.start, end=node.end)
        return node

    def _compared(self) -> Node:
        operands, signs = [self._operand()], []
        while self._token.is_mark(*COMPARISONS):
            signs.append(self._next())
            operands.append(self._operand())
        if not signs:
            return operands[0]
        return Comparison(tuple(operands), tuple(signs), start=operands[0].start, end=operands[-1].end)

    def _operand(self) -> Node:
        token = self._token
        if token.is_mark("("):
            return self._in_brackets()
        if token.sort not in (Sort.NAME, Sort.NUMBER, Sort.TEXT) or token.is_word("and", "or", "not"):
            raise self._missing()
        self._at += 1
        return Word(token, start=token.start, end=token.end)

    def _in_brackets(self) -> Node:
        opening = self._next()
        if self._token.is_mark(")"):
            raise self._pieces.wrong(
                opening,
                self._token,
                "nothing stands between these brackets",
                "write a condition between them, or remove them",
            )
        self._open.append(opening)
        if len(self._open) > _DEEPEST_BRACKETS:
            raise self._pieces.wrong(
                opening,
                opening,
                f"more than {_DEEPEST_BRACKETS} brackets are open here",
                "remove those that are not needed",
            )
        node = self._joined()
        if self._token.sort is Sort.END:
            raise self._not_closed()
        if not self._token.is_mark(")"):
            raise self._unexpected()
        self._at += 1
        self._open.pop()
        return node

    def _not_closed(self) -> InvalidValue:
        opening = self._open[-1]
        problem, remedy = "this bracket is not closed", "write ) where it ends, or remove it"
        return self._pieces.wrong(opening, opening, problem, remedy)

    def _missing(self) -> InvalidValue:
        """Say what is missing before the present piece."""
        token, before = self._token, self._tokens[self._at - 1] if self._at else None
        if before is not None and before.is_mark(*COMPARISONS):
            if token.is_mark(*COMPARISONS):
                problem = f"{before} and {token} stand behind each other"
                return self._pieces.wrong(before, token, problem, f"write one of them, such as {before}")
            return self._pieces.wrong(
                before,
                before,
                f"nothing to compare with stands behind {before}",
                f"write a number or a parameter behind {before}",
            )
        if before is None or before.is_mark("("):
            if token.sort is Sort.END:
                return self._not_closed()
            problem = f"a fact is missing before {token}"
            remedy = "write one before it, or remove it"
            if token.is_mark(*COMPARISONS):
                remedy = f"write one before it, such as attempts {token}"
            return self._pieces.wrong(token, token, problem, remedy)
        return self._pieces.wrong(
            before, before, f"a fact is missing behind {before}", "write one behind it, or remove it"
        )

    def _unexpected(self) -> InvalidValue:
        """Say what is wrong where a part has ended and something else begins."""
        token, before = self._token, self._tokens[self._at - 1]
        if token.is_mark(")"):
            return self._pieces.wrong(token, token, "this bracket is not opened", "remove it")
        fact = self._pieces.words.facts.get(before.text)
        if fact is not None and fact.unit is not None and not self._begins_a_part(token):
            return self._pieces.wrong(
                before,
                token,
                f"a comparison is missing between {before} and {token}",
                f"write {before} >= {token}, or another of > >= < <=",
            )
        return self._pieces.wrong(
            before,
            token,
            f"nothing joins {before} and {token}",
            f"write {before} and {token}, or {before} or {token}",
        )

    def _begins_a_part(self, token: Token) -> bool:
        is_fact = token.text in self._pieces.words.facts
        return is_fact or token.is_mark("(") or token.is_word("not")


def _all_of(joint: str, parts: Sequence[Node]) -> Node:
    if len(parts) == 1:
        return parts[0]
    return Joined(joint, tuple(parts), start=parts[0].start, end=parts[-1].end)
