"""Three-valued logic: true, false and unknown (None), combined as Kleene's strong logic.

Unknown is never silently false: it stays unknown until something known settles the outcome.
"""

from __future__ import annotations

from collections.abc import Iterable

Truth = bool | None


def every(outcomes: Iterable[Truth]) -> Truth:
    """Combine with `and`: false if one is false, else unknown if one is; true if there are none."""
    result: Truth = True
    for outcome in outcomes:
        if outcome is False:
            return False
        if outcome is None:
            result = None
    return result


def some(outcomes: Iterable[Truth]) -> Truth:
    """Combine with `or`: true if one is true, else unknown if one is; false if there are none."""
    result: Truth = False
    for outcome in outcomes:
        if outcome is True:
            return True
        if outcome is None:
            result = None
    return result


def negated(outcome: Truth) -> Truth:
    """Negate; the negation of unknown is unknown."""
    return None if outcome is None else not outcome
