"""The facts, each against the definition in the semantics."""

from __future__ import annotations

import datetime as dt
import random

import mutations
import oracle
import pytest
from hypothesis import given, strategies as st

from huurschuld import FACTS, decide
from huurschuld.model.casefile import read_case
from huurschuld.rules.policy_reading import policy_of_case
from huurschuld.rules.tenancy_facts import adulthood

NOT_IN_THE_TEXT = {"minor_living_in"}


@given(st.integers(0, 2**64 - 1))
def test_every_fact_is_that_of_the_definition(seed: int) -> None:
    """All facts of the table, against an independent transcription of it."""
    document = mutations.valid_case(random.Random(seed))
    case = read_case(document)
    expected = oracle.facts(document)
    decision = decide(case.tenancy, policy_of_case(case), case.as_of, case.parameters)
    parameters = [name for name, _ in decision.receipt.parameters]
    found = decision.facts.written(parameters)
    household = case.tenancy.household
    if household is not None and not household.complete:
        # The text counts the children that are listed; here the number is unknown until all are.
        assert found["minors"] is None
        assert found["minor_living_in"] is (True if expected["minors"] else None)
        expected["minors"] = None
    assert {name: value for name, value in found.items() if name not in NOT_IN_THE_TEXT} == expected


@pytest.mark.parametrize(
    ("born", "adult"),
    [
        (dt.date(2007, 4, 20), dt.date(2025, 4, 20)),
        (dt.date(2008, 2, 29), dt.date(2026, 3, 1)),
        (dt.date(2008, 2, 28), dt.date(2026, 2, 28)),
        (dt.date(2199, 12, 31), dt.date(2217, 12, 31)),
    ],
)
def test_a_child_comes_of_age_on_the_eighteenth_birthday(born: dt.date, adult: dt.date) -> None:
    """Born on 29 February, on 1 March."""
    assert adulthood(born) == adult


def test_every_fact_is_described() -> None:
    """Name, label in both languages and definition: what rulebook and reasons are made of."""
    for name, fact in FACTS.items():
        assert fact.name == name
        assert fact.label.nl
        assert fact.label.en
        assert fact.definition
