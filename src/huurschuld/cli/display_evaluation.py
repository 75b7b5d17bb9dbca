"""Show the evaluation of a year as a table, with what each number counts."""

from __future__ import annotations

from rich.console import Console
from rich.text import Text

from huurschuld.analysis.evaluation import By, Comparison, Evaluation, Figure
from huurschuld.analysis.evaluation.words import (
    ALL,
    BY,
    DAYS,
    NOT_COMPARED,
    SHARE,
    days_text,
    group_name,
    heading,
    number_text,
    withheld_note,
)
from huurschuld.cli.terminal import table


def show_evaluation(console: Console, evaluation: Evaluation, by: By, lang: str) -> None:
    """Show the figures of all referrals, and of the groups that they are told apart in."""
    groups = [group for group in evaluation.groups if group.by is by and by is not By.ALL]
    figures = {(it.group, it.measure.name): it for it in evaluation.figures}
    console.print(Text(f"{heading(evaluation).to(lang)}, {BY[by].to(lang)}\n"))
    shown = table("")
    for heading_ in (ALL, SHARE, DAYS, *map(group_name, groups)):
        shown.add_column(Text(heading_.to(lang)), justify="right")
    for figure in evaluation.of(evaluation.groups[0]):
        measure = figure.measure
        whole = figures.get((figure.group, measure.part_of or ""))
        cells = [
            measure.label.to(lang),
            number_text(figure).to(lang),
            _share(figure, whole),
            "" if figure.days is None else days_text(figure.days).to(lang),
            *(number_text(figures[group, measure.name]).to(lang) for group in groups),
        ]
        shown.add_row(*map(Text, cells))
    console.print(shown)
    console.print(Text(f"\n{withheld_note(evaluation).to(lang)}\n"))
    _show_definitions(console, evaluation, lang)


def show_comparison(console: Console, label: str, found: Comparison | None, lang: str) -> None:
    """Show what two years show together; nothing if one of the numbers is withheld."""
    console.print(Text(f"{label}: {(NOT_COMPARED if found is None else found.text).to(lang)}"))


def _share(figure: Figure, whole: Figure | None) -> str:
    """The share of what it is part of, if both numbers are published."""
    if whole is None or not whole.number or figure.number is None:
        return ""
    return f"{100 * figure.number / whole.number:.0f}%"


def _show_definitions(console: Console, evaluation: Evaluation, lang: str) -> None:
    shown = table()
    shown.show_header = False
    shown.add_column(no_wrap=True)
    shown.add_column()
    labels = {it.measure.name: it.measure.label for it in evaluation.of(evaluation.groups[0])}
    for figure in evaluation.of(evaluation.groups[0]):
        measure = figure.measure
        said = measure.definition.to(lang)
        if measure.part_of is not None:
            of = labels[measure.part_of].to(lang)
            said = f"{said} (% van: {of})" if lang == "nl" else f"{said} (% of: {of})"
        shown.add_row(Text(measure.label.to(lang)), Text(said))
    console.print(shown)
    console.print(Text(f"\n{_BASIS[lang]}"))


_BASIS = {
    "nl": (
        "Geteld zijn de signalen die in het jaar zijn ontvangen, en wat daarvan kwam tot de peildatum. "
        "Dagen: vanaf het signaal, de mediaan en de kwartielen."
    ),
    "en": (
        "Referrals are the signals received in the year, with what came of them up to the day above. "
        "Days: since the signal, the median and the quartiles."
    ),
}
