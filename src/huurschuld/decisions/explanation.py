"""Why: the reasons of a decision in Dutch and English, read from the same trees that made it.

Each reason states the fact and its value, what it was compared with, and the source with the date of the
text that was read. What is unknown is stated as unknown.
"""

from __future__ import annotations

from collections.abc import Iterator

from attrs import frozen

from huurschuld.decisions.condition_tree import MARKS, ConditionPart
from huurschuld.decisions.words import (
    OWN_FACTS,
    WHY,
    WHY_NOT,
    Lang,
)
from huurschuld.model.values import RedactedRepr
from huurschuld.rules.conditions.logic import Truth
from huurschuld.rules.sources import Source


@frozen(repr=False)
class Reason(RedactedRepr):
    """One condition and its outcome.

    Attributes:
        text: the fact, its value and what it was compared with; of several facts, all in one line.
        truth: whether the condition is true; None is unknown.
        source: where the condition comes from.
        facts: the names of the facts that it is about.
        citation: the source in words: kind, title, date of the text, what it says; and of a number that
            an organisation or the user set, who set it.
        tree: the condition part by part, each with its outcome.
        hold: what the hold is called; None if it is another condition.
    """

    text: str
    truth: Truth
    source: Source
    facts: tuple[str, ...]
    citation: str
    tree: ConditionPart
    hold: str | None = None

    @property
    def heading(self) -> str:
        """What stands above the parts of a condition: what a hold is called, and its author's note."""
        return self.citation if self.hold is None else f"{self.hold}: {self.citation}"

    def lines(self) -> Iterator[str]:
        """Yield it line by line: a condition of several parts as a tree, with its heading above."""
        if not self.tree.parts:
            yield f"{MARKS[self.truth]} {self.text} [{self.citation}]"
            return
        yield f"{MARKS[self.truth]} {self.heading}"
        for depth, part in self.tree.lines(1):
            yield f"{'  ' * depth}{MARKS[part.truth]} {part.heading}"


@frozen(repr=False)
class Explanation(RedactedRepr):
    """The reasons of a decision, in one language.

    Attributes:
        headline: the advice in words.
        policy: the policy's name, title and version.
        reasons: the conditions that led to the advice.
        not_referred: if the advice is not to refer, what prevented a referral.
        priority: the condition behind the priority.
        parameters: each parameter's value and source.
        meanwhile: where a hold is true, what it stops and what still goes on; where a referral waits for
            contacts that no step asks for, that.
        own_facts: the facts that the policy declares, each with its value and source.
        children_decide: where the presence of children decides whether data is shared, that and why.
    """

    lang: Lang
    headline: str
    policy: str
    reasons: tuple[Reason, ...]
    not_referred: tuple[Reason, ...]
    priority: Reason
    parameters: tuple[str, ...]
    meanwhile: str | None = None
    own_facts: tuple[str, ...] = ()
    children_decide: str | None = None

    def __str__(self) -> str:
        lines = [self.headline, self.policy]
        lines += [it for it in (self.children_decide, self.meanwhile) if it is not None]
        for title, reasons in ((WHY, self.reasons), (WHY_NOT, self.not_referred)):
            lines += [f"{title.to(self.lang)}:"] * bool(reasons)
            lines += [f"  {line}" for it in reasons for line in it.lines()]
        if self.priority.tree.parts:
            lines += self.priority.lines()
        else:
            lines.append(f"{self.priority.text} [{self.priority.citation}]")
        lines += [f"{OWN_FACTS.to(self.lang)}:"] * bool(self.own_facts)
        lines += [f"  {it}" for it in self.own_facts]
        return "\n".join(lines)
