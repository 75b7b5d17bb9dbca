"""Talking with a worker process: each question has a number, and only the answer with it counts.

A thread writes and another reads, each closing its own end of the line: whatever the process does, or
leaves behind that holds the line open, nobody waits longer than a deadline.
"""

from __future__ import annotations

import json
import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from time import monotonic
from typing import IO, Any, Final

from huurschuld.errors import PluginFailed
from huurschuld.plugins.host.messages import Failed, packed, read, unpacked, write

_PROGRAM: Final = (
    "import json, sys; "
    "sys.path[:] = json.loads(open(0, 'rb', buffering=0, closefd=False).readline()); "
    "from huurschuld.plugins.host.worker import main; main()"
)

_Answers = queue.SimpleQueue[tuple[int, Any] | None]
_Told = queue.SimpleQueue[tuple[int, bytes] | None]


class Conversation:
    """A worker process with one plugin in it, and what is said to and fro.

    Args:
        plugin: its name, for errors.
    """

    def __init__(self, plugin: str) -> None:
        self._plugin = plugin
        self._starter = os.getpid()
        self._asking = threading.RLock()
        self._ending = threading.RLock()
        self._answers: _Answers = queue.SimpleQueue()
        self._told: _Told = queue.SimpleQueue()
        self._count = 0
        self._process: subprocess.Popen[bytes] | None = None
        self._ended = ""

    @property
    def is_here(self) -> bool:
        """Whether this is the process that started it, and no copy of that."""
        return self._starter == os.getpid()

    def start(self) -> None:
        """Start the process.

        Raises:
            PluginFailed: it was ended before.
        """
        with self._ending:
            if self._ended:
                raise self._failed(self._ended)
            process = self._process = subprocess.Popen(  # noqa: S603 - a program of our own
                [sys.executable, "-c", _PROGRAM],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                bufsize=0,  # no lock of a buffer is held by a thread that waits
                start_new_session=True,  # what it starts itself ends with it
            )
        mouth, ear = (process.stdin, self._told), (process.stdout, self._answers, self._plugin)
        threading.Thread(target=_speak, args=mouth, daemon=True).start()
        threading.Thread(target=_listen, args=ear, daemon=True).start()

    def say(self, message: object) -> int:
        """Say something, and give the number that its answer will have.

        Raises:
            PluginFailed: nobody is there any more.
        """
        if not self.is_here:
            raise self._failed("its process belongs to the one that this one was forked from")
        if self._ended or self._process is None:
            raise self._failed(self._ended or "it was not started")
        self._count += 1
        self._told.put((self._count, packed(message)))
        return self._count

    def answer(self, number: int, until: float, seconds: float) -> Any:  # noqa: ANN401 - any answer
        """The answer with a number; if waiting for it is broken off, the process is ended.

        Args:
            number: that of the question.
            until: the time by `monotonic` at which it has to be there.
            seconds: how long that is from the question on, as it is told.

        Raises:
            PluginFailed: it is not there, or is none of ours.
            HuurschuldError: it is an error.
        """
        with self._asking:
            return self._unbroken(lambda: self._taken(number, until, seconds))

    def ask(self, message: object, seconds: float) -> Any:  # noqa: ANN401 - any answer
        """Say something and give its answer, as `answer`; of threads that ask at once one waits."""
        with self._asking:
            return self._unbroken(lambda: self._taken(self.say(message), monotonic() + seconds, seconds))

    def end(self, why: str) -> None:
        """End the process and what it has started; of several reasons the first is told."""
        if not self.is_here:
            return
        self._ended = self._ended or why
        with self._ending:
            process = self._process
            if process is None:
                return
            if process.returncode is None:
                _kill(process)
            process.wait()
            self._process = None
            self._told.put(None)

    def _unbroken(self, run: Callable[[], Any]) -> Any:  # noqa: ANN401 - any answer
        broken = True
        try:
            answer = run()
            broken = False
        finally:
            if broken:  # what is still to come must not be taken for the answer to another question
                self.end("a call was broken off")
        if isinstance(answer, Failed):
            raise answer.error(self._plugin)
        return answer

    def _taken(self, number: int, until: float, seconds: float) -> Any:  # noqa: ANN401 - any answer
        answer: tuple[int, Any] | None = None
        try:
            answer = self._answers.get(timeout=max(0.0, until - monotonic()))
        except queue.Empty:
            self.end(f"it gave no answer within {seconds:g} seconds")
        if answer is None:
            self.end("its process has ended")
            raise self._failed(self._ended)
        if answer[0] != number:
            self.end("it answered what was not asked")
            raise self._failed(self._ended)
        return answer[1]

    def _failed(self, why: str) -> PluginFailed:
        return PluginFailed(self._plugin, why, "see what the plugin's own documentation says")


def _kill(process: subprocess.Popen[bytes]) -> None:
    """End a process, and where there are such groups all that it has started."""
    if hasattr(os, "killpg"):
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    process.kill()


def _speak(line: IO[bytes], told: _Told) -> None:
    """Pass on what is told, until there is nobody or nothing more to tell."""
    with suppress(OSError), line:
        line.write(json.dumps(sys.path).encode() + b"\n")
        while (message := told.get()) is not None:
            write(line, *message)


def _listen(line: IO[bytes], answers: _Answers, plugin: str) -> None:
    """Pass answers on until the process ends, however it does."""
    with suppress(EOFError, OSError), line:
        while True:
            number, data = read(line)
            answers.put((number, _understood(data, plugin)))
    answers.put(None)


def _understood(data: bytes, plugin: str) -> object:
    try:
        return unpacked(data)
    except Exception:  # noqa: BLE001 - whatever it is, it is no value that can be taken
        return Failed(PluginFailed.code, plugin, "it gave a value of its own class", "")
