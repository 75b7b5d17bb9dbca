"""The outcome of the rules for a household: the advice, priority, holds and unknown fields."""

from __future__ import annotations

from enum import StrEnum

from attrs import frozen


class Advice(StrEnum):
    """What the rules advise (advies), in the order of a worklist; a person decides."""

    REFER = "refer"
    ASK = "ask"
    CONTACT = "contact"
    REMIND = "remind"
    HOLD = "hold"
    WAIT = "wait"
    NONE = "none"


class Priority(StrEnum):
    """Which household comes first (voorrang), in this order; it never decides whether data is shared."""

    CRISIS = "crisis"
    FAMILY = "family"
    UNKNOWN = "unknown"
    REGULAR = "regular"


@frozen
class Outcome:
    """What the rules say about one household: `holds` only with `hold`, `unknown` only with `ask`."""

    advice: Advice
    priority: Priority
    holds: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
