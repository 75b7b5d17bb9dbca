"""Which role may do what with a case, and what it sees of it: one table, and one place that holds to it.

The covenant has the GGD and the municipality work on a case, and a helper beside them; a landlord learns
what he may know and nothing else. That a role limits who reads what is by design (GDPR 25 and 32);
which role reads what is a choice of this project, not law.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from attrs import evolve, frozen

from huurschuld.cases.case import CaseState, Event
from huurschuld.cases.classification import ENTRY_FIELDS
from huurschuld.cases.errors import NotAllowed
from huurschuld.cases.words import Role, as_role


class What(StrEnum):
    """What somebody may want of a case in a store.

    `look`: see it, as far as the role may read its fields. `feedback`: what the landlord may know.
    `export`: all that is held of the person, to give it to that person. `forget`: destroy what is
    personal.
    """

    LOOK = "look"
    FEEDBACK = "feedback"
    EXPORT = "export"
    FORGET = "forget"


@frozen
class Right:
    """Who may do something; and what somebody else is told, and what to do instead."""

    roles: frozenset[Role]
    refusal: str
    instead: str


_OFFICE: Final = frozenset({Role.GGD, Role.MUNICIPALITY})

RIGHTS: Final[Mapping[What, Right]] = {
    What.LOOK: Right(
        _OFFICE | {Role.HELPER, Role.RESIDENT}, "may not see a case", "ask for the feedback on it"
    ),
    What.FEEDBACK: Right(
        _OFFICE | {Role.LANDLORD}, "may not have the feedback to the landlord", "look at the case"
    ),
    What.EXPORT: Right(
        _OFFICE,
        "may not have all that is held of a person",
        "have the GGD or the municipality make the export, for the person who asks for it",
    ),
    What.FORGET: Right(_OFFICE, "may not have a person forgotten", "ask the municipality"),
}
"""Who may do what. How far a role sees a case, the readers of each field say (`classification`)."""


def allowed(role: Role | str, what: What) -> Role:
    """Return the role, if it may do that.

    Raises:
        InvalidValue: there is no such role.
        NotAllowed: it may not.
    """
    found, right = as_role(role), RIGHTS[what]
    if found not in right.roles:
        raise NotAllowed("/by", f"a {found} {right.refusal}", right.instead)
    return found


def event_for(role: Role, event: Event) -> Event:
    """Return an event without what this role may not read."""
    hidden = {name for name in event.data if role not in event.rule.data[name].meaning.readers}
    is_unnamed = event.person is not None and role not in _STAFF_READERS
    if not hidden and not is_unnamed:
        return event
    data = {name: it for name, it in event.data.items() if name not in hidden}
    return evolve(event, person=None if is_unnamed else event.person, data=data)


def case_for(role: Role, case: CaseState) -> CaseState:
    """Return a case without what this role may not read."""
    history = tuple(event_for(role, it) for it in case.history)
    if all(seen is it for seen, it in zip(history, case.history, strict=True)):
        return case
    unexpected = tuple(evolve(it, event=event_for(role, it.event)) for it in case.unexpected)
    return evolve(case, history=history, unexpected=unexpected)


_STAFF_READERS: Final = ENTRY_FIELDS["event"]["person"].readers
