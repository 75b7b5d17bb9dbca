"""A starting point: `sample`, an invented portfolio, and `new-plugin`, a project for a plugin."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from huurschuld.cli.terminal import bar, say, write
from huurschuld.plugins.scaffold import Names, PluginKind, write_project


def sample(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="A folder that is not there yet.")],
    tenancies: Annotated[int, typer.Option("--tenancies", min=1, max=1_000_000, help="How many.")] = 500,
    seed: Annotated[int, typer.Option("--seed", help="The same seed gives the same bytes.")] = 1,
    outside: Annotated[
        Path | None,
        typer.Option(
            "--outside",
            metavar="FOLDER",
            help="Make addresses, helpers, a receiver and a configuration as well, in this folder.",
        ),
    ] = None,
) -> None:
    """Make a realistic portfolio to try things on. Nobody in it exists."""
    from huurschuld.testing.sample import write_sample  # noqa: PLC0415 - only this command needs it
    from huurschuld.testing.sample.outside import write_outside  # noqa: PLC0415 - as before

    if outside is not None:
        write_outside(outside, tenancies, seed)
    with bar() as progress:
        task = progress.add_task("writing", total=tenancies)
        write_sample(
            folder, tenancies, seed, progress=lambda count: progress.update(task, completed=count)
        )


def new_plugin(
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="What the plugin is called, such as erp-ledger.")
    ],
    kind: Annotated[
        PluginKind, typer.Option("--kind", help="What it is to provide.")
    ] = PluginKind.LEDGER,
    folder: Annotated[
        Path | None,
        typer.Option(
            "--folder",
            metavar="DIR",
            help="The folder of the project; by default one here with the name of the plugin.",
        ),
    ] = None,
) -> None:
    """Make a working, tested project for your own plugin."""
    there = Path(name) if folder is None else folder
    written = write_project(kind, Names(name), there)
    write("".join(f"{(there / path).as_posix()}\n" for path in written))
    say(f"\nIt works as it is; {(there / 'README.md').as_posix()} says how to make it yours.\n")
