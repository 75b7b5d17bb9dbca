"""`decide()` on one tenancy after the other: by each engine, with a key, and its parts alone.

Without a named engine every one that is there decides, and they have to agree. The base is the reference
engine alone, so that it shows what the other one adds.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from typing import Final

from benchmarks.measure import Comparison, interleaved
from benchmarks.tenancies import tenancies
from huurschuld import EngineUnavailable, Tenancy, decide, facts_of, policy_for
from huurschuld.rules.arrears import arrears_of
from huurschuld.rules.engines.choice import EngineName

POLICY: Final = "katwijk-2021"
AS_OF: Final = dt.date(2025, 4, 20)
TENANCIES: Final = 200
ROUNDS: Final = 15
TURNS: Final = 5

_KEY: Final = b"a key for benchmarks only"
_BASE: Final = "decide(engine='reference')"
_WITH_KEY: Final = "decide(key=...)"
_ENGINES: Final[tuple[EngineName, ...]] = ("reference", "durable")


def measure() -> Comparison:
    """Time it all on the same tenancies."""
    given = tenancies(TENANCIES, AS_OF)
    policy = policy_for(POLICY, AS_OF)
    values = policy.on(AS_OF).values
    engines, left_out = _engines(given[0])
    contenders: dict[str, Callable[[Tenancy], object]] = {
        "decide()": lambda it: decide(it, policy, AS_OF),
        **{
            f"decide(engine={engine!r})": partial(decide, policy=policy, as_of=AS_OF, engine=engine)
            for engine in engines
        },
        _WITH_KEY: lambda it: decide(it, policy, AS_OF, key=_KEY),
        "facts_of() alone": lambda it: facts_of(it, AS_OF, **values),
        "arrears_of() alone": lambda it: arrears_of(
            it, AS_OF, grace_days=values["grace_days"], floor_cents=values["floor_cents"]
        ),
    }
    _check(given, engines)
    entries = sum(len(tenancy.entries) for tenancy in given)
    mix = Counter(str(decide(tenancy, policy, AS_OF).advice) for tenancy in given)
    return Comparison(
        name="decide",
        title=f"1. Deciding, {POLICY}",
        operation="tenancy",
        base=_BASE,
        timings=interleaved(
            {name: _on_all(given, each) for name, each in contenders.items()},
            TENANCIES,
            ROUNDS,
            turns=TURNS,
        ),
        about={
            "tenancies": TENANCIES,
            "entries per tenancy": entries / TENANCIES,
            "advice": dict(mix.most_common()),
            "left out": "; ".join(left_out) or "nothing",
        },
    )


def _engines(tenancy: Tenancy) -> tuple[list[EngineName], list[str]]:
    """The engines that are there, and why the others are not."""
    there: list[EngineName] = []
    left_out: list[str] = []
    for engine in _ENGINES:
        try:
            decide(tenancy, POLICY, AS_OF, engine=engine)
        except EngineUnavailable as reason:
            left_out.append(f"{engine} engine: {reason}")
        else:
            there.append(engine)
    return there, left_out


def _on_all(given: Sequence[Tenancy], each: Callable[[Tenancy], object]) -> Callable[[], None]:
    def run() -> None:
        for tenancy in given:
            each(tenancy)

    return run


def _check(given: Sequence[Tenancy], engines: Sequence[EngineName]) -> None:
    """All of them agree on what they have in common."""
    values = policy_for(POLICY, AS_OF).on(AS_OF).values
    for tenancy in given:
        plain, keyed = decide(tenancy, POLICY, AS_OF), decide(tenancy, POLICY, AS_OF, key=_KEY)
        facts = facts_of(tenancy, AS_OF, **values)
        if (
            (plain.advice, plain.priority, plain.holds) != (keyed.advice, keyed.priority, keyed.holds)
            or not plain.facts == keyed.facts == facts
            or arrears_of(tenancy, AS_OF).cents != facts.arrears_cents
            or facts.unknown_fields
            or keyed.receipt.input is None
            or any(decide(tenancy, POLICY, AS_OF, engine=engine) != plain for engine in engines)
        ):
            raise RuntimeError(f"{tenancy.id}: the contenders differ")
