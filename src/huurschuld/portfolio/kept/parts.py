"""The entries of a state, in the parts in which they came."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from attrs import field, frozen

from huurschuld.portfolio.extras import polars
from huurschuld.portfolio.kept.folding import COLUMNS, PolarsFrame


@frozen(eq=False)
class Part:
    """Entries that came together.

    Attributes:
        entries: a lazy frame of `kept.folding.COLUMNS`.
        replaced: a frame of `k`: the tenancies of which it replaces all that came before.
        rows: a frame of `k` and `rows`: how many entries those have by now that it has entries of;
            folded ones count as those that they stand for.
    """

    entries: Any
    replaced: Any
    rows: Any
    _read: list[Any] = field(factory=list, init=False, repr=False)

    def read(self) -> None:
        """Read the entries into memory, where they stay as long as it does."""
        if not self._read:
            self._read.append(self.entries.collect())

    def at_hand(self) -> PolarsFrame:
        """The entries, from memory if they are there: a lazy frame."""
        return self._read[0].lazy() if self._read else self.entries


def each_of(parts: Sequence[Part]) -> list[Any]:
    """The entries of each part, without those that a later one replaces: lazy frames."""
    found = []
    for number, part in enumerate(parts):
        entries = part.at_hand()
        for later in parts[number + 1 :]:
            if later.replaced.height:
                entries = entries.join(later.replaced.lazy(), on="k", how="anti")
        found.append(entries.select(COLUMNS))
    return found


def all_of(parts: Sequence[Part]) -> PolarsFrame:
    """The entries of all parts: a lazy frame."""
    return polars("the state").concat(each_of(parts))


def counted(parts: Sequence[Part]) -> PolarsFrame:
    """How many entries those have that some part has entries of."""
    pl = polars("the state")
    counts = pl.concat([it.rows for it in parts])
    return counts.unique("k", keep="last", maintain_order=True)
