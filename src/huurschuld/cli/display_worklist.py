"""What a person sees of a worklist, and of the changes between two results."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from rich.console import Console, RenderableType
from rich.text import Text

from huurschuld.cli.display_decision import (
    ADVICE_STYLES,
    ADVISORY,
    ARREARS,
    DAYS,
    MONTHS,
    PRIORITY_STYLES,
)
from huurschuld.cli.terminal import printable, table
from huurschuld.decisions.decision import Decision
from huurschuld.decisions.explaining import explain, unknown_in_words
from huurschuld.decisions.words import (
    ADVICE,
    PRIORITY,
    Lang,
    count,
    euros,
    in_hundredths,
    quantity,
)
from huurschuld.portfolio.worklist import Worklist
from huurschuld.rules.advice import Advice
from huurschuld.rules.facts import FACTS
from huurschuld.rules.parameters import Unit
from huurschuld.rules.sources import Phrase

_ONE_LINE_WIDTH: Final = 100
"""With at least this many columns the reason fits on one line; with fewer it wraps."""

_TENANCY, _ADVICE = Phrase("contract", "tenancy"), Phrase("advies", "advice")
_PRIORITY, _BECAUSE = Phrase("voorrang", "priority"), Phrase("omdat", "because")
_NUMBERS: Final = (ARREARS, MONTHS, DAYS)
_HEADINGS: Final = (_TENANCY, _ADVICE, _PRIORITY, *_NUMBERS, _BECAUSE)

_SCREENED = Phrase("huurcontracten bekeken", "tenancies screened")
_IN_ARREARS = Phrase("met huurachterstand", "in arrears")
_MORE = Phrase("meer; --top toont er meer", "more; --top shows more")
_ATTEMPTS, _WAYS = Phrase("pogingen", "attempts"), Phrase("manieren", "ways")
_SET_ASIDE = Phrase("apart gezet", "set aside")
_LOOK_SET_ASIDE = Phrase(
    "apart gezet, omdat er een fout in de gegevens staat: bekijk deze zelf",
    "set aside, because one of their rows is wrong: look at these by hand",
)
_LOOK_UNDECIDED = Phrase(
    "zonder advies, omdat de berekeningen niet gelijk zijn: bekijk deze zelf",
    "not decided, because the engines differ: look at these by hand",
)


def show_worklist(console: Console, found: Worklist, lang: Lang, top: int) -> None:
    """Show the top of a worklist as a table, and the counts."""
    shown = table(expand=True)
    wide = console.width >= _ONE_LINE_WIDTH
    for heading in _HEADINGS:
        last = heading is _BECAUSE
        shown.add_column(
            heading.to(lang),
            justify="right" if heading in _NUMBERS else "left",
            no_wrap=wide or not last,
            ratio=1 if last else None,
            overflow="ellipsis" if wide else "fold",
        )
    for decision in found.decisions[:top]:
        shown.add_row(*_worklist_row(decision, lang))
    console.print(shown)
    more = len(found.rows) - min(top, len(found.decisions))
    if more:
        console.print(f"… {count(more, lang)} {_MORE.to(lang)}", style="dim")
    console.print()
    _show_counts(console, found, lang)
    _show_names(console, [it.tenancy or "" for it in found.undecided], _LOOK_UNDECIDED, lang)
    console.print(ADVISORY.to(lang), style="italic")


def _worklist_row(decision: Decision, lang: Lang) -> tuple[RenderableType, ...]:
    facts = decision.facts
    return (
        Text(printable(decision.tenancy)),
        Text(ADVICE[decision.advice].word.to(lang), ADVICE_STYLES[decision.advice]),
        Text(PRIORITY[decision.priority].word.to(lang), PRIORITY_STYLES[decision.priority]),
        euros(facts.arrears_cents or 0, lang),
        quantity(in_hundredths(facts.months or 0), Unit.MONTHS, lang),
        str(facts.days_overdue),
        Text(_because(decision, lang)),
    )


def _because(decision: Decision, lang: Lang) -> str:
    """Return the main reason for the advice in a few words."""
    facts = decision.facts
    if decision.advice is Advice.ASK:
        return ", ".join(unknown_in_words(decision, lang))
    explanation = explain(decision, lang)
    if decision.advice is Advice.NONE:  # on the list for a crisis alone
        return explanation.priority.text
    reasons = explanation.reasons or explanation.not_referred
    used = {name for reason in reasons for name in reason.facts}
    if decision.advice is Advice.REFER and {"attempts", "channels"} <= used:
        return f"{_ATTEMPTS.to(lang)}: {facts.attempts}, {_WAYS.to(lang)}: {facts.channels}"
    in_the_row = {"arrears_cents", "months", "days_overdue", "sustained_cents"}
    chosen = [reason for reason in reasons if not in_the_row.issuperset(reason.facts)] or reasons
    if decision.advice is Advice.REFER:  # every condition holds, so numbers say more than yes
        facts_by_name = {**FACTS, **decision.receipt.policy.own_facts()}
        chosen = sorted(chosen, key=lambda reason: facts_by_name[reason.facts[0]].unit is None)
    return "; ".join(dict.fromkeys(reason.text for reason in chosen))


def _show_counts(console: Console, found: Worklist, lang: Lang) -> None:
    counts = found.counts()
    in_arrears = sum(counts.values()) - counts[Advice.NONE]
    totals = [(_SCREENED, found.screened), (_IN_ARREARS, in_arrears)]
    if found.quarantine is not None:
        totals.append((_SET_ASIDE, found.quarantine.tenancies))
    console.print("; ".join(f"{words.to(lang)}: {count(number, lang)}" for words, number in totals))
    of_each = Text("  ")
    for advice, number in counts.items():
        if advice is not Advice.NONE:
            of_each.append(f"{ADVICE[advice].word.to(lang)} {number}   ", ADVICE_STYLES[advice])
    console.print(of_each)
    if found.quarantine is not None:
        _show_names(console, found.quarantine.names, _LOOK_SET_ASIDE, lang)


def _show_names(console: Console, names: Sequence[str], words: Phrase, lang: Lang) -> None:
    if names:
        ids = ", ".join(map(printable, names))
        console.print(Text(f"{count(len(names), lang)} {words.to(lang)}: {ids}", "bold red"))
