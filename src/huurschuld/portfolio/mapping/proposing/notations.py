"""How the days and amounts of one file are written: in one notation, where that is certain."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from huurschuld.portfolio.mapping.amounts import CENTS, EURO
from huurschuld.portfolio.mapping.proposing.day_formats import shown_by
from huurschuld.portfolio.mapping.proposing.profiles import Profile
from huurschuld.portfolio.mapping.proposing.vocabulary import bare
from huurschuld.portfolio.mapping.proposing.writing import Section, listed

_TWO_MONTHS: Final = re.compile("(?<!m)mm(?!m)")
_MONEY: Final = re.compile(r"\beur|€", re.IGNORECASE)
_NUMBER: Final = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_UNDIVIDED: Final = re.compile(r"[^0-9]*[0-9]+[^0-9]*")


def propose_days(
    layout: Section, columns: Sequence[Profile], elsewhere: Mapping[str, str]
) -> Mapping[int, str]:
    """Propose the format of the days of a file; `elsewhere` is what the other files have.

    Returns:
        By number the format of a column that differs from the rest of the file.
    """
    both = [it for it in columns if it.has_both_orders]
    if both:
        layout.ask(
            "dates",
            f"in {_named(both)} the day comes first in some cells, and the month in others: of a day up "
            "to the 12th nobody can tell. Export again with one format for all; or, if the others are "
            'mistakes, fill in what is right, such as "dd-mm-yyyy", and correct these',
        )
        return {}
    mixed = [it for it in columns if it.has_mixed_days]
    if mixed:
        layout.ask(
            "dates",
            f"in {_named(mixed)} some cells are dates of the spreadsheet and others are texts. "
            "Excel may "
            "have swapped day and month in the first: export again without opening the file in "
            "Excel; or "
            'fill in ["excel", "d-m-yyyy"] if you know that the dates are right',
        )
        return {}
    none = [text for it in columns for text in it.no_days]
    days = {it: shown_by(none, it.days) for it in columns if it.days}
    certain = {its[0] for its in days.values() if len(its) == 1}
    dates = {_date_of(it) for it in certain}
    unsure = [it for it, its in days.items() if len(its) > 1 and dates.isdisjoint(map(_date_of, its))]
    if unsure:
        formats = sorted({format_ for it in unsure for format_ in days[it]})
        layout.ask(
            "dates",
            f"the days of {_named(unsure)} fit {listed(formats)}: no cell is of a day after the "
            "12th, so "
            "nothing shows which of the two numbers is the month. Which is it?",
        )
        return {}
    if not certain and columns:
        _as_elsewhere(layout, "dates", elsewhere, "days", 'such as "dd-mm-yyyy"')
    if not certain:
        return {}
    # Of one kind the shortest format, such as d-m-yyyy, reads the others as well.
    shortest = {_loose(it): it for it in sorted(certain, key=len, reverse=True)}
    most = max(shortest, key=lambda kind: sum(_loose(its[0]) == kind for its in days.values()))
    layout.set("dates", shortest[most])
    guessed = [it for it, its in days.items() if len(its) > 1]
    if guessed:
        layout.note(
            f"In {_named(guessed)} no day is after the 12th: read as the other days of this file."
        )
    chosen = {
        it: next(own for own in its if len(its) == 1 or _date_of(own) in dates)
        for it, its in days.items()
    }
    return {it.number: own for it, own in chosen.items() if _loose(own) != most}


def _date_of(format_: str) -> str:
    """A format without its time of day."""
    return _loose(format_).partition("hh:mm")[0].rstrip(" T")


def _loose(format_: str) -> str:
    return _TWO_MONTHS.sub("m", format_.replace("dd", "d").replace("hh:mm", "hh")).replace("hh", "hh:mm")


def _as_elsewhere(
    layout: Section, key: str, elsewhere: Mapping[str, str], what: str, options: str
) -> None:
    """Propose for a file in which nothing is written what the other files have, or ask."""
    if key in elsewhere:
        layout.set(key, elsewhere[key], f"no {what} in this file yet: as in the other files")
    else:
        layout.ask(key, f"the file has no {what} yet: how will they be written, {options}?")


def propose_amounts(
    layout: Section, columns: Sequence[Profile], elsewhere: Mapping[str, str], *, in_sheet: bool
) -> None:
    """Propose whether the amounts of a file are euros or cents, and what stands before the cents."""
    texts = [text for it in columns for text in it.filled if text not in it.no_amounts]
    if columns and not texts:
        _as_elsewhere(layout, "amounts", elsewhere, "amounts", "euro or cents")
        if not in_sheet:
            _as_elsewhere(layout, "decimal", elsewhere, "amounts", 'with "," or "." before the cents')
    elif columns:
        are_numbers = in_sheet and all(map(_NUMBER.fullmatch, texts))
        if _propose_unit(layout, columns, texts) and not are_numbers:
            _propose_decimal(layout, columns, texts)


def _propose_unit(layout: Section, columns: Sequence[Profile], texts: Sequence[str]) -> bool:
    """Propose euros or cents; return whether they may have decimals."""
    readings = frozenset.intersection(*(it.amounts for it in columns))
    headings = [it.heading for it in columns]
    if any(it.has_decimals for it in columns) or {unit for unit, _ in readings} == {EURO}:
        layout.set("amounts", EURO)
    elif any("cent" in bare(it) for it in headings):
        layout.set("amounts", CENTS, "as the heading says")
        return False
    elif any(map(_MONEY.search, [*headings, *texts])):
        layout.set("amounts", EURO)
    else:
        layout.ask(
            "amounts",
            f"the amounts in {_named(columns)} are whole numbers: are they euro, or cents? A rent of "
            "700 euros is 700 in the one and 70000 in the other. Fill in euro or cents",
        )
    return True


def _propose_decimal(layout: Section, columns: Sequence[Profile], texts: Sequence[str]) -> None:
    shown = {it.has_decimals for it in columns if it.has_decimals}
    readings = frozenset.intersection(*(it.amounts for it in columns))
    possible = {by for unit, by in readings if unit == EURO and by}
    if len(shown) == 1:
        layout.set("decimal", shown.pop())
    elif len(possible) == 1:
        layout.set("decimal", possible.pop())
    elif all(_UNDIVIDED.fullmatch(it) for it in texts):
        layout.set("decimal", ",", "no cell has decimals; that is how they would be written")
    else:
        layout.ask(
            "decimal",
            f"in {_named(columns)} nothing shows whether a comma or a point stands before the cents. "
            'Fill in "," or "."',
        )


def _named(columns: Sequence[Profile]) -> str:
    return listed([*dict.fromkeys(f'"{it.name}"' for it in columns)], "and")
