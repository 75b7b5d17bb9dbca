"""Coupling a household to a helper (koppelen) that a directory of helpers lists.

The directory proposes by need and place; a person chooses. Who helps is known to the case alone: it is
sealed, and a landlord is never told.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from huurschuld.cases.case import CaseState
from huurschuld.cases.kinds import EventType
from huurschuld.cases.store import CaseStore
from huurschuld.cases.stored import Stored
from huurschuld.cases.words import Role
from huurschuld.errors import InvalidValue, UnknownReference
from huurschuld.hooks import HelperDirectory
from huurschuld.model.helpers import Helper, folded
from huurschuld.model.referral import ContactDetails


def contact_of(case: CaseState) -> ContactDetails | None:
    """Return the contact details that were received last; None if there are none, or are forgotten."""
    known = [it.data["contact"] for it in case.all(EventType.RECEIVED) if it.data.get("contact")]
    contact: ContactDetails | None = known[-1] if known else None
    return contact


def propose_helpers(
    case: CaseState, directory: HelperDirectory, need: str, place: str | None = None
) -> Sequence[Helper]:
    """Ask a directory who can help a household, best match first.

    Args:
        case: of the household.
        directory: the directory.
        need: what help is needed with, in the words of the directory.
        place: the town; None for that of the contact details. Only the need and the place are asked for.

    Raises:
        InvalidValue: no place was given, and the case has none.
        PluginFailed: the directory is broken.
    """
    if place is None:
        contact = contact_of(case)
        if contact is None:
            raise InvalidValue("/place", "the case has no contact details", "give the town")
        place = contact.place
    return directory.helpers(need, place)


def couple(
    store: CaseStore,
    found: Stored,
    helper: str,
    need: str,
    day: dt.date,
    *,
    among: Iterable[Helper],
    by: Role | str,
    person: str | None = None,
) -> Helper:
    """Record that a household is coupled to a helper that a person chose.

    If it is coupled to this helper for this need already, nothing changes.

    Args:
        store: the store of the case.
        found: the case as it was looked at.
        helper: the name of the helper that was chosen.
        need: what help is needed with.
        day: on which it was coupled.
        among: what the directory proposed.
        by: the role of who couples: the GGD or the municipality.
        person: the name of who does.

    Returns:
        The helper.

    Raises:
        UnknownReference: the directory proposed none of this name.
        CaseConflict: something was recorded since the case was looked at.
        ImpossibleEvent: it cannot be recorded, or this role may not.
        CaseError: the store cannot be read or written.
    """
    chosen = next((it for it in among if folded(it.name) == folded(helper)), None)
    if chosen is None:
        raise UnknownReference("/helper", "the directory proposes no such helper", "name one of those")
    coupled = found.state.in_round(EventType.COUPLED)
    if not any(
        it.data.get("helper") == chosen.name and folded(it.data.get("need") or "") == folded(need)
        for it in coupled
    ):
        store.record(
            found.state.key,
            EventType.COUPLED,
            day,
            by=by,
            person=person,
            data={"helper": chosen.name, "need": need},
            expected=found.version,
        )
    return chosen
