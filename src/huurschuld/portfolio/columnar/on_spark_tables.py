"""The tables of a portfolio in Spark: cut into buckets by tenancy, about each of which it is asked.

Spark reads the tables and brings the rows of each tenancy together, once for all tables. Only what is
asked for comes to the driver.
"""

from __future__ import annotations

import pickle
import re
import sys
import warnings
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property, partial, reduce
from typing import Any, Final

from attrs import define, evolve, field, frozen

from huurschuld import __version__
from huurschuld.errors import ExtraNeeded, HuurschuldError, InvalidValue
from huurschuld.portfolio.columnar.buckets import (
    ANSWER,
    BUCKET,
    EXECUTORS,
    ROWS,
    TABLE,
    Answer,
    Question,
    answered,
    is_of_spark,
    limit_threads,
    pack,
    unpack,
)
from huurschuld.portfolio.columnar.intake import frame_of, of_another_library
from huurschuld.portfolio.extras import import_extra
from huurschuld.portfolio.schema import (
    COLUMNS,
    TABLES,
    given_tables,
    tenancy_column,
)
from huurschuld.portfolio.streams import duplicate_columns

_BUCKET_SIZE: Final = 20_000
"""How many tenancies a bucket has, at most: with a million entries a task needs about 1 GB of memory."""


@frozen
class SparkTable:
    """A table of Spark, with its columns under plain names: Spark tells no capitals apart in names.

    Attributes:
        frame: the table; its columns are called by their position.
        columns: the names of the columns.
        empty: the same without rows, as a table of PyArrow.
        key: what its column of ids is called in the frame; None where it is missing or not of texts.
    """

    frame: Any = field(repr=False)
    columns: tuple[str, ...]
    empty: Any = field(repr=False)
    key: str | None

    @classmethod
    def of(cls, name: str, given: Any) -> SparkTable:
        """Take a table.

        Raises:
            InvalidValue: it is of another library, has two columns of one name, or one of a type that
                Arrow does not have.
        """
        if not is_of_spark(given):
            frame_of(name, given)
            raise of_another_library(name)
        columns = tuple(given.columns)
        if len(set(columns)) < len(columns):
            raise duplicate_columns(name)
        frame = given.toDF(*(f"c{number}" for number in range(len(columns))))
        key = tenancy_column(name) if name in TABLES else None
        at = columns.index(key) if key in columns else None
        is_text = at is not None and frame.schema[at].dataType.typeName() in _TEXTS
        return cls(frame, columns, _without_rows(name, frame, columns), f"c{at}" if is_text else None)

    def packed(self, name: str, columns: Iterable[str], buckets: int) -> Any:
        """Some columns of its rows, packed by the bucket of their tenancy."""
        its = [it for it in self.columns if it in columns]
        # By the bytes of the id: a text of Spark may have an order in which others are equal to it.
        key = self.key or "0"  # without one, all are in the same bucket
        chosen = self.frame.selectExpr(
            *(f"c{self.columns.index(it)}" for it in its),
            f"CAST(pmod(xxhash64(CAST(CAST({key} AS STRING) AS BINARY)), {buckets}) AS INT) AS {BUCKET}",
        )
        with _steps_made(self.frame.sparkSession):
            return chosen.mapInArrow(
                partial(pack, name, its), f"{BUCKET} int, {TABLE} string, {ROWS} binary"
            )


_TEXTS: Final = ("string", "varchar", "char")


def _without_rows(name: str, frame: Any, columns: tuple[str, ...]) -> Any:
    """A frame without rows as a table of PyArrow; Spark is not asked for it."""
    pa = import_extra("pyarrow", "frames", name, "pyarrow is not installed")
    plain = {
        **dict.fromkeys(_TEXTS, pa.string()),
        "byte": pa.int8(),
        "short": pa.int16(),
        "integer": pa.int32(),
        "long": pa.int64(),
        "float": pa.float32(),
        "double": pa.float64(),
        "boolean": pa.bool_(),
        "date": pa.date32(),
        "timestamp": pa.timestamp("us", "UTC"),
        "timestamp_ntz": pa.timestamp("us"),
        "binary": pa.binary(),
        "void": pa.null(),
        "decimal": pa.decimal128(38, 0),
        "array": pa.list_(pa.null()),
        "map": pa.map_(pa.string(), pa.null()),
        "struct": pa.struct([]),
    }
    fields = []
    for number, it in enumerate(frame.schema, 1):
        found = plain.get(it.dataType.typeName())
        if found is None:
            known = columns[number - 1] in COLUMNS.get(name, ())
            raise InvalidValue(
                f"{name}, column {columns[number - 1] if known else number}",
                "the type of this column is not supported",
                "leave the column out, or give it another type",
            )
        fields.append(pa.field(columns[number - 1], found))
    return pa.schema(fields).empty_table()


@define(slots=False)
class SparkTables:
    """The tables of a portfolio in Spark.

    Attributes:
        tables: by name.
    """

    tables: Mapping[str, SparkTable]

    @classmethod
    def of(cls, given: Mapping[str, object]) -> SparkTables:
        """Take the tables; errors as for `SparkTable.of`."""
        return cls({name: SparkTable.of(name, it) for name, it in given_tables(given).items()})

    @property
    def empty(self) -> dict[str, Any]:
        """The tables without rows: all that can be said of columns is said of these."""
        return {name: it.empty for name, it in self.tables.items()}

    @property
    def session(self) -> Any:
        """The session that the tables are of."""
        return self.tables["tenancies"].frame.sparkSession

    @cached_property
    def height(self) -> int:
        """The number of tenancies."""
        return int(self.tables["tenancies"].frame.count())

    def asked(
        self, question: Question, columns: Mapping[str, Collection[str]], result: Any, schema: Any
    ) -> tuple[Any, list[Answer]]:
        """Ask something about each bucket, in one pass over the tables.

        Args:
            question: what is asked.
            columns: those that are needed, by table.
            result: the schema of the rows of the result, of PyArrow.
            schema: the same of Spark, with the column of the answers.

        Returns:
            The rows, each without an answer, as the executors keep them; and the answers.
        """
        buckets = max(1, -(-self.height // _BUCKET_SIZE))
        packed = [it.packed(name, columns[name], buckets) for name, it in self.tables.items()]
        schemas = {
            name: it.empty.select([c for c in it.columns if c in columns[name]]).schema
            for name, it in self.tables.items()
        }
        act = partial(answered, question, schemas, result, __version__)
        together = reduce(lambda one, other: one.unionAll(other), packed)
        with _steps_made(self.session):
            groups = together.groupBy(BUCKET)

            def answer(packed):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN202 - of others than its own Spark 4.3 fails
                limit_threads()
                return act(packed)

            found = groups.applyInArrow(answer, schema)
        kept = _kept(found)
        told = kept.where(f"`{ANSWER}` IS NOT NULL").select(ANSWER).toArrow()
        # What our own code on the executors has made, and Spark brought here.
        answers = [pickle.loads(it) for it in told[ANSWER].to_pylist()]  # noqa: S301
        for error in (it.error for it in answers):
            if error is not None:
                raise error
        return kept.where(f"`{ANSWER}` IS NULL").drop(ANSWER), answers

    def only(self, tenancies: Collection[str]) -> dict[str, Any]:
        """The tables as they came, of some tenancies alone, as frames of polars."""
        pl = import_extra("polars", "frames", "spark", "polars is not installed")
        packed = [
            evolve(it, frame=self._of_these(it, tenancies)).packed(name, it.columns, 1)
            for name, it in self.tables.items()
            if it.key is not None
        ]
        rows = reduce(lambda one, other: one.unionAll(other), packed).toArrow()
        schemas = {name: it.empty.schema for name, it in self.tables.items()}
        return {name: pl.DataFrame(it) for name, it in unpack(rows, schemas).items()}

    def existing(self, tenancies: Collection[str]) -> set[str]:
        """Which of these tenancies exist."""
        table = self.tables["tenancies"]
        if table.key is None:
            return set()
        found = self._of_these(table, tenancies).select(table.key).distinct().toArrow()
        return {*found.column(0).to_pylist()}

    def _of_these(self, table: SparkTable, tenancies: Collection[str]) -> Any:
        """The rows of some tenancies; their ids are in no command, as Spark's bridge logs these."""
        pa = import_extra("pyarrow", "frames", "spark", "pyarrow is not installed")
        functions = import_extra("pyspark.sql.functions", "spark", "spark", "pyspark is not installed")
        names = pa.table({"name": pa.array([*tenancies], pa.string())})
        ids = functions.broadcast(self.session.createDataFrame(names))
        return table.frame.join(ids, table.frame[table.key] == ids["name"], "left_semi")


@contextmanager
def _steps_made(session: Any) -> Iterator[None]:
    """Make steps in Python, for this interpreter where the executors are in the same process.

    What Spark says of a pandas that is too new for it is kept from the caller, as none is used here.
    """
    context: Any = getattr(session, "_sc", None)  # there is none in Spark Connect
    local = context is not None and context.master.startswith("local")
    before = context.pythonExec if local else None
    try:
        if local:
            context.pythonExec = sys.executable
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "PySpark does not yet fully support pandas", FutureWarning)
            yield
    finally:
        if local:
            context.pythonExec = before


def _kept(frame: Any) -> Any:
    """Compute a frame, to be kept by the executors."""
    try:
        return frame.localCheckpoint(eager=True)
    except Exception as error:
        told = _cause_in(str(error))
        if told is None:
            raise
    raise told


def _cause_in(text: str) -> HuurschuldError | None:
    """What to do about an error of Spark, which says only in its text why an executor failed."""
    missing = _MISSING.search(text)
    if missing is not None:
        return ExtraNeeded(
            EXECUTORS,
            f"{missing[1]} is not installed there",
            "install huurschuld[spark] in their Python, and name that in PYSPARK_PYTHON: docs/spark.md",
        )
    if _OUT_OF_MEMORY.search(text):
        return InvalidValue(
            "the portfolio",
            "Spark ran out of memory",
            "give its driver and its executors more: docs/spark.md says how much",
        )
    return None


_OUT_OF_MEMORY: Final = re.compile("MemoryError|Python worker exited unexpectedly")
_MISSING: Final = re.compile("No module named '(huurschuld|attr|attrs|narwhals|pandas|polars|pyarrow)'")
