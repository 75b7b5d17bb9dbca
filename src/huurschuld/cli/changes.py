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
from huurschuld.portfolio.changes import Rules, cautions, changes as changes_of
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
    for caution in cautions(earlier.origin, later.origin):
        notify(caution)
    for when, result in (("earlier", earlier), ("later", later)):
        if result.selection is not None:
            notify(
                f"the {when} result is part of a worklist ({result.selection}): whoever is not in it "
                "may be on the worklist all the same"
            )
    with session(config) as it:
        known = [*(policy_of(it.host, given) for given in policy or ()), *it.host.policies.values()]
    rules = Rules.among(known, (earlier.origin, earlier.receipt), (later.origin, later.receipt))
    found = changes_of(earlier.rows, later.rows, rules)
    match output:
        case TableFormat.TABLE:
            show_changes(console(), found, lang.value)
        case TableFormat.JSON:
            documents = [change.document() for change in found]
            write(json.dumps(documents, ensure_ascii=False, indent=1) + "\n")
        case TableFormat.CSV:
            write(changes_csv(found))
