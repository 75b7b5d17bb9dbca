"""Retention: what is settled is not kept longer than the user says. No term is built in."""

from __future__ import annotations

import datetime as dt

from huurschuld.errors import InvalidValue
from huurschuld.model.values import Day
from huurschuld.referrals.changing import check, note
from huurschuld.referrals.states import SETTLED, Happening
from huurschuld.referrals.store import Outbox


def forget(outbox: Outbox, before: dt.date) -> tuple[str, ...]:
    """Remove whom settled referrals are about: tenancy, contact details, the receiver's answer.

    Those that were accepted, refused or withdrawn before a day (in UTC), and whose amount is of before
    that day as well, are forgotten; the key, the amount, the day and the history stay. The bytes are
    overwritten in the file. A referral that is forgotten is no signal any more, and in no report: keep
    it for as long as either is needed.

    Args:
        outbox: the outbox.
        before: the first day of which nothing is forgotten, tomorrow at the latest. How long signals may
            be kept was not found in law, so it is the user's to settle.

    Returns:
        The keys of those that were forgotten.

    Raises:
        InvalidValue: `before` is no day, or lies in the future: the tenancy would be referred again.
        OutboxError: the file cannot be written.
    """
    check(before, "/before", Day())
    marks = ", ".join("?" * len(SETTLED))
    with outbox.change() as change:
        now = outbox.now()
        if before > dt.datetime.fromisoformat(now).date() + dt.timedelta(days=1):
            raise InvalidValue(
                "/before", "this day lies in the future", "name tomorrow, or a day before"
            )
        rows = outbox.rows(
            "SELECT key FROM referral WHERE tenancy IS NOT NULL AND since < ? AND day < ?"  # noqa: S608 - marks alone
            f" AND state IN ({marks}) ORDER BY number",
            (before.isoformat(), before.isoformat(), *map(str, SETTLED)),
        )
        for row in rows:
            change.execute(
                "UPDATE referral SET tenancy = NULL, contact = NULL, receipt = NULL WHERE key = ?",
                (row["key"],),
            )
            note(change, row["key"], now, Happening.FORGOTTEN)
    return tuple(row["key"] for row in rows)
