"""Errors of a database, without their messages: those quote statements, values and logins."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeVar

from sqlalchemy.exc import SQLAlchemyError

from huurschuld.errors import HuurschuldError, InvalidValue, PluginFailed
from huurschuld.model.unlogged import unlogged
from huurschuld.plugins.database.settings import Source

_T = TypeVar("_T")

PLUGIN: Final = "database"

_BY_CODE: Final = {
    "25006": ("this writes, and only reading is allowed", "let the SELECT only read"),
    "SQLITE_READONLY": ("this writes, and only reading is allowed", "let the SELECT only read"),
    "42501": (
        "the login may not read this, or not all of it",
        "grant it SELECT on what is read; row-level security must not hide rows from it",
    ),
}
"""The problem and the remedy for some errors of a statement, by their code."""


def connection_error(error: BaseException) -> HuurschuldError:
    """Make the error for a database that cannot be connected to."""
    return PluginFailed(
        PLUGIN,
        f"the database cannot be reached, or does not accept this login ({_kind(error)})",
        "check that it is running, and check url and password",
    )


def read_error(source: Source | None, error: BaseException) -> HuurschuldError:
    """Make the error for a table, or the whole transaction, by the code that the database gives."""
    if isinstance(error, HuurschuldError):
        return error
    kind, place = _kind(error), PLUGIN if source is None else f"tables.{source.table}"
    if kind in _BY_CODE:
        return InvalidValue(place, *_BY_CODE[kind])
    if kind.startswith("42") or kind == "SQLITE_ERROR":
        return InvalidValue(
            place, f"the database does not accept this ({kind})", "correct the SELECT or the name"
        )
    if kind.startswith(("22", "21")):
        problem = f"the database cannot compute a value ({kind})"
        return InvalidValue(place, problem, "correct the SELECT, or the value")
    if kind == "57014":
        return PluginFailed(
            place, "the database stopped the reading", "give the login a longer statement_timeout"
        )
    return PluginFailed(
        place,
        f"the database failed while reading, or gave something unreadable ({kind})",
        "discard what was read; see the log of the database, and try again",
    )


def closed_error() -> HuurschuldError:
    """Make the error for a table that is read after the connection was closed."""
    return PluginFailed(
        PLUGIN,
        "the connection is closed: another table failed, or the ledger was closed",
        "call tables() again",
    )


def translate_errors(
    translate: Callable[[BaseException], HuurschuldError], call: Callable[[], _T]
) -> _T:
    """Call what uses a database, unlogged, and give its result.

    Raises:
        HuurschuldError: the result of `translate` for whatever was raised; nothing is chained to it.
    """
    try:
        with unlogged():
            return call()
    except Exception as error:  # noqa: BLE001 - each driver has errors of its own; it is raised just below
        failure = translate(error)
    raise failure


def _kind(error: BaseException) -> str:
    """Return the code of an error (its SQLSTATE, or SQLite's name for it), or else its type."""
    cause = (getattr(error, "orig", None) or error) if isinstance(error, SQLAlchemyError) else error
    code = getattr(cause, "sqlstate", None) or getattr(cause, "sqlite_errorname", None)
    return code if isinstance(code, str) else type(cause).__name__
