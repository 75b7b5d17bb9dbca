"""What users write, with the types that they get; a type checker reads it, and nothing runs it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, assert_type

from huurschuld import (
    Advice,
    Change,
    Child,
    Contact,
    Decision,
    Household,
    InternalError,
    Payment,
    Plan,
    Portfolio,
    Receipt,
    Rent,
    RentTerm,
    StatedFact,
    Tenancy,
    Worklist,
    changes,
    decide,
    decide_many,
    decisions_frame,
    explain,
    read_portfolio,
    read_receipt,
    replay,
    reveal,
    screen,
    worklist,
)
from huurschuld.hooks import Ledger

if TYPE_CHECKING:
    import duckdb
    import numpy as np
    import pandas as pd
    import polars as pl
    import pyarrow as pa
    from pyspark.sql import DataFrame as SparkFrame

DAY = dt.date(2025, 3, 31)

tenancy = Tenancy(
    id="T-1",
    start=DAY,
    rents=[Rent(from_=DAY, cents=63_000)],
    entries=[RentTerm(id="r1", due=DAY, cents=63_000), Payment(id="p1", booked=DAY, cents=1)],
    contacts=(Contact(date=day, channel="letter", direction="in") for day in [DAY]),
    household=Household(children=[Child(born=DAY)]),
    plans=(Plan(from_=DAY),),
    disputes=None,
)
assert_type(tenancy.rents, tuple[Rent, ...])
assert_type(tenancy.plans, tuple[Plan, ...] | None)

decision = decide(tenancy, "bgs-2021", DAY, {"minimum_cents": 7_500}, engine="reference")
assert_type(decision, Decision)
assert_type(decision.advice, Advice)
assert_type(list(decide_many([tenancy], "bgs-2021", DAY, engine="durable")), list[Decision])
assert_type(replay(decision.receipt, tenancy), Decision)
assert_type(explain(decision, "nl").reasons[0].text, str)
assert_type(InternalError.of(KeyError()).code, str)
assert_type(decision.hold, tuple[str, ...])
assert_type(decision.months, str | None)
assert_type(read_receipt(decision.receipt.to_json(), []), Receipt)
assert_type([it.tenancy for it in changes([decision], iter([decision]))], list[str])
assert_type(next(iter(changes("before.json", "after.json"))), Change)
assert_type(reveal(tenancy), Any)


def values(
    cents: np.int64, day: np.datetime64, moment: dt.datetime, stamp: pd.Timestamp, flag: np.bool_
) -> None:
    """What numpy and pandas have is given as it is, and kept as a value of Python."""
    rent = Rent(from_=day, cents=cents)
    assert_type(rent.cents, int)
    assert_type(rent.from_, dt.date)
    Tenancy(id="T-1", start=moment, rents=(rent for _ in [day]), entries=[], end=stamp)
    Contact(date=stamp, channel="letter", reminder=flag)
    Plan(from_=DAY, until=day, cents=cents)
    StatedFact(name="guardian", value=flag, from_=day)
    decide(tenancy, "bgs-2021", stamp)


def a_ledger(ledger: Ledger) -> None:
    """A portfolio holds tenancies, and makes a worklist."""
    portfolio = read_portfolio(ledger)
    assert_type(portfolio, Portfolio)
    assert_type(list(portfolio), list[Tenancy])
    assert_type(worklist(portfolio, "bgs-2021", DAY), Worklist)


def frames(
    eager: Mapping[str, pl.DataFrame],
    lazy: dict[str, pl.LazyFrame],
    arrow: dict[str, pa.Table],
    relations: dict[str, duckdb.DuckDBPyRelation],
    pandas: dict[str, pd.DataFrame],
    spark: dict[str, SparkFrame],
    unknown: dict[str, Any],
) -> None:
    """What goes in comes out."""
    assert_type(screen(eager, "bgs-2021", DAY), pl.DataFrame)
    assert_type(screen(lazy, "bgs-2021", [DAY]), pl.LazyFrame)
    assert_type(screen(arrow, "bgs-2021", "day"), pa.Table)
    assert_type(screen(relations, "bgs-2021", DAY), duckdb.DuckDBPyRelation)
    assert_type(screen(pandas, "bgs-2021", DAY), pd.DataFrame)
    assert_type(screen(spark, "bgs-2021", DAY), SparkFrame)
    assert_type(screen(unknown, "bgs-2021", DAY), Any)
    assert_type(decisions_frame([decision]), pl.DataFrame)
    assert_type(decisions_frame(iter([decision]), "polars", facts=True), pl.DataFrame)
    assert_type(decisions_frame([decision], "pandas"), pd.DataFrame)
    assert_type(decisions_frame([decision], "pyarrow"), pa.Table)
    assert_type(decisions_frame([decision], "duckdb"), duckdb.DuckDBPyRelation)
    assert_type(decisions_frame([decision], "spark"), SparkFrame)
    assert_type([it.tenancy for it in changes(eager, lazy)], list[str])
