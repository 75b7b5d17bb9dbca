"""What a ledger records and can hold, as its plugin declares it."""

from __future__ import annotations

import datetime as dt
import warnings
from collections.abc import Iterable, Mapping
from typing import Final

import attrs
from attrs import field, frozen

from huurschuld.errors import InvalidValue
from huurschuld.model.entries import ENTRY_CLASSES
from huurschuld.model.tenancy import CHANNELS, OBJECTS, PERIODS, Contact
from huurschuld.model.values import FIRST_DAY, LAST_DAY, MAXIMUM_CENTS, MAXIMUM_ENTRIES, Day
from huurschuld.portfolio.schema import ASSUMABLE_COLUMNS, COLUMNS, REQUIRED_TABLES, SPANS, TABLES

KNOWN: Final = ("all", "some", "no")
"""What a source may say about a tenancy's children: all are listed, some are, or it is unknown."""

CONTACT_FLAGS: Final[dict[str, bool]] = {
    it.name: it.default for it in attrs.fields(Contact) if isinstance(it.default, bool)
}
"""What is so of a contact or not, with the default of each."""
_DIRECTIONS: Final = ("out", "in")
_LARGEST_PAGE: Final = 5_000
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
        channels: the channels of contact that it has; at least one.
        directions: which contacts it has, by who made them: `out`, the landlord, at least; `in`.
        flags: what it may say of a contact besides the usual: `reached`, `returned`, `about_arrears`,
            `reminder`, `debt_help`, `offers_sharing`. It has the column of any other, unless that is in
            `without`, and all its contacts have the default in it.
        month_starts: the columns of days in which all days are the first of a month, such as
            `rents.from`; a last day, such as `plans.until`, only together with its first day.
        split_payments: whether one payment in the source may settle several claims: `seed` then gets the
            parts of one booking with the same `part_of`.
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
        page_size: how many rows the adapter reads at once, at most 5,000; None if it does not read in
            pages, or in larger ones.
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
    channels: frozenset[str] = field(default=frozenset(CHANNELS), converter=_names)
    directions: frozenset[str] = field(default=frozenset(_DIRECTIONS), converter=_names)
    flags: frozenset[str] = field(default=frozenset(CONTACT_FLAGS), converter=_names)
    month_starts: frozenset[str] = field(default=frozenset(), converter=_names)
    split_payments: bool = False
    part_reversals: bool = True
    partial_births: bool = True
    claims_booked: bool = True
    children_known: frozenset[str] = field(default=frozenset(KNOWN), converter=_names)
    id_letters: str | None = None
    longest_id: int = 40
    shared_entry_ids: bool = True
    max_cents: int = MAXIMUM_CENTS
    max_entries: int = MAXIMUM_ENTRIES
    page_size: int | None = None
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
        _within("channels", self.channels, CHANNELS, ())
        _within("directions", self.directions, _DIRECTIONS, ("out",))
        _within("flags", self.flags, CONTACT_FLAGS, ())
        _within("children_known", self.children_known, KNOWN, ())
        _within("without", self.without, _optional(), ())
        self._check_month_starts()
        if len(self.without & _EVICTION) == 1:
            raise InvalidValue("/without", "an eviction has two days: leave out both or neither")
        if not self.channels:
            raise InvalidValue("/channels", f"expected at least one of {', '.join(CHANNELS)}")
        if self.split_payments and "entries.settles" in self.without:
            raise InvalidValue("/split_payments", "a payment that names no claim cannot settle several")
        if self.page_size is not None and not 1 <= self.page_size <= _LARGEST_PAGE:
            problem = f"expected 1 to {_LARGEST_PAGE:,}, or None"
            raise InvalidValue("/page_size", problem, "open the adapter with a smaller page in the kit")
        if not self.children_known:
            raise InvalidValue("/children_known", "expected at least one of all, some, no")
        if self.id_letters is not None and len(set(self.id_letters)) < 2:
            raise InvalidValue("/id_letters", "expected at least two characters")
        if self.id_letters is not None and len(self.id_letters) ** self.longest_id < _FEWEST_IDS:
            raise InvalidValue("/longest_id", f"at least {_FEWEST_IDS:,} ids must be possible")

    def _check_month_starts(self) -> None:
        _within("month_starts", self.month_starts, _of_days(), ())
        for table, first, last in SPANS:
            if f"{table}.{last}" in self.month_starts and f"{table}.{first}" not in self.month_starts:
                raise InvalidValue("/month_starts", f"{table}.{last} only with {table}.{first}")
        if self.month_starts and self.first_day.day != 1:
            raise InvalidValue("/first_day", "expected the first of a month, as month_starts has")

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


def _of_days() -> list[str]:
    return [
        f"{table}.{name}"
        for table, columns in COLUMNS.items()
        for name, column in columns.items()
        if isinstance(column.kind, Day)
    ]


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
