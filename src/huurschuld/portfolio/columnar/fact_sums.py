"""What the facts of all parts of a tenancy have in common: which are wanted, and sums over rows.

The rows of a table are grouped by `k`, the number of the tenancy. A tenancy without rows has no sums;
its facts are then 0 or false.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Final

import narwhals as nw
from attrs import frozen

from huurschuld.portfolio.columnar.expressions import Frame, total, whole
from huurschuld.rules.engines.columnar import Values
from huurschuld.rules.facts import FACTS
from huurschuld.rules.own_facts import CountedFact, GivenFact, OwnFact

Expressions = Mapping[str, nw.Expr]
"""Facts by name, as expressions of sums."""

_TABLE_OF: Final = {"household": "children"}
"""The table of a field of a tenancy, where that has another name."""


@frozen(eq=False)
class FactsWanted:
    """Which facts are wanted, and what they go by.

    Attributes:
        names: the names of their columns.
        values: the parameters of the policy.
        own: the facts that the policy declares.
    """

    names: frozenset[str]
    values: Values
    own: Sequence[OwnFact]

    def given(self) -> list[GivenFact]:
        """The given facts among them."""
        return [it for it in self.own if isinstance(it, GivenFact) and it.type.key in self.names]

    def counted(self) -> list[CountedFact]:
        """The counted facts among them."""
        return [it for it in self.own if isinstance(it, CountedFact) and it.type.key in self.names]

    def tables(self) -> list[str]:
        """The tables that they need."""
        fields = {field for name in self.names & FACTS.keys() for field in FACTS[name].fields}
        own: list[OwnFact] = [*self.given(), *self.counted()]
        fields |= {field for it in own for field in it.type.fields}
        if fields & {"plans", "disputes"}:  # what both cover together counts for each of them
            fields |= {"plans", "disputes"}
        return [_TABLE_OF.get(name, name) for name in sorted(fields)]


@frozen(eq=False)
class PartFacts:
    """The facts that come from one table.

    Attributes:
        sums: sums by `k` over its rows. Beside each row stands the key of its tenancy: `k`, `as_of`,
            `as_of_digits`, `episode_start`, and the columns `set_PARAMETER`.
        facts: the facts as expressions of these sums, where the part is known. They may go by the sums
            of another table, if it is among those that there are.
    """

    sums: Callable[[Frame, FactsWanted], Frame]
    facts: Callable[[FactsWanted, Collection[str]], Expressions]


def has(name: str) -> nw.Expr:
    """Whether this was true for any row."""
    return nw.col(name).fill_null(0) > 0


def number(name: str) -> nw.Expr:
    """A sum; 0 where there are no rows."""
    return nw.col(name).fill_null(0)


def count(test: nw.Expr) -> nw.Expr:
    """In how many rows of a group a test is certainly true."""
    return total(whole(test.fill_null(False)))


def is_set(name: str, default: bool = False) -> nw.Expr:
    """Whether a flag is set."""
    return nw.col(name).fill_null(int(default)) == 1


def in_force() -> nw.Expr:
    """Whether `from` and `until` enclose the day; either may be open."""
    since = nw.col("from").is_null() | (nw.col("from") <= nw.col("as_of"))
    until = nw.col("until").is_null() | (nw.col("as_of") <= nw.col("until"))
    return since & until


def within(age: nw.Expr, days: int | nw.Expr | None) -> nw.Expr:
    """Whether something is at most so many days old; None is any age."""
    return nw.lit(True) if days is None else age <= days
