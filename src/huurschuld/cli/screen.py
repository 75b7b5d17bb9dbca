"""A portfolio: `screen`, and `changes` between two results."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated

import typer
from attrs import frozen

from huurschuld.cli import display
from huurschuld.cli.options import (
    KEY_VARIABLE,
    AssumeOption,
    DayOption,
    FolderArgument,
    Lang,
    LangOption,
    LedgerOption,
    PolicyOption,
    ScreeningEngine,
    ScreeningEngineOption,
    SetOption,
    TableFormat,
    assumptions_of,
    day_of,
    key_of,
    parameters_of,
    policy_of,
)
from huurschuld.cli.session import ConfigOption, OutboxOption, Session, session
from huurschuld.cli.terminal import bar, console, progress, tell, write
from huurschuld.decisions.receipt import dump_receipts
from huurschuld.errors import InvalidValue
from huurschuld.hooks import Ledger
from huurschuld.model.files import check_outputs, write_files
from huurschuld.plugins.host import Kind
from huurschuld.portfolio.changes import cautions
from huurschuld.portfolio.changes import changes as changes_of
from huurschuld.portfolio.columnar.opening import Library
from huurschuld.portfolio.listing import Listing, list_at_once, of_worklist
from huurschuld.portfolio.reading import read_portfolio
from huurschuld.portfolio.results import (
    changes_csv,
    check_suffix,
    listing_as,
    listing_csv,
    listing_json,
    quarantine_csv,
    read_result,
)
from huurschuld.portfolio.worklist import worklist
from huurschuld.rules.engines.choice import check_engine
from huurschuld.rules.policy import Policy


def screen(
    policy: PolicyOption,
    as_of: DayOption,
    folder: FolderArgument = None,
    output: Annotated[
        TableFormat, typer.Option("--format", help="What to print: table, json or csv.")
    ] = TableFormat.TABLE,
    top: Annotated[int, typer.Option("--top", min=1, help="How many rows the table shows.")] = 20,
    file: Annotated[
        Path | None,
        typer.Option("--output", help="Write the worklist to this file: .csv, .json or .parquet."),
    ] = None,
    facts: Annotated[
        bool, typer.Option("--facts", help="Tell the facts as well, in csv, json and parquet.")
    ] = False,
    quarantine: Annotated[
        Path | None,
        typer.Option(
            "--quarantine",
            metavar="FILE.csv",
            help="Set bad rows aside, each with its tenancy, and write where and why to this file.",
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
            help="A folder for a case file of each tenancy on which engines differ, to report.",
        ),
    ] = None,
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
    key = key_of(required=receipts is not None)
    _check_combination(engine, backend, quarantine, file)
    options = {"--output": file, "--quarantine": quarantine, "--receipts": receipts}
    outputs = {option: path for option, path in options.items() if path is not None}
    with session(config, outbox=outbox) as it:
        check_outputs(outputs, [*_read_by(it, folder, policy), *([] if config is None else [config])])
        if undecided is not None:
            _make_empty(undecided)
        rules, day = policy_of(it.host, policy), day_of(as_of)
        asked = _Asked(
            rules,
            day,
            parameters_of(rules, set_ or []),
            assumptions_of(assume or []),
            facts,
            key,
        )
        rules.on(day, asked.parameters)  # what is wrong with these is said before anything is read
        with bar() as shown:
            shown.add_task("opening", total=None)
            opened = it.ledger(ledger, folder)
        if engine is ScreeningEngine.COLUMNAR:
            decided = None if receipts is not None else top
            listing = _at_once(opened, asked, backend, decided, set_aside=quarantine is not None)
        else:
            listing = _each(opened, asked, engine)
    files: dict[Path, bytes] = {}
    if quarantine is not None and listing.set_aside is not None:
        files[quarantine] = quarantine_csv(listing.set_aside.errors).encode("utf-8")
    if receipts is not None:
        files[receipts] = dump_receipts(it.receipt for it in listing.decisions).encode("utf-8")
    if file is not None:
        files[file] = listing_as(file, listing)
    if undecided is not None:
        for number, differing in enumerate(listing.undecided, 1):
            files[undecided / f"undecided-{number}.json"] = (differing.case or "").encode("utf-8")
    write_files(files)
    match output:
        case TableFormat.TABLE:
            display.show_worklist(console(), listing, lang.value, top)
        case TableFormat.JSON:
            write(listing_json(listing))
        case TableFormat.CSV:
            write(listing_csv(listing))
    _tell_left_out(listing, undecided)


@frozen
class _Asked:
    """What is asked of a screening."""

    rules: Policy
    day: dt.date
    parameters: Mapping[str, object]
    assumed: Mapping[str, object]
    facts: bool
    key: bytes | None


def _at_once(
    ledger: Ledger, asked: _Asked, backend: Library, decided: int | None, *, set_aside: bool
) -> Listing:
    """By the columnar engine."""
    with bar() as shown:
        task = shown.add_task("reading", total=None)
        return list_at_once(
            ledger,
            asked.rules,
            asked.day,
            asked.parameters,
            assume=asked.assumed,
            library=backend,
            facts=asked.facts,
            set_aside=set_aside,
            decided=decided,
            key=asked.key,
            step=lambda what: shown.update(task, description=what),
        )


def _each(ledger: Ledger, asked: _Asked, engine: ScreeningEngine) -> Listing:
    """One by one."""
    with bar() as shown:
        shown.add_task("reading", total=None)
        portfolio = read_portfolio(ledger, asked.assumed)
    with progress("deciding", portfolio, len(portfolio)) as tenancies:
        found = worklist(
            tenancies,
            asked.rules,
            asked.day,
            asked.parameters,
            None if engine is ScreeningEngine.EACH else check_engine(str(engine)),
            key=asked.key,
            assumptions=portfolio.assumptions,
        )
    on_day = asked.rules.on(asked.day, asked.parameters)
    return of_worklist(found, on_day, asked.assumed, facts=asked.facts)


def _read_by(it: Session, folder: str | None, policy: str) -> Iterator[Path]:
    """The files and folders that a screening reads, as far as they can be told, and the outbox."""
    if folder is not None:
        yield Path(folder)
    if policy.endswith(".toml"):
        yield Path(policy)
    if it.configuration.outbox is not None:
        yield it.configuration.outbox
    yield from it.read_by(Kind.LEDGER, Kind.ENRICHER)


def _make_empty(folder: Path) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise InvalidValue("--undecided", "this folder is not empty", "name one that is new or empty")


def _check_combination(
    engine: ScreeningEngine, backend: Library, quarantine: Path | None, file: Path | None
) -> None:
    """See that the engine can do what is asked, and that the result can be written, before any work."""
    if file is not None:
        check_suffix(file)
    if engine is ScreeningEngine.COLUMNAR:
        return
    for option, given in (
        ("--backend", backend is not Library.POLARS),
        ("--quarantine", quarantine is not None),
    ):
        if given:
            raise InvalidValue(option, "only the columnar engine does this", "leave out --engine")
    if engine is not ScreeningEngine.EACH:
        check_engine(str(engine))


def changes(
    before: Annotated[Path, typer.Argument(metavar="BEFORE", help="An earlier result of `screen`.")],
    after: Annotated[Path, typer.Argument(metavar="AFTER", help="A later one.")],
    output: Annotated[
        TableFormat, typer.Option("--format", help="table, json or csv.")
    ] = TableFormat.TABLE,
    lang: LangOption = Lang.EN,
) -> None:
    """Whose advice or priority has changed between two results, and why."""
    earlier, later = read_result(before), read_result(after)
    for caution in cautions(earlier.origin, later.origin):
        tell(caution)
    found = changes_of(earlier.rows, later.rows)
    match output:
        case TableFormat.TABLE:
            display.show_changes(console(), found, lang.value)
        case TableFormat.JSON:
            documents = [change.document() for change in found]
            write(json.dumps(documents, ensure_ascii=False, indent=1) + "\n")
        case TableFormat.CSV:
            write(changes_csv(found))


def _tell_left_out(found: Listing, folder: Path | None) -> None:
    """Say how many tenancies are not screened, or not decided; where there are some, end with 1."""
    aside = found.set_aside
    if aside is not None and aside.errors:
        tell(
            f"rows refused and set aside: {aside.rows}; tenancies not screened because of it: "
            f"{aside.tenancies}"
        )
    if found.undecided:
        told = f"{len(found.undecided)} of {found.screened} tenancies are not decided"
        further = "" if folder else "; --undecided FOLDER writes a case file of each, to report"
        tell(f"{told}{further}")
    if found.undecided or (aside is not None and aside.errors):
        raise typer.Exit(1)
