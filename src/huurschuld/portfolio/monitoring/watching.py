"""Watching a ledger: each change of advice is emitted once, in order, whatever happens in between."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Final

from attrs import evolve

from huurschuld.decisions.decision import Decision, policy_of, policy_on_day
from huurschuld.decisions.receipt import Receipt, receipt_of
from huurschuld.errors import Cell, Undecided
from huurschuld.hooks import ArrowStream, Ledger, LocatesRows, TellsChanges
from huurschuld.portfolio.assumptions import written_assumptions
from huurschuld.portfolio.monitoring.monitor import Monitor
from huurschuld.portfolio.monitoring.steps import (
    Findings,
    WatchStep,
    check_count,
    check_goes_on,
    earlier,
    take_step,
)
from huurschuld.portfolio.monitoring.values import Position
from huurschuld.portfolio.reading import read_portfolio
from huurschuld.portfolio.result_rows import ResultRow
from huurschuld.portfolio.schema import by_row
from huurschuld.portfolio.screening import ScreenedRows, screen_rows
from huurschuld.portfolio.worklist import Worklist, worklist
from huurschuld.rules.policy import Policy

_FEW: Final = 500
"""Up to how many tenancies are decided one by one: that takes less than beginning with columns."""


def watch(
    ledger: Ledger,
    policy: Policy | str,
    monitor: Monitor,
    as_of: dt.date,
    parameters: Mapping[str, object] | None = None,
    *,
    assume: Mapping[str, object] | None = None,
    set_aside: bool = False,
    other_rules: bool = False,
    fewer: bool = False,
    proposing: bool = False,
    step: Callable[[str], None] = lambda _: None,
) -> WatchStep:
    """Screen a ledger, and emit whose advice or priority changed since the last step, each once.

    What was emitted is in the monitor before this returns: `Monitor.emitted` gives it again, and
    `deliver` brings a file of JSON lines up to it. If anything fails, or the process is killed, there is
    all of a step or nothing of it, and the next step goes on. At the first step everybody on the
    worklist is new.

    Args:
        ledger: the ledger. All of it is read; but of one that `TellsChanges`, on the day of the last
            step and by the same rules, only the tenancies of which anything changed.
        policy: a policy, or the name of a built-in one.
        monitor: what the last step found.
        as_of: the day (peildatum), not before that of the last step.
        parameters: values that the user sets, as for `decide`.
        assume: values of columns that the source does not record, as for `read_portfolio`.
        set_aside: leave bad rows out, each with its tenancy, which keeps the advice that it had; without
            it the first one raises.
        other_rules: go on though policy, numbers or assumptions are others than at the last step.
        fewer: go on though far fewer tenancies are there than at the last step.
        proposing: give decisions for what is to be proposed to an outbox: see `propose_changes`.
        step: is called with the name of the next step.

    Raises:
        InputError: an error in the policy, the day, the parameters or the ledger, as for `screen`; or
            the step does not go on from the last one. Nothing was emitted.
        MonitorError: the monitor cannot be read or written, or is damaged.
        ExtraNeeded: as `screen`.
    """
    assume, parameters = assume or {}, parameters or {}
    rules, position = policy_of(policy), monitor.position()
    receipt = receipt_of(policy_on_day(rules, as_of, parameters), written_assumptions(assume))
    check_goes_on(position, receipt, other_rules=other_rules)
    source, touched = _changed(ledger, position, receipt, proposing=proposing)
    if touched is not None and proposing:  # the step before this one may not have come to proposing
        touched = sorted({*touched, *monitor.due()})
    screen_all = partial(
        screen_rows,
        policy=rules,
        as_of=as_of,
        parameters=parameters,
        assume=assume,
        facts=True,
        step=step,
    )
    if touched is None:
        found = _of_rows(screen_all(ledger, set_aside=set_aside))
        if not fewer:
            check_count(position, found.count)
    else:
        step("deciding")
        part = PartOfLedger(ledger, touched)
        if not touched:
            found = _of_worklist(Worklist((), 0, receipt=receipt), ())
        elif set_aside or len(touched) > _FEW:
            found = _of_rows(screen_all(part, set_aside=set_aside))
        else:
            portfolio = read_portfolio(part, assume, rules.facts)
            decided = worklist(
                portfolio,
                rules,
                as_of,
                parameters,
                assumptions=portfolio.assumptions,
                facts=True,
            )
            found = _of_worklist(decided, [it.id for it in portfolio])
        found = evolve(found, touched=touched, count=position.tenancies)
    step("comparing")
    return take_step(monitor, found, proposing=proposing, source=source)


def _changed(
    ledger: Ledger, position: Position, receipt: Receipt, *, proposing: bool
) -> tuple[str | None, list[str] | None]:
    """Where a ledger is, if it can tell; and the tenancies to look at, or None for all.

    On another day, or by other rules, anybody's advice may be another one.
    """
    if not isinstance(ledger, TellsChanges):
        return None, None
    before = earlier(position)
    goes_on = (
        before is not None
        and position.source is not None
        and before.as_of == receipt.as_of
        and before.rules == receipt.rules
        and position.proposing >= proposing
    )
    source, touched = ledger.changed_since(position.source if goes_on else None)
    return source, None if touched is None or not goes_on else sorted({*touched})


def _of_rows(screened: ScreenedRows) -> Findings:
    """What the columnar engine found; who is to be referred is decided again by the other engines."""
    aside = screened.quarantine
    return Findings(
        receipt=screened.receipt,
        rows=screened.rows,
        tenancies=screened.frame["tenancy"],
        count=screened.frame.height + (0 if aside is None else aside.tenancies),
        decide=screened.decided_alike,
        quarantine=aside,
        warnings=screened.warnings,
    )


def _of_worklist(found: Worklist, tenancies: Sequence[str]) -> Findings:
    """What the other engines found, one by one."""
    assert found.receipt is not None  # noqa: S101 - it was made here
    decided = {it.tenancy: it for it in found.decisions}

    def decide(rows: Sequence[ResultRow]) -> tuple[list[Decision], list[Undecided]]:
        return [decided[row["tenancy"]] for row in rows], list(found.undecided)

    return Findings(
        receipt=found.receipt,
        rows=found.rows,
        tenancies=tenancies,
        count=len(tenancies),
        decide=decide,
    )


class PartOfLedger:
    """Some tenancies of a ledger that can give these alone."""

    def __init__(self, ledger: Ledger, tenancies: Sequence[str]) -> None:
        self._ledger = ledger
        self._tenancies = tenancies

    def tables(self) -> Mapping[str, ArrowStream]:
        """Return their tables."""
        assert isinstance(self._ledger, TellsChanges)  # noqa: S101 - it said whose they are
        return self._ledger.tables_of(self._tenancies)

    def place(self, table: str, row: int | None, column: str) -> Cell:
        """Return the place of a value, as read last."""
        if isinstance(self._ledger, LocatesRows):
            return self._ledger.place(table, row, column)
        return by_row(table, row, column)
