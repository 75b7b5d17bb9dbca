"""Frames for the caller, in the library of the caller's tables."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import narwhals as nw

from huurschuld.portfolio.columnar.duckdb_rows import relation_of
from huurschuld.portfolio.files import CsvFile, ParquetFile
from huurschuld.portfolio.ledger_tables import ledger_table
from huurschuld.portfolio.schema import tenancy_column


def without(name: str, table: Any, tenancies: Sequence[str]) -> Any:  # noqa: ANN401 - as its docstring
    """A table without the rows of some tenancies, in its own library; a file is one of polars."""
    if isinstance(table, CsvFile | ParquetFile):
        table = ledger_table(name, table).scan()
    key = nw.col(tenancy_column(name)).cast(nw.String)
    return nw.from_native(table).filter(~key.is_in(tenancies)).to_native()


def as_in(made: Any, tables: Sequence[Any]) -> Any:  # noqa: ANN401 - frames of any library
    """A frame of texts and whole numbers in the library of these tables; as it is if it is of none."""
    frames = [nw.from_native(it, pass_through=True) for it in tables]
    known = [it for it in frames if isinstance(it, nw.DataFrame | nw.LazyFrame)]
    if not known:
        return made
    native: Any = known[0].to_native()
    match known[0].implementation.value:
        case "polars":
            return made.lazy() if isinstance(known[0], nw.LazyFrame) else made
        case "pandas":
            return made.to_pandas(use_pyarrow_extension_array=True)
        case "pyarrow":
            return made.to_arrow()
        case "duckdb":
            return relation_of(made, native)
        case "pyspark" | "pyspark[connect]":
            types = {"Int64": "bigint", "String": "string"}
            schema = ", ".join(f"`{it.name}` {types[str(it.dtype)]}" for it in made)
            return native.sparkSession.createDataFrame(made.rows(), schema)
    return made
