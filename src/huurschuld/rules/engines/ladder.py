"""The ladder of `docs/semantics.md`, made in the same way whatever an engine makes of a condition."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Generic, TypeVar

from attrs import frozen

from huurschuld.rules.advice import Advice, Outcome, Priority
from huurschuld.rules.conditions.language import Condition, required_fields
from huurschuld.rules.conditions.logic import Truth
from huurschuld.rules.facts import Facts
from huurschuld.rules.policy import Policy

S = TypeVar("S")
T = TypeVar("T")
Test = Callable[[S], Truth]
"""Whether something is true of a household; `S` is what an engine sees of it."""


@frozen(eq=False)
class Rung(Generic[T]):
    """A rung of the ladder, and the tenancy fields that may stand in the way of it."""

    test: T
    fields: frozenset[str]


@frozen(eq=False)
class Ladder(Generic[T]):
    """One policy with its parameter values; `T` is what an engine makes of conditions."""

    crisis: T
    family: T
    holds: tuple[tuple[str, T], ...]
    any_hold: T
    too_early: Rung[T]
    refer: Rung[T]
    next_steps: tuple[tuple[Advice, Rung[T]], ...]


def outcome(ladder: Ladder[Test[S]], facts: Facts, seen: S) -> Outcome:
    """The outcome for these facts, of which the engine sees `seen`: from the top down."""
    priority = _priority(ladder, seen)
    if facts.arrears_cents == 0:
        return Outcome(Advice.NONE, priority)
    true_holds = tuple([name for name, test in ladder.holds if test(seen)])
    if true_holds:
        return Outcome(Advice.HOLD, priority, holds=true_holds)
    too_early = ladder.too_early.test(seen)
    if too_early:
        return Outcome(Advice.WAIT, priority)
    if too_early is None:
        return _ask(priority, facts, ladder.too_early)
    refer = ladder.refer.test(seen)
    if refer and ladder.any_hold(seen) is False:
        return Outcome(Advice.REFER, priority)
    if refer is not False:
        return _ask(priority, facts, ladder.refer)
    for advice, rung in ladder.next_steps:
        truth = rung.test(seen)
        if truth:
            return Outcome(advice, priority)
        if truth is None:
            return _ask(priority, facts, rung)
    return Outcome(Advice.WAIT, priority)


def _priority(ladder: Ladder[Test[S]], seen: S) -> Priority:
    crisis = ladder.crisis(seen)
    if crisis:
        return Priority.CRISIS
    family = ladder.family(seen)
    if family:
        return Priority.FAMILY
    return Priority.UNKNOWN if crisis is None or family is None else Priority.REGULAR


def _ask(priority: Priority, facts: Facts, rung: Rung[Test[S]]) -> Outcome:
    """Ask for what is unknown, naming the tenancy fields that stand in the way; they are sorted."""
    in_the_way = tuple(name for name in facts.unknown_fields if name in rung.fields)
    return Outcome(Advice.ASK, priority, unknown=in_the_way)


def ladder_of(
    policy: Policy,
    every_one: Callable[[list[Condition]], T],
    some_one: Callable[[list[Condition]], T],
    certain: Callable[[Condition], T],
) -> Ladder[T]:
    """The ladder of a policy.

    Args:
        policy: the policy.
        every_one: how an engine tests that all of some conditions are true.
        some_one: how it tests that one of them is.
        certain: how it tests that a condition is certainly true, be it false or unknown otherwise.
    """

    def rung(combine: Callable[[list[Condition]], T], whens: Iterable[Condition]) -> Rung[T]:
        conditions = list(whens)
        return Rung(combine(conditions), frozenset[str]().union(*map(required_fields, conditions)))

    holds = sorted(policy.holds, key=lambda hold: hold.name)
    held = rung(some_one, [hold.when for hold in holds])
    refer = rung(every_one, [clause.when for clause in policy.refer_if_all])
    return Ladder(
        crisis=some_one([policy.crisis.when]),
        family=some_one([policy.family.when]),
        holds=tuple((hold.name, certain(hold.when)) for hold in holds),
        any_hold=held.test,
        too_early=rung(some_one, [clause.when for clause in policy.wait_if_any]),
        # An unknown hold stands in the way of a referral as an unknown condition does.
        refer=Rung(refer.test, refer.fields | held.fields),
        next_steps=(
            (Advice.REMIND, rung(some_one, [clause.when for clause in policy.remind_if_any])),
            (Advice.CONTACT, rung(some_one, [clause.when for clause in policy.contact_if_any])),
        ),
    )
