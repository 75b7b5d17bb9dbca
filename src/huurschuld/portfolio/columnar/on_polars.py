"""Portfolios in polars, and through it in pandas and PyArrow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import reduce
from operator import add, and_
from typing import Any, Final

from huurschuld.model.values import Whole
from huurschuld.portfolio.columnar.backend import (
    DAY_PATTERN,
    MONTHS_PATTERN,
    NO_TEXT,
    PARTIAL_DAY_PATTERN,
    WHOLE_PATTERN,
    Backend,
    texts_of,
)
from huurschuld.portfolio.columnar.expressions import Frame, framed
from huurschuld.portfolio.columnar.running import on_sorted
from huurschuld.portfolio.extras import polars
from huurschuld.rules.arrears import BILLION

_FEW: Final = 2


class Polars(Backend[Any]):
    """polars; frames of pandas and PyArrow are converted to it."""

    def __init__(self) -> None:
        self.pl: Any = polars("the portfolio")

    def select(self, native: Any, columns: Mapping[str, Any]) -> Any:
        return native.lazy().select(**columns)

    def column(self, name: str) -> Any:
        return self.pl.col(name)

    def or_bad(self, raw: Any, value: Any, bad: object) -> Any:
        dtype = self.pl.String if isinstance(bad, str) else self.pl.Int64
        invalid = self.pl.lit(bad, dtype)
        if value is None:
            return self.pl.when(raw.is_not_null()).then(invalid)
        return self.pl.when(value.is_null() & raw.is_not_null()).then(invalid).otherwise(value)

    def not_empty(self, raw: Any) -> Any:
        return self.pl.when(raw != "").then(raw)

    def as_text(self, raw: Any) -> Any:
        return raw.cast(self.pl.String)

    def whole(self, raw: Any) -> Any:
        return raw.cast(self.pl.Int64, strict=False)

    def within(self, number: Any, kind: Whole) -> Any:
        return self.pl.when(number.is_between(kind.minimum, kind.maximum)).then(number)

    def day_number(self, day: Any, in_digits: bool) -> Any:
        if not in_digits:
            return day.cast(self.pl.Int32).cast(self.pl.Int64)
        year, month, of_month = (
            part.cast(self.pl.Int64) for part in (day.dt.year(), day.dt.month(), day.dt.day())
        )
        return year * 10_000 + month * 100 + of_month

    def day_at_midnight(self, moment: Any) -> Any:
        return self.pl.when(moment.dt.time() == self.pl.time(0)).then(moment.dt.date())

    def parsed_day(self, raw: Any) -> Any:
        formed = self.pl.when(raw.str.contains(f"^{DAY_PATTERN}$")).then(raw)
        return formed.str.to_date("%Y-%m-%d", strict=False)

    def parsed_partial_day(self, raw: Any) -> Any:
        formed = self.pl.when(raw.str.contains(f"^{PARTIAL_DAY_PATTERN}$")).then(raw)
        return formed.str.replace_all("-", "", literal=True).cast(self.pl.Int64, strict=False)

    def parsed_months(self, raw: Any) -> Any:
        formed = self.pl.when(raw.str.contains(f"^{MONTHS_PATTERN}$")).then(raw)
        whole = formed.str.extract("^([0-9]+)", 1).cast(self.pl.Int64, strict=False)
        decimals = formed.str.extract("[.]([0-9]+)$", 1).fill_null("").str.pad_end(9, "0")
        return whole * BILLION + decimals.cast(self.pl.Int64, strict=False)

    def either(self, first: Any, second: Any) -> Any:
        return self.pl.coalesce(first, second)

    def times(self, number: Any, factor: int) -> Any:
        return number * factor

    def parsed_whole(self, raw: Any) -> Any:
        return (
            self.pl.when(raw.str.contains(f"^({WHOLE_PATTERN})$"))
            .then(raw)
            .cast(self.pl.Int64, strict=False)
        )

    def parsed_flag(self, raw: Any) -> Any:
        lower = raw.str.to_lowercase()
        one, zero = (self.pl.lit(number, self.pl.Int64) for number in (1, 0))
        return self.pl.when(lower == "true").then(one).when(lower == "false").then(zero)

    def keep(self, frame: Frame) -> Frame:
        return framed(frame.to_native().collect(engine="streaming").lazy())

    def with_days(self, frame: Frame, names: list[str]) -> Frame:
        days = self.pl.col(names).cast(self.pl.Int32).cast(self.pl.Date)
        return framed(frame.to_native().with_columns(days))

    def numbered(self, frame: Frame) -> Frame | None:
        return framed(frame.to_native().with_row_index("row"))

    def running(self, changes: Frame) -> Frame:
        return framed(on_sorted(self.pl, changes.to_native()))

    def beside(self, frame: Frame, other: Frame, on: str) -> Frame:
        return self._joined(frame, other, on, "left")

    def without(self, frame: Frame, other: Frame, on: str) -> Frame:
        return self._joined(frame, other, on, "anti")

    def _joined(self, frame: Frame, other: Frame, on: str, how: str) -> Frame:
        native: Any = frame.to_native()
        return framed(native.join(other.to_native(), on=on, how=how, maintain_order="left"))

    def in_order(self, ordered: Frame, some: Frame, key: str) -> Frame:
        """By merging, since sorting takes longer than all else where there are many rows."""
        sorted_some = some.to_native().sort(key)
        merged = ordered.to_native().merge_sorted(sorted_some, key=key).collect(engine="streaming")
        return framed(merged if merged[key].is_sorted() else merged.sort(key))

    def cells(self, frame: Frame, column: str, rows: Sequence[int]) -> list[object]:
        found: list[object] = (
            frame.to_native().select(self.pl.col(column).gather(rows)).collect()[column].to_list()
        )
        return found

    def of_these(self, frame: Frame, tenancies: Frame) -> Frame:
        """By a filter, so that only the ids of a file are read if none matches."""
        names = tenancies.select("tenancy").unique().to_native().collect().to_series()
        return framed(frame.to_native().filter(self.pl.col("tenancy").is_in(names.implode())))

    def repeated(self, frame: Frame, key: list[str]) -> Frame:
        """By hashes first, which take far less memory; only keys with the same hash are compared."""
        native: Any = frame.to_native().select(key)
        hashed = reduce(add, (self.pl.col(name).hash(seed) for seed, name in enumerate(key)))
        named = reduce(and_, (self.pl.col(name) != NO_TEXT for name in texts_of(frame, key)))
        hashed = self.pl.when(named).then(hashed)  # null for the others
        hashes = native.select(hash=hashed).collect(engine="streaming").to_series()
        # One thread has a third less work with it than several have together; many are done sooner.
        hashes = hashes.sort(multithreaded=self.pl.thread_pool_size() > _FEW)
        again = hashes[1:] == hashes[:-1]
        if not hashes.null_count() and not again.any():
            return framed(native.head(0))
        alike = hashes[1:].filter(again).unique()
        candidates = native.filter(hashed.is_null() | hashed.is_in(alike.implode()))
        return super().repeated(framed(candidates), key)
