"""The command line of huurschuld.

| module | holds |
|---|---|
| `session` | the plugins and the configuration that a command works with |
| `plugin_files` | `--plugin`: plugins that are files, tried with every command that uses plugins |
| `deciding` | one case file: `decide`, `replay` |
| `explain`, `display_timeline` | one household of a portfolio: `explain` |
| `screen` | a portfolio: `screen` |
| `checking` | all that is wrong with a portfolio: `screen --check` |
| `map` | exports as they are: `map` |
| `changes`, `display_changes` | two results compared: `changes` |
| `watch`, `display_watch` | what changed since the last step, for a timer: `watch` |
| `compare`, `display_compare` | two policies compared on one portfolio: `compare` |
| `refer` | from an advice to a referral: `refer propose`, `refer confirm`, `refer send` and others |
| `refer_sending` | `refer send`: after another look at the ledger, if one is at hand |
| `notices` | what a ledger tells besides its tables |
| `refer_screening` | what is screened for the outbox, and what is told of what it recalls |
| `refer_replaying` | `refer replay`: decide again as a proposal was decided |
| `refer_keys` | how a referral is identified |
| `case` | the commands of `case`: one more is a line there |
| `case_store` | the store of cases, who works with it, and which case is meant |
| `case_values` | how types, data and amounts are read |
| `case_recording`, `case_events` | `case begin`, `case record`; what can be recorded: `case events` |
| `case_reading` | one case: `case show`, `case feedback` |
| `case_worklist`, `case_rows` | all cases: `case list`, `case due`, `case calendar` |
| `case_signals` | signals: `case receive`, `case match`, `case repeat` |
| `case_outside` | `case couple` to a helper, `case give-feedback` to a landlord |
| `case_following` | the ledger held against plans: `case follow` |
| `case_planning` | what if so much is paid a month: `case plan` |
| `case_privacy` | what is held of a person: `case export`, `case forget`, `case retention` |
| `log` | the log held to account: `log verify`, `log heads`, `log stamp` |
| `display_cases`, `display_case` | what a person sees of all cases, and of one |
| `outside` | `helpers`, who can help; `export`, a report |
| `evaluate`, `display_evaluation` | `evaluate`, the figures of a year |
| `display_referrals` | referrals and helpers as tables |
| `looking` | what is available: `policies`, `plugins`; and `conform` |
| `schema` | the JSON Schemas of a case file and of an export of a person |
| `making` | a starting point: `sample`, `new-plugin` |
| `options` | the options that several commands share, and how their texts are read |
| `display_decision`, `display_policies` | what a person sees of these |
| `display_conditions` | what a person sees of a condition of a policy |
| `policy_names` | what was meant by a policy that is neither a name nor a TOML file |
| `display_list`, `spreadsheet`, `handover` | a worklist for people: on a screen, as .xlsx, to print |
| `list_files` | what `screen` writes to each of its files |
| `list_words` | what the parts of a list are called |
| `layout` | rows laid out in the width of a terminal |
| `list_options` | the options that choose from a worklist |
| `terminal` | writing to a terminal, and refusing |
| `language` | the language of a command, and `--lang` on each |
| `commands` | the commands by name, each loaded when it is needed |
| `process` | what the process of a command may print |
"""

from __future__ import annotations

import gc
import io
import os
import sys
from typing import Annotated

import typer
from typer.exceptions import TyperException
from typer.main import get_command

import huurschuld
from huurschuld.cli.commands import Commands
from huurschuld.cli.language import speaking, take_language, told
from huurschuld.cli.terminal import INTERRUPTED, Interruption, refuse, report, say
from huurschuld.decisions.dutch import language_of
from huurschuld.errors import ExtraNeeded, HuurschuldError, InternalError, Undecided, shortened

__all__ = ["app", "main"]

app = typer.Typer(
    cls=Commands,
    add_completion=False,
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


def _version(value: bool) -> None:
    if value:
        say(f"huurschuld {huurschuld.__version__}\n")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    del version  # the callback has already handled it


def main(arguments: list[str] | None = None, interruption: Interruption | None = None) -> int:
    """Run the command line; wrong usage and bad input give one line that says what to do.

    Args:
        arguments: of the command line; those of this process by default.
        interruption: records whether there was one.
    """
    given = sys.argv[1:] if arguments is None else arguments
    gc.disable()  # a portfolio is millions of small values, and none in a cycle
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    with speaking(language_of(given, os.environ)):
        return _run(given, interruption or Interruption())


def _run(given: list[str], interruption: Interruption) -> int:
    try:
        with interruption:
            command = take_language(get_command(app))
            code = command(given or ["--help"], standalone_mode=False)
            sys.stdout.flush()  # here, where a closed pipe is handled
    except SystemExit:
        raise
    except BaseException as error:  # noqa: BLE001 - no user wants a traceback; each gets one line
        # A library may have turned the interruption into another error.
        code = INTERRUPTED if interruption.requested else _failed(error)
    return refuse("stopped") if code == INTERRUPTED else code if isinstance(code, int) else 0


def _failed(error: BaseException) -> int:
    """Say why a command failed; return the exit code for that."""
    match error:
        case KeyboardInterrupt() | typer.Abort():
            return INTERRUPTED
        case InternalError():
            return report(error)
        case Undecided():
            refuse(f"{told(error)} (huurschuld screen --undecided FOLDER writes it)")
            return 1
        case HuurschuldError():
            return refuse(told(error))
        case TyperException():
            return refuse(
                f"{told(shortened(' '.join(error.format_message().split())))} (see huurschuld --help)"
            )
        case BrokenPipeError():  # the reader of the pipe has closed it
            _drop_output()
            return 1
        case OSError():
            _drop_output()
            name = shortened(str(error.filename or "the file"))
            return refuse(f"{name}: {error.strerror or type(error).__name__}")
        case ModuleNotFoundError(name=str(name)) if not name.startswith("huurschuld"):
            problem = f"{name.partition('.')[0]} is not installed"
            return refuse(str(ExtraNeeded("this command", problem, "install huurschuld[cli]")))
        case MemoryError():
            return refuse("there is not enough memory; close other programs, or use a larger machine")
    from huurschuld.portfolio.columnar.library_errors import (  # noqa: PLC0415 - rarely needed
        library_error,
        library_of,
    )

    library = library_of(error)
    return report(error) if library is None else refuse(str(library_error(error, library, "the tables")))


def _drop_output() -> None:
    """Drop what cannot be written to standard output, so that this does not fail again at the end."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
