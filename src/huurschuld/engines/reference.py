"""The reference engine: it defines what a policy means, and is compiled once for each policy and values.

The condition trees become closures over `Facts`, three-valued throughout; then the ladder of
`docs/semantics.md` is walked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache
from operator import attrgetter, ge, gt, le, lt
from typing import Final

from attrs import frozen

from huurschuld.facts import Facts
from huurschuld.rules.advice import Advice, Outcome, Priority
from huurschuld.rules.language import (
    And,
    Compare,
    Condition,
    Flag,
    Not,
    Operator,
    Or,
    Setting,
    drawn_on,
)
from huurschuld.rules.logic import Truth, every, negated, some
from huurschuld.rules.policy import Clause, Hold, Policy, PolicyOnDay

Test = Callable[[Facts], Truth]

_OPERATORS: Final[dict[Operator, Callable[[int, int], bool]]] = {
    Operator.MORE: gt,
    Operator.AT_LEAST: ge,
    Operator.LESS: lt,
    Operator.AT_MOST: le,
}


def compiled(condition: Condition, values: dict[str, int]) -> Test:
    """A condition as a function of the facts, with these parameter values."""
    match condition:
        case Flag(fact):
            return attrgetter(fact)
        case Compare(fact, operator, Setting(name)):
            return _comparison(fact, operator, values[name])
        case Compare(fact, operator, int(number)):
            return _comparison(fact, operator, number)
        case Not(part):
            inner = compiled(part, values)
            return lambda facts: negated(inner(facts))
        case And(parts):
            return _all([compiled(part, values) for part in parts])
        case Or(parts):
            return _any([compiled(part, values) for part in parts])
    raise TypeError(f"{type(condition).__name__} is no condition")


def _comparison(fact: str, operator: Operator, bound: int) -> Test:
    value_of, compare = attrgetter(fact), _OPERATORS[operator]

    def test(facts: Facts) -> Truth:
        value = value_of(facts)
        return None if value is None else compare(value, bound)

    return test


def _all(tests: list[Test]) -> Test:
    return tests[0] if len(tests) == 1 else lambda facts: every([test(facts) for test in tests])


def _any(tests: list[Test]) -> Test:
    return tests[0] if len(tests) == 1 else lambda facts: some([test(facts) for test in tests])


@frozen(eq=False)
class _Rung:
    """A rung of the ladder, and the tenancy fields that may stand in the way of it."""

    test: Test
    fields: frozenset[str]


@frozen(eq=False)
class Engine:
    """One policy with its parameter values, ready to run."""

    crisis: Test
    family: Test
    holds: tuple[tuple[str, Test], ...]
    too_early: _Rung
    refer: _Rung
    next_steps: tuple[tuple[Advice, _Rung], ...]

    def outcome(self, facts: Facts) -> Outcome:
        """The outcome for these facts: the ladder, from the top."""
        priority = self._priority(facts)
        if facts.arrears_cents == 0:
            return Outcome(Advice.NONE, priority)
        held = [(name, test(facts)) for name, test in self.holds]
        true_holds = tuple(name for name, truth in held if truth)
        if true_holds:
            return Outcome(Advice.HOLD, priority, holds=true_holds)
        too_early = self.too_early.test(facts)
        if too_early:
            return Outcome(Advice.WAIT, priority)
        if too_early is None:
            return _ask(priority, facts, self.too_early)
        refer = self.refer.test(facts)
        if refer and all(truth is False for _, truth in held):
            return Outcome(Advice.REFER, priority)
        if refer is not False:
            return _ask(priority, facts, self.refer)
        for advice, rung in self.next_steps:
            truth = rung.test(facts)
            if truth:
                return Outcome(advice, priority)
            if truth is None:
                return _ask(priority, facts, rung)
        return Outcome(Advice.WAIT, priority)

    def _priority(self, facts: Facts) -> Priority:
        crisis = self.crisis(facts)
        if crisis:
            return Priority.CRISIS
        family = self.family(facts)
        if family:
            return Priority.FAMILY
        return Priority.UNKNOWN if crisis is None or family is None else Priority.REGULAR


def _ask(priority: Priority, facts: Facts, rung: _Rung) -> Outcome:
    """Ask for what is unknown, naming the tenancy fields that stand in the way; they are sorted."""
    in_the_way = tuple(name for name in facts.unknown_fields if name in rung.fields)
    return Outcome(Advice.ASK, priority, unknown=in_the_way)


def engine_for(policy_on_day: PolicyOnDay) -> Engine:
    """The engine of a policy with its values on a day; compiled once for each policy and values."""
    return _engine(
        policy_on_day.policy,
        tuple((name, dated.value) for name, dated in policy_on_day.parameters),
    )


@lru_cache(maxsize=256)
def _engine(policy: Policy, pairs: tuple[tuple[str, int], ...]) -> Engine:
    values = dict(pairs)

    def rung(combine: Callable[[list[Test]], Test], clauses: Iterable[Clause]) -> _Rung:
        whens = [clause.when for clause in clauses]
        fields = frozenset[str]().union(*map(drawn_on, whens))
        return _Rung(combine([compiled(when, values) for when in whens]), fields)

    refer = rung(_all, policy.refer_if_all)
    held = rung(_any, (Clause(hold.when) for hold in policy.holds))
    return Engine(
        crisis=compiled(policy.crisis.when, values),
        family=compiled(policy.family.when, values),
        holds=tuple(
            (hold.name, compiled(hold.when, values)) for hold in sorted(policy.holds, key=_name)
        ),
        too_early=rung(_any, policy.wait_if_any),
        # An unknown hold stands in the way of a referral as an unknown condition does.
        refer=_Rung(refer.test, refer.fields | held.fields),
        next_steps=(
            (Advice.REMIND, rung(_any, policy.remind_if_any)),
            (Advice.CONTACT, rung(_any, policy.contact_if_any)),
        ),
    )


def _name(hold: Hold) -> str:
    return hold.name
