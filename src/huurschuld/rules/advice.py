"""What the rules say of a household: the advice, the priority, and what stands in the way."""

from __future__ import annotations

from enum import StrEnum

from attrs import frozen


class Advice(StrEnum):
    """What the rules advise (advies); a person decides."""

    REFER = "refer"
    ASK = "ask"
    CONTACT = "contact"
    REMIND = "remind"
    HOLD = "hold"
    WAIT = "wait"
    NONE = "none"


class Priority(StrEnum):
    """Which household comes first (voorrang); it never decides whether data is shared."""

    CRISIS = "crisis"
    FAMILY = "family"
    UNKNOWN = "unknown"
    REGULAR = "regular"


@frozen
class Outcome:
    """What the rules say of one household: `holds` with `hold` only, `unknown` with `ask` only."""

    advice: Advice
    priority: Priority
    holds: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
