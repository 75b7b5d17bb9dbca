"""The running arrears of whole portfolios: the definitions of `docs/semantics.md` as window sums.

The semantics allocate payments anew for each day; one running sum gives the same answer. On each day
it goes up by the rent terms that became overdue. It goes down by the part of each payment that is left
over after the claim that it names, and by the part that pays a rent term by name, once that is overdue.
The arrears are this sum, where it is above 0.

Most tenancies owe nothing: one grouped sum over all entries leaves out nearly all of them, and only the
rest goes through the windows. Days and cents are 64-bit whole numbers, and are cast back to that
after each sum, since some libraries return a wider type.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import narwhals as nw

from huurschuld.portfolio.columnar.backend import Backend
from huurschuld.portfolio.columnar.expressions import Frame, total, whole

_RECEIVED: Final = ("payment", "credit")
_LONG_AGO: Final = -(10**9)
_FAR_OFF: Final = 10**9


def is_received() -> nw.Expr:
    """Whether an entry is a payment or credit."""
    return nw.col("kind").is_in(_RECEIVED)


def day_booked() -> nw.Expr:
    """The day on which an entry was booked: a claim on its due day, unless it says another."""
    return nw.coalesce(nw.col("booked"), nw.col("due"))


def highest_owed(days: Sequence[nw.Expr | int]) -> list[nw.Expr]:
    """Sums for a grouping by tenancy: an upper bound on the amount owed on each of these days.

    The bound is all overdue rent, less what was received. It leaves out payments that name a claim,
    since that may not be due, and takes each reversal for the largest payment, since only the number of
    reversals is known here. Without such entries it is exact.
    """
    aggregated = []
    for index, day in enumerate(days):
        booked = day_booked() <= day
        cents = (
            nw.when(booked & (nw.col("kind") == "rent") & (nw.col("due") < day))
            .then(nw.col("cents"))
            .when(booked & is_received() & nw.col("settles").is_null())
            .then(-nw.col("cents"))
            .otherwise(0)
        )
        reversals = whole(booked & (nw.col("kind") == "reversal"))
        largest = nw.when(booked & (nw.col("kind") == "payment")).then(nw.col("cents")).otherwise(0)
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


def arrears_facts(
    backend: Backend[object],
    entries: Frame,
    rents: Frame,
    windows: Frame | None,
) -> Frame:
    """The facts about the arrears of the tenancies that are in arrears.

    Args:
        backend: the library of the frames.
        entries: those booked by the day of their tenancy, with its number `k` and the day `as_of`.
        rents: `k`, `from` and `cents`.
        windows: `k` and `window`, the first day that counts for `sustained_cents`; None leaves it out.

    Returns:
        A frame of `k`, `arrears_cents`, `months` in billionths, `episode_start`, `days_overdue`, and
        `sustained_cents` if `windows` is given.
    """
    received = backend.keep(_received(entries))
    terms = entries.filter((nw.col("kind") == "rent") & (nw.col("due") < nw.col("as_of"))).select(
        "k", "as_of", "id", "due", "cents"
    )
    in_arrears = backend.keep(_in_arrears(terms, received))
    terms, received = (
        backend.keep(it.join(in_arrears.select("k"), on="k", how="semi")) for it in (terms, received)
    )
    run = backend.keep(_run(terms, received, windows))
    months = backend.keep(_months(terms, received, rents))
    facts = in_arrears.join(run, on="k", how="inner").join(months, on="k", how="inner")
    overdue = nw.col("as_of") - nw.col("episode_start")
    return backend.keep(facts.with_columns(days_overdue=overdue).drop("as_of"))


def _received(entries: Frame) -> Frame:
    """The payments and credits that were not taken back, each with its `share` of the claim it names.

    If that is a rent term, its id and due day are in `term` and `due`.
    """
    taken_back = (
        entries.filter(nw.col("kind") == "reversal").select("k", nw.col("reverses").alias("id")).unique()
    )
    received = (
        entries.filter(is_received())
        .join(taken_back, on=["k", "id"], how="anti")
        .select("k", "as_of", "id", "booked", "cents", "settles")
    )
    claims = entries.filter(nw.col("kind").is_in(("rent", "other"))).select(
        "k",
        nw.col("id").alias("settles"),
        nw.col("cents").alias("claimed"),
        nw.when(nw.col("kind") == "rent").then(nw.col("due")).alias("due"),
    )
    naming = received.filter(~nw.col("settles").is_null()).join(claims, on=["k", "settles"], how="inner")
    so_far = whole(nw.col("cents").cum_sum().over("k", "settles", order_by=["booked", "id"]))
    shares = naming.with_columns(so_far=so_far).with_columns(
        share=nw.min_horizontal("claimed", "so_far")
        - nw.min_horizontal(nw.col("claimed"), nw.col("so_far") - nw.col("cents"))
    )
    shares = shares.select(
        "k",
        "id",
        "share",
        "due",
        nw.when(~nw.col("due").is_null()).then(nw.col("settles")).alias("term"),
    )
    return received.join(shares, on=["k", "id"], how="left").with_columns(nw.col("share").fill_null(0))


def _in_arrears(terms: Frame, received: Frame) -> Frame:
    """The tenancies in arrears, and how much they owe: `k`, `as_of`, `arrears_cents`."""
    overdue = (nw.col("due") < nw.col("as_of")).fill_null(False)
    off = received.select(
        "k",
        "as_of",
        cents=-(nw.col("cents") - nw.col("share") + nw.when(overdue).then(nw.col("share")).otherwise(0)),
    )
    return (
        nw.concat([terms.select("k", "as_of", "cents"), off])
        .group_by("k", "as_of")
        .agg(total(nw.col("cents")).alias("arrears_cents"))
        .filter(nw.col("arrears_cents") > 0)
    )


def _run(terms: Frame, received: Frame, windows: Frame | None) -> Frame:
    """The unbroken run of days in arrears: `k`, `episode_start`, and `sustained_cents`."""
    due = terms.select("k", "as_of", day=nw.col("due") + 1, cents=nw.col("cents"))
    left_over = received.select(
        "k", "as_of", day=nw.col("booked"), cents=nw.col("share") - nw.col("cents")
    )
    named = received.filter(~nw.col("term").is_null()).select(
        "k",
        "as_of",
        day=nw.max_horizontal(nw.col("booked"), nw.col("due") + 1),
        cents=-nw.col("share"),
    )
    changes = (
        nw.concat([due, left_over, named.filter(nw.col("day") <= nw.col("as_of"))])
        .group_by("k", "as_of", "day")
        .agg(total(nw.col("cents")).alias("cents"))
    )
    running = changes.with_columns(
        owed=whole(nw.col("cents").cum_sum().over("k", order_by="day")),
        until=nw.col("day").shift(-1).over("k", order_by="day").fill_null(_FAR_OFF),
    )
    clear = nw.when(nw.col("owed") <= 0).then(nw.col("day"))
    running = running.with_columns(
        clear=clear.max().over("k").fill_null(_LONG_AGO), first=nw.col("day").min().over("k")
    )
    facts = [
        whole(nw.when(nw.col("day") > nw.col("clear")).then(nw.col("day")).min() - 1).alias(
            "episode_start"
        )
    ]
    if windows is not None:
        running = running.join(windows, on="k", how="inner")
        window = nw.col("window")
        in_window = nw.when(nw.col("until") > window).then(
            nw.max_horizontal(nw.col("owed"), nw.lit(0, nw.Int64))
        )
        before = nw.when(nw.col("first") > window).then(nw.lit(0, nw.Int64))
        running = running.with_columns(
            in_force=nw.min_horizontal(in_window, before).fill_null(_FAR_OFF * 1_000)
        )
        facts.append(whole(nw.col("in_force").min()).alias("sustained_cents"))
    return running.group_by("k").agg(*facts)


def _months(terms: Frame, received: Frame, rents: Frame) -> Frame:
    """The arrears in billionths of a month: the open part of each term ÷ the rent on its due day."""
    paid = (
        received.filter(~nw.col("term").is_null())
        .select("k", "share", id="term")
        .group_by("k", "id")
        .agg(total(nw.col("share")).alias("paid"))
    )
    pool = received.group_by("k").agg(total(nw.col("cents") - nw.col("share")).alias("pool"))
    unpaid = (
        terms.join(paid, on=["k", "id"], how="left")
        .join(pool, on="k", how="left")
        .with_columns(unpaid=nw.col("cents") - nw.col("paid").fill_null(0))
    )
    up_to_here = whole(nw.col("unpaid").cum_sum().over("k", order_by=["due", "id"]))
    before = up_to_here - nw.col("unpaid")
    left = nw.col("pool").fill_null(0) - nw.col("before")
    covered = nw.min_horizontal(nw.max_horizontal(left, nw.lit(0, nw.Int64)), nw.col("unpaid"))
    owed = (
        unpaid.with_columns(before=before)
        .with_columns(open=nw.col("unpaid") - covered)
        .filter(nw.col("open") > 0)
        .select("k", "due", "open")
    )
    until = nw.col("from").shift(-1).over("k", order_by="from").fill_null(_FAR_OFF)
    since = nw.when(nw.col("from") == nw.col("from").min().over("k")).then(_LONG_AGO)
    in_force = rents.with_columns(until=until, since=since.otherwise(nw.col("from"))).select(
        "k", "since", "until", nw.col("cents").alias("rent")
    )
    each = owed.join(in_force, on="k", how="inner").filter(
        (nw.col("since") <= nw.col("due")) & (nw.col("due") < nw.col("until"))
    )
    return each.group_by("k").agg(total(_billionths("open", "rent")).alias("months"))


def _billionths(amount: str, rent: str) -> nw.Expr:
    """Amount × 10^9 ÷ rent, rounded down; in steps, since one library divides in floating point."""
    whole_months, rest = nw.col(amount) // nw.col(rent), nw.col(amount) % nw.col(rent)
    four, rest = rest * 10**4 // nw.col(rent), rest * 10**4 % nw.col(rent)
    five = rest * 10**5 // nw.col(rent)
    return whole(whole_months) * 10**9 + whole(four) * 10**5 + whole(five)
