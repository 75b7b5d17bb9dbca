"""Distinguishing errors of a dataframe library from mistakes of our own.

An error is the library's if its class is, or if the library or code called by it raised it. Everything
else is ours. Messages are never passed on: a library may quote a cell in them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from huurschuld.errors import HuurschuldError, InternalError, InvalidValue

_LIBRARIES: Final = {
    "polars": "polars",
    "pyo3_runtime": "polars",  # a panic of its Rust code
    "pandas": "pandas",
    "numpy": "pandas",
    "pyarrow": "PyArrow",
    "duckdb": "DuckDB",
    "_duckdb": "DuckDB",
    "pyspark": "Spark",
    "py4j": "Spark",
}
"""The libraries by the top-level package of their classes and code."""


@contextmanager
def translate_library_errors(
    unreadable: Callable[[str], InvalidValue | None] = lambda _: None,
) -> Iterator[None]:
    """Raise an error of the library as an `InvalidValue`, and a mistake of ours as itself.

    `unreadable` is given the name of the library, and returns the error for what it cannot read, if any.

    Raises:
        HuurschuldError: as it is.
        InvalidValue: the library raised an error.
        InternalError: anything else.
        OSError, MemoryError: as they are; a file cannot be read, or there is not enough memory.
    """
    try:
        yield
    except (HuurschuldError, MemoryError):
        raise
    except BaseException as error:
        library = library_of(error)
        if library is None and (isinstance(error, OSError) or not isinstance(error, Exception)):
            raise  # of a file, or an interruption
        translated: HuurschuldError
        if library is None:
            translated = InternalError.of(error)
        else:
            translated = unreadable(library) or library_error(error, library)
    else:
        return
    try:
        raise translated
    finally:
        translated.__context__ = None  # a contextmanager sets it, and the message may quote a value


def library_error(error: BaseException, library: str, place: str = "the portfolio") -> InvalidValue:
    """The error for one that a library raised."""
    return InvalidValue(
        place,
        f"{library} could not read or process it ({type(error).__name__})",
        f"have {library} read each table whole; if it can, report this to the maintainers of huurschuld",
    )


def library_of(error: BaseException) -> str | None:
    """The library that an error comes from; None if it comes from none."""
    for cause in (error, error.__cause__, error.__context__):  # Narwhals raises some errors of its own
        for cls in type(cause).__mro__:
            if (library := _LIBRARIES.get(_top_level(cls.__module__))) is not None:
                return library
        if not type(error).__module__.startswith("narwhals"):
            break
    # Code that a library was given, such as a function for a column, is called from a frame of its own.
    found = None
    traceback = error.__traceback__
    while traceback is not None:
        package = _top_level(str(traceback.tb_frame.f_globals.get("__name__")))
        found = None if package == "huurschuld" else _LIBRARIES.get(package, found)
        traceback = traceback.tb_next
    return found


def _top_level(module: str) -> str:
    return module.partition(".")[0]
