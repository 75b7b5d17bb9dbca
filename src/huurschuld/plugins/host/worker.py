"""A process with one plugin in it: does what it is told, and ends when nobody is there any more.

What the plugin prints goes nowhere: it may be about a person, and standard output is the line to the
process that started this one.
"""

from __future__ import annotations

import gc
import os
import queue
import shutil
import signal
import sys
import threading
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import IO, Any, Final, NoReturn

from huurschuld.errors import HuurschuldError, InvalidValue
from huurschuld.former_names import present_channel
from huurschuld.hooks import PROJECT
from huurschuld.plugins.host.calls import Call, guarded
from huurschuld.plugins.host.kinds import Kind
from huurschuld.plugins.host.messages import (
    Failed,
    Invoke,
    Load,
    Loaded,
    Open,
    OpenedAs,
    packed,
    read,
    unpacked,
    write,
)
from huurschuld.plugins.host.opened import by_name, in_process, optional_of
from huurschuld.plugins.host.provided import Provided, new_manager, opened_with, provided_by
from huurschuld.plugins.host.stored import stored
from huurschuld.rules.document import canonical_policy

_TABLES: Final = ("tables", "parts")
_TRIES: Final = 100


class Worker:
    """One plugin, and what it has opened."""

    def __init__(self) -> None:
        self.name = ""
        self._folder = Path()
        self._provided = Provided({}, (), {})
        self._opened: list[Call] = []

    def answer(self, told: Load | Open | Invoke | Failed) -> object:
        """What comes of a message."""
        match told:
            case Failed():
                return told
            case Load():
                return self._load(told)
            case Open():
                return self._open(told)
            case Invoke():
                return self._invoke(told)

    def _load(self, told: Load) -> Loaded:
        self.name = told.name
        self._folder = Path(told.folder)
        self._provided = provided_by(new_manager(), EntryPoint(told.name, told.value, PROJECT))
        openers = tuple((kind.name, name) for kind, name in self._provided.openers)
        written = tuple(map(canonical_policy, self._provided.policies))
        return Loaded(openers, written, dict(self._provided.kits))

    def _open(self, told: Open) -> OpenedAs:
        kind = Kind[told.kind]
        opener = self._provided.openers[kind, told.name]
        called = f"{kind.label} {told.name}"
        opened = guarded(self.name, f"{called}: open", lambda: opened_with(opener, called, told.options))
        opened = present_channel(opened) if kind is Kind.CHANNEL else opened
        call = in_process(self.name, kind, told.name, opened, None)
        self._opened.append(call)
        return OpenedAs(len(self._opened) - 1, optional_of(opened))

    def _invoke(self, told: Invoke) -> object:
        result = self._opened[told.opened](told.method, *told.arguments)
        if told.method in _TABLES:
            return stored(by_name(self.name, result), self._folder)
        return result


def answered(worker: Worker, told: Any) -> bytes:  # noqa: ANN401 - a message
    """What comes of a message, packed; whatever fails is an answer, too."""
    try:
        return guarded(
            worker.name, "answer", lambda: packed(worker.answer(told)), isolated=(BaseException,)
        )
    except HuurschuldError as error:
        return packed(Failed.of(error))


def _listen(source: IO[bytes], told: queue.SimpleQueue[tuple[int, Any]]) -> None:
    """Pass messages on; end the process, whatever it does, when the other side has gone."""
    folder: str | None = None
    while True:
        try:
            number, data = read(source)
        except (EOFError, OSError):
            _leave(folder)
        try:
            message = unpacked(data)
        except Exception:  # noqa: BLE001 - whatever it is, it is an answer, and nobody waits for none
            message = Failed(InvalidValue.code, "", "it was asked with a value that cannot be read", "")
        if isinstance(message, Load):
            folder = message.folder
        told.put((number, message))


def _leave(folder: str | None) -> NoReturn:
    """End this process and what it has started, and leave no table of anybody behind."""
    for _ in range(_TRIES):  # what is being written may appear while the rest is removed
        if folder is None or not Path(folder).exists():
            break
        shutil.rmtree(folder, ignore_errors=True)
    if hasattr(os, "killpg") and os.getpgrp() == os.getpid():
        os.killpg(os.getpid(), signal.SIGKILL)
    os._exit(0)


def main() -> None:
    """Read messages from standard input and answer on standard output, until the input ends."""
    own = os.getpid()
    source = os.fdopen(os.dup(sys.stdin.fileno()), "rb")
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        os.dup2(nowhere, stream.fileno())
    gc.disable()
    told: queue.SimpleQueue[tuple[int, Any]] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(source, told), daemon=True).start()
    worker = Worker()
    while True:
        number, message = told.get()
        answer = answered(worker, message)
        if os.getpid() != own:  # a copy that the plugin made of this process: it was not asked
            os._exit(0)
        write(answers, number, answer)
