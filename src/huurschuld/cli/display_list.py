"""What a person sees of a worklist: a line for each household, group by group, and the counts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from rich.console import Console
from rich.text import Text

from huurschuld.cli import list_words as words
from huurschuld.cli.display_decision import ADVICE_STYLES, PRIORITY_STYLES
from huurschuld.cli.layout import Column, laid_out, lines_of, shortened
from huurschuld.cli.terminal import printable
from huurschuld.decisions.decision import Decision
from huurschuld.decisions.main_reason import main_reason
from huurschuld.decisions.words import (
    ADVICE,
    ADVISORY,
    PRIORITY,
    Lang,
    count,
    euros,
    in_hundredths,
    quantity,
)
from huurschuld.portfolio.carrying import carried_text
from huurschuld.portfolio.result_rows import ResultRow
from huurschuld.portfolio.selecting import first_of_each, grouped
from huurschuld.portfolio.worklist import Worklist
from huurschuld.rules.advice import Advice
from huurschuld.rules.parameters import Unit
from huurschuld.rules.sources import Phrase

_WIDE: Final = 100
"""With fewer columns than this the headings are short."""
_LEAST_ID, _LONGEST_CARRIED = 12, 16

_MORE = Phrase("meer; --top toont er meer", "more; --top shows more")
_LEFT_OUT = Phrase(
    "hier is geen plaats voor: {}; --format csv heeft alles",
    "there is no room here for: {}; --format csv has everything",
)


def show_worklist(console: Console, found: Worklist, lang: Lang, top: int) -> None:
    """Show the top of a worklist, or of each group of it, as a table, and the counts."""
    decisions = {it.tenancy: it for it in found.decisions}
    shown = [row for row in first_of_each(found.rows, found.by, top) if row["tenancy"] in decisions]
    columns = _columns(shown, decisions, found, lang, console.width)
    because = [Text(main_reason(decisions[row["tenancy"]], lang)) for row in shown]
    layout = laid_out(columns, Column(words.BECAUSE.to(lang), because), console.width)
    if found.by is None:
        _print_lines(console, list(lines_of(layout)))
    else:
        _print_lines(console, [layout.heading])
        lines = dict(zip((row["tenancy"] for row in shown), layout.rows, strict=True))
        for name, rows in grouped(found.rows, found.by).items():
            console.print()
            console.print(Text(_group(found.by, name, rows, lang), "bold"))
            _print_lines(console, [it for row in rows for it in lines.get(row["tenancy"], ())])
    more = len(found.rows) - len(shown)
    if more:
        console.print(f"… {count(more, lang)} {_MORE.to(lang)}", style="dim")
    if layout.left_out:
        left_out = _LEFT_OUT.to(lang).format(", ".join(layout.left_out))
        console.print(Text(f"… {left_out}", "dim"))
    console.print()
    _show_counts(console, found, lang)
    _show_names(console, [it.tenancy or "" for it in found.undecided], words.LOOK_UNDECIDED, lang)
    console.print(ADVISORY.to(lang), style="italic")


def _print_lines(console: Console, lines: Sequence[Text]) -> None:
    for line in lines:
        console.print(line, no_wrap=True, overflow="ellipsis")


def _group(by: str, name: str, rows: Sequence[ResultRow], lang: Lang) -> str:
    """The heading of a group: its name, and how many have each advice."""
    named = printable(words.group_name(name, lang))
    return f"{by}: {named} ({count(len(rows), lang)}: {words.counted(rows, lang)})"


def _columns(
    rows: Sequence[ResultRow],
    decisions: dict[str, Decision],
    found: Worklist,
    lang: Lang,
    width: int,
) -> list[Column]:
    """All columns but the last, in their order; those that say least make way first."""
    made = [decisions[row["tenancy"]] for row in rows]
    most = max(_LEAST_ID, width // 4)
    wide = width >= _WIDE
    ids = [Text(shortened(printable(it.tenancy), most)) for it in made]
    return [
        Column(words.TENANCY.to(lang), ids),
        Column(
            words.ADVISED.to(lang),
            [Text(ADVICE[it.advice].word.to(lang), ADVICE_STYLES[it.advice]) for it in made],
        ),
        Column(
            words.PRIORITIES.to(lang),
            [Text(PRIORITY[it.priority].word.to(lang), PRIORITY_STYLES[it.priority]) for it in made],
            gives_way=3,
        ),
        Column(
            (words.ARREARS if wide else words.SHORT_ARREARS).to(lang),
            [Text(euros(it.facts.arrears_cents or 0, lang)) for it in made],
            right=True,
        ),
        Column(
            (words.MONTHS if wide else words.SHORT_MONTHS).to(lang),
            [Text(quantity(in_hundredths(it.facts.months or 0), Unit.MONTHS, lang)) for it in made],
            right=True,
            gives_way=2,
        ),
        Column(
            (words.DAYS if wide else words.SHORT_DAYS).to(lang),
            [Text(str(it.facts.days_overdue)) for it in made],
            right=True,
            gives_way=1,
        ),
        *(
            Column(
                shortened(name, _LONGEST_CARRIED),
                [Text(shortened(printable(carried_text(row[name])), _LONGEST_CARRIED)) for row in rows],
                gives_way=4,
            )
            for name in found.carried
            if name != found.by
        ),
    ]


def _show_counts(console: Console, found: Worklist, lang: Lang) -> None:
    counts = found.counts()
    in_arrears = sum(counts.values()) - counts[Advice.NONE]
    totals = [(words.SCREENED, found.screened), (words.IN_ARREARS, in_arrears)]
    if found.quarantine is not None:
        totals.append((words.SET_ASIDE, found.quarantine.tenancies))
    if found.selection:
        totals.append((words.IN_THIS_LIST, len(found.rows)))
    console.print("; ".join(f"{it.to(lang)}: {count(number, lang)}" for it, number in totals))
    of_each = Text("  ")
    for advice, number in counts.items():
        if advice is not Advice.NONE:
            of_each.append(f"{ADVICE[advice].word.to(lang)} {number}   ", ADVICE_STYLES[advice])
    console.print(of_each)
    if found.selection:
        asked = printable(words.selection_in_words(found.selection, lang))
        console.print(Text(f"{words.IN_THIS_LIST.to(lang)}: {asked}"))
    if found.quarantine is not None:
        _show_names(console, found.quarantine.names, words.LOOK_SET_ASIDE, lang)


def _show_names(console: Console, names: Sequence[str], said: Phrase, lang: Lang) -> None:
    if names:
        ids = ", ".join(map(printable, names))
        console.print(Text(f"{count(len(names), lang)} {said.to(lang)}: {ids}", "bold red"))
