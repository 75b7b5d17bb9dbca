"""What a ledger tells besides its tables, and what is unlikely about these."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Final

from huurschuld.cli.terminal import notify, printable
from huurschuld.errors import Cell
from huurschuld.hooks import Ledger, TellsNotices
from huurschuld.portfolio.failures import Failure

_SHOWN: Final = 5
"""How many tenancies are named with a text."""


def notices_of(ledger: Ledger) -> list[str]:
    """Return each text that the ledger tells once, with its first place and how many more there are."""
    told: defaultdict[str, list[tuple[Cell, str | None]]] = defaultdict(list)
    for place, text, tenancy in ledger.notices() if isinstance(ledger, TellsNotices) else ():
        told[text].append((place, tenancy))
    return [_notice(text, its) for text, its in told.items()]


def _notice(text: str, told: list[tuple[Cell, str | None]]) -> str:
    """Write a text with its first place, and some of the tenancies; a whole list has no line."""
    (first, _), *others = told
    place = str(first) if first.line else f"{first.file}, column {first.column}"
    tenancies = [printable(it) for _, it in told if it is not None]
    some = ", ".join(tenancies[:_SHOWN]) + (", …" if len(tenancies) > _SHOWN else "")
    place += f" ({some})" if some else ""
    if others:
        return f"note about {place} and {len(others)} more: {text}"
    return f"note about {place}: {text}"


def notify_warnings(warnings: Iterable[Failure]) -> None:
    """Say what is unlikely about the tables, which whoever acts on the advice has to know first."""
    for warning in warnings:
        notify(f"warning: {warning.message}")
