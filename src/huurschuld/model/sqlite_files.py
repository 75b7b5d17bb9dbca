"""SQLite files from which nothing may be lost: durable first, and for their owner alone."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

PATIENCE: Final = 30.0
"""Seconds to wait for another process that writes."""

_OTHERS: Final = 0o077
_SETTINGS: Final = (
    "journal_mode = TRUNCATE",
    "synchronous = EXTRA",
    "fullfsync = ON",
    "secure_delete = ON",
    "foreign_keys = ON",
    "trusted_schema = OFF",
)


def make_file(path: Path) -> str | None:
    """Make a file that only its owner can read; return what is in the way of it, if anything is.

    One that is there is not opened: closing it would drop the locks that this process has on it. Nor is
    an empty one in the way: it is left when making a store was broken off.
    """
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    except FileExistsError:
        is_empty = path.is_file() and path.stat().st_size == 0
        return None if is_empty else "a file of this name already exists"
    except OSError as error:
        return f"the file cannot be created ({type(error).__name__})"
    return None


def connect_durably(
    path: Path,
    *,
    row_factory: Any = None,  # noqa: ANN401 - as sqlite3 takes it
    text_factory: Callable[[bytes], str | bytes] | None = None,
    check_same_thread: bool = True,
) -> sqlite3.Connection:
    """Connect to a file that is there; transactions are the caller's.

    The settings are read with these factories, too. If one fails, the connection is closed.

    Raises:
        sqlite3.Error: the file cannot be opened, or is no database.
    """
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode=rw",
        uri=True,
        timeout=PATIENCE,
        isolation_level=None,
        check_same_thread=check_same_thread,
    )
    try:
        connection.row_factory = row_factory
        if text_factory is not None:
            connection.text_factory = text_factory
        for setting in _SETTINGS:
            connection.execute(f"PRAGMA {setting}")
    except BaseException:
        connection.close()
        raise
    return connection


def is_open_to_others(path: Path) -> bool:
    """Whether anybody but the owner may read or write a file, as far as the system says."""
    return os.name == "posix" and bool(path.stat().st_mode & _OTHERS)
