"""What applications give: taken as a plain value where it is exactly one, else left to be refused.

A whole number of numpy is a whole number, and a timestamp at midnight without a zone is a day: so a row
of pandas can be given as it is. A time of day, a zone, NaT, 612.0 and Decimal are left as they are:
which day or how many cents that would be is not for us to say. Neither of the two is imported here.
"""

from __future__ import annotations

import datetime as dt
import operator
from collections.abc import Iterable, Iterator
from typing import Any, Final, Protocol, Self, SupportsIndex, TypeVar

from huurschuld.errors import InputError, pointer

T = TypeVar("T")

_LONGER_THAN_A_DAY: Final = tuple(f"datetime64[{unit}]" for unit in "YMW")
"""Types of numpy whose values are a year, a month or a week, and no day."""


class NumpyScalar(Protocol):
    """A single value of numpy, which need not be installed."""

    @property
    def itemsize(self) -> int:
        """Its size in bytes."""

    def item(self) -> Any:  # noqa: ANN401 - as numpy has it
        """The same as a value of Python."""


GivenDay = dt.date | NumpyScalar
"""A `datetime.date`; or a `datetime`, `pandas.Timestamp` or `numpy.datetime64` at midnight."""


def as_day(given: GivenDay) -> dt.date:
    """The day that this is; anything else as it is, for the check to refuse."""
    value: Any = given
    if type(value) is dt.date:
        return value
    if isinstance(value, dt.date):
        return dt.date(value.year, value.month, value.day) if _is_midnight(value) else value
    if _kind_in_numpy(value) == "M" and str(value.dtype) not in _LONGER_THAN_A_DAY:
        day = value.astype("datetime64[D]")
        if day == value:  # NaT, as pandas has it for no day, equals nothing
            found = day.item()
            return found if type(found) is dt.date else value
    return value  # type: ignore[no-any-return] # the check refuses it


def as_open_day(given: GivenDay | None) -> dt.date | None:
    """The same, where None is open or unknown."""
    return None if given is None else as_day(given)


def as_birth(given: GivenDay | str) -> dt.date | str:
    """The day of birth, or the text of one that is not known."""
    return given if isinstance(given, str) else as_day(given)


def as_whole(given: SupportsIndex) -> int:
    """The whole number that this is; anything else, true and false too, as it is."""
    value: Any = given
    if type(value) in (int, bool):
        return value  # type: ignore[no-any-return] # checked on this line
    try:
        return operator.index(value)
    except TypeError:
        return value  # type: ignore[no-any-return] # the check refuses it


def as_whole_if_given(given: SupportsIndex | None) -> int | None:
    """The same, where None is all of it, or unknown."""
    return None if given is None else as_whole(given)


def as_flag(given: bool | NumpyScalar) -> bool:
    """True or false; anything else as it is."""
    value: Any = given
    return bool(value) if _kind_in_numpy(value) == "b" else value


def as_fact(given: bool | SupportsIndex | str | NumpyScalar) -> bool | int | str:
    """The value of a fact: true or false, a whole number, or a text."""
    value: Any = given
    return value if isinstance(value, str) else as_whole(as_flag(value))


def _is_midnight(value: dt.date) -> bool:
    if not isinstance(value, dt.datetime):
        return True
    nanosecond = getattr(value, "nanosecond", 0)  # pandas has it beside the microseconds
    time = (value.hour, value.minute, value.second, value.microsecond, nanosecond)
    return value.tzinfo is None and time == (0, 0, 0, 0, 0)


def _kind_in_numpy(value: Any) -> str | None:  # noqa: ANN401 - any value
    """The letter by which numpy knows the kind of a single value; None for what is not of numpy."""
    is_single = type(value).__module__ == "numpy" and getattr(value, "shape", None) == ()
    return str(value.dtype.kind) if is_single else None


class Placed(Iterator[T]):
    """The items of an iterable; where making one is refused, the place of the error says which it was.

    So a generator that makes entries of one's own objects is told `/entries/3/cents`, and not `/cents`.
    """

    def __init__(self, given: Iterable[T], *place: str) -> None:
        self._given = iter(given)
        self._place = place
        self._index = 0

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> T:
        index = self._index
        self._index += 1
        try:
            return next(self._given)
        except InputError as error:
            if not _is_pointer(error.place):
                raise
            refused = error.under(pointer(*self._place, index)).with_traceback(error.__traceback__)
        raise refused


def _is_pointer(place: object) -> bool:
    """Whether a place is one in a value, not in a file or a table."""
    return isinstance(place, str) and (place == "" or place.startswith("/"))
