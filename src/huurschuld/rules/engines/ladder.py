"""The ladder of `docs/semantics.md`, the same for every engine, however it compiles conditions."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final, Generic, TypeVar

from attrs import frozen

from huurschuld.rules.advice import Advice, Outcome, Priority
from huurschuld.rules.clauses import Stops
from huurschuld.rules.conditions.language import Condition, leaves
from huurschuld.rules.conditions.logic import Truth
from huurschuld.rules.facts import Facts, FactType
from huurschuld.rules.policy import Policy
from huurschuld.rules.rungs import HOLDS, NEXT_STEPS, REFER, WAIT, Rung

GIVEN: Final = "facts"
"""The tenancy field that given facts come from: it is in the way wherever one of them is unknown."""
_PRIORITIES: Final = tuple(Priority)
_CRISIS, _FAMILY, _UNKNOWN, _REGULAR = range(len(_PRIORITIES))
_PLAIN: Final = {advice: [Outcome(advice, priority) for priority in Priority] for advice in Advice}
"""The outcomes that name nothing, by advice and the number of the priority; made once."""
_NONE, _WAIT, _REFER = (_PLAIN[advice] for advice in (Advice.NONE, Advice.WAIT, Advice.REFER))
S = TypeVar("S")
T = TypeVar("T")
Test = Callable[[S], Truth]
"""A test of a household; `S` is what an engine sees of it."""


@frozen(eq=False)
class Step(Generic[T]):
    """A rung as an engine runs it, with the tenancy fields and the given facts that its test needs."""

    test: T
    fields: frozenset[str]
    given: tuple[FactType, ...]


@frozen(eq=False)
class HoldTest(Generic[T]):
    """A hold as an engine runs it: its name, what it stops, and the test that it is certainly true."""

    name: str
    stops: Stops
    test: T


@frozen(eq=False)
class Ladder(Generic[T]):
    """One policy with its parameter values; `T` is what an engine compiles conditions to."""

    crisis: T
    family: T
    holds: tuple[HoldTest[T], ...]
    any_hold: T
    too_early: Step[T]
    refer: Step[T]
    next_steps: tuple[tuple[Advice, Step[T]], ...]


def outcome(ladder: Ladder[Test[S]], facts: Facts, seen: S) -> Outcome:
    """Decide from the top of the ladder down; `seen` is what the engine sees of the facts."""
    priority = _priority(ladder, seen)
    if facts.arrears_cents == 0:
        return _NONE[priority]
    held = ladder.any_hold(seen)
    true_holds = [hold for hold in ladder.holds if hold.test(seen)] if held else []
    if held and any(hold.stops == "everything" for hold in true_holds):
        return _hold(priority, true_holds)
    too_early = ladder.too_early.test(seen)
    if too_early:
        return _WAIT[priority]
    if too_early is None:
        return _ask(priority, facts, ladder.too_early)
    refer = ladder.refer.test(seen)
    if true_holds:
        if refer:
            return _hold(priority, true_holds)
    elif refer and held is False:
        return _REFER[priority]
    elif refer is not False:
        return _ask(priority, facts, ladder.refer)
    for advice, step in ladder.next_steps:
        truth = step.test(seen)
        if truth:
            return _PLAIN[advice][priority]
        if truth is None:
            return _ask(priority, facts, step)
    return _WAIT[priority]


def _priority(ladder: Ladder[Test[S]], seen: S) -> int:
    crisis = ladder.crisis(seen)
    if crisis:
        return _CRISIS
    family = ladder.family(seen)
    if family:
        return _FAMILY
    return _UNKNOWN if crisis is None or family is None else _REGULAR


def _hold(priority: int, true_holds: Iterable[HoldTest[Test[S]]]) -> Outcome:
    return Outcome(Advice.HOLD, _PRIORITIES[priority], holds=tuple([hold.name for hold in true_holds]))


def _ask(priority: int, facts: Facts, step: Step[Test[S]]) -> Outcome:
    """Advise to ask, naming the unknown tenancy fields that the step needs, sorted."""
    in_the_way = [name for name in facts.unknown_fields if name in step.fields]
    if any(fact.value(facts) is None for fact in step.given):
        in_the_way = sorted([*in_the_way, GIVEN])
    return Outcome(Advice.ASK, _PRIORITIES[priority], unknown=tuple(in_the_way))


def ladder_of(
    policy: Policy,
    every_one: Callable[[list[Condition]], T],
    some_one: Callable[[list[Condition]], T],
    certain: Callable[[Condition], T],
) -> Ladder[T]:
    """Make the ladder of a policy.

    Args:
        policy: the policy.
        every_one: how an engine tests that all of some conditions are true.
        some_one: how it tests that one of them is.
        certain: how it tests that a condition is certainly true, rather than false or unknown.
    """

    def step(rung: Rung) -> Step[T]:
        conditions = [clause.when for clause in policy.clauses(rung)]
        test = (every_one if rung.needs_all else some_one)(conditions)
        facts = {leaf.type: None for condition in conditions for leaf in leaves(condition)}
        given = tuple(fact for fact in facts if GIVEN in fact.fields)
        return Step(test, frozenset(name for fact in facts for name in fact.fields) - {GIVEN}, given)

    any_hold, refer = step(HOLDS), step(REFER)
    return Ladder(
        crisis=some_one([policy.crisis.when]),
        family=some_one([policy.family.when]),
        holds=tuple(
            HoldTest(hold.name, hold.stops, certain(hold.when))
            for hold in sorted(policy.holds, key=lambda hold: hold.name)
        ),
        any_hold=any_hold.test,
        too_early=step(WAIT),
        # An unknown hold prevents a referral just as an unknown condition does.
        refer=Step(refer.test, refer.fields | any_hold.fields, (*refer.given, *any_hold.given)),
        next_steps=tuple((rung.advice, step(rung)) for rung in NEXT_STEPS),
    )
