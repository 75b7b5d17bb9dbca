"""A timeline (tijdlijn): what happened in a tenancy, day by day, and the rent that was owed after each.

It is what a case worker reads to know how things came to be as they are. What was owed is that of the
semantics: the money of each day is allocated to the oldest rent first, or to what it names.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Final

from attrs import evolve, frozen

from huurschuld.decisions.decision import not_a_day
from huurschuld.errors import InvalidValue
from huurschuld.model.entries import RECEIVED, Entry, Reversal
from huurschuld.model.json_parts import write_part
from huurschuld.model.tenancy import (
    Contact,
    Dispute,
    Eviction,
    Objection,
    Plan,
    Signal,
    Tenancy,
)
from huurschuld.model.values import DAY, RedactedRepr
from huurschuld.rules.arrears import open_terms
from huurschuld.rules.running_ledger import steps_of

KINDS: Final = (
    *("lease-started", "rent", "other", "booked-early", "payment", "credit", "reversal", "refund"),
    *("contact", "plan", "plan-broken", "plan-ended", "dispute", "dispute-ended"),
    *("objection", "objection-withdrawn", "signal"),
    *("eviction-announced", "eviction", "lease-ended", "deceased"),
)
"""The kinds of events, in their order on one day."""

_RANKS: Final = {kind: rank for rank, kind in enumerate(KINDS)}
_MAY_BE_UNKNOWN: Final = ("contacts", "plans", "disputes", "objections", "signals")

Part = Entry | Contact | Plan | Dispute | Objection | Signal | Eviction


@frozen(repr=False)
class TimelineEvent(RedactedRepr):
    """Something that happened in a tenancy.

    Attributes:
        day: a claim stands on its due day, or on a later day on which it was booked; a reversal on the
            day on which the payment is there.
        kind: one of `KINDS`. `plan-ended` and `dispute-ended` stand on the first day after the last one,
            as does `lease-ended`; `booked-early` is a claim that money names before its due day.
        owed_cents: the open cents of the rent terms due by that day, after this event and those before.
        cents: the amount: of a reversal what it took back, of a plan or dispute the arrears that it is
            about, where it says so; None without an amount.
        part: what it comes from; None for the lease and a death.
    """

    day: dt.date
    kind: str
    owed_cents: int
    cents: int | None = None
    part: Part | None = None

    def document(self) -> dict[str, object]:
        """Return its JSON object; `what` is the part of the tenancy, as a case file has it."""
        return {
            "day": self.day.isoformat(),
            "kind": self.kind,
            "cents": self.cents,
            "owed_cents": self.owed_cents,
            "what": None if self.part is None else write_part(self.part),
        }


@frozen(repr=False)
class Timeline(RedactedRepr):
    """What happened in a tenancy up to a day, oldest first; iterating gives the events.

    Attributes:
        as_of: the day.
        events: in order of day. On one day: claims (rent, then others), payments and credits, reversals,
            refunds, each in order of id; then contacts and the rest, as in `KINDS`.
        unknown: the parts of the tenancy that are unknown, of which there are no events; sorted.
        open_terms: what is open of the overdue rent: (due day, cents), oldest first.
    """

    as_of: dt.date
    events: tuple[TimelineEvent, ...]
    unknown: tuple[str, ...]
    open_terms: tuple[tuple[dt.date, int], ...]

    def __iter__(self) -> Iterator[TimelineEvent]:
        return iter(self.events)

    def __len__(self) -> int:
        return len(self.events)

    @property
    def owed_cents(self) -> int:
        """What is owed after all of it: the arrears, and what is open of the rent due on that day."""
        return self.events[-1].owed_cents if self.events else 0

    @property
    def last_payment(self) -> TimelineEvent | None:
        """The latest payment (not a credit) of which something is left; None without."""
        return _last_payment(self.events)

    def document(self, since: dt.date | None = None) -> dict[str, object]:
        """Return its JSON object, with the events from a day on."""
        last = self.last_payment
        return {
            "as_of": self.as_of.isoformat(),
            "events": [it.document() for it in self.events if since is None or it.day >= since],
            "unknown": list(self.unknown),
            "open_terms": [{"due": day.isoformat(), "cents": it} for day, it in self.open_terms],
            "last_payment": None if last is None else last.document(),
        }


def timeline(tenancy: Tenancy, as_of: dt.date) -> Timeline:
    """Put what happened in a tenancy in order, as it was known on a day.

    Rent and other claims, payments, credits, reversals, refunds; contacts, plans, disputes, objections,
    earlier referrals; the lease, an eviction and a death. What is dated later is left out.

    Args:
        tenancy: the tenancy.
        as_of: the day (peildatum).

    Raises:
        InvalidValue: an argument is of another type.
    """
    if not isinstance(tenancy, Tenancy):
        raise InvalidValue("/tenancy", "a Tenancy is expected")
    if not DAY.accepts(as_of):
        raise not_a_day(as_of)
    steps = steps_of(tenancy, as_of)
    by_id = {entry.id: entry for entry in tenancy.entries}
    found = [
        TimelineEvent(
            it.day,
            "booked-early" if it.early else it.entry.kind,
            it.owed_cents,
            _amount(it.entry, by_id),
            it.entry,
        )
        for it in steps
    ]
    others = sorted(_others(tenancy, as_of), key=_order)
    return Timeline(
        as_of,
        tuple(_merged(found, others)),
        tuple(name for name in sorted(_MAY_BE_UNKNOWN) if getattr(tenancy, name) is None),
        tuple(open_terms(tenancy, as_of)),
    )


def _amount(entry: Entry, by_id: dict[str, Entry]) -> int | None:
    if isinstance(entry, Reversal) and entry.cents is None:
        return by_id[entry.reverses].cents
    return entry.cents


def _others(tenancy: Tenancy, as_of: dt.date) -> Iterator[TimelineEvent]:
    """Yield what does not come from the ledger, up to a day; what was owed is filled in later."""
    for day, kind, part in _dated(tenancy):
        if day is not None and day <= as_of:
            yield TimelineEvent(day, kind, 0, getattr(part, "cents", None), part)


def _dated(tenancy: Tenancy) -> Iterator[tuple[dt.date | None, str, Part | None]]:
    yield tenancy.start, "lease-started", None
    for contact in tenancy.contacts or ():
        yield contact.date, "contact", contact
    for plan in tenancy.plans or ():
        broken = plan.broken_on
        yield plan.from_, "plan", plan
        if plan.until is not None and (broken is None or plan.until < broken):
            yield _after(plan.until), "plan-ended", plan
        else:
            yield None if broken is None else max(broken, plan.from_), "plan-broken", plan
    for dispute in tenancy.disputes or ():
        yield dispute.from_, "dispute", dispute
        yield _after(dispute.until), "dispute-ended", dispute
    for objection in tenancy.objections or ():
        yield objection.date, "objection", objection
        yield objection.withdrawn, "objection-withdrawn", objection
    for signal in tenancy.signals or ():
        yield signal.date, "signal", signal
    if tenancy.eviction is not None:
        yield tenancy.eviction.announced, "eviction-announced", tenancy.eviction
        yield tenancy.eviction.on, "eviction", tenancy.eviction
    yield _after(tenancy.end), "lease-ended", None
    yield tenancy.deceased, "deceased", None


def _after(day: dt.date | None) -> dt.date | None:
    """The first day after one; None where there is none that can be written."""
    return None if day is None or day == dt.date.max else day + dt.timedelta(days=1)


def _order(event: TimelineEvent) -> tuple[dt.date, int]:
    return event.day, _RANKS[event.kind]


def _merged(ledger: list[TimelineEvent], others: list[TimelineEvent]) -> Iterator[TimelineEvent]:
    """Put both in order; what is beside the ledger has what was owed after the entries before it."""
    owed, ahead = 0, iter(ledger)
    entry = next(ahead, None)
    for event in others:
        while entry is not None and _comes_first(entry, event):
            owed = entry.owed_cents
            yield entry
            entry = next(ahead, None)
        yield evolve(event, owed_cents=owed)
    if entry is not None:
        yield entry
        yield from ahead


def _comes_first(entry: TimelineEvent, other: TimelineEvent) -> bool:
    """Whether an entry is before something else; of one day only the start of the lease precedes it."""
    return entry.day < other.day or (entry.day == other.day and other.kind != "lease-started")


def _last_payment(events: tuple[TimelineEvent, ...]) -> TimelineEvent | None:
    left: dict[str, int] = {}
    for event in events:
        entry = event.part
        if isinstance(entry, RECEIVED):
            left[entry.id] = entry.cents
        elif isinstance(entry, Reversal):
            left[entry.reverses] -= event.cents or 0
    payments = [
        event
        for event in events
        if event.kind == "payment" and isinstance(event.part, RECEIVED) and left[event.part.id] > 0
    ]
    return payments[-1] if payments else None
