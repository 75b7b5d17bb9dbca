"""The mapping: which file, heading, word and notation of an export stands for what of a portfolio.

A person confirms it once; from then on an export is read by it and by nothing else. `huurschuld map`
proposes one. `docs/exports.md` describes it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from attrs import field, frozen

from huurschuld.errors import InvalidValue, MissingField, UnknownField
from huurschuld.model.strict_objects import StrictObject
from huurschuld.model.toml_text import read_toml
from huurschuld.portfolio.mapping.fields import Field, Name
from huurschuld.portfolio.mapping.notation import KEYS, Notation, flag_of, read_notation, texts_of
from huurschuld.portfolio.mapping.rules import Rules
from huurschuld.portfolio.schema import ASSUMABLE_COLUMNS, COLUMNS, TABLES

OPEN: Final = "?"
"""Stands for what a person still has to fill in."""

ENCODINGS: Final = ("utf-8", "utf-16", "cp1252", "iso-8859-15", "cp850")
SEPARATORS: Final = (";", ",", "\t", "|")

_FILE: Final = (
    *("name", "sheet", "several", "encoding", "separator", "heading", "last_row", "skip_rows"),
    *("short_lines", *KEYS),
)
_TABLE: Final = ("file", "once", "leave_out", "columns")
_ONCE: Final = ("tenancies", "rents")


@frozen
class Layout:
    """A file, or a sheet of one, and how it is written.

    Attributes:
        label: what the mapping calls it.
        names: the names of files; `*` in one stands for anything.
        sheet: the sheet of a spreadsheet; None for a file of text.
        several: whether a name may be that of several files, which are read one after the other.
        encoding, separator: of a file of text.
        heading: the line with the headings, from 1; 0 without headings.
        last_row: what the row that ends the table begins with; it is not read, and must be there.
        skip_rows: what rows begin with that are not read, such as subtotals.
        short_lines: whether a line may end before the last columns, which are empty then.
        notation: how days and amounts are written, and what means that a cell is empty.
    """

    label: str
    names: tuple[str, ...]
    sheet: str | None
    several: bool
    encoding: str
    separator: str
    heading: int
    last_row: str | None
    skip_rows: tuple[str, ...]
    short_lines: bool
    notation: Notation


@frozen
class Part:
    """The rows of one file that go into one table.

    Attributes:
        table: the table of a portfolio.
        layout: the file.
        fields: by column of that table, how it is read.
        once: whether rows that say the same count once.
        leave_out: by heading the texts of rows that are not read.
    """

    table: str
    layout: Layout
    fields: Mapping[str, Field]
    once: bool
    leave_out: Mapping[Name, frozenset[str]]


@frozen
class ExportMapping:
    """A mapping, read and checked.

    Attributes:
        file: the name of the file that it is in, for errors.
        layouts: the files and sheets, by their labels.
        parts: what is read, by table.
        not_read: names of files, or of sheets as `FILE: SHEET`, that are not read.
    """

    file: str
    layouts: Mapping[str, Layout] = field(repr=False)
    parts: Mapping[str, tuple[Part, ...]] = field(repr=False)
    not_read: tuple[str, ...] = ()


def read_mapping(path: Path) -> ExportMapping:
    """Read a mapping.

    Raises:
        InputError: at the file and the keys, such as `mapping.toml: entries.columns.kind`.
        OSError: it cannot be read.
    """
    document = read_toml(path)
    for keys in _open(document, ()):
        raise InvalidValue(
            f"{path.name}: {'.'.join(keys)}",
            "this question is still open",
            'fill in what the comment above it asks, in place of "?"',
        )
    return _Mappings(path.name).mapping(document)


def open_questions(path: Path) -> list[str]:
    """The keys of a mapping that a person still has to fill in; errors as for `read_mapping`."""
    return [".".join(keys) for keys in _open(read_toml(path), ())]


def _open(value: object, keys: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    if value == OPEN:
        yield keys
    elif isinstance(value, dict):
        for name, it in value.items():
            yield from _open(it, (*keys, name))
    elif isinstance(value, list):
        for it in value:  # of several sections of a table, the one of this file
            label = it.get("file") if isinstance(it, dict) else None
            first = (f"{label}: {keys[0]}", *keys[1:]) if isinstance(label, str) and keys else keys
            yield from _open(it, first)


class _Mappings:
    """Reads one mapping."""

    def __init__(self, file: str) -> None:
        self._file = file

    def mapping(self, document: object) -> ExportMapping:
        root = StrictObject(document, self._file, ("files", "not_read", *TABLES), self._below)
        files = root.inner("files")
        layouts = {name: self._layout(name, files.inner(name, _FILE)) for name in files.fields}
        parts = {name: self._parts(name, root, layouts) for name in TABLES if name in root.fields}
        for name, columns in ASSUMABLE_COLUMNS.items():
            self._check_alike(name, parts.get(name, ()), columns)
        used = {it.layout.label for its in parts.values() for it in its}
        for name in layouts:
            if name not in used:
                raise UnknownField(
                    files.place(name), "no table is read from this file", "name it in not_read instead"
                )
        return ExportMapping(self._file, layouts, parts, texts_of(root, "not_read"))

    def _check_alike(self, table: str, parts: Sequence[Part], columns: Sequence[str]) -> None:
        """Check that all files of a table record the same, where it would be a guess if one does not."""
        for column in columns:
            recording = [column in it.fields for it in parts]
            if any(recording) and not all(recording):
                number = recording.index(False) + 1
                raise MissingField(
                    f"{self._file}: {table}[{number}].columns.{column}",
                    "another file of this table records this, and this one does not",
                    'name its heading, or say what holds for all its rows: { always = "…" }',
                )

    def _below(self, at: str, name: str | int) -> str:
        return f"{at}: {name}" if at == self._file else f"{at}.{name}"

    def _layout(self, label: str, given: StrictObject) -> Layout:
        names = texts_of(given, "name")
        if not names:
            raise MissingField(given.place("name"), "the name of the file is required")
        if any("/" in it or "\\" in it for it in names):
            raise InvalidValue(given.place("name"), "the name of a file in the folder is expected")
        sheet = given.text("sheet") if "sheet" in given.fields else None
        for name in ("encoding", "separator"):
            if sheet is not None and name in given.fields:
                raise InvalidValue(given.place(name), "a sheet has none", "leave it out")
        heading = given.fields.get("heading", 1)
        if type(heading) is not int or not 0 <= heading <= 1000:
            raise InvalidValue(
                given.place("heading"), "the number of the line with the headings is expected"
            )
        return Layout(
            label,
            names,
            sheet,
            flag_of(given, "several"),
            "" if sheet is not None else given.word("encoding", ENCODINGS),
            "" if sheet is not None else given.word("separator", SEPARATORS),
            heading,
            _last_row(given),
            texts_of(given, "skip_rows"),
            flag_of(given, "short_lines"),
            read_notation(given, Notation(in_sheet=sheet is not None)),
        )

    def _parts(self, table: str, root: StrictObject, layouts: Mapping[str, Layout]) -> tuple[Part, ...]:
        given = root.fields[table]
        if isinstance(given, list) and given:
            place = root.place(table)
            return tuple(
                self._part(
                    table,
                    StrictObject(
                        it, place if len(given) == 1 else f"{place}[{number}]", _TABLE, self._below
                    ),
                    layouts,
                )
                for number, it in enumerate(given, 1)
            )
        return (self._part(table, root.inner(table, _TABLE), layouts),)

    def _part(self, table: str, given: StrictObject, layouts: Mapping[str, Layout]) -> Part:
        label = given.text("file")
        if label not in layouts:
            raise UnknownField(
                given.place("file"),
                "no such file is in [files]",
                f"there are: {', '.join(layouts) or 'none'}",
            )
        columns = given.inner("columns", tuple(COLUMNS[table]))
        fields = Rules(table, layouts[label].notation, self._below).fields(columns)
        once = flag_of(given, "once")
        if once and table not in _ONCE:
            raise InvalidValue(
                given.place("once"), f"this is for {' and '.join(_ONCE)} alone", "leave it out"
            )
        left_out = given.inner("leave_out")
        return Part(
            table,
            layouts[label],
            fields,
            once,
            {
                (int(name) if name.isdecimal() else name): frozenset(
                    it.strip().casefold() for it in texts_of(left_out, name, may_be_empty=True)
                )
                for name in left_out.fields
            },
        )


def _last_row(given: StrictObject) -> str | None:
    value = given.fields.get("last_row")
    if value is not None and not isinstance(value, str):
        raise InvalidValue(given.place("last_row"), "a text is expected")
    return value
