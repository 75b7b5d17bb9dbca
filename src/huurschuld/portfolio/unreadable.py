"""Which column of a table cannot be read: an error of a library often names none, or quotes a cell."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from huurschuld.errors import InvalidValue
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
        column = name if name in _KNOWN else str(number)
        problem = f"{library} could not read or process it ({kind})"
        return InvalidValue(f"{file}, column {column}", problem, _REMEDY)
    return None


def unreadable_table(file: str, library: str = "polars") -> InvalidValue:
    """The error for a table that cannot be read, though perhaps each of its columns can."""
    return InvalidValue(file, f"{library} could not read or process it", _REMEDY)
