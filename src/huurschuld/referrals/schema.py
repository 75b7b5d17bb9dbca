"""The tables of an outbox: made, brought up from an older version, and checked whole."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from functools import cache
from importlib.resources import files
from typing import Any, Final

import attrs

from huurschuld.errors import HuurschuldError
from huurschuld.model.json_text import canonical_json, parse_json
from huurschuld.model.referral import ContactDetails
from huurschuld.referrals.seals import Unsealed, check_numbers, digest_of, read_sealed, read_sum, sum_of
from huurschuld.referrals.states import TRANSITIONS, EventType, State

VERSION: Final = 3
UPGRADED: Final = (1, 2)
"""The versions that `upgrade` brings up to this one."""
_TABLES: Final = ("referral", "event")


def build(connection: sqlite3.Connection) -> None:
    """Make the tables, within a transaction."""
    for statement in _statements():
        connection.execute(statement)
    _fill_transitions(connection)
    _write_sum(connection, ())


def _statements() -> tuple[str, ...]:
    schema = files("huurschuld.referrals").joinpath("schema.sql").read_text(encoding="utf-8")
    return tuple(schema.split("\n\n"))  # `executescript` would commit


def _fill_transitions(connection: sqlite3.Connection) -> None:
    connection.executemany("INSERT INTO transition VALUES (?, ?)", sorted(_transitions()))


def _transitions() -> Iterator[tuple[str, str]]:
    return ((str(before), str(it)) for before, after in TRANSITIONS.items() for it in after)


def _write_sum(connection: sqlite3.Connection, digests: Iterable[str]) -> None:
    connection.execute("INSERT INTO whole VALUES (1, ?)", (sum_of(digests),))


def upgrade(connection: sqlite3.Connection) -> None:
    """Bring the file up from an earlier version, in one transaction.

    From version 1 its rows get their digests, from version 2 these get their sum.

    Raises:
        Unsealed: what is there was not written by that version.
    """
    connection.execute("BEGIN EXCLUSIVE")
    try:
        [(version,)] = connection.execute("PRAGMA user_version").fetchall()
        if version in UPGRADED:  # nobody else was quicker
            if version == 1:
                _seal_old(connection)
            else:
                connection.execute(_statements()[-1])
            _write_sum(
                connection, (row["digest"] for it in _TABLES for row in read_sealed(connection, it))
            )
            connection.execute(f"PRAGMA user_version = {VERSION}")
        connection.execute("COMMIT")
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")


def _seal_old(connection: sqlite3.Connection) -> None:
    """Make the tables of version 1 anew with what they must refuse, and give their rows digests.

    What was there is read into memory.
    """
    kept = {table: connection.execute(f"SELECT * FROM {table}").fetchall() for table in _TABLES}  # noqa: S608 - names of our own tables
    _check_old(kept)
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


def _check_old(kept: Mapping[str, Sequence[sqlite3.Row]]) -> None:
    """Check what can be checked of rows without digests, before they get some."""
    if any("digest" in row.keys() for rows in kept.values() for row in rows):  # noqa: SIM118 - a Row iterates over its values
        raise Unsealed
    try:
        for row in kept["referral"]:
            State(row["state"])
            if row["contact"] is not None:
                contact: Any = parse_json(row["contact"])
                if canonical_json(attrs.asdict(ContactDetails(**contact))) != row["contact"]:
                    raise Unsealed
        for row in kept["event"]:
            EventType(row["what"])
    except (HuurschuldError, TypeError, ValueError):  # as it is no such text, object or word
        raise Unsealed from None


def check_whole(connection: sqlite3.Connection) -> None:
    """Check that the tables are those of this version, and every row is as it was written.

    All of it is read at one moment: others may be writing.

    Raises:
        Unsealed: something is not.
    """
    connection.execute("BEGIN")
    try:
        _check_tables(connection)
        rows = []
        for table in _TABLES:
            check_numbers(connection, table)
            rows += read_sealed(connection, table)
        if read_sum(connection) != sum_of(row["digest"] for row in rows):
            raise Unsealed
    finally:
        connection.execute("ROLLBACK")


def _check_tables(connection: sqlite3.Connection) -> None:
    if _definitions(connection) != _expected():
        raise Unsealed
    transitions = {tuple(row) for row in connection.execute("SELECT before, after FROM transition")}
    if transitions != set(_transitions()):
        raise Unsealed


def _definitions(connection: sqlite3.Connection) -> list[tuple[str, str]]:
    rows = connection.execute("SELECT name, ifnull(sql, '') FROM sqlite_master ORDER BY name").fetchall()
    return [(name, sql) for name, sql in rows]


@cache
def _expected() -> list[tuple[str, str]]:
    with closing(sqlite3.connect(":memory:")) as connection:
        build(connection)
        return _definitions(connection)
