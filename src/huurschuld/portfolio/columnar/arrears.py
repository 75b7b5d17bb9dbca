"""The running arrears of whole portfolios: the definitions of `docs/semantics.md` as window sums.

The semantics allocate payments anew for each day; two running sums give the same answer. One is the rent
that is due, less the shares of it that were paid by name. The other is the pool: what came in, less what
was taken back, less all shares paid by name, less refunds. What is owed on a day is the first less the
second, where the second is above 0.

Most tenancies owe nothing: one grouped sum over all entries leaves out nearly all of them, and only the
rest goes through the windows. Days and cents are 64-bit whole numbers, and are cast back to that
after each sum, since some libraries return a wider type.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import narwhals as nw

from huurschuld.portfolio.columnar.backend import Backend
from huurschuld.portfolio.columnar.expressions import LONG_AGO, Frame, total, whole

_RECEIVED: Final = ("payment", "credit")
_FAR_OFF: Final = 10**9
_NOTHING: Final = nw.lit(0, nw.Int64)


def is_received() -> nw.Expr:
    """Whether an entry is a payment or credit."""
    return nw.col("kind").is_in(_RECEIVED)


def day_booked() -> nw.Expr:
    """The day on which an entry was booked: a claim on its due day, unless it says another."""
    return nw.coalesce(nw.col("booked"), nw.col("due"))


def highest_owed(days: Sequence[nw.Expr | int]) -> list[nw.Expr]:
    """Sums for a grouping by tenancy: an upper bound on the arrears on each of these days.

    The bound is all overdue rent and all refunds, less what was received. It leaves out payments that
    name a claim, since that may not be due, and takes each reversal for the largest payment, since only
    the number of reversals is known here. Without such entries it is exact.
    """
    aggregated = []
    for index, day in enumerate(days):
        booked = day_booked() <= day
        cents = (
            nw.when(booked & (nw.col("kind") == "rent") & (nw.col("due") < day))
            .then(nw.col("cents"))
            .when(booked & (nw.col("kind") == "refund"))
            .then(nw.col("cents"))
            .when(booked & is_received() & nw.col("settles").is_null())
            .then(-nw.col("cents"))
            .otherwise(0)
        )
        reversals = whole(booked & (nw.col("kind") == "reversal"))
        largest = nw.when(booked & is_received()).then(nw.col("cents")).otherwise(0)
        aggregated += [
            total(cents).alias(f"sum_{index}"),
            total(reversals).alias(f"reversals_{index}"),
            whole(largest.max()).alias(f"largest_{index}"),
        ]
    return aggregated


def may_be_owed(index: int) -> nw.Expr:
    """Whether these sums leave room for arrears on the day with this index."""
    most = nw.col(f"reversals_{index}") * nw.col(f"largest_{index}")
    return nw.col(f"sum_{index}") + most > 0


def arrears_facts(backend: Backend[object], entries: Frame, rents: Frame, keys: Frame) -> Frame:
    """The facts about the arrears of the tenancies that are in arrears.

    Args:
        backend: the library of the frames.
        entries: those booked by the day of their tenancy, with its number `k`, the day `as_of`, and
            `grace`: the last due day of terms whose days of grace are over.
        rents: `k`, `from`, `cents` and `per`, the payments a year.
        keys: `k`, `floor`, the amount from which on a tenant is behind, and perhaps `window`, the first
            day that counts for `sustained_cents`; without it that fact is left out.

    Returns:
        A frame of `k`, `arrears_cents`, `past_grace_cents`, `months` in billionths, `episode_start`,
        `days_overdue`, and `sustained_cents` where there is a window.
    """
    flows = backend.keep(_flows(entries))
    steps = backend.keep(_steps(flows, entries))
    terms = entries.filter(nw.col("kind") == "rent").select(
        "k", "as_of", "grace", "due", "cents", day=nw.max_horizontal("due", "booked")
    )
    refunds = entries.filter(nw.col("kind") == "refund").select(
        "k", "as_of", day="booked", cents="cents"
    )
    still_open = backend.keep(_open(terms, flows, steps, refunds, rents))
    hot = still_open.group_by("k", "as_of").agg(
        total(nw.col("open")).alias("arrears_cents"),
        total(nw.col("past_grace")).alias("past_grace_cents"),
        total(_billionths()).alias("months"),
    )
    hot = backend.keep(hot.filter(nw.col("arrears_cents") > 0))
    terms, flows, steps, refunds = (
        it.join(hot.select("k"), on="k", how="semi") for it in (terms, flows, steps, refunds)
    )
    run = _run(
        terms, flows, steps, refunds, keys.join(hot.select("k", "arrears_cents"), on="k", how="inner")
    )
    facts = hot.join(backend.keep(run), on="k", how="left")
    overdue = (nw.col("as_of") - nw.col("episode_start")).fill_null(0)
    return backend.keep(facts.with_columns(days_overdue=overdue).drop("as_of"))


def _flows(entries: Frame) -> Frame:
    """Money as it came and went: `k`, `as_of`, `day`, `cents`, and the claim that it `settles`."""
    received = entries.filter(is_received()).select(
        "k", "as_of", "id", "cents", "settles", day=nw.col("booked")
    )
    reversals = entries.filter(nw.col("kind") == "reversal").select(
        "k", nw.col("id").alias("reversal"), "booked", nw.col("cents").alias("asked"), id="reverses"
    )
    taken = received.join(reversals, on=["k", "id"], how="inner").with_columns(
        asked=nw.coalesce(nw.col("asked"), nw.col("cents"))
    )
    so_far = whole(nw.col("asked").cum_sum().over("k", "id", order_by=["booked", "reversal"]))
    taken = taken.with_columns(so_far=so_far).select(
        "k",
        "as_of",
        "settles",
        day=nw.max_horizontal("booked", "day"),
        cents=nw.min_horizontal(nw.col("so_far") - nw.col("asked"), nw.col("cents"))
        - nw.min_horizontal("so_far", "cents"),
    )
    return nw.concat([received.select("k", "as_of", "settles", "day", "cents"), taken])


def _steps(flows: Frame, entries: Frame) -> Frame:
    """What claims were paid by name: `k`, `as_of`, `day` and `step`.

    For a rent term there are also `due`, and `counts`: the day from which on the step lowers the rent.
    """
    is_rent = nw.col("kind") == "rent"
    claims = entries.filter(nw.col("kind").is_in(("rent", "other"))).select(
        "k",
        nw.col("cents").alias("claimed"),
        nw.when(is_rent).then(nw.col("due")).alias("due"),
        settles="id",
        known="booked",
    )
    named = flows.filter(~nw.col("settles").is_null()).join(claims, on=["k", "settles"], how="inner")
    by_day = (
        named.with_columns(day=nw.max_horizontal("day", "known"))
        .group_by("k", "as_of", "settles", "day", "claimed", "due")
        .agg(total(nw.col("cents")).alias("cents"))
    )
    so_far = whole(nw.col("cents").cum_sum().over("k", "settles", order_by="day"))
    step = nw.min_horizontal("claimed", "so_far") - nw.min_horizontal(
        nw.col("claimed"), nw.col("so_far") - nw.col("cents")
    )
    return by_day.with_columns(so_far=so_far).select(
        "k",
        "as_of",
        "day",
        "due",
        step=step,
        counts=nw.when(~nw.col("due").is_null()).then(nw.max_horizontal("due", "day")),
    )


def _open(terms: Frame, flows: Frame, steps: Frame, refunds: Frame, rents: Frame) -> Frame:
    """What is open of the overdue terms by row of `rents`: `open`, its `past_grace`, a `year` of rent.

    The pool goes to the rows in their order, as it does to their terms. What is past its grace is the
    oldest part of a row, so the pool reaches it first.
    """
    overdue = terms.filter(nw.col("due") < nw.col("as_of"))
    named = steps.filter(nw.col("due") < nw.col("as_of")).select(
        "k", "as_of", "due", cents=-nw.col("step")
    )
    grace = terms.select("k", "grace").unique()
    named = named.join(grace, on="k", how="inner")
    columns = ("k", "as_of", "grace", "due", "cents")
    amounts = nw.concat([overdue.select(*columns), named.select(*columns)])
    until = nw.col("from").shift(-1).over("k", order_by="from").fill_null(_FAR_OFF)
    since = nw.when(nw.col("from") == nw.col("from").min().over("k")).then(LONG_AGO)
    in_force = rents.select(
        "k", since=since.otherwise(nw.col("from")), until=until, year=nw.col("cents") * nw.col("per")
    )
    of_rows = (
        amounts.join(in_force, on="k", how="inner")
        .filter((nw.col("since") <= nw.col("due")) & (nw.col("due") < nw.col("until")))
        .group_by("k", "as_of", "since", "year")
        .agg(
            total(nw.col("cents")).alias("unpaid"),
            total(nw.when(nw.col("due") <= nw.col("grace")).then(nw.col("cents")).otherwise(0)).alias(
                "early"
            ),
        )
    )
    pool = (
        nw.concat(
            [
                flows.select("k", "cents"),
                steps.select("k", cents=-nw.col("step")),
                refunds.select("k", cents=-nw.col("cents")),
            ]
        )
        .group_by("k")
        .agg(total(nw.col("cents")).alias("pool"))
    )
    before = whole(nw.col("unpaid").cum_sum().over("k", order_by="since")) - nw.col("unpaid")
    left = nw.max_horizontal(
        nw.max_horizontal(nw.col("pool").fill_null(0), _NOTHING) - nw.col("before"), _NOTHING
    )
    return (
        of_rows.join(pool, on="k", how="left")
        .with_columns(before=before)
        .with_columns(left=left)
        .select(
            "k",
            "as_of",
            "year",
            open=nw.max_horizontal(nw.col("unpaid") - nw.col("left"), _NOTHING),
            past_grace=nw.max_horizontal(nw.col("early") - nw.col("left"), _NOTHING),
        )
    )


def _billionths() -> nw.Expr:
    """`past_grace` × 12 × 10^9 ÷ `year`, rounded down; in steps, since one library divides in floats."""
    year, months = nw.col("year"), nw.col("past_grace") * 12
    whole_months, rest = months // year, months % year
    three, rest = rest * 10**3 // year, rest * 10**3 % year
    six, rest = rest * 10**3 // year, rest * 10**3 % year
    nine = rest * 10**3 // year
    return whole(whole_months) * 10**9 + whole(three) * 10**6 + whole(six) * 10**3 + whole(nine)


def _run(terms: Frame, flows: Frame, steps: Frame, refunds: Frame, keys: Frame) -> Frame:
    """The unbroken run of days behind: `k`, `episode_start`, and `sustained_cents`."""
    given = steps.filter(~nw.col("counts").is_null())

    def of(frame: Frame, rent: nw.Expr, pool: nw.Expr, day: str = "day") -> Frame:
        return frame.select("k", "as_of", day=nw.col(day), rent=rent, pool=pool)

    changes = (
        nw.concat(
            [
                of(terms, nw.col("cents"), _NOTHING),
                of(given, -nw.col("step"), _NOTHING, "counts"),
                of(flows, _NOTHING, nw.col("cents")),
                of(steps, _NOTHING, -nw.col("step")),
                of(refunds, _NOTHING, -nw.col("cents")),
            ]
        )
        .filter(nw.col("day") <= nw.col("as_of"))
        .group_by("k", "day")
        .agg(total(nw.col("rent")).alias("rent"), total(nw.col("pool")).alias("pool"))
    )
    due, received = (whole(nw.col(it).cum_sum().over("k", order_by="day")) for it in ("rent", "pool"))
    running = changes.with_columns(due=due, received=received).join(keys, on="k", how="inner")
    owed = nw.col("due") - nw.max_horizontal(nw.col("received"), _NOTHING)
    running = running.with_columns(owed=nw.when(owed >= nw.col("floor")).then(owed).otherwise(0))
    clear = nw.when(nw.col("owed") <= 0).then(nw.col("day"))
    running = running.with_columns(clear=clear.max().over("k").fill_null(LONG_AGO))
    behind = nw.when(nw.col("day") > nw.col("clear")).then(nw.col("day"))
    facts = [whole(behind.min()).alias("episode_start")]
    if "window" in keys.collect_schema().names():
        until = nw.col("day").shift(-1).over("k", order_by="day").fill_null(_FAR_OFF)
        running = running.with_columns(until=until, first=nw.col("day").min().over("k"))
        in_window = nw.when(nw.col("until") > nw.col("window")).then(nw.col("owed"))
        before = nw.when(nw.col("first") > nw.col("window")).then(_NOTHING)
        running = running.with_columns(
            lowest=nw.min_horizontal(in_window, before, nw.col("arrears_cents"))
        )
        facts.append(whole(nw.col("lowest").min()).alias("sustained_cents"))
    return running.group_by("k").agg(*facts)
