"""What persons decide: to confirm a referral, to withdraw it, and what became of one in doubt."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

import attrs

from huurschuld.errors import HuurschuldError, PluginFailed
from huurschuld.hooks import ContactSource
from huurschuld.model.json_text import canonical_json
from huurschuld.model.referral import ContactDetails
from huurschuld.model.values import Choice
from huurschuld.referrals.changing import check, chosen, move, note
from huurschuld.referrals.errors import WrongState
from huurschuld.referrals.records import Confirmed, NotConfirmed
from huurschuld.referrals.states import AFTER, Happening, State, Verdict
from huurschuld.referrals.store import Outbox


def confirm(
    outbox: Outbox,
    keys: Iterable[str] | None = None,
    *,
    batch: str | None = None,
    by: str,
    contacts: ContactSource,
    receiver: str,
) -> Confirmed:
    """Confirm proposals, as a person who has looked at each of them (GDPR article 22).

    Only now the contact details (contactgegevens) are fetched, one tenancy at a time. Where that fails
    the referral stays proposed, and the others go on. Each referral is confirmed on its own: if the
    process dies, those that were done are confirmed and the others are as they were.

    Args:
        outbox: the outbox.
        keys: the proposals, by their keys; or
        batch: all proposals of a batch that are still there.
        by: the name of the person who confirms.
        contacts: gives the contact details of one tenancy.
        receiver: the channel that they may go by, such as `meldpunt`; they go by no other.

    Raises:
        InvalidValue: neither keys nor a batch are given, or both; or `by` or `receiver` is no line.
        UnknownReference: there is no such referral, or batch.
        WrongState: one that is named by its key is no proposal; then none is confirmed.
        OutboxError: the file cannot be read or written.
    """
    check(by, "/by")
    check(receiver, "/receiver")
    done: list[str] = []
    failed: list[NotConfirmed] = []
    for row in chosen(outbox, keys, batch, (State.PROPOSED,)):
        key = row["key"]
        contact = _fetched(contacts, row["tenancy"])
        if isinstance(contact, HuurschuldError):
            failed.append(NotConfirmed(key, contact))
            continue
        try:
            with outbox.change() as change:
                _confirm(change, key, contact, by, receiver, outbox.now())
        except WrongState as error:  # somebody else was quicker
            failed.append(NotConfirmed(key, error))
        else:
            done.append(key)
    return Confirmed(done, failed)


def _fetched(contacts: ContactSource, tenancy: str) -> ContactDetails | HuurschuldError:
    """The contact details, or why they cannot be had; what a source raises may be about a person."""
    try:
        contact = contacts.contact_details(tenancy)
    except HuurschuldError as error:
        return error.at(error.place)  # without what it was raised from
    except Exception as error:  # noqa: BLE001 - whatever a plugin raises is isolated
        return PluginFailed("contact details", f"the source raised {type(error).__name__}")
    if type(contact) is ContactDetails:
        return contact
    return PluginFailed("contact details", "the source gave something else")


def _confirm(
    change: sqlite3.Connection, key: str, contact: ContactDetails, by: str, receiver: str, now: str
) -> None:
    move(
        change,
        key,
        (State.PROPOSED,),
        State.CONFIRMED,
        now,
        contact=canonical_json(attrs.asdict(contact)),
        receiver=receiver,
        confirmed_by=by,
        confirmed_at=now,
    )
    note(change, key, now, Happening.CONFIRMED, person=by)


def withdraw(
    outbox: Outbox, keys: Iterable[str] | None = None, *, batch: str | None = None, by: str
) -> tuple[str, ...]:
    """Withdraw referrals that are proposed or confirmed: all of them, or none. They do not go out.

    The contact details are removed. One that is being sent, or was, cannot be withdrawn.

    Returns:
        The keys of those that were withdrawn.

    Raises:
        InvalidValue, UnknownReference, WrongState, OutboxError: as `confirm`.
    """
    check(by, "/by")
    states = (State.PROPOSED, State.CONFIRMED)
    with outbox.change() as change:
        now = outbox.now()
        rows = chosen(outbox, keys, batch, states)
        for row in rows:
            move(change, row["key"], states, State.WITHDRAWN, now, contact=None)
            note(change, row["key"], now, Happening.WITHDRAWN, person=by)
    return tuple(row["key"] for row in rows)


def decide_doubt(outbox: Outbox, key: str, *, by: str, verdict: Verdict) -> None:
    """Say what became of a doubtful referral, or what is to be done: a person asks the receiver first.

    Args:
        outbox: the outbox.
        key: the referral.
        by: the name of the person who decides.
        verdict: it was accepted; it is to be sent again; or it is withdrawn.

    Raises:
        InvalidValue: `by` is no line, or the verdict none.
        UnknownReference: there is no such referral.
        WrongState: it is not doubtful.
        OutboxError: the file cannot be written.
    """
    check(by, "/by")
    check(str(verdict), "/verdict", Choice(tuple(Verdict)))
    decided = Verdict(verdict)
    after = AFTER[decided]
    gone = {"contact": None} if after is State.WITHDRAWN else {}
    with outbox.change() as change:
        now = outbox.now()
        chosen(outbox, [key], None, (State.DOUBTFUL,))
        move(change, key, (State.DOUBTFUL,), after, now, unresolved=0, **gone)
        note(change, key, now, Happening.DECIDED, person=by, reason=str(decided))
