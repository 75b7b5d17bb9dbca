"""Withholding small numbers, so that nobody works them out from the others.

Small numbers are about few people, and whoever knows a family learns how it fares. So a number from 1
up to a given size is withheld. That alone does not help: with the total and the other numbers it can be
worked out. So further numbers are withheld, until each that is withheld has at least two values that all
published numbers, sums and parts allow.

The proof of that is a **move**: other values for some of the withheld numbers, one more or one less
each, that leave every sum as it is. A move is looked for; if there is none, the cheapest one is looked
for that needs further numbers withheld. At the end every number of these that is not needed is
published after all. A move of ones is enough in practice but not always: where only a larger one would
do, more is withheld than need be, never less.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from heapq import heappop, heappush
from itertools import count
from typing import Final, Generic, TypeVar

from attrs import field, frozen

K = TypeVar("K", bound=Hashable)

_MOST_STEPS: Final = 2_000
"""How far a move is looked for. If none is found, all is withheld, which always protects."""
_NONE: Final = 0
_ALIKE: Final = 1
_PRICED: Final = 2
"""Whether a move may hide further numbers: none, all at one price, or each at its own."""
_STEP_COST: Final = 3
"""What a step of a move weighs against withholding more: without it, long moves are tried first."""


@frozen
class Number:
    """A number, as whoever decides knows it.

    Attributes:
        value: the number.
        is_shown: whether it is to be published. What is not, such as how many were not reached, is a
            difference of published numbers, and is protected like these.
        cost: how much is lost by withholding it.
    """

    value: int
    is_shown: bool = True
    cost: int = 1


@frozen
class Sum(Generic[K]):
    """A number that is the sum of others."""

    total: K
    parts: tuple[K, ...]


def withhold(cells: Mapping[K, Number], sums: Iterable[Sum[K]], smallest: int) -> frozenset[K]:
    """Choose what is not published.

    A zero is published: there is nobody whom it is about.

    Args:
        cells: the numbers by what identifies them.
        sums: all that is known of how they add up.
        smallest: the smallest number, but 0, that may be published.

    Returns:
        What is withheld of the numbers that would be shown.
    """
    table = _Table(dict(cells), tuple(sums), smallest)
    return table.withheld()


@frozen
class _Tried(Generic[K]):
    """A move that is not complete: the steps so far, and by how much which sums are off."""

    move: dict[K, int] = field(factory=dict)
    off: dict[int, int] = field(factory=dict)

    @property
    def guess(self) -> int:
        """How long it will be, at least about."""
        return len(self.move) + sum(map(abs, self.off.values()))


@frozen
class _Table(Generic[K]):
    cells: dict[K, Number]
    sums: tuple[Sum[K], ...]
    smallest: int
    _of: dict[K, list[tuple[int, int]]] = field(factory=dict, init=False)
    _members: list[list[tuple[K, int]]] = field(factory=list, init=False)

    def __attrs_post_init__(self) -> None:
        for number, it in enumerate(self.sums):
            members = [(it.total, 1), *((part, -1) for part in it.parts)]
            self._members.append(members)
            for cell, sign in members:
                self._of.setdefault(cell, []).append((number, sign))

    def is_small(self, cell: K) -> bool:
        return 1 <= self.cells[cell].value < self.smallest

    def withheld(self) -> frozenset[K]:
        shown = [cell for cell, it in self.cells.items() if it.is_shown]
        small = [cell for cell in self.cells if self.is_small(cell)]
        hidden = {cell for cell in shown if self.is_small(cell)}
        moves: dict[K, dict[K, int]] = {}
        for cell in small:
            if cell in moves:
                continue
            move = self._move(cell, hidden, price=_PRICED) or self._move(cell, hidden, price=_ALIKE)
            if move is None:  # whatever the numbers are, twice as much would fit as well
                return frozenset(cell for cell in shown if self.cells[cell].value)
            hidden.update(it for it in move if self.cells[it].is_shown)
            for it in move:
                moves.setdefault(it, move)
        self._publish_again(hidden, moves)
        return frozenset(hidden)

    def _publish_again(self, hidden: set[K], moves: dict[K, dict[K, int]]) -> None:
        """Publish what need not be withheld, what costs most first.

        What was withheld only to protect another one can be published once that is, so this is done
        until nothing more can be.
        """
        order = sorted(hidden, key=lambda it: (-self.cells[it].cost, str(it)))
        further = [cell for cell in order if not self.is_small(cell)]
        published = further
        while published:
            published = [cell for cell in further if self._is_published(cell, hidden, moves)]
            further = [cell for cell in further if cell in hidden]

    def _is_published(self, cell: K, hidden: set[K], moves: dict[K, dict[K, int]]) -> bool:
        """Publish a number, if each that is protected has a move without it."""
        hidden.remove(cell)
        found: dict[K, dict[K, int]] = {}
        needing = [it for it, move in moves.items() if cell in move and self._needs(it, hidden)]
        for needed in needing:
            if needed not in found:
                move = self._move(needed, hidden)
                if move is None:
                    hidden.add(cell)
                    return False
                found.update(dict.fromkeys(move, move))
        moves.update({it: move for it, move in found.items() if cell in moves.get(it, {})})
        return True

    def _needs(self, cell: K, hidden: set[K]) -> bool:
        """Whether a number is to be protected: it is withheld, or it is a small difference."""
        return cell in hidden or self.is_small(cell)

    def _move(self, start: K, hidden: set[K], *, price: int = _NONE) -> dict[K, int] | None:
        """Look for a move of a cell that hides little, if it may hide any; best first.

        With the prices of what is hidden the cheapest is looked for, but a long one is often not found;
        with all prices alike the shortest.
        """
        order = count()
        nothing = _Tried[K]()
        tried = [
            (0, next(order), 0, nothing, start, step) for step in (1, -1) if self._fits(start, step)
        ]
        for _ in range(_MOST_STEPS):
            if not tried:
                return None
            _, _, cost, before, cell, step = heappop(tried)
            now = self._with(before, cell, step)
            if not now.off:
                return now.move
            so_far = now.guess + 1
            for further, its_step, its_price in self._next(now, hidden, price):
                guess = so_far + self._change(now, further, its_step)
                total = cost + its_price
                heappush(tried, (total + _STEP_COST * guess, next(order), total, now, further, its_step))
        return None

    def _with(self, before: _Tried[K], cell: K, step: int) -> _Tried[K]:
        off = dict(before.off)
        for number, sign in self._of.get(cell, ()):
            off[number] = off.get(number, 0) + sign * step
            if not off[number]:
                del off[number]
        return _Tried({**before.move, cell: step}, off)

    def _change(self, now: _Tried[K], cell: K, step: int) -> int:
        """By how much further the sums are off with another step."""
        offs = ((now.off.get(number, 0), sign * step) for number, sign in self._of.get(cell, ()))
        return sum(abs(off + change) - abs(off) for off, change in offs)

    def _next(self, now: _Tried[K], hidden: set[K], price: int) -> list[tuple[K, int, int]]:
        """What may be moved to set right the sum with the fewest choices: cell, step and price."""
        fewest: list[tuple[K, int, int]] | None = None
        for number, off in now.off.items():
            choices: list[tuple[K, int, int]] = []
            for cell, sign in self._members[number]:
                if fewest is not None and len(choices) >= len(fewest):
                    break
                step = -sign if off > 0 else sign
                if cell in now.move or not self._fits(cell, step):
                    continue
                it = self.cells[cell]
                if not it.is_shown or cell in hidden:
                    choices.append((cell, step, 0))
                elif price and it.value:
                    choices.append((cell, step, it.cost if price == _PRICED else price))
            if fewest is None or len(choices) < len(fewest):
                fewest = choices
            if not fewest:
                break
        return fewest or []

    def _fits(self, cell: K, step: int) -> bool:
        """Whether a cell may have that value: what is withheld is known not to be 0."""
        it = self.cells[cell]
        return it.value + step >= (1 if it.is_shown else 0)
