"""Why one decision differs from another: the conditions that came out differently where it mattered.

The ladder is walked in both. At the highest step at which one of them stopped, something must be
different: a condition that was false and is true, a number that it is compared with, or a condition that
only one of the policies has. That is the reason, with the facts and the numbers of both.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Final

from attrs import define

from huurschuld.decisions.change_values import (
    About,
    ChangeReason,
    ConditionState,
    Difference,
)
from huurschuld.decisions.change_words import (
    asked_by_one,
    condition_changed,
    hold_unchanged,
    quantity_changed,
    stops_changed,
)
from huurschuld.decisions.decision import Decision
from huurschuld.errors import InvalidValue
from huurschuld.rules.advice import Advice, Priority
from huurschuld.rules.clauses import Clause, Hold
from huurschuld.rules.conditions.language import Compare, Condition, Setting, leaves
from huurschuld.rules.conditions.logic import Truth
from huurschuld.rules.conditions.notation import text
from huurschuld.rules.conditions.truth import truth_of
from huurschuld.rules.facts import FACTS
from huurschuld.rules.parameters import written
from huurschuld.rules.rungs import HOLDS, NEXT_STEPS, REFER, WAIT, Rung
from huurschuld.rules.sources import Phrase

_OF_THE_LEDGER: Final = ("floor_cents", "grace_days")
_ARREARS, _HELD, _TOO_EARLY, _REFERRAL = range(4)
"""The first steps of the ladder, from the top; after them come those of `NEXT_STEPS`, and the rest."""
_STEPS: Final = {_TOO_EARLY: WAIT, **dict(enumerate(NEXT_STEPS, _REFERRAL + 1))}
_REST: Final = _REFERRAL + len(NEXT_STEPS) + 1


def explain_change(before: Decision, after: Decision) -> tuple[ChangeReason, ...]:
    """Say why one decision on a tenancy differs from another in advice or priority.

    They may be of two days, of two policies, of other numbers, or of other facts. Each reason
    holds what is true in either; there is at least one for an advice that differs, and for a priority.

    Args:
        before: the earlier decision, or that by the one policy.
        after: the later one, or that by the other.

    Returns:
        The reasons, those for the advice first; empty if neither advice nor priority differs.

    Raises:
        InvalidValue: one of them is not a decision.
    """
    for name, it in (("/before", before), ("/after", after)):
        if not isinstance(it, Decision):
            raise InvalidValue(name, "a Decision is expected")
    was, now = _Side(before), _Side(after)
    reasons: list[ChangeReason] = []
    if before.advice is not after.advice:
        reasons += _of_advice(was, now)
    if before.priority is not after.priority:
        reasons += _of_priority(was, now)
    return tuple(reasons)


@define(slots=False)
class _Side:
    """One of two decisions, with the clauses of its policy tried on its facts."""

    decision: Decision

    @cached_property
    def values(self) -> dict[str, int]:
        return self.decision.receipt.values

    def truth(self, condition: Condition) -> Truth:
        return truth_of(condition, self.values, self.decision.facts)

    def truths(self, rung: Rung) -> list[Truth]:
        return [self.truth(clause.when) for clause in self.decision.receipt.policy.clauses(rung)]

    def stops_everything(self, hold: Clause | Hold | None) -> bool:
        return isinstance(hold, Hold) and hold.stops == "everything" and self.truth(hold.when) is True

    @cached_property
    def step(self) -> int:
        """The step of the ladder at which it stopped."""
        match self.decision.advice:
            case Advice.NONE:
                return _ARREARS
            case Advice.HOLD:
                held = any(map(self.stops_everything, self.decision.receipt.policy.holds))
                return _HELD if held else _REFERRAL
            case Advice.REFER:
                return _REFERRAL
            case Advice.WAIT:
                return _TOO_EARLY if True in self.truths(WAIT) else _REST
            case Advice.ASK:
                return self._asked()
        return next(number for number, it in _STEPS.items() if it.advice is self.decision.advice)

    def _asked(self) -> int:
        """The step that came out unknown."""
        if None in self.truths(WAIT):
            return _TOO_EARLY
        if False not in self.truths(REFER) and True not in self.truths(HOLDS):
            return _REFERRAL
        return next(number for number, it in _STEPS.items() if None in self.truths(it))


_Pair = tuple[Clause | Hold | None, Clause | Hold | None]
"""A clause of either policy; None where one does not have it."""


def _of_advice(was: _Side, now: _Side) -> Iterator[ChangeReason]:
    top = min(was.step, now.step)
    stopped = [side for side in (was, now) if side.step == top]
    if top == _ARREARS:
        yield _arrears_reason(was, now)
    elif top == _HELD:
        for pair in _pairs(was, now, HOLDS):
            clauses = zip((was, now), pair, strict=True)
            if any(side in stopped and side.stops_everything(it) for side, it in clauses):
                yield _reason(was, now, pair, "advice", HOLDS.name)
    elif top == _REFERRAL:
        held = [side for side in stopped if side.decision.advice is Advice.HOLD]
        for pair in _pairs(was, now, HOLDS):
            truths = _truths(was, now, pair, neutral=False)
            outcomes = zip((was, now), truths, strict=True)
            if truths[0] is not truths[1] or any(side in held and it is True for side, it in outcomes):
                yield _reason(was, now, pair, "advice", HOLDS.name)
        yield from _differing(was, now, REFER, neutral=True)
    else:
        yield from _differing(was, now, _STEPS[top], neutral=False)


def _of_priority(was: _Side, now: _Side) -> Iterator[ChangeReason]:
    """Tell which of the two rules of order came out differently; a crisis comes before any other."""
    earlier, later = was.decision.receipt.policy, now.decision.receipt.policy
    clauses = {"crisis": (earlier.crisis, later.crisis), "family": (earlier.family, later.family)}
    crisis = Priority.CRISIS in (was.decision.priority, now.decision.priority)
    for name, pair in clauses.items():
        truths = _truths(was, now, pair, neutral=False)
        if truths[0] is not truths[1] and (name == "crisis" or not crisis):
            yield _reason(was, now, pair, "priority", name)


def _differing(was: _Side, now: _Side, rung: Rung, *, neutral: bool) -> Iterator[ChangeReason]:
    """Yield the clauses of a rung that came out differently; one that is not there stands in no way."""
    for pair in _pairs(was, now, rung):
        truths = _truths(was, now, pair, neutral=neutral)
        if truths[0] is not truths[1]:
            yield _reason(was, now, pair, "advice", rung.name)


def _truths(was: _Side, now: _Side, pair: _Pair, *, neutral: bool) -> tuple[Truth, Truth]:
    before, after = pair
    return (
        neutral if before is None else was.truth(before.when),
        neutral if after is None else now.truth(after.when),
    )


def _pairs(was: _Side, now: _Side, rung: Rung) -> list[_Pair]:
    """Pair the clauses of two policies: holds by name, others by what they ask, in their order."""
    left: list[Clause | Hold] = list(was.decision.receipt.policy.clauses(rung))
    later = now.decision.receipt.policy.clauses(rung)
    found: dict[int, Clause | Hold] = {}
    for is_alike in (_is_same, _is_alike):
        for index, clause in enumerate(later):
            if index not in found:
                match = next((it for it in left if is_alike(it, clause)), None)
                if match is not None:
                    found[index] = match
                    left.remove(match)
    pairs: list[_Pair] = [(found.get(index), clause) for index, clause in enumerate(later)]
    return pairs + [(clause, None) for clause in left]


def _is_same(one: Clause | Hold, other: Clause | Hold) -> bool:
    if isinstance(one, Hold) and isinstance(other, Hold):
        return one.name == other.name
    return one.when == other.when


def _is_alike(one: Clause | Hold, other: Clause | Hold) -> bool:
    """Whether two clauses compare one fact in one way, with another number."""
    if isinstance(one, Hold) or isinstance(other, Hold):
        return False
    return _shape(one.when) == _shape(other.when) != ()


def _shape(condition: Condition) -> tuple[object, ...]:
    return (condition.type, condition.operator) if isinstance(condition, Compare) else ()


def _arrears_reason(was: _Side, now: _Side) -> ChangeReason:
    values = [side.decision.facts.arrears_cents for side in (was, now)]
    fact = FACTS["arrears_cents"]
    return ChangeReason(
        "advice",
        "arrears",
        None,
        ConditionState("arrears_cents = 0", values[0] == 0),
        ConditionState("arrears_cents = 0", values[1] == 0),
        (Difference("arrears_cents", *values),),
        (),
        quantity_changed(fact, *values),
    )


def _reason(was: _Side, now: _Side, pair: _Pair, about: About, rung: str) -> ChangeReason:
    facts, parameters = _differences(was, now, pair)
    one = pair[1] or pair[0]
    return ChangeReason(
        about,
        rung,
        one.name if isinstance(one, Hold) else None,
        _state(was, pair[0]),
        _state(now, pair[1]),
        facts,
        parameters,
        _text(was, now, pair, parameters),
    )


def _state(side: _Side, clause: Clause | Hold | None) -> ConditionState | None:
    if clause is None:
        return None
    stops = clause.stops if isinstance(clause, Hold) else None
    return ConditionState(text(clause.when), side.truth(clause.when), stops)


def _differences(
    was: _Side, now: _Side, pair: _Pair
) -> tuple[tuple[Difference, ...], tuple[Difference, ...]]:
    """Find the facts that differ, and the numbers that the condition or one of these facts goes by."""
    asked = [leaf for clause in pair if clause is not None for leaf in leaves(clause.when)]
    facts: dict[str, Difference] = {}
    numbers: dict[str, None] = {}
    for leaf in asked:
        if isinstance(leaf, Compare) and isinstance(leaf.operand, Setting):
            numbers[leaf.operand.name] = None
        if leaf.type.is_own and not all(_declares(side, leaf.type.name) for side in (was, now)):
            continue
        values = [leaf.type.value(side.decision.facts) for side in (was, now)]
        if values[0] != values[1]:
            shown = [leaf.type.written(value) for value in values]
            facts[leaf.type.key] = Difference(leaf.type.key, *shown)
            uses = (leaf.type.parameter, *leaf.type.uses, *_OF_THE_LEDGER)
            numbers |= dict.fromkeys(name for name in uses if name is not None)
    found = tuple(
        Difference(name, *(_number(side, name) for side in (was, now)))
        for name in numbers
        if was.values.get(name) != now.values.get(name)
    )
    return tuple(facts.values()), found


def _declares(side: _Side, name: str) -> bool:
    return name in dict(side.decision.facts.own)


def _number(side: _Side, name: str) -> object:
    """The number of a policy as JSON has it; None where the policy does not have it."""
    value = side.values.get(name)
    if value is None:
        return None
    return written(value, side.decision.receipt.policy.units()[name])


def _text(was: _Side, now: _Side, pair: _Pair, parameters: Iterable[Difference]) -> Phrase:
    before, after = pair
    if before is None:
        assert after is not None  # noqa: S101 - one of the policies has it
        return asked_by_one(now.decision, was.decision, after)
    if after is None:
        return asked_by_one(was.decision, now.decision, before)
    if was.truth(before.when) is now.truth(after.when) and isinstance(after, Hold):
        stops = [it.stops for it in pair if isinstance(it, Hold)]
        if stops[0] != stops[1]:
            return stops_changed(now.decision, after, stops[0])
        return hold_unchanged(now.decision, after)
    units = was.decision.receipt.policy.units() | now.decision.receipt.policy.units()
    numbers = [
        (name.name, units[name.name], was.values.get(name.name), now.values.get(name.name))
        for name in parameters
    ]
    return condition_changed(was.decision, before, now.decision, after, numbers)
