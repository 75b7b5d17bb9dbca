"""The language of rules at its limits: the widest number, the longest text, the deepest condition."""

from __future__ import annotations

from typing import Any

import pytest

from huurschuld import InvalidValue
from huurschuld.rules import terms
from huurschuld.rules.conditions.language import Compare, Condition, Flag, Operator, Quantity
from huurschuld.rules.conditions.notation import parse
from huurschuld.rules.facts import FACTS


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
