"""The kit for ledgers: subclass it to prove that an adapter loses, invents and leaks nothing.

Such a class is a few lines:

    class TestMyLedger(LedgerAdapterTests):
        capabilities = LedgerCapabilities(without={"contacts.debt_help"})

        def seed(self, rows): ...          # fill the store, not through the adapter
        def make_adapter(self): ...        # open the adapter on that store
"""

from __future__ import annotations

import datetime as dt
import random
import traceback
from copy import deepcopy
from typing import Any

from hypothesis import strategies as st

from huurschuld.errors import Cell, HuurschuldError
from huurschuld.hooks import ArrowStream, Ledger, LocatesRows, TellsChanges
from huurschuld.model.tenancy import Tenancy
from huurschuld.portfolio.extras import polars
from huurschuld.testing import (
    ledger_alike as alike,
    ledger_faults as faults,
    ledger_leases as leases,
    ledger_money as money,
    ledger_portfolios as portfolios,
    ledger_values as values,
)
from huurschuld.testing.capabilities import LedgerCapabilities
from huurschuld.testing.kit import FEWEST_EXAMPLES, expect, expect_same, for_all, needs, provided
from huurschuld.testing.ledger_histories import follow_histories
from huurschuld.testing.ledger_outcomes import expect_many, expect_tenancies, outcomes
from huurschuld.testing.ledger_source import (
    LedgerSource,
    expect_read_back,
    fill,
    read,
    refusal,
    refusal_of_reading,
    seed,
)
from huurschuld.testing.recorded import as_recorded, rows_of
from huurschuld.testing.tenancies import AS_OF, days_around


class LedgerAdapterTests(LedgerSource):
    """What every ledger must do. See `docs/testing-a-plugin.md` for what each check promises."""

    def test_cents_survive_exactly(self) -> None:
        """Amounts are exact to the cent: single ones, the highest, and sums."""
        expect_read_back(self, portfolios.of_amounts(self.capabilities))

    def test_no_row_is_lost(self) -> None:
        """Every row of every table arrives, the first and the last too; so it does of some alone."""
        for tenancies in (portfolios.one_row_each(), portfolios.one_row_each()[::-1]):
            expect_read_back(self, tenancies)
            _expect_parts(self, as_recorded(tenancies, self.capabilities))

    def test_no_value_is_lost(self) -> None:
        """Every column arrives: each is filled for a household for which it decides."""
        expect_read_back(self, values.one_value_each())

    def test_no_day_moves(self) -> None:
        """Whatever begins or ends on a day does so on that day, not on the day before or after it."""
        expect_read_back(self, values.one_day_each())

    def test_rows_that_look_alike_all_count(self) -> None:
        """Rows that differ in one thing, in nothing but their id, or in nothing at all: each counts."""
        expect_read_back(self, alike.alike())

    def test_a_portfolio_of_many_pages_is_read_whole(self) -> None:
        """Every table is read whole if it has more rows than a page, or just one page of them."""
        for number in portfolios.sizes(self.capabilities.page_size):
            expected = fill(self, portfolios.many(number))
            expect_many(read(self), expected)

    def test_reading_twice_gives_the_same(self) -> None:
        """The adapter can be read twice, and so can the tables that it returned."""
        expected = fill(self, portfolios.busy())
        adapter = self.make_adapter()
        expect_tenancies(read(self, adapter), expected)
        expect_tenancies(read(self, adapter), expected)
        fill(self, portfolios.busy())
        kept = _InMemory(self.make_adapter().tables())
        expect_tenancies(read(self, kept), expected)
        expect_tenancies(read(self, kept), expected)

    def test_reading_changes_nothing(self) -> None:
        """Reading leaves the source as it was."""
        expected = as_recorded(portfolios.busy(), self.capabilities)
        rows = rows_of(expected, self.capabilities)
        given = deepcopy(rows)
        seed(self, rows)
        for _ in range(3):
            expect_tenancies(read(self), expected)
        expect(rows == given, "the rows that were given to seed are changed")

    def test_the_order_of_rows_does_not_matter(self) -> None:
        """The source may return its rows in any order."""
        expected = as_recorded(portfolios.busy(), self.capabilities)
        rows = rows_of(expected, self.capabilities)
        for number in range(FEWEST_EXAMPLES):
            seed(self, leases.shuffled(rows, random.Random(number)))  # noqa: S311 - no secret
            expect_tenancies(read(self), expected)

    def test_what_is_booked_later_is_not_seen(self) -> None:
        """The facts of a day do not depend on what is booked after it."""

        def promise(drawn: tuple[list[Tenancy], dt.date]) -> None:
            tenancies, day = drawn
            whole = as_recorded(tenancies, self.capabilities)
            seed(self, rows_of([leases.known_on(it, day) for it in whole], self.capabilities))
            before = {name: outcomes(it, [day]) for name, it in read(self).items()}
            seed(self, rows_of(whole, self.capabilities))
            after = {name: outcomes(it, [day]) for name, it in read(self).items()}
            expect_same(after, before, f"the outcomes on {day}, with what was booked later")

        for tenancies in (portfolios.later(), money.taken_back()):
            for ago in (-20, 0, 8, 15, 25, 45):
                promise((tenancies, leases.day(ago)))
        drawn = st.tuples(leases.several(2, of_ledgers=True), days_around(before=60))
        for_all(self, drawn, promise)

    def test_a_payment_taken_back_does_not_count(self) -> None:
        """A reversal (storno) takes back what it says of its payment, from the day it is booked."""
        needs("reversal" in self.capabilities.kinds, "the ledger has no reversals")
        expect_read_back(self, money.taken_back())

    def test_a_designated_payment_stays_designated(self) -> None:
        """A payment that designates a claim pays that claim and no other (BW 6:43)."""
        needs("entries.settles" not in self.capabilities.without, "payments name no claim")
        expect_read_back(self, money.designated())

    def test_a_split_payment_counts_once(self) -> None:
        """A payment of several claims counts once, in parts, and a storno takes back all of them."""
        expected = as_recorded(money.split(), self.capabilities)
        rows = rows_of(expected, self.capabilities)
        if self.capabilities.split_payments:
            rows |= {"entries": money.as_bookings(rows["entries"])}
        seed(self, rows)
        expect_tenancies(read(self), expected)

    def test_duplicates_are_refused(self) -> None:
        """A duplicate row is an error: it is neither counted twice nor dropped."""
        for what, rows in faults.with_duplicates(self.capabilities):
            refusal(self, what, rows)

    def test_who_is_not_known_is_absent(self) -> None:
        """A tenancy that the source does not have is absent: it does not appear without arrears."""
        both = fill(self, [leases.lease("A1"), leases.lease("A2", leases.term("r1", 40))])
        expect_tenancies(read(self), both)
        seed(self, rows_of(both[:1], self.capabilities))
        expect_tenancies(read(self), both[:1])
        for what, rows in faults.without_a_tenancy(self.capabilities):
            refusal(self, what, rows)

    def test_an_empty_portfolio_is_empty(self) -> None:
        """An empty portfolio has no tenancies, and all its tables."""
        seed(self, rows_of([], self.capabilities))
        expect_same(len(read(self)), 0, "the number of tenancies")
        given = _columns(self.make_adapter())
        expect_same(given, _declared(self.capabilities), "tables and columns, when empty")

    def test_it_gives_what_it_declares(self) -> None:
        """The tables and columns are those declared; any other is absent, and so unknown."""
        fill(self, portfolios.busy())
        adapter = self.make_adapter()
        expect_same(_columns(adapter), _declared(self.capabilities), "tables and columns")
        places = isinstance(adapter, LocatesRows)
        expect_same(places, self.capabilities.places, "whether it has place")

    def test_ids_survive(self) -> None:
        """Ids that look alike stay different, in any script, and no character changes."""
        expect_read_back(self, portfolios.with_ids(self.capabilities))

    def test_days_at_the_edges_survive(self) -> None:
        """The first and the last day that it can hold, and 29 February, stay those days."""
        can = self.capabilities
        expect_read_back(self, portfolios.at_the_edges(can), portfolios.edges(can))

    def test_a_large_tenancy_is_read_whole(self) -> None:
        """A tenancy with as many entries as it may have is read whole."""
        expect_read_back(self, [portfolios.large(self.capabilities)], [AS_OF])

    def test_errors_tell_nothing_of_a_person(self) -> None:
        """Invalid data in the source is an error of huurschuld that quotes no id or value."""
        for what, rows in faults.wrong(self.capabilities):
            error = refusal(self, what, rows)
            if error is not None:
                _expect_nothing_quoted(self, what, error)

    def test_a_source_that_cannot_be_read_is_an_error(self) -> None:
        """A damaged or missing store is an error of huurschuld that quotes nothing about a person."""
        provided(type(self).spoil is not LedgerSource.spoil, "the kit provides no spoil")
        tenancy, entry = faults.canaries(self.capabilities)
        cents = min(faults.CANARY_CENTS, self.capabilities.max_cents)
        expected = leases.lease(tenancy, leases.term(entry, 40, cents))
        seed(self, rows_of([expected], self.capabilities))
        self.spoil()
        what = "a source that cannot be read"
        _expect_nothing_quoted(self, what, refusal_of_reading(self, what))

    def test_a_place_can_be_found(self) -> None:
        """The place of a row says where to look in the source, and nothing about whose it is."""
        needs(self.capabilities.places, "the ledger does not say where a row came from")
        tenancy, entry = faults.canaries(self.capabilities)
        expected = [leases.lease(tenancy, leases.term(entry, 40), leases.term("r2", 9))]
        rows = rows_of(as_recorded(expected, self.capabilities), self.capabilities)
        seed(self, rows)
        adapter: Any = self.make_adapter()
        read(self, adapter)
        for table, them in rows.items():
            columns = self.capabilities.columns(table)
            found = [adapter.place(table, row, columns[0]) for row in (None, *range(len(them)))]
            expect(all(isinstance(it, Cell) for it in found), f"a place in {table} is no Cell")
            expect(len({str(it) for it in found}) == len(found), f"two rows of {table} have one place")
            quoted = any(name in str(it) for it in found for name in (tenancy, entry) if len(name) > 3)
            expect(not quoted, f"a place in {table} names an id")

    def test_generated_tenancies_decide_the_same(self) -> None:
        """Facts and advice about any tenancy are the same before the adapter and after."""

        def promise(tenancies: list[Tenancy]) -> None:
            expect_read_back(self, tenancies)

        for_all(self, leases.several(), promise)

    def test_a_history_is_followed(self) -> None:
        """What is booked is seen from that day on, and the outcomes of past days do not change."""
        follow_histories(self)


class _InMemory:
    """A ledger of tables in memory."""

    def __init__(self, tables: Any) -> None:  # noqa: ANN401 - tables of any library
        self._tables = dict(tables)

    def tables(self) -> dict[str, ArrowStream]:
        """Return the same tables every time."""
        return dict(self._tables)


def _expect_parts(kit: LedgerSource, expected: list[Tenancy]) -> None:
    """Expect that a ledger that tells what changed gives some tenancies as it gives all of them."""
    adapter = kit.make_adapter()
    if not isinstance(adapter, TellsChanges):
        return
    position, _ = adapter.changed_since(None)
    expect(type(position) is str, "the position is no text")
    _, changed = adapter.changed_since(position)
    expect(not changed, "tenancies changed between two looks, and nothing was written")
    for some in ([], expected[:1], expected[1:], expected):
        part = _InMemory(adapter.tables_of([it.id for it in some]))
        expect_tenancies(read(kit, part), some)
        expect_same(_columns(part), _declared(kit.capabilities), "tables and columns, of some alone")


def _declared(can: LedgerCapabilities) -> dict[str, list[str]]:
    return {table: sorted(can.columns(table)) for table in sorted(can.tables)}


def _columns(ledger: Ledger) -> dict[str, list[str]]:
    pl = polars("tables")
    tables = ledger.tables()
    return {name: sorted(pl.DataFrame(tables[name]).columns) for name in sorted(tables)}


def _expect_nothing_quoted(kit: LedgerSource, what: str, error: HuurschuldError) -> None:
    text = "".join((*traceback.format_exception(error), repr(error), repr(error.args)))
    quoted = any(it in text for it in faults.shown(kit.capabilities))
    expect(not quoted, f"{what}: the {type(error).__name__} quotes an id or a value")
