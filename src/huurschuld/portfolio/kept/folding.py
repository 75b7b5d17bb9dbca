"""Old entries of a ledger folded into few, which give the same answers on every later day.

Up to a day, the ledger of a tenancy comes down to what its rent terms claim by row of `rents`, less
what was paid of them by name; what the pool has received; and since when the tenant is behind. All of
that can be said in entries. So a folded ledger is a ledger, and whoever decides on it needs not know:

- a rent term for each row of `rents`, due as the first of the terms that it stands for;
- a payment of what the pool has, or a refund where more went out than came in;
- where the tenant is behind: the terms are booked on the first day of that run, and the payment on
  the day folded to, so that the run begins there. Where these terms alone come to less than the floor
  on that first day, a term of the floor is added, and a payment that names it on the last.

What belongs together is folded together: a claim, the payments that name it, and what took these back.
It stays as it is if any part of it is booked, or due, after the day folded to. Of a ledger in which
every payment names its claim the open claims stay, too: the payment that will name them is yet to come.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

from huurschuld.model.values import MAXIMUM_CENTS
from huurschuld.portfolio.extras import polars

PolarsFrame = Any
"""A frame of polars, lazy or not; polars is optional."""

PREFIX: Final = "kept:"
"""What the ids of folded entries begin with; a ledger that has such ids itself is not folded."""

CELLS: Final = ("id", "kind", "due", "booked", "cents", "settles", "reverses")
"""The columns of an entry besides its tenancy."""

COLUMNS: Final = ("k", *CELLS, "folded")
"""The columns of the entries of a state.

`k` is the row of the tenancy, and `folded` is true of what was made here.
"""

_CLAIMS: Final = ("rent", "other")
_RECEIVED: Final = ("payment", "credit")
_KEY: Final = ("k", "id")
_LONG_AGO: Final = dt.date(1, 1, 1)
_FAR_OFF: Final = dt.date(9999, 12, 31)


def fold(
    entries: PolarsFrame, rents: PolarsFrame, starts: PolarsFrame, until: dt.date, floor: int
) -> PolarsFrame:
    """Fold the entries of some tenancies up to a day.

    Args:
        entries: a lazy frame of `COLUMNS`, in which `booked` is filled for every entry.
        rents: a frame of `k` and `from`.
        starts: a frame of `k` and `start`: since when those are behind that are on the day folded to, by
            what is booked by then.
        until: the day folded to.
        floor: the amount in cents from which on a tenant is behind, at least 1.

    Returns:
        A frame of `COLUMNS`. On every day from `until` on, what is owed and since when is as by the
        entries themselves.
    """
    return _Fold(entries, rents, starts, until, floor).all()


class _Fold:
    def __init__(
        self, entries: PolarsFrame, rents: PolarsFrame, starts: PolarsFrame, until: dt.date, floor: int
    ) -> None:
        self.pl: Any = polars("the portfolio")
        pl = self.pl
        alike = entries.filter(pl.col("id").str.starts_with(PREFIX) & ~pl.col("folded"))
        self.untouched = alike.select("k").unique().collect()
        self.given, self.rents, self.until, self.floor = entries, rents, until, floor
        self.starts = starts.join(self.untouched, on="k", how="anti")
        self.entries = entries
        if self.untouched.height:
            self.entries = entries.join(self.untouched.lazy(), on="k", how="anti")
        self.is_claim = pl.col("kind").is_in(_CLAIMS)
        self.is_received = pl.col("kind").is_in(_RECEIVED)
        self.is_old = (pl.col("booked") <= until) & (pl.col("due") <= until).fill_null(True)

    def all(self) -> PolarsFrame:
        pl = self.pl
        linked = self._linked()
        naming_only = self._naming_only(linked)
        parts = self._closed(linked, naming_only)
        closed = parts.select("k", "part")
        raw_linked = linked.join(closed, on=["k", "part"], how="anti").select(COLUMNS)
        simple = self.entries
        if linked.height:
            simple = simple.join(linked.lazy().select(_KEY), on=_KEY, how="anti")
        folds = self.is_old
        if naming_only.height:
            simple = simple.join(naming_only.lazy().with_columns(names=pl.lit(True)), on="k", how="left")
            folds = folds & ~(self.is_claim & pl.col("names").fill_null(False))
        raw = pl.concat([simple.filter(~folds).select(COLUMNS).collect(engine="streaming"), raw_linked])
        old = simple.filter(folds)
        terms, pool = self._terms(old, parts), self._pool(old, parts)
        raw = self._at_the_fold(raw)
        made = self._made(terms, pool, raw)
        found = [made.with_columns(pl.col("kind").cast(raw.schema["kind"])), raw]
        if self.untouched.height:
            found.append(self.given.join(self.untouched.lazy(), on="k", how="semi").collect())
        return pl.concat([it.select(COLUMNS) for it in found]).sort("k", maintain_order=True)

    # --- what belongs together ---------------------------------------------------------------------

    def _linked(self) -> PolarsFrame:
        """The entries that name others or are named, each with the `part` that it belongs to."""
        pl = self.pl
        names = pl.col("settles").is_not_null() | pl.col("reverses").is_not_null()
        naming = self.entries.filter(names).select(COLUMNS).collect(engine="streaming")
        keys = [naming.select("k", id=it).drop_nulls() for it in ("settles", "reverses")]
        keys = pl.concat(keys).unique()
        named = naming.clear()
        if keys.height:
            named = self.entries.join(keys.lazy(), on=_KEY, how="semi").select(COLUMNS)
            named = named.collect(engine="streaming")
        linked = pl.concat([naming, named]).unique(_KEY, maintain_order=True)
        payments = linked.filter(self.is_received).select(
            "k", reverses="id", of=pl.coalesce("settles", "id")
        )
        return linked.join(payments, on=["k", "reverses"], how="left").with_columns(
            part=pl.coalesce("settles", "of", "id")
        )

    def _naming_only(self, linked: PolarsFrame) -> PolarsFrame:
        """The tenancies of which every payment names a claim."""
        pl = self.pl
        naming = linked.filter(pl.col("settles").is_not_null() & ~pl.col("folded")).select("k").unique()
        if not naming.height:
            return naming
        unnamed = self.entries.filter(self.is_received & pl.col("settles").is_null() & ~pl.col("folded"))
        return naming.join(unnamed.select("k").unique().collect(), on="k", how="anti")

    def _closed(self, linked: PolarsFrame, naming_only: PolarsFrame) -> PolarsFrame:
        """The parts that fold: what is `left` of a rent term, when it is `due`, what the `pool` gets."""
        pl = self.pl
        late = linked.filter(~self.is_old).select("k", "part").unique()
        closed = linked.join(late, on=["k", "part"], how="anti")
        payments = closed.filter(self.is_received).select("k", "part", "id", "cents")
        taken = (
            closed.filter(pl.col("kind") == "reversal")
            .select("k", id="reverses", asked="cents")
            .join(payments.select("k", "id", "cents"), on=_KEY, how="inner")
            .group_by(_KEY)
            .agg(taken=pl.coalesce("asked", "cents").sum())
        )
        left = pl.col("cents") - pl.min_horizontal(pl.col("taken").fill_null(0), "cents")
        received = (
            payments.join(taken, on=_KEY, how="left").group_by("k", "part").agg(received=left.sum())
        )
        claims = closed.filter(self.is_claim).select("k", "part", "kind", "due", claimed="cents")
        parts = (
            closed.select("k", "part")
            .unique()
            .join(received, on=["k", "part"], how="left")
            .join(claims, on=["k", "part"], how="left")
            .with_columns(pl.col("received", "claimed").fill_null(0))
            .with_columns(share=pl.min_horizontal("received", "claimed"))
            .with_columns(open=pl.col("claimed") - pl.col("share"))
        )
        parts = parts.join(naming_only.with_columns(names=pl.lit(True)), on="k", how="left").filter(
            ~((pl.col("open") > 0) & pl.col("names").fill_null(False))
        )
        return parts.select(
            "k",
            "part",
            "due",
            left=pl.when(pl.col("kind") == "rent").then("open").otherwise(0),
            pool=pl.col("received") - pl.col("share"),
        )

    # --- what it comes down to ---------------------------------------------------------------------

    def _terms(self, old: PolarsFrame, parts: PolarsFrame) -> PolarsFrame:
        """What is claimed by row of `rents`: `k`, `since`, `due` of the first term, and `cents`."""
        pl = self.pl
        rows = (
            self.rents.sort("k", "from")
            .with_columns(
                until=pl.col("from").shift(-1).over("k").fill_null(_FAR_OFF),
                first=pl.col("from") == pl.col("from").min().over("k"),
            )
            .select("k", "until", since=pl.when("first").then(_LONG_AGO).otherwise("from"))
        )
        of_parts = parts.filter(pl.col("left") > 0).select("k", "due", cents="left")
        claims = [old.filter(pl.col("kind") == "rent").select("k", "due", "cents"), of_parts.lazy()]
        return (
            pl.concat(claims)
            .join(rows.lazy(), on="k", how="inner")
            .filter((pl.col("since") <= pl.col("due")) & (pl.col("due") < pl.col("until")))
            .group_by("k", "since")
            .agg(pl.col("due").min(), pl.col("cents").sum())
            .collect(engine="streaming")
            .sort("k", "since")
        )

    def _pool(self, old: PolarsFrame, parts: PolarsFrame) -> PolarsFrame:
        """What came in less what went out: `k` and `cents`, which may be below 0."""
        pl = self.pl
        moved = old.filter(self.is_received | (pl.col("kind") == "refund")).select(
            "k", cents=pl.when(self.is_received).then("cents").otherwise(-pl.col("cents"))
        )
        of_parts = parts.lazy().select("k", cents="pool")
        summed = pl.concat([moved, of_parts]).group_by("k").agg(pl.col("cents").sum())
        return summed.filter(pl.col("cents") != 0).collect(engine="streaming")

    def _at_the_fold(self, raw: PolarsFrame) -> PolarsFrame:
        """What stays, from the day folded to on; claims from the start of the run, if there is one."""
        pl = self.pl
        since = pl.when(self.is_claim).then(pl.coalesce("start", pl.lit(self.until)))
        day = pl.when(pl.col("booked") <= self.until).then(since.otherwise(pl.lit(self.until)))
        return (
            raw.join(self.starts, on="k", how="left", maintain_order="left")
            .with_columns(booked=day.otherwise("booked"))
            .drop("start")
        )

    def _made(self, terms: PolarsFrame, pool: PolarsFrame, raw: PolarsFrame) -> PolarsFrame:
        pl = self.pl
        until = pl.lit(self.until)
        terms = terms.join(self.starts, on="k", how="left", maintain_order="left")
        terms = terms.select("k", "due", "cents", booked=pl.coalesce("start", until))
        # A run that begins before the day folded to, where what is claimed on its first day is less than
        # the floor: of what was owed then, some was paid by name since, and is folded away.
        stand = raw.filter((pl.col("kind") == "rent") & (pl.col("booked") <= until))
        claimed = pl.concat([it.select("k", "due", "cents") for it in (terms, stand)])
        claimed = (
            claimed.join(self.starts, on="k", how="inner")
            .filter(pl.col("due") <= pl.col("start"))
            .group_by("k")
            .agg(pl.col("cents").sum())
        )
        marked = (
            self.starts.join(claimed, on="k", how="left")
            .filter((pl.col("start") < until) & (pl.col("cents").fill_null(0) < self.floor))
            .select("k", "start")
        )
        sign, none = f"{PREFIX}s", pl.lit(None, pl.String)
        no_day = pl.lit(None, pl.Date)
        rows = [
            terms.select("k", "due", "booked", "cents", kind=pl.lit("rent"), name=pl.lit("r")),
            pool.select(
                "k",
                due=no_day,
                booked=until,
                cents=pl.col("cents").abs(),
                kind=pl.when(pl.col("cents") > 0).then(pl.lit("payment")).otherwise(pl.lit("refund")),
                name=pl.lit("p"),
            ),
        ]
        made = pl.concat(rows)
        most = pl.lit(MAXIMUM_CENTS, pl.Int64)
        # An entry holds no more than its maximum; a sum of entries may.
        made = (
            made.with_columns(before=pl.int_ranges(0, "cents", MAXIMUM_CENTS))
            .explode("before")
            .with_columns(cents=pl.min_horizontal(pl.col("cents") - pl.col("before"), most))
            .drop("before")
        )
        number = pl.int_range(pl.len()).over("k", "name").cast(pl.String)
        made = made.with_columns(id=pl.lit(PREFIX) + pl.col("name") + number, settles=none)
        signs = [
            marked.select(
                "k",
                due="start",
                booked="start",
                cents=pl.lit(self.floor, pl.Int64),
                kind=pl.lit("rent"),
                id=pl.lit(sign),
                settles=none,
            ),
            marked.select(
                "k",
                due=no_day,
                booked=until,
                cents=pl.lit(self.floor, pl.Int64),
                kind=pl.lit("payment"),
                id=pl.lit(f"{sign}p"),
                settles=pl.lit(sign),
            ),
        ]
        columns = ("k", "id", "kind", "due", "booked", "cents", "settles")
        all_made = pl.concat([it.select(columns) for it in (made, *signs)])
        return all_made.with_columns(reverses=none, folded=pl.lit(True))
