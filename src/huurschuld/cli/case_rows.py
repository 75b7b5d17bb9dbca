"""The rows of a work list: which cases and deadlines are in it, in which order."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar, Final

from attrs import field, frozen

from huurschuld.cases import Deadline, DeadlineRule, DueState, Phase, Role, due
from huurschuld.cases.folding import seen_on
from huurschuld.cases.glance import Glance, short_keys

OPEN_STATES: Final = frozenset((DueState.DUE, DueState.OVERDUE, DueState.RUNNING))
"""What has become of a deadline that is still to be looked at."""
TO_DO: Final = frozenset((DueState.DUE, DueState.OVERDUE))


_OF_DEADLINE: Final = ("deadline", "end", "state", "turn", "source", "caveat")


@frozen
class CaseRow:
    """A case in a work list.

    Attributes:
        key: its key.
        shown: as much of the key as tells it from all others.
        phase: how far it is.
        next: what is due next: what must be done before what only runs; None if there is nothing.
        workers: who works on it, by role.
        deadlines: what is due, overdue or running, first what ends first.
    """

    key: str
    shown: str
    phase: Phase
    next: Deadline | None
    workers: Mapping[Role, str] = field(hash=False)
    deadlines: tuple[Deadline, ...]

    COLUMNS: ClassVar = ("key", "phase", *_OF_DEADLINE, "workers")

    def document(self) -> dict[str, Any]:
        """Return it as JSON has it, by column."""
        return {
            "key": self.key,
            "phase": str(self.phase),
            **_due_document(self.next),
            "workers": _by_role(self.workers),
        }


@frozen
class DueRow:
    """A deadline in a list of all that is due."""

    key: str
    shown: str
    deadline: Deadline
    workers: Mapping[Role, str] = field(hash=False)

    COLUMNS: ClassVar = ("key", *_OF_DEADLINE, "workers")

    def document(self) -> dict[str, Any]:
        """Return it as JSON has it, by column."""
        return {"key": self.key, **_due_document(self.deadline), "workers": _by_role(self.workers)}


def _by_role(workers: Mapping[Role, str]) -> dict[str, str]:
    return {str(role): name for role, name in sorted(workers.items())}


def _due_document(deadline: Deadline | None) -> dict[str, str | None]:
    if deadline is None:
        return dict.fromkeys(_OF_DEADLINE)
    caveat = None if deadline.caveat is None else deadline.caveat.en
    values = (
        *(deadline.name, deadline.end.isoformat(), str(deadline.state), str(deadline.turn)),
        *(deadline.source.title, caveat),
    )
    return dict(zip(_OF_DEADLINE, values, strict=True))


def case_rows(
    cases: Iterable[Glance],
    as_of: dt.date,
    rules: Sequence[DeadlineRule],
    *,
    turn: Role | None = None,
    worker: str | None = None,
    unassigned: bool = False,
    overdue: bool = False,
    everything: bool = False,
) -> list[CaseRow]:
    """Choose cases and put them in order: first what must be done first.

    Args:
        cases: all of a store.
        as_of: the day on which is looked.
        rules: the deadlines.
        turn: only those in which something is due of this role.
        worker: only those of this worker.
        unassigned: only those without a worker.
        overdue: only those in which something is overdue.
        everything: those that are over, too.
    """
    listed = list(cases)
    shown = short_keys([it.key for it in listed])
    rows = []
    for it in listed:
        state = seen_on(it.state, as_of)
        found = tuple(
            one
            for one in due(state, as_of, rules)
            if one.state in OPEN_STATES and turn in (None, one.turn)
        )
        is_over = state.phase in {Phase.NEW, Phase.CLOSED, Phase.SCREENED_OUT}
        if (
            (not is_over or (everything and state.phase is not Phase.NEW))
            and (turn is None or found)
            and (worker is None or it.has_worker(worker))
            and not (unassigned and state.workers)
            and (not overdue or any(one.state is DueState.OVERDUE for one in found))
        ):
            ordered = sorted(found, key=lambda one: one.state not in TO_DO)
            first = next(iter(ordered), None)
            rows.append(CaseRow(it.key, shown[it.key], state.phase, first, state.workers, found))
    return sorted(rows, key=_order)


def _order(row: CaseRow) -> tuple[int, dt.date]:
    if row.next is None:
        return 2, dt.date.max
    return int(row.next.state not in TO_DO), row.next.end


def due_rows(rows: Iterable[CaseRow]) -> list[DueRow]:
    """Return all that is due in these cases, first what ends first."""
    found = [DueRow(it.key, it.shown, one, it.workers) for it in rows for one in it.deadlines]
    return sorted(found, key=lambda it: it.deadline.end)
