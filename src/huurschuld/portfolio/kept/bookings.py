"""Entries booked since a state was kept: checked, and told apart by what they need."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, Final

from attrs import frozen

from huurschuld.model.refusals import REFERENCES, TOO_MANY_ENTRIES
from huurschuld.model.values import FIRST_DAY, MAXIMUM_CENTS, MAXIMUM_ENTRIES
from huurschuld.portfolio.columnar.intake import Intake, intake
from huurschuld.portfolio.columnar.screening import checks_of
from huurschuld.portfolio.extras import polars
from huurschuld.portfolio.kept.folding import CELLS, COLUMNS, PREFIX
from huurschuld.portfolio.kept.ledgers import in_polars, numbered
from huurschuld.portfolio.schema import by_row

if TYPE_CHECKING:
    from huurschuld.portfolio.kept.state import State

_DANGLING: Final = frozenset(it.refusal for it in REFERENCES.values())


@frozen(eq=False)
class Bookings:
    """New entries, all of them valid.

    Attributes:
        entries: a frame of `kept.folding.COLUMNS`, in the order given.
        touched: a frame of `k`, `tenancy` and `rows`: those that they are of, and how many entries each
            now has.
        anew: a frame of `k`: the tenancies of which they cannot be added to what is kept.
    """

    entries: Any
    touched: Any
    anew: Any


def read_bookings(state: State, given: object) -> Bookings:
    """Read and check new entries.

    Raises:
        InputError: as for `screen`; rows are counted from 2.
    """
    pl = polars("entries")
    frame = in_polars("entries", given).collect()
    typed = _taken(frame, []).typed["entries"].to_native().collect()
    touched = state.known.select("k", "tenancy", "rows").join(
        typed.select("tenancy").unique(), on="tenancy", how="semi"
    )
    recent = touched.join(state.rows, on="k", how="left", suffix="_now")
    touched = recent.select("k", "tenancy", rows=pl.coalesce("rows_now", "rows"))
    taken = _taken(frame, touched["tenancy"].to_list())
    for fault in checks_of(taken, {}).faults(most=1):
        if fault.check.refusal not in _DANGLING:  # what they refer to may be among the earlier ones
            raise fault.error(by_row)
    entries = numbered(taken.typed["entries"], touched, ordered=True).collect()
    return _Beside(state, entries, touched).bookings()


def _taken(entries: Any, tenancies: list[str]) -> Intake:  # noqa: ANN401 - a frame of polars
    """Entries as a portfolio of these tenancies, of which nothing else matters."""
    pl = polars("entries")
    ids = pl.Series(tenancies, dtype=pl.String)
    day, rent = pl.lit(FIRST_DAY), pl.lit(MAXIMUM_CENTS, pl.Int64)
    tables = {
        "tenancies": pl.select(id=ids).with_columns(start=day),
        "rents": pl.select(tenancy=ids).with_columns(day.alias("from"), cents=rent),
        "entries": entries,
    }
    return intake(tables, {}, {})


class _Beside:
    """New entries beside those that are there."""

    def __init__(self, state: State, entries: Any, touched: Any) -> None:
        self.pl: Any = polars("entries")
        pl = self.pl
        self.state, self.entries = state, entries
        counted = entries.group_by("k").agg(new=pl.len().cast(pl.Int64))
        self.touched = touched.join(counted, on="k", how="inner")
        self.folded_to: dt.date = state.folded_to
        self.kinds = entries.schema["kind"]
        self.there = state.entries_of(touched).collect()

    def bookings(self) -> Bookings:
        pl = self.pl
        folded = self._folded()
        references = pl.concat(
            [
                self.entries.select("k", id=it, kind=pl.lit(kind)).drop_nulls()
                for it, kind in (("reverses", "payment"), ("settles", "rent"))
            ]
        ).unique(["k", "id"], maintain_order=True)
        ids = pl.concat([self.entries.select("k", "id"), references.select("k", "id")]).unique()
        alike = self.there.join(ids, on=["k", "id"], how="semi")
        gone = (
            references.join(alike, on=["k", "id"], how="anti")
            .join(self.entries, on=["k", "id"], how="anti")
            .join(folded, on="k", how="semi")
        )
        if references.height or alike.height:
            self._check(alike, gone)
        self._check_number()
        named = pl.any_horizontal(
            *(pl.col(it).str.starts_with(PREFIX).fill_null(False) for it in ("id", "settles", "reverses"))
        )
        cannot = self.entries.filter((pl.col("booked") <= self.folded_to) | named)
        anew = pl.concat([cannot.select("k"), gone.select("k")]).unique()
        touched = self.touched.select("k", "tenancy", rows=pl.col("rows") + pl.col("new"))
        return Bookings(self.entries, touched, anew.join(folded, on="k", how="semi").sort("k"))

    def _folded(self) -> Any:  # noqa: ANN401 - a frame of polars
        """The tenancies of which some entry does not stand there as it came."""
        pl = self.pl
        as_they_came = self.there.filter(~pl.col("folded") & (pl.col("booked") > self.folded_to))
        counted = as_they_came.group_by("k").agg(there=pl.len().cast(pl.Int64))
        both = self.touched.join(counted, on="k", how="left")
        return both.filter(pl.col("rows") > pl.col("there").fill_null(0)).select("k")

    def _check(self, alike: Any, gone: Any) -> None:
        """Check ids and references against the entries that are there; what is folded may be anything."""
        pl = self.pl
        is_reversal = pl.col("kind") == "reversal"
        none = pl.lit(None, pl.String)
        before = [
            # What these refer to themselves has been checked, and need not be at hand.
            alike.with_columns(
                kind=pl.when(is_reversal).then(pl.lit("refund", self.kinds)).otherwise("kind"),
                cents=pl.when(is_reversal).then(MAXIMUM_CENTS).otherwise("cents"),
                settles=none,
                reverses=none,
            ).select(COLUMNS),
            gone.select(
                "k",
                "id",
                kind=pl.col("kind").cast(self.kinds),
                due=pl.when(pl.col("kind") == "rent").then(pl.lit(FIRST_DAY)),
                booked=pl.lit(FIRST_DAY),
                cents=pl.lit(MAXIMUM_CENTS, pl.Int64),
                settles=none,
                reverses=none,
                folded=pl.lit(False),
            ).select(COLUMNS),
        ]
        rows = pl.concat([*before, self.entries]).join(
            self.touched.select("k", "tenancy"), on="k", how="inner", maintain_order="left"
        )
        taken = _taken(rows.select("tenancy", *CELLS), self.touched["tenancy"].to_list())
        first = rows.height - self.entries.height
        for fault in checks_of(taken, {}).faults(most=1):
            raise fault.error(lambda table, row, column: by_row(table, (row or 0) - first, column))

    def _check_number(self) -> None:
        """Check that no tenancy has more entries than one may have."""
        pl = self.pl
        over = pl.col("rows") + pl.int_range(pl.len()).over("k") >= MAXIMUM_ENTRIES
        full = self.touched.filter(pl.col("rows") + pl.col("new") > MAXIMUM_ENTRIES)
        rows = (
            self.entries.select("k")
            .with_row_index("row")
            .join(full, on="k", how="inner", maintain_order="left")
            .filter(over)
        )
        if rows.height:
            raise TOO_MANY_ENTRIES.at(by_row("entries", rows["row"][0], "id"))
