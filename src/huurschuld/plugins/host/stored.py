"""Tables on their way from one process to another: files as their paths, all others stored in files."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final
from uuid import uuid4

from huurschuld.extras import import_extra
from huurschuld.hooks import ArrowStream
from huurschuld.portfolio.files import CsvFile, ParquetFile
from huurschuld.portfolio.streams import check_stream, duplicate_columns, translate_stream_errors

_ROWS: Final = 65_536
_PROBLEM: Final = "tables go from process to process by PyArrow"


def stored(tables: Mapping[str, ArrowStream], folder: Path) -> dict[str, CsvFile | ParquetFile]:
    """Return tables as files for another process; what is not in a file yet is stored in the folder."""
    return {name: _stored(name, table, folder) for name, table in tables.items()}


def _stored(name: str, table: ArrowStream, folder: Path) -> CsvFile | ParquetFile:
    if isinstance(table, CsvFile):
        return CsvFile(table.path.absolute())
    if isinstance(table, ParquetFile):
        return ParquetFile(table.path.absolute(), table.name)
    arrow = import_extra("pyarrow", "frames", "tables", _PROBLEM)
    parquet = import_extra("pyarrow.parquet", "frames", "tables", _PROBLEM)
    path = folder / f"{uuid4().hex}.parquet"
    with translate_stream_errors(name, table):
        reader = arrow.RecordBatchReader.from_stream(check_stream(name, table))
        if len(set(reader.schema.names)) < len(reader.schema.names):
            raise duplicate_columns(name)
        with parquet.ParquetWriter(path, reader.schema) as writer:
            for batch in reader:
                writer.write_batch(batch, row_group_size=_ROWS)
    return ParquetFile(path, name)
