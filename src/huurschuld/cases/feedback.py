"""The way back: what the landlord may know of a case, worked out from it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Final

from huurschuld.cases.case import CaseState
from huurschuld.cases.deadlines import DueState, due
from huurschuld.cases.folding import seen_on
from huurschuld.cases.kinds import EventType, Phase
from huurschuld.cases.national_terms import SUSPENSION
from huurschuld.cases.words import Result, Screened
from huurschuld.model.feedback import Feedback, Taken

__all__ = ["Feedback", "Taken", "feedback"]

_SCREENED: Final[Mapping[str, Taken]] = {
    Screened.REPEATED: Taken.REPEATED,
    Screened.UNJUST: Taken.UNJUST,
    Screened.DIED: Taken.DIED,
    Screened.NOT_RESIDENT: Taken.NOT_RESIDENT,
}
"""The reasons that a landlord may know; of any other one only that the signal was not taken up."""

_RESULTS: Final[Mapping[Result, Taken]] = {
    Result.REPEATED: Taken.REPEATED,
    Result.UNJUST: Taken.UNJUST,
    Result.DIED: Taken.DIED,
    Result.NOT_RESIDENT: Taken.NOT_RESIDENT,
    Result.NOT_TAKEN_UP: Taken.NOT_TAKEN_UP,
}


def feedback(case: CaseState, as_of: dt.date) -> Feedback:
    """Work out what the landlord may know about a case.

    Args:
        case: the case; what happened after the day is left out.
        as_of: the day.
    """
    seen = seen_on(case, as_of)
    suspended = [it.end for it in due(seen, as_of, [SUSPENSION]) if it.state is DueState.RUNNING]
    return Feedback(
        key=seen.key,
        day=as_of,
        taken=_taken(seen),
        help_accepted=None if seen.answer is None else seen.answer.type is EventType.ACCEPTED,
        suspended_until=max(suspended, default=None),
    )


def _taken(case: CaseState) -> Taken:
    if case.result is not None and case.result in _RESULTS:
        return _RESULTS[case.result]
    since = case.in_round(EventType.SCREENED_OUT, EventType.REOPENED)
    if since and since[-1].type is EventType.SCREENED_OUT:  # it stands, whatever came after
        return _SCREENED.get(since[-1].data["reason"], Taken.NOT_TAKEN_UP)
    if case.in_round(*WORK):
        return Taken.TAKEN_UP
    return Taken.NOT_TAKEN_UP if case.phase is Phase.CLOSED else Taken.RECEIVED


WORK: Final = (
    EventType.DOSSIER_OPENED,
    EventType.ATTEMPT,
    EventType.OFFER_MADE,
    EventType.ACCEPTED,
    EventType.DECLINED,
    EventType.FIRST_TALK,
    EventType.INTAKE,
    EventType.COUPLED,
    EventType.DECISION,
    EventType.PLAN_AGREED,
)
"""What shows that the signal was taken up, even if nobody recorded the dossier."""
