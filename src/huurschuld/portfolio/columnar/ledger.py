"""The ledgers of some tenancies as changes of sums: the same ones, whatever the day that is asked about.

The semantics allocate payments anew for each day; two running sums give the same answer. One is the rent
that is due, less the shares of it that were paid by name. The other is the pool: what came in, less what
was taken back, less all shares paid by name, less refunds. What is owed on a day is the first less the
second, where the second is above 0. Nothing that is booked later changes an earlier day, so the same
changes serve every day.
"""

from __future__ import annotations

from typing import Final

import narwhals as nw
from attrs import frozen

from huurschuld.portfolio.columnar.backend import Backend
from huurschuld.portfolio.columnar.expressions import Frame, total, whole

_NOTHING: Final = nw.lit(0, nw.Int64)


def is_received() -> nw.Expr:
    """Whether an entry is a payment or credit."""
    # Not `is_in`, which takes some libraries many times as long.
    return (nw.col("kind") == "payment") | (nw.col("kind") == "credit")


def day_booked() -> nw.Expr:
    """The day on which an entry was booked: a claim on its due day, unless it says another."""
    return nw.coalesce(nw.col("booked"), nw.col("due"))


@frozen
class Ledger:
    """What is in the ledgers of some tenancies.

    Attributes:
        changes: `t`, the number of the tenancy, and the `day` from which on `rent` adds to the rent that
            is due, and `pool` to the pool. From the day `late` on the rent is overdue.
        amounts: the rent terms, and less than nothing for each share of one that was paid by name: `t`,
            `cents`, the day on which the term was `due`, and from when on it counts as overdue, `late`.
    """

    changes: Frame
    amounts: Frame

    @classmethod
    def of(cls, backend: Backend[object], entries: Frame) -> Ledger:
        """The ledger of these entries, each with the number `t` of its tenancy."""
        entries = entries.with_columns(booked=day_booked())
        taken = backend.keep(_taken(entries))
        steps = backend.keep(_steps(taken, entries))
        is_rent, cents = nw.col("kind") == "rent", nw.col("cents")
        day = nw.when(is_rent).then(nw.max_horizontal("due", "booked")).otherwise(nw.col("booked"))
        late = nw.max_horizontal(day, nw.when(is_rent).then(nw.col("due") + 1))
        booked = entries.filter(is_received() | is_rent | (nw.col("kind") == "refund")).select(
            "t",
            day=day,
            late=late,
            rent=nw.when(is_rent).then(cents).otherwise(0),
            pool=nw.when(is_received()).then(cents).when(~is_rent).then(-cents).otherwise(0),
        )
        of_rent = steps.filter(~nw.col("due").is_null())
        overdue = nw.max_horizontal("day", nw.col("due") + 1)
        changes = [
            booked,
            taken.select("t", "day", late="day", rent=_NOTHING, pool="cents"),
            steps.select("t", "day", late="day", rent=_NOTHING, pool=-nw.col("step")),
            of_rent.select(
                "t",
                day=nw.max_horizontal("day", "due"),
                late=overdue,
                rent=-nw.col("step"),
                pool=_NOTHING,
            ),
        ]
        terms = entries.filter(is_rent).select("t", "due", "cents", late=late)
        shares = of_rent.select("t", "due", cents=-nw.col("step"), late=overdue)
        return cls(nw.concat(changes), nw.concat([terms, shares]))


def _received(entries: Frame) -> Frame:
    return entries.filter(is_received()).select("t", "id", "cents", "settles", day="booked")


def _taken(entries: Frame) -> Frame:
    """What reversals took of payments: `t`, `day`, `cents` below 0, and the claim that it `settles`.

    Together never more than there was, nor before it came.
    """
    reversals = entries.filter(nw.col("kind") == "reversal").select(
        "t", nw.col("id").alias("reversal"), "booked", nw.col("cents").alias("asked"), id="reverses"
    )
    taken = _received(entries).join(reversals, on=["t", "id"], how="inner")
    taken = taken.with_columns(asked=nw.coalesce(nw.col("asked"), nw.col("cents")))
    so_far = whole(nw.col("asked").cum_sum().over("t", "id", order_by=["booked", "reversal"]))
    return taken.with_columns(so_far=so_far).select(
        "t",
        "settles",
        day=nw.max_horizontal("booked", "day"),
        cents=nw.min_horizontal(nw.col("so_far") - nw.col("asked"), nw.col("cents"))
        - nw.min_horizontal("so_far", "cents"),
    )


def _steps(taken: Frame, entries: Frame) -> Frame:
    """What claims were paid by name: `t`, `day` and `step`, and `due` for a rent term."""
    claims = entries.filter(nw.col("kind").is_in(("rent", "other"))).select(
        "t",
        nw.col("cents").alias("claimed"),
        nw.when(nw.col("kind") == "rent").then(nw.col("due")).alias("due"),
        settles="id",
        known="booked",
    )
    flows = nw.concat([it.select("t", "settles", "day", "cents") for it in (_received(entries), taken)])
    named = flows.filter(~nw.col("settles").is_null()).join(claims, on=["t", "settles"], how="inner")
    by_day = (
        named.with_columns(day=nw.max_horizontal("day", "known"))
        .group_by("t", "settles", "day", "claimed", "due")
        .agg(total(nw.col("cents")).alias("cents"))
    )
    so_far = whole(nw.col("cents").cum_sum().over("t", "settles", order_by="day"))
    step = nw.min_horizontal("claimed", "so_far") - nw.min_horizontal(
        nw.col("claimed"), nw.col("so_far") - nw.col("cents")
    )
    return by_day.with_columns(so_far=so_far).select("t", "day", "due", step=step)
