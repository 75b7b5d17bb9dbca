"""Taking in the signals (signalen) that landlords send, at the side of the GGD or the municipality.

Each signal begins a case under its own key, which is that of the landlord's referral, and is recorded in
it as a `received` event whose id is that key, or the next one if something else has it. So taking it in
again, at once or years later, changes nothing. Whether it is about a household that has a case already,
a person says (`repeat`): two people of one name at one address are not always one household.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from enum import StrEnum
from itertools import count
from typing import Any, Final

from attrs import field, frozen

from huurschuld.cases.case import Event
from huurschuld.cases.errors import ImpossibleEvent
from huurschuld.cases.folding import fold, standing
from huurschuld.cases.kinds import EventType, Phase
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
    data: dict[str, Any] = {
        "arrears_cents": signal.referral.arrears_cents,
        "contact": signal.referral.contact,
    }
    given = {"landlord": signal.landlord, "policy": signal.policy}
    data |= {name: value for name, value in given.items() if value is not None}
    while True:
        events = events_of_case(store, signal.key) or ()
        if _is_known(events, signal):
            return Reception.KNOWN
        id_ = _free(events, signal.key)
        try:
            store.record(signal.key, EventType.RECEIVED, day, by=by, person=person, data=data, id=id_)
        except DuplicateId:  # somebody else took one in meanwhile
            if all(it.id != id_ for it in events_of_case(store, signal.key) or ()):
                raise
            continue
        return Reception.RECORDED


def _ids(id_: str) -> Iterator[str]:
    """Yield the ids that something may have: the next ones if something else has the first."""
    yield id_
    yield from (f"{id_}-{number}" for number in count(2))


def _free(events: Sequence[Event], id_: str) -> str:
    taken = {it.id for it in events}
    return next(it for it in _ids(id_) if it not in taken)


def _with_ids(events: Sequence[Event], id_: str) -> Iterator[Event]:
    """Yield the events that have one of those ids, whatever they are; anybody may have recorded them."""
    by_id = {it.id: it for it in events}
    for it in _ids(id_):
        if it not in by_id:
            return
        yield by_id[it]


def _is_known(events: Sequence[Event], signal: Signal) -> bool:
    """Whether the signal was received before; the key of another one is refused."""
    event = _first_received(events, signal.key)
    if event is None:
        return False
    if not event.is_forgotten and _sent(event) != (
        signal.referral.arrears_cents,
        signal.referral.contact,
    ):
        raise DuplicateId("/key", "another signal has this key", "ask the landlord which one is right")
    return True


def _sent(event: Event) -> tuple[object, ...]:
    return tuple(event.data.get(name) for name in _OF_MESSAGE)


def _first_received(events: Sequence[Event], key: str) -> Event | None:
    """The event as which a signal was received, as it was then; a landlord records none of this type."""
    return next((it for it in _with_ids(events, key) if it.type is EventType.RECEIVED), None)


def received_as(store: CaseStore, key: str) -> Event | None:
    """Return the `received` event of a signal as it stands now, corrected or not.

    None if the signal was not received, or was taken back.
    """
    events = events_of_case(store, key) or ()
    first = _first_received(events, key)
    stands = None if first is None else standing(events, first.id)
    return stands if stands is not None and stands.type is EventType.RECEIVED else None


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
        ImpossibleEvent: it comes from another landlord, that case is over or was on the day of the
            signal, or what was recorded there of the signal says something else.
        CaseError: the store cannot be read or written.
    """
    event = received_as(store, key)
    if event is None:
        raise UnknownReference("/key", "no signal was received with this key", "receive it first")
    earlier = events_of_case(store, of)
    if earlier is None or of == key:
        raise UnknownReference("/of", "there is no other case with this key", "list the cases")
    case = fold(earlier)
    first = _first_received(earlier, key)
    there = None if first is None else standing(earlier, first.id)
    landlords = {
        it.data["landlord"]
        for it in (*case.all(EventType.RECEIVED), event)
        if it is not there and it.data.get("landlord") is not None
    }
    if len(landlords) > 1:
        raise ImpossibleEvent(
            "/key",
            "this signal is of another landlord than the earlier one",
            "keep both cases, matched as multiple",
        )
    if there is None:
        _check_running(earlier, event)
        id_ = _free(earlier, key)
        store.record(
            of, EventType.RECEIVED, event.happened, by=by, person=person, data=event.data, id=id_
        )
    elif there.type is not EventType.RECEIVED or there.data != event.data:
        raise ImpossibleEvent(
            "/of",
            "this signal was recorded in that case before, and says something else now",
            "correct it there too: record `received` anew, with `replaces`",
        )
    for type_, data in (
        (EventType.MATCHED, {"matching": str(Matching.EARLIER)}),
        (EventType.SCREENED_OUT, {"reason": str(Screened.REPEATED)}),
    ):
        events, id_ = events_of_case(store, key) or (), f"{key}-{type_}"
        stand = [standing(events, it.id) for it in _with_ids(events, id_)]
        # Of these types a landlord records none: who has an id of it with another one did not do this.
        if not any(it is not None and it.type is type_ and it.data == data for it in stand):
            store.record(key, type_, day, by=by, person=person, data=data, id=_free(events, id_))


def _check_running(events: Sequence[Event], signal: Event) -> None:
    """Say what to do about a case that runs now, and was over on the day of the signal."""
    over = {Phase.CLOSED, Phase.SCREENED_OUT}
    if fold(events).phase not in over and fold(events, as_of=signal.happened).phase in over:
        raise ImpossibleEvent(
            "/of",
            "that case was over on the day of this signal, and reopened after it",
            f"record `reopened` anew with `replaces`, as of {signal.happened}",
        )
