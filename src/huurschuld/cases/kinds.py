"""The phases of a case, the types of its events, and what a rule for one of these says."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Final

from attrs import field, frozen

from huurschuld.cases.classification import Meaning
from huurschuld.cases.words import Role
from huurschuld.model.values import Kind
from huurschuld.rules.sources import Phrase


class Phase(StrEnum):
    """How far a case is.

    `new`: nothing was sent or received yet. `sent`: the landlord sent the signal, and nobody said that
    it was received. `received`: it was, or the case was reopened. `screened-out`: it is not taken up.
    `open`: there is a dossier.
    `offered`, `accepted`, `declined`: help. `talked`: the first talk was held. `decided`: the
    municipality decided on a plan or refused. `plan`: a plan is being carried out. `plan-ended`: it was
    completed, broken or cancelled. `closed`.
    """

    NEW = "new"
    SENT = "sent"
    RECEIVED = "received"
    SCREENED_OUT = "screened-out"
    OPEN = "open"
    OFFERED = "offered"
    DECLINED = "declined"
    ACCEPTED = "accepted"
    TALKED = "talked"
    DECIDED = "decided"
    PLAN = "plan"
    PLAN_ENDED = "plan-ended"
    CLOSED = "closed"


UNDERWAY: Final = frozenset(Phase) - {Phase.NEW, Phase.CLOSED}
"""The phases in which most events are possible."""


class EventType(StrEnum):
    """What happened."""

    SENT = "sent"
    RECEIVED = "received"
    MATCHED = "matched"
    ASSIGNED = "assigned"
    SCREENED_OUT = "screened-out"
    DOSSIER_OPENED = "dossier-opened"
    THREAT_FOUND = "threat-found"
    ATTEMPT = "attempt"
    LETTER_RETURNED = "letter-returned"
    OFFER_MADE = "offer-made"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    COLLECTION_SUSPENDED = "collection-suspended"
    FIRST_TALK = "first-talk"
    INTAKE = "intake"
    COUPLED = "coupled"
    DECISION = "decision"
    PLAN_AGREED = "plan-agreed"
    INSTALMENT_DUE = "instalment-due"
    INSTALMENT_PAID = "instalment-paid"
    INSTALMENT_MISSED = "instalment-missed"
    PLAN_BROKEN = "plan-broken"
    PLAN_COMPLETED = "plan-completed"
    PLAN_CANCELLED = "plan-cancelled"
    FEEDBACK_GIVEN = "feedback-given"
    OBJECTION_MADE = "objection-made"
    OBJECTION_WITHDRAWN = "objection-withdrawn"
    MOVED_IN = "moved-in"
    MOVED_OUT = "moved-out"
    DIED = "died"
    GUARDIANSHIP = "guardianship"
    SUMMONS = "summons"
    JUDGMENT = "judgment"
    EVICTION_ANNOUNCED = "eviction-announced"
    EVICTION_PREVENTED = "eviction-prevented"
    EVICTION_CARRIED_OUT = "eviction-carried-out"
    KEYS_RETURNED = "keys-returned"
    REOPENED = "reopened"
    CLOSED = "closed"
    RETRACTED = "retracted"


@frozen
class DataField:
    """A field of the data of an event.

    Attributes:
        kind: what it may hold.
        meaning: what it says of somebody, who may read it, and why it is kept.
        required: whether it must be there.
    """

    kind: Kind
    meaning: Meaning
    required: bool = False

    @property
    def personal(self) -> bool:
        """Whether it is sealed, and goes when the person is forgotten; all others stay."""
        return self.meaning.data_class.is_sealed


def _roles(given: Iterable[Role]) -> frozenset[Role]:
    return frozenset(given)


@frozen(kw_only=True)
class EventRule:
    """What holds for events of one type.

    Attributes:
        label: what it is called.
        by: who may record it.
        during: the phases in which it is possible; in any other one it is refused.
        moves: the phase that it leads to, from each phase in which it leads to another one.
        expected: the phases in which it is expected; in any other one it is flagged.
        needs: of each of these sets at least one event must have happened before, else it is refused.
        expects: the same, but else it is flagged.
        once: whether a second one is refused, until the case is reopened.
        data: its fields by name.
    """

    label: Phrase
    by: frozenset[Role] = field(converter=_roles)
    during: frozenset[Phase] = field(default=UNDERWAY)
    moves: Mapping[Phase, Phase] = field(factory=dict, hash=False)
    expected: frozenset[Phase] = field()
    needs: tuple[frozenset[EventType], ...] = ()
    expects: tuple[frozenset[EventType], ...] = ()
    once: bool = False
    data: Mapping[str, DataField] = field(factory=dict, hash=False)

    @expected.default
    def _expected(self) -> frozenset[Phase]:
        return frozenset(self.moves) or self.during
