"""Which column of a table cannot be read: an error of a library often names none, or quotes a cell.

What makes polars panic is refused before: a panic prints what it was about to standard error, a heading
with a NUL in it among others, and where Arrow calls polars it ends the process.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

from huurschuld.errors import InvalidValue
from huurschuld.portfolio.extras import polars
from huurschuld.portfolio.schema import COLUMNS

_KNOWN: Final = frozenset(name for columns in COLUMNS.values() for name in columns)
_REMEDY: Final = "it is damaged, or of a type that is not supported: write the table again"


def unreadable_column(
    file: str, columns: Sequence[str], read: Callable[[str], object], library: str = "polars"
) -> InvalidValue | None:
    """Find the first column that cannot be read by itself.

    Args:
        file: the name of the file or table, for the error.
        columns: the names of its columns.
        read: reads one of them.
        library: the name of the library that reads it.

    Returns:
        The error for that column, which is named by its number if its name may be personal data; None if
        each can be read.
    """
    for number, name in enumerate(columns, 1):
        try:
            read(name)
        except (MemoryError, KeyboardInterrupt, SystemExit):
            raise
        except BaseException as error:  # noqa: BLE001 - also a panic of polars; it is told just below
            kind = type(error).__name__
        else:
            continue
        problem = f"{library} could not read or process it ({kind})"
        return InvalidValue(_place(file, number, name), problem, _REMEDY)
    return None


def unreadable_table(file: str, library: str = "polars") -> InvalidValue:
    """The error for a table that cannot be read, though perhaps each of its columns can."""
    return InvalidValue(file, f"{library} could not read or process it", _REMEDY)


def check_heading_for_nul(file: str, names: Iterable[object]) -> None:
    """Check that no name of a column holds a NUL.

    Raises:
        InvalidValue: at the file, and the column by its number.
    """
    for number, name in enumerate(names, 1):
        if isinstance(name, str) and "\0" in name:
            raise InvalidValue(_place(file, number), "the name of this column holds a NUL", "correct it")


def check_texts(file: str, frame: Any) -> Any:  # noqa: ANN401 - a frame of polars, which is optional
    """Return a frame of polars that came from Arrow, in which all texts are texts.

    Polars takes over the bytes of Arrow as they are, and panics where it meets some that are not UTF-8.

    Raises:
        InvalidValue: at the column.
    """
    pl = polars(file)
    for number, series in enumerate(frame, 1):
        texts = series
        if isinstance(series.dtype, pl.Categorical):
            texts = series.unique().cast(pl.String)
        if texts.dtype == pl.String:
            try:
                texts.cast(pl.Binary).cast(pl.String)
            except pl.exceptions.PolarsError:
                pass
            else:
                continue
            raise InvalidValue(
                _place(file, number, series.name), "a text in this column is not UTF-8", _REMEDY
            )
    return frame


def _place(file: str, number: int, name: str = "") -> str:
    """The place of a column: by its number, unless its name certainly is no personal data."""
    return f"{file}, column {name if name in _KNOWN else number}"
