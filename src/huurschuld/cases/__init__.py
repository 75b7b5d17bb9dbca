"""The case after a referral (vroegsignaalzaak): what happened, what is due, the plan, and the way back.

::

    case = record(events, Event(id=..., case=key, type="first-talk", happened=..., ...))
    for item in due(case, as_of, DEADLINES):
        print(item.label.en, item.end, item.state)

| module | holds |
|---|---|
| `words` | who acts, and the words for attempts, decisions and results, each with that of DDAS |
| `classification` | what each value says of somebody, who may read it, and why it is kept |
| `kinds` | the phases, the types of events, and what a rule for one says |
| `events` | what can happen, who may record it, and what comes before it: a table |
| `case`, `folding` | an event, and the case as a fold over its events |
| `surprises` | what is taken though nobody would expect it |
| `calendar` | working days and statutory time limits (Algemene termijnenwet) |
| `deadlines` | what is due, since when, by which article, and whose turn it is |
| `national_terms` | the deadlines of national law and practice |
| `own_deadlines` | those that an organisation sets for itself, from a configuration |
| `planning` | a plan of action: goals, instalments to the cent, and whether it is kept |
| `feedback` | what the landlord may know, and as what it comes back into the next screening |
| `rights` | which role may do what with a case, and what it sees of it |
| `store`, `recording`, `stored`, `opening` | a store of cases, append-only; needs the extra `cases` |
| `connecting`, `entries` | its database, its events as entries of the log: see `huurschuld.storage` |
| `in_the_clear` | the events of all cases, with what stands in the clear |
| `retention`, `keeping` | how long what is about a person is kept, and which cases are past it |
| `exporting`, `exported_text`, `exported_schema` | all that is held of a person (GDPR 15) |
| `exported_referral` | what of the referral is in that |
| `linking` | other cases of the same person: a repeated signal stands in two |
| `stamping` | time stamps of the heads (RFC 3161); needs the extra `stamp` |
| `glance`, `store_overview` | a case at a glance, and all of a store: nothing sealed is opened |
| `deadline_feed` | deadlines as an iCalendar |
| `phrases` | what roles, values and deadlines are called, in both languages |
| `contact` | the contact details of a signal, as data of an event |
| `receiving`, `matching` | taking in signals, repeated ones too; whether there is a case already |
| `giving` | feedback to the landlord, once for each thing that he may know |
| `coupling` | a helper from a directory, whom a person chooses |
| `plan_events` | what the ledger says of the plan of a case: to record, and for the next decision |
| `searching` | reading the store by program |
| `errors` | what these functions raise |
"""

from typing import TYPE_CHECKING

from huurschuld.cases.calendar import CALENDAR, Calendar, Term, TermUnit
from huurschuld.cases.case import CaseState, Event, Unexpected
from huurschuld.cases.classification import ENTRY_FIELDS, DataClass, Meaning
from huurschuld.cases.deadline_feed import deadline_feed
from huurschuld.cases.deadlines import Begin, DatedTerm, Deadline, DeadlineRule, DueState, due, with_term
from huurschuld.cases.errors import (
    CaseConflict,
    CaseError,
    CaseStoreBusy,
    CaseStoreDamaged,
    CaseStoreFailed,
    ImpossibleEvent,
    InvalidStamp,
    NoCaseStore,
    NotAllowed,
    StampFailed,
)
from huurschuld.cases.events import EVENTS
from huurschuld.cases.feedback import feedback
from huurschuld.cases.folding import fold, record
from huurschuld.cases.glance import Glance
from huurschuld.cases.kinds import EventRule, EventType, Phase
from huurschuld.cases.national_terms import DEADLINES
from huurschuld.cases.own_deadlines import with_own_deadlines
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
from huurschuld.cases.retention import Kept, Retention
from huurschuld.cases.rights import RIGHTS, Right, RightRule
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
from huurschuld.model.feedback import Feedback, Taken
from huurschuld.portfolio.extras import import_extra

if TYPE_CHECKING:
    from huurschuld.cases.coupling import couple, propose_helpers
    from huurschuld.cases.exported_schema import export_schema
    from huurschuld.cases.exported_text import export_text
    from huurschuld.cases.exporting import export_person, free_texts
    from huurschuld.cases.giving import GivenFeedback, NotGiven, give_all_feedback, give_feedback
    from huurschuld.cases.in_the_clear import clear_events
    from huurschuld.cases.keeping import Forgetting, case_keys, forgetting, kept_cases
    from huurschuld.cases.matching import Match, matches
    from huurschuld.cases.opening import create_case_store, open_case_store
    from huurschuld.cases.plan_events import (
        FollowedPlan,
        InPlan,
        ProposedEvent,
        follow_case,
        keys_in_plan,
        plan_of,
        plans_table,
        record_plan_events,
    )
    from huurschuld.cases.receiving import Reception, Signal, receive, repeat
    from huurschuld.cases.store import CaseStore
    from huurschuld.cases.store_overview import Overview, overview
    from huurschuld.cases.stored import Recorded, Stored
    from huurschuld.storage.checking import Head, LogFault
    from huurschuld.storage.log import digest, heads, read_heads, verify

__all__ = [
    "CALENDAR",
    "DEADLINES",
    "ENTRY_FIELDS",
    "EVENTS",
    "RIGHTS",
    "AttemptKind",
    "Begin",
    "Calendar",
    "CaseConflict",
    "CaseError",
    "CaseState",
    "CaseStore",
    "CaseStoreBusy",
    "CaseStoreDamaged",
    "CaseStoreFailed",
    "DataClass",
    "DatedTerm",
    "Deadline",
    "DeadlineRule",
    "DueState",
    "Event",
    "EventRule",
    "EventType",
    "Feedback",
    "Followed",
    "FollowedPlan",
    "Forgetting",
    "GivenFeedback",
    "Glance",
    "Goal",
    "Head",
    "ImpossibleEvent",
    "InPlan",
    "Instalment",
    "InvalidStamp",
    "Keeping",
    "Kept",
    "LogFault",
    "Match",
    "Matching",
    "Meaning",
    "MunicipalDecision",
    "NoCaseStore",
    "NotAllowed",
    "NotGiven",
    "Overview",
    "PartOfDay",
    "Phase",
    "PlanOfAction",
    "ProposedEvent",
    "Reception",
    "Recorded",
    "Repayment",
    "Result",
    "Retention",
    "Right",
    "RightRule",
    "Role",
    "Screened",
    "Signal",
    "StampFailed",
    "Stored",
    "Taken",
    "Term",
    "TermUnit",
    "Threat",
    "Unexpected",
    "as_plan",
    "case_keys",
    "clear_events",
    "couple",
    "create_case_store",
    "deadline_feed",
    "digest",
    "due",
    "export_person",
    "export_schema",
    "export_text",
    "feedback",
    "fold",
    "follow",
    "follow_case",
    "forgetting",
    "free_texts",
    "give_all_feedback",
    "give_feedback",
    "heads",
    "kept_cases",
    "keys_in_plan",
    "matches",
    "open_case_store",
    "overview",
    "plan_of",
    "plans_table",
    "propose_helpers",
    "read_heads",
    "receive",
    "record",
    "record_plan_events",
    "repay",
    "repeat",
    "verify",
    "with_own_deadlines",
    "with_term",
]

_OF_STORE = {
    **dict.fromkeys(("Head", "LogFault"), "storage.checking"),
    **dict.fromkeys(("digest", "heads", "read_heads", "verify"), "storage.log"),
    **dict.fromkeys(("create_case_store", "open_case_store"), "cases.opening"),
    **dict.fromkeys(("Overview", "overview"), "cases.store_overview"),
    **dict.fromkeys(("export_person", "free_texts"), "cases.exporting"),
    "export_schema": "cases.exported_schema",
    "export_text": "cases.exported_text",
    **dict.fromkeys(("Forgetting", "case_keys", "forgetting", "kept_cases"), "cases.keeping"),
    **dict.fromkeys(("Recorded", "Stored"), "cases.stored"),
    "CaseStore": "cases.store",
    "clear_events": "cases.in_the_clear",
    **dict.fromkeys(("GivenFeedback", "NotGiven", "give_all_feedback", "give_feedback"), "cases.giving"),
    **dict.fromkeys(("couple", "propose_helpers"), "cases.coupling"),
    **dict.fromkeys(("FollowedPlan", "InPlan", "ProposedEvent"), "cases.plan_events"),
    **dict.fromkeys(("follow_case", "plan_of"), "cases.plan_events"),
    **dict.fromkeys(("keys_in_plan", "plans_table", "record_plan_events"), "cases.plan_events"),
    **dict.fromkeys(("Match", "matches"), "cases.matching"),
    **dict.fromkeys(("Reception", "Signal", "receive", "repeat"), "cases.receiving"),
}


def __getattr__(name: str) -> object:
    """Import what needs a database on first use."""
    if name not in _OF_STORE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    problem = "a case store needs SQLAlchemy, Alembic and cryptography"
    module = import_extra(f"huurschuld.{_OF_STORE[name]}", "cases", name, problem)
    return getattr(module, name)
