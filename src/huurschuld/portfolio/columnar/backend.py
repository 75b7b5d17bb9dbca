"""The operations that are specific to each dataframe library; all else goes through Narwhals.

Days become whole numbers here, because no two libraries calculate with days in the same way: the
days since 1970-01-01, and for a child's birth the number YYYYMMDD, with zeros for what is not known. A
value that is not of the kind of its column becomes a number or text that is never valid, so that the
checks find it; it does not become null.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from enum import StrEnum
from functools import reduce
from operator import or_
from typing import Any, Final, Generic, TypeVar

import narwhals as nw
from attrs import frozen

from huurschuld.model.values import (
    MONTHS,
    Birth,
    Choice,
    Day,
    FactValue,
    Flag,
    Kind,
    Text,
    Whole,
)
from huurschuld.portfolio.columnar.expressions import Frame, framed, with_columns
from huurschuld.portfolio.columnar.running import by_windows
from huurschuld.rules.arrears import BILLION

NO_NUMBER: Final = -(10**9)
"""Replaces a value that is not a whole number, day or flag: out of every range, and safe to sum."""
NO_TEXT: Final = ""
"""Replaces a value that is not text; an empty text is not valid either."""
NO_WORD: Final = "?"
"""Replaces a value that is not one of the fixed words."""

DAY_PATTERN: Final = "(19|20|21)[0-9]{2}-[0-9]{2}-[0-9]{2}"
PARTIAL_DAY_PATTERN: Final = "(19|20|21)[0-9]{2}-(0[0-9]|1[0-2])-00"
WHOLE_PATTERN: Final = "0|[1-9][0-9]{0,17}"
MONTHS_PATTERN: Final = MONTHS.pattern.replace("(?:", "(")

E = TypeVar("E")


class ColumnType(StrEnum):
    """The type of a column as the caller supplied it."""

    TEXT = "text"
    WHOLE = "whole"
    FLAG = "flag"
    DAY = "day"
    MOMENT = "moment"
    """A day and a time without a zone: it is a day where the time is midnight."""
    OTHER = "other"


@frozen
class ColumnSpec:
    """A column to read: its name in the table, its kind, and whether a day becomes YYYYMMDD."""

    source: str
    kind: Kind
    in_digits: bool = False


def column_type_of(dtype: object) -> ColumnType:
    """Classify a column by its Narwhals type."""
    kind: Any = dtype
    if kind in (nw.String, nw.Categorical) or isinstance(kind, nw.Enum):
        return ColumnType.TEXT
    if kind.is_integer():
        return ColumnType.WHOLE
    if kind == nw.Boolean:
        return ColumnType.FLAG
    if kind == nw.Datetime and kind.time_zone is None:
        return ColumnType.MOMENT
    return ColumnType.DAY if kind == nw.Date else ColumnType.OTHER


def _in_digits(spec: ColumnSpec) -> bool:
    return spec.in_digits or isinstance(spec.kind, Birth)


class Backend(ABC, Generic[E]):
    """One library; `E` is its type of expression.

    Attributes:
        has_order: whether rows keep the order in which they were given.
        days_end: whether a column of days holds only finite calendar days.
    """

    has_order = True
    days_end = True

    def typed(self, frame: Frame, types: Mapping[str, Any], specs: Mapping[str, ColumnSpec]) -> Frame:
        """These columns as whole numbers and texts; an absent column is null throughout.

        `types` are those of the frame, as Narwhals calls them, by column.
        """
        native = self.select(
            frame.to_native(),
            {
                name: self._typed(column_type_of(types[it.source]), it)
                for name, it in specs.items()
                if it.source in types
            },
        )
        absent = {
            name: nw.lit(None, nw.String if isinstance(it.kind, Text | Choice) else nw.Int64)
            for name, it in specs.items()
            if it.source not in types
        }
        typed = framed(native)
        return with_columns(typed, absent)

    def _typed(self, given: ColumnType, spec: ColumnSpec) -> E:
        raw, kind = self.column(spec.source), spec.kind
        if isinstance(kind, Text | Choice):
            bad: object = NO_TEXT if isinstance(kind, Text) else NO_WORD
            if given is not ColumnType.TEXT:
                return self.or_bad(raw, None, bad)
            text = self.as_text(raw)
            return text if isinstance(kind, Text) else self.not_empty(text)
        if given is ColumnType.TEXT:
            raw = self.not_empty(self.as_text(raw))
        number = self._number(raw, given, spec)
        if number is not None and (
            given is ColumnType.FLAG
            or (given is ColumnType.DAY and self.days_end and not _in_digits(spec))
        ):
            return number  # every value has one, but not every day has a year of four digits
        return self.or_bad(raw, number, NO_NUMBER)

    def _number(self, raw: E, given: ColumnType, spec: ColumnSpec) -> E | None:
        if given is ColumnType.MOMENT:
            raw, given = self.day_at_midnight(raw), ColumnType.DAY
        match spec.kind, given:
            case Birth(), ColumnType.TEXT:
                day = self.day_number(self.parsed_day(raw), in_digits=True)
                return self.either(day, self.parsed_partial_day(raw))
            case Birth(), ColumnType.DAY:
                return self.day_number(raw, in_digits=True)
            case FactValue(), ColumnType.TEXT:
                return self.parsed_months(raw)
            case FactValue(), ColumnType.WHOLE:
                months = self.within(self.whole(raw), Whole(0, BILLION - 1))
                return self.times(months, BILLION)
            case Day(), ColumnType.TEXT:
                return self.day_number(self.parsed_day(raw), spec.in_digits)
            case Day(), ColumnType.DAY:
                return self.day_number(raw, spec.in_digits)
            case Whole(), ColumnType.TEXT:
                return self.within(self.parsed_whole(raw), spec.kind)
            case Whole(), ColumnType.WHOLE:
                return self.within(self.whole(raw), spec.kind)
            case Flag(), ColumnType.TEXT:
                return self.parsed_flag(raw)
            case Flag(), ColumnType.FLAG:
                return self.whole(raw)
        return None

    @abstractmethod
    def select(self, native: Any, columns: Mapping[str, E]) -> Any:
        """A dataframe of these columns."""

    @abstractmethod
    def column(self, name: str) -> E:
        """A column, unchanged."""

    @abstractmethod
    def or_bad(self, raw: E, value: E | None, bad: object) -> E:
        """The value; where it is null, `bad` unless the raw value was null too."""

    @abstractmethod
    def not_empty(self, raw: E) -> E:
        """A text, or null where it is empty."""

    @abstractmethod
    def as_text(self, raw: E) -> E:
        """A column of texts or categories, as texts."""

    @abstractmethod
    def whole(self, raw: E) -> E:
        """A number of 64 bits, or null if it does not fit."""

    @abstractmethod
    def within(self, number: E, kind: Whole) -> E:
        """A number, or null if it is outside the range of its kind."""

    @abstractmethod
    def day_number(self, day: E, in_digits: bool) -> E:
        """The number of a day."""

    @abstractmethod
    def day_at_midnight(self, moment: E) -> E:
        """The day of a moment, or null if its time is not midnight."""

    @abstractmethod
    def parsed_day(self, raw: E) -> E:
        """A text as a day, or null."""

    @abstractmethod
    def parsed_partial_day(self, raw: E) -> E:
        """A text such as `2010-05-00` or `2010-00-00` as the number YYYYMMDD, or null."""

    @abstractmethod
    def parsed_months(self, raw: E) -> E:
        """A text such as `1.5` as billionths, or null."""

    @abstractmethod
    def either(self, first: E, second: E) -> E:
        """The first number, or the second where that is null."""

    @abstractmethod
    def times(self, number: E, factor: int) -> E:
        """A number times a factor."""

    @abstractmethod
    def parsed_whole(self, raw: E) -> E:
        """A text as a whole number, or null."""

    @abstractmethod
    def parsed_flag(self, raw: E) -> E:
        """A text as 1 for true and 0 for false, or null."""

    @abstractmethod
    def keep(self, frame: Frame) -> Frame:
        """Compute a frame once, and keep the result."""

    def settle(self, frame: Frame) -> Frame:
        """Compute a frame, in a library that would otherwise do so again wherever it is used."""
        return frame

    def release(self) -> None:
        """Drop what was kept, except what was given to the caller."""

    def given(self, frame: Frame) -> Any:
        """Compute a frame for the caller; `release` keeps it."""
        return self.keep(frame).to_native()

    def in_reach(self, frame: Frame, other: Frame) -> Frame:  # noqa: ARG002 - for libraries that need it
        """Another frame where this one is, so that they can be joined."""
        return other

    def check_together(self, frames: Mapping[str, Frame]) -> None:
        """Check that these frames can be used together.

        Raises:
            InvalidValue: at the name of a table that cannot be used with the others.
        """

    @abstractmethod
    def with_days(self, frame: Frame, names: list[str]) -> Frame:
        """Turn columns of numbers of days into columns of days."""

    @abstractmethod
    def numbered(self, frame: Frame) -> Frame | None:
        """Add a column `row` that counts from 0 in the order given; None if rows have no order."""

    def cells(self, frame: Frame, column: str, rows: Sequence[int]) -> list[object]:
        """The values of a column in these rows, which are counted from 0."""
        numbered = self.numbered(frame.select(column))
        if numbered is None:
            return [None] * len(rows)
        found = numbered.filter(nw.col("row").is_in(rows)).select("row", column).collect()
        by_row = dict(found.rows())
        return [by_row.get(row) for row in rows]

    def running(self, changes: Frame) -> Frame:
        """What was owed from day to day; arguments and columns as in `columnar.running`."""
        return by_windows(changes)

    def beside(self, frame: Frame, other: Frame, on: str) -> Frame:
        """A frame with what stands in another one beside its rows, which stay in their order."""
        return frame.join(other, on=on, how="left")

    def without(self, frame: Frame, other: Frame, on: str) -> Frame:
        """The rows of a frame that have none beside them in another one, in their order."""
        return frame.join(other, on=on, how="anti")

    def in_order(self, ordered: Frame, some: Frame, key: str) -> Frame:
        """The rows of two frames, by a key; those of the first one should be in its order already."""
        both = nw.concat([ordered, some])
        return both.sort(key) if self.has_order else both

    def of_these(self, frame: Frame, tenancies: Frame) -> Frame:
        """The rows of some tenancies only."""
        return frame.join(tenancies.select("tenancy").unique(), on="tenancy", how="semi")

    def joined(self, frame: Frame, keys: Frame) -> Frame:
        """The rows of some tenancies, beside the key of each, of which there is one for a tenancy."""
        return self.of_these(frame, keys).join(keys, on="tenancy", how="inner")

    def repeated(self, frame: Frame, key: list[str]) -> Frame:
        """The values of a key that occur more than once, and those in which a text is empty or null."""
        counted = frame.select(*key).group_by(*key).agg(nw.len().alias("times"))
        return counted.filter((nw.col("times") > 1) | is_nameless(frame, key)).select(*key)


def is_nameless(frame: Frame, key: Sequence[str]) -> nw.Expr:
    """Whether a text of a key in these columns is empty or null."""
    texts = map(nw.col, texts_of(frame, key))
    return reduce(or_, (it.is_null() | (it == NO_TEXT) for it in texts))


def texts_of(frame: Frame, key: Sequence[str]) -> list[str]:
    """The columns of a key that hold texts; each key has one."""
    types = frame.collect_schema()
    return [name for name in key if types[name] == nw.String]
