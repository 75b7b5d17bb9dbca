"""Who takes part in the comparison of engines: ours, and libraries of rules with the same rules.

Each is made for one policy on one day. What a library's module cannot be imported for, or an engine of
ours is not there for, is said, and that contender is left out.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from importlib import import_module
from typing import Any, Final, Protocol

from attrs import frozen

from huurschuld import Facts, Policy
from huurschuld.rules.advice import Outcome
from huurschuld.rules.engines import reference

REFERENCE: Final = "reference engine"
DURABLE: Final = "durable engine"
BOTH_SIDES: Final = "durable_rules by hand, both sides"
DRIVEN: Final = "the same, its extension driven directly"
TRUE_SIDE: Final = "durable_rules by hand, true side only"


class Runner(Protocol):
    """A contender with the rules of one policy."""

    def form(self, facts: Facts) -> Any:  # noqa: ANN401 - each has its own
        """The facts of a household in the contender's own form, made before the clock runs."""

    def outcome(self, given: Any) -> Outcome:  # noqa: ANN401 - what `form` made
        """The outcome for one household."""


class LeftOut(Exception):
    """A contender cannot take part, with the reason."""


@frozen
class Contender:
    """One that may take part.

    Attributes:
        name: what it is called in the tables.
        three_valued: it answers where facts are unknown, too.
        make: the runner for a policy on a day; None where its rules are not written out for it.
    """

    name: str
    three_valued: bool
    make: Callable[[Policy, dt.date], Runner | None]


@frozen(eq=False)
class _Engine:
    """An engine of ours: it is given the facts as they are."""

    outcome: Callable[[Facts], Outcome]

    def form(self, facts: Facts) -> Facts:
        return facts


@frozen(eq=False)
class _RuleEngine:
    """rule-engine, with the rules that part 2 makes for it."""

    outcome: Callable[[Any], Outcome]
    names: tuple[str, ...]

    def form(self, facts: Facts) -> dict[str, object]:
        return {name: getattr(facts, name) for name in self.names}


def _reference(policy: Policy, day: dt.date) -> Runner:
    return _Engine(reference.engine_for(policy.on(day)).outcome)


def _durable(policy: Policy, day: dt.date) -> Runner:
    durable = _imported("huurschuld.rules.engines.durable")
    reason = durable.unavailable()
    if reason is not None:
        raise LeftOut(reason)
    return _Engine(durable.engine_for(policy.on(day)).outcome)


def _rule_engine(*, tuned: bool) -> Callable[[Policy, dt.date], Runner | None]:
    def make(policy: Policy, day: dt.date) -> Runner:
        compiled = _imported("benchmarks.rules").compiled(policy, day, tuned=tuned)
        names = _imported("benchmarks.by_hand.ladder").names_of(policy)
        return _RuleEngine(compiled.outcome, names)

    return make


def _by_hand(module: str, function: str) -> Callable[[Policy, dt.date], Runner | None]:
    def make(policy: Policy, _: dt.date) -> Runner | None:
        runner: Runner | None = getattr(_imported(f"benchmarks.by_hand.{module}"), function)(policy)
        return runner

    return make


def _imported(name: str) -> Any:  # noqa: ANN401 - a module
    """A module, imported only where it takes part."""
    try:
        return import_module(name)
    except ImportError as error:
        if (error.name or "").startswith("benchmarks"):
            raise  # a mistake of these benchmarks, not a library that is absent
        raise LeftOut(str(error)) from error


CONTENDERS: Final = (
    Contender(REFERENCE, True, _reference),
    Contender(DURABLE, True, _durable),
    Contender(BOTH_SIDES, True, _by_hand("durable_rules", "both_sides")),
    Contender(DRIVEN, True, _by_hand("durable_extension", "both_sides")),
    Contender(TRUE_SIDE, False, _by_hand("durable_rules", "true_side")),
    Contender("rule-engine", False, _rule_engine(tuned=False)),
    Contender("rule-engine, tuned", False, _rule_engine(tuned=True)),
    Contender("business-rules", False, _by_hand("business", "written")),
    Contender("clipspy", True, _by_hand("clips_rules", "written")),
    Contender("zen-engine", True, _by_hand("zen_tables", "written")),
)


def checked(
    contender: Contender, policy: Policy, day: dt.date, households: Sequence[Facts]
) -> Callable[[], None] | None:
    """A function that has a contender answer for all households; its answers were checked before.

    Raises:
        LeftOut: it cannot take part, with the reason.
        RuntimeError: its answer for a household is not that of the reference engine.
    """
    runner = contender.make(policy, day)
    if runner is None:
        return None
    given = [runner.form(facts) for facts in households]
    expected = map(reference.engine_for(policy.on(day)).outcome, households)
    _agree(contender.name, expected, map(runner.outcome, given))
    outcome = runner.outcome

    def run() -> None:
        for each in given:
            outcome(each)

    return run


def _agree(name: str, expected: Iterable[Outcome], found: Iterable[Outcome]) -> None:
    for number, (its, mine) in enumerate(zip(expected, found, strict=True)):
        if its != mine:
            raise RuntimeError(f"household {number}: {name} gives {mine}, the reference engine {its}")
