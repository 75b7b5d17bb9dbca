"""Part of a worklist: by advice, priority, what is owed and the columns that are carried along."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from attrs import field, frozen

from huurschuld.portfolio.carrying import Carried, carried_text
from huurschuld.portfolio.result_rows import ResultRow
from huurschuld.rules.advice import Advice, Priority


@frozen
class Selection:
    """Which rows of a worklist are asked for; without any condition all of them are.

    Attributes:
        advice: any of these; all if there are none.
        priority: any of these; all if there are none.
        min_cents: owing at least this.
        where: for each of these columns one of these texts; an empty text is an empty cell.
    """

    advice: tuple[Advice, ...] = field(default=(), converter=tuple[Advice, ...])
    priority: tuple[Priority, ...] = field(default=(), converter=tuple[Priority, ...])
    min_cents: int | None = None
    where: Mapping[str, tuple[str, ...]] = field(factory=dict)

    def __bool__(self) -> bool:
        """Whether it leaves anything out."""
        return bool(self.advice or self.priority or self.min_cents is not None or self.where)

    def takes(self, row: ResultRow) -> bool:
        """Whether a row is asked for."""
        return (
            (not self.advice or row["advice"] in self.advice)
            and (not self.priority or row["priority"] in self.priority)
            and (self.min_cents is None or row["arrears_cents"] >= self.min_cents)
            and all(carried_text(row[name]) in texts for name, texts in self.where.items())
        )

    def of(self, rows: Iterable[ResultRow]) -> list[ResultRow]:
        """The rows that are asked for, in their order."""
        return [row for row in rows if self.takes(row)]

    def written(self) -> str:
        """The selection as one line, as a result has it: `advice=refer,ask; min_arrears_cents=50000`."""
        parts = [
            *([f"advice={','.join(self.advice)}"] if self.advice else []),
            *([f"priority={','.join(self.priority)}"] if self.priority else []),
            *([] if self.min_cents is None else [f"min_arrears_cents={self.min_cents}"]),
            *(f"{name}={','.join(texts)}" for name, texts in self.where.items()),
        ]
        return " ".join("; ".join(parts).split())

    def unmatched(self, carried: Carried) -> list[tuple[str, str]]:
        """The texts that no tenancy has in their column, each as (column, text): likely misspelt."""
        return [
            (name, text)
            for name, texts in self.where.items()
            for text in sorted(set(texts) - carried.texts(name))
        ]


ALL: Final = Selection()
"""The whole worklist."""


def grouped(rows: Iterable[ResultRow], column: str | None) -> dict[str, list[ResultRow]]:
    """The rows by the text in a column that is carried along; the group without one comes last.

    Without a column all rows are in one group, which has no name.
    """
    groups: dict[str, list[ResultRow]] = {}
    for row in rows:
        groups.setdefault("" if column is None else carried_text(row[column]), []).append(row)
    return {name: groups[name] for name in sorted(groups, key=lambda it: (it == "", it))}


def first_of_each(rows: Sequence[ResultRow], column: str | None, most: int | None) -> list[ResultRow]:
    """At most so many rows of each group, group by group; None for all."""
    return [row for group in grouped(rows, column).values() for row in group[:most]]
