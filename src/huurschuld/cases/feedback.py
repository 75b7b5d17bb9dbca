"""The way back: what the landlord may know of a case, and nothing else.

DDAS vroegsignalering and the Landelijk Convenant Vroegsignalering say what a municipality reports back:
that the report was a repeated or unjust one, that the person does not live there any more or has died,
whether help was accepted, and until when collection is suspended. Of any other reason not to take up a
signal the landlord learns only *that* it was not taken up. A case has much more; a `Feedback` has no
room for it: no reason, no helper, no talk, no decision.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from attrs import field, frozen

from huurschuld.cases.case import CaseState
from huurschuld.cases.deadlines import DueState, due
from huurschuld.cases.folding import seen_on
from huurschuld.cases.kinds import EventType, Phase
from huurschuld.cases.national_terms import SUSPENSION
from huurschuld.cases.words import Result, Screened, one_of
from huurschuld.model.tenancy import StatedFact
from huurschuld.model.values import Day, Maybe, RedactedRepr, Text

HELP_ACCEPTED: Final = "help_accepted"
COLLECTION_SUSPENDED: Final = "collection_suspended"


class Taken(StrEnum):
    """What became of the signal, as far as the landlord may know."""

    RECEIVED = "received"
    TAKEN_UP = "taken-up"
    NOT_TAKEN_UP = "not-taken-up"
    REPEATED = "repeated"
    UNJUST = "unjust"
    DIED = "died"
    NOT_RESIDENT = "not-resident"


def _as_taken(given: Taken | str) -> Taken:
    return one_of(Taken, given, "/taken")


@frozen(repr=False, kw_only=True)
class Feedback(RedactedRepr):
    """What the landlord may know about a case (terugkoppeling).

    Attributes:
        key: of the case, which is that of the referral.
        day: as of when.
        taken: what became of the signal.
        help_accepted: whether help was accepted; None as long as nobody answered.
        suspended_until: the last day on which collection is suspended; None if it is not.
    """

    key: str = field(validator=Text())
    day: dt.date = field(validator=Day())
    taken: Taken = field(converter=_as_taken)
    help_accepted: bool | None = None
    suspended_until: dt.date | None = field(default=None, validator=Maybe(Day()))

    def facts(self) -> tuple[StatedFact, ...]:
        """Return what it says of the tenancy, for the next screening: nothing where it says nothing."""
        stated: list[StatedFact] = []
        if self.help_accepted is not None:
            stated.append(StatedFact(name=HELP_ACCEPTED, value=self.help_accepted, from_=self.day))
        if self.suspended_until is not None and self.suspended_until >= self.day:
            stated.append(
                StatedFact(
                    name=COLLECTION_SUSPENDED, value=True, from_=self.day, until=self.suspended_until
                )
            )
        return tuple(stated)


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
