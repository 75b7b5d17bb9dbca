"""The libraries whose frames a portfolio may be: what is said to each in its own words.

All else is said through Narwhals. Days become whole numbers here, because no two libraries reckon with
days alike: the days since 1970-01-01, and for a child's birth the number YYYYMMDD. What is not of its
kind becomes a number or text that no valid value is, so that the checks find it: nothing is lost as
null.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Final, Generic, TypeVar

import narwhals as nw
from attrs import frozen

from huurschuld.model.values import Choice, Day, Flag, Kind, Text, Whole
from huurschuld.portfolio.columnar.expressions import Frame, framed, with_columns

NO_NUMBER: Final = -(10**9)
"""Stands for what is no whole number, no day, no flag: outside every range, and small enough to be added
up."""
NO_TEXT: Final = ""
"""Stands for what is no text: an empty one is none either."""
NO_WORD: Final = "?"
"""Stands for what is none of the fixed words."""

DAY_FORM: Final = "(19|20|21)[0-9]{2}-[0-9]{2}-[0-9]{2}"
WHOLE_FORM: Final = "0|[1-9][0-9]{0,17}"

E = TypeVar("E")


class Form(StrEnum):
    """What a column comes as."""

    TEXT = "text"
    WHOLE = "whole"
    FLAG = "flag"
    DAY = "day"
    OTHER = "other"


@frozen
class Wanted:
    """A column as it is wanted: where it comes from, its kind, and whether a day becomes YYYYMMDD."""

    source: str
    kind: Kind
    in_digits: bool = False


def form_of(dtype: object) -> Form:
    """What a column of this Narwhals type comes as."""
    kind: Any = dtype
    if kind in (nw.String, nw.Categorical) or isinstance(kind, nw.Enum):
        return Form.TEXT
    if kind.is_integer():
        return Form.WHOLE
    if kind == nw.Boolean:
        return Form.FLAG
    return Form.DAY if kind == nw.Date else Form.OTHER


class Backend(ABC, Generic[E]):
    """One library; `E` is what it has for an expression.

    Attributes:
        has_order: whether rows are in the order in which they were given.
        days_end: whether every day that a column holds is one of a calendar, not for ever.
    """

    has_order = True
    days_end = True

    def typed(self, frame: Frame, wanted: Mapping[str, Wanted]) -> Frame:
        """These columns as whole numbers and texts; a column that is not there is null throughout."""
        schema = frame.collect_schema()
        native = self.select(
            frame.to_native(),
            {
                name: self._typed(form_of(schema[it.source]), it)
                for name, it in wanted.items()
                if it.source in schema
            },
        )
        absent = {
            name: nw.lit(None, nw.String if isinstance(it.kind, Text | Choice) else nw.Int64)
            for name, it in wanted.items()
            if it.source not in schema
        }
        typed = framed(native)
        return with_columns(typed, absent)

    def _typed(self, form: Form, wanted: Wanted) -> E:
        raw, kind = self.column(wanted.source), wanted.kind
        if isinstance(kind, Text | Choice):
            bad: object = NO_TEXT if isinstance(kind, Text) else NO_WORD
            if form is not Form.TEXT:
                return self.or_bad(raw, None, bad)
            text = self.as_text(raw)
            return text if isinstance(kind, Text) else self.not_empty(text)
        if form is Form.TEXT:
            raw = self.not_empty(self.as_text(raw))
        number = self._number(raw, form, wanted)
        if number is not None and (form is Form.FLAG or (form is Form.DAY and self.days_end)):
            return number  # each value that there is has one
        return self.or_bad(raw, number, NO_NUMBER)

    def _number(self, raw: E, form: Form, wanted: Wanted) -> E | None:
        match wanted.kind, form:
            case Day(), Form.TEXT:
                return self.day_number(self.parsed_day(raw), wanted.in_digits)
            case Day(), Form.DAY:
                return self.day_number(raw, wanted.in_digits)
            case Whole(), Form.TEXT:
                return self.within(self.parsed_whole(raw), wanted.kind)
            case Whole(), Form.WHOLE:
                return self.within(self.whole(raw), wanted.kind)
            case Flag(), Form.TEXT:
                return self.parsed_flag(raw)
            case Flag(), Form.FLAG:
                return self.whole(raw)
        return None

    @abstractmethod
    def select(self, native: Any, columns: Mapping[str, E]) -> Any:
        """A frame of these columns."""

    @abstractmethod
    def column(self, name: str) -> E:
        """A column as it comes."""

    @abstractmethod
    def or_bad(self, raw: E, value: E | None, bad: object) -> E:
        """The value; where there is none, null for what was null, and else what is no value."""

    @abstractmethod
    def not_empty(self, raw: E) -> E:
        """A text, or null where it is empty."""

    @abstractmethod
    def as_text(self, raw: E) -> E:
        """Of a column of texts, coded perhaps, the texts."""

    @abstractmethod
    def whole(self, raw: E) -> E:
        """A number of 64 bits, or null if it has more."""

    @abstractmethod
    def within(self, number: E, kind: Whole) -> E:
        """A number, or null if it is outside the range of its kind."""

    @abstractmethod
    def day_number(self, day: E, in_digits: bool) -> E:
        """The number of a day."""

    @abstractmethod
    def parsed_day(self, raw: E) -> E:
        """The day that a text is, or null."""

    @abstractmethod
    def parsed_whole(self, raw: E) -> E:
        """The number that a text is, or null."""

    @abstractmethod
    def parsed_flag(self, raw: E) -> E:
        """1 for true, 0 for false, else null."""

    @abstractmethod
    def keep(self, frame: Frame) -> Frame:
        """The same frame, worked out once."""

    def settle(self, frame: Frame) -> Frame:
        """The same frame, for a library that would else say all of it again wherever it is used."""
        return frame

    def release(self) -> None:
        """Let go of what was kept, but for what was given to the caller."""

    def given(self, frame: Frame) -> Any:
        """A frame as the caller gets it: worked out, and not let go of."""
        return self.keep(frame).to_native()

    def check_together(self, frames: Mapping[str, Frame]) -> None:
        """See that these frames can be used together.

        Raises:
            InvalidValue: at the name of a table that cannot be used with the others.
        """

    @abstractmethod
    def with_days(self, frame: Frame, names: list[str]) -> Frame:
        """With columns of numbers of days as columns of days."""

    @abstractmethod
    def numbered(self, frame: Frame) -> Frame | None:
        """With a column `row` that counts from 0 in the order given, or None if there is no order."""

    def of_these(self, frame: Frame, tenancies: Frame) -> Frame:
        """The rows of some tenancies."""
        return frame.join(tenancies.select("tenancy").unique(), on="tenancy", how="semi")

    def repeated(self, frame: Frame, key: list[str]) -> Frame:
        """The values of a key that stand more than once."""
        counted = frame.select(*key).group_by(*key).agg(nw.len().alias("times"))
        return counted.filter(nw.col("times") > 1).select(*key)
