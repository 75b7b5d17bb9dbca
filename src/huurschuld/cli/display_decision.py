"""What a person sees of one decision: the advice, why, why not, and who set the numbers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from attrs import frozen
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from huurschuld.cli.display_conditions import indented
from huurschuld.cli.terminal import printable
from huurschuld.decisions.condition_tree import MARKS
from huurschuld.decisions.days import day_text
from huurschuld.decisions.decision import Decision
from huurschuld.decisions.explaining import explain
from huurschuld.decisions.explanation import Reason
from huurschuld.decisions.words import (
    ADVISORY,
    OWN_FACTS,
    PRIORITY,
    WHY,
    WHY_NOT,
    Lang,
    euros,
    in_hundredths,
    quantity,
)
from huurschuld.rules.advice import Advice, Priority
from huurschuld.rules.conditions.logic import Truth
from huurschuld.rules.facts import FACTS
from huurschuld.rules.parameters import Unit
from huurschuld.rules.sources import Phrase

ADVICE_STYLES: Final = {
    Advice.REFER: "bold red",
    Advice.ASK: "magenta",
    Advice.CONTACT: "yellow",
    Advice.REMIND: "yellow",
    Advice.HOLD: "cyan",
    Advice.WAIT: "dim",
    Advice.NONE: "dim",
}
PRIORITY_STYLES: Final = {
    Priority.CRISIS: "bold white on red",
    Priority.FAMILY: "bold",
    Priority.UNKNOWN: "italic",
    Priority.REGULAR: "",
}
ARREARS, MONTHS = Phrase("achterstand", "arrears"), Phrase("maanden", "months")
DAYS = Phrase("dagen", "days")
NUMBERS = Phrase("De getallen en wie ze vaststelde", "The numbers and who set them")
_SINCE = Phrase("sinds", "since")
_PRIORITY = Phrase("Voorrang", "Priority")
_MARK_STYLES: Final = {True: "green", False: "red", None: "magenta"}


@frozen
class Section:
    """Further lines about a household, below a title."""

    title: str
    lines: tuple[Text, ...]


def show_explanation(
    console: Console, decision: Decision, lang: Lang, sections: Iterable[Section] = ()
) -> None:
    """Show the whole explanation of one decision, and further sections below its reasons."""
    explanation = explain(decision, lang)
    facts = decision.facts
    head = Text.assemble(
        (printable(decision.tenancy), "bold"),
        "  ",
        (explanation.headline, ADVICE_STYLES[decision.advice]),
        "  ",
        (PRIORITY[decision.priority].heading.to(lang), PRIORITY_STYLES[decision.priority]),
    )
    console.print(head)
    console.print(explanation.policy, style="dim", markup=False)
    if explanation.children_decide is not None:
        console.print(Text(explanation.children_decide, "bold yellow"))
    if facts.arrears_cents:
        months = quantity(in_hundredths(facts.months or 0), Unit.MONTHS, lang)
        start = facts.episode_start
        since = _SINCE.to(lang) + ("" if start is None else f" {day_text(start, lang)}")
        console.print(
            f"{ARREARS.to(lang)}: {euros(facts.arrears_cents, lang)}; {MONTHS.to(lang)}: {months}; "
            f"{DAYS.to(lang)}: {facts.days_overdue} ({since})"
        )
    if facts.past_grace_cents not in (None, facts.arrears_cents):
        label = FACTS["past_grace_cents"].label.to(lang)
        console.print(f"{label}: {euros(facts.past_grace_cents or 0, lang)}")
    if explanation.meanwhile is not None:
        console.print(Text(explanation.meanwhile))
    _show_reasons(console, WHY.to(lang), explanation.reasons)
    _show_reasons(console, WHY_NOT.to(lang), explanation.not_referred)
    _show_reasons(console, _PRIORITY.to(lang), (explanation.priority,))
    for section in sections:
        console.print(f"\n{section.title}", style="bold")
        for line in section.lines:
            console.print(Padding(line, (0, 0, 0, 2)))
    _show_lines(console, OWN_FACTS.to(lang), explanation.own_facts)
    _show_lines(console, NUMBERS.to(lang), explanation.parameters)
    console.print()
    console.print(ADVISORY.to(lang), style="italic")


def _show_lines(console: Console, title: str, lines: Iterable[str]) -> None:
    kept = list(lines)
    if kept:
        console.print(f"\n{title}", style="bold")
    for line in kept:
        console.print(Padding(Text(line, "dim"), (0, 0, 0, 4)))


def _show_reasons(console: Console, title: str, reasons: Iterable[Reason]) -> None:
    kept = list(reasons)
    if not kept:
        return
    console.print(f"\n{title}", style="bold")
    for reason in kept:
        if not reason.tree.parts:
            _show_marked(console, reason.truth, reason.text, 2)
            console.print(Padding(Text(reason.citation, "dim"), (0, 0, 0, 6), expand=False))
            continue
        _show_marked(console, reason.truth, reason.heading, 2)
        for depth, part in reason.tree.lines():
            _show_marked(console, part.truth, part.heading, indented(console, depth + 1))


def _show_marked(console: Console, truth: Truth, words: str, indent: int) -> None:
    """Show a condition behind the mark of its outcome; a long one goes on below its first word."""
    line = Table.grid(padding=(0, 1, 0, 0))
    line.add_row(Text(MARKS[truth], _MARK_STYLES[truth]), Text(words))
    console.print(Padding(line, (0, 0, 0, indent), expand=False))
