"""Reasons for a change that come from two rows alone, in both languages."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

from huurschuld.decisions.change_values import ChangeReason, Difference
from huurschuld.decisions.days import day_text
from huurschuld.decisions.words import FIELDS, NO, NONE, UNKNOWN, YES, Lang, euros
from huurschuld.portfolio.result_rows import SET_ASIDE, UNDECIDED, Origin, ResultRow
from huurschuld.rules.advice import Advice, Priority
from huurschuld.rules.facts import FACTS, OWN
from huurschuld.rules.parameters import Unit
from huurschuld.rules.sources import Phrase

_COLUMNS: Final = {
    "hold": Phrase("reden om niet te melden", "hold"),
    "unknown": Phrase("onbekend", "unknown"),
    "episode_start": Phrase("begin van de achterstand", "start of the arrears"),
}
_SINCE: Final = {"days_since_attempt": "attempts", "days_since_offer": "sharing_offered"}
"""The facts that count days since an event, each with the fact that says whether it happened."""

_POLICY: Final = Phrase("het beleid", "the policy")
_NUMBERS: Final = Phrase(
    "het beleid, de getallen of de aannames zijn anders",
    "the policy, its numbers or the assumptions are others",
)
UNTOLD: Final = Phrase(
    "welke voorwaarde het was, staat niet in deze resultaten: screen met --facts en geef het beleid",
    "which condition it was, these results do not say: screen with --facts, and name the policy",
)
UNNAMED: Final = Phrase(
    "noem het bestand van het beleid (--policy), dan staat hier welke voorwaarde het was; bewaar bij "
    "--set of --assume het resultaat als JSON",
    "name the file of the policy (--policy) to see which condition it was; with --set or --assume, "
    "keep the results as JSON",
)
_BEFORE: Final = {
    SET_ASIDE: Phrase(
        "was eerst apart gezet, omdat er een fout in de gegevens stond",
        "was set aside before, because one of its rows was wrong",
    ),
    UNDECIDED: Phrase(
        "had eerst geen advies, omdat de berekeningen niet gelijk waren",
        "was not decided before, because the engines differed",
    ),
    "none": Phrase(
        "had eerst geen huurachterstand, en er was geen ontruiming aangekondigd",
        "had no arrears before, and no eviction was announced",
    ),
    "absent": Phrase("stond eerst niet in de gegevens", "was not in the portfolio before"),
    None: Phrase(
        "stond eerst niet op de lijst: geen huurachterstand, of niet in de gegevens",
        "was not on the worklist before: no arrears, or not in the portfolio",
    ),
}
_AFTER: Final = {
    SET_ASIDE: Phrase(
        "is apart gezet, omdat er een fout in de gegevens staat",
        "is set aside, because one of its rows is wrong",
    ),
    UNDECIDED: Phrase(
        "heeft geen advies, omdat de berekeningen niet gelijk zijn",
        "is not decided, because the engines differ",
    ),
    "none": Phrase(
        "heeft geen huurachterstand meer, en er is geen ontruiming aangekondigd",
        "has no arrears any more, and no eviction is announced",
    ),
    "absent": Phrase("staat niet meer in de gegevens", "is not in the portfolio any more"),
    None: Phrase(
        "staat niet meer op de lijst: geen huurachterstand, of niet in de gegevens",
        "is no longer on the worklist: no arrears, or not in the portfolio",
    ),
}
_CRISIS: Final = "crisis"
_EVICTION: Final = Phrase("er is een ontruiming aangekondigd", "an eviction is announced")
_IN_PART: Final = (
    Phrase(
        "stond niet in het eerdere deel van de lijst, en misschien wel op de hele lijst",
        "was not in the earlier part of a worklist, and may have been on the whole of it",
    ),
    Phrase(
        "staat niet in het latere deel van de lijst, en misschien wel op de hele lijst",
        "is not in the later part of a worklist, and may be on the whole of it",
    ),
)
"""What is said of who is not in a result that is only part of a worklist."""


def reason(text: Phrase, *facts: Difference) -> ChangeReason:
    """Make a reason that comes from the rows alone."""
    return ChangeReason("advice", "result", None, None, None, facts, (), text)


def came_or_went(
    was: ResultRow | None, now: ResultRow | None, parts: tuple[bool, bool] = (False, False)
) -> tuple[ChangeReason, ...]:
    """Say why a tenancy has no advice, or no place on the worklist, before or after.

    `parts` says of either result whether it is only part of a worklist.
    """
    found = []
    advices = [_word(row) for row in (was, now)]
    for words, advice, is_part, in_part in zip((_BEFORE, _AFTER), advices, parts, _IN_PART, strict=True):
        if advice is None and is_part:
            found.append(reason(in_part))
        elif advice in words:
            found.append(reason(words[advice]))
    if advices[1] == _CRISIS:
        found.append(reason(_EVICTION))
    owed = (now or {}).get("arrears_cents")
    if owed and advices[0] in (None, "none", "absent"):
        found.append(_came(0 if advices[0] == "none" else None, owed))
    return tuple(found)


def _word(row: ResultRow | None) -> str | None:
    """The advice of a row; who is on the worklist without arrears is there because of an eviction."""
    if row is None:
        return None
    advice, is_crisis = row["advice"], row["priority"] == Priority.CRISIS
    return _CRISIS if advice == Advice.NONE and is_crisis else str(advice)


def _came(before: int | None, owed: int) -> ChangeReason:
    """Say what a tenancy owes that came to the worklist; what it owed before may be unknown."""
    label = FACTS["arrears_cents"].label
    now = Phrase(f"{label.nl}: {euros(owed, 'nl')}", f"{label.en}: {euros(owed, 'en')}")
    return reason(now, Difference("arrears_cents", before, owed))


def of_rules(before: Origin, after: Origin) -> tuple[ChangeReason, ...]:
    """Say that two results go by other policies, or other numbers, as far as they say."""
    if before.policy != after.policy:
        names = f"{before.policy or '?'} → {after.policy or '?'}"
        return (reason(Phrase(f"{_POLICY.nl}: {names}", f"{_POLICY.en}: {names}")),)
    return (reason(_NUMBERS),) if before.rules != after.rules else ()


def difference_in_words(it: Difference, was: ResultRow | None, now: ResultRow | None) -> Phrase:
    """Write a column that differs: its label, and its values before and after."""
    return Phrase(_difference(it, was, now, "nl"), _difference(it, was, now, "en"))


def _difference(it: Difference, was: ResultRow | None, now: ResultRow | None, lang: Lang) -> str:
    label = FACTS[it.name].label if it.name in FACTS else _COLUMNS.get(it.name)
    shown = []
    for value, row in ((it.before, was), (it.after, now)):
        never = it.name in _SINCE and not (row or {}).get(_SINCE[it.name], True)
        shown.append(NONE.to(lang) if never else _value(it.name, value, lang))
    return f"{label.to(lang) if label else it.name.removeprefix(OWN)}: {' → '.join(shown)}"


def _value(name: str, value: Any, lang: Lang) -> str:  # noqa: ANN401 - as the row has it
    if isinstance(value, list):
        return ", ".join(FIELDS[it].to(lang) if it in FIELDS else it for it in value) or "–"
    if value is None:
        return UNKNOWN.to(lang)
    if isinstance(value, bool):
        return (YES if value else NO).to(lang)
    unit = FACTS[name].unit if name in FACTS else None
    if unit is Unit.CENTS and isinstance(value, int):
        return euros(value, lang)
    if isinstance(value, dt.date):
        return day_text(value, lang)
    in_dutch = unit is Unit.MONTHS and lang == "nl"
    return str(value).replace(".", ",") if in_dutch else str(value)
