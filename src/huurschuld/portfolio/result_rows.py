"""A row: one tenancy and its outcome, by the names that worklists, result files and changes share."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, Final

from attrs import fields, frozen

from huurschuld.decisions.decision import OUTCOME, Decision
from huurschuld.decisions.receipt import Receipt
from huurschuld.rules.advice import Advice, Priority

ResultRow = dict[str, Any]
"""The id of a tenancy as `tenancy`, then what `Decision.summary` gives; where wanted, facts by name.

A fact that the policy declares is `own_NAME`.
"""

RESULT_COLUMNS: Final = ("tenancy", *OUTCOME)
"""The columns of a row without facts, in their order."""

LISTS: Final = ("hold", "unknown")
"""The columns that hold lists of names."""

SET_ASIDE: Final = "set-aside"
UNDECIDED: Final = "undecided"
WITHOUT_ADVICE: Final = frozenset({SET_ASIDE, UNDECIDED})
"""The words that replace the advice of a tenancy without one."""

_ADVICE_RANKS: Final[dict[str, int]] = {advice: rank for rank, advice in enumerate(Advice)}
_PRIORITY_RANKS: Final[dict[str, int]] = {priority: rank for rank, priority in enumerate(Priority)}
_DECIMALS: Final = 9


def row_of(decision: Decision, *, facts: bool = False) -> ResultRow:
    """Make the row of a decision, with the facts or without."""
    row: ResultRow = {"tenancy": decision.tenancy, **decision.summary()}
    if facts:
        written = decision.facts.written(name for name, _ in decision.receipt.parameters)
        row |= {name: value for name, value in written.items() if name not in row}
        own = [fact.type for fact in decision.receipt.policy.facts]
        row |= {it.key: it.written(it.value(decision.facts)) for it in own}
    return row


def row_of_frame(given: Mapping[str, Any]) -> ResultRow:
    """Make the row of what a frame has of a tenancy: names as lists, days as texts."""
    row = {name: it.isoformat() if isinstance(it, dt.date) else it for name, it in given.items()}
    return row | {name: row[name].split() for name in LISTS}


def is_on_worklist(advice: str, priority: str) -> bool:
    """Whether a tenancy is on a worklist: it has some advice, or is in a crisis."""
    return advice != Advice.NONE or priority == Priority.CRISIS


def rank(row: ResultRow) -> tuple[bool, int, int]:
    """Rank a row by crisis, advice and priority; rows without an advice come first."""
    return (
        row["priority"] != Priority.CRISIS,
        _ADVICE_RANKS.get(row["advice"], -1),
        _PRIORITY_RANKS.get(row["priority"], -1),
    )


def order(row: ResultRow) -> tuple[tuple[bool, int, int], int, str]:
    """Return the sort key of a row in a worklist: crisis, advice, priority, most months, id."""
    months, _, decimals = row["months"].partition(".")
    return rank(row), -int(months + decimals.ljust(_DECIMALS, "0")), row["tenancy"]


@frozen
class Origin:
    """What a result was made with; None if not stated.

    Attributes:
        policy: the name of the policy.
        rules: a short hash of the policy with its numbers, and of what was assumed.
        as_of: the day.
    """

    policy: str | None = None
    rules: str | None = None
    as_of: dt.date | None = None

    @classmethod
    def of(cls, receipt: Receipt) -> Origin:
        """Sum up the receipt of a screening."""
        return cls(receipt.policy.name, receipt.rules, receipt.as_of)

    def written(self) -> dict[str, str | None]:
        """Its values in a result, by column."""
        day = None if self.as_of is None else self.as_of.isoformat()
        return {"policy": self.policy, "rules": self.rules, "as_of": day}


SELECTION: Final = "selection"
"""The last column of a result that is part of a worklist: by what its rows were chosen."""

ORIGIN: Final = tuple(it.name for it in fields(Origin))
"""The last columns of a result, the same in every row."""
