"""What a ledger tells besides its tables."""

from __future__ import annotations

from collections import defaultdict
from typing import Final

from huurschuld.cli.terminal import printable
from huurschuld.errors import Cell
from huurschuld.hooks import Ledger, TellsNotices

_SHOWN: Final = 5
"""How many tenancies are named with a text."""


def notices_of(ledger: Ledger) -> list[str]:
    """Return each text that the ledger tells once, with its first place and how many more there are."""
    told: defaultdict[str, list[tuple[Cell, str | None]]] = defaultdict(list)
    for place, text, tenancy in ledger.notices() if isinstance(ledger, TellsNotices) else ():
        told[text].append((place, tenancy))
    return [f"notice at {_named(its)}: {text}" for text, its in told.items()]


def _named(told: list[tuple[Cell, str | None]]) -> str:
    """Name the first place; one of a whole list has no line. Then some of the tenancies."""
    (first, _), *others = told
    named = str(first) if first.line else f"{first.file}, column {first.column}"
    named += f" and {len(others)} more" if others else ""
    tenancies = [printable(it) for _, it in told if it is not None]
    some = ", ".join(tenancies[:_SHOWN]) + (", …" if len(tenancies) > _SHOWN else "")
    return f"{named} (tenancy {some})" if some else named
