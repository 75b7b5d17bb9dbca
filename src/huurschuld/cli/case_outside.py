"""A case and others: `case couple` to a helper, `case give-feedback` to the landlord."""

from __future__ import annotations

from typing import Annotated, Final

import typer

from huurschuld import cases
from huurschuld.cases.glance import SHOWN
from huurschuld.cases.rights import Right, allowed
from huurschuld.cli.case_store import (
    CaseArgument,
    CaseStoreOption,
    PersonOption,
    RoleOption,
    opened,
    whole_key,
)
from huurschuld.cli.display_referrals import show_helpers
from huurschuld.cli.options import Lang, LangOption, day_of
from huurschuld.cli.session import ConfigOption, Session, session
from huurschuld.cli.terminal import console, notify, printable, write
from huurschuld.errors import InvalidValue
from huurschuld.model.clock import today
from huurschuld.model.referral import Outcome
from huurschuld.plugins.host import Kind
from huurschuld.rules.sources import Phrase

_COUPLED: Final = Phrase("gekoppeld aan", "coupled to")
_CHOOSE: Final = Phrase("kies er een, met --helper NAAM", "choose one of these, with --helper NAME")
_NOBODY: Final = Phrase(
    "de lijst kent niemand voor deze vraag in deze plaats", "the list has nobody for this need there"
)
_TOLD: Final = Phrase("teruggekoppeld", "feedback given")
_KNOWN: Final = Phrase("niets nieuws", "nothing new")
_FAILED: Final = Phrase("niet gelukt", "failed")
_NO_LANDLORD: Final = Phrase("zaken zonder vastgelegde verhuurder", "cases without a recorded landlord")
_NOT_TOLD: Final = Phrase("waarvan met nieuws voor hem", "of which with news for him")
_RECORD_IT: Final = Phrase(
    "leg `received` opnieuw vast, met de verhuurder en --replaces",
    "record `received` anew, with the landlord and --replaces",
)

DayOption = Annotated[
    str | None, typer.Option("--on", metavar="YYYY-MM-DD", help="The day; else today.")
]


def couple(
    case: CaseArgument,
    need: Annotated[str, typer.Option("--need", help="What help is needed with, such as schulden.")],
    by: RoleOption,
    person: PersonOption,
    helper: Annotated[
        str | None,
        typer.Option("--helper", metavar="NAME", help="Whom you choose; without it they are listed."),
    ] = None,
    place: Annotated[
        str | None, typer.Option("--place", help="The town; else that of the contact details.")
    ] = None,
    directory: Annotated[
        str | None,
        typer.Option("--directory", metavar="NAME", help="Without it the only one configured."),
    ] = None,
    on: DayOption = None,
    store: CaseStoreOption = None,
    config: ConfigOption = None,
    lang: LangOption = Lang.EN,
) -> None:
    """Find who can help this household, and record the helper that you choose."""
    day = today() if on is None else day_of(on, "--on")
    with session(config) as it, opened(store, config) as desk:
        key = whole_key(desk.store, case, by, Right.LOOK)
        name = it.only(Kind.HELPER_DIRECTORY, directory, "--directory")
        opened_directory = it.open(Kind.HELPER_DIRECTORY, name)
        found = desk.store.look(key, by=by, person=person, purpose="coupling")
        proposed = cases.propose_helpers(found.state, opened_directory, need, place)
        if helper is not None:
            chosen = cases.couple(
                desk.store, found, helper, need, day, among=proposed, by=by, person=person
            )
            write(f"{key[:SHOWN]}: {_COUPLED.to(lang)} {printable(chosen.name)}\n")
            return
    if proposed:
        show_helpers(console(), proposed)
        write(f"{_CHOOSE.to(lang)}\n")
    else:
        write(f"{_NOBODY.to(lang)}\n")


def _channel_of(it: Session, landlord: str | None) -> str:
    """The channel that is configured under the name of a landlord: no other may be his."""
    names = it.configuration.names(Kind.FEEDBACK_CHANNEL)
    if landlord is None or landlord not in names:
        raise InvalidValue(
            "--channel",
            "no channel for feedback is configured under the name of the landlord",
            f"name it; configured are: {', '.join(names) or 'none'}",
        )
    return landlord


def give_feedback(
    by: RoleOption,
    person: PersonOption,
    keys: Annotated[
        list[str] | None, typer.Argument(metavar="[CASE]...", help="Cases, by their keys.")
    ] = None,
    landlord: Annotated[
        str | None,
        typer.Option("--landlord", metavar="NAME", help="All cases that came from this landlord."),
    ] = None,
    channel: Annotated[
        str | None,
        typer.Option(
            "--channel", metavar="NAME", help="The channel to him; else the one with his name."
        ),
    ] = None,
    as_of: Annotated[
        str | None,
        typer.Option("--as-of", metavar="YYYY-MM-DD", help="As of which day; else today."),
    ] = None,
    store: CaseStoreOption = None,
    config: ConfigOption = None,
    lang: LangOption = Lang.EN,
) -> None:
    """Tell a landlord what he may know and was not told yet; that he was is recorded."""
    if not keys and landlord is None:
        raise InvalidValue("CASE", "name cases, or a landlord", "such as --landlord NAME")
    allowed(by, Right.OVERVIEW)  # whom it cannot tell is listed
    day = today() if as_of is None else day_of(as_of)
    with session(config) as it, opened(store, config) as desk:
        name = channel or _channel_of(it, landlord)
        to = it.open(Kind.FEEDBACK_CHANNEL, name)
        given: list[str] = []
        known: list[str] = []
        failed: list[tuple[str, str]] = []
        no_landlord: tuple[str, ...] = ()
        not_told: tuple[str, ...] = ()
        for key in [whole_key(desk.store, it, by, Right.OVERVIEW) for it in keys or ()]:
            delivery = cases.give_feedback(
                desk.store, to, key, day, by=by, person=person, landlord=landlord
            )
            if delivery is None:
                known.append(key)
            elif delivery.outcome is Outcome.ACCEPTED:
                given.append(key)
            else:
                failed.append((key, f"{delivery.outcome}: {delivery.reason}"))
        if not keys and landlord is not None:
            done = cases.give_all_feedback(desk.store, to, day, landlord=landlord, by=by, person=person)
            given, known = [*done.given], [*done.known]
            failed = [(it.case, it.why) for it in done.failed]
            no_landlord, not_told = done.no_landlord, done.not_told
    for key, why in failed:
        notify(f"{key[:SHOWN]}: {why}; run it again")
    counts = ((_TOLD, given), (_KNOWN, known), (_FAILED, failed))
    write("; ".join(f"{it.to(lang)}: {len(found)}" for it, found in counts) + "\n")
    for key in given:
        write(f"  {key[:SHOWN]}\n")
    if no_landlord:
        news = f"{_NOT_TOLD.to(lang)}: {len(not_told)}"
        write(f"{_NO_LANDLORD.to(lang)}: {len(no_landlord)}; {news}; {_RECORD_IT.to(lang)}\n")
    for key in not_told:
        write(f"  {key[:SHOWN]}\n")
    if failed or not_told:
        raise typer.Exit(1)
