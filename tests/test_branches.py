"""Conditions written out as branches: what they mean, how many there are, and what is too many."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given

from huurschuld import (
    Advice,
    Clause,
    Facts,
    GivenFact,
    InvalidValue,
    Phrase,
    Policy,
    PolicyTooLarge,
    decide,
    load_case,
    load_policy,
    policies,
)
from huurschuld.rules.conditions.branches import MOST, WIDEST, branches, extent, widest, width
from huurschuld.rules.conditions.language import And, Compare, Condition, Flag, Not, Operator, Or, leaves
from huurschuld.rules.conditions.truth import truth_of
from huurschuld.rules.policies import find_policy
from huurschuld.testing import conditions, facts as any_facts

VALUES = {
    "own_months": 10**9,
    "own_cents": 1000,
    "own_days": 14,
    "own_count": 2,
    "sustained_days": 30,
    "acted_days": 30,
}


@given(conditions(), any_facts())
def test_a_condition_is_certain_if_a_branch_is_met(condition: Condition, facts: Facts) -> None:
    """True by a branch of the one side, false by one of the other, unknown by neither."""

    def met(side: bool) -> bool:
        return any(
            all(truth_of(leaf, VALUES, facts) is wanted for leaf, wanted in branch)
            for branch in branches(condition, side)
        )

    assert (met(True), met(False)) == {True: (True, False), False: (False, True), None: (False, False)}[
        truth_of(condition, VALUES, facts)
    ]


@given(conditions())
def test_there_are_no_more_branches_than_the_width(condition: Condition) -> None:
    """The width is known without writing anything out; it counts a branch that stands twice twice."""
    for side in (True, False):
        assert 1 <= len(branches(condition, side)) <= width(condition, side)
    assert widest(condition) == max(width(condition, True), width(condition, False))
    assert branches(Not(condition), True) == branches(condition, False)


def any_of(number: int) -> Condition:
    """As many alternatives."""
    return Or(tuple(Compare("attempts", Operator.MORE, it) for it in range(number)))


def pairs(number: int) -> Condition:
    """As many pairs of which one each has to be true: two to that power of branches."""
    several = [Or((Compare("attempts", Operator.MORE, it), Flag("disputed"))) for it in range(number)]
    return And(tuple(several)) if number > 1 else several[0]


@pytest.mark.parametrize("side", [Not, lambda it: it])
@pytest.mark.parametrize("fits", [any_of(WIDEST), pairs(6)])
def test_a_condition_of_the_widest_sort_is_taken(fits: Condition, side: Any) -> None:
    """Sixty-four branches, on either side."""
    assert widest(fits) == WIDEST
    assert find_policy("bgs-2021").with_("own", also=side(fits)).name == "own"


@pytest.mark.parametrize("side", [Not, lambda it: it])
@pytest.mark.parametrize("wide", [any_of(WIDEST + 1), pairs(7), pairs(12), pairs(150)])
def test_a_wider_condition_is_refused_when_it_is_made(wide: Condition, side: Any) -> None:
    """Its place and what to do are told, and it is never written out: 2 to the 150th would not end."""
    with pytest.raises(PolicyTooLarge) as caught:
        find_policy("bgs-2021").with_("own", also=side(wide))
    assert caught.value.place == "/refer_if_all/6/when"
    assert "several conditions" in str(caught.value)


def test_a_wide_condition_in_a_file_is_refused_at_its_place(tmp_path: Any) -> None:
    """A policy officer sees the file and the place in it."""
    file = tmp_path / "wide.toml"
    wide = " or ".join(f"attempts > {it}" for it in range(WIDEST + 1))
    file.write_text(
        f"""
extends = "bgs-2021"
name = "wide"
title = {{ nl = "breed", en = "wide" }}
holds = [{{ name = "wide", when = "{wide}" }}]
"""
    )
    with pytest.raises(PolicyTooLarge) as caught:
        load_policy(file, find_policy)
    assert str(caught.value).startswith("policy-too-large at wide.toml/holds/0/when: ")


def of_all(policy: Policy) -> tuple[int, int]:
    """The branches of all conditions on both sides, and the facts in them."""
    extents = [extent(it, side) for _, it in policy.conditions() for side in (True, False)]
    return sum(count for count, _ in extents), sum(named for _, named in extents)


def tall(number: int) -> tuple[Condition, ...]:
    """As many different conditions."""
    return tuple(Compare("channels", Operator.MORE, it) for it in range(number))


LONG = And((any_of(60), *tall(8)))


@pytest.mark.parametrize(
    ("what", "which", "most", "many", "fits", "too_large"),
    [
        ("branches", 0, 1_000, [any_of(63)] * 14, any_of(60), any_of(61)),
        ("facts to look at", 1, 5_000, [LONG] * 8, any_of(46), And((any_of(18), *tall(3)))),
    ],
    ids=["branches", "facts"],
)
def test_a_policy_may_have_many_conditions_but_not_without_end(
    what: str, which: int, most: int, many: list[Condition], fits: Condition, too_large: Condition
) -> None:
    """All branches together are bounded, and the facts in them; it is refused at its root."""
    own = find_policy("bgs-2021").with_("own", also=[Clause(it) for it in (*many, fits)])
    assert of_all(own)[which] == most
    one_more = sum(extent(too_large, side)[which] - extent(fits, side)[which] for side in (True, False))
    assert one_more == 1
    with pytest.raises(PolicyTooLarge, match=f"{what}, more than {most:,}") as caught:
        find_policy("bgs-2021").with_("own", also=[Clause(it) for it in (*many, too_large)])
    assert caught.value.place == ""


def test_what_is_never_written_out_is_counted_all_the_same() -> None:
    """However many branches there would be: no number is too large."""
    assert extent(pairs(1_100), True) == (2**1_100, 1_100 * 2**1_100)


def twice(condition: Condition, times: int) -> Condition:
    """A condition within itself, small to build and endless to walk."""
    for joint in [And, Or] * times:
        condition = joint((Not(condition), Not(condition)))
    return condition


def deep(times: int) -> Condition:
    """A condition far within others."""
    condition: Condition = Flag("disputed")
    for _ in range(times):
        condition = Not(condition)
    return condition


def stairs(times: int) -> Condition:
    """Alternatives within pairs within alternatives."""
    condition: Condition = Flag("disputed")
    for joint in [And, Or] * (times // 2):
        condition = joint((Flag("objected"), condition))
    return condition


@pytest.mark.parametrize(
    ("odd", "error"),
    [
        (lambda: stairs(52), InvalidValue),
        (lambda: stairs(2_000), InvalidValue),
        (lambda: twice(Flag("disputed"), 11), PolicyTooLarge),
        (lambda: deep(51), InvalidValue),
        (lambda: deep(9_000), InvalidValue),
    ],
)
def test_what_cannot_be_walked_is_refused_before_it_is(odd: Any, error: type[Exception]) -> None:
    """A tree that Python can build may be too deep for recursion, or shared a million times over."""
    with pytest.raises(error, match=r"/refer_if_all/6/when"):
        find_policy("bgs-2021").with_("own", also=odd())
    assert find_policy("bgs-2021").with_("own", also=deep(50)).name == "own"


@given(conditions())
def test_the_extent_counts_every_fact_of_every_branch(condition: Condition) -> None:
    """No branch, and no fact in one, is left out of what is counted."""
    for side in (True, False):
        count, named = extent(condition, side)
        written = branches(condition, side)
        assert len(written) <= count
        assert sum(map(len, written)) <= named
        assert count <= named <= count * len(list(leaves(condition)))


def test_the_built_in_policies_are_far_from_the_limits() -> None:
    """Nobody who extends one of them is near the edge."""
    for policy in policies().values():
        widths = [widest(condition) for _, condition in policy.conditions()]
        assert max(widths) <= 2
        assert sum(widths) < MOST / 20


def test_what_is_no_condition_has_no_branches() -> None:
    """A tree from elsewhere raises."""
    with pytest.raises(TypeError, match="not a condition"):
        branches(Condition(), True)


def test_a_policy_may_name_200_facts_and_no_more() -> None:
    """With so many facts of its own every engine still answers; with one more it is refused at once."""
    case = load_case(Path(__file__).parents[1] / "examples" / "refer-family.json")
    tenancy, bgs = evolve(case.tenancy, facts=()), policies()["bgs-2021"]
    built_in = {leaf.fact for _, condition in bgs.conditions() for leaf in leaves(condition)}
    own = [
        GivenFact(f"own_{number}", None, Phrase("eigen", "own"), default=True)
        for number in range(201 - len(built_in))
    ]
    flags = [Flag(fact.name, fact.type) for fact in own]
    policy = bgs.with_("many", facts=own[1:], also=flags[1:])
    assert decide(tenancy, policy, case.as_of).advice is Advice.REFER  # by every engine that is there
    with pytest.raises(PolicyTooLarge, match="201 different facts, more than 200"):
        bgs.with_("too-many", facts=own, also=flags)
