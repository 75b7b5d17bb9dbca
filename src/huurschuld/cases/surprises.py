"""What is taken though nobody would expect it, and why: the worker looks whether it is a mistake."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

from huurschuld.cases.case import SUSPENDED_DAYS, CaseState, Event, is_reached
from huurschuld.cases.events import EVENTS
from huurschuld.cases.kinds import EventType, Phase
from huurschuld.cases.words import MunicipalDecision, Result, Role
from huurschuld.rules.sources import Phrase


def surprises(event: Event, phase: Phase, happened: Sequence[Event]) -> Iterator[Phrase]:
    """Yield why nobody would expect an event in this phase, after what happened before."""
    if phase not in event.rule.expected:
        name = PHASE_NAMES[phase]
        yield Phrase(f"de zaak is dan {name.nl}", f"the case is {name.en} then")
    seen = {it.type for it in happened}
    for expected in event.rule.expects:
        if not expected & seen:
            labels = [EVENTS[it].label for it in sorted(expected)]
            yield Phrase(
                f"niet eerder vastgelegd: {' of '.join(it.nl for it in labels)}",
                f"not recorded before: {' or '.join(it.en for it in labels)}",
            )
    if event.type in _ODD:
        yield from _ODD[event.type](event, happened)


def _closed(event: Event, happened: Sequence[Event]) -> Iterator[Phrase]:
    if event.data["result"] == Result.NEVER_REACHED and any(map(is_reached, happened)):
        yield Phrase("de inwoner is wel bereikt", "the resident was reached")


def _received(_: Event, happened: Sequence[Event]) -> Iterator[Phrase]:
    round_ = happened[_since_reopened(happened) :]
    if any(it.type is EventType.RECEIVED for it in round_):
        yield Phrase(
            "een herhaald signaal: aan een eerder wordt al gewerkt",
            "a repeated signal: an earlier one is being dealt with",
        )


def _since_reopened(happened: Sequence[Event]) -> int:
    return max((n for n, it in enumerate(happened, 1) if it.type is EventType.REOPENED), default=0)


def _suspended(event: Event, happened: Sequence[Event]) -> Iterator[Phrase]:
    if event.data["until"] < event.happened:
        yield Phrase("die dag is dan al voorbij", "that day is over by then")
    if event.by is Role.LANDLORD:
        before = CaseState(history=tuple(happened))
        accepted = before.accepted
        term = None if accepted is None else accepted + dt.timedelta(days=SUSPENDED_DAYS)
        until = before.suspended_to(term)
        if until is not None and event.data["until"] < until:
            yield Phrase(
                "de incasso is al langer opgeschort, en een verhuurder kort dat niet in",
                "collection is suspended for longer already, and a landlord does not shorten that",
            )


def _announced(event: Event, _: Sequence[Event]) -> Iterator[Phrase]:
    if (on := event.data.get("on")) is not None and on < event.happened:
        yield Phrase("die dag is dan al voorbij", "that day is over by then")


def _agreed(event: Event, _: Sequence[Event]) -> Iterator[Phrase]:
    first, last = event.data.get("first"), event.data.get("last")
    if first is not None and last is not None and last < first:
        yield Phrase("de laatste termijn is voor de eerste", "the last instalment is before the first")
    arrears, monthly = event.data.get("arrears_cents"), event.data.get("monthly_cents")
    if arrears is not None and monthly is not None and monthly > arrears:
        yield Phrase("de termijn is meer dan de schuld", "the instalment is more than the arrears")


def _prevented(_: Event, happened: Sequence[Event]) -> Iterator[Phrase]:
    if any(it.type is EventType.EVICTION_CARRIED_OUT for it in happened):
        yield Phrase("de ontruiming is al geweest", "the eviction was carried out before")


def _withdrawn(_: Event, happened: Sequence[Event]) -> Iterator[Phrase]:
    types = [it.type for it in happened]
    if types.count(EventType.OBJECTION_WITHDRAWN) >= types.count(EventType.OBJECTION_MADE):
        yield Phrase("elk bezwaar is al ingetrokken", "each objection was withdrawn before")


def _decided(event: Event, happened: Sequence[Event]) -> Iterator[Phrase]:
    known = event.data.get("made_known")
    if known is not None and known < event.happened:
        yield Phrase("het is dan al bekendgemaakt", "it was made known before it was taken")
    if event.data["decision"] == MunicipalDecision.NONE_NEEDED:
        talks = {it.happened for it in happened if it.type is EventType.FIRST_TALK}
        if not any(it.type is EventType.DECLINED and it.happened in talks for it in happened):
            yield Phrase(
                "geen besluit kan alleen als hulp in het eerste gesprek is afgewezen (Wgs art. 4a(2))",
                "no decision is right only if help was declined in the first talk (Wgs art. 4a(2))",
            )


_ODD: Final[Mapping[EventType, Callable[[Event, Sequence[Event]], Iterator[Phrase]]]] = {
    EventType.CLOSED: _closed,
    EventType.RECEIVED: _received,
    EventType.COLLECTION_SUSPENDED: _suspended,
    EventType.EVICTION_ANNOUNCED: _announced,
    EventType.PLAN_AGREED: _agreed,
    EventType.EVICTION_PREVENTED: _prevented,
    EventType.OBJECTION_WITHDRAWN: _withdrawn,
    EventType.DECISION: _decided,
}
"""What is odd about the values of an event, or about so many of them."""


PHASE_NAMES: Final[Mapping[Phase, Phrase]] = {
    Phase.NEW: Phrase("nog niet begonnen", "not begun"),
    Phase.SENT: Phrase("verstuurd", "sent"),
    Phase.RECEIVED: Phrase("ontvangen", "received"),
    Phase.SCREENED_OUT: Phrase("niet opgepakt", "not taken up"),
    Phase.OPEN: Phrase("opgepakt", "open"),
    Phase.OFFERED: Phrase("hulp aangeboden", "offered help"),
    Phase.DECLINED: Phrase("hulp afgewezen", "declined"),
    Phase.ACCEPTED: Phrase("hulp aanvaard", "accepted"),
    Phase.TALKED: Phrase("gesproken", "talked to"),
    Phase.DECIDED: Phrase("besloten", "decided"),
    Phase.PLAN: Phrase("in een plan", "in a plan"),
    Phase.PLAN_ENDED: Phrase("na een plan", "after a plan"),
    Phase.CLOSED: Phrase("afgesloten", "closed"),
}
"""What each phase is called."""
