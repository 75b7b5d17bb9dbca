"""Screen a portfolio: `screen`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import Progress
from typer.exceptions import TyperException

from huurschuld.cli import display_list
from huurschuld.cli.checking import check
from huurschuld.cli.handover import check_handover
from huurschuld.cli.list_files import files_of
from huurschuld.cli.list_options import (
    AdviceFilter,
    ArrearsFilter,
    ByOption,
    CarryOption,
    PriorityFilter,
    WhereOption,
    notify_unmatched,
    selection_of,
)
from huurschuld.cli.notices import notices_of, notify_warnings
from huurschuld.cli.options import (
    KEY_VARIABLE,
    AssumeOption,
    DayIfAnyOption,
    FolderArgument,
    Lang,
    LangOption,
    LedgerOption,
    PolicyIfAnyOption,
    ScreeningEngine,
    ScreeningEngineOption,
    SetOption,
    TableFormat,
    assumptions_of,
    key_of,
    notify_misspelt,
    question_of,
)
from huurschuld.cli.session import ConfigOption, OutboxOption, Session, session
from huurschuld.cli.spreadsheet import SPREADSHEET, is_spreadsheet
from huurschuld.cli.terminal import bar, console, notify, write
from huurschuld.errors import InvalidValue
from huurschuld.hooks import Ledger
from huurschuld.model.files import check_outputs, write_files
from huurschuld.plugins.host import Kind
from huurschuld.portfolio.carrying import Carried, check_carry
from huurschuld.portfolio.checked_tables import CheckedTables
from huurschuld.portfolio.columnar.opening import Library
from huurschuld.portfolio.reading import read_portfolio
from huurschuld.portfolio.results import (
    check_suffix,
    worklist_csv,
    worklist_json,
)
from huurschuld.portfolio.screening import screen_ledger
from huurschuld.portfolio.worklist import Worklist, worklist
from huurschuld.rules.engines.choice import check_engine
from huurschuld.rules.policy import Policy


def screen(
    policy: PolicyIfAnyOption = None,
    as_of: DayIfAnyOption = None,
    folder: FolderArgument = None,
    output: Annotated[
        TableFormat, typer.Option("--format", help="What to print: table, json or csv.")
    ] = TableFormat.TABLE,
    top: Annotated[int, typer.Option("--top", min=1, help="How many rows the table shows.")] = 20,
    file: Annotated[
        Path | None,
        typer.Option(
            "--output", help="Write the worklist to this file: .csv, .json, .parquet or .xlsx."
        ),
    ] = None,
    handover: Annotated[
        Path | None,
        typer.Option(
            "--handover",
            metavar="FILE.html",
            help="Write the worklist to this file, to print: a box to tick and room for notes.",
        ),
    ] = None,
    facts: Annotated[
        bool, typer.Option("--facts", help="Add the facts, in csv, json, parquet and xlsx.")
    ] = False,
    quarantine: Annotated[
        Path | None,
        typer.Option(
            "--quarantine",
            metavar="FILE.csv",
            help="Set bad rows aside, each with its whole tenancy, and list them in this file.",
        ),
    ] = None,
    check_: Annotated[
        bool,
        typer.Option(
            "--check", help="Only say all that is wrong with the portfolio; needs no policy and no day."
        ),
    ] = False,
    most: Annotated[
        int, typer.Option("--most", min=1, help="How many errors --check lists; it counts all of them.")
    ] = 100,
    checked: Annotated[
        Path | None,
        typer.Option(
            "--checked",
            metavar="FILE.json",
            help="Keep in this file which tables are without fault: these are not checked again while "
            f"they stay the same. Needs a key in {KEY_VARIABLE}.",
        ),
    ] = None,
    receipts: Annotated[
        Path | None,
        typer.Option(
            "--receipts", help=f"Write the receipts to this file; needs a key in {KEY_VARIABLE}."
        ),
    ] = None,
    undecided: Annotated[
        Path | None,
        typer.Option(
            "--undecided",
            help="A folder for a case file of each tenancy on which the engines differ, to report.",
        ),
    ] = None,
    advice: AdviceFilter = None,
    priority: PriorityFilter = None,
    min_arrears: ArrearsFilter = None,
    where: WhereOption = None,
    by: ByOption = None,
    carry: CarryOption = None,
    set_: SetOption = None,
    assume: AssumeOption = None,
    ledger: LedgerOption = None,
    engine: ScreeningEngineOption = ScreeningEngine.COLUMNAR,
    backend: Annotated[
        Library,
        typer.Option("--backend", help="Where the columnar engine works: polars, duckdb or spark."),
    ] = Library.POLARS,
    outbox: OutboxOption = None,
    config: ConfigOption = None,
    lang: LangOption = Lang.EN,
) -> None:
    """Screen a portfolio: who needs what, in the order in which to take them up."""
    options = {
        "--output": file,
        "--handover": handover,
        "--quarantine": quarantine,
        "--receipts": receipts,
    }
    outputs = {option: path for option, path in options.items() if path is not None}
    written = outputs if checked is None else {**outputs, "--checked": checked}
    selection = selection_of(advice, priority, min_arrears, where)
    carried = [
        *check_carry(carry or (), "--carry"),
        *check_carry(selection.where, "--where"),
        *check_carry([] if by is None else [by], "--by"),
    ]
    if check_:
        _check_nothing_written(written)
        with session(config, outbox=outbox) as it:
            check(it, folder, ledger, policy, assume, output, most, lang, carried)
        return
    policy, as_of = _needed("--policy", policy), _needed("--as-of", as_of)
    key = key_of(required=receipts is not None)
    remembered = None if checked is None else _remembered(checked, key)
    _check_combination(engine, backend, quarantine, checked, file)
    for_people = handover is not None or (file is not None and is_spreadsheet(file))
    if handover is not None:
        check_handover(handover)
    with session(config, outbox=outbox) as it:
        check_outputs(written, [*_read_by(it, folder, policy), *([] if config is None else [config])])
        if undecided is not None:
            _make_empty(undecided)
        question, assumed = question_of(it.host, policy, as_of, set_), assumptions_of(assume)
        with bar() as shown:
            task = shown.add_task("opening", total=None)
            opened = it.ledger(ledger, folder, carry=carried)
            if engine is ScreeningEngine.COLUMNAR:
                found = screen_ledger(
                    opened,
                    *question,
                    assume=assumed,
                    library=backend,
                    facts=facts,
                    set_aside=quarantine is not None,
                    decided=None if receipts is not None or for_people else top,
                    key=key,
                    selection=selection,
                    by=by,
                    checked=remembered,
                    step=lambda what: shown.update(task, description=what),
                )
            else:
                found = _one_by_one(shown, opened, question, assumed, engine, facts=facts, key=key)
                found = found.carrying(Carried.by(opened)).only(selection, by)
        told = notices_of(opened)
    write_files(files_of(found, outputs, undecided, lang.value))
    match output:
        case TableFormat.TABLE:
            display_list.show_worklist(console(), found, lang.value, top)
        case TableFormat.JSON:
            write(worklist_json(found))
        case TableFormat.CSV:
            write(worklist_csv(found))
    for notice in told:
        notify(notice)
    notify_misspelt(found.nearly_named)
    notify_unmatched(selection, Carried.by(opened))
    _report_left_out(found, undecided)


def _needed(option: str, given: str | None) -> str:
    """An option that only --check goes without, as typer would say it."""
    if given is None:
        raise TyperException(f"Missing option '{option}'.")
    return given


def _check_nothing_written(outputs: Mapping[str, Path]) -> None:
    if outputs:
        raise InvalidValue(next(iter(outputs)), "--check screens nothing", "leave one of the two out")


def _remembered(path: Path, key: bytes | None) -> CheckedTables:
    if key is None:
        raise InvalidValue(
            KEY_VARIABLE, "--checked needs a key", "set it to a secret of at least 16 characters"
        )
    return CheckedTables(path, key)


def _one_by_one(
    shown: Progress,
    ledger: Ledger,
    question: tuple[Policy, dt.date, Mapping[str, object]],
    assumed: Mapping[str, object],
    engine: ScreeningEngine,
    *,
    facts: bool,
    key: bytes | None,
) -> Worklist:
    portfolio = read_portfolio(ledger, assumed, question[0].facts)
    return worklist(
        shown.track(portfolio, total=len(portfolio), description="deciding"),
        *question,
        None if engine is ScreeningEngine.EACH else check_engine(str(engine)),
        key=key,
        assumptions=portfolio.assumptions,
        facts=facts,
    )


def _read_by(it: Session, folder: str | None, policy: str) -> Iterator[Path]:
    """The files and folders that a screening reads, as far as is known, and the outbox."""
    if folder is not None:
        yield Path(folder)
    if policy.endswith(".toml"):
        yield Path(policy)
    if isinstance(it.configuration.outbox, Path):
        yield it.configuration.outbox
    yield from it.read_by(Kind.LEDGER, Kind.ENRICHER)


def _make_empty(folder: Path) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise InvalidValue("--undecided", "this folder is not empty", "name one that is new or empty")


def _check_combination(
    engine: ScreeningEngine,
    backend: Library,
    quarantine: Path | None,
    checked: Path | None,
    file: Path | None,
) -> None:
    """Check up front that the engine can do this and that the result can be written."""
    if file is not None:
        check_suffix(file, SPREADSHEET)
    if engine is ScreeningEngine.COLUMNAR:
        return
    for option, given in (
        ("--backend", backend is not Library.POLARS),
        ("--quarantine", quarantine is not None),
        ("--checked", checked is not None),
    ):
        if given:
            raise InvalidValue(option, "only the columnar engine does this", "leave out --engine")
    if engine is not ScreeningEngine.EACH:
        check_engine(str(engine))


def _report_left_out(found: Worklist, folder: Path | None) -> None:
    """Say what is unlikely, and how many are set aside or not decided; end with 1 if any are."""
    notify_warnings(found.warnings)
    aside = found.quarantine
    if aside is not None and aside.errors:
        notify(
            f"rows set aside: {aside.rows}; tenancies not screened because of them: {aside.tenancies}"
        )
    if found.undecided:
        remedy = "" if folder else "; --undecided FOLDER writes a case file of each, to report"
        notify(f"{len(found.undecided)} of {found.screened} tenancies are not decided{remedy}")
    if found.undecided or (aside is not None and aside.errors):
        raise typer.Exit(1)
