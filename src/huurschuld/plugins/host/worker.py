"""The worker: a process with one plugin in it, which answers questions until its input ends.

What the plugin prints is discarded: it may be about a person, and standard output is the connection to
the process that started this one.
"""

from __future__ import annotations

import gc
import os
import queue
import shutil
import signal
import sys
import threading
from pathlib import Path
from typing import IO, Final, NoReturn
from uuid import uuid4

from huurschuld.errors import HuurschuldError, PluginFailed
from huurschuld.hooks import ArrowStream
from huurschuld.plugins.host import messages
from huurschuld.plugins.host.calls import guarded
from huurschuld.plugins.host.codec import NotPlain, decode, encode, read, write
from huurschuld.plugins.host.files import entry_point
from huurschuld.plugins.host.provided import Openings, provided_by
from huurschuld.plugins.host.proxy import Call, tables_by_name
from huurschuld.portfolio.extras import import_extra
from huurschuld.portfolio.files import CsvFile, ParquetFile
from huurschuld.portfolio.mapping.tables import MappedTable
from huurschuld.portfolio.streams import check_stream, duplicate_columns, translate_stream_errors
from huurschuld.rules.document import canonical_policy

_TABLES: Final = ("tables", "tables_of", "parts")
_TRIES: Final = 100
_ROWS: Final = 65_536
_PROBLEM: Final = "tables go from process to process by PyArrow"

_Questions = queue.SimpleQueue[tuple[int, bytes]]


class Worker:
    """One plugin, and what it has opened."""

    def __init__(self, folder: Path) -> None:
        self.name = ""
        self._openings: Openings = {}
        self._folder = folder
        self._opened: list[Call] = []

    def answer(self, question: messages.Question) -> messages.Answer:
        """Answer one question."""
        match question:
            case messages.Load():
                self.name = question.name
                provided = provided_by(entry_point(question.name, question.value))
                self._openings = provided.openings
                return messages.Loaded(
                    tuple(messages.Provides(kind, name) for kind, name in self._openings),
                    tuple(map(canonical_policy, provided.policies)),
                    dict(provided.kits),
                )
            case messages.Open():
                call, optional = self._openings[question.kind, question.name](question.options)
                self._opened.append(call)
                return messages.Opened(len(self._opened) - 1, optional)
            case messages.Invoke():
                result = self._opened[question.opened](question.member, *question.arguments)
                if question.member in _TABLES:
                    tables = tables_by_name(self.name, result)
                    result = {name: _stored(name, it, self._folder) for name, it in tables.items()}
                return messages.Returned(result)


def _stored(name: str, table: ArrowStream, folder: Path) -> CsvFile | MappedTable | ParquetFile:
    """Return a table as a file for another process, stored in the folder if it is not in one yet."""
    if isinstance(table, CsvFile):
        return CsvFile(table.path.absolute())
    if isinstance(table, MappedTable):
        return MappedTable(table.folder.absolute(), table.mapping.absolute(), table.table)
    if isinstance(table, ParquetFile):
        return ParquetFile(table.path.absolute(), table.name)
    arrow = import_extra("pyarrow", "frames", "tables", _PROBLEM)
    parquet = import_extra("pyarrow.parquet", "frames", "tables", _PROBLEM)
    path = folder / f"{uuid4().hex}.parquet"
    with translate_stream_errors(name, table):
        reader = arrow.RecordBatchReader.from_stream(check_stream(name, table))
        if len(set(reader.schema.names)) < len(reader.schema.names):
            raise duplicate_columns(name)
        with parquet.ParquetWriter(path, reader.schema) as writer:
            for batch in reader:
                writer.write_batch(batch, row_group_size=_ROWS)
    return ParquetFile(path, name)


def answered(worker: Worker, data: bytes) -> bytes:
    """Answer an encoded question; a failure is an answer, too."""
    failure: HuurschuldError
    try:
        return encode(
            guarded(
                worker.name, "answer", lambda: worker.answer(decode(data)), isolated=(BaseException,)
            )
        )
    except NotPlain:
        failure = PluginFailed(
            worker.name, "it returned a value of a class of its own", "give what the hook promises"
        )
    except HuurschuldError as error:
        failure = error
    return encode(messages.Failed.of(failure))


def _read_all(source: IO[bytes], questions: _Questions, folder: str) -> None:
    """Read questions; when the other side has closed, end this process immediately."""
    try:
        while True:
            questions.put(read(source))
    except (EOFError, OSError, NotPlain):
        _leave(folder)


def _leave(folder: str) -> NoReturn:
    """End this process and what it has started, and leave no tables behind."""
    for _ in range(_TRIES):  # a file being written may appear while the rest is removed
        if not Path(folder).exists():
            break
        shutil.rmtree(folder, ignore_errors=True)
    if hasattr(os, "killpg") and os.getpgrp() == os.getpid():
        os.killpg(os.getpid(), signal.SIGKILL)
    os._exit(0)


def main(folder: str) -> None:
    """Read questions from standard input and answer on standard output, until the input ends."""
    own = os.getpid()
    source = os.fdopen(os.dup(sys.stdin.fileno()), "rb")
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        os.dup2(nowhere, stream.fileno())
    gc.disable()  # tables are millions of small values, and none in a cycle
    questions: _Questions = queue.SimpleQueue()
    threading.Thread(target=_read_all, args=(source, questions, folder), daemon=True).start()
    worker = Worker(Path(folder))
    while True:
        number, data = questions.get()
        answer = answered(worker, data)
        if os.getpid() != own:  # a fork that the plugin made: it must not answer
            os._exit(0)
        write(answers, number, answer)
