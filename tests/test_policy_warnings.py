"""What is plainly never true, or never matters, is told when a policy is loaded; it is no error."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given, settings, strategies as st

from huurschuld import (
    Facts,
    Hold,
    Policy,
    PolicyWarning,
    load_plugins,
    load_policy,
    policies,
    policy_warnings,
)
from huurschuld.cli.options import policy_of
from huurschuld.rules.conditions.language import Condition
from huurschuld.rules.conditions.possible import always, excludes, implies, never
from huurschuld.rules.conditions.truth import truth_of
from huurschuld.rules.policy_files import load_with_warnings
from huurschuld.rules.prompting import unprompted
from huurschuld.rules.terms import P, attempts, days_overdue, days_since_offer, deceased, disputed
from huurschuld.testing import conditions, facts, policies as random_policies

ROOT = Path(__file__).parent.parent
VALUES = {
    "own_months": 10**9,
    "own_cents": 5_000,
    "own_days": 14,
    "own_count": 2,
    "sustained_days": 30,
    "acted_days": 7,
}
BGS = policies()["bgs-2021"]
BEGINNING = """\
extends = "bgs-2021"
name = "mine"
title = { nl = "van mij", en = "of mine" }

"""


def possible_facts() -> st.SearchStrategy[Facts]:
    """Facts as a household may have: there are no more than eight channels."""
    return facts().map(
        lambda it: evolve(it, channels=None if it.channels is None else min(it.channels, 8))
    )


@settings(max_examples=150)
@given(conditions(max_leaves=5), conditions(max_leaves=3), possible_facts(), st.booleans())
def test_what_is_called_impossible_never_happens(
    one: Condition, other: Condition, seen: Facts, with_values: bool
) -> None:
    """Whatever the facts, and whatever the parameters where none are given."""
    values = VALUES if with_values else {}
    truth, of_other = truth_of(one, VALUES, seen), truth_of(other, VALUES, seen)
    assert not (never(one, values) and truth is True)
    assert not (always(one, values) and truth is False)
    assert not (implies(one, other, values) and truth is True and of_other is False)
    assert not (excludes(one, other, values) and truth is True and of_other is True)


@settings(max_examples=150)
@given(conditions(max_leaves=4))
def test_a_condition_beside_itself_is_seen_for_what_it_is(condition: Condition) -> None:
    """It implies itself, and excludes its opposite; its opposite is never true where it is always."""
    assert implies(condition, condition, {})
    assert excludes(condition, ~condition, {})
    assert never(condition & ~condition, {})
    assert always(condition | ~condition, {})
    assert always(condition, {}) == never(~condition, {})


@given(random_policies(), possible_facts())
def test_a_warning_is_true_of_every_household(policy: Policy, seen: Facts) -> None:
    """On the values of the policy that it is about; any policy gets an answer."""
    by_place = dict(policy.conditions())
    for warning in policy_warnings(policy):
        assert warning.place in by_place
        assert warning.remedy
    values = dict(policy.on(policy.in_force.since).numbers)
    for warning in policy_warnings(policy):
        truth = truth_of(by_place[warning.place], values, seen)
        if "is never true, so" in warning.problem:
            assert truth is not True
        elif "is always true, so" in warning.problem:
            assert truth is not False


@pytest.mark.parametrize("name", policies())
def test_a_built_in_policy_has_no_warning(name: str) -> None:
    """A right policy is not accused: the same condition by two sources is asked for by each."""
    assert policy_warnings(policies()[name]) == ()


@pytest.mark.parametrize(
    "path",
    [
        it
        for it in sorted(ROOT.glob("examples/**/*.toml"))
        if {"extends", "format"} & tomllib.loads(it.read_text(encoding="utf-8")).keys()
    ],
    ids=lambda it: it.name,
)
def test_an_example_has_no_warning(path: Path) -> None:
    """Nor one that comes with the project."""
    assert load_with_warnings(path) == (load_policy(path), ())


CASES: dict[str, tuple[str, str, str]] = {
    "[[also]]\nwhen = 'attempts < 0'": ("attempts < 0", "never true, so nobody", "also/0/when"),
    "[[also]]\nwhen = 'channels >= 9'": ("channels >= 9", "never true, so nobody", "also/0/when"),
    "[[also]]\nwhen = 'days_overdue > 200000'": ("days_overdue > 200000", "never true", "also/0/when"),
    "[[also]]\nwhen = 'attempts >= 0'": ("attempts >= 0", "always true, so it asks", "also/0/when"),
    "[[also]]\nwhen = 'attempts > 5 and attempts < 3'": (
        "attempts > 5 and attempts < 3",
        "never true, so nobody",
        "also/0/when",
    ),
    "[[also]]\nwhen = 'disputed and not disputed'": (
        "disputed and not disputed",
        "never true, so nobody",
        "also/0/when",
    ),
    "[[also]]\nwhen = 'disputed or not disputed'": (
        "disputed or not disputed",
        "always true",
        "also/0/when",
    ),
    "[[holds]]\nname = 'x'\nwhen = 'attempts >= 0'": (
        "attempts >= 0",
        "always true, so nobody would be referred",
        "holds/0/when",
    ),
    "[[holds]]\nname = 'x'\nwhen = 'months < \"0\"'": ('months < "0"', "stops nothing", "holds/0/when"),
    "[[wait]]\nwhen = 'attempts >= 0'": ("attempts >= 0", "everybody would wait", "wait/0/when"),
    "[crisis]\nwhen = 'attempts >= 0'": ("attempts >= 0", "every household", "crisis/when"),
    "[family]\nwhen = 'minors < 0'": ("minors < 0", "no household is a family", "family/when"),
    "[[contact]]\nwhen = 'attempts < 0'": ("attempts < 0", "never taken", "contact/0/when"),
    "[[also]]\nwhen = 'attempts >= 2 or channels >= 9'": (
        "channels >= 9",
        "is never true within attempts >= 2 or channels >= 9",
        "also/0/when",
    ),
    "[[also]]\nwhen = 'attempts >= 2 and attempts >= 1'": (
        "attempts >= 1",
        "decides nothing beside attempts >= 2",
        "also/0/when",
    ),
    "[[also]]\nwhen = 'attempts >= 2 or attempts >= 3'": (
        "attempts >= 3",
        "decides nothing beside attempts >= 2",
        "also/0/when",
    ),
    "[[also]]\nwhen = 'not reminder_sent'": (
        "not reminder_sent",
        "never true together with reminder_sent",
        "also/0/when",
    ),
    "[[also]]\nwhen = 'disputed'": ("disputed", "only where disputed holds a referral", "also/0/when"),
    "[[also]]\nwhen = 'days_overdue < 5'": (
        "days_overdue < 5",
        "only where days_overdue < grace_days makes it wait",
        "also/0/when",
    ),
    "[[also]]\nwhen = 'attempts >= least'\n[parameters.least]\nunit = 'count'\n"
    "values = [{ value = 2 }]\n[[holds]]\nname = 'x'\nwhen = 'attempts >= least'\nstops = 'referral'": (
        "attempts >= least",
        "only where attempts >= least holds a referral",
        "also/0/when",
    ),
}


@pytest.mark.parametrize("written", CASES)
def test_what_is_plainly_no_use_is_told_with_its_line(written: str, tmp_path: Path) -> None:
    """By its condition, its place and its line in the file; the policy is read all the same."""
    condition, problem, place = CASES[written]
    path = tmp_path / "mine.toml"
    path.write_text(f"{BEGINNING}{written}\n", encoding="utf-8")
    policy, warnings = load_with_warnings(path)
    assert policy == load_policy(path)
    told = {it.condition: it for it in warnings}[condition]
    assert problem in told.problem
    assert told.place == f"mine.toml/{place}"
    assert told.spot is not None
    line = path.read_text(encoding="utf-8").split("\n")[told.spot.line - 1]
    assert "when = " in line
    assert str(told).startswith(f"warning at mine.toml/{place}: {condition} ")


def test_the_command_line_tells_the_warnings_of_a_file_and_of_a_plugin(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Before anything else, apart from the result; a policy of a plugin has no file to look in."""
    path = tmp_path / "mine.toml"
    path.write_text(f"{BEGINNING}also = [{{ when = 'disputed' }}]\n", encoding="utf-8")
    assert policy_of(load_plugins(), str(path)).name == "mine"
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith("huurschuld: warning at mine.toml/also/0/when: disputed is true only ")
    own = BGS.with_("of-a-plugin", also=[disputed, attempts >= 2, attempts >= 1])
    host = evolve(load_plugins(), policies={"of-a-plugin": own})
    assert policy_of(host, "of-a-plugin") == own
    told = capsys.readouterr().err
    assert told.startswith("huurschuld: warning at of-a-plugin/refer_if_all/6/when: disputed is true ")
    assert "nothing beside" not in told
    assert policy_of(load_plugins(), "bgs-2021") == BGS
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    "written",
    [
        "[parameters]\ngrace_days = 0\nfloor_cents = 0\nminimum_cents = 0",
        "[[also]]\nwhen = 'days_since_offer >= 63'",
        "[[also]]\nwhen = 'reminder_sent and attempts >= 2'",
        "[[also]]\nwhen = 'not objected'",
        "[[holds]]\nname = 'small'\nwhen = 'months < \"0.5\"'\nstops = 'referral'",
    ],
)
def test_what_is_on_purpose_is_not_accused(written: str, tmp_path: Path) -> None:
    """No days of grace, a stricter condition than the inherited one, a step instead of a hold."""
    path = tmp_path / "mine.toml"
    path.write_text(f"{BEGINNING}{written}\n", encoding="utf-8")
    found: Any = load_with_warnings(path)[1]
    assert [it for it in found if "nothing beside" in it.problem] == []
    assert len(found) == (1 if "not objected" in written and found else 0)


def test_a_value_that_would_let_nobody_through_is_told() -> None:
    """On every day on which the policy is in force; one day on which it is possible is enough."""
    own = BGS.with_("own", also=days_overdue < P.response_days, parameters={"response_days": 0})
    assert any("nobody would be referred" in it.problem for it in policy_warnings(own))
    assert policy_warnings(BGS.with_("own", also=days_since_offer < 90)) == ()


def test_very_many_conditions_are_looked_at_in_time() -> None:
    """Not each beside each other."""
    holds = [Hold(f"hold-{number}", attempts > number, stops="referral") for number in range(150)]
    own = BGS.with_("own", holds=holds)
    assert policy_warnings(own) == ()
    assert isinstance(
        policy_warnings(BGS.with_("own", holds=Hold("x", deceased | ~deceased)))[0], PolicyWarning
    )
    assert policy_warnings(BGS.with_("own", also=disputed | (attempts >= 2))) == ()


def test_days_on_which_a_number_has_no_value_are_passed_over(tmp_path: Path) -> None:
    """Nothing is decided on them; on the other days what never matters, or is never asked, is told."""
    written = """
[parameters.own_count]
unit = "count"
values = [{ value = 2, from = 2022-01-01, until = 2023-01-01 }, { value = 7, from = 2025-01-01 }]
"""
    path = tmp_path / "mine.toml"
    begins = f'{BEGINNING.replace("bgs", "katwijk")}[[also]]\nwhen = "attempts >= own_count"\n'
    path.write_text(f"{begins}{written}", encoding="utf-8")
    policy = load_policy(path)
    assert policy_warnings(policy) == ()
    assert [it.when for it in unprompted(policy)] == [policy.refer_if_all[-1].when]
    path.write_text(f'{begins}[[also]]\nwhen = "attempts >= 0"\n{written}', encoding="utf-8")
    (warning,) = policy_warnings(load_policy(path))
    assert warning.place == f"/refer_if_all/{len(policy.refer_if_all)}/when"
