"""The caller's tables: which library they are of, and all that is in them as whole numbers and texts."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any, Final

import narwhals as nw
from attrs import frozen

from huurschuld.errors import Cell, InvalidValue, MissingField
from huurschuld.model.values import Day, Flag, Whole
from huurschuld.portfolio.assumptions import check_assumptions
from huurschuld.portfolio.columnar.backend import Backend, Wanted
from huurschuld.portfolio.columnar.expressions import Frame, framed, with_columns
from huurschuld.portfolio.columnar.on_polars import Polars
from huurschuld.portfolio.columnar.on_sql import DuckDB, Spark
from huurschuld.portfolio.schema import (
    ASSUMABLE_COLUMNS,
    COLUMNS,
    TABLES,
    by_row,
    check_columns,
    check_tables,
)

OWN_DAY: Final = "as_of"
"""The column of a tenancy's own day, where each has one."""
OWN_DIGITS: Final = "as_of_digits"
"""The same day as the number YYYYMMDD."""
Place = Callable[[str, int | None, str], Cell]
"""Where a value came from: its table, its row counted from 0 (None for the heading) and its column."""

UNKNOWN: Final = {
    part: f"unknown_{part}" for part in ("contacts", "disputes", "objections", "plans", "signals")
}
"""For each table that is a part of a tenancy and may be unknown, the column that tells so."""

_NAME: Final = re.compile(r"\w[\w -]*")
_BY_WAY_OF_POLARS: Final = ("pandas", "pyarrow")
_TOLD: Final = "polars, DuckDB, PySpark, pandas or PyArrow"


@frozen
class Intake:
    """The tables of a portfolio, all of one library.

    Attributes:
        backend: the library.
        library: what the caller has, as Narwhals calls it.
        lazy: whether that is lazy.
        given: the tables as they came, by name.
        typed: the same as whole numbers and texts; a column that is not there is null throughout.
        columns: the columns that there are, by table.
        unknown: the parts that are unknown for everyone.
        own: the columns that `tenancies` has besides those of a portfolio, by the names that they get.
    """

    backend: Backend[Any]
    library: str
    lazy: bool
    given: Mapping[str, Frame]
    typed: Mapping[str, Frame]
    columns: Mapping[str, tuple[str, ...]]
    unknown: frozenset[str]
    own: Mapping[str, Wanted]

    @property
    def own_day(self) -> str | None:
        """The column of `tenancies` in which each has its day, if so."""
        return self.own[OWN_DAY].source if OWN_DAY in self.own else None


def own_day(column: str) -> dict[str, Wanted]:
    """The columns of a tenancy's own day, from that of this name.

    Raises:
        InvalidValue: the name has signs that a library may take for more than a name.
    """
    if not _NAME.fullmatch(column):
        raise InvalidValue(
            "/as_of", "this is no plain name of a column", "use letters, digits, blanks and _ for it"
        )
    return {OWN_DAY: Wanted(column, Day()), OWN_DIGITS: Wanted(column, Day(), in_digits=True)}


def own_unknown() -> dict[str, Wanted]:
    """The columns in which each tenancy tells which of its parts are unknown."""
    return {name: Wanted(name, Flag()) for name in UNKNOWN.values()}


def own_values(parameters: Iterable[str]) -> dict[str, Wanted]:
    """The columns in which each tenancy has its own values for the parameters of a policy."""
    numbers = Whole(0, 10**18)
    return {f"set_{name}": Wanted(f"set_{name}", numbers) for name in parameters}


def intake(
    tables: Mapping[str, object],
    assume: Mapping[str, object],
    own: Mapping[str, Wanted],
    place: Place = by_row,
) -> Intake:
    """Take the tables in; their columns are checked, their cells not yet.

    Args:
        tables: frames by the names of the tables.
        assume: as of `huurschuld.read_portfolio`.
        own: the columns that `tenancies` has besides those of a portfolio, by the names that they get.
        place: the place of a value, by its table, row and column.

    Raises:
        InputError: a table or column that does not belong, or that is required.
        InvalidValue: frames of different libraries, or of one that is not known here.
    """
    if not isinstance(tables, Mapping):
        raise InvalidValue("the portfolio", "tables by name are expected", "give a dict of frames")
    check_tables(tables)
    frames = {name: _frame(name, tables[name]) for name in TABLES if name in tables}
    library = frames["tenancies"].implementation.value
    for name, frame in frames.items():
        if frame.implementation.value != library:
            raise InvalidValue(
                name, "this table is of another library than the others", "give all of one library"
            )
    backend = _backend(library)
    lazy = {name: _lazy(name, frame, library) for name, frame in frames.items()}
    columns = {name: tuple(frame.collect_schema().names()) for name, frame in lazy.items()}
    for name, its in columns.items():
        check_columns(name, its, partial(place, name), _besides(name, its, own, place))
    assumed = check_assumptions(assume, columns)
    backend.check_together(lazy)
    typed = {
        name: _with_assumed(backend.typed(frame, _wanted(name, own)), assumed.get(name, {}))
        for name, frame in lazy.items()
    }
    # All but the largest are worked out once, so that what is checked is what is used.
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
        typed,
        columns,
        unknown,
        own,
    )


def _besides(
    table: str, columns: tuple[str, ...], own: Mapping[str, Wanted], place: Place
) -> frozenset[str]:
    """The columns that tenancies have besides those of a portfolio, which must be there."""
    besides = frozenset(it.source for it in own.values()) if table == "tenancies" else frozenset()
    for missing in sorted(besides.difference(columns)):
        raise MissingField(
            place(table, None, missing),
            "this column is named, and is not there",
            "name a column, or give a day as a datetime.date",
        )
    return besides


def _wanted(table: str, own: Mapping[str, Wanted]) -> dict[str, Wanted]:
    wanted = {
        name: Wanted(name, column.kind, in_digits=name == "born")
        for name, column in COLUMNS[table].items()
    }
    return {**wanted, **own} if table == "tenancies" else wanted


def _with_assumed(frame: Frame, assumed: Mapping[str, Any]) -> Frame:
    """The columns that are assumed; one that is assumed to be null is so as it is."""
    filled = {
        name: nw.lit(int(value), nw.Int64) if isinstance(value, bool) else nw.lit(value)
        for name, value in assumed.items()
        if value is not None
    }
    return with_columns(frame, filled)


def _frame(name: str, table: Any) -> Any:  # noqa: ANN401 - a frame of Narwhals, lazy or not
    frame = nw.from_native(table, pass_through=True)
    if not isinstance(frame, nw.DataFrame | nw.LazyFrame):
        raise InvalidValue(name, "this is no frame that is known here", f"give one of {_TOLD}")
    return frame


def _backend(library: str) -> Backend[Any]:
    backends: dict[str, type[Backend[Any]]] = {
        **dict.fromkeys(("polars", *_BY_WAY_OF_POLARS), Polars),
        "duckdb": DuckDB,
        **dict.fromkeys(("pyspark", "pyspark[connect]"), Spark),
    }
    if library not in backends:
        raise InvalidValue(
            "tenancies", "frames of this library are not known here", f"give one of {_TOLD}"
        )
    return backends[library]()


def _lazy(name: str, frame: Any, library: str) -> Frame:  # noqa: ANN401 - as _frame
    if library not in _BY_WAY_OF_POLARS:
        return framed(frame.to_native())
    try:
        return framed(frame.to_polars())
    except Exception as error:  # noqa: BLE001 - of code that is not ours; it is raised again just below
        kind = type(error).__name__
    # Not chained: what it raised may quote a value.
    raise InvalidValue(
        name,
        f"a column holds values of different types ({kind})",
        "give each column one type: texts, whole numbers, true and false, or days",
    )
