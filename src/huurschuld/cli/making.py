"""Something to begin with: `sample`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from huurschuld.cli.terminal import bar


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
