"""Taking in the signals (signalen) that landlords send, at the side of the GGD or the municipality.

Each signal begins a case under its own key, which is that of the landlord's referral, and is recorded in
it as a `received` event whose id is that key. So taking it in again, at once or years later, changes
nothing. Whether it is about a household that has a case already, a person says (`repeat`): two people of
one name at one address are not always one household.
"""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import Any, Final

from attrs import field, frozen

from huurschuld.cases.case import Event
from huurschuld.cases.errors import ImpossibleEvent
from huurschuld.cases.kinds import EventType
from huurschuld.cases.searching import events_of_case
from huurschuld.cases.store import CaseStore
from huurschuld.cases.words import Key, Matching, Role, Screened
from huurschuld.errors import DuplicateId, UnknownReference
from huurschuld.model.referral import Referral
from huurschuld.model.values import Line, Maybe, Part, RedactedRepr

_OF_MESSAGE: Final = ("arrears_cents", "contact")
"""What a landlord sends; the other values of a `received` event are the receiver's own."""


@frozen(repr=False, kw_only=True)
class Signal(RedactedRepr):
    """A signal as it was received.

    Attributes:
        key: that of the landlord's referral, which becomes that of the case.
        referral: what was sent: the contact details and the amount.
        landlord: the name of the organisation that it came from, if the receiver knows.
        policy: the policy by which that one refers, if the two agreed on one.
    """

    key: str = field(validator=Key())
    referral: Referral = field(validator=Part(Referral))
    landlord: str | None = field(default=None, validator=Maybe(Line()))
    policy: str | None = field(default=None, validator=Maybe(Line()))


class Reception(StrEnum):
    """What taking in a signal did: it is recorded now, or it was before and nothing changed."""

    RECORDED = "recorded"
    KNOWN = "known"


def receive(
    store: CaseStore, signal: Signal, day: dt.date, *, by: Role | str, person: str | None = None
) -> Reception:
    """Record that a signal was received, once, however often it comes and whoever takes it in.

    Args:
        store: where the case is, or begins.
        signal: what was received.
        day: the day on which it came.
        by: the role of who takes it in: the GGD or the municipality.
        person: the name of who takes it in.

    Raises:
        DuplicateId: another signal has this key; nothing of this one is recorded.
        ImpossibleEvent: it cannot be received in its case, or not by this role.
        InputError: a value is wrong; at the field.
        CaseError: the store cannot be read or written.
    """
    if _is_known(store, signal):
        return Reception.KNOWN
    data: dict[str, Any] = {
        "arrears_cents": signal.referral.arrears_cents,
        "contact": signal.referral.contact,
    }
    given = {"landlord": signal.landlord, "policy": signal.policy}
    data |= {name: value for name, value in given.items() if value is not None}
    try:
        store.record(signal.key, EventType.RECEIVED, day, by=by, person=person, data=data, id=signal.key)
    except DuplicateId:  # somebody else took one in meanwhile
        if not _is_known(store, signal):
            raise
        return Reception.KNOWN
    return Reception.RECORDED


def _is_known(store: CaseStore, signal: Signal) -> bool:
    """Whether the signal was received before; the key of another one is refused."""
    event = received_as(store, signal.key)
    if event is None:
        return False
    is_same = event.type is EventType.RECEIVED and (
        event.is_forgotten or _sent(event) == (signal.referral.arrears_cents, signal.referral.contact)
    )
    if not is_same:
        raise DuplicateId("/key", "another signal has this key", "ask the landlord which one is right")
    return True


def _sent(event: Event) -> tuple[object, ...]:
    return tuple(event.data.get(name) for name in _OF_MESSAGE)


def received_as(store: CaseStore, key: str) -> Event | None:
    """Return the event as which a signal was received; None if it was not."""
    return next((it for it in events_of_case(store, key) or () if it.id == key), None)


def repeat(
    store: CaseStore, key: str, of: str, day: dt.date, *, by: Role | str, person: str | None = None
) -> None:
    """Treat a signal as a repeated one (herhaalde melding) of a household that has a case.

    It is recorded as received in that case too, so that who works on it sees the amount of now; its
    deadlines stay. Its own case is matched with an earlier signal and not taken up, so that the landlord
    hears that it was a repeated one. Done again, after it was broken off, it is done to its end.

    Args:
        store: where both cases are.
        key: of the signal, and of the case that it began.
        of: the case that the household has. One that is over is reopened first, or stays as it is while
            the signal is dealt with in its own.
        day: on which this is decided.
        by: the role of who decides it.
        person: the name of who decides it.

    Raises:
        UnknownReference: there is no such signal, or no such case.
        ImpossibleEvent: it comes from another landlord, or that case is over.
        CaseError: the store cannot be read or written.
    """
    event = received_as(store, key)
    if event is None:
        raise UnknownReference("/key", "no signal was received with this key", "receive it first")
    earlier = events_of_case(store, of)
    if earlier is None or of == key:
        raise UnknownReference("/of", "there is no other case with this key", "list the cases")
    landlords = {
        it.data["landlord"]
        for it in (*earlier, event)
        if it.type is EventType.RECEIVED and it.data.get("landlord") is not None
    }
    if len(landlords) > 1:
        raise ImpossibleEvent(
            "/key",
            "this signal is of another landlord than the earlier one",
            "keep both cases, matched as multiple",
        )
    if all(it.id != key for it in earlier):
        store.record(
            of, EventType.RECEIVED, event.happened, by=by, person=person, data=event.data, id=key
        )
    recorded = {it.id for it in events_of_case(store, key) or ()}
    for type_, data in (
        (EventType.MATCHED, {"matching": str(Matching.EARLIER)}),
        (EventType.SCREENED_OUT, {"reason": str(Screened.REPEATED)}),
    ):
        if (id_ := f"{key}-{type_}") not in recorded:
            store.record(key, type_, day, by=by, person=person, data=data, id=id_)
