"""An invented country: as many tenancies as wanted, with two years of entries each, as Parquet files.

It is made with polars alone, 100,000 tenancies at a time, and is the same every time for one version of
polars. About 6 in 100 owe something today; 1 payment in 200 was taken back, half of these in part, and
paid again, and 1 in 300 came twice and was paid back. 1 tenancy in 40 is of a garage, and of 1 in 20 the
rent is by the week, collected by the month. No payment names a claim, so that what others write by hand
need not know of it.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Final

import polars as pl

AS_OF: Final = dt.date(2026, 10, 20)
_CHUNK: Final = 100_000
_FIRST: Final = dt.date(2024, 11, 1)


def write_country(folder: Path, tenancies: int, months: int = 24) -> int:
    """Write the tables into a folder that is not there yet; how many entries there are.

    Args:
        folder: where to.
        tenancies: how many.
        months: for how many months there are entries.
    """
    folder.mkdir(parents=True)
    parts = folder / "parts"
    parts.mkdir()
    total = 0
    for number, start in enumerate(range(0, tenancies, _CHUNK)):
        people = _people(start, min(start + _CHUNK, tenancies))
        tables = {
            "tenancies": _tenancies(people),
            "rents": _rents(people),
            "entries": _entries(people, months),
            "contacts": _contacts(people),
            **_others(people),
        }
        total += tables["entries"].height
        for name, frame in tables.items():
            frame.write_parquet(parts / f"{name}-{number:04}.parquet")
    for name in tables:
        pl.scan_parquet(sorted(parts.glob(f"{name}-*.parquet"))).sink_parquet(folder / f"{name}.parquet")
    for part in parts.iterdir():
        part.unlink()
    parts.rmdir()
    return total


def _chance(seed: int, of: int) -> pl.Expr:
    """A number below `of`, of each row's own `n`."""
    return (pl.col("n").hash(seed) % of).cast(pl.Int64)


def _people(start: int, end: int) -> pl.DataFrame:
    """One row for each tenancy: its rent, and how many of its last terms are not paid."""
    late = _chance(2, 1_000)
    return pl.DataFrame({"n": pl.int_range(start, end, eager=True)}).with_columns(
        tenancy="T" + pl.col("n").cast(pl.String).str.zfill(7),
        rent=45_000 + _chance(1, 60_000),
        unpaid=pl.when(late < 20).then(1).when(late < 40).then(2).when(late < 60).then(4).otherwise(0),
    )


def _tenancies(people: pl.DataFrame) -> pl.DataFrame:
    known = _chance(3, 100)
    evicted = (pl.col("unpaid") == 4) & (_chance(6, 50) == 0)
    ended = (_chance(4, 200) == 0) | (evicted & (_chance(4, 2) == 0))
    return people.select(
        id="tenancy",
        start=pl.lit(dt.date(2015, 1, 1)),
        end=pl.when(ended).then(pl.lit(dt.date(2026, 9, 30))),
        object=pl.when(_chance(19, 40) == 0).then(pl.lit("parking")),
        deceased=pl.when(_chance(5, 2_000) == 0).then(pl.lit(dt.date(2026, 8, 1))),
        eviction_announced=pl.when(evicted).then(pl.lit(dt.date(2026, 10, 1))),
        eviction_on=pl.when(evicted).then(pl.lit(dt.date(2026, 11, 15))),
        children_known=pl.when(known < 70).then(pl.lit("all")).when(known < 80).then(pl.lit("some")),
    )


def _rents(people: pl.DataFrame) -> pl.DataFrame:
    first, raised = dt.date(2015, 1, 1), dt.date(2025, 7, 1)
    weekly = _chance(20, 20) == 0
    per = pl.when(weekly).then(pl.lit("week"))

    def rent(cents: pl.Expr, start: dt.date) -> pl.DataFrame:
        cents = pl.when(weekly).then(cents * 12 // 52).otherwise(cents)
        return people.select("tenancy", cents=cents, per=per, **{"from": pl.lit(start)})

    return pl.concat([rent(pl.col("rent") - 1_000, first), rent(pl.col("rent"), raised)])


def _entries(people: pl.DataFrame, months: int) -> pl.DataFrame:
    starts = pl.date_range(_FIRST, dt.date(2026, 10, 1), "1mo", eager=True).tail(months)
    terms = (
        people.join(pl.DataFrame({"due": starts, "month": range(months)}), how="cross")
        .with_columns(n=pl.col("n") * 1_000 + pl.col("month"))
        .with_columns(
            number=pl.col("n").cast(pl.String).str.zfill(10),
            cents=pl.when(pl.col("due") < dt.date(2025, 7, 1))
            .then(pl.col("rent") - 1_000)
            .otherwise(pl.col("rent")),
            paid=pl.col("due") + pl.duration(days=_chance(7, 12) - 3),
        )
    )
    nothing = {"settles": pl.lit(None, pl.String), "reverses": pl.lit(None, pl.String)}
    no_day = pl.lit(None, pl.Date)
    payments = terms.filter(pl.col("month") < months - pl.col("unpaid"))
    again = payments.filter(_chance(8, 200) == 0).with_columns(
        taken=pl.when(_chance(21, 2) == 0).then(pl.col("cents") // 2)
    )
    twice = payments.filter(_chance(22, 300) == 0)
    cents, still_to_pay = pl.col("cents"), pl.coalesce("taken", "cents")

    def moved(
        rows: pl.DataFrame, letter: str, days: int, cents: pl.Expr, kind: str = "payment"
    ) -> pl.DataFrame:
        return rows.select(
            "tenancy",
            id=letter + pl.col("number"),
            kind=pl.lit(kind),
            due=no_day,
            booked=pl.col("paid") + pl.duration(days=days),
            cents=cents,
            **nothing,
        )

    return pl.concat(
        [
            terms.select(
                "tenancy",
                id="H" + pl.col("number"),
                kind=pl.lit("rent"),
                due="due",
                booked=no_day,
                cents="cents",
                **nothing,
            ),
            moved(payments, "B", 0, cents),
            moved(again, "C", 9, still_to_pay),
            moved(twice, "D", 2, cents),
            moved(twice, "E", 8, cents, "refund"),
            again.select(
                "tenancy",
                id="S" + pl.col("number"),
                kind=pl.lit("reversal"),
                due=no_day,
                booked=pl.col("paid") + pl.duration(days=4),
                cents="taken",
                settles=nothing["settles"],
                reverses="B" + pl.col("number"),
            ),
        ]
    ).sort("tenancy", maintain_order=True)


def _contacts(people: pl.DataFrame) -> pl.DataFrame:
    """Of those in arrears: a letter, of some a call, of a few one that the tenant made."""
    owing = people.filter(pl.col("unpaid") > 0)

    def contact(
        rows: pl.DataFrame, day: dt.date, channel: str, direction: str, offers: bool
    ) -> pl.DataFrame:
        return rows.select(
            "tenancy",
            date=pl.lit(day),
            channel=pl.lit(channel),
            direction=pl.lit(direction),
            reached=pl.lit(direction == "in"),
            about_arrears=pl.lit(True),
            reminder=pl.lit(channel == "letter"),
            debt_help=_chance(9, 3) > 0,
            offers_sharing=pl.lit(offers),
        )

    return pl.concat(
        [
            contact(owing.filter(_chance(10, 5) > 0), dt.date(2026, 10, 5), "letter", "out", True),
            contact(owing.filter(_chance(11, 5) > 1), dt.date(2026, 10, 9), "phone", "out", False),
            contact(owing.filter(_chance(12, 9) == 0), dt.date(2026, 10, 12), "email", "in", False),
        ]
    )


def _others(people: pl.DataFrame) -> dict[str, pl.DataFrame]:
    owing = people.filter(pl.col("unpaid") > 0)
    born = pl.lit(dt.date(2006, 1, 1)) + pl.duration(days=_chance(13, 7_500))
    until, day = pl.lit(None, pl.Date), pl.lit(dt.date(2026, 10, 1))
    return {
        "children": people.filter(_chance(14, 3) == 0).select("tenancy", born=born),
        "plans": owing.filter(_chance(15, 12) == 0).select(
            "tenancy", until=until, broken_on=until, **{"from": day}
        ),
        "disputes": owing.filter(_chance(16, 90) == 0).select(
            "tenancy", until=until, cents=pl.lit(None, pl.Int64), **{"from": day}
        ),
        "objections": owing.filter(_chance(17, 60) == 0).select(
            "tenancy", date=day, withdrawn=until, standing=pl.lit(True)
        ),
        "signals": owing.filter(_chance(18, 40) == 0).select("tenancy", date=day, cents=pl.lit(90_000)),
    }
