"""The case after a referral (vroegsignaalzaak): what happened, what is due, the plan, and the way back.

::

    case = record(events, Event(id=..., case=key, type="first-talk", happened=..., ...))
    for item in due(case, as_of, DEADLINES):
        print(item.label.en, item.end, item.state)

| module | holds |
|---|---|
| `words` | who acts, and the words for attempts, decisions and results, each with that of DDAS |
| `events` | what can happen, who may record it, and what comes before it: a table |
| `case` | an event, and the case as a fold over its events |
| `calendar` | working days and statutory time limits (Algemene termijnenwet) |
| `deadlines` | what is due, since when, by which article, and whose turn it is |
| `national_terms` | the deadlines of national law and practice |
| `planning` | a plan of action: goals, instalments to the cent, and whether it is kept |
| `feedback` | what the landlord may know, and as what it comes back into the next screening |
| `errors` | what these functions raise |
"""

from huurschuld.cases.calendar import CALENDAR, Calendar, Term, TermUnit
from huurschuld.cases.case import CaseState, Event, Unexpected, fold, record
from huurschuld.cases.deadlines import DatedTerm, Deadline, DeadlineRule, DueState, due, with_term
from huurschuld.cases.errors import CaseError, ImpossibleEvent
from huurschuld.cases.events import EVENTS, EventRule, EventType, Phase
from huurschuld.cases.feedback import Feedback, Taken, feedback
from huurschuld.cases.national_terms import DEADLINES
from huurschuld.cases.planning import (
    Followed,
    Goal,
    Instalment,
    Keeping,
    PlanOfAction,
    Repayment,
    as_plan,
    follow,
    repay,
)
from huurschuld.cases.words import (
    AttemptKind,
    Matching,
    MunicipalDecision,
    PartOfDay,
    Result,
    Role,
    Screened,
    Threat,
)

__all__ = [
    "CALENDAR",
    "DEADLINES",
    "EVENTS",
    "AttemptKind",
    "Calendar",
    "CaseError",
    "CaseState",
    "DatedTerm",
    "Deadline",
    "DeadlineRule",
    "DueState",
    "Event",
    "EventRule",
    "EventType",
    "Feedback",
    "Followed",
    "Goal",
    "ImpossibleEvent",
    "Instalment",
    "Keeping",
    "Matching",
    "MunicipalDecision",
    "PartOfDay",
    "Phase",
    "PlanOfAction",
    "Repayment",
    "Result",
    "Role",
    "Screened",
    "Taken",
    "Term",
    "TermUnit",
    "Threat",
    "Unexpected",
    "as_plan",
    "due",
    "feedback",
    "fold",
    "follow",
    "record",
    "repay",
    "with_term",
]
