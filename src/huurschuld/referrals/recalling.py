"""Recalling: what was confirmed, and may no longer be right, waits for a person to decide anew.

A household may pay, object or get a plan after its referral was confirmed. A person then withdraws it,
or resumes it, by name and with a reason.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Final

from attrs import frozen

from huurschuld.decisions.words import euros
from huurschuld.model.values import RedactedRepr
from huurschuld.portfolio.worklist import Worklist
from huurschuld.referrals.changing import OF, Change, Row
from huurschuld.referrals.states import EventType, State
from huurschuld.rules.advice import Advice

MAX_DAYS: Final = 14
"""For how many days after its confirmation a referral may be sent, unless told otherwise."""
MOST_DAYS: Final = 36_500
"""More days than any referral is kept."""


@frozen(repr=False, kw_only=True)
class Screening(RedactedRepr):
    """What a screening found, to hold it against referrals that are not sent yet.

    Screen without the signals of what is in hand (`signals(outbox, in_hand=False)`): with these, nobody
    would be referred again.

    Attributes:
        as_of: the day they were screened on; it says nothing about a referral of a later day.
        owed: the arrears in cents of each tenancy that is advised to be referred.
        others: what was found of each other tenancy that was screened, in a few words.
    """

    as_of: dt.date
    owed: Mapping[str, int]
    others: Mapping[str, str]

    @classmethod
    def of(cls, worklist: Worklist, as_of: dt.date) -> Screening:
        """Take what a screening of a ledger found."""
        owed: dict[str, int] = {}
        others = dict.fromkeys(worklist.tenancies, f"the advice is {Advice.NONE}")
        others |= {
            it.tenancy: f"it is not decided ({it.code})" for it in worklist.undecided if it.tenancy
        }
        for row in worklist.rows:
            tenancy, advice = row["tenancy"], row["advice"]
            why = ", ".join(row["hold"] or row["unknown"])
            if advice == Advice.REFER and row["arrears_cents"] is not None:
                owed[tenancy] = row["arrears_cents"]
                others.pop(tenancy, None)
            else:
                others[tenancy] = f"the advice is {advice}" + (f": {why}" if why else "")
        return cls(as_of=as_of, owed=owed, others=others)

    def covers(self, row: Row) -> bool:
        """Whether it says anything about a referral."""
        known = row["tenancy"] in self.owed or row["tenancy"] in self.others
        return known and bool(row["day"] <= self.as_of.isoformat())

    def objection(self, change: Change, row: Row) -> str | None:
        """Say why a referral may no longer be right; None if it still is, or is not covered.

        What a person has just overruled is no reason again: that person would be asked for ever. Once a
        screening advised the referral again, the same reason is news.
        """
        if not self.covers(row):
            return None
        overruled = _overruled(change, row["key"])
        reason = self._reason(row)
        if reason is None and overruled:
            change.note(row["key"], EventType.UPHELD)
        return None if reason in overruled else reason

    def _reason(self, row: Row) -> str | None:
        reason = self.others.get(row["tenancy"])
        if reason is not None:
            return reason
        # More arrears are the next rent: the amount is of its day, and still owed.
        owed = self.owed[row["tenancy"]]
        return None if owed >= row["arrears_cents"] else f"less is owed now: {euros(owed, 'en')}"


def _overruled(change: Change, key: str) -> frozenset[str]:
    """Find why a referral was not sent, up to when a person last decided to send it."""
    reasons: list[str] = []
    overruled: frozenset[str] = frozenset()
    for event in change.events(key):
        if event.what in {EventType.RECALLED, EventType.DOUBTED}:
            # None where a run ended in doubt, which is no objection.
            reasons += [] if event.reason is None else [event.reason]
        elif event.what == EventType.UPHELD:
            overruled = frozenset()
        elif event.what in {EventType.RESUMED, EventType.DECIDED}:
            overruled, reasons = frozenset(reasons), []
    return overruled


def recall(change: Change, key: str, reason: str) -> str:
    """Recall a confirmed referral, for a reason; return its key."""
    change.move(key, (State.CONFIRMED,), State.RECALLED)
    change.note(key, EventType.RECALLED, reason=reason)
    return key


def recall_unadvised(change: Change, screening: Screening) -> list[str]:
    """Recall what is confirmed, and not right any more by a screening; return the keys."""
    rows = change.referrals(OF.state == State.CONFIRMED)
    found = ((row["key"], screening.objection(change, row)) for row in rows)
    return [recall(change, key, reason) for key, reason in found if reason is not None]


def too_old(row: Row, now: str, max_days: int) -> str | None:
    """Say that a referral was confirmed, or resumed, too long ago; None if it was not."""
    latest = dt.datetime.fromisoformat(now) - dt.timedelta(days=max_days)
    if dt.datetime.fromisoformat(row["confirmed_at"]) >= latest:
        return None
    return f"confirmed more than {max_days} days ago"
