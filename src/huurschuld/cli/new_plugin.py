"""A project for a plugin: `new-plugin`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from huurschuld.cli.terminal import write
from huurschuld.plugins.scaffold import Names, PluginKind, write_project


def new_plugin(
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="What the plugin is called, such as erp-ledger.")
    ],
    kind: Annotated[
        PluginKind, typer.Option("--kind", help="What it is to provide: a ledger or a policy.")
    ] = PluginKind.LEDGER,
    folder: Annotated[
        Path | None,
        typer.Option(
            "--folder",
            metavar="DIR",
            help="The folder of the project; without it one here that is called as the plugin.",
        ),
    ] = None,
) -> None:
    """Make a working, tested project for a plugin of one's own."""
    there = Path(name) if folder is None else folder
    written = write_project(kind, Names(name), there)
    write("".join(f"{(there / path).as_posix()}\n" for path in written))
    write(f"\nIt works as it is; {(there / 'README.md').as_posix()} says how to make it yours.\n")
