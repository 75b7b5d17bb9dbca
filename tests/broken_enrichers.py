"""Enrichers that are broken on purpose, each in one way: `BROKEN` says how, and which check finds it.

To add one, add a line to `BROKEN`; `test_kits_broken.py` runs it.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable, Mapping
from copy import deepcopy
from struct import pack, unpack
from typing import Any, ClassVar

import polars as pl
from tables import frames

from huurschuld import InvalidValue
from huurschuld.hooks import ArrowStream, Enricher
from huurschuld.testing import EnricherTests, Rows

Row = dict[str, Any]
log = logging.getLogger("enrichers")
PARTS = ("contacts", "children", "plans", "disputes", "objections", "signals", "facts")
COLUMNS = ("deceased", "eviction_announced", "eviction_on", "children_known")
GIVES = (*(f"tenancies.{it}" for it in COLUMNS), *PARTS)


class Memory:
    """A right enricher of rows in memory."""

    def __init__(self, store: Rows) -> None:
        self.store = store

    def __repr__(self) -> str:
        return "<Memory>"

    def rows(self) -> Rows:
        """Its rows, by table."""
        return deepcopy(self.store)

    def parts(self) -> Mapping[str, ArrowStream]:
        if not self.store:
            raise InvalidValue("store", "it cannot be read")
        found = frames(self.rows())
        return {name: _declared(name, frame) for name, frame in found.items()}


def _declared(name: str, frame: pl.DataFrame) -> pl.DataFrame:
    """The columns that it declares: of `tenancies` not what is rented."""
    return frame.drop("start", "end", "object", strict=False) if name == "tenancies" else frame


class MemoryEnricherTests(EnricherTests):
    """The kit of an enricher in memory."""

    examples = 10
    gives = GIVES
    enricher: ClassVar[type[Memory]] = Memory

    def seed(self, rows: Rows) -> None:
        self.store: Rows = deepcopy(rows)

    def make_enricher(self) -> Enricher:
        return self.enricher(self.store)

    def spoil(self) -> None:
        self.store.clear()


def kit_of(enricher: type[Memory], **members: Any) -> type[EnricherTests]:
    """The kit of an enricher, with these attributes."""
    return type("Case", (MemoryEnricherTests,), {"enricher": enricher, **members})


def table(name: str, change: Callable[[list[Row]], list[Row]]) -> type[EnricherTests]:
    """The kit of an enricher that changes the rows of one table."""

    class Changed(Memory):
        def rows(self) -> Rows:
            rows = super().rows()
            return rows | {name: change(rows[name])}

    return kit_of(Changed)


def each(name: str, change: Callable[[Row], Row]) -> type[EnricherTests]:
    """The kit of an enricher that changes each row of one table."""
    return table(name, lambda rows: [row | change(row) for row in rows])


def distinct(rows: list[Row]) -> list[Row]:
    return list({repr(row): row for row in rows}.values())


def one_a_day(rows: list[Row]) -> list[Row]:
    return list({(row["tenancy"], row["date"]): row for row in rows}.values())


def page(rows: list[Row]) -> list[Row]:
    return rows[:500]


def of_a_known_shape(rows: list[Row]) -> list[Row]:
    """Keep the rows of the first tenancy in the table: as if any other were a stranger."""
    return [row for row in rows if row["tenancy"] == rows[0]["tenancy"]]


def together(rows: list[Row]) -> list[Row]:
    """Keep the rows of a tenancy as far as they follow on one another."""
    kept: list[Row] = []
    seen: set[str] = set()
    for row in rows:
        if row["tenancy"] not in seen or kept[-1]["tenancy"] == row["tenancy"]:
            kept.append(row)
        seen.add(row["tenancy"])
    return kept


def valid(rows: list[Row]) -> list[Row]:
    return [row for row in rows if row["date"] < dt.date(2200, 1, 1)]


def shifted(row: Row) -> Row:
    """An end that is a day late: as if it were not included."""
    return {"until": row["until"] and row["until"] + dt.timedelta(days=1)}


def a_day_early(row: Row) -> Row:
    return {"date": row["date"] - dt.timedelta(days=1)}


def on_paper(row: Row) -> Row:
    return {"channel": "letter"} if row["channel"] == "card" else {}


def leaps(row: Row) -> Row:
    return {"date": row["date"].replace(day=28) if f"{row['date']:%m-%d}" == "02-29" else row["date"]}


class _Extra(Memory):
    def parts(self) -> Mapping[str, ArrowStream]:
        return {**super().parts(), "rents": pl.DataFrame({"tenancy": ["A1"]})}


class _WithoutEmptyTables(Memory):
    def parts(self) -> Mapping[str, ArrowStream]:
        rows = self.store
        return {name: it for name, it in super().parts().items() if rows[name]}


class _GivesOneEmptyRow(Memory):
    def parts(self) -> Mapping[str, ArrowStream]:
        found = dict(super().parts())
        frame: Any = found["objections"]
        if frame.height:
            return found
        empty = {name: [None] for name in frame.columns}
        return found | {"objections": pl.DataFrame(empty, schema=frame.schema)}


class _OnlyOnce(Memory):
    def parts(self) -> Mapping[str, ArrowStream]:
        found = super().parts()
        self.store = {name: [] for name in self.store}
        return found


class _MarksAsRead(Memory):
    def __init__(self, store: Rows) -> None:
        super().__init__(deepcopy(store))
        self._source = store

    def parts(self) -> Mapping[str, ArrowStream]:
        self._source["objections"] = []
        return super().parts()


class _KeepsTheFirst(Memory):
    kept: ClassVar[Rows] = {}

    def __init__(self, store: Rows) -> None:
        type(self).kept = type(self).kept or deepcopy(store)
        super().__init__(type(self).kept)


class _TakesDamageForEmpty(Memory):
    def parts(self) -> Mapping[str, ArrowStream]:
        if not self.store:
            columns = frames({name: [] for name in ("tenancies", *PARTS)})
            return {name: _declared(name, frame) for name, frame in columns.items()}
        return super().parts()


class _Logs(Memory):
    def parts(self) -> Mapping[str, ArrowStream]:
        log.debug("read %s", self.store["children"])
        return super().parts()


class _Quotes(Memory):
    def parts(self) -> Mapping[str, ArrowStream]:
        for row in self.store.get("signals", ()):
            if row["cents"] < 0:
                raise InvalidValue("signals", f"the amount {row['cents']} is negative")
        return super().parts()


class _RaisesItsOwn(Memory):
    def parts(self) -> Mapping[str, ArrowStream]:
        if not self.store:
            raise OSError("it is gone")
        return super().parts()


BROKEN: Mapping[str, tuple[str, type[EnricherTests]]] = {
    "the last objection is lost": ("test_every_row_arrives", table("objections", lambda it: it[:-1])),
    "one contact a day is kept": ("test_equal_rows_stay_separate", table("contacts", one_a_day)),
    "whether a tenant was reached is lost": (
        "test_every_value_arrives",
        each("contacts", lambda _: {"reached": False}),
    ),
    "a plan ends a day late": ("test_every_value_arrives", each("plans", shifted)),
    "amounts are floats of 32 bits": (
        "test_cents_survive_exactly",
        each("signals", lambda row: {"cents": int(unpack("f", pack("f", row["cents"]))[0])}),
    ),
    "no amount is all of it": (
        "test_cents_survive_exactly",
        each("plans", lambda row: {"cents": row["cents"] or None}),
    ),
    "twins are one child": ("test_equal_rows_stay_separate", table("children", distinct)),
    "ids are in lower case": (
        "test_ids_survive",
        each("contacts", lambda row: {"tenancy": row["tenancy"].lower().strip()}),
    ),
    "29 February is the day before": ("test_days_survive", each("contacts", leaps)),
    "a table too many": ("test_it_gives_what_it_declares", kit_of(_Extra)),
    "an empty table is left out": ("test_it_gives_what_it_declares", kit_of(_WithoutEmptyTables)),
    "children not listed are none": (
        "test_unknown_is_never_no",
        each("tenancies", lambda _: {"children_known": "all"}),
    ),
    "an open dispute has ended": (
        "test_unknown_is_never_no",
        each("disputes", lambda row: {"until": row["until"] or row["from"]}),
    ),
    "no rows are one empty row": ("test_an_empty_source_is_empty", kit_of(_GivesOneEmptyRow)),
    "it is read only once": ("test_reading_twice_gives_the_same", kit_of(_OnlyOnce)),
    "rows are gone once they are read": ("test_reading_changes_nothing", kit_of(_MarksAsRead)),
    "what was read first is kept": (
        "test_opened_again_it_gives_what_is_there_now",
        kit_of(_KeepsTheFirst),
    ),
    "rows of a tenancy must be together": (
        "test_the_order_of_rows_does_not_matter",
        table("facts", together),
    ),
    "one page is read": ("test_a_large_source_is_read_whole", table("signals", page)),
    "strangers are dropped": (
        "test_whom_the_ledger_does_not_have_is_passed_on",
        table("contacts", of_a_known_shape),
    ),
    "wrong rows are dropped": ("test_wrong_values_are_refused", table("objections", valid)),
    "an error quotes the amount": ("test_wrong_values_are_refused", kit_of(_Quotes)),
    "a damaged source is an empty one": (
        "test_a_source_that_cannot_be_read_is_an_error",
        kit_of(_TakesDamageForEmpty),
    ),
    "a damaged source raises what it likes": (
        "test_a_source_that_cannot_be_read_is_an_error",
        kit_of(_RaisesItsOwn),
    ),
    "the children are logged": ("test_it_tells_nothing_of_a_person", kit_of(_Logs)),
    "contacts are a day early": ("test_generated_parts_arrive", each("contacts", a_day_early)),
    "a card is a letter": ("test_every_value_arrives", each("contacts", on_paper)),
}
