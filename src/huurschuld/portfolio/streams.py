"""Reading tables that come as Arrow streams, without passing on their error messages."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from huurschuld.errors import HuurschuldError, InvalidValue, shortened
from huurschuld.hooks import ArrowStream
from huurschuld.portfolio.extras import polars
from huurschuld.portfolio.unreadable import check_heading_for_nul, check_texts


def read_stream(name: str, table: ArrowStream) -> Any:  # noqa: ANN401 - polars need not be installed
    """Read a table whole, into a frame of polars; errors name the table.

    Raises:
        InvalidValue: it is not an Arrow stream, or fails while it is read.
        HuurschuldError: as reported by a stream that fails.
        ExtraNeeded: polars is not installed.
    """
    with translate_stream_errors(name, table):
        return check_texts(name, polars(name).DataFrame(check_stream(name, table)))


def check_stream(name: str, table: ArrowStream) -> ArrowStream:
    """Return a table that is an Arrow stream, and can be read as one; else it is an `InvalidValue`."""
    if not hasattr(table, "__arrow_c_stream__"):
        problem = f"this is not an Arrow stream, but {shortened(type(table).__name__)}"
        raise InvalidValue(name, problem, _remedy(table))
    columns = getattr(table, "columns", ())  # of a dataframe
    check_heading_for_nul(name, columns if isinstance(columns, list) else ())
    return table


def _remedy(table: object) -> str:
    """What to give in the place of what is no Arrow stream."""
    if callable(getattr(type(table), "collect", None)) and type(table).__name__ == "LazyFrame":
        return "a LazyFrame is a query: give what its .collect() returns"
    if callable(getattr(type(table), "toArrow", None)):
        return "give what its .toArrow() returns"
    return "give a dataframe or table that supports Arrow, or None for what your system does not have"


@contextmanager
def translate_stream_errors(name: str, table: ArrowStream) -> Iterator[None]:
    """While a stream is read, raise its errors without their messages, which may quote a person's data.

    Arrow passes on the text of an error that happens midway, but not its type. If the stream has that
    error in `failure`, it is raised instead.

    Raises:
        HuurschuldError: as reported by the stream.
        InvalidValue: at the table, for anything else.
    """
    error: HuurschuldError
    try:
        yield
    except (KeyboardInterrupt, GeneratorExit):
        raise
    except BaseException as raised:  # noqa: BLE001 - a stream may run any code, and polars panics with it
        found = raised if isinstance(raised, HuurschuldError) else getattr(table, "failure", None)
        if isinstance(found, HuurschuldError):
            error = found
        elif type(raised).__name__ == "DuplicateError":
            error = duplicate_columns(name)
        else:
            error = InvalidValue(
                name,
                f"this table failed while it was read ({type(raised).__name__})",
                "check the source of the table",
            )
    else:
        return
    try:
        raise error
    finally:
        error.__context__ = None  # here Python sets it even outside the handling of an error


def duplicate_columns(name: str) -> InvalidValue:
    """Make the error for a table with two columns of the same name."""
    return InvalidValue(name, "two of its columns have one name", "rename or leave out one")
