"""Two policies on one portfolio: the counts are those of deciding one by one, by condition too."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import given, settings, strategies as st
from portfolio_files import POLICY
from rich.console import Console
from tables import Given, as_tables, frames

import huurschuld as h
from huurschuld.cli.display_compare import show_comparison
from huurschuld.decisions.decisive import decisive_conditions, without_condition
from huurschuld.plugins.portfolio import open_folder
from huurschuld.portfolio.policy_comparison import compare_ledger
from huurschuld.rules.policies import find_policy
from huurschuld.rules.policy import Policy
from huurschuld.rules.policy_files import load_policy
from huurschuld.rules.rungs import REFER, RUNGS
from huurschuld.rules.tenancy_facts import facts_by
from huurschuld.rules.terms import minor_living_in
from huurschuld.testing import policies, tenancies
from huurschuld.testing.tenancies import AS_OF

Screen = Callable[..., tuple[int, str, str]]
POLICIES = policies() | st.sampled_from(sorted(["bgs-2021", "katwijk-2021"])).map(
    lambda name: h.policies()[name]
)


def decided(tenancy: h.Tenancy, policy: Policy, day: dt.date = AS_OF) -> h.Decision:
    """The decision of one tenancy."""
    return h.decide(tenancy, policy, day, engine="reference")


@given(st.lists(tenancies(), min_size=1, max_size=5), POLICIES)
@settings(max_examples=20)
def test_a_condition_alone_decides_where_removing_it_changes_the_advice(
    several: list[h.Tenancy], policy: Policy
) -> None:
    """As deciding with the policy without that condition says, household by household."""
    on_day = policy.on(AS_OF)
    facts = [facts_by(on_day.values, it, AS_OF, policy.facts) for it in several]
    found = iter(decisive_conditions(on_day, facts))
    for rung in RUNGS:
        for index, clause in enumerate(policy.clauses(rung)):
            if rung is REFER and len(policy.refer_if_all) == 1:
                continue
            reduced = without_condition(policy, rung, index)
            pairs = [(decided(it, policy).advice, decided(it, reduced).advice) for it in several]
            expected = Counter(without for now, without in pairs if without is not now)
            it = next(found)
            assert (it.rung, it.hold) == (rung.name, getattr(clause, "name", None))
            assert dict(it.without) == dict(expected)
            assert it.households == expected.total()
            assert it.words.nl
            assert it.words.en
    assert next(found, None) is None


@given(st.lists(tenancies(), min_size=1, max_size=6), POLICIES, POLICIES)
@settings(max_examples=5)
def test_the_counts_are_those_of_deciding_one_by_one(
    several: list[h.Tenancy], one: Policy, other: Policy
) -> None:
    """Everyone once in the table of advice; whoever is treated otherwise is there, with the reasons."""
    several = [attrs.evolve(it, id=f"T-{number}") for number, it in enumerate(several)]
    portfolio = frames(as_tables(several))
    both = {it.name: it for it in (*one.facts, *other.facts)}
    if len(both) < len(one.facts) + len(other.facts):
        other = one  # two policies that declare one fact in two ways need not fit one portfolio
    read = list(h.read_portfolio(Given(portfolio), {}, tuple(both.values())))
    found = h.compare(portfolio, one, other, AS_OF)
    pairs = {it.id: (decided(it, one), decided(it, other)) for it in read}
    assert found.screened == len(read)
    assert dict(found.advice) == Counter((was.advice, now.advice) for was, now in pairs.values())

    def is_listed(*decisions: h.Decision) -> bool:
        return any(it.advice != "none" or it.priority == "crisis" for it in decisions)

    listed = {name: pair for name, pair in pairs.items() if is_listed(*pair)}
    assert dict(found.priority) == Counter((was.priority, now.priority) for was, now in listed.values())
    otherwise = {
        name: h.explain_change(was, now)
        for name, (was, now) in listed.items()
        if (was.advice, was.priority) != (now.advice, now.priority)
    }
    assert {it.tenancy: it.reasons for it in found.changes} == otherwise
    assert all(otherwise.values())
    for policy, conditions in zip((one, other), found.decisive, strict=True):
        on_day = policy.on(AS_OF)
        facts = [facts_by(on_day.values, it, AS_OF, policy.facts) for it in read]
        assert list(conditions) == decisive_conditions(on_day, facts)


def test_who_owes_nothing_is_not_treated_otherwise_for_a_rule_of_order() -> None:
    """Whoever is on neither worklist is in the table of advice, and nowhere else."""
    day = dt.date(2026, 1, 1)
    paid_up = h.Tenancy(
        id="T-1",
        start=day,
        rents=[h.Rent(from_=day, cents=60_000)],
        entries=[],
        household=h.Household(children=[]),
        contacts=[],
    )
    policy = find_policy("bgs-2021")
    other = policy.with_("other", family=~minor_living_in)
    found = h.compare(frames(as_tables([paid_up])), policy, other, AS_OF)
    assert (found.changes, dict(found.priority)) == ((), {})
    assert dict(found.advice) == {(h.Advice.NONE, h.Advice.NONE): 1}


def weert(tmp_path: Path) -> Path:
    """A policy file that asks for five attempts, and has a number that begins later."""
    file = tmp_path / "weert.toml"
    file.write_text(
        'extends = "katwijk-2021"\nname = "weert"\ntitle = {nl = "Weert", en = "Weert"}\n'
        '[[also]]\nwhen = "attempts >= 5"\n',
        encoding="utf-8",
    )
    return file


def test_a_policy_officer_reads_it_within_80_columns(clean: Path, tmp_path: Path) -> None:
    """In both languages: how many, who and why, and what each condition alone stops."""
    other = load_policy(weert(tmp_path), find_policy)
    found = compare_ledger(
        open_folder(folder=str(clean)),
        (find_policy("katwijk-2021"), {}),
        (other, {}),
        dt.date(2026, 10, 20),
        assume={},
    )
    assert found.changes
    for lang, told in (
        ("en", ("treated otherwise: ", "[only weert asks this]", "contact attempts at least 5")),
        ("nl", ("anders behandeld: ", "alleen weert vraagt dit", "pogingen tot contact minstens 5")),
    ):
        screen = Console(file=io.StringIO(), width=80, highlight=False)
        show_comparison(screen, found, lang, top=2)  # type: ignore[arg-type] # a language
        shown = screen.file.getvalue()  # type: ignore[attr-defined] # as given
        assert all(len(line) <= 80 for line in shown.splitlines())
        words = " ".join(shown.split())
        assert all(it in words for it in told), told
        assert "→" in shown


@pytest.mark.slow
def test_it_is_compared_on_the_command_line(run: Screen, clean: Path, tmp_path: Path) -> None:
    """As CSV whom it concerns, as JSON all of it; each of the two with numbers of its own."""
    file = weert(tmp_path)
    mine: list[Any] = [file, clean, *POLICY[2:], "--set-b", "response_days=90"]
    asked = ["compare", "katwijk-2021", *mine]
    document = json.loads(run(*asked, "--format", "json")[1])
    changes = document["changes"]
    assert document["screened"] == sum(sum(it.values()) for it in document["advice"].values())
    assert (document["before"]["policy"], document["after"]["policy"]) == ("katwijk-2021", "weert")
    assert changes
    assert all(it["reasons"] for it in changes)
    moved = sum(
        number
        for before, row in document["advice"].items()
        for after, number in row.items()
        if before != after
    )
    assert moved == len([it for it in changes if it["advice_before"] != it["advice_after"]])
    rows = list(csv.DictReader(io.StringIO(run(*asked, "--format", "csv")[1])))
    assert [it["tenancy"] for it in rows] == [it["tenancy"] for it in changes]
    for lang in ("nl", "en"):
        assert [it[f"reasons_{lang}"] for it in rows] == [
            "; ".join(dict.fromkeys(one["text"][lang] for one in it["reasons"])) for it in changes
        ]
    same = run("compare", "bgs-2021", "bgs-2021", clean, *POLICY[2:])
    assert "nobody is treated otherwise" in same[1]
    assert same[2] == "huurschuld: A and B are the same policy with the same numbers\n"
    assert (
        "policy-not-in-force at A/as_of" in run("compare", "katwijk-2012", file, clean, *POLICY[2:])[2]
    )
    assert "at B/parameters/months" in run(*asked, "--set-b", "months=3")[2]
    assert "at B/policy" in run("compare", "bgs-2021", "bgs-2022", clean, *POLICY[2:])[2]


def test_the_numbers_that_differ_stand_at_the_top(clean: Path, run: Screen, tmp_path: Path) -> None:
    """Those that were adopted as well, of both; what is the same in both is left out."""
    file = tmp_path / "own.toml"
    adopted = '[parameters.minimum_cents]\nvalue = 7500\nadopted.by = "College"\n'
    named = 'extends = "bgs-2021"\nname = "own"\ntitle = {nl = "Eigen", en = "Own"}\n'
    file.write_text(named + adopted, encoding="utf-8")
    lines = run("compare", "bgs-2021", file, clean, *POLICY[2:])[1].splitlines()
    top = [it.strip() for it in lines[: lines.index("Advice")]]
    assert [it for it in top if "=" in it] == ["minimum_cents = € 0.01", "minimum_cents = € 75.00"]


def test_a_bad_row_is_refused_at_its_place() -> None:
    """As by `screen`; and what is no day is told apart."""
    tables: Any = frames(as_tables([]))
    with pytest.raises(h.InvalidValue, match="/as_of"):
        h.compare(tables, "bgs-2021", "katwijk-2021", "2026-10-20")  # type: ignore[arg-type] # what is tested
    with pytest.raises(h.MissingField, match="tenancies"):
        h.compare({}, "bgs-2021", "katwijk-2021", dt.date(2026, 10, 20))
