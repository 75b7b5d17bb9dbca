"""The words of a case: who acts, what a contact attempt was, how a signal and a case end.

Each has the word that DDAS vroegsignalering v1.2 uses for it, to the letter, so that a case can be
reported as it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final, TypeVar

from attrs import frozen

from huurschuld.model.values import Choice, Line, refuse

LONGEST_KEY: Final = 200
"""The most characters of the key of a case, and of the id of an event."""


@frozen
class Key(Line):
    """The key of a case, or the id of an event: of one line, of at most 200 characters."""

    expected = f"a text of one line, of 1 to {LONGEST_KEY} characters, is expected"

    def accepts(self, value: object) -> bool:
        """Whether the value is a line, and not too long."""
        return super().accepts(value) and isinstance(value, str) and len(value) <= LONGEST_KEY


_Word = TypeVar("_Word", bound=StrEnum)


class Role(StrEnum):
    """Who takes part in a case, or whose turn it is.

    `landlord` (verhuurder), `ggd` (the Meldpunt Zorg en Overlast of the public health service),
    `municipality` (gemeente, college), `helper` (hulpverlener), `resident` (inwoner).
    """

    LANDLORD = "landlord"
    GGD = "ggd"
    MUNICIPALITY = "municipality"
    HELPER = "helper"
    RESIDENT = "resident"


def one_of(words: type[_Word], given: str, place: str) -> _Word:
    """Return the word of these that is given.

    Raises:
        InvalidValue: it is none of them.
    """
    try:
        return words(given)
    except ValueError:
        raise refuse(place, Choice(tuple(words))) from None


def as_role(given: Role | str) -> Role:
    """Return the role that is given, as `by` of an event and of a store has it.

    Raises:
        InvalidValue: there is no such role.
    """
    return one_of(Role, given, "/by")


class Matching(StrEnum):
    """What a signal was matched with: nothing, other creditors' signals, or one of half a year ago."""

    SINGLE = "single"
    MULTIPLE = "multiple"
    EARLIER = "earlier"


class Threat(StrEnum):
    """A threatening situation (bedreigende situatie, Wgs art. 4(2)): what is about to end."""

    HOME = "home"
    ENERGY = "energy"
    WATER = "water"
    HEALTH_INSURANCE = "health-insurance"


class AttemptKind(StrEnum):
    """How the resident was sought (contactsoort)."""

    LETTER = "letter"
    MAIL = "email"
    PHONE = "phone"
    MESSAGE = "message"
    VISIT = "visit"
    APPOINTMENT = "appointment"
    CARD = "card"
    ADMINISTRATIVE = "administrative"
    OTHER = "other"
    UNKNOWN = "unknown"


class PartOfDay(StrEnum):
    """When of the day (dagdeel)."""

    MORNING = "morning"
    AFTERNOON = "afternoon"
    EVENING = "evening"


class Screened(StrEnum):
    """Why a signal is not taken up (niet opgepakt), as its status says it."""

    REPEATED = "repeated"
    UNJUST = "unjust"
    OTHER = "other"
    KNOWN = "known-to-debt-help"
    DIED = "died"
    NOT_RESIDENT = "not-resident"


class MunicipalDecision(StrEnum):
    """What the municipality decided after the first talk (Wgs art. 4a)."""

    PLAN = "plan"
    REFUSAL = "refusal"
    NONE_NEEDED = "none-needed"
    ENDED = "ended"


class Result(StrEnum):
    """How a case ended (eindresultaat): one of the sixteen results of DDAS v1.2."""

    ADVICE = "advice"
    FOLLOW_UP_HELP = "follow-up-help"
    FINANCIAL_HELP = "financial-help"
    OTHER_HELP = "non-financial-help"
    WITHOUT_RESIDENT = "referred-without-resident"
    PAID = "paid-or-arranged"
    NO_HELP_WANTED = "no-help-wanted"
    KNOWN = "known-to-debt-help"
    OTHER_PROGRAMME = "other-programme"
    NEVER_REACHED = "never-reached"
    NO_REPLY = "no-reply-after-contact"
    REPEATED = "repeated"
    UNJUST = "unjust"
    NOT_TAKEN_UP = "not-taken-up"
    DIED = "died"
    NOT_RESIDENT = "not-resident"


ATTEMPT_WORDS: Final[Mapping[AttemptKind, str]] = dict(
    zip(
        AttemptKind,
        (
            *("Brief", "Mail", "Telefoon", "SMS/Whatsapp", "Huisbezoek", "Afspraak op locatie"),
            *("Kaartje", "Administratief", "Overige", "Onbekend"),
        ),
        strict=True,
    )
)
"""Each kind of attempt as DDAS has it (EnumContactsoort)."""

PART_WORDS: Final[Mapping[PartOfDay, str]] = {
    PartOfDay.MORNING: "Ochtend",
    PartOfDay.AFTERNOON: "Middag",
    PartOfDay.EVENING: "Avond",
}
"""Each part of the day as DDAS has it (EnumDagdeel)."""

STATUS_WORDS: Final[Mapping[Screened, str]] = {
    Screened.REPEATED: "Niet opgepakt: herhaalde melding",
    Screened.UNJUST: "Niet opgepakt: onterecht signaal",
    Screened.OTHER: "Niet opgepakt: andere reden",
    Screened.KNOWN: "Inwoner al bekend bij schuldhulpverlening",
    Screened.DIED: "Inwoner is overleden",
    Screened.NOT_RESIDENT: "Persoon is geen inwoner (meer) in de gemeente",
}
"""Each reason not to take up a signal as DDAS has it (EnumSignaalstatus)."""

RESULT_WORDS: Final[Mapping[Result, str]] = dict(
    zip(
        Result,
        (
            "(Budget)advies en/of quick fix",
            "Vervolghulp en/of verwijzing",
            "Vervolghulp en/of verwijzing financieel",
            "Vervolghulp en/of verwijzing niet financieel",
            "Verwijzing zonder tussenkomst inwoner",
            "Inwoner heeft zelf al betaald/betalingsregeling getroffen",
            "Inwoner regelt het zelf/hoeft geen hulp vanuit vroegsignalering",
            "Inwoner al bekend bij schuldhulpverlening",
            "Inwoner heeft al een ander lopend traject",
            "Definitief geen contact kunnen krijgen",
            "Geen reactie na eerder contact",
            "Niet opgepakt: herhaalde melding",
            "Niet opgepakt: onterecht signaal",
            "Niet opgepakt: andere reden",
            "Inwoner is overleden",
            "Persoon is geen inwoner (meer) in de gemeente",
        ),
        strict=True,
    )
)
"""Each result as DDAS has it (EnumEindresultaat)."""
