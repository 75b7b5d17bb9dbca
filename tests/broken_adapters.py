"""Ledgers that are wrong on purpose, each in one way, to see that the kit finds it; and right ones.

They are run by `test_kits_broken.py`. Each says in `caught_by` which check is to find it, and in `also`
which others cannot but see it.
"""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Callable, Collection, Mapping
from copy import deepcopy
from itertools import groupby
from typing import Any, ClassVar

from tables import frames

from huurschuld import Cell, InvalidValue
from huurschuld.hooks import ArrowStream, Ledger
from huurschuld.testing import LedgerAdapterTests, LedgerCapabilities, Rows

Row = dict[str, Any]


class Memory:
    """A ledger of rows in memory, as it must be."""

    def __init__(self, store: Rows) -> None:
        self.store = store

    def rows(self) -> Rows:
        """What it gives, as rows."""
        return {name: list(rows) for name, rows in self.store.items()}

    def tables(self) -> Mapping[str, ArrowStream]:
        if not self.store:
            raise InvalidValue("store", "it cannot be read")
        return frames(self.rows())


GENERAL = ("test_generated_tenancies_decide_the_same", "test_a_history_is_followed")
"""Checks of everything at once, which may see whatever is wrong."""


class LedgerCase(LedgerAdapterTests):
    """What the cases share."""

    left_out: ClassVar[Mapping[str, str]] = dict.fromkeys(GENERAL, "it may or may not see what is wrong")

    examples = 10
    adapter: ClassVar[type[Memory]] = Memory
    caught_by: ClassVar[str] = ""
    also: ClassVar[Collection[str]] = ()

    def seed(self, rows: Rows) -> None:
        self.store: Rows = deepcopy(rows)

    def make_adapter(self) -> Ledger:
        return type(self).adapter(self.store)


class SpoilingCase(LedgerCase):
    """One whose store can be spoilt."""

    def spoil(self) -> None:
        self.store.clear()


class Right(SpoilingCase):
    """A ledger that is right."""

    left_out: ClassVar[Mapping[str, str]] = {}


def entries(change: Callable[[list[Row]], list[Row]]) -> type[Memory]:
    """A ledger that makes something else of the entries."""
    return table("entries", change)


def table(name: str, change: Callable[[list[Row]], list[Row]]) -> type[Memory]:
    """A ledger that makes something else of one table."""

    class Changed(Memory):
        def rows(self) -> Rows:
            rows = super().rows()
            return rows | {name: change(deepcopy(rows[name]))}

    return Changed


def each(change: Callable[[Row], Row]) -> Callable[[list[Row]], list[Row]]:
    """The rows, each changed."""
    return lambda rows: [change(row) for row in rows]


class FloatEuros(LedgerCase):
    """Amounts go through euros as floats, and come back a cent short."""

    adapter = entries(each(lambda row: row | {"cents": row["cents"] and int(row["cents"] / 100 * 100)}))
    caught_by = "test_cents_survive_exactly"


class LosesTheLastRow(LedgerCase):
    """The last row of a table is taken for a total."""

    adapter = table("plans", lambda rows: rows[:-1])
    caught_by = "test_no_row_is_lost"


class OnlyOnce(LedgerCase):
    """It is a cursor: asked again it has nothing left."""

    class _Ledger(Memory):
        def tables(self) -> Mapping[str, ArrowStream]:
            found = super().tables()
            self.store = {name: [] for name in self.store}
            return found

    adapter = _Ledger
    caught_by = "test_reading_twice_gives_the_same"


class MarksAsRead(LedgerCase):
    """What it has read it removes from the source."""

    class _Ledger(Memory):
        def __init__(self, store: Rows) -> None:
            super().__init__(deepcopy(store))
            self._source = store

        def tables(self) -> Mapping[str, ArrowStream]:
            self._source["entries"] = [it for it in self._source["entries"] if it["kind"] == "rent"]
            return super().tables()

    adapter = _Ledger
    caught_by = "test_reading_changes_nothing"


def in_one_pass(rows: list[Row]) -> list[Row]:
    """A reversal is known only after its payment."""
    seen: set[tuple[str, str]] = set()
    kept = []
    for row in rows:
        if row["kind"] == "reversal" and (row["tenancy"], row["reverses"]) not in seen:
            continue
        seen.add((row["tenancy"], row["id"]))
        kept.append(row)
    return kept


class NeedsAnOrder(LedgerCase):
    """It goes through the bookings once, and expects a payment before its storno."""

    adapter = entries(in_one_pass)
    caught_by = "test_the_order_of_rows_does_not_matter"
    also = ("test_errors_tell_nothing_of_a_person",)


def without_booking(row: Row) -> Row:
    return row | {"booked": None} if row["kind"] in ("rent", "other") else row


class SeesTheFuture(LedgerCase):
    """It forgets when a claim was booked, so that it is there before it is."""

    adapter = entries(each(without_booking))
    caught_by = "test_what_is_booked_later_is_not_seen"


def month(day: dt.date) -> tuple[int, int]:
    return day.year, day.month


def without_quick_stornos(rows: list[Row]) -> list[Row]:
    """Stornos of the month of their payment are taken for corrections, and dropped."""
    paid = {(it["tenancy"], it["id"]): it for it in rows if it["kind"] == "payment"}

    def is_quick(row: Row) -> bool:
        payment = paid.get((row["tenancy"], row["reverses"]))
        return payment is not None and month(payment["booked"]) == month(row["booked"])

    return [it for it in rows if not is_quick(it)]


class DropsStornos(LedgerCase):
    """A storno soon after its payment is dropped."""

    adapter = entries(without_quick_stornos)
    caught_by = "test_a_payment_taken_back_does_not_count"


class ForgetsDesignations(LedgerCase):
    """It drops what a payment is for."""

    adapter = entries(each(lambda row: row | {"settles": None}))
    caught_by = "test_a_designated_payment_stays_designated"


def distinct(rows: list[Row]) -> list[Row]:
    return [next(them) for _, them in groupby(sorted(rows, key=repr), key=repr)]


class DropsDuplicates(LedgerCase):
    """It says DISTINCT."""

    adapter = entries(distinct)
    caught_by = "test_duplicates_are_refused"
    also = ("test_errors_tell_nothing_of_a_person",)


def numbered(rows: list[Row]) -> list[Row]:
    """Entries of one id get a number."""
    seen: dict[tuple[str, str], int] = {}
    for row in rows:
        key = row["tenancy"], row["id"]
        seen[key] = seen.get(key, 0) + 1
        if seen[key] > 1:
            row["id"] += f"#{seen[key]}"
    return rows


class DoublesDuplicates(LedgerCase):
    """It makes two entries of one that stands twice."""

    adapter = entries(numbered)
    caught_by = "test_duplicates_are_refused"
    also = ("test_errors_tell_nothing_of_a_person",)


class SwallowsTheUnknown(LedgerCase):
    """Whoever has a contact has a tenancy: if need be an empty one."""

    class _Ledger(Memory):
        def rows(self) -> Rows:
            rows = super().rows()
            known = {it["id"] for it in rows["tenancies"]}
            since = dt.date(2020, 1, 1)
            for name in sorted({it["tenancy"] for it in rows["contacts"]} - known):
                rows["tenancies"].append({"id": name, "start": since, "children_known": "all"})
                rows["rents"].append({"tenancy": name, "from": since, "cents": 60_000})
            return rows

    adapter = _Ledger
    caught_by = "test_who_is_not_known_is_absent"


class DropsTheUnknown(LedgerCase):
    """It joins, so that money of a tenancy that is not there is gone."""

    class _Ledger(Memory):
        def rows(self) -> Rows:
            rows = super().rows()
            known = {it["id"] for it in rows["tenancies"]}
            return rows | {"entries": [it for it in rows["entries"] if it["tenancy"] in known]}

    adapter = _Ledger
    caught_by = "test_who_is_not_known_is_absent"


class NothingWhenEmpty(LedgerCase):
    """Without tenancies it has no tables at all."""

    class _Ledger(Memory):
        def tables(self) -> Mapping[str, ArrowStream]:
            return super().tables() if self.store["tenancies"] else {}

    adapter = _Ledger
    caught_by = "test_an_empty_portfolio_is_empty"


class GivesMoreThanItSays(LedgerCase):
    """It says that a column is not recorded, and fills it in."""

    capabilities = LedgerCapabilities(without={"contacts.reached"})
    caught_by = "test_it_gives_what_it_declares"
    also = ("test_an_empty_portfolio_is_empty",)


class ClaimsATableItHasNot(LedgerCase):
    """It says that it records plans, and does not."""

    class _Ledger(Memory):
        def tables(self) -> Mapping[str, ArrowStream]:
            return {name: it for name, it in super().tables().items() if name != "plans"}

    adapter = _Ledger
    caught_by = "test_it_gives_what_it_declares"
    also = (
        "test_cents_survive_exactly",
        "test_no_row_is_lost",
        "test_reading_twice_gives_the_same",
        "test_reading_changes_nothing",
        "test_the_order_of_rows_does_not_matter",
        "test_a_payment_taken_back_does_not_count",
        "test_a_designated_payment_stays_designated",
        "test_who_is_not_known_is_absent",
        "test_an_empty_portfolio_is_empty",
        "test_ids_survive",
        "test_days_at_the_edges_survive",
        "test_a_large_tenancy_is_read_whole",
    )


class FillsWhatIsNotRecorded(LedgerCase):
    """It does not know whether debt help was named, and says no."""

    capabilities = LedgerCapabilities(without={"contacts.debt_help"})

    class _Ledger(Memory):
        def rows(self) -> Rows:
            rows = super().rows()
            return rows | {"contacts": [it | {"debt_help": False} for it in rows["contacts"]]}

    adapter = _Ledger
    caught_by = "test_it_gives_what_it_declares"
    also = ClaimsATableItHasNot.also


def spelt(change: Callable[[str], str]) -> type[Memory]:
    """A ledger that spells ids in its own way."""

    class Spelt(Memory):
        def rows(self) -> Rows:
            return {
                name: [
                    row | {it: change(row[it]) for it in ("id", "tenancy", "settles") if row.get(it)}
                    for row in rows
                ]
                for name, rows in super().rows().items()
            }

    return Spelt


class NormalisesUnicode(LedgerCase):
    """It writes ids in the composed form of Unicode."""

    adapter = spelt(lambda name: unicodedata.normalize("NFC", name))
    caught_by = "test_ids_survive"


class StripsBlanks(LedgerCase):
    """It takes blanks around an id for padding."""

    adapter = spelt(lambda name: name.strip() or name)
    caught_by = "test_ids_survive"


class NothingBefore1970(LedgerCase):
    """Its days begin with those of Unix."""

    adapter = table(
        "tenancies", each(lambda row: row | {"end": row["end"] and max(row["end"], dt.date(1970, 1, 1))})
    )
    caught_by = "test_days_at_the_edges_survive"


class ReadsAThousand(LedgerCase):
    """It reads one page of entries."""

    adapter = entries(lambda rows: rows[:1000])
    caught_by = "test_a_large_tenancy_is_read_whole"


class QuotesIds(LedgerCase):
    """Its own check of what is taken back names the booking."""

    class _Ledger(Memory):
        def rows(self) -> Rows:
            rows = super().rows()
            names = {it["id"] for it in rows["entries"]}
            for it in rows["entries"]:
                if it.get("reverses") and it["reverses"] not in names:
                    raise InvalidValue("entries", f"{it['tenancy']} has no such payment")
            return rows

    adapter = _Ledger
    caught_by = "test_errors_tell_nothing_of_a_person"


class ChainsTheCause(LedgerCase):
    """Its error is clean; the one behind it, which is printed as well, is not."""

    class _Ledger(Memory):
        def rows(self) -> Rows:
            rows = super().rows()
            paid = {it["id"]: it for it in rows["entries"]}
            try:
                [paid[it["reverses"]] for it in rows["entries"] if it.get("reverses")]
            except KeyError as error:
                raise InvalidValue("entries", "a payment is not there") from ValueError(
                    str([it["tenancy"] for it in rows["entries"]]), error
                )
            return rows

    adapter = _Ledger
    caught_by = "test_errors_tell_nothing_of_a_person"


class RaisesItsOwn(LedgerCase):
    """What is wrong in the source is a KeyError."""

    class _Ledger(Memory):
        def rows(self) -> Rows:
            rows = super().rows()
            paid = {it["id"]: it for it in rows["entries"]}
            [paid[it["reverses"]] for it in rows["entries"] if it.get("reverses")]
            return rows

    adapter = _Ledger
    caught_by = "test_errors_tell_nothing_of_a_person"


class BreaksLoudly(SpoilingCase):
    """A source that is gone is a RuntimeError that shows what was last read."""

    class _Ledger(Memory):
        def tables(self) -> Mapping[str, ArrowStream]:
            if not self.store:
                raise RuntimeError("the connection to kanarie was lost")
            return super().tables()

    adapter = _Ledger
    caught_by = "test_a_source_that_cannot_be_read_is_an_error"


class EmptyWhenBroken(SpoilingCase):
    """A source that is gone is taken for one without tenancies."""

    class _Ledger(Memory):
        def tables(self) -> Mapping[str, ArrowStream]:
            rows = self.store or {"tenancies": [], "rents": [], "entries": []}
            return frames(rows)

    adapter = _Ledger
    caught_by = "test_a_source_that_cannot_be_read_is_an_error"


def placing(of: Callable[[Rows, str, int | None], str]) -> type[Memory]:
    """A ledger that says where a row is, in a file of a name that is made of it."""

    class Placed(Memory):
        def place(self, table: str, row: int | None, column: str) -> Cell:
            return Cell(of(self.store, table, row), 1 if row is None else row + 2, column)

    return Placed


class RightPlaces(LedgerCase):
    """A ledger that tells places as it must."""

    capabilities = LedgerCapabilities(places=True)
    adapter = placing(lambda _, table, __: f"{table}.csv")


class PlacesNameIds(LedgerCase):
    """The place of a row is whose it is."""

    capabilities = LedgerCapabilities(places=True)
    adapter = placing(
        lambda store, table, row: (
            table if row is None else str(store[table][row].get("tenancy") or store[table][row]["id"])
        )
    )
    caught_by = "test_a_place_can_be_found"
    also = ("test_errors_tell_nothing_of_a_person",)


class EveryObjectionStands(LedgerCase):
    """It takes every objection for a standing one."""

    left_out: ClassVar[Mapping[str, str]] = {GENERAL[0]: LedgerCase.left_out[GENERAL[0]]}

    adapter = table("objections", each(lambda row: row | {"standing": True}))
    caught_by = "test_a_history_is_followed"


class EveryContactIsOurs(LedgerCase):
    """It takes what a tenant says for an attempt of the landlord."""

    left_out: ClassVar[Mapping[str, str]] = {GENERAL[1]: LedgerCase.left_out[GENERAL[1]]}

    adapter = table("contacts", each(lambda row: row | {"direction": "out"}))
    caught_by = "test_generated_tenancies_decide_the_same"


class RemembersTenancies(LedgerCase):
    """What it once read of a lease it does not read again."""

    left_out: ClassVar[Mapping[str, str]] = {GENERAL[0]: LedgerCase.left_out[GENERAL[0]]}

    def seed(self, rows: Rows) -> None:
        self.remembered: dict[str, Row] = getattr(self, "remembered", {})
        super().seed(rows)

    def make_adapter(self) -> Ledger:
        remembered = self.remembered

        def once(row: Row) -> Row:
            return remembered.setdefault(row["id"], row)

        return table("tenancies", each(once))(self.store)

    caught_by = "test_a_history_is_followed"
    also = ("test_errors_tell_nothing_of_a_person",)
