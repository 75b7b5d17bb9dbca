"""Evaluations of a portfolio: a policy on a day, with the values of its parameters on that day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from functools import reduce
from itertools import groupby
from typing import Final

import narwhals as nw
from attrs import frozen

from huurschuld.decisions.decision import policy_of, policy_on_day
from huurschuld.decisions.receipt import receipt_of
from huurschuld.errors import InvalidValue
from huurschuld.model.given import as_day
from huurschuld.portfolio.columnar.expressions import number_of
from huurschuld.rules.engines.columnar import Values
from huurschuld.rules.policy import Policy, PolicyOnDay

_MOST_DAYS: Final = 32
"""How many days are evaluated at once: each is a row for every tenancy, and two sums for some."""


@frozen(eq=False)
class Evaluation:
    """A policy on some days with the same parameters, or on the own day of each tenancy without `days`.

    A parameter has one value, or an expression for that of each tenancy. `found` is the policy as it
    applies on each of the days, where it applies on known ones.
    """

    policy: Policy
    days: Sequence[dt.date]
    values: Values
    found: Sequence[PolicyOnDay] = ()

    def rules(self, assumptions: Mapping[str, object], column: nw.Expr) -> nw.Expr:
        """The rules that a result tells: a short hash, the same as that of the receipts.

        `column` is the number of each tenancy's day.
        """
        by_numbers: dict[object, str] = {}
        for it in self.found:
            if it.parameters not in by_numbers:
                by_numbers[it.parameters] = receipt_of(it, assumptions).rules
        rules = [by_numbers[it.parameters] for it in self.found]
        return _by_day(rules, self.found, column, nw.String)


def on_days(
    policy: Policy | str, as_of: dt.date | Iterable[dt.date], parameters: Mapping[str, object] | None
) -> list[Evaluation]:
    """Evaluations on one day, or on several in their order; errors as for `decide`.

    Those are together that follow on each other and have the same parameters, up to a maximum.
    """
    days = [as_of] if isinstance(as_of, dt.date) else _several(as_of)
    found = [policy_on_day(policy, day, parameters) for day in days]
    alike = (list(its) for _, its in groupby(found, key=lambda it: it.parameters))
    together = (its[at : at + _MOST_DAYS] for its in alike for at in range(0, len(its), _MOST_DAYS))
    return [Evaluation(its[0].policy, [it.as_of for it in its], its[0].values, its) for its in together]


def _several(days: object) -> list[dt.date]:
    given = [as_day(it) for it in days] if isinstance(days, Iterable) else []
    if not given or not all(isinstance(it, dt.date) for it in given):
        raise InvalidValue(
            "/as_of", "a day, several days or the name of a column is expected", "give a datetime.date"
        )
    return list(dict.fromkeys(given))


def on_own_days(
    policy: Policy | str,
    days: Sequence[dt.date],
    parameters: Mapping[str, object] | None,
    column: nw.Expr,
) -> Evaluation:
    """One evaluation in which each tenancy has its own day, with the values of the policy on that day.

    `days` are all that occur, and `column` is the number of each tenancy's day.
    """
    if not days:  # there are no tenancies; the parameters are still checked
        chosen = policy_of(policy)
        days = [chosen.in_force.since]
    found = [policy_on_day(policy, day, parameters) for day in days]
    values: dict[str, int | nw.Expr] = {}
    for name, _ in found[0].numbers:
        its = [it.values[name] for it in found]
        is_one = len(set(its)) == 1  # so that the same number on all days stays a number
        values[name] = its[0] if is_one else _by_day(its, found, column, nw.Int64)
    return Evaluation(found[0].policy, [], values, found)


def _by_day(
    values: Sequence[int | str],
    found: Sequence[PolicyOnDay],
    column: nw.Expr,
    dtype: type[nw.Int64 | nw.String],
) -> nw.Expr:
    """A value for each of some days, in a column of the numbers of days."""
    days: dict[int | str, list[int]] = {}
    for value, it in zip(values, found, strict=True):
        days.setdefault(value, []).append(number_of(it.as_of))
    first, *others = days
    return reduce(
        lambda rest, value: (
            nw.when(column.is_in(days[value])).then(nw.lit(value, dtype)).otherwise(rest)
        ),
        others,
        nw.lit(first, dtype),
    )
