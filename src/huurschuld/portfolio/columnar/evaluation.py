"""Evaluations of a portfolio: a policy on a day, with the values of its parameters on that day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from functools import reduce

import narwhals as nw
from attrs import frozen

from huurschuld.decisions.decision import policy_of, policy_on_day
from huurschuld.errors import InvalidValue
from huurschuld.model.given import as_day
from huurschuld.portfolio.columnar.expressions import number_of
from huurschuld.rules.engines.columnar import Values
from huurschuld.rules.policy import Policy, PolicyOnDay


@frozen(eq=False)
class Evaluation:
    """A policy on a day, or on the own day of each tenancy if `day` is None.

    A parameter has one value, or an expression for that of each tenancy.
    """

    policy: Policy
    day: dt.date | None
    values: Values


def on_days(
    policy: Policy | str, as_of: dt.date | Iterable[dt.date], parameters: Mapping[str, object] | None
) -> list[Evaluation]:
    """An evaluation on one day, or on each of several; errors as for `decide`."""
    days = [as_of] if isinstance(as_of, dt.date) else _several(as_of)
    found = [policy_on_day(policy, day, parameters) for day in days]
    return [Evaluation(it.policy, it.as_of, it.values) for it in found]


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
        return Evaluation(chosen, None, chosen.on(chosen.in_force.since, parameters).values)
    found = [policy_on_day(policy, day, parameters) for day in days]
    values = {name: _by_day(name, found, column) for name, _ in found[0].numbers}
    return Evaluation(found[0].policy, None, values)


def _by_day(name: str, found: Sequence[PolicyOnDay], column: nw.Expr) -> int | nw.Expr:
    """The value of a parameter: a number if it is the same on all days, else one for each day."""
    days: dict[int, list[int]] = {}
    for it in found:
        days.setdefault(it.values[name], []).append(number_of(it.as_of))
    first, *others = days
    return reduce(
        lambda rest, value: nw.when(column.is_in(days[value])).then(value).otherwise(rest),
        others,
        nw.lit(first, nw.Int64) if others else first,
    )
