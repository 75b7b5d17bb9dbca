"""What users write, with the types that they get; a type checker reads it, and nothing runs it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, assert_type

from huurschuld import (
    Advice,
    Child,
    Contact,
    Decision,
    Household,
    InternalError,
    Payment,
    Plan,
    Portfolio,
    Rent,
    RentTerm,
    Tenancy,
    Worklist,
    decide,
    decide_many,
    explain,
    read_portfolio,
    replay,
    screen,
    worklist,
)
from huurschuld.hooks import Ledger

if TYPE_CHECKING:
    import duckdb
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
