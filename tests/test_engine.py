"""The reference engine against the text of the semantics, on policies and facts of any shape."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from fractions import Fraction
from itertools import product
from typing import Any

import narwhals as nw
import polars as pl
import pytest
from hypothesis import event, given, settings, strategies as st

from huurschuld import Facts, Policy
from huurschuld.rules.conditions.language import And, Compare, Condition, Flag, Not, Or, Setting, leaves
from huurschuld.rules.conditions.logic import Truth, every, negated, some
from huurschuld.rules.conditions.truth import truth_of
from huurschuld.rules.engines import columnar
from huurschuld.rules.engines.code import compiled, every_one, some_one
from huurschuld.rules.engines.columnar import expression
from huurschuld.rules.engines.reference import engine_for
from huurschuld.rules.facts import FACTS
from huurschuld.rules.own_facts import OwnFact
from huurschuld.rules.policies import find_policy
from huurschuld.testing import conditions, facts as any_facts, policies

DAY = dt.date(2025, 4, 20)
HALF = Fraction(1, 2)
DEGREES: dict[Truth, Fraction] = {False: Fraction(0), None: HALF, True: Fraction(1)}
TRUTHS = {degree: truth for truth, degree in DEGREES.items()}
VALUES = {
    "own_months": 10**9,
    "own_cents": 1000,
    "own_days": 14,
    "own_count": 2,
    "sustained_days": 30,
    "acted_days": 30,
}


def degree(condition: Condition, facts: Facts, values: Mapping[str, int]) -> Fraction:
    """Kleene's strong logic as arithmetic: and is the lowest, or the highest, not the complement."""
    match condition:
        case Flag(fact, kind):
            flag: Any = dict(facts.own)[fact] if kind.is_own else getattr(facts, fact)
            return DEGREES[flag]
        case Compare(fact, operator, operand, kind):
            value = dict(facts.own)[fact] if kind.is_own else getattr(facts, fact)
            bound = values[operand.name] if isinstance(operand, Setting) else operand
            if value is None:
                return HALF
            signs = {">": value > bound, ">=": value >= bound, "<": value < bound, "<=": value <= bound}
            return DEGREES[signs[operator]]
        case Not(part):
            return 1 - degree(part, facts, values)
        case And(parts):
            return min(degree(part, facts, values) for part in parts)
        case Or(parts):
            return max(degree(part, facts, values) for part in parts)
    raise AssertionError(condition)


@pytest.mark.parametrize(("left", "right"), list(product(DEGREES, repeat=2)))
def test_the_truth_tables_are_kleenes(left: Truth, right: Truth) -> None:
    """And, or and not of true, false and unknown."""
    assert every([left, right]) is TRUTHS[min(DEGREES[left], DEGREES[right])]
    assert some([left, right]) is TRUTHS[max(DEGREES[left], DEGREES[right])]
    assert negated(left) is TRUTHS[1 - DEGREES[left]]


@given(conditions(), any_facts())
def test_a_compiled_condition_is_the_tree_in_kleenes_logic(condition: Condition, facts: Facts) -> None:
    """Compiling changes nothing: true, false and unknown come out where the tree says."""
    expected = TRUTHS[degree(condition, facts, VALUES)]
    assert compiled(condition, VALUES)(facts) is expected
    assert truth_of(condition, VALUES, facts) is expected


@given(st.lists(conditions(), max_size=4), any_facts())
def test_several_conditions_are_compiled_to_one_test(several: list[Condition], facts: Facts) -> None:
    """All of them, or one of them; of none, all are true and none is."""
    truths = [truth_of(condition, VALUES, facts) for condition in several]
    assert every_one(several, VALUES)(facts) is every(truths)
    assert some_one(several, VALUES)(facts) is some(truths)


@given(conditions())
def test_a_compiled_condition_reaches_nothing_but_facts(condition: Condition) -> None:
    """It has no builtins, no globals, and no name but those of facts."""
    test: Any = compiled(condition, VALUES)
    assert set(test.__code__.co_names) <= {*FACTS, "own_value"}
    assert test.__globals__ == {"__builtins__": {}}
    assert (test.__closure__, test.__code__.co_freevars) == (None, ())


def test_a_fact_that_is_not_of_its_type_is_unknown() -> None:
    """What is neither true nor false is not taken for either."""
    odd: Any = {"disputed": 1, "months": float("nan")}
    facts = Facts(**odd)
    for condition in (Flag("disputed"), Compare("months", ">", 0), Compare("months", "<=", 0)):
        assert compiled(condition, VALUES)(facts) is None
        assert compiled(~condition, VALUES)(facts) is None


def ladder(policy: Policy, facts: Facts, values: Mapping[str, int]) -> tuple[str, list[str], list[str]]:
    """The seven steps of the semantics, spelled out: advice, holds, unknown."""

    def truths(clauses: Any) -> list[Fraction]:
        return [degree(clause.when, facts, values) for clause in clauses]

    def fields(*rungs: Any) -> list[str]:
        asked = [leaf for rung in rungs for clause in rung for leaf in leaves(clause.when)]
        drawn = {name for leaf in asked for name in leaf.type.fields} & set(facts.unknown_fields)
        if any("facts" in leaf.type.fields and dict(facts.own)[leaf.fact] is None for leaf in asked):
            drawn.add("facts")
        return sorted(drawn)

    holds = dict(zip([hold.name for hold in policy.holds], truths(policy.holds), strict=True))
    true_holds = sorted(name for name, truth in holds.items() if truth == 1)
    stops = {hold.name: hold.stops for hold in policy.holds}
    refer = min(truths(policy.refer_if_all))
    if facts.arrears_cents == 0:
        return "none", [], []
    if any(stops[name] == "everything" for name in true_holds):
        return "hold", true_holds, []
    too_early = max(truths(policy.wait_if_any), default=0)
    if too_early == 1:
        return "wait", [], []
    if too_early == HALF:
        return "ask", [], fields(policy.wait_if_any)
    if true_holds:
        if refer == 1:
            return "hold", true_holds, []
    elif refer == 1 and not any(holds.values()):
        return "refer", [], []
    elif refer != 0:
        return "ask", [], fields(policy.refer_if_all, policy.holds)
    for advice, rung in (("remind", policy.remind_if_any), ("contact", policy.contact_if_any)):
        truth = max(truths(rung), default=0)
        if truth == 1:
            return advice, [], []
        if truth == HALF:
            return "ask", [], fields(rung)
    return "wait", [], []


@given(policies() | policies(max_clauses=1), any_facts())
def test_the_ladder_is_that_of_the_semantics(policy: Policy, facts: Facts) -> None:
    """For any policy and any facts the advice, the holds and the unknown are those of the text."""
    on_day = policy.on(DAY)
    outcome = engine_for(on_day).outcome(facts)
    event(outcome.advice)
    found = (outcome.advice, list(outcome.holds), list(outcome.unknown))
    assert found == ladder(policy, facts, on_day.values)


@given(policies(), any_facts())
def test_priority_is_crisis_then_family_then_unknown(policy: Policy, facts: Facts) -> None:
    """What is known decides first; what is unknown is not regular."""
    on_day = policy.on(DAY)
    crisis = degree(policy.crisis.when, facts, on_day.values)
    family = degree(policy.family.when, facts, on_day.values)
    expected = "regular"
    if HALF in (crisis, family):
        expected = "unknown"
    if family == 1:
        expected = "family"
    if crisis == 1:
        expected = "crisis"
    assert engine_for(on_day).outcome(facts).priority == expected


@given(st.sampled_from(["bgs-2021", "katwijk-2021"]))
def test_an_engine_is_compiled_once_for_a_policy_and_its_values(name: str) -> None:
    """Two days with the same values share one engine; other values have their own."""
    policy = find_policy(name)
    first, second = policy.on(DAY), policy.on(dt.date(2024, 1, 1))
    assert engine_for(first) is engine_for(second)
    assert engine_for(policy.on(DAY, {"grace_days": 8})) is not engine_for(first)


def test_what_is_no_condition_is_not_compiled() -> None:
    """A tree from elsewhere raises; it is never taken for true."""
    with pytest.raises(TypeError, match="not a condition"):
        expression(Condition(), {})
    with pytest.raises(TypeError, match="not a condition"):
        compiled(Condition(), {})
    with pytest.raises(TypeError, match="not a condition"):
        truth_of(Condition(), {}, Facts())


PARTS = ("contacts", "disputes", "household", "objections", "plans", "signals")


def as_columns(several: list[Facts], own: tuple[OwnFact, ...]) -> nw.LazyFrame[pl.LazyFrame]:
    """Facts as columns, null where they are unknown."""
    columns = {
        kind.key: pl.Series(
            [kind.value(it) for it in several], dtype=pl.Boolean if kind.unit is None else pl.Int64
        )
        for kind in (*FACTS.values(), *(fact.type for fact in own))
    }
    unknown = {f"unknown_{part}": [part in it.unknown_fields for it in several] for part in PARTS}
    return nw.from_native(pl.LazyFrame({**columns, **unknown}))


@settings(max_examples=settings().max_examples // 2)
@given(policies(), st.lists(any_facts(), min_size=1, max_size=12))
def test_columns_of_facts_are_decided_as_one_by_one(policy: Policy, several: list[Facts]) -> None:
    """Any rules on any facts, known or not, as no tenancy need give them together."""
    on_day = policy.on(DAY)
    found = columnar.engine_for(policy, on_day.values).decided(
        as_columns(several, policy.facts), lambda frame: frame
    )
    rows = found.select("advice", "priority", "hold", "unknown").collect().rows()
    for row, facts in zip(rows, several, strict=True):
        outcome = engine_for(on_day).outcome(facts)
        expected = (outcome.advice, outcome.priority, " ".join(outcome.holds), " ".join(outcome.unknown))
        assert row == tuple(map(str, expected))
