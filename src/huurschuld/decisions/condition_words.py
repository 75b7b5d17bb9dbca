"""Conditions and holds in words, for those who do not read the names of facts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from huurschuld.decisions.words import FALSE, NO, TRUE, Lang, quantity
from huurschuld.rules.clauses import Hold
from huurschuld.rules.conditions.language import And, Compare, Condition, Flag, Not, Or, Setting
from huurschuld.rules.sources import Phrase
from huurschuld.rules.terms import dwelling, eviction_announced, lease_ended

_AND, _OR, _NOT = Phrase("en", "and"), Phrase("of", "or"), Phrase("niet", "not")
_LABELS: Final = {
    ~dwelling: Phrase("geen woonruimte", "not a dwelling"),
    lease_ended & ~eviction_announced: Phrase(
        "huur geëindigd, en geen ontruiming aangekondigd", "lease ended, and no eviction announced"
    ),
}
"""What the conditions of built-in holds are called that are not a single yes-or-no fact."""


def hold_label(hold: Hold, values: Mapping[str, int], lang: Lang) -> str:
    """Return what a hold is called: its fact, or its condition in words with its name behind it."""
    if isinstance(hold.when, Flag):
        return hold.when.type.label.to(lang)
    if hold.when in _LABELS:
        return _LABELS[hold.when].to(lang)
    return f"{in_words(hold.when, values, lang)} ({hold.name})"


def in_words(condition: Condition, values: Mapping[str, int], lang: Lang) -> str:
    """Write a condition with the labels of its facts and the numbers that hold on the day."""
    match condition:
        case Flag():
            return condition.type.label.to(lang)
        case Not(part=Flag() as flag):
            return f"{flag.type.label.to(lang)}: {NO.to(lang)}"
        case Compare():
            return _compared(condition, values, lang, is_true=True)
        case Not(part=Compare() as compared):
            return _compared(compared, values, lang, is_true=False)
        case Not(part=part):
            return f"{_NOT.to(lang)} {_in_brackets(part, values, lang)}"
        case And(parts=parts) | Or(parts=parts):
            joint = _AND if isinstance(condition, And) else _OR
            return f" {joint.to(lang)} ".join(_in_brackets(part, values, lang) for part in parts)
    raise TypeError(f"not a condition: {type(condition).__name__}")


def compared_to(leaf: Compare, values: Mapping[str, int], lang: Lang, *, is_true: bool) -> str:
    """Write what a comparison that is true, or one that is not, compares its fact with."""
    bound, unit = leaf.operand, leaf.type.unit
    assert unit is not None  # noqa: S101 - a comparison is of a quantity
    number = values[bound.name] if isinstance(bound, Setting) else bound
    words = (TRUE if is_true else FALSE)[leaf.operator].to(lang)
    return f"{words} {quantity(number, unit, lang)}"


def _compared(leaf: Compare, values: Mapping[str, int], lang: Lang, *, is_true: bool) -> str:
    return f"{leaf.type.label.to(lang)} {compared_to(leaf, values, lang, is_true=is_true)}"


def _in_brackets(part: Condition, values: Mapping[str, int], lang: Lang) -> str:
    words = in_words(part, values, lang)
    return f"({words})" if isinstance(part, And | Or) else words
