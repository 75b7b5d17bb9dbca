"""Reading all lists of a source into the store, in the order in which changes meanwhile do least harm.

An item that names another is read before that other: a booking that is added while the lists are read
then only lacks its settlement, and still counts, instead of naming something that does not exist.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from huurschuld.errors import InvalidValue
from huurschuld.plugins.vera import bookings, dossier, leases, people
from huurschuld.plugins.vera.client import Client
from huurschuld.plugins.vera.codes import BookingTable
from huurschuld.plugins.vera.entries import make_entries
from huurschuld.plugins.vera.items import Item
from huurschuld.plugins.vera.settings import Settings
from huurschuld.plugins.vera.store import Row, Store

Beside = tuple[str, Callable[[Item], "Sequence[Row]"]]
_PAIR: Final = "INSERT OR IGNORE INTO {} VALUES (?, ?)"


def read_all(client: Client, store: Store, settings: Settings) -> None:
    """Fill the store.

    Raises:
        InputError: at the item and member that is wrong.
        PluginFailed: the source cannot be read.
    """
    records, table = settings.records, BookingTable(settings.bookings)
    load = _Loading(client, store)
    load("financien", "afletteringen", "settlement", bookings.settlement_row)
    load("financien", "boekingen", "booking", lambda item: bookings.booking_row(item, settings, table))
    if "plans" in records:
        load("financien", "betalingsregelingen", "plan", dossier.plan_row)
    if "disputes" in records:
        load("overeenkomsten", "huurgeschillen", "dispute", dossier.dispute_row)
    if "contacts" in records:
        load(
            "relaties",
            "contactmomenten",
            "contact",
            lambda item: dossier.contact_row(item, settings),
            [("contact_with", lambda item: list(dossier.contact_relations(item)))],
        )
    with_rent = settings.rents == "agreement"
    load(
        "overeenkomsten",
        "huurovereenkomsten",
        "agreement",
        lambda item: leases.agreement_row(item, with_rent=with_rent),
        [
            ("party", lambda item: list(leases.parties(item))),
            ("named_contact", lambda item: list(leases.named_contacts(item))),
        ],
    )
    if not with_rent:
        load("overeenkomsten", "prijscomponenten", "component", leases.component_row)
    if "deaths" in records:
        load("relaties", "relatierollen", "role", people.role_row)
        load("relaties", "natuurlijk-personen", "person", people.person_row)
    _combine(store, settings)


def _combine(store: Store, settings: Settings) -> None:
    if settings.rents == "agreement":
        store.run("INSERT INTO rent SELECT id, rent_from, rent, number FROM agreement WHERE kept")
    else:
        leases.rents_of_components(store)
    make_entries(store, settings)
    dossier.check_leases(store)
    people.find_members(store)
    dossier.find_leases_of_contacts(store, settings)
    if "deaths" in settings.records:
        people.find_deaths(store)


class _Loading:
    def __init__(self, client: Client, store: Store) -> None:
        self._client = client
        self._store = store

    def __call__(
        self,
        api: str,
        resource: str,
        table: str,
        row: Callable[[Item], Row],
        beside: Sequence[Beside] = (),
    ) -> None:
        """Keep all items of a list in a table, and what belongs to them in others.

        Raises:
            InvalidValue: fewer came than the source says there are.
        """
        new, total = 0, None
        for page in self._client.pages(api, resource):
            new += self._store.add(table, resource, [row(item) for item in page.items])
            for other, rows in beside:
                pairs = [pair for item in page.items for pair in rows(item)]
                self._store.insert(_PAIR.format(other), pairs)
            total = page.total if page.total is not None else total
        if total is not None and new < total:
            raise InvalidValue(
                f"vera {resource}",
                "fewer items came than the source says there are",
                "the list may have changed while it was read: read it again",
            )
