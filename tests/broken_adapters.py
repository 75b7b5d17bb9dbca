"""Ledgers that are broken on purpose, each in one way: `BROKEN` says how, and which check finds it.

To add one, add a line to `BROKEN`; `test_kits_broken.py` runs it.
"""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from itertools import groupby
from typing import Any, ClassVar

from tables import frames

from huurschuld import Cell, InvalidValue
from huurschuld.hooks import ArrowStream, Ledger
from huurschuld.testing import LedgerAdapterTests, LedgerCapabilities, Rows

Row = dict[str, Any]


class Memory:
    """A right ledger of rows in memory."""

    def __init__(self, store: Rows) -> None:
        self.store = store

    def rows(self) -> Rows:
        """Its rows, by table."""
        return {name: deepcopy(rows) for name, rows in self.store.items()}

    def tables(self) -> Mapping[str, ArrowStream]:
        if not self.store:
            raise InvalidValue("store", "it cannot be read")
        return frames(self.rows())


class MemoryLedgerTests(LedgerAdapterTests):
    """The kit of a ledger in memory."""

    examples = 10
    adapter: ClassVar[type[Memory]] = Memory

    def seed(self, rows: Rows) -> None:
        self.store: Rows = deepcopy(rows)

    def make_adapter(self) -> Ledger:
        return self.adapter(self.store)

    def spoil(self) -> None:
        self.store.clear()


def kit_of(adapter: type[Memory], examples: int = 10, **capabilities: Any) -> type[LedgerAdapterTests]:
    """The kit of an adapter, which claims these capabilities."""
    members = {
        "adapter": adapter,
        "capabilities": LedgerCapabilities(**capabilities),
        "examples": examples,
    }
    return type("Case", (MemoryLedgerTests,), members)


def table(name: str, change: Callable[[list[Row]], list[Row]]) -> type[Memory]:
    """A ledger that changes the rows of one table."""

    class Changed(Memory):
        def rows(self) -> Rows:
            rows = super().rows()
            return rows | {name: change(rows[name])}

    return Changed


def each(name: str, change: Callable[[Row], Row]) -> type[Memory]:
    """A ledger that changes each row of one table."""
    return table(name, lambda rows: [row | change(row) for row in rows])


def in_one_pass(rows: list[Row]) -> list[Row]:
    """Drop a reversal that comes before its payment."""
    seen: set[tuple[str, str]] = set()
    kept = []
    for row in rows:
        if row["kind"] == "reversal" and (row["tenancy"], row["reverses"]) not in seen:
            continue
        seen.add((row["tenancy"], row["id"]))
        kept.append(row)
    return kept


def without_quick_reversals(rows: list[Row]) -> list[Row]:
    """Drop reversals of the same month as their payment, as if they were corrections."""
    paid = {(it["tenancy"], it["id"]): it for it in rows if it["kind"] == "payment"}

    def is_quick(row: Row) -> bool:
        payment = paid.get((row["tenancy"], row["reverses"]))
        return payment is not None and f"{payment['booked']:%Y-%m}" == f"{row['booked']:%Y-%m}"

    return [it for it in rows if not is_quick(it)]


def distinct(rows: list[Row]) -> list[Row]:
    return [next(them) for _, them in groupby(sorted(rows, key=repr), key=repr)]


def numbered(rows: list[Row]) -> list[Row]:
    """Number entries of one id."""
    seen: dict[tuple[str, str], int] = {}
    for row in rows:
        key = row["tenancy"], row["id"]
        seen[key] = seen.get(key, 0) + 1
        if seen[key] > 1:
            row["id"] += f"#{seen[key]}"
    return rows


def spelt(change: Callable[[str], str]) -> type[Memory]:
    """A ledger that spells ids in its own way."""

    class Spelt(Memory):
        def rows(self) -> Rows:
            ids = ("id", "tenancy", "settles")
            return {
                name: [row | {it: change(row[it]) for it in ids if row.get(it)} for row in rows]
                for name, rows in super().rows().items()
            }

    return Spelt


class _OnlyOnce(Memory):
    def tables(self) -> Mapping[str, ArrowStream]:
        found = super().tables()
        self.store = {name: [] for name in self.store}
        return found


class _MarksAsRead(Memory):
    def __init__(self, store: Rows) -> None:
        super().__init__(deepcopy(store))
        self._source = store

    def tables(self) -> Mapping[str, ArrowStream]:
        self._source["entries"] = [it for it in self._source["entries"] if it["kind"] == "rent"]
        return super().tables()


class _InventsTenancies(Memory):
    def rows(self) -> Rows:
        rows = super().rows()
        known = {it["id"] for it in rows["tenancies"]}
        since = dt.date(2020, 1, 1)
        for name in sorted({it["tenancy"] for it in rows["contacts"]} - known):
            rows["tenancies"].append({"id": name, "start": since, "children_known": "all"})
            rows["rents"].append({"tenancy": name, "from": since, "cents": 60_000})
        return rows


class _DropsTheUnknown(Memory):
    def rows(self) -> Rows:
        rows = super().rows()
        known = {it["id"] for it in rows["tenancies"]}
        return rows | {"entries": [it for it in rows["entries"] if it["tenancy"] in known]}


class _NothingWhenEmpty(Memory):
    def tables(self) -> Mapping[str, ArrowStream]:
        return super().tables() if self.store["tenancies"] else {}


class _HasNoPlans(Memory):
    def tables(self) -> Mapping[str, ArrowStream]:
        return {name: it for name, it in super().tables().items() if name != "plans"}


class _QuotesIds(Memory):
    def rows(self) -> Rows:
        rows = super().rows()
        names = {it["id"] for it in rows["entries"]}
        for it in rows["entries"]:
            if it.get("reverses") and it["reverses"] not in names:
                raise InvalidValue("entries", f"{it['tenancy']} has no such payment")
        return rows


class _RaisesItsOwn(Memory):
    def rows(self) -> Rows:
        rows = super().rows()
        paid = {it["id"]: it for it in rows["entries"]}
        [paid[it["reverses"]] for it in rows["entries"] if it.get("reverses")]
        return rows


class _ChainsTheCause(_RaisesItsOwn):
    def rows(self) -> Rows:
        try:
            return super().rows()
        except KeyError as error:
            tenancies = str([it["tenancy"] for it in self.store["entries"]])
            raise InvalidValue("entries", "a payment is missing") from ValueError(tenancies, error)


class _FailsLoudly(Memory):
    def tables(self) -> Mapping[str, ArrowStream]:
        return frames({"tenancies": self.store["tenancies"], **self.rows()})


class _EmptyWhenGone(Memory):
    def tables(self) -> Mapping[str, ArrowStream]:
        return frames(self.store or {"tenancies": [], "rents": [], "entries": []})


class _PlacesNameIds(Memory):
    def place(self, table: str, row: int | None, column: str) -> Cell:
        if row is None:
            return Cell(table, 1, column)
        found = self.store[table][row]
        return Cell(str(found.get("tenancy") or found["id"]), row + 2, column)


def without_refunds(rows: list[Row]) -> list[Row]:
    """Drop what was paid back."""
    return [it for it in rows if it["kind"] != "refund"]


def on_the_first(row: Row) -> Row:
    """Take a birth of which only the year or the month is known for one on the first day of it."""
    return {"born": str(row["born"]).replace("-00", "-01")}


DEFAULTS: Mapping[str, object] = {
    "tenancies.end": None,
    "tenancies.object": "dwelling",
    "tenancies.deceased": None,
    "tenancies.children_known": "all",
    "rents.per": "month",
    "entries.settles": None,
    "contacts.direction": "out",
    "contacts.reached": False,
    "contacts.returned": False,
    "contacts.about_arrears": True,
    "contacts.reminder": False,
    "contacts.debt_help": False,
    "contacts.offers_sharing": False,
    "plans.until": None,
    "plans.broken_on": None,
    "plans.cents": None,
    "disputes.until": None,
    "disputes.cents": None,
    "objections.withdrawn": None,
    "objections.standing": True,
    "facts.until": None,
}
"""What an adapter may write into an optional column that it does not read."""


def forgets(column: str) -> type[LedgerAdapterTests]:
    """The kit of an adapter that fills a column with one value."""
    name, _, its = column.partition(".")
    return kit_of(each(name, lambda _: {its: DEFAULTS[column]}))


class RemembersTenancies(MemoryLedgerTests):
    """The kit of a ledger that keeps what it once read of a lease."""

    def seed(self, rows: Rows) -> None:
        self.remembered: dict[str, Row] = getattr(self, "remembered", {})
        super().seed(rows)

    def make_adapter(self) -> Ledger:
        adapter = each("tenancies", lambda row: self.remembered.setdefault(row["id"], row))
        return adapter(self.store)


class Telling(Memory):
    """A right one that tells what changed, which is nothing here."""

    def changed_since(self, position: str | None) -> tuple[str, list[str] | None]:
        return "here", None if position is None else []

    def tables_of(self, tenancies: Sequence[str]) -> Mapping[str, ArrowStream]:
        return frames({name: self.of_these(name, tenancies) for name in self.store})

    def of_these(self, name: str, tenancies: Sequence[str]) -> list[Row]:
        """The rows of some tenancies."""
        key = "id" if name == "tenancies" else "tenancy"
        return [row for row in self.rows()[name] if row[key] in tenancies]


class _LacksSignals(Telling):
    def of_these(self, name: str, tenancies: Sequence[str]) -> list[Row]:
        return [] if name == "signals" else super().of_these(name, tenancies)


BROKEN: Mapping[str, tuple[str, type[LedgerAdapterTests]]] = {
    "amounts go through euros as floats": (
        "test_cents_survive_exactly",
        kit_of(each("entries", lambda row: {"cents": row["cents"] and int(row["cents"] / 100 * 100)})),
    ),
    "the last row is taken for a total": (
        "test_no_row_is_lost",
        kit_of(table("plans", lambda rows: rows[:-1])),
    ),
    "some tenancies alone lack a table": ("test_no_row_is_lost", kit_of(_LacksSignals)),
    **{f"{column} is forgotten": ("test_no_value_is_lost", forgets(column)) for column in DEFAULTS},
    "the eviction is forgotten": (
        "test_no_value_is_lost",
        kit_of(each("tenancies", lambda _: {"eviction_announced": None, "eviction_on": None})),
    ),
    "the first day of a fact is forgotten": (
        "test_no_value_is_lost",
        kit_of(
            each("facts", lambda row: {"from": dt.date(2000, 1, 1) if row["from"] else None}),
        ),
    ),
    "a part taken back is all of it": (
        "test_no_value_is_lost",
        kit_of(each("entries", lambda row: {"cents": None} if row["kind"] == "reversal" else {})),
    ),
    "a part taken back is all of it, and reversals are checked": (
        "test_a_payment_taken_back_does_not_count",
        kit_of(each("entries", lambda row: {"cents": None} if row["kind"] == "reversal" else {})),
    ),
    "a claim was known on the day it was due": (
        "test_no_value_is_lost",
        kit_of(each("entries", lambda row: {"booked": row["due"] or row["booked"]})),
    ),
    "money paid back is dropped": (
        "test_no_row_is_lost",
        kit_of(table("entries", without_refunds)),
    ),
    "what is stated is dropped": ("test_no_row_is_lost", kit_of(table("facts", lambda _: []))),
    "only what is true is stated": (
        "test_no_value_is_lost",
        kit_of(table("facts", lambda rows: [it for it in rows if it["value"] in ("true", True)])),
    ),
    "a birth of a year is one of New Year's Day": (
        "test_no_value_is_lost",
        kit_of(each("children", on_the_first)),
    ),
    "a child without a birthday is left out": (
        "test_no_value_is_lost",
        kit_of(table("children", lambda rows: [it for it in rows if "-00" not in str(it["born"])])),
    ),
    "it is a cursor, empty after one reading": ("test_reading_twice_gives_the_same", kit_of(_OnlyOnce)),
    "reading removes rows from the source": ("test_reading_changes_nothing", kit_of(_MarksAsRead)),
    "a reversal before its payment is dropped": (
        "test_the_order_of_rows_does_not_matter",
        kit_of(table("entries", in_one_pass)),
    ),
    "the booking day of claims is forgotten": (
        "test_what_is_booked_later_is_not_seen",
        kit_of(
            each("entries", lambda row: {"booked": None} if row["kind"] in ("rent", "other") else {})
        ),
    ),
    "a reversal soon after its payment is dropped": (
        "test_a_payment_taken_back_does_not_count",
        kit_of(table("entries", without_quick_reversals)),
    ),
    "designations are dropped": (
        "test_a_designated_payment_stays_designated",
        kit_of(each("entries", lambda _: {"settles": None})),
    ),
    "duplicates are dropped": ("test_duplicates_are_refused", kit_of(table("entries", distinct))),
    "duplicates become two entries": ("test_duplicates_are_refused", kit_of(table("entries", numbered))),
    "a contact without a tenancy makes one": (
        "test_who_is_not_known_is_absent",
        kit_of(_InventsTenancies),
    ),
    "money without a tenancy is dropped": ("test_who_is_not_known_is_absent", kit_of(_DropsTheUnknown)),
    "it has no tables when empty": ("test_an_empty_portfolio_is_empty", kit_of(_NothingWhenEmpty)),
    "it fills a column that it does not record": (
        "test_it_gives_what_it_declares",
        kit_of(each("contacts", lambda _: {"debt_help": False}), without="contacts.debt_help"),
    ),
    "it lacks a table that it declares": ("test_it_gives_what_it_declares", kit_of(_HasNoPlans)),
    "it has places and does not say so": ("test_it_gives_what_it_declares", kit_of(_PlacesNameIds)),
    "ids are normalised": (
        "test_ids_survive",
        kit_of(spelt(lambda name: unicodedata.normalize("NFC", name))),
    ),
    "ids are stripped": ("test_ids_survive", kit_of(spelt(lambda name: name.strip() or name))),
    "no day is before 1970": (
        "test_days_at_the_edges_survive",
        kit_of(
            each("tenancies", lambda row: {"end": row["end"] and max(row["end"], dt.date(1970, 1, 1))})
        ),
    ),
    "it reads one page of entries": (
        "test_a_large_tenancy_is_read_whole",
        kit_of(table("entries", lambda rows: rows[:1000])),
    ),
    "its own error names a tenancy": ("test_errors_tell_nothing_of_a_person", kit_of(_QuotesIds)),
    "the cause of its error names a tenancy": (
        "test_errors_tell_nothing_of_a_person",
        kit_of(_ChainsTheCause),
    ),
    "invalid data is a KeyError": ("test_errors_tell_nothing_of_a_person", kit_of(_RaisesItsOwn)),
    "a missing source is a KeyError": (
        "test_a_source_that_cannot_be_read_is_an_error",
        kit_of(_FailsLoudly),
    ),
    "a missing source is an empty one": (
        "test_a_source_that_cannot_be_read_is_an_error",
        kit_of(_EmptyWhenGone),
    ),
    "the place of a row is whose it is": (
        "test_a_place_can_be_found",
        kit_of(_PlacesNameIds, places=True),
    ),
    "every objection is a standing one": (
        "test_a_history_is_followed",
        kit_of(each("objections", lambda _: {"standing": True}), examples=60),
    ),
    "a lease once read is not read again": ("test_a_history_is_followed", RemembersTenancies),
    "a contact by the tenant is an attempt": (
        "test_generated_tenancies_decide_the_same",
        kit_of(each("contacts", lambda _: {"direction": "out"}), examples=60),
    ),
}
