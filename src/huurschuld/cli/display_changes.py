"""What a person sees of the changes between two results: who, from what to what, and why."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from huurschuld.cli import list_words
from huurschuld.cli.terminal import printable
from huurschuld.decisions.change_values import reasons_in_words
from huurschuld.decisions.words import ADVICE, PRIORITY, Lang, count
from huurschuld.portfolio.changes import ABSENT, Change
from huurschuld.portfolio.result_rows import SET_ASIDE, UNDECIDED
from huurschuld.rules.sources import Phrase

_CHANGED: Final = Phrase("advies of voorrang veranderd", "advice or priority changed")
_VALUES: Final[dict[str, dict[str, Phrase]]] = {
    "advice": {
        **{str(advice): it.word for advice, it in ADVICE.items()},
        SET_ASIDE: list_words.SET_ASIDE,
        UNDECIDED: Phrase("geen advies", "not decided"),
        ABSENT: Phrase("niet in de gegevens", "not in the portfolio"),
    },
    "priority": {str(priority): it.word for priority, it in PRIORITY.items()},
}


def show_changes(console: Console, found: Sequence[Change], lang: Lang) -> None:
    """Show whose advice or priority has changed, each with the reasons below it."""
    list_changes(console, found, lang)
    if found:
        console.print()
    console.print(f"{_CHANGED.to(lang)}: {count(len(found), lang)}")


def list_changes(console: Console, found: Iterable[Change], lang: Lang) -> None:
    """List changes: a line of who and what, and a line for each reason."""
    for change in found:
        line = Text(printable(change.tenancy), "bold")
        for name in ("advice", "priority"):
            line.append(f"  {transition(change, name, lang)}", "default")
        console.print(line)
        for words in reasons_in_words(change.reasons, lang):
            console.print(Padding(Text(printable(words)), (0, 0, 0, 4)))


def transition(change: Change, name: str, lang: Lang) -> str:
    """Write before and after where they differ; a dash means not on the worklist."""
    values = [None if row is None else row[name] for row in (change.before, change.after)]
    shown = ["–" if it is None else _VALUES[name][it].to(lang) for it in values]
    return shown[0] if shown[0] == shown[1] else " → ".join(shown)
