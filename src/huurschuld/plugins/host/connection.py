"""The connection to a worker process: each question has a number, and only the answer with it counts.

One thread writes and another reads, and each closes its own end of the pipe. No call waits past its
deadline, even if the process, or one that it started, keeps the pipe open.
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
from itertools import count
from time import monotonic
from typing import IO, Any, Final, TypeVar

from attrs import frozen

from huurschuld.errors import PluginFailed
from huurschuld.plugins.host.codec import MOST_VALUES, NotPlain, decode, encode, read, write
from huurschuld.plugins.host.messages import Answer, Failed, Question

_A = TypeVar("_A", bound=Answer)
_PROGRAM: Final = (
    "import json, sys; "
    "sys.path[:], folder = json.loads(open(0, 'rb', buffering=0, closefd=False).readline()); "
    "from huurschuld.plugins.host.worker import main; main(folder)"
)

_Queue = queue.SimpleQueue[tuple[int, bytes] | None]


@frozen
class Asked:
    """The number of a question and of its answer, and the deadline: in seconds, and by `monotonic`."""

    number: int
    seconds: float
    until: float


class WorkerConnection:
    """The connection to a worker process with one plugin in it, which stores tables in a folder."""

    def __init__(self, plugin: str, folder: str) -> None:
        self._plugin = plugin
        self._folder = folder
        self._starter = os.getpid()
        self._asking = threading.RLock()
        self._ending = threading.RLock()
        self._answers: _Queue = queue.SimpleQueue()
        self._questions: _Queue = queue.SimpleQueue()
        self._count = 0
        self._process: subprocess.Popen[bytes] | None = None
        self._ended = ""

    @property
    def is_own(self) -> bool:
        """Whether this process started the worker; a fork of it did not."""
        return self._starter == os.getpid()

    def start(self) -> None:
        """Start the process, unless it has been ended already."""
        with self._ending:
            if self._ended:
                raise self._failed(self._ended)
            process = self._process = subprocess.Popen(  # noqa: S603 - a program of our own
                [sys.executable, "-P", "-c", _PROGRAM],  # -P: no module of the current folder
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                bufsize=0,  # a thread that waits must not hold the lock of a buffer
                start_new_session=True,  # so that what it starts can be ended with it
            )
        setup = json.dumps([sys.path, self._folder]).encode() + b"\n"
        writing = process.stdin, setup, self._questions
        reading = process.stdout, self._answers, lambda: self._count
        threading.Thread(target=_write_all, args=writing, daemon=True).start()
        threading.Thread(target=_read_all, args=reading, daemon=True).start()

    def say(self, question: Question, seconds: float) -> Asked:
        """Ask a question without waiting for the answer; `NotPlain` if it cannot go there."""
        data = encode(question)
        if not self.is_own:
            raise self._failed("its process belongs to the one that this one was forked from")
        if self._ended or self._process is None:
            raise self._failed(self._ended or "it was not started")
        self._count += 1
        self._questions.put((self._count, data))
        return Asked(self._count, seconds, monotonic() + seconds)

    def answer(self, asked: Asked, expected: type[_A]) -> _A:
        """Wait for the answer to a question; if it is an error, raise it.

        If there is none in time, or the waiting is interrupted, the process is ended.
        """
        answer: Any = None
        with self._asking:
            try:
                answer = self._received(asked, expected)
            finally:
                if answer is None:  # an answer that comes later must not be taken for another
                    self.end("a call was interrupted")
        if isinstance(answer, expected):
            return answer
        raise answer.error(self._plugin)

    def ask(self, question: Question, expected: type[_A], seconds: float) -> _A:
        """Ask a question and wait for the answer, one thread at a time; as `say` and `answer`."""
        with self._asking:
            return self.answer(self.say(question, seconds), expected)

    def end(self, why: str) -> None:
        """End the process and all that it started. Of several reasons the first is kept."""
        if not self.is_own:
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
            self._questions.put(None)

    def _received(self, asked: Asked, expected: type[_A]) -> _A | Failed:
        received: tuple[int, bytes] | None = None
        try:
            received = self._answers.get(timeout=max(0.0, asked.until - monotonic()))
        except queue.Empty:
            self.end(f"it did not answer within {asked.seconds:g} seconds")
        if received is None:
            raise self._given_up("its process has ended")
        number, data = received
        if number != asked.number:
            raise self._given_up("it answered a question that was not asked")
        with suppress(NotPlain):
            answer = decode(data, MOST_VALUES)
            if isinstance(answer, (expected, Failed)):
                return answer
        raise self._given_up("its answer cannot be read")

    def _given_up(self, why: str) -> PluginFailed:
        self.end(why)
        return self._failed(self._ended)

    def _failed(self, why: str) -> PluginFailed:
        return PluginFailed(self._plugin, why, "see what the plugin's own documentation says")


def _kill(process: subprocess.Popen[bytes]) -> None:
    """End a process, and its group where the system has process groups."""
    if hasattr(os, "killpg"):
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    process.kill()


def _write_all(pipe: IO[bytes], setup: bytes, questions: _Queue) -> None:
    """Write questions until the process has ended or there are no more."""
    with suppress(OSError), pipe:
        pipe.write(setup)
        while (question := questions.get()) is not None:
            write(pipe, *question)


def _read_all(pipe: IO[bytes], answers: _Queue, asked: Callable[[], int]) -> None:
    """Read answers until the process ends, or gives something else than the next answer.

    So no more answers are kept than questions were asked, however many the process gives.
    """
    with suppress(EOFError, OSError), pipe:
        for number in count(1):
            answer = number, b""  # which cannot be read
            with suppress(NotPlain):
                answer = read(pipe)
            answers.put(answer)
            if answer[0] != number or not answer[1] or number > asked():
                break
    answers.put(None)
