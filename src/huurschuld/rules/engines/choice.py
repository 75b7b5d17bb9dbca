"""Which engine decides, and what happens when two engines differ on a household."""

from __future__ import annotations

from typing import Final, Literal, get_args

from huurschuld.errors import EngineDisagreement, EngineFailed, EngineUnavailable
from huurschuld.rules.advice import Outcome
from huurschuld.rules.engines import durable, reference
from huurschuld.rules.facts import Facts
from huurschuld.rules.policy import PolicyOnDay

EngineName = Literal["reference", "durable"]
ENGINES: Final[tuple[EngineName, ...]] = get_args(EngineName)
"""The engines by name; the first defines what a policy means."""


def missing_engines() -> dict[str, str]:
    """Return the engines that are not available, each with the reason."""
    reason = durable.unavailable()
    return {} if reason is None else {"durable": reason}


def check_engine(engine: str | None) -> EngineName | None:
    """Check that an engine is available, and return its name; None means all available ones.

    Raises:
        EngineUnavailable: no engine has that name, or it is not installed.
    """
    if engine is None:
        return None
    for name in ENGINES:
        if name == engine:
            break
    else:
        raise EngineUnavailable("/engine", "there is no such engine", f"choose: {', '.join(ENGINES)}")
    if name == "durable":
        durable.require()
    return name


def outcome_of(on_day: PolicyOnDay, facts: Facts, engine: EngineName | None) -> Outcome:
    """Decide by one engine or, if none is named, by every available one.

    Raises:
        EngineDisagreement: none is named, and two differ.
        EngineFailed: an engine failed.
    """
    if engine == "durable":
        return _by_durable(on_day, facts)
    outcome = reference.engine_for(on_day).outcome(facts)
    if engine is None and durable.unavailable() is None and _by_durable(on_day, facts) != outcome:
        raise EngineDisagreement(
            "/tenancy",
            "the durable engine and the reference engine give different answers",
            "check it by hand, and report the case file",
        )
    return outcome


def _by_durable(on_day: PolicyOnDay, facts: Facts) -> Outcome:
    """Decide by the durable engine; any failure affects this household only."""
    try:
        return durable.engine_for(on_day).outcome(facts)
    except Exception as error:  # noqa: BLE001 - from code that is not ours; raised again below
        kind = type(error).__name__
    # Not chained, because the original error may contain the facts.
    raise EngineFailed(
        "/tenancy",
        f"the durable engine failed ({kind})",
        "check it by hand, and report the case file",
    )
