"""The columns of the caller's tables: their types, and which of them cannot be read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from typing import Any, Final

import narwhals as nw

from huurschuld.errors import InvalidValue
from huurschuld.portfolio.columnar.backend import ColumnType, column_type_of
from huurschuld.portfolio.columnar.buckets import is_of_spark
from huurschuld.portfolio.columnar.expressions import Frame, framed
from huurschuld.portfolio.schema import TABLES
from huurschuld.portfolio.unreadable import unreadable_column, unreadable_table

Types = Mapping[str, Any]
"""The types of the columns of a table, as Narwhals calls them, by name and in their order."""

_NO_TYPE: Final = nw.Unknown()


def types_of(frame: Frame) -> Types:
    """The types of the columns; `Unknown` where Narwhals has no name for it, as for a wide decimal."""
    with suppress(ValueError):  # of Narwhals; it does not say which column it is about
        return dict(frame.collect_schema())
    return {name: _type_of(frame.select(name), name) for name in column_names(frame)}


def _type_of(column: Frame, name: str) -> Any:  # noqa: ANN401 - a type of Narwhals
    with suppress(ValueError):
        return column.collect_schema()[name]
    return _NO_TYPE


def column_names(frame: Frame) -> list[str]:
    """The names of the columns as their library has them: some let one be there twice."""
    native: Any = frame.to_native()
    # Narwhals would warn that this may take long: it does not where the schema is known by now.
    return list(native.collect_schema().names() if hasattr(native, "collect_schema") else native.columns)


def _read(frame: Frame, types: Types, column: str) -> None:
    native: Any = frame.to_native()
    if is_of_spark(native):  # there, so that it does not come to the driver
        native.select(f"`{column.replace('`', '``')}`").write.format("noop").mode("overwrite").save()
        return
    frame.select(column).collect()
    if column_type_of(types[column]) is ColumnType.TEXT:
        # A search reads the statistics of a file as well.
        frame.filter(nw.col(column).is_in([""])).select(column).collect()


def _answers(table: Any) -> bool:  # noqa: ANN401 - a DataFrame of Spark, or anything
    """Whether Spark still does anything: it may have run out of memory."""
    try:
        table.sparkSession.range(1).count()
    except Exception:  # noqa: BLE001 - whatever the reason is, the caller raises what happened first
        return False
    return True


def unreadable(
    tables: Mapping[str, Any], library: str, named: Callable[[str], str] = str
) -> InvalidValue | None:
    """Find the first column of any table that its library cannot read.

    `named` gives what a table is called in the error, such as its file. None if everything can be read,
    so that the failure has another cause.
    """
    if library == "Spark" and not _answers(tables.get("tenancies")):
        return None  # none can be read any more, so none is to blame
    for table in (name for name in TABLES if name in tables):
        frame = nw.from_native(tables[table], pass_through=True)
        if not isinstance(frame, nw.DataFrame | nw.LazyFrame):
            continue
        file = named(table)
        try:
            lazy = framed(frame.to_native())
            types = types_of(lazy)
        except (MemoryError, KeyboardInterrupt, SystemExit):
            raise
        except BaseException:  # noqa: BLE001 - also a panic of polars; the caller raises what is returned
            return unreadable_table(file, library)
        found = unreadable_column(file, list(types), partial(_read, lazy, types), library)
        if found is not None:
            return found
    return None
