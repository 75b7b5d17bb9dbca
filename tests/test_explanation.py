"""Why: reasons that name the rule, its source and version, and what is unknown."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huurschuld import (
    Adopted,
    Advice,
    Hold,
    InvalidValue,
    Policy,
    Tenancy,
    decide,
    explain,
    load_case,
    policies,
)
from huurschuld.decisions.words import FIELDS, Lang, cited, euros, quantity
from huurschuld.model.casefile import parse_case
from huurschuld.rules.facts import FACTS
from huurschuld.rules.parameters import Unit
from huurschuld.rules.terms import attempts, channels, reminder_sent
from huurschuld.testing import AS_OF, Threshold, near_threshold, tenancies
from huurschuld.testing import policies as random_policies

LANGS = st.sampled_from(["nl", "en"])


@given(st.sampled_from(["bgs-2021", "katwijk-2021"]) | random_policies(), tenancies(), LANGS)
def test_every_decision_is_explained(policy: Policy | str, tenancy: Tenancy, lang: Lang) -> None:
    """Each advice has the reasons that it rests on, each with a citation; unknown is told as unknown."""
    decision = decide(tenancy, policy, AS_OF)
    told = explain(decision, lang)
    name = policy if isinstance(policy, str) else policy.name
    assert told.policy.startswith(f"{name}: ")
    assert str(AS_OF) in told.policy
    for reason in (*told.reasons, *told.not_referred, told.priority):
        assert reason.citation == cited(reason.source, lang)
        assert reason.facts
    if decision.advice in (Advice.REFER, Advice.HOLD, Advice.REMIND, Advice.CONTACT):
        assert told.reasons
        assert all(reason.truth for reason in told.reasons)
    for field in decision.unknown:
        assert FIELDS[field].to(lang) in told.headline
    assert told.headline in str(told)


@given(tenancies(), LANGS)
def test_what_is_unknown_is_told_as_unknown(tenancy: Tenancy, lang: Lang) -> None:
    """With `ask` the reasons name a fact that is unknown, in the language asked for."""
    decision = decide(tenancy, "katwijk-2021", AS_OF)
    told = explain(decision, lang)
    if decision.advice is Advice.ASK:
        open_reasons = [it for it in told.not_referred if it.truth is None]
        word = "onbekend" if lang == "nl" else "unknown"
        assert open_reasons
        assert all(word in it.text for it in open_reasons)


@given(near_threshold())
def test_a_referral_cites_the_article_or_the_covenant(near: Threshold) -> None:
    """Of the national rule all four parts of article 2, with the date of the text."""
    decision = decide(near.tenancy, near.policy, near.as_of)
    told = str(explain(decision, "nl"))
    if decision.advice is Advice.REFER:
        for part in "abcd":
            assert f"Bgs art. 2({part}), tekst van 2021-01-01" in told
        if near.policy == "katwijk-2021":
            assert "Convenant Katwijk, 2012-06-29" in told
    elif near.what != "floor":
        assert explain(decision).not_referred


def test_the_numbers_name_who_adopted_them() -> None:
    """A municipality's own value is cited with its decision."""
    case = parse_case(
        b'{"policy": "bgs-2021", "as_of": "2025-04-20", "tenancy": {"id": "t", "start": "2020-01-01",'
        b'"rents": [{"from": "2020-01-01", "cents": 60000}], "entries": []}}'
    )
    decision = decide(
        case.tenancy, "bgs-2021", AS_OF, {"minimum_cents": Adopted(7500, "Leiden", number="12")}
    )
    told = explain(decision, "en")
    cited = "adopted: Leiden 12: set by the organisation itself"
    assert f"owed at least € 75.00 (minimum_cents) [{cited}]" in told.parameters
    assert told.headline == "no rent arrears"
    assert explain(decision).lang == "en"


@pytest.mark.parametrize(
    ("cents", "nl", "en"),
    [
        (0, "€ 0,00", "€ 0.00"),
        (5, "€ 0,05", "€ 0.05"),
        (123_456_789, "€ 1.234.567,89", "€ 1,234,567.89"),
    ],
)
def test_amounts_read_as_people_write_them(cents: int, nl: str, en: str) -> None:
    """With the separators of the language."""
    assert (euros(cents, "nl"), euros(cents, "en")) == (nl, en)
    assert quantity(cents, Unit.CENTS, "nl") == nl


def test_months_and_counts_read_as_people_write_them() -> None:
    """A decimal comma in Dutch."""
    assert quantity(1_500_000_000, Unit.MONTHS, "nl") == "1,5"
    assert quantity(1_500_000_000, Unit.MONTHS, "en") == "1.5"
    assert quantity(14, Unit.DAYS, "nl") == "14"


def test_every_unknown_field_has_a_name() -> None:
    """All tenancy fields that facts come from can be asked for in words."""
    assert set(FIELDS) == {name for fact in FACTS.values() for name in fact.fields}


def a_decision(policy: Policy | str, near: Threshold) -> str:
    return str(explain(decide(near.tenancy, policy, near.as_of), "en"))


@given(near_threshold())
def test_a_hold_of_ones_own_is_called_by_its_name(near: Threshold) -> None:
    """Where several facts decide, the condition stands there as it was written."""
    own = Hold("too-soon", (attempts < 9) | ((channels < 9) & ~reminder_sent))
    told = a_decision(policies()["bgs-2021"].with_("own", holds=[own]), near)
    if near.what != "floor":
        assert "do not refer: too-soon" in told
        assert (
            "too-soon: attempts < 9 or (channels < 9 and not reminder_sent): contact attempts: " in told
        )


@given(near_threshold())
def test_months_are_told_in_hundredths_unless_that_hides_the_threshold(near: Threshold) -> None:
    """One cent more than a month is not shown as a month that is more than a month."""
    if near.what == "months":
        told = a_decision(near.policy, near)
        assert ("months of rent arrears: 1 (" in told) == (not near.over)
        assert "months of rent arrears: 1.0000" in told or not near.over


def test_another_language_is_refused() -> None:
    """Rather than answered in English."""
    case = load_case(Path(__file__).parent / "conformance" / "plan-broken.json")
    with pytest.raises(InvalidValue):
        explain(decide(case.tenancy, "bgs-2021", case.as_of), "de")  # type: ignore[arg-type] # what is tested
