"""Since when those are behind that are behind on a day: where their folded ledger begins to count."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from typing import Final

from huurschuld.model.values import FIRST_DAY
from huurschuld.portfolio.columnar.screening import Screening
from huurschuld.portfolio.extras import polars
from huurschuld.portfolio.kept.folding import CELLS, PolarsFrame
from huurschuld.portfolio.kept.standing import bound, may_be_above_nothing
from huurschuld.rules.clauses import Period
from huurschuld.rules.policies import find_policy
from huurschuld.rules.policy import Policy

_BASE: Final = "bgs-2021"


def starts_of(entries: PolarsFrame, rents: PolarsFrame, until: dt.date, floor: int) -> PolarsFrame:
    """The first day of the run of those that are behind on a day, by what is booked by then.

    Args:
        entries: a lazy frame of `kept.folding.COLUMNS`, of all that is booked.
        rents: a frame of `k`, `from`, `cents` and `per`.
        until: the day.
        floor: the amount in cents from which on a tenant is behind.

    Returns:
        A frame of `k` and `start`.
    """
    pl = polars("the portfolio")
    key = pl.col("k").cast(pl.String)
    next_day = until + dt.timedelta(1)
    booked = entries.filter(pl.col("booked") <= until)
    owing = bound(booked, next_day).filter(may_be_above_nothing()).select("k")
    rents = rents.join(owing, on="k", how="semi")
    booked = booked.join(owing.lazy(), on="k", how="semi").collect(engine="streaming")
    ids = owing.sort("k").select(id=key, start=pl.lit(FIRST_DAY))
    portfolio = {
        "tenancies": ids,
        "rents": rents.select("from", "cents", "per", tenancy=key),
        "entries": booked.select(*CELLS, tenancy=key),
    }
    # On the next day what is due on this one is overdue, and what has come since is not there.
    found = Screening.of(portfolio, _policy(floor), next_day)
    try:
        result = found.collected(found.result(facts=True))
    finally:
        found.release()
    behind = result.filter(pl.col("episode_start") <= until)
    return behind.select(k=pl.col("tenancy").cast(pl.UInt32), start="episode_start")


@lru_cache(maxsize=8)
def _policy(floor: int) -> Policy:
    """A policy of which nothing matters but the floor, in force on every day."""
    base = find_policy(_BASE)
    numbers: dict[str, object] = dict(base.on(base.in_force.since).numbers)
    return base.with_("kept", in_force=Period(FIRST_DAY), parameters=numbers | {"floor_cents": floor})
