"""Strict reading of a table: an invalid value is refused at its cell, and never quoted."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from attrs import frozen

from huurschuld.errors import Cell
from huurschuld.hooks import ArrowStream
from huurschuld.model.refusals import EMPTY_CELL, Refusal, of_type
from huurschuld.model.values import (
    FIRST_DAY,
    LAST_DAY,
    Choice,
    FactValue,
    Kind,
    TableNumber,
    Text,
    refuse,
)
from huurschuld.portfolio.extras import polars
from huurschuld.portfolio.schema import Column, Place
from huurschuld.portfolio.streams import read_stream

_EPOCH: Final = dt.date(1970, 1, 1)
_UNREADABLE: Final = object()
"""A placeholder for a value that no column of a portfolio may hold."""


@frozen
class Table:
    """A table as lists of cells, by column, with the type of each."""

    name: str
    cells: dict[str, Sequence[Any]]
    height: int
    place: Place
    types: Mapping[str, str]

    def at(self, row: int | None, column: str) -> Cell:
        """The place of a cell, or of the heading where the row is None."""
        return self.place(self.name, row, column)

    def wrong_type(self, name: str, column: Column) -> Refusal | None:
        """Why no cell of a column can be taken; None if its type is right, or it was assumed."""
        return of_type(column.kind, self.types[name]) if name in self.types else None


def read_table(name: str, stream: ArrowStream, place: Place) -> Table:
    """The cells of one table.

    Raises:
        InvalidValue: it is not an Arrow stream, or fails while it is read.
        ExtraNeeded: polars, which reads it, is not installed.
    """
    frame = read_stream(name, stream)
    types = {it.name: str(it.dtype) for it in frame}
    return Table(name, {it.name: _cells(it) for it in frame}, frame.height, place, types)


def _cells(series: Any) -> Sequence[Any]:  # noqa: ANN401 - a series of polars, which is optional
    """The values of a column; a moment at midnight, without a zone, is its day.

    A day that Python cannot hold becomes the first that it can, and a value of any other type
    `_UNREADABLE`, to be refused at its cell: converting it would raise here, and quote the value.
    """
    pl = polars(series.name)
    if series.dtype == pl.Datetime and series.dtype.time_zone is None:
        days = series.dt.date()  # null for a year that is far outside
        bad = (series.dt.time() != dt.time()) | (days.is_null() & series.is_not_null())
        cells = _cells(days)
        return [_UNREADABLE if is_bad else day for is_bad, day in zip(bad, cells, strict=True)]
    if series.dtype == pl.Date:
        days = series.to_physical()
        outside = (days < (FIRST_DAY - _EPOCH).days) | (days > (LAST_DAY - _EPOCH).days)
        if outside.any():
            inside = series.set(outside, None).to_list()
            return [dt.date.min if bad else day for bad, day in zip(outside, inside, strict=True)]
    elif not series.dtype.is_integer() and series.dtype not in (
        pl.String,
        pl.Categorical,
        pl.Enum,
        pl.Boolean,
        pl.Null,
    ):
        return [None if null else _UNREADABLE for null in series.is_null()]
    values: list[Any] = series.to_list()
    return values


def rows_of(
    table: Table, columns: Mapping[str, Column], rows: Iterable[int] | None = None
) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield the values of each row by attribute, without those that are null.

    A part of the model checks its own values when it is made, so only the others are checked here.
    """
    plan = [
        (name, column, _parser(column.kind), table.cells[name], table.wrong_type(name, column))
        for name, column in columns.items()
        if name in table.cells
    ]
    for row in range(table.height) if rows is None else rows:
        values = {}
        for name, column, parse, cells, wrong in plan:
            given = cells[row]
            if given is None or (given == "" and not isinstance(column.kind, Text)):
                if column.required:
                    raise EMPTY_CELL.at(table.at(row, name))
                continue
            if wrong is not None and not column.kind.accepts(given):  # moments at midnight are days
                raise wrong.at(table.at(row, name))
            value = parse(given) if parse is not None and type(given) is str else given
            if type(value) is int and isinstance(column.kind, FactValue):
                value = TableNumber(value)  # in a column of numbers, `2` may be months all the same
            if value is None or (column.checked_here and not column.kind.accepts(value)):
                raise refuse(table.at(row, name), column.kind, given)
            values[column.attribute] = value
        yield row, values


class _Parsed(dict[str, object]):
    """The value of each text of a column: a portfolio repeats few days and amounts many times."""

    def __init__(self, kind: Kind) -> None:
        self._kind = kind

    def __missing__(self, text: str) -> object:
        value = self[text] = self._kind.from_text(text)
        return value


def _parser(kind: Kind) -> Callable[[str], object] | None:
    """The parser for the texts of a column; None if the text itself is the value."""
    return None if isinstance(kind, Text | Choice) else _Parsed(kind).__getitem__
