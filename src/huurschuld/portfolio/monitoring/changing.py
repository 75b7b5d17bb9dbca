"""A transaction in which a monitor is changed, and how its rows are looked up."""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any, Final

from attrs import asdict, evolve

from huurschuld.model.json_text import canonical_json
from huurschuld.portfolio.monitoring import files
from huurschuld.portfolio.monitoring.values import SUMS, ListedRow, Position, linked, sha256

_AT_ONCE: Final = 500
"""How many tenancies are looked up in one statement."""


class MonitorChange:
    """A transaction in which a monitor is changed."""

    def __init__(self, name: str, connection: sqlite3.Connection, position: Position) -> None:
        self._name = name
        self._connection = connection
        self.position = position

    def note(self, **values: Any) -> None:
        """Change some of the position."""
        self.position = evolve(self.position, **values)
        document = canonical_json(asdict(self.position))
        with files.translated(self._name):
            self._connection.execute(
                "INSERT INTO about VALUES (1, ?, ?) ON CONFLICT (one) DO UPDATE SET "
                "document = excluded.document, digest = excluded.digest",
                (document, sha256(document)),
            )

    def list_rows(self, rows: Iterable[ListedRow], gone: Collection[str]) -> None:
        """Put rows on the worklist, or in the place of earlier ones; take those off that are gone."""
        put = {it.tenancy: it for it in rows}
        touched = {*put, *gone}
        which = touched if len(touched) <= _AT_ONCE else None
        before = dict(rows_of(self._connection, self._name, ("tenancy", "digest"), which))
        digests = {name: it.digest for name, it in put.items()}
        total = int(self.position.digests, 16)
        total += sum(int(it, 16) for it in digests.values())
        total -= sum(int(it, 16) for name, it in before.items() if name in touched)
        listed = self.position.listed + len(put.keys() - before.keys()) - len(before.keys() & {*gone})
        with files.translated(self._name):
            self._connection.executemany(
                "INSERT INTO listed VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (tenancy) DO UPDATE SET "
                "advice = excluded.advice, priority = excluded.priority, since = excluded.since, "
                "row = excluded.row, digest = excluded.digest",
                (
                    (it.tenancy, it.advice, it.priority, it.since, it.text, digests[name])
                    for name, it in put.items()
                ),
            )
            self._connection.executemany("DELETE FROM listed WHERE tenancy = ?", ((it,) for it in gone))
        self.note(listed=listed, digests=f"{total % SUMS:064x}")

    def emit(self, day: dt.date, lines: Iterable[str]) -> None:
        """Emit changes, numbered on from the last one; `lines` begin at that number."""
        number, link = self.position.last, self.position.link
        written = []
        for line in lines:
            number, link = number + 1, linked(link, day.isoformat(), line)
            written.append((number, day.isoformat(), line, link))
        with files.translated(self._name):
            self._connection.executemany("INSERT INTO changes VALUES (?, ?, ?, ?)", written)
        self.note(last=number, link=link)

    def make_due(self, tenancies: Iterable[str], batch: str) -> None:
        """Note that the proposals of these tenancies are to be brought up to date, in this batch."""
        with files.translated(self._name):
            self._connection.executemany(
                "INSERT INTO due VALUES (?, ?) "
                "ON CONFLICT (tenancy) DO UPDATE SET batch = excluded.batch",
                ((it, batch) for it in tenancies),
            )

    def not_due(self, batch: str) -> None:
        """Note that a batch is proposed."""
        with files.translated(self._name):
            self._connection.execute("DELETE FROM due WHERE batch = ?", (batch,))

    def forget(self, before: dt.date) -> int:
        """Forget the changes of before a day that are delivered; return how many.

        The last one of these stays: by it the file of lines is recognised.
        """
        with files.translated(self._name):
            return self._connection.execute(
                "DELETE FROM changes WHERE day < ? AND number < ?",
                (before.isoformat(), self.position.delivered),
            ).rowcount


def rows_of(
    connection: sqlite3.Connection, name: str, columns: Sequence[str], tenancies: Collection[str] | None
) -> Iterator[tuple[Any, ...]]:
    """Read columns of the tenancies on the worklist: of some, or of all."""
    query = f"SELECT {', '.join(columns)} FROM listed"  # noqa: S608 - columns of ours
    with files.translated(name):
        if tenancies is None:
            yield from connection.execute(query)
            return
        names = sorted(tenancies)
        for first in range(0, len(names), _AT_ONCE):
            some = names[first : first + _AT_ONCE]
            marks = ", ".join("?" * len(some))
            yield from connection.execute(f"{query} WHERE tenancy IN ({marks})", some)
