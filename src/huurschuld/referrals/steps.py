"""What people decide: to confirm a referral, withdraw it, settle a doubtful one, or forget it."""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Iterable, Sequence
from typing import Any

import attrs

from huurschuld.errors import HuurschuldError, InvalidValue, PluginFailed, UnknownReference
from huurschuld.hooks import ContactSource
from huurschuld.model.json_text import canonical_json, parse_json
from huurschuld.model.referral import ContactDetails
from huurschuld.model.values import Choice, Day
from huurschuld.referrals.errors import WrongState, check
from huurschuld.referrals.records import Confirmed, NotConfirmed
from huurschuld.referrals.states import AFTER, SETTLED, SIGNALS, EventType, State, Verdict, check_state
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

    Only now are the contact details (contactgegevens) fetched, one tenancy at a time. If that fails the
    referral stays proposed and the others go on. Each referral is confirmed on its own: if the process
    dies, some are confirmed and the others are as they were.

    Args:
        outbox: the outbox.
        keys: the proposals, by their keys; or
        batch: all proposals of a batch that are still there.
        by: the name of the person who confirms.
        contacts: gives the contact details of one tenancy.
        receiver: the channel that they may be sent through, such as `meldpunt`, and no other.

    Raises:
        InvalidValue: neither keys nor a batch are given, or both; or `by` or `receiver` is not one line.
        UnknownReference: there is no such referral, or batch.
        WrongState: one of the keys is not of a proposal; then none is confirmed.
        OutboxError: the file cannot be read or written.
    """
    check(by, "/by")
    check(receiver, "/receiver")
    done: list[str] = []
    failed: list[NotConfirmed] = []
    for row in _chosen(outbox, keys, batch, (State.PROPOSED,)):
        key = row["key"]
        contact = _fetched(contacts, row["tenancy"])
        if isinstance(contact, HuurschuldError):
            failed.append(NotConfirmed(key, contact))
            continue
        details = canonical_json(attrs.asdict(contact))
        try:
            with outbox.change() as change:
                change.move(
                    key,
                    (State.PROPOSED,),
                    State.CONFIRMED,
                    contact=details,
                    receiver=receiver,
                    confirmed_by=by,
                    confirmed_at=change.now,
                )
                change.note(key, EventType.CONFIRMED, person=by)
        except WrongState as error:  # someone else was quicker
            failed.append(NotConfirmed(key, error))
        else:
            done.append(key)
    return Confirmed(done, failed, _at_one_address(outbox, done))


def withdraw(
    outbox: Outbox, keys: Iterable[str] | None = None, *, batch: str | None = None, by: str
) -> tuple[str, ...]:
    """Withdraw referrals that are proposed or confirmed: all of them, or none. They are not sent.

    The contact details are removed. One that is being sent, or was, cannot be withdrawn.

    Returns:
        The keys of those that were withdrawn.

    Raises:
        InvalidValue, UnknownReference, WrongState, OutboxError: as `confirm`.
    """
    check(by, "/by")
    states = (State.PROPOSED, State.CONFIRMED)
    with outbox.change() as change:
        withdrawn = tuple(row["key"] for row in _chosen(outbox, keys, batch, states))
        for key in withdrawn:
            change.move(key, states, State.WITHDRAWN, contact=None)
            change.note(key, EventType.WITHDRAWN, person=by)
    return withdrawn


def decide_doubt(outbox: Outbox, key: str, *, by: str, verdict: Verdict) -> None:
    """Settle a doubtful referral, after asking the receiver.

    Args:
        outbox: the outbox.
        key: the referral.
        by: the name of the person who decides.
        verdict: it was accepted; it is to be sent again; or it is withdrawn.

    Raises:
        InvalidValue: `by` is not one line, or the verdict is not a `Verdict`.
        UnknownReference: there is no such referral.
        WrongState: it is not doubtful.
        OutboxError: the file cannot be written.
    """
    check(by, "/by")
    check(str(verdict), "/verdict", Choice(tuple(Verdict)))
    after = AFTER[Verdict(verdict)]
    removed = {"contact": None} if after is State.WITHDRAWN else {}
    with outbox.change() as change:
        _chosen(outbox, [key], None, (State.DOUBTFUL,))
        change.move(key, (State.DOUBTFUL,), after, unresolved=0, **removed)
        change.note(key, EventType.DECIDED, person=by, reason=str(verdict))


def forget(outbox: Outbox, before: dt.date) -> tuple[str, ...]:
    """Remove whom settled referrals are about: tenancy, contact details, the receiver's answer.

    A referral is forgotten if it was accepted, refused or withdrawn before a day (in UTC), and its
    amount is of before that day as well. The key, the amount, the day and the history stay. The bytes
    are overwritten in the file. A forgotten referral is no longer a signal, and is in no report: keep it
    for as long as you need either.

    Args:
        outbox: the outbox.
        before: the first day of which nothing is forgotten, tomorrow at the latest. No law was found
            that says how long signals may be kept, so that is the user's to settle.

    Returns:
        The keys of those that were forgotten.

    Raises:
        InvalidValue: `before` is not a day, or is in the future: the tenancy would be referred again.
        OutboxError: the file cannot be written.
    """
    check(before, "/before", Day())
    marks = ", ".join("?" * len(SETTLED))
    with outbox.change() as change:
        if before > outbox.today() + dt.timedelta(days=1):
            raise InvalidValue("/before", "this day is in the future", "name tomorrow or earlier")
        rows = change.execute(
            "SELECT key FROM referral WHERE tenancy IS NOT NULL AND since < ? AND day < ?"  # noqa: S608 - marks alone
            f" AND state IN ({marks}) ORDER BY number",
            (before.isoformat(), before.isoformat(), *map(str, SETTLED)),
        ).fetchall()
        for row in rows:
            change.execute(
                "UPDATE referral SET tenancy = NULL, contact = NULL, receipt = NULL WHERE key = ?",
                (row["key"],),
            )
            change.note(row["key"], EventType.FORGOTTEN)
    return tuple(row["key"] for row in rows)


def _chosen(
    outbox: Outbox, keys: Iterable[str] | None, batch: str | None, states: Sequence[State]
) -> list[sqlite3.Row]:
    """Find the referrals that a person names by their keys, or those of a batch in some states.

    One that is named by its key must be in one of these states, too.
    """
    if (keys is None) == (batch is None) or isinstance(keys, str):
        raise InvalidValue("/keys", "either a list of keys or the name of a batch is expected")
    if keys is None:
        rows = outbox.rows("SELECT * FROM referral WHERE batch = ? ORDER BY number", (batch,))
        if not rows:
            raise UnknownReference("/batch", "there is no batch of this name", "list the outbox")
        return [row for row in rows if row["state"] in states]
    found = []
    for index, key in enumerate(dict.fromkeys(keys)):
        row = outbox.row(key, f"/keys/{index}")
        check_state(key, row["state"], states)
        found.append(row)
    return found


def _at_one_address(outbox: Outbox, confirmed: Iterable[str]) -> tuple[tuple[str, ...], ...]:
    """Find what has one address among the referrals of different tenancies that go out or went."""
    new = set(confirmed)
    found: dict[tuple[object, ...], dict[str, str]] = {}
    marks = ", ".join("?" * len(SIGNALS))
    rows = outbox.rows(
        "SELECT key, tenancy, contact FROM referral"  # noqa: S608 - question marks alone
        f" WHERE contact IS NOT NULL AND state IN ({marks}) ORDER BY number",
        [str(state) for state in SIGNALS],
    )
    for row in rows if new else ():
        contact: Any = parse_json(row["contact"])
        address = tuple(contact.get(it) for it in ("postcode", "house_number", "addition"))
        at_address = found.setdefault(address, {})
        if row["key"] in new or row["tenancy"] not in at_address:
            at_address[row["tenancy"]] = row["key"]
    return tuple(
        tuple(keys.values()) for keys in found.values() if len(keys) > 1 and new & set(keys.values())
    )


def _fetched(contacts: ContactSource, tenancy: str) -> ContactDetails | HuurschuldError:
    """Fetch contact details, or return the error; what a source raises may be about a person."""
    try:
        contact = contacts.contact_details(tenancy)
    except HuurschuldError as error:
        return error.at(error.place)  # without what it was raised from
    except Exception as error:  # noqa: BLE001 - any error of a plugin is isolated
        return PluginFailed("contact details", f"the source raised {type(error).__name__}")
    if type(contact) is ContactDetails:
        return contact
    return PluginFailed("contact details", "the source gave something else")
