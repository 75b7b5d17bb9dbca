"""Tenancies as a source of given capabilities records them, and the rows to fill it with."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import count
from typing import Any, Final, TypeAlias

import attrs

from huurschuld.model.entries import Entry, OtherClaim, Refund, RentTerm, Reversal
from huurschuld.model.tenancy import CHANNELS, Child, Contact, Household, Rent, StatedFact, Tenancy
from huurschuld.portfolio.rows import Row, children_known, tenancy_rows
from huurschuld.portfolio.schema import COLUMNS, PARTS, TABLES
from huurschuld.testing.capabilities import CONTACT_FLAGS, KNOWN, LedgerCapabilities
from huurschuld.testing.recorded_months import in_month_starts

Rows: TypeAlias = dict[str, list[Row]]
"""A portfolio as rows by table: `None`, `str`, `int`, `bool` and `datetime.date` by column.

`value` of a fact is a text, and so is `born` where a source knows that only a part of a birth is known.
`part_of` of an entry, which only a source with `split_payments` gets, is a text or None.
"""

_OPTIONAL_PARTS: Final = ("contacts", "plans", "disputes", "objections", "signals", "facts")


def as_recorded(tenancies: Iterable[Tenancy], can: LedgerCapabilities) -> list[Tenancy]:
    """Return tenancies as a source of these capabilities records them.

    A part that it records is known for everyone, one that it does not record for no one. Ids are spelt
    with the characters that it allows, and entries beyond the most that it can hold are left out.
    """
    numbers = count(1)
    return [_as_recorded(it, can, number, numbers) for number, it in enumerate(tenancies, start=1)]


def _as_recorded(tenancy: Tenancy, can: LedgerCapabilities, number: int, numbers: count[int]) -> Tenancy:
    tenancy = in_month_starts(tenancy, can.month_starts)
    parts: dict[str, Any] = {name: _parts(tenancy, can, name) for name in _OPTIONAL_PARTS}
    lacks = can.without
    return attrs.evolve(
        tenancy,
        id=tenancy.id if can.free_ids else can.id_of(number),
        object=tenancy.object if _has_object(tenancy, can) else "dwelling",
        rents=tuple(_rent(it, can) for it in tenancy.rents),
        entries=_entries(tenancy, can, number, numbers),
        household=_household(tenancy.household, can),
        end=None if "tenancies.end" in lacks else tenancy.end,
        deceased=None if "tenancies.deceased" in lacks else tenancy.deceased,
        eviction=None if "tenancies.eviction_on" in lacks else tenancy.eviction,
        **parts,
    )


def _has_object(tenancy: Tenancy, can: LedgerCapabilities) -> bool:
    return tenancy.object in can.objects and "tenancies.object" not in can.without


def _rent(rent: Rent, can: LedgerCapabilities) -> Rent:
    has_period = rent.per in can.periods and "rents.per" not in can.without
    cents = min(rent.cents, can.max_cents)
    return attrs.evolve(rent, cents=cents, per=rent.per if has_period else "month")


def _entries(
    tenancy: Tenancy, can: LedgerCapabilities, number: int, numbers: count[int]
) -> tuple[Entry, ...]:
    kept = [it for it in tenancy.entries if it.kind in can.kinds][: can.max_entries]
    names: dict[str, str] = {}
    for it in kept:
        if not can.free_ids:
            names[it.id] = can.id_of(can.first_entry + next(numbers))
        else:
            names[it.id] = it.id if can.shared_entry_ids else f"{number}-{it.id}"
    return tuple(
        _entry(it, can, names) for it in kept if not isinstance(it, Reversal) or it.reverses in names
    )


def _entry(entry: Entry, can: LedgerCapabilities, names: Mapping[str, str]) -> Entry:
    name = names[entry.id]
    if isinstance(entry, Reversal):
        is_part = entry.cents is not None and can.part_reversals
        taken = min(entry.cents or 0, can.max_cents) if is_part else None
        return attrs.evolve(entry, id=name, reverses=names[entry.reverses], cents=taken)
    cents = min(entry.cents, can.max_cents)
    if isinstance(entry, RentTerm | OtherClaim):
        booked = entry.booked if can.claims_booked else entry.due
        return attrs.evolve(entry, id=name, cents=cents, booked=booked)
    if isinstance(entry, Refund):
        return attrs.evolve(entry, id=name, cents=cents)
    named = None if entry.settles is None or "entries.settles" in can.without else entry.settles
    return attrs.evolve(entry, id=name, cents=cents, settles=names.get(named) if named else None)


def _parts(tenancy: Tenancy, can: LedgerCapabilities, name: str) -> tuple[Any, ...] | None:
    if not can.records(name):
        return None
    fields = attrs.fields_dict(PARTS[name])
    absent = {
        described.attribute: fields[described.attribute].default
        for column, described in COLUMNS[name].items()
        if f"{name}.{column}" in can.without
    }
    given = getattr(tenancy, name) or ()
    if name == "contacts":
        given = [_contact(it, can) for it in given if it.direction in can.directions]
    parts = tuple(_limited(attrs.evolve(it, **absent), can) for it in given)
    return _of_different_days(parts) if name == "facts" else parts


def _contact(contact: Contact, can: LedgerCapabilities) -> Contact:
    usual: dict[str, Any] = {it: was for it, was in CONTACT_FLAGS.items() if it not in can.flags}
    has_channel = contact.channel in can.channels
    channel = contact.channel if has_channel else next(it for it in CHANNELS if it in can.channels)
    return attrs.evolve(contact, channel=channel, **usual)


def _of_different_days(facts: tuple[StatedFact, ...]) -> tuple[StatedFact, ...]:
    """Leave out what a source without `from` cannot hold: a second row of one fact."""
    return tuple({(it.name, it.from_): it for it in facts}.values())


def _limited(part: Any, can: LedgerCapabilities) -> Any:  # noqa: ANN401 - a part of any class
    cents = getattr(part, "cents", None)
    return part if cents is None else attrs.evolve(part, cents=min(cents, can.max_cents))


def _household(household: Household | None, can: LedgerCapabilities) -> Household | None:
    if "children" not in can.tables:
        return None
    children = () if household is None else tuple(_child(it, can) for it in household.children)
    if "tenancies.children_known" in can.without:
        return Household(children=children, complete=False) if children else None
    known = children_known(household)
    if known not in can.children_known:
        known = next(it for it in KNOWN if it in can.children_known)
    return None if known == "no" else Household(children=children, complete=known == "all")


def _child(child: Child, can: LedgerCapabilities) -> Child:
    return child if can.partial_births else Child(born=child.birthdays()[0])


def rows_of(tenancies: Iterable[Tenancy], can: LedgerCapabilities) -> Rows:
    """Return the rows of tenancies (see `as_recorded`): every table and column that the source has."""
    rows: Rows = {name: [] for name in TABLES if name in can.tables}
    for it in tenancies:
        for table, found in tenancy_rows(it).items():
            if table in rows:
                columns = can.columns(table)
                rows[table] += [
                    {name: _as_text(name, row.get(name), can) for name in columns} for row in found
                ]
    return rows


def _as_text(column: str, value: Any, can: LedgerCapabilities) -> Any:  # noqa: ANN401 - any value
    """Make texts of all days of birth, where some are known in part."""
    return str(value) if column == "born" and can.partial_births else value
