"""What is known of each tenancy without its ledger: whether it may owe anything, and its priority.

Of those that owe nothing only the priority has to be told, and that changes on few days: when a child
is born or comes of age, and when an eviction is announced or its day has passed. So most rows of a
result are those of the last one.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, Final

from huurschuld.portfolio.extras import polars
from huurschuld.portfolio.kept.folding import PolarsFrame
from huurschuld.rules.conditions.language import leaves
from huurschuld.rules.policy_checks import needed_parameters

if TYPE_CHECKING:
    from huurschuld.portfolio.columnar.intake import Intake
    from huurschuld.rules.policy import Policy

NEVER: Final = 10**9
"""A day in digits that does not come."""

_EIGHTEEN: Final = 180_000
_OF_PRIORITY: Final = frozenset({"eviction_announced", "minors", "minor_living_in"})
"""The facts that change on days that are known beforehand; built-in priorities go by no others."""

_BOUND: Final = ("sum", "reversals", "largest")


def changes_on_known_days(policy: Policy) -> bool:
    """Whether the priority of a policy changes only on days that are known beforehand.

    Not if it goes by other facts, or by a number of the policy, which may be another on another day.
    """
    clauses = (policy.crisis.when, policy.family.when)
    facts = {leaf.type.key for it in clauses for leaf in leaves(it)}
    numbers = [name for it in clauses for name, _ in needed_parameters(it)]
    return facts <= _OF_PRIORITY and not numbers


def bounds(entries: PolarsFrame, kept_day: dt.date) -> PolarsFrame:
    """What is at most owed on each day after a day by what counts on it, by tenancy.

    Args:
        entries: a lazy frame of `kept.folding.COLUMNS`.
        kept_day: the day.

    Returns:
        A frame of `k`, `sum`, `reversals` and `largest`: owed is at most the first and the product of
        the others.
    """
    pl = polars("the portfolio")
    counts = entries.filter(~is_later(kept_day))
    summed = bound(counts, kept_day + dt.timedelta(1))
    # A payment that names a rent term which is due lowers what is owed, as one that names nothing does.
    naming = counts.filter(pl.col("settles").is_not_null()).select("k", "cents", id="settles")
    terms = counts.filter(pl.col("kind") == "rent").select("k", "id")
    named = naming.join(terms, on=["k", "id"], how="semi").group_by("k").agg(named=pl.col("cents").sum())
    return (
        summed.lazy()
        .join(named, on="k", how="left")
        .with_columns(sum=pl.col("sum") - pl.col("named").fill_null(0))
        .drop("named")
        .collect(engine="streaming")
    )


def is_later(kept_day: dt.date) -> Any:  # noqa: ANN401 - an expression of polars
    """Whether an entry counts only from a day after this one on."""
    pl = polars("the portfolio")
    return (pl.col("booked") > kept_day) | (
        (pl.col("kind") == "rent") & (pl.col("due") > kept_day)
    ).fill_null(False)


def may_owe(known: PolarsFrame, later: PolarsFrame, as_of: dt.date) -> PolarsFrame:
    """Whether each tenancy may owe anything on a day, as a series in the order of their rows.

    Args:
        known: a frame with a row for each tenancy, in the order of `k`, with what `bounds` gives.
        later: a frame of entries: those that `bounds` left out, and those booked since.
        as_of: the day.
    """
    pl = polars("the portfolio")
    since = bound(later.lazy(), as_of)
    rows = pl.repeat(None, known.height, dtype=pl.UInt32, eager=True)
    rows = rows.scatter(since["k"], pl.int_range(since.height, dtype=pl.UInt32, eager=True))
    since = since.select(pl.col(_BOUND).gather(rows).fill_null(0))
    return (
        known.select(
            pl.col("sum") + since["sum"],
            pl.col("reversals") + since["reversals"],
            pl.max_horizontal("largest", since["largest"]).alias("largest"),
        )
        .select(may_be_above_nothing())
        .to_series()
    )


def may_be_above_nothing() -> Any:  # noqa: ANN401 - an expression of polars
    """Whether the sums of `bound` leave room for something owed."""
    pl = polars("the portfolio")
    return pl.col("sum") + pl.col("reversals") * pl.col("largest") > 0


def bound(entries: PolarsFrame, day: dt.date) -> PolarsFrame:
    """What is at most owed on a day: each reversal counts for the largest payment that there is.

    Args:
        entries: a lazy frame of `kept.folding.COLUMNS`.
        day: the day.

    Returns:
        A frame of `k`, `sum`, `reversals` and `largest`, as `bounds` has them; payments that name a
        claim are left out.
    """
    pl = polars("the portfolio")
    kind, cents = pl.col("kind"), pl.col("cents")
    is_received = kind.is_in(["payment", "credit"])
    owed = (
        pl.when(((kind == "rent") & (pl.col("due") < day)) | (kind == "refund"))
        .then(cents)
        .when(is_received & pl.col("settles").is_null())
        .then(-cents)
        .otherwise(0)
    )
    return (
        entries.filter(pl.col("booked") <= day)
        .group_by("k")
        .agg(
            sum=owed.sum(),
            reversals=(kind == "reversal").sum().cast(pl.Int64),
            largest=pl.when(is_received).then(cents).max().fill_null(0),
        )
        .collect(engine="streaming")
    )


def next_changes(taken: Intake, after: int) -> PolarsFrame:
    """When the priority of each tenancy may change next: `tenancy` and `until`, a day in digits.

    Args:
        taken: the tables, read in.
        after: the day after which it changes, in digits.
    """
    pl = polars("the portfolio")
    tenancies = taken.typed["tenancies"].to_native()

    def digits(name: str) -> Any:  # noqa: ANN401 - an expression of polars
        day = pl.col(name).cast(pl.Int32).cast(pl.Date)
        return day.dt.strftime("%Y%m%d").cast(pl.Int64)

    days = [
        tenancies.select(tenancy="id", day=digits("eviction_announced")),
        tenancies.select(tenancy="id", day=digits("eviction_on") + 1),
    ]
    if "children" in taken.typed:
        born = pl.col("born")
        # Of a birth of which the day or the month is not known, all the days that it may come down to.
        part = {0: born >= 0}
        part |= dict.fromkeys((28, 29, 30, 31), born % 100 == 0) | {1231: born % 10_000 == 0}
        ages = [pl.when(test).then(born + _EIGHTEEN + more) for more, test in part.items()]
        children = taken.typed["children"].to_native()
        days += [children.select("tenancy", day=it) for it in (born, *ages)]
    return (
        pl.concat(days)
        .filter(pl.col("day") > after)
        .group_by("tenancy")
        .agg(until=pl.col("day").min())
        .collect(engine="streaming")
    )
