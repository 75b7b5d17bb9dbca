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

from benchmarks.by_hand.ladder import STOP_A_REFERRAL

GRACE_DAYS: Final = 7
FLOOR_CENTS: Final = 1_000
SUSTAINED_DAYS: Final = 30
PAYMENTS_A_YEAR: Final = {
    "year": 1,
    "half-year": 2,
    "quarter": 4,
    "month": 12,
    "four-weeks": 13,
    "week": 52,
}

_MONTH: Final = 10**9
_LONG_AGO: Final = dt.date(1, 1, 1)
_DAYS: Final = (dt.date(1900, 1, 1), dt.date(2199, 12, 31))
_MOST_ENTRIES: Final = 5_000


def facts(folder: Path, as_of: dt.date) -> pl.DataFrame:
    """The tenancies in arrears: what they owe, in how many billionths of a month, and since when.

    Args:
        folder: where `entries.parquet` and `rents.parquet` are.
        as_of: the day.

    Returns:
        A frame of `tenancy`, `arrears_cents`, `past_grace_cents`, `months`, `episode_start` and
        `sustained_cents`.
    """
    booked = pl.coalesce("booked", "due") <= as_of
    cents, kind, due = pl.col("cents"), pl.col("kind"), pl.col("due")
    is_rent, is_reversal, is_refund = kind == "rent", kind == "reversal", kind == "refund"
    is_received = (kind == "payment") | (kind == "credit")
    entries = pl.scan_parquet(folder / "entries.parquet").filter(booked)
    # What was taken back counts here for as much as it says, or for the largest entry there is, so that
    # no id is needed.
    may_owe = (
        entries.group_by("tenancy")
        .agg(
            pl.when((is_rent & (due < as_of)) | is_refund | is_reversal)
            .then(cents)
            .when(is_received)
            .then(-cents)
            .otherwise(0)
            .sum()
            .alias("owed"),
            cents.is_null().sum().cast(pl.Int64).alias("blanks"),
            cents.max().alias("largest"),
        )
        .filter(pl.col("owed") + pl.col("blanks") * pl.col("largest") > 0)
        .select("tenancy")
        .collect(engine="streaming")
        .with_row_index("k")
    )
    theirs = (
        entries.join(may_owe.lazy(), on="tenancy", how="inner")
        .filter((is_rent & (due <= as_of)) | is_received | is_reversal | is_refund)
        .select("k", "id", "kind", "due", "booked", "cents", "reverses")
        .collect(engine="streaming")
        .lazy()
    )
    terms = theirs.filter(is_rent).select(
        "k", "due", "cents", day=pl.max_horizontal("due", pl.coalesce("booked", "due"))
    )
    money = pl.concat(
        [
            theirs.filter(is_received).select("k", "cents", day="booked"),
            theirs.filter(is_refund).select("k", cents=-cents, day="booked"),
            _taken_back(theirs),
        ]
    )
    pools = money.group_by("k").agg(pool=cents.sum())
    hot = (
        terms.filter(due < as_of)
        .group_by("k")
        .agg(
            overdue=cents.sum(),
            early=pl.when(due <= as_of - dt.timedelta(days=GRACE_DAYS)).then(cents).otherwise(0).sum(),
        )
        .join(pools, on="k", how="left")
        .with_columns(pool=pl.col("pool").fill_null(0).clip(0))
        .select(
            "k",
            "pool",
            arrears_cents=pl.col("overdue") - pl.col("pool"),
            past_grace_cents=(pl.col("early") - pl.col("pool")).clip(0),
        )
        .filter(pl.col("arrears_cents") > 0)
        .collect()
        .lazy()
    )
    terms, money = (it.join(hot, on="k", how="semi") for it in (terms, money))
    rents = pl.scan_parquet(folder / "rents.parquet").join(may_owe.lazy(), on="tenancy", how="inner")
    found = (
        hot.join(_running(terms, money, hot, as_of), on="k")
        .join(_months(terms, rents, hot, as_of), on="k")
        .join(may_owe.lazy(), on="k")
    )
    columns = (
        "tenancy",
        "arrears_cents",
        "past_grace_cents",
        "months",
        "episode_start",
        "sustained_cents",
    )
    return found.select(*columns).collect()


def _taken_back(theirs: pl.LazyFrame) -> pl.LazyFrame:
    """What reversals took of payments: never more than there was, nor before it came."""
    received = theirs.filter(pl.col("kind").is_in(["payment", "credit"])).select(
        "k", "id", paid="cents", came="booked"
    )
    so_far, asked, paid = pl.col("so_far"), pl.col("asked"), pl.col("paid")
    return (
        theirs.filter(pl.col("kind") == "reversal")
        .select("k", "booked", "cents", id="reverses", reversal="id")
        .join(received, on=["k", "id"])
        .sort("k", "id", "booked", "reversal")
        .with_columns(asked=pl.coalesce("cents", "paid"))
        .with_columns(so_far=asked.cum_sum().over("k", "id"))
        .select(
            "k",
            cents=pl.min_horizontal(so_far - asked, paid) - pl.min_horizontal(so_far, paid),
            day=pl.max_horizontal("booked", "came"),
        )
    )


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
        .then(due & ~booked & settles & ~reverses)
        .when(kind == "refund")
        .then(due & ~booked & ~cents & settles & reverses)
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
    counts = entries.group_by("tenancy").len().collect(engine="streaming").lazy()
    strangers = counts.join(ids, on="tenancy", how="anti")
    too_many = counts.filter(pl.col("len") > _MOST_ENTRIES)
    without_rent = ids.join(rents, on="tenancy", how="anti")
    year = pl.col("cents") * pl.col("per").fill_null("month").replace_strict(
        PAYMENTS_A_YEAR, default=None, return_dtype=pl.Int64
    )
    too_low = rents.filter(
        pl.col("cents").is_between(100, 10**8).not_() | (year < 1_200) | year.is_null()
    )
    taken_back = (
        entries.filter(~reverses)
        .select("tenancy", id="reverses", taken="cents")
        .collect(engine="streaming")
    )
    payments = (
        entries.filter(pl.col("tenancy").is_in(taken_back["tenancy"].unique().implode()))
        .filter(kind.is_in(["payment", "credit"]))
        .select("tenancy", "id", paid="cents")
    )
    dangling = (
        taken_back.lazy()
        .join(payments, on=["tenancy", "id"], how="left")
        .filter(pl.col("paid").is_null() | (pl.col("taken") > pl.col("paid")))
    )
    others = (strangers, too_many, without_rent, too_low, dangling)
    counted = [not_as_it_must_be, *(it.select(pl.len()) for it in others)]
    return int(twice + sum(it.collect(engine="streaming").item() for it in counted))


def _running(
    terms: pl.LazyFrame, money: pl.LazyFrame, hot: pl.LazyFrame, as_of: dt.date
) -> pl.LazyFrame:
    """What was owed from day to day: since when the tenant is behind, and the lowest of late."""
    window = as_of - dt.timedelta(days=SUSTAINED_DAYS)
    day, owed, long_ago, nothing = pl.col("day"), pl.col("owed"), pl.lit(_LONG_AGO), pl.lit(0)
    due = pl.col("rent").cum_sum().over("k")
    received = pl.col("money").cum_sum().over("k").clip(0)
    return (
        pl.concat(
            [
                terms.select("k", "day", rent="cents", money=nothing.cast(pl.Int64)),
                money.select("k", "day", rent=nothing.cast(pl.Int64), money="cents"),
            ]
        )
        .group_by("k", "day")
        .agg(pl.col("rent", "money").sum())
        .sort("k", "day")
        .with_columns(owed=due - received, until=day.shift(-1).over("k"))
        .with_columns(owed=pl.when(owed >= FLOOR_CENTS).then(owed).otherwise(nothing))
        .with_columns(clear=pl.when(owed == 0).then(day).max().over("k").fill_null(long_ago))
        .group_by("k")
        .agg(
            episode_start=pl.when(day > pl.col("clear")).then(day).min(),
            lowest=pl.when(pl.col("until").is_null() | (pl.col("until") > window)).then(owed).min(),
            first=day.min(),
        )
        .join(hot, on="k")
        .select(
            "k",
            "episode_start",
            sustained_cents=pl.when(pl.col("first") <= window)
            .then(pl.min_horizontal("lowest", "arrears_cents"))
            .otherwise(nothing),
        )
    )


def _months(terms: pl.LazyFrame, rents: pl.LazyFrame, hot: pl.LazyFrame, as_of: dt.date) -> pl.LazyFrame:
    """The billionths of a month: what is open of the terms of each rent, against that rent.

    The pool goes to the rents in their order, as it does to their terms.
    """
    cents, due = pl.col("cents"), pl.col("due")
    past_grace = due <= as_of - dt.timedelta(days=GRACE_DAYS)
    year = cents * pl.col("per").fill_null("month").replace_strict(
        PAYMENTS_A_YEAR, return_dtype=pl.Int64
    )
    rents = rents.select("k", "from", year=year).sort("from")
    first = rents.group_by("k", maintain_order=True).agg(
        first_from=pl.col("from").first(), first_year=pl.col("year").first()
    )
    before = pl.col("unpaid").cum_sum().over("k") - pl.col("unpaid")
    twelfths = pl.col("open") * 12
    return (
        terms.filter(due < as_of)
        .sort("due")
        .join_asof(rents, left_on="due", right_on="from", by="k", check_sortedness=False)
        .join(first, on="k")
        .group_by("k", pl.coalesce("from", "first_from"), pl.coalesce("year", "first_year"))
        .agg(unpaid=cents.sum(), early=pl.when(past_grace).then(cents).otherwise(0).sum())
        .sort("k", "from")
        .join(hot, on="k", maintain_order="left")
        .with_columns(open=(pl.col("early") - (pl.col("pool") - before).clip(0)).clip(0))
        .group_by("k")
        .agg(
            months=(
                twelfths // pl.col("year") * _MONTH
                + twelfths % pl.col("year") * _MONTH // pl.col("year")
            ).sum()
        )
    )


def advised(facts: pl.LazyFrame) -> pl.LazyFrame:
    """Facts with the advice, priority, holds and unknown parts by `katwijk-2021` beside them."""
    holds = {
        "already-referred": pl.col("already_referred"),
        "deceased": pl.col("deceased"),
        "disputed": pl.col("disputed"),
        "lease-ended": pl.col("lease_ended") & ~pl.col("eviction_announced"),
        "not-a-dwelling": ~pl.col("dwelling"),
        "objected": pl.col("objected"),
        "plan-in-force": pl.col("plan_in_force"),
        "tenant-acted": pl.col("tenant_acted"),
    }
    # Kleene's, as all of these
    of_a_referral = pl.any_horizontal(*(it for name, it in holds.items() if name in STOP_A_REFERRAL))
    of_everything = pl.any_horizontal(*(it for name, it in holds.items() if name not in STOP_A_REFERRAL))
    too_early = (pl.col("days_overdue") < 7) | (pl.col("arrears_cents") < 1_000)
    sought = (pl.col("attempts") >= 2) & (pl.col("channels") >= 2)
    written = pl.col("reminder_sent") & pl.col("sharing_offered")
    personal = pl.col("personal_effort") & pl.col("debt_help_named")
    conditions = (
        (pl.col("months") > _MONTH)
        & (pl.col("sustained_cents") >= 1)
        & written
        & personal
        & sought
        & (pl.col("days_since_attempt") >= 14)
        & (pl.col("days_since_offer") >= 14)
    )
    refer = conditions & ~of_a_referral & ~of_everything
    held = conditions & of_a_referral
    contact = ~(personal & sought)
    named = [pl.when(it).then(pl.lit(name)) for name, it in holds.items()]
    parts = ("contacts", "disputes", "objections", "plans", "signals")
    asked = [pl.when(f"unknown_{part}").then(pl.lit(part)) for part in parts]
    stopped = (pl.col("arrears_cents") == 0) | of_everything.fill_null(False) | too_early
    # Where a hold stops a referral, what is unknown of its conditions is not asked for.
    asks_before_referral = ~stopped & refer.is_null()
    later = ~stopped & ~refer & ~held.fill_null(False)
    asks_before_contact = later & (written.is_null() | (written & contact.is_null()))
    return facts.with_columns(
        advice=pl.when(pl.col("arrears_cents") == 0)
        .then(pl.lit("none"))
        .when(of_everything)
        .then(pl.lit("hold"))
        .when(too_early)
        .then(pl.lit("wait"))
        .when(held)
        .then(pl.lit("hold"))
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
        hold=pl.when((pl.col("arrears_cents") > 0) & (of_everything | (~too_early & held)))
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
