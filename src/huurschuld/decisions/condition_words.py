"""Conditions and holds in words, for those who do not read the names of facts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from huurschuld.decisions.condition_tree import ConditionPart, Leaf, condition_tree
from huurschuld.decisions.days import day_text
from huurschuld.decisions.words import FALSE, NO, TRUE, Lang, quantity
from huurschuld.rules.clauses import Hold
from huurschuld.rules.conditions.language import And, Compare, Condition, Flag, Not, Or, Setting
from huurschuld.rules.parameters import Dated, Parameter, Unit
from huurschuld.rules.sources import Phrase
from huurschuld.rules.terms import dwelling, eviction_announced, lease_ended

_AND, _OR, _NOT = Phrase("en", "and"), Phrase("of", "or"), Phrase("niet", "not")
_FROM, _UNTIL = Phrase("vanaf", "from"), Phrase("tot en met", "until")
_LABELS: Final = {
    ~dwelling: Phrase("geen woonruimte", "not a dwelling"),
    lease_ended & ~eviction_announced: Phrase(
        "huur geëindigd, en geen ontruiming aangekondigd", "lease ended, and no eviction announced"
    ),
}
"""What the conditions of built-in holds are called that are not a single yes-or-no fact."""


def hold_label(hold: Hold, values: Mapping[str, int], lang: Lang) -> str:
    """Return what a hold is called: its fact, or its condition in words with its name behind it."""
    label = short_label(hold, lang)
    return label if label != hold.name else f"{in_words(hold.when, values, lang)} ({hold.name})"


def short_label(hold: Hold, lang: Lang) -> str:
    """Return what a hold is called in few words: its fact, or its name."""
    if isinstance(hold.when, Flag):
        return hold.when.type.label.to(lang)
    return _LABELS[hold.when].to(lang) if hold.when in _LABELS else hold.name


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
    return f"{sign_in_words(leaf, lang, is_true=is_true)} {quantity(number, unit, lang)}"


def sign_in_words(leaf: Compare, lang: Lang, *, is_true: bool) -> str:
    """Write the sign of a comparison, or that of its opposite."""
    return (TRUE if is_true else FALSE)[leaf.operator].to(lang)


def _compared(leaf: Compare, values: Mapping[str, int], lang: Lang, *, is_true: bool) -> str:
    return f"{leaf.type.label.to(lang)} {compared_to(leaf, values, lang, is_true=is_true)}"


def _in_brackets(part: Condition, values: Mapping[str, int], lang: Lang) -> str:
    words = in_words(part, values, lang)
    return f"({words})" if isinstance(part, And | Or) else words


def rule_tree(condition: Condition, parameters: Mapping[str, Parameter], lang: Lang) -> ConditionPart:
    """Write a condition of a policy as a tree, of no household and no day.

    Args:
        condition: the condition.
        parameters: those of the policy by name; one with several values is written with all of them.
        lang: the language.
    """

    def words(leaf: Leaf, is_negated: bool) -> str:
        label = leaf.type.label.to(lang)
        if isinstance(leaf, Flag):
            return f"{label}: {NO.to(lang)}" if is_negated else label
        sign = sign_in_words(leaf, lang, is_true=not is_negated)
        unit = leaf.type.unit
        assert unit is not None  # noqa: S101 - a comparison is of a quantity
        if isinstance(leaf.operand, Setting):
            values = "; ".join(_dated(it, unit, lang) for it in parameters[leaf.operand.name].values)
            return f"{label}: {sign} {values} ({leaf.operand.name})"
        return f"{label}: {sign} {quantity(leaf.operand, unit, lang)}"

    return condition_tree(condition, words, lambda _: None, lang)


def _dated(dated: Dated, unit: Unit, lang: Lang) -> str:
    """Write a value with the days on which it holds."""
    since = "" if dated.since is None else f" {_FROM.to(lang)} {day_text(dated.since, lang)}"
    until = "" if dated.until is None else f" {_UNTIL.to(lang)} {day_text(dated.until, lang)}"
    return f"{quantity(dated.value, unit, lang)}{since}{until}"
