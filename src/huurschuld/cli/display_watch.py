"""What a person sees of a step of watching: who is new, whose advice changed, who left, and why."""

from __future__ import annotations

from typing import Final

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from huurschuld.cli.display_changes import transition
from huurschuld.cli.terminal import printable
from huurschuld.decisions.change_values import reasons_in_words
from huurschuld.decisions.days import day_text
from huurschuld.decisions.words import Lang, count
from huurschuld.portfolio.monitoring.steps import ChangeKind, WatchedChange, WatchStep
from huurschuld.rules.sources import Phrase

_KINDS: Final = {
    ChangeKind.NEW: Phrase("nieuw op de lijst", "new on the worklist"),
    ChangeKind.CHANGED: Phrase("advies of voorrang veranderd", "advice or priority changed"),
    ChangeKind.LEFT: Phrase("niet meer op de lijst", "no longer on the worklist"),
}
_SINCE: Final = Phrase("dat was zo sinds", "as it was since")
_MORE: Final = Phrase("meer; --top toont er meer", "more; --top shows more")
_STEP: Final = Phrase("stap", "step")
_SEEN: Final = Phrase("huurcontracten", "tenancies")
_CHANGES: Final = Phrase("veranderingen", "changes")


def show_step(console: Console, step: WatchStep, lang: Lang, top: int) -> None:
    """Show the changes of a step by what happened, and how many there are."""
    left = top
    for kind, words in _KINDS.items():
        its = [it for it in step.changes if it.kind is kind]
        if not its:
            continue
        console.print(Text(f"{words.to(lang)}: {count(len(its), lang)}"))
        for it in its[:left]:
            _show_change(console, it, lang)
        hidden = len(its) - left
        if hidden > 0:
            console.print(Padding(Text(f"… {count(hidden, lang)} {_MORE.to(lang)}"), (0, 0, 0, 2)))
        left = max(0, left - len(its))
        console.print()
    numbers = f" ({step.changes[0].number}–{step.changes[-1].number})" if step.changes else ""
    console.print(
        f"{_STEP.to(lang)} {count(step.number, lang)}, {day_text(step.day, lang)}; "
        f"{_SEEN.to(lang)}: {count(step.worklist.screened, lang)}; "
        f"{_CHANGES.to(lang)}: {count(len(step.changes), lang)}{numbers}"
    )


def _show_change(console: Console, it: WatchedChange, lang: Lang) -> None:
    line = Text(f"  {printable(it.change.tenancy)}", "bold")
    for name in ("advice", "priority"):
        line.append(f"  {transition(it.change, name, lang)}", "default")
    console.print(line)
    for words in reasons_in_words(it.change.reasons, lang):
        console.print(Padding(Text(printable(words)), (0, 0, 0, 4)))
    if it.since is not None:
        since = f"{_SINCE.to(lang)} {day_text(it.since, lang)}"
        console.print(Padding(Text(since, "dim"), (0, 0, 0, 4)))
