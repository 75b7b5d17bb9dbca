"""What a person sees of two policies on one portfolio."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from huurschuld.cli.display_changes import list_changes
from huurschuld.cli.display_decision import ADVICE_STYLES, PRIORITY_STYLES
from huurschuld.cli.list_words import AS_OF, SCREENED
from huurschuld.cli.terminal import table
from huurschuld.decisions.days import day_text
from huurschuld.decisions.decisive import DecisiveCondition
from huurschuld.decisions.receipt import Receipt
from huurschuld.decisions.words import ADVICE, PRIORITY, Lang, Words, count, quantity
from huurschuld.portfolio.policy_comparison import Comparison
from huurschuld.rules.rungs import NEXT_STEPS
from huurschuld.rules.sources import USER, Phrase

_ADVICE: Final = Phrase("Advies", "Advice")
_PRIORITY: Final = Phrase(
    "Voorrang, van wie bij A of B op de lijst staat", "Priority, of those on the worklist of A or B"
)
_OTHERWISE: Final = Phrase("anders behandeld", "treated otherwise")
_MORE: Final = Phrase("meer; --top toont er meer", "more; --top shows more")
_NOBODY: Final = Phrase("niemand wordt anders behandeld", "nobody is treated otherwise")
_STOPS: Final = Phrase(
    "{name}: wat één voorwaarde alleen tegenhoudt", "{name}: what one condition alone stops"
)
_ASKS: Final = Phrase(
    "{name}: waar één voorwaarde alleen om vraagt", "{name}: what one condition alone asks for"
)
_WITHOUT: Final = Phrase("zonder die voorwaarde", "without that condition")
_HOUSEHOLDS: Final = Phrase("huishoudens", "households")
_CONDITION: Final = Phrase("voorwaarde", "condition")
_NOTHING: Final = Phrase("geen enkele voorwaarde alleen", "no condition alone")
_ASKING: Final = tuple(rung.name for rung in NEXT_STEPS)


def show_comparison(console: Console, found: Comparison, lang: Lang, top: int) -> None:
    """Show how many are treated otherwise, who and why, and what single conditions do."""
    for letter, receipt, other in (
        ("A", found.before, found.after),
        ("B", found.after, found.before),
    ):
        console.print(Text.assemble((f"{letter}  ", "bold"), _made_with(receipt, lang)))
        for line in _numbers(receipt, other, lang):
            console.print(Padding(Text(line, "dim"), (0, 0, 0, 3)))
    console.print(f"{SCREENED.to(lang)}: {count(found.screened, lang)}")
    _show_crossed(console, _ADVICE.to(lang), found.advice, ADVICE, ADVICE_STYLES, lang)
    if any(before is not after for before, after in found.priority):
        _show_crossed(console, _PRIORITY.to(lang), found.priority, PRIORITY, PRIORITY_STYLES, lang)
    console.print()
    if found.changes:
        console.print(Text(f"{_OTHERWISE.to(lang)}: {count(len(found.changes), lang)}", "bold"))
        list_changes(console, found.changes[:top], lang)
        if len(found.changes) > top:
            more = count(len(found.changes) - top, lang)
            console.print(f"… {more} {_MORE.to(lang)}", style="dim")
    else:
        console.print(Text(_NOBODY.to(lang), "bold"))
    names = [receipt.policy.name for receipt in (found.before, found.after)]
    for letter, name, conditions in zip("AB", names, found.decisive, strict=True):
        stopping = [it for it in conditions if it.rung not in _ASKING]
        asking = [it for it in conditions if it.rung in _ASKING]
        for title, several in ((_STOPS, stopping), (_ASKS, asking)):
            console.print(f"\n{title.to(lang).format(name=f'{letter}  {name}')}", style="bold")
            _show_decisive(console, several, lang)


def _made_with(receipt: Receipt, lang: Lang) -> str:
    policy = receipt.policy
    return f"{policy.name}: {policy.title.to(lang)}; {AS_OF.to(lang)} {day_text(receipt.as_of, lang)}"


def _numbers(receipt: Receipt, other: Receipt, lang: Lang) -> Iterator[str]:
    """Write the numbers that the user has set, and those that differ from those of the other policy."""
    others, units = other.values, receipt.policy.units()
    for name, dated in receipt.parameters:
        if dated.source == USER or others.get(name, dated.value) != dated.value:
            yield f"{name} = {quantity(dated.value, units[name], lang)}"


def _show_crossed(
    console: Console,
    title: str,
    found: Mapping[tuple[Any, Any], int],
    words: Mapping[Any, Words],
    styles: Mapping[Any, str],
    lang: Lang,
) -> None:
    """Show a table of before by after, without the rows and columns in which there is nobody."""
    console.print(f"\n{title}", style="bold")
    rows = [it for it in words if any(before is it for before, _ in found)]
    columns = [it for it in words if any(after is it for _, after in found)]
    shown = table("A ↓  B →")
    for it in columns:
        shown.add_column(Text(words[it].word.to(lang), styles[it]), justify="right")
    for before in rows:
        numbers = [found.get((before, after), 0) for after in columns]
        cells = [
            Text(count(number, lang) if number else "·", "" if before is after else "bold")
            for number, after in zip(numbers, columns, strict=True)
        ]
        shown.add_row(Text(words[before].word.to(lang), styles[before]), *cells)
    console.print(shown)


def _show_decisive(console: Console, several: Iterable[DecisiveCondition], lang: Lang) -> None:
    some = sorted((it for it in several if it.households), key=lambda it: -it.households)
    if not some:
        console.print(f"  {_NOTHING.to(lang)}", style="dim")
        return
    shown = table(expand=True)
    shown.add_column(_HOUSEHOLDS.to(lang), justify="right", no_wrap=True)
    shown.add_column(_CONDITION.to(lang), ratio=2, overflow="fold")
    shown.add_column(_WITHOUT.to(lang), ratio=1, overflow="fold")
    for it in some:
        without = ", ".join(
            f"{ADVICE[advice].word.to(lang)} {count(number, lang)}"
            for advice, number in it.without.items()
        )
        shown.add_row(count(it.households, lang), Text(it.words.to(lang)), without)
    console.print(shown)
