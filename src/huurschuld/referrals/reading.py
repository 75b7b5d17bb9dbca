"""Read an outbox: for people, for the next screening, and for exporters."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any, Final

from huurschuld.errors import InvalidValue
from huurschuld.hooks import ArrowStream
from huurschuld.model.json_text import parse_json
from huurschuld.model.referral import ContactDetails, Outcome, Referral, SentReferral
from huurschuld.model.values import FIRST_DAY, LAST_DAY, Day
from huurschuld.portfolio.extras import polars
from huurschuld.referrals.changing import OF, Row
from huurschuld.referrals.errors import check
from huurschuld.referrals.records import Event, Listed
from huurschuld.referrals.states import SIGNALS, EventType, State
from huurschuld.referrals.store import Outbox

_TELLING: Final = frozenset(
    (
        EventType.ENDED,
        EventType.ASKED,
        EventType.RECALLED,
        EventType.DOUBTED,
        EventType.RESUMED,
    )
)
"""What has the reason of where a referral is."""


def listing(
    outbox: Outbox, *, state: State | None = None, batch: str | None = None
) -> tuple[Listed, ...]:
    """List the referrals, the oldest first; only those in a state or batch, if one is given.

    Raises:
        OutboxError: the file cannot be read.
    """
    which = [OF.state == state] if state is not None else []
    which += [OF.batch == batch] if batch is not None else []
    rows = outbox.referrals(*which)
    attempts: Counter[str] = Counter()
    reasons: dict[str, str] = {}
    for event in outbox.events():
        if event.what == EventType.BEGUN:
            attempts[event.key] += 1
        if event.what in _TELLING and (event.what != EventType.DOUBTED or event.reason is not None):
            reasons[event.key] = event.reason or ""
    return tuple(
        Listed(
            key=row["key"],
            tenancy=row["tenancy"],
            day=dt.date.fromisoformat(row["day"]),
            arrears_cents=row["arrears_cents"],
            policy=row["policy"],
            policy_hash=row["policy_hash"],
            batch=row["batch"],
            state=State(row["state"]),
            since=dt.datetime.fromisoformat(row["since"]),
            receiver=row["receiver"],
            confirmed_by=row["confirmed_by"],
            confirmed_at=None if (at := row["confirmed_at"]) is None else dt.datetime.fromisoformat(at),
            attempts=attempts[row["key"]],
            reason=reasons.get(row["key"], ""),
        )
        for row in rows
    )


def history(outbox: Outbox, key: str) -> tuple[Event, ...]:
    """Return all that happened to a referral, in order.

    Raises:
        UnknownReference: there is no such referral.
        OutboxError: the file cannot be read.
    """
    outbox.row(key)
    return tuple(
        Event(
            at=dt.datetime.fromisoformat(it.at),
            what=EventType(it.what),
            person=it.person,
            outcome=None if it.outcome is None else Outcome(it.outcome),
            reason=it.reason or "",
        )
        for it in outbox.events(key)
    )


def referral(outbox: Outbox, key: str) -> Referral:
    """Return all that is sent, or was sent, under a key.

    Raises:
        UnknownReference: there is no such referral.
        InvalidValue: it has no contact details: it is not confirmed yet, or withdrawn, or forgotten.
        OutboxError: the file cannot be read.
    """
    row = outbox.row(key)
    if row["contact"] is None:
        raise InvalidValue(key, "this referral has no contact details", "only a confirmed one has")
    return referral_of(row)


def receipt(outbox: Outbox, key: str) -> str | None:
    """Return what the receiver answered when it accepted a referral; None if nothing is kept.

    Raises:
        UnknownReference: there is no such referral.
        OutboxError: the file cannot be read.
    """
    found: str | None = outbox.row(key)["receipt"]
    return found


def signals(outbox: Outbox, *, among: Iterable[str] | None = None, in_hand: bool = True) -> ArrowStream:
    """Return the table `signals` of a portfolio: what was referred, so that no tenant is referred twice.

    It has a row for each referral that is confirmed, sending, doubtful or accepted: `tenancy`, `date`
    (the day that the amount is of) and `cents`. It has none for what was refused or withdrawn.

    Args:
        outbox: the outbox.
        among: the tenancies of the portfolio, which accepts no rows of others; None for all.
        in_hand: whether what is confirmed and not settled counts. Leave it out of a screening for
            `propose` or `send`, to find out whether it is still advised.

    Returns:
        A frame of polars.

    Raises:
        ExtraNeeded: polars is not installed.
        OutboxError: the file cannot be read.
    """
    pl = polars("signals")
    states = SIGNALS if in_hand else (State.ACCEPTED,)
    rows = outbox.referrals(OF.tenancy.is_not(None), OF.state.in_(states))
    wanted = None if among is None else frozenset(among)
    found = [
        (row["tenancy"], dt.date.fromisoformat(row["day"]), row["arrears_cents"])
        for row in rows
        if wanted is None or row["tenancy"] in wanted
    ]
    frame: ArrowStream = pl.DataFrame(
        found, schema={"tenancy": pl.String, "date": pl.Date, "cents": pl.Int64}, orient="row"
    )
    return frame


def sent(outbox: Outbox, first: dt.date = FIRST_DAY, last: dt.date = LAST_DAY) -> Iterator[SentReferral]:
    """Return the accepted referrals with a day (peildatum) in a period, both ends included.

    Forgotten ones are no longer among them.

    Raises:
        InvalidValue: not a day; or the last day is before the first.
        OutboxError: the file cannot be read.
    """
    check(first, "/first", Day())
    check(last, "/last", Day())
    if last < first:
        raise InvalidValue("/last", "the last day is before the first", "correct one of the two")
    rows = outbox.referrals(
        OF.state == State.ACCEPTED,
        OF.contact.is_not(None),
        OF.day.between(first.isoformat(), last.isoformat()),
        order=(OF.day,),
    )
    return (
        SentReferral(
            key=row["key"],
            day=dt.date.fromisoformat(row["day"]),
            receiver=row["receiver"],
            referral=referral_of(row),
        )
        for row in rows
    )


def referral_of(row: Row) -> Referral:
    """Return what is to be sent for a row of the store."""
    contact: Any = parse_json(row["contact"])
    return Referral(contact=ContactDetails(**contact), arrears_cents=row["arrears_cents"])
