"""How long what is about a person is kept (bewaartermijn), and which cases are past it.

No law was found that says how long, so there is no default: a term that nobody has set is unset, and a
case is never past it. A person has cases forgotten; nothing forgets by itself.

::

    [cases.retention]          # of a configuration; each may be left out
    personal_days = 730
    special_days = 365
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Final

from attrs import field, fields, frozen

from huurschuld.cases.case import CaseState, Event
from huurschuld.cases.classification import PURPOSE, DataClass
from huurschuld.cases.folding import fold
from huurschuld.cases.kinds import EventType, Phase
from huurschuld.errors import UnknownField
from huurschuld.model.strict_objects import StrictObject
from huurschuld.model.values import Maybe, Whole, refuse

LONGEST_DAYS: Final = 36_525
"""The longest term: a hundred years."""
_DAYS: Final = Whole(0, LONGEST_DAYS, "days, a whole number")


@frozen
class Retention:
    """For how many days what is about a person is kept, once the case is over.

    Attributes:
        personal_days: what is of the class `personal`; None if nobody has set it.
        special_days: what is of the class `special`; None if nobody has set it.
    """

    personal_days: int | None = field(default=None, validator=Maybe(_DAYS))
    special_days: int | None = field(default=None, validator=Maybe(_DAYS))

    def of(self, data_class: DataClass) -> int | None:
        """Return the days of a class; None if they are not set."""
        return {DataClass.PERSONAL: self.personal_days, DataClass.SPECIAL: self.special_days}[data_class]

    @property
    def unset(self) -> tuple[DataClass, ...]:
        """The classes for which nobody has set a term."""
        return tuple(it for it in DataClass if it.is_sealed and self.of(it) is None)


RETENTION_FIELDS: Final = tuple(it.name for it in fields(Retention))
"""What can be set, by name."""


def read_retention(section: StrictObject) -> Retention:
    """Read the terms of a configuration.

    Raises:
        InputError: at the key of the configuration.
    """
    terms: dict[str, int] = {}
    for name, days in section.fields.items():
        if name not in RETENTION_FIELDS:
            raise UnknownField(section.place(name), "there is no such term", f"there are: {_KNOWN}")
        if not isinstance(days, int) or not _DAYS.accepts(days):
            raise refuse(section.place(name), _DAYS)
        terms[name] = days
    return Retention(**terms)


_KNOWN: Final = ", ".join(RETENTION_FIELDS)


@frozen
class Kept:
    """How long what is about the person of a case is still kept.

    Attributes:
        case: the key of the case.
        over: the day on which the case was over; None if it is not.
        classes: the classes of which it holds something about the person.
        until: the last day of the shortest term that is set for one of these; None if none is, or if
            the case is not over. All of it is under one key, so it goes together.
        by: the class whose term that is.
    """

    case: str
    over: dt.date | None
    classes: frozenset[DataClass]
    until: dt.date | None
    by: DataClass | None

    def is_past(self, as_of: dt.date) -> bool:
        """Whether it should have been forgotten by this day."""
        return self.until is not None and self.until < as_of


def kept_of(key: str, events: Iterable[Event], retention: Retention, *, has_accesses: bool) -> Kept:
    """Say until when a case is kept.

    Args:
        key: its key.
        events: all that was recorded, with what is personal; what was corrected is kept as well.
        retention: the terms.
        has_accesses: whether somebody looked at it: why is sealed too.
    """
    recorded = tuple(events)
    held = {it.rule.data[name].meaning.data_class for it in recorded for name in it.data}
    if has_accesses:
        held.add(PURPOSE.data_class)
    classes = frozenset(it for it in held if it.is_sealed)
    over = over_since(fold(recorded))
    terms = [(days, it) for it in sorted(classes) if (days := retention.of(it)) is not None]
    if over is None or not terms:
        return Kept(key, over, classes, None, None)
    days, shortest = min(terms)
    return Kept(key, over, classes, over + dt.timedelta(days=days), shortest)


def over_since(case: CaseState) -> dt.date | None:
    """Return the day on which a case was over; None if it is not."""
    if case.phase not in {Phase.CLOSED, Phase.SCREENED_OUT}:
        return None
    last = case.last(EventType.CLOSED, EventType.SCREENED_OUT)
    return None if last is None else last.happened
