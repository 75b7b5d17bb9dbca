"""The Dutch and English words for things, and how amounts, numbers and sources are written."""

from __future__ import annotations

import datetime as dt
from typing import Final, Literal, get_args

from attrs import frozen

from huurschuld.decisions.days import day_text
from huurschuld.model.tenancy import ContactChannel
from huurschuld.rules.advice import Advice, Priority
from huurschuld.rules.conditions.language import Operator
from huurschuld.rules.own_facts import ContactQuality
from huurschuld.rules.parameters import Unit, months_text
from huurschuld.rules.sources import Phrase, Source, SourceKind

Lang = Literal["nl", "en"]
LANGUAGES: Final[tuple[Lang, ...]] = get_args(Lang)


@frozen
class Words:
    """What an advice or a priority is called: in a heading, and in one word."""

    heading: Phrase
    word: Phrase


ADVISORY: Final = Phrase("Dit is een advies. Een mens beslist.", "This is advice. A person decides.")
ADVICE: Final = {
    Advice.REFER: Words(
        Phrase("melden; een mens bevestigt", "refer; a person confirms"), Phrase("melden", "refer")
    ),
    Advice.ASK: Words(Phrase("eerst navragen", "find out first"), Phrase("navragen", "ask")),
    Advice.CONTACT: Words(
        Phrase("eerst contact zoeken", "seek contact first"), Phrase("contact", "contact")
    ),
    Advice.REMIND: Words(
        Phrase("eerst een herinnering sturen", "send a written reminder first"),
        Phrase("herinneren", "remind"),
    ),
    Advice.HOLD: Words(Phrase("niet melden", "do not refer"), Phrase("niet melden", "hold")),
    Advice.WAIT: Words(Phrase("nu niets doen", "do nothing now"), Phrase("wachten", "wait")),
    Advice.NONE: Words(Phrase("geen huurachterstand", "no rent arrears"), Phrase("geen", "none")),
}
"""What each advice is called."""

PRIORITY: Final = {
    Priority.CRISIS: Words(Phrase("crisis", "crisis"), Phrase("crisis", "crisis")),
    Priority.FAMILY: Words(
        Phrase("gezin met kinderen", "family with children"), Phrase("gezin", "family")
    ),
    Priority.UNKNOWN: Words(
        Phrase("gezin onbekend", "household unknown"), Phrase("onbekend", "unknown")
    ),
    Priority.REGULAR: Words(Phrase("regulier", "regular"), Phrase("regulier", "regular")),
}
"""What each priority is called."""

PARAMETERS: Final = {
    "referral_months": Phrase("maanden, meer dan", "months, more than"),
    "min_attempts": Phrase("pogingen, minstens", "attempts at least"),
    "min_channels": Phrase("manieren, minstens", "ways at least"),
    "sustained_days": Phrase("achterstand al minstens", "in arrears for at least"),
    "minimum_cents": Phrase("schuld, minstens", "owed at least"),
    "response_days": Phrase("tijd om te reageren", "time to respond"),
    "acted_days": Phrase("een reactie telt", "a response counts for"),
    "contact_days": Phrase("een contact telt", "a contact counts for"),
    "repeat_days": Phrase("niet opnieuw melden binnen", "no second referral within"),
    "signal_days": Phrase("een eerdere melding telt", "an earlier referral counts for"),
    "grace_days": Phrase("eerst wachten", "waiting first"),
    "floor_cents": Phrase("klein bedrag, minder dan", "small change, less than"),
}
"""Labels for the parameters of the built-in policies; any other is shown by its name."""

FIELDS: Final = {
    "contacts": Phrase("contactmomenten", "contacts"),
    "facts": Phrase("feiten die het beleid vraagt", "facts that the policy asks for"),
    "disputes": Phrase("huur waar de huurder het niet mee eens is", "disputes"),
    "household": Phrase("wie er in huis wonen", "household composition"),
    "objections": Phrase("bezwaren", "objections"),
    "plans": Phrase("betalingsregelingen", "payment plans"),
    "signals": Phrase("eerdere meldingen", "earlier referrals"),
}
"""Labels for the tenancy fields that may be unknown."""

CHANNEL_WORDS: Final[dict[ContactChannel, Phrase]] = {
    "letter": Phrase("brief", "letter"),
    "email": Phrase("e-mail", "email"),
    "phone": Phrase("telefoon", "phone"),
    "visit": Phrase("huisbezoek", "visit"),
    "appointment": Phrase("afspraak", "appointment"),
    "text": Phrase("sms of app", "text"),
    "card": Phrase("kaartje", "card"),
    "other": Phrase("iets anders", "other"),
}
"""What the channels of contacts are called."""

QUALITY_WORDS: Final[dict[ContactQuality, Phrase]] = {
    "reached": Phrase("bereikt", "reached"),
    "reminder": Phrase("herinnering", "reminder"),
    "debt_help": Phrase("hulp bij schulden genoemd", "debt_help"),
    "offers_sharing": Phrase("aangeboden om gegevens door te geven", "offers_sharing"),
}
"""What a counted contact may be required to be."""

UNIT_WORDS: Final = {
    Unit.COUNT: Phrase("aantal", "count"),
    Unit.CENTS: Phrase("bedrag", "cents"),
    Unit.DAYS: Phrase("dagen", "days"),
    Unit.MONTHS: Phrase("maanden", "months"),
}
"""What a quantity counts."""

TRUE: Final = {
    Operator.MORE: Phrase("meer dan", "more than"),
    Operator.AT_LEAST: Phrase("minstens", "at least"),
    Operator.LESS: Phrase("minder dan", "less than"),
    Operator.AT_MOST: Phrase("hoogstens", "at most"),
}
"""How a comparison that is true, or unknown, is written."""
FALSE: Final = {
    Operator.MORE: TRUE[Operator.AT_MOST],
    Operator.AT_LEAST: TRUE[Operator.LESS],
    Operator.LESS: TRUE[Operator.AT_LEAST],
    Operator.AT_MOST: TRUE[Operator.MORE],
}
"""How the opposite of a comparison is written."""
YES, NO, UNKNOWN = Phrase("ja", "yes"), Phrase("nee", "no"), Phrase("onbekend", "unknown")
NONE, DAYS = Phrase("geen", "none"), Phrase("dagen", "days")
NEEDED: Final = Phrase("nodig", "needed")
WHY, WHY_NOT = Phrase("Waarom", "Why"), Phrase("Waarom (nog) geen melding", "Why no referral (yet)")
ALL_HELD: Final = Phrase(
    "Alles wacht: stuur op dit advies ook geen herinnering en zoek geen contact.",
    "Everything is held: on this advice, no reminder is sent and no contact sought either.",
)
REFERRAL_HELD: Final = Phrase(
    "Melden kan nu niet ({holds}). Herinneren en contact zoeken gaan door.",
    "A referral is held ({holds}). Reminders and contact go on.",
)
LACKING: Final = Phrase("wachten; voor een melding ontbreekt", "wait; a referral lacks")
NO_STEP: Final = Phrase(
    "Geen stap van dit beleid vraagt daarom. Zorg er zelf voor, of zet er een voorwaarde voor in het "
    "beleid, onder remind of contact.",
    "No step of this policy asks for it. See to it yourself, or give the policy a condition for it, "
    "under remind or contact.",
)
CHILDREN_DECIDE: Final = Phrase(
    "Of er kinderen zijn, bepaalt hier mee of gegevens worden doorgegeven. De reden",
    "Whether there are children decides here whether data is shared. The reason",
)
OWN_FACTS: Final = Phrase("Eigen feiten van dit beleid", "Facts of this policy's own")
_KINDS: Final = {
    SourceKind.LAW: Phrase("wet", "law"),
    SourceKind.COVENANT: Phrase("convenant", "covenant"),
    SourceKind.PRACTICE: Phrase("praktijk", "practice"),
    SourceKind.CHOICE: Phrase("keuze", "choice"),
    SourceKind.ADOPTED: Phrase("vastgesteld", "adopted"),
}
_ADOPTED_BY: Final = Phrase("vastgesteld door", "adopted by")
_BESIDE, _TEXT_OF = Phrase(" bij ", " beside "), Phrase("tekst van", "text of")


def cited(source: Source, lang: Lang) -> str:
    """Name a source: its kind, its title, the date of the text, and what it says."""
    kind, note = _KINDS[source.kind].to(lang), source.note.to(lang)
    if source.title is None:
        return f"{kind}: {note}"
    joint = _BESIDE.to(lang) if source.kind is SourceKind.CHOICE else ": "
    text_of = f"{_TEXT_OF.to(lang)} " if source.kind is SourceKind.LAW else ""
    dated = f", {text_of}{day_text(source.dated, lang)}" if source.dated else ""
    return f"{kind}{joint}{source.title}{dated}: {note}"


def set_by(source: Source, number: str, lang: Lang) -> str:
    """Say who set a number: the user, or the organisation that adopted it."""
    if source.title is None:
        return f"{number} {source.note.to(lang)}"
    dated = f", {day_text(source.dated, lang)}" if source.dated else ""
    return f"{number} {_ADOPTED_BY.to(lang)} {source.title}{dated}"


def quantity(value: int, unit: Unit, lang: Lang) -> str:
    """Write a quantity as a person reads it."""
    if unit is Unit.CENTS:
        return euros(value, lang)
    if unit is Unit.MONTHS:
        months = months_text(value)
        return months.replace(".", ",") if lang == "nl" else months
    return str(value)


def in_words(value: int | bool | None, unit: Unit | None, lang: Lang) -> str:
    """Write the value of a fact: a quantity, or yes or no without a unit; None is unknown."""
    if value is None:
        return UNKNOWN.to(lang)
    return (YES if value else NO).to(lang) if unit is None else quantity(value, unit, lang)


def in_hundredths(billionths: int) -> int:
    """Round months down to two decimals, as a person reads them."""
    return billionths // 10**7 * 10**7


def count(number: int, lang: Lang) -> str:
    """Write a number as a person reads it: `8.000` in Dutch, `8,000` in English."""
    return f"{number:,}".replace(",", "." if lang == "nl" else ",")


def with_day(phrase: Phrase, day: dt.date, lang: Lang, **more: object) -> str:
    """Fill in the day of a phrase, such as `since {day}`, and what else it asks for."""
    return phrase.to(lang).format(day=day_text(day, lang), **more)


def euros(cents: int, lang: Lang) -> str:
    """Write an amount as a person reads it: `€ 1.234,50` in Dutch, `€ 1,234.50` in English."""
    return f"€ {count(cents // 100, lang)}{',' if lang == 'nl' else '.'}{cents % 100:02}"
