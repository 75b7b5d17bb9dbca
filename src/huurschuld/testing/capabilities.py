"""What a ledger records and can hold, as its plugin declares it."""

from __future__ import annotations

import datetime as dt
import warnings
from collections.abc import Iterable, Mapping
from typing import Final

from attrs import field, frozen

from huurschuld.errors import InvalidValue
from huurschuld.model.entries import ENTRY_CLASSES
from huurschuld.model.tenancy import OBJECTS, PERIODS
from huurschuld.model.values import FIRST_DAY, LAST_DAY, MAXIMUM_CENTS, MAXIMUM_ENTRIES
from huurschuld.portfolio.schema import ASSUMABLE_COLUMNS, COLUMNS, REQUIRED_TABLES, TABLES

KNOWN: Final = ("all", "some", "no")
"""What a source may say about a tenancy's children: all are listed, some are, or it is unknown."""

_FEWEST_IDS: Final = 100_000
_WIDTH: Final = 8
_EVICTION: Final = {"tenancies.eviction_announced", "tenancies.eviction_on"}
_NEVER_ABSENT: Final = {"entries.due", "entries.cents", "entries.booked", "entries.reverses"}


def _names(given: Iterable[str]) -> frozenset[str]:
    return frozenset((given,)) if isinstance(given, str) else frozenset(given)


@frozen(kw_only=True)
class LedgerCapabilities:
    """What a ledger records: everything in the tables of the semantics, except as stated here.

    Attributes:
        tables: the tables that it has; all others are unknown.
        without: the optional columns that it does not have, such as `contacts.debt_help`.
        kinds: the kinds of entries that it has; at least `rent` and `payment`.
        objects: the kinds of what is let that it has; at least `dwelling`.
        periods: how often rent may be due; at least `month`.
        part_reversals: whether it knows that a part of a payment was taken back; if not, all of it was.
        partial_births: whether it can say that only the year or the month of a birth is known; if not,
            that is the first day of it.
        claims_booked: whether it knows when a claim was booked; if not, that is the day it was due.
        children_known: what it may say about the children of a tenancy: `all`, `some`, `no`.
        id_letters: the characters that ids are made of; None for any text. No id begins with the first
            one, so that `0123456789` means whole numbers.
        longest_id: how many characters an id may have.
        shared_entry_ids: whether entries of two tenancies may have one id.
        max_cents: the highest amount of one row.
        max_entries: the most entries of one tenancy.
        first_day, last_day: the days that it can hold.
        places: whether it has `place` (see `huurschuld.hooks.LocatesRows`).
        scans: has no effect; it will be removed in version 0.3.

    Raises:
        InvalidValue: at the field: no such table, column or kind, or one that cannot be absent.
    """

    tables: frozenset[str] = field(default=frozenset(TABLES), converter=_names)
    without: frozenset[str] = field(default=frozenset(), converter=_names)
    kinds: frozenset[str] = field(default=frozenset(ENTRY_CLASSES), converter=_names)
    objects: frozenset[str] = field(default=frozenset(OBJECTS), converter=_names)
    periods: frozenset[str] = field(default=frozenset(PERIODS), converter=_names)
    part_reversals: bool = True
    partial_births: bool = True
    claims_booked: bool = True
    children_known: frozenset[str] = field(default=frozenset(KNOWN), converter=_names)
    id_letters: str | None = None
    longest_id: int = 40
    shared_entry_ids: bool = True
    max_cents: int = MAXIMUM_CENTS
    max_entries: int = MAXIMUM_ENTRIES
    first_day: dt.date = FIRST_DAY
    last_day: dt.date = LAST_DAY
    places: bool = False
    scans: bool = False

    def __attrs_post_init__(self) -> None:
        if self.scans:
            warnings.warn(
                "scans will be removed in version 0.3: leave it out", DeprecationWarning, stacklevel=3
            )
        _within("tables", self.tables, TABLES, REQUIRED_TABLES)
        _within("kinds", self.kinds, ENTRY_CLASSES, ("rent", "payment"))
        _within("objects", self.objects, OBJECTS, ("dwelling",))
        _within("periods", self.periods, PERIODS, ("month",))
        _within("children_known", self.children_known, KNOWN, ())
        _within("without", self.without, _optional(), ())
        if len(self.without & _EVICTION) == 1:
            raise InvalidValue("/without", "an eviction has two days: leave out both or neither")
        if not self.children_known:
            raise InvalidValue("/children_known", "expected at least one of all, some, no")
        if self.id_letters is not None and len(set(self.id_letters)) < 2:
            raise InvalidValue("/id_letters", "expected at least two characters")
        if self.id_letters is not None and len(self.id_letters) ** self.longest_id < _FEWEST_IDS:
            raise InvalidValue("/longest_id", f"at least {_FEWEST_IDS:,} ids must be possible")

    def columns(self, table: str) -> tuple[str, ...]:
        """Return the columns of a table that it has."""
        absent = {"reverses"} if table == "entries" and "reversal" not in self.kinds else set()
        return tuple(
            name
            for name in COLUMNS[table]
            if f"{table}.{name}" not in self.without and name not in absent
        )

    def records(self, table: str) -> bool:
        """Whether a part is known for everyone: whether it has the table and the columns needed."""
        needed: Mapping[str, tuple[str, ...]] = ASSUMABLE_COLUMNS
        return table in self.tables and all(
            f"{table}.{column}" not in self.without for column in needed.get(table, ())
        )

    def id_of(self, number: int) -> str:
        """Return the id with this number, which is 1 or more; `A1` if any text is an id."""
        letters = self.id_letters
        if letters is None:
            return f"A{number}"
        digits = ""
        while number:
            number, rest = divmod(number, len(letters))
            digits = letters[rest] + digits
        return digits

    @property
    def first_entry(self) -> int:
        """The number of the first entry's id: from here on ids have one length, and so they sort."""
        first: int = len(self.id_letters or "0123456789") ** (min(self.longest_id, _WIDTH) - 1)
        return first

    @property
    def free_ids(self) -> bool:
        """Whether an id may be any text."""
        return self.id_letters is None


def _optional() -> list[str]:
    return [
        f"{table}.{name}"
        for table, columns in COLUMNS.items()
        for name, column in columns.items()
        if not column.required and f"{table}.{name}" not in _NEVER_ABSENT
    ]


def _within(where: str, given: Iterable[str], known: Iterable[str], needed: Iterable[str]) -> None:
    known = list(known)
    for name in sorted(given):
        if name not in known:
            raise InvalidValue(f"/{where}", f"{name} is not one of: {', '.join(known)}")
    for name in needed:
        if name not in given:
            raise InvalidValue(f"/{where}", f"{name} cannot be absent")
