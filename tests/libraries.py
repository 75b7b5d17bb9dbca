"""The libraries whose frames a portfolio may be, for the tests: there and back again."""

from __future__ import annotations

import importlib.util
import os
import shutil
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import polars as pl
import pytest

Frames = Mapping[str, pl.DataFrame]


def _in_duckdb(frames: Frames) -> dict[str, Any]:
    import duckdb  # noqa: PLC0415 - it need not be there

    connection = duckdb.connect()
    return {name: connection.from_arrow(frame.to_arrow()) for name, frame in frames.items()}


@cache
def spark_session() -> Any:
    """A session of Spark on this machine, small enough for tests."""
    from pyspark.sql import SparkSession  # noqa: PLC0415 - it need not be there

    builder = SparkSession.builder.master("local[2]")
    for name, value in {
        "spark.ui.enabled": "false",
        "spark.sql.shuffle.partitions": "2",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
    }.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    return session


def _in_spark(frames: Frames) -> dict[str, Any]:
    session = spark_session()
    return {name: session.createDataFrame(frame.to_arrow()) for name, frame in frames.items()}


GIVEN: Mapping[str, Callable[[Frames], dict[str, Any]]] = {
    "polars": dict,
    "polars-lazy": lambda frames: {name: it.lazy() for name, it in frames.items()},
    "pandas": lambda frames: {
        name: it.to_pandas(use_pyarrow_extension_array=True) for name, it in frames.items()
    },
    "pyarrow": lambda frames: {name: it.to_arrow() for name, it in frames.items()},
    "duckdb": _in_duckdb,
    "spark": _in_spark,
}
"""From frames of polars to those of each library."""

BACK: Mapping[str, Callable[[Any], pl.DataFrame]] = {
    "polars": lambda frame: frame,
    "polars-lazy": lambda frame: frame.collect(),
    "pandas": pl.from_pandas,
    "pyarrow": pl.DataFrame,
    "duckdb": lambda frame: pl.DataFrame(frame.to_arrow_table()),
    "spark": lambda frame: pl.DataFrame(frame.toArrow()),
}
"""And back."""

KIND: Mapping[str, str] = {
    "polars": "polars.dataframe.frame.DataFrame",
    "polars-lazy": "polars.lazyframe.frame.LazyFrame",
    "pandas": "pandas.DataFrame",
    "pyarrow": "pyarrow.lib.Table",
    "duckdb": "_duckdb.DuckDBPyRelation",
    "spark": "pyspark.sql.classic.dataframe.DataFrame",
}
"""The class of a frame of each, as it calls itself."""


def _missing(library: str) -> str:
    if os.environ.get("HUURSCHULD_TEST_LIBRARIES") == "all":
        return ""  # what is not there is to fail
    module = {"polars-lazy": "polars", "spark": "pyspark"}.get(library, library)
    if importlib.util.find_spec(module) is None:
        return f"{module} is not installed"
    java = os.environ.get("JAVA_HOME") or shutil.which("java")
    return "Java is not there, on which Spark runs" if library == "spark" and not java else ""


LIBRARIES = [
    pytest.param(
        name, marks=pytest.mark.skipif(bool(_missing(name)), reason=_missing(name) or "it is there")
    )
    for name in GIVEN
]
"""Each of them, skipped with the reason where it is not there."""

SPARK_IS_SLOW = [
    pytest.param(*it.values, marks=[*it.marks, pytest.mark.slow]) if it.values == ("spark",) else it
    for it in LIBRARIES
]
"""The same, for tests that are quick in all the others."""
