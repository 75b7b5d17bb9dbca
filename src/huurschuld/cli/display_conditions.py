"""What a person sees of a condition of a policy: in words, as it is written, and its source."""

from __future__ import annotations

from collections.abc import Mapping

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from huurschuld.decisions.condition_words import rule_tree
from huurschuld.decisions.words import Lang, cited
from huurschuld.rules.clauses import Clause, Hold
from huurschuld.rules.conditions.notation import text
from huurschuld.rules.parameters import Parameter


def indented(console: Console, depth: int) -> int:
    """Return how far a part of a condition stands to the right: at most half of the screen."""
    return min(4 + 2 * depth, console.width // 2)


def show_condition(
    console: Console, clause: Clause | Hold, parameters: Mapping[str, Parameter], lang: Lang
) -> None:
    """Show a condition: of one fact its words, of several the note of its author and a tree below it."""

    def show(words: str, indent: int, style: str = "") -> None:
        console.print(Padding(Text(words, style), (0, 0, 0, indent), expand=False))

    tree = rule_tree(clause.when, parameters, lang)
    name = f"{clause.name}: " if isinstance(clause, Hold) else ""
    if not tree.parts:
        show(f"{name}{tree.text}", 2)
        show(text(clause.when), 6, "dim")
        show(cited(clause.source, lang), 6, "dim")
        return
    show(f"{name}{cited(clause.source, lang)}", 2)
    for depth, part in tree.lines():
        show(f"- {part.heading}", indented(console, depth))
    show(text(clause.when), 6, "dim")
