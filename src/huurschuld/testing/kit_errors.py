"""What a plugin says when something is wrong, and what it may never tell: for every kit."""

from __future__ import annotations

import contextlib
import io
import logging
import traceback
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import PurePath
from typing import Final

import attrs

from huurschuld.errors import Cell, HuurschuldError
from huurschuld.testing.kit import Broken, expect

_ANSWERS: Final = "it answers as if nothing were wrong"


def error_of(what: str, call: Callable[[], object], otherwise: str = _ANSWERS) -> HuurschuldError:
    """Return the error of huurschuld that a call gives.

    Args:
        what: a description of what is wrong, for the message.
        call: the call.
        otherwise: what is said if it gives none.

    Raises:
        Broken: it answers as if nothing were wrong, or raises what is no error of huurschuld, which is
            then its cause: pytest shows where the plugin raised it.
    """
    try:
        call()
    except HuurschuldError as error:
        return error
    except Exception as error:
        problem = f"it raises {type(error).__name__}, which is no error of huurschuld.errors"
        raise Broken(f"{what}: {problem}") from error
    raise Broken(f"{what}: {otherwise}")


def refused_text(error: HuurschuldError) -> str:
    """Write why valid input was refused, and where; of a path only the last part, for reports."""
    place = error.place
    if isinstance(place, Cell):
        where = str(attrs.evolve(place, file=PurePath(place.file).name))
    else:
        where = PurePath(place).name
    return f"{error.code} at {where or 'the root'}, {error.problem}"


def expect_not_quoted(what: str, error: HuurschuldError, values: Iterable[object]) -> None:
    """Check that an error, with its causes and notes, quotes none of these values.

    Raises:
        Broken: it does; the message does not say which.
    """
    text = "".join((*traceback.format_exception(error), repr(error), repr(error.args)))
    quoted = any(str(it) in text for it in values)
    expect(not quoted, f"{what}: the {type(error).__name__} quotes an id or a value")


@contextmanager
def overhearing() -> Iterator[Callable[[], str]]:
    """Collect everything that is logged, printed or warned."""
    heard = io.StringIO()
    handler = logging.StreamHandler(heard)
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        with (
            contextlib.redirect_stdout(heard),
            contextlib.redirect_stderr(heard),
            warnings.catch_warnings(record=True) as warned,
        ):
            warnings.simplefilter("always")
            yield lambda: heard.getvalue() + " ".join(str(it.message) for it in warned)
    finally:
        root.setLevel(level)
        root.removeHandler(handler)
