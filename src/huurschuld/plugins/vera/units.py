"""What is let: the units (eenheden) of a lease, by their kind."""

from __future__ import annotations

from typing import Final

from huurschuld.errors import MissingField, UnknownReference
from huurschuld.plugins.vera.codes import units
from huurschuld.plugins.vera.items import Item
from huurschuld.plugins.vera.settings import Settings
from huurschuld.plugins.vera.store import Row, Store

OF_UNIT: Final = frozenset({"eenheden"})
"""The collection whose ids are those of units."""


def unit_row(item: Item, settings: Settings) -> Row:
    """Make the row of a unit (eenheid): what it is, and nothing else."""
    return (item.id(), item.number, _object(item, settings))


def _object(item: Item, settings: Settings) -> str | None:
    kind, detail = item.code("soort"), item.code("detailSoort")
    exact = f"{kind} {detail}"
    own = settings.objects.get(exact) or settings.objects.get(kind or "")
    return own or units().get(exact) or item.meaning("soort", "UNIT_KINDS")


def find_objects(store: Store) -> None:
    """Find what each lease lets; a home (woning) with a garage or a storage room is a home.

    A lease that names no unit has no object here, which is a dwelling.

    Raises:
        UnknownReference: a lease names a unit that is not in the list.
        MissingField: a unit that a lease names has no kind.
    """
    store.refuse(
        "SELECT a.number FROM unit_of o JOIN agreement a ON a.id = o.agreement AND a.kept"
        " LEFT JOIN unit u ON u.id = o.unit WHERE u.id IS NULL ORDER BY a.number LIMIT 1",
        UnknownReference,
        ("huurovereenkomsten", "eenheden"),
        "there is no such unit",
        "correct it in the source, or read again if it changed meanwhile",
    )
    store.refuse(
        "SELECT u.number FROM unit_of o JOIN agreement a ON a.id = o.agreement AND a.kept"
        " JOIN unit u ON u.id = o.unit WHERE u.object IS NULL ORDER BY u.number LIMIT 1",
        MissingField,
        ("eenheden", "soort"),
        "it is unknown what this unit is, and it is let",
        "have the source fill it",
    )
    store.run(
        "INSERT INTO object SELECT o.agreement, CASE WHEN SUM(u.object = 'dwelling') THEN 'dwelling'"
        " WHEN COUNT(DISTINCT u.object) = 1 THEN MAX(u.object) ELSE 'other' END"
        " FROM unit_of o JOIN agreement a ON a.id = o.agreement AND a.kept"
        " JOIN unit u ON u.id = o.unit GROUP BY o.agreement"
    )
