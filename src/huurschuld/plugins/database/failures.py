"""What a database raises, told without what it says: that quotes statements, values and logins."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeVar

from sqlalchemy.exc import SQLAlchemyError

from huurschuld.errors import HuurschuldError, InvalidValue, PluginFailed
from huurschuld.plugins.database.settings import Source

_T = TypeVar("_T")

PLUGIN: Final = "database"

_TOLD: Final = {
    "25006": ("this writes, and only reading is allowed", "leave only what reads in the SELECT"),
    "SQLITE_READONLY": (
        "this writes, and only reading is allowed",
        "leave only what reads in the SELECT",
    ),
    "42501": (
        "the login may not read this, or not all of it",
        "grant it SELECT on what is read; row security must not hide rows from it",
    ),
}
"""Errors of a statement that have a next step of their own, by their code."""


def unreachable(error: BaseException) -> HuurschuldError:
    """The error for a database that could not be connected to."""
    return PluginFailed(
        PLUGIN,
        f"the database cannot be reached, or does not take this login ({_kind(error)})",
        "see that it runs, and check url and password",
    )


def unread(source: Source | None, error: BaseException) -> HuurschuldError:
    """The error for a table that could not be read, by what the database says of it in its code.

    Args:
        source: the table; None for the transaction as a whole.
        error: what was raised.
    """
    if isinstance(error, HuurschuldError):
        return error
    kind, place = _kind(error), PLUGIN if source is None else f"tables.{source.table}"
    if kind in _TOLD:
        return InvalidValue(place, *_TOLD[kind])
    if kind.startswith("42") or kind == "SQLITE_ERROR":
        return InvalidValue(
            place, f"the database does not take this ({kind})", "mend the SELECT or the name"
        )
    if kind.startswith(("22", "21")):
        return InvalidValue(
            place,
            f"the database cannot work out a value ({kind})",
            "mend the SELECT, or the value",
        )
    if kind == "57014":
        return PluginFailed(
            place, "the database stopped the reading", "give the login a longer statement_timeout"
        )
    return PluginFailed(
        place,
        f"the database broke off, or gave what cannot be read ({kind})",
        "use nothing of it; see the log of the database, and try again",
    )


def let_go() -> HuurschuldError:
    """The error for a table that is asked for too late."""
    return PluginFailed(
        PLUGIN,
        "the database was let go of: another table broke off, or the ledger was closed",
        "ask for the tables again",
    )


def told(refused: Callable[[BaseException], HuurschuldError], call: Callable[[], _T]) -> _T:
    """The result of what asks a database.

    Raises:
        HuurschuldError: as `refused` makes it of whatever was raised, and nothing is chained to it.
    """
    try:
        return call()
    except Exception as error:  # noqa: BLE001 - each driver has errors of its own; it is raised just below
        failure = refused(error)
    raise failure


def _kind(error: BaseException) -> str:
    """The code of an error (its SQLSTATE, or the name that SQLite has for it), or else its kind."""
    cause = (getattr(error, "orig", None) or error) if isinstance(error, SQLAlchemyError) else error
    code = getattr(cause, "sqlstate", None) or getattr(cause, "sqlite_errorname", None)
    return code if isinstance(code, str) else type(cause).__name__
