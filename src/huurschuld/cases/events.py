"""What can happen in a case (vroegsignaalzaak), as a table: who may record it, and what comes before it.

`EVENTS` is that table, and a value: the reference page and the diagram are drawn from it. It has two
kinds of rules. What is **impossible** is refused: nobody pays an instalment of a plan that was never
agreed. What is **unexpected** is taken and flagged, because life does not follow forms: someone may
accept help that was never offered on paper.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from huurschuld.cases import classification as of
from huurschuld.cases.contact import ContactKind
from huurschuld.cases.kinds import UNDERWAY, DataField, EventRule, EventType, Phase
from huurschuld.cases.words import (
    AttemptKind,
    Key,
    Matching,
    MunicipalDecision,
    PartOfDay,
    Result,
    Role,
    Screened,
    Threat,
)
from huurschuld.model.values import Choice, Day, Flag, Line, money
from huurschuld.rules.sources import Phrase

_AFTER_SENDING: Final = frozenset(Phase) - {Phase.NEW}
_NOT_OVER: Final = frozenset(Phase) - {Phase.CLOSED, Phase.SCREENED_OUT}
_WORKING_ON_IT: Final = UNDERWAY - {Phase.SENT, Phase.SCREENED_OUT}


def _words(words: type[StrEnum], meaning: of.Meaning, *, required: bool = True) -> DataField:
    return DataField(Choice(tuple(str(word) for word in words)), meaning, required)


def _from(phases: frozenset[Phase] | tuple[Phase, ...], to: Phase) -> dict[Phase, Phase]:
    return dict.fromkeys(phases, to)


_one_of = frozenset[EventType]
_MUNICIPAL: Final = (Role.GGD, Role.MUNICIPALITY)
_ANYBODY: Final = (Role.LANDLORD, Role.GGD, Role.MUNICIPALITY, Role.HELPER)
_ARREARS: Final = DataField(money(1), of.ARREARS)
_REMARK: Final = DataField(Line(), of.REMARK)
_MINORS: Final = {"minors": DataField(Flag(), of.MINORS)}

EVENTS: Final[Mapping[EventType, EventRule]] = {
    EventType.SENT: EventRule(
        label=Phrase("signaal verstuurd", "signal sent"),
        by=(Role.LANDLORD,),
        during=frozenset(Phase),
        moves={Phase.NEW: Phase.SENT},
        expected=frozenset({Phase.NEW, Phase.SCREENED_OUT, Phase.CLOSED}),
        data={"arrears_cents": _ARREARS},
    ),
    EventType.RECEIVED: EventRule(
        label=Phrase("signaal ontvangen", "signal received"),
        by=_MUNICIPAL,
        moves=_from((Phase.NEW, Phase.SENT), Phase.RECEIVED),
        during=_NOT_OVER,
        expected=_NOT_OVER,
        data={
            "arrears_cents": _ARREARS,
            "landlord": DataField(Line(), of.LANDLORD),
            "policy": DataField(Line(), of.POLICY),
            "contact": DataField(ContactKind(), of.CONTACT),
        },
    ),
    EventType.MATCHED: EventRule(
        label=Phrase("signaal gematcht", "signal matched"),
        by=_MUNICIPAL,
        expected=frozenset({Phase.RECEIVED, Phase.OPEN}),
        needs=(_one_of({EventType.RECEIVED}),),
        data={"matching": _words(Matching, of.MATCHING)},
    ),
    EventType.ASSIGNED: EventRule(
        label=Phrase("toegewezen aan medewerker", "assigned to a worker"),
        by=(*_MUNICIPAL, Role.HELPER),
        during=_WORKING_ON_IT,
        data={"worker": DataField(Line(), of.WORKER, required=True)},
    ),
    EventType.SCREENED_OUT: EventRule(
        label=Phrase("signaal niet opgepakt", "signal not taken up"),
        by=_MUNICIPAL,
        moves=_from(_WORKING_ON_IT, Phase.SCREENED_OUT),
        expected=frozenset({Phase.RECEIVED, Phase.OPEN}),
        needs=(_one_of({EventType.RECEIVED}),),
        data={"reason": _words(Screened, of.SCREENED_REASON)},
    ),
    EventType.DOSSIER_OPENED: EventRule(
        label=Phrase("dossier geopend", "dossier opened"),
        by=_MUNICIPAL,
        moves=_from((Phase.RECEIVED,), Phase.OPEN),
        needs=(_one_of({EventType.RECEIVED}),),
        once=True,
        data=_MINORS,
    ),
    EventType.THREAT_FOUND: EventRule(
        label=Phrase("bedreigende situatie vastgesteld", "threatening situation found"),
        by=_ANYBODY,
        data={"threat": _words(Threat, of.THREAT)},
    ),
    EventType.ATTEMPT: EventRule(
        label=Phrase("contactpoging", "contact attempt"),
        by=(*_MUNICIPAL, Role.HELPER),
        during=_WORKING_ON_IT,
        expects=(_one_of({EventType.DOSSIER_OPENED}),),
        data={
            "kind": _words(AttemptKind, of.ATTEMPT_KIND),
            "part_of_day": _words(PartOfDay, of.PART_OF_DAY, required=False),
            "reached": DataField(Flag(), of.REACHED),
        },
    ),
    EventType.LETTER_RETURNED: EventRule(
        label=Phrase("brief retour", "letter returned"),
        by=(*_MUNICIPAL, Role.HELPER),
        during=_AFTER_SENDING,
        expects=(_one_of({EventType.ATTEMPT}),),
    ),
    EventType.OFFER_MADE: EventRule(
        label=Phrase("hulp aangeboden", "help offered"),
        by=_MUNICIPAL,
        during=_WORKING_ON_IT,
        moves=_from((Phase.RECEIVED, Phase.OPEN, Phase.OFFERED, Phase.DECLINED), Phase.OFFERED),
        expects=(_one_of({EventType.DOSSIER_OPENED}),),
    ),
    EventType.ACCEPTED: EventRule(
        label=Phrase("hulp aanvaard", "help accepted"),
        by=(*_MUNICIPAL, Role.HELPER),
        during=_WORKING_ON_IT,
        moves=_from((Phase.RECEIVED, Phase.OPEN, Phase.OFFERED, Phase.DECLINED), Phase.ACCEPTED),
        expects=(_one_of({EventType.OFFER_MADE}),),
    ),
    EventType.DECLINED: EventRule(
        label=Phrase("hulp afgewezen", "help declined"),
        by=(*_MUNICIPAL, Role.HELPER),
        during=_WORKING_ON_IT,
        moves=_from(
            (Phase.RECEIVED, Phase.OPEN, Phase.OFFERED, Phase.ACCEPTED, Phase.TALKED), Phase.DECLINED
        ),
        expects=(_one_of({EventType.OFFER_MADE}),),
    ),
    EventType.COLLECTION_SUSPENDED: EventRule(
        label=Phrase("incasso opgeschort", "collection suspended"),
        by=_ANYBODY,
        expects=(_one_of({EventType.ACCEPTED}),),
        data={"until": DataField(Day(), of.SUSPENDED_UNTIL, required=True)},
    ),
    EventType.FIRST_TALK: EventRule(
        label=Phrase("eerste gesprek", "first talk"),
        by=(*_MUNICIPAL, Role.HELPER),
        during=_WORKING_ON_IT,
        moves=_from(
            (Phase.RECEIVED, Phase.OPEN, Phase.OFFERED, Phase.DECLINED, Phase.ACCEPTED), Phase.TALKED
        ),
        expected=frozenset({Phase.ACCEPTED}),
        expects=(_one_of({EventType.ACCEPTED}),),
        data=_MINORS,
    ),
    EventType.INTAKE: EventRule(
        label=Phrase("intake", "intake"),
        by=(Role.MUNICIPALITY, Role.HELPER),
        during=_WORKING_ON_IT,
        expects=(_one_of({EventType.FIRST_TALK}),),
        data=_MINORS,
    ),
    EventType.COUPLED: EventRule(
        label=Phrase("gekoppeld aan hulpverlener", "coupled to a helper"),
        by=_MUNICIPAL,
        during=_WORKING_ON_IT,
        expects=(_one_of({EventType.ACCEPTED}),),
        data={
            "helper": DataField(Line(), of.HELPER, required=True),
            "need": DataField(Line(), of.NEED),
        },
    ),
    EventType.DECISION: EventRule(
        label=Phrase("besluit", "decision"),
        by=(Role.MUNICIPALITY,),
        during=_WORKING_ON_IT,
        moves=_from(_WORKING_ON_IT, Phase.DECIDED),
        expected=frozenset({Phase.TALKED, Phase.DECIDED, Phase.PLAN, Phase.PLAN_ENDED}),
        expects=(_one_of({EventType.FIRST_TALK}),),
        data={
            "decision": _words(MunicipalDecision, of.DECISION),
            "made_known": DataField(Day(), of.MADE_KNOWN),
        },
    ),
    EventType.PLAN_AGREED: EventRule(
        label=Phrase("plan van aanpak afgesproken", "plan of action agreed"),
        by=(Role.GGD, Role.MUNICIPALITY, Role.HELPER),
        during=_WORKING_ON_IT,
        moves=_from(_WORKING_ON_IT, Phase.PLAN),
        expects=(_one_of({EventType.DECISION}),),
        data={
            "arrears_cents": _ARREARS,
            "monthly_cents": DataField(money(1), of.MONTHLY),
            "first": DataField(Day(), of.FIRST_INSTALMENT),
            "last": DataField(Day(), of.LAST_INSTALMENT),
        },
    ),
    **{
        kind: EventRule(
            label=label,
            by=(Role.LANDLORD, Role.MUNICIPALITY, Role.HELPER),
            during=_AFTER_SENDING,
            expected=frozenset({Phase.PLAN}),
            needs=(_one_of({EventType.PLAN_AGREED}),),
            data={"cents": DataField(money(1), of.INSTALMENT, required=True)},
        )
        for kind, label in (
            (EventType.INSTALMENT_DUE, Phrase("termijn vervallen", "instalment due")),
            (EventType.INSTALMENT_PAID, Phrase("termijn betaald", "instalment paid")),
            (EventType.INSTALMENT_MISSED, Phrase("termijn gemist", "instalment missed")),
        )
    },
    **{
        kind: EventRule(
            label=label,
            by=_ANYBODY,
            during=_AFTER_SENDING,
            moves={Phase.PLAN: Phase.PLAN_ENDED},
            needs=(_one_of({EventType.PLAN_AGREED}),),
        )
        for kind, label in (
            (EventType.PLAN_BROKEN, Phrase("plan gebroken", "plan broken")),
            (EventType.PLAN_COMPLETED, Phrase("plan voltooid", "plan completed")),
            (EventType.PLAN_CANCELLED, Phrase("plan ingetrokken", "plan cancelled")),
        )
    },
    EventType.FEEDBACK_GIVEN: EventRule(
        label=Phrase("teruggekoppeld aan verhuurder", "feedback given to the landlord"),
        by=_MUNICIPAL,
        during=_AFTER_SENDING,
        needs=(_one_of({EventType.RECEIVED}),),
    ),
    EventType.OBJECTION_MADE: EventRule(
        label=Phrase("bezwaar gemaakt", "objection made"),
        by=(Role.MUNICIPALITY,),
        during=_AFTER_SENDING,
        expects=(_one_of({EventType.DECISION}),),
    ),
    EventType.OBJECTION_WITHDRAWN: EventRule(
        label=Phrase("bezwaar ingetrokken", "objection withdrawn"),
        by=(Role.MUNICIPALITY,),
        during=_AFTER_SENDING,
        needs=(_one_of({EventType.OBJECTION_MADE}),),
    ),
    **{
        kind: EventRule(label=label, by=_ANYBODY, during=frozenset(Phase))
        for kind, label in (
            (EventType.MOVED_IN, Phrase("in de gemeente komen wonen", "moved into the municipality")),
            (EventType.MOVED_OUT, Phrase("uit de gemeente verhuisd", "moved out of the municipality")),
            (EventType.DIED, Phrase("overleden", "died")),
            (EventType.GUARDIANSHIP, Phrase("onder bewind gesteld", "put under guardianship")),
        )
    },
    EventType.SUMMONS: EventRule(
        label=Phrase("dagvaarding", "summons"),
        by=_ANYBODY,
        during=frozenset(Phase),
        expected=_AFTER_SENDING,
    ),
    EventType.JUDGMENT: EventRule(
        label=Phrase("vonnis", "judgment"),
        by=_ANYBODY,
        during=frozenset(Phase),
        expected=_AFTER_SENDING,
        expects=(_one_of({EventType.SUMMONS}),),
        data={"eviction": DataField(Flag(), of.EVICTION)},
    ),
    EventType.EVICTION_ANNOUNCED: EventRule(
        label=Phrase("ontruiming aangezegd", "eviction announced"),
        by=_ANYBODY,
        during=frozenset(Phase),
        expected=_AFTER_SENDING,
        expects=(_one_of({EventType.JUDGMENT}),),
        data={"on": DataField(Day(), of.EVICTION_DAY)},
    ),
    EventType.EVICTION_PREVENTED: EventRule(
        label=Phrase("ontruiming voorkomen", "eviction prevented"),
        by=_ANYBODY,
        during=_AFTER_SENDING,
        expects=(_one_of({EventType.SUMMONS, EventType.JUDGMENT, EventType.EVICTION_ANNOUNCED}),),
    ),
    EventType.EVICTION_CARRIED_OUT: EventRule(
        label=Phrase("ontruimd", "eviction carried out"),
        by=_ANYBODY,
        during=_AFTER_SENDING,
        expects=(_one_of({EventType.JUDGMENT}), _one_of({EventType.EVICTION_ANNOUNCED})),
        once=True,
    ),
    EventType.KEYS_RETURNED: EventRule(
        label=Phrase("sleutels ingeleverd", "keys returned"),
        by=_ANYBODY,
        during=_AFTER_SENDING,
        once=True,
    ),
    EventType.REOPENED: EventRule(
        label=Phrase("heropend", "reopened"),
        by=_MUNICIPAL,
        during=frozenset({Phase.CLOSED, Phase.SCREENED_OUT}),
        moves=_from((Phase.CLOSED, Phase.SCREENED_OUT), Phase.RECEIVED),
        data={"reason": _REMARK, "requested": DataField(Flag(), of.REQUESTED)},
    ),
    EventType.CLOSED: EventRule(
        label=Phrase("afgesloten", "closed"),
        by=_MUNICIPAL,
        moves=_from(UNDERWAY - {Phase.SENT}, Phase.CLOSED),
        needs=(_one_of({EventType.RECEIVED}),),
        data={"result": _words(Result, of.RESULT)},
    ),
    EventType.RETRACTED: EventRule(
        label=Phrase("vastlegging ingetrokken", "entry retracted"),
        by=_ANYBODY,
        during=frozenset(Phase),
        data={"event": DataField(Key(), of.OTHER_ENTRY, required=True), "reason": _REMARK},
    ),
}
"""What holds for each type of event."""
