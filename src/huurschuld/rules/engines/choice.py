"""Which engine decides, and what becomes of a household on which two of them differ."""

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
    """The engines that are not there, each with the reason."""
    reason = durable.unavailable()
    return {} if reason is None else {"durable": reason}


def check_engine(engine: str | None) -> EngineName | None:
    """See that an engine is there, and give its name; None is whatever is.

    Raises:
        EngineUnavailable: there is none of that name, or it is not installed.
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
    """The outcome by one engine or, if none is named, by every one that is there.

    Raises:
        EngineDisagreement: none is named, and two differ.
        EngineFailed: an engine broke off.
    """
    if engine == "durable":
        return _by_durable(on_day, facts)
    outcome = reference.engine_for(on_day).outcome(facts)
    if engine is None and durable.unavailable() is None and _by_durable(on_day, facts) != outcome:
        raise EngineDisagreement(
            "/tenancy",
            "the durable engine does not give the answer of the reference engine",
            "look at it by hand, and report the case file",
        )
    return outcome


def _by_durable(on_day: PolicyOnDay, facts: Facts) -> Outcome:
    """The outcome by the durable engine; whatever goes wrong in it is about this household alone."""
    try:
        return durable.engine_for(on_day).outcome(facts)
    except Exception as error:  # noqa: BLE001 - of code that is not ours; it is raised again just below
        kind = type(error).__name__
    # Not chained: what it raised may hold the facts.
    raise EngineFailed(
        "/tenancy",
        f"the durable engine broke off ({kind})",
        "look at it by hand, and report the case file",
    )
