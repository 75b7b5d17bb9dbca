"""A table of a database as an Arrow stream, batch by batch, with the error that it ended in."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from typing import Any, Final, Protocol

from huurschuld.errors import HuurschuldError
from huurschuld.model.values import Day, Whole
from huurschuld.plugins.database.failures import read_error
from huurschuld.plugins.database.picking import PickedColumn
from huurschuld.plugins.database.settings import Source

pa: Final[Any] = importlib.import_module("pyarrow")
"""PyArrow, which has no types of its own."""

Batches = Callable[[], Iterator[Any]]
"""Reads a table: gives its record batches."""


class Snapshot(Protocol):
    """The tables of a database as they were at one moment. Nothing can be written through it."""

    def columns_in(self, source: Source) -> Sequence[str] | None:
        """Return the columns of a table, view or SELECT; None if it does not exist."""

    def stream(self, source: Source, columns: Sequence[PickedColumn]) -> TableStream:
        """Return a table, whose rows are read when the stream is."""

    def close(self) -> None:
        """Close the connection; a table that is not being read by then cannot be read any more."""


class TableStream:
    """A table that can be read from its snapshot more than once, with the same rows each time.

    Attributes:
        failure: the error that it ended in, if any. Arrow passes on the text of an error, not its type.
    """

    def __init__(
        self,
        source: Source,
        schema: Any,  # noqa: ANN401 - of PyArrow
        batches: Batches,
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
        first = list(_first(batches))
        reader = pa.RecordBatchReader.from_batches(self._schema, chain(first, batches))
        return reader.__arrow_c_stream__(requested_schema)

    def _closing_on_failure(self) -> Iterator[Any]:
        """Yield the batches; if that fails, close the connection: no other table can be used then."""
        try:
            yield from self._batches()
        except Exception as error:  # noqa: BLE001 - each driver has errors of its own; it is raised just below
            self.failure = read_error(self._source, error)
        if self.failure is not None:
            self._close()
            raise self.failure


def _first(batches: Iterator[Any]) -> Iterator[Any]:
    """Yield the first batch, so that an error at the start is raised before the stream is handed out."""
    for batch in batches:
        yield batch
        return


def arrow_type(picked: PickedColumn) -> Any:  # noqa: ANN401 - of PyArrow
    """Return the Arrow type of a column: amounts are numbers, days are days, all else is text."""
    if isinstance(picked.kind, Whole):
        return pa.int64()
    return pa.date32() if isinstance(picked.kind, Day) else pa.string()


def batch_of(schema: Any, columns: Sequence[Sequence[object]]) -> Any:  # noqa: ANN401 - of PyArrow
    """Make a record batch of values."""
    arrays = [pa.array(cells, field.type) for field, cells in zip(schema, columns, strict=True)]
    return pa.record_batch(arrays, schema=schema)
