"""A table of a database as an Arrow stream, batch by batch, and what went wrong with it."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from typing import Any, Final, Protocol

from huurschuld.errors import HuurschuldError
from huurschuld.model.values import Day, Whole
from huurschuld.plugins.database.failures import unread
from huurschuld.plugins.database.picking import Picked
from huurschuld.plugins.database.settings import Source

pa: Final[Any] = importlib.import_module("pyarrow")
"""PyArrow, which has no types of its own."""

Batches = Callable[[], Iterator[Any]]
"""Begins to read a table: gives its record batches."""


class Snapshot(Protocol):
    """The tables of a database as they were at one moment. Nothing can be written through it."""

    def there(self, source: Source) -> Sequence[str] | None:
        """The columns of a table, view or SELECT; None if there is no such table or view."""

    def stream(self, source: Source, columns: Sequence[Picked]) -> TableStream:
        """The table, which is read when it is asked for."""

    def close(self) -> None:
        """Let go of the database; a table that has not been begun by then cannot be read any more."""


class TableStream:
    """A table, read from its snapshot each time that it is asked for: the same rows each time.

    Attributes:
        failure: why it broke off, if it did. Arrow passes on the text of an error, not its kind.
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
        """The rows, of which as many are in memory as one batch has.

        Raises:
            HuurschuldError: the table cannot be read.
        """
        batches = self._told()
        first = list(_first(batches))
        reader = pa.RecordBatchReader.from_batches(self._schema, chain(first, batches))
        return reader.__arrow_c_stream__(requested_schema)

    def _told(self) -> Iterator[Any]:
        """The batches; if they break off, all is let go of, since nobody can use the other tables."""
        try:
            yield from self._batches()
        except Exception as error:  # noqa: BLE001 - each driver has errors of its own; it is raised just below
            self.failure = unread(self._source, error)
        if self.failure is not None:
            self._close()
            raise self.failure


def _first(batches: Iterator[Any]) -> Iterator[Any]:
    """The first batch, so that what is wrong from the start is told before there is a stream."""
    for batch in batches:
        yield batch
        return


def arrow_type(picked: Picked) -> Any:  # noqa: ANN401 - of PyArrow
    """The type of a column: amounts are numbers, days are days, all else is text."""
    if isinstance(picked.kind, Whole):
        return pa.int64()
    return pa.date32() if isinstance(picked.kind, Day) else pa.string()


def batch_of(schema: Any, columns: Sequence[Sequence[object]]) -> Any:  # noqa: ANN401 - of PyArrow
    """A record batch of values that were read."""
    arrays = [pa.array(cells, field.type) for field, cells in zip(schema, columns, strict=True)]
    return pa.record_batch(arrays, schema=schema)
