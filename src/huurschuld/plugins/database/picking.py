"""Which columns are read: what the user says, held against what the database has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from attrs import frozen

from huurschuld.errors import InvalidValue, MissingField, UnknownField
from huurschuld.model.values import Kind
from huurschuld.plugins.database.settings import Source
from huurschuld.portfolio.schema import COLUMNS


@frozen
class Picked:
    """One column that is read.

    Attributes:
        column: its name in a portfolio.
        theirs: its name in the database.
        kind: what it may hold.
        words: our value for each of theirs, if the user says so.
        euros: whether it is in euros.
    """

    column: str
    theirs: str
    kind: Kind
    words: Mapping[str, str | None] | None
    euros: bool


def picked(source: Source, there: Sequence[str]) -> list[Picked]:
    """The columns of a table that are read, in our order.

    Args:
        source: what the user says of the table.
        there: the columns that their table, view or SELECT has.

    Raises:
        UnknownField, MissingField, InvalidValue: at the heading, or at the option.
    """
    for name in there:
        if there.count(name) > 1:
            raise InvalidValue(source.at(None, name), "this column stands here twice")
    columns = _own_names(source, there) if source.columns is None else _mapped(source, there)
    known = COLUMNS[source.table]
    for column, described in known.items():
        if described.required and column not in columns:
            raise MissingField(
                source.at(None, column),
                "this column is required",
                f"name the column of theirs in columns.{source.table}.{column}",
            )
    for option, its in (("values", source.values), ("euros", source.euros)):
        for column in sorted(set(its).difference(columns)):
            raise InvalidValue(
                f"{option}.{source.table}.{column}", "this column is not read", "leave this out"
            )
    return list(_picked(source, columns))


def _picked(source: Source, columns: Mapping[str, str]) -> Iterator[Picked]:
    for column, described in COLUMNS[source.table].items():
        if column in columns:
            yield Picked(
                column,
                columns[column],
                described.kind,
                source.values.get(column),
                column in source.euros,
            )


def _own_names(source: Source, there: Sequence[str]) -> dict[str, str]:
    """All columns, which must be ours: none is passed over, it may be one that is misspelt."""
    for name in there:
        if name not in COLUMNS[source.table]:
            raise UnknownField(
                source.at(None, name),
                "there is no such column",
                f"name the columns to read in columns.{source.table}",
            )
    return {name: name for name in there}


def _mapped(source: Source, there: Sequence[str]) -> dict[str, str]:
    """The columns that the user names; one that has a name of ours must not be passed over."""
    columns = dict(source.columns or {})
    for column, theirs in columns.items():
        if theirs not in there:
            raise MissingField(
                source.at(None, column),
                "the database has no such column",
                f"correct columns.{source.table}.{column}",
            )
    for column in COLUMNS[source.table]:
        spoken_of = column in columns or column in source.omitted or column in columns.values()
        if column in there and not spoken_of:
            raise UnknownField(
                source.at(None, column),
                "it has the name of a column of a portfolio, and it is not said whether it is that",
                f"set columns.{source.table}.{column} to its name, or to false",
            )
    return columns
