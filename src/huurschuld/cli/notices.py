"""What a ledger tells besides its tables."""

from __future__ import annotations

from collections import defaultdict

from huurschuld.errors import Cell
from huurschuld.hooks import Ledger, TellsNotices


def notices_of(ledger: Ledger) -> list[str]:
    """Return each text that the ledger tells once, with its first place and how many more there are."""
    places: defaultdict[str, list[Cell]] = defaultdict(list)
    for place, text in ledger.notices() if isinstance(ledger, TellsNotices) else ():
        places[text].append(place)
    return [f"notice at {_named(told)}: {text}" for text, told in places.items()]


def _named(places: list[Cell]) -> str:
    """Name the first of some places; one of a whole list has no line."""
    first, *others = places
    named = str(first) if first.line else f"{first.file}, column {first.column}"
    return f"{named} and {len(others)} more" if others else named
