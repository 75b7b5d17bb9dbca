"""A worklist: whom to help first (werklijst), in the order of `docs/semantics.md`."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from attrs import field, frozen

from huurschuld.decisions.decision import Decision, decide_many
from huurschuld.errors import DuplicateId, Undecided, pointer
from huurschuld.model.tenancy import Tenancy
from huurschuld.rules.advice import Advice, Priority
from huurschuld.rules.engines.choice import EngineName
from huurschuld.rules.policy import Policy

ADVICE_ORDER: Final = {advice: rank for rank, advice in enumerate(Advice)}
PRIORITY_ORDER: Final = {priority: rank for rank, priority in enumerate(Priority)}


@frozen
class Worklist:
    """The decisions in the order in which to take them up; `none` is left out, so nobody disappears.

    Attributes:
        decisions: every tenancy in arrears, first things first.
        screened: how many tenancies were looked at, those without arrears included.
        undecided: the tenancies for which no engine can be relied on: a person has to look at them.
    """

    decisions: tuple[Decision, ...] = field(converter=tuple[Decision, ...])
    screened: int
    undecided: tuple[Undecided, ...] = field(default=(), converter=tuple[Undecided, ...])

    def __iter__(self) -> Iterator[Decision]:
        return iter(self.decisions)

    def __len__(self) -> int:
        return len(self.decisions)

    def counts(self) -> dict[Advice, int]:
        """How many tenancies have each advice; with those undecided they add up to `screened`."""
        counted = Counter(decision.advice for decision in self.decisions)
        counted[Advice.NONE] = self.screened - len(self.decisions) - len(self.undecided)
        return {advice: counted[advice] for advice in Advice}


def order(decision: Decision) -> tuple[bool, int, int, int, str]:
    """The place of a decision in a worklist: crisis, advice, priority, months, id."""
    return (
        decision.priority is not Priority.CRISIS,
        ADVICE_ORDER[decision.advice],
        PRIORITY_ORDER[decision.priority],
        -(decision.facts.months or 0),
        decision.tenancy,
    )


def worklist(
    tenancies: Iterable[Tenancy],
    policy: Policy | str,
    as_of: dt.date,
    parameters: Mapping[str, object] | None = None,
    engine: EngineName | None = None,
    *,
    key: bytes | None = None,
    assumptions: Mapping[str, object] | None = None,
) -> Worklist:
    """Decide on every tenancy and put those in arrears in order; arguments as of `decide`.

    Raises:
        DuplicateId: at `/INDEX/id`: a tenancy stands a second time.
        InputError: as `decide`.
    """
    in_arrears: list[Decision] = []
    undecided: list[Undecided] = []
    seen: set[str | None] = set()
    decisions = decide_many(
        tenancies, policy, as_of, parameters, engine, key=key, assumptions=assumptions
    )
    while True:
        found: Decision | Undecided | None
        try:
            found = next(decisions, None)
        except Undecided as error:
            found = error
        if found is None:
            return Worklist(sorted(in_arrears, key=order), len(seen), undecided)
        if found.tenancy in seen:
            raise DuplicateId(pointer(len(seen), "id"), "a second tenancy with this id")
        seen.add(found.tenancy)
        if isinstance(found, Undecided):
            undecided.append(found)
        elif found.advice is not Advice.NONE:
            in_arrears.append(found)
