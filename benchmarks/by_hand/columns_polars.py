"""From Parquet to the facts about the arrears, and from facts to advice, in polars written by hand.

This is what somebody would write who knows polars and the definitions of `docs/semantics.md` well, and
needs nothing else: no payments that name a claim, no checks, one policy with its values filled in. Hot
first: a sum for each tenancy, which reads no id, and then only those that may owe something.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Final

import polars as pl

SUSTAINED_DAYS: Final = 30

_MONTH: Final = 10**9
_LONG_AGO: Final = dt.date(1, 1, 1)
_DAYS: Final = (dt.date(1900, 1, 1), dt.date(2199, 12, 31))


def facts(folder: Path, as_of: dt.date) -> pl.DataFrame:
    """The tenancies in arrears: what they owe, in how many billionths of a month, and since when.

    Args:
        folder: where `entries.parquet` and `rents.parquet` are.
        as_of: the day.

    Returns:
        A frame of `tenancy`, `arrears_cents`, `months`, `episode_start` and `sustained_cents`.
    """
    booked = pl.coalesce("booked", "due") <= as_of
    is_rent, is_reversal = pl.col("kind") == "rent", pl.col("kind") == "reversal"
    is_overdue = is_rent & (pl.col("due") < as_of)
    is_received = pl.col("kind").is_in(["payment", "credit"])
    signed = pl.when(is_overdue).then("cents").when(is_received).then(-pl.col("cents")).otherwise(0)
    entries = pl.scan_parquet(folder / "entries.parquet").filter(booked)
    # What was taken back counts here for the largest payment there is, so that no id is needed.
    may_owe = (
        entries.group_by("tenancy")
        .agg(
            signed.sum().alias("owed"),
            is_reversal.sum().cast(pl.Int64).alias("reversals"),
            pl.when(pl.col("kind") == "payment").then("cents").max().fill_null(0).alias("largest"),
        )
        .filter(pl.col("owed") + pl.col("reversals") * pl.col("largest") > 0)
        .select("tenancy")
        .collect(engine="streaming")
        .with_row_index("k")
    )
    theirs = (
        entries.join(may_owe.lazy(), on="tenancy", how="inner")
        .filter(is_overdue | is_received | is_reversal)
        .select("k", "id", "due", "reverses", "booked", cents=signed, reversal=is_reversal)
        .collect(engine="streaming")
        .lazy()
    )
    taken_back = theirs.filter("reversal").select("k", id="reverses")
    counting = theirs.filter(~pl.col("reversal")).join(taken_back, on=["k", "id"], how="anti")
    hot = (
        counting.group_by("k")
        .agg(arrears_cents=pl.col("cents").sum())
        .filter(pl.col("arrears_cents") > 0)
    )
    counting = counting.join(hot, on="k", how="semi").collect().lazy()
    rents = pl.scan_parquet(folder / "rents.parquet").join(may_owe.lazy(), on="tenancy", how="inner")
    found = (
        hot.join(_running(counting, as_of), on="k")
        .join(_months(counting, rents), on="k")
        .join(may_owe.lazy(), on="k")
    )
    columns = ("tenancy", "arrears_cents", "months", "episode_start", "sustained_cents")
    return found.select(*columns).collect()


def refused(folder: Path) -> int:
    """How many rows there are that `docs/semantics.md` refuses, each counted for each thing wrong.

    Args:
        folder: where the tables are.
    """
    tenancies, rents, entries = (
        pl.scan_parquet(folder / f"{name}.parquet") for name in ("tenancies", "rents", "entries")
    )
    kind, empty, cents = pl.col("kind"), pl.col("id") == "", pl.col("cents").is_null()
    due, booked = pl.col("due").is_null(), pl.col("booked").is_null()
    settles, reverses = pl.col("settles").is_null(), pl.col("reverses").is_null()
    day_wrong = ~pl.col("due", "booked").is_between(*_DAYS)
    fits = (
        pl.when(kind.is_in(["rent", "other"]))
        .then(~due & ~cents & settles & reverses)
        .when(kind.is_in(["payment", "credit"]))
        .then(due & ~booked & ~cents & reverses)
        .when(kind == "reversal")
        .then(due & ~booked & cents & settles & ~reverses)
        .otherwise(False)
    )
    not_as_it_must_be = entries.select(
        (
            ~fits
            | pl.any_horizontal(day_wrong.fill_null(False))
            | (~pl.col("cents").is_between(1, 10**8)).fill_null(False)
            | empty.fill_null(True)
        ).sum()
    )
    hashes = entries.select(pl.struct("tenancy", "id").hash()).collect(engine="streaming").to_series()
    twice = len(hashes) - hashes.n_unique()
    ids = tenancies.select(tenancy="id")
    strangers = entries.select("tenancy").unique().join(ids, on="tenancy", how="anti")
    without_rent = ids.join(rents, on="tenancy", how="anti")
    taken_back = entries.filter(~reverses).select("tenancy", id="reverses").collect(engine="streaming")
    payments = (
        entries.filter(pl.col("tenancy").is_in(taken_back["tenancy"].unique().implode()))
        .filter(kind == "payment")
        .select("tenancy", "id")
    )
    dangling = taken_back.lazy().join(payments, on=["tenancy", "id"], how="anti")
    counted = [not_as_it_must_be, *(it.select(pl.len()) for it in (strangers, without_rent, dangling))]
    return int(twice + sum(it.collect(engine="streaming").item() for it in counted))


def _running(counting: pl.LazyFrame, as_of: dt.date) -> pl.LazyFrame:
    """The arrears from day to day: since when there are any, and the lowest of late."""
    window = as_of - dt.timedelta(days=SUSTAINED_DAYS - 1)
    day, owed, long_ago = pl.col("day"), pl.col("owed"), pl.lit(_LONG_AGO)
    changed = pl.when(pl.col("cents") > 0).then(pl.col("due").dt.offset_by("1d")).otherwise("booked")
    return (
        counting.group_by("k", changed.alias("day"))
        .agg(pl.col("cents").sum())
        .sort("k", "day")
        .with_columns(owed=pl.col("cents").cum_sum().over("k"), until=day.shift(-1).over("k"))
        .with_columns(clear=pl.when(owed <= 0).then(day).max().over("k").fill_null(long_ago))
        .group_by("k")
        .agg(
            episode_start=pl.when(day > pl.col("clear")).then(day).min(),
            lowest=pl.when(pl.col("until").is_null() | (pl.col("until") > window)).then(owed).min(),
            first=day.min(),
        )
        .select(
            "k",
            episode_start=pl.col("episode_start").dt.offset_by("-1d"),
            sustained_cents=pl.when(pl.col("first") <= window)
            .then(pl.col("lowest").clip(0))
            .otherwise(0),
        )
    )


def _months(counting: pl.LazyFrame, rents: pl.LazyFrame) -> pl.LazyFrame:
    """The billionths of a month: what each term owes still, against the rent on its due day."""
    received = counting.filter(pl.col("cents") < 0).group_by("k").agg(pool=-pl.col("cents").sum())
    terms = counting.filter(pl.col("cents") > 0).select("k", "id", "due", "cents")
    owed = pl.col("before") + pl.col("cents") - pl.col("pool").fill_null(0)
    rents = rents.select("k", "from", rent="cents").sort("from")
    first = rents.group_by("k", maintain_order=True).agg(first_rent=pl.col("rent").first())
    return (
        terms.sort("k", "due", "id")
        .with_columns(before=pl.col("cents").cum_sum().over("k") - pl.col("cents"))
        .join(received, on="k", how="left")
        .select("k", "due", open=pl.min_horizontal("cents", owed))
        .filter(pl.col("open") > 0)
        .sort("due")
        .join_asof(rents, left_on="due", right_on="from", by="k", check_sortedness=False)
        .join(first, on="k")
        .group_by("k")
        .agg(months=(pl.col("open") * _MONTH // pl.coalesce("rent", "first_rent")).sum())
    )


def advised(facts: pl.LazyFrame) -> pl.LazyFrame:
    """Facts with the advice, priority, holds and unknown parts by `katwijk-2021` beside them."""
    holds = {
        "already-referred": pl.col("already_referred"),
        "deceased": pl.col("deceased"),
        "disputed": pl.col("disputed"),
        "lease-ended": pl.col("lease_ended"),
        "objected": pl.col("objected"),
        "plan-in-force": pl.col("plan_in_force"),
        "tenant-acted": pl.col("tenant_acted"),
    }
    held = pl.any_horizontal(*holds.values())  # Kleene's, as all of these
    too_early = (pl.col("days_overdue") < 7) | (pl.col("arrears_cents") < 1_000)
    sought = (pl.col("attempts") >= 2) & (pl.col("channels") >= 2)
    written = pl.col("reminder_sent") & pl.col("sharing_offered")
    personal = pl.col("personal_effort") & pl.col("debt_help_named")
    refer = (
        (pl.col("months") > _MONTH)
        & (pl.col("sustained_cents") >= 1)
        & written
        & personal
        & sought
        & (pl.col("days_since_attempt") >= 14)
        & (pl.col("days_since_offer") >= 14)
        & ~held
    )
    contact = ~(personal & sought)
    named = [pl.when(it).then(pl.lit(name)) for name, it in holds.items()]
    parts = ("contacts", "disputes", "objections", "plans", "signals")
    asked = [pl.when(f"unknown_{part}").then(pl.lit(part)) for part in parts]
    stopped = (pl.col("arrears_cents") == 0) | held.fill_null(False) | too_early
    asks_before_referral = ~stopped & refer.is_null()
    later = ~stopped & ~refer
    asks_before_contact = later & (written.is_null() | (written & contact.is_null()))
    return facts.with_columns(
        advice=pl.when(pl.col("arrears_cents") == 0)
        .then(pl.lit("none"))
        .when(held)
        .then(pl.lit("hold"))
        .when(too_early)
        .then(pl.lit("wait"))
        .when(refer)
        .then(pl.lit("refer"))
        .when(refer.is_null())
        .then(pl.lit("ask"))
        .when(~written)
        .then(pl.lit("remind"))
        .when(written.is_null())
        .then(pl.lit("ask"))
        .when(contact)
        .then(pl.lit("contact"))
        .when(contact.is_null())
        .then(pl.lit("ask"))
        .otherwise(pl.lit("wait")),
        priority=_priority(),
        hold=pl.when((pl.col("arrears_cents") > 0) & held)
        .then(pl.concat_str(named, separator=" ", ignore_nulls=True))
        .otherwise(pl.lit("")),
        unknown=pl.when(asks_before_referral)
        .then(pl.concat_str(asked, separator=" ", ignore_nulls=True))
        .when(asks_before_contact & pl.col("unknown_contacts"))
        .then(pl.lit("contacts"))
        .otherwise(pl.lit("")),
    )


def _priority() -> pl.Expr:
    return (
        pl.when("eviction_announced")
        .then(pl.lit("crisis"))
        .when("minor_living_in")
        .then(pl.lit("family"))
        .when(pl.col("eviction_announced").is_null() | pl.col("minor_living_in").is_null())
        .then(pl.lit("unknown"))
        .otherwise(pl.lit("regular"))
    )
