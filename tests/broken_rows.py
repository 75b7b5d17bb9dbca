"""Ledgers that merge rows, move days, or miscount payments and pages: `BROKEN` says how each is found.

To add one, add a line to `BROKEN`; `test_kits_broken.py` runs it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from copy import deepcopy

from broken_adapters import Memory, MemoryLedgerTests, Row, each, kit_of, table

from huurschuld.model.values import Day
from huurschuld.portfolio.schema import COLUMNS, TABLES
from huurschuld.testing import LedgerAdapterTests, LedgerCapabilities, Rows

ALIKE = "test_rows_that_look_alike_all_count"
DAYS = "test_no_day_moves"
SPLIT = "test_a_split_payment_counts_once"
PAGES = "test_a_portfolio_of_many_pages_is_read_whole"


# --- rows that are taken for one ------------------------------------------------------------------


def merged(
    name: str, columns: Iterable[str], only: str | None = None, *, last: bool = False
) -> type[Memory]:
    """A ledger that keeps one row of those that are equal in these columns."""
    columns = ("tenancy", *columns)

    def change(rows: list[Row]) -> list[Row]:
        kept: list[Row] = []
        seen = set[tuple[str, ...]]()
        for row in reversed(rows) if last else rows:
            key = tuple(str(row.get(it)) for it in columns)
            if only is None or row["kind"] == only:
                if key in seen:
                    continue
                seen.add(key)
            kept.append(row)
        return kept

    return table(name, change)


def distinct(name: str) -> type[Memory]:
    """A ledger that drops rows that are equal in everything but their id."""
    return merged(name, [it for it in COLUMNS[name] if it != "id"])


def _positive_corrections(rows: list[Row]) -> list[Row]:
    """Drop each term that is not the first of its due day: it is a correction."""
    seen = set[tuple[str, dt.date]]()
    kept = []
    for row in rows:
        key = row["tenancy"], row["due"]
        if row["kind"] == "rent" and key in seen:
            continue
        seen.add(key)
        kept.append(row)
    return kept


# --- days that move -------------------------------------------------------------------------------

DAY_COLUMNS = [
    f"{name}.{column}"
    for name, columns in COLUMNS.items()
    for column, described in columns.items()
    if isinstance(described.kind, Day)
]


def moved(name: str, days: int) -> type[Memory]:
    """A ledger in which the days of a column, such as `plans.until`, are days later."""
    of, _, column = name.partition(".")

    def later(row: Row) -> Row:
        was = row.get(column)
        return {} if was is None else {column: was + dt.timedelta(days=days)}

    return each(of, later)


def _of_weekly_rents(name: str, column: str) -> type[Memory]:
    """A ledger in which a week begins on the day on which it ends."""

    class Shifted(Memory):
        def rows(self) -> Rows:
            rows = super().rows()
            weekly = {it["tenancy"] for it in rows["rents"] if it["per"] == "week"}
            for row in rows[name]:
                if row["tenancy"] in weekly and row[column] is not None:
                    row[column] += dt.timedelta(days=6)
            return rows

    return Shifted


# --- payments of several claims -------------------------------------------------------------------


class Bookings(Memory):
    """A right ledger of a source in which a payment settles several claims, and a storno names it."""

    def rows(self) -> Rows:
        rows = super().rows()
        payments, stornos = rows.pop("payments"), rows.pop("stornos")
        for payment in payments:
            rows["entries"] += self.parts(payment)
        by_name = {(it["tenancy"], it["id"]): it for it in payments}
        for storno in stornos:
            parts = self.parts(by_name[storno["tenancy"], storno["payment"]])
            rows["entries"] += self.taken_back(storno, parts)
        return rows

    def parts(self, payment: Row) -> list[Row]:
        """The parts of a payment, one for each claim that it settles, and the rest."""
        rest = payment["cents"] - sum(cents for _, cents in payment["matches"])
        matches = [*payment["matches"], *([(None, rest)] if rest else [])]
        return [
            {
                **{it: payment[it] for it in ("tenancy", "booked")},
                "id": f"{payment['id']}/{number}",
                "kind": "payment",
                "settles": claim,
                "cents": cents,
            }
            for number, (claim, cents) in enumerate(matches)
        ]

    def taken_back(self, storno: Row, parts: list[Row]) -> list[Row]:
        """What takes back these parts of a payment."""
        return [
            {
                **{it: storno[it] for it in ("tenancy", "booked")},
                "id": f"{storno['id']}/{number}",
                "kind": "reversal",
                "reverses": part["id"],
            }
            for number, part in enumerate(parts)
        ]


class BookingsTests(MemoryLedgerTests):
    """The kit of such a source."""

    capabilities = LedgerCapabilities(split_payments=True, page_size=100)
    adapter = Bookings

    def seed(self, rows: Rows) -> None:
        store: Rows = {**deepcopy(rows), "payments": [], "stornos": [], "entries": []}
        payments: dict[tuple[str, str], Row] = {}
        parts: dict[tuple[str, str], str] = {}
        stornos: dict[tuple[str, str], Row] = {}
        for row in rows["entries"]:
            part_of, tenancy = row.get("part_of"), row["tenancy"]
            if part_of is None:
                store["entries"].append(dict(row))
            elif row["kind"] == "payment":
                new = {**row, "id": part_of, "cents": 0, "matches": []}
                payment = payments.setdefault((tenancy, part_of), new)
                payment["cents"] += row["cents"]
                parts[tenancy, row["id"]] = part_of
                if row["settles"] is not None:
                    payment["matches"].append((row["settles"], row["cents"]))
        for row in rows["entries"]:
            part_of, tenancy = row.get("part_of"), row["tenancy"]
            if part_of is not None and row["kind"] == "reversal":
                payment_id = parts[tenancy, row["reverses"]]
                stornos[tenancy, part_of] = {**row, "id": part_of, "payment": payment_id}
        store["payments"], store["stornos"] = [*payments.values()], [*stornos.values()]
        self.store = store


class _CountsTwice(Bookings):
    def parts(self, payment: Row) -> list[Row]:
        return [it | {"cents": payment["cents"]} for it in super().parts(payment)]


class _UndoesTheFirstPart(Bookings):
    def taken_back(self, storno: Row, parts: list[Row]) -> list[Row]:
        return super().taken_back(storno, parts)[:1]


class _DropsTheRest(Bookings):
    def parts(self, payment: Row) -> list[Row]:
        return [it for it in super().parts(payment) if it["settles"] is not None]


class _CountsADayTwice(Memory):
    """It adds up what is received on a day for several claims, and gives each of them the sum."""

    def rows(self) -> Rows:
        rows = super().rows()
        days: dict[tuple[str, dt.date], list[Row]] = {}
        for row in rows["entries"]:
            if row["kind"] == "payment" and row["settles"] is not None:
                days.setdefault((row["tenancy"], row["booked"]), []).append(row)
        for them in days.values():
            if len({it["settles"] for it in them}) > 1:
                together = sum(it["cents"] for it in them)
                for row in them:
                    row["cents"] = together
        return rows


def _of_bookings(adapter: type[Bookings]) -> type[LedgerAdapterTests]:
    return type("Case", (BookingsTests,), {"adapter": adapter})


# --- pages ----------------------------------------------------------------------------------------


def paged(name: str, page: Callable[[list[Row]], list[Row]]) -> type[LedgerAdapterTests]:
    """The kit of a ledger that declares pages of 100 rows, and reads a table by them."""
    return kit_of(table(name, page), page_size=100)


def _only_full_pages(rows: list[Row]) -> list[Row]:
    return rows[: len(rows) // 100 * 100] if len(rows) > 100 else rows


def _until_a_page_is_full(rows: list[Row]) -> list[Row]:
    return rows if len(rows) % 100 else []


BROKEN: Mapping[str, tuple[str, type[LedgerAdapterTests]]] = {
    "one contact per day is kept": (ALIKE, kit_of(merged("contacts", ["date"]))),
    "the last contact of a day is kept": (ALIKE, kit_of(merged("contacts", ["date"], last=True))),
    "contacts are distinct": (ALIKE, kit_of(distinct("contacts"))),
    "equal payments of one day are merged": (
        ALIKE,
        kit_of(merged("entries", ["booked", "cents"], "payment")),
    ),
    "a positive correction is dropped": (ALIKE, kit_of(table("entries", _positive_corrections))),
    **{
        f"{name} are distinct": (ALIKE, kit_of(distinct(name)))
        for name in ("entries", "children", "plans", "disputes")
    },
    "a storno of one day undoes one payment": (
        ALIKE,
        kit_of(merged("entries", ["booked"], "reversal")),
    ),
    "a week begins when it ends": (DAYS, kit_of(_of_weekly_rents("rents", "from"))),
    "a term of a week is due when the week ends": (DAYS, kit_of(_of_weekly_rents("entries", "due"))),
    **{
        f"{name} is {'a day late' if days > 0 else 'a day early'}": (DAYS, kit_of(moved(name, days)))
        for name in DAY_COLUMNS
        if name != "tenancies.start"  # it decides nothing
        for days in (1, -1)
    },
    "a payment of two claims counts twice": (SPLIT, _of_bookings(_CountsTwice)),
    "a storno undoes the first part": (SPLIT, _of_bookings(_UndoesTheFirstPart)),
    "what is left of a payment is dropped": (SPLIT, _of_bookings(_DropsTheRest)),
    "the payments of a day count for each claim": (SPLIT, kit_of(_CountsADayTwice)),
    "it stops at 10,000 rows": (PAGES, kit_of(table("entries", lambda rows: rows[:10_000]))),
    **{f"it reads one page of {name}": (PAGES, paged(name, lambda rows: rows[:100])) for name in TABLES},
    **{
        f"it never reads the last of {name}": (PAGES, paged(name, lambda rows: rows[:-1]))
        for name in TABLES
    },
    "it reads two pages": (PAGES, paged("tenancies", lambda rows: rows[:200])),
    "it leaves out a page that is not full": (PAGES, paged("plans", _only_full_pages)),
    "it takes a full page for the one before the last": (PAGES, paged("rents", _until_a_page_is_full)),
    "it skips the first row of a page": (
        PAGES,
        paged("entries", lambda rows: [it for n, it in enumerate(rows) if n % 100 or not n]),
    ),
}
"""By what is wrong, the check that finds it, and the kit."""

SLOW = {"it stops at 10,000 rows"}
