"""The language of rules: conditions on facts, as a tree of frozen values.

A condition is data, never a callable. Combine conditions with `&`, `|` and `~`, and put
comparisons in parentheses. A condition has no truth value of its own, so `if`, `and`, `or`, `not` and a
chained comparison raise an error, and `==` compares two conditions as values.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import Final, Never, TypeGuard

from attrs import Factory, field, frozen

from huurschuld.model.values import MAXIMUM_CENTS
from huurschuld.rules.facts import FACTS, FactType
from huurschuld.rules.parameters import Unit, bounds, parse_months


class Operator(StrEnum):
    """How a quantity is compared."""

    MORE = ">"
    AT_LEAST = ">="
    LESS = "<"
    AT_MOST = "<="


class _NoTruth:
    """Base of everything that is neither true nor false until the facts are known."""

    __slots__ = ()

    def __bool__(self) -> Never:
        raise TypeError(
            "a condition is neither true nor false before the facts are known; combine conditions "
            "with & | ~ and put each comparison in parentheses"
        )


class Condition(_NoTruth):
    """A condition on facts: true, false or unknown once they are given."""

    __slots__ = ()

    def __and__(self, other: Condition) -> Condition:
        return And((self, _condition(other)))

    def __or__(self, other: Condition) -> Condition:
        return Or((self, _condition(other)))

    def __invert__(self) -> Condition:
        return Not(self)


def _condition(value: object) -> Condition:
    if not isinstance(value, Condition):
        raise TypeError(f"a condition is expected, not {type(value).__name__}")
    return value


@frozen
class Setting(_NoTruth):
    """A parameter of the policy, by name."""

    name: str


class _Settings:
    """`P.minimum_cents` is the parameter `minimum_cents` of whichever policy the condition is in."""

    def __getattr__(self, name: str) -> Setting:
        if name.startswith("_"):
            raise AttributeError(name)
        return Setting(name)


P = _Settings()


def _built_in(fact: str) -> FactType:
    if fact not in FACTS:
        raise ValueError(f"{fact} is not a built-in fact")
    return FACTS[fact]


def _check_type(leaf: Flag | Compare | Quantity, is_quantity: bool) -> None:
    if leaf.type.name != leaf.fact or (not leaf.type.is_own and FACTS.get(leaf.fact) != leaf.type):
        raise ValueError(f"{leaf.fact} is not the fact of this type")
    if (leaf.type.unit is not None) is not is_quantity:
        raise ValueError(f"{leaf.fact} is not a {'quantity' if is_quantity else 'yes-or-no fact'}")


_OF_NAME: Final = Factory(lambda self: _built_in(self.fact), takes_self=True)


@frozen
class Flag(Condition):
    """A condition that a yes-or-no fact is true; `type` is needed for a fact of one's own."""

    fact: str
    type: FactType = field(default=_OF_NAME)

    def __attrs_post_init__(self) -> None:
        _check_type(self, is_quantity=False)


@frozen
class Compare(Condition):
    """A quantity compared with a parameter, or with a number in the quantity's own unit.

    A number for `months` is in billionths here; write it as text, `months > "1.5"`.
    """

    fact: str
    operator: Operator = field(converter=Operator)
    operand: Setting | int
    type: FactType = field(default=_OF_NAME)

    def __attrs_post_init__(self) -> None:
        _check_type(self, is_quantity=True)
        unit, operand = self.type.unit, self.operand
        number = unit is not None and is_whole(operand) and 0 <= operand <= bounds("", unit)[1]
        if not number and not isinstance(operand, Setting):
            raise TypeError(f"{self.fact} is compared with a parameter or a number in its range")


@frozen(order=False)
class Quantity(_NoTruth):
    """A fact that counts something; comparing it makes a condition."""

    fact: str
    type: FactType = field(default=_OF_NAME)

    def __attrs_post_init__(self) -> None:
        _check_type(self, is_quantity=True)

    def __gt__(self, other: Setting | int | str) -> Condition:
        return self._compared(Operator.MORE, other)

    def __ge__(self, other: Setting | int | str) -> Condition:
        return self._compared(Operator.AT_LEAST, other)

    def __lt__(self, other: Setting | int | str) -> Condition:
        return self._compared(Operator.LESS, other)

    def __le__(self, other: Setting | int | str) -> Condition:
        return self._compared(Operator.AT_MOST, other)

    def _compared(self, operator: Operator, other: Setting | int | str) -> Condition:
        return Compare(self.fact, operator, operand(self.type, other), self.type)


def is_whole(value: object) -> TypeGuard[int]:
    """Whether a value is a whole number, and not true or false."""
    return isinstance(value, int) and not isinstance(value, bool)


def operand(fact: FactType, given: object) -> Setting | int:
    """Read what a quantity is compared with: a parameter, or a number in its unit.

    Raises:
        TypeError: it is neither. Months are written as text, everything else as a whole number.
    """
    if isinstance(given, Setting):
        return given
    if fact.unit is Unit.MONTHS:
        months = parse_months(given) if isinstance(given, str) else None
        if months is not None:
            return months
        raise TypeError(f'{fact.name} is compared with a parameter or a text such as "1.5"')
    if is_whole(given) and 0 <= given <= MAXIMUM_CENTS:
        return given
    raise TypeError(
        f"{fact.name} is compared with a parameter or a whole number up to {MAXIMUM_CENTS:,}"
    )


@frozen
class Not(Condition):
    """The opposite of a condition."""

    part: Condition


def _flat(cls: type[And | Or], parts: tuple[Condition, ...]) -> tuple[Condition, ...]:
    """Flatten parts of the same kind: `a & (b & c)` is `a & b & c`."""
    return tuple(inner for part in parts for inner in (part.parts if type(part) is cls else (part,)))


def _two_or_more(_: object, __: object, parts: tuple[Condition, ...]) -> None:
    if len(parts) < 2:
        raise ValueError("at least two conditions are combined")


def _flat_and(parts: tuple[Condition, ...]) -> tuple[Condition, ...]:
    return _flat(And, parts)


def _flat_or(parts: tuple[Condition, ...]) -> tuple[Condition, ...]:
    return _flat(Or, parts)


@frozen
class And(Condition):
    """All of the parts."""

    parts: tuple[Condition, ...] = field(converter=_flat_and, validator=_two_or_more)


@frozen
class Or(Condition):
    """At least one of the parts."""

    parts: tuple[Condition, ...] = field(converter=_flat_or, validator=_two_or_more)


def leaves(condition: Condition) -> Iterator[Flag | Compare]:
    """Yield the flags and comparisons of a condition, from left to right."""
    match condition:
        case Flag() | Compare():
            yield condition
        case Not(part):
            yield from leaves(part)
        case And(parts) | Or(parts):
            for part in parts:
                yield from leaves(part)
        case _:
            raise TypeError(f"{type(condition).__name__} is not a condition")


def required_fields(condition: Condition) -> frozenset[str]:
    """Return the tenancy fields that must be known for all facts of a condition to be known."""
    return frozenset(name for leaf in leaves(condition) for name in leaf.type.fields)
