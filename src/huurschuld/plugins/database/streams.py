"""A table of a database as an Arrow stream, batch by batch, with the error that ended it."""

from __future__ import annotations

import importlib
from abc import ABC, abstractmethod
from collections.abc import Callable, Generator, Iterator, Sequence
from functools import partial
from itertools import chain, islice
from typing import Any, Final, Generic, TypeVar
from weakref import finalize

from huurschuld.errors import HuurschuldError
from huurschuld.model.unlogged import each_unlogged
from huurschuld.model.values import Day, Whole
from huurschuld.plugins.database.failures import connection_error, read_error, translate_errors
from huurschuld.plugins.database.picking import PickedColumn
from huurschuld.plugins.database.settings import Source

pa: Final[Any] = importlib.import_module("pyarrow")
"""PyArrow, which has no type annotations."""


_Connection = TypeVar("_Connection")


class Snapshot(ABC, Generic[_Connection]):
    """The tables of a database as they were at one moment. Nothing can be written through it.

    Args:
        connect: opens the connection that keeps that moment.
        close: closes it.
    """

    def __init__(
        self, connect: Callable[[], _Connection], close: Callable[[_Connection], object]
    ) -> None:
        self._connection = translate_errors(connection_error, connect)
        self._close = finalize(self, close, self._connection)
        try:
            translate_errors(partial(read_error, None), self._begin)
        except BaseException:
            self.close()
            raise

    def columns_in(self, source: Source) -> Sequence[str] | None:
        """Return the columns of a table, view or SELECT; None if it does not exist."""
        return translate_errors(partial(read_error, source), partial(self._columns_in, source))

    def close(self) -> None:
        """Close the connection; a table that is not being read by then cannot be read any more."""
        self._close()

    @abstractmethod
    def stream(self, source: Source, columns: Sequence[PickedColumn]) -> TableStream:
        """Return a table; its rows are read when the stream is."""

    @abstractmethod
    def _begin(self) -> None:
        """Begin the transaction."""

    @abstractmethod
    def _columns_in(self, source: Source) -> Sequence[str] | None:
        """As for `columns_in`, with the errors of the database."""


class TableStream:
    """A table that can be read from its snapshot more than once, with the same rows each time.

    Attributes:
        failure: the error that ended it, if any. Arrow passes on the text of an error, not its type.
    """

    def __init__(
        self,
        source: Source,
        schema: Any,  # noqa: ANN401 - of PyArrow
        batches: Callable[[], Generator[Any, None, None]],
        close: Callable[[], object],
    ) -> None:
        self.failure: HuurschuldError | None = None
        self._source = source
        self._schema = schema
        self._batches = batches
        self._close = close

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        """Return the rows; no more than one batch is in memory.

        Raises:
            HuurschuldError: the table cannot be read.
        """
        batches = self._closing_on_failure()
        first = list(islice(batches, 1))  # an error at the start is raised before there is a stream
        reader = pa.RecordBatchReader.from_batches(self._schema, chain(first, batches))
        return reader.__arrow_c_stream__(requested_schema)

    def _closing_on_failure(self) -> Iterator[Any]:
        """Yield the batches; if that fails, close the connection: no other table can be used then."""
        try:
            yield from each_unlogged(self._batches())
        except Exception as error:  # noqa: BLE001 - each driver has errors of its own; it is raised just below
            self.failure = read_error(self._source, error)
        if self.failure is not None:
            self._close()
            raise self.failure


def arrow_type(picked: PickedColumn) -> Any:  # noqa: ANN401 - of PyArrow
    """Return the Arrow type of a column: amounts are numbers, days are days, all else is text."""
    if isinstance(picked.kind, Whole):
        return pa.int64()
    return pa.date32() if isinstance(picked.kind, Day) else pa.string()


def batch_of(schema: Any, columns: Sequence[Sequence[object]]) -> Any:  # noqa: ANN401 - of PyArrow
    """Make a record batch of values."""
    arrays = [pa.array(cells, field.type) for field, cells in zip(schema, columns, strict=True)]
    return pa.record_batch(arrays, schema=schema)
