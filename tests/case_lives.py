"""Lives of cases: random ones for properties, and a whole one for examples."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st

from huurschuld.cases import EVENTS, CaseError, Event, EventType, record
from huurschuld.cases.contact import ContactKind
from huurschuld.errors import InputError
from huurschuld.model.referral import ContactDetails
from huurschuld.model.values import Choice, Day, Flag, Kind, Line, Text, Whole

KEY = "0123456789abcdef0123456789abcdef"
FIRST = dt.date(2026, 1, 5)
NOON = dt.time(11, tzinfo=dt.UTC)


def event(
    type_: str,
    day: dt.date | str = FIRST,
    /,
    *,
    number: int | None = None,
    recorded: dt.datetime | None = None,
    by: str | None = None,
    **data: Any,
) -> Event:
    """Make an event; by default recorded at noon of its day, by whoever may."""
    happened = dt.date.fromisoformat(day) if isinstance(day, str) else day
    return Event(
        id=f"{type_}-{happened}-{number}",
        case=KEY,
        type=EventType(type_),
        happened=happened,
        recorded=recorded or dt.datetime.combine(happened, NOON),
        by=by or min(EVENTS[EventType(type_)].by),
        person="a colleague",
        data=data,
    )


def whole_life() -> list[Event]:
    """A family that is reached, coupled, and keeps a plan; nothing in it is unexpected."""
    return [
        event("sent", "2026-01-05", arrears_cents=120_000),
        event("received", "2026-01-05", arrears_cents=120_000),
        event("matched", "2026-01-06", matching="single"),
        event("dossier-opened", "2026-01-06"),
        event("attempt", "2026-01-07", kind="letter"),
        event("attempt", "2026-01-14", kind="visit", part_of_day="evening", reached=True),
        event("offer-made", "2026-01-14"),
        event("accepted", "2026-01-15"),
        event("collection-suspended", "2026-01-16", until=dt.date(2026, 2, 14)),
        event("first-talk", "2026-01-22"),
        event("intake", "2026-01-29"),
        event("coupled", "2026-02-02", helper="Budget Informatie Punt", need="budget"),
        event("decision", "2026-02-10", decision="plan"),
        event("plan-agreed", "2026-02-12", arrears_cents=120_000, monthly_cents=60_000),
        event("instalment-due", "2026-03-01", cents=60_000),
        event("instalment-paid", "2026-03-01", cents=60_000),
        event("instalment-due", "2026-04-01", cents=60_000),
        event("instalment-paid", "2026-04-01", cents=60_000),
        event("plan-completed", "2026-04-02"),
        event("feedback-given", "2026-04-02"),
        event("closed", "2026-04-03", result="financial-help"),
    ]


WHO = ContactDetails(
    name="M. de Vries", street="Voorstraat", house_number=4, postcode="2225AB", place="Katwijk"
)


def _values(kind: Kind) -> st.SearchStrategy[Any]:
    """Values that a kind accepts."""
    match kind:
        case Choice():
            return st.sampled_from(kind.words)
        case Flag():
            return st.booleans()
        case Day():
            return st.dates(FIRST, FIRST + dt.timedelta(days=400))
        case Whole():
            return st.integers(kind.minimum, 200_000)
        case Line() | Text():
            return st.just("some words")
        case ContactKind():
            return st.just(WHO)
    raise AssertionError(kind)


def values_of(kind: EventType) -> st.SearchStrategy[Mapping[str, Any]]:
    """The data that an event of a type may have."""
    fields = EVENTS[kind].data
    return st.fixed_dictionaries(
        {name: _values(it.kind) for name, it in fields.items() if it.required},
        optional={name: _values(it.kind) for name, it in fields.items() if not it.required},
    )


@st.composite
def attempted(draw: st.DrawFn, *, most: int = 25) -> list[Event]:
    """Events that somebody tries to record, in this order: many of them are impossible."""
    happened = FIRST
    recorded = dt.datetime.combine(FIRST, NOON)
    found: list[Event] = []
    for number in range(draw(st.integers(1, most))):
        kind = draw(st.sampled_from(_FIRST_ONES if number < 2 else _KINDS))
        happened += dt.timedelta(days=draw(st.integers(-3, 20)))
        recorded += dt.timedelta(hours=draw(st.integers(0, 60)))
        recorded = max(recorded, dt.datetime.combine(happened, NOON))
        data = dict(draw(values_of(kind)))
        if kind is EventType.RETRACTED and found:
            data["event"] = draw(st.sampled_from(found)).id
        corrects = found and kind is not EventType.RETRACTED and draw(st.integers(0, 7)) == 7
        found.append(
            Event(
                id=str(number),
                case=KEY,
                type=kind,
                happened=happened,
                recorded=recorded,
                by=draw(st.sampled_from(sorted(EVENTS[kind].by))),
                data=data,
                replaces=draw(st.sampled_from(found)).id if corrects else None,
            )
        )
    return found


_FIRST_ONES = (EventType.SENT, EventType.RECEIVED)
_KINDS = (*EventType, *([EventType.ATTEMPT, EventType.OFFER_MADE, EventType.ACCEPTED] * 2))


def corrected_ids(events: list[Event]) -> set[str]:
    """The ids of what was retracted or replaced."""
    retracted = {it.data["event"] for it in events if it.type is EventType.RETRACTED}
    return retracted | {it.replaces for it in events if it.replaces is not None}


def recorded_of(tried: list[Event]) -> list[Event]:
    """Record what can be recorded; the rest is refused."""
    events: list[Event] = []
    for it in tried:
        try:
            record(events, it)
        except (CaseError, InputError):
            continue
        events.append(it)
    return events


def lives() -> st.SearchStrategy[list[Event]]:
    """Lives of cases: what was recorded, in that order."""
    return attempted().map(recorded_of).filter(bool)
