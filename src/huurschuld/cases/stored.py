"""What a store of cases gives back: a case to who may see it, and little to a landlord."""

from __future__ import annotations

import datetime as dt

from attrs import frozen

from huurschuld.cases.case import CaseState, Event
from huurschuld.model.values import RedactedRepr


@frozen(repr=False, kw_only=True)
class Stored(RedactedRepr):
    """A case as the store has it.

    Attributes:
        state: what it has come to.
        events: its events, in the order in which they were recorded; of a view as of a day or a moment
            those that are in it.
        version: how many events were recorded in all, whatever the view: what `expected` of `record` is.
        is_forgotten: whether the person was forgotten.
    """

    state: CaseState
    events: tuple[Event, ...]
    version: int
    is_forgotten: bool

    @classmethod
    def of(
        cls,
        state: CaseState,
        events: tuple[Event, ...],
        *,
        as_of: dt.date | None,
        known: dt.datetime | None,
        is_forgotten: bool,
    ) -> Stored:
        """Make one of a view: as of a day, what was corrected is not in it."""
        seen = {event.id for event in (events if as_of is None else state.history)}
        in_view = tuple(it for it in events if it.id in seen and (known is None or it.recorded <= known))
        return cls(state=state, events=in_view, version=len(events), is_forgotten=is_forgotten)


@frozen(repr=False, kw_only=True)
class Recorded(RedactedRepr):
    """What was recorded.

    Attributes:
        id: of the event.
        state: the case with it; None for a landlord, who may not see a case.
        version: how many events the case has now, as of `Stored`; None for a landlord.
    """

    id: str
    state: CaseState | None
    version: int | None
