"""What else is on file of a lease: plans, disputes and contacts, as they are kept."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Final

from huurschuld.errors import Cell, InvalidValue
from huurschuld.plugins.vera.codes import codes
from huurschuld.plugins.vera.items import Item
from huurschuld.plugins.vera.leases import OF_AGREEMENT, iso
from huurschuld.plugins.vera.settings import BY_KIND, Settings
from huurschuld.plugins.vera.store import Row, Store

_NO_FLAGS: Final = "-" * len(BY_KIND)


def _in_order(item: Item, first: dt.date, last: dt.date | None) -> None:
    if last is not None and last < first:
        raise item.refuse("einddatum", "the end lies before the start")


def plan_row(item: Item) -> Row:
    """A payment arrangement (betalingsregeling) as it is kept; without its days where it is left out.

    Raises:
        InputError: at the member.
    """
    name, status = item.id(), item.code("status")
    told = None if status is None else codes("PLAN_STATUSES").read(status, item.at("status"))
    if told is None:
        raise item.missing("status", "whether an arrangement is kept must be told")
    if told == "left-out":
        return (name, item.number, None, None, None, None)
    agreement = item.needed("overeenkomst", item.target("overeenkomst", OF_AGREEMENT))
    first = item.needed("begindatum", item.day("begindatum"))
    last, broken = item.day("einddatum"), None
    if told in {"ended", "broken"}:
        last = item.needed("einddatum", last)
    if told == "broken":
        last, broken = None, last
    _in_order(item, first, last)
    return (name, item.number, agreement, iso(first), iso(last), iso(broken))


def dispute_row(item: Item) -> Row:
    """A dispute about rent (huurgeschil) as it is kept.

    One that is pending has no end, whatever day stands there: it is open until it is settled. As long as
    it is not settled, an amount of nothing says nothing of what is disputed.

    Raises:
        InputError: at the member.
    """
    name, status = item.id(), item.code("status")
    told = None if status is None else codes("DISPUTE_STATUSES").read(status, item.at("status"))
    agreement = item.needed("huurovereenkomst", item.key("huurovereenkomst"))
    first = item.needed("begindatum", item.day("begindatum"))
    last = item.day("einddatum")
    if told == "ended":
        last = item.needed("einddatum", last)
    _in_order(item, first, last)
    if told == "running":
        last = None
    cents = item.cents("bedrag")
    if cents is not None and cents < 0:
        raise item.refuse("bedrag", "an amount of nothing or more is expected")
    if cents == 0 and told != "ended":
        cents = None
    return (name, item.number, agreement, iso(first), iso(last), cents)


def contact_row(item: Item, settings: Settings) -> Row:
    """A contact (contactmoment) as it is kept.

    Raises:
        InputError: at the member.
    """
    day = item.needed("datum", item.moment("datum"))
    channel = item.needed("kanaal", item.code("kanaal"))
    became = codes("CHANNELS").with_(settings.channels).read(channel, item.at("kanaal"))
    direction = None
    if "direction" in settings.contact_records:
        told = item.needed("richting", item.code("richting"))
        direction = codes("DIRECTIONS").read(told, item.at("richting"))
    return (item.id(), item.number, iso(day), became, direction, _flags(item, settings))


def _flags(item: Item, settings: Settings) -> str:
    """What the kind of a contact tells, a sign for each column of `BY_KIND`."""
    if not set(settings.contact_records).intersection(BY_KIND):
        return _NO_FLAGS
    kind = item.needed("soort", item.code("soort"))
    detail = item.code("detailSoort")
    kinds = settings.contact_kinds
    told = kinds.get(f"{kind} {detail}") if detail is not None else None
    if told is None:
        told = kinds.get(kind)
    if told is None:
        raise item.refuse(
            "soort",
            "what a contact of this kind is about is not told",
            "name its code in the option contact_kinds, if need be with an empty list",
        )
    return "".join("1" if it in told else "0" for it in BY_KIND)


def contact_relations(item: Item) -> Iterator[Row]:
    """The relations that a contact was with."""
    for relation in item.keys("relaties"):
        yield (item.id(), relation)


def check_leases(store: Store) -> None:
    """See that plans and disputes name leases that are known.

    Raises:
        InvalidValue: at the item.
    """
    for table, resource, member in (
        ("plan", "betalingsregelingen", "overeenkomst"),
        ("dispute", "huurgeschillen", "huurovereenkomst"),
    ):
        for (number,) in store.rows(
            f"SELECT t.number FROM {table} t LEFT JOIN agreement a ON a.id = t.agreement"  # noqa: S608 - our own names
            " WHERE t.agreement IS NOT NULL AND a.id IS NULL ORDER BY t.number LIMIT 1"
        ):
            raise InvalidValue(
                Cell(f"vera {resource}", int(number or 0), member),
                "it names no lease",
                "mend it in the source, or read again if it changed meanwhile",
            )


_TOLD: Final = (
    "INSERT INTO contact_of SELECT c.id, t.agreement FROM contact c"
    " JOIN told_contact t ON t.contact = c.id WHERE t.agreement IN kept"
)
_BY_RELATION: Final = (
    "INSERT OR IGNORE INTO contact_of SELECT c.id, p.agreement FROM contact c"
    " JOIN contact_with w ON w.contact = c.id JOIN party_with_members p ON p.relation = w.relation"
    " JOIN agreement a ON a.id = p.agreement AND a.kept AND a.first <= c.day"
    " AND (a.last IS NULL OR c.day <= a.last) WHERE c.id NOT IN (SELECT contact FROM told_contact)"
)
_SEVERAL: Final = (
    "CREATE TABLE several AS SELECT contact FROM contact_of"
    " WHERE contact NOT IN (SELECT contact FROM told_contact) GROUP BY contact HAVING COUNT(*) > 1"
)


def find_leases_of_contacts(store: Store, settings: Settings) -> None:
    """Find the lease of each contact: one that names it, else that of whom it was with on that day.

    A contact with a tenant of several leases that is not about arrears decides nothing, and is left out.

    Raises:
        InvalidValue: one that is about arrears, or may be since that is not recorded, may be of several
            leases, such as a home and a garage.
    """
    store.run(_TOLD)
    store.run(_BY_RELATION)
    store.run(_SEVERAL)
    sign = BY_KIND.index("about_arrears") + 1
    for (number,) in store.rows(
        "SELECT number FROM contact WHERE id IN (SELECT contact FROM several)"
        " AND (? OR substr(flags, ?, 1) = '1') ORDER BY number LIMIT 1",
        ("about_arrears" not in settings.contact_records, sign),
    ):
        raise InvalidValue(
            Cell("vera contactmomenten", int(number or 0), "relaties"),
            "this tenant has several leases: of which this contact is, is not told",
            "have the lease name it in its contactmomenten, or tell about_arrears in contact_kinds",
        )
    store.run("DELETE FROM contact_of WHERE contact IN (SELECT contact FROM several)")
