"""Random numbers that are the same everywhere, for the sample.

Only `random.Random.random` promises its sequence across versions of Python; the other methods may
change how they use it. So everything here is made from that one method.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


class Dice:
    """A sequence of draws that depends on its key only: `Dice(7, 123)` always gives the same.

    Args:
        key: what the draws are for, such as the seed and the number of a tenancy.
    """

    __slots__ = ("_draw",)

    def __init__(self, *key: int | str) -> None:
        # A text is hashed with SHA-512, unlike a tuple; a number would lose its sign.
        self._draw = random.Random(":".join(map(str, key))).random  # noqa: S311 - nothing here is secret

    def below(self, limit: int) -> int:
        """A whole number from 0 up to, not including, `limit`."""
        return int(self._draw() * limit)

    def between(self, low: int, high: int) -> int:
        """A whole number from `low` up to and including `high`."""
        return low + int(self._draw() * (high - low + 1))

    def chance(self, percent: float) -> bool:
        """True in so many of a hundred draws."""
        return self._draw() * 100 < percent

    def one_of(self, options: Sequence[T]) -> T:
        """One of the options, each as likely."""
        return options[self.below(len(options))]

    def weighted(self, table: Sequence[tuple[int, T]]) -> T:
        """One of the options of `(weight, option)`, by weight."""
        left = self.below(sum(weight for weight, _ in table))
        for weight, option in table:
            left -= weight
            if left < 0:
                return option
        raise ValueError("a table of weights needs at least one weight above 0")

    def shuffled(self, items: Sequence[T]) -> list[T]:
        """The same items in another order (Fisher-Yates)."""
        mixed = list(items)
        for last in range(len(mixed) - 1, 0, -1):
            other = self.below(last + 1)
            mixed[last], mixed[other] = mixed[other], mixed[last]
        return mixed
