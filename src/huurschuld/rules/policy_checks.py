"""The requirements on a policy: its names, and conditions that have their parameters and can be run."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Final

from huurschuld.errors import (
    DuplicateId,
    InvalidValue,
    PolicyTooLarge,
    UnknownReference,
    pointer,
)
from huurschuld.model.refusals import Refusal
from huurschuld.rules.conditions.branches import LONGEST, MOST, MOST_FACTS, WIDEST, extent
from huurschuld.rules.conditions.language import And, Compare, Condition, Not, Or, Setting, leaves
from huurschuld.rules.conditions.notation import parse, text
from huurschuld.rules.conditions.reading import DEEPEST
from huurschuld.rules.facts import FACTS
from huurschuld.rules.own_facts import OwnFact
from huurschuld.rules.parameters import NAME, Parameter, Unit

if TYPE_CHECKING:
    from huurschuld.rules.policy import Policy

_OF_THE_LEDGER: Final = {"floor_cents": Unit.CENTS, "grace_days": Unit.DAYS}
"""The parameters that every policy may have, as the arrears themselves go by them."""
_UNITS_OF_USED: Final = {
    **_OF_THE_LEDGER,
    **{name: Unit.DAYS for fact in FACTS.values() for name in fact.uses},
}
_HYPHENED: Final = re.compile(r"[a-z][a-z0-9]*(?:[-_.][a-z0-9]+)*")
DUPLICATE: Final = Refusal(DuplicateId, "this name is duplicated", "give each its own")
_SHORTER: Final = "write it as several conditions, each one shorter"


def check_conditions(
    conditions: Iterable[tuple[str, Condition]],
    parameters: Iterable[Parameter],
    facts: Iterable[OwnFact],
) -> None:
    """Check that every parameter exists, has the fact's unit and is used, and that engines can run it.

    Args:
        conditions: every condition of a policy, with its place.
        parameters: those of the policy.
        facts: those that the policy declares.

    Raises:
        InputError: at the condition, at the parameter, or at the root if all together is too large.
    """
    units = {parameter.name: parameter.unit for parameter in parameters}
    known = {**FACTS, **{fact.name: fact.type for fact in facts}}
    used = {*_OF_THE_LEDGER, *(name for fact in known.values() if fact.is_own for name in fact.uses)}
    extents, named = [], set()
    for place, condition in conditions:
        check_shape(condition, place)
        for leaf in leaves(condition):
            named.add(leaf.fact)
            if known.get(leaf.fact) != leaf.type:
                raise UnknownReference(
                    place, f"it needs the fact {leaf.fact}, which this policy does not declare", "add it"
                )
        for name, unit in needed_parameters(condition):
            _check_parameter(units, name, unit, place)
        used |= used_parameters([condition])
        # It is stored as text, so a condition too long or too deep to be read back is refused now.
        parse(text(condition), units, place, known)
        extents.append(_check_extent(condition, place))
    for most, what, total in (
        (MOST, "branches", sum(count for count, _ in extents)),
        (LONGEST, "facts to look at", sum(looked_at for _, looked_at in extents)),
        (MOST_FACTS, "different facts", len(named)),
    ):
        if total > most:
            raise PolicyTooLarge(
                "",
                f"its conditions written out are {total:,} {what}, more than {most:,}",
                "remove conditions that are not needed, or split the policy in two",
            )
    for name, unit in _UNITS_OF_USED.items():
        if units.get(name, unit) is not unit:
            raise InvalidValue(pointer("parameters", name, "unit"), f"{unit} are expected")
    for name in units:
        if name in FACTS:
            raise InvalidValue(pointer("parameters", name), "a fact has this name", "rename one")
        if name not in used:
            raise InvalidValue(
                pointer("parameters", name), "no condition uses it", "remove it, or use it"
            )


def check_shape(condition: Condition, place: str) -> None:
    """Check that a condition can be traversed: it may have been built too deep or too large.

    Raises:
        InputError: at its place.
    """
    ahead, seen = [(condition, 0)], 0
    while ahead:
        it, depth = ahead.pop()
        seen += 1
        if depth > DEEPEST:
            raise InvalidValue(place, f"more than {DEEPEST} conditions nested in each other")
        if seen > LONGEST:
            raise PolicyTooLarge(place, f"more than {LONGEST:,} conditions in one", _SHORTER)
        if isinstance(it, Not):
            ahead.append((it.part, depth + 1))
        elif isinstance(it, And | Or):
            ahead.extend((part, depth + 1) for part in it.parts)


def _check_extent(condition: Condition, place: str) -> tuple[int, int]:
    """Count the branches of a condition on both sides, and the facts in them."""
    extents = [extent(condition, side) for side in (True, False)]
    widest = max(count for count, _ in extents)
    if widest > WIDEST:
        number = f"{widest:,}" if widest < 1_000_000 else "more than a million"
        raise PolicyTooLarge(
            place, f"this condition written out is {number} branches, more than {WIDEST}", _SHORTER
        )
    return sum(count for count, _ in extents), sum(named for _, named in extents)


def needed_parameters(condition: Condition) -> Iterator[tuple[str, Unit]]:
    """Find the parameters that a condition and its facts need, with the unit of each."""
    for leaf in leaves(condition):
        fact = leaf.type
        if fact.parameter is not None:
            yield fact.parameter, Unit.DAYS
        if isinstance(leaf, Compare) and isinstance(leaf.operand, Setting) and fact.unit is not None:
            yield leaf.operand.name, fact.unit


def used_parameters(conditions: Iterable[Condition]) -> set[str]:
    """Find the parameters that these conditions, their facts, and the arrears go by."""
    used = set(_OF_THE_LEDGER)
    for condition in conditions:
        used |= {name for name, _ in needed_parameters(condition)}
        used |= {name for leaf in leaves(condition) for name in leaf.type.uses}
    return used


def _check_parameter(units: Mapping[str, Unit], name: str, unit: Unit, place: str) -> None:
    if name not in units:
        raise UnknownReference(
            place,
            f"it needs the parameter {name}, which this policy does not have",
            f'add it: parameters.{name} = {{ unit = "{unit}", values = [{{ value = … }}] }}',
        )
    if units[name] is not unit:
        raise InvalidValue(place, f"{name} is in {units[name]}, where {unit} are compared")


def check_names(policy: Policy) -> None:
    """Check the names of a policy and in it, that none stands for two things, and that it can be met.

    Raises:
        InputError: with a JSON pointer into the policy.
    """
    if not _HYPHENED.fullmatch(policy.name):
        raise InvalidValue(
            "/name", "a name consists of lower case letters, digits and hyphens", "such as our-policy"
        )
    if policy.in_force.until is not None and policy.in_force.until < policy.in_force.since:
        raise InvalidValue("/in_force/until", "it ends before it starts", "correct one of the two days")
    if not policy.refer_if_all:
        raise InvalidValue("/refer_if_all", "without a condition everybody would be referred", "add one")
    for index, hold in enumerate(policy.holds):
        if not _HYPHENED.fullmatch(hold.name):
            raise InvalidValue(
                pointer("holds", index, "name"),
                "this is not a valid name of a hold",
                "use lower case letters, digits and hyphens, such as no-home-visit",
            )
        if hold.name in {other.name for other in policy.holds[:index]}:
            raise DUPLICATE.at(pointer("holds", index, "name"))
    own_facts = [fact.name for fact in policy.facts]
    for index, name in enumerate(own_facts):
        if name in own_facts[:index]:
            raise DUPLICATE.at(pointer("facts", index, "name"))
        if any(parameter.name == name for parameter in policy.parameters):
            raise InvalidValue(
                pointer("facts", index, "name"), "a parameter has this name", "rename one"
            )
    names = [parameter.name for parameter in policy.parameters]
    for name in names:
        if not NAME.fullmatch(name):
            raise InvalidValue(
                pointer("parameters", name),
                "this is not a valid name of a parameter",
                "use lower case letters, digits and underscores, such as least_visits",
            )
        if names.count(name) > 1:
            raise DUPLICATE.at(pointer("parameters", name))
