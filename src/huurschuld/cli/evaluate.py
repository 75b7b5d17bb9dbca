"""The figures of a year: `evaluate`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from huurschuld import cases
from huurschuld.analysis.evaluation import (
    Basis,
    By,
    Comparison,
    Evaluation,
    chart,
    compare_counts,
    ddas_tables,
    evaluate as evaluation_of,
    evaluation_csv,
    evaluation_json,
)
from huurschuld.cli.case_store import CaseConfigOption, CaseStoreOption, opened
from huurschuld.cli.display_evaluation import show_comparison, show_evaluation
from huurschuld.cli.options import Lang, LangOption, TableFormat, day_of
from huurschuld.cli.terminal import console, write
from huurschuld.errors import InvalidValue
from huurschuld.model.files import check_outputs, whole_folder, write_files, write_text

if TYPE_CHECKING:  # it needs the extra `cases`, and `--help` does not
    from huurschuld.cases import CaseStore


def evaluate(
    year: Annotated[int, typer.Option("--year", metavar="YYYY", help="The year to evaluate.")],
    smallest: Annotated[
        int | None,
        typer.Option(
            "--smallest",
            metavar="NUMBER",
            help=(
                "The smallest number, but 0, that may be shown; smaller ones are withheld, and what "
                "would tell them. 1 shows all: only for those who may see the cases."
            ),
        ),
    ] = None,
    as_of: Annotated[
        str | None,
        typer.Option(
            "--as-of",
            metavar="YYYY-MM-DD",
            help="What happened after this day is left out; by default the last day of the year.",
        ),
    ] = None,
    by: Annotated[
        By, typer.Option("--by", help="What the table and the chart tell referrals apart by.")
    ] = By.HOUSEHOLD,
    compare_with: Annotated[
        int | None,
        typer.Option(
            "--compare-with", metavar="YYYY", help="An earlier year, to compare evictions with."
        ),
    ] = None,
    output: Annotated[
        TableFormat, typer.Option("--format", help="table, or with all groups: json or csv.")
    ] = TableFormat.TABLE,
    file: Annotated[
        Path | None, typer.Option("--output", help="Write the JSON or CSV to this file instead.")
    ] = None,
    picture: Annotated[
        Path | None, typer.Option("--chart", metavar="FILE.svg", help="Draw a chart into this file too.")
    ] = None,
    ddas: Annotated[
        Path | None,
        typer.Option(
            "--ddas",
            metavar="FOLDER",
            help="Write the tables that the exporter `ddas` reads into this new folder too.",
        ),
    ] = None,
    store: CaseStoreOption = None,
    configuration: CaseConfigOption = None,
    lang: LangOption = Lang.EN,
) -> None:
    """Evaluate a year of cases: whom the partners reached, what came of it, and what was prevented."""
    if smallest is None:
        raise InvalidValue(
            "--smallest",
            "say from which number on figures may be shown",
            "no law gives it, so your organisation settles it, such as 10; 1 shows all",
        )
    if file is not None and output is TableFormat.TABLE:
        raise InvalidValue("--output", "a file is written as JSON or CSV", "give --format csv or json")
    if compare_with is not None and (output is not TableFormat.TABLE or compare_with >= year):
        raise InvalidValue("--compare-with", "an earlier year is expected, and --format table")
    day = None if as_of is None else day_of(as_of)
    with opened(store, configuration) as desk:
        named = {"--output": file, "--chart": picture}
        check_outputs({name: it for name, it in named.items() if it is not None}, desk.files)
        found = evaluation_of(cases.clear_events(desk.store), year, smallest=smallest, as_of=day)
        before = None
        if compare_with is not None:
            before = evaluation_of(
                cases.clear_events(desk.store), compare_with, smallest=smallest, as_of=found.as_of
            )
        if ddas is not None:
            _write_ddas(desk.store, found, ddas)
    if picture is not None:
        write_text(picture, chart(found, by=by, lang=lang.value))
    if output is TableFormat.TABLE:
        show_evaluation(console(), found, by, lang.value)
        for label, it in _comparisons(before, found, lang.value):
            show_comparison(console(), label, it, lang.value)
        return
    text = evaluation_json(found) if output is TableFormat.JSON else evaluation_csv(found)
    if file is None:
        write(text)
    else:
        write_files({file: text.encode()})


def _write_ddas(store: CaseStore, evaluation: Evaluation, folder: Path) -> None:
    tables = ddas_tables(cases.clear_events(store), evaluation.year, as_of=evaluation.as_of)
    with whole_folder(folder) as made:
        write_text(made / "follow_ups.csv", tables.follow_ups)
        write_text(made / "attempts.csv", tables.attempts)


def _comparisons(
    before: Evaluation | None, after: Evaluation, lang: str
) -> Iterator[tuple[str, Comparison | None]]:
    """Compare what happened in two years, as far as it is shown."""
    if before is None:
        return
    for first, second in zip(before.of(before.groups[0]), after.of(after.groups[0]), strict=True):
        if first.measure.basis is not Basis.YEAR:
            continue
        is_withheld = first.number is None or second.number is None
        yield (
            f"{first.measure.label.to(lang)}, {before.year} → {after.year}",
            None if is_withheld else compare_counts(first.number or 0, second.number or 0),
        )
