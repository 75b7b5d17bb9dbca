"""What the rules say about a household: the advice, the priority, the holds, and what is unknown."""

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
    """Which household comes first (voorrang), in that order; it never decides about sharing data."""

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
