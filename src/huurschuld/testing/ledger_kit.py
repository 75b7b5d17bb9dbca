"""The kit for ledgers: subclass it to prove that an adapter loses, invents and betrays nothing.

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
from typing import Any, ClassVar

from hypothesis import strategies as st

from huurschuld.errors import Cell, HuurschuldError
from huurschuld.extras import polars
from huurschuld.hooks import ArrowStream, Ledger, LocatesRows
from huurschuld.model.tenancy import Tenancy
from huurschuld.testing import ledger_faults as faults
from huurschuld.testing import ledger_portfolios as portfolios
from huurschuld.testing.capabilities import LedgerCapabilities
from huurschuld.testing.holding import Rows, held, rows_of
from huurschuld.testing.kit import (
    FEWEST_EXAMPLES,
    Broken,
    Kit,
    check,
    expect,
    expect_same,
    for_all,
    needs,
)
from huurschuld.testing.ledger_model import follow_histories
from huurschuld.testing.ledger_reading import (
    expect_read_back,
    expect_tenancies,
    fill,
    read,
    refusal,
    refusal_of_reading,
    seed,
    told,
)
from huurschuld.testing.tenancies import AS_OF, days_around


class LedgerAdapterTests(Kit, opens=("capabilities", "make_adapter", "seed", "spoil")):
    """What every ledger must do. See `docs/testing-a-plugin.md` for what each check promises.

    Attributes:
        capabilities: what the ledger records and can hold.
    """

    capabilities: ClassVar[LedgerCapabilities] = LedgerCapabilities()

    def seed(self, rows: Rows) -> None:
        """Fill the store with exactly these rows, by another way than the adapter; what was there goes.

        Args:
            rows: lists of rows by table, with the columns that `capabilities` say are recorded; a value
                is None, a text, a whole number, a boolean or a `datetime.date`. They are not to be
                changed.

        Raises:
            SourceRefuses: the store cannot hold them, such as two rows with one key.
        """
        raise NotImplementedError("give seed: it fills the store, not by way of the adapter")

    def make_adapter(self) -> Ledger:
        """Open the adapter on the store, as a user would."""
        raise NotImplementedError("give make_adapter: it opens the adapter on the store")

    def spoil(self) -> None:
        """Make the store unreadable: cut a file off, stop the server. Give it if you can."""

    @check
    def test_cents_survive_exactly(self) -> None:
        """An amount is what it was, to the cent: alone, among the highest, and added up."""
        expect_read_back(self, portfolios.of_amounts(self.capabilities))

    @check
    def test_no_row_is_lost(self) -> None:
        """Every row of every table arrives, the first and the last, where each makes the difference."""
        for tenancies in (portfolios.one_row_each(), portfolios.one_row_each()[::-1]):
            expect_read_back(self, tenancies)

    @check
    def test_reading_twice_gives_the_same(self) -> None:
        """One adapter that is asked twice answers twice, and the tables it gave can be read again."""
        expected = fill(self, portfolios.busy())
        adapter = self.make_adapter()
        expect_tenancies(read(self, adapter), expected)
        expect_tenancies(read(self, adapter), expected)
        fill(self, portfolios.busy())
        kept = _Kept(self.make_adapter().tables())
        expect_tenancies(read(self, kept), expected)
        expect_tenancies(read(self, kept), expected)

    @check
    def test_reading_changes_nothing(self) -> None:
        """The source is after reading as it was before: whoever reads next finds it whole."""
        expected = held(portfolios.busy(), self.capabilities)
        rows = rows_of(expected, self.capabilities)
        given = deepcopy(rows)
        seed(self, rows)
        for _ in range(3):
            expect_tenancies(read(self), expected)
        expect(rows == given, "the rows that were given to seed are changed")

    @check
    def test_the_order_of_rows_does_not_matter(self) -> None:
        """A ledger is a set of bookings: the source may give its rows in any order."""
        expected = held(portfolios.busy(), self.capabilities)
        rows = rows_of(expected, self.capabilities)
        for number in range(FEWEST_EXAMPLES):
            seed(self, portfolios.shuffled(rows, random.Random(number)))  # noqa: S311 - no secret
            expect_tenancies(read(self), expected)

    @check
    def test_what_is_booked_later_is_not_seen(self) -> None:
        """The facts of a day are the same, whatever is booked after it."""

        def promise(drawn: tuple[list[Tenancy], dt.date]) -> None:
            tenancies, day = drawn
            whole = held(tenancies, self.capabilities)
            seed(self, rows_of([portfolios.known_on(it, day) for it in whole], self.capabilities))
            before = {name: told(it, [day]) for name, it in read(self).items()}
            seed(self, rows_of(whole, self.capabilities))
            after = {name: told(it, [day]) for name, it in read(self).items()}
            expect_same(after, before, f"what is told of {day}, with what was booked later")

        for tenancies in (portfolios.later(), portfolios.taken_back()):
            for ago in (-20, 0, 8, 15, 25, 45):
                promise((tenancies, portfolios.day(ago)))
        drawn = st.tuples(portfolios.several(2, of_ledgers=True), days_around(before=60))
        for_all(self, drawn, promise)

    @check
    def test_a_payment_taken_back_does_not_count(self) -> None:
        """A storno undoes its payment, once and whole, from the day that it is booked."""
        needs("reversal" in self.capabilities.kinds, "the ledger has no reversals")
        days = [portfolios.day(ago) for ago in (25, 15, 0, -15)]
        expect_read_back(self, portfolios.taken_back(), days)

    @check
    def test_a_designated_payment_stays_designated(self) -> None:
        """Money that names a claim goes to that claim, and to no other (BW 6:43)."""
        needs("entries.settles" not in self.capabilities.without, "payments name no claim")
        expect_read_back(self, portfolios.designated())

    @check
    def test_duplicates_are_refused(self) -> None:
        """A row that stands twice is neither counted twice nor dropped: it is an error."""
        for what, rows in faults.with_duplicates(self.capabilities):
            _refused(self, what, rows)

    @check
    def test_who_is_not_known_is_absent(self) -> None:
        """A tenancy that the source does not have is not there; never one without arrears."""
        both = fill(self, [portfolios.lease("A1"), portfolios.lease("A2", portfolios.term("r1", 40))])
        expect_tenancies(read(self), both)
        seed(self, rows_of(both[:1], self.capabilities))
        expect_tenancies(read(self), both[:1])
        for what, rows in faults.without_a_tenancy(self.capabilities):
            _refused(self, what, rows)

    @check
    def test_an_empty_portfolio_is_empty(self) -> None:
        """Without tenancies there are none, and every table is there nevertheless."""
        seed(self, rows_of([], self.capabilities))
        expect_same(len(read(self)), 0, "how many tenancies there are")
        given = _columns(self.make_adapter())
        expect_same(given, _declared(self.capabilities), "tables and columns, when empty")

    @check
    def test_it_gives_what_it_declares(self) -> None:
        """The tables and columns are those declared; what is not is absent, and so unknown."""
        fill(self, portfolios.busy())
        adapter = self.make_adapter()
        expect_same(_columns(adapter), _declared(self.capabilities), "tables and columns")
        places = isinstance(adapter, LocatesRows)
        expect_same(places, self.capabilities.places, "whether it has place")

    @check
    def test_ids_survive(self) -> None:
        """Ids that look alike stay apart, in any script; no sign of them is changed."""
        expect_read_back(self, portfolios.with_ids(self.capabilities))

    @check
    def test_days_at_the_edges_survive(self) -> None:
        """The first and the last day that it can hold, and 29 February, are the days they were."""
        can = self.capabilities
        expect_read_back(self, portfolios.at_the_edges(can), portfolios.edges(can))

    @check
    def test_a_large_tenancy_is_read_whole(self) -> None:
        """As many entries as one tenancy may have are read to the last."""
        expect_read_back(self, [portfolios.large(self.capabilities)], [AS_OF])

    @check
    def test_errors_tell_nothing_of_a_person(self) -> None:
        """What is wrong in the source is an error of huurschuld, with no id or value in it."""
        for what, rows in faults.wrong(self.capabilities):
            error = _refused(self, what, rows)
            if error is not None:
                _tells_nothing(self, what, error)

    @check
    def test_a_source_that_cannot_be_read_is_an_error(self) -> None:
        """A store that is damaged or gone is one error of huurschuld, with nothing of a person in it."""
        needs(type(self).spoil is not LedgerAdapterTests.spoil, "there is no way to spoil the source")
        tenancy, entry = faults.canaries(self.capabilities)
        cents = min(faults.CANARY_CENTS, self.capabilities.max_cents)
        expected = portfolios.lease(tenancy, portfolios.term(entry, 40, cents))
        seed(self, rows_of([expected], self.capabilities))
        self.spoil()
        _tells_nothing(self, "a source that cannot be read", refusal_of_reading(self))

    @check
    def test_a_place_can_be_found(self) -> None:
        """The place of a row says where to look, in the source, and nothing of who it is about."""
        needs(self.capabilities.places, "the ledger does not tell where a row came from")
        tenancy, entry = faults.canaries(self.capabilities)
        expected = [portfolios.lease(tenancy, portfolios.term(entry, 40), portfolios.term("r2", 9))]
        rows = rows_of(held(expected, self.capabilities), self.capabilities)
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

    @check
    def test_generated_tenancies_decide_the_same(self) -> None:
        """Of tenancies of any kind, facts and advice are the same before the adapter and after."""

        def promise(tenancies: list[Tenancy]) -> None:
            expect_read_back(self, tenancies)

        for_all(self, portfolios.several(), promise)

    @check
    def test_a_history_is_followed(self) -> None:
        """Day by day, what is booked is seen from then on, and what was told of a day stays so."""
        follow_histories(self)


class _Kept:
    """A ledger of tables that are at hand."""

    def __init__(self, tables: Any) -> None:  # noqa: ANN401 - tables of any library
        self._tables = dict(tables)

    def tables(self) -> dict[str, ArrowStream]:
        """The same tables, however often they are asked for."""
        return dict(self._tables)


def _declared(can: LedgerCapabilities) -> dict[str, list[str]]:
    return {table: sorted(can.columns(table)) for table in sorted(can.tables)}


def _columns(ledger: Ledger) -> dict[str, list[str]]:
    pl = polars("tables")
    tables = ledger.tables()
    return {name: sorted(pl.DataFrame(tables[name]).columns) for name in sorted(tables)}


def _refused(kit: LedgerAdapterTests, what: str, rows: Rows) -> HuurschuldError | None:
    try:
        return refusal(kit, rows)
    except Broken as broken:
        otherwise = f"{what}: {broken}"
    raise Broken(otherwise)


def _tells_nothing(kit: LedgerAdapterTests, what: str, error: HuurschuldError) -> None:
    text = "".join((*traceback.format_exception(error), repr(error), repr(error.args)))
    quoted = any(it in text for it in faults.shown(kit.capabilities))
    expect(not quoted, f"{what}: the {type(error).__name__} quotes an id or a value")
