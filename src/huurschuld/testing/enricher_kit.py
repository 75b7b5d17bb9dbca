"""The kit for enrichers: subclass it to prove that one loses, invents and tells nothing.

Such a class is a few lines:

    class TestMyEnricher(EnricherTests):
        gives = ("objections",)

        def seed(self, rows): ...          # fill the store, not through the enricher
        def make_enricher(self): ...       # open the enricher on that store
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from huurschuld.hooks import ArrowStream
from huurschuld.model.tenancy import Tenancy
from huurschuld.portfolio.extras import polars
from huurschuld.testing import enricher_portfolios as portfolios
from huurschuld.testing.enricher_source import (
    EnricherSource,
    as_given,
    expect_arrives,
    expect_given,
    fill,
    given_columns,
    read_together,
    rows_given,
    seed,
)
from huurschuld.testing.kit import FEWEST_EXAMPLES, SourceRefuses, expect, expect_same, for_all
from huurschuld.testing.kit_errors import error_of, expect_not_quoted, overhearing
from huurschuld.testing.ledger_leases import lease, several, shuffled
from huurschuld.testing.ledger_portfolios import edges, one_row_each
from huurschuld.testing.ledger_values import one_value_each


class EnricherTests(EnricherSource):
    """What every enricher must do. See `docs/testing-a-plugin.md` for what each check promises."""

    def test_every_row_arrives(self) -> None:
        """Every row of every table arrives, the first and the last too, and no other."""
        for tenancies in (one_row_each(), one_row_each()[::-1]):
            expect_arrives(self, tenancies)

    def test_every_value_arrives(self) -> None:
        """Every value of every column arrives unchanged."""
        expect_arrives(self, one_value_each())
        expect_arrives(self, portfolios.of_each_word(self.capabilities))

    def test_cents_survive_exactly(self) -> None:
        """Amounts are exact to the cent, the lowest and the highest too."""
        expect_arrives(self, portfolios.of_amounts(self.capabilities))

    def test_equal_rows_stay_separate(self) -> None:
        """Two rows that differ in nothing, such as those of twins, both arrive."""
        expect_arrives(self, portfolios.twice_the_same())

    def test_ids_survive(self) -> None:
        """Ids that look alike stay different, and each row stays with its tenancy."""
        expect_arrives(self, portfolios.looking_alike(self.capabilities))

    def test_days_survive(self) -> None:
        """The first and the last day that it can hold, and 29 February, stay those days."""
        can = self.capabilities
        expect_arrives(self, portfolios.on_days(can, edges(can)))

    def test_it_gives_what_it_declares(self) -> None:
        """The tables and columns are those declared, each time; any other is absent, and so unknown."""
        for tenancies in (one_row_each(), [], [portfolios.of_everything("A1")]):
            fill(self, tenancies)
            given = _columns(self.make_enricher().parts())
            expect_same(given, given_columns(self), "tables and columns")

    def test_unknown_is_never_no(self) -> None:
        """What it does not know of a tenancy is left out: it is not made none, false or a day."""
        expect_arrives(self, portfolios.partly_known())

    def test_an_empty_source_is_empty(self) -> None:
        """A source with no rows gives all its tables, without rows."""
        seed(self, {name: [] for name in given_columns(self)})
        parts = self.make_enricher().parts()
        pl = polars("tables")
        rows = {name: pl.DataFrame(table).height for name, table in parts.items()}
        expect_same(rows, dict.fromkeys(given_columns(self), 0), "the number of rows")

    def test_reading_twice_gives_the_same(self) -> None:
        """The same question has the same answer, of one enricher and of one that is opened again."""
        expected = fill(self, one_value_each())
        enricher = self.make_enricher()
        for it in (enricher, enricher, None):
            expect_given(self, expected, it)

    def test_opened_again_it_gives_what_is_there_now(self) -> None:
        """What has changed in the source since is there; nothing of before is kept."""
        for tenancies in (one_row_each(), portfolios.twice_the_same()):
            expect_arrives(self, tenancies)

    def test_reading_changes_nothing(self) -> None:
        """Reading leaves the source, and the rows that were given to it, as they were."""
        expected = as_given(self, one_row_each())
        rows = rows_given(self, expected)
        given = deepcopy(rows)
        seed(self, rows)
        for _ in range(3):
            expect_given(self, expected)
        expect(rows == given, "the rows that were given to seed are changed")

    def test_the_order_of_rows_does_not_matter(self) -> None:
        """The source may have its rows in any order: those of one tenancy need not be together."""
        tenancies = [*one_value_each(), portfolios.of_everything("Z1", 1)]
        expected = as_given(self, tenancies)
        rows = rows_given(self, expected)
        for number in range(FEWEST_EXAMPLES):
            seed(self, shuffled(rows, random.Random(number)))  # noqa: S311 - no secret
            expect_given(self, expected)

    def test_a_large_source_is_read_whole(self) -> None:
        """As many tenancies as `many` says, and a hundred rows of one, arrive whole."""
        expect_arrives(self, portfolios.many(self.capabilities, self.many))

    def test_whom_the_ledger_does_not_have_is_passed_on(self) -> None:
        """Rows of a tenancy that the ledger does not have are given: huurschuld refuses them."""
        known, unknown = (self.capabilities.id_of(it) for it in (1, 2))
        for table in given_columns(self):
            both = as_given(self, [portfolios.of_everything(it) for it in (known, unknown)])
            own, of_both = rows_given(self, both[:1]), rows_given(self, both)
            seed(self, own | {table: of_both[table]})
            what = f"a row of {table} of a tenancy that the ledger does not have"
            error_of(what, lambda: list(read_together(self, both[:1])))  # noqa: B023 - called at once

    def test_wrong_values_are_refused(self) -> None:
        """A row with an invalid value is an error of huurschuld, not left out, and never quoted."""
        for what, rows in portfolios.wrong(self):
            try:
                self.seed(rows)
            except SourceRefuses:
                continue
            name = portfolios.id_of_canary(self.capabilities)
            ledger = as_given(self, [lease(name)])
            error = error_of(what, lambda: list(read_together(self, ledger)))  # noqa: B023 - as above
            expect_not_quoted(what, error, portfolios.shown(self.capabilities))

    def test_a_source_that_cannot_be_read_is_an_error(self) -> None:
        """A damaged or missing store is an error of huurschuld that quotes nothing; it is not empty."""
        name = portfolios.id_of_canary(self.capabilities)
        expected = fill(self, [portfolios.of_everything(name)])
        self.spoil()
        what = "a source that cannot be read"
        error = error_of(what, lambda: list(read_together(self, expected)))
        expect_not_quoted(what, error, portfolios.shown(self.capabilities))

    def test_it_tells_nothing_of_a_person(self) -> None:
        """Nothing that it gives is printed or logged, or stands in its `repr`."""
        fill(self, [portfolios.of_everything(portfolios.id_of_canary(self.capabilities))])
        with overhearing() as heard:
            enricher = self.make_enricher()
            enricher.parts()
            text = f"{heard()} {enricher!r} {enricher}"
        told = any(it in text for it in portfolios.shown(self.capabilities))
        expect(not told, "it logs, prints or shows an id or a value")

    def test_generated_parts_arrive(self) -> None:
        """Whatever it may record of any tenancies is known of them, and nothing else."""

        def promise(tenancies: list[Tenancy]) -> None:
            expect_arrives(self, tenancies)

        for_all(self, several(), promise)


def _columns(parts: Mapping[str, ArrowStream]) -> dict[str, list[str]]:
    pl: Any = polars("tables")
    return {name: sorted(pl.DataFrame(table).columns) for name, table in parts.items()}
