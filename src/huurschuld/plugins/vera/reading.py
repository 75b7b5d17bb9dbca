"""Reading all lists of a source into the store, in the order in which concurrent changes do least harm.

An item is read before the items that it refers to: a booking that is added while the lists are read
then only lacks its settlement, and still counts, instead of referring to something that does not exist.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial

from attrs import field, frozen

from huurschuld.errors import InputError, InvalidValue
from huurschuld.plugins.vera import bookings, dossier, leases, people, units
from huurschuld.plugins.vera.aside import Aside
from huurschuld.plugins.vera.client import Client
from huurschuld.plugins.vera.entries import make_entries
from huurschuld.plugins.vera.items import Item
from huurschuld.plugins.vera.settings import Settings
from huurschuld.plugins.vera.store import Row, Store


@frozen
class Listed:
    """A list of the source.

    Attributes:
        api: the API that has it.
        resource: its name there.
        table: the table that its items are kept in.
        row: makes the row of an item.
        ids: for other tables, the ids that an item names.
    """

    api: str
    resource: str
    table: str
    row: Callable[[Item], Row]
    ids: Mapping[str, Callable[[Item], list[str]]] = field(factory=dict)


def lists(settings: Settings) -> Iterator[Listed]:
    """Yield the lists to read, in their order."""
    records = settings.records
    booking_row = partial(bookings.booking_row, settings=settings)
    if settings.open_items == "refuse":
        yield Listed("financien", "afletteringen", "settlement", bookings.settlement_row)
    ids: dict[str, Callable[[Item], list[str]]] = {}
    if "plans" in records:
        ids = {"booking_in_plan": lambda it: it.keys("boekingen")}
        yield Listed("financien", "betalingsregelingen", "plan", dossier.plan_row, ids)
        ids = {"plan_of_booking": lambda it: it.keys("betalingsregelingen")}
    yield Listed("financien", "boekingen", "booking", booking_row, ids)
    if "disputes" in records:
        yield Listed("overeenkomsten", "huurgeschillen", "dispute", dossier.dispute_row)
    if "contacts" in records:
        contact_row = partial(dossier.contact_row, settings=settings)
        ids = {"contact_with": lambda it: it.keys("relaties")}
        yield Listed("relaties", "contactmomenten", "contact", contact_row, ids)
    agreement_row = partial(leases.agreement_row, settings=settings)
    ids = {
        "party": lambda it: it.targets("relaties", leases.OF_RELATION),
        "named_contact": lambda it: it.targets("contactmomenten", {"contactmomenten"}),
    }
    if "units" in records:
        ids["unit_of"] = lambda it: it.targets("eenheden", units.OF_UNIT)
    yield Listed("overeenkomsten", "huurovereenkomsten", "agreement", agreement_row, ids)
    if "units" in records:
        unit_row = partial(units.unit_row, settings=settings)
        yield Listed("vastgoed", "eenheden", "unit", unit_row)
    if settings.rents == "price-components":
        yield Listed("overeenkomsten", "prijscomponenten", "component", leases.component_row)
    if "deaths" in records:
        yield Listed("relaties", "relatierollen", "role", people.role_row)
        yield Listed("relaties", "natuurlijk-personen", "person", people.person_row)


def read_all(client: Client, store: Store, settings: Settings, aside: Aside | None = None) -> None:
    """Fill the store; leases that something is wrong with are set aside where that is asked for."""
    for listed in lists(settings):
        _read(client, store, listed, aside)
    if aside is None:
        _compute(store, settings)
    else:
        aside.work_out(partial(_compute, store, settings))


def _compute(store: Store, settings: Settings) -> None:
    """Compute what follows from the lists together."""
    if settings.rents == "agreement":
        store.run("INSERT INTO rent SELECT id, rent_from, rent, per, number FROM agreement WHERE kept")
    else:
        leases.rents_of_components(store)
    store.go_on_if_right()
    make_entries(store, settings)
    dossier.check_leases(store)
    dossier.find_plans(store, settings)
    if "units" in settings.records:
        units.find_objects(store)
    people.find_members(store)
    dossier.find_leases_of_contacts(store, settings)
    if "deaths" in settings.records:
        people.find_deaths(store)
    store.go_on_if_right()


def _names(item: Item, ids: Callable[[Item], list[str]]) -> list[Row]:
    return [(item.id(), it) for it in ids(item)]


def _names_at_least(item: Item, ids: Callable[[Item], list[str]]) -> list[Row]:
    """Whom an item names in which something is wrong, if that can be read."""
    try:
        return _names(item, ids)
    except InputError:  # it is what is wrong, and told as that
        return []


def _read(client: Client, store: Store, listed: Listed, aside: Aside | None) -> None:
    """Keep all items of a list."""
    new, total = 0, None
    for page in client.pages(listed.api, listed.resource):
        rows, ids = list[Row](), {table: list[Row]() for table in listed.ids}
        for item in page.items:
            try:
                row = listed.row(item)
                named = {table: _names(item, ids_of) for table, ids_of in listed.ids.items()}
            except InputError as error:
                if aside is None:
                    raise
                aside.lose(item, error)
                named = {table: _names_at_least(item, ids_of) for table, ids_of in listed.ids.items()}
                new += 1
            else:
                rows.append(row)
            for table, its in named.items():
                ids[table] += its
        new += store.add(listed.table, listed.resource, rows)
        for table, named_rows in ids.items():
            store.insert(f"INSERT OR IGNORE INTO {table} VALUES (?, ?)", named_rows)  # noqa: S608 - our own names
        total = page.total if page.total is not None else total
    if total is not None and new < total:
        raise InvalidValue(
            f"vera {listed.resource}",
            "fewer items came than the source says there are",
            "the list may have changed while it was read: read it again",
        )
