"""Calling a plugin's code: what it raises is told without what it says, and each call can be traced."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from time import perf_counter
from typing import Any, Final, Protocol, TypeVar

from attrs import frozen

from huurschuld.errors import HuurschuldError, PluginFailed
from huurschuld.plugins.host.messages import Failed

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


def guarded(
    plugin: str,
    called: str,
    call: Callable[[], _T],
    trace: Trace | None = None,
    *,
    isolated: tuple[type[BaseException], ...] = (Exception, SystemExit),
    telling: tuple[type[BaseException], ...] = (),
) -> _T:
    """The result of a plugin's code.

    Args:
        plugin: its name.
        called: what is called, as it is traced.
        call: calls it.
        trace: is told of it.
        isolated: what is a failure of the plugin; an interruption from the keyboard never is.
        telling: of which errors the message is told, since it is about code alone.

    Raises:
        HuurschuldError: as the plugin raised it, without what it was made of or noted on it.
        PluginFailed: it raised anything else; of that only the kind and the place are told, since its
            message may be about a person.
    """
    start = perf_counter()
    outcome = OK
    failure: HuurschuldError
    try:
        return call()
    except KeyboardInterrupt:
        outcome = PluginFailed.code
        raise
    except HuurschuldError as error:
        failure = Failed.of(error).error(plugin)
        outcome = failure.code
    except isolated as error:
        failure = PluginFailed(
            plugin, told_of(error, telling), "see what the plugin's own documentation says"
        )
        outcome = failure.code
    except BaseException:
        outcome = PluginFailed.code
        raise
    finally:
        if trace is not None:
            trace(PluginCall(plugin, called, perf_counter() - start, outcome))
    raise failure


def outcome_of(error: BaseException) -> str:
    """How a call that raised this is traced."""
    return error.code if isinstance(error, HuurschuldError) else PluginFailed.code


def told_of(error: BaseException, telling: tuple[type[BaseException], ...] = ()) -> str:
    """The kind of an error and where it was raised; its message only if it is one of these."""
    frames = traceback.extract_tb(error.__traceback__)
    where = f" at {frames[-1].filename.rpartition('/')[2]}:{frames[-1].lineno}" if frames else ""
    if isinstance(error, telling):
        first, _, _ = str(error).strip().partition("\n")
        return f"{type(error).__name__}{where}: {first}"
    return f"{type(error).__name__}{where}"
