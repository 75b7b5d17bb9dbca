"""Outside parties: `helpers`, who can help; and `export`, a report about referrals."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import attrs
import typer

from huurschuld import referrals
from huurschuld.cli.display_referrals import show_helpers
from huurschuld.cli.options import TextFormat, day_of
from huurschuld.cli.session import ConfigOption, OutboxOption, session
from huurschuld.cli.terminal import console, say, write
from huurschuld.errors import InvalidValue
from huurschuld.model.files import check_outputs, write_files
from huurschuld.model.helpers import Directory
from huurschuld.model.values import FIRST_DAY, LAST_DAY
from huurschuld.plugins.host import Kind


def helpers(
    need: Annotated[str | None, typer.Option("--need", help="What to help with, such as debts.")] = None,
    place: Annotated[str | None, typer.Option("--place", help="The town.")] = None,
    directory: Annotated[
        str | None,
        typer.Option("--directory", metavar="NAME", help="Without it the only one that is configured."),
    ] = None,
    output: Annotated[TextFormat, typer.Option("--format", help="text or json.")] = TextFormat.TEXT,
    config: ConfigOption = None,
) -> None:
    """Find who can help, by need and place; those of the place first."""
    with session(config) as it:
        name = it.only(Kind.HELPER_DIRECTORY, directory, "--directory")
        opened = it.open(Kind.HELPER_DIRECTORY, name)
        found = opened.helpers(need, place)
        everyone = Directory(opened.helpers()) if not found else None
    if output is TextFormat.JSON:
        write(json.dumps([attrs.asdict(one) for one in found], ensure_ascii=False, indent=1) + "\n")
    elif everyone is None:
        show_helpers(console(), found)
    else:
        say("no helper for this need in this place\n")
        say(f"needs here: {', '.join(everyone.needs()) or 'none'}\n")
        say(f"places: {', '.join(everyone.places()) or 'none'}\n")


def export(
    first: Annotated[
        str, typer.Option("--first", metavar="YYYY-MM-DD", help="The first day of the period.")
    ],
    last: Annotated[
        str, typer.Option("--last", metavar="YYYY-MM-DD", help="The last day of the period.")
    ],
    file: Annotated[Path, typer.Option("--output", help="The file to write, whole or not at all.")],
    exporter: Annotated[
        str | None,
        typer.Option("--exporter", metavar="NAME", help="Without it the only one that is configured."),
    ] = None,
    made_at: Annotated[
        str | None,
        typer.Option(
            "--made-at", metavar="MOMENT", help="When the report is made: 2026-02-05T10:30:00+01:00."
        ),
    ] = None,
    outbox: OutboxOption = None,
    config: ConfigOption = None,
) -> None:
    """Report on the referrals that were accepted in a period, such as to Statistics Netherlands."""
    start, end = day_of(first, "--first"), day_of(last, "--last")
    if end < start:
        raise InvalidValue("--last", "the last day is before the first", "correct one of the two")
    with session(config, outbox=outbox) as it, it.open_outbox() as box:
        check_outputs(
            {"--output": file},
            [*it.read_by(*Kind), *box.files(), *([] if config is None else [config])],
        )
        name = it.only(Kind.EXPORTER, exporter, "--exporter")
        options = {} if made_at is None else {"made_at": made_at}
        found = list(referrals.sent(box, FIRST_DAY, LAST_DAY))
        report = it.open(Kind.EXPORTER, name, **options).export(found, start, end)
    write_files({file: report})
    count = sum(start <= it.day <= end for it in found)
    say(f"{file.name} is written\n")
    say(f"accepted from {start} to {end}, by any receiver: {count} referrals\n")
