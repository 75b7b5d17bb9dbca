"""Matching: is a signal about a household that has a case already (matchen)?

A store can tell what it has been sent: whether a signal with the same address, and the same name, was
received before. It cannot tell that there is *no* other: other creditors' signals may be elsewhere, and
a forgotten person is never matched. So it proposes, and a person says what the signal is matched with.
"""

from __future__ import annotations

import datetime as dt
from calendar import monthrange
from typing import Final

from attrs import frozen

from huurschuld.cases.case import Event
from huurschuld.cases.errors import ImpossibleEvent
from huurschuld.cases.folding import fold
from huurschuld.cases.kinds import EventType, Phase
from huurschuld.cases.receiving import received_as
from huurschuld.cases.rights import Right, allowed
from huurschuld.cases.searching import events_of_case, received_signals
from huurschuld.cases.store import CaseStore
from huurschuld.cases.words import Matching, Role
from huurschuld.errors import UnknownReference
from huurschuld.model.helpers import folded
from huurschuld.model.referral import ContactDetails
from huurschuld.model.values import RedactedRepr

EARLIER_MONTHS: Final = 6
"""Of how many months before a signal an earlier one counts (DDAS)."""


@frozen(repr=False, kw_only=True)
class Match(RedactedRepr):
    """A case in which a signal with the same address was received before.

    Attributes:
        case: its key.
        received: the day of the last such signal.
        phase: how far it is.
        is_same_name: whether the name is the same too, but for capitals, accents and blanks. Another
            name may be a partner, or whoever lived there before.
        suggests: what it would be matched as: `earlier`, or `multiple` if both landlords are known and
            they differ.
    """

    case: str
    received: dt.date
    phase: Phase
    is_same_name: bool
    suggests: Matching


def matches(store: CaseStore, key: str, *, by: Role | str, person: str) -> tuple[Match, ...]:
    """Find the cases that a signal may belong to: of six months before it, and all that still run.

    That somebody looked is recorded in each case that is found.

    Args:
        store: the store.
        key: of the signal.
        by: the role of who looks.
        person: the name of who looks.

    Returns:
        Those of the same name first, the latest of them first. None found does not mean that there is no
        other signal.

    Raises:
        UnknownReference: there is no such signal.
        ImpossibleEvent: it has no contact details: it was recorded by hand, or the person is forgotten.
        NotAllowed: this role may not see which cases there are (`RIGHTS`).
        CaseError: the store cannot be read or written.
    """
    allowed(by, Right.OVERVIEW)
    signal = received_as(store, key)
    if signal is None:
        raise UnknownReference("/key", "no signal was received with this key", "receive it first")
    contact = _contact(signal)
    if contact is None:
        raise ImpossibleEvent("/key", "this signal has no contact details", "match it by hand")

    def is_there(event: Event) -> bool:
        other = _contact(event)
        return other is not None and _address(other) == _address(contact)

    # A dictionary, for its order: of each case once, though it had the address before a correction only.
    candidates = dict.fromkeys(it.case for it in received_signals(store) if is_there(it))
    candidates.pop(key, None)
    earliest = months_before(signal.happened, EARLIER_MONTHS)
    found: list[Match] = []
    for case in candidates:
        state = fold(events_of_case(store, case) or ())
        events = [it for it in state.all(EventType.RECEIVED) if is_there(it)]
        if not events:
            continue
        last = events[-1]
        if last.happened < earliest and state.phase in {Phase.CLOSED, Phase.SCREENED_OUT}:
            continue
        phase = store.look(case, by=by, person=person, purpose="matching").state.phase
        landlords = {it.data.get("landlord") for it in (signal, last)}
        is_other = len(landlords) > 1 and None not in landlords
        names = {folded(it.name) for it in map(_contact, events) if it is not None}
        found.append(
            Match(
                case=case,
                received=last.happened,
                phase=phase,
                is_same_name=folded(contact.name) in names,
                suggests=Matching.MULTIPLE if is_other else Matching.EARLIER,
            )
        )
    found.sort(key=lambda it: (it.is_same_name, it.received), reverse=True)
    return tuple(found)


def months_before(day: dt.date, months: int) -> dt.date:
    """Return the same day so many months before, or the last one of that month."""
    years, month = divmod(day.month - 1 - months, 12)
    year = day.year + years
    return dt.date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _contact(event: Event) -> ContactDetails | None:
    contact: ContactDetails | None = event.data.get("contact")
    return contact


def _address(contact: ContactDetails) -> tuple[str, int, str]:
    return contact.postcode, contact.house_number, folded(contact.addition or "").replace(" ", "")
