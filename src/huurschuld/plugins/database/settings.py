"""The options of the ledger: where each table comes from, and how its columns are read."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from attrs import frozen

from huurschuld.errors import Cell, InvalidValue, MissingField, UnknownField
from huurschuld.model.strict_objects import StrictObject
from huurschuld.model.values import Choice, Day, FactValue, Flag, Kind, RedactedRepr, Whole, refuse
from huurschuld.portfolio.mapping.amounts import EURO
from huurschuld.portfolio.mapping.fields import Amount, ReadText, day_reader, word_reader
from huurschuld.portfolio.mapping.notation import KEYS, Notation, read_notation
from huurschuld.portfolio.mapping.rules import words_of
from huurschuld.portfolio.schema import COLUMNS, TABLES

EMPTY: Final = ""
"""What `values` has for a value that means null."""

_SELECT: Final = re.compile(r"\s*(select|with)\s", re.IGNORECASE)


class Name(NamedTuple):
    """The name of a table or view."""

    schema: str | None
    table: str


@frozen(repr=False)
class Source(RedactedRepr):
    """Where one table comes from.

    Attributes:
        table: the table of a portfolio.
        origin: the name of a table or view, or the text of a SELECT.
        mentioned: whether the options mention it; else it need not exist.
        columns: the database's column for each of the portfolio's; None where the names are the same.
        omitted: columns of the portfolio that are not read.
        values: for a column, the portfolio's value for each value in the database.
        euros: the columns that are in euros.
        readers: for a column whose texts are written in some notation, what reads them.
    """

    table: str
    origin: Name | str
    mentioned: bool
    columns: Mapping[str, str] | None
    omitted: frozenset[str]
    values: Mapping[str, Mapping[str, str | None]]
    euros: frozenset[str]
    readers: Mapping[str, ReadText]

    def at(self, row: int | None, column: str) -> Cell:
        """Return the place of a value by the names of the database; row None is the heading."""
        named = self.table if isinstance(self.origin, str) else ".".join(filter(None, self.origin))
        theirs = (self.columns or {}).get(column, column)
        return Cell(named, 1 if row is None else row + 2, theirs)


@frozen(repr=False)
class Settings(RedactedRepr):
    """All options.

    Attributes:
        url: where the database is.
        password: that of the login, if it is not in the URL.
        sources: where the tables come from, by name.
    """

    url: str
    password: str | None
    sources: Mapping[str, Source]


def read_settings(
    url: object,
    password: object = None,
    tables: object = None,
    columns: object = None,
    values: object = None,
    euros: object = None,
    notation: Mapping[str, object] | None = None,
) -> Settings:
    """Check the options of `open_database`."""
    if not isinstance(url, str) or not url:
        raise InvalidValue("url", "the URL of a database is expected", "such as sqlite:///FILE")
    if password is not None and not isinstance(password, str):
        raise InvalidValue("password", "a text is expected")
    named = None if tables is None else dict(_tables("tables", tables))
    origins = {name: _origin(name, it) for name, it in (named or {}).items()}
    base = read_notation(
        StrictObject(
            {name: it for name, it in (notation or {}).items() if it is not None}, "", KEYS, _below
        ),
        Notation(),
    )
    mapped = dict(_tables("columns", columns or {}))
    worded = dict(_tables("values", values or {}))
    amounts = _euros(euros if euros is not None else [])
    mentioned = {*origins, *mapped, *worded, *amounts}
    if named is not None:
        for option, its in (("columns", mapped), ("values", worded), ("euros", amounts)):
            for name in sorted(set(its).difference(named)):
                raise UnknownField(
                    f"{option}.{name}", "tables does not name this table", f"add tables.{name}"
                )
    sources = {}
    for name in TABLES if named is None else [it for it in TABLES if it in named]:
        read, omitted = _columns(name, mapped.get(name))
        readers, in_euros = _readers(name, mapped.get(name) or {}, read, worded.get(name, {}), base)
        sources[name] = Source(
            name,
            origins.get(name, Name(None, name)),
            name in mentioned,
            read,
            omitted,
            _values(name, worded.get(name, {})),
            amounts.get(name, frozenset()) | in_euros,
            readers,
        )
    return Settings(url, password, sources)


def _tables(option: str, given: object) -> Iterator[tuple[str, Any]]:
    """Yield what an option says about each table."""
    if not isinstance(given, Mapping):
        raise InvalidValue(option, "a table of options is expected", f"write [{option}]")
    for name, it in given.items():
        if name not in TABLES:
            raise UnknownField(
                f"{option}.{name}", "there is no such table", f"there are: {', '.join(TABLES)}"
            )
        yield name, it


def _origin(table: str, given: object) -> Name | str:
    place = f"tables.{table}"
    if not isinstance(given, str) or not given.strip():
        raise InvalidValue(place, "the name of a table or view is expected, or a SELECT")
    if _SELECT.match(given):
        return given.rstrip().rstrip(";")
    parts = given.split(".")
    if len(parts) > 2 or not all(it.strip() and it.isprintable() for it in parts):
        raise InvalidValue(
            place,
            "this is neither a name such as contract or verhuur.contract, nor a SELECT",
            "a SELECT begins with SELECT or WITH",
        )
    return Name(None, parts[0]) if len(parts) == 1 else Name(parts[0], parts[1])


def _kind(option: str, table: str, column: object) -> Kind:
    known = COLUMNS[table]
    if not isinstance(column, str) or column not in known:
        raise UnknownField(
            f"{option}.{table}.{column}", "there is no such column", f"there are: {', '.join(known)}"
        )
    return known[column].kind


def _columns(table: str, given: object) -> tuple[Mapping[str, str] | None, frozenset[str]]:
    if given is None:
        return None, frozenset()
    if not isinstance(given, Mapping):
        raise InvalidValue(
            f"columns.{table}", "a column of the database for each of the portfolio is expected"
        )
    read, omitted = {}, set()
    for column, theirs in given.items():
        _kind("columns", table, column)
        place = f"columns.{table}.{column}"
        if theirs is False:
            if COLUMNS[table][column].required:
                raise MissingField(place, "this column is required", "name the column of the database")
            omitted.add(column)
        elif isinstance(theirs, str) and theirs:
            read[column] = theirs
        elif isinstance(theirs, Mapping):
            read[column] = StrictObject(dict(theirs), place, ("column", "words", *KEYS), _below).text(
                "column"
            )
        else:
            raise InvalidValue(place, "the name of a column is expected, or false")
    return read, frozenset(omitted)


def _readers(
    table: str,
    given: Mapping[str, Any],
    read: Mapping[str, str] | None,
    values: Mapping[str, object],
    base: Notation,
) -> tuple[dict[str, ReadText], frozenset[str]]:
    """What reads the texts of columns that are written in some notation, and which are in euros."""
    readers, euros = {}, set()
    for column, described in COLUMNS[table].items():
        if read is not None and column not in read:
            continue
        theirs = given.get(column)
        rule = StrictObject(
            dict(theirs) if isinstance(theirs, Mapping) else {},
            f"columns.{table}.{column}",
            ("column", "words", *KEYS),
            _below,
        )
        notation = read_notation(rule, base)
        kind = described.kind
        if "words" in rule.fields:
            if column in values:
                raise InvalidValue(
                    rule.place("words"), "values explains this column", "keep one of them"
                )
            readers[column] = word_reader(words_of(rule, kind), rule.at)
        elif isinstance(kind, Day) and notation.days:
            readers[column] = day_reader(notation)
        elif isinstance(kind, Whole) and notation.unit is not None:
            if notation.unit == EURO:
                euros.add(column)
            if notation.decimal is not None:
                readers[column] = Amount((), rule.at, frozenset(), notation).cents
        if notation.empty and column in readers:
            readers[column] = _with_empty(readers[column], notation.empty)
    return readers, frozenset(euros)


def _with_empty(read: ReadText, empty: frozenset[str]) -> ReadText:
    return lambda text: None if text.casefold() in empty else read(text)


def _below(at: str, name: str | int) -> str:
    return f"{at}.{name}" if at else str(name)


def _values(table: str, given: object) -> Mapping[str, Mapping[str, str | None]]:
    if not isinstance(given, Mapping):
        raise InvalidValue(f"values.{table}", "values by column are expected")
    found = {}
    for column, words in given.items():
        kind, place = _kind("values", table, column), f"values.{table}.{column}"
        if not isinstance(kind, Choice | Flag | FactValue):
            raise InvalidValue(
                place, "values are for columns of fixed words, and of yes and no", "leave this out"
            )
        if not isinstance(words, Mapping) or not all(isinstance(it, str) for it in words):
            raise InvalidValue(
                place, "a value of the portfolio for each value of the database, as text, is expected"
            )
        found[column] = {theirs: _word(place, kind, ours) for theirs, ours in words.items()}
    return found


def _word(place: str, kind: Kind, ours: object) -> str | None:
    """Return a value of the portfolio as text; None for one that means null."""
    if ours == EMPTY:
        return None
    if not kind.accepts(ours):
        raise refuse(place, kind)
    return str(ours).lower() if isinstance(ours, bool) else str(ours)


def _euros(given: object) -> dict[str, frozenset[str]]:
    if not isinstance(given, list | tuple):
        raise InvalidValue("euros", "a list of columns is expected", 'such as ["entries.cents"]')
    found: dict[str, frozenset[str]] = {}
    for name in given:
        table, _, column = name.partition(".") if isinstance(name, str) else ("", "", "")
        if table not in TABLES:
            raise UnknownField(
                "euros", "a name is not that of a table and a column", 'write "entries.cents"'
            )
        if not isinstance(_kind("euros", table, column), Whole):
            raise InvalidValue(f"euros.{name}", "this is not a column of amounts", "leave it out")
        found[table] = found.get(table, frozenset()) | {column}
    return found
