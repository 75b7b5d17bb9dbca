"""Decisions as a dataframe: the same columns, types and values as a result of `screen`."""

from __future__ import annotations

import datetime as dt
from typing import Any

import polars as pl
import pytest
from attrs import evolve
from hypothesis import given, settings, strategies as st
from libraries import BACK, GIVEN, SPARK_IS_SLOW
from tables import as_tables, frames

from huurschuld import (
    InvalidValue,
    Policy,
    Tenancy,
    decide,
    decide_many,
    decisions_frame,
    load_case,
    screen,
    worklist,
)
from huurschuld.decisions.decision import OUTCOME
from huurschuld.portfolio.result_rows import RESULT_COLUMNS
from huurschuld.rules.parameters import Dated, Parameter, Unit
from huurschuld.rules.policies import find_policy
from huurschuld.rules.sources import USER
from huurschuld.testing import AS_OF, policies, tenancies

KATWIJK = find_policy("katwijk-2021")
KNOWN: Any = dict.fromkeys(("contacts", "plans", "disputes", "objections", "signals", "facts"), ())
ORIGIN = ["policy", "rules", "as_of"]


@settings(max_examples=settings().max_examples // 3)
@given(policies(), st.lists(tenancies(**KNOWN), min_size=1, max_size=5), st.booleans())
def test_it_is_what_screen_gives(policy: Policy, some: list[Tenancy], facts: bool) -> None:
    """One by one or all at once: the same frame, to the types and the hash of the rules."""
    some = [evolve(it, id=str(number)) for number, it in enumerate(some)]
    decisions = decide_many(some, policy, AS_OF, engine="reference")
    found = decisions_frame(decisions, facts=facts)
    expected = screen(frames(as_tables(some)), policy, AS_OF, facts=facts)
    assert found.schema == expected.schema
    assert found.equals(expected)


CASES = [load_case(f"examples/{name}.json") for name in ("refer-family", "hold-plan", "ask-objections")]
DECISIONS = [decide(it.tenancy, "katwijk-2021", it.as_of, engine="reference") for it in CASES]


@pytest.mark.parametrize("library", [it for it in SPARK_IS_SLOW if "polars-lazy" not in it.values])
def test_it_is_in_the_library_that_is_asked_for(library: Any) -> None:
    """As `screen` gives it there: with the same class, names and types."""
    found = decisions_frame(DECISIONS, library, facts=True)
    back = BACK[library](found)
    assert back.equals(decisions_frame(DECISIONS, facts=True))
    tables = GIVEN[library](frames(as_tables([it.tenancy for it in CASES])))
    screened = screen(tables, "katwijk-2021", AS_OF, facts=True)
    assert type(found) is type(screened)
    assert back.schema == BACK[library](screened).schema


def test_without_decisions_there_are_no_rows() -> None:
    """What is empty has its columns all the same."""
    assert decisions_frame([], facts=True).columns == [*RESULT_COLUMNS, *ORIGIN]
    assert decisions_frame([]).schema == decisions_frame(DECISIONS).schema


def test_decisions_of_several_policies_and_days_stand_in_one_frame() -> None:
    """Each with its own policy, rules and day; a fact that only some have is null for the others."""
    day = dt.date(2020, 6, 1)
    both = [*DECISIONS, decide(CASES[0].tenancy, "katwijk-2012", day, engine="reference")]
    found = decisions_frame(both, facts=True)
    assert found["policy"].to_list() == ["katwijk-2021"] * 3 + ["katwijk-2012"]
    assert found["as_of"].to_list() == [*(it.as_of for it in CASES), day]
    assert found["rules"].to_list() == [it.receipt.rules for it in both]
    assert found["rules"].n_unique() == 2
    assert found["sustained_cents"].null_count() == sum(
        "sustained_days" not in dict(it.receipt.parameters) for it in both
    )


def test_the_parts_of_an_outcome_have_one_name_everywhere() -> None:
    """As an attribute, in JSON, in a frame and in a worklist."""
    for decision, row in zip(DECISIONS, decisions_frame(DECISIONS).to_dicts(), strict=True):
        for name in OUTCOME:
            its = getattr(decision, name)
            its = list(its) if isinstance(its, tuple) else its
            assert its == decision.summary()[name]
            assert row[name] == (" ".join(its) if isinstance(its, list) else its)
        assert decision.holds == decision.hold
    rows = worklist([CASES[0].tenancy], KATWIJK, CASES[0].as_of, engine="reference").rows
    assert set(rows[0]) == {"tenancy", *OUTCOME}


@pytest.mark.parametrize(
    ("decisions", "library", "place"),
    [(DECISIONS, "excel", "/library"), ([*DECISIONS, "x"], "polars", "/decisions/3")],
)
def test_what_is_no_decision_or_library_is_refused(decisions: Any, library: Any, place: str) -> None:
    """With its place."""
    with pytest.raises(InvalidValue) as caught:
        decisions_frame(decisions, library)
    assert caught.value.place == place


def test_screen_tells_the_rules_of_each_day() -> None:
    """Of several days, or of the own day of each tenancy, by the hash that the receipts have."""
    days = [AS_OF, AS_OF + dt.timedelta(days=30)]
    dated = Dated(7_500, USER, since=days[1])
    adopted = KATWIJK.with_(
        "own", parameters={"minimum_cents": Parameter("minimum_cents", Unit.CENTS, (dated,))}
    )
    tables = frames(as_tables([evolve(CASES[0].tenancy, id=it) for it in "AB"]))
    expected = [decide(CASES[0].tenancy, adopted, it).receipt.rules for it in days]
    assert expected[0] != expected[1]
    found = screen(tables, adopted, days)
    assert found["rules"].to_list() == [expected[0], expected[0], expected[1], expected[1]]
    assert set(found["policy"]) == {adopted.name}
    tables["tenancies"] = tables["tenancies"].with_columns(pl.Series("day", days))
    assert screen(tables, adopted, "day")["rules"].to_list() == expected
