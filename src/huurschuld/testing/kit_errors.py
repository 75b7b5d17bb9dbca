"""What a plugin says when something is wrong, and what it may never tell: for every kit."""

from __future__ import annotations

import contextlib
import io
import logging
import traceback
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from huurschuld.errors import HuurschuldError
from huurschuld.testing.kit import Broken, expect


def error_of(what: str, call: Callable[[], object]) -> HuurschuldError:
    """Return the error of huurschuld that a call gives.

    Args:
        what: a description of what is wrong, for the message.
        call: the call.

    Raises:
        Broken: it answers as if nothing were wrong, or raises what is no error of huurschuld.
    """
    try:
        call()
    except HuurschuldError as error:
        return error
    except Exception as error:  # noqa: BLE001 - a plugin may raise anything; it is reported below
        problem = f"it raises {type(error).__name__}, which is no error of huurschuld.errors"
    else:
        problem = "it answers as if nothing were wrong"
    raise Broken(f"{what}: {problem}")


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
