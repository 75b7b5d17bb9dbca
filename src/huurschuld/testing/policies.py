"""Hypothesis strategies for facts, conditions and whole policies."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from functools import cache
from typing import Any, Final

from hypothesis import strategies as st

from huurschuld.model.tenancy import CHANNELS
from huurschuld.rules.arrears import BILLION
from huurschuld.rules.clauses import STOPS, Clause, Hold, Period
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
    required_fields,
)
from huurschuld.rules.facts import FACTS, Facts, FactType
from huurschuld.rules.own_facts import QUALITIES, CountedFact, GivenFact, OwnFact
from huurschuld.rules.parameters import Dated, Parameter, Unit
from huurschuld.rules.policy import Policy
from huurschuld.rules.policy_checks import needed_parameters, used_parameters
from huurschuld.rules.rungs import CLAUSES, HOLDS, REFER, WAIT
from huurschuld.rules.sources import CHOICE, Phrase, Source, SourceKind
from huurschuld.testing.tenancies import STATED, stated_values

_PARAMETERS: Final = {
    "own_months": Unit.MONTHS,
    "own_cents": Unit.CENTS,
    "own_days": Unit.DAYS,
    "own_count": Unit.COUNT,
    "sustained_days": Unit.DAYS,
    "acted_days": Unit.DAYS,
}
_MAY_HAVE: Final = {
    **dict.fromkeys(("contact_days", "repeat_days", "signal_days", "grace_days"), Unit.DAYS),
    "floor_cents": Unit.CENTS,
}
"""The parameters that facts go by where a policy has them."""
_LABEL: Final = Phrase("eigen feit", "fact of one's own")
DECLARED: Final[dict[str, OwnFact]] = {
    **{name: GivenFact(name, unit, _LABEL) for name, unit in STATED.items()},
    "counted": CountedFact("counted", _LABEL),
    "counted_lately": CountedFact("counted_lately", _LABEL, within_days=30),
}
"""The facts that policies may declare; what they are stays the same, how they are found varies."""
_FACTS: Final[dict[str, FactType]] = {**FACTS, **{name: it.type for name, it in DECLARED.items()}}
_TENANCY_FIELDS: Final = ("contacts", "disputes", "household", "objections", "plans", "signals")
_START: Final = dt.date(2021, 1, 1)


@cache
def quantities(unit: Unit) -> st.SearchStrategy[int]:
    """Generate numbers of a unit that are often close together; months in billionths."""
    if unit is Unit.MONTHS:
        return st.sampled_from((0, BILLION, BILLION + 1, 2 * BILLION)) | st.integers(0, 5 * BILLION)
    highest = 120_000 if unit is Unit.CENTS else 60
    return st.sampled_from((0, 1, 2, 14, 30)) | st.integers(0, highest)


@st.composite
def facts(draw: st.DrawFn) -> Facts:
    """Generate facts, each known or not, in combinations that no tenancy need have.

    Those that `policies()` may declare are among them. Sometimes all are known, sometimes most,
    sometimes half.
    """
    in_eight = draw(st.sampled_from((0, 1, 4)))

    def of(names: Iterable[str]) -> dict[str, Any]:
        return {name: None if draw(_EIGHT) <= in_eight else draw(_known(name)) for name in names}

    values, own = of(FACTS), of(DECLARED)
    return Facts(**values, unknown_fields=draw(_UNKNOWN), own=tuple(own.items()))


_EIGHT = st.integers(1, 8)
_UNKNOWN = st.sets(st.sampled_from(_TENANCY_FIELDS)).map(lambda names: tuple(sorted(names)))


@cache
def _known(name: str) -> st.SearchStrategy[Any]:
    unit = _FACTS[name].unit
    return st.booleans() if unit is None else quantities(unit)


@cache
def _leaves(names: tuple[str, ...]) -> st.SearchStrategy[Condition]:
    return st.sampled_from(names).flatmap(_leaf)


@cache
def _leaf(name: str) -> st.SearchStrategy[Condition]:
    fact = _FACTS[name]
    if fact.unit is None:
        return st.just(Flag(name, fact))
    settings = [Setting(name) for name, its in _PARAMETERS.items() if its is fact.unit]
    operands = st.sampled_from(settings) | quantities(fact.unit)
    return st.builds(Compare, st.just(name), st.sampled_from(list(Operator)), operands, st.just(fact))


@cache
def conditions(
    max_leaves: int = 8, *, among: tuple[str, ...] = tuple(_FACTS)
) -> st.SearchStrategy[Condition]:
    """Generate conditions of any shape, on facts and on the parameters of `policies()`.

    Args:
        max_leaves: how many facts are asked at most.
        among: the names of the facts, by default the built-in ones and those of `DECLARED`.
    """

    def combined(parts: st.SearchStrategy[Condition]) -> st.SearchStrategy[Condition]:
        several = st.lists(parts, min_size=2, max_size=3).map(tuple)
        return st.builds(Not, parts) | st.builds(And, several) | st.builds(Or, several)

    return st.recursive(_leaves(among), combined, max_leaves=max_leaves)


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
    """Generate policies with conditions of any shape, in force from 2021 on.

    They declare facts of their own, given and counted. Where conditions of a hold, of waiting or of a
    referral ask about children, they say why.
    """
    several = _several(max_clauses)
    rungs: dict[str, Any] = {
        "crisis": draw(_clauses()),
        "family": draw(_clauses()),
        "holds": tuple(
            Hold(name, clause.when, clause.source, stops)
            for name in draw(_names(max_clauses))
            for clause, stops in [draw(st.tuples(_clauses(), st.sampled_from(STOPS)))]
        ),
        **{rung.name: draw(_several(max_clauses, 1) if rung is REFER else several) for rung in CLAUSES},
    }
    whens = {
        name: [clause.when for clause in (rung if isinstance(rung, tuple) else (rung,))]
        for name, rung in rungs.items()
    }
    conditions = [when for several in whens.values() for when in several]
    asked = {leaf.fact for when in conditions for leaf in leaves(when)}
    children = any("household" in required_fields(when) for it in _SHARING for when in whens[it])
    return Policy(
        name="random",
        title=Phrase("willekeurig", "random"),
        in_force=Period(_START),
        parameters=draw(_parameters_of(conditions)),
        facts=tuple([draw(declarations(name)) for name in DECLARED if name in asked]),
        children_decide="it is a test" if children else None,
        **rungs,
    )


_SHARING: Final = (HOLDS.name, WAIT.name, REFER.name)
"""The rungs whose conditions decide whether data is shared."""


@cache
def declarations(name: str) -> st.SearchStrategy[OwnFact]:
    """Generate a fact of that name: a given one with or without a default, or a counted one."""
    fact = DECLARED[name]
    if isinstance(fact, GivenFact):
        defaults = st.none() | stated_values(fact.unit)
        return st.builds(
            GivenFact, st.just(name), st.just(fact.unit), st.just(_LABEL), sources(), defaults
        )
    return st.builds(
        CountedFact,
        st.just(name),
        st.just(_LABEL),
        sources(),
        st.sets(st.sampled_from(CHANNELS), max_size=3).map(sorted),
        st.sets(st.sampled_from(QUALITIES), max_size=2).map(sorted),
        st.none() if fact.within_days is None else st.integers(0, 150),
    )


def _parameters_of(conditions: list[Condition]) -> st.SearchStrategy[tuple[Parameter, ...]]:
    """Generate the parameters that conditions need, and some of those that their facts go by."""
    needed = {name for when in conditions for name, _ in needed_parameters(when)}
    may_have = sorted(used_parameters(conditions) & _MAY_HAVE.keys())
    others = st.sets(st.sampled_from(may_have))
    return others.flatmap(lambda names: st.tuples(*map(_parameter, sorted(needed | names))))


@cache
def _parameter(name: str) -> st.SearchStrategy[Parameter]:
    unit = (_PARAMETERS | _MAY_HAVE)[name]
    values = st.integers(1, 60) if name == "sustained_days" else quantities(unit)
    dated = st.builds(Dated, values, sources())
    return dated.map(lambda it: Parameter(name, unit, (it,)))
