"""Tables on their way from one process to another: files as their paths, all others stored in files."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

from huurschuld.errors import ExtraNeeded
from huurschuld.hooks import ArrowStream
from huurschuld.portfolio.files import CsvFile, ParquetFile
from huurschuld.portfolio.schema import arrow_stream, telling, two_of_one_name

_ROWS: Final = 65_536


def stored(tables: Mapping[str, ArrowStream], folder: Path) -> dict[str, CsvFile | ParquetFile]:
    """Give tables as files for another process; what is not in a file yet is stored in the folder."""
    return {name: _stored(name, table, folder) for name, table in tables.items()}


def _stored(name: str, table: ArrowStream, folder: Path) -> CsvFile | ParquetFile:
    if isinstance(table, CsvFile):
        return CsvFile(table.path.absolute())
    if isinstance(table, ParquetFile):
        return ParquetFile(table.path.absolute(), table.name)
    arrow, parquet = _pyarrow()
    path = folder / f"{uuid4().hex}.parquet"
    with telling(table, name):
        reader = arrow.RecordBatchReader.from_stream(arrow_stream(name, table))
        if len(set(reader.schema.names)) < len(reader.schema.names):
            raise two_of_one_name(name)
        with parquet.ParquetWriter(path, reader.schema) as writer:
            for batch in reader:
                writer.write_batch(batch, row_group_size=_ROWS)
    return ParquetFile(path, name)


def _pyarrow() -> tuple[Any, Any]:
    found: tuple[Any, Any] | None = None
    try:
        found = importlib.import_module("pyarrow"), importlib.import_module("pyarrow.parquet")
    except ImportError:
        found = None
    if found is None:
        raise ExtraNeeded("tables", "tables go from process to process by PyArrow", "install pyarrow")
    return found
