"""The ways in which facts can be, read off conditions: a search that leaves nothing to chance.

A *way* says for each fact which values it may have. Conditions are written out as branches, as for the
engines, and the ways that fit all of them are sought one branch at a time. Facts may be asked about
twice, *before* and *after* something changes, with the direction in which each of them may go.

Facts are taken to be independent of each other: that there are two channels but one attempt is a way,
too. So nothing that can happen is overlooked, and something may be found that cannot.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import chain
from typing import Final

from attrs import evolve, field, frozen

from huurschuld.rules.conditions.branches import Literal, branches
from huurschuld.rules.conditions.language import Compare, Condition, Flag, Operator, Setting, leaves
from huurschuld.rules.facts import FactType

HIGHEST: Final = 10**19
"""More than any fact is: arrears in cents, months in billionths."""
_MOST_STEPS: Final = 50_000
"""After how many steps a search gives up."""


@frozen
class Values:
    """The values that a fact may have: from the lowest to the highest, and perhaps unknown.

    Yes and no are 1 and 0.
    """

    lowest: int
    highest: int
    unknown: bool

    def within(self, lowest: int, highest: int, unknown: bool) -> Values:
        """Return those that are also among these."""
        return Values(max(self.lowest, lowest), min(self.highest, highest), self.unknown and unknown)

    @property
    def some_known(self) -> bool:
        """Whether there is any known value among them."""
        return self.lowest <= self.highest


UNKNOWN: Final = Values(1, 0, True)
"""What is not known has no value."""


@frozen
class Wanted:
    """What a condition must be.

    Attributes:
        when: the condition.
        side: whether it must be true, or false.
        certainly: whether it must be known; otherwise unknown will do.
        after: whether it is about the facts after the change.
    """

    when: Condition
    side: bool
    certainly: bool = True
    after: bool = False

    @property
    def facts(self) -> frozenset[str]:
        """The facts that it asks."""
        return frozenset(leaf.fact for leaf in leaves(self.when))


@frozen
class Change:
    """How facts may change: up, down, or both; the others stay as they are.

    What is unknown stays unknown, and what is known stays known. `before` and `after` say what some
    facts are then; a fact that does not change is as it was before.
    """

    up: frozenset[str] = frozenset()
    down: frozenset[str] = frozenset()
    before: Mapping[str, Values] = field(factory=dict)
    after: Mapping[str, Values] = field(factory=dict)

    def moves(self, fact: str) -> bool:
        """Whether a fact may change."""
        return fact in self.up or fact in self.down


@frozen
class Way:
    """What facts may be, before a change and after it, by their names; others may be anything."""

    change: Change
    before: Mapping[str, Values] = field(factory=dict)
    after: Mapping[str, Values] = field(factory=dict)

    def step(self, fact: str) -> tuple[int, int] | None:
        """Return a value of a fact before and another after, where it cannot stay what it was."""
        before, after = self.before.get(fact), self.after.get(fact)
        if before is None or after is None or not (before.some_known and after.some_known):
            return None
        if before.highest < after.lowest:
            return before.highest, after.lowest
        return (before.lowest, after.highest) if after.highest < before.lowest else None

    def with_branch(
        self, wanted: Wanted, branch: Iterable[Literal], numbers: Mapping[str, int]
    ) -> Way | None:
        """Return this way with the literals of a branch as well; None if they do not fit."""
        befores, afters = dict(self.before), dict(self.after)
        for leaf, side in branch:
            moves = self.change.moves(leaf.fact)
            values = afters if wanted.after and moves else befores
            fixed = (self.change.after if wanted.after and moves else self.change.before).get(leaf.fact)
            known = values.get(leaf.fact, fixed or _any_of(leaf.type))
            lowest, highest = _range(leaf, side, numbers)
            values[leaf.fact] = known.within(lowest, highest, unknown=not wanted.certainly)
            if not self._possible(leaf.fact, befores, afters):
                return None
        return evolve(self, before=befores, after=afters)

    def _possible(self, fact: str, befores: Mapping[str, Values], afters: Mapping[str, Values]) -> bool:
        before = befores.get(fact, self.change.before.get(fact))
        after = afters.get(fact, self.change.after.get(fact))
        for it in (before, after):
            if it is not None and not it.some_known and not it.unknown:
                return False
        if before is None or after is None or (before.unknown and after.unknown):
            return True
        return (
            before.some_known
            and after.some_known
            and (fact in self.change.up or after.lowest <= before.highest)
            and (fact in self.change.down or before.lowest <= after.highest)
        )


def _any_of(fact: FactType) -> Values:
    return Values(0, 1 if fact.unit is None else HIGHEST, unknown=bool(fact.fields))


def _range(leaf: Flag | Compare, side: bool, numbers: Mapping[str, int]) -> tuple[int, int]:
    if not isinstance(leaf, Compare):
        return int(side), int(side)
    operand = leaf.operand
    number = numbers[operand.name] if isinstance(operand, Setting) else operand
    is_above = leaf.operator in (Operator.MORE, Operator.AT_LEAST)
    first = number + (leaf.operator in (Operator.MORE, Operator.AT_MOST))  # the first of those above
    return (first, HIGHEST) if is_above is side else (0, first - 1)


def find_way(
    wanted: Iterable[Wanted], numbers: Mapping[str, int], change: Change | None = None
) -> Way | None:
    """Find a way in which all conditions are what they must be; None if there is none.

    Args:
        wanted: the conditions; the first ones are tried first.
        numbers: the values of parameters.
        change: how facts may change in between; without it nothing does.

    After very many steps the way is returned that was tried last: what is not disproved is possible.
    """
    ahead = _ordered(list(wanted))
    sides = [branches(it.when, it.side) for it in ahead]
    ordered = [sorted(it, key=len) for it in sides]
    stack = [(0, Way(change or Change()))]
    for _ in range(_MOST_STEPS):
        if not stack:
            return None
        done, way = stack.pop()
        if done == len(ahead):
            return way
        found = (way.with_branch(ahead[done], it, numbers) for it in reversed(ordered[done]))
        stack.extend((done + 1, it) for it in found if it is not None)
    return stack[-1][1] if stack else None


def _ordered(wanted: list[Wanted]) -> list[Wanted]:
    """Put conditions that share facts with earlier ones first: what cannot be is then seen early."""
    ordered, rest = wanted[:1], wanted[1:]
    seen = set(chain.from_iterable(it.facts for it in ordered))
    while rest:
        chosen = next((it for it in rest if it.facts & seen), rest[0])
        rest.remove(chosen)
        ordered.append(chosen)
        seen |= chosen.facts
    return ordered
