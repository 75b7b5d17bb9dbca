"""What the roles, values and deadlines of a case are called, as a case worker reads them.

Dutch at level B1. The words that DDAS has are used as they are.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Final, TypeVar

from huurschuld.cases.case import Event
from huurschuld.cases.contact import ContactKind
from huurschuld.cases.deadlines import DueState
from huurschuld.cases.feedback import Taken
from huurschuld.cases.words import (
    ATTEMPT_WORDS,
    PART_WORDS,
    RESULT_WORDS,
    STATUS_WORDS,
    Matching,
    MunicipalDecision,
    Role,
    Threat,
)
from huurschuld.decisions.days import day_text
from huurschuld.decisions.words import Lang, euros
from huurschuld.model.referral import ContactDetails
from huurschuld.model.values import Choice, Flag, Kind, Whole
from huurschuld.rules.sources import Phrase

_Word = TypeVar("_Word", bound=StrEnum)

ROLE_NAMES: Final[Mapping[Role, Phrase]] = {
    Role.LANDLORD: Phrase("verhuurder", "landlord"),
    Role.GGD: Phrase("GGD", "GGD"),
    Role.MUNICIPALITY: Phrase("gemeente", "municipality"),
    Role.HELPER: Phrase("hulpverlener", "helper"),
    Role.RESIDENT: Phrase("inwoner", "resident"),
}
"""What each role is called."""

DUE_NAMES: Final[Mapping[DueState, Phrase]] = {
    DueState.DUE: Phrase("te doen", "due"),
    DueState.OVERDUE: Phrase("te laat", "overdue"),
    DueState.MET: Phrase("op tijd gedaan", "met"),
    DueState.MET_LATE: Phrase("te laat gedaan", "met late"),
    DueState.LAPSED: Phrase("vervallen", "lapsed"),
    DueState.RUNNING: Phrase("loopt", "running"),
    DueState.OVER: Phrase("voorbij", "over"),
}
"""What has become of a deadline."""

TAKEN_NAMES: Final[Mapping[Taken, Phrase]] = {
    Taken.RECEIVED: Phrase("ontvangen", "received"),
    Taken.TAKEN_UP: Phrase("opgepakt", "taken up"),
    Taken.NOT_TAKEN_UP: Phrase("niet opgepakt", "not taken up"),
    Taken.REPEATED: Phrase("niet opgepakt: herhaalde melding", "not taken up: a repeated report"),
    Taken.UNJUST: Phrase("niet opgepakt: onterecht signaal", "not taken up: an unjust signal"),
    Taken.DIED: Phrase("de inwoner is overleden", "the resident has died"),
    Taken.NOT_RESIDENT: Phrase("geen inwoner (meer) van de gemeente", "not a resident (any more)"),
}
"""What became of a signal, as the landlord is told it."""

_FIELDS: Final[Mapping[str, Phrase]] = {
    "arrears_cents": Phrase("achterstand", "arrears"),
    "monthly_cents": Phrase("per maand", "a month"),
    "cents": Phrase("bedrag", "amount"),
    "until": Phrase("tot en met", "until"),
    "made_known": Phrase("bekendgemaakt op", "made known on"),
    "first": Phrase("eerste termijn", "first instalment"),
    "last": Phrase("laatste termijn", "last instalment"),
    "on": Phrase("op", "on"),
    "need": Phrase("voor", "for"),
    "event": Phrase("vastlegging", "entry"),
    "reason": Phrase("reden", "reason"),
    "landlord": Phrase("van", "from"),
    "policy": Phrase("volgens", "by"),
}
"""What fields of the data of events are called; of others the value speaks for itself."""

_FLAGS: Final[Mapping[str, tuple[Phrase, Phrase]]] = {
    "reached": (Phrase("niet bereikt", "not reached"), Phrase("bereikt", "reached")),
    "eviction": (
        Phrase("geen ontruiming", "no eviction"),
        Phrase("met ontruiming", "with eviction"),
    ),
    "requested": (
        Phrase("niet op verzoek van de inwoner", "not at the resident's request"),
        Phrase("op verzoek van de inwoner", "at the resident's request"),
    ),
    "minors": (
        Phrase("geen inwonende kinderen", "no minors living in"),
        Phrase("inwonende kinderen", "minors living in"),
    ),
}
"""What a flag says when it is false, and when it is true."""


def _plain(words: Mapping[_Word, str]) -> dict[str, Phrase]:
    return {str(it): Phrase(nl, it.replace("-", " ")) for it, nl in words.items()}


_WORDS: Final[Mapping[str, Mapping[str, Phrase]]] = {
    "kind": _plain({it: nl.lower() for it, nl in ATTEMPT_WORDS.items()}),
    "part_of_day": _plain({it: nl.lower() for it, nl in PART_WORDS.items()}),
    "reason": _plain(STATUS_WORDS),
    "result": _plain(RESULT_WORDS),
    "matching": {
        Matching.SINGLE: Phrase("enkelvoudig", "single"),
        Matching.MULTIPLE: Phrase("meervoudig", "multiple"),
        Matching.EARLIER: Phrase("eerder signaal binnen zes maanden", "earlier within six months"),
    },
    "threat": {
        Threat.HOME: Phrase("woning", "home"),
        Threat.ENERGY: Phrase("gas, stroom of warmte", "energy"),
        Threat.WATER: Phrase("water", "water"),
        Threat.HEALTH_INSURANCE: Phrase("zorgverzekering", "health insurance"),
    },
    "decision": {
        MunicipalDecision.PLAN: Phrase("plan van aanpak", "plan of action"),
        MunicipalDecision.REFUSAL: Phrase("weigering", "refusal"),
        MunicipalDecision.NONE_NEEDED: Phrase("geen besluit nodig", "none needed"),
        MunicipalDecision.ENDED: Phrase("hulp beëindigd", "help ended"),
    },
}
"""What the words of each field are called; those of DDAS as it has them."""


def word_name(field: str, word: str, lang: Lang) -> str:
    """Return what a word of a field is called."""
    return _WORDS[field][word].to(lang)


def addressed(contact: ContactDetails) -> str:
    """Write a name and an address in one line, as on an envelope."""
    number = f"{contact.house_number}{contact.addition or ''}"
    return f"{contact.name}, {contact.street} {number}, {contact.postcode} {contact.place}"


def contact_text(contact: ContactDetails, lang: Lang) -> str:
    """Write all that is known of how to reach somebody, in one line."""
    more = (
        (_PHONE, contact.phone),
        (_EMAIL, contact.email),
        (_CARE_OF, contact.care_of),
    )
    further = (f"{name.to(lang)} {value}" for name, value in more if value is not None)
    return ", ".join((addressed(contact), *further))


_PHONE: Final = Phrase("telefoon", "telephone")
_EMAIL: Final = Phrase("e-mail", "e-mail")
_CARE_OF: Final = Phrase("ter attentie van", "care of")


def details(event: Event, lang: Lang) -> Iterator[str]:
    """Yield the data of an event, value by value, as a person reads it."""
    for name, field in event.rule.data.items():
        value = event.data.get(name)
        if value is not None:
            yield _value(name, field.kind, value, lang)


def _value(name: str, kind: Kind, value: object, lang: Lang) -> str:
    match kind:
        case Choice():
            return word_name(name, str(value), lang)
        case Flag():
            return _FLAGS[name][bool(value)].to(lang)
        case Whole() if isinstance(value, int):
            return f"{_FIELDS[name].to(lang)} {euros(value, lang)}"
        case ContactKind() if isinstance(value, ContactDetails):
            return addressed(value)
    shown = day_text(value, lang) if isinstance(value, dt.date) else str(value)
    return f"{_FIELDS[name].to(lang)} {shown}" if name in _FIELDS else shown
