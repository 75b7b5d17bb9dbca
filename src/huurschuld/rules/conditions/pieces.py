"""One condition in pieces, with the words that it may use: what its slips are looked for in."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import frozen

from huurschuld.errors import InvalidValue
from huurschuld.rules.conditions.tokens import Sort, Token, wrong
from huurschuld.rules.facts import FactType
from huurschuld.rules.parameters import Unit


@frozen
class Words:
    """The words that a condition may use: the facts by name, and the names of the parameters."""

    facts: Mapping[str, FactType]
    settings: Mapping[str, Unit | None]
    """The parameters by name, each with its unit if that is known."""

    def has(self, name: str) -> bool:
        """Whether it is a fact or a parameter."""
        return name in self.facts or name in self.settings

    @property
    def own(self) -> tuple[FactType, ...]:
        """The facts that the policy declares."""
        return tuple(fact for fact in self.facts.values() if fact.is_own)

    @property
    def all(self) -> tuple[str, ...]:
        """All names."""
        return (*self.facts, *self.settings)


@frozen
class Pieces:
    """The text of a condition, its pieces with the end behind them, and the words that it may use."""

    source: str
    tokens: tuple[Token, ...]
    words: Words

    def between(self, first: Token, last: Token) -> str:
        """The text from one piece up to and with another."""
        return self.source[first.start : last.end]

    def wrong(self, first: Token, last: Token, problem: str, remedy: str) -> InvalidValue:
        """The error from one piece up to and with another."""
        return wrong(self.source, first.start, last.end, problem, remedy)

    def at(self, index: int) -> Token:
        """The piece at a position; the end where there is none."""
        return self.tokens[index] if 0 <= index < len(self.tokens) else self.tokens[-1]

    def names_at(self, index: int, length: int) -> tuple[Token, ...] | None:
        """So many pieces from a position on, if all of them are names."""
        found = self.tokens[index : index + length]
        return found if len(found) == length and all(it.sort is Sort.NAME for it in found) else None

    def closing(self, index: int, opening: str, closing: str) -> int | None:
        """The position of the bracket that closes the one at a position, if there is one."""
        depth = 0
        for at, token in enumerate(self.tokens[index:], index):
            depth += token.is_mark(*opening) - token.is_mark(*closing)
            if not depth:
                return at
        return None

    def compared_with(self, index: int) -> FactType | None:
        """The quantity that the piece at a position is compared with, if that stands before it."""
        if self.at(index - 1).sort is not Sort.OPERATOR:
            return None
        fact = self.words.facts.get(self.at(index - 2).text)
        return fact if fact is not None and fact.unit is not None else None
