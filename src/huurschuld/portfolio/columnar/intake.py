"""The caller's tables: their library, and their values as whole numbers and texts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import Any, Final

import narwhals as nw
from attrs import frozen

from huurschuld.errors import InvalidValue, MissingField
from huurschuld.model.values import Day, FactValue, Flag, Whole, parse_day
from huurschuld.portfolio.assumptions import check_assumptions
from huurschuld.portfolio.carrying import NOT_CARRIED
from huurschuld.portfolio.columnar.backend import Backend, ColumnSpec
from huurschuld.portfolio.columnar.column_types import Types, column_names, types_of
from huurschuld.portfolio.columnar.expressions import Frame, framed, with_columns
from huurschuld.portfolio.columnar.on_duckdb import DuckDB
from huurschuld.portfolio.columnar.on_polars import Polars
from huurschuld.portfolio.files import CsvFile, ParquetFile
from huurschuld.portfolio.ledger_tables import ledger_table
from huurschuld.portfolio.mapping.tables import MappedTable
from huurschuld.portfolio.schema import (
    ASSUMABLE_COLUMNS,
    COLUMNS,
    TABLES,
    Place,
    by_row,
    check_columns,
    check_tables,
    given_tables,
)
from huurschuld.portfolio.streams import duplicate_columns
from huurschuld.portfolio.unreadable import check_texts, unreadable_column
from huurschuld.rules.parameters import Unit

OWN_DAY: Final = "as_of"
"""The column of each tenancy's own day, if they have one."""
OWN_DIGITS: Final = "as_of_digits"
"""The same day as the number YYYYMMDD."""

UNKNOWN: Final = {
    part: f"unknown_{part}"
    for part in ("contacts", "disputes", "facts", "objections", "plans", "signals")
}
"""For each part of a tenancy that may be unknown, the column that is 1 where it is."""

SET: Final = "set_"
"""The prefix of the columns with each tenancy's own values for the parameters of a policy."""

VALUES: Final[Mapping[Unit | None, str]] = {
    None: "value_flag",
    Unit.MONTHS: "value",
    Unit.CENTS: "value_whole",
    Unit.DAYS: "value_whole",
    Unit.COUNT: "value_whole",
}
"""The column of what is stated of a fact of each unit; None for a yes-or-no fact."""

_NAME: Final = re.compile(r"\w[\w -]*")
_VIA_POLARS: Final = ("pandas", "pyarrow")
_LIBRARIES: Final = "polars, DuckDB, PySpark, pandas or PyArrow"


@frozen
class Intake:
    """The tables of a portfolio, all of one library.

    Attributes:
        library: the library of the caller, as Narwhals calls it.
        given: the tables as they came, by name.
        types: the types of their columns.
        typed: the same as whole numbers and texts; an absent column is null throughout.
        unknown: the parts that are unknown for everyone.
        own: further columns of `tenancies`, which belong to no portfolio, by the names that they get.
        carried: the columns of `tenancies` that are given beside the outcome, as they came.
    """

    backend: Backend[Any]
    library: str
    lazy: bool
    given: Mapping[str, Frame]
    types: Mapping[str, Types]
    typed: Mapping[str, Frame]
    columns: Mapping[str, tuple[str, ...]]
    unknown: frozenset[str]
    own: Mapping[str, ColumnSpec]
    carried: tuple[str, ...] = ()

    @property
    def own_day(self) -> str | None:
        """The column of `tenancies` with each one's own day, if there is one."""
        return self.own[OWN_DAY].source if OWN_DAY in self.own else None

    def with_carried(self, result: Frame) -> Frame:
        """A result with what is carried along, joined by `tenancy`."""
        if not self.carried:
            return result
        beside = self.given["tenancies"].select(
            nw.col("id").cast(nw.String).alias("tenancy"), *self.carried
        )
        return self.backend.beside(result, self.backend.in_reach(result, beside), "tenancy")


def own_day(column: str) -> dict[str, ColumnSpec]:
    """The columns of a tenancy's own day, read from the column of this name.

    A name with characters that a library may take for a pattern or for SQL is an `InvalidValue`.
    """
    if parse_day(column) is not None:
        raise InvalidValue(
            "/as_of",
            "a datetime.date is expected, not str",
            "a text is the name of a column of tenancies",
        )
    if not _NAME.fullmatch(column):
        raise InvalidValue(
            "/as_of", "this is not a plain name of a column", "use letters, digits, spaces and _ in it"
        )
    return {OWN_DAY: ColumnSpec(column, Day()), OWN_DIGITS: ColumnSpec(column, Day(), in_digits=True)}


def own_unknown() -> dict[str, ColumnSpec]:
    """The columns that say which parts of each tenancy are unknown."""
    return {name: ColumnSpec(name, Flag()) for name in UNKNOWN.values()}


def own_values(parameters: Iterable[str]) -> dict[str, ColumnSpec]:
    """The columns of each tenancy's own values for the parameters of a policy."""
    numbers = Whole(0, 10**18)
    return {SET + name: ColumnSpec(SET + name, numbers) for name in parameters}


def intake(
    tables: Mapping[str, object],
    assume: Mapping[str, object],
    own: Mapping[str, ColumnSpec],
    place: Place = by_row,
    carried: tuple[str, ...] = (),
    *,
    checked: bool = False,
) -> Intake:
    """Read in the tables and check their columns; `Checks` checks their cells.

    `own` are further columns of `tenancies`, by the names that they get; `carried` are those that are
    only given again. Which tables and columns there are is not looked at again if it is `checked`.

    Raises:
        InputError: a table or column is unknown, or is required and absent.
        InvalidValue: the frames are of different libraries, or of one that is not supported.
    """
    if not isinstance(tables, Mapping):
        raise InvalidValue("the portfolio", "tables by name are expected", "give a dict of frames")
    tables = given_tables(tables)
    if not checked:
        check_tables(tables)
    frames = {name: _frame(name, tables[name], carried) for name in TABLES if name in tables}
    library = frames["tenancies"].implementation.value
    for name, frame in frames.items():
        if frame.implementation.value != library:
            raise of_another_library(name)
    backend = _backend(library)
    lazy = {name: _lazy(name, frame, library) for name, frame in frames.items()}
    for name, frame in lazy.items():
        _check_names(name, frame)
    types = {name: types_of(frame) for name, frame in lazy.items()}
    columns = {name: tuple(its) for name, its in types.items()}
    for name, its in columns.items() if not checked else ():
        check_columns(name, its, partial(place, name), _further(name, its, own, carried, place))
    assumed = check_assumptions(assume, columns)
    backend.check_together(lazy)
    typed = {
        name: _with_assumed(backend.typed(frame, types[name], _specs(name, own)), assumed.get(name, {}))
        for name, frame in lazy.items()
    }
    # All but the largest are computed once, so that the tables checked are the tables used.
    typed = {name: it if name == "entries" else backend.keep(it) for name, it in typed.items()}
    recorded = {name: {*its, *assumed.get(name, {})} for name, its in columns.items()}
    unknown = frozenset(
        name
        for name in TABLES
        if name not in lazy or not recorded[name].issuperset(ASSUMABLE_COLUMNS.get(name, ()))
    )
    return Intake(
        backend,
        library,
        isinstance(frames["tenancies"], nw.LazyFrame),
        lazy,
        types,
        typed,
        columns,
        unknown,
        own,
        carried,
    )


def of_another_library(table: str) -> InvalidValue:
    """The error for a table of another library than the others."""
    return InvalidValue(
        table,
        "this table is from another library than `tenancies`",
        "give all tables from one library",
    )


def frame_of(name: str, table: object) -> tuple[str, Frame]:
    """The library of a table, and the table in the one that the work is done in.

    Raises:
        InvalidValue: it is no frame of a supported library, or cannot be read.
    """
    frame = _frame(name, table)
    library = str(frame.implementation.value)
    lazy = _lazy(name, frame, library)
    _check_names(name, lazy)
    return library, lazy


def _further(
    table: str,
    columns: tuple[str, ...],
    own: Mapping[str, ColumnSpec],
    carried: tuple[str, ...],
    place: Place,
) -> frozenset[str]:
    """The names of the further columns of `tenancies`, which must be there."""
    if table != "tenancies":
        return frozenset()
    further = frozenset(it.source for it in own.values())
    for missing in sorted(further.difference(columns)):
        raise MissingField(
            place(table, None, missing),
            "the column named is not in this table",
            "name a column, or give a day as a datetime.date",
        )
    for name in carried:
        if name not in columns:
            raise NOT_CARRIED.at(place(table, None, name))
    return further.union(carried)


def _specs(table: str, own: Mapping[str, ColumnSpec]) -> dict[str, ColumnSpec]:
    specs = {name: ColumnSpec(name, column.kind) for name, column in COLUMNS[table].items()}
    for name, column in COLUMNS[table].items():
        if isinstance(column.kind, FactValue):  # the fact says which of the three it is
            kinds = {VALUES[None]: Flag(), VALUES[Unit.COUNT]: Whole()}
            specs |= {to: ColumnSpec(name, kind) for to, kind in kinds.items()}
    return {**specs, **own} if table == "tenancies" else specs


def _with_assumed(frame: Frame, assumed: Mapping[str, Any]) -> Frame:
    """A frame with the values that are assumed; an absent column is null already."""
    filled = {
        name: nw.lit(int(value), nw.Int64) if isinstance(value, bool) else nw.lit(value)
        for name, value in assumed.items()
        if value is not None
    }
    return with_columns(frame, filled)


def _frame(name: str, table: Any, own: tuple[str, ...] = ()) -> Any:  # noqa: ANN401 - a frame of Narwhals, lazy or not
    if isinstance(table, CsvFile | MappedTable | ParquetFile):
        table = ledger_table(name, table, own=own).read()
    with _doubled_told(name):
        frame = nw.from_native(table, pass_through=True)
    if not isinstance(frame, nw.DataFrame | nw.LazyFrame):
        raise InvalidValue(
            name, "this is not a dataframe of a supported library", f"give one of {_LIBRARIES}"
        )
    return frame


@contextmanager
def _doubled_told(name: str) -> Iterator[None]:
    """Name the table where Narwhals or polars finds two columns of one name."""
    try:
        yield
    except Exception as error:
        if type(error).__name__ != "DuplicateError":  # each of the two has one of its own
            raise
    else:
        return
    raise duplicate_columns(name)


def _check_names(name: str, frame: Frame) -> None:
    """Check that no two columns have one name: DuckDB would take the first, and they may differ."""
    with _doubled_told(name):
        names = column_names(frame)
    if len(set(names)) < len(names):
        raise duplicate_columns(name)


def _backend(library: str) -> Backend[Any]:
    backends: dict[str, type[Backend[Any]]] = {
        **dict.fromkeys(("polars", *_VIA_POLARS), Polars),
        "duckdb": DuckDB,
    }
    if library not in backends:
        raise InvalidValue(
            "tenancies", "dataframes of this library are not supported", f"give one of {_LIBRARIES}"
        )
    return backends[library]()


def _lazy(name: str, frame: Any, library: str) -> Frame:  # noqa: ANN401 - as _frame
    if library not in _VIA_POLARS:
        return framed(frame.to_native())
    try:
        found = frame.to_polars()
    except (MemoryError, KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # noqa: BLE001 - also a panic of polars; it is raised again just below
        kind = type(error).__name__
    else:
        return framed(check_texts(name, found))
    # Not chained: the message of that error may quote a value.
    odd = unreadable_column(name, frame.columns, lambda it: frame.select(it).to_polars())
    raise InvalidValue(
        name if odd is None else odd.place,
        f"a column holds values of different types, or of one that is not supported ({kind})",
        "give each column one type: texts, whole numbers, true and false, or days",
    )
