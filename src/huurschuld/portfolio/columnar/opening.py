"""Opening tables in a library: files, of which only what is needed is read, or what is at hand."""

from __future__ import annotations

import importlib
from contextlib import suppress
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from huurschuld.errors import ExtraNeeded, InvalidValue
from huurschuld.hooks import ArrowStream, Opener
from huurschuld.portfolio.schema import polars

_PATTERN: Final = frozenset("*?[{")
"""What makes a pattern of a path, in libraries that take one for that."""


class Library(StrEnum):
    """Where the work is done."""

    POLARS = "polars"
    DUCKDB = "duckdb"
    SPARK = "spark"


def opener(library: Library) -> Opener:
    """The opener of a library.

    Raises:
        ExtraNeeded: it is not installed.
    """
    openers: dict[Library, type[Opener]] = {
        Library.POLARS: _Polars,
        Library.DUCKDB: _DuckDB,
        Library.SPARK: _Spark,
    }
    return openers[library]()


class _Polars:
    def __init__(self) -> None:
        self._pl = polars("--backend")

    def parquet(self, path: Path) -> Any:  # noqa: ANN401 - as Opener
        try:
            scanned = self._pl.scan_parquet(path, glob=False)
            scanned.collect_schema()
        except (self._pl.exceptions.PolarsError, self._pl.exceptions.PanicException, OSError):
            scanned = None
        if scanned is None:
            raise _no_parquet(path)
        return scanned

    def csv(self, path: Path, delimiter: str) -> Any:  # noqa: ANN401 - as Opener
        return self._pl.scan_csv(
            path, separator=delimiter, quote_char=None, infer_schema=False, glob=False
        )

    def arrow(self, table: ArrowStream) -> Any:  # noqa: ANN401 - as Opener
        return self._pl.DataFrame(table).lazy()


class _DuckDB:
    def __init__(self) -> None:
        module = _imported("duckdb", "duckdb")
        self._error: type[Exception] = module.Error
        self._connection = module.connect()
        self._polars = _Polars()

    def parquet(self, path: Path) -> Any:  # noqa: ANN401 - as Opener
        if not _PATTERN.isdisjoint(str(path)):
            return self.arrow(self._polars.parquet(path).collect())
        try:
            read = self._connection.read_parquet(str(path))
        except self._error:
            read = None
        if read is None:
            raise _no_parquet(path)
        return read

    def csv(self, path: Path, delimiter: str) -> Any:  # noqa: ANN401 - as Opener
        # By way of polars: there are two ways in which DuckDB reads a line, and a guess which.
        return self.arrow(self._polars.csv(path, delimiter).collect())

    def arrow(self, table: ArrowStream) -> Any:  # noqa: ANN401 - as Opener
        return self._connection.from_arrow(self._polars.arrow(table).collect().to_arrow())


class _Spark:
    def __init__(self) -> None:
        sql = _imported("pyspark.sql", "spark")
        self._session = sql.SparkSession.builder.getOrCreate()
        self._polars = _Polars()

    def parquet(self, path: Path) -> Any:  # noqa: ANN401 - as Opener
        self._polars.parquet(path)  # a damaged file is told in one way
        if not _PATTERN.isdisjoint(str(path)):
            return self.arrow(self._polars.parquet(path).collect())
        return self._session.read.parquet(path.resolve().as_uri())

    def csv(self, path: Path, delimiter: str) -> Any:  # noqa: ANN401 - as Opener
        return self.arrow(self._polars.csv(path, delimiter).collect())

    def arrow(self, table: ArrowStream) -> Any:  # noqa: ANN401 - as Opener
        return self._session.createDataFrame(self._polars.arrow(table).collect().to_arrow())


def _imported(module: str, extra: str) -> Any:  # noqa: ANN401 - a module that need not be there
    with suppress(ImportError):
        return importlib.import_module(module)
    raise ExtraNeeded("--backend", f"{extra} is not installed", f"install huurschuld[{extra}]")


def _no_parquet(path: Path) -> InvalidValue:
    return InvalidValue(path.name, "this is no Parquet file", "restore the file")
