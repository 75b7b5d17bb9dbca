"""The `database` ledger: the tables of a portfolio in any database that SQLAlchemy connects to.

It reads and never writes: in one read-only transaction, from one consistent snapshot. Tables and
columns may have names of their own, as in a landlord's system; `docs/database.md` shows how.

| module | holds |
|---|---|
| `settings`, `picking` | the user's options, checked against what the database has |
| `connecting`, `failures` | connections, and the errors of one that fails |
| `postgres`, `copying` | PostgreSQL, by COPY |
| `general` | SQLite and others, by a cursor of the server |
| `conversion` | from a value of the database to one of a portfolio |
| `ledger`, `streams` | the ledger, and its tables as streams |
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping

from huurschuld.hooks import Ledger, OpenLedger, hookimpl
from huurschuld.plugins.database.settings import read_settings
from huurschuld.portfolio.extras import import_extra

api_version = 1


@hookimpl
def huurschuld_ledgers() -> Mapping[str, OpenLedger]:
    """Return the ledger `database`, which takes the options of `open_database`."""
    return {"database": open_database}


def open_database(
    *,
    url: str,
    password: str | None = None,
    tables: Mapping[str, str] | None = None,
    columns: Mapping[str, Mapping[str, str | bool | Mapping[str, object]]] | None = None,
    values: Mapping[str, Mapping[str, Mapping[str, str | bool]]] | None = None,
    euros: list[str] | None = None,
    dates: str | list[str] | None = None,
    amounts: str | None = None,
    decimal: str | None = None,
    empty: str | list[str] | None = None,
) -> Ledger:
    """Open the ledger of a database. It connects when `tables()` is called, not before.

    Args:
        url: a URL of SQLAlchemy, such as `postgresql+psycopg://reader@db.example/erp`.
        password: the password of that login, if it is not in the URL.
        tables: for each table of a portfolio that exists, the name of a table or view (`contract`,
            `verhuur.contract`), or a SELECT. Without it, tables are looked up under their portfolio
            names, and one that does not exist is unknown.
        columns: for a table, the database's column for each column of a portfolio that is read; `False`
            for one that is not. Others are not read. Without it, columns have the names of a portfolio.
            A column may also be a rule of a mapping of exports: `column`, with `words`, `dates`,
            `amounts`, `decimal` or `empty`.
        values: for a column of words or of yes and no, the portfolio's value for each value in the
            database, as text.
        euros: the columns (`entries.cents`) that hold amounts in euros instead of cents.
        dates: the format of days that are texts, such as `dd-mm-yyyy`.
        amounts: `euro` or `cents`, for all amounts.
        decimal: what stands before the cents of amounts that are texts.
        empty: texts that mean null.

    Raises:
        InputError: an option is wrong; its place is the option.
        ExtraNeeded: a library or driver is not installed.
    """
    notation = {"dates": dates, "amounts": amounts, "decimal": decimal, "empty": empty}
    settings = read_settings(url, password, tables, columns, values, euros, notation)
    for library in ("sqlalchemy", "psycopg", "pyarrow"):
        import_extra(library, "database", "database", f"databases are read with {library}")
    reading = importlib.import_module("huurschuld.plugins.database.ledger")
    ledger: Ledger = reading.DatabaseLedger(settings)
    return ledger
