"""An export of all that is held of a person as a text that the person can read, Dutch at level B1."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from huurschuld.cases.classification import DataClass
from huurschuld.cases.contact import ContactKind
from huurschuld.cases.events import EVENTS
from huurschuld.cases.exporting import PURPOSE_OF_EXPORT, PURPOSE_OF_FEEDBACK, PURPOSE_OF_REFERRAL
from huurschuld.cases.feedback import Taken
from huurschuld.cases.kinds import DataField, EventType, Phase
from huurschuld.cases.phrases import ROLE_NAMES, TAKEN_NAMES, contact_text, word_name
from huurschuld.cases.surprises import PHASE_NAMES
from huurschuld.cases.words import Role
from huurschuld.decisions.days import day_text, minute_text
from huurschuld.decisions.words import NO, UNKNOWN, YES, Lang, euros
from huurschuld.model.clock import DUTCH_TIME
from huurschuld.model.referral import ContactDetails, Outcome
from huurschuld.model.values import Choice, Day, Flag, Whole
from huurschuld.referrals.states import EventType as ReferralEvent, State
from huurschuld.rules.facts import FACTS
from huurschuld.rules.parameters import Unit
from huurschuld.rules.sources import Phrase

_TITLE: Final = Phrase("Wat wij over u bewaren", "What we hold about you")
_CASE: Final = Phrase("Zaak", "Case")
_AS_OF: Final = Phrase("gemaakt op", "made on")
_FORGOTTEN: Final = Phrase(
    "Op {day} zijn uw gegevens gewist. Hieronder staat wat er nog is: wat er gebeurde, op welke dag, "
    "en wie het vastlegde. De bedragen, de naam van de hulpverlener en de opmerkingen zijn weg.",
    "On {day} your data was erased. Below is what is left: what happened, on which day, and who "
    "recorded it. The amounts, the name of the helper and the remarks are gone.",
)
_LINKED: Final = Phrase(
    "Uw gegevens staan ook in een andere zaak", "Your data is in another case as well"
)
_IS_GONE: Final = Phrase(" (gewist)", " (erased)")
_ASK_THERE: Final = Phrase(
    "Wat daarin over u staat, is niet in dit overzicht. U krijgt het op dezelfde manier.",
    "What that one has about you is not in this. You get it in the same way.",
)
_NOW: Final = Phrase("Hoe het nu is", "How it is now")
_REFERRAL: Final = Phrase("De melding van uw verhuurder", "The referral by your landlord")
_DAY_OF_IT: Final = Phrase("over de dag", "as of")
_ARREARS: Final = Phrase("huurachterstand", "rent arrears")
_POLICY: Final = Phrase("regels", "rules")
_STATE: Final = Phrase("de melding is", "the referral is")
_TENANCY: Final = Phrase("nummer van de huur", "tenancy")
_CONTACT: Final = Phrase("contactgegevens", "contact details")
_CONFIRMED: Final = Phrase(
    "een medewerker besloot tot de melding op", "a member of staff confirmed it on"
)
_RECEIVER: Final = Phrase("ontvanger", "receiver")
_ANSWER: Final = Phrase("antwoord van de ontvanger", "answer of the receiver")
_DECIDED: Final = Phrase("Waarom melden werd geadviseerd", "Why a referral was advised")
_FACTS: Final = Phrase("Daarbij werd uitgegaan van", "That was based on")
_NO_RECEIPT: Final = Phrase(
    "Waarom melden werd geadviseerd, is niet bewaard.", "Why a referral was advised was not kept."
)
_HAPPENED: Final = Phrase("Wat er gebeurde", "What happened")
_CORRECTED: Final = Phrase("dit klopte niet en is later verbeterd", "this was wrong, and was corrected")
_WITHHELD: Final = Phrase(
    "(hier stond iets dat ook over iemand anders gaat)", "(this was about somebody else as well)"
)
_GONE: Final = Phrase("(gewist)", "(erased)")
_PLAN: Final = Phrase("Uw plan", "Your plan")
_AGREED: Final = Phrase("afgesproken op", "agreed on")
_TO_PAY: Final = Phrase("af te lossen", "to be repaid")
_MONTHLY: Final = Phrase("per maand", "a month")
_PAID: Final = Phrase("betaalde termijnen", "instalments paid")
_LANDLORD: Final = Phrase(
    "Wat uw verhuurder hierover mag weten, en meer niet",
    "What your landlord may know about this, and nothing else",
)
_SIGNAL: Final = Phrase("het signaal", "the signal")
_ACCEPTED: Final = Phrase("hulp aanvaard", "help accepted")
_SUSPENDED: Final = Phrase("incasso opgeschort tot en met", "collection suspended until")
_LOOKED: Final = Phrase("Wie in uw zaak keek, en waarom", "Who looked into your case, and why")
_NAMES: Final = Phrase(
    "De namen van medewerkers staan er niet bij.", "The names of members of staff are left out."
)
_FOR_LANDLORD: Final = Phrase("om de verhuurder te laten weten wat hij mag weten", "for the landlord")
_FOR_REFERRAL: Final = Phrase("om de melding te bekijken", "to look at the referral")
_FOR_YOU: Final = Phrase("om u dit overzicht te geven", "to give you this")
_WHY: Final = Phrase("Wat wij bewaren, waarom, en wie het kan lezen", "What we hold, why, for whom")
_HOW_LONG: Final = Phrase("Hoe lang wij dit bewaren", "How long we keep this")
_CLASSES: Final[Mapping[DataClass, Phrase]] = {
    DataClass.PERSONAL: Phrase("gegevens over u", "what is about you"),
    DataClass.SPECIAL: Phrase("opmerkingen over u", "remarks about you"),
}
_DAYS: Final = Phrase("{days} dagen nadat de zaak is afgesloten", "{days} days after the case is closed")
_UNSET: Final = Phrase("daarvoor is nog geen termijn vastgesteld", "no term has been settled for this")
_FIGURES: Final = Phrase(
    "Wat er gebeurde, op welke dag en wie het vastlegde, blijft daarna bewaard voor de cijfers.",
    "What happened, on which day and who recorded it is kept after that, for the figures.",
)
_LOG: Final = Phrase("Het logboek van uw zaak", "The log of your case")
_ENTRIES: Final = Phrase(
    "{n} vastleggingen, van {first} tot en met {last}", "{n} entries, from {first} to {last}"
)
_LINK: Final = Phrase("controlegetal van de laatste", "check of the last one")
_RIGHTS: Final = Phrase("Wat u kunt doen", "What you can do")
_WHAT_YOU_CAN_DO: Final = (
    Phrase(
        "U kunt ons vragen om iets te verbeteren of te wissen, of om uw gegevens minder te gebruiken.",
        "You can ask us to correct or erase something, or to use your data less.",
    ),
    Phrase(
        "U kunt bezwaar maken tegen wat wij met uw gegevens doen.",
        "You can object to what we do with your data.",
    ),
    Phrase(
        "U kunt een klacht indienen bij de Autoriteit Persoonsgegevens.",
        "You can complain to the Dutch data protection authority (Autoriteit Persoonsgegevens).",
    ),
    Phrase(
        "Geen computer beslist over u. Dat doet een mens.",
        "No computer decides about you. A person does.",
    ),
)


def export_text(document: Mapping[str, Any], lang: Lang) -> str:
    """Write an export as a text for the person.

    Args:
        document: what `export_person` gives.
        lang: `nl` or `en`.
    """
    return "".join(f"{line}\n" for line in _lines(document, lang))


def _lines(document: Mapping[str, Any], lang: Lang) -> Iterator[str]:
    yield _TITLE.to(lang)
    yield f"{_CASE.to(lang)} {document['case']}, {_AS_OF.to(lang)} {_day(document['as_of'], lang)}"
    if document["forgotten"] is not None:
        yield ""
        yield _FORGOTTEN.to(lang).format(day=day_text(_moment(document["forgotten"]), lang))
    if document["linked"]:
        others = (f"{it['case']}{_IS_GONE.to(lang) * it['forgotten']}" for it in document["linked"])
        yield from _section(_LINKED, (*others, _ASK_THERE.to(lang)), lang)
    yield from _section(_NOW, [PHASE_NAMES[Phase(document["phase"])].to(lang)], lang)
    if document["referral"] is not None:
        yield from _section(_REFERRAL, _referral(document, lang), lang)
    yield from _section(_HAPPENED, _events(document, lang), lang)
    if document["plan"] is not None:
        yield from _section(_PLAN, _plan(document["plan"], lang), lang)
    yield from _section(_LANDLORD, _feedback(document["feedback"], lang), lang)
    yield from _section(_LOOKED, _accesses(document, lang), lang)
    yield from _section(_WHY, _fields(document, lang), lang)
    yield from _section(_HOW_LONG, _terms(document, lang), lang)
    yield from _section(_LOG, _log(document["log"], lang), lang)
    yield from _section(_RIGHTS, (it.to(lang) for it in _WHAT_YOU_CAN_DO), lang)


def _section(title: Phrase, lines: Any, lang: Lang) -> Iterator[str]:  # noqa: ANN401 - lines, lazily
    yield ""
    yield title.to(lang)
    yield from (f"  {line}" for line in lines)


def _referral(document: Mapping[str, Any], lang: Lang) -> Iterator[str]:
    """Say what the landlord decided by, what he sent, to whom, and what happened to it."""
    it = document["referral"]
    if document["forgotten"] is not None:
        yield _LEFT_OF_IT.to(lang)
    yield f"{_DAY_OF_IT.to(lang)}: {_day(it['day'], lang)}"
    yield f"{_ARREARS.to(lang)}: {euros(it['arrears_cents'], lang)}"
    yield f"{_POLICY.to(lang)}: {it['policy']}"
    yield f"{_STATE.to(lang)}: {_STATES[State(it['state'])].to(lang)}, {_minute(it['since'], lang)}"
    contact = it["contact"]
    shown = None if contact is None else contact_text(ContactDetails(**contact), lang)
    confirmed = None if it["confirmed_at"] is None else _minute(it["confirmed_at"], lang)
    for label, value in (
        (_TENANCY, it["tenancy"]),
        (_CONTACT, shown),
        (_CONFIRMED, confirmed),
        (_RECEIVER, it["receiver"]),
        (_ANSWER, it["receipt"]),
    ):
        if value is not None:
            yield f"{label.to(lang)}: {value}"
    for number, step in enumerate(it["steps"]):
        outcome = step["outcome"]
        if outcome in _OUTCOMES:
            outcome = _OUTCOMES[outcome].to(lang)
        what = _STEPS[ReferralEvent(step["what"])].to(lang)
        told = ", ".join(filter(None, (what, outcome, step["reason"])))
        if f"/referral/steps/{number}/reason" in document["withheld"]:
            told += f" {_WITHHELD.to(lang)}"
        yield f"    {_minute(step['at'], lang)}  {told}"
    yield from _decision(it["decision"], lang)


def _decision(decision: Mapping[str, Any] | None, lang: Lang) -> Iterator[str]:
    if decision is None:
        yield _NO_RECEIPT.to(lang)
        return
    yield f"{_DECIDED.to(lang)} ({_minute(decision['at'], lang)}):"
    document, reasons = decision["document"], decision["reasons"]
    if document is None:
        yield f"    {_GONE.to(lang)}"
        return
    if reasons is not None:
        yield from (f"    {line}" for line in reasons[lang].splitlines())
    yield f"{_FACTS.to(lang)}:"
    for name, value in {**document["facts"], **document.get("own_facts", {})}.items():
        yield f"    {_fact(name, value, lang)}"


def _fact(name: str, value: object, lang: Lang) -> str:
    """Write a fact of a decision: what it is called, and its value."""
    label = FACTS[name].label.to(lang) if name in FACTS else name
    if name == "episode_start":
        label = _SINCE.to(lang)
        value = None if value is None else _day(str(value), lang)
    if value is None or type(value) is bool:
        return f"{label}: {(UNKNOWN if value is None else YES if value else NO).to(lang)}"
    if name.endswith("_cents") and type(value) is int:
        return f"{label}: {euros(value, lang)}"
    is_number = lang == "nl" and name in FACTS and FACTS[name].unit is Unit.MONTHS
    return f"{label}: {str(value).replace('.', ',') if is_number else value}"


_SINCE: Final = Phrase("huurachterstand sinds", "arrears since")
_LEFT_OF_IT: Final = Phrase(
    "De dag, het bedrag en de regels van de melding zijn er nog; om wie het ging, is gewist.",
    "The day, the amount and the rules of the referral are left; whom it was about is erased.",
)
_STEPS: Final[Mapping[ReferralEvent, Phrase]] = {
    ReferralEvent.PROPOSED: Phrase("voorgesteld", "proposed"),
    ReferralEvent.REPLACED: Phrase("vervangen door een nieuw voorstel", "replaced by a new proposal"),
    ReferralEvent.CONFIRMED: Phrase("door een medewerker bevestigd", "confirmed by staff"),
    ReferralEvent.WITHDRAWN: Phrase("ingetrokken", "withdrawn"),
    ReferralEvent.RECALLED: Phrase("klopt misschien niet meer", "may no longer be right"),
    ReferralEvent.RESUMED: Phrase("toch te versturen", "to be sent after all"),
    ReferralEvent.UPHELD: Phrase("opnieuw geadviseerd", "advised again"),
    ReferralEvent.WAIVED: Phrase("niet nog eens nagekeken", "not looked at again"),
    ReferralEvent.BEGUN: Phrase("begonnen met versturen", "began to be sent"),
    ReferralEvent.ENDED: Phrase("klaar met versturen", "ended being sent"),
    ReferralEvent.FOUND: Phrase("versturen was afgebroken", "being sent was broken off"),
    ReferralEvent.ASKED: Phrase("nagevraagd bij de ontvanger", "the receiver was asked"),
    ReferralEvent.DOUBTED: Phrase("onzeker of het is ontvangen", "not certain that it was received"),
    ReferralEvent.DECIDED: Phrase("een medewerker zocht het uit", "staff found out"),
    ReferralEvent.FORGOTTEN: Phrase("gewist", "erased"),
}
_OUTCOMES: Final[Mapping[str, Phrase]] = {
    Outcome.ACCEPTED: Phrase("ontvangen", "received"),
    Outcome.REFUSED: Phrase("niet aangenomen", "not taken"),
    Outcome.NOT_DELIVERED: Phrase("niet aangekomen", "not delivered"),
    Outcome.UNKNOWN: Phrase("misschien aangekomen", "perhaps delivered"),
}
_STATES: Final[Mapping[State, Phrase]] = {
    State.PROPOSED: Phrase("voorgesteld, niet bevestigd", "proposed, not confirmed"),
    State.CONFIRMED: Phrase("bevestigd, nog niet verstuurd", "confirmed, not sent yet"),
    State.RECALLED: Phrase("wordt opnieuw bekeken", "to be looked at again"),
    State.SENDING: Phrase("wordt verstuurd", "being sent"),
    State.ACCEPTED: Phrase("verstuurd en ontvangen", "sent and received"),
    State.REFUSED: Phrase("niet aangenomen", "not taken"),
    State.DOUBTFUL: Phrase("misschien ontvangen", "perhaps received"),
    State.WITHDRAWN: Phrase("ingetrokken, niet verstuurd", "withdrawn, not sent"),
}


def _events(document: Mapping[str, Any], lang: Lang) -> Iterator[str]:
    for event in document["events"]:
        rule = EVENTS[EventType(event["type"])]
        by = ROLE_NAMES[Role(event["by"])].to(lang)
        yield f"{_day(event['happened'], lang)}  {rule.label.to(lang)} ({by})"
        for name, value in event["data"].items():
            field = rule.data[name]
            yield f"    {field.meaning.label.to(lang)}: {_value(name, field, value, lang)}"
        if event["corrected"]:
            yield f"    {_CORRECTED.to(lang)}"


def _value(name: str, field: DataField, value: Any, lang: Lang) -> str:  # noqa: ANN401 - any value of JSON
    if value is None:
        return _WITHHELD.to(lang)
    match field.kind:
        case Choice():
            return word_name(name, value, lang)
        case Flag():
            return (YES if value else NO).to(lang)
        case Whole():
            return euros(value, lang)
        case ContactKind():
            return contact_text(ContactDetails(**value), lang)
        case Day():
            return _day(value, lang)
    return str(value)


def _plan(plan: Mapping[str, Any], lang: Lang) -> Iterator[str]:
    yield f"{_AGREED.to(lang)} {_day(plan['agreed'], lang)}"
    for label, cents in ((_TO_PAY, plan["arrears_cents"]), (_MONTHLY, plan["monthly_cents"])):
        if cents is not None:
            yield f"{label.to(lang)}: {euros(cents, lang)}"
    paid = plan["paid_cents"]
    amount = "" if not paid else f" ({euros(paid, lang)})"
    yield f"{_PAID.to(lang)}: {plan['instalments_paid']}{amount}"


def _feedback(given: Mapping[str, Any], lang: Lang) -> Iterator[str]:
    yield f"{_SIGNAL.to(lang)}: {TAKEN_NAMES[Taken(given['taken'])].to(lang)}"
    accepted = {None: UNKNOWN, True: YES, False: NO}[given["help_accepted"]]
    yield f"{_ACCEPTED.to(lang)}: {accepted.to(lang)}"
    if given["suspended_until"] is not None:
        yield f"{_SUSPENDED.to(lang)} {_day(given['suspended_until'], lang)}"


def _accesses(document: Mapping[str, Any], lang: Lang) -> Iterator[str]:
    fixed = {
        PURPOSE_OF_FEEDBACK: _FOR_LANDLORD,
        PURPOSE_OF_EXPORT: _FOR_YOU,
        PURPOSE_OF_REFERRAL: _FOR_REFERRAL,
    }
    for number, access in enumerate(document["accesses"]):
        purpose = access["purpose"]
        if purpose is None:
            is_withheld = f"/accesses/{number}/purpose" in document["withheld"]
            purpose = (_WITHHELD if is_withheld else _GONE).to(lang)
        elif purpose in fixed:
            purpose = fixed[purpose].to(lang)
        who = ", ".join(filter(None, (ROLE_NAMES[Role(access["by"])].to(lang), access["resident"])))
        yield f"{_minute(access['at'], lang)}  {who}: {purpose}"
    yield _NAMES.to(lang)


def _fields(document: Mapping[str, Any], lang: Lang) -> Iterator[str]:
    """Say what is held for each reason, and who may read it."""
    held: dict[tuple[str, tuple[str, ...]], dict[str, None]] = {}
    for it in document["fields"]:
        held.setdefault((it["why"][lang], tuple(it["readers"])), {})[it["label"][lang]] = None
    for (why, readers), labels in held.items():
        roles = ", ".join(ROLE_NAMES[Role(it)].to(lang) for it in readers)
        yield f"{why} ({roles}):"
        yield f"    {', '.join(labels)}"


def _log(entries: Sequence[Mapping[str, Any]], lang: Lang) -> Iterator[str]:
    first, last = entries[0], entries[-1]
    moments = {"first": _minute(first["at"], lang), "last": _minute(last["at"], lang)}
    yield _ENTRIES.to(lang).format(n=len(entries), **moments)
    yield f"{_LINK.to(lang)}: {last['link']}"


def _terms(document: Mapping[str, Any], lang: Lang) -> Iterator[str]:
    for name, days in document["retention"].items():
        term = _UNSET.to(lang) if days is None else _DAYS.to(lang).format(days=days)
        yield f"{_CLASSES[DataClass(name)].to(lang)}: {term}"
    yield _FIGURES.to(lang)


def _day(day: str, lang: Lang) -> str:
    return day_text(dt.date.fromisoformat(day), lang)


def _moment(moment: str) -> dt.datetime:
    """Return a moment as a clock in the Netherlands has it."""
    return dt.datetime.fromisoformat(moment).astimezone(DUTCH_TIME)


def _minute(moment: str, lang: Lang) -> str:
    return minute_text(_moment(moment), lang)
