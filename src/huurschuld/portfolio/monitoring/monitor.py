"""A monitor: what the last step of watching found, and each change that was emitted, under its number.

Each step is one transaction, on the disk before it is told: after a kill there is all of a step, or
nothing of it. What is read is held against its digest, so that damage never passes for a change.
"""

from __future__ import annotations

import datetime as dt
import json
import secrets
import sqlite3
from collections.abc import Collection, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final, Self

from huurschuld.model.sqlite_files import connect_durably
from huurschuld.portfolio.monitoring import files
from huurschuld.portfolio.monitoring.changing import MonitorChange, rows_of
from huurschuld.portfolio.monitoring.values import (
    FIRST,
    SUMS,
    EmittedChange,
    ListedRow,
    Position,
    linked,
    sha256,
)

_COLUMNS: Final = ("tenancy", "advice", "priority", "since", "row", "digest")


class Monitor:
    """An open monitor, for one thread of one process; a context manager that closes it."""

    def __init__(self, path: Path, connection: sqlite3.Connection, lock: ExitStack) -> None:
        self._path = path
        self._connection = connection
        self._lock = lock

    def __repr__(self) -> str:
        return f"<Monitor {self.name}>"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file, and let others watch with it."""
        self._connection.close()
        self._lock.close()

    @property
    def name(self) -> str:
        """What it is called in messages: the name of the file."""
        return self._path.name

    @property
    def path(self) -> Path:
        """The file itself, with links resolved."""
        return self._path

    def position(self) -> Position:
        """How far it is.

        Raises:
            MonitorError: it cannot be read, or is damaged.
        """
        with files.translated(self.name):
            rows = self._connection.execute("SELECT document, digest FROM about").fetchall()
        if [sha256(document) for document, _ in rows] != [digest for _, digest in rows] or not rows:
            raise files.damaged(self.name)
        return Position(**json.loads(rows[0][0]))

    def day(self) -> dt.date | None:
        """The day (peildatum) of the last step; None before the first one."""
        found = self.position().day
        return None if found is None else dt.date.fromisoformat(found)

    def emitted(self, after: int = 0) -> Iterator[EmittedChange]:
        """Yield the changes with a higher number than `after`, in order; each is emitted once.

        Who keeps the number of the last change that was dealt with, together with what was done about
        it, deals with each change once.

        Raises:
            MonitorError: it cannot be read, or one is damaged.
        """
        position = self.position()
        with files.translated(self.name):
            before = self._connection.execute(
                "SELECT digest FROM changes WHERE number = ?", (after,)
            ).fetchone()
            found = self._connection.execute(
                "SELECT number, day, line, digest FROM changes WHERE number > ? ORDER BY number",
                (after,),
            ).fetchall()
        link, number = before[0] if before else None, after
        for number, day, line, digest in found:
            # What came before the first one that is kept may be forgotten.
            is_first = link is None and number > 1
            if not is_first and linked(link or FIRST, day, line) != digest:
                raise files.damaged(self.name)
            link = digest
            yield EmittedChange(number, dt.date.fromisoformat(day), line)
        if found and (number, link) != (position.last, position.link):
            raise files.damaged(self.name)

    def listed(self, tenancies: Collection[str] | None = None) -> dict[str, ListedRow]:
        """The tenancies on the worklist, by id: some of them, or all.

        Raises:
            MonitorError: it cannot be read, or something of it is damaged.
        """
        found: dict[str, ListedRow] = {}
        total = 0
        for *values, digest in rows_of(self._connection, self.name, _COLUMNS, tenancies):
            if not all(isinstance(it, str) for it in values):
                raise files.damaged(self.name)
            it = ListedRow(*values)
            if it.digest != digest:
                raise files.damaged(self.name)
            found[it.tenancy] = it
            total += int(digest, 16)
        if tenancies is None:
            position = self.position()
            if (len(found), f"{total % SUMS:064x}") != (position.listed, position.digests):
                raise files.damaged(self.name)
        return found

    def due(self) -> dict[str, str]:
        """The tenancies of which proposals are still to be brought up to date, each with the batch.

        Raises:
            MonitorError: it cannot be read.
        """
        with files.translated(self.name):
            return dict(self._connection.execute("SELECT tenancy, batch FROM due").fetchall())

    def note(self, **values: object) -> None:
        """Change some of its position, in a transaction of its own."""
        with self.changing() as change:
            change.note(**values)

    @contextmanager
    def changing(self) -> Iterator[MonitorChange]:
        """Begin a transaction: at the end of the block all of it is on disk, or none of it.

        Raises:
            MonitorError: it cannot be written.
        """
        with files.translated(self.name):
            self._connection.execute("BEGIN IMMEDIATE")
        with self._ending():
            yield MonitorChange(self.name, self._connection, self.position())

    @contextmanager
    def making(self) -> Iterator[MonitorChange]:
        """Begin the transaction that makes its tables; as `changing`."""
        with files.translated(self.name):
            self._connection.execute("BEGIN IMMEDIATE")
        with self._ending():
            with files.translated(self.name):
                files.make_tables(self._connection)
            yield MonitorChange(self.name, self._connection, Position(""))

    @contextmanager
    def _ending(self) -> Iterator[None]:
        try:
            yield
        except BaseException:
            with files.translated(self.name):
                self._connection.execute("ROLLBACK")
            raise
        with files.translated(self.name):
            self._connection.execute("COMMIT")


def create_monitor(where: str | Path) -> Monitor:
    """Make a monitor and open it. Only its owner can read the file.

    Raises:
        NoMonitor: its folder does not exist.
        MonitorExists: there is a file already.
        MonitorError: it cannot be written.
    """
    path = files.real(where)
    files.make(path)
    with files.locked(path):
        with files.translated(path.name):
            connection = connect_durably(path)
        monitor = Monitor(path, connection, ExitStack())
        with monitor, monitor.making() as change:
            change.note(monitor=secrets.token_hex(6))
    return open_monitor(path)


def open_monitor(where: str | Path) -> Monitor:
    """Open a monitor, to watch with it: nobody else can until it is closed, or the process ends.

    A missing one is not created: for an empty one everybody on the worklist would be new.

    Raises:
        NoMonitor: it is missing, damaged or from another release, or others can read it.
        MonitorBusy: another process is watching with it.
    """
    path = files.real(where)
    files.check(path)
    with ExitStack() as lock:
        lock.enter_context(files.locked(path))
        monitor = Monitor(path, files.connect(path), lock.pop_all())
    try:
        monitor.position()
    except BaseException:
        monitor.close()
        raise
    return monitor
