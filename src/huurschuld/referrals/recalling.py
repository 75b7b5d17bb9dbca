"""Recalling: what was confirmed, and may no longer be right, waits for a person to decide anew.

A household may pay, object or get a plan after its referral was confirmed. A person then withdraws it,
or resumes it, by name and with a reason.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Final

from huurschuld.referrals.errors import check
from huurschuld.referrals.states import Change, EventType, State
from huurschuld.referrals.store import Outbox

MAX_DAYS: Final = 14
"""For how many days after its confirmation a referral may be sent, unless told otherwise."""


def recall(change: Change, keys: Iterable[str], reason: str) -> tuple[str, ...]:
    """Recall confirmed referrals, for a reason; return their keys."""
    recalled = tuple(keys)
    for key in recalled:
        change.move(key, (State.CONFIRMED,), State.RECALLED)
        change.note(key, EventType.RECALLED, reason=reason)
    return recalled


def recall_unadvised(
    outbox: Outbox, *, advised: Iterable[str], screened: Iterable[str], as_of: dt.date
) -> tuple[str, ...]:
    """Recall what is confirmed and not sent of tenancies that a screening no longer advises to refer.

    Args:
        outbox: the outbox.
        advised: the tenancies that are advised to be referred, by a screening without the signals of
            what is not sent (`signals(outbox, unsent=False)`).
        screened: all tenancies that were screened.
        as_of: the day they were screened on; a referral of a later day stays as it is.

    Returns:
        The keys.

    Raises:
        OutboxError: the file cannot be read or written.
    """
    no_longer_advised = set(screened).difference(advised)
    with outbox.change() as change:
        rows = change.referrals(
            "WHERE state = ? AND day <= ? ORDER BY number", (str(State.CONFIRMED), as_of.isoformat())
        )
        gone = [row["key"] for row in rows if row["tenancy"] in no_longer_advised]
        return recall(change, gone, f"not advised on {as_of}")


def recall_old(outbox: Outbox, receiver: str, max_days: int) -> tuple[str, ...]:
    """Recall what was confirmed for a receiver, or resumed, more than so many days ago."""
    with outbox.change() as change:
        latest = dt.datetime.fromisoformat(change.now) - dt.timedelta(days=min(max_days, 36_500))
        rows = change.referrals(
            "WHERE state = ? AND receiver = ? AND confirmed_at < ? ORDER BY number",
            (str(State.CONFIRMED), receiver, latest.isoformat(timespec="microseconds")),
        )
        return recall(change, [row["key"] for row in rows], f"confirmed more than {max_days} days ago")


def resume(outbox: Outbox, keys: Iterable[str], *, by: str, reason: str) -> tuple[str, ...]:
    """Send recalled referrals all the same: all of these, or none. They are confirmed anew.

    Args:
        outbox: the outbox.
        keys: the referrals.
        by: the name of the person who decides.
        reason: why, on one line; without personal data of the tenant.

    Returns:
        The keys.

    Raises:
        InvalidValue: `by` or `reason` is not one line.
        UnknownReference: there is no such referral.
        WrongState: one of them is not recalled.
        OutboxError: the file cannot be written.
    """
    check(by, "/by")
    check(reason, "/reason")
    resumed = tuple(dict.fromkeys(keys))
    for index, key in enumerate(resumed):
        outbox.row(key, f"/keys/{index}")
    with outbox.change() as change:
        for key in resumed:
            change.move(
                key, (State.RECALLED,), State.CONFIRMED, confirmed_by=by, confirmed_at=change.now
            )
            change.note(key, EventType.RESUMED, person=by, reason=reason)
    return resumed
