"""What a policy is made of, as its kit goes through it: days, numbers at their limits, sources."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Final

from huurschuld.model.values import LAST_DAY
from huurschuld.rules.parameters import Parameter, written
from huurschuld.rules.policy import Policy
from huurschuld.rules.rungs import CLAUSES
from huurschuld.rules.sources import Source
from huurschuld.testing.tenancies import AS_OF

_A_DAY: Final = dt.timedelta(days=1)


def day_of(policy: Policy) -> dt.date:
    """Return the day to test a policy on: that of the strategies, or the nearest one in force."""
    until = policy.in_force.until or AS_OF
    return max(policy.in_force.since, min(AS_OF, until))


def at_limit(policy: Policy, parameter: Parameter, value: int) -> Policy:
    """Return a policy with another value of one parameter."""
    parameters = {parameter.name: written(value, parameter.unit)}
    return policy.with_(f"{policy.name}-at-limits", parameters=parameters)


def sources_of(policy: Policy) -> Iterator[tuple[str, Source]]:
    """Yield every source that a policy names, with what it is the source of."""
    yield "crisis", policy.crisis.source
    yield "family", policy.family.source
    for hold in policy.holds:
        yield f"the hold {hold.name}", hold.source
    for rung in CLAUSES:
        for number, clause in enumerate(policy.clauses(rung), start=1):
            yield f"{rung.name}, condition {number}", clause.source
    for fact in policy.facts:
        yield f"the fact {fact.name}", fact.source
    for parameter in policy.parameters:
        for dated in parameter.values:
            yield f"the parameter {parameter.name}", dated.source


def turning_days(policy: Policy) -> list[dt.date]:
    """Return the days on which a parameter of a policy may begin or cease to have a value."""
    days = {policy.in_force.since, policy.in_force.until or LAST_DAY}
    for dated in (it for parameter in policy.parameters for it in parameter.values):
        if dated.since is not None:
            days |= {dated.since, dated.since - _A_DAY}
        if dated.until is not None and dated.until < LAST_DAY:
            days |= {dated.until, dated.until + _A_DAY}
    return sorted(day for day in days if day in policy.in_force)
