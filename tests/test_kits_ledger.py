"""Ledgers that are right pass the whole kit: one in memory, and the folder of tables in both formats."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from copy import deepcopy
from datetime import date
from pathlib import Path
from typing import Any

import attrs
import polars as pl
import pytest
from broken_adapters import MemoryLedgerTests, Telling
from broken_rows import BookingsTests
from hypothesis import given, settings, strategies as st
from tables import TYPES as COLUMN_TYPES, Given, write_csv, write_parquet

from huurschuld import InvalidValue, Tenancy, read_portfolio
from huurschuld.hooks import Ledger
from huurschuld.plugins.portfolio import open_folder
from huurschuld.portfolio.schema import REQUIRED_TABLES
from huurschuld.testing import LedgerAdapterTests, LedgerCapabilities, Rows, tenancies
from huurschuld.testing.capabilities import CONTACT_FLAGS
from huurschuld.testing.kit import Broken
from huurschuld.testing.ledger_outcomes import expect_many
from huurschuld.testing.ledger_portfolios import many
from huurschuld.testing.ledger_source import fill, read
from huurschuld.testing.recorded import as_recorded, rows_of


def schema_of(table: str, can: LedgerCapabilities) -> dict[str, Any]:
    """The columns of a table of such a source, with their types."""
    born = pl.String if can.partial_births else pl.Date
    types = {**COLUMN_TYPES, "born": born}
    return {it: types.get(it, pl.String) for it in can.columns(table)}


class TestMemory(MemoryLedgerTests):
    """A ledger in memory, which tells what changed, satisfies the whole kit."""

    adapter = Telling
    capabilities = LedgerCapabilities(page_size=100)


class TestBookings(BookingsTests):
    """A source in which a payment settles several claims satisfies the kit."""


class Narrow(LedgerAdapterTests):
    """A ledger in memory that gives no more than its capabilities say."""

    examples = 10

    def seed(self, rows: Rows) -> None:
        self.rows = deepcopy(rows)

    def make_adapter(self) -> Ledger:
        return Given({name: self.frame(name) for name in self.rows})

    def frame(self, name: str) -> pl.DataFrame:
        """One table, with its own columns and no others."""
        return pl.DataFrame(self.rows[name], schema=schema_of(name, self.capabilities))


class TestWithoutAnythingOptional(Narrow):
    """A source of leases, rents, rent terms and payments alone satisfies the kit."""

    capabilities = LedgerCapabilities(
        tables=("tenancies", "rents", "entries"),
        without=(
            "tenancies.end",
            "tenancies.deceased",
            "tenancies.eviction_announced",
            "tenancies.eviction_on",
            "tenancies.children_known",
            "entries.settles",
        ),
        kinds=("rent", "payment"),
        claims_booked=False,
        page_size=100,
    )


class TestWithNumbersForIds(Narrow):
    """A source whose ids are numbers, unique in it, and that ends at 50,000 euros, satisfies the kit."""

    capabilities = LedgerCapabilities(
        id_letters="0123456789",
        longest_id=9,
        shared_entry_ids=False,
        max_cents=5_000_000,
        max_entries=300,
        first_day=date(2000, 1, 1),
        last_day=date(2050, 12, 31),
        page_size=100,
    )


class TestWithoutSomeColumns(Narrow):
    """What a source does not record of contacts and objections is unknown, and the kit knows it."""

    capabilities = LedgerCapabilities(
        without=(
            "contacts.debt_help",
            "contacts.reached",
            "objections.standing",
            "plans.until",
            "plans.broken_on",
            "disputes.cents",
        ),
        children_known=("all", "no"),
        page_size=100,
    )


class TestOfHomesByTheMonth(Narrow):
    """A source of homes by the month, that takes back whole payments only, satisfies the kit."""

    capabilities = LedgerCapabilities(
        without=("contacts.returned", "facts.from", "facts.until", "plans.cents"),
        kinds=("rent", "other", "payment", "reversal"),
        objects="dwelling",
        periods="month",
        part_reversals=False,
        partial_births=False,
        page_size=100,
    )


class TestWithoutWhatIsLet(Narrow):
    """A source that says neither what is let nor how often rent is due satisfies the kit."""

    capabilities = LedgerCapabilities(
        tables=("tenancies", "rents", "entries", "contacts", "children", "plans"),
        without=("tenancies.object", "rents.per"),
        objects=("dwelling", "parking"),
        periods=("month", "week"),
        page_size=100,
    )


class TestWithoutChildrenKnown(Narrow):
    """A source that has children and does not say whether all are listed satisfies the kit."""

    capabilities = LedgerCapabilities(
        without="tenancies.children_known", kinds=("rent", "payment", "credit"), page_size=100
    )


class TestOfMonths(Narrow):
    """A source that knows of most days the month only satisfies the kit."""

    capabilities = LedgerCapabilities(
        month_starts=(
            *("tenancies.start", "tenancies.end", "rents.from", "entries.due", "contacts.date"),
            *("plans.from", "plans.until", "disputes.from", "facts.from", "facts.until"),
            *("tenancies.eviction_announced", "tenancies.eviction_on"),
        ),
        page_size=100,
    )


class TestOfLettersAlone(Narrow):
    """A source of what was written, and whether it came back, satisfies the kit."""

    capabilities = LedgerCapabilities(
        channels=("letter", "email"), directions="out", flags=("returned", "reminder"), page_size=100
    )


class TestWithoutKnowingAll(Narrow):
    """A source that never knows whether all children are listed satisfies the kit."""

    capabilities = LedgerCapabilities(children_known="some", shared_entry_ids=False, page_size=100)


CAPABILITIES = [
    it.capabilities
    for it in (
        Narrow,
        TestWithoutAnythingOptional,
        TestWithNumbersForIds,
        TestWithoutSomeColumns,
        TestOfHomesByTheMonth,
        TestWithoutWhatIsLet,
        TestWithoutChildrenKnown,
        TestWithoutKnowingAll,
        TestOfMonths,
        TestOfLettersAlone,
    )
]


@pytest.mark.parametrize(
    ("can", "table"),
    [
        pytest.param(can, table, id=f"{number}-{table}")
        for number, can in enumerate(CAPABILITIES)
        for table in sorted(can.tables)
        if table in REQUIRED_TABLES or table == "children" or can.records(table)
    ],
)
def test_a_row_missing_from_any_table_is_found(can: LedgerCapabilities, table: str) -> None:
    """Whatever a ledger records, a row that a page leaves out of any one table is found."""

    class Paged(Narrow):
        capabilities = attrs.evolve(can, page_size=20)

        def frame(self, name: str) -> pl.DataFrame:
            whole = super().frame(name)
            return whole.head(-1) if name == table else whole

    with pytest.raises(Broken):
        Paged().test_a_portfolio_of_many_pages_is_read_whole()


@pytest.mark.parametrize(
    ("given", "place"),
    [
        ({"tables": ("rents", "entries")}, "/tables"),
        ({"tables": "tenants"}, "/tables"),
        ({"without": "entries.cents"}, "/without"),
        ({"without": "contacts.fax"}, "/without"),
        ({"without": "tenancies.eviction_on"}, "/without"),
        ({"kinds": ("rent", "fine")}, "/kinds"),
        ({"kinds": "rent"}, "/kinds"),
        ({"objects": "parking"}, "/objects"),
        ({"objects": ("dwelling", "castle")}, "/objects"),
        ({"periods": "week"}, "/periods"),
        ({"periods": ("month", "day")}, "/periods"),
        ({"children_known": ()}, "/children_known"),
        ({"channels": ()}, "/channels"),
        ({"channels": "fax"}, "/channels"),
        ({"directions": "in"}, "/directions"),
        ({"flags": "direction"}, "/flags"),
        ({"month_starts": "entries.cents"}, "/month_starts"),
        ({"month_starts": "plans.until"}, "/month_starts"),
        ({"month_starts": "rents.from", "first_day": date(2000, 1, 2)}, "/first_day"),
        ({"page_size": 0}, "/page_size"),
        ({"page_size": 5_001}, "/page_size"),
        ({"split_payments": True, "without": "entries.settles"}, "/split_payments"),
        ({"id_letters": "0"}, "/id_letters"),
        ({"id_letters": "01", "longest_id": 4}, "/longest_id"),
    ],
)
def test_what_no_ledger_can_be_like_cannot_be_declared(given: dict[str, Any], place: str) -> None:
    """A capability that is misspelt or impossible is an error at its name."""
    with pytest.raises(InvalidValue) as caught:
        LedgerCapabilities(**given)
    assert caught.value.place == place


@given(st.sampled_from(("0123456789", "ab", "Xyz-")), st.integers(1, 10**6), st.integers(1, 10**6))
def test_ids_of_certain_signs_are_ids(letters: str, one: int, other: int) -> None:
    """Each number has its own id, of those signs, and the first of them never leads."""
    can = LedgerCapabilities(id_letters=letters, longest_id=30)
    assert (can.id_of(one) == can.id_of(other)) == (one == other)
    assert set(can.id_of(one)) <= set(letters)
    assert can.id_of(one)[0] != letters[0]


def with_texts(tenancy: Tenancy) -> object:
    """A tenancy, and what it states as a table has it: 5 is a text there."""
    stated = tenancy.facts and [
        (it.name, str(it.value).lower(), it.from_, it.until) for it in tenancy.facts
    ]
    return attrs.evolve(tenancy, facts=None), stated


@settings(max_examples=20)
@given(st.lists(tenancies(), min_size=1, max_size=4, unique_by=lambda it: it.id))
def test_what_is_held_goes_into_rows_and_comes_out(given_tenancies: list[Tenancy]) -> None:
    """The rows that a source is filled with hold just what is expected of it."""
    for can in CAPABILITIES:
        expected = as_recorded(given_tenancies, can)
        rows = rows_of(expected, can)
        given_frames = {
            name: pl.DataFrame(them, schema=schema_of(name, can)) for name, them in rows.items()
        }
        found = list(read_portfolio(Given(given_frames)))
        assert list(map(with_texts, found)) == list(map(with_texts, expected))


@settings(max_examples=20)
@given(st.lists(tenancies(), min_size=1, max_size=4, unique_by=lambda it: it.id))
def test_what_a_source_cannot_hold_is_not_put_into_it(given_tenancies: list[Tenancy]) -> None:
    """Days are firsts of a month where it has no others; contacts are only those that it has."""
    for can in (TestOfMonths.capabilities, TestOfLettersAlone.capabilities):
        rows = rows_of(as_recorded(given_tenancies, can), can)
        for place in can.month_starts:
            table, _, column = place.partition(".")
            assert {row[column].day for row in rows[table] if row[column] is not None} <= {1}
        for row in rows["contacts"]:
            assert row["channel"] in can.channels
            assert row["direction"] in can.directions
            unusual = {name for name, usual in CONTACT_FLAGS.items() if row[name] is not usual}
            assert unusual <= can.flags


class Folder(LedgerAdapterTests):
    """The folder of tables, in either format."""

    examples = 10
    capabilities = LedgerCapabilities(page_size=100)
    write: Any

    @pytest.fixture(autouse=True)
    def _folder(self) -> Iterator[None]:
        with tempfile.TemporaryDirectory() as folder:
            self.folder = Path(folder, "portfolio")
            yield

    def seed(self, rows: Rows) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)
        type(self).write(self.folder, rows)

    def make_adapter(self) -> Ledger:
        return open_folder(folder=str(self.folder))

    def spoil(self) -> None:
        for path in self.folder.iterdir():
            path.write_bytes(path.read_bytes()[:-9])

    @pytest.mark.slow
    def test_ten_thousand_tenancies_are_read_whole(self) -> None:
        """As the check does where no page is declared."""
        expected = fill(self, many(10_001))
        expect_many(read(self), expected)


class TestCsv(Folder):
    """The folder of CSV files satisfies the whole kit."""

    write = staticmethod(write_csv)


class TestParquet(Folder):
    """The folder of Parquet files satisfies the whole kit."""

    write = staticmethod(write_parquet)
