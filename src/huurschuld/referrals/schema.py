"""The tables of an outbox: made, brought up from an older version, and checked whole."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from functools import cache
from importlib.resources import files
from typing import Final

from huurschuld.referrals.seals import Unsealed, check_numbers, digest_of, read_sealed
from huurschuld.referrals.states import TRANSITIONS

VERSION: Final = 2
_TABLES: Final = ("referral", "event")


def build(connection: sqlite3.Connection) -> None:
    """Make the tables, within a transaction."""
    for statement in _statements():
        connection.execute(statement)
    _fill_transitions(connection)


def _statements() -> tuple[str, ...]:
    schema = files("huurschuld.referrals").joinpath("schema.sql").read_text(encoding="utf-8")
    return tuple(schema.split("\n\n"))  # `executescript` would commit


def _fill_transitions(connection: sqlite3.Connection) -> None:
    connection.executemany("INSERT INTO transition VALUES (?, ?)", sorted(_transitions()))


def _transitions() -> Iterator[tuple[str, str]]:
    return ((str(before), str(it)) for before, after in TRANSITIONS.items() for it in after)


def upgrade(connection: sqlite3.Connection) -> None:
    """Bring the file up from version 1, in one transaction: its rows get their digests.

    What was there is read into memory, as the tables are made anew with what they must refuse.
    """
    connection.execute("BEGIN EXCLUSIVE")
    try:
        if connection.execute("PRAGMA user_version").fetchone()[0] == 1:  # nobody else was quicker
            kept = {table: connection.execute(f"SELECT * FROM {table}").fetchall() for table in _TABLES}  # noqa: S608 - names of our own tables
            for kind, name in connection.execute(
                "SELECT type, name FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'"
                " ORDER BY type = 'table', name = 'referral'"
            ).fetchall():
                connection.execute(f"DROP {kind} {name}")
            triggers = [it for it in _statements() if "CREATE TRIGGER" in it]
            for statement in _statements():
                if statement not in triggers:
                    connection.execute(statement)
            _fill_transitions(connection)
            for table, rows in kept.items():
                for row in rows:
                    columns = {**dict(row), "digest": digest_of(row)}
                    names, marks = ", ".join(columns), ", ".join(f":{name}" for name in columns)
                    connection.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", columns)  # noqa: S608 - as above
            for statement in triggers:
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {VERSION}")
        connection.execute("COMMIT")
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")


def check_whole(connection: sqlite3.Connection) -> None:
    """Check that the tables are those of this version, and every row is as it was written.

    Raises:
        Unsealed: something is not.
    """
    if _definitions(connection) != _expected():
        raise Unsealed
    transitions = {tuple(row) for row in connection.execute("SELECT before, after FROM transition")}
    if transitions != set(_transitions()):
        raise Unsealed
    for table in _TABLES:
        check_numbers(connection, table)
        read_sealed(connection, table)


def _definitions(connection: sqlite3.Connection) -> list[tuple[str, str]]:
    rows = connection.execute("SELECT name, ifnull(sql, '') FROM sqlite_master ORDER BY name").fetchall()
    return [(name, sql) for name, sql in rows]


@cache
def _expected() -> list[tuple[str, str]]:
    with closing(sqlite3.connect(":memory:")) as connection:
        build(connection)
        return _definitions(connection)
