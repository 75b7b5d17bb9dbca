"""Compare two results: `changes`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from huurschuld.cli import display_worklist
from huurschuld.cli.options import Lang, LangOption, TableFormat
from huurschuld.cli.terminal import console, notify, write
from huurschuld.portfolio.changes import cautions, changes as changes_of
from huurschuld.portfolio.results import changes_csv, read_result


def changes(
    before: Annotated[Path, typer.Argument(metavar="BEFORE", help="An earlier result of `screen`.")],
    after: Annotated[Path, typer.Argument(metavar="AFTER", help="A later one.")],
    output: Annotated[
        TableFormat, typer.Option("--format", help="table, json or csv.")
    ] = TableFormat.TABLE,
    lang: LangOption = Lang.EN,
) -> None:
    """Show whose advice or priority has changed between two results, and why."""
    earlier, later = read_result(before), read_result(after)
    for caution in cautions(earlier.origin, later.origin):
        notify(caution)
    found = changes_of(earlier.rows, later.rows)
    match output:
        case TableFormat.TABLE:
            display_worklist.show_changes(console(), found, lang.value)
        case TableFormat.JSON:
            documents = [change.document() for change in found]
            write(json.dumps(documents, ensure_ascii=False, indent=1) + "\n")
        case TableFormat.CSV:
            write(changes_csv(found))
