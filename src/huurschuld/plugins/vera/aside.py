"""Leases that are set aside: those that something wrong in the source concerns; the rest is used.

A payment that settles a claim of another lease makes one ledger of the two: both are set aside, and so
are leases that one plan covers. What is wrong with something whose lease is not known refuses all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import Final

from huurschuld.errors import Cell, InputError, InvalidValue
from huurschuld.plugins.vera.items import Item
from huurschuld.plugins.vera.leases import OF_AGREEMENT
from huurschuld.plugins.vera.store import Row, Store
from huurschuld.portfolio.quarantine import unattributable

_MOST_ROUNDS: Final = 50
_LEASE, _BOOKING, _RELATION, _UNIT, _CONTACT = "lease", "booking", "relation", "unit", "contact"

Named = tuple[str, str]
"""What an item names: what that is, and its id."""

_MEMBERS: Final[dict[str, tuple[tuple[str, Callable[[Item], Sequence[str | None]]], ...]]] = {
    "afletteringen": (
        (_BOOKING, lambda it: [it.key("huurBoeking")]),
        (_BOOKING, lambda it: [it.key("tegenHuurBoeking")]),
    ),
    "betalingsregelingen": (
        (_LEASE, lambda it: [it.target("overeenkomst", OF_AGREEMENT)]),
        (_BOOKING, lambda it: it.keys("boekingen")),
    ),
    "boekingen": (
        (_LEASE, lambda it: _if_any(it.target("overeenkomst", OF_AGREEMENT))),
        (_BOOKING, lambda it: _if_readable(it, "id")),
    ),
    "huurgeschillen": ((_LEASE, lambda it: [it.key("huurovereenkomst")]),),
    "contactmomenten": (
        (_RELATION, lambda it: it.keys("relaties")),
        (_CONTACT, lambda it: [it.text("id")]),
    ),
    "huurovereenkomsten": ((_LEASE, lambda it: [it.text("id")]),),
    "eenheden": ((_UNIT, lambda it: [it.text("id")]),),
    "prijscomponenten": ((_LEASE, lambda it: [it.key("overeenkomst")]),),
    "relatierollen": ((_RELATION, lambda it: [it.key("relatie")]),),
    "natuurlijk-personen": (
        (_RELATION, lambda it: [it.text("id")]),
        (_RELATION, lambda it: it.keys("groepen")),
    ),
}
"""What says whom an item of a list concerns: each of these, as one of them may be of another lease."""

_SETTLED_WITH: Final = (
    "SELECT y.agreement FROM settlement s JOIN booking y ON y.id = s.other WHERE s.one = :it"
    " UNION SELECT y.agreement FROM settlement s JOIN booking y ON y.id = s.one WHERE s.other = :it"
)
_LEASES_OF: Final = {
    _LEASE: "SELECT :it",
    _BOOKING: f"SELECT agreement FROM booking WHERE id = :it UNION {_SETTLED_WITH}",  # noqa: S608 - our own words
    _RELATION: "SELECT agreement FROM party WHERE relation = :it UNION SELECT p.agreement FROM person q,"
    " json_each(q.groups) g JOIN party p ON p.relation = g.value WHERE q.id = :it",
    _UNIT: "SELECT agreement FROM unit_of WHERE unit = :it",
    _CONTACT: "SELECT agreement FROM named_contact WHERE contact = :it",
}
_NAMED_AT: Final = {
    "afletteringen": "SELECT 'booking', one FROM settlement WHERE number = :it"
    " UNION SELECT 'booking', other FROM settlement WHERE number = :it",
    "betalingsregelingen": "SELECT 'lease', agreement FROM plan WHERE number = :it"
    " UNION SELECT 'booking', i.booking FROM plan p JOIN booking_in_plan i ON i.plan = p.id"
    " WHERE p.number = :it",
    "boekingen": "SELECT 'booking', id FROM booking WHERE number = :it",
    "huurgeschillen": "SELECT 'lease', agreement FROM dispute WHERE number = :it",
    "contactmomenten": "SELECT 'contact', id FROM contact WHERE number = :it UNION SELECT 'relation',"
    " w.relation FROM contact c JOIN contact_with w ON w.contact = c.id WHERE number = :it",
    "huurovereenkomsten": "SELECT 'lease', id FROM agreement WHERE number = :it",
    "eenheden": "SELECT 'unit', id FROM unit WHERE number = :it",
    "prijscomponenten": "SELECT 'lease', agreement FROM component WHERE number = :it",
}
"""What an item that is in the store names, by its list and its number there."""

_LINKED: Final = (
    "WITH link AS (SELECT s.one AS one, s.other AS other FROM settlement s"
    " UNION ALL SELECT s.other, s.one FROM settlement s)"
    " SELECT y.agreement FROM aside a JOIN booking x ON x.agreement = a.id JOIN link ON link.one = x.id"
    " JOIN booking y ON y.id = link.other"
    " UNION SELECT p.agreement FROM aside a JOIN booking x ON x.agreement = a.id"
    " JOIN booking_in_plan i ON i.booking = x.id JOIN plan p ON p.id = i.plan"
    " UNION SELECT y.agreement FROM aside a JOIN plan p ON p.agreement = a.id"
    " JOIN booking_in_plan i ON i.plan = p.id JOIN booking y ON y.id = i.booking"
)


class Aside:
    """The leases that are set aside.

    Attributes:
        found: each error, with a lease that is set aside because of it.
    """

    def __init__(self, store: Store) -> None:
        self.found: list[tuple[InputError, str]] = []
        self._store = store
        self._lost: list[tuple[InputError, list[Named]]] = []

    def lose(self, item: Item, error: InputError) -> None:
        """Keep of an item that cannot be read what it concerns, and that it is there."""
        named, is_certain = _named(item)
        self._lost.append((error, named if is_certain else []))
        of = dict(named)
        if item.resource == "boekingen" and _BOOKING in of:
            left_out: Row = (of[_BOOKING], item.number, of.get(_LEASE), "left-out")
            self._store.insert(_LOST_BOOKING, [left_out])
        if item.resource == "huurovereenkomsten" and _LEASE in of:
            self._store.insert(_LOST_LEASE, [(of[_LEASE], item.number, _ANY_DAY)])
            self._store.insert("INSERT OR IGNORE INTO lost VALUES (?)", [(of[_LEASE],)])

    def work_out(self, compute: Callable[[], None]) -> None:
        """Compute what follows from the lists, without the leases that something is wrong with.

        Raises:
            InputError: it is not certain which leases something wrong concerns.
        """
        store = self._store
        store.run(*_INDEXES)
        for error, named in self._lost:
            self._add(error, named)
        for _ in range(_MOST_ROUNDS):
            self._take_out()
            store.run("SAVEPOINT computing")
            faults = store.faults_of(compute)
            if not faults:
                store.run("RELEASE computing")
                return
            store.run("ROLLBACK TO computing", "RELEASE computing")
            for error in faults:
                self._add(error, list(self._named_at(error)))
        raise faults[0]

    def _named_at(self, error: InputError) -> Iterator[Named]:
        place = error.place
        if isinstance(place, Cell) and (query := _NAMED_AT.get(place.file.removeprefix("vera "))):
            for kind, name in self._store.rows(query, {"it": place.line}):
                if name is not None:
                    yield str(kind), str(name)

    def _add(self, error: InputError, named: list[Named]) -> None:
        """Set the leases aside that an error concerns."""
        leases = {
            str(lease)
            for kind, name in named
            for (lease,) in self._store.rows(_LEASES_OF[kind], {"it": name})
            if lease is not None
        }
        known = [it for it in sorted(leases) if any(self._store.rows(_IS_LEASE, {"it": it}))]
        if not known:
            raise unattributable(error)
        self._set_aside(error, known)

    def _set_aside(self, error: InputError, leases: list[str]) -> None:
        self.found += [(error, it) for it in leases]
        self._store.insert("INSERT OR IGNORE INTO aside VALUES (?)", [(it,) for it in leases])

    def _take_out(self) -> None:
        """Take out the leases that are set aside, and those that are one with them."""
        store = self._store
        while self.found:
            linked = [
                (str(lease), number)
                for lease, number in store.rows(
                    f"SELECT id, number FROM agreement WHERE kept AND id IN ({_LINKED})"  # noqa: S608 - our own words
                    " AND id NOT IN aside ORDER BY number"
                )
            ]
            for lease, number in linked:
                at = Cell("vera huurovereenkomsten", int(number or 0), "id")
                self._set_aside(InvalidValue(at, _ONE_WITH, "correct what is wrong with that"), [lease])
            if not linked:
                break
        store.run(
            "UPDATE agreement SET kept = 0 WHERE id IN aside",
            "UPDATE booking SET kind = 'left-out' WHERE agreement IN aside",
        )


def _named(item: Item) -> tuple[list[Named], bool]:
    """What an item names that can be read, and whether that is all whom it concerns.

    A settlement of which only one booking can be read may be with that of any other lease.
    """
    named: list[Named] = []
    is_certain = True
    for kind, member in _MEMBERS[item.resource]:
        try:
            found = member(item)
        except InputError:
            found = [None]
        named += [(kind, name) for name in found if name is not None]
        is_certain = is_certain and None not in found
    return named, is_certain


def _if_any(name: str | None) -> list[str]:
    return [] if name is None else [name]


def _if_readable(item: Item, member: str) -> list[str]:
    """An id that adds nothing where it cannot be read, as then nothing else can name it either."""
    with suppress(InputError):
        return _if_any(item.text(member))
    return []


_ONE_WITH: Final = (
    "its bookings are settled with, or in one plan with, those of a lease that is set aside"
)
_IS_LEASE: Final = (
    "SELECT id FROM agreement WHERE id = :it AND (kept OR id IN aside)"
    " UNION SELECT id FROM lost WHERE id = :it"
)
_LOST_LEASE: Final = "INSERT OR IGNORE INTO agreement (id, number, kept, first) VALUES (?, ?, 0, ?)"
_ANY_DAY: Final = "1900-01-01"
"""The first day of a lease that cannot be read: its row is told as wrong once, and not for that."""
_LOST_BOOKING: Final = "INSERT OR IGNORE INTO booking (id, number, agreement, kind) VALUES (?, ?, ?, ?)"
_INDEXES: Final = (
    "CREATE INDEX aside_one ON settlement (one)",
    "CREATE INDEX aside_other ON settlement (other)",
    "CREATE INDEX aside_settlement ON settlement (number)",
    "CREATE INDEX aside_booking ON booking (number)",
    "CREATE INDEX aside_agreement ON booking (agreement)",
    "CREATE INDEX aside_plan ON booking_in_plan (booking)",
    "INSERT OR IGNORE INTO booking_in_plan SELECT plan, booking FROM plan_of_booking",
)
