"""What people decide: to confirm a referral, withdraw it, settle a doubtful one, or forget it."""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import attrs
from sqlalchemy import and_, or_

from huurschuld.errors import HuurschuldError, InvalidValue, PluginFailed, UnknownReference
from huurschuld.hooks import ContactSource
from huurschuld.model.json_text import canonical_json
from huurschuld.model.referral import ContactDetails, Referral
from huurschuld.model.values import Choice, Day
from huurschuld.referrals.changing import OF, Change, Row, check_state
from huurschuld.referrals.errors import WrongState, check
from huurschuld.referrals.reading import referral, referral_of
from huurschuld.referrals.recalling import MOST_DAYS, recall
from huurschuld.referrals.records import Confirmed, NotConfirmed
from huurschuld.referrals.states import AFTER, GOES_OUT, SETTLED, EventType, State, Verdict
from huurschuld.referrals.store import Outbox

_ADDRESSED: Final = and_(OF.contact.is_not(None), OF.state.in_(GOES_OUT))
"""What goes out or went, as a condition on rows."""

REPEAT_DAYS: Final = 84
"""For how long another referral with one name and address is a second one, unless told otherwise."""


def confirm(
    outbox: Outbox,
    keys: Iterable[str] | None = None,
    *,
    batch: str | None = None,
    by: str,
    contacts: ContactSource,
    receiver: str,
    within_days: int = REPEAT_DAYS,
) -> Confirmed:
    """Confirm proposals, as a person who has looked at each of them (GDPR article 22).

    Only now are the contact details (contactgegevens) fetched, one tenancy at a time. If that fails the
    referral stays proposed and the others go on. Each referral is confirmed on its own: if the process
    dies, some are confirmed and the others are as they were.

    Where another tenancy's referral with the same name and address goes out, or went lately, this one is
    recalled at once, and so is the other one if it is not sent yet: either goes out only if a person
    says so for it (`resume`).

    Args:
        outbox: the outbox.
        keys: the proposals, by their keys; or
        batch: all proposals of a batch that are still there.
        by: the name of the person who confirms.
        contacts: gives the contact details of one tenancy.
        receiver: the channel that they may be sent through, such as `meldpunt`, and no other.
        within_days: for how long after a referral another one with its name and address is a second one.

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
    recalled: dict[str, None] = {}
    chosen = _chosen(outbox, keys, batch, (State.PROPOSED,))
    earlier = () if batch is None else _confirmed_earlier(outbox, batch)
    earliest = outbox.today() - dt.timedelta(days=min(within_days, MOST_DAYS))
    for row in chosen:
        key = row["key"]
        contact = _fetched(contacts, row["tenancy"])
        if isinstance(contact, HuurschuldError):
            failed.append(NotConfirmed(key, contact))
            continue
        details = canonical_json(attrs.asdict(contact))
        try:
            with outbox.change() as change:
                others = _others_of(change, row["tenancy"], contact, earliest)
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
                recalled |= dict.fromkeys(_recall_all(change, key, others))
        except WrongState as error:  # someone else was quicker
            failed.append(NotConfirmed(key, error))
        else:
            done.append(key)
    return Confirmed(
        done, failed, _at_one_address(outbox, done), recalled=tuple(recalled), earlier=earlier
    )


def withdraw(
    outbox: Outbox,
    keys: Iterable[str] | None = None,
    *,
    batch: str | None = None,
    by: str,
    reason: str | None = None,
) -> tuple[str, ...]:
    """Withdraw referrals that are proposed, confirmed or recalled: all, or none. They are not sent.

    The contact details are removed. One that is being sent, or was, cannot be withdrawn.

    Args:
        outbox: the outbox.
        keys: the referrals, by their keys; or
        batch: all of a batch that can still be withdrawn.
        by: the name of the person who decides.
        reason: why the advice is overruled, on one line; without personal data of the tenant.

    Returns:
        The keys of those that were withdrawn.

    Raises:
        InvalidValue, UnknownReference, WrongState, OutboxError: as `confirm`.
    """
    check(by, "/by")
    if reason is not None:
        check(reason, "/reason")
    states = (State.PROPOSED, State.CONFIRMED, State.RECALLED)
    with outbox.change() as change:
        withdrawn = tuple(row["key"] for row in _chosen(outbox, keys, batch, states))
        for key in withdrawn:
            change.move(key, states, State.WITHDRAWN, contact=None)
            change.note(key, EventType.WITHDRAWN, person=by, reason=reason)
    return withdrawn


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
        InvalidValue: `by` or `reason` is not one line, or `keys` is no list.
        UnknownReference: there is no such referral.
        WrongState: one of them is not recalled.
        OutboxError: the file cannot be written.
    """
    check(by, "/by")
    check(reason, "/reason")
    with outbox.change() as change:
        resumed = tuple(row["key"] for row in _chosen(outbox, keys, None, (State.RECALLED,)))
        for key in resumed:
            change.move(
                key, (State.RECALLED,), State.CONFIRMED, confirmed_by=by, confirmed_at=change.now
            )
            change.note(key, EventType.RESUMED, person=by, reason=reason)
    return resumed


def waive(outbox: Outbox, receiver: str, *, by: str, reason: str) -> tuple[str, ...]:
    """Record that a person has what is confirmed sent without another look at the ledger.

    Args:
        outbox: the outbox.
        receiver: the channel; what is confirmed for another one is left.
        by: the name of the person who decides.
        reason: why, on one line; without personal data of the tenant.

    Returns:
        The keys.

    Raises:
        InvalidValue: `by` or `reason` is not one line.
        OutboxError: the file cannot be written.
    """
    check(by, "/by")
    check(reason, "/reason")
    with outbox.change() as change:
        rows = change.referrals(OF.state == State.CONFIRMED, OF.receiver == receiver)
        for row in rows:
            change.note(row["key"], EventType.WAIVED, person=by, reason=reason)
    return tuple(row["key"] for row in rows)


def look(outbox: Outbox, key: str, *, by: str) -> Referral:
    """Return all that is sent, or was sent, under a key; that a person looked is recorded in the log.

    Args:
        outbox: the outbox.
        key: the referral.
        by: the name of the person who looks.

    Raises:
        InvalidValue: `by` is not one line; or there are no contact details, as of `referral`.
        UnknownReference: there is no such referral.
        OutboxError: the file cannot be read or written.
    """
    check(by, "/by")
    with outbox.change() as change:
        found = referral(outbox, key)
        change.access(key, by)
    return found


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
    with outbox.change() as change:
        _chosen(outbox, [key], None, (State.DOUBTFUL,))
        also: dict[str, object] = {"contact": None} if after is State.WITHDRAWN else {}
        if after is State.CONFIRMED:  # anew: it is not too old to be sent
            also = {"confirmed_by": by, "confirmed_at": change.now}
        change.move(key, (State.DOUBTFUL,), after, unresolved=0, **also)
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
    with outbox.change() as change:
        if before > outbox.today() + dt.timedelta(days=1):
            raise InvalidValue("/before", "this day is in the future", "name tomorrow or earlier")
        day = before.isoformat()
        rows = change.referrals(
            OF.tenancy.is_not(None), OF.since < day, OF.day < day, OF.state.in_(SETTLED)
        )
        for row in rows:
            change.forget(row)
    return tuple(row["key"] for row in rows)


def _chosen(
    outbox: Outbox, keys: Iterable[str] | None, batch: str | None, states: Sequence[State]
) -> list[Row]:
    """Find the referrals that a person names by their keys, or those of a batch in some states.

    One that is named by its key must be in one of these states, too.
    """
    if (keys is None) == (batch is None) or isinstance(keys, str):
        raise InvalidValue("/keys", "either a list of keys or the name of a batch is expected")
    if keys is None:
        rows = outbox.referrals(OF.batch == batch)
        if not rows:
            raise UnknownReference("/batch", "there is no batch of this name", "list the outbox")
        return [row for row in rows if row["state"] in states]
    found = []
    for index, key in enumerate(dict.fromkeys(keys)):
        row = outbox.row(key, f"/keys/{index}")
        check_state(row, states)
        found.append(row)
    return found


def _confirmed_earlier(outbox: Outbox, batch: str) -> tuple[str, ...]:
    """Find what somebody has confirmed of a batch before."""
    rows = outbox.referrals(OF.batch == batch, OF.confirmed_by.is_not(None))
    return tuple(row["key"] for row in rows)


def _at_one_address(outbox: Outbox, confirmed: Iterable[str]) -> tuple[tuple[str, ...], ...]:
    """Find what has one address among the referrals of different tenancies that go out or went."""
    new = set(confirmed)
    if not new:
        return ()
    found: dict[tuple[object, ...], dict[str, str]] = {}
    for row in outbox.referrals(_ADDRESSED):
        at_address = found.setdefault(_address(referral_of(row).contact), {})
        if row["key"] in new or row["tenancy"] not in at_address:
            at_address[row["tenancy"]] = row["key"]
    return tuple(
        tuple(keys.values()) for keys in found.values() if len(keys) > 1 and new & set(keys.values())
    )


def _address(contact: ContactDetails) -> tuple[object, ...]:
    return contact.postcode, contact.house_number, _letters(contact.addition or "")


def _person(contact: ContactDetails) -> tuple[object, ...]:
    return _letters(contact.name), *_address(contact)


def _letters(text: str) -> str:
    """Return the letters and digits of a text: two registers write one name or addition differently."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(it for it in unicodedata.normalize("NFKC", folded) if it.isalnum())


def _others_of(change: Change, tenancy: str, contact: ContactDetails, earliest: dt.date) -> list[Row]:
    """Find what goes out, or went lately, with a name and address for another tenancy.

    When one tenancy may be referred again, `already-referred` says. Look within the transaction that
    confirms: a colleague may just have confirmed the other one.
    """
    postcode = canonical_json({"postcode": contact.postcode})[1:-1]
    rows = change.referrals(
        _ADDRESSED,
        or_(OF.state != State.ACCEPTED, OF.since >= earliest.isoformat()),
        OF.tenancy != tenancy,
        OF.contact.contains(postcode, autoescape=True),
    )
    person = _person(contact)
    return [row for row in rows if _person(referral_of(row).contact) == person]


def _recall_all(change: Change, key: str, others: list[Row]) -> Iterator[str]:
    """Recall a referral, if there are others with its name and address, and those not sent yet."""
    if others:
        yield recall(change, key, f"one name and address with {others[0]['key']}")
    for row in others:
        if row["state"] == State.CONFIRMED:
            yield recall(change, row["key"], f"one name and address with {key}")


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
