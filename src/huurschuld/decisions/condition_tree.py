"""A condition part by part, in words: what is joined, what is asked, and how each part turned out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from attrs import frozen

from huurschuld.decisions.words import Lang
from huurschuld.model.values import RedactedRepr
from huurschuld.rules.conditions.language import And, Compare, Condition, Flag, Not, Or
from huurschuld.rules.conditions.logic import Truth, every, negated, some
from huurschuld.rules.sources import Phrase

MARKS: Final = {True: "+", False: "-", None: "?"}
"""How a condition turned out, in one character."""
_ALL, _ONE = Phrase("al deze", "all of these"), Phrase("een van deze", "one of these")
_AND, _OR = Phrase("en", "and"), Phrase("of", "or")

Leaf = Flag | Compare
LeafWords = Callable[[Leaf, bool], str]
"""Writes a flag or a comparison; the second value says whether it is negated."""


@frozen(repr=False)
class ConditionPart(RedactedRepr):
    """A condition, or a part of one, in words.

    Attributes:
        text: what is asked, with the value of the household; of several parts, how many are needed.
        truth: whether this part is true; None is unknown.
        parts: the parts that it is made of; empty for one fact.
        joint: the word that joins the parts in one line.
    """

    text: str
    truth: Truth
    parts: tuple[ConditionPart, ...] = ()
    joint: str = ""

    @property
    def heading(self) -> str:
        """The line of this part above those of its parts: its text, with a colon if it has parts."""
        return f"{self.text}:" if self.parts else self.text

    def in_one_line(self) -> str:
        """Return it with the parts behind each other, those of a part in brackets."""
        if not self.parts:
            return self.text
        return f"; {self.joint} ".join(
            f"({part.in_one_line()})" if part.parts else part.text for part in self.parts
        )

    def lines(self, depth: int = 0) -> Iterator[tuple[int, ConditionPart]]:
        """Yield this part and the parts in it from the top down, each with its depth."""
        yield depth, self
        for part in self.parts:
            yield from part.lines(depth + 1)


def condition_tree(
    condition: Condition,
    words: LeafWords,
    truth: Callable[[Condition], Truth],
    lang: Lang,
    *,
    is_negated: bool = False,
) -> ConditionPart:
    """Write a condition as a tree.

    What is denied is written as what is needed then: not one of two facts is the opposite of both. So a
    part that is true always helps the whole to be true, and what each part needs can be said.

    Args:
        condition: the condition.
        words: writes a flag or a comparison.
        truth: says how a condition turned out; None where nothing is known of a household.
        lang: the language.
        is_negated: whether the opposite of the condition is written.
    """
    match condition:
        case Not(part=part):
            return condition_tree(part, words, truth, lang, is_negated=not is_negated)
        case Flag() | Compare():
            outcome = truth(condition)
            return ConditionPart(
                words(condition, is_negated), negated(outcome) if is_negated else outcome
            )
        case And(parts=parts) | Or(parts=parts):
            read = tuple(condition_tree(it, words, truth, lang, is_negated=is_negated) for it in parts)
            outcomes = (part.truth for part in read)
            if isinstance(condition, And) is is_negated:
                return ConditionPart(_ONE.to(lang), some(outcomes), read, _OR.to(lang))
            return ConditionPart(_ALL.to(lang), every(outcomes), read, _AND.to(lang))
    raise TypeError(f"not a condition: {type(condition).__name__}")
