"""For those who test: Hypothesis strategies for tenancies, ledgers, conditions and policies.

It needs the extra `testing`. Values shrink towards the simplest, and days lie close together, so that
what can interact does.
"""

from huurschuld.testing.policies import conditions, facts, policies
from huurschuld.testing.tenancies import (
    AS_OF,
    Threshold,
    contacts,
    days_around,
    households,
    ledgers,
    near_threshold,
    rents,
    tenancies,
)

__all__ = [
    "AS_OF",
    "Threshold",
    "conditions",
    "contacts",
    "days_around",
    "facts",
    "households",
    "ledgers",
    "near_threshold",
    "policies",
    "rents",
    "tenancies",
]
