"""What the parts of a list are called, in both languages: on a screen, in a spreadsheet, on paper."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Final

from huurschuld.decisions.words import ADVICE, PRIORITY, Lang, euros
from huurschuld.portfolio.result_rows import ResultRow
from huurschuld.portfolio.selecting import Selection
from huurschuld.portfolio.worklist import Worklist
from huurschuld.rules.advice import Advice
from huurschuld.rules.sources import Phrase

RANK: Final = Phrase("nr", "no.")
TENANCY: Final = Phrase("contract", "tenancy")
ADVISED: Final = Phrase("advies", "advice")
PRIORITIES: Final = Phrase("voorrang", "priority")
ARREARS, SHORT_ARREARS = Phrase("achterstand", "arrears"), Phrase("schuld", "arrears")
SINCE: Final = Phrase("sinds", "since")
MONTHS, SHORT_MONTHS = Phrase("maanden", "months"), Phrase("mnd", "mths")
DAYS, SHORT_DAYS = Phrase("dagen", "days"), Phrase("dgn", "days")
BECAUSE: Final = Phrase("omdat", "because")
NOT_FILLED_IN: Final = Phrase("niet ingevuld", "not filled in")
SCREENED: Final = Phrase("huurcontracten bekeken", "tenancies screened")
IN_ARREARS: Final = Phrase("met huurachterstand", "in arrears")
SET_ASIDE: Final = Phrase("apart gezet", "set aside")
IN_THIS_LIST: Final = Phrase("in deze lijst", "in this list")
LOOK_SET_ASIDE: Final = Phrase(
    "apart gezet, omdat er een fout in de gegevens staat: bekijk deze zelf",
    "set aside, because one of their rows is wrong: look at these by hand",
)
LOOK_UNDECIDED: Final = Phrase(
    "zonder advies, omdat de berekeningen niet gelijk zijn: bekijk deze zelf",
    "not decided, because the engines differ: look at these by hand",
)
WORKLIST, BY_HAND = Phrase("werklijst", "worklist"), Phrase("zelf bekijken", "look by hand")
ABOUT, WHY = Phrase("over deze lijst", "about this list"), Phrase("waarom", "why")
POLICY, RULES = Phrase("beleid", "policy"), Phrase("versie van de regels", "version of the rules")
AS_OF: Final = Phrase("peildatum", "as of")
DONE, NOTE = Phrase("klaar", "done"), Phrase("notitie", "note")
PRIVATE: Final = Phrase(
    "Deze lijst gaat over mensen. Geef hem alleen aan wie ermee werkt, laat hem niet liggen en "
    "vernietig hem als u klaar bent.",
    "This list is about people. Give it only to those who work with it, do not leave it lying about, "
    "and destroy it when you are done.",
)
_OWED: Final = Phrase("achterstand vanaf", "arrears of at least")


def group_name(name: str, lang: Lang) -> str:
    """What a group is called; those with an empty cell are `not filled in`."""
    return name or NOT_FILLED_IN.to(lang)


def counted(rows: Iterable[ResultRow], lang: Lang) -> str:
    """How many rows have each advice, without those that none has: `refer 2, remind 1`."""
    counts = Counter(row["advice"] for row in rows)
    return ", ".join(f"{ADVICE[it].word.to(lang)} {counts[it]}" for it in Advice if counts[it])


def selection_in_words(selection: Selection, lang: Lang) -> str:
    """What was asked for, as a person reads it: `advice: refer; arrears of at least: € 500.00`."""
    said = [
        (ADVISED.to(lang), [ADVICE[it].word.to(lang) for it in selection.advice]),
        (PRIORITIES.to(lang), [PRIORITY[it].word.to(lang) for it in selection.priority]),
        (_OWED.to(lang), [] if selection.min_cents is None else [euros(selection.min_cents, lang)]),
        *((name, [group_name(it, lang) for it in texts]) for name, texts in selection.where.items()),
    ]
    return "; ".join(f"{name}: {', '.join(words)}" for name, words in said if words)


def to_look_at(found: Worklist) -> list[tuple[str, Phrase]]:
    """The tenancies without an advice, which a person has to look at, each with why."""
    aside = () if found.quarantine is None else found.quarantine.names
    undecided = [it.tenancy or "" for it in found.undecided]
    return [
        *((name, LOOK_SET_ASIDE) for name in aside),
        *((name, LOOK_UNDECIDED) for name in undecided),
    ]
