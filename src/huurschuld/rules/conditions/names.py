"""What a name that is not known may stand for: another spelling, another language, another word."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from functools import cache
from typing import Final

from huurschuld.rules.facts import FACTS, FactType

_OTHER_WORDS: Final = {
    "arrears_cents": "achterstand huurachterstand schuld huurschuld bedrag arrears debt amount owed",
    "past_grace_cents": "achterstand_na_wachttijd",
    "months": "maanden maand month maandenachterstand",
    "days_overdue": "dagen dag days day overdue dagen_te_laat days_late",
    "sustained_cents": "aanhoudende_achterstand sustained sustained_arrears",
    "attempts": "pogingen poging contactpogingen contacten contactmomenten attempt contacts tries",
    "channels": "kanalen kanaal manieren channel ways",
    "days_since_attempt": "dagen_sinds_poging dagen_na_poging days_after_attempt",
    "reminder_sent": "herinnering herinnerd herinnering_verstuurd aanmaning reminder reminded",
    "sharing_offered": "aanbod aangeboden offer offered",
    "days_since_offer": "dagen_sinds_aanbod dagen_na_aanbod days_after_offer",
    "personal_effort": "persoonlijk_contact personal_contact effort",
    "debt_help_named": "schuldhulp schuldhulp_genoemd debt_help",
    "plan_in_force": "regeling betalingsregeling plan payment_plan",
    "tenant_acted": "actie reactie huurder_reageerde acted tenant_action",
    "disputed": "betwist geschil dispute contested",
    "objected": "bezwaar bezwaar_gemaakt objection objects",
    "already_referred": "gemeld al_gemeld referred",
    "lease_ended": "vertrokken huur_beeindigd contract_beeindigd ended",
    "deceased": "overleden dood dead died",
    "dwelling": "woning woonhuis home house",
    "minors": "kinderen minderjarigen aantal_kinderen children",
    "minor_living_in": "kind minderjarige minderjarig_kind child minor gezin family",
    "eviction_announced": "ontruiming eviction",
}
"""What people call the facts, besides their labels."""
_NO_LETTERS: Final = re.compile(r"[\W_]++")


def _plain(name: str) -> str:
    """A name without capitals, spaces, hyphens and underscores."""
    return _NO_LETTERS.sub("", name.casefold())


@cache
def _meanings() -> dict[str, str]:
    """The facts by every other word for them."""
    found: dict[str, str] = {}
    for name, fact in FACTS.items():
        for word in (*_OTHER_WORDS.get(name, "").split(), fact.label.nl, fact.label.en):
            found.setdefault(_plain(word), name)
    return found


def same(name: str, among: Iterable[str], own: Iterable[FactType] = ()) -> str | None:
    """Return which of these names is the same in other letters or in another language, if any is.

    Args:
        name: what was written.
        among: the names that there are.
        own: the facts that a policy declares, which may be called by their labels.
    """
    by_letters = {_plain(one): one for one in among}
    labels = {_plain(label): it.name for it in own for label in (it.label.nl, it.label.en)}
    plain = _plain(name)
    other = labels.get(plain) or _meanings().get(plain, "")
    return by_letters.get(plain) or by_letters.get(_plain(other))


def meant(name: str, among: Iterable[str], own: Iterable[FactType] = ()) -> str | None:
    """Return which of these names is probably meant by another one, if any is."""
    known = list(among)
    near = difflib.get_close_matches(name.casefold(), known, 1)
    return same(name, known, own) or (near[0] if near else None)
