"""What of a policy can be seen without a household to be no use: what is never true, or never matters.

None of it is an error: a policy with a warning decides as it is written. A number that is set so that a
condition never applies, such as no days of grace, is no warning either, unless nobody would be referred.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import permutations
from typing import Final

from attrs import frozen

from huurschuld.errors import Spot, pointer
from huurschuld.rules.clauses import STOPS
from huurschuld.rules.conditions.language import And, Condition, Not, Or
from huurschuld.rules.conditions.notation import text
from huurschuld.rules.conditions.possible import Values, always, excludes, implies, never
from huurschuld.rules.policy import Policy
from huurschuld.rules.rungs import HOLDS, NEXT_STEPS, REFER, WAIT, Rung

_NO_VALUES: Final[Values] = {}
"""For what is so whatever the values of the parameters are."""
_MOST_CONDITIONS: Final = 100
"""Of more than this many conditions of a step it is not looked at what they say beside each other."""
_ONE_DAY: Final = dt.timedelta(days=1)


@frozen
class PolicyWarning:
    """A condition that is never true, or never matters.

    Attributes:
        place: the JSON pointer of the condition in the policy; of one in a file, the name of the file
            and the pointer in it.
        condition: the condition, or the part of it, as it is written.
        problem: what is to be seen.
        remedy: what to do about it.
        is_idle: whether it only decides nothing, and no household is treated otherwise for it.
        spot: the line and column, if it was read from a file.
    """

    place: str
    condition: str
    problem: str
    remedy: str
    is_idle: bool = False
    spot: Spot | None = None

    def __str__(self) -> str:
        at = "" if self.spot is None else f" (at {self.spot})"
        return f"warning at {self.place}: {self.problem}{at}; {self.remedy}"


def policy_warnings(policy: Policy) -> tuple[PolicyWarning, ...]:
    """Look for conditions that are never true, or never matter, as far as that is plain.

    A number beyond its range, a fact and its opposite, a hold that is always true, a condition that one
    beside it says already, a referral that a hold always stops. How facts depend on each other is not
    looked at.
    """
    found = [
        *_constants(policy),
        *_within(policy),
        *_beside(policy),
        *_without_referral(policy),
    ]
    return tuple({(it.place, it.condition): it for it in reversed(found)}.values())[::-1]


def _place(rung: str, index: int) -> str:
    return f"{pointer(rung, index)}/when"


def _values_of(policy: Policy) -> list[Values]:
    """Return the values of the parameters on every day on which one of them changes."""
    days = {policy.in_force.since}
    for parameter in policy.parameters:
        days |= {it.since for it in parameter.values if it.since is not None}
        days |= {it.until + _ONE_DAY for it in parameter.values if it.until is not None}
    found: list[Values] = []
    for day in sorted(day for day in days if day in policy.in_force):
        numbers = policy.own_numbers(day)
        if len(numbers) == len(policy.parameters):  # else nothing is decided on this day
            found.append({name: dated.value for name, dated in numbers.items()})
    return found or [_NO_VALUES]


_NEVER: Final[Mapping[str, Callable[[str], str]]] = {
    HOLDS.name: lambda it: f"{it} is never true, so this hold stops nothing",
    WAIT.name: lambda it: f"{it} is never true, so nobody waits for it",
    REFER.name: lambda it: f"{it} is never true, so nobody would be referred",
    **dict.fromkeys(
        (rung.name for rung in NEXT_STEPS),
        lambda it: f"{it} is never true, so this step is never taken for it",
    ),
    "crisis": lambda it: f"{it} is never true, so no household is a crisis",
    "family": lambda it: f"{it} is never true, so no household is a family",
}
_ALWAYS: Final[Mapping[str, Callable[[str], str]]] = {
    HOLDS.name: lambda it: f"{it} is always true, so nobody would be referred",
    WAIT.name: lambda it: f"{it} is always true, so everybody would wait",
    REFER.name: lambda it: f"{it} is always true, so it asks nothing",
    **dict.fromkeys(
        (rung.name for rung in NEXT_STEPS),
        lambda it: f"{it} is always true, so no step below it is taken",
    ),
    "crisis": lambda it: f"{it} is always true, so every household would be a crisis",
    "family": lambda it: f"{it} is always true, so every household would be a family",
}
_CORRECT: Final = "correct it, or leave it out"


def _constants(policy: Policy) -> Iterator[PolicyWarning]:
    """Find conditions that are always true, or never."""
    values = _values_of(policy)
    for place, clause in policy.placed_clauses():
        rung = place.split("/")[1]
        for words, test, harms in (
            (_NEVER, never, rung == REFER.name),
            (_ALWAYS, always, rung != REFER.name),
        ):
            considered = values if harms else [_NO_VALUES]
            if all(test(clause.when, it) for it in considered):
                when = text(clause.when)
                yield PolicyWarning(f"{place}/when", when, words[rung](when), _CORRECT)


def _within(policy: Policy) -> Iterator[PolicyWarning]:
    """Find parts of a condition that are constant, or that another part says already."""
    for place, clause in policy.placed_clauses():
        if not _is_constant(clause.when):
            for part, problem in _idle_parts(clause.when):
                yield PolicyWarning(f"{place}/when", text(part), problem, _CORRECT, is_idle=True)


def _idle_parts(condition: Condition) -> Iterator[tuple[Condition, str]]:
    if isinstance(condition, Not):
        yield from _idle_parts(condition.part)
    if not isinstance(condition, And | Or):
        return
    parts, constant = condition.parts, set[int]()
    for index, part in enumerate(parts):
        if never(part, _NO_VALUES):
            constant.add(index)
            yield part, f"{text(part)} is never true within {text(condition)}"
        elif always(part, _NO_VALUES):
            constant.add(index)
            yield part, f"{text(part)} is always true within {text(condition)}"
        if index not in constant:
            yield from _idle_parts(part)
    kept = [part for index, part in enumerate(parts) if index not in constant]
    for idle, other in _idle_beside(kept, is_all=isinstance(condition, And)):
        yield kept[idle], f"{text(kept[idle])} decides nothing beside {text(kept[other])}"


def _idle_beside(conditions: Sequence[Condition], *, is_all: bool) -> Iterator[tuple[int, int]]:
    """Yield the number of each condition that decides nothing beside another, and that of the other.

    Of the conditions all must be true, or one. Of two that say the same, the later one decides nothing.
    """
    idle: set[int] = set()
    if len(conditions) > _MOST_CONDITIONS:
        return
    for one, other in permutations(range(len(conditions)), 2):
        stronger, weaker = (other, one) if is_all else (one, other)
        if not idle.isdisjoint((one, other)):
            continue
        if implies(conditions[stronger], conditions[weaker], _NO_VALUES):
            same = implies(conditions[weaker], conditions[stronger], _NO_VALUES)
            if not same or one > other:
                idle.add(one)
                yield one, other


def _beside(policy: Policy) -> Iterator[PolicyWarning]:
    """Find conditions that decide nothing beside another of the same step."""
    for rung in (WAIT, REFER, *NEXT_STEPS):
        yield from _beside_each_other(policy, rung, range(len(policy.clauses(rung))))
    for stops in STOPS:
        those = [index for index, hold in enumerate(policy.holds) if hold.stops == stops]
        yield from _beside_each_other(policy, HOLDS, those)


def _beside_each_other(policy: Policy, rung: Rung, those: Iterable[int]) -> Iterator[PolicyWarning]:
    clauses = policy.clauses(rung)
    kept = [index for index in those if not _is_constant(clauses[index].when)]
    for one, other in _idle_beside([clauses[index].when for index in kept], is_all=rung.needs_all):
        idle, beside = clauses[kept[one]], clauses[kept[other]]
        if idle.when == beside.when and idle.source != beside.source:
            continue  # the same condition by two sources: each of them asks for it
        yield PolicyWarning(
            _place(rung.name, kept[one]),
            text(idle.when),
            f"{text(idle.when)} decides nothing beside {text(beside.when)}",
            "leave it out, or correct one of the two",
            is_idle=True,
        )


def _is_constant(condition: Condition) -> bool:
    return never(condition, _NO_VALUES) or always(condition, _NO_VALUES)


def _without_referral(policy: Policy) -> Iterator[PolicyWarning]:
    """Find conditions of a referral that are never true together, or only where something stops it."""
    values = _values_of(policy)
    refer = [
        (index, clause.when)
        for index, clause in enumerate(policy.clauses(REFER))
        if not all(never(clause.when, it) for it in values)
    ]
    if len(refer) + sum(len(policy.clauses(rung)) for rung in (HOLDS, WAIT)) > _MOST_CONDITIONS:
        return
    for at, (index, when) in enumerate(refer):
        for _, other in refer[:at]:
            if all(excludes(when, other, it) for it in values):
                problem = (
                    f"{text(when)} is never true together with {text(other)}, "
                    "so nobody would be referred"
                )
                yield PolicyWarning(_place(REFER.name, index), text(when), problem, _CORRECT)
        for rung in (HOLDS, WAIT):
            for clause in policy.clauses(rung):
                stops = clause.when
                if all(implies(when, stops, it) and not always(stops, it) for it in values):
                    problem = (
                        f"{text(when)} is true only where {text(stops)} holds a referral, "
                        "so nobody would be referred"
                        if rung is HOLDS
                        else f"{text(when)} is true only where {text(stops)} makes it wait, "
                        "so nobody would be referred"
                    )
                    yield PolicyWarning(_place(REFER.name, index), text(when), problem, _CORRECT)
