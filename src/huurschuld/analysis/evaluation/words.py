"""What an evaluation is called where people read it: its groups, its numbers, its notes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from huurschuld.analysis.evaluation.counting import WITH_MINORS, WITHOUT_MINORS, By, Group
from huurschuld.analysis.evaluation.evaluating import Evaluation, Figure, Quartiles
from huurschuld.decisions.days import day_in_words
from huurschuld.rules.sources import Phrase

ALL: Final = Phrase("alle", "all")
NOT_KNOWN: Final = Phrase("onbekend", "not known")
WITHHELD: Final = Phrase("niet getoond", "withheld")
SHARE: Final = Phrase("deel", "share")
NOT_COMPARED: Final = Phrase(
    "niet vergeleken: een van de getallen is niet getoond",
    "not compared: one of the numbers is withheld",
)
DAYS: Final = Phrase("dagen", "days")

BY: Final[Mapping[By, Phrase]] = {
    By.ALL: ALL,
    By.HOUSEHOLD: Phrase("naar huishouden", "by household"),
    By.LANDLORD: Phrase("naar verhuurder", "by landlord"),
    By.POLICY: Phrase("naar beleid", "by policy"),
}
_HOUSEHOLDS: Final[Mapping[str, Phrase]] = {
    WITH_MINORS: Phrase("met kinderen", "with minors"),
    WITHOUT_MINORS: Phrase("zonder kinderen", "without minors"),
}


def group_name(group: Group) -> Phrase:
    """What a group is called; the name of a landlord or a policy is what somebody wrote."""
    if group.by is By.ALL:
        return ALL
    if group.name is None:
        return NOT_KNOWN
    if group.by is By.HOUSEHOLD:
        return _HOUSEHOLDS[group.name]
    return Phrase(group.name, group.name)


def number_text(figure: Figure) -> Phrase:
    """The number of a figure, or that it is withheld."""
    return WITHHELD if figure.number is None else Phrase(str(figure.number), str(figure.number))


def days_text(days: Quartiles) -> Phrase:
    """The median, with the quartiles around it: `9 (4–15.5)`."""
    en = f"{days.median:g} ({days.first:g}–{days.third:g})"
    return Phrase(en.replace(".", ","), en)


def heading(evaluation: Evaluation) -> Phrase:
    """What is evaluated, as of when, and if the year was not over."""
    nl = f"Evaluatie van {evaluation.year}, peildatum {day_in_words(evaluation.as_of, 'nl')}"
    en = f"Evaluation of {evaluation.year}, as of {evaluation.as_of}"
    if not evaluation.is_whole_year:
        nl, en = f"{nl} (het jaar is nog niet om)", f"{en} (the year is not over)"
    return Phrase(nl, en)


def withheld_note(evaluation: Evaluation) -> Phrase:
    """Why some numbers are not there."""
    if evaluation.smallest == 1:
        return Phrase(
            "Alle getallen zijn getoond, ook kleine: alleen voor wie de zaken zelf mag zien.",
            "All numbers are shown, small ones too: only for those who may see the cases themselves.",
        )
    return Phrase(
        f"Niet getoond: getallen van 1 tot en met {evaluation.smallest - 1}, en wat die zou verraden.",
        f"Withheld: numbers from 1 to {evaluation.smallest - 1}, and what would tell them.",
    )
