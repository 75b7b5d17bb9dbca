"""Giving feedback to the landlord: once for each thing that he may know and does not know yet.

A message is delivered first and recorded after that. Killed between the two, the next run makes the same
message, with the same id, and delivers it again: the landlord has it once, or twice the same.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Final

from attrs import field, frozen

from huurschuld.cases.case import Event
from huurschuld.cases.errors import CaseConflict, CaseError, ImpossibleEvent
from huurschuld.cases.feedback import feedback
from huurschuld.cases.folding import fold, record
from huurschuld.cases.kinds import EventType
from huurschuld.cases.searching import events_of_case
from huurschuld.cases.store import CaseStore
from huurschuld.cases.words import Role
from huurschuld.errors import DuplicateId, InputError, InvalidValue, UnknownReference
from huurschuld.hooks import FeedbackChannel
from huurschuld.model.clock import DUTCH_TIME, now_utc
from huurschuld.model.feedback import Feedback, FeedbackMessage
from huurschuld.model.referral import Delivery, Outcome
from huurschuld.model.values import Line, RedactedRepr, refuse

_MOST_TRIES: Final = 5
"""How often it is made anew when somebody records something in the case meanwhile."""


@frozen(repr=False)
class NotGiven(RedactedRepr):
    """A case of which the landlord was not told, as far as is known: its key, and why."""

    case: str
    why: str


@frozen(repr=False, kw_only=True)
class GivenFeedback(RedactedRepr):
    """The result of `give_all_feedback`: the keys of the cases.

    Attributes:
        given: the landlord was told something now.
        known: he knows all that he may know.
        failed: he may not have been told; the next run tries again.
        no_landlord: the landlord was not recorded, so nobody was told. Record `received` anew, with
            `replaces`.
        not_told: those of them that would have had news.
    """

    given: tuple[str, ...] = field(converter=tuple[str, ...])
    known: tuple[str, ...] = field(converter=tuple[str, ...])
    failed: tuple[NotGiven, ...] = field(converter=tuple[NotGiven, ...])
    no_landlord: tuple[str, ...] = field(default=(), converter=tuple[str, ...])
    not_told: tuple[str, ...] = field(default=(), converter=tuple[str, ...])


def give_feedback(
    store: CaseStore,
    channel: FeedbackChannel,
    case: str,
    as_of: dt.date,
    *,
    by: Role | str,
    person: str,
    landlord: str | None = None,
    made: dt.datetime | None = None,
) -> Delivery | None:
    """Tell the landlord what he may know of a case, if he was not told; that he was is recorded.

    Args:
        store: the store of the case.
        channel: the channel to the landlord of the case.
        case: its key.
        as_of: the day as of which he is told, not after the present one.
        by: the role of who tells him: the GGD or the municipality.
        person: the name of who does.
        landlord: whose channel it is. A case that came from another one is refused, as is one that came
            from a landlord if nobody says whose the channel is: nobody is told of another's tenant.
        made: the present moment; None for that of the machine.

    Returns:
        The outcome; None if he knows all that he may know. It is recorded only if the landlord has it.

    Raises:
        UnknownReference: there is no such case.
        ImpossibleEvent: the case is of another landlord, no signal of it was received, or the person was
            forgotten.
        InvalidValue: a day that is to come, before the signal was received, or before the one as of
            which he was told last; or a person without a name.
        CaseError: the store cannot be read or written.
    """
    now = _checked_now(as_of, by, person, made)
    for _ in range(_MOST_TRIES):
        events = events_of_case(store, case)
        if events is None:
            raise UnknownReference("/case", "there is no case with this key", "list the cases")
        _check(events, landlord)
        told_before = [it for it in events if it.type is EventType.FEEDBACK_GIVEN]
        if any(it.happened > as_of for it in told_before):
            # A message as of an earlier day would take back what he was told of the days after it.
            raise InvalidValue("/as_of", "he was told as of a later day", "tell what is so today")
        if not _is_received(events, as_of):
            raise InvalidValue("/as_of", "no signal was received by this day", "tell what is so today")
        if (told := _news(events, as_of)) is None:
            return None
        message = FeedbackMessage(number=len(told_before) + 1, made=now, feedback=told)
        # What could not be recorded would be told again and again: so it is not delivered either.
        record(
            events,
            Event(
                id=message.id,
                case=case,
                type=EventType.FEEDBACK_GIVEN,
                happened=as_of,
                recorded=max(now, events[-1].recorded),
                by=by,
                person=person,
            ),
        )
        store.feedback(case, as_of, by=by, person=person)  # that it was asked is recorded
        delivery = channel.give(message)
        if delivery.outcome is not Outcome.ACCEPTED:
            return delivery
        try:
            store.record(
                case,
                EventType.FEEDBACK_GIVEN,
                as_of,
                by=by,
                person=person,
                id=message.id,
                expected=len(events),
            )
        except (CaseConflict, DuplicateId):  # what he was told may not be so any more: tell him anew
            now += dt.timedelta(microseconds=1)
            continue
        return delivery
    raise CaseConflict("/case", "others keep recording in this case", "try again later")


def _checked_now(as_of: dt.date, by: Role | str, person: str, made: dt.datetime | None) -> dt.datetime:
    """The present moment; what is the same for all cases is checked first."""
    now = (now_utc() if made is None else made).astimezone(dt.UTC)
    if as_of > now.astimezone(DUTCH_TIME).date():
        raise InvalidValue("/as_of", "this day is to come", "tell what is so today")
    if not Line().accepts(person):
        raise refuse("/person", Line())
    if by not in {Role.GGD, Role.MUNICIPALITY}:
        raise ImpossibleEvent("/by", f"the {by} gives no feedback", "this is for: ggd, municipality")
    return now


def _check(events: tuple[Event, ...], landlord: str | None) -> None:
    if any(it.is_forgotten for it in events):
        raise ImpossibleEvent("/case", "the person of this case was forgotten", "nobody is told of it")
    theirs = landlord_of(events)
    if theirs is not None and theirs != landlord:
        whose = "another landlord" if landlord else "a landlord, and nobody said whose the channel is"
        raise ImpossibleEvent("/landlord", f"this case came from {whose}", "name that landlord")
    if not _is_received(events):
        raise ImpossibleEvent("/case", "no signal was received", "record received first")


def _is_received(events: tuple[Event, ...], as_of: dt.date | None = None) -> bool:
    return fold(events, as_of=as_of).first(EventType.RECEIVED) is not None


def landlord_of(events: Iterable[Event]) -> str | None:
    """Return the landlord whose signal began a case, if that was recorded: as it was corrected last."""
    signals = (it for it in fold(events).all(EventType.RECEIVED) if it.data.get("landlord"))
    first = next(signals, None)
    return None if first is None else str(first.data["landlord"])


def _news(events: tuple[Event, ...], as_of: dt.date) -> Feedback | None:
    """What the landlord is to be told; None if he knows it."""
    told, last = feedback(fold(events, as_of=as_of), as_of), _last_told(events)
    return None if last is not None and told.says_as(last) else told


def _last_told(events: tuple[Event, ...]) -> Feedback | None:
    """What the landlord was told last: as the case was known just before that was recorded.

    What another one was told, before it was corrected whose signal it is, he was not.
    """
    last = fold(events).last(EventType.FEEDBACK_GIVEN)
    if last is None:
        return None
    known = events[: [it.id for it in events].index(last.id)]
    if landlord_of(known) != landlord_of(events):
        return None
    return feedback(fold(known, as_of=last.happened), last.happened)


def give_all_feedback(
    store: CaseStore,
    channel: FeedbackChannel,
    as_of: dt.date,
    *,
    landlord: str,
    by: Role | str,
    person: str,
    made: dt.datetime | None = None,
) -> GivenFeedback:
    """Tell a landlord what he may know and was not told of all cases that came from him.

    Cases of which the landlord was not recorded are left out, and named. One that fails does not stop
    the others.

    Args:
        store: the store.
        channel: the channel to this landlord.
        as_of: as of `give_feedback`; so are the others.
        landlord: the landlord, as recorded when the signals were received.
        by: the role of who tells him.
        person: the name of who does.
        made: the present moment; None for that of the machine.

    Raises:
        InvalidValue, ImpossibleEvent: as `give_feedback`, for what is the same for all.
        CaseError: the store cannot be read.
    """
    _checked_now(as_of, by, person, made)
    given: list[str] = []
    known: list[str] = []
    failed: list[NotGiven] = []
    no_landlord: list[str] = []
    not_told: list[str] = []
    for case in store.keys():  # noqa: SIM118 - not a mapping
        try:
            events = events_of_case(store, case) or ()
            if any(it.is_forgotten for it in events):
                continue
            theirs = landlord_of(events)
            if theirs is None and _is_received(events):
                no_landlord.append(case)
                if _is_received(events, as_of) and _news(events, as_of) is not None:
                    not_told.append(case)
            if theirs != landlord:
                continue
            delivery = give_feedback(
                store, channel, case, as_of, by=by, person=person, landlord=landlord, made=made
            )
        except (CaseError, InputError) as error:
            failed.append(NotGiven(case, str(error)))
            continue
        if delivery is None:
            known.append(case)
        elif delivery.outcome is Outcome.ACCEPTED:
            given.append(case)
        else:
            failed.append(NotGiven(case, f"{delivery.outcome}: {delivery.reason}"))
    return GivenFeedback(
        given=given, known=known, failed=failed, no_landlord=no_landlord, not_told=not_told
    )
