"""A plugin in a process of its own: what hangs is ended at a deadline, and what breaks breaks alone."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from tempfile import TemporaryDirectory
from time import monotonic, perf_counter
from typing import Any

from huurschuld.errors import InvalidValue, PluginFailed
from huurschuld.plugins.host.calls import OK, Call, PluginCall, Trace, outcome_of
from huurschuld.plugins.host.conversation import Conversation
from huurschuld.plugins.host.kinds import Kind
from huurschuld.plugins.host.messages import (
    Invoke,
    Load,
    Loaded,
    Open,
    OpenedAs,
    packed,
    unpacked,
)


class PluginProcess:
    """One plugin in a process of its own.

    Args:
        name: of the plugin.
        value: of its entry point.
        trace: is told of each call.
    """

    def __init__(self, name: str, value: str, trace: Trace | None = None) -> None:
        self._name = name
        self._value = value
        self._trace = trace
        self._line = Conversation(name)
        self._folder = TemporaryDirectory(prefix="huurschuld-", ignore_cleanup_errors=True)
        self._load = (0, 0.0, 0.0)

    def start(self, seconds: float) -> None:
        """Start the process and have it load the plugin, within so many seconds; `loaded` waits."""
        self._line.start()
        number = self._line.say(Load(self._name, self._value, self._folder.name))
        self._load = (number, monotonic() + seconds, seconds)

    def loaded(self) -> Loaded:
        """What the plugin provides.

        Raises:
            PluginFailed: it failed, or there was no answer in time.
        """
        found: Loaded = self._traced("load", lambda: self._line.answer(*self._load))
        return found

    def open(
        self, kind: Kind, name: str, options: Mapping[str, Any], deadline: float
    ) -> tuple[Call, frozenset[str]]:
        """Open something, with a deadline for that and each call: calls to it, and what it can do.

        Raises:
            InvalidValue: an option cannot go to another process.
        """
        label = f"{kind.label} {name}"
        for option, value in options.items():
            _check_crossing(value, f"{label}: {option}")
        told = Open(kind.name, name, options)
        opened: OpenedAs = self._traced(f"{label}: open", lambda: self._line.ask(told, deadline))

        def call(method: str, *arguments: Any) -> Any:  # noqa: ANN401 - any method's
            def run() -> Any:  # noqa: ANN401 - as call
                _check_crossing(arguments, f"{label}: {method}")
                return self._line.ask(Invoke(opened.number, method, arguments), deadline)

            return self._traced(f"{label}: {method}", run)

        return call, opened.optional

    def close(self) -> None:
        """End the process, and remove what it has stored; a copy of this process ends nothing."""
        if self._line.is_here:
            self._line.end("it was closed")
            self._folder.cleanup()

    def _traced(self, called: str, run: Callable[[], Any]) -> Any:  # noqa: ANN401 - any result
        start, outcome = perf_counter(), OK
        try:
            return run()
        except BaseException as error:
            outcome = outcome_of(error)
            raise
        finally:
            if self._trace is not None:
                self._trace(PluginCall(self._name, called, perf_counter() - start, outcome))


class Processes:
    """The processes of a host, until it is closed."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._closed = False
        self._started: list[PluginProcess] = []

    def start(self, name: str, value: str, seconds: float, trace: Trace | None) -> PluginProcess:
        """Start one, as `PluginProcess.start`.

        Raises:
            PluginFailed: the host is closed.
        """
        with self._lock:
            if self._closed:
                raise PluginFailed(name, "the host is closed", "load the plugins again")
            process = PluginProcess(name, value, trace)
            self._started.append(process)
        process.start(seconds)
        return process

    def close(self) -> None:
        """End them all, and start no more."""
        with self._lock:
            self._closed = True
            started = list(self._started)
        for it in started:
            it.close()


def _check_crossing(value: object, place: str) -> None:
    """See that a value can go to another process.

    Raises:
        InvalidValue: at the place; quoting nothing.
    """
    try:
        unpacked(packed(value))
    except Exception:  # noqa: BLE001 - whatever pickle or a value's own code says of it
        crosses = False
    else:
        crosses = True
    if not crosses:
        raise InvalidValue(
            place,
            "a value of this type cannot go to the plugin's process",
            "give texts, numbers, booleans, days, lists or tables",
        )
