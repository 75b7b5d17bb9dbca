"""Watch a ledger: `watch`, a step at a time, for a timer."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import nullcontext
from pathlib import Path
from typing import Annotated

import typer
from typer.exceptions import TyperException

from huurschuld.cli.display_watch import show_step
from huurschuld.cli.notices import notices_of, notify_warnings
from huurschuld.cli.options import (
    AssumeOption,
    DayIfAnyOption,
    FolderArgument,
    Lang,
    LangOption,
    LedgerOption,
    PolicyIfAnyOption,
    SetOption,
    assumptions_of,
    day_of,
    question_of,
)
from huurschuld.cli.refer_screening import notify_recalled
from huurschuld.cli.session import ConfigOption, OutboxOption, session
from huurschuld.cli.terminal import bar, console, notify, say
from huurschuld.model.files import check_outputs, write_files
from huurschuld.plugins.host import Kind
from huurschuld.portfolio.monitoring.lines import deliver
from huurschuld.portfolio.monitoring.monitor import Monitor, create_monitor, open_monitor
from huurschuld.portfolio.monitoring.steps import WatchStep
from huurschuld.portfolio.monitoring.watching import watch
from huurschuld.portfolio.results import quarantine_csv
from huurschuld.portfolio.worklist import Worklist
from huurschuld.referrals import Listed, Outbox, Proposed, listing, propose_changes
from huurschuld.referrals.proposing import check_day

MonitorOption = Annotated[
    Path,
    typer.Option(
        "--monitor",
        metavar="FILE",
        envvar="HUURSCHULD_MONITOR",
        help="Where it is kept what the last step found, and what was emitted.",
    ),
]


def watch_ledger(
    monitor: MonitorOption,
    begin: Annotated[
        bool, typer.Option("--begin", help="Create the monitor. Do this once, at the start.")
    ] = False,
    once: Annotated[
        bool, typer.Option("--once", help="Take one step, and end: a timer calls for the next one.")
    ] = False,
    policy: PolicyIfAnyOption = None,
    as_of: DayIfAnyOption = None,
    folder: FolderArgument = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            metavar="FILE.jsonl",
            help="Append each change to this file, a line of JSON each.",
        ),
    ] = None,
    propose: Annotated[
        bool,
        typer.Option("--propose", help="Propose new referrals to the outbox, for a person to confirm."),
    ] = False,
    top: Annotated[int, typer.Option("--top", min=1, help="How many changes are shown.")] = 20,
    quarantine: Annotated[
        Path | None,
        typer.Option(
            "--quarantine",
            metavar="FILE.csv",
            help="Set bad rows aside, each with its whole tenancy, and list them in this file.",
        ),
    ] = None,
    other_rules: Annotated[
        bool,
        typer.Option(
            "--other-rules", help="Go on with another policy, other numbers or assumptions from now on."
        ),
    ] = False,
    fewer: Annotated[
        bool, typer.Option("--fewer", help="Go on though far fewer tenancies are there than before.")
    ] = False,
    forget_before: Annotated[
        str | None,
        typer.Option(
            "--forget-before",
            metavar="YYYY-MM-DD",
            help="Forget delivered changes of before this day; they stay in the file of --output.",
        ),
    ] = None,
    set_: SetOption = None,
    assume: AssumeOption = None,
    ledger: LedgerOption = None,
    outbox: OutboxOption = None,
    config: ConfigOption = None,
    lang: LangOption = Lang.EN,
) -> None:
    """Emit whose advice or priority has changed since the last step, each once; for a timer."""
    if begin == once:
        raise TyperException("Give one of '--begin' and '--once'.")
    if begin:
        create_monitor(monitor).close()
        say(f"{monitor.name} is created; it has seen nothing yet\n")
        return
    if policy is None or as_of is None:
        raise TyperException(f"Missing option '{'--policy' if policy is None else '--as-of'}'.")
    before = None if forget_before is None else day_of(forget_before, "--forget-before")
    outputs = {"--output": output, "--quarantine": quarantine}
    written = {option: path for option, path in outputs.items() if path is not None}
    with (
        session(config, outbox=outbox) as it,
        open_monitor(monitor) as opened,
        it.open_outbox() if propose else nullcontext() as box,
    ):
        read = [monitor, *([] if folder is None else [Path(folder)])]
        check_outputs(written, [*read, *it.read_by(Kind.LEDGER, Kind.ENRICHER)])
        if output is not None:
            deliver(opened, output)  # what a step that was killed has left
        question, assumed = question_of(it.host, policy, as_of, set_), assumptions_of(assume)
        if box is not None:
            check_day(box, question[1])  # before the screening, which may take a while
        with bar() as shown:
            task = shown.add_task("opening", total=None)
            source = it.ledger(ledger, folder, again=box)
            found = watch(
                source,
                question[0],
                opened,
                *question[1:],
                assume=assumed,
                set_aside=quarantine is not None,
                other_rules=other_rules,
                fewer=fewer,
                proposing=propose,
                step=lambda what: shown.update(task, description=what),
            )
        if output is not None:
            deliver(opened, output)
        proposed = None if box is None else _proposed(box, opened, found)
        if before is not None:
            with opened.changing() as change:
                change.forget(before)
        told = notices_of(source)
    if quarantine is not None:
        aside = found.worklist.quarantine
        errors = () if aside is None else aside.errors
        write_files({quarantine: quarantine_csv(errors).encode("utf-8")})
    show_step(console(), found, lang.value, top)
    for notice in told:
        notify(notice)
    is_left = _tell_left_out(found.worklist)
    if proposed is not None:
        is_left |= _tell_proposed(*proposed)
    if is_left:
        raise typer.Exit(1)


def _proposed(
    box: Outbox, monitor: Monitor, found: WatchStep
) -> tuple[WatchStep, Proposed, tuple[Listed, ...]]:
    """Bring the outbox up to a step: what was done, and all that is in it now."""
    made = propose_changes(box, monitor, found)
    return found, made, listing(box)


def _tell_proposed(found: WatchStep, made: Proposed, listed: Iterable[Listed]) -> bool:
    """Say what was proposed, and what a person has to decide anew; whether there is any of that."""
    for left_out in made.left_out:
        notify(f"{left_out.tenancy} is not proposed: {left_out.why}")
    notify_recalled(listed, made.recalled)
    say(
        f"proposed in {found.batch}: {len(made.keys)}; earlier ones that no longer hold, withdrawn: "
        f"{len(made.withdrawn)}\n"
    )
    if made.keys:
        say("Nothing is sent before a person confirms: huurschuld refer confirm\n")
    return bool(made.recalled)


def _tell_left_out(found: Worklist) -> bool:
    """Say what is unlikely, and how many keep the advice of before; whether there are any of these."""
    notify_warnings(found.warnings)
    aside = found.quarantine
    is_aside = aside is not None and bool(aside.errors)
    if aside is not None and is_aside:
        notify(
            f"rows set aside: {aside.rows}; tenancies that keep the advice of before because of them: "
            f"{aside.tenancies}"
        )
    if found.undecided:
        notify(
            f"{len(found.undecided)} tenancies are not decided, and keep the advice of before; "
            "huurschuld screen --undecided FOLDER writes a case file of each, to report"
        )
    return is_aside or bool(found.undecided)
