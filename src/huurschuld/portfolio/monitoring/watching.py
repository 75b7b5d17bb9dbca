"""Watching a ledger: each change of advice is emitted once, in order, whatever happens in between."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping

from huurschuld.decisions.decision import policy_of, policy_on_day
from huurschuld.decisions.receipt import receipt_of
from huurschuld.hooks import Ledger
from huurschuld.portfolio.assumptions import written_assumptions
from huurschuld.portfolio.monitoring.monitor import Monitor
from huurschuld.portfolio.monitoring.steps import (
    Findings,
    WatchStep,
    check_count,
    check_goes_on,
    take_step,
)
from huurschuld.portfolio.screening import screen_rows
from huurschuld.rules.policy import Policy


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
        ledger: the ledger; all of it is read.
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
    screened = screen_rows(
        ledger,
        rules,
        as_of,
        parameters,
        assume=assume,
        facts=True,
        set_aside=set_aside,
        step=step,
    )
    count = screened.frame.height
    if screened.quarantine is not None:
        count += screened.quarantine.tenancies
    if not fewer:
        check_count(position, count)
    step("comparing")
    found = Findings(
        receipt=receipt,
        rows=screened.rows,
        tenancies=screened.frame["tenancy"],
        count=count,
        decide=screened.decided_alike,
        quarantine=screened.quarantine,
        warnings=screened.warnings,
    )
    return take_step(monitor, found, proposing=proposing)
