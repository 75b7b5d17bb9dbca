"""The main reason for an advice in a few words, as a list has it beside each household."""

from __future__ import annotations

from typing import Final

from huurschuld.decisions.decision import Decision
from huurschuld.decisions.explaining import explain, unknown_in_words
from huurschuld.decisions.words import Lang
from huurschuld.rules.advice import Advice
from huurschuld.rules.facts import FACTS
from huurschuld.rules.sources import Phrase

_ATTEMPTS, _WAYS = Phrase("pogingen", "attempts"), Phrase("manieren", "ways")
_IN_THE_ROW: Final = frozenset({"arrears_cents", "months", "days_overdue", "sustained_cents"})
"""The facts that a list shows in columns of their own."""


def main_reason(decision: Decision, lang: Lang) -> str:
    """Return the main reason for the advice in a few words."""
    facts = decision.facts
    if decision.advice is Advice.ASK:
        return ", ".join(unknown_in_words(decision, lang))
    explanation = explain(decision, lang)
    if decision.advice is Advice.NONE:  # on the list for a crisis alone
        return explanation.priority.text
    reasons = explanation.reasons or explanation.not_referred
    used = {name for reason in reasons for name in reason.facts}
    if decision.advice is Advice.REFER and {"attempts", "channels"} <= used:
        return f"{_ATTEMPTS.to(lang)}: {facts.attempts}, {_WAYS.to(lang)}: {facts.channels}"
    chosen = [reason for reason in reasons if not _IN_THE_ROW.issuperset(reason.facts)] or reasons
    if decision.advice is Advice.REFER:  # every condition holds, so numbers say more than yes
        facts_by_name = {**FACTS, **decision.receipt.policy.own_facts()}
        chosen = sorted(chosen, key=lambda reason: facts_by_name[reason.facts[0]].unit is None)
    return "; ".join(dict.fromkeys(reason.text for reason in chosen))
