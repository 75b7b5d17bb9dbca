"""Making the tables, and bringing older ones up, with Alembic, which is imported only for that."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from sqlalchemy import Connection, insert, inspect, select, text, update

from huurschuld.storage.connecting import NotAsWritten
from huurschuld.storage.digests import sha256
from huurschuld.storage.entries import FIRST_LINK
from huurschuld.storage.tables import METADATA, SUMMARY, TRANSITIONS, WHOLE

HEAD: Final = "0002"
"""The version of the tables of this release."""
VERSION_TABLE: Final = "huurschuld_cases_version"
_SCRIPTS: Final = Path(__file__).parent / "migrations"


class OfAnotherRelease(Exception):
    """The tables are of a later release."""


def has_tables(connection: Connection) -> bool:
    """Whether there is any of our tables."""
    names = set(inspect(connection).get_table_names())
    return bool(names & {VERSION_TABLE, *METADATA.tables})


def version_of(connection: Connection) -> str | None:
    """Return the version of the tables; None if there are none that can be brought up."""
    if VERSION_TABLE not in inspect(connection).get_table_names():
        return None
    found = connection.execute(text(f"SELECT version_num FROM {VERSION_TABLE}")).scalars().all()  # noqa: S608 - ours
    return str(found[0]) if len(found) == 1 else ""


def make_tables(connection: Connection) -> None:
    """Make the tables, within the transaction of the caller."""
    bring_up(connection)
    connection.execute(insert(SUMMARY), {"one": 1, "cases": 0, "head": FIRST_LINK})


def bring_up(connection: Connection) -> None:
    """Bring the tables to the version of this release, within the transaction of the caller.

    Raises:
        OfAnotherRelease: they are of a later one.
    """
    from alembic import command  # noqa: PLC0415 - it takes long to import, and is seldom needed
    from alembic.config import Config  # noqa: PLC0415
    from alembic.util.exc import CommandError  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, HEAD)
    except CommandError:
        raise OfAnotherRelease from None
    if connection.dialect.name == "sqlite":
        _seal_layout(connection)


def check_layout(connection: Connection) -> None:
    """Check that what is to be refused still is: tables, indexes and triggers are as they were made.

    Of an SQLite file each definition is checked; on a server, which may write them in another way, that
    the triggers are there.

    Raises:
        NotAsWritten: something is not.
    """
    if connection.dialect.name == "sqlite":
        kept = connection.scalars(select(WHOLE.c.layout)).all()
        if kept != [_layout(connection)]:
            raise NotAsWritten("the definitions of its tables are not as they were written")
        return
    there = connection.scalars(
        text(
            "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled IN ('O', 'A')"
            " AND tgrelid IN (to_regclass('referrals'), to_regclass('entries'), to_regclass('policies'))"
        )
    )
    if not set(there) >= TRIGGERS:
        raise NotAsWritten("the triggers of its tables are not as they were written")


TRIGGERS: Final = frozenset(
    [
        "begins_as_proposed",
        "legal_transition",
        "what_was_confirmed_stays",
        "what_goes_out_stays",
        "referrals_stay",
        "steps_stay_as_they_are",
        "steps_stay",
        "policies_stay_as_they_are",
        "policies_stay",
    ]
)


def _seal_layout(connection: Connection) -> None:
    connection.execute(update(WHOLE).values(layout=_layout(connection)))


def _layout(connection: Connection) -> str:
    rows = connection.exec_driver_sql(
        "SELECT name, ifnull(sql, '') FROM sqlite_master WHERE name <> 'sqlite_sequence' ORDER BY name"
    )
    parts = [(name, sql) for name, sql in rows]
    parts += [
        (before, after)
        for before, after in connection.execute(select(TRANSITIONS).order_by(*TRANSITIONS.c))
    ]
    return sha256("".join(f"{one}\0{other}\0" for one, other in parts))
