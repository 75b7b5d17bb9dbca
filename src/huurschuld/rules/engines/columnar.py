"""The columnar engine: a policy as expressions over columns of facts, for whole portfolios at once.

A column has the name of its fact, months are in billionths, and null is unknown. For each part of a
tenancy that may be unknown there is also a column `unknown_PART`. The expressions are Narwhals
expressions, so they run on the library that the columns belong to.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import reduce
from operator import ge, gt, le, lt
from typing import Any, Final

import narwhals as nw
from attrs import frozen

from huurschuld.rules.advice import Advice, Priority
from huurschuld.rules.conditions.language import (
    And,
    Compare,
    Condition,
    Flag,
    Not,
    Operator,
    Or,
    Setting,
    leaves,
)
from huurschuld.rules.engines.ladder import GIVEN, Ladder, Step, ladder_of
from huurschuld.rules.policy import Policy

Values = Mapping[str, int | nw.Expr]
"""The value of each parameter, months in billionths: one for all, or that of each row."""

_OPERATORS: Final[dict[Operator, Callable[[nw.Expr, int | nw.Expr], nw.Expr]]] = {
    Operator.MORE: gt,
    Operator.AT_LEAST: ge,
    Operator.LESS: lt,
    Operator.AT_MOST: le,
}
_STEP: Final = "step"

Columns = nw.LazyFrame[Any]
"""Columns of facts, a row for each tenancy."""


def expression(condition: Condition, values: Values) -> nw.Expr:
    """Compile a condition to an expression over columns of facts, with these parameter values."""
    match condition:
        case Flag():
            return nw.col(condition.type.key)
        case Compare(_, operator, Setting(name)):
            return _OPERATORS[operator](nw.col(condition.type.key), values[name])
        case Compare(_, operator, int(number)):
            return _OPERATORS[operator](nw.col(condition.type.key), number)
        case Not(part):
            return ~expression(part, values)
        case And(parts):
            return _all([expression(part, values) for part in parts])
        case Or(parts):
            return _any([expression(part, values) for part in parts])
    raise TypeError(f"{type(condition).__name__} is not a condition")


def _all(conditions: list[nw.Expr]) -> nw.Expr:
    """Combine with Kleene's `and`; true if there are none."""
    return nw.all_horizontal(*conditions, ignore_nulls=False) if conditions else nw.lit(True)


def _any(conditions: list[nw.Expr]) -> nw.Expr:
    """Combine with Kleene's `or`; false if there are none."""
    return nw.any_horizontal(*conditions, ignore_nulls=False) if conditions else nw.lit(False)


def _first(cases: Iterable[tuple[nw.Expr, nw.Expr]], otherwise: nw.Expr) -> nw.Expr:
    """Take the value of the first case that is true."""
    return reduce(
        lambda rest, case: nw.when(case[0]).then(case[1]).otherwise(rest),
        reversed(list(cases)),
        otherwise,
    )


def listed(named: Iterable[tuple[str, nw.Expr]]) -> nw.Expr:
    """Join the names of the true ones into one text, separated by spaces; empty if none is true."""
    texts = [nw.when(test).then(nw.lit(name)) for name, test in named]
    if not texts:
        return nw.lit("")
    return nw.concat_str(*texts, separator=" ", ignore_nulls=True).fill_null("")


@frozen(eq=False)
class Engine:
    """One policy with its parameter values, ready to run over columns."""

    ladder: Ladder[nw.Expr]
    policy: Policy

    def facts(self) -> frozenset[str]:
        """Return the facts that it needs, as the names of their columns."""
        return frozenset(leaf.type.key for _, it in self.policy.conditions() for leaf in leaves(it))

    def facts_of_priority(self) -> frozenset[str]:
        """Return the facts that the priority needs: the only ones that matter without arrears."""
        clauses = (self.policy.crisis, self.policy.family)
        return frozenset(leaf.type.key for clause in clauses for leaf in leaves(clause.when))

    def priority(self) -> nw.Expr:
        """Return the priority, as text."""
        crisis, family = self.ladder.crisis, self.ladder.family
        return _first(
            [
                (crisis, nw.lit(str(Priority.CRISIS))),
                (family, nw.lit(str(Priority.FAMILY))),
                (crisis.is_null() | family.is_null(), nw.lit(str(Priority.UNKNOWN))),
            ],
            nw.lit(str(Priority.REGULAR)),
        )

    def decided(self, facts: Columns, settle: Callable[[Columns], Columns]) -> Columns:
        """Add the columns `advice`, `priority`, `hold` and `unknown` to the facts.

        `hold` and `unknown` are texts: names separated by spaces, empty where there are none.

        Args:
            facts: a row for each tenancy.
            settle: forces computation between two steps, for libraries that would merge them.
        """
        steps = list(self._steps())
        reached = _first(
            ((test, nw.lit(number)) for number, (test, _, _) in enumerate(steps)), nw.lit(len(steps))
        )

        def at(number: int) -> nw.Expr:
            return nw.col(_STEP) == number

        advice = _first(
            ((at(number), nw.lit(str(advice))) for number, (_, advice, _) in enumerate(steps)),
            nw.lit(str(Advice.WAIT)),
        )
        unknown = _first(
            (
                (at(number), _in_the_way(step))
                for number, (_, _, step) in enumerate(steps)
                if step is not None
            ),
            nw.lit(""),
        )
        holds = listed((hold.name, hold.test) for hold in self.ladder.holds)
        return (
            settle(facts.with_columns(reached.alias(_STEP)))
            .with_columns(advice.alias("advice"))
            .with_columns(
                self.priority().alias("priority"),
                nw.when(nw.col("advice") == str(Advice.HOLD))
                .then(holds)
                .otherwise(nw.lit(""))
                .alias("hold"),
                unknown.alias("unknown"),
            )
            .drop(_STEP)
        )

    def _steps(self) -> Iterator[tuple[nw.Expr, Advice, Step[nw.Expr] | None]]:
        """Yield the ladder from the top: when to stop there, the advice, and what to ask for."""
        ladder = self.ladder
        refer = ladder.refer.test
        stops_everything = [hold.test for hold in ladder.holds if hold.stops == "everything"]
        any_true = _any([hold.test for hold in ladder.holds])
        yield nw.col("arrears_cents") == 0, Advice.NONE, None
        yield _any(stops_everything), Advice.HOLD, None
        yield ladder.too_early.test, Advice.WAIT, None
        yield ladder.too_early.test.is_null(), Advice.ASK, ladder.too_early
        yield refer & any_true, Advice.HOLD, None
        yield refer & ~ladder.any_hold, Advice.REFER, None
        yield (refer | refer.is_null()) & ~any_true, Advice.ASK, ladder.refer
        for advice, step in ladder.next_steps:
            yield step.test, advice, None
            yield step.test.is_null(), Advice.ASK, step


def _in_the_way(step: Step[nw.Expr]) -> nw.Expr:
    """List the unknown tenancy fields that a step needs, sorted."""
    unknown = {name: nw.col(f"unknown_{name}") for name in step.fields}
    if step.given:
        unknown[GIVEN] = _any([nw.col(fact.key).is_null() for fact in step.given])
    return listed(sorted(unknown.items(), key=lambda item: item[0]))


def engine_for(policy: Policy, values: Values) -> Engine:
    """Make the engine of a policy with values for its parameters."""

    def every_one(conditions: list[Condition]) -> nw.Expr:
        return _all([expression(condition, values) for condition in conditions])

    def some_one(conditions: list[Condition]) -> nw.Expr:
        return _any([expression(condition, values) for condition in conditions])

    def certain(condition: Condition) -> nw.Expr:
        return expression(condition, values).fill_null(False)

    return Engine(ladder_of(policy, every_one, some_one, certain), policy)
