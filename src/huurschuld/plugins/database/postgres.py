"""PostgreSQL, by COPY: one snapshot for all tables, each read on a connection of its own.

A transaction that reads nothing keeps the snapshot; each table is read in a transaction that joins it.
So tables can be read in any order, at the same time, twice or not at all, and one that is abandoned
halfway harms no other.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from functools import partial
from typing import Any, Final

import psycopg
from sqlalchemy.engine import Engine

from huurschuld.plugins.database.copying import Block, CopiedColumn, plan_copy
from huurschuld.plugins.database.failures import closed_error, read_error, translate_errors
from huurschuld.plugins.database.picking import PickedColumn
from huurschuld.plugins.database.settings import Name, Source
from huurschuld.plugins.database.streams import Snapshot, TableStream

_BLOCK: Final = 2**20
"""How much text is read at once, in bytes; one row may be longer."""
_CONNECT_SECONDS: Final = 10

_SETTINGS: Final = (
    "SET default_transaction_read_only = on",
    "SET DateStyle = 'ISO'",
    # If a policy hides rows, such as payments, that is an error: they must not be left out.
    "SET row_security = off",
    # The same rows in the same order, whoever else is reading.
    "SET synchronize_seqscans = off",
    "SET max_parallel_workers_per_gather = 0",
    # The transaction that keeps the snapshot is idle for as long as the others read.
    "SET idle_in_transaction_session_timeout = 0",
    "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
)
_COLUMNS: Final = """
    SELECT attname FROM pg_catalog.pg_attribute JOIN pg_catalog.pg_class ON pg_class.oid = attrelid
    WHERE attrelid = pg_catalog.to_regclass(%s) AND attnum > 0 AND NOT attisdropped
    AND relkind IN ('r', 'p', 'v', 'm', 'f') ORDER BY attnum
"""
_TEXTUAL: Final = "SELECT oid FROM pg_catalog.pg_type WHERE oid = ANY(%s) AND typcategory IN ('E', 'S')"

_Connection = psycopg.Connection[tuple[Any, ...]]


class PostgresSnapshot(Snapshot[_Connection]):
    """The tables of a PostgreSQL database as they were at one moment."""

    def __init__(self, engine: Engine) -> None:
        arguments, options = engine.dialect.create_connect_args(engine.url)
        self._arguments: Sequence[Any] = arguments
        self._options: dict[str, Any] = {
            "connect_timeout": _CONNECT_SECONDS,
            "application_name": "huurschuld",
            **options,
            "client_encoding": "utf8",
            "autocommit": True,
        }
        super().__init__(self._connected, psycopg.Connection.close)

    def stream(self, source: Source, columns: Sequence[PickedColumn]) -> TableStream:
        """See `Snapshot`."""
        chosen = translate_errors(partial(read_error, source), lambda: self._planned(source, columns))
        block = Block(chosen)
        text = _selecting(source, [_column(it) for it in chosen])
        return TableStream(source, block.schema, lambda: self._batches(text, block), self.close)

    def _connected(self) -> _Connection:
        connection: _Connection = psycopg.connect(*self._arguments, **self._options)
        try:
            for setting in _SETTINGS:
                connection.execute(setting)
        except BaseException:
            connection.close()
            raise
        return connection

    def _begin(self) -> None:
        found = self._connection.execute("SELECT pg_catalog.pg_export_snapshot()").fetchone()
        [self._id] = found or ()

    def _columns_in(self, source: Source) -> Sequence[str] | None:
        if isinstance(source.origin, Name):
            found = self._connection.execute(_COLUMNS, [_from(source)]).fetchall()
            return [str(name) for (name,) in found] or None
        return [it.name for it in self._described(source, ["*"])]

    def _described(self, source: Source, columns: Sequence[str]) -> Sequence[psycopg.Column]:
        """Describe the columns of a query; it is prepared, so that it cannot be two statements."""
        text = f"{_selecting(source, columns)} LIMIT 0"
        return self._connection.execute(text.encode(), prepare=True).description or ()

    def _planned(self, source: Source, columns: Sequence[PickedColumn]) -> list[CopiedColumn]:
        theirs = self._described(source, [_quoted(it.theirs) for it in columns])
        oids = [it.type_code for it in theirs]
        textual = {oid for (oid,) in self._connection.execute(_TEXTUAL, [oids])}
        return [
            plan_copy(it, oid, is_textual=oid in textual) for it, oid in zip(columns, oids, strict=True)
        ]

    def _batches(self, text: str, block: Block) -> Generator[Any, None, None]:
        if not self._close.alive:
            raise closed_error()
        connection = self._connected()
        try:
            connection.execute(f"SET TRANSACTION SNAPSHOT '{self._id}'".encode())
            with connection.cursor().copy(f"COPY ({text}) TO STDOUT (FORMAT csv)".encode()) as copy:
                try:
                    yield from _blocks(copy, block)
                except BaseException:
                    connection.close()  # otherwise it would wait for the rest
                    raise
        finally:
            connection.close()


def _blocks(copy: psycopg.Copy, block: Block) -> Iterator[Any]:
    """Yield the batches of a copy; each message is a whole row."""
    text = bytearray()
    for row in copy:
        text += row
        if len(text) >= _BLOCK:
            yield block.read(text)
            text = bytearray()
    if text:
        yield block.read(text)


def _selecting(source: Source, columns: Sequence[str]) -> str:
    return f"SELECT {', '.join(columns)} FROM {_from(source)}"  # noqa: S608 - names are quoted; a SELECT is the user's


def _from(source: Source) -> str:
    """Quote a name; put a SELECT in brackets, on lines of its own, since it may end in a comment."""
    if isinstance(source.origin, str):
        return f"(\n{source.origin}\n) AS source"
    return ".".join(_quoted(it) for it in source.origin if it is not None)


def _column(column: CopiedColumn) -> str:
    return _quoted(column.picked.theirs) + ("::text" if column.by_text else "")


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
