"""A history runs once over a ledger and is cut at each day: as the reference engine has each of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from functools import cache
from typing import Any

import polars as pl
import pytest
from attrs import evolve
from hypothesis import Phase, given, settings, strategies as st
from libraries import BACK, GIVEN, SPARK_IS_SLOW
from tables import as_tables, frames

from huurschuld import FACTS, Tenancy, decide, screen
from huurschuld.portfolio.columnar.evaluation import on_days
from huurschuld.rules.parameters import Dated, Parameter, Unit
from huurschuld.rules.policies import find_policy
from huurschuld.rules.sources import USER
from huurschuld.testing import AS_OF, days_around, tenancies

_CHANGES = [AS_OF - dt.timedelta(days=days) for days in (60, 30)]


def _changing(name: str, unit: Unit, *values: int) -> Parameter:
    """A number that changes twice within the days that are asked about, and once back again."""
    since, until = [None, *_CHANGES], [*(it - dt.timedelta(days=1) for it in _CHANGES), None]
    dated = (Dated(*it[:1], USER, *it[1:]) for it in zip(values, since, until, strict=True))
    return Parameter(name, unit, tuple(dated))


POLICY = find_policy("katwijk-2021").with_(
    "changing",
    parameters={
        "minimum_cents": _changing("minimum_cents", Unit.CENTS, 1_000, 7_500, 1_000),
        "grace_days": _changing("grace_days", Unit.DAYS, 7, 7, 0),
        "sustained_days": _changing("sustained_days", Unit.DAYS, 30, 3, 30),
    },
)
"""What is asked of those who are behind changes while they are: each day goes by its own numbers."""


def assert_as_the_reference_engine(
    found: pl.DataFrame, some: Sequence[Tenancy], days: Sequence[dt.date]
) -> None:
    """One row for each tenancy and day, with its outcome and its facts."""
    rows = {(row["tenancy"], row["as_of"]): row for row in found.to_dicts()}
    assert len(rows) == found.height == len(some) * len(set(days))
    for tenancy in some:
        for day in days:
            decision = decide(tenancy, POLICY, day, engine="reference")
            expected = decision.summary() | {
                "hold": " ".join(decision.hold),
                "unknown": " ".join(decision.unknown),
                "rules": decision.receipt.rules,
                "episode_start": decision.facts.episode_start,
            }
            for name, fact in FACTS.items():
                if name not in expected and fact.parameter in {None, *POLICY_NUMBERS}:
                    expected[name] = getattr(decision.facts, name)
            row = rows[tenancy.id, day]
            assert {name: row[name] for name in expected} == expected


POLICY_NUMBERS = frozenset(it.name for it in POLICY.parameters)


@given(
    st.lists(tenancies(), min_size=1, max_size=5), st.lists(days_around(AS_OF), min_size=2, max_size=6)
)
@settings(max_examples=settings().max_examples // 2)
def test_each_day_of_a_history_is_decided_as_by_itself(some: list[Tenancy], days: list[dt.date]) -> None:
    """Late bookings, reversals, and numbers that change: in the order asked, each by what it knew."""
    some = [evolve(it, id=str(number)) for number, it in enumerate(some)]
    found = screen(frames(as_tables(some)), POLICY, days, facts=True)
    unknown: Any = dict.fromkeys(unknown_of_any(some))
    known = [evolve(it, **unknown) for it in some]
    assert_as_the_reference_engine(found, known, list(dict.fromkeys(days)))
    in_order = [(day, it.id) for day in dict.fromkeys(days) for it in some]
    assert found.select("as_of", "tenancy").rows() == in_order


def unknown_of_any(some: Sequence[Tenancy]) -> list[str]:
    """The parts that are unknown of one of them: in tables, a part is there for all or for nobody."""
    parts = ("contacts", "plans", "disputes", "objections", "signals", "facts")
    return [part for part in parts if any(getattr(it, part) is None for it in some)]


@cache
def portfolio() -> list[Tenancy]:
    """Some tenancies of every kind, always the same ones."""
    some: list[Tenancy] = []

    @given(tenancies(contacts=(), plans=(), disputes=(), objections=(), signals=(), facts=()))
    @settings(max_examples=30, derandomize=True, database=None, phases=[Phase.generate])
    def collect(tenancy: Tenancy) -> None:
        some.append(evolve(tenancy, id=str(len(some))))

    collect()
    return some


@pytest.mark.parametrize("library", SPARK_IS_SLOW)
def test_a_history_is_the_same_in_every_library(library: str) -> None:
    """Some weeks apart, over most of a year, with the numbers as they were."""
    days = [AS_OF - dt.timedelta(days=40 * number) for number in range(6)]
    tables = GIVEN[library](frames(as_tables(portfolio())))
    found = BACK[library](screen(tables, POLICY, days, facts=True))
    assert_as_the_reference_engine(found, portfolio(), days)


def test_days_with_the_same_numbers_are_decided_on_together() -> None:
    """And those with others by themselves, in the order asked; never more at once than fit in memory."""
    days = [AS_OF - dt.timedelta(days=days) for days in range(90)]
    runs = [[*it.days] for it in on_days(POLICY, days, None)]
    assert [day for run in runs for day in run] == days
    assert [len(run) for run in runs] == [31, 30, 29]
    assert [len(it.days) for it in on_days("katwijk-2021", days, None)] == [32, 32, 26]
