"""The `portfolio` ledger: a folder of the tables of `docs/semantics.md`, as CSV or Parquet files.

Or of exports as they are, which are read by a mapping that stands among them (`docs/exports.md`).
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from attrs import field, frozen

from huurschuld.errors import InvalidValue, UnknownField
from huurschuld.hooks import OpenEnricher, OpenLedger, hookimpl
from huurschuld.portfolio.files import CsvFile, ParquetFile
from huurschuld.portfolio.mapping.document import read_mapping
from huurschuld.portfolio.mapping.tables import MappedTable, mapping_of
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


def open_folder(*, folder: str, mapping: str | None = None) -> _Folder:
    """Open the ledger, or the enricher, of a folder.

    Args:
        folder: the folder, or one spreadsheet.
        mapping: the file of the mapping by which exports are read; by default `mapping.toml` in the
            folder, if there is one, and `NAME.mapping.toml` beside a spreadsheet. Without one the tables
            are read under their own names.

    Raises:
        InvalidValue: there is no such folder.
        InputError: the mapping is not valid.
        UnknownField: it holds a CSV or Parquet file that is not a table, or a table twice.
    """
    place = Path(folder)
    found = Path(mapping) if mapping is not None else mapping_of(place)
    if found is None:
        return _Folder(_tables_in(place))
    return _Folder({it: MappedTable(place, found, it) for it in read_mapping(found).parts})


open_parts = open_folder
"""Open the tables of a folder as parts of tenancies."""


@frozen
class _Folder:
    """The tables in a folder."""

    _tables: Mapping[str, CsvFile | MappedTable | ParquetFile] = field(repr=False)

    def tables(self) -> Mapping[str, CsvFile | MappedTable | ParquetFile]:
        """Return the tables."""
        return self._tables

    parts = tables


def _tables_in(folder: Path) -> Mapping[str, CsvFile | ParquetFile]:
    if not folder.is_dir():
        if folder.is_file():
            raise InvalidValue(
                folder.name,
                "this is a file without a mapping by which it can be read",
                "have one proposed: huurschuld map",
            )
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
