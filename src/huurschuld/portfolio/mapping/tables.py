"""A table of a portfolio, read from exported files by a mapping."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Final

from attrs import field, frozen

from huurschuld.errors import Cell, InvalidValue, MissingField, UnknownField
from huurschuld.portfolio.csv_strict import RejectedRow
from huurschuld.portfolio.extras import polars
from huurschuld.portfolio.mapping import fields as way
from huurschuld.portfolio.mapping.document import ExportMapping, Layout, read_mapping
from huurschuld.portfolio.mapping.fields import Value
from huurschuld.portfolio.mapping.reversals import find_payments
from huurschuld.portfolio.mapping.rows import PartRows
from huurschuld.portfolio.mapping.sheets import SHEETS, has_table, read_rows, workbook
from huurschuld.portfolio.schema import COLUMNS

FILES: Final = (".csv", ".txt", ".tsv", ".tab", ".asc", ".parquet", *SHEETS)
"""The endings of files that may hold a table; `folder` tells of the others in a folder."""

Place = Callable[[str, int | None, str], Cell]


@frozen
class MappedTable:
    """A table of a portfolio in exported files, which are read by a mapping (`docs/exports.md`).

    Attributes:
        folder: the folder of the files, or one spreadsheet.
        mapping: the file of the mapping.
        table: the table of a portfolio.
    """

    folder: Path = field(converter=Path)
    mapping: Path = field(converter=Path)
    table: str

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        """Read the table whole: every cell is text, an empty one null."""
        return read_mapped(self)[0].__arrow_c_stream__(requested_schema)


def read_mapped(
    mapped: MappedTable, rejected: list[RejectedRow] | None = None, own: Collection[str] = ()
) -> tuple[Any, Place]:
    """Read a table by its mapping.

    Rows that do not fit go into `rejected`; if it is None, the first one raises. `own` are headings of
    columns that belong to no portfolio, and are read as they are; one that a file lacks is left out.

    Returns:
        A frame of polars, all text and an empty cell null, and the place of each value in the files.

    Raises:
        InputError: the mapping is wrong, a file is not as it says, or may have been cut off.
        ExtraNeeded: a file is a spreadsheet, and fastexcel is not installed.
    """
    mapping = read_mapping(mapped.mapping)
    files = files_of(mapping, mapped.folder)
    rows: list[dict[str, Value]] = []
    places: list[tuple[PartRows, int]] = []
    waiting: list[int] = []
    seen: set[tuple[Value, ...]] = set()
    readers: list[PartRows] = []
    read: dict[int, str] = {}
    parts = list(_parts(mapping, mapped.table, files))
    for number, (part, path) in enumerate(parts, 1):
        begun = len(rows)
        reader = PartRows(part, read_rows(path, part.layout), own)
        readers.append(reader)
        by_line = isinstance(part.fields.get("id"), way.Number)
        finds = isinstance(part.fields.get("reverses"), way.Latest)
        for row in reader.read(rejected):
            if part.once:
                key = tuple(row.values.values())
                if key in seen:
                    continue
                seen.add(key)
            if finds and row.values["kind"] == "reversal":
                waiting.append(len(rows))
            rows.append(row.values)
            places.append((reader, row.line))
        if by_line:
            if len(parts) > 1:
                _refuse_copy(path, rows[begun:], read)
            for values, (_, line) in zip(rows[begun:], places[begun:], strict=True):
                values["id"] = f"{number}-{line:06}"
    rows, places = _with_payments(mapped.table, rows, places, waiting, rejected)
    columns = [
        it
        for it in COLUMNS[mapped.table]
        if any(it in part.fields for part in mapping.parts[mapped.table])
    ]
    columns += [it for it in dict.fromkeys(own) if all(it in reader.own for reader in readers)]

    def place(_: str, row: int | None, column: str) -> Cell:
        if row is not None:
            reader, line = places[row]
            return reader.place(line, column)
        if not readers:
            return Cell(mapped.mapping.name, 1, column)
        lacking = (it for it in readers if column not in it.part.fields and column not in it.own)
        return next(lacking, readers[0]).place(None, column)

    pl = polars(mapped.table)
    cells = {it: [_text(row.get(it)) for row in rows] for it in columns}
    return pl.DataFrame(cells, schema=dict.fromkeys(columns, pl.String)), place


def _refuse_copy(path: Path, rows: list[dict[str, Value]], read: dict[int, str]) -> None:
    """Refuse a file whose rows, which have no ids, are those of another: each would count twice."""
    if not rows:
        return
    other = read.setdefault(hash(tuple(tuple(it.items()) for it in rows)), path.name)
    if other != path.name:
        raise InvalidValue(
            path.name,
            f"it has the same rows as {other}, so each would count twice",
            "remove one of them",
        )


def _with_payments(
    table: str,
    rows: list[dict[str, Value]],
    places: list[tuple[PartRows, int]],
    waiting: list[int],
    rejected: list[RejectedRow] | None,
) -> tuple[list[dict[str, Value]], list[tuple[PartRows, int]]]:
    """Have each reversal that names no payment name one; reject those for which there is none."""
    lost = {id(it) for it in find_payments(rows, [rows[it] for it in waiting])} if waiting else set()
    kept = []
    for row, (reader, line) in zip(rows, places, strict=True):
        if id(row) not in lost:
            kept.append((row, (reader, line)))
            continue
        error = InvalidValue(
            reader.place(line, "cents"),
            "no payment of this amount was booked before this reversal",
            "add the payment that was taken back, or book it as a refund",
        )
        if rejected is None:
            raise error
        rejected.append(RejectedRow(table, error, str(row["tenancy"])))
    return [row for row, _ in kept], [it for _, it in kept]


def _parts(
    mapping: ExportMapping, table: str, files: Mapping[str, list[Path]]
) -> Iterator[tuple[Any, Path]]:
    for part in mapping.parts[table]:
        for path in files[part.layout.label]:
            yield part, path


def is_hidden(path: Path) -> bool:
    """Whether a system made it for itself: `.DS_Store`, `._plans.csv`, `~$plans.xlsx`."""
    return path.name.startswith((".", "~$"))


def mapping_beside(place: Path) -> Path:
    """Where the mapping of a folder of exports, or of one spreadsheet, is kept."""
    return place / "mapping.toml" if place.is_dir() else place.with_suffix(".mapping.toml")


def mapping_of(place: Path) -> Path | None:
    """The mapping that is kept with exports; None if there is none."""
    found = mapping_beside(place)
    return found if found.is_file() else None


def files_of(mapping: ExportMapping, folder: Path) -> dict[str, list[Path]]:
    """The files that each layout of a mapping names, by its label.

    Raises:
        MissingField: one is not there.
        InvalidValue: a name is that of several files, and the mapping does not say so.
        UnknownField: there is a file or sheet that the mapping does not name; it may hold a table.
    """
    paths = candidates(folder)
    found = {label: _matching(mapping, it, paths) for label, it in mapping.layouts.items()}
    named = {path for its in found.values() for path in its}
    for path in paths:
        if path not in named and not is_named(path.name, mapping.not_read):
            raise UnknownField(
                path.name,
                "the mapping does not name this file",
                f"add it to {mapping.file}, or to not_read there; huurschuld map shows what it is",
            )
    for path in sorted(named):
        if path.suffix.lower() in SHEETS:
            _check_sheets(
                mapping, path, {it.sheet for it in mapping.layouts.values() if path in found[it.label]}
            )
    return found


def candidates(folder: Path) -> list[Path]:
    """The files that may hold a table."""
    if folder.is_file():
        return [folder]
    if not folder.is_dir():
        raise InvalidValue(str(folder), "there is no such folder", "name the folder of the exports")
    return [
        it
        for it in sorted(folder.iterdir())
        if it.suffix.lower() in FILES and it.is_file() and not is_hidden(it)
    ]


def _matching(mapping: ExportMapping, layout: Layout, paths: list[Path]) -> list[Path]:
    found = []
    for name in layout.names:
        its = [it for it in paths if fnmatchcase(it.name.casefold(), name.casefold())]
        place = f"{mapping.file}: files.{layout.label}.name"
        if not its:
            raise MissingField(
                place, "there is no such file in the folder", "add the file, or correct its name"
            )
        if len(its) > 1 and not layout.several:
            raise InvalidValue(
                place,
                "several files have a name like this",
                "leave one in the folder; or set several = true if all are to be read",
            )
        found += [it for it in its if it not in found]
    for path in found:
        if (path.suffix.lower() in SHEETS) != (layout.sheet is not None):
            what = "name its sheet in sheet" if layout.sheet is None else "leave out sheet"
            raise InvalidValue(
                f"{mapping.file}: files.{layout.label}", "a sheet is for a spreadsheet alone", what
            )
    return found


def _check_sheets(mapping: ExportMapping, path: Path, named: set[str | None]) -> None:
    """Check that each visible sheet with anything in it is read, or is named as not read."""
    book = workbook(path)
    for sheet in book.sheet_names:
        label = f"{path.name}: {sheet}"
        if sheet in named or is_named(label, mapping.not_read):
            continue
        if has_table(book, sheet):
            raise UnknownField(
                path.name,
                f"the mapping does not name sheet {book.sheet_names.index(sheet) + 1} of this file",
                f'add it to {mapping.file}, or to not_read there, as "{path.name}: NAME OF THE SHEET"',
            )


def is_named(name: str, patterns: tuple[str, ...]) -> bool:
    """Whether a mapping names a file, or a sheet, by one of these patterns."""
    return any(fnmatchcase(name.casefold(), it.casefold()) for it in patterns)


def _text(value: Value) -> str | None:
    return None if value is None else str(value)
