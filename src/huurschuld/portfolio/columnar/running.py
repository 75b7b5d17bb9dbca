"""What was owed from day to day, as running sums over the changes in ledgers: `running` of a backend.

The changes are `t`, the number of the tenancy, the `day`, what that adds to the `rent` that is due and
to the `pool`, `cut`, above 0 where the day is asked about, and `floor`, the amount from which on a
tenant is behind. There may be several of one day.

What comes of it is a row for each day: `t`, the `day` and the next one, `until`; `owed`, or 0 where that
is too little to be behind; since when the tenant was behind, `start`, null where not; and `cut`.
"""

from __future__ import annotations

from typing import Any, Final

import narwhals as nw

from huurschuld.portfolio.columnar.expressions import FAR_OFF, LONG_AGO, Frame, total, whole

_DAY: Final = 2**32
"""More than there are days, before and after 1970; there are fewer than 2**30 tenancies."""


def by_windows(changes: Frame) -> Frame:
    """With a window for each running sum: for libraries in which rows have no order of their own."""
    sums = (total(nw.col(name)).alias(name) for name in ("rent", "pool", "cut"))
    run = changes.group_by("t", "day").agg(*sums, whole(nw.col("floor").max()).alias("floor"))
    due, received = (whole(nw.col(it).cum_sum().over("t", order_by="day")) for it in ("rent", "pool"))
    until = nw.col("day").shift(-1).over("t", order_by="day").fill_null(FAR_OFF)
    run = run.with_columns(due=due, received=received, until=until)
    owed = nw.col("due") - nw.max_horizontal(nw.col("received"), nw.lit(0, nw.Int64))
    run = run.with_columns(owed=nw.when(owed >= nw.col("floor")).then(owed).otherwise(0))
    before = nw.col("owed").shift(1).over("t", order_by="day").fill_null(0)
    run = run.with_columns(before=before)
    begins = nw.when((nw.col("owed") > 0) & (nw.col("before") <= 0)).then(nw.col("day"))
    run = run.with_columns(begins=begins.fill_null(LONG_AGO))
    start = whole(nw.col("begins").cum_max().over("t", order_by="day"))
    return run.with_columns(start=start).select(
        "t", "day", "until", "owed", "cut", start=nw.when(nw.col("owed") > 0).then(nw.col("start"))
    )


def on_sorted(pl: Any, changes: Any) -> Any:  # noqa: ANN401 - polars, and a lazy frame of it
    """In polars, in one pass over sorted rows: a sum of all less that of all tenancies before.

    The row of a day that is asked about comes last of that day, so that it tells so.
    """
    t, day, owed = pl.col("t"), pl.col("day"), pl.col("owed")
    # One number to sort by takes a fraction of what several columns take.
    key = (t * _DAY + day + _DAY // 2) * 2 + pl.col("cut")
    begins_one = (t != t.shift(1)).fill_null(True)
    ends_one = (t != t.shift(-1)).fill_null(True)

    def so_far(name: str) -> Any:  # noqa: ANN401 - an expression of polars
        of_all = pl.col(name).cum_sum()
        return of_all - pl.when(begins_one).then(of_all - pl.col(name)).forward_fill()

    days = (
        changes.sort(key)
        .with_columns(due=so_far("rent"), received=so_far("pool"))
        .filter(ends_one | (day != day.shift(-1)))
        .with_columns(
            owed=pl.col("due") - pl.col("received").clip(0),
            until=pl.when(ends_one).then(FAR_OFF).otherwise(day.shift(-1)),
        )
        .with_columns(owed=pl.when(owed >= pl.col("floor")).then(owed).otherwise(0))
    )
    begins = (owed > 0) & (begins_one | (owed.shift(1) <= 0))
    start = pl.when(begins).then(day).forward_fill()
    return days.with_columns(start=start).select(
        "t", "day", "until", "owed", "cut", start=pl.when(owed > 0).then(pl.col("start"))
    )
