"""The command line of huurschuld."""

from __future__ import annotations

import gc
import io
import json
import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Annotated, TypeVar

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn
from typer.exceptions import TyperException

import huurschuld
from huurschuld import display
from huurschuld.casefile import case_schema, load_case
from huurschuld.changes import changes as changes_of
from huurschuld.conformance import conform as run_conformance
from huurschuld.decision import Decision
from huurschuld.decision import decide as decide_one
from huurschuld.decision import replay as replay_one
from huurschuld.engines.choice import check_engine, missing_engines
from huurschuld.errors import HuurschuldError, InputChanged, InvalidValue, KeyNeeded, Undecided
from huurschuld.frames.opening import Library
from huurschuld.hooks import Ledger
from huurschuld.host import ALL, Host, guarded, load_plugins, open_ledger
from huurschuld.listing import Listing, SetAside, list_at_once, of_worklist
from huurschuld.options import (
    KEY_VARIABLE,
    AssumeOption,
    DayOption,
    EngineOption,
    FolderArgument,
    Lang,
    LangOption,
    LedgerOption,
    PolicyOption,
    ScreeningEngine,
    ScreeningEngineOption,
    SetOption,
    TableFormat,
    TextFormat,
    assumptions_of,
    day_of,
    key_of,
    parameters_of,
    policy_of,
)
from huurschuld.portfolio import Portfolio, read_portfolio
from huurschuld.receipt import Receipt, dump_receipts, load_receipts
from huurschuld.results import (
    changes_csv,
    check_suffix,
    listing_csv,
    listing_json,
    quarantine_csv,
    read_rows,
    write_listing,
    write_text,
)
from huurschuld.rules.document import canonical_policy, policy_document
from huurschuld.screening import worklist
from huurschuld.tenancy import Tenancy

_T = TypeVar("_T")

WRONG_USE = 2

app = typer.Typer(
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
    help=(
        "When and how to step in before rent arrears become an eviction: from a ledger to an ordered "
        "worklist with reasons. It advises; a person decides."
    ),
    epilog=(
        "Try it: huurschuld sample mine --tenancies 500 --seed 1; then "
        "huurschuld screen mine --policy katwijk-2021 --as-of 2026-10-20"
    ),
)


@app.command()
def decide(
    case: Annotated[Path, typer.Argument(metavar="CASE.json", help="A case file.")],
    policy: Annotated[
        str | None,
        typer.Option("--policy", help="Another policy than the case names: a name or a TOML file."),
    ] = None,
    output: Annotated[TextFormat, typer.Option("--format", help="text or json.")] = TextFormat.TEXT,
    receipt: Annotated[
        Path | None,
        typer.Option(
            "--receipt", help=f"Write the receipt to this file; needs a key in {KEY_VARIABLE}."
        ),
    ] = None,
    engine: EngineOption = None,
    lang: LangOption = Lang.EN,
) -> None:
    """Decide one case file, with the reasons."""
    host = load_plugins(allow=[ALL])
    given = load_case(case)
    decision = decide_one(
        given.tenancy,
        policy_of(host, policy or given.policy),
        given.as_of,
        given.parameters,
        engine,
        key=key_of(required=receipt is not None),
    )
    if receipt is not None:
        write_text(receipt, dump_receipts([decision.receipt]))
    _show(decision, output, lang)


@app.command()
def replay(
    receipt: Annotated[Path, typer.Argument(metavar="RECEIPT.json", help="A file of receipts.")],
    case: Annotated[Path, typer.Argument(metavar="CASE.json", help="The case as it was.")],
    output: Annotated[TextFormat, typer.Option("--format", help="text or json.")] = TextFormat.TEXT,
    engine: EngineOption = None,
    lang: LangOption = Lang.EN,
) -> None:
    """Decide again as a receipt says: the same decision, also after an upgrade."""
    given, key = load_case(case), key_of(required=False)
    found = _receipt_for(given.tenancy, load_receipts(receipt.read_bytes()), key)
    _show(replay_one(found, given.tenancy, engine, key=key), output, lang)


@app.command()
def screen(
    folder: FolderArgument,
    policy: PolicyOption,
    as_of: DayOption,
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
    ledger: LedgerOption = "portfolio",
    engine: ScreeningEngineOption = ScreeningEngine.COLUMNAR,
    backend: Annotated[
        Library,
        typer.Option("--backend", help="Where the columnar engine works: polars, duckdb or spark."),
    ] = Library.POLARS,
    lang: LangOption = Lang.EN,
) -> None:
    """Screen a portfolio: who needs what, in the order in which to take them up."""
    key = key_of(required=receipts is not None)
    _check_combination(engine, backend, quarantine, file)
    if undecided is not None:
        _make_empty(undecided)
    host = load_plugins(allow=[ALL])
    rules, day = policy_of(host, policy), day_of(as_of)
    parameters = parameters_of(rules, set_ or [])
    on_day = rules.on(day, parameters)  # what is wrong with these is said before the tables are read
    assumed = assumptions_of(assume or [])
    if engine is ScreeningEngine.COLUMNAR:
        with _bar() as progress:
            task = progress.add_task("opening", total=None)
            opened = open_ledger(host, ledger, folder=folder)
            listing = guarded(
                host.opener(ledger)[0],
                lambda: list_at_once(
                    opened,
                    rules,
                    day,
                    parameters,
                    assume=assumed,
                    library=backend,
                    facts=facts,
                    set_aside=quarantine is not None,
                    decided=None if receipts is not None else top,
                    key=key,
                    step=lambda what: progress.update(task, description=what),
                ),
            )
    else:
        portfolio = _portfolio(host, ledger, folder, assumed)
        with _progress("deciding", portfolio, len(portfolio)) as tenancies:
            found = worklist(
                tenancies,
                rules,
                day,
                parameters,
                None if engine is ScreeningEngine.EACH else str(engine),
                key=key,
                assumptions=portfolio.assumptions,
            )
        listing = of_worklist(found, on_day, assumed, facts=facts)
    if quarantine is not None and listing.set_aside is not None:
        write_text(quarantine, quarantine_csv(listing.set_aside.errors))
    if receipts is not None:
        write_text(receipts, dump_receipts(decision.receipt for decision in listing.decisions))
    if file is not None:
        write_listing(file, listing)
    match output:
        case TableFormat.TABLE:
            display.show_worklist(_console(), listing, lang.value, top)
        case TableFormat.JSON:
            _print(listing_json(listing))
        case TableFormat.CSV:
            _print(listing_csv(listing))
    if listing.set_aside is not None and listing.set_aside.errors:
        _tell_set_aside(listing.set_aside)
    if listing.undecided:
        _tell_undecided(listing, undecided)


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


@app.command()
def changes(
    before: Annotated[Path, typer.Argument(metavar="BEFORE", help="An earlier result of `screen`.")],
    after: Annotated[Path, typer.Argument(metavar="AFTER", help="A later one.")],
    output: Annotated[
        TableFormat, typer.Option("--format", help="table, json or csv.")
    ] = TableFormat.TABLE,
    lang: LangOption = Lang.EN,
) -> None:
    """Whose advice or priority has changed between two results, and why."""
    found = changes_of(read_rows(before), read_rows(after))
    match output:
        case TableFormat.TABLE:
            display.show_changes(_console(), found, lang.value)
        case TableFormat.JSON:
            documents = [change.document() for change in found]
            _print(json.dumps(documents, ensure_ascii=False, indent=1) + "\n")
        case TableFormat.CSV:
            _print(changes_csv(found))


@app.command()
def explain(
    folder: FolderArgument,
    tenancy: Annotated[str, typer.Option("--tenancy", metavar="ID", help="The tenancy's id.")],
    policy: PolicyOption,
    as_of: DayOption,
    output: Annotated[TextFormat, typer.Option("--format", help="text or json.")] = TextFormat.TEXT,
    set_: SetOption = None,
    assume: AssumeOption = None,
    ledger: LedgerOption = "portfolio",
    engine: EngineOption = None,
    lang: LangOption = Lang.EN,
) -> None:
    """Explain one tenancy: the advice, why, why not, and by which article or clause."""
    host = load_plugins(allow=[ALL])
    rules, day = policy_of(host, policy), day_of(as_of)
    parameters = parameters_of(rules, set_ or [])
    rules.on(day, parameters)
    portfolio = _portfolio(host, ledger, folder, assumptions_of(assume or []))
    for it in portfolio:
        if it.id == tenancy:
            decision = decide_one(
                it,
                rules,
                day,
                parameters,
                engine,
                key=key_of(required=False),
                assumptions=portfolio.assumptions,
            )
            _show(decision, output, lang)
            return
    raise InvalidValue("--tenancy", "the portfolio has no tenancy of that id", "see the table tenancies")


@app.command()
def conform(
    path: Annotated[Path, typer.Argument(metavar="PATH", help="A file or folder of cases.")],
    output: Annotated[
        TextFormat, typer.Option("--format", help="text, or json: one object a case.")
    ] = TextFormat.TEXT,
    engine: EngineOption = None,
) -> None:
    """Run conformance cases; exit with 1 where one differs."""
    host = load_plugins(allow=[ALL])
    counts = {True: 0, False: 0}
    for result in run_conformance(path, engine, host.policies):
        counts[result.passed] += 1
        if output is TextFormat.JSON:
            _print(json.dumps(result.document(), ensure_ascii=False) + "\n")
        elif not result.passed:
            expected = json.dumps(result.expected, ensure_ascii=False)
            actual = json.dumps(result.actual, ensure_ascii=False)
            _print(f"{display.printable(result.case)}: expected {expected}, found {actual}\n")
    if output is TextFormat.TEXT:
        _print(f"{counts[True]} passed, {counts[False]} failed\n")
    if counts[False]:
        raise typer.Exit(1)


@app.command()
def policies(
    name: Annotated[
        str | None,
        typer.Argument(metavar="[POLICY]", help="One policy, by name or as a TOML file, rule by rule."),
    ] = None,
    output: Annotated[TextFormat, typer.Option("--format", help="text or json.")] = TextFormat.TEXT,
    lang: LangOption = Lang.EN,
) -> None:
    """List the policies and the engines, or show one policy rule by rule with its sources."""
    host = load_plugins(allow=[ALL])
    chosen = list(host.policies.values()) if name is None else [policy_of(host, name)]
    if output is TextFormat.JSON and name is None:
        documents = [policy_document(policy) for policy in chosen]
        _print(json.dumps(documents, ensure_ascii=False, indent=1) + "\n")
    elif output is TextFormat.JSON:
        _print(canonical_policy(chosen[0]) + "\n")
    elif name is None:
        display.show_policies(_console(), chosen, missing_engines(), lang.value)
    else:
        display.show_policy(_console(), chosen[0], lang.value)


@app.command()
def plugins() -> None:
    """List the plugins that are installed, and what became of each."""
    display.show_plugins(_console(), load_plugins(allow=[ALL]))


@app.command()
def sample(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="A folder that is not there yet.")],
    tenancies: Annotated[int, typer.Option("--tenancies", min=1, max=1_000_000, help="How many.")] = 500,
    seed: Annotated[int, typer.Option("--seed", help="The same seed gives the same bytes.")] = 1,
) -> None:
    """Make a realistic portfolio to try things on. Nobody in it exists."""
    from huurschuld.sample import write_sample  # noqa: PLC0415 - only this command needs it

    with _bar() as progress:
        task = progress.add_task("writing", total=tenancies)
        write_sample(
            folder, tenancies, seed, progress=lambda count: progress.update(task, completed=count)
        )


@app.command()
def schema() -> None:
    """Print the JSON Schema of a case file."""
    _print(json.dumps(case_schema(), indent=1) + "\n")


def _version(value: bool) -> None:
    if value:
        _print(f"huurschuld {huurschuld.__version__}\n")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    del version  # the callback has done all there is to do


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; wrong use and bad input give one line that says what to do."""
    given = sys.argv[1:] if arguments is None else arguments
    gc.disable()  # a portfolio is millions of small values, and none in a cycle
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        code = app(given or ["--help"], standalone_mode=False)
        sys.stdout.flush()  # here, where it is known what to do if nobody reads it any more
    except Undecided as error:
        _refuse(f"{error} (huurschuld screen --undecided FOLDER writes it)")
        return 1
    except HuurschuldError as error:
        return _refuse(str(error))
    except TyperException as error:
        return _refuse(f"{error.format_message()} (huurschuld --help tells more)")
    except BrokenPipeError:  # whoever read has read enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except OSError as error:
        return _refuse(f"{error.filename or 'the file'}: {error.strerror or type(error).__name__}")
    except (KeyboardInterrupt, typer.Abort):
        return _refuse("stopped")
    return code if isinstance(code, int) else 0


def _refuse(told: str) -> int:
    sys.stderr.write(f"huurschuld: {display.printable(told)}\n")
    return WRONG_USE


def _tell_set_aside(found: SetAside) -> None:
    """Say how much was left out."""
    sys.stderr.write(
        f"huurschuld: {found.rows} rows are refused and set aside; {found.tenancies} tenancies are "
        "not screened because of it\n"
    )


def _tell_undecided(found: Listing, folder: Path | None) -> None:
    """Say how many tenancies are not decided, write their case files, and end with 1."""
    told = f"huurschuld: {len(found.undecided)} of {found.screened} tenancies are not decided"
    if folder is None:
        told = f"{told}; --undecided FOLDER writes a case file of each, to report"
    else:
        for number, it in enumerate(found.undecided, 1):
            write_text(folder / f"undecided-{number}.json", it.case or "")
    sys.stderr.write(f"{told}\n")
    raise typer.Exit(1)


def _portfolio(host: Host, name: str, folder: str, assumed: Mapping[str, object]) -> Portfolio:
    plugin, _ = host.opener(name)
    with _bar() as progress:
        progress.add_task("reading", total=None)
        ledger: Ledger = open_ledger(host, name, folder=folder)
        return guarded(plugin, lambda: read_portfolio(ledger, assumed))


def _receipt_for(tenancy: Tenancy, receipts: list[Receipt], key: bytes | None) -> Receipt:
    """The receipt of this tenancy: the only one, or of several the one whose hash it has."""
    if len(receipts) == 1:
        return receipts[0]
    for receipt in receipts:
        with suppress(InputChanged, KeyNeeded):
            receipt.check(tenancy, key)
            if receipt.input is not None:
                return receipt
    raise InvalidValue(
        "the file of receipts",
        f"none of its {len(receipts)} receipts is known to be of this case",
        f"give the case as it was, and the key in {KEY_VARIABLE}",
    )


def _bar() -> Progress:
    """A progress bar on standard error, off where that is no terminal."""
    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        console=Console(stderr=True),
        transient=True,
        disable=not sys.stderr.isatty(),
    )


@contextmanager
def _progress(description: str, items: Iterable[_T], total: int) -> Iterator[Iterable[_T]]:
    with _bar() as progress:
        yield progress.track(items, total=total, description=description)


def _show(decision: Decision, output: TextFormat, lang: Lang) -> None:
    if output is TextFormat.JSON:
        _print(decision.to_json() + "\n")
    else:
        display.show_explanation(_console(), decision, lang.value)


def _console() -> Console:
    return Console(highlight=False)


def _print(text: str) -> None:
    sys.stdout.write(text)
