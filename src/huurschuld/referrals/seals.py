"""Digests of the rows of an outbox: a row that is not as it was written is never used.

A disk, a copy or a hand may change a byte. Each referral and each event has the SHA-256 of all its
columns. That finds damage; it does not stop somebody who can write the file and compute a digest.

The sum of all digests is written with each change. After a crash SQLite takes back what was not whole by
its journal, and if that is damaged it takes back a part: each row is then as somebody wrote it, at one
time or another, and only the sum tells that they do not belong together.
"""

from __future__ import annotations

import hashlib
import re
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from huurschuld.model.json_text import canonical_json

_UNSEALED: Final = frozenset({"digest", "number"})
"""Columns that a digest does not cover: itself, and the number, which the row gets as it is written."""


_SUMS: Final = 1 << 256
_DIGEST: Final = re.compile("[0-9a-f]{64}")


class Unsealed(Exception):
    """A row is not as it was written."""


def digest_of(row: sqlite3.Row | Mapping[str, object]) -> str:
    """Return the digest of the columns of a row, in hexadecimal."""
    columns = {name: row[name] for name in row.keys() if name not in _UNSEALED}  # noqa: SIM118 - a Row iterates over its values
    return hashlib.sha256(canonical_json(columns).encode()).hexdigest()


def read_sealed(
    connection: sqlite3.Connection, table: str, which: str = "", values: Sequence[object] = ()
) -> list[sqlite3.Row]:
    """Read rows of a table, each checked against its digest.

    Args:
        connection: the file.
        table: `referral` or `event`.
        which: what follows the table in the query.
        values: those of the question marks in it.

    Raises:
        Unsealed: a row is not as it was written.
    """
    rows = connection.execute(f"SELECT * FROM {table} {which}", values).fetchall()  # noqa: S608 - our own texts
    if not all(_is_sealed(row) for row in rows):
        raise Unsealed
    return rows


def _is_sealed(row: sqlite3.Row) -> bool:
    try:
        return bool(digest_of(row) == row["digest"])
    except (TypeError, ValueError):  # bytes, or half a character, where text was written
        return False


def sum_of(digests: Iterable[str]) -> str:
    """Add digests up, modulo 2²⁵⁶."""
    return f"{sum(int(it, 16) for it in digests) % _SUMS:064x}"


def opposite(digest: str) -> str:
    """Return what takes a digest out of a sum, when it is added."""
    return f"{-int(digest, 16) % _SUMS:064x}"


def read_sum(connection: sqlite3.Connection) -> str:
    """Return the sum of the digests of all rows, as it is kept.

    Raises:
        Unsealed: it is not as it was written.
    """
    rows = [tuple(row) for row in connection.execute("SELECT digests FROM whole")]
    match rows:
        case [(str(kept),)] if _DIGEST.fullmatch(kept):
            return kept
    raise Unsealed


def check_numbers(connection: sqlite3.Connection, table: str) -> None:
    """Check that no row of a table is lost: they are numbered from 1, and none is ever deleted.

    Raises:
        Unsealed: one is lost.
    """
    [(rows, lowest, highest, given)] = connection.execute(
        f"SELECT count(*), ifnull(min(number), 1), ifnull(max(number), 0),"  # noqa: S608 - the name of our own table
        f" ifnull((SELECT seq FROM sqlite_sequence WHERE name = '{table}'), 0) FROM {table}"
    ).fetchall()
    if lowest != 1 or not rows == highest == given:
        raise Unsealed
