"""The rules alone on facts that are given: our engines, and the same rules in other libraries.

*The same rules* means: the rungs of a policy (too early, refer, remind, contact), its holds, and the
priority (crisis, family), with the same numbers. What is compared is from the facts to the whole
`Outcome`: advice, priority, true holds, and what is to be asked. For the libraries they are written by
hand in `by_hand`, as somebody would who uses that library and knows it; rule-engine's are those of
part 2. The ladder over what fired is in Python, but where a library can walk it itself.

Every contender is asked for every household before the timing, and one wrong answer ends the benchmark.
Some contenders have two values only and cannot tell unknown from false. So there are two comparisons of
each policy: on households of which something may be unknown, for the three-valued ones; and on the same
households with all known, for all.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from benchmarks.contenders import (
    BOTH_SIDES,
    CONTENDERS,
    REFERENCE,
    Contender,
    LeftOut,
    checked,
)
from benchmarks.households import known, partly_known
from benchmarks.measure import Comparison, interleaved
from benchmarks.rules import POLICIES
from huurschuld import Facts, Policy, policy_for
from huurschuld.rules.engines.reference import engine_for

ROUNDS: Final = 9
TURNS: Final = 3

_SAME: Final = (
    "the rungs (too early, refer, remind, contact), the holds, and crisis and family; facts to outcome"
)


def measure() -> Iterator[Comparison]:
    """Time each policy, twice."""
    for name, day in POLICIES.items():
        policy = policy_for(name, day)
        three_valued = [it for it in CONTENDERS if it.three_valued]
        yield _measured(
            f"engines {name}, partly known",
            f"5. Engines, facts given, some unknown, {name}",
            policy,
            day,
            partly_known(policy, day),
            three_valued,
        )
        yield _measured(
            f"engines {name}, all known",
            f"5. Engines, facts given, all known, {name}",
            policy,
            day,
            known(policy, day),
            CONTENDERS,
        )


def _measured(
    name: str,
    title: str,
    policy: Policy,
    day: dt.date,
    households: Sequence[Facts],
    contenders: Sequence[Contender],
) -> Comparison:
    takes_part: dict[str, Callable[[], object]] = {}
    left_out: dict[str, str] = {}
    for contender in contenders:
        try:
            run = checked(contender, policy, day, households)
        except LeftOut as reason:
            left_out[contender.name] = str(reason)
        else:
            if run is not None:
                takes_part[contender.name] = run
    engine = engine_for(policy.on(day))
    advice = Counter(str(engine.outcome(facts).advice) for facts in households)
    about: dict[str, object] = {
        "the same rules": _SAME,
        "households": len(households),
        "with something unknown": sum(bool(facts.unknown_fields) for facts in households),
        "advice": dict(advice.most_common()),
        "three-valued": _names(it for it in contenders if it.three_valued and it.name in takes_part),
    }
    two_valued = _names(it for it in contenders if not it.three_valued and it.name in takes_part)
    if two_valued:
        about["two-valued only"] = two_valued
    if left_out:
        about["left out"] = "; ".join(f"{who}: {why}" for who, why in left_out.items())
    return Comparison(
        name=name,
        title=title,
        operation="household",
        base=REFERENCE,
        timings=interleaved(takes_part, len(households), ROUNDS, turns=TURNS),
        about=about,
        rate_to=BOTH_SIDES if BOTH_SIDES in takes_part else None,
    )


def _names(contenders: Iterator[Contender]) -> str:
    return "; ".join(it.name for it in contenders)
