"""What a referral asks the landlord to have done, and whether a step of the policy tells him to do it.

Who is not reached in the way that a referral requires, and whom no step says to reach, waits: nobody is
told to do what the referral waits for.
"""

from __future__ import annotations

from collections.abc import Iterator
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
    """Return the conditions of a referral that ask for contacts for which there is no step."""
    asked = {
        leaf.fact
        for rung in NEXT_STEPS
        for clause in policy.clauses(rung)
        for leaf in leaves(clause.when)
        if _is_about_contacts(leaf.type)
    }
    return tuple(
        clause
        for clause in policy.refer_if_all
        if not all(_is_asked(leaf.type, asked) for leaf, _ in to_do(clause.when))
    )


def _is_about_contacts(fact: FactType) -> bool:
    return fact.fields == ("contacts",)


def _is_asked(fact: FactType, asked: set[str]) -> bool:
    if fact.only_with is None:
        return fact.name in asked
    # Days since an event pass by themselves, and whatever is asked makes an attempt.
    return fact.only_with in asked or (fact.only_with == "attempts" and bool(asked))
