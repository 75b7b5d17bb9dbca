"""The work of a case worker: `case list`, `case due`.

Neither opens a case: they show keys, phases, days and the names of workers, and read nothing sealed.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from huurschuld.cases import DEADLINES, Role
from huurschuld.cases.overview import Glance, overview
from huurschuld.cli.case_rows import CaseRow, case_rows, due_rows, is_worker
from huurschuld.cli.case_store import CaseConfigOption, CaseStoreOption, RoleOption, opened, today
from huurschuld.cli.display_cases import show_cases, show_due
from huurschuld.cli.options import Lang, LangOption, TableFormat, day_of
from huurschuld.cli.terminal import console, notify, write
from huurschuld.portfolio.csv_writing import csv_text

TurnOption = Annotated[
    Role | None, typer.Option("--turn", help="Only where this role is to act, or something of it runs.")
]
WorkerOption = Annotated[
    str | None, typer.Option("--worker", metavar="NAME", help="Only the cases of this worker.")
]
TodayOption = Annotated[
    str | None,
    typer.Option("--as-of", metavar="YYYY-MM-DD", help="The day on which you look; today by default."),
]
TableFormatOption = Annotated[TableFormat, typer.Option("--format", help="table, json or csv.")]


def list_(
    by: RoleOption,
    turn: TurnOption = None,
    worker: WorkerOption = None,
    unassigned: Annotated[
        bool, typer.Option("--unassigned", help="Only the cases without a worker.")
    ] = False,
    overdue: Annotated[bool, typer.Option("--overdue", help="Only where something is overdue.")] = False,
    everything: Annotated[bool, typer.Option("--all", help="Those that are over, too.")] = False,
    as_of: TodayOption = None,
    output: TableFormatOption = TableFormat.TABLE,
    store: CaseStoreOption = None,
    configuration: CaseConfigOption = None,
    lang: LangOption = Lang.EN,
) -> None:
    """List the cases: how far each is, what is due next, and whose turn it is; without names."""
    rows, is_whole = _rows(
        store,
        configuration,
        by,
        as_of,
        turn=turn,
        worker=worker,
        unassigned=unassigned,
        overdue=overdue,
        everything=everything,
    )
    if output is TableFormat.TABLE:
        show_cases(console(), rows, lang.value)
    else:
        _write([it.document() for it in rows], output)
    _end(is_whole)


def due(
    by: RoleOption,
    turn: TurnOption = None,
    worker: WorkerOption = None,
    as_of: TodayOption = None,
    output: TableFormatOption = TableFormat.TABLE,
    store: CaseStoreOption = None,
    configuration: CaseConfigOption = None,
    lang: LangOption = Lang.EN,
) -> None:
    """List all that is due in open cases, first what ends first; without names."""
    rows, is_whole = _rows(store, configuration, by, as_of, turn=turn, worker=worker)
    found = due_rows(rows)
    if output is TableFormat.TABLE:
        show_due(console(), found, lang.value)
    else:
        _write([it.document() for it in found], output)
    _end(is_whole)


def _rows(
    store: str | None,
    configuration: Path | None,
    by: Role,
    as_of: str | None,
    *,
    worker: str | None,
    **choice: Any,
) -> tuple[list[CaseRow], bool]:
    """The rows of a work list, and whether it is whole: damaged cases are told, not left out quietly."""
    day = today() if as_of is None else day_of(as_of)
    with opened(store, configuration) as it:
        found = overview(it, by=by)
    rows = case_rows(found.cases, day, DEADLINES, worker=worker, **choice)
    if worker is not None:
        _tell_what_is_not_there(found.cases, day, worker)
    for number in found.damaged:
        notify(f"case {number} is not listed: it is not as it was written; stop, and look for a backup")
    return rows, not found.damaged


def _tell_what_is_not_there(cases: Sequence[Glance], day: dt.date, worker: str) -> None:
    """An empty list must not look like no work: say if a name is unknown, and what nobody has."""
    every = case_rows(cases, day, DEADLINES)
    known = sorted({name for it in every for name in it.workers.values()})
    if not any(is_worker(it.workers, worker) for it in every):
        notify(f"no open case has this worker; those who have some: {', '.join(known) or 'nobody'}")
    lacking = sum(not it.workers for it in every)
    if lacking:
        cases_have = "1 open case has" if lacking == 1 else f"{lacking} open cases have"
        notify(f"{cases_have} no worker: huurschuld case list --unassigned")


def _write(documents: Sequence[dict[str, Any]], output: TableFormat) -> None:
    if output is TableFormat.JSON:
        write(json.dumps(documents, ensure_ascii=False, indent=1) + "\n")
    elif documents:
        write(csv_text(list(documents[0]), (list(it.values()) for it in documents)))


def _end(is_whole: bool) -> None:
    if not is_whole:
        raise typer.Exit(1)
