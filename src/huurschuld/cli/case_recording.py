"""What a case worker writes: `case begin`, `case record`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final

import typer

from huurschuld import cases
from huurschuld.cases import EVENTS, CaseState, DeadlineRule, Role, due
from huurschuld.cases.glance import short_keys
from huurschuld.cases.phrases import ROLE_NAMES, details
from huurschuld.cases.rights import GIVE_WHOLE_KEYS
from huurschuld.cases.surprises import PHASE_NAMES
from huurschuld.cli.case_rows import TO_DO
from huurschuld.cli.case_store import (
    CaseConfigOption,
    CaseStoreOption,
    PersonOption,
    RoleOption,
    opened,
    store_url,
)
from huurschuld.cli.case_values import data_of, type_of
from huurschuld.cli.options import Lang, LangOption, day_of
from huurschuld.cli.terminal import notify, printable, say, write
from huurschuld.decisions.days import day_text
from huurschuld.errors import InvalidValue
from huurschuld.model.clock import today
from huurschuld.rules.sources import Phrase

if TYPE_CHECKING:  # it needs the extra `cases`, and `--help` does not
    from huurschuld.cases import CaseStore

_RECORDED: Final = Phrase("vastgelegd", "recorded")
_ID: Final = Phrase("nummer van deze vastlegging", "id of this entry")
_CASE: Final = Phrase("de zaak is nu", "the case is now")
_VERSION: Final = Phrase("versie", "version")
_NEXT: Final = Phrase("eerst te doen", "to be done first")
_UNTIL: Final = Phrase("uiterlijk", "by")
_UNEXPECTED: Final = Phrase("onverwacht, kijk of het klopt", "unexpected, look whether it is right")


def begin(store: CaseStoreOption = None, configuration: CaseConfigOption = None) -> None:
    """Create the store of cases. Do this once, at the start."""
    with cases.create_case_store(store_url(store, configuration)):
        pass
    say("the store is created; it has no cases yet\n")


def record(
    case: Annotated[
        str, typer.Argument(metavar="CASE", help="The key of the case, or as much of it as lists show.")
    ],
    type_: Annotated[
        str, typer.Argument(metavar="TYPE", help="What happened; see `huurschuld case events`.")
    ],
    happened: Annotated[
        str, typer.Option("--happened", metavar="YYYY-MM-DD", help="The day on which it happened.")
    ],
    by: RoleOption,
    person: PersonOption,
    data: Annotated[
        list[str] | None,
        typer.Option("--data", metavar="NAME=VALUE", help="A further value, such as reached=true."),
    ] = None,
    new: Annotated[bool, typer.Option("--new", help="The case is not there yet: begin it.")] = False,
    replaces: Annotated[
        str | None,
        typer.Option(
            "--replaces", metavar="ID", help="The entry that was wrong, and that this one corrects."
        ),
    ] = None,
    expected: Annotated[
        int | None,
        typer.Option(
            "--expected",
            metavar="VERSION",
            min=0,
            help="The version that you looked at: refuse if something was recorded since.",
        ),
    ] = None,
    id_: Annotated[
        str | None,
        typer.Option(
            "--id", metavar="ID", help="An id of your own: the same once more changes nothing."
        ),
    ] = None,
    store: CaseStoreOption = None,
    configuration: CaseConfigOption = None,
    lang: LangOption = Lang.EN,
) -> None:
    """Record what happened in a case."""
    kind = type_of(type_)
    values = data_of(kind, data)
    day = day_of(happened, "--happened")
    with opened(store, configuration) as desk:
        key = _key_to_write(desk.store, case, by, new=new, again=id_ is not None)
        done = desk.store.record(
            key,
            kind,
            day,
            by=by,
            person=person,
            data=values,
            replaces=replaces,
            id=id_,
            expected=expected,
        )
    write(f"{_RECORDED.to(lang)}: {EVENTS[kind].label.to(lang)}, {day_text(day, lang)}\n")
    write(f"{_ID.to(lang)}: {printable(done.id)}\n")
    if done.state is not None:
        _tell(done.state, done.id, done.version, desk.rules, lang)


def _key_to_write(store: CaseStore, given: str, by: Role, *, new: bool, again: bool) -> str:
    """Complete a key; one that is mistyped must not begin a case, or end up in another one.

    Of who gives whole keys a part of one is a key that is not there.
    """
    shown = short_keys(store.keys())
    if given in shown:
        if new and not again:
            raise InvalidValue(
                "--new", "there is a case with this key", "leave --new out, or look at the key"
            )
        return given
    known = () if by in GIVE_WHOLE_KEYS else shown
    fitting = [key for key in known if key.startswith(given)]
    if len(fitting) == 1 and given.startswith(shown[fitting[0]]):
        return fitting[0]
    if fitting:
        raise InvalidValue(
            "CASE", "this is too little of a key to record something by", "give as much as lists show"
        )
    if not new:
        raise InvalidValue(
            "CASE", "there is no case with this key", "correct it, or begin the case with --new"
        )
    return given


def _tell(
    state: CaseState, id_: str, version: int | None, rules: tuple[DeadlineRule, ...], lang: Lang
) -> None:
    """Say how the case is now, and what of the event is to be looked at."""
    for it in state.history:
        if it.id == id_ and (told := ", ".join(details(it, lang.value))):
            write(f"  {printable(told)}\n")
    write(f"{_CASE.to(lang)}: {PHASE_NAMES[state.phase].to(lang)}; {_VERSION.to(lang)} {version}\n")
    first = next((it for it in due(state, today(), rules) if it.state in TO_DO), None)
    if first is not None:
        turn = ROLE_NAMES[first.turn].to(lang)
        last = day_text(first.end, lang)
        write(f"{_NEXT.to(lang)}: {first.label.to(lang)}, {_UNTIL.to(lang)} {last} ({turn})\n")
    for odd in state.unexpected:
        if odd.event.id == id_:
            notify(f"{_UNEXPECTED.to(lang)}: {odd.reason.to(lang)}")
