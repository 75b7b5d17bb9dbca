"""Show one case: what happened, what was unexpected, what is due and by which article, and the plan."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from huurschuld.cases import Deadline, Event, EventType, Repayment, Stored, repay
from huurschuld.cases.phrases import DUE_NAMES, ROLE_NAMES, details
from huurschuld.cases.surprises import PHASE_NAMES
from huurschuld.cli.display_cases import DUE_STYLES
from huurschuld.cli.terminal import printable, table
from huurschuld.decisions.days import day_text, minute_text
from huurschuld.decisions.words import Lang, cited, euros
from huurschuld.errors import InvalidValue
from huurschuld.model.clock import DUTCH_TIME
from huurschuld.rules.sources import Phrase

_HAPPENED: Final = Phrase("Wat er gebeurde", "What happened")
_UNEXPECTED: Final = Phrase("Onverwacht: kijk of het klopt", "Unexpected: look whether it is right")
_DUE: Final = Phrase("Termijnen", "Deadlines")
_PLAN: Final = Phrase("Het plan", "The plan")
_VERSION: Final = Phrase("versie", "version")
_WORKER: Final = Phrase("medewerker", "worker")
_RECORDED: Final = Phrase("vastgelegd op", "recorded on")
_FORGOTTEN: Final = Phrase(
    "De persoon is vergeten. Wat over deze persoon ging, is weg.",
    "The person was forgotten. What was about this person is gone.",
)
_CORRECTED: Final = Phrase(
    "Teruggenomen of verbeterd, en hier niet meer bij: {}. Met --format json staan ze er wel bij.",
    "Taken back or corrected, and no longer here: {}. --format json has them.",
)
_NOTHING: Final = Phrase("Er is op deze dag nog niets gebeurd.", "Nothing had happened by this day.")
_ENTRY: Final = Phrase("nummer", "id")
REPAID: Final = Phrase(
    "{arrears} in {number} termijnen van {monthly}, van {first} tot en met {last}",
    "{arrears} in {number} instalments of {monthly}, from {first} until {last}",
)
LAST_ONE: Final = Phrase("de laatste is {}", "the last one is {}")
_PAID: Final = Phrase("betaald: {} (betalingen: {}); gemist: {}", "paid: {} (payments: {}); missed: {}")
_NO_AMOUNTS: Final = Phrase("afgesproken zonder bedragen", "agreed without amounts")


def show_case(
    console: Console,
    key: str,
    found: Stored,
    deadlines: Iterable[Deadline],
    lang: Lang,
    *,
    ids: bool,
) -> None:
    """Show one case as it is stored, with its deadlines."""
    state = found.state
    workers = ", ".join(
        f"{name} ({ROLE_NAMES[role].to(lang)})" for role, name in sorted(state.workers.items())
    )
    console.print(Text(printable(key), "bold"), soft_wrap=True)
    console.print(
        Text.assemble(
            (PHASE_NAMES[state.phase].to(lang), "bold"),
            f"; {_VERSION.to(lang)} {found.version}",
            f"; {_WORKER.to(lang)}: {printable(workers)}" if workers else "",
        )
    )
    if found.is_forgotten:
        console.print(Text(_FORGOTTEN.to(lang), "bold yellow"))
    if not state.history:
        console.print(_NOTHING.to(lang))
        return
    _show_history(console, state.history, lang, ids=ids)
    standing = {it.id for it in state.history}
    gone = sum(it.id not in standing and it.type is not EventType.RETRACTED for it in found.events)
    if gone:
        console.print(Padding(Text(_CORRECTED.to(lang).format(gone), "dim"), (0, 0, 0, 2)))
    if state.unexpected:
        console.print(f"\n{_UNEXPECTED.to(lang)}", style="bold")
        for odd in state.unexpected:
            day = day_text(odd.event.happened, lang)
            line = f"{day}  {odd.event.rule.label.to(lang)}: {odd.reason.to(lang)}"
            console.print(Padding(Text(line, "magenta"), (0, 0, 0, 2)))
    _show_deadlines(console, list(deadlines), lang)
    _show_plan(console, found, lang)


def _show_history(console: Console, history: Sequence[Event], lang: Lang, *, ids: bool) -> None:
    console.print(f"\n{_HAPPENED.to(lang)}", style="bold")
    shown = table()
    shown.show_header = False
    for no_wrap in (True, False, False):
        shown.add_column(no_wrap=no_wrap, overflow="fold")
    for event in history:
        told = ", ".join(details(event, lang))
        what = Text(f"{event.rule.label.to(lang)}{': ' if told else ''}{printable(told)}")
        if ids:
            recorded = minute_text(event.recorded.astimezone(DUTCH_TIME), lang)
            what.append(
                f"\n{_ENTRY.to(lang)} {printable(event.id)}, {_RECORDED.to(lang)} {recorded}", "dim"
            )
        who = f"{ROLE_NAMES[event.by].to(lang)}{', ' if event.person else ''}{event.person or ''}"
        shown.add_row(f"  {day_text(event.happened, lang)}", what, Text(printable(who), "dim"))
    console.print(shown)


def _show_deadlines(console: Console, deadlines: Sequence[Deadline], lang: Lang) -> None:
    if not deadlines:
        return
    console.print(f"\n{_DUE.to(lang)}", style="bold")
    for it in deadlines:
        state = DUE_NAMES[it.state].to(lang)
        met = f" ({day_text(it.met, lang)})" if it.met is not None else ""
        console.print(
            Text.assemble(
                f"  {day_text(it.end, lang)}  ",
                (f"{state}{met}", DUE_STYLES.get(it.state, "dim")),
                f"  {it.label.to(lang)}; {ROLE_NAMES[it.turn].to(lang)}",
            )
        )
        for line in (cited(it.source, lang), None if it.caveat is None else it.caveat.to(lang)):
            if line is not None:
                console.print(Padding(Text(line, "dim"), (0, 0, 0, 6)))


def _show_plan(console: Console, found: Stored, lang: Lang) -> None:
    """Show the plan that was agreed last, and what was paid of it by what was recorded."""
    state = found.state
    agreed = state.last(EventType.PLAN_AGREED)
    if agreed is None:
        return
    console.print(f"\n{_PLAN.to(lang)}", style="bold")
    repayment = repayment_of(agreed)
    line = _NO_AMOUNTS.to(lang) if repayment is None else repaid_text(repayment, lang)
    console.print(Padding(Text(line), (0, 0, 0, 2)))
    since = state.history[state.history.index(agreed) :]
    paid = [it.data.get("cents", 0) for it in since if it.type is EventType.INSTALMENT_PAID]
    missed = sum(it.type is EventType.INSTALMENT_MISSED for it in since)
    if (paid or missed) and not found.is_forgotten:
        told = _PAID.to(lang).format(euros(sum(paid), lang), len(paid), missed)
        console.print(Padding(Text(told), (0, 0, 0, 2)))


def repayment_of(agreed: Event) -> Repayment | None:
    """Work out how arrears are repaid by a plan that was agreed; None if not all of it was recorded."""
    values = [agreed.data.get(name) for name in ("arrears_cents", "monthly_cents", "first")]
    if None in values:
        return None
    arrears, monthly, first = values
    try:
        return repay(arrears, monthly, first)  # type: ignore[arg-type] # as the fields of the event say
    except InvalidValue:  # longer than any plan: what was recorded is shown as it is
        return None


def repayment_document(repayment: Repayment) -> dict[str, Any]:
    """Return how arrears are repaid, each instalment, as JSON has it."""
    return {
        "arrears_cents": repayment.arrears_cents,
        "within_room": repayment.within_room,
        "instalments": [{"due": it.due.isoformat(), "cents": it.cents} for it in repayment.instalments],
    }


def repaid_text(repayment: Repayment, lang: Lang) -> str:
    """Say in a line how arrears are repaid."""
    amounts = [it.cents for it in repayment.instalments]
    text = REPAID.to(lang).format(
        arrears=euros(repayment.arrears_cents, lang),
        number=len(amounts),
        monthly=euros(amounts[0], lang),
        first=day_text(repayment.first, lang),
        last=day_text(repayment.last, lang),
    )
    return (
        text
        if amounts[-1] == amounts[0]
        else f"{text}; {LAST_ONE.to(lang).format(euros(amounts[-1], lang))}"
    )
