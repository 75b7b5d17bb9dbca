"""The command line of huurschuld.

| module | holds |
|---|---|
| `session` | the plugins and the configuration that a command works with |
| `deciding` | one household: `decide`, `replay`, `explain` |
| `screen` | a portfolio: `screen` |
| `changes` | two results compared: `changes` |
| `refer` | from an advice to a referral: `refer propose`, `refer confirm`, `refer send` and others |
| `outside` | `helpers`, who can help; `export`, a report |
| `showing` | what a person sees of referrals and helpers |
| `looking` | what there is: `policies`, `plugins`, `schema`, `conform` |
| `making`, `new_plugin` | something to begin with: `sample`, `new-plugin` |
| `options` | the options that several commands share, and how their texts are read |
| `display_worklist`, `display_decision`, `display_policies` | what a person sees of these |
| `terminal` | writing to a terminal, and refusing |
"""

from __future__ import annotations

import gc
import io
import os
import sys
from typing import Annotated

import typer
from typer.exceptions import TyperException

import huurschuld
from huurschuld.cli import changes, deciding, looking, making, new_plugin, outside, refer, screen
from huurschuld.cli.terminal import INTERRUPTED, ended_as_interrupted, refuse, write
from huurschuld.errors import HuurschuldError, Undecided

__all__ = ["app", "main"]

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
for command in (
    deciding.decide,
    deciding.replay,
    screen.screen,
    changes.changes,
    deciding.explain,
    outside.helpers,
    outside.export,
    looking.conform,
    looking.policies,
    looking.plugins,
    making.sample,
    new_plugin.new_plugin,
    looking.schema,
):
    app.command()(command)
app.add_typer(refer.app, name="refer")


def _version(value: bool) -> None:
    if value:
        write(f"huurschuld {huurschuld.__version__}\n")
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
        with ended_as_interrupted():
            code = app(given or ["--help"], standalone_mode=False)
            sys.stdout.flush()  # here, where it is known what to do if nobody reads it any more
    except Undecided as error:
        refuse(f"{error} (huurschuld screen --undecided FOLDER writes it)")
        return 1
    except HuurschuldError as error:
        return refuse(str(error))
    except TyperException as error:
        return refuse(f"{error.format_message()} (huurschuld --help tells more)")
    except BrokenPipeError:  # whoever read has read enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except OSError as error:
        return refuse(f"{error.filename or 'the file'}: {error.strerror or type(error).__name__}")
    except (KeyboardInterrupt, typer.Abort):
        code = INTERRUPTED
    if code == INTERRUPTED:
        return refuse("stopped")
    return code if isinstance(code, int) else 0
