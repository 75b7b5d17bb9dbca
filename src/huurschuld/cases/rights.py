"""Which role may do what with a case, and what it sees of it: one table, and one place that holds to it.

The covenant has the GGD and the municipality work on a case, and a helper beside them; a landlord learns
what he may know and nothing else. That a role limits who reads what is by design (GDPR 25 and 32);
which role reads what is a choice of this project, not law.
"""

from __future__ import annotations

import operator
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Final

from attrs import evolve, frozen

from huurschuld.cases.case import CaseState, Event
from huurschuld.cases.classification import ENTRY_FIELDS
from huurschuld.cases.errors import NotAllowed
from huurschuld.cases.words import Role, as_role


class Right(StrEnum):
    """What somebody may want of a case in a store.

    `overview`: see which cases there are, and how far each is; nothing that is sealed. `look`: see one,
    as far as the role may read its fields. `feedback`: what the landlord may know.
    `export`: all that is held of the person, to give it to that person. `forget`: destroy what is
    personal.
    """

    OVERVIEW = "overview"
    LOOK = "look"
    FEEDBACK = "feedback"
    EXPORT = "export"
    FORGET = "forget"


@frozen
class RightRule:
    """Who may do something; and what somebody else is told, and what to do instead."""

    roles: frozenset[Role]
    refusal: str
    instead: str


_OFFICE: Final = frozenset({Role.GGD, Role.MUNICIPALITY})

RIGHTS: Final[Mapping[Right, RightRule]] = {
    Right.OVERVIEW: RightRule(
        _OFFICE, "may not see which cases there are", "ask the municipality about a case"
    ),
    Right.LOOK: RightRule(
        _OFFICE | {Role.HELPER, Role.RESIDENT}, "may not see a case", "ask for the feedback on it"
    ),
    Right.FEEDBACK: RightRule(
        _OFFICE | {Role.LANDLORD}, "may not have the feedback to the landlord", "look at the case"
    ),
    Right.EXPORT: RightRule(
        _OFFICE,
        "may not have all that is held of a person",
        "have the GGD or the municipality make the export, for the person who asks for it",
    ),
    Right.FORGET: RightRule(_OFFICE, "may not have a person forgotten", "ask the municipality"),
}
"""Who may do what. How far a role sees a case, the readers of each field say (`classification`)."""


GIVE_WHOLE_KEYS: Final = frozenset({Role.LANDLORD, Role.RESIDENT})
"""Who names a case by its whole key. A beginning of one is looked for among the keys of all cases, so
the answer to it says which cases there are."""


def allowed(role: Role | str, right: Right) -> Role:
    """Return the role, if it may do that.

    Raises:
        InvalidValue: there is no such role.
        NotAllowed: it may not.
    """
    found, rule = as_role(role), RIGHTS[right]
    if found not in rule.roles:
        raise NotAllowed("/by", f"a {found} {rule.refusal}", rule.instead)
    return found


def event_for(role: Role, event: Event) -> Event | None:
    """Return an event without what this role may not read; None if that is what it is about."""
    fields = event.rule.data
    hidden = {name for name in event.data if role not in fields[name].meaning.readers}
    is_unnamed = event.person is not None and role not in _STAFF_READERS
    if not hidden and not is_unnamed:
        return event
    if any(fields[name].required for name in hidden):
        return None
    data = {name: it for name, it in event.data.items() if name not in hidden}
    return evolve(event, person=None if is_unnamed else event.person, data=data)


def events_for(role: Role, events: Iterable[Event]) -> tuple[Event, ...]:
    """Return events without what this role may not read."""
    return tuple(seen for it in events if (seen := event_for(role, it)) is not None)


def case_for(role: Role, case: CaseState) -> CaseState:
    """Return a case without what this role may not read."""
    history = events_for(role, case.history)
    if len(history) == len(case.history) and all(map(operator.is_, history, case.history)):
        return case
    unexpected = (
        evolve(it, event=seen)
        for it in case.unexpected
        if (seen := event_for(role, it.event)) is not None
    )
    return evolve(case, history=history, unexpected=tuple(unexpected))


_STAFF_READERS: Final = ENTRY_FIELDS["event"]["person"].readers
