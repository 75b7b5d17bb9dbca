"""The `database` ledger: the tables of a portfolio in any database that SQLAlchemy connects to.

It reads and never writes: in one read-only transaction, from one consistent snapshot. Tables and
columns may have names of their own, as those of a landlord's system do; `docs/database.md` shows how to
say which.

| module | holds |
|---|---|
| `settings`, `picking` | what the user says, and how it is held against what the database has |
| `connecting`, `failures` | connections, and what is told of one that fails |
| `postgres`, `copying` | PostgreSQL, by COPY |
| `general` | SQLite and others, by a cursor of the server |
| `values_read` | values of theirs to what a portfolio holds |
| `ledger`, `streams` | the ledger, and its tables as streams |
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import Any

from huurschuld.extras import import_extra
from huurschuld.hooks import Ledger, OpenLedger, hookimpl
from huurschuld.plugins.database.settings import read_settings

api_version = 1


@hookimpl
def huurschuld_ledgers() -> Mapping[str, OpenLedger]:
    """The ledger `database`, which takes the options of `open_database`."""
    return {"database": open_database}


def open_database(
    *,
    url: str,
    password: str | None = None,
    tables: Mapping[str, str] | None = None,
    columns: Mapping[str, Mapping[str, str | bool]] | None = None,
    values: Mapping[str, Mapping[str, Mapping[str, str | bool]]] | None = None,
    euros: list[str] | None = None,
) -> Ledger:
    """The ledger of a database. It connects when its tables are asked for, not before.

    Args:
        url: a URL of SQLAlchemy, such as `postgresql+psycopg://reader@db.example/erp`.
        password: the password of that login, if it is not in the URL.
        tables: for each table of a portfolio that there is, the name of a table or view (`contract`,
            `verhuur.contract`), or a SELECT. Without it, tables are looked for under our names, and what
            is not there is unknown.
        columns: for a table, the column of theirs for each column of ours that is to be read; `False`
            for one that is not to be. Others are not read. Without it, columns have our names.
        values: for a column of words or of yes and no, the value of ours for each value of theirs, as
            text.
        euros: the columns (`entries.cents`) that hold amounts in euros instead of cents.

    Raises:
        InputError: an option is wrong; its place is the option.
        ExtraNeeded: a library or driver is not installed.
    """
    settings = read_settings(url, password, tables, columns, values, euros)
    ledger: Ledger = _reading().DatabaseLedger(settings)
    return ledger


def _reading() -> Any:  # noqa: ANN401 - a module whose libraries need not be there
    for library in ("sqlalchemy", "psycopg", "pyarrow"):
        import_extra(library, "database", "database", f"databases are read with {library}")
    return importlib.import_module("huurschuld.plugins.database.ledger")
