"""Conditions in words: part by part, with the truth that the engine finds, in both languages."""

from __future__ import annotations

from typing import Final

from hypothesis import given, settings, strategies as st

from huurschuld import Facts
from huurschuld.decisions.condition_tree import ConditionPart, condition_tree
from huurschuld.decisions.condition_words import rule_tree
from huurschuld.decisions.words import Lang, quantity
from huurschuld.rules.conditions.language import Compare, Condition, Setting, leaves
from huurschuld.rules.conditions.logic import every, some
from huurschuld.rules.conditions.truth import truth_of
from huurschuld.rules.parameters import Dated, Parameter, Unit
from huurschuld.rules.sources import CHOICE
from huurschuld.testing import conditions, facts

VALUES: Final = {
    "own_months": 10**9,
    "own_cents": 5_000,
    "own_days": 14,
    "own_count": 2,
    "sustained_days": 30,
    "acted_days": 7,
}
UNITS: Final = {"own_months": Unit.MONTHS, "own_cents": Unit.CENTS, "own_count": Unit.COUNT}
PARAMETERS: Final = {
    name: Parameter(name, UNITS.get(name, Unit.DAYS), (Dated(value, CHOICE),))
    for name, value in VALUES.items()
}
LANGS = st.sampled_from(["nl", "en"])
JOINTS: Final = {
    "nl": {"al deze": every, "een van deze": some},
    "en": {"all of these": every, "one of these": some},
}


def check(part: ConditionPart, lang: Lang) -> None:
    """What joins the parts in words joins their truths."""
    if part.parts:
        assert JOINTS[lang][part.text](it.truth for it in part.parts) is part.truth
        for it in part.parts:
            check(it, lang)


@settings(max_examples=200)
@given(conditions(), facts(), LANGS)
def test_the_tree_has_the_truth_of_the_engine(condition: Condition, seen: Facts, lang: Lang) -> None:
    """Of the whole and of every part: unknown stays unknown."""

    def truth(part: Condition) -> bool | None:
        return truth_of(part, VALUES, seen)

    tree = condition_tree(condition, lambda leaf, negated: f"{leaf.fact} {negated}", truth, lang)
    assert tree.truth is truth(condition)
    check(tree, lang)
    asked = [part for _, part in tree.lines() if not part.parts]
    assert [part.text.split()[0] for part in asked] == [leaf.fact for leaf in leaves(condition)]
    for part, leaf in zip(asked, leaves(condition), strict=True):
        of_leaf = truth(leaf)
        is_negated = part.text.endswith("True")
        assert part.truth is (None if of_leaf is None else of_leaf is not is_negated)


@settings(max_examples=200)
@given(conditions(), LANGS)
def test_the_words_name_every_fact_and_every_bound(condition: Condition, lang: Lang) -> None:
    """Nothing of a condition is left out of its words, in one line or in several; no code is in them."""
    tree = rule_tree(condition, PARAMETERS, lang)
    written = tree.in_one_line()
    lines = [part.text for _, part in tree.lines() if not part.parts]
    for leaf in leaves(condition):
        label = leaf.type.label.to(lang)
        assert label in written
        if isinstance(leaf, Compare):
            unit = leaf.type.unit
            assert unit is not None
            name = leaf.operand.name if isinstance(leaf.operand, Setting) else None
            value = leaf.operand if isinstance(leaf.operand, int) else VALUES[leaf.operand.name]
            bound = quantity(value, unit, lang) + (f" ({name})" if name else "")
            assert any(line.startswith(f"{label}: ") and line.endswith(f" {bound}") for line in lines)
        else:
            assert any(line.startswith(label) for line in lines)
    assert ">" not in written
    assert "<" not in written
