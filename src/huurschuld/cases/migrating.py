"""Making the tables of a case store, and bringing older ones up, with Alembic."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util.exc import CommandError
from sqlalchemy import Connection, inspect

from huurschuld.cases.errors import NoCaseStore
from huurschuld.cases.tables import METADATA

_SCRIPTS: Final = Path(__file__).parent / "migrations"
VERSION_TABLE: Final = "huurschuld_cases_version"


def migrate(connection: Connection, *, create: bool) -> None:
    """Bring the tables to the version of this release, within the transaction of the caller.

    Args:
        connection: in a transaction.
        create: whether there must be none yet; otherwise there must be some.

    Raises:
        NoCaseStore: there are, or there are none, or they are of a later release.
    """
    names = set(inspect(connection).get_table_names())
    ours = names & {VERSION_TABLE, *METADATA.tables}
    if create and ours:
        raise NoCaseStore("url", "there is a case store in this database already", "open it")
    if not create and VERSION_TABLE not in names:
        raise NoCaseStore("url", "there is no case store in this database", "make one first")
    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    config.attributes["connection"] = connection
    script = ScriptDirectory.from_config(config)
    context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE})
    try:
        if context.get_current_revision() != script.get_current_head():
            command.upgrade(config, "head")
    except CommandError:
        raise NoCaseStore(
            "url", "the case store is of another release", "use the release that made it, or a later one"
        ) from None
