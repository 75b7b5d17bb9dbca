"""Rows of ours as a relation on a connection of the caller's, on which nothing is made."""

from __future__ import annotations

from typing import Any, Final
from uuid import uuid4

from huurschuld.portfolio.extras import polars

_MAY_READ: Final = (
    "count(*) = 0 AND current_setting('python_enable_replacements') "
    "AND current_setting('enable_external_access') AS may_read"
)
_NULL: Final = "-"
"""Stands for null; no value is written like that, since a text is in hexadecimal digits."""
_TYPES: Final = {
    "String": "VARCHAR",
    "Int64": "BIGINT",
    "UInt64": "UBIGINT",
    "Boolean": "BOOLEAN",
    "Date": "DATE",
}
"""What DuckDB calls the types of polars."""


def quoted(name: str) -> str:
    """The name of a column in SQL."""
    return '"' + name.replace('"', '""') + '"'


def relation_of(frame: Any, other: Any) -> Any:  # noqa: ANN401 - a frame of polars, and relations
    """A relation over the rows of a frame, on the connection of another relation.

    The connection holds neither a table nor a view of it: the rows stay as long as the relation does, or
    one that was made of it. They are a table of Arrow, or a text in the query where the connection may
    not read what is in Python.

    Args:
        frame: columns of texts, whole numbers of 64 bits, days, and true and false.
        other: the relation whose connection it is.
    """
    [[may_read]] = other.limit(0).aggregate(_MAY_READ).fetchall()
    rows_of_huurschuld = frame.to_arrow() if may_read else None  # noqa: F841 - DuckDB finds it by this name
    text = "SELECT * FROM rows_of_huurschuld" if may_read else _as_sql(frame)
    name = f"huurschuld_{uuid4().hex}"
    try:
        return other.query(name, text)
    finally:
        if not hasattr(type(other), "materialize"):
            # Before 2.0 a query makes a view of the other relation, and leaves it: this drops its own.
            other.query(name, f"DROP VIEW IF EXISTS temp.{name}")


def _as_sql(frame: Any) -> str:  # noqa: ANN401 - as relation_of
    """The rows as a SELECT that needs no table; no text stands in it as it is."""
    if frame.is_empty():
        columns = (f"CAST(NULL AS {_TYPES[str(it.dtype)]}) AS {quoted(it.name)}" for it in frame)
        return f"SELECT {', '.join(columns)} WHERE false"
    return f"SELECT {', '.join(map(_unnested, frame))}"


def _unnested(column: Any) -> str:  # noqa: ANN401 - a column of polars
    pl = polars("the portfolio")
    written = pl.first().cast(pl.String)
    if column.dtype == pl.String:
        written = pl.first().cast(pl.Binary).bin.encode("hex")
    joined = column.to_frame().select(written.fill_null(_NULL).str.join(",")).item()
    value = f"nullif(unnest(string_split('{joined}', ',')), '{_NULL}')"
    if column.dtype == pl.String:
        value = f"decode(unhex({value}))"
    return f"CAST({value} AS {_TYPES[str(column.dtype)]}) AS {quoted(column.name)}"
