"""The grammar of conditions is that of Python, and what is no condition has one error with its piece."""

from __future__ import annotations

import ast

import pytest
from hypothesis import example, given, settings, strategies as st

from huurschuld import InvalidValue
from huurschuld.rules.conditions.language import (
    And,
    Compare,
    Condition,
    Flag,
    Not,
    Operator,
    Or,
    Setting,
    operand,
)
from huurschuld.rules.conditions.notation import parse, text
from huurschuld.rules.conditions.possible import never
from huurschuld.rules.facts import FACTS
from huurschuld.rules.parameters import Unit
from huurschuld.testing import conditions

SETTINGS = ("own_count", "own_cents")
OPERATORS = {ast.Gt: ">", ast.GtE: ">=", ast.Lt: "<", ast.LtE: "<="}
PIECES = (
    *("and", "or", "not", "(", ")", ">", ">=", "<", "<=", "disputed", "objected", "attempts"),
    *("months", "own_count", "own_cents", "sustained_cents", "2", "0", "2_000", '"1.5"', "'2'"),
)


def by_python(source: str) -> Condition | None:
    """The condition by Python's own grammar; None if it is none."""
    try:
        return read(ast.parse(" ".join(source.split()), mode="eval").body)
    except (SyntaxError, TypeError, ValueError, KeyError):
        return None


def read(node: ast.expr) -> Condition:
    """A condition of Python's syntax tree."""
    match node:
        case ast.BoolOp(op=ast.And(), values=values):
            return And(tuple(map(read, values)))
        case ast.BoolOp(op=ast.Or(), values=values):
            return Or(tuple(map(read, values)))
        case ast.UnaryOp(op=ast.Not(), operand=part):
            return Not(read(part))
        case ast.Compare(left=ast.Name(id=fact), ops=[sign], comparators=[against]):
            value: object = getattr(against, "value", None)
            if isinstance(against, ast.Name):
                value = Setting({it: it for it in SETTINGS}[against.id])
            return Compare(fact, Operator(OPERATORS[type(sign)]), operand(FACTS[fact], value))
        case ast.Name(id=fact):
            return Flag(fact)
    raise ValueError


@settings(max_examples=200)
@given(st.lists(st.sampled_from(PIECES), max_size=9).map(" ".join))
@example("(attempts) > (2)")
@example("not not (disputed)")
@example("not attempts > 2 and objected")
def test_the_grammar_is_that_of_python(source: str) -> None:
    """Read by Python's own parser it is the same tree, or by neither a condition."""
    expected = by_python(source)
    if expected is None:
        with pytest.raises(InvalidValue):
            parse(source, SETTINGS, "/when")
    else:
        assert parse(source, SETTINGS, "/when") == expected


@settings(max_examples=150)
@given(
    conditions(max_leaves=4, among=tuple(FACTS)),
    st.floats(0, 1, exclude_max=True),
    st.sampled_from(["", *"()<>=!&|,.;#'\"%€–−“”’≥≠ 2xé\u200b\u00a0\t\n\0", "en ", " of "]),
    st.booleans(),
)
def test_one_damaged_character_is_a_condition_or_one_error_with_its_piece(
    condition: Condition, where: float, instead: str, is_added: bool
) -> None:
    """Never a traceback: the piece stands in the text where the error says."""
    written = text(condition)
    at = int(where * len(written))
    damaged = written[:at] + instead + written[at + (not is_added) :]
    names = ("own_months", "own_cents", "own_days", "own_count", "sustained_days", "acted_days")
    found: Condition | InvalidValue
    try:
        found = parse(damaged, names, "/when")
    except InvalidValue as error:
        found = error
    if isinstance(found, Condition):
        assert parse(text(found), names, "/when") == found
        return
    assert found.piece is not None
    assert damaged.startswith(found.piece.text, found.piece.start)
    assert found.remedy
    assert "\n" not in str(found)


@pytest.mark.parametrize(
    "source", ["0x10", "attempts > 0x10", "months > '1' '5'", "months > b'1'", "ｍonths > '1'"]
)
def test_what_python_reads_otherwise_is_no_condition(source: str) -> None:
    """Numbers and texts stand as they are shown, in one way each."""
    with pytest.raises(InvalidValue):
        parse(source, SETTINGS, "/when")


UNITS = {"minimum_cents": Unit.CENTS, "least": Unit.COUNT, "wait_days": Unit.DAYS}


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("attempts >= (disputed and objected)", "disputed and objected is a condition, not a number"),
        ("attempts >= wait_days", "wait_days is in days, where count are compared"),
        ("least <= attempts", "write attempts >= least"),
        ("least <= attempts <= 3", "write attempts >= least and attempts <= 3"),
        ("least and disputed", "such as attempts >= least"),
        ("attempts >=> 2", ">=> is not a comparison"),
        ('months >= "2 weken"', 'write a text in quotes, such as "1.5"'),
        ('months >= "12,5 procent"', 'write a text in quotes, such as "1.5"'),
        ("attempts >= 99999999999999999999999999999", "a whole number up to 100,000,000"),
        ("3 <= least", "3 is not a fact, and only a fact is compared"),
        ("1 < 2 < least", "each by itself"),
        ("1 < attempts < 5 < 7", "each by itself"),
    ],
)
def test_what_is_compared_is_told_by_what_it_is(written: str, told: str) -> None:
    """Whether the units of parameters are known or not, there is one error, with what to write."""
    with pytest.raises(InvalidValue) as caught:
        parse(written, UNITS, "/when")
    assert told in str(caught.value)
    assert caught.value.piece is not None
    if "wait_days" not in written:  # of another unit it is only wrong where units are known
        with pytest.raises(InvalidValue):
            parse(written, [*UNITS], "/when")


def test_a_condition_with_very_many_ways_to_be_true_is_not_said_to_be_never_true() -> None:
    """Nor is it looked at way by way."""
    either = "(attempts >= 1 or months >= '1')"
    assert not never(parse(" and ".join([either] * 12), (), "/when"), {})
    assert never(parse("attempts >= 2 and attempts < 1", (), "/when"), {})


@pytest.mark.parametrize("percentage", ["50.5%", "50,5 %", "5000%"])
def test_a_percentage_that_may_mean_anything_is_not_rewritten(percentage: str) -> None:
    """Half a month is 50 %; of others it is told in what months are written, and nothing is guessed."""
    with pytest.raises(InvalidValue) as caught:
        parse(f"months > {percentage}", {}, "/when")
    assert caught.value.problem.startswith(f"{percentage} is not a number of a condition")
    assert caught.value.remedy == 'months is in months: write a text in quotes, such as "1.5"'
