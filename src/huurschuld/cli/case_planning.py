"""What if the tenant can pay so much a month: `case plan`, before anybody signs."""

from __future__ import annotations

import json
from typing import Annotated, Final

import typer

from huurschuld.cases import Repayment, repay
from huurschuld.cli.case_values import cents_of
from huurschuld.cli.display_case import repaid_text, repayment_document
from huurschuld.cli.options import Lang, LangOption, TableFormat, day_of
from huurschuld.cli.terminal import say, write
from huurschuld.portfolio.csv_writing import csv_text
from huurschuld.rules.sources import Phrase

_WITHIN: Final = {
    True: Phrase(
        "binnen de ruimte boven de beslagvrije voet die is opgegeven",
        "within the room above the protected earnings that was given",
    ),
    None: Phrase(
        "of dit past boven de beslagvrije voet, is niet bekend: geef de ruimte op met --room",
        "whether this leaves the protected earnings alone is not known: give the room with --room",
    ),
}
_AGREED: Final = Phrase(
    "Er is niets vastgelegd. Is het zo afgesproken", "Nothing is recorded. Once it is agreed"
)


def plan(
    arrears: Annotated[str, typer.Option("--arrears", metavar="EUROS", help="What is to be repaid.")],
    monthly: Annotated[
        str,
        typer.Option(
            "--monthly", metavar="EUROS", help="What the tenant can pay a month beside the rent."
        ),
    ],
    first: Annotated[
        str, typer.Option("--first", metavar="YYYY-MM-DD", help="The day of the first instalment.")
    ],
    room: Annotated[
        str | None,
        typer.Option(
            "--room",
            metavar="EUROS",
            help="What the tenant can spare a month above the protected earnings (beslagvrije voet).",
        ),
    ] = None,
    output: Annotated[
        TableFormat, typer.Option("--format", help="table; json or csv has each instalment.")
    ] = TableFormat.TABLE,
    lang: LangOption = Lang.EN,
) -> None:
    """Work out how arrears are repaid, before anybody signs: when it ends, and whether it fits."""
    found = repay(
        cents_of(arrears, "--arrears"),
        cents_of(monthly, "--monthly"),
        day_of(first, "--first"),
        room_cents=None if room is None else cents_of(room, "--room"),
    )
    match output:
        case TableFormat.TABLE:
            _show(found, lang)
        case TableFormat.CSV:
            rows = ((it.due.isoformat(), it.cents) for it in found.instalments)
            write(csv_text(("due", "cents"), rows))
        case TableFormat.JSON:
            write(json.dumps(repayment_document(found), indent=1) + "\n")


def _show(found: Repayment, lang: Lang) -> None:
    write(f"{repaid_text(found, lang.value)}\n")
    write(f"{_WITHIN[found.within_room].to(lang)}\n\n")
    values = {
        "arrears": _written(found.arrears_cents),
        "monthly": _written(found.instalments[0].cents),
        "first": found.first,
        "last": found.last,
    }
    data = " ".join(f"--data {name}={value}" for name, value in values.items())
    say(f"{_AGREED.to(lang)}:\n  huurschuld case record CASE plan-agreed --happened YYYY-MM-DD {data}\n")


def _written(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02}"
