"""The built-in policies, and finding a policy by name.

| module | holds |
|---|---|
| `holds` | the holds and rules that the built-in policies share |
| `katwijk_2012` | the covenant of 2012; its numbers are in `katwijk_2012.toml` |
| `bgs_2021` | the decree; its numbers are in `bgs_2021.toml` |
| `katwijk_2021` | both together |
| `toml_values` | reads these files of numbers |
"""

from __future__ import annotations

import datetime as dt
import difflib
from collections.abc import Iterable, Mapping
from functools import cache

from huurschuld.errors import DuplicateId, UnknownPolicy
from huurschuld.model.given import as_day
from huurschuld.rules.policy import Policy


@cache
def _built_in() -> dict[str, Policy]:
    from huurschuld.rules.policies.bgs_2021 import BGS_2021  # noqa: PLC0415 - loaded when a policy is first needed
    from huurschuld.rules.policies.katwijk_2012 import KATWIJK_2012  # noqa: PLC0415 - as above
    from huurschuld.rules.policies.katwijk_2021 import KATWIJK_2021  # noqa: PLC0415 - as above

    return {policy.name: policy for policy in (KATWIJK_2012, BGS_2021, KATWIJK_2021)}


def policies(more: Iterable[Policy] = ()) -> dict[str, Policy]:
    """Return the built-in policies and these, by name.

    Raises:
        DuplicateId: two have the same name and differ.
    """
    found = dict(_built_in())
    for policy in more:
        if found.setdefault(policy.name, policy) != policy:
            raise DuplicateId("/policy", f"two policies are called {policy.name}", "rename one")
    return found


def find_policy(name: str, among: Mapping[str, Policy] | None = None) -> Policy:
    """Find the policy of that name; among the built-in ones if no others are given.

    Raises:
        UnknownPolicy: at `/policy`.
    """
    known = _built_in() if among is None else among
    if name not in known:
        near = difflib.get_close_matches(name, known, 1)
        hint = f"did you mean {near[0]}?" if near else f"there are: {', '.join(known)}"
        raise UnknownPolicy("/policy", "there is no policy of that name", hint)
    return known[name]


def policy_for(name: str, day: dt.date, among: Mapping[str, Policy] | None = None) -> Policy:
    """Find the policy of that name, and check that it is in force on the day.

    Raises:
        UnknownPolicy: at `/policy`.
        PolicyNotInForce: at `/as_of`; another version is never used instead.
    """
    policy = find_policy(name, among)
    policy.require(as_day(day))
    return policy
