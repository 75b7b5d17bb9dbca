"""What a person sees of policies and engines, and of plugins."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from huurschuld.analysis.conformance import COLUMNAR
from huurschuld.cli.display_conditions import show_condition
from huurschuld.cli.display_decision import NUMBERS
from huurschuld.cli.language import told
from huurschuld.cli.terminal import table
from huurschuld.decisions.days import day_text
from huurschuld.decisions.words import (
    CHANNEL_WORDS,
    CHILDREN_DECIDE,
    OWN_FACTS,
    QUALITY_WORDS,
    UNIT_WORDS,
    Lang,
    cited,
    in_words,
    quantity,
)
from huurschuld.model.values import FIRST_DAY
from huurschuld.plugins.host import Host, State
from huurschuld.rules.clauses import Clause, Hold
from huurschuld.rules.engines.choice import ENGINES
from huurschuld.rules.own_facts import GivenFact, OwnFact
from huurschuld.rules.policy import Policy
from huurschuld.rules.prompting import unprompted
from huurschuld.rules.rungs import NEXT_STEPS, REFER, WAIT
from huurschuld.rules.sources import Phrase

_POLICY, _TITLE = Phrase("beleid", "policy"), Phrase("titel", "title")
_IN_FORCE = Phrase("van kracht", "in force")
_FROM = Phrase("vanaf", "from")
_FROM_UNTIL = Phrase("van {since} tot en met {until}", "from {since} until {until}")
_NO_VALUE = Phrase(
    "geen waarde {days}; op die dagen geeft dit beleid geen advies",
    "no value {days}; on those days this policy gives no advice",
)
_IN_FORCE_FROM, _UNTIL = Phrase("van kracht sinds", "in force from"), Phrase("tot en met", "until")
_ENGINE, _STATE = Phrase("rekenmethode", "engine"), Phrase("status", "state")
_MISSING, _READY = Phrase("ontbreekt", "not there"), Phrase("klaar", "ready")
_CRISIS, _FAMILY = Phrase("Crisis als", "Crisis if"), Phrase("Gezin gaat voor als", "Family first if")
_HOLD_ALL = Phrase(
    "Alles wacht als een van deze waar is: ook geen herinnering en geen contact",
    "Hold everything if one of these is true: no reminder and no contact either",
)
_HOLD_REFERRAL = Phrase(
    "Niet melden als een van deze waar is; herinneren en contact zoeken gaan door",
    "Hold a referral only if one of these is true; reminders and contact go on",
)
_FLAG = Phrase("ja of nee", "yes or no")
_GIVEN, _UNLESS_STATED = Phrase("opgegeven", "given"), Phrase("anders", "otherwise")
_COUNTED = Phrase("geteld: contactmomenten", "counted: contacts")
_THROUGH, _ALL_OF = Phrase("via", "through"), Phrase("die alle zijn", "that all are")
_AT_MOST_OLD = Phrase("hoogstens {days} dagen oud", "at most {days} days old")
_NO_STEP = Phrase(
    "Geen stap vraagt hierom: een huishouden wacht dan tot iemand er zelf voor zorgt. Zet er een "
    "voorwaarde voor onder contact of remind.",
    "No step asks for this: a household waits until somebody sees to it unasked. Add a condition for it "
    "under contact or remind.",
)
_HOW_TO_GET = {
    "durable": Phrase(
        "Zonder durable beslist reference alleen, met dezelfde uitkomst. Het erbij krijgen: installeer "
        "een C-compiler en de headers van Python, en dan huurschuld[durable]; zie docs/engines.md.",
        "Without durable, reference decides alone, with the same outcome. To add it: install a C "
        "compiler and the headers of Python, and then huurschuld[durable]; see docs/engines.md.",
    ),
    COLUMNAR: Phrase(
        "Hele portefeuilles vragen om columnar: installeer huurschuld[cli].",
        "Whole portfolios need columnar: install huurschuld[cli].",
    ),
}
_NO_RULES = Phrase("(geen)", "(none)")


def show_policies(
    console: Console, policies: Iterable[Policy], missing: Mapping[str, str], lang: Lang
) -> None:
    """Show the policies, and the engines; of those that are `missing`, the reason why."""
    shown = table(_POLICY.to(lang), _IN_FORCE.to(lang), _TITLE.to(lang))
    for policy in policies:
        since, until = policy.in_force.since, policy.in_force.until
        last = "…" if until is None else day_text(until, lang)
        shown.add_row(policy.name, f"{day_text(since, lang)} – {last}", policy.title.to(lang))
    console.print(shown)
    console.print()
    engines = table(_ENGINE.to(lang), _STATE.to(lang))
    for name in (*ENGINES, COLUMNAR):
        state = f"{_MISSING.to(lang)}: {told(missing[name])}" if name in missing else _READY.to(lang)
        engines.add_row(name, state)
    console.print(engines)
    for name in missing:
        console.print(Text(f"\n{_HOW_TO_GET[name].to(lang)}", "dim"))


def show_policy(console: Console, policy: Policy, lang: Lang) -> None:
    """Show one policy rule by rule, so that it can be read aloud."""
    console.print(Text(f"{policy.name}  {policy.title.to(lang)}", "bold"))
    since, until = policy.in_force.since, policy.in_force.until
    last = "" if until is None else f" {_UNTIL.to(lang)} {day_text(until, lang)}"
    console.print(f"{_IN_FORCE_FROM.to(lang)} {day_text(since, lang)}{last}", style="dim")
    if policy.children_decide is not None:
        console.print(Text(f"{CHILDREN_DECIDE.to(lang)}: {policy.children_decide}", "bold yellow"))
    holds: dict[str, list[Hold]] = {"everything": [], "referral": []}
    for hold in policy.holds:
        holds[hold.stops].append(hold)
    rules: tuple[tuple[Phrase, Sequence[Clause | Hold]], ...] = (
        (_HOLD_ALL, holds["everything"]),
        (WAIT.title, policy.clauses(WAIT)),
        (_HOLD_REFERRAL, holds["referral"]),
        *((rung.title, policy.clauses(rung)) for rung in (REFER, *NEXT_STEPS)),
        (_CRISIS, (policy.crisis,)),
        (_FAMILY, (policy.family,)),
    )
    waiting = unprompted(policy)
    parameters = {parameter.name: parameter for parameter in policy.parameters}
    for title, clauses in rules:
        console.print(f"\n{title.to(lang)}", style="bold")
        if not clauses:
            console.print(f"  {_NO_RULES.to(lang)}", style="dim")
        for clause in clauses:
            show_condition(console, clause, parameters, lang)
            if clause in waiting:
                console.print(Padding(Text(_NO_STEP.to(lang), "bold yellow"), (0, 0, 0, 6)))
    if policy.facts:
        console.print(f"\n{OWN_FACTS.to(lang)}", style="bold")
    for fact in policy.facts:
        line = f"  {fact.name}: {fact.label.to(lang)}; {_described(fact, lang)}"
        console.print(line, markup=False, highlight=False)
        console.print(Padding(Text(cited(fact.source, lang), "dim"), (0, 0, 0, 6)))
    console.print("\n" + NUMBERS.to(lang), style="bold")
    for parameter in policy.parameters:
        for dated in sorted(parameter.values, key=lambda it: it.since or FIRST_DAY):
            value = quantity(dated.value, parameter.unit, lang)
            days = _days_of(dated.since, dated.until, lang)
            line = f"{parameter.name} = {value}{', ' if days else ''}{days}"
            console.print(f"  {line}", markup=False, highlight=False)
            console.print(Padding(Text(cited(dated.source, lang), "dim"), (0, 0, 0, 6)))
        for first, final in parameter.gaps(policy.in_force.since, policy.in_force.until):
            days = _days_of(first, final, lang)
            missing = f"{parameter.name}: {_NO_VALUE.to(lang).format(days=days)}"
            console.print(Padding(Text(missing, "bold yellow"), (0, 0, 0, 2)))


def _days_of(since: dt.date | None, until: dt.date | None, lang: Lang) -> str:
    """Write a period: from … until …; nothing where it has no end on either side."""
    first, last = (None if it is None else day_text(it, lang) for it in (since, until))
    if first is not None and last is not None:
        return _FROM_UNTIL.to(lang).format(since=first, until=last)
    if first is not None:
        return f"{_FROM.to(lang)} {first}"
    return "" if last is None else f"{_UNTIL.to(lang)} {last}"


def _described(fact: OwnFact, lang: Lang) -> str:
    """Say whether a fact of the policy's own is given or counted, and how."""
    if isinstance(fact, GivenFact):
        unit = _FLAG.to(lang) if fact.unit is None else UNIT_WORDS[fact.unit].to(lang)
        if fact.default_value is None:
            return f"{_GIVEN.to(lang)}, {unit}"
        default = in_words(fact.default_value, fact.unit, lang)
        return f"{_GIVEN.to(lang)}, {unit}, {_UNLESS_STATED.to(lang)} {default}"
    parts = [_COUNTED.to(lang)]
    if fact.channels:
        channels = ", ".join(CHANNEL_WORDS[it].to(lang) for it in fact.channels)
        parts.append(f"{_THROUGH.to(lang)} {channels}")
    if fact.are:
        qualities = ", ".join(QUALITY_WORDS[it].to(lang) for it in fact.are)
        parts.append(f"{_ALL_OF.to(lang)} {qualities}")
    if fact.within_days is not None:
        parts.append(_AT_MOST_OLD.to(lang).format(days=fact.within_days))
    return "; ".join(parts)


def show_plugins(console: Console, host: Host) -> None:
    """Show the plugins that are installed, and whether each was loaded."""
    shown = table("plugin", "from", "state", "provides, or why not")
    for it in host.plugins:
        style = {State.LOADED: "green", State.FAILED: "red", State.NOT_ALLOWED: "dim"}[it.state]
        result = ", ".join(map(_provided, it.provides)) if it.state is State.LOADED else told(it.reason)
        shown.add_row(it.name, it.origin, Text(told(it.state), style), Text(result))
    console.print(shown)


def _provided(text: str) -> str:
    """What a plugin provides: the kind of thing, and its name."""
    kind, space, name = text.rpartition(" ")
    return f"{told(kind)}{space}{name}"
