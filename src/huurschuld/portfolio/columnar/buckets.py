"""What the executors of Spark do with a portfolio, which is cut into buckets by tenancy.

All rows of a tenancy are in one bucket, so a bucket is a small portfolio: polars screens it as any
other, and the answer is the same. Rows travel between the steps packed as Arrow, many to a piece.

Nothing of a person may get into the logs of Spark, so no error leaves a step with its message: what goes
wrong is an `Answer`.
"""

from __future__ import annotations

import datetime as dt
import os
import pickle
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, Protocol

from attrs import evolve, field, frozen

from huurschuld.errors import HuurschuldError, InvalidValue
from huurschuld.portfolio.columnar.library_errors import translate_library_errors
from huurschuld.portfolio.extras import import_extra
from huurschuld.rules.own_facts import GivenFact
from huurschuld.rules.policy import Policy

if TYPE_CHECKING:  # the first import of polars decides how many threads it has
    from huurschuld.portfolio.columnar.doubtful import Figures
    from huurschuld.portfolio.columnar.faults import Fault
    from huurschuld.portfolio.columnar.row_checks import Check

BUCKET: Final = "bucket"
TABLE: Final = "name"
ROWS: Final = "packed"
ANSWER: Final = "#answer"
"""The column of an answer, which no column of a result can be called."""
EXECUTORS: Final = "the executors of Spark"

_FULL: Final = 2**26
"""How many bytes of rows are packed together: what a task holds, beside one batch of Spark."""
_THREADS: Final = "POLARS_MAX_THREADS"


def is_of_spark(table: object) -> bool:
    """Whether a table is a DataFrame of Spark."""
    return type(table).__module__.startswith("pyspark.sql.")


def is_in_spark(portfolio: object) -> bool:
    """Whether the tables of a portfolio are of Spark, by the one of its tenancies."""
    return isinstance(portfolio, Mapping) and is_of_spark(portfolio.get("tenancies"))


@frozen
class Answer:
    """What is told of a bucket beside its rows.

    Attributes:
        error: why nothing could be told of it.
        faults: the rows that are refused, without their numbers: rows of Spark have no order.
        tally: how many there are in all, by check, where not all are told.
        nearly: as `nearly_named` of a screening.
        figures: of what may be unlikely, where that is asked.
    """

    error: HuurschuldError | None = None
    faults: tuple[Fault, ...] = field(default=(), converter=tuple["Fault", ...])
    tally: Mapping[Check, int] = field(factory=dict)
    nearly: Mapping[str, int] = field(factory=dict)
    figures: Figures | None = None


class Question(Protocol):
    """What is asked of each bucket."""

    def answer(self, tables: Mapping[str, Any]) -> tuple[Any, Answer]:
        """The rows of the result, if there are any, as a table of PyArrow; and what else is told."""


@frozen
class Screened:
    """A screening; arguments as for `huurschuld.screen`.

    `carried` are the columns that are given again, and `beside` those of them that are nothing else;
    the tables that are `known` are not checked again.
    With `aside`, tenancies with a bad row are left out, and so are those `without`; otherwise nothing is
    decided where a row is bad. What is unlikely is only told with `doubts`.
    """

    policy: Policy | str
    as_of: dt.date | str | Sequence[dt.date]
    parameters: Mapping[str, object] | None
    assume: Mapping[str, object]
    carried: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()
    facts: bool = False
    assumptions: Mapping[str, object] | None = None
    known: frozenset[str] = frozenset()
    aside: bool = False
    without: Collection[str] = ()
    doubts: bool = False

    def answer(self, tables: Mapping[str, Any]) -> tuple[Any, Answer]:
        """The decisions, and what is wrong with the tables."""
        from huurschuld.portfolio.columnar.doubtful import Figures  # noqa: PLC0415 - polars comes later
        from huurschuld.portfolio.columnar.screening import Screening  # noqa: PLC0415 - likewise

        plain = {**tables, "tenancies": tables["tenancies"].drop_columns([*self.beside])}
        found = Screening.of(
            plain, self.policy, self.as_of, self.parameters, assume=self.assume, known=self.known
        )
        faults = [*found.faults(None if self.aside else 1)]
        told = Answer(
            faults=map(_without_row, faults),
            nearly=found.nearly_named(),
            figures=Figures.of(found.taken) if self.doubts else None,
        )
        if faults and not self.aside:
            return None, told
        bad = sorted({*self.without, *(it.owner for it in faults if it.owner is not None)})
        rows = found.native(
            found.result(facts=self.facts, without=bad or None, assumptions=self.assumptions)
        )
        return self._with_carried(rows, tables["tenancies"]), told

    def _with_carried(self, rows: Any, tenancies: Any) -> Any:  # noqa: ANN401 - tables of PyArrow
        """The rows with what is carried along, just as it came: no library may know its type."""
        if not self.carried:
            return rows
        pa = import_extra("pyarrow", "frames", EXECUTORS, "pyarrow is not installed there")
        compute = import_extra("pyarrow.compute", "frames", EXECUTORS, "pyarrow is not installed there")
        ids = tenancies["id"].cast(pa.string()).combine_chunks()
        its = tenancies.take(compute.index_in(rows["tenancy"].cast(pa.string()), value_set=ids))
        for name in self.carried:
            rows = rows.append_column(tenancies.schema.field(name), its[name])
        return rows


@frozen
class Checked:
    """A check alone; arguments as for `Checks.faults`."""

    given: Mapping[str, GivenFact]
    assume: Mapping[str, object]
    most: int | None
    unread: frozenset[str]
    incomplete: frozenset[str]
    tallied: bool

    def answer(self, tables: Mapping[str, Any]) -> tuple[Any, Answer]:
        """What is wrong with the tables."""
        from huurschuld.portfolio.columnar.doubtful import Figures  # noqa: PLC0415 - polars comes later
        from huurschuld.portfolio.columnar.intake import intake  # noqa: PLC0415 - likewise
        from huurschuld.portfolio.columnar.screening import checks_of  # noqa: PLC0415 - likewise

        taken = intake(tables, self.assume, {}, checked=True)
        tally: Counter[Check] | None = Counter() if self.tallied else None
        checks = checks_of(taken, self.given)
        faults = [*checks.faults(self.most, self.unread, self.incomplete, tally)]
        return None, Answer(
            faults=map(_without_row, faults), tally=tally or {}, figures=Figures.of(taken)
        )


def plain_schema(rows: Any) -> Any:  # noqa: ANN401 - a table of PyArrow, and its schema
    """The schema of a result, with one type for all texts."""
    pa = import_extra("pyarrow", "frames", EXECUTORS, "pyarrow is not installed there")
    others = (pa.int64(), pa.bool_(), pa.date32())
    return pa.schema(
        [pa.field(it.name, it.type if it.type in others else pa.string()) for it in rows.schema]
    )


def _without_row(fault: Fault) -> Fault:
    return evolve(fault, row=None)


# --- the steps ---------------------------------------------------------------------------------------


def pack(table: str, columns: Sequence[str], batches: Iterable[Any]) -> Iterator[Any]:
    """Pack the rows of a table by bucket.

    Args:
        table: its name.
        columns: the names of its columns; after these comes the bucket of each row.
        batches: its rows, as batches of Arrow.

    Yields:
        Batches with the bucket, the table and the rows, as a compressed stream of Arrow.
    """
    held: list[Any] = []
    size = 0
    for batch in batches:
        held.append(batch)
        size += batch.nbytes
        if size >= _FULL:
            yield from _pieces(table, columns, held)
            held, size = [], 0
    if held:
        yield from _pieces(table, columns, held)


def _pieces(table: str, columns: Sequence[str], batches: list[Any]) -> Iterator[Any]:
    import pyarrow as pa  # noqa: PLC0415 - Spark has it there
    import pyarrow.compute as pc  # noqa: PLC0415 - likewise

    rows = pa.Table.from_batches(batches)
    if not rows.num_rows:
        return
    rows = rows.take(pc.sort_indices(rows.column(len(columns))))
    runs = pc.run_end_encode(rows.column(len(columns)).combine_chunks())
    rows = rows.select([*range(len(columns))]).rename_columns([*columns])
    buckets, pieces, start = [], [], 0
    for bucket, end in zip(runs.values.to_pylist(), runs.run_ends.to_pylist(), strict=True):
        sink = pa.BufferOutputStream()
        options = pa.ipc.IpcWriteOptions(compression="zstd")
        with pa.ipc.new_stream(sink, rows.schema, options=options) as stream:
            stream.write_table(rows.slice(start, end - start).combine_chunks())
        buckets.append(bucket)
        pieces.append(sink.getvalue().to_pybytes())
        start = end
    yield pa.RecordBatch.from_arrays(
        [
            pa.array(buckets, pa.int32()),
            pa.array([table] * len(buckets), pa.string()),
            pa.array(pieces, pa.binary()),
        ],
        [BUCKET, TABLE, ROWS],
    )


def unpack(packed: Any, schemas: Mapping[str, Any]) -> dict[str, Any]:  # noqa: ANN401 - a table of PyArrow
    """The tables of these names that were packed, as tables of PyArrow."""
    import pyarrow as pa  # noqa: PLC0415 - as above

    found: dict[str, list[Any]] = {name: [] for name in schemas}
    for name, rows in zip(packed[TABLE].to_pylist(), packed[ROWS], strict=True):
        found[name].append(pa.ipc.open_stream(rows.as_buffer()).read_all())
    return {
        name: pa.concat_tables(its) if its else schemas[name].empty_table()
        for name, its in found.items()
    }


def answered(
    question: Question,
    schemas: Mapping[str, Any],
    result: Any,  # noqa: ANN401 - of PyArrow
    version: str,
    packed: Any,  # noqa: ANN401 - of PyArrow
) -> Any:  # noqa: ANN401 - likewise
    """Answer a question about a bucket.

    Args:
        question: what is asked.
        schemas: the schema of each table of the portfolio, of which the bucket may hold no row.
        result: the schema of a result.
        version: that of huurschuld where it is asked.
        packed: the bucket.

    Returns:
        The rows of the result, each without an answer; and one row with the answer.
    """
    import pyarrow as pa  # noqa: PLC0415 - as above

    rows, told = _guarded(lambda: _answer(question, schemas, version, packed))
    schema = result.append(pa.field(ANSWER, pa.binary()))
    last = [pa.nulls(1, it.type) for it in result] + [pa.array([pickle.dumps(told)], pa.binary())]
    tables = [pa.Table.from_arrays(last, schema=schema)]
    if rows is not None:
        its = [rows[it.name].cast(it.type) for it in result]
        tables.append(pa.Table.from_arrays([*its, pa.nulls(rows.num_rows, pa.binary())], schema=schema))
    return pa.concat_tables(tables)


def _answer(
    question: Question,
    schemas: Mapping[str, Any],
    version: str,
    packed: Any,  # noqa: ANN401 - as above
) -> tuple[Any, Answer]:
    from huurschuld import __version__  # noqa: PLC0415 - only told here

    if version != __version__:
        raise InvalidValue(
            EXECUTORS,
            f"they have huurschuld {__version__}, and it is asked by {version}",
            "install the same version everywhere",
        )
    for name in ("polars", "narwhals"):
        import_extra(name, "frames", EXECUTORS, f"{name} is not installed there")
    return question.answer(unpack(packed, schemas))


def limit_threads() -> None:
    """Have polars use the cores of one task of Spark, unless that is set: others run beside it."""
    from pyspark import TaskContext  # noqa: PLC0415 - it is there

    context = TaskContext.get()
    os.environ.setdefault(_THREADS, str(1 if context is None else max(1, context.cpus())))


def _guarded(act: Callable[[], tuple[Any, Answer]]) -> tuple[Any, Answer]:
    """What an act returns; its error as an answer, without what a library says."""
    try:
        with translate_library_errors():
            return act()
    except HuurschuldError as error:
        return None, Answer(error=error)
