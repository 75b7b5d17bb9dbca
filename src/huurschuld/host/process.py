"""A plugin in a process of its own: what hangs is ended at a deadline, and what breaks breaks alone."""

from __future__ import annotations

import json
import queue
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import IO, Any, Final

from huurschuld.errors import HuurschuldError, PluginFailed
from huurschuld.hooks import Opener, Refused
from huurschuld.host.calls import OK, Call, PluginCall, Trace
from huurschuld.host.kinds import Kind
from huurschuld.host.messages import (
    Failed,
    Invoke,
    Load,
    Loaded,
    Open,
    OpenedAs,
    Scanned,
    packed,
    read,
    write,
)
from huurschuld.host.stored import StoredTable

_PROGRAM: Final = (
    "import json, sys; "
    "sys.path[:] = json.loads(open(0, 'rb', buffering=0, closefd=False).readline()); "
    "from huurschuld.host.worker import main; main()"
)
_GONE: Final = object()


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
        self._answers: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self._process: subprocess.Popen[bytes] | None = None
        self._ended = ""
        self._folder = TemporaryDirectory(prefix="huurschuld-", ignore_cleanup_errors=True)

    def start(self) -> None:
        """Start the process and have it load the plugin; `loaded` waits for that."""
        self._process = subprocess.Popen(  # noqa: S603 - a program of our own
            [sys.executable, "-c", _PROGRAM],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        listener = threading.Thread(
            target=_listen, args=(self._process.stdout, self._answers), daemon=True
        )
        listener.start()
        self._say(json.dumps(sys.path).encode() + b"\n", Load(self._name, self._value))

    def loaded(self, deadline: float) -> Loaded:
        """What the plugin provides.

        Raises:
            PluginFailed: it failed, or there was no answer within so many seconds.
        """
        found: Loaded = self._traced("load", lambda: self._answer(deadline))
        return found

    def open(
        self, kind: Kind, name: str, options: Mapping[str, Any], deadline: float
    ) -> tuple[Call, frozenset[str]]:
        """Open something, with a deadline for that and each call: calls to it, and what it can do."""
        label = f"{kind.label} {name}"
        told = Open(kind.name, name, options, self._folder.name)
        opened: OpenedAs = self._traced(f"{label}: open", lambda: self._ask(told, deadline))

        def call(method: str, *arguments: Any) -> Any:  # noqa: ANN401 - any method's
            def run() -> Any:  # noqa: ANN401 - as call
                if method == "scan":
                    return self._scan(opened.number, deadline, *arguments)
                result = self._ask(Invoke(opened.number, method, arguments), deadline)
                return _read(result)

            return self._traced(f"{label}: {method}", run)

        return call, opened.optional

    def close(self) -> None:
        """End the process, and remove what it has stored."""
        self._end("it was closed")
        self._folder.cleanup()

    def _scan(
        self, number: int, deadline: float, opener: Opener, refused: Callable[[Refused], None] | None
    ) -> Mapping[str, object]:
        told = Invoke(number, "scan", (), refusing=refused is not None)
        found: Scanned = self._ask(told, deadline)
        for it in found.refused if refused is not None else ():
            refused(it)  # type: ignore[misc] # not None, as the line before says
        return {name: table.by(opener) for name, table in found.tables.items()}

    def _ask(self, message: object, deadline: float) -> Any:  # noqa: ANN401 - any answer
        self._say(b"", message)
        return self._answer(deadline)

    def _say(self, first: bytes, message: object) -> None:
        process = self._process
        if self._ended or process is None or process.stdin is None:
            raise self._failed(self._ended or "it was not started")
        try:
            process.stdin.write(first)
            write(process.stdin, packed(message))
        except OSError:
            self._end("its process has ended")
        if self._ended:
            raise self._failed(self._ended)

    def _answer(self, deadline: float) -> Any:  # noqa: ANN401 - any answer
        try:
            answer = self._answers.get(timeout=deadline)
        except queue.Empty:
            self._end(f"it gave no answer within {deadline:g} seconds")
            answer = _GONE
        if answer is _GONE:
            self._end("its process has ended")
            raise self._failed(self._ended)
        if isinstance(answer, Failed):
            raise answer.error(self._name)
        return answer

    def _end(self, why: str) -> None:
        self._ended = self._ended or why
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                _close(stream)

    def _failed(self, why: str) -> PluginFailed:
        return PluginFailed(self._name, why, "see what the plugin's own documentation says")

    def _traced(self, called: str, run: Callable[[], Any]) -> Any:  # noqa: ANN401 - any result
        start, outcome = perf_counter(), OK
        try:
            return run()
        except HuurschuldError as error:
            outcome = error.code
            raise
        finally:
            if self._trace is not None:
                self._trace(PluginCall(self._name, called, perf_counter() - start, outcome))


def _read(result: object) -> object:
    """Tables that are stored, read; anything else as it is."""
    if isinstance(result, dict) and any(isinstance(it, StoredTable) for it in result.values()):
        return {name: table.read() for name, table in result.items()}
    return result


def _listen(source: IO[bytes] | None, answers: queue.SimpleQueue[Any]) -> None:
    """Pass answers on until the process ends, however it does."""
    while source is not None:
        try:
            answers.put(read(source))
        except (EOFError, OSError, ValueError):
            answers.put(_GONE)
            return
        except Exception:  # noqa: BLE001 - whatever it is, it is no value that can be taken
            answers.put(Failed(PluginFailed.code, "", "it gave a value of its own class", ""))


def _close(stream: Any) -> None:  # noqa: ANN401 - one end of a pipe
    try:
        stream.close()
    except OSError:  # what was to be written has nobody to go to any more
        return
