"""The language of rules: values that combine, compare and print, and have no truth of their own."""

from __future__ import annotations

import pickle
import random
from typing import Any

import pytest
from hypothesis import given, strategies as st

from huurschuld import InvalidValue
from huurschuld.rules import terms
from huurschuld.rules.conditions.language import (
    And,
    Compare,
    Condition,
    Flag,
    Not,
    Operator,
    Or,
    P,
    Quantity,
    Setting,
    leaves,
)
from huurschuld.rules.conditions.notation import parse, text
from huurschuld.rules.facts import FACTS, FactType
from huurschuld.testing import conditions

NAMES = ("own_months", "own_cents", "own_days", "own_count", "sustained_days", "acted_days")


@given(conditions())
def test_a_condition_goes_to_text_and_back_unchanged(condition: Condition) -> None:
    """What is written can be read, and is the same tree."""
    assert parse(text(condition), NAMES, "/when", declared(condition)) == condition


def declared(condition: Condition) -> dict[str, FactType]:
    """The built-in facts, and those that a policy with this condition declares."""
    return {**FACTS, **{leaf.fact: leaf.type for leaf in leaves(condition)}}


@given(conditions())
def test_a_condition_is_a_value(condition: Condition) -> None:
    """It can be hashed, pickled and compared, and holds nothing that can be called."""
    assert pickle.loads(pickle.dumps(condition)) == condition  # noqa: S301 - our own bytes
    assert hash(condition) == hash(pickle.loads(pickle.dumps(condition)))  # noqa: S301 - as above


@given(conditions(max_leaves=2), conditions(max_leaves=2))
def test_a_condition_has_no_truth_value(left: Condition, right: Condition) -> None:
    """`if`, `and`, `or`, `not` and chained comparison raise, and say what to write instead."""
    uses: list[Any] = [
        lambda: bool(left),
        lambda: left and right,  # type: ignore[redundant-expr] # what is tested
        lambda: left or right,  # type: ignore[redundant-expr] # what is tested
        lambda: not left,
        lambda: 1 < terms.attempts < 3,
        lambda: bool(terms.months),
        lambda: bool(P.referral_months),
    ]
    for use in uses:
        with pytest.raises(TypeError, match=r"& \| ~"):
            use()


def test_equality_is_left_alone() -> None:
    """`==` compares two conditions as values; it does not make a condition."""
    assert (terms.months > P.referral_months) == Compare(
        "months", Operator.MORE, Setting("referral_months")
    )
    assert (terms.months > "1") != (terms.months > "2")
    assert (terms.months == "1") is False  # type: ignore[comparison-overlap] # what is tested


def test_conditions_of_one_sort_are_taken_together() -> None:
    """`a & (b & c)` and `(a & b) & c` are one condition of three parts."""
    a, b, c = terms.objected, terms.disputed, terms.deceased
    assert a & (b & c) == (a & b) & c == And((a, b, c))
    assert a | (b | c) == (a | b) | c == Or((a, b, c))
    assert ~a == Not(a)
    assert text(~(a & b) | c) == "not (objected and disputed) or deceased"
    assert text(a | (b & c)) == "objected or (disputed and deceased)"


def test_there_is_a_word_for_every_fact() -> None:
    """Each fact of the schema can be written in a rule, as a flag or as a quantity."""
    for name, fact in FACTS.items():
        assert getattr(terms, name) == (Flag(name) if fact.unit is None else Quantity(name))


@pytest.mark.parametrize(
    "make",
    [
        lambda: terms.months > 1,
        lambda: terms.months > 1.5,  # type: ignore[operator] # what is tested
        lambda: terms.months > "1,5",
        lambda: terms.attempts > "1",
        lambda: terms.attempts > 1.5,  # type: ignore[operator] # what is tested
        lambda: terms.attempts >= True,
        lambda: terms.attempts < -1,
        lambda: terms.objected & True,  # type: ignore[operator] # what is tested
        lambda: And((terms.objected, terms.disputed)) | "deceased",  # type: ignore[operator] # what is tested
    ],
)
def test_what_cannot_be_compared_is_refused(make: Any) -> None:
    """A number in the wrong unit, a float, a boolean or a text is no operand."""
    with pytest.raises(TypeError):
        make()


@pytest.mark.parametrize(
    "make",
    [
        lambda: Flag("months"),
        lambda: Flag("nonsense"),
        lambda: Quantity("objected"),
        lambda: Compare("objected", Operator.MORE, 1),
        lambda: Compare("attempts", "==", 1),
        lambda: And((terms.objected,)),
        lambda: Or(()),
    ],
)
def test_a_tree_that_means_nothing_cannot_be_made(make: Any) -> None:
    """Facts of the wrong sort, unknown operators and joints without parts raise at once."""
    with pytest.raises(ValueError):  # noqa: PT011 - several of the standard library's own
        make()


def test_every_comparison_makes_a_condition() -> None:
    """More, at least, less, at most; read off the tree and printed alike."""
    made = [terms.attempts > 2, terms.attempts >= 2, terms.attempts < 2, terms.attempts <= 2]
    assert [text(it) for it in made] == [
        "attempts > 2",
        "attempts >= 2",
        "attempts < 2",
        "attempts <= 2",
    ]
    with pytest.raises(TypeError, match="not a condition"):
        list(leaves(Condition()))


@pytest.mark.parametrize("operand", [-1, 10**8 + 1, True, 1.5, "1", None])
def test_a_tree_holds_only_numbers_in_their_range(operand: Any) -> None:
    """Also where it is not made by comparing."""
    with pytest.raises(TypeError, match="in its range"):
        Compare("attempts", Operator.MORE, operand)


def test_settings_are_plain_names() -> None:
    """`P` gives any name but Python's own."""
    assert P.anything == Setting("anything")
    with pytest.raises(AttributeError):
        _ = P.__wrapped__


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        ("", "a condition is missing here"),
        ("months >", "nothing to compare with"),
        ("months > \0", "an invisible character"),
        ("(" * 300 + "objected" + ")" * 300, "brackets are open here"),
        ("x" * 10_001, "at most 10,000"),
        (5, "at most 10,000"),
        ("not " * 60 + "objected", "nested in each other"),
        ("objected # and disputed", "a comment cannot stand"),
        ("1 < months", 'write months > "1"'),
        ("1 < attempts < 3", "write attempts > 1 and attempts < 3"),
        ("attempts + 1 > 2", "no arithmetic"),
        ("__import__('os')", "called as a function"),
        ("objected.real", "no point in it"),
        ("months > attempts", "attempts is a fact"),
        ("objectd", "did you mean objected"),
        ("nonsense > 1", "the facts are"),
        ("attempts", "a quantity: compare it"),
        ("objected > 1", "yes or no"),
        ("attempts == 2", "> >= < or <="),
        ("attempts in own_count", "a comparison is missing between attempts and in"),
        ("attempts > 1.5", "whole number"),
        ("attempts > True", "True is no fact"),
        ("attempts > (1)(2)", "nothing joins"),
        ("months > 1.5", "a text such as"),
        ("months > 'x'", "a text such as"),
    ],
)
def test_a_text_that_is_no_condition_is_refused_with_its_place(source: Any, problem: str) -> None:
    """The error names the place and what is wrong; nothing of the text is ever run."""
    with pytest.raises(InvalidValue) as caught:
        parse(source, NAMES, "/refer_if_all/0/when")
    assert caught.value.place == "/refer_if_all/0/when"
    assert problem in str(caught.value)


@given(conditions(), st.randoms(use_true_random=False))
def test_a_condition_may_stand_on_several_lines(condition: Condition, dice: random.Random) -> None:
    """As a long one does in a file: however it is laid out, it means the same."""
    laid_out = "".join(
        dice.choice((" ", "\n", "\n    ", "\t")) if it == " " else it for it in text(condition)
    )
    assert parse(f"\n{laid_out}\n", NAMES, "/when", declared(condition)) == condition


@given(st.text(max_size=60))
def test_any_text_gives_a_condition_or_one_error(source: str) -> None:
    """No text crashes the reader."""
    try:
        condition = parse(source, NAMES, "/when")
    except InvalidValue:
        return
    assert parse(text(condition), NAMES, "/when") == condition


def test_what_is_no_condition_has_no_text() -> None:
    """A tree from elsewhere raises."""
    with pytest.raises(TypeError, match="not a condition"):
        text(Condition())


# --- limits ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("quantity", "given_number", "held"),
    [
        (terms.attempts, 0, 0),
        (terms.attempts, 10**8, 10**8),
        (terms.months, "0", 0),
        (terms.months, "999999999.999999999", 10**18 - 1),
    ],
)
def test_a_number_at_either_end_of_its_range_is_compared(
    quantity: Any, given_number: Any, held: int
) -> None:
    """One further is refused."""
    assert (quantity >= given_number) == Compare(quantity.fact, Operator.AT_LEAST, held)
    further = held - 1 if held == 0 else held + 1
    with pytest.raises(TypeError, match="in its range"):
        Compare(quantity.fact, Operator.AT_LEAST, further)


def test_a_condition_is_as_long_as_it_may_be() -> None:
    """10,000 characters; one more is refused."""
    flag = "objected"
    assert parse(flag.ljust(10_000), (), "") == terms.objected
    with pytest.raises(InvalidValue):
        parse(flag.ljust(10_001), (), "")


@pytest.mark.parametrize("within", ["not {}", "(objected and {})", "(objected or {})"])
def test_a_condition_is_as_deep_as_it_may_be(within: str) -> None:
    """Fifty conditions within each other, of any sort; one more is refused."""
    other = "not {}" if within == "(objected or {})" else "(disputed or {})"
    text = "deceased"
    for number in range(50):
        text = (within if number % 2 else other).format(text)
    assert isinstance(parse(text, (), ""), Condition)
    with pytest.raises(InvalidValue):
        parse(f"not ({text})", (), "")


@pytest.mark.parametrize("make", [Flag, Quantity, lambda name: Compare(name, Operator.MORE, 1)])
def test_what_is_no_fact_is_no_word_of_the_language(make: Any) -> None:
    """It is refused by the error that tells so."""
    with pytest.raises(ValueError, match="nonsense is no"):
        make("nonsense")


@pytest.mark.parametrize(
    "text", ["\ud800", "objected" + "()" * 4_000, "objected" + ".real" * 1_900, "-" * 9_000 + "1"]
)
def test_what_the_parser_of_python_gives_up_on_is_no_condition(text: str) -> None:
    """Half a character, and what is too deep for it in one way or another."""
    with pytest.raises(InvalidValue) as caught:
        parse(text, (), "/when")
    assert caught.value.place == "/when"


def test_all_words_are_there_to_be_imported() -> None:
    """With `*`: a word for each fact, and `P` for the parameters."""
    assert sorted(terms.__all__) == sorted(["P", *FACTS])
