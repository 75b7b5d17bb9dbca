"""What `repr` hides is shown on purpose, and nothing else is."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings

from huurschuld import (
    InvalidValue,
    Tenancy,
    decide,
    dump_tenancy,
    explain,
    facts_of,
    load_case,
    policies,
    reveal,
    worklist,
)
from huurschuld.plugins.configuration import Configured
from huurschuld.plugins.database.settings import Settings
from huurschuld.testing import AS_OF, tenancies

CASE = load_case("examples/refer-family.json")


@settings(max_examples=settings().max_examples // 2)
@given(tenancies())
def test_all_of_a_tenancy_is_shown(tenancy: Tenancy) -> None:
    """Every value of its case file is there, as plain data that JSON takes."""
    shown = json.dumps(reveal(tenancy))
    assert json.loads(shown)["class"] == "Tenancy"
    for value in values(dump_tenancy(tenancy)):
        assert json.dumps(value) in shown


def values(document: Any) -> list[object]:
    """The values of a JSON document, at any depth, but for the kinds of entries."""
    if isinstance(document, dict):
        return [it for name, inner in document.items() if name != "kind" for it in values(inner)]
    return (
        [it for inner in document for it in values(inner)] if isinstance(document, list) else [document]
    )


def test_what_rests_on_a_tenancy_is_shown_as_well() -> None:
    """Decisions as in their JSON, reasons in words, a worklist row by row."""
    decision = decide(CASE.tenancy, "katwijk-2021", CASE.as_of)
    assert reveal(decision) == json.loads(decision.to_json())
    assert reveal(decision.receipt)["policy"] == decision.receipt.document()["policy"]
    assert reveal(decision.facts)["minors"] == decision.facts.minors
    told = reveal(explain(decision))
    assert told["reasons"][0]["text"] == explain(decision).reasons[0].text
    listed = reveal(worklist([CASE.tenancy], "katwijk-2021", CASE.as_of))
    assert listed["rows"][0]["tenancy"] == CASE.tenancy.id
    assert reveal(CASE)["tenancy"] == reveal(CASE.tenancy)
    assert reveal({"a": [CASE.tenancy.rents]}) == {"a": [reveal(CASE.tenancy.rents)]}
    assert reveal(policies()["bgs-2021"]) == "<Policy bgs-2021>"
    assert reveal(facts_of(CASE.tenancy, AS_OF))["class"] == "Facts"


@pytest.mark.parametrize("value", [object(), b"bytes", Configured("erp", {"password": "x"}), Settings])
def test_what_is_not_ours_or_may_hold_a_secret_is_refused(value: object) -> None:
    """By its type alone."""
    with pytest.raises(InvalidValue, match=type(value).__name__):
        reveal(value)
