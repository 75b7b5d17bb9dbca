"""Calls of a plugin's code: errors are reported without their message, and each call can be traced."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import perf_counter
from typing import Final, TypeVar

from attrs import frozen

from huurschuld.errors import (
    HuurschuldError,
    InputError,
    PluginError,
    PluginFailed,
    shortened,
)
from huurschuld.plugins.host.messages import Failed

_T = TypeVar("_T")

OK: Final = "ok"


@frozen
class PluginCall:
    """One call of a plugin's code, as traced: never with its arguments or result.

    Attributes:
        plugin: the name of the plugin.
        called: what was called, such as `hook huurschuld_ledgers` or `ledger vera: tables`.
        seconds: how long it took.
        outcome: `ok`, or the code of the error.
    """

    plugin: str
    called: str
    seconds: float
    outcome: str


Trace = Callable[[PluginCall], None]
"""Gets each call once it has ended."""


@contextmanager
def traced(plugin: str, called: str, trace: Trace | None) -> Iterator[None]:
    """Trace a call, however it ends."""
    start = perf_counter()
    outcome = PluginFailed.code
    try:
        yield
        outcome = OK
    except HuurschuldError as error:
        outcome = error.code
        raise
    finally:
        if trace is not None:
            trace(PluginCall(plugin, called, perf_counter() - start, outcome))


def guarded(
    plugin: str,
    called: str,
    call: Callable[[], _T],
    trace: Trace | None = None,
    *,
    isolated: tuple[type[BaseException], ...] = (Exception, SystemExit),
    quoted: tuple[type[BaseException], ...] = (),
) -> _T:
    """Call a plugin's code; an interruption from the keyboard is never a failure of the plugin.

    Of what is `isolated` only the kind and the place are reported: the message may be about a person. It
    is quoted where it is about code alone.

    Raises:
        HuurschuldError: as the plugin raised it, without its cause and notes.
        PluginFailed: it raised anything else that is isolated.
    """
    failure: HuurschuldError
    with traced(plugin, called, trace):
        try:
            return call()
        except KeyboardInterrupt:
            raise
        except HuurschuldError as error:
            failure = Failed.of(error).error(plugin)
        except isolated as error:
            failure = PluginFailed(
                plugin, describe_exception(error, quoted), "see what the plugin's own documentation says"
            )
        raise failure


def describe_exception(error: BaseException, quoted: tuple[type[BaseException], ...] = ()) -> str:
    """Describe an error by its kind and where it was raised; quote the message of these alone.

    What is no Python is told at its own file and line, and not at that which imports it.
    """
    frames = traceback.extract_tb(error.__traceback__)
    file, line = (frames[-1].filename, frames[-1].lineno) if frames else ("", None)
    said = str(error)
    if isinstance(error, SyntaxError) and isinstance(error, quoted):
        file, line, said = error.filename or file, error.lineno, error.msg
    where = f" at {file.rpartition('/')[2]}:{line}" if file else ""
    if isinstance(error, quoted):
        return f"{type(error).__name__}{where}: {_on_one_line(said)}"
    return f"{type(error).__name__}{where}"


def _on_one_line(said: str) -> str:
    """What an error says, on one line: pluggy says on the third one what is wrong."""
    return shortened(" ".join(said.split()))


def in_section(section: str, call: Callable[[], _T], *, opening: bool = False) -> _T:
    """Call; an error of the plugin says in which section of the configuration it is, if in one.

    While it is `opening`, an error of the input is about an option: then the section is in its place.
    Later it is about what the plugin gives, and stays as it is.
    """
    told: HuurschuldError
    try:
        return call()
    except PluginError as error:
        if not section:
            raise
        remedy = f"it is configured in {section}"
        if error.remedy:
            remedy = f"it is configured in {section}; {error.remedy}"
        told = type(error)(error.place, error.problem, remedy)
    except InputError as error:
        if not (section and opening and isinstance(error.place, str)):
            raise
        told = error.at(f"{section}, {error.place}" if error.place else section)
    raise told
