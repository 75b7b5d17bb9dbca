"""The tables in a folder, and the files there that are none: these are never passed over in silence.

A file that looks like a table, and is not read as one, would make its facts unknown for everyone. If no
other file has that table, it is refused; any other file that may hold data is told. What people and
systems leave behind, such as a README, is neither.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Final

from attrs import field, frozen

from huurschuld.errors import InputError, InvalidValue, UnknownField
from huurschuld.portfolio.files import CsvFile, ParquetFile
from huurschuld.portfolio.mapping.document import read_mapping
from huurschuld.portfolio.mapping.sheets import SHEETS
from huurschuld.portfolio.mapping.tables import FILES, MappedTable, is_hidden, is_named, mapping_of
from huurschuld.portfolio.schema import TABLES

FolderTable = CsvFile | MappedTable | ParquetFile
"""What a table of a folder is read from."""

_KINDS: Final[Mapping[str, type[CsvFile | ParquetFile]]] = {".csv": CsvFile, ".parquet": ParquetFile}
_WORKBOOKS: Final = frozenset({*SHEETS, ".numbers"})
_PACKED: Final = frozenset({".zip", ".gz", ".bz2", ".xz", ".zst", ".7z"})
_OTHER_DATA: Final = frozenset(
    {".txt", ".tsv", ".tab", ".json", ".jsonl", ".ndjson", ".xml", ".arrow", ".feather"}
)
_DATA: Final = _WORKBOOKS | _PACKED | _OTHER_DATA
_BETWEEN: Final = re.compile("[\\s_()-]")
_OF_A_COPY: Final = frozenset(
    {"kopie", "copy", "final", "definitief", "nieuw", "new", "oud", "old", "export", "van", "of"}
)
"""What a browser, a system or a person adds to the name of a copy, beside numbers."""
_ALMOST: Final = 0.8


@frozen
class TablesInFolder:
    """What a folder holds.

    Attributes:
        tables: by name.
        refused: an error for each file that may not be there.
        ignored: what to know of each file that may hold data, and is not read.
    """

    tables: Mapping[str, FolderTable]
    refused: tuple[InputError, ...]
    ignored: tuple[InputError, ...]


@frozen
class FolderLedger:
    """The tables of a folder, as a ledger and as an enricher."""

    _tables: Mapping[str, FolderTable] = field(repr=False)

    def tables(self) -> Mapping[str, FolderTable]:
        """Return the tables."""
        return self._tables

    parts = tables


def folder_ledger(folder: Path, mapping: Path | None = None) -> FolderLedger:
    """The ledger of a folder; arguments as for `look_into`.

    Raises:
        InvalidValue: there is no such folder.
        InputError: the mapping is not valid.
        UnknownField: it holds a file that looks like a table and is none, or a table twice.
    """
    found = look_into(folder, mapping)
    for error in found.refused:
        raise error
    return FolderLedger(found.tables)


def look_into(folder: Path, mapping: Path | None = None) -> TablesInFolder:
    """Find the tables in a folder, and the other files; or those that a mapping reads.

    Args:
        folder: the folder, or one spreadsheet.
        mapping: the file of the mapping; by default the one beside the exports, if there is one.

    Raises:
        InvalidValue: there is no such folder.
        InputError: the mapping is not valid.
    """
    if (by := mapping or mapping_of(folder)) is not None:
        return _mapped(folder, by)
    if folder.is_file():
        raise InvalidValue(
            folder.name,
            "this is a file without a mapping by which it can be read",
            "have one proposed: huurschuld map",
        )
    if not folder.is_dir():
        raise InvalidValue(str(folder), "there is no such folder", "name the folder of the tables")
    tables: dict[str, FolderTable] = {}
    refused: list[InputError] = []
    others: list[Path] = []
    for path in sorted(folder.iterdir()):
        kind = _KINDS.get(path.suffix.lower())
        if is_hidden(path):
            continue
        if kind is None:
            others.append(path)
        elif not path.is_file():
            refused.append(InvalidValue(path.name, "this is not a file", "a table is one file"))
        elif path.stem not in TABLES:
            refused.append(UnknownField(path.name, "this is not a table", _rename(path)))
        elif path.stem in tables:
            refused.append(
                UnknownField(path.name, "this table occurs twice", "keep one of the two files")
            )
        else:
            tables[path.stem] = kind(path)
    unread, ignored = _others(others, tables)
    return TablesInFolder(tables, (*refused, *unread), ignored)


def _mapped(folder: Path, by: Path) -> TablesInFolder:
    """What a mapping reads; it looks itself at each file that it could read."""
    mapping = read_mapping(by)
    others = [
        it
        for it in (sorted(folder.iterdir()) if folder.is_dir() else ())
        if not is_hidden(it)
        and (it.is_dir() or it.suffix.lower() not in FILES)
        and not is_named(it.name, mapping.not_read)
    ]
    tables = {it: MappedTable(folder, by, it) for it in mapping.parts}
    return TablesInFolder(tables, *_others(others, tables))


def _others(
    paths: Sequence[Path], tables: Collection[str]
) -> tuple[tuple[InputError, ...], tuple[InputError, ...]]:
    """The errors for what may be a table that no other file has, and for what else may hold data."""
    missing = [it for it in paths if _meant(it) not in (None, *tables)]
    ignored = [it for it in paths if it not in missing and _may_hold_data(it)]
    refused = [
        UnknownField(it.name, "this is not read, and may be a table", _save(it)) for it in missing
    ]
    told = [UnknownField(it.name, "this file is not read", _save(it)) for it in ignored]
    return tuple(refused), tuple(told)


def _may_hold_data(path: Path) -> bool:
    """Whether a file may hold data; one that says so by its name is to be read by people."""
    read_me = path.name.casefold().startswith(("readme", "leesmij", "license", "licence"))
    suffixes = {it.lower() for it in path.suffixes}
    return not read_me and path.is_file() and not suffixes.isdisjoint(_DATA | _KINDS.keys())


def _meant(path: Path) -> str | None:
    """The table that another file, or a folder, is named after; None if it is not."""
    if path.is_dir():
        return _exactly(path.name.casefold())
    suffixes = {it.lower() for it in path.suffixes}
    return None if suffixes.isdisjoint(_DATA | _KINDS.keys()) else _table_of(path)


def _table_of(path: Path) -> str | None:
    """The table that a file is named after, in other letters or as a copy."""
    bare = path.name.casefold().partition(".")[0]
    words = [it.strip("0123456789") for it in _BETWEEN.split(bare)]
    return _exactly(bare) or _exactly("_".join(it for it in words if it and it not in _OF_A_COPY))


def _exactly(name: str) -> str | None:
    return name.strip() if name.strip() in TABLES else None


def _rename(path: Path) -> str:
    """What to do about a CSV or Parquet file that is not named after a table."""
    near = difflib.get_close_matches(path.stem.casefold(), TABLES, 1, _ALMOST)
    table = _table_of(path) or next(iter(near), None)
    if table is None:
        return (
            f"the tables are: {', '.join(TABLES)}; name it as one of these, move it elsewhere, or read "
            "it by a mapping: huurschuld map"
        )
    name = table + path.suffix.lower()
    return f"if it is the table {table}, name it {name}; else move it elsewhere"


def _save(path: Path) -> str:
    """What to do about a file of another kind."""
    table = _table_of(path)
    name = f"{table}.csv" if table else "TABLE.csv"
    if path.is_dir():
        return f"a table is one file: {name} or {Path(name).stem}.parquet"
    if path.suffix.lower() in _PACKED:
        return "unpack it into this folder, or move it elsewhere"
    if path.suffix.lower() in _WORKBOOKS:
        return f"save it as CSV with the name {name}, or read it by a mapping: huurschuld map"
    if len(path.suffixes) > 1 and path.suffixes[-2].lower() in _KINDS:
        name = (table or Path(path.stem).stem) + path.suffixes[-2].lower()
        return f"rename it to {name}"
    return f"save it as CSV with the name {name}, or move it elsewhere"
