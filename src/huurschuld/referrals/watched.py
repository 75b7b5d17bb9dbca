"""What a step of watching advises to refer, brought to the outbox once; a person confirms it as ever."""

from __future__ import annotations

from huurschuld.errors import InvalidValue
from huurschuld.portfolio.monitoring.monitor import Monitor
from huurschuld.portfolio.monitoring.steps import WatchStep
from huurschuld.referrals.changing import OF
from huurschuld.referrals.proposing import propose
from huurschuld.referrals.recalling import Screening
from huurschuld.referrals.records import Proposed
from huurschuld.referrals.store import Outbox


def propose_changes(outbox: Outbox, monitor: Monitor, step: WatchStep) -> Proposed:
    """Propose whom a step of watching newly advises to refer; withdraw and recall as `propose` does.

    Who could not be decided on, or is set aside, is proposed by the first later step that decides so.
    A proposal that still holds stays as it is, with its key. After a kill the next step brings the
    outbox up to date: what is in it already is not proposed a second time.

    Args:
        outbox: the outbox; its referrals in hand must not count as signals in what was watched
            (`signals(outbox, in_hand=False)`).
        monitor: the monitor.
        step: its last step, of `watch` with `proposing`.

    Raises:
        InvalidValue: nothing was to be proposed in that step; or its day is in the future.
        OutboxError, MonitorError: one of the two cannot be read or written.
    """
    if step.batch is None:
        raise InvalidValue("/step", "it proposes nothing", "watch with proposing")
    batches = set(monitor.due().values())
    known = {it for it in batches if outbox.referrals(OF.batch == it)}
    kept = step.kept()  # these stay due until a step decides on them
    with monitor.changing() as change:
        for batch in known:  # killed before that could be noted
            change.not_due(batch)
        due = [it for it, batch in monitor.due().items() if batch not in known and it not in kept]
        change.make_due(due, step.batch)
    made = propose(
        outbox,
        [it for it in step.advised if it.tenancy in due],
        batch=step.batch,
        screened=Screening.of(step.worklist, step.day).others,
        as_of=step.day,
    )
    with monitor.changing() as change:
        change.not_due(step.batch)
    return made
