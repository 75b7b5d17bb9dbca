"""What a person sees of a household through time: what is open, comes, changed and happened."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Final

from rich.console import Console
from rich.text import Text

from huurschuld.cli.display_decision import ADVICE_STYLES, Section
from huurschuld.cli.terminal import printable, table
from huurschuld.decisions.change_reasons import explain_change
from huurschuld.decisions.change_values import reasons_in_words
from huurschuld.decisions.days import day_text
from huurschuld.decisions.decision import Decision
from huurschuld.decisions.explaining import unknown_in_words
from huurschuld.decisions.outlook import NextChange
from huurschuld.decisions.timeline import Timeline, TimelineEvent
from huurschuld.decisions.timeline_words import events_in_words
from huurschuld.decisions.words import ADVICE, FIELDS, PRIORITY, UNKNOWN, Lang, euros, with_day
from huurschuld.model.tenancy import Plan
from huurschuld.rules.advice import Advice
from huurschuld.rules.sources import Phrase
from huurschuld.rules.tenancy_facts import is_kept

_OPEN: Final = Phrase("Welke huur open staat", "Which rent is open")
_NOTHING_OPEN: Final = Phrase("niets", "none")
_MORE_TERMS: Final = Phrase("en {count} eerdere, samen {cents}", "and {count} earlier, together {cents}")
_LAST_PAYMENT: Final = Phrase("laatste betaling", "last payment")
_NO_PAYMENT: Final = Phrase("geen", "none")
_SINCE: Final = Phrase("sinds {day}", "since {day}")
_TO_COME: Final = Phrase("Als er verder niets gebeurt", "If nothing else happens")
_MAY_BE_REFERRED: Final = Phrase("kan gemeld worden vanaf {day}", "may be referred from {day}")
_FROM: Final = Phrase("vanaf {day}: {advice}", "from {day}: {advice}")
_STAYS: Final = Phrase(
    "dit advies verandert niet, zeker tot en met {day}",
    "this advice does not change, at least until {day}",
)
_NO_REFERRAL: Final = Phrase(
    "op geen dag tot en met {day} kan gemeld worden", "on no day until {day} may it be referred"
)
_ENDS: Final = Phrase(
    "verder vooruit is niet te zeggen: het beleid eindigt die dag",
    "what comes after is not known: the policy ends on that day",
)
_UNKNOWN: Final = Phrase(
    "wanneer gemeld kan worden is onbekend, zolang dit onbekend is: {fields}",
    "when a referral may follow is unknown as long as these are: {fields}",
)
_ASSUMED: Final = Phrase(
    "Aangenomen: na {day} geen betaling, geen contact en niets anders; {rent}.",
    "Assumed: after {day} no payment, no contact and nothing else; {rent}.",
)
_RENT_UNTIL: Final = Phrase("huur telt mee tot en met die van {day}", "rent counts until that of {day}")
_NO_RENT: Final = Phrase("er staat geen huur in de boeken", "there is no rent in the ledger")
_CHANGED: Final = Phrase("Wat er veranderde sinds {day}", "What has changed since {day}")
_SAME_ADVICE: Final = Phrase("het advies was hetzelfde: {advice}", "the advice was the same: {advice}")
_ARREARS: Final = Phrase("huurachterstand", "rent arrears")
_HAPPENED: Final = Phrase("Wat er gebeurde", "What happened")
_DAY, _WHAT = Phrase("dag", "day"), Phrase("wat", "what")
_CENTS, _OWED = Phrase("bedrag", "amount"), Phrase("huur open", "rent owed")
_BEFORE: Final = Phrase(
    "{count} van vóór {day} staan er niet bij", "{count} of before {day} are left out"
)
_NO_EVENTS: Final = Phrase(
    "onbekend, en dus niet hierboven: {fields}", "unknown, and so not above: {fields}"
)
_DUE_TODAY: Final = Phrase(
    "van de huur die open staat is {cents} pas op {day} te betalen; dat is nog geen achterstand",
    "of the rent owed {cents} is due only on {day}; that is not yet in arrears",
)
_LEDGER: Final = ("rent", "other", "payment", "credit", "reversal", "refund")
_MONEY_IN: Final = ("payment", "credit")
_MOST_TERMS: Final = 12


def open_rent(found: Timeline, lang: Lang) -> Section:
    """Say which rent terms are open, when was last paid, and which plan there is."""
    newest = found.open_terms[-_MOST_TERMS:]
    days = [day_text(day, lang) for day, _ in newest]
    wide = max(map(len, days), default=0)
    amounts = [euros(cents, lang) for _, cents in newest]
    lines = [f"{day:{wide}}  {cents}" for day, cents in zip(days, amounts, strict=True)]
    earlier = found.open_terms[: -len(newest)] if newest else ()
    if earlier:
        cents = euros(sum(cents for _, cents in earlier), lang)
        lines.insert(0, _MORE_TERMS.to(lang).format(count=len(earlier), cents=cents))
    paid = found.last_payment
    when = _NO_PAYMENT.to(lang)
    if paid is not None:
        when = f"{day_text(paid.day, lang)}, {euros(paid.cents or 0, lang)}"
    lines = lines or [_NOTHING_OPEN.to(lang)]
    lines.append(f"{_LAST_PAYMENT.to(lang)}: {when}")
    for event, words in events_in_words(found, lang):
        if event.kind == "plan" and isinstance(event.part, Plan) and is_kept(event.part, found.as_of):
            lines.append(f"{words} ({with_day(_SINCE, event.day, lang)})")
    if "plans" in found.unknown:
        lines.append(f"{FIELDS['plans'].to(lang)}: {UNKNOWN.to(lang)}")
    return Section(_OPEN.to(lang), tuple(map(Text, lines)))


def coming(ahead: Sequence[NextChange], lang: Lang) -> Section:
    """Say when the advice changes if nothing else happens, and when a referral may follow."""
    first, last = ahead[0], ahead[-1]
    referral = next((it for it in ahead if it.after and it.after.advice is Advice.REFER), None)
    lines: list[Text] = []
    for it in dict.fromkeys((first, referral)):
        if it is not None and it.after is not None:
            lines += _change(it, lang)
    if first.after is None:
        lines.append(Text(with_day(_STAYS, first.until, lang)))
    if last.ends:
        lines.append(Text(_ENDS.to(lang)))
    now = first.before
    if referral is None and now.advice not in (Advice.REFER, Advice.ASK, Advice.NONE):
        lines.append(Text(with_day(_NO_REFERRAL, last.until, lang)))
    if now.advice is Advice.ASK and referral is None:
        fields = ", ".join(unknown_in_words(now, lang))
        lines.append(Text(_UNKNOWN.to(lang).format(fields=fields), "magenta"))
    rent = first.last_rent
    until = _NO_RENT.to(lang) if rent is None else with_day(_RENT_UNTIL, rent, lang)
    assumed = with_day(_ASSUMED, now.receipt.as_of, lang, rent=until)
    return Section(_TO_COME.to(lang), (*lines, Text(assumed, "dim")))


def _change(it: NextChange, lang: Lang) -> Iterator[Text]:
    """Say from which day there is another advice, and why."""
    assert it.day is not None  # noqa: S101 - asked for changes only
    assert it.after is not None  # noqa: S101 - as above
    advice = it.after.advice
    if advice is Advice.REFER:
        yield Text(with_day(_MAY_BE_REFERRED, it.day, lang), ADVICE_STYLES[advice])
    else:
        heading = ADVICE[advice].heading.to(lang)
        yield Text(with_day(_FROM, it.day, lang, advice=heading), ADVICE_STYLES[advice])
    for words in reasons_in_words(it.reasons, lang):
        yield Text(f"  {words}")


def changed_since(earlier: Decision, now: Decision, lang: Lang) -> Section:
    """Say what advice there was on an earlier day, and why it is another one now."""
    lines = []
    words = [ADVICE[it.advice].heading.to(lang) for it in (earlier, now)]
    if earlier.advice is now.advice:
        lines.append(Text(_SAME_ADVICE.to(lang).format(advice=words[0])))
    else:
        lines.append(Text(" → ".join(words)))
    if earlier.priority is not now.priority:
        lines.append(Text(" → ".join(PRIORITY[it.priority].heading.to(lang) for it in (earlier, now))))
    reasons = explain_change(earlier, now)
    lines += [Text(f"  {it}") for it in reasons_in_words(reasons, lang)]
    arrears = [euros(it.facts.arrears_cents or 0, lang) for it in (earlier, now)]
    if arrears[0] != arrears[1] and all(it.rung != "arrears" for it in reasons):
        lines.append(Text(f"{_ARREARS.to(lang)}: {' → '.join(arrears)}"))
    return Section(with_day(_CHANGED, earlier.receipt.as_of, lang), tuple(lines))


def show_timeline(console: Console, found: Timeline, lang: Lang, since: dt.date | None = None) -> None:
    """Show what happened, from a day on, as a table that fits 80 columns."""
    console.print(f"\n{_HAPPENED.to(lang)}", style="bold")
    shown = table(_DAY.to(lang), _WHAT.to(lang), expand=True)
    shown.columns[1].ratio, shown.columns[1].overflow = 1, "fold"
    for heading in (_CENTS, _OWED):
        shown.add_column(heading.to(lang), justify="right", no_wrap=True)
    left_out = 0
    for event, words in events_in_words(found, lang):
        if since is not None and event.day < since:
            left_out += 1
            continue
        cents = _signed(event, lang) if event.kind in _LEDGER else ""
        shown.add_row(
            day_text(event.day, lang), Text(printable(words)), cents, euros(event.owed_cents, lang)
        )
    if since is not None and left_out:
        console.print(with_day(_BEFORE, since, lang, count=left_out), style="dim")
    console.print(shown)
    due_today = found.owed_cents - sum(cents for _, cents in found.open_terms)
    if due_today:
        cents = euros(due_today, lang)
        console.print(Text(with_day(_DUE_TODAY, found.as_of, lang, cents=cents)))
    if found.unknown:
        fields = ", ".join(FIELDS[name].to(lang) for name in found.unknown)
        console.print(Text(_NO_EVENTS.to(lang).format(fields=fields), "magenta"))


def _signed(event: TimelineEvent, lang: Lang) -> str:
    return ("-" if event.kind in _MONEY_IN else "") + euros(event.cents or 0, lang)
