"""Entries booked since a state was kept: checked, and told apart by what they need."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from attrs import frozen

from huurschuld.errors import Cell
from huurschuld.model.refusals import REFERENCES, TOO_MANY_ENTRIES
from huurschuld.model.values import FIRST_DAY, MAXIMUM_CENTS, MAXIMUM_ENTRIES
from huurschuld.portfolio.columnar.entry_sums import REFUSED
from huurschuld.portfolio.columnar.intake import Intake, intake
from huurschuld.portfolio.columnar.row_checks import is_refused
from huurschuld.portfolio.columnar.screening import checks_of
from huurschuld.portfolio.extras import polars
from huurschuld.portfolio.kept.folding import CELLS, COLUMNS, PREFIX, PolarsFrame
from huurschuld.portfolio.kept.ledgers import as_kept, in_polars
from huurschuld.portfolio.schema import by_row

if TYPE_CHECKING:
    from huurschuld.portfolio.kept.state import KeptState

_FEW: Final = 10_000
"""The entries of so many tenancies are looked for where they are, and not among all."""

_KEY: Final = ("k", "id")
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


def read_bookings(state: KeptState, given: object) -> Bookings:
    """Read and check new entries.

    Raises:
        InputError: as for `screen`; rows are counted from 2.
    """
    pl = polars("entries")
    frame = in_polars("entries", given).collect()
    taken = _taken(frame, [])
    refused = is_refused("entries", taken, {}).alias(REFUSED)
    typed = taken.typed["entries"].with_columns(refused).to_native().collect()
    known = state.known.select("k", "tenancy")
    numbers = typed.select("tenancy").join(known, on="tenancy", how="left", maintain_order="left")
    typed = typed.with_columns(numbers["k"])
    twice = typed.height - typed.select(_hashed()).to_series().n_unique()
    if typed["k"].null_count() or typed[REFUSED].sum() or twice:
        _refuse(frame, known.join(typed, on="k", how="semi")["tenancy"].to_list())
    counted = typed.lazy().group_by("k").agg(new=pl.len().cast(pl.Int64)).sort("k")
    counted = counted.collect(engine="streaming")
    touched = state.rows_of(state.known[counted["k"]]).with_columns(counted["new"])
    return _Beside(state, as_kept(typed), touched).bookings()


def _refuse(entries: PolarsFrame, tenancies: list[str]) -> None:
    """Raise the error for what is wrong with new entries by themselves; `tenancies` are those known."""
    for fault in checks_of(_taken(entries, tenancies), {}).faults(most=1):
        if fault.check.refusal not in _DANGLING:  # what they refer to may be among the earlier ones
            raise fault.error(by_row)


def _hashed() -> Any:  # noqa: ANN401 - an expression of polars
    """A number for each tenancy and id; two that differ hardly ever have the same."""
    pl = polars("entries")
    return pl.col("id").hash() ^ pl.col("k").cast(pl.UInt64).hash()


def _taken(entries: PolarsFrame, tenancies: list[str]) -> Intake:
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

    def __init__(self, state: KeptState, entries: PolarsFrame, touched: PolarsFrame) -> None:
        self.pl: Any = polars("entries")
        self.state, self.kinds = state, entries.schema["kind"]
        self.entries = entries.with_row_index("row")
        self.touched = touched

    def bookings(self) -> Bookings:
        pl = self.pl
        self._check_number()
        names = pl.col("settles").is_not_null() | pl.col("reverses").is_not_null()
        naming = self.entries.filter(names)
        references = pl.concat(
            [
                naming.select("k", id=it, kind=pl.lit(kind)).drop_nulls()
                for it, kind in (("reverses", "payment"), ("settles", "rent"))
            ]
        ).unique(_KEY, maintain_order=True)
        alike = self._alike(pl.concat([self.entries.select(_KEY), references.select(_KEY)]))
        named = self.entries.join(references, on=_KEY, how="semi") if references.height else naming
        gone = references.join(alike, on=_KEY, how="anti").join(named, on=_KEY, how="anti")
        is_own = pl.any_horizontal(
            *(
                pl.col(it).str.starts_with(PREFIX).fill_null(False)
                for it in ("id", "settles", "reverses")
            )
        )
        cannot = self.entries.filter((pl.col("booked") <= self.state.folded_to) | is_own)
        folded = self._folded(pl.concat([cannot.select("k"), gone.select("k")]).unique())
        missing, gone = gone.height, gone.join(folded, on="k", how="semi")
        again = self.entries.join(alike, on=_KEY, how="semi") if alike.height else self.entries.clear()
        there = pl.concat([alike, named.select(COLUMNS)])
        if missing or again.height or not self._refer_well(naming, there):
            beside = pl.concat([naming, named, again])
            self._check(alike, gone, beside.unique("row").sort("row"))
        touched = self.touched.select("k", "tenancy", rows=pl.col("rows") + pl.col("new"))
        return Bookings(self.entries.select(COLUMNS), touched, folded.sort("k"))

    def _alike(self, keys: PolarsFrame) -> PolarsFrame:
        """The entries as they came that have these ids: by hashes first, which takes far less."""
        pl = self.pl
        touched = self.touched if self.touched.height <= _FEW else None
        hashes = keys.select(_hashed()).to_series().implode()
        entries = self.state.entries_of(touched)
        perhaps = entries.filter(_hashed().is_in(hashes) & ~pl.col("folded")).collect()
        return perhaps.join(keys, on=_KEY, how="semi") if perhaps.height else perhaps

    def _folded(self, keys: PolarsFrame) -> PolarsFrame:
        """Those of some tenancies of which some entry does not stand there as it came."""
        pl = self.pl
        as_they_came = self.state.entries_of(keys).filter(
            ~pl.col("folded") & (pl.col("booked") > self.state.folded_to)
        )
        counted = as_they_came.group_by("k").agg(there=pl.len().cast(pl.Int64)).collect()
        both = self.touched.join(keys, on="k", how="semi").join(counted, on="k", how="left")
        return both.filter(pl.col("rows") > pl.col("there").fill_null(0)).select("k")

    def _refer_well(self, naming: PolarsFrame, named: PolarsFrame) -> bool:
        """Whether all that these entries name is there, of its kind, and not less than is reversed."""
        pl = self.pl
        named = named.select("k", "id", of="kind", there="cents")
        for column, reference in REFERENCES.items():
            its = naming.filter(pl.col(column).is_not_null()).select("k", id=column, asked="cents")
            its = its.join(named, on=_KEY, how="left")
            fits = pl.col("of").is_in(list(reference.kinds)).fill_null(False)
            if column == "reverses":
                fits &= (pl.col("asked") <= pl.col("there")).fill_null(True)
            if not its.select(fits.all()).item():
                return False
        return True

    def _check(self, alike: PolarsFrame, gone: PolarsFrame, concerned: PolarsFrame) -> None:
        """Check ids and references against what is there; what is folded may be anything."""
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
                booked=pl.when(pl.col("kind") == "payment").then(pl.lit(FIRST_DAY)),
                cents=pl.lit(MAXIMUM_CENTS, pl.Int64),
                settles=none,
                reverses=none,
                folded=pl.lit(False),
            ).select(COLUMNS),
        ]
        rows = pl.concat([*before, concerned.select(COLUMNS)]).join(
            self.touched.select("k", "tenancy"), on="k", how="inner", maintain_order="left"
        )
        taken = _taken(rows.select("tenancy", *CELLS), rows["tenancy"].unique().to_list())
        first, numbers = rows.height - concerned.height, concerned["row"]

        def place(table: str, row: int | None, column: str) -> Cell:
            return by_row(table, None if row is None else numbers[row - first], column)

        for fault in checks_of(taken, {}).faults(most=1):
            raise fault.error(place)

    def _check_number(self) -> None:
        """Check that no tenancy has more entries than one may have."""
        pl = self.pl
        full = self.touched.filter(pl.col("rows") + pl.col("new") > MAXIMUM_ENTRIES)
        if not full.height:
            return
        over = pl.col("rows") + pl.int_range(pl.len()).over("k") >= MAXIMUM_ENTRIES
        rows = self.entries.join(full, on="k", how="inner", maintain_order="left").filter(over)
        if rows.height:
            raise TOO_MANY_ENTRIES.at(by_row("entries", rows["row"][0], "id"))
