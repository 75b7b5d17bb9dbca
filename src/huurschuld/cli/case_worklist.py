"""The work of a case worker: `case list`, `case due`, `case calendar`.

None of these opens a case: they show keys, phases, days and the names of workers, nothing sealed.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from huurschuld import cases
from huurschuld.cases import CaseStoreDamaged, Role, deadline_feed
from huurschuld.cases.glance import is_same_name
from huurschuld.cli.case_rows import CaseRow, DueRow, case_rows, due_rows
from huurschuld.cli.case_store import (
    CaseConfigOption,
    CaseStoreOption,
    RoleOption,
    opened,
)
from huurschuld.cli.display_cases import show_cases, show_due
from huurschuld.cli.options import Lang, LangOption, TableFormat, day_of
from huurschuld.cli.terminal import console, notify, say, write
from huurschuld.errors import InvalidValue
from huurschuld.model.clock import today
from huurschuld.model.files import check_outputs, write_files
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
    rows, is_whole = _looked(
        store,
        configuration,
        by,
        as_of,
        worker,
        turn=turn,
        unassigned=unassigned,
        overdue=overdue,
        everything=everything,
    )
    if output is TableFormat.TABLE:
        show_cases(console(), rows, lang.value)
    else:
        _write(CaseRow.COLUMNS, [it.document() for it in rows], output)
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
    rows, is_whole = _looked(store, configuration, by, as_of, worker, turn=turn)
    found = due_rows(rows)
    if output is TableFormat.TABLE:
        show_due(console(), found, lang.value)
    else:
        _write(DueRow.COLUMNS, [it.document() for it in found], output)
    _end(is_whole)


def calendar(
    by: RoleOption,
    file: Annotated[
        Path | None,
        typer.Argument(
            metavar="[FILE]", help="The file to write, whole or not at all; else it is printed."
        ),
    ] = None,
    turn: TurnOption = None,
    worker: WorkerOption = None,
    as_of: TodayOption = None,
    store: CaseStoreOption = None,
    configuration: CaseConfigOption = None,
    lang: LangOption = Lang.EN,
) -> None:
    """Make a calendar (iCalendar) of the deadlines of a worker or a role; without names."""
    day = today() if as_of is None else day_of(as_of)
    with opened(store, configuration) as desk:
        if file is not None:
            check_outputs({"FILE": file}, desk.files)
        found = cases.overview(desk.store, by=by)
    for number in found.damaged:
        raise CaseStoreDamaged(
            f"case {number}",
            "it is not as it was written, and its deadlines are not known",
            "keep the store, verify its log, and restore the last backup",
        )
    if worker is not None and not any(it.had_worker(worker) for it in found.cases):
        raise InvalidValue(
            "--worker", "no case was ever assigned to this name", "see huurschuld case list"
        )
    made = deadline_feed(found.cases, day, rules=desk.rules, turn=turn, worker=worker, lang=lang.value)
    if file is None:
        write(made.decode())
    else:
        write_files({file: made})
        say(f"{file.name} is written\n")


def _looked(
    store: str | None,
    configuration: Path | None,
    by: Role,
    as_of: str | None,
    worker: str | None,
    **choice: Any,
) -> tuple[list[CaseRow], bool]:
    """The rows of a work list, and whether it is whole: what is damaged is not left out quietly."""
    day = today() if as_of is None else day_of(as_of)
    with opened(store, configuration) as desk:
        found = cases.overview(desk.store, by=by)
    if worker is not None:
        _tell_what_is_not_there(case_rows(found.cases, day, desk.rules), worker)
    for number in found.damaged:
        notify(f"case {number} is not listed: it is not as it was written; verify the log of the store")
    return case_rows(found.cases, day, desk.rules, worker=worker, **choice), not found.damaged


def _tell_what_is_not_there(every: Sequence[CaseRow], worker: str) -> None:
    """An empty list must not look like no work: say if a name is unknown, and what nobody has."""
    known = sorted({name for it in every for name in it.workers.values()})
    if not any(is_same_name(worker, it) for it in known):
        notify(f"no open case has this worker; those who have some: {', '.join(known) or 'nobody'}")
    lacking = sum(not it.workers for it in every)
    if lacking:
        notify(
            f"{'1 open case has' if lacking == 1 else f'{lacking} open cases have'} no worker: "
            "huurschuld case list --unassigned"
        )


def _write(columns: Sequence[str], documents: Sequence[dict[str, Any]], output: TableFormat) -> None:
    if output is TableFormat.JSON:
        write(json.dumps(documents, ensure_ascii=False, indent=1) + "\n")
        return
    rows = ([_cell(it[name]) for name in columns] for it in documents)
    write(csv_text(columns, rows))


def _cell(value: object) -> object:
    """A value as CSV has it: workers by role in one cell."""
    if not isinstance(value, dict):
        return value
    return "; ".join(f"{role}: {name}" for role, name in value.items())


def _end(is_whole: bool) -> None:
    if not is_whole:
        raise typer.Exit(1)
