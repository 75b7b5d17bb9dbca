"""Calling a plugin's code: what it raises is told without what it says, and each call can be traced."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from time import perf_counter
from typing import Any, Final, Protocol, TypeVar

import pluggy
from attrs import frozen

from huurschuld.errors import HuurschuldError, PluginFailed

_T = TypeVar("_T")

OK: Final = "ok"


@frozen
class PluginCall:
    """One call of a plugin's code, as it is traced: never with what went in or came out.

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
"""Is told of each call once it has ended."""


class Call(Protocol):
    """Calls a method of something that a plugin has opened."""

    def __call__(self, method: str, *arguments: Any) -> Any:  # noqa: ANN401 - any method's
        """The result.

        Raises:
            HuurschuldError: as the plugin raised it; `PluginFailed` for anything else.
        """


def guarded(plugin: str, called: str, call: Callable[[], _T], trace: Trace | None = None) -> _T:
    """The result of a plugin's code.

    Raises:
        HuurschuldError: as the plugin raised it.
        PluginFailed: it raised anything else; of that only the kind and the place are told, since its
            message may be about a person.
    """
    start = perf_counter()
    outcome = OK
    try:
        return call()
    except HuurschuldError as error:
        outcome = error.code
        raise error from None  # what it was made of may be about a person
    except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever a plugin raises is isolated
        outcome = PluginFailed.code
        told = told_of(error)
    finally:
        if trace is not None:
            trace(PluginCall(plugin, called, perf_counter() - start, outcome))
    raise PluginFailed(plugin, told, "see what the plugin's own documentation says")


def told_of(error: BaseException) -> str:
    """The kind of an error and where it was raised; its message only where it is about code alone."""
    frames = traceback.extract_tb(error.__traceback__)
    where = f" at {frames[-1].filename.rpartition('/')[2]}:{frames[-1].lineno}" if frames else ""
    if isinstance(error, HuurschuldError | ImportError | pluggy.PluginValidationError):
        first, _, _ = str(error).strip().partition("\n")
        return f"{type(error).__name__}{where}: {first}"
    return f"{type(error).__name__}{where}"
