"""A plugin in a process of its own: a hang is ended at a deadline, and a crash is contained."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from contextlib import suppress
from functools import partial
from importlib.metadata import EntryPoint
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

from huurschuld.errors import InvalidValue, PluginFailed
from huurschuld.former_names import warn_former_channel
from huurschuld.plugins.host import messages
from huurschuld.plugins.host.calls import Trace, traced
from huurschuld.plugins.host.codec import NotPlain, encode
from huurschuld.plugins.host.connection import WorkerConnection
from huurschuld.plugins.host.kinds import Kind
from huurschuld.plugins.host.proxy import Call

_A = TypeVar("_A", bound=messages.Answer)


class PluginProcess:
    """One plugin in a process of its own."""

    def __init__(
        self, point: EntryPoint, load_seconds: float, call_seconds: float, trace: Trace | None
    ) -> None:
        self._point = point
        self._load_seconds = load_seconds
        self._call_seconds = call_seconds
        self._trace = trace
        self._folder = TemporaryDirectory(prefix="huurschuld-", ignore_cleanup_errors=True)
        self._connection = WorkerConnection(point.name, self._folder.name)

    def start(self) -> None:
        """Start the process and let it load the plugin; `loaded` waits for that."""
        self._connection.start()
        load = messages.Load(self._point.name, self._point.value)
        self._asked = self._connection.say(load, self._load_seconds)

    def loaded(self) -> messages.Loaded:
        """Wait until the plugin is loaded, and return what it provides."""
        with traced(self._point.name, "load", self._trace):
            return self._connection.answer(self._asked, messages.Loaded)

    def open(self, kind: Kind, name: str, options: Mapping[str, Any]) -> tuple[Call, tuple[str, ...]]:
        """Open something: return what calls it, and the optional members that it has."""
        label = f"{kind} {name}"
        places = {f"{label}: {option}": value for option, value in options.items()}
        opened = self._ask(
            messages.Open(kind, name, dict(options)), messages.Opened, f"{label}: open", places
        )
        if "honours_key" in opened.optional:
            warn_former_channel()

        def call(member: str, *arguments: Any) -> Any:  # noqa: ANN401 - any member's
            called = f"{label}: {member}"
            return self._ask(
                messages.Invoke(opened.number, member, arguments),
                messages.Returned,
                called,
                {called: arguments},
            ).value

        return call, opened.optional

    def close(self) -> None:
        """End the process, and remove what it has stored; a fork of this process does neither."""
        if self._connection.is_own:
            self._connection.end("it was closed")
            self._folder.cleanup()

    def _ask(
        self, question: messages.Question, expected: type[_A], called: str, places: Mapping[str, object]
    ) -> _A:
        with traced(self._point.name, called, self._trace):
            with suppress(NotPlain):
                return self._connection.ask(question, expected, self._call_seconds)
            place = next((place for place, value in places.items() if not _is_plain(value)), called)
            raise InvalidValue(
                place,
                "a value of this type cannot go to the plugin's process",
                "give texts, numbers, booleans, days, lists or tables",
            )


class Processes:
    """The processes of a host until it is closed, with the deadlines of `load_apart`."""

    def __init__(self, load_seconds: float, call_seconds: float, trace: Trace | None) -> None:
        self._start = partial(
            PluginProcess, load_seconds=load_seconds, call_seconds=call_seconds, trace=trace
        )
        self._lock = threading.RLock()
        self._closed = False
        self._started: list[PluginProcess] = []

    def start(self, point: EntryPoint) -> PluginProcess:
        """Start the process of a plugin, unless the host is closed."""
        with self._lock:
            if self._closed:
                raise PluginFailed(point.name, "the host is closed", "load the plugins again")
            process = self._start(point)
            self._started.append(process)
        process.start()
        return process

    def close(self) -> None:
        """End all processes; no more can be started."""
        with self._lock:
            self._closed = True
            started = list(self._started)
        for it in started:
            it.close()


def _is_plain(value: object) -> bool:
    with suppress(NotPlain):
        encode(value)
        return True
    return False
