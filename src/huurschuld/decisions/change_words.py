"""The reasons for a change in words, in both languages: before → after."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from huurschuld.decisions.condition_words import hold_label, in_words as condition_in_words
from huurschuld.decisions.decision import Decision
from huurschuld.decisions.explaining import leaf_in_words, reason_of
from huurschuld.decisions.words import Lang, in_words, quantity
from huurschuld.rules.clauses import Clause, Hold, Stops
from huurschuld.rules.conditions.language import Condition, Flag, Not, leaves
from huurschuld.rules.facts import FactType
from huurschuld.rules.parameters import Unit
from huurschuld.rules.sources import Phrase

Number = tuple[str, Unit, int | None, int | None]
"""A parameter with its unit, and its value before and after; None where a policy does not have it."""

_ARROW: Final = " → "
_ONLY: Final = Phrase("alleen {policy} vraagt dit", "only {policy} asks this")
_ONLY_LATER: Final = Phrase("dat vraagt alleen een van beide", "only one of the two asks this")
_AS_BEFORE: Final = Phrase("net als eerst", "as before")
_STOPS: Final[dict[Stops, Phrase]] = {
    "referral": Phrase("houdt alleen een melding tegen", "stops a referral only"),
    "everything": Phrase("houdt alles tegen", "stops everything"),
}
_ABSENT: Final = Phrase("geen", "none")


def _both(write: Callable[[Lang], str]) -> Phrase:
    return Phrase(write("nl"), write("en"))


def quantity_changed(fact: FactType, before: int | None, after: int | None) -> Phrase:
    """Say that a quantity was one thing and is another."""

    def words(lang: Lang) -> str:
        shown = [in_words(value, fact.unit, lang) for value in (before, after)]
        return f"{fact.label.to(lang)}: {_ARROW.join(shown)}"

    return _both(words)


def asked_by_one(asking: Decision, other: Decision, clause: Clause | Hold) -> Phrase:
    """State a condition that one policy has and the other has not, with its values."""

    def words(lang: Lang) -> str:
        names = asking.receipt.policy.name, other.receipt.policy.name
        only = _ONLY.to(lang).format(policy=names[0])
        if names[0] == names[1]:
            only = _ONLY_LATER.to(lang)
        return f"{reason_of(asking, clause, lang).text} [{only}]"

    return _both(words)


def stops_changed(decision: Decision, hold: Hold, before: Stops) -> Phrase:
    """Say that a hold stops something else than before."""

    def words(lang: Lang) -> str:
        stops = _ARROW.join(_STOPS[it].to(lang) for it in (before, hold.stops))
        return f"{_label(decision, hold, lang)}: {stops}"

    return _both(words)


def hold_unchanged(decision: Decision, hold: Hold) -> Phrase:
    """State a hold that is true as it was, and now stops something."""
    return _both(lambda lang: f"{reason_of(decision, hold, lang).text} ({_AS_BEFORE.to(lang)})")


def condition_changed(
    earlier: Decision,
    before: Clause | Hold,
    later: Decision,
    after: Clause | Hold,
    numbers: Iterable[Number],
) -> Phrase:
    """State a condition that came out differently: the facts with their values before and after.

    Where all of these are as they were, another policy asks otherwise: then both conditions are stated.
    """

    def words(lang: Lang) -> str:
        changed = "; ".join(_leaves_changed(earlier, before.when, later, after.when, lang))
        if not changed:
            sides = (earlier, before), (later, after)
            changed = _ARROW.join(
                condition_in_words(it.when, decision.receipt.values, lang) for decision, it in sides
            )
        if isinstance(after, Hold) and not _is_flag(after.when):
            changed = f"{_label(later, after, lang)}: {changed}"
        set_to = "; ".join(_number_changed(it, lang) for it in numbers)
        return f"{changed} [{set_to}]" if set_to else changed

    return _both(words)


def _is_flag(condition: Condition) -> bool:
    return isinstance(condition, Flag) or (
        isinstance(condition, Not) and isinstance(condition.part, Flag)
    )


def _leaves_changed(
    earlier: Decision, before: Condition, later: Decision, after: Condition, lang: Lang
) -> Iterable[str]:
    """Write what differs of the parts of a condition; all of both where the parts are not the same."""
    was, now = list(leaves(before)), list(leaves(after))
    if [it.type for it in was] != [it.type for it in now]:
        sides = [
            "; ".join(leaf_in_words(decision, it, lang) for it in parts)
            for decision, parts in ((earlier, was), (later, now))
        ]
        return [_ARROW.join(sides)]
    changed = []
    for one, other in zip(was, now, strict=True):
        label = f"{one.type.label.to(lang)}: "
        shown = [leaf_in_words(earlier, one, lang), leaf_in_words(later, other, lang)]
        if shown[0] != shown[1]:
            first, second = (it.removeprefix(label) for it in shown)
            changed.append(f"{label}{first}{_ARROW}{second}")
    return dict.fromkeys(changed)


def _label(decision: Decision, hold: Hold, lang: Lang) -> str:
    return hold_label(hold, decision.receipt.values, lang)


def _number_changed(number: Number, lang: Lang) -> str:
    name, unit, *values = number
    shown = [_ABSENT.to(lang) if it is None else quantity(it, unit, lang) for it in values]
    return f"{name}: {_ARROW.join(shown)}"
