"""The facts of invented households: all known, and with something unknown of nearly every second one."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

from attrs import evolve

from benchmarks.tenancies import tenancies
from huurschuld import Facts, Policy, Tenancy, facts_of

HOUSEHOLDS: Final = 200

_EVERYTHING: Final = ("contacts", "disputes", "household", "objections", "plans", "signals")
# As many as thirteen, which has no factor in common with the stories: each story meets each of these.
_UNKNOWN: Final[tuple[tuple[str, ...], ...]] = (
    (),
    ("contacts",),
    (),
    ("objections",),
    (),
    ("disputes",),
    (),
    ("plans", "signals"),
    (),
    ("household",),
    (),
    _EVERYTHING,
    (),
)


def known(policy: Policy, day: dt.date) -> tuple[Facts, ...]:
    """The facts of households of which all is known."""
    return tuple(_facts(tenancy, policy, day) for tenancy in tenancies(HOUSEHOLDS, day))


def partly_known(policy: Policy, day: dt.date) -> tuple[Facts, ...]:
    """The facts of the same households, where of six in thirteen something is unknown."""
    return tuple(
        _facts(_without(tenancy, _UNKNOWN[number % len(_UNKNOWN)]), policy, day)
        for number, tenancy in enumerate(tenancies(HOUSEHOLDS, day))
    )


def _without(tenancy: Tenancy, unknown: tuple[str, ...]) -> Tenancy:
    nothing: dict[str, Any] = dict.fromkeys(unknown)
    return evolve(tenancy, **nothing)


def _facts(tenancy: Tenancy, policy: Policy, day: dt.date) -> Facts:
    return facts_of(tenancy, day, policy.facts, **policy.on(day).values)
