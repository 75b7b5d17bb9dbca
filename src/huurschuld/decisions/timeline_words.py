"""What happened in a tenancy in words, in both languages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from huurschuld.decisions.timeline import Timeline, TimelineEvent
from huurschuld.decisions.words import CHANNEL_WORDS, Lang, euros, with_day
from huurschuld.model.entries import Credit, Entry, OtherClaim, Payment, RentTerm, Reversal
from huurschuld.model.tenancy import Contact, Dispute, Eviction, Objection, Plan, Signal
from huurschuld.rules.sources import Phrase

_KINDS: Final = {
    "lease-started": Phrase("huur begonnen", "lease began"),
    "rent": Phrase("huur", "rent"),
    "other": Phrase("andere vordering", "other claim"),
    "booked-early": Phrase("vooruit geboekt", "booked in advance"),
    "payment": Phrase("betaald", "payment"),
    "credit": Phrase("creditnota of kwijtgescholden", "credit note or write-off"),
    "reversal": Phrase("teruggeboekt", "taken back"),
    "refund": Phrase("terugbetaald aan de huurder", "paid back to the tenant"),
    "plan": Phrase("betalingsregeling", "payment plan"),
    "plan-broken": Phrase("betalingsregeling niet nagekomen", "payment plan broken"),
    "plan-ended": Phrase("betalingsregeling afgelopen", "payment plan ended"),
    "dispute": Phrase("huurder is het niet eens met de huur", "rent contested"),
    "dispute-ended": Phrase("verschil van mening voorbij", "no longer contested"),
    "objection": Phrase(
        "huurder wil niet dat gegevens worden doorgegeven", "tenant objects to sharing data"
    ),
    "objection-withdrawn": Phrase("dat bezwaar ingetrokken", "objection withdrawn"),
    "signal": Phrase("gemeld", "referred"),
    "eviction-announced": Phrase("ontruiming aangekondigd", "eviction announced"),
    "eviction": Phrase("dag van de ontruiming", "day of the eviction"),
    "lease-ended": Phrase("huur geëindigd", "lease ended"),
    "deceased": Phrase("huurder overleden", "tenant deceased"),
}
_BY_TENANT = Phrase("van de huurder", "from the tenant")
_ABOUT_ELSE = Phrase("niet over de achterstand", "not about the arrears")
_REACHED, _NOT_REACHED = Phrase("bereikt", "reached"), Phrase("niet bereikt", "not reached")
_RETURNED = Phrase("kwam terug", "came back")
_QUALITIES: Final = {
    "reminder": Phrase("herinnering", "reminder"),
    "debt_help": Phrase("noemt hulp bij schulden", "names debt help"),
    "offers_sharing": Phrase("biedt doorgeven aan", "offers to share data"),
}
_SPOKEN: Final = ("phone", "visit", "appointment")
_FOR: Final = Phrase("voor {cents}", "for {cents}")
_FOR_ALL: Final = Phrase("voor alles", "for all of it")
_UNTIL: Final = Phrase("tot en met {day}", "until {day}")
_ON: Final = Phrase("op {day}", "on {day}")
_OF: Final = Phrase("van {day}", "of {day}")
_FOR_RENT: Final = Phrase("voor de huur van {day}", "for the rent of {day}")
_FOR_OTHER: Final = Phrase("voor een andere vordering", "for another claim")
_FOR_LATER: Final = Phrase("voor een latere vordering", "for a later claim")
_ONLY_NOW: Final = Phrase("alleen voor deze achterstand", "for these arrears only")


def events_in_words(found: Timeline, lang: Lang) -> Iterator[tuple[TimelineEvent, str]]:
    """Yield each event with what happened, on one line, without the amount that was booked."""
    entries = {it.part.id: it.part for it in found if isinstance(it.part, Entry)}
    for event in found:
        yield event, _in_words(event, entries, lang)


def _in_words(event: TimelineEvent, entries: Mapping[str, Entry], lang: Lang) -> str:
    if isinstance(event.part, Contact):
        return _contact(event.part, lang)
    details = ", ".join(_details(event, entries, lang))
    what = _KINDS[event.kind].to(lang)
    return f"{what}: {details}" if details else what


def _contact(contact: Contact, lang: Lang) -> str:
    what = CHANNEL_WORDS[contact.channel].to(lang)
    if contact.direction == "in":
        what = f"{what} {_BY_TENANT.to(lang)}"
    remarks = [word.to(lang) for name, word in _QUALITIES.items() if getattr(contact, name)]
    if contact.returned:
        remarks.insert(0, _RETURNED.to(lang))
    elif contact.direction == "out" and contact.channel in _SPOKEN:
        remarks.insert(0, (_REACHED if contact.reached else _NOT_REACHED).to(lang))
    if not contact.about_arrears:
        remarks.append(_ABOUT_ELSE.to(lang))
    return f"{what}: {', '.join(remarks)}" if remarks else what


def _details(event: TimelineEvent, entries: Mapping[str, Entry], lang: Lang) -> Iterator[str]:
    part = event.part
    match part:
        case RentTerm() | OtherClaim() if part.due != event.day:
            yield with_day(_OF, part.due, lang)
        case Payment() | Credit() if part.settles is not None:
            yield _settled(entries.get(part.settles), lang)
        case Reversal():
            yield with_day(_OF, entries[part.reverses].booked, lang)
        case Plan() | Dispute() if event.kind in ("plan", "dispute"):
            yield _amount(part.cents, lang)
            if part.until is not None:
                yield with_day(_UNTIL, part.until, lang)
        case Objection() if event.kind == "objection" and not part.standing:
            yield _ONLY_NOW.to(lang)
        case Signal():
            yield _amount(part.cents, lang)
        case Eviction() if event.kind == "eviction-announced":
            yield with_day(_ON, part.on, lang)


def _amount(cents: int | None, lang: Lang) -> str:
    return _FOR_ALL.to(lang) if cents is None else _FOR.to(lang).format(cents=euros(cents, lang))


def _settled(claim: Entry | None, lang: Lang) -> str:
    """Say what money is for that names a claim; None is one that is not booked yet."""
    match claim:
        case None:
            return _FOR_LATER.to(lang)
        case RentTerm():
            return with_day(_FOR_RENT, claim.due, lang)
    return _FOR_OTHER.to(lang)
