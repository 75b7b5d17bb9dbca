"""The listing: rows, counts and what it was made with."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, Final

from attrs import field, frozen

from huurschuld.decisions.decision import Decision
from huurschuld.decisions.receipt import Receipt, read_assumptions
from huurschuld.errors import Undecided
from huurschuld.portfolio.assumptions import written_assumptions
from huurschuld.portfolio.columnar.outcomes import OUTCOME
from huurschuld.portfolio.listing_aside import SetAside
from huurschuld.portfolio.worklist import Worklist
from huurschuld.rules.advice import Advice
from huurschuld.rules.policy import PolicyOnDay
from huurschuld.rules.semantics import SEMANTICS

Row = dict[str, Any]
"""A tenancy and its outcome as `Decision.summary` has it; facts besides, where they are wanted."""

LISTS: Final = ("hold", "unknown")
"""What a row has as lists of names."""


@frozen
class Listing:
    """The outcome of a screening.

    Attributes:
        rows: those in arrears, first things first.
        decisions: of all of these, or of the first, what a person is shown.
        screened: how many tenancies were looked at.
        undecided: those for which no engine can be relied on; they are not among the rows.
        receipt: what all of it was made with.
        set_aside: what was left out, where that was asked for.
        tenancies: the ids of all that were looked at, by the columnar engine.
    """

    rows: tuple[Row, ...] = field(converter=tuple[Row, ...])
    decisions: tuple[Decision, ...] = field(converter=tuple[Decision, ...])
    screened: int
    undecided: tuple[Undecided, ...]
    receipt: Receipt
    set_aside: SetAside | None = None
    tenancies: Iterable[str] = field(default=(), repr=False, eq=False)

    def columns(self) -> list[str]:
        """The names of what a row has."""
        return list(self.rows[0]) if self.rows else list(OUTCOME)

    def counts(self) -> dict[Advice, int]:
        """How many tenancies have each advice; with those undecided they add up to `screened`."""
        counted = Counter(row["advice"] for row in self.rows)
        counted[Advice.NONE] = self.screened - len(self.rows) - len(self.undecided)
        return {advice: counted[advice] for advice in Advice}


def of_worklist(
    found: Worklist, on_day: PolicyOnDay, assume: Mapping[str, object], *, facts: bool
) -> Listing:
    """The listing of a worklist."""
    told = [row_of(decision, facts=facts) for decision in found]
    return Listing(told, found.decisions, found.screened, found.undecided, receipt_of(on_day, assume))


def row_of(decision: Decision, *, facts: bool) -> Row:
    """The row of a decision."""
    row: Row = {"tenancy": decision.tenancy, **decision.summary()}
    if facts:
        written = decision.facts.written(name for name, _ in decision.receipt.parameters)
        row |= {name: value for name, value in written.items() if name not in row}
    return row


def receipt_of(on_day: PolicyOnDay, assume: Mapping[str, object]) -> Receipt:
    """What a screening was made with."""
    assumed = read_assumptions(written_assumptions(assume), "/assumptions")
    return Receipt(SEMANTICS, on_day.policy, on_day.as_of, on_day.parameters, assumed)
