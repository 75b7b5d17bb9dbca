"""The `portfolio` ledger: a folder of the tables of `docs/semantics.md`, as CSV or Parquet files."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from attrs import field, frozen

from huurschuld.errors import InvalidValue, UnknownField
from huurschuld.hooks import OpenEnricher, OpenLedger, hookimpl
from huurschuld.portfolio.files import CsvFile, ParquetFile
from huurschuld.portfolio.schema import TABLES

api_version = 1

_KINDS: Final[Mapping[str, type[CsvFile | ParquetFile]]] = {".csv": CsvFile, ".parquet": ParquetFile}


@hookimpl
def huurschuld_ledgers() -> Mapping[str, OpenLedger]:
    """Return the ledger `portfolio`, which takes the option `folder`."""
    return {"portfolio": open_folder}


@hookimpl
def huurschuld_enrichers() -> Mapping[str, OpenEnricher]:
    """Return the enricher `portfolio`: a folder of some of the tables, such as `children`."""
    return {"portfolio": open_folder}


def open_folder(*, folder: str) -> _Folder:
    """Open the ledger, or the enricher, of a folder.

    Raises:
        InvalidValue: there is no such folder.
        UnknownField: it holds a CSV or Parquet file that is not a table, or a table twice.
    """
    return _Folder(_tables_in(Path(folder)))


open_parts = open_folder
"""Open the tables of a folder as parts of tenancies."""


@frozen
class _Folder:
    """The tables in a folder."""

    _tables: Mapping[str, CsvFile | ParquetFile] = field(repr=False)

    def tables(self) -> Mapping[str, CsvFile | ParquetFile]:
        """Return the tables."""
        return self._tables

    parts = tables


def _tables_in(folder: Path) -> Mapping[str, CsvFile | ParquetFile]:
    if not folder.is_dir():
        raise InvalidValue(str(folder), "there is no such folder", "name the folder of the tables")
    tables: dict[str, CsvFile | ParquetFile] = {}
    for path in sorted(folder.iterdir()):
        kind = _KINDS.get(path.suffix.lower())
        if kind is None:
            continue
        if not path.is_file():
            raise InvalidValue(path.name, "this is not a file", "a table is one file")
        if path.stem not in TABLES:
            raise UnknownField(path.name, "this is not a table", f"the tables are: {', '.join(TABLES)}")
        if path.stem in tables:
            raise UnknownField(path.name, "this table occurs twice", "keep one of the two files")
        tables[path.stem] = kind(path)
    return tables
