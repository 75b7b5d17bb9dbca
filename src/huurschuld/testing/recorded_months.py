"""Tenancies as a source has them in which some days are always the first of a month."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Any, Final

import attrs

from huurschuld.model.refusals import UNIQUE
from huurschuld.model.tenancy import Tenancy
from huurschuld.portfolio.schema import COLUMNS, EVICTION

_PARTS: Final = ("rents", "contacts", "plans", "disputes", "objections", "signals", "facts")


def in_month_starts(tenancy: Tenancy, columns: Collection[str]) -> Tenancy:
    """Return a tenancy with the first of the month in these columns, such as `rents.from`."""
    if not columns:
        return tenancy
    changed: dict[str, Any] = _moved(tenancy, "tenancies", columns)
    if tenancy.eviction is not None:
        moved = _moved(tenancy.eviction, "tenancies", columns, of_eviction=True)
        changed["eviction"] = attrs.evolve(tenancy.eviction, **moved)
    for name in _PARTS:
        changed[name] = getattr(tenancy, name) and _parts(getattr(tenancy, name), name, columns)
    changed["entries"] = tuple(_entry(it, columns) for it in tenancy.entries)
    return attrs.evolve(tenancy, **changed)


def _first(day: dt.date | None) -> dt.date | None:
    return day and day.replace(day=1)


def _moved(
    part: Any,  # noqa: ANN401 - a tenancy or any part of it
    table: str,
    columns: Collection[str],
    *,
    of_eviction: bool = False,
) -> dict[str, Any]:
    return {
        column.attribute: _first(getattr(part, column.attribute))
        for name, column in COLUMNS[table].items()
        if f"{table}.{name}" in columns and name.startswith(EVICTION) is of_eviction
    }


def _parts(parts: tuple[Any, ...], name: str, columns: Collection[str]) -> tuple[Any, ...]:
    """Move the days of parts; of two rents or facts that begin in one month the later one is kept."""
    if name not in UNIQUE:
        return tuple(attrs.evolve(it, **_moved(it, name, columns)) for it in parts)
    in_order = sorted(parts, key=lambda it: it.from_ or dt.date.min)
    moved = [attrs.evolve(it, **_moved(it, name, columns)) for it in in_order]
    return tuple({(getattr(it, "name", None), it.from_): it for it in moved}.values())


def _entry(entry: Any, columns: Collection[str]) -> Any:  # noqa: ANN401 - an entry of any kind
    """Move the days of an entry; a claim that was booked on its due day still is."""
    days = {it: getattr(entry, it, None) for it in ("due", "booked")}
    moved = {it: _first(was) if f"entries.{it}" in columns else was for it, was in days.items()}
    if days["due"] == days["booked"]:
        moved["booked"] = moved["due"]
    return attrs.evolve(entry, **{it: day for it, day in moved.items() if day is not None})
