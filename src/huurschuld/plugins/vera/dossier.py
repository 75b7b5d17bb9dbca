"""Other records of a lease: plans, disputes and contacts."""

from __future__ import annotations

import datetime as dt
from typing import Final

from huurschuld.errors import InvalidValue, UnknownReference
from huurschuld.plugins.vera.items import Item
from huurschuld.plugins.vera.leases import OF_AGREEMENT, iso
from huurschuld.plugins.vera.settings import BY_KIND, Settings
from huurschuld.plugins.vera.store import Row, Store

_NO_FLAGS: Final = "-" * len(BY_KIND)


def _in_order(item: Item, first: dt.date, last: dt.date | None) -> None:
    if last is not None and last < first:
        raise item.refuse("einddatum", "the end is before the start")


def plan_row(item: Item) -> Row:
    """Make the row of a payment arrangement (betalingsregeling); without days if it is left out."""
    name, meaning = item.id(), item.meaning("status", "PLAN_STATUSES")
    if meaning is None:
        raise item.missing("status", "it must say whether the arrangement is kept")
    if meaning == "left-out":
        return (name, item.number, None, None, None, None, None)
    agreement = item.needed("overeenkomst", item.target("overeenkomst", OF_AGREEMENT))
    first = item.needed("begindatum", item.day("begindatum"))
    last, broken = item.day("einddatum"), None
    if meaning in {"ended", "broken"}:
        last = item.needed("einddatum", last)
    if meaning == "broken":
        last, broken = None, last
    _in_order(item, first, last)
    cents = _plan_cents(item, is_running=meaning == "running")
    return (name, item.number, agreement, iso(first), iso(last), iso(broken), cents)


def _plan_cents(item: Item, *, is_running: bool) -> int | None:
    """Return the amount of a plan: of a running one what is left to pay (`saldo`), else all of it.

    Nothing left of a running plan does not say that it covers nothing, so that it is all of it as well.
    """
    amounts = [_amount(item, it) for it in (("saldo", "bedrag") if is_running else ("bedrag",))]
    return next((cents for cents in amounts if cents), None)


def _amount(item: Item, member: str) -> int | None:
    cents = item.cents(member)
    if cents is not None and cents < 0:
        raise item.refuse(member, "an amount of nothing or more is expected")
    return cents


def dispute_row(item: Item) -> Row:
    """Make the row of a dispute about rent (huurgeschil).

    A pending dispute has no end, even if the source gives a day: it is open until it is settled. Until
    then an amount of zero does not mean that nothing is disputed.
    """
    name, meaning = item.id(), item.meaning("status", "DISPUTE_STATUSES")
    agreement = item.needed("huurovereenkomst", item.key("huurovereenkomst"))
    first = item.needed("begindatum", item.day("begindatum"))
    last = item.day("einddatum")
    if meaning == "ended":
        last = item.needed("einddatum", last)
    _in_order(item, first, last)
    if meaning == "running":
        last = None
    cents = _amount(item, "bedrag")
    if cents == 0 and meaning != "ended":
        cents = None
    return (name, item.number, agreement, iso(first), iso(last), cents)


def contact_row(item: Item, settings: Settings) -> Row:
    """Make the row of a contact (contactmoment)."""
    day = item.needed("datum", item.moment("datum"))
    channel = item.needed("kanaal", item.meaning("kanaal", "CHANNELS", settings.channels))
    direction = None
    if "direction" in settings.contact_records:
        direction = item.needed("richting", item.meaning("richting", "DIRECTIONS"))
    return (item.id(), item.number, iso(day), channel, direction, _flags(item, settings))


def _flags(item: Item, settings: Settings) -> str:
    """Return what the kind of a contact says: 0 or 1 for each column of `BY_KIND`."""
    if not set(settings.contact_records).intersection(BY_KIND):
        return _NO_FLAGS
    kind = item.needed("soort", item.code("soort"))
    detail = item.code("detailSoort")
    kinds = settings.contact_kinds
    exact = kind if detail is None else f"{kind} {detail}"
    meaning = kinds.get(exact, kinds.get(kind))
    if meaning is None:
        raise item.refuse(
            "soort",
            "it is unknown what a contact of this kind is about",
            "name its code in the option contact_kinds, if need be with an empty list",
        )
    return "".join("1" if it in meaning else "0" for it in BY_KIND)


def check_leases(store: Store) -> None:
    """Check that plans and disputes name leases that are known."""
    for table, resource, member in (
        ("plan", "betalingsregelingen", "overeenkomst"),
        ("dispute", "huurgeschillen", "huurovereenkomst"),
    ):
        store.refuse(
            f"SELECT t.number FROM {table} t LEFT JOIN agreement a ON a.id = t.agreement"  # noqa: S608 - our own names
            " WHERE t.agreement IS NOT NULL AND a.id IS NULL ORDER BY t.number LIMIT 1",
            InvalidValue,
            (resource, member),
            "there is no such lease",
            "correct it in the source, or read again if it changed meanwhile",
        )


def find_plans(store: Store, settings: Settings) -> None:
    """Find the rent that each plan covers, of each lease.

    A plan names the bookings that it was made for. Of the claims among them only rent is arrears: it
    covers that, and at most its own amount. If it names no claim, or one that was left out, it covers
    its whole amount, so that a plan that is kept holds a referral where there is doubt.

    Raises:
        UnknownReference: a plan names a booking that does not exist, unless only open ones are listed.
    """
    store.run(
        "INSERT OR IGNORE INTO booking_in_plan SELECT plan, booking FROM plan_of_booking",
        "CREATE TABLE covered AS SELECT p.id AS plan, b.id AS booking, b.agreement, b.kind, b.of_plan,"
        " b.cents, p.number FROM booking_in_plan i JOIN plan p ON p.id = i.plan"
        " AND p.agreement IS NOT NULL LEFT JOIN booking b ON b.id = i.booking",
    )
    if settings.open_items == "refuse":
        store.refuse(
            "SELECT number FROM covered WHERE booking IS NULL ORDER BY number LIMIT 1",
            UnknownReference,
            ("betalingsregelingen", "boekingen"),
            "there is no such booking",
            "the source changed while it was read, or is incomplete: read it again",
        )
    store.run(_KNOWN_CLAIMS, _PLANS_OF_OWN_LEASE, _PLANS_OF_OTHER_LEASES)


# A booking that is not listed among the open ones is a claim of which nothing is open.
_KNOWN_CLAIMS: Final = (
    "CREATE TABLE known_claims AS SELECT plan FROM covered GROUP BY plan"
    " HAVING SUM(kind IS NULL OR kind IN ('rent', 'other'))"
    " AND NOT SUM(kind IS NOT NULL AND kind = 'left-out' AND NOT of_plan)"
)
_RENT: Final = (
    "SELECT plan, agreement, SUM(cents) AS cents FROM covered WHERE kind = 'rent'"
    " GROUP BY plan, agreement"
)
_PLANS_OF_OWN_LEASE: Final = (
    "INSERT INTO plan_of SELECT p.agreement, p.first, p.last, p.broken,"  # noqa: S608 - our own words
    " CASE WHEN p.id NOT IN (SELECT plan FROM known_claims) THEN p.cents"
    " ELSE MIN(COALESCE(p.cents, r.cents, 0), COALESCE(r.cents, 0)) END, p.number FROM plan p"
    f" LEFT JOIN ({_RENT}) r ON r.plan = p.id AND r.agreement = p.agreement"
    " WHERE p.agreement IS NOT NULL"
)
_PLANS_OF_OTHER_LEASES: Final = (
    "INSERT INTO plan_of SELECT r.agreement, p.first, p.last, p.broken,"  # noqa: S608 - our own words
    f" MIN(COALESCE(p.cents, r.cents), r.cents), p.number FROM ({_RENT}) r"
    " JOIN plan p ON p.id = r.plan AND p.agreement <> r.agreement"
)

_NAMED: Final = (
    "INSERT INTO contact_of SELECT c.id, t.agreement FROM contact c"
    " JOIN named_contact t ON t.contact = c.id WHERE t.agreement IN kept"
)
_BY_RELATION: Final = (
    "INSERT OR IGNORE INTO contact_of SELECT c.id, p.agreement FROM contact c"
    " JOIN contact_with w ON w.contact = c.id JOIN party_with_members p ON p.relation = w.relation"
    " JOIN agreement a ON a.id = p.agreement AND a.kept AND a.first <= c.day"
    " AND (a.last IS NULL OR c.day <= a.last) WHERE c.id NOT IN (SELECT contact FROM named_contact)"
)
# Who still lives there after a court has dissolved the lease is written to as well.
_OF_ENDED: Final = (
    "INSERT OR IGNORE INTO contact_of SELECT c.id, p.agreement FROM contact c"
    " JOIN contact_with w ON w.contact = c.id JOIN party_with_members p ON p.relation = w.relation"
    " JOIN agreement a ON a.id = p.agreement AND a.kept AND a.last < c.day"
    " WHERE c.id NOT IN (SELECT contact FROM named_contact)"
    " AND c.id NOT IN (SELECT contact FROM contact_of) AND a.last ="
    " (SELECT MAX(b.last) FROM contact_with v JOIN party_with_members q ON q.relation = v.relation"
    " JOIN agreement b ON b.id = q.agreement AND b.kept AND b.last < c.day WHERE v.contact = c.id)"
)
_SEVERAL: Final = (
    "CREATE TABLE several AS SELECT contact FROM contact_of"
    " WHERE contact NOT IN (SELECT contact FROM named_contact) GROUP BY contact HAVING COUNT(*) > 1"
)


def find_leases_of_contacts(store: Store, settings: Settings) -> None:
    """Find the leases of each contact: those that name it, else those of that person on that day.

    Without a lease on that day it is the one that ended last. A tenant of a home and a garage is written
    to about what is owed on that day: a contact counts for a lease only while that is in arrears, so it
    goes to all. With `refuse` the source must say which; what is not about arrears is then left out.

    Raises:
        InvalidValue: with `refuse`, a contact that is or may be about arrears belongs to several leases.
    """
    store.run(_NAMED, _BY_RELATION, _OF_ENDED)
    if settings.several_leases == "all":
        return
    store.run(_SEVERAL)
    sign = BY_KIND.index("about_arrears") + 1
    store.refuse(
        "SELECT number FROM contact WHERE id IN (SELECT contact FROM several)"
        " AND (? OR substr(flags, ?, 1) = '1') ORDER BY number LIMIT 1",
        InvalidValue,
        ("contactmomenten", "relaties"),
        "this tenant has several leases, and it is unknown which one this contact is about",
        "have the lease name it in its contactmomenten, record about_arrears in contact_kinds, or set"
        ' several_leases = "all"',
        ("about_arrears" not in settings.contact_records, sign),
    )
    store.run("DELETE FROM contact_of WHERE contact IN (SELECT contact FROM several)")
