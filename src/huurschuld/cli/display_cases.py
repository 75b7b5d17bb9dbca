"""Show cases as tables: the work list, what is due in all of them, and what can be recorded."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from rich.console import Console
from rich.table import Table
from rich.text import Text

from huurschuld.cases import EVENTS, Deadline, DueState, EventRule, EventType, Role
from huurschuld.cases.phrases import DUE_NAMES, ROLE_NAMES, word_name
from huurschuld.cases.surprises import PHASE_NAMES
from huurschuld.cases.words import Key
from huurschuld.cli.case_rows import CaseRow, DueRow
from huurschuld.cli.case_values import euros_name
from huurschuld.cli.terminal import printable, table
from huurschuld.decisions.days import day_text
from huurschuld.decisions.words import Lang
from huurschuld.model.values import Choice, Day, Flag, Kind
from huurschuld.rules.sources import Phrase

DUE_STYLES: Final[Mapping[DueState, str]] = {
    DueState.OVERDUE: "bold red",
    DueState.DUE: "yellow",
    DueState.RUNNING: "cyan",
}
"""What still matters of a deadline stands out."""

_HEADINGS: Final = {
    it.en: it
    for it in (
        Phrase("zaak", "case"),
        Phrase("stand", "phase"),
        Phrase("wat", "what"),
        Phrase("uiterlijk", "last day"),
        Phrase("hoe", "state"),
        Phrase("aan zet", "turn"),
        Phrase("medewerker", "worker"),
        Phrase("soort", "type"),
        Phrase("gegevens", "data"),
        Phrase("door", "by"),
        Phrase("veld", "field"),
        Phrase("wat erin kan", "what it takes"),
    )
}
_FOLDS: Final = frozenset(("what", "data", "by", "what it takes", "worker"))
"""The columns whose cells are wrapped."""
_NOTHING_DUE: Final = Phrase("niets", "nothing")
_ALL_DUE: Final = Phrase("termijnen", "deadlines")
_CASES: Final = Phrase("zaken", "cases")
_WITHOUT: Final = Phrase("zonder medewerker", "without a worker")
_ANYBODY: Final = Phrase("iedereen", "anybody")
_EUROS: Final = Phrase("euro's, zoals 50 of 1234,50", "euros, such as 50 or 1234.50")
_MUST: Final = Phrase("* moet worden ingevuld", "* must be given")


def plain(text: str) -> Text:
    """Literal text: brackets in it are not markup."""
    return Text(printable(text))


def _table(lang: Lang, *headings: str) -> Table:
    made = table()
    for heading in headings:
        name = _HEADINGS[heading].to(lang)
        made.add_column(name, no_wrap=heading not in _FOLDS, overflow="fold", min_width=len(name))
    return made


def show_cases(console: Console, found: Iterable[CaseRow], lang: Lang) -> None:
    """Show cases, each on a line with what is due next, and how many there are."""
    shown = _table(lang, "case", "phase", "last day", "state", "what", "turn", "worker")
    rows = list(found)
    for it in rows:
        cells = (Text(), Text(), Text(_NOTHING_DUE.to(lang), "dim"), Text())
        shown.add_row(
            plain(it.shown),
            PHASE_NAMES[it.phase].to(lang),
            *(cells if it.next is None else _due_cells(it.next, lang)),
            _names(it.workers),
        )
    console.print(shown)
    without = sum(not it.workers for it in rows)
    aside = f"; {_WITHOUT.to(lang)}: {without}" if without else ""
    console.print(f"\n{_CASES.to(lang)}: {len(rows)}{aside}")


def show_due(console: Console, found: Iterable[DueRow], lang: Lang) -> None:
    """Show deadlines of all cases, each on a line, first what ends first."""
    shown = _table(lang, "case", "last day", "state", "what", "turn", "worker")
    for it in found:
        shown.add_row(plain(it.shown), *_due_cells(it.deadline, lang), _names(it.workers))
    console.print(shown)
    console.print(f"\n{_ALL_DUE.to(lang)}: {shown.row_count}")


def _names(workers: Mapping[Role, str]) -> Text:
    return plain(", ".join(sorted(set(workers.values()))))


def _due_cells(deadline: Deadline, lang: Lang) -> tuple[Text, Text, Text, Text]:
    state = deadline.state
    return (
        Text(day_text(deadline.end, lang)),
        Text(DUE_NAMES[state].to(lang), DUE_STYLES.get(state, "dim")),
        Text(deadline.label.to(lang)),
        Text(ROLE_NAMES[deadline.turn].to(lang)),
    )


def show_event_types(console: Console, lang: Lang) -> None:
    """Show what can be recorded, each type on a line."""
    shown = _table(lang, "type", "what", "by", "data")
    for type_, rule in EVENTS.items():
        data = ", ".join(
            (euros_name(name) or name) + "*" * it.required for name, it in rule.data.items()
        )
        by = _recorders(rule, lang)
        shown.add_row(str(type_), rule.label.to(lang), by, data)
    console.print(shown)
    console.print(f"\n{_MUST.to(lang)}")


def _recorders(rule: EventRule, lang: Lang) -> str:
    if rule.by == frozenset(Role) - {Role.RESIDENT}:
        return _ANYBODY.to(lang)
    return ", ".join(ROLE_NAMES[role].to(lang) for role in sorted(rule.by))


def _takes(kind: Kind) -> Phrase:
    match kind:
        case Day():
            return Phrase("een dag, JJJJ-MM-DD", "a day, YYYY-MM-DD")
        case Flag():
            return Phrase("true (ja) of false (nee)", "true or false")
        case Key():
            return Phrase("het nummer van een vastlegging", "the id of an entry")
    return Phrase("een tekst van één regel", "a text of one line")


def show_event_type(console: Console, type_: EventType, lang: Lang) -> None:
    """Show one type: who records it, and what each field of its data takes."""
    rule = EVENTS[type_]
    by = _recorders(rule, lang)
    console.print(Text.assemble((str(type_), "bold"), f"  {rule.label.to(lang)}"))
    console.print(f"{_HEADINGS['by'].to(lang)}: {by}")
    if not rule.data:
        return
    shown = _table(lang, "field", "what it takes")
    for name, it in rule.data.items():
        marked = name + "*" * it.required
        if (in_euros := euros_name(name)) is not None:
            shown.add_row(f"{in_euros}{'*' * it.required}", _EUROS.to(lang))
            marked = ""
        if isinstance(it.kind, Choice):
            for word in it.kind.words:
                shown.add_row(marked, f"{word}: {word_name(name, word, lang)}")
                marked = ""
        elif marked:
            shown.add_row(marked, _takes(it.kind).to(lang))
    console.print()
    console.print(shown)
    console.print(f"\n{_MUST.to(lang)}")
