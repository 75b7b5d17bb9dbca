"""From a URL to the library and driver of a database, without connecting."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import sqlalchemy
from sqlalchemy.engine import URL, Engine
from sqlalchemy.exc import NoSuchModuleError
from sqlalchemy.pool import NullPool

from huurschuld.errors import ExtraNeeded, HuurschuldError, InvalidValue
from huurschuld.model.unlogged import leave_out
from huurschuld.plugins.database.failures import translate_errors
from huurschuld.plugins.database.settings import Settings

_REMEDY: Final = "such as postgresql+psycopg://LOGIN@HOST/DATABASE or sqlite:///FILE"
_LOGGER: Final = "huurschuld"
_LOGGED: Final = ("sqlalchemy.engine.Engine", "sqlalchemy.pool.impl.NullPool")


def engine_of(settings: Settings) -> Engine:
    """Make the engine of a database, which keeps no connections and logs no values.

    Raises:
        InvalidValue: the URL is not valid, or names an unknown kind of database.
        ExtraNeeded: the driver is not installed.
    """
    url = translate_errors(_no_url, lambda: sqlalchemy.make_url(settings.url))
    if settings.password is not None:
        url = url.set(password=settings.password)
    options: dict[str, Any] = {}
    if url.get_backend_name() == "sqlite":
        options["creator"] = _read_only_file(url)
    # At lower levels SQLAlchemy logs statements and rows, regardless of the level of other loggers.
    for logged in _LOGGED:
        logging.getLogger(f"{logged}.{_LOGGER}").setLevel(logging.WARNING)
    engine = translate_errors(
        _no_engine,
        lambda: sqlalchemy.create_engine(
            url,
            poolclass=NullPool,
            pool_reset_on_return=None,
            hide_parameters=True,
            logging_name=_LOGGER,
            pool_logging_name=_LOGGER,
            **options,
        ),
    )
    leave_out(str(getattr(engine.dialect.dbapi, "__name__", engine.dialect.driver)).partition(".")[0])
    if engine.dialect.is_async:
        raise InvalidValue("url", "this driver is asynchronous", "name one that is not, or none")
    return engine


def _no_url(_: BaseException) -> HuurschuldError:
    return InvalidValue("url", "this is not the URL of a database", _REMEDY)


def _no_engine(error: BaseException) -> HuurschuldError:
    if isinstance(error, NoSuchModuleError):
        return InvalidValue("url", "this kind of database is not known", _REMEDY)
    if isinstance(error, ImportError):
        return ExtraNeeded(
            "url",
            "the driver of this database is not installed",
            "install it; that of PostgreSQL comes with huurschuld[database]",
        )
    return _no_url(error)


def _read_only_file(url: URL) -> Callable[[], sqlite3.Connection]:
    """Make a function that opens an SQLite file read-only; a missing file is not created."""
    if not url.database or url.database == ":memory:" or url.query:
        raise InvalidValue("url", "the file of an SQLite database is expected", "such as sqlite:///FILE")
    path = Path(url.database)

    def connect() -> sqlite3.Connection:
        # An Arrow stream may be read from another thread.
        connection = sqlite3.connect(
            f"{path.resolve().as_uri()}?mode=ro", uri=True, isolation_level=None, check_same_thread=False
        )
        try:
            connection.execute("PRAGMA query_only = ON")
        except BaseException:
            connection.close()
            raise
        # A text that is not UTF-8 is refused at its cell; SQLite would quote it in an error.
        connection.text_factory = lambda data: data.decode("utf-8", "surrogateescape")
        return connection

    return connect
