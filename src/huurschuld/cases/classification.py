"""What each value of a case says of somebody: its class, who may read it, and why it is kept.

Each field of an event has one of these meanings (`EVENTS`), so none can be added without; what every
entry of the log has beside that stands in `ENTRY_FIELDS`. What is sealed follows from the class, and
what a role sees from the readers. The classes, the readers and the reasons are choices, not law.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Final

from attrs import evolve, field, frozen

from huurschuld.cases.words import Role
from huurschuld.rules.sources import Phrase


class DataClass(StrEnum):
    """What a value says of somebody.

    `figures`: what the figures of a year need; in the clear, under the key of the referral, so it is
    pseudonymous. `staff`: the name of somebody who worked on the case; in the clear. `personal`: what is
    about the person (persoonsgegeven); sealed. `special`: words in which the health of somebody may
    stand, or what is about others (bijzonder persoonsgegeven, GDPR 9); sealed.
    """

    FIGURES = "figures"
    STAFF = "staff"
    PERSONAL = "personal"
    SPECIAL = "special"

    @property
    def is_sealed(self) -> bool:
        """Whether it is encrypted under the person's own key, and gone once that is destroyed."""
        return self in {DataClass.PERSONAL, DataClass.SPECIAL}


def _roles(given: Iterable[Role]) -> frozenset[Role]:
    return frozenset(given)


@frozen(kw_only=True)
class Meaning:
    """What a field holds, whom it is about, and who may read it.

    Attributes:
        label: what it is called.
        data_class: its class, from which follows whether it is sealed.
        readers: the roles that may read it in a case. A landlord is never one of them: he has the
            feedback, which is made for him.
        why: why it is kept.
        is_free_text: whether somebody wrote it in words of his own: it may be about others.
    """

    label: Phrase
    data_class: DataClass
    readers: frozenset[Role] = field(converter=_roles)
    why: Phrase
    is_free_text: bool = False


_OFFICE: Final = (Role.GGD, Role.MUNICIPALITY)
_WORKERS: Final = (*_OFFICE, Role.HELPER)
_CONCERNED: Final = (*_WORKERS, Role.RESIDENT)

_COURSE: Final = Phrase("om te weten hoe de zaak loopt", "to know how the case is going")
_MONEY: Final = Phrase("om het plan te maken en te volgen", "to make the plan and to follow it")
_YEAR: Final = Phrase("voor de cijfers van het jaar", "for the figures of the year")
_TERMS: Final = Phrase("om de termijnen te bewaken", "to watch the deadlines")
_ACCOUNT: Final = Phrase(
    "om verantwoording te kunnen afleggen", "to be able to account for what was done"
)


def _figure(nl: str, en: str, why: Phrase) -> Meaning:
    return Meaning(label=Phrase(nl, en), data_class=DataClass.FIGURES, readers=_CONCERNED, why=why)


def _personal(nl: str, en: str, why: Phrase) -> Meaning:
    return Meaning(label=Phrase(nl, en), data_class=DataClass.PERSONAL, readers=_CONCERNED, why=why)


ARREARS: Final = _personal("huurachterstand", "rent arrears", _MONEY)
MONTHLY: Final = _personal("bedrag per maand", "amount per month", _MONEY)
INSTALMENT: Final = _personal("bedrag van de termijn", "amount of the instalment", _MONEY)
HELPER: Final = _personal("hulpverlener", "helper", _COURSE)
CONTACT: Final = _personal("contactgegevens", "contact details", _COURSE)

NEED: Final = Meaning(
    label=Phrase("waarvoor hulp nodig is", "what help is needed for"),
    data_class=DataClass.SPECIAL,
    readers=_WORKERS,
    why=_COURSE,
    is_free_text=True,
)
REMARK: Final = Meaning(
    label=Phrase("waarom", "why"),
    data_class=DataClass.SPECIAL,
    readers=_OFFICE,
    why=_ACCOUNT,
    is_free_text=True,
)
PURPOSE: Final = Meaning(
    label=Phrase("waarom gekeken is", "why somebody looked"),
    data_class=DataClass.PERSONAL,
    readers=_OFFICE,
    why=_ACCOUNT,
    is_free_text=True,
)
STAFF_NAME: Final = Meaning(
    label=Phrase("naam van de medewerker", "name of the member of staff"),
    data_class=DataClass.STAFF,
    readers=_WORKERS,
    why=_ACCOUNT,
)

LANDLORD: Final = _figure("verhuurder", "landlord", _YEAR)
POLICY: Final = _figure("beleid van de melding", "policy of the referral", _YEAR)
MINORS: Final = _figure("of er minderjarige kinderen wonen", "whether minor children live in", _YEAR)
WORKER: Final = evolve(STAFF_NAME, label=Phrase("behandelaar", "worker"), why=_COURSE)

RESIDENT_NAME: Final = Meaning(
    label=Phrase("naam van de inwoner die keek", "name of the resident who looked"),
    data_class=DataClass.PERSONAL,
    readers=_OFFICE,
    why=_ACCOUNT,
)

MATCHING: Final = _figure("gematcht met andere signalen", "matched with other signals", _YEAR)
SCREENED_REASON: Final = _figure("reden", "reason", _YEAR)
THREAT: Final = _figure("bedreigende situatie", "threatening situation", _TERMS)
ATTEMPT_KIND: Final = _figure("hoe contact is gezocht", "how contact was sought", _YEAR)
PART_OF_DAY: Final = _figure("dagdeel", "part of the day", _YEAR)
REACHED: Final = _figure("bereikt", "reached", _YEAR)
SUSPENDED_UNTIL: Final = _figure("incasso opgeschort tot en met", "collection suspended until", _TERMS)
DECISION: Final = _figure("besluit", "decision", _YEAR)
MADE_KNOWN: Final = _figure("bekendgemaakt op", "made known on", _TERMS)
FIRST_INSTALMENT: Final = _figure("eerste termijn", "first instalment", _COURSE)
LAST_INSTALMENT: Final = _figure("laatste termijn", "last instalment", _COURSE)
EVICTION: Final = _figure("ontruiming toegewezen", "eviction granted", _YEAR)
EVICTION_DAY: Final = _figure("dag van de ontruiming", "day of the eviction", _TERMS)
REQUESTED: Final = _figure("de inwoner vroeg om hulp", "the resident asked for help", _TERMS)
RESULT: Final = _figure("eindresultaat", "result", _YEAR)
OTHER_ENTRY: Final = _figure("over welke vastlegging", "which entry it is about", _ACCOUNT)

CASE_KEY: Final = _figure("sleutel van de zaak", "key of the case", _COURSE)
ID: Final = _figure("kenmerk van de vastlegging", "id of the entry", _ACCOUNT)
KIND: Final = _figure("soort vastlegging", "kind of entry", _ACCOUNT)
RECORDED: Final = _figure("vastgelegd op", "recorded at", _ACCOUNT)
TYPE: Final = _figure("wat er gebeurde", "what happened", _COURSE)
HAPPENED: Final = _figure("dag", "day", _COURSE)
BY: Final = _figure("vastgelegd door", "recorded by", _ACCOUNT)
LOOKED_BY: Final = _figure("gezien door", "seen by", _ACCOUNT)
FORGOTTEN_BY: Final = _figure("gewist door", "forgotten by", _ACCOUNT)

_EVERY_ENTRY: Final = {"case": CASE_KEY, "id": ID, "kind": KIND, "at": RECORDED}

ENTRY_FIELDS: Final[Mapping[str, Mapping[str, Meaning]]] = {
    "event": {
        **_EVERY_ENTRY,
        "type": TYPE,
        "happened": HAPPENED,
        "by": BY,
        "person": STAFF_NAME,
        "replaces": OTHER_ENTRY,
    },
    "access": {
        **_EVERY_ENTRY,
        "by": LOOKED_BY,
        "person": STAFF_NAME,
        "purpose": PURPOSE,
        "resident": RESIDENT_NAME,
    },
    "forgotten": {**_EVERY_ENTRY, "by": FORGOTTEN_BY, "person": STAFF_NAME},
}
"""What an entry of the log has, by its kind; an event has the data of its type (`EVENTS`) beside it."""
