"""Hypothesis strategies for facts, conditions and whole policies."""

from __future__ import annotations

import datetime as dt
from functools import cache
from typing import Any, Final

from hypothesis import strategies as st

from huurschuld.rules.conditions.language import (
    And,
    Compare,
    Condition,
    Flag,
    Not,
    Operator,
    Or,
    Setting,
)
from huurschuld.rules.facts import FACTS, Facts
from huurschuld.rules.parameters import Dated, Parameter, Unit
from huurschuld.rules.policy import Clause, Hold, Period, Policy
from huurschuld.rules.policy_checks import needed_parameters
from huurschuld.rules.rungs import CLAUSES, REFER
from huurschuld.rules.sources import CHOICE, Phrase, Source, SourceKind

_BILLION: Final = 10**9
_PARAMETERS: Final = {
    "own_months": Unit.MONTHS,
    "own_cents": Unit.CENTS,
    "own_days": Unit.DAYS,
    "own_count": Unit.COUNT,
    "sustained_days": Unit.DAYS,
    "acted_days": Unit.DAYS,
}
_TENANCY_FIELDS: Final = ("contacts", "disputes", "household", "objections", "plans", "signals")
_START: Final = dt.date(2021, 1, 1)


@cache
def quantities(unit: Unit) -> st.SearchStrategy[int]:
    """Generate numbers of a unit that are often close together; months in billionths."""
    if unit is Unit.MONTHS:
        return st.sampled_from((0, _BILLION, _BILLION + 1, 2 * _BILLION)) | st.integers(0, 5 * _BILLION)
    highest = 120_000 if unit is Unit.CENTS else 60
    return st.sampled_from((0, 1, 2, 14, 30)) | st.integers(0, highest)


@st.composite
def facts(draw: st.DrawFn) -> Facts:
    """Generate facts, each known or not, in combinations that no tenancy need have.

    Sometimes all are known, sometimes most, sometimes half.
    """
    in_eight = draw(st.sampled_from((0, 1, 4)))
    values: dict[str, Any] = {
        name: None if draw(_EIGHT) <= in_eight else draw(_known(name)) for name in FACTS
    }
    return Facts(**values, unknown_fields=draw(_UNKNOWN))


_EIGHT = st.integers(1, 8)
_UNKNOWN = st.sets(st.sampled_from(_TENANCY_FIELDS)).map(lambda names: tuple(sorted(names)))


@cache
def _known(name: str) -> st.SearchStrategy[Any]:
    unit = FACTS[name].unit
    return st.booleans() if unit is None else quantities(unit)


@cache
def _leaves() -> st.SearchStrategy[Condition]:
    flags = st.sampled_from([name for name, fact in FACTS.items() if fact.unit is None]).map(Flag)
    return flags | st.sampled_from([name for name, fact in FACTS.items() if fact.unit]).flatmap(
        _comparisons
    )


@cache
def _comparisons(fact: str) -> st.SearchStrategy[Condition]:
    unit = FACTS[fact].unit
    assert unit is not None  # noqa: S101 - the caller passes quantities only
    settings = [Setting(name) for name, its in _PARAMETERS.items() if its is unit]
    operands = st.sampled_from(settings) | quantities(unit)
    return st.builds(Compare, st.just(fact), st.sampled_from(list(Operator)), operands)


@cache
def conditions(max_leaves: int = 8) -> st.SearchStrategy[Condition]:
    """Generate conditions of any shape, on facts and on the parameters of `policies()`."""

    def combined(parts: st.SearchStrategy[Condition]) -> st.SearchStrategy[Condition]:
        several = st.lists(parts, min_size=2, max_size=3).map(tuple)
        return st.builds(Not, parts) | st.builds(And, several) | st.builds(Or, several)

    return st.recursive(_leaves(), combined, max_leaves=max_leaves)


@cache
def sources() -> st.SearchStrategy[Source]:
    """Generate a source of any kind, or a choice."""
    words = st.text("abc éß'\"\\", min_size=1, max_size=8)
    return st.just(CHOICE) | st.builds(
        Source,
        st.sampled_from(SourceKind),
        words,
        st.builds(Phrase, words, words),
        st.none() | st.dates(dt.date(1900, 1, 1), dt.date(2199, 12, 31)),
        st.none() | words,
    )


@cache
def _clauses() -> st.SearchStrategy[Clause]:
    return st.builds(Clause, conditions(), sources())


@cache
def _several(max_clauses: int, min_clauses: int = 0) -> st.SearchStrategy[tuple[Clause, ...]]:
    return st.lists(_clauses(), min_size=min_clauses, max_size=max_clauses).map(tuple)


@cache
def _names(max_clauses: int) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from("abcde"), unique=True, max_size=max_clauses)


@st.composite
def policies(draw: st.DrawFn, max_clauses: int = 3) -> Policy:
    """Generate policies with conditions of any shape, in force from 2021 on."""
    several = _several(max_clauses)
    rungs: dict[str, Any] = {
        "crisis": draw(_clauses()),
        "family": draw(_clauses()),
        "holds": tuple(
            Hold(name, clause.when, clause.source)
            for name in draw(_names(max_clauses))
            for clause in [draw(_clauses())]
        ),
        **{rung.name: draw(_several(max_clauses, 1) if rung is REFER else several) for rung in CLAUSES},
    }
    return Policy(
        name="random",
        title=Phrase("willekeurig", "random"),
        in_force=Period(_START),
        parameters=draw(_parameters(_used(rungs))),
        **rungs,
    )


def _used(rungs: dict[str, Any]) -> set[str]:
    """Return the parameters that the clauses of these rungs need."""
    whens = [
        clause.when
        for rung in rungs.values()
        for clause in (rung if isinstance(rung, tuple) else (rung,))
    ]
    return {name for when in whens for name, _ in needed_parameters(when)}


def _parameters(names: set[str]) -> st.SearchStrategy[tuple[Parameter, ...]]:
    return st.tuples(*(_parameter(name) for name in sorted(names)))


@cache
def _parameter(name: str) -> st.SearchStrategy[Parameter]:
    unit = _PARAMETERS[name]
    values = st.integers(1, 60) if name == "sustained_days" else quantities(unit)
    dated = st.builds(Dated, values, sources())
    return dated.map(lambda it: Parameter(name, unit, (it,)))
