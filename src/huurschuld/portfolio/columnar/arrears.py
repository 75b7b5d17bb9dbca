"""What was owed in whole portfolios on some days: the definitions of `docs/semantics.md` as sums.

Most tenancies owe nothing: one grouped sum over all entries leaves out nearly all of them, one over the
changes in the ledgers of the rest leaves the arrears of each day, and only who is in arrears goes
through the windows. These run once over a ledger, and are cut at each of the days. Days and cents are
64-bit whole numbers, and are cast back to that after each sum, since some libraries return a wider type.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import narwhals as nw

from huurschuld.portfolio.columnar.backend import Backend
from huurschuld.portfolio.columnar.expressions import FAR_OFF, LONG_AGO, Frame, total, whole
from huurschuld.portfolio.columnar.ledger import Ledger, is_received

_NOTHING: Final = nw.lit(0, nw.Int64)

OVERDUE: Final = "overdue_"
POOL: Final = "pool_"
"""The prefixes of what was overdue, and of the pool, on the day with an index."""


def with_effects(entries: Frame) -> Frame:
    """Entries with what each adds to the arrears at most, `adds`, and from which day on, `since`.

    A reversal that does not say how much adds 0 here. Which columns are empty depends on the kind, or
    the entry is refused: only a claim is due.
    """
    cents = nw.col("cents")
    received = nw.when(nw.col("settles").is_null()).then(-cents).otherwise(0)
    adds = nw.when(is_received()).then(received).when(nw.col("kind") != "other").then(cents)
    since = nw.max_horizontal("booked", nw.col("due") + 1)
    return entries.with_columns(adds=adds.fill_null(0), since=since)


def highest_owed(days: Sequence[nw.Expr | int]) -> list[nw.Expr]:
    """Sums of `with_effects` for a grouping by tenancy: an upper bound on the arrears on these days.

    The bound is all overdue rent, all refunds and all reversals, less what was received. It leaves out
    payments that name a claim, since that may not be due, and takes a reversal that does not say how
    much for the largest entry. Without such entries it is exact.
    """
    if not days:
        return []
    sums = [
        total(nw.when(nw.col("since") <= day).then(nw.col("adds"))).alias(f"owed_{index}")
        for index, day in enumerate(days)
    ]
    blanks = total(whole(nw.col("cents").is_null()))  # no other entry lacks them
    return [*sums, blanks.alias("blanks"), whole(nw.col("cents").max()).alias("largest")]


def may_be_owed(days: int) -> nw.Expr:
    """Whether these sums leave room for arrears on any of so many days."""
    highest = nw.max_horizontal(*(f"owed_{index}" for index in range(days)))
    return highest.fill_null(0) + nw.col("blanks") * nw.col("largest").fill_null(0) > 0


def owed_on(changes: Frame, days: Sequence[nw.Expr | int]) -> Frame:
    """What is overdue on these days, and what there is to pay it: for each `t`, two columns a day.

    Args:
        changes: those of a ledger; a day that is an expression is of its columns.
        days: the days.
    """
    sums = []
    for index, day in enumerate(days):
        overdue = nw.when(nw.col("late") <= day).then(nw.col("rent")).otherwise(0)
        pool = nw.when(nw.col("day") <= day).then(nw.col("pool")).otherwise(0)
        sums += [total(overdue).alias(f"{OVERDUE}{index}"), total(pool).alias(f"{POOL}{index}")]
    return changes.group_by("t").agg(*sums)


def in_arrears(index: int) -> tuple[nw.Expr, nw.Expr]:
    """What is owed on the day with an index, above 0 for those in arrears, and the pool."""
    pool = nw.max_horizontal(nw.col(f"{POOL}{index}"), _NOTHING)
    return (nw.col(f"{OVERDUE}{index}") - pool).alias("arrears_cents"), pool.alias("pool")


def arrears_facts(backend: Backend[object], ledger: Ledger, rents: Frame, owing: Frame) -> Frame:
    """Add the other facts about the arrears to who owes how much, and on which day.

    Args:
        backend: the library of the frames.
        ledger: of the tenancies in arrears, and perhaps of others.
        rents: `t`, `from`, `cents` and `per`, the payments a year.
        owing: `k`, the number of a tenancy and a day; `t`, that of the tenancy; the day `as_of`;
            `arrears_cents` and `pool`; `floor`, the amount from which on a tenant is behind, the same on
            all days of a tenancy; `grace`, the last due day of terms whose days of grace are over; and
            perhaps `window`, the first day that counts for `sustained_cents`; without it that fact is
            left out.

    Returns:
        `owing` with `past_grace_cents`, `months` in billionths, `episode_start`, `days_overdue`, and
        `sustained_cents` where there is a window.
    """
    run = backend.keep(backend.running(_changes(ledger.changes, owing)))
    starts = run.filter(nw.col("cut") > 0).select("t", as_of="day", episode_start="start")
    owing = owing.join(starts, on=["t", "as_of"], how="left")
    overdue = (nw.col("as_of") - nw.col("episode_start")).fill_null(0)
    owing = backend.keep(owing.with_columns(days_overdue=overdue))
    found = owing.join(_open(ledger.amounts, rents, owing), on="k", how="left")
    if "window" in owing.collect_schema().names():
        found = found.join(_lowest(run, owing), on="k", how="left").with_columns(
            sustained_cents=nw.min_horizontal(nw.col("lowest").fill_null(0), "arrears_cents")
        )
    return backend.keep(found)


def _changes(changes: Frame, owing: Frame) -> Frame:
    """The changes in the ledgers of those in arrears, and the days that are asked about."""
    floors = owing.select("t", "floor").unique()
    return nw.concat(
        [
            changes.join(floors, on="t", how="inner").select(
                "t", "day", "rent", "pool", "floor", cut=_NOTHING
            ),
            owing.select(
                "t",
                nw.col("as_of").alias("day"),
                _NOTHING.alias("rent"),
                _NOTHING.alias("pool"),
                "floor",
                cut=nw.lit(1, nw.Int64),
            ),
        ]
    )


def _lowest(run: Frame, owing: Frame) -> Frame:
    """The least that was owed in the window of each `k`: `lowest`.

    Who was behind for less long than the window is left out: there was a day in it without arrears.
    """
    long = owing.filter(nw.col("episode_start") <= nw.col("window"))
    long = long.select("k", "t", "as_of", "window", start="episode_start")
    of_episode = run.filter(nw.col("owed") > 0).select("t", "start", "day", "until", "owed")
    return (
        of_episode.join(long, on=["t", "start"], how="inner")
        .filter((nw.col("day") <= nw.col("as_of")) & (nw.col("until") > nw.col("window")))
        .group_by("k")
        .agg(whole(nw.col("owed").min()).alias("lowest"))
    )


def _open(amounts: Frame, rents: Frame, owing: Frame) -> Frame:
    """What is open of the terms past their grace, by `k`: `past_grace_cents`, and the `months` that is.

    The pool goes to the rows of `rents` in their order, as it does to their terms. What is past its
    grace is the oldest part of a row, so the pool reaches it first.
    """
    until = nw.col("from").shift(-1).over("t", order_by="from").fill_null(FAR_OFF)
    first = nw.col("from") == nw.col("from").min().over("t")
    in_force = rents.join(owing.select("t").unique(), on="t", how="semi").select(
        "t",
        since=nw.when(first).then(LONG_AGO).otherwise(nw.col("from")),
        until=until,
        year=nw.col("cents") * nw.col("per"),
    )
    early = nw.when(nw.col("due") <= nw.col("grace")).then(nw.col("cents")).otherwise(0)
    of_rows = (
        amounts.join(in_force, on="t", how="inner")
        .filter((nw.col("since") <= nw.col("due")) & (nw.col("due") < nw.col("until")))
        .drop("until")
        .join(owing.select("k", "t", "as_of", "grace", "pool"), on="t", how="inner")
        .filter(nw.col("late") <= nw.col("as_of"))
        .group_by("k", "since")
        .agg(
            total(nw.col("cents")).alias("unpaid"),
            total(early).alias("early"),
            *(whole(nw.col(name).max()).alias(name) for name in ("year", "pool")),
        )
    )
    before = whole(nw.col("unpaid").cum_sum().over("k", order_by="since")) - nw.col("unpaid")
    of_rows = of_rows.with_columns(before=before)
    left = nw.max_horizontal(nw.col("pool") - nw.col("before"), _NOTHING)
    past_grace = nw.max_horizontal(nw.col("early") - left, _NOTHING)
    return (
        of_rows.with_columns(past_grace=past_grace)
        .group_by("k")
        .agg(total(nw.col("past_grace")).alias("past_grace_cents"), total(_billionths()).alias("months"))
    )


def _billionths() -> nw.Expr:
    """`past_grace` × 12 × 10^9 ÷ `year`, rounded down; in steps, since one library divides in floats."""
    year, months = nw.col("year"), nw.col("past_grace") * 12
    whole_months, rest = months // year, months % year
    three, rest = rest * 10**3 // year, rest * 10**3 % year
    six, rest = rest * 10**3 // year, rest * 10**3 % year
    nine = rest * 10**3 // year
    return whole(whole_months) * 10**9 + whole(three) * 10**6 + whole(six) * 10**3 + whole(nine)
