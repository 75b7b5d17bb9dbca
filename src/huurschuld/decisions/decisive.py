"""Decisive conditions (doorslaggevend): for how many households one condition alone decides the advice.

A condition decides alone for a household if without it the advice would be another one. That is what a
policy officer asks of a rule: how many does this one stop?
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from attrs import evolve, frozen

from huurschuld.decisions.condition_words import hold_label, in_words
from huurschuld.rules.advice import Advice
from huurschuld.rules.clauses import Clause, Hold, asks_about_children
from huurschuld.rules.conditions.logic import Truth
from huurschuld.rules.conditions.notation import text
from huurschuld.rules.engines.code import compiled
from huurschuld.rules.engines.reference import engine_for
from huurschuld.rules.facts import Facts
from huurschuld.rules.policy import BEFORE_A_REFERRAL, Policy, PolicyOnDay
from huurschuld.rules.policy_checks import used_parameters
from huurschuld.rules.rungs import REFER, RUNGS, Rung
from huurschuld.rules.sources import Phrase


@frozen
class DecisiveCondition:
    """One condition of a policy, and the households for which it alone decides.

    Attributes:
        rung: where it stands in the policy, such as `holds` or `refer_if_all`.
        hold: the name of the hold, where it is one.
        when: the condition, as text.
        words: the condition in words, with the numbers of the day.
        households: how many households would have another advice without it.
        without: the advice that they would have, with how many.
    """

    rung: str
    hold: str | None
    when: str
    words: Phrase
    households: int
    without: Mapping[Advice, int]

    def document(self) -> dict[str, object]:
        """Return its JSON object; `text` has the words in both languages."""
        return {
            "rung": self.rung,
            "hold": self.hold,
            "when": self.when,
            "text": {"nl": self.words.nl, "en": self.words.en},
            "households": self.households,
            "without": {str(advice): number for advice, number in self.without.items()},
        }


def decisive_conditions(on_day: PolicyOnDay, several: Iterable[Facts]) -> list[DecisiveCondition]:
    """Count for each condition of a policy the households for which it alone decides the advice.

    The conditions are those of holds, of waiting, of a referral, of a reminder and of contact. The only
    condition of a referral is left out: without it everybody would be referred, and no policy says so.

    Args:
        on_day: the policy with its numbers.
        several: the facts of the households. One without arrears has no advice, with or without.
    """
    removals = [
        (rung, clause, engine_for(_reduced(on_day, rung, index)))
        for rung in RUNGS
        for index, clause in enumerate(on_day.policy.clauses(rung))
        if rung is not REFER or len(on_day.policy.refer_if_all) > 1
    ]
    values = dict(on_day.numbers)
    tests = [compiled(clause.when, values) for rung in RUNGS for clause in on_day.policy.clauses(rung)]
    engine = engine_for(on_day)
    # The advice goes by how the conditions come out, and many households are alike in that.
    known: dict[tuple[Truth, ...], list[tuple[int, Advice]]] = {}
    counts = [Counter[Advice]() for _ in removals]
    for facts in several:
        if facts.arrears_cents == 0:
            continue
        key = tuple([test(facts) for test in tests])
        found = known.get(key)
        if found is None:
            now = engine.outcome(facts).advice
            others = ((number, it.outcome(facts).advice) for number, (_, _, it) in enumerate(removals))
            found = known[key] = [(number, other) for number, other in others if other is not now]
        for number, other in found:
            counts[number][other] += 1
    return [
        DecisiveCondition(
            rung.name,
            clause.name if isinstance(clause, Hold) else None,
            text(clause.when),
            _words(clause, values),
            counted.total(),
            {advice: counted[advice] for advice in Advice if counted[advice]},
        )
        for (rung, clause, _), counted in zip(removals, counts, strict=True)
    ]


def without_condition(policy: Policy, rung: Rung, index: int) -> Policy:
    """Return a policy without one of its conditions; a number that nothing uses any more goes with it.

    Raises:
        InvalidValue: it is the only condition of a referral.
    """
    clauses = {it.name: policy.clauses(it) for it in RUNGS}
    clauses[rung.name] = tuple(it for number, it in enumerate(clauses[rung.name]) if number != index)
    kept = [policy.crisis, policy.family, *(it for several in clauses.values() for it in several)]
    in_use = used_parameters(it.when for it in kept)
    in_use |= {name for fact in policy.facts for name in fact.type.uses}
    before = [it for name in BEFORE_A_REFERRAL for it in clauses[name.name]]
    changed: dict[str, Any] = {rung.name: clauses[rung.name]}
    return evolve(
        policy,
        parameters=(it for it in policy.parameters if it.name in in_use),
        children_decide=policy.children_decide if any(map(asks_about_children, before)) else None,
        **changed,
    )


def _reduced(on_day: PolicyOnDay, rung: Rung, index: int) -> PolicyOnDay:
    policy = without_condition(on_day.policy, rung, index)
    names = {parameter.name for parameter in policy.parameters}
    numbers = tuple((name, dated) for name, dated in on_day.parameters if name in names)
    return PolicyOnDay(policy, on_day.as_of, numbers)


def _words(clause: Clause | Hold, values: Mapping[str, int]) -> Phrase:
    if isinstance(clause, Hold):
        return Phrase(hold_label(clause, values, "nl"), hold_label(clause, values, "en"))
    return Phrase(in_words(clause.when, values, "nl"), in_words(clause.when, values, "en"))
