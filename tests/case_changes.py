"""What can be done to the tables of a store of cases behind its back, and where it must be found."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final

Place = tuple[int | None, int | None]
"""A case and an entry of it; None for the case itself, or for the store."""
Change = Callable[[sqlite3.Connection, random.Random], set[Place]]
"""Changes something; gives places of which verification must name one. Empty: it must name any."""


def change_a_value(connection: sqlite3.Connection, dice: random.Random) -> set[Place]:
    """Change one character, byte or number of one value, in any table, as the database takes it."""
    while True:
        with suppress(sqlite3.IntegrityError):
            return _change_a_value(connection, dice)


def _change_a_value(connection: sqlite3.Connection, dice: random.Random) -> set[Place]:
    tables = [
        it
        for (it,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")
        if connection.execute(f"SELECT count(*) FROM {it}").fetchone()[0]  # noqa: S608 - ours
    ]
    table = dice.choice([*tables, "entries", "entries", "entries", "cases"])
    rows = connection.execute(f"SELECT rowid, * FROM {table}").fetchall()  # noqa: S608 - ours
    names = [it[0] for it in connection.execute(f"SELECT * FROM {table} LIMIT 1").description]  # noqa: S608 - ours
    row = dice.choice(rows)
    values = dict(zip(names, row[1:], strict=True))
    column = dice.choice([it for it in names if it != "one" and values[it] not in (None, "", b"")])
    connection.execute(
        f'UPDATE {table} SET "{column}" = ? WHERE rowid = ?',  # noqa: S608 - ours
        (changed_value(values[column], dice), row[0]),
    )
    if table == "entries":
        return {(values["case"], values["number"])}
    if table == "cases" and column in {"entries", "head"}:  # what is the last entry
        return {(values["number"], values["entries"] + more) for more in (0, 1)}
    known = {"cases": "number", "secrets": "case"}
    return {(values[known[table]], None)} if table in known else set()


def changed_value(value: Any, dice: random.Random) -> Any:
    """A value with one character, byte or bit changed."""
    if isinstance(value, int):
        return value + dice.choice([-1, 1, 7])
    at = dice.randrange(len(value))
    if isinstance(value, bytes):
        return value[:at] + bytes([value[at] ^ (1 << dice.randrange(8))]) + value[at + 1 :]
    other = dice.choice([it for it in '0123456789abcdef"{}:x ' if it != value[at]])
    return value[:at] + other + value[at + 1 :]


def _entry(connection: sqlite3.Connection, dice: random.Random) -> tuple[int, int]:
    found: tuple[int, int] = dice.choice(
        connection.execute('SELECT "case", number FROM entries').fetchall()
    )
    return found


def _case(connection: sqlite3.Connection, dice: random.Random) -> int:
    found: int = dice.choice(connection.execute("SELECT number FROM cases").fetchall())[0]
    return found


def _length(connection: sqlite3.Connection, case: int) -> int:
    found: int = connection.execute(
        'SELECT max(number) FROM entries WHERE "case" = ?', (case,)
    ).fetchone()[0]
    return found


def _shift(connection: sqlite3.Connection, case: int, after: int, by: int) -> None:
    """Give the entries of a case after one of them other numbers."""
    connection.execute(
        'UPDATE entries SET number = -(number + ?) WHERE "case" = ? AND number > ?', (by, case, after)
    )
    connection.execute('UPDATE entries SET number = -number WHERE "case" = ? AND number < 0', (case,))


def remove(connection: sqlite3.Connection, dice: random.Random) -> set[Place]:
    """Remove an entry."""
    case, number = _entry(connection, dice)
    connection.execute('DELETE FROM entries WHERE "case" = ? AND number = ?', (case, number))
    return {(case, number)}


def remove_and_close_the_gap(connection: sqlite3.Connection, dice: random.Random) -> set[Place]:
    """Remove an entry, number those after it anew, and count anew."""
    case, number = _entry(connection, dice)
    was_last = number == _length(connection, case)
    connection.execute('DELETE FROM entries WHERE "case" = ? AND number = ?', (case, number))
    _shift(connection, case, number, -1)
    connection.execute("UPDATE cases SET entries = entries - 1 WHERE number = ?", (case,))
    return {(case, number - was_last)}  # the one that is the last now was not


def cut_off(connection: sqlite3.Connection, dice: random.Random) -> set[Place]:
    """Remove an entry and all after it; at times count anew."""
    case, number = _entry(connection, dice)
    connection.execute('DELETE FROM entries WHERE "case" = ? AND number >= ?', (case, number))
    if dice.random() < 0.5:
        connection.execute("UPDATE cases SET entries = ? WHERE number = ?", (number - 1, case))
        return {(case, number - 1)}
    return {(case, number)}


def swap(connection: sqlite3.Connection, dice: random.Random) -> set[Place]:
    """Give two entries of a case each other's place."""
    case = _case(connection, dice)
    one, other = dice.sample(range(1, _length(connection, case) + 1), 2)
    for before, after in ((one, -1), (other, one), (-1, other)):
        connection.execute(
            'UPDATE entries SET number = ? WHERE "case" = ? AND number = ?', (after, case, before)
        )
    return {(case, min(one, other))}


def swap_between_cases(connection: sqlite3.Connection, dice: random.Random) -> set[Place]:
    """Give entries of two cases each other's place."""
    one, other = dice.sample(connection.execute("SELECT number FROM cases").fetchall(), 2)
    number = dice.randint(1, min(_length(connection, one[0]), _length(connection, other[0])))
    for before, after in ((one[0], -1), (other[0], one[0]), (-1, other[0])):
        connection.execute(
            'UPDATE entries SET "case" = ? WHERE "case" = ? AND number = ?', (after, before, number)
        )
    return {(one[0], number)}


def insert(connection: sqlite3.Connection, dice: random.Random) -> set[Place]:
    """Put a copy of an entry anywhere into a case; at times count anew."""
    case, number = _entry(connection, dice)
    other = _case(connection, dice)
    at = dice.randint(1, _length(connection, other) + 1)
    copied = list(
        connection.execute(
            'SELECT * FROM entries WHERE "case" = ? AND number = ?', (case, number)
        ).fetchone()
    )
    _shift(connection, other, at - 1, 1)
    copied[:3] = [other, at, f"{copied[2]}x"]
    marks = ", ".join("?" * len(copied))
    connection.execute(f"INSERT INTO entries VALUES ({marks})", copied)  # noqa: S608 - ours
    if dice.random() < 0.5:
        connection.execute("UPDATE cases SET entries = entries + 1 WHERE number = ?", (other,))
    return {(other, at)}


def remove_a_case(connection: sqlite3.Connection, dice: random.Random) -> set[Place]:
    """Remove a case, with its entries and its key or without."""
    case = _case(connection, dice)
    connection.execute("DELETE FROM cases WHERE number = ?", (case,))
    if dice.random() < 0.7:
        connection.execute('DELETE FROM entries WHERE "case" = ?', (case,))
        connection.execute('DELETE FROM secrets WHERE "case" = ?', (case,))
    return {(case, None)}


def swap_cases(connection: sqlite3.Connection, dice: random.Random) -> set[Place]:
    """Give two cases each other's place in the order; at times with all that is theirs."""
    (one,), (other,) = dice.sample(connection.execute("SELECT number FROM cases").fetchall(), 2)
    columns = [("cases", "number")]
    if dice.random() < 0.5:
        columns += [("entries", '"case"'), ("secrets", '"case"')]
    for table, column in columns:
        for before, after in ((one, -1), (other, one), (-1, other)):
            connection.execute(
                f"UPDATE {table} SET {column} = ? WHERE {column} = ?",  # noqa: S608 - ours
                (after, before),
            )
    return {(min(one, other), None)}


def insert_a_case(connection: sqlite3.Connection, dice: random.Random) -> set[Place]:
    """Put a copy of a case after the last one; at times count anew."""
    case = _case(connection, dice)
    last = connection.execute("SELECT max(number) FROM cases").fetchone()[0] + 1
    copied = list(connection.execute("SELECT * FROM cases WHERE number = ?", (case,)).fetchone())
    copied[:2] = [last, f"{copied[1]}x"]
    marks = ", ".join("?" * len(copied))
    connection.execute(f"INSERT INTO cases VALUES ({marks})", copied)  # noqa: S608 - ours
    if dice.random() < 0.5:
        connection.execute("UPDATE summary SET cases = ?, head = ?", (last, copied[5]))
    return {(last, None)}


def lose_a_key(connection: sqlite3.Connection, dice: random.Random) -> set[Place]:
    """Destroy a key without saying so."""
    case = dice.choice(connection.execute('SELECT "case" FROM secrets').fetchall())[0]
    connection.execute('DELETE FROM secrets WHERE "case" = ?', (case,))
    return {(case, None)}


def change_keys(connection: sqlite3.Connection, dice: random.Random) -> set[Place]:
    """Give a case the key of another one, also one whose person was forgotten."""
    (case, key) = dice.choice(connection.execute('SELECT "case", key FROM secrets').fetchall())
    other = dice.choice(
        connection.execute("SELECT number FROM cases WHERE number <> ?", (case,)).fetchall()
    )[0]
    connection.execute("INSERT OR REPLACE INTO secrets VALUES (?, ?)", (other, key))
    return {(other, None)}


CHANGES: Final[tuple[Change, ...]] = (
    *(change_a_value, remove, remove_and_close_the_gap, cut_off, swap, swap_between_cases, insert),
    *(remove_a_case, swap_cases, insert_a_case, lose_a_key, change_keys),
)
