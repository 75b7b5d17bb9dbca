"""What a privacy officer does with cases: `case export`, `case forget`, `case retention`."""

from __future__ import annotations

import datetime as dt
import json
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from huurschuld import cases
from huurschuld.cases import ImpossibleEvent, Kept, Retention
from huurschuld.cases.classification import DataClass
from huurschuld.cases.glance import short_keys
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
from huurschuld.cli.language import told
from huurschuld.cli.options import Lang, LangOption, TextFormat, day_of
from huurschuld.cli.terminal import console, notify, table, write
from huurschuld.decisions.days import day_text
from huurschuld.errors import InvalidValue
from huurschuld.model.clock import today
from huurschuld.model.files import check_outputs, write_text
from huurschuld.rules.sources import Phrase

if TYPE_CHECKING:  # a store needs an extra
    from huurschuld.cases import CaseStore, Forgetting

FormatOption = Annotated[TextFormat, typer.Option("--format", help="text or json.")]
YesOption = Annotated[
    bool, typer.Option("--yes", help="Do not ask: you have looked at what goes and what stays.")
]
DayOption = Annotated[
    str | None, typer.Option("--as-of", metavar="YYYY-MM-DD", help="The day; today by default.")
]

_OVER: Final = Phrase("afgesloten op", "over since")
_GOES: Final = Phrase("Wat voorgoed verdwijnt", "What goes, for good")
_STAYS: Final = Phrase("Wat blijft, onder de sleutel van de melding", "What stays, under the key of it")
_IN_ENTRIES: Final = Phrase("in {n} vastleggingen", "in {n} entries")
_FACTS: Final = Phrase(
    "wat er gebeurde, op welke dag, wie het vastlegde en wie keek: {n} vastleggingen",
    "what happened, on which day, who recorded it and who looked: {n} entries",
)
_AFTER: Final = (
    Phrase(
        "Daarna kan in deze zaak niets meer worden vastgelegd. De cijfers veranderen niet.",
        "Nothing can be recorded in this case after that. The figures do not change.",
    ),
    Phrase(
        "In reservekopieën van eerder staat het nog; zie de handleiding (case-store).",
        "Backups from before still have it; see the manual (case-store).",
    ),
)
_LINKED: Final = Phrase(
    "Deze persoon staat ook in een andere zaak, en wordt daarin niet gewist",
    "This person is in another case too, and is not forgotten there",
)
_STILL: Final = Phrase(
    "deze persoon staat ook nog in een andere zaak", "this person is still in another case too"
)
_YES: Final = frozenset(("j", "ja", "y", "yes"))
_ASK: Final = Phrase("Deze persoon wissen?", "Forget this person?")
_DONE: Final = Phrase("gewist", "forgotten")
_NOT_DONE: Final = Phrase("niet gewist", "not forgotten")
_ALREADY: Final = Phrase("deze persoon is al gewist", "this person was forgotten already")
_LEFT: Final = Phrase("niets gewist", "nothing was forgotten")
_UNSET: Final = Phrase("niet vastgesteld", "not set")
_DAYS: Final = Phrase("{days} dagen", "{days} days")
_TERMS: Final = Phrase("termijnen", "terms")
_NOT_OVER: Final = Phrase("nog niet afgesloten", "not over")
_WITHIN: Final = Phrase("binnen de termijn", "within their term")
_WITHOUT: Final = Phrase("zonder vastgestelde termijn", "without a term that is set")
_PAST: Final = Phrase("over de termijn", "past their term")
_HEADINGS: Final = (
    Phrase("zaak", "case"),
    Phrase("afgesloten", "over"),
    Phrase("bewaren tot en met", "kept until"),
    Phrase("om", "because of"),
)


def export(
    case: CaseArgument,
    by: RoleOption,
    person: PersonOption,
    as_of: DayOption = None,
    file: Annotated[
        Path | None,
        typer.Option("--output", metavar="FILE", help="The file; by default it is shown here."),
    ] = None,
    withhold: Annotated[
        list[str] | None,
        typer.Option(
            "--withhold",
            metavar="PLACE",
            help="A text to leave out, because it is about somebody else too. May be repeated.",
        ),
    ] = None,
    output: FormatOption = TextFormat.TEXT,
    store: CaseStoreOption = None,
    configuration: CaseConfigOption = None,
    lang: LangOption = Lang.EN,
) -> None:
    """Give all that is held of the person of a case (GDPR 15); that it was made is recorded."""
    day = today() if as_of is None else day_of(as_of)
    with opened(store, configuration) as desk:
        if file is not None:
            check_outputs({"--output": file}, desk.files)
        document = cases.export_person(
            desk.store,
            whole_key(desk.store, case, by, Right.EXPORT),
            day,
            by=by,
            person=person,
            retention=desk.retention,
            withhold=withhold or (),
        )
    if output is TextFormat.JSON:
        text = json.dumps(document, ensure_ascii=False, indent=1) + "\n"
    else:
        text = cases.export_text(document, lang.value)
    if file is None:
        write(text)
    else:
        write_text(file, text)
    if document["linked"]:
        others = ", ".join(it["case"] for it in document["linked"])
        notify(f"this person is in another case too, which is not in this export: {others}")
    places = list(cases.free_texts(document))
    if places:
        notify(
            "before you give it away, read what somebody wrote in words of his own, for it may be about "
            f"others (GDPR 15(4)): {', '.join(places)}; --withhold PLACE leaves one out"
        )


def forget(
    case: CaseArgument,
    by: RoleOption,
    person: PersonOption,
    yes: YesOption = False,
    store: CaseStoreOption = None,
    configuration: CaseConfigOption = None,
    lang: LangOption = Lang.EN,
) -> None:
    """Forget the person of a case that is over, once you have seen what goes and what stays."""
    with opened(store, configuration) as desk:
        key = whole_key(desk.store, case, by, Right.FORGET)
        what = cases.forgetting(desk.store, key, by=by)
        if what.is_forgotten:
            write(f"{key}: {_ALREADY.to(lang)}\n")
            _name_others(key, what, lang)
            return
        if what.over is None:
            raise ImpossibleEvent("CASE", f"the case is {what.phase}", "close it first")
        for line in _said(key, what, lang):
            write(f"{line}\n")
        _confirm(lang, yes=yes)
        desk.store.forget(key, by=by, person=person)
    write(f"{key}: {_DONE.to(lang)}\n")
    _name_others(key, what, lang)


def retention(
    by: RoleOption,
    as_of: DayOption = None,
    forgets: Annotated[
        bool, typer.Option("--forget", help="Forget the person of each case that is past its term.")
    ] = False,
    person: Annotated[
        str | None,
        typer.Option(
            "--person", metavar="NAME", envvar="HUURSCHULD_PERSON", help="Your name, with --forget."
        ),
    ] = None,
    yes: YesOption = False,
    output: FormatOption = TextFormat.TEXT,
    store: CaseStoreOption = None,
    configuration: CaseConfigOption = None,
    lang: LangOption = Lang.EN,
) -> None:
    """Show which cases are past the term for which they are kept; exit with 1 if some are."""
    day = today() if as_of is None else day_of(as_of)
    if forgets and day > today():
        raise InvalidValue(
            "--as-of",
            "this day is to come, and nobody is forgotten before the term has passed",
            "leave --as-of out to forget, or --forget to look ahead",
        )
    if forgets and person is None:
        raise InvalidValue("--person", "your name is expected", "who has somebody forgotten is recorded")
    with opened(store, configuration) as desk:
        found = list(cases.kept_cases(desk.store, desk.retention, by=by))
        past = [it for it in found if it.is_past(day)]
        if output is TextFormat.JSON:
            document = _document(found, desk.retention, day)
            write(json.dumps(document, ensure_ascii=False, indent=1) + "\n")
        else:
            _show(found, past, desk.retention, day, lang)
        if forgets and person is not None and past:
            _confirm(lang, yes=yes)
            done = _forget_all(desk.store, past, by, person, lang)
            for it in past:
                _name_others(it.case, cases.forgetting(desk.store, it.case, by=by), lang)
            if not done:
                raise typer.Exit(1)
        elif past:
            raise typer.Exit(1)


def _forget_all(store: CaseStore, past: Iterable[Kept], by: str, person: str, lang: Lang) -> bool:
    """Forget whom it can, say of each what became of it, and return whether that was all."""
    done = True
    for it in past:
        try:
            store.forget(it.case, by=by, person=person)
        except ImpossibleEvent as error:  # somebody reopened it since, say
            notify(f"{it.case}: {_NOT_DONE.to(lang)}: {error.problem}; {error.remedy}")
            done = False
        else:
            notify(f"{it.case}: {_DONE.to(lang)}")
    return done


def _confirm(lang: Lang, *, yes: bool) -> None:
    """Ask, and go on only after a yes."""
    if yes:
        return
    if not sys.stdin.isatty():
        raise InvalidValue("--yes", "nobody is here to say yes", "look at what goes, and add --yes")
    asked = f"{_ASK.to(lang)} [{'j' if lang is Lang.NL else 'y'}/N]"
    answer = typer.prompt(asked, default="", show_default=False, err=True)
    if answer.strip().lower() not in _YES:
        notify(_LEFT.to(lang))
        raise typer.Exit(2)


def _name_others(key: str, what: Forgetting, lang: Lang) -> None:
    """Say in which other cases the person still is: nobody is to be forgotten by half."""
    if others := [it.case for it in what.linked if not it.is_forgotten]:
        notify(f"{key}: {_STILL.to(lang)}: {', '.join(others)}")


def _said(key: str, what: Forgetting, lang: Lang) -> Iterable[str]:
    over = None if what.over is None else day_text(what.over, lang)
    yield f"{key}: {PHASE_NAMES[what.phase].to(lang)}, {_OVER.to(lang)} {over}"
    yield ""
    yield f"{_GOES.to(lang)} ({_IN_ENTRIES.to(lang).format(n=what.entries)}):"
    yield from (f"  {it.to(lang)}" for it in what.goes)
    yield f"{_STAYS.to(lang)}:"
    yield f"  {_FACTS.to(lang).format(n=what.stays)}"
    yield from (it.to(lang) for it in _AFTER)
    if what.linked:
        yield f"{_LINKED.to(lang)}:"
        gone = f" ({_DONE.to(lang)})"
        yield from (f"  {it.case}{gone * it.is_forgotten}" for it in what.linked)
    yield ""


def _show(
    found: Sequence[Kept], past: Sequence[Kept], terms: Retention, day: dt.date, lang: Lang
) -> None:
    if past:
        keys = short_keys([it.case for it in found])
        shown = table(*(it.to(lang) for it in _HEADINGS))
        for it in past:
            days = (None if one is None else day_text(one, lang) for one in (it.over, it.until))
            shown.add_row(keys[it.case], *days, told(str(it.by)))
        console().print(shown)
        write("\n")
    counted = (
        (_PAST, len(past)),
        (_WITHIN, sum(it.until is not None and not it.is_past(day) for it in found)),
        (_WITHOUT, sum(it.over is not None and it.until is None for it in found)),
        (_NOT_OVER, sum(it.over is None for it in found)),
    )
    write("   ".join(f"{label.to(lang)}: {count}" for label, count in counted) + "\n")
    write(f"{_TERMS.to(lang)}: {', '.join(_term(it, terms, lang) for it in _SEALED)}\n")


_SEALED: Final = tuple(it for it in DataClass if it.is_sealed)


def _term(data_class: DataClass, terms: Retention, lang: Lang) -> str:
    days = terms.of(data_class)
    said = _UNSET.to(lang) if days is None else _DAYS.to(lang).format(days=days)
    return f"{told(data_class)} {said}"


def _document(found: Iterable[Kept], terms: Retention, day: dt.date) -> dict[str, Any]:
    return {
        "as_of": day.isoformat(),
        "retention": {str(it): terms.of(it) for it in _SEALED},
        "cases": [
            {
                "key": it.case,
                "over": None if it.over is None else it.over.isoformat(),
                "kept_until": None if it.until is None else it.until.isoformat(),
                "because_of": None if it.by is None else str(it.by),
                "is_past": it.is_past(day),
            }
            for it in found
        ],
    }
