"""What a referral asks the landlord to have done, and whether a step of the policy tells him to do it.

Who is not reached in the way that a referral requires, and whom no step says to reach, waits: nobody is
told to do what the referral waits for.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Final

from huurschuld.rules.clauses import Clause
from huurschuld.rules.conditions.language import (
    And,
    Compare,
    Condition,
    Flag,
    Not,
    Operator,
    Or,
    Setting,
    leaves,
)
from huurschuld.rules.facts import FactType
from huurschuld.rules.policy import Policy
from huurschuld.rules.rungs import NEXT_STEPS

Leaf = Flag | Compare
_FROM_BELOW: Final = (Operator.MORE, Operator.AT_LEAST)


def to_do(condition: Condition, *, wanted: bool = True) -> Iterator[tuple[Leaf, bool]]:
    """Yield what the landlord must have done for a condition: the facts about contacts in it.

    Each comes with the outcome that is wanted of it. One that has that outcome already without any
    contact is left out.
    """
    match condition:
        case Not(part=part):
            yield from to_do(part, wanted=not wanted)
        case And(parts=parts) | Or(parts=parts):
            for part in parts:
                yield from to_do(part, wanted=wanted)
        case Flag() | Compare() if _is_about_contacts(condition.type):
            without_any = isinstance(condition, Compare) and condition.operator not in _FROM_BELOW
            if without_any is not wanted:
                yield condition, wanted


def unprompted(policy: Policy) -> tuple[Clause, ...]:
    """Return the conditions of a referral that ask for contacts for which there is no step.

    A step that stops asking at two attempts does not ask for the third.
    """
    steps = [
        leaf
        for rung in NEXT_STEPS
        for clause in policy.clauses(rung)
        for leaf in leaves(clause.when)
        if _is_about_contacts(leaf.type)
    ]
    asked = {leaf.fact for leaf in steps}
    return tuple(
        clause
        for clause in policy.refer_if_all
        if not all(
            _is_asked(leaf.type, asked) and _goes_as_far(leaf, steps, policy)
            for leaf, _ in to_do(clause.when)
        )
    )


def _is_about_contacts(fact: FactType) -> bool:
    return fact.fields == ("contacts",)


def _is_asked(fact: FactType, asked: set[str]) -> bool:
    if fact.only_with is None:
        return fact.name in asked
    # Days since an event pass by themselves, and whatever is asked makes an attempt.
    return fact.only_with in asked or (fact.only_with == "attempts" and bool(asked))


def _goes_as_far(leaf: Leaf, steps: Iterable[Leaf], policy: Policy) -> bool:
    """Whether some step asks until there are as many as a condition needs, on each day."""
    if not isinstance(leaf, Compare) or leaf.type.only_with is not None:
        return True
    alike = [it for it in steps if isinstance(it, Compare) and it.fact == leaf.fact]
    begin = {it.since for parameter in policy.parameters for it in parameter.values if it.since}
    for day in (policy.in_force.since, *(it for it in begin if it in policy.in_force)):
        needed = _least(leaf, policy, day)
        asked = [it for it in (_least(step, policy, day) for step in alike) if it is not None]
        if needed is not None and asked and needed > max(asked):
            return False
    return True


def _least(leaf: Compare, policy: Policy, day: dt.date) -> int | None:
    """The least that a comparison tells apart from fewer; None on a day without a value for it."""
    bound = leaf.operand
    if isinstance(bound, Setting):
        dated = policy.own_numbers(day).get(bound.name)
        if dated is None:
            return None
        value = dated.value
    else:
        value = bound
    return value + 1 if leaf.operator in (Operator.MORE, Operator.AT_MOST) else value
