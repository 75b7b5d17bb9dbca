"""Compare two results: `changes`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from huurschuld.cli.display_changes import show_changes
from huurschuld.cli.options import Lang, LangOption, TableFormat, policy_of
from huurschuld.cli.session import ConfigOption, session
from huurschuld.cli.terminal import console, notify, write
from huurschuld.portfolio.comparing import compared
from huurschuld.portfolio.results import changes_csv, read_result


def changes(
    before: Annotated[Path, typer.Argument(metavar="BEFORE", help="An earlier result of `screen`.")],
    after: Annotated[Path, typer.Argument(metavar="AFTER", help="A later one.")],
    policy: Annotated[
        list[str] | None,
        typer.Option(
            "--policy",
            metavar="FILE.toml",
            help="A policy of your own that one of them was made with, so that the reasons can be told.",
        ),
    ] = None,
    output: Annotated[
        TableFormat, typer.Option("--format", help="table, json or csv.")
    ] = TableFormat.TABLE,
    config: ConfigOption = None,
    lang: LangOption = Lang.EN,
) -> None:
    """Show whose advice or priority has changed between two results, and why."""
    earlier, later = read_result(before), read_result(after)
    with session(config) as it:
        known = [*(policy_of(it.host, given) for given in policy or ()), *it.host.policies.values()]
    whole = compared(earlier, later, known)
    for caution in whole.cautions:
        notify(caution)
    found = whole.changes
    match output:
        case TableFormat.TABLE:
            show_changes(console(), found, lang.value)
        case TableFormat.JSON:
            documents = [change.document() for change in found]
            write(json.dumps(documents, ensure_ascii=False, indent=1) + "\n")
        case TableFormat.CSV:
            write(changes_csv(found))
