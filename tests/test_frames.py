"""Whole portfolios at once: the same as tenancy by tenancy, in every library, to the last digit."""

from __future__ import annotations

import datetime as dt
import json
import os
import random
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cache

import mutations
import polars as pl
import pytest
from attrs import evolve, frozen
from hypothesis import given, settings, strategies as st
from libraries import BACK, GIVEN, KIND, LIBRARIES
from tables import as_tables, frames

from huurschuld import FACTS, Decision, Policy, Tenancy, decide, screen
from huurschuld.decisions.decision import policy_on_day
from huurschuld.model.casefile import parse_case
from huurschuld.model.tenancy import StatedFact
from huurschuld.portfolio.columnar.of_tenancies import frames_of
from huurschuld.portfolio.columnar.screening import Screening
from huurschuld.portfolio.schema import COLUMNS
from huurschuld.rules.clauses import Hold
from huurschuld.rules.own_facts import CountedFact, GivenFact
from huurschuld.rules.policies import find_policy
from huurschuld.rules.policy import PolicyOnDay
from huurschuld.rules.policy_reading import policy_of_case
from huurschuld.rules.sources import Phrase
from huurschuld.testing import AS_OF, days_around, policies, tenancies

PORTFOLIO = int(os.environ.get("HUURSCHULD_TEST_PORTFOLIO", "1200"))
"""How many tenancies are screened in every library; 50,000 where there is time."""


@frozen
class Looked:
    """A tenancy, and from when and with which numbers to look at it."""

    tenancy: Tenancy
    policy: Policy
    as_of: dt.date
    parameters: Mapping[str, object] | None

    @property
    def on_day(self) -> PolicyOnDay:
        """The policy as it applies."""
        return policy_on_day(self.policy, self.as_of, self.parameters)

    def decided(self) -> Decision:
        """What the reference engine says."""
        return decide(self.tenancy, self.policy, self.as_of, self.parameters, engine="reference")


def row_of(decision: Decision) -> dict[str, object]:
    """What the row of a result must hold, facts included, by what was decided on the tenancy alone."""
    row = decision.summary() | {"hold": " ".join(decision.hold), "unknown": " ".join(decision.unknown)}
    set_to = {name for name, _ in decision.receipt.parameters}
    for name, fact in FACTS.items():
        if name not in row and (fact.parameter is None or fact.parameter in set_to):
            row[name] = getattr(decision.facts, name)
    for own in decision.receipt.policy.facts:
        row[f"own_{own.name}"] = own.type.written(decision.facts.own_value(own.name))
    return row | {"episode_start": decision.facts.episode_start}


def assert_same(found: pl.DataFrame, looked: Sequence[Looked]) -> None:
    """Every row is what the reference engine says of that tenancy."""
    rows = {row.pop("tenancy"): row for row in found.to_dicts()}
    assert found.height == len(rows) == len(looked)
    for number, it in enumerate(looked):
        assert rows[str(number)] == row_of(it.decided()) | {"as_of": it.as_of}


def screened(looked: Sequence[Looked], library: str = "polars") -> pl.DataFrame:
    """Tenancies that have nothing in common but the policy, all at once in one library."""
    given = frames_of((it.tenancy, it.on_day) for it in looked)
    found = Screening.of_own(GIVEN[library](given), looked[0].policy)
    assert list(found.faults()) == []
    return BACK[library](found.native(found.result(facts=True)))


@settings(max_examples=settings().max_examples // 3)
@given(policies(), st.lists(tenancies(), min_size=1, max_size=8), st.data())
def test_any_policy_on_any_tenancies(policy: Policy, some: list[Tenancy], data: st.DataObject) -> None:
    """Random rules, random tenancies, each from its own day: as the reference engine has it."""
    looked = [Looked(it, policy, data.draw(days_around(AS_OF, before=60)), None) for it in some]
    assert_same(screened(looked), looked)


POLICY = find_policy("katwijk-2021")
LABEL = Phrase("van onszelf", "of our own")
GIVEN_FACTS = {
    GivenFact("guardian", None, LABEL): (True, False),
    GivenFact("heating", None, LABEL, default=True): (True, False),
    GivenFact("moves", "count", LABEL): (0, 1, 10**8),
    GivenFact("savings", "cents", LABEL, default=500): (0, 499, 500, 10**8),
    GivenFact("away", "days", LABEL): (0, 30, 31),
    GivenFact("helped", "months", LABEL, default="1.5"): ("0", "1.499999999", "1.5", "999999999"),
}
"""A fact of each unit that tenancies state, with values for it."""
CALLS, VISITS, RECENT, HELP = (
    CountedFact("calls", LABEL, channels=["phone"]),
    CountedFact("visits", LABEL, channels=["visit", "appointment"], within_days=3650),
    CountedFact("recent", LABEL, within_days=14),
    CountedFact("help", LABEL, are=["debt_help", "offers_sharing"], within_days=90),
)
_GUARDIAN, _HEATING, _MOVES, _SAVINGS, _AWAY, _HELPED = GIVEN_FACTS
OWN = POLICY.with_(
    "own",
    facts=[*GIVEN_FACTS, CALLS, VISITS, RECENT, HELP],
    also=[_SAVINGS.quantity < 500, ~_GUARDIAN.flag | (VISITS.quantity > 0), RECENT.quantity <= 2],
    holds=[
        Hold("away", _AWAY.quantity > 30, stops="everything"),
        Hold("helped", (_HELPED.quantity >= "1.5") & (HELP.quantity > 0), stops="referral"),
        Hold("cold", ~_HEATING.flag & (CALLS.quantity < 1), stops="referral"),
        Hold("moves", _MOVES.quantity > 1, stops="referral"),
    ],
)
"""A policy with facts of its own, of every kind."""


def stated(rng: random.Random, as_of: dt.date) -> list[StatedFact] | None:
    """What a tenancy states: in force, over, yet to come, or several values of one fact."""
    if rng.random() < 0.1:
        return None
    rows = {}
    for _ in range(rng.choice((0, 2, 4, 8))):
        fact = rng.choice([*GIVEN_FACTS])
        since = rng.choice((None, *(as_of - dt.timedelta(days) for days in (0, 1, 30, 31))))
        until = rng.choice((None, as_of - dt.timedelta(1), as_of))
        if since is not None and until is not None:
            until = max(since, until)
        rows[fact.name, since] = StatedFact(
            name=fact.name, value=rng.choice(GIVEN_FACTS[fact]), from_=since, until=until
        )
    return [*rows.values()]


@cache
def the_portfolio() -> dict[str, list[Looked]]:
    """Tenancies with every feature of the semantics and many a border, by policy."""
    rng = random.Random(42)
    looked: dict[str, list[Looked]] = defaultdict(list)
    for _ in range(PORTFOLIO):
        case = parse_case(json.dumps(mutations.valid_case(rng)).encode())
        policy = policy_of_case(case)
        looked[policy.name].append(Looked(case.tenancy, policy, case.as_of, case.parameters))
    looked[OWN.name] = [
        evolve(it, policy=OWN, tenancy=evolve(it.tenancy, facts=stated(rng, it.as_of)))
        for it in looked[POLICY.name]
    ]
    return looked


@pytest.mark.slow
@pytest.mark.parametrize("policy", ["katwijk-2012", "bgs-2021", "katwijk-2021", "own"])
@pytest.mark.parametrize("library", LIBRARIES)
def test_every_library_answers_as_the_reference_engine(library: str, policy: str) -> None:
    """All facts and all of the outcome, to the last digit; each tenancy from its own day."""
    looked = the_portfolio()[policy]
    if library == "spark":
        assert_as_in_polars(looked)
    else:
        assert_same(screened(looked, library), looked)


def assert_as_in_polars(looked: Sequence[Looked]) -> None:
    """Spark gives what polars gives, which screens each of the buckets that the tables are cut into."""
    tables = frames_of((it.tenancy, it.on_day) for it in looked)
    known = [it for it in tables["tenancies"].columns if it in (*COLUMNS["tenancies"], "as_of")]
    tables["tenancies"] = tables["tenancies"].select(known)
    expected = screen(tables, looked[0].policy, "as_of", facts=True)
    found = BACK["spark"](screen(GIVEN["spark"](tables), looked[0].policy, "as_of", facts=True))
    assert found.sort("tenancy").equals(expected.sort("tenancy"))
    assert found.schema == expected.schema


@given(
    st.lists(
        tenancies(contacts=(), plans=(), disputes=(), objections=(), signals=(), facts=()), max_size=6
    )
)
@pytest.mark.parametrize("library", ["polars", "pandas", "pyarrow", "polars-lazy"])
@settings(max_examples=settings().max_examples // 5)
def test_a_portfolio_on_one_day(library: str, some: list[Tenancy]) -> None:
    """As an application asks it: the same kind of frame comes back, in the order given."""
    some = [evolve(it, id=f"{number} {it.id}") for number, it in enumerate(some)]
    found = screen(GIVEN[library](frames(as_tables(some))), POLICY, AS_OF)
    assert f"{type(found).__module__}.{type(found).__qualname__}" == KIND[library]
    rows = BACK[library](found).to_dicts()
    expected = [decide(it, POLICY, AS_OF) for it in some]
    assert [row["tenancy"] for row in rows] == [it.tenancy for it in expected]
    for row, decision in zip(rows, expected, strict=True):
        assert row == {
            "tenancy": decision.tenancy,
            **decision.summary(),
            "hold": " ".join(decision.hold),
            "unknown": " ".join(decision.unknown),
            "policy": POLICY.name,
            "rules": decision.receipt.rules,
            "as_of": AS_OF,
        }


@pytest.mark.slow
@given(
    st.lists(tenancies(), min_size=1, max_size=6),
    st.lists(days_around(AS_OF), min_size=1, max_size=4),
)
@settings(max_examples=settings().max_examples // 3)
def test_a_history_is_each_day_by_itself(some: list[Tenancy], days: list[dt.date]) -> None:
    """A reversal or a late booking rewrites the past as seen from a later day, and only from there."""
    some = [evolve(it, id=str(number)) for number, it in enumerate(some)]
    given_tables = frames(as_tables(some))
    history = screen(given_tables, POLICY, days, facts=True)
    assert history["as_of"].unique(maintain_order=True).to_list() == list(dict.fromkeys(days))
    for one in dict.fromkeys(days):
        alone = screen(given_tables, POLICY, one, facts=True)
        on_that_day = history.filter(pl.col("as_of") == one).select(alone.columns)
        assert on_that_day.equals(alone)
    own = [days[number % len(days)] for number in range(len(some))]
    tenancies_table = given_tables["tenancies"].with_columns(pl.Series("peildatum", own, pl.Date))
    each = screen(given_tables | {"tenancies": tenancies_table}, POLICY, "peildatum", facts=True)
    expected = pl.concat(
        [
            history.filter((pl.col("tenancy") == it.id) & (pl.col("as_of") == one))
            for it, one in zip(some, own, strict=True)
        ]
    )
    assert each.equals(expected)
