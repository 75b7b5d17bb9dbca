"""Building blocks for expressions over columns: sums in 64 bits, and days as numbers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, Final

import narwhals as nw

Frame = nw.LazyFrame[Any]
"""A table, or a result computed from tables, in any library."""

LONG_AGO: Final = -(10**9)
"""The number of a day before all others."""
FAR_OFF: Final = 10**9
"""The number of a day after all others."""
_EPOCH: Final = dt.date(1970, 1, 1).toordinal()


def framed(native: Any) -> Frame:  # noqa: ANN401 - a frame of any library
    """Wrap a dataframe of any library as a lazy Narwhals frame."""
    frame: Frame = nw.from_native(native).lazy()
    return frame


def collected(frame: Frame) -> nw.DataFrame[Any]:
    """A frame that is computed, in polars."""
    return frame.collect("polars")


def with_columns(frame: Frame, columns: Mapping[str, nw.Expr]) -> Frame:
    """Add columns to a frame; there may be none to add."""
    return frame.with_columns(**columns) if columns else frame


def whole(expression: nw.Expr) -> nw.Expr:
    """Cast to 64 bits."""
    return expression.cast(nw.Int64)


def total(expression: nw.Expr) -> nw.Expr:
    """The sum within a group, cast back to 64 bits, since some libraries return a wider type."""
    return whole(expression.sum())


def number_of(day: dt.date) -> int:
    """The days from 1970-01-01 to a day."""
    return day.toordinal() - _EPOCH


def day_of(number: int) -> dt.date:
    """The day of a number of days from 1970-01-01."""
    return dt.date.fromordinal(number + _EPOCH)


def in_digits(day: dt.date) -> int:
    """A day as the number YYYYMMDD."""
    return day.year * 10_000 + day.month * 100 + day.day
