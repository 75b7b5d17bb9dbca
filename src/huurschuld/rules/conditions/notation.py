"""Conditions as text, for people and for files: `months > referral_months and not disputed`.

The grammar is that of Python's `and`, `or`, `not`, comparisons and parentheses, over the names of facts
and parameters, whole numbers and, for months, quoted decimals. None of it is ever run.
`parse(text(condition))` equals the condition. An error names the piece that is wrong, and what to write.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final

from huurschuld.errors import InvalidValue
from huurschuld.rules.conditions.grammar import Grammar
from huurschuld.rules.conditions.language import And, Compare, Condition, Flag, Not, Or, Setting
from huurschuld.rules.conditions.pieces import Pieces, Words
from huurschuld.rules.conditions.reading import Reader
from huurschuld.rules.conditions.slips import first_slip
from huurschuld.rules.conditions.tokens import tokens_of
from huurschuld.rules.facts import FACTS, FactType
from huurschuld.rules.parameters import Unit, months_text

_LONGEST: Final = 10_000


def text(condition: Condition) -> str:
    """Write a condition as text."""
    match condition:
        case Flag(fact):
            return fact
        case Compare(fact, operator, against, of):
            return f"{fact} {operator} {_operand_text(of, against)}"
        case Not(part):
            return f"not {_inner(part, And, Or)}"
        case And(parts):
            return " and ".join(_inner(part, And, Or) for part in parts)
        case Or(parts):
            return " or ".join(_inner(part, And, Or) for part in parts)
    raise TypeError(f"{type(condition).__name__} is not a condition")


def _inner(part: Condition, *bracketed: type[Condition]) -> str:
    return f"({text(part)})" if isinstance(part, bracketed) else text(part)


def _operand_text(fact: FactType, against: Setting | int) -> str:
    if isinstance(against, Setting):
        return against.name
    return f'"{months_text(against)}"' if fact.unit is Unit.MONTHS else str(against)


def parse(
    source: str,
    settings: Mapping[str, Unit] | Collection[str],
    at: str,
    facts: Mapping[str, FactType] = FACTS,
) -> Condition:
    """Read a condition from its text.

    Args:
        source: the text, on one line or several.
        settings: the names of the policy's parameters, with their units if these are known.
        at: the place of the text, for an error.
        facts: the facts by name: the built-in ones, and those that the policy declares.

    Raises:
        InvalidValue: it does not follow the grammar, or uses a name that is not a fact or a parameter;
            its `piece` is the part that is wrong.
    """
    if type(source) is not str or len(source) > _LONGEST:
        raise InvalidValue(at, f"a condition is a text of at most {_LONGEST:,} characters")
    named: dict[str, Unit | None] = {}
    named.update(settings if isinstance(settings, Mapping) else dict.fromkeys(settings))
    pieces = Pieces(source, tuple(tokens_of(source)), Words(facts, named))
    try:
        slip = first_slip(pieces)
        if slip is not None:
            raise slip
        return Reader(source, pieces.words).condition(Grammar(pieces).whole(), 0)
    except InvalidValue as error:
        misplaced = error.at(at)
    raise misplaced
