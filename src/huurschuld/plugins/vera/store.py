"""A store on disk for data that must be joined, so that memory stays bounded for a ledger of any size.

It is a temporary SQLite database without a name, which the system removes when it is closed. It holds no
name, no address and no date of birth.
"""

from __future__ import annotations

import sqlite3
import weakref
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Final

from huurschuld.errors import Cell, DuplicateId, InputError

_SCHEMA: Final = """
CREATE TABLE agreement (id TEXT PRIMARY KEY, number INTEGER, kept INTEGER, first TEXT, last TEXT,
                        rent_from TEXT, rent INTEGER, per TEXT) WITHOUT ROWID;
CREATE TABLE aside (id TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE lost (id TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE VIEW kept AS SELECT id FROM agreement WHERE kept;
CREATE TABLE party (agreement TEXT, relation TEXT, PRIMARY KEY (agreement, relation)) WITHOUT ROWID;
CREATE TABLE named_contact (agreement TEXT, contact TEXT,
                           PRIMARY KEY (contact, agreement)) WITHOUT ROWID;
CREATE TABLE component (id TEXT PRIMARY KEY, number INTEGER, agreement TEXT, first TEXT, until TEXT,
                        cents INTEGER, net INTEGER) WITHOUT ROWID;
CREATE TABLE rent (agreement TEXT, first TEXT, cents INTEGER, per TEXT, number INTEGER,
                   PRIMARY KEY (agreement, first)) WITHOUT ROWID;
CREATE TABLE booking (id TEXT PRIMARY KEY, number INTEGER, agreement TEXT, kind TEXT, due TEXT,
                      booked TEXT, cents INTEGER, of_lease INTEGER, of_plan INTEGER, balance INTEGER,
                      signed TEXT, amount INTEGER, below INTEGER) WITHOUT ROWID;
CREATE TABLE settlement (id TEXT PRIMARY KEY, number INTEGER, one TEXT, other TEXT,
                         cents INTEGER) WITHOUT ROWID;
CREATE TABLE matched (id TEXT, number INTEGER, one TEXT, other TEXT, cents INTEGER);
CREATE TABLE part (id TEXT, payment TEXT, claim TEXT, agreement TEXT, cents INTEGER, number INTEGER);
CREATE TABLE storno (number INTEGER, reversal TEXT, booking INTEGER, cents INTEGER, booked TEXT,
                     payment TEXT, received INTEGER, settled INTEGER);
CREATE TABLE entry (agreement TEXT, booking TEXT, id TEXT, kind TEXT, due TEXT, booked TEXT,
                    cents INTEGER, settles TEXT, reverses TEXT, number INTEGER);
CREATE TABLE plan (id TEXT PRIMARY KEY, number INTEGER, agreement TEXT, first TEXT, last TEXT,
                   broken TEXT, cents INTEGER) WITHOUT ROWID;
CREATE TABLE booking_in_plan (plan TEXT, booking TEXT, PRIMARY KEY (plan, booking)) WITHOUT ROWID;
CREATE TABLE plan_of_booking (booking TEXT, plan TEXT, PRIMARY KEY (plan, booking)) WITHOUT ROWID;
CREATE TABLE plan_of (agreement TEXT, first TEXT, last TEXT, broken TEXT, cents INTEGER,
                      number INTEGER);
CREATE TABLE unit (id TEXT PRIMARY KEY, number INTEGER, object TEXT) WITHOUT ROWID;
CREATE TABLE unit_of (agreement TEXT, unit TEXT, PRIMARY KEY (agreement, unit)) WITHOUT ROWID;
CREATE TABLE object (agreement TEXT PRIMARY KEY, object TEXT) WITHOUT ROWID;
CREATE TABLE dispute (id TEXT PRIMARY KEY, number INTEGER, agreement TEXT, first TEXT, last TEXT,
                      cents INTEGER) WITHOUT ROWID;
CREATE TABLE contact (id TEXT PRIMARY KEY, number INTEGER, day TEXT, channel TEXT, direction TEXT,
                      flags TEXT) WITHOUT ROWID;
CREATE TABLE contact_with (contact TEXT, relation TEXT, PRIMARY KEY (contact, relation)) WITHOUT ROWID;
CREATE TABLE contact_of (contact TEXT, agreement TEXT,
                         PRIMARY KEY (agreement, contact)) WITHOUT ROWID;
CREATE TABLE member (person TEXT, relation TEXT, PRIMARY KEY (relation, person)) WITHOUT ROWID;
CREATE TABLE party_with_members (agreement TEXT, relation TEXT,
                                 PRIMARY KEY (relation, agreement)) WITHOUT ROWID;
CREATE TABLE person (id TEXT PRIMARY KEY, number INTEGER, died TEXT, groups TEXT) WITHOUT ROWID;
CREATE TABLE role (id TEXT PRIMARY KEY, number INTEGER, kind TEXT, relation TEXT,
                   until TEXT) WITHOUT ROWID;
CREATE TABLE death (agreement TEXT PRIMARY KEY, day TEXT) WITHOUT ROWID;
"""

Row = tuple[str | int | None, ...]


class _FaultyError(Exception):
    """Something is wrong with what was read; the faults are known."""


class Store:
    """The intermediate tables.

    The first column of each that comes from a list is the id, the second the number of the item.
    """

    def __init__(self, *, undoes: bool = False) -> None:
        # Arrow may request the next rows from another thread, but only one at a time.
        self._database = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        weakref.finalize(self, self._database.close)
        self._faults: list[InputError] | None = None
        for setting in (
            f"journal_mode = {'MEMORY' if undoes else 'OFF'}",
            "synchronous = OFF",
            "cache_size = -65536",
        ):
            self._database.execute(f"PRAGMA {setting}")
        self._database.executescript(_SCHEMA)

    def add(self, table: str, resource: str, rows: Sequence[Row]) -> int:
        """Keep items of a list by id, and give how many were new; one that comes again counts once.

        Raises:
            DuplicateId: two items with different contents have one id; at the second.
        """
        if not rows:
            return 0
        marks = ", ".join("?" * len(rows[0]))
        added = self.insert(f"INSERT OR IGNORE INTO {table} VALUES ({marks})", rows)  # noqa: S608 - our own names
        if added < len(rows):
            self._see_same(table, resource, rows)
        return added

    def refuse(
        self,
        query: str,
        error: type[InputError],
        at: tuple[str, str],
        problem: str,
        remedy: str,
        values: Sequence[str | int | None] = (),
    ) -> None:
        """Raise an error if a query gives the number of an item; `at` is its list and the member.

        Where faults are collected, each item that the query gives is one.
        """
        query = query if self._faults is None else query.removesuffix(" LIMIT 1")
        for number, *_ in self.rows(query, values):
            self.fault(error(Cell(f"vera {at[0]}", int(number or 0), at[1]), problem, remedy))

    def fault(self, error: InputError) -> None:
        """Raise an error, unless faults are collected."""
        if self._faults is None:
            raise error
        self._faults.append(error)

    def go_on_if_right(self) -> None:
        """Stop computing where faults were collected: what follows would be wrong because of them."""
        if self._faults:
            raise _FaultyError

    def faults_of(self, compute: Callable[[], None]) -> list[InputError]:
        """Compute, and give the faults instead of raising the first of them."""
        self._faults = found = list[InputError]()
        try:
            with suppress(_FaultyError):
                compute()
        finally:
            self._faults = None
        return found

    def _see_same(self, table: str, resource: str, rows: Sequence[Row]) -> None:
        for row in rows:
            (kept,) = self.rows(f"SELECT * FROM {table} WHERE id = ?", (row[0],))  # noqa: S608 - as above
            if kept[2:] != row[2:]:
                raise DuplicateId(
                    Cell(f"vera {resource}", int(row[1] or 0), "id"),
                    "this id came before, with other contents",
                    "the source changed while it was read: read it again",
                )

    def run(self, *statements: str) -> None:
        """Run statements."""
        for it in statements:
            self._database.execute(it)

    def insert(self, statement: str, rows: Iterable[Row]) -> int:
        """Run one statement for many rows, and give how many were new."""
        before = self._database.total_changes
        self._database.execute("SAVEPOINT inserting")
        self._database.executemany(statement, rows)
        self._database.execute("RELEASE inserting")
        return self._database.total_changes - before

    def rows(
        self, query: str, values: Sequence[str | int | None] | Mapping[str, str | int | None] = ()
    ) -> Iterator[Row]:
        """Yield the rows of a query, a few at a time; its values by position or by name."""
        cursor = self._database.cursor()
        cursor.arraysize = 5_000
        cursor.execute(query, values)
        while found := cursor.fetchmany():
            yield from found
