"""The rules alone, on facts that are given: the reference engine, rule-engine, and plain Python.

rule-engine gets the same rules, translated from the policy's own condition trees, and walks the same
ladder. It knows no unknown: `null` in a comparison is an error there, and in a yes or no it is false. So
all facts are known here; what the reference engine does to keep unknown apart is a cost that it bears
alone.
"""

from __future__ import annotations

import datetime as dt
import operator
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final, TypeVar

import rule_engine
from attrs import frozen

from benchmarks.measure import Comparison, interleaved
from benchmarks.tenancies import tenancies
from huurschuld import Advice, Facts, Hold, Policy, Priority, facts_of, policy_for
from huurschuld.rules.advice import Outcome
from huurschuld.rules.conditions.language import And, Compare, Condition, Flag, Not, Or, Setting
from huurschuld.rules.engines.reference import engine_for
from huurschuld.rules.facts import FACTS

POLICIES: Final = {
    "katwijk-2012": dt.date(2019, 4, 20),
    "bgs-2021": dt.date(2025, 4, 20),
    "katwijk-2021": dt.date(2025, 4, 20),
}
"""The policies, each with a day on which it is in force."""

TENANCIES: Final = 200
ROUNDS: Final = 15
TURNS: Final = 20

_BASE: Final = "reference engine"
_T = TypeVar("_T")
Known = Mapping[str, Any]


def rule_text(condition: Condition, values: Mapping[str, int]) -> str:
    """A condition in the language of rule-engine, with the values of parameters filled in."""
    match condition:
        case Flag(fact):
            return fact
        case Compare(fact, sign, Setting(name)):
            return f"{fact} {sign} {values[name]}"
        case Compare(fact, sign, int(number)):
            return f"{fact} {sign} {number}"
        case Not(part):
            return f"not ({rule_text(part, values)})"
        case And(parts):
            return _joined("and", parts, values)
        case Or(parts):
            return _joined("or", parts, values)
    raise TypeError(f"{type(condition).__name__} is no condition")


def _joined(word: str, parts: Iterable[Condition], values: Mapping[str, int]) -> str:
    """The parts joined; of none, what `and` and `or` are of none."""
    texts = [f"({rule_text(part, values)})" for part in parts]
    return f" {word} ".join(texts) or ("true" if word == "and" else "false")


@frozen(eq=False)
class RuleEngine:
    """A policy as rules of rule-engine, each compiled once, and the ladder to walk them.

    Each hold has its name, and whether it stops everything or a referral only. `any_hold` asks after all
    holds at once, so that each by itself is asked after only where it is true; None leaves that out.
    """

    crisis: rule_engine.Rule
    family: rule_engine.Rule
    holds: tuple[tuple[str, bool, rule_engine.Rule], ...]
    any_hold: rule_engine.Rule | None
    wait: rule_engine.Rule
    refer: rule_engine.Rule
    remind: rule_engine.Rule
    contact: rule_engine.Rule

    def outcome(self, facts: Known) -> Outcome:
        """The outcome for facts that are all known: the ladder of the reference engine."""
        if self.crisis.matches(facts):
            priority = Priority.CRISIS
        elif self.family.matches(facts):
            priority = Priority.FAMILY
        else:
            priority = Priority.REGULAR
        if facts["arrears_cents"] == 0:
            return Outcome(Advice.NONE, priority)
        holds: tuple[str, ...] = ()
        if self.any_hold is None or self.any_hold.matches(facts):
            true = [(name, everything) for name, everything, rule in self.holds if rule.matches(facts)]
            holds = tuple(name for name, _ in true)
            if any(everything for _, everything in true):
                return Outcome(Advice.HOLD, priority, holds=holds)
        if self.wait.matches(facts):
            return Outcome(Advice.WAIT, priority)
        if self.refer.matches(facts):
            return Outcome(Advice.HOLD if holds else Advice.REFER, priority, holds=holds)
        if self.remind.matches(facts):
            return Outcome(Advice.REMIND, priority)
        if self.contact.matches(facts):
            return Outcome(Advice.CONTACT, priority)
        return Outcome(Advice.WAIT, priority)


def compiled(policy: Policy, day: dt.date, *, tuned: bool = False) -> RuleEngine:
    """A policy with its values of a day for rule-engine.

    Args:
        policy: the policy.
        day: the day.
        tuned: with what makes rule-engine faster here: names are looked up without a check that they are
            there, and one rule asks after all holds at once.
    """
    values = policy.on(day).values
    context = rule_engine.Context(resolver=operator.getitem) if tuned else rule_engine.Context()

    def rule(word: str, parts: Iterable[Condition]) -> rule_engine.Rule:
        return rule_engine.Rule(_joined(word, parts, values), context=context)

    def whens(clauses: Iterable[Any]) -> list[Condition]:
        return [clause.when for clause in clauses]

    return RuleEngine(
        crisis=rule("and", [policy.crisis.when]),
        family=rule("and", [policy.family.when]),
        holds=tuple(
            (hold.name, hold.stops == "everything", rule("and", [hold.when]))
            for hold in sorted(policy.holds, key=_hold_name)
        ),
        any_hold=rule("or", whens(policy.holds)) if tuned else None,
        wait=rule("or", whens(policy.wait_if_any)),
        refer=rule("and", whens(policy.refer_if_all)),
        remind=rule("or", whens(policy.remind_if_any)),
        contact=rule("or", whens(policy.contact_if_any)),
    )


def _hold_name(hold: Hold) -> str:
    return hold.name


def bgs_2021(facts: Known) -> Outcome:  # noqa: PLR0912 - written out on purpose
    """bgs-2021 written by hand: no rules as data, no parameters, no sources, no unknown."""
    if facts["eviction_announced"]:
        priority = Priority.CRISIS
    elif facts["minor_living_in"]:
        priority = Priority.FAMILY
    else:
        priority = Priority.REGULAR
    if facts["arrears_cents"] == 0:
        return Outcome(Advice.NONE, priority)
    stopped = False
    holds = []
    if facts["already_referred"]:
        holds.append("already-referred")
    if facts["deceased"]:
        holds.append("deceased")
        stopped = True
    if facts["disputed"]:
        holds.append("disputed")
        stopped = True
    if facts["lease_ended"] and not facts["eviction_announced"]:
        holds.append("lease-ended")
        stopped = True
    if not facts["dwelling"]:
        holds.append("not-a-dwelling")
    if facts["objected"]:
        holds.append("objected")
    if facts["plan_in_force"]:
        holds.append("plan-in-force")
        stopped = True
    if stopped:
        return Outcome(Advice.HOLD, priority, holds=tuple(holds))
    if facts["days_overdue"] < 7 or facts["arrears_cents"] < 1_000:
        return Outcome(Advice.WAIT, priority)
    if (
        facts["sustained_cents"] >= 1
        and facts["reminder_sent"]
        and facts["sharing_offered"]
        and facts["days_since_offer"] >= 14
        and facts["personal_effort"]
        and facts["debt_help_named"]
    ):
        if holds:
            return Outcome(Advice.HOLD, priority, holds=tuple(holds))
        return Outcome(Advice.REFER, priority)
    if not facts["reminder_sent"] or not facts["sharing_offered"]:
        return Outcome(Advice.REMIND, priority)
    if not facts["personal_effort"] or not facts["debt_help_named"]:
        return Outcome(Advice.CONTACT, priority)
    return Outcome(Advice.WAIT, priority)


def measure() -> list[Comparison]:
    """Time each policy."""
    return [_measure(policy_for(name, day), day) for name, day in POLICIES.items()]


def _measure(policy: Policy, day: dt.date) -> Comparison:
    values = policy.on(day).values
    facts = [facts_of(it, day, policy.facts, **values) for it in tenancies(TENANCIES, day)]
    plain = [_plain(it) for it in facts]
    engine = engine_for(policy.on(day))
    simple, tuned = compiled(policy, day), compiled(policy, day, tuned=True)
    expected = [engine.outcome(it) for it in facts]
    _same(expected, map(simple.outcome, plain), "rule-engine")
    _same(expected, map(tuned.outcome, plain), "rule-engine, tuned")
    contenders = {
        _BASE: _on_all(engine.outcome, facts),
        "the same, looked up each time": _on_all(
            lambda it: engine_for(policy.on(day)).outcome(it), facts
        ),
        "rule-engine": _on_all(simple.outcome, plain),
        "rule-engine, tuned": _on_all(tuned.outcome, plain),
    }
    if policy.name == "bgs-2021":
        _same(expected, map(bgs_2021, plain), "plain Python")
        contenders["plain Python"] = _on_all(bgs_2021, plain)
    return Comparison(
        name=f"rules {policy.name}",
        title=f"2. Rules alone, facts given, {policy.name}",
        operation="household",
        base=_BASE,
        timings=interleaved(contenders, TENANCIES, ROUNDS, turns=TURNS),
        about={
            "households": TENANCIES,
            "advice": dict(Counter(str(it.advice) for it in expected).most_common()),
        },
    )


def _plain(facts: Facts) -> dict[str, object]:
    """The facts as a dict, without those that the policy has no parameter for."""
    known = {name: getattr(facts, name) for name in FACTS}
    return {name: value for name, value in known.items() if value is not None}


def _on_all(outcome: Callable[[_T], Outcome], given: Sequence[_T]) -> Callable[[], None]:
    def run() -> None:
        for facts in given:
            outcome(facts)

    return run


def _same(expected: Iterable[Outcome], found: Iterable[Outcome], who: str) -> None:
    for number, (mine, other) in enumerate(zip(expected, found, strict=True)):
        if mine != other:
            raise RuntimeError(f"household {number}: {who} gives {other}, the reference engine {mine}")
