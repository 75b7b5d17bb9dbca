"""What if: `compare`."""

from __future__ import annotations

import datetime as dt
import json
from typing import Annotated

import typer

from huurschuld.cli.display_compare import show_comparison
from huurschuld.cli.list_options import CarryOption
from huurschuld.cli.notices import notices_of, notify_warnings
from huurschuld.cli.options import (
    AssumeOption,
    DayOption,
    FolderArgument,
    Lang,
    LangOption,
    LedgerOption,
    TableFormat,
    assumptions_of,
    question_of,
)
from huurschuld.cli.session import ConfigOption, OutboxOption, session
from huurschuld.cli.terminal import bar, console, notify, write
from huurschuld.errors import InputError
from huurschuld.plugins.host import Host
from huurschuld.portfolio.policy_comparison import compare_ledger
from huurschuld.portfolio.results import changes_csv
from huurschuld.rules.policy import Policy


def compare(
    before: Annotated[str, typer.Argument(metavar="A", help="A policy: a name, or a TOML file.")],
    after: Annotated[str, typer.Argument(metavar="B", help="Another one, or the same with --set-b.")],
    as_of: DayOption,
    folder: FolderArgument = None,
    set_a: Annotated[
        list[str] | None,
        typer.Option("--set-a", metavar="NAME=VALUE", help="A parameter of A, as for `screen --set`."),
    ] = None,
    set_b: Annotated[
        list[str] | None,
        typer.Option("--set-b", metavar="NAME=VALUE", help="A parameter of B."),
    ] = None,
    output: Annotated[
        TableFormat,
        typer.Option("--format", help="table, json, or csv: who is treated otherwise."),
    ] = TableFormat.TABLE,
    top: Annotated[int, typer.Option("--top", min=1, help="How many households the table shows.")] = 20,
    carry: CarryOption = None,
    assume: AssumeOption = None,
    ledger: LedgerOption = None,
    outbox: OutboxOption = None,
    config: ConfigOption = None,
    lang: LangOption = Lang.EN,
) -> None:
    """Compare two policies on one portfolio: who is treated otherwise, why, and how many."""
    with session(config, outbox=outbox) as it:
        one, day, one_set = _question("A", it.host, before, as_of, set_a)
        other, _, other_set = _question("B", it.host, after, as_of, set_b)
        with bar() as shown:
            task = shown.add_task("opening", total=None)
            opened = it.ledger(ledger, folder, carry=carry or ())
            found = compare_ledger(
                opened,
                (one, one_set),
                (other, other_set),
                day,
                assume=assumptions_of(assume),
                step=lambda what: shown.update(task, description=what),
            )
        told = notices_of(opened)
    for notice in told:
        notify(notice)
    notify_warnings(found.warnings)
    if found.before == found.after:
        notify("A and B are the same policy with the same numbers")
    match output:
        case TableFormat.TABLE:
            show_comparison(console(), found, lang.value, top)
        case TableFormat.JSON:
            write(json.dumps(found.document(), ensure_ascii=False, indent=1) + "\n")
        case TableFormat.CSV:
            write(changes_csv(found.changes))


def _question(
    letter: str, host: Host, policy: str, as_of: str, set_: list[str] | None
) -> tuple[Policy, dt.date, dict[str, object]]:
    """Read one of the two policies; an error in it, or in its numbers, says which of the two it is."""
    try:
        return question_of(host, policy, as_of, set_)
    except InputError as error:
        # What is wrong with the day, or with a file, is at its own place.
        refused = error.under(letter) if str(error.place).startswith("/") else error
    raise refused
