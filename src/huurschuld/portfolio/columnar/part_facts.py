"""The facts that come from the other parts of a tenancy, table by table.

These are plans, disputes, objections, signals, children, and the facts that a tenancy states itself.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final

import narwhals as nw

from huurschuld.portfolio.columnar.expressions import LONG_AGO, Frame, total, whole
from huurschuld.portfolio.columnar.fact_sums import (
    Expressions,
    FactsWanted,
    PartFacts,
    count,
    has,
    in_force,
    is_set,
    number,
    within,
)
from huurschuld.portfolio.columnar.intake import VALUES
from huurschuld.rules.own_facts import GivenFact

_EIGHTEEN: Final = 180_000
_SHIFT: Final = 10**5
_AMOUNT: Final = 10**9


# --- plans and disputes, which cover the arrears together ----------------------------------------


def _sums_of_plans(rows: Frame, _: FactsWanted) -> Frame:
    kept = nw.col("broken_on").is_null() | (nw.col("as_of") < nw.col("broken_on"))
    return _covering(rows.filter(in_force() & kept), "plans")


def _sums_of_disputes(rows: Frame, _: FactsWanted) -> Frame:
    return _covering(rows.filter(in_force()), "disputes")


def _covering(rows: Frame, table: str) -> Frame:
    """How many are in force, how many of these cover everything, and what the others cover."""
    return rows.group_by("k").agg(
        whole(nw.len()).alias(f"_{table}"),
        count(nw.col("cents").is_null()).alias(f"_{table}_whole"),
        total(nw.col("cents").fill_null(0)).alias(f"_{table}_cents"),
    )


def _covers(table: str, there: Collection[str]) -> nw.Expr:
    """Whether those in force cover what is owed, together with those of the other table."""
    covered = [number(f"_{it}_cents") for it in ("plans", "disputes") if it in there]
    left = nw.col("past_grace_cents")
    if covered:  # without either table it is unknown whether anything covers them
        left = left - nw.sum_horizontal(*covered)
    return has(f"_{table}_whole") | (has(f"_{table}") & (left < nw.col("floor")))


def _of_plans(_: FactsWanted, there: Collection[str]) -> Expressions:
    return {"plan_in_force": _covers("plans", there)}


def _of_disputes(_: FactsWanted, there: Collection[str]) -> Expressions:
    return {"disputed": _covers("disputes", there)}


# --- objections and signals ----------------------------------------------------------------------


def _sums_of_objections(rows: Frame, _: FactsWanted) -> Frame:
    is_active = nw.col("withdrawn").is_null() | (nw.col("as_of") < nw.col("withdrawn"))
    in_episode = (nw.col("date") > nw.col("episode_start")).fill_null(False)
    counts = (nw.col("date") <= nw.col("as_of")) & is_active
    return rows.group_by("k").agg(
        count(counts & (is_set("standing", default=True) | in_episode)).alias("_objections")
    )


def _of_objections(_: FactsWanted, __: Collection[str]) -> Expressions:
    return {"objected": has("_objections")}


def _sums_of_signals(rows: Frame, wanted: FactsWanted) -> Frame:
    """The latest referral of the episode, and the highest of its day: both are packed in one number."""
    age = nw.col("as_of") - nw.col("date")
    rows = rows.filter(
        (nw.col("episode_start") < nw.col("date"))
        & (nw.col("date") <= nw.col("as_of"))
        & within(age, wanted.values.get("signal_days"))
    )
    dated = (nw.col("date") + _SHIFT) * _AMOUNT + nw.col("cents")
    recent = age < wanted.values.get("repeat_days", 0)
    return rows.group_by("k").agg(whole(dated.max()).alias("_latest"), count(recent).alias("_recent"))


def _of_signals(_: FactsWanted, __: Collection[str]) -> Expressions:
    named = nw.col("_latest") % _AMOUNT
    covered = (nw.col("past_grace_cents") - named < nw.col("floor")).fill_null(False)
    return {"already_referred": has("_recent") | covered}


# --- children ------------------------------------------------------------------------------------


def _sums_of_children(rows: Frame, _: FactsWanted) -> Frame:
    """The minors; a child born on 29 February is one until 1 March, as comparing YYYYMMDD implies.

    So does the first day that a child may have been born: zeros come before any day.
    """
    minor = (nw.col("born") <= nw.col("as_of_digits")) & (
        nw.col("as_of_digits") < _last_day(nw.col("born")) + _EIGHTEEN
    )
    return rows.group_by("k").agg(count(minor).alias("_minors"))


def _last_day(born: nw.Expr) -> nw.Expr:
    """The last day that YYYYMMDD with zeros may be."""
    day, month_and_day = born % 100, born % 10_000
    year = (born - month_and_day) // 10_000
    is_leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    month = month_and_day - day
    length = (
        nw.when(month.is_in((400, 600, 900, 1100)))
        .then(30)
        .when((month == 200) & is_leap)
        .then(29)
        .when(month == 200)
        .then(28)
        .otherwise(31)
    )
    return (
        nw.when(month_and_day == 0)
        .then(born + 1231)
        .when(day == 0)
        .then(born + whole(length))
        .otherwise(born)
    )


def _of_children(_: FactsWanted, __: Collection[str]) -> Expressions:
    complete = ~nw.col("unknown_household")
    return {
        "minors": nw.when(complete).then(number("_minors")),
        "minor_living_in": nw.when(complete | has("_minors")).then(has("_minors")),
    }


# --- facts that the policy declares, given by the tenancy -----------------------------------------


def _sums_of_facts(rows: Frame, wanted: FactsWanted) -> Frame:
    """Of each given fact the value in force: that of the row with the latest `from`."""
    given = wanted.given()
    rows = rows.filter(nw.col("name").is_in([it.name for it in given]) & in_force())
    rows = rows.with_columns(since=nw.col("from").fill_null(LONG_AGO))
    rows = rows.filter(nw.col("since") == nw.col("since").max().over("k", "name"))
    values = [
        (it.type.key, nw.when(nw.col("name") == it.name).then(nw.col(VALUES[it.unit]))) for it in given
    ]
    return rows.group_by("k").agg(*(whole(value.max()).alias(f"_{key}") for key, value in values))


def _of_facts(wanted: FactsWanted, _: Collection[str]) -> Expressions:
    return {it.type.key: _given(it) for it in wanted.given()}


def _given(fact: GivenFact) -> nw.Expr:
    value = nw.col(f"_{fact.type.key}")
    if fact.default_value is not None:
        value = value.fill_null(int(fact.default_value))
    return value == 1 if fact.unit is None else value


OTHER_PARTS: Final[Mapping[str, PartFacts]] = {
    "children": PartFacts(_sums_of_children, _of_children),
    "disputes": PartFacts(_sums_of_disputes, _of_disputes),
    "facts": PartFacts(_sums_of_facts, _of_facts),
    "objections": PartFacts(_sums_of_objections, _of_objections),
    "plans": PartFacts(_sums_of_plans, _of_plans),
    "signals": PartFacts(_sums_of_signals, _of_signals),
}
"""By table."""
