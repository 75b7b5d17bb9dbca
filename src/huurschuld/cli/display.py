"""What a person sees on a terminal: worklists, explanations and lists, drawn with rich."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from huurschuld.analysis.conformance import COLUMNAR
from huurschuld.cli.terminal import printable
from huurschuld.decisions.decision import Decision
from huurschuld.decisions.explanation import MARKS, Explanation, Reason, explain
from huurschuld.decisions.words import (
    ADVICE,
    FIELDS,
    PRIORITY,
    WHY,
    WHY_NOT,
    Lang,
    cited,
    count,
    euros,
    in_hundredths,
    quantity,
)
from huurschuld.plugins.host import Host, State
from huurschuld.portfolio.changes import ABSENT, SET_ASIDE, UNDECIDED, Change, Difference
from huurschuld.portfolio.listing import Listing
from huurschuld.rules.advice import Advice, Priority
from huurschuld.rules.conditions.notation import text
from huurschuld.rules.engines.choice import ENGINES
from huurschuld.rules.facts import FACTS
from huurschuld.rules.parameters import Unit
from huurschuld.rules.policy import Clause, Hold, Policy
from huurschuld.rules.rungs import RUNGS
from huurschuld.rules.sources import Phrase

_STYLES: Final = {
    Advice.REFER: "bold red",
    Advice.ASK: "magenta",
    Advice.CONTACT: "yellow",
    Advice.REMIND: "yellow",
    Advice.HOLD: "cyan",
    Advice.WAIT: "dim",
    Advice.NONE: "dim",
}
_PRIORITY_STYLES: Final = {
    Priority.CRISIS: "bold white on red",
    Priority.FAMILY: "bold",
    Priority.UNKNOWN: "italic",
    Priority.REGULAR: "",
}
_MARK_STYLES: Final = {True: "green", False: "red", None: "magenta"}
_WIDE: Final = 100
"""From so many columns on one line says enough of the reason; on fewer it takes several lines."""
_HEADINGS: Final = (
    Phrase("contract", "tenancy"),
    Phrase("advies", "advice"),
    Phrase("voorrang", "priority"),
    Phrase("achterstand", "arrears"),
    Phrase("maanden", "months"),
    Phrase("dagen", "days"),
    Phrase("omdat", "because"),
)
_WORDS: Final = {
    "screened": Phrase("huurcontracten bekeken", "tenancies screened"),
    "changed": Phrase("advies of voorrang veranderd", "advice or priority changed"),
    "hold": Phrase("beletsel", "hold"),
    "unknown": Phrase("onbekend", "unknown"),
    "episode_start": Phrase("begin van de achterstand", "start of the arrears"),
    "never": Phrase("geen", "none"),
    "yes": Phrase("ja", "yes"),
    "no": Phrase("nee", "no"),
    "set aside": Phrase("terzijde gelegd", "set aside"),
    "not screened": Phrase(
        "terzijde gelegd, omdat een rij ervan niet klopt: bekijk deze zelf",
        "set aside, because a row of theirs is wrong: look at these by hand",
    ),
    "in arrears": Phrase("met huurachterstand", "in arrears"),
    "more": Phrase("meer; --top toont er meer", "more; --top shows more"),
    "since": Phrase("sinds", "since"),
    "attempts": Phrase("pogingen", "attempts"),
    "ways": Phrase("manieren", "ways"),
    "first": Phrase("Voorrang", "Priority"),
    "numbers": Phrase("De getallen en wie ze vaststelde", "The numbers and who set them"),
    "undecided": Phrase(
        "niet beslist, omdat de rekenwijzen verschillen: bekijk deze zelf",
        "not decided, because the engines differ: look at these by hand",
    ),
    "person": Phrase("Dit is een advies. Een mens beslist.", "This is advice. A person decides."),
}
_SINCE: Final = {"days_since_attempt": "attempts", "days_since_offer": "sharing_offered"}
"""The facts that count days since something, and the fact that tells whether that ever was."""
_WITHOUT_ADVICE: Final = {
    SET_ASIDE: _WORDS["set aside"],
    UNDECIDED: Phrase("niet beslist", "not decided"),
    ABSENT: Phrase("niet in de portefeuille", "not in the portfolio"),
}


def show_worklist(console: Console, listing: Listing, lang: Lang, top: int) -> None:
    """The top of a worklist as a table, and the counts."""
    table = Table(box=None, header_style="bold", pad_edge=False, expand=True)
    for index, heading in enumerate(_HEADINGS):
        right = index in (3, 4, 5)
        last = index == len(_HEADINGS) - 1
        table.add_column(
            heading.to(lang),
            justify="right" if right else "left",
            no_wrap=not last or console.width >= _WIDE,
            ratio=1 if last else None,
            overflow="ellipsis" if console.width >= _WIDE else "fold",
        )
    for decision in listing.decisions[:top]:
        table.add_row(*_worklist_row(decision, lang))
    console.print(table)
    more = len(listing.rows) - min(top, len(listing.decisions))
    if more:
        console.print(f"… {count(more, lang)} {_WORDS['more'].to(lang)}", style="dim")
    console.print()
    counts = listing.counts()
    told = (
        f"{_WORDS['screened'].to(lang)}: {count(listing.screened, lang)}; "
        f"{_WORDS['in arrears'].to(lang)}: {count(len(listing.rows), lang)}"
    )
    if listing.set_aside is not None:
        told += f"; {_WORDS['set aside'].to(lang)}: {count(listing.set_aside.tenancies, lang)}"
    console.print(told)
    of_each = Text("  ")
    for advice in Advice:
        if advice is not Advice.NONE:
            of_each.append(f"{ADVICE[advice].word.to(lang)} {counts[advice]}   ", _STYLES[advice])
    console.print(of_each)
    aside = () if listing.set_aside is None else listing.set_aside.names
    for why, names in (
        ("not screened", aside),
        ("undecided", [it.tenancy or "" for it in listing.undecided]),
    ):
        if names:
            ids = ", ".join(map(printable, names))
            console.print(Text(f"{count(len(names), lang)} {_WORDS[why].to(lang)}: {ids}", "bold red"))
    console.print(_WORDS["person"].to(lang), style="italic")


def _worklist_row(decision: Decision, lang: Lang) -> tuple[RenderableType, ...]:
    facts = decision.facts
    return (
        Text(printable(decision.tenancy)),
        Text(ADVICE[decision.advice].word.to(lang), _STYLES[decision.advice]),
        Text(PRIORITY[decision.priority].word.to(lang), _PRIORITY_STYLES[decision.priority]),
        euros(facts.arrears_cents or 0, lang),
        quantity(in_hundredths(facts.months or 0), Unit.MONTHS, lang),
        str(facts.days_overdue),
        Text(because(decision, lang)),
    )


def because(decision: Decision, lang: Lang) -> str:
    """The advice's main reason in a few words, for a row of a table."""
    facts = decision.facts
    if decision.advice is Advice.ASK:
        return ", ".join(FIELDS[name].to(lang) for name in decision.unknown)
    told = explain(decision, lang)
    reasons = told.reasons or told.not_referred
    used = {name for reason in reasons for name in reason.facts}
    if decision.advice is Advice.REFER and {"attempts", "channels"} <= used:
        attempts, ways = (_WORDS[name].to(lang) for name in ("attempts", "ways"))
        return f"{attempts}: {facts.attempts}, {ways}: {facts.channels}"
    in_the_row = {"arrears_cents", "months", "days_overdue", "sustained_cents"}
    telling = [reason for reason in reasons if not in_the_row.issuperset(reason.facts)] or reasons
    if decision.advice is Advice.REFER:  # all is true there: a number tells more than a yes
        telling = sorted(telling, key=_is_flag)
    return "; ".join(dict.fromkeys(reason.text for reason in telling))


def _is_flag(reason: Reason) -> bool:
    return FACTS[reason.facts[0]].unit is None


def show_changes(console: Console, found: Sequence[Change], lang: Lang) -> None:
    """Whose advice or priority is another, and why."""
    table = Table(box=None, header_style="bold", pad_edge=False, expand=True)
    for heading in (_HEADINGS[0], _HEADINGS[1], _HEADINGS[2], _HEADINGS[6]):
        last = heading is _HEADINGS[6]
        table.add_column(heading.to(lang), no_wrap=not last, ratio=1 if last else None)
    for change in found:
        table.add_row(
            Text(printable(change.tenancy)),
            Text(_then(change, "advice", lang)),
            Text(_then(change, "priority", lang)),
            Text("; ".join(_difference(it, change, lang) for it in change.why)),
        )
    console.print(table)
    console.print()
    console.print(f"{_WORDS['changed'].to(lang)}: {count(len(found), lang)}")


def _then(change: Change, name: str, lang: Lang) -> str:
    """Before and after, where they differ; a dash where it was not on the worklist."""
    words: Mapping[str, Phrase] = {
        str(it): words.word for it, words in (ADVICE if name == "advice" else PRIORITY).items()
    }
    words = {**_WITHOUT_ADVICE, **words}
    told = []
    for row in (change.before, change.after):
        said = None if row is None else row[name]
        told.append("–" if said is None else words[said].to(lang) if said in words else str(said))
    return told[0] if told[0] == told[1] else " → ".join(told)


def _difference(it: Difference, change: Change, lang: Lang) -> str:
    label = _WORDS[it.name].to(lang) if it.name in _WORDS else it.name
    if it.name in FACTS:
        label = FACTS[it.name].label.to(lang)
    told = []
    for value, row in ((it.before, change.before), (it.after, change.after)):
        never = it.name in _SINCE and not (row or {}).get(_SINCE[it.name], True)
        told.append(_WORDS["never"].to(lang) if never else _value(it.name, value, lang))
    return f"{label}: {' → '.join(told)}"


def _value(name: str, value: object, lang: Lang) -> str:
    """What a result tells, for a person."""
    if isinstance(value, list):
        return ", ".join(FIELDS[it].to(lang) if it in FIELDS else it for it in value) or "–"
    if value is None:
        return _WORDS["unknown"].to(lang)
    if isinstance(value, bool):
        return _WORDS["yes" if value else "no"].to(lang)
    unit = FACTS[name].unit if name in FACTS else None
    return euros(value, lang) if unit is Unit.CENTS and isinstance(value, int) else str(value)


def show_explanation(console: Console, decision: Decision, lang: Lang) -> None:
    """The whole explanation of one decision."""
    told = explain(decision, lang)
    facts = decision.facts
    head = Text.assemble(
        (printable(decision.tenancy), "bold"),
        "  ",
        (told.headline, _STYLES[decision.advice]),
        "  ",
        (PRIORITY[decision.priority].heading.to(lang), _PRIORITY_STYLES[decision.priority]),
    )
    console.print(head)
    console.print(told.policy, style="dim", markup=False)
    if facts.arrears_cents:
        months = quantity(in_hundredths(facts.months or 0), Unit.MONTHS, lang)
        arrears, in_months, in_days = (_HEADINGS[index].to(lang) for index in (3, 4, 5))
        console.print(
            f"{arrears}: {euros(facts.arrears_cents, lang)}; {in_months}: {months}; "
            f"{in_days}: {facts.days_overdue} ({_WORDS['since'].to(lang)} {facts.episode_start})"
        )
    _show_reasons(console, WHY.to(lang), told.reasons)
    _show_reasons(console, WHY_NOT.to(lang), told.not_referred)
    _show_reasons(console, _WORDS["first"].to(lang), (told.priority,))
    _show_numbers(console, told)
    console.print(_WORDS["person"].to(lang), style="italic")


def _show_reasons(console: Console, title: str, reasons: Iterable[Reason]) -> None:
    kept = list(reasons)
    if not kept:
        return
    console.print(f"\n{title}", style="bold")
    for reason in kept:
        mark = Text(f"  {MARKS[reason.truth]} ", _MARK_STYLES[reason.truth])
        console.print(mark.append(reason.text, "default"))
        console.print(Padding(Text(reason.citation, "dim"), (0, 0, 0, 6)))


def _show_numbers(console: Console, told: Explanation) -> None:
    console.print(f"\n{_WORDS['numbers'].to(told.lang)}", style="bold")
    for line in told.parameters:
        console.print(Padding(Text(line, "dim"), (0, 0, 0, 4)))
    console.print()


def show_policies(
    console: Console, policies: Iterable[Policy], missing: Mapping[str, str], lang: Lang
) -> None:
    """The policies that there are, and the engines that run them, or why one is missing."""
    table = Table(box=None, header_style="bold", pad_edge=False)
    for heading in (
        Phrase("beleid", "policy"),
        Phrase("van kracht", "in force"),
        Phrase("titel", "title"),
    ):
        table.add_column(heading.to(lang))
    for policy in policies:
        until = policy.in_force.until or "…"
        table.add_row(policy.name, f"{policy.in_force.since} – {until}", policy.title.to(lang))
    console.print(table)
    console.print()
    engines = Table(box=None, header_style="bold", pad_edge=False)
    for heading in (Phrase("rekenwijze", "engine"), Phrase("toestand", "state")):
        engines.add_column(heading.to(lang))
    not_there, ready = Phrase("niet aanwezig", "not there"), Phrase("gereed", "ready")
    for name in (*ENGINES, COLUMNAR):
        told = f"{not_there.to(lang)}: {missing[name]}" if name in missing else ready.to(lang)
        engines.add_row(name, told)
    console.print(engines)


def show_policy(console: Console, policy: Policy, lang: Lang) -> None:
    """One policy, rule by rule, as it can be read aloud."""
    rungs: tuple[tuple[Phrase, Sequence[Clause | Hold]], ...] = (
        *((rung.title, policy.clauses(rung)) for rung in RUNGS),
        (Phrase("Crisis als", "Crisis if"), (policy.crisis,)),
        (Phrase("Gezin gaat voor als", "Family first if"), (policy.family,)),
    )
    console.print(Text(f"{policy.name}  {policy.title.to(lang)}", "bold"))
    since, until = policy.in_force.since, policy.in_force.until
    in_force = Phrase("van kracht sinds", "in force from").to(lang)
    last = "" if until is None else f" {Phrase('tot en met', 'until').to(lang)} {until}"
    console.print(f"{in_force} {since}{last}", style="dim")
    for title, clauses in rungs:
        console.print(f"\n{title.to(lang)}", style="bold")
        if not clauses:
            console.print(f"  {Phrase('(geen)', '(none)').to(lang)}", style="dim")
        for clause in clauses:
            named = f"{clause.name}: " if isinstance(clause, Hold) else ""
            console.print(f"  {named}{text(clause.when)}", markup=False, highlight=False)
            console.print(Padding(Text(cited(clause.source, lang), "dim"), (0, 0, 0, 6)))
    console.print("\n" + _WORDS["numbers"].to(lang), style="bold")
    for parameter in policy.parameters:
        for dated in parameter.values:
            told = quantity(dated.value, parameter.unit, lang)
            console.print(f"  {parameter.name} = {told}", markup=False, highlight=False)
            console.print(Padding(Text(cited(dated.source, lang), "dim"), (0, 0, 0, 6)))


def show_plugins(console: Console, host: Host) -> None:
    """The plugins that are installed, and what became of each."""
    table = Table(box=None, header_style="bold", pad_edge=False)
    for heading in ("plugin", "from", "state", "provides, or why not"):
        table.add_column(heading)
    for it in host.plugins:
        style = {State.LOADED: "green", State.FAILED: "red", State.NOT_ALLOWED: "dim"}[it.state]
        told = ", ".join(it.provides) if it.state is State.LOADED else it.reason
        table.add_row(it.name, it.origin, Text(it.state, style), Text(told))
    console.print(table)
