"""Which columns are read: the user's options, checked against what the database has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from attrs import frozen

from huurschuld.errors import InvalidValue, MissingField, UnknownField
from huurschuld.model.values import Kind
from huurschuld.plugins.database.settings import Source
from huurschuld.portfolio.mapping.fields import ReadText
from huurschuld.portfolio.schema import COLUMNS


@frozen
class PickedColumn:
    """One column that is read.

    Attributes:
        column: its name in a portfolio.
        theirs: its name in the database.
        kind: what it may hold.
        words: the portfolio's value for each value in the database, if the user gives them.
        euros: whether it is in euros.
        read: reads its texts, if they are written in some notation; what is wrong raises `Unfit`.
    """

    column: str
    theirs: str
    kind: Kind
    words: Mapping[str, str | None] | None
    euros: bool
    read: ReadText | None = None


def pick_columns(source: Source, available: Sequence[str]) -> list[PickedColumn]:
    """Return the columns of a table that are read, in the order of a portfolio.

    Args:
        source: the options for the table.
        available: the columns that the table, view or SELECT has.
    """
    for name in available:
        if available.count(name) > 1:
            raise InvalidValue(source.at(None, name), "this column is duplicated")
    columns = _own_names(source, available) if source.columns is None else _mapped(source, available)
    known = COLUMNS[source.table]
    for column, described in known.items():
        if described.required and column not in columns:
            raise MissingField(
                source.at(None, column),
                "this column is required",
                f"name the column of the database in columns.{source.table}.{column}",
            )
    for option, its in (("values", source.values), ("euros", source.euros)):
        for column in sorted(set(its).difference(columns)):
            raise InvalidValue(
                f"{option}.{source.table}.{column}", "this column is not read", "leave this out"
            )
    return [
        PickedColumn(
            name,
            columns[name],
            it.kind,
            source.values.get(name),
            name in source.euros,
            source.readers.get(name),
        )
        for name, it in known.items()
        if name in columns
    ]


def _own_names(source: Source, available: Sequence[str]) -> dict[str, str]:
    """Take all columns under their portfolio names; an unknown one is refused: it may be misspelt."""
    for name in available:
        if name not in COLUMNS[source.table]:
            raise UnknownField(
                source.at(None, name),
                "there is no such column",
                f"name the columns to read in columns.{source.table}",
            )
    return {name: name for name in available}


def _mapped(source: Source, available: Sequence[str]) -> dict[str, str]:
    """Take the columns that the user names; any with a portfolio column's name must be mentioned."""
    columns = dict(source.columns or {})
    for column, theirs in columns.items():
        if theirs not in available:
            raise MissingField(
                source.at(None, column),
                "the database has no such column",
                f"correct columns.{source.table}.{column}",
            )
    for column in COLUMNS[source.table]:
        mentioned = column in columns or column in source.omitted or column in columns.values()
        if column in available and not mentioned:
            raise UnknownField(
                source.at(None, column),
                "it has the name of a portfolio column, but the options do not mention it",
                f"set columns.{source.table}.{column} to its name, or to false",
            )
    return columns
