"""Tables on their way from one process to another: where each file is, and how to open it."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from attrs import frozen

from huurschuld.errors import ExtraNeeded
from huurschuld.hooks import ArrowStream, Opener
from huurschuld.portfolio.schema import arrow_stream, polars, telling, two_of_one_name

_ROWS: Final = 65_536


@frozen
class StoredTable:
    """A file with a table: a Parquet file, or a CSV file with this delimiter and no quotes."""

    path: Path
    delimiter: str | None = None

    def by(self, opener: Opener) -> Any:  # noqa: ANN401 - a frame of the opener's library
        """The table, opened by a library."""
        if self.delimiter is None:
            return opener.parquet(self.path)
        return opener.csv(self.path, self.delimiter)

    def read(self) -> ArrowStream:
        """The table, read whole."""
        frame: ArrowStream = polars(self.path.name).read_parquet(self.path, glob=False)
        return frame


class Storing:
    """An opener that opens nothing: it stores what is at hand, and remembers where files are."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._count = 0

    def parquet(self, path: Path) -> StoredTable:
        """A Parquet file, where it is."""
        return StoredTable(path.resolve())

    def csv(self, path: Path, delimiter: str) -> StoredTable:
        """A CSV file, where it is."""
        return StoredTable(path.resolve(), delimiter)

    def arrow(self, table: ArrowStream) -> StoredTable:
        """A table that is at hand, written batch by batch."""
        return self._stored("a table", table)

    def all(self, tables: Mapping[str, ArrowStream]) -> dict[str, StoredTable]:
        """Tables that are at hand, by name."""
        return {name: self._stored(name, table) for name, table in tables.items()}

    def _stored(self, name: str, table: ArrowStream) -> StoredTable:
        arrow, parquet = _pyarrow()
        self._count += 1
        path = self._folder / f"{self._count}.parquet"
        with telling(table, name):
            reader = arrow.RecordBatchReader.from_stream(arrow_stream(name, table))
            if len(set(reader.schema.names)) < len(reader.schema.names):
                raise two_of_one_name(name)
            with parquet.ParquetWriter(path, reader.schema) as writer:
                for batch in reader:
                    writer.write_batch(batch, row_group_size=_ROWS)
        return StoredTable(path)


def _pyarrow() -> tuple[Any, Any]:
    found: tuple[Any, Any] | None = None
    try:
        found = importlib.import_module("pyarrow"), importlib.import_module("pyarrow.parquet")
    except ImportError:
        found = None
    if found is None:
        raise ExtraNeeded("tables", "tables go from process to process by PyArrow", "install pyarrow")
    return found
