"""Signals at the side of the GGD: `case receive`, `case match`, `case repeat`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

import typer

from huurschuld import cases
from huurschuld.cases.glance import SHOWN
from huurschuld.cases.phrases import word_name
from huurschuld.cases.rights import Right
from huurschuld.cases.surprises import PHASE_NAMES
from huurschuld.cli.case_store import (
    CaseArgument,
    CaseConfigOption,
    CaseStoreOption,
    PersonOption,
    RoleOption,
    opened,
    whole_key,
)
from huurschuld.cli.options import Lang, LangOption, day_of
from huurschuld.cli.terminal import notify, write
from huurschuld.decisions.days import day_text
from huurschuld.model.clock import today
from huurschuld.plugins.meldpunt.receiving import receive_folder
from huurschuld.rules.sources import Phrase

_RECEIVED: Final = Phrase("ontvangen", "received")
_KNOWN: Final = Phrase("al eerder ontvangen", "received before")
_LEFT: Final = Phrase("niet ontvangen, staat nog in de map", "not received, still in the folder")
_SAME: Final = Phrase("zelfde naam", "same name")
_OTHER: Final = Phrase("andere naam", "another name")
_LAST: Final = Phrase("signaal van", "signal of")
_NONE: Final = Phrase(
    "geen zaak hier met dit adres; of andere schuldeisers een signaal gaven, is hier niet te zien",
    "no case here has this address; whether other creditors sent a signal cannot be seen here",
)
_REPEATED: Final = Phrase("herhaald signaal, vastgelegd in zaak", "a repeated signal, recorded in case")


def receive(
    folder: Annotated[
        Path, typer.Argument(metavar="FOLDER", help="Where a landlord's channel puts its files.")
    ],
    by: RoleOption,
    person: PersonOption,
    landlord: Annotated[
        str | None,
        typer.Option(
            "--landlord", metavar="NAME", help="The organisation whose folder it is, for the feedback."
        ),
    ] = None,
    policy: Annotated[
        str | None,
        typer.Option("--policy", metavar="NAME", help="The policy by which it refers, if agreed."),
    ] = None,
    received: Annotated[
        str | None,
        typer.Option(
            "--received", metavar="YYYY-MM-DD", help="The day they came; else that of each file."
        ),
    ] = None,
    fields: Annotated[
        str | None,
        typer.Option(
            "--fields", metavar="NAME=NAMES,…", help="The names of the fields, as the sender has them."
        ),
    ] = None,
    amount: Annotated[
        str, typer.Option("--amount", help="How amounts are written: euros or cents.")
    ] = "euros",
    keep: Annotated[
        bool, typer.Option("--keep", help="Leave files in the folder once they are recorded.")
    ] = False,
    store: CaseStoreOption = None,
    configuration: CaseConfigOption = None,
    lang: LangOption = Lang.EN,
) -> None:
    """Take in the signals in a folder, each once; what cannot be taken stays there and is named."""
    day = None if received is None else day_of(received, "--received")
    with opened(store, configuration) as desk:
        done = receive_folder(
            desk.store,
            folder,
            by=by,
            person=person,
            landlord=landlord,
            policy=policy,
            day=day,
            fields=fields,
            amount=amount,
            keep=keep,
        )
    for refused in done.refused:
        notify(f"{refused.file} is not received: {refused.error}")
    counts = ((_RECEIVED, done.recorded), (_KNOWN, done.known), (_LEFT, done.refused))
    write("; ".join(f"{name.to(lang)}: {len(found)}" for name, found in counts) + "\n")
    for key in done.recorded:
        write(f"  {key[:SHOWN]}\n")
    if done.refused:
        raise typer.Exit(1)


def match(
    case: CaseArgument,
    by: RoleOption,
    person: PersonOption,
    store: CaseStoreOption = None,
    configuration: CaseConfigOption = None,
    lang: LangOption = Lang.EN,
) -> None:
    """Find cases that a signal may belong to, by its address; you say what it is matched with."""
    with opened(store, configuration) as desk:
        key = whole_key(desk.store, case, by, Right.LOOK)
        found = cases.matches(desk.store, key, by=by, person=person)
    for it in found:
        name = (_SAME if it.is_same_name else _OTHER).to(lang)
        suggested = word_name("matching", it.suggests, lang.value)
        phase, received = PHASE_NAMES[it.phase].to(lang), day_text(it.received, lang)
        write(f"{it.case[:SHOWN]}  {_LAST.to(lang)} {received}  {phase}  {name}: {suggested}\n")
    if not found:
        write(f"{_NONE.to(lang)}\n")


def repeat(
    case: CaseArgument,
    of: Annotated[str, typer.Option("--of", metavar="CASE", help="The case that the household has.")],
    by: RoleOption,
    person: PersonOption,
    on: Annotated[
        str | None, typer.Option("--on", metavar="YYYY-MM-DD", help="The day; else today.")
    ] = None,
    store: CaseStoreOption = None,
    configuration: CaseConfigOption = None,
    lang: LangOption = Lang.EN,
) -> None:
    """Say that a signal repeats an earlier one: it is recorded in that case, and not taken up itself."""
    with opened(store, configuration) as desk:
        key, earlier = (whole_key(desk.store, it, by, Right.OVERVIEW) for it in (case, of))
        day = today() if on is None else day_of(on, "--on")
        cases.repeat(desk.store, key, earlier, day, by=by, person=person)
    write(f"{key[:SHOWN]}: {_REPEATED.to(lang)} {earlier[:SHOWN]}\n")
