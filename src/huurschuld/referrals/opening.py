"""Making an outbox, and opening one: brought up to this release, and checked whole."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, select
from sqlalchemy.engine import URL

from huurschuld.model.clock import Clock, now_utc
from huurschuld.model.sqlite_files import PATIENCE
from huurschuld.referrals.adopting import EARLIER, adopt
from huurschuld.referrals.errors import NoOutbox, OutboxExists
from huurschuld.referrals.places import FilePlace, Place, place_of
from huurschuld.referrals.states import TRANSITIONS
from huurschuld.referrals.store import Outbox
from huurschuld.storage.checking import faults
from huurschuld.storage.connecting import NotAsWritten, begin_to_read, translate_errors
from huurschuld.storage.migrating import (
    HEAD,
    OfAnotherRelease,
    bring_up,
    has_tables,
    make_tables,
    version_of,
)
from huurschuld.storage.tables import TRANSITIONS as TRANSITION_ROWS

_APPLICATION: Final = 0x68757572
"""`huur`: marks an SQLite file as one of ours."""
_VERSION: Final = 4
"""The version that an SQLite file has for earlier releases, which refuse it by this."""


def create_outbox(where: str | Path | URL, *, clock: Clock = now_utc) -> Outbox:
    """Make an outbox and open it. Only its owner can read a file.

    Args:
        where: the file to make, on a local disk; or the URL of a PostgreSQL, which is empty.
        clock: returns the time for the events.

    Raises:
        NoOutbox: the folder does not exist.
        OutboxExists: there is a file already, or a store in this database.
        OutboxError: it cannot be written.
    """
    place = place_of(where)
    if isinstance(place, FilePlace):
        place.make()
    with _connected(place, clock) as (_, connection), connection.begin():
        if has_tables(connection):
            raise OutboxExists(place.name, "there is an outbox already", "open it, or name another")
        make_tables(connection)
    return open_outbox(where, clock=clock)


def open_outbox(where: str | Path | URL, *, clock: Clock = now_utc) -> Outbox:
    """Open an outbox. A missing one is not created: an empty one would mean that there are no referrals.

    Args:
        where: the file, or the URL of a PostgreSQL.
        clock: returns the time for the events.

    Raises:
        NoOutbox: it is missing, damaged or from another release, or others can read it.
        OutboxBusy: another process holds it for too long.
    """
    place = place_of(where)
    if isinstance(place, FilePlace):
        place.check()
    with _connected(place, clock, stays=True) as (outbox, connection):
        if isinstance(place, FilePlace):
            _bring_up_file(place, connection)
        with begin_to_read(connection):
            version = version_of(connection)
        if version is None:
            raise NoOutbox(place.name, "there is no outbox in it", "make one first, or name another")
        if version != HEAD:
            _bring_up(place, connection)
        with outbox.reading() as read:  # all of it at one moment: others may be writing
            _check_whole(read)
    return outbox


@contextmanager
def _connected(
    place: Place, clock: Clock, *, stays: bool = False
) -> Iterator[tuple[Outbox, Connection]]:
    """Connect; unless it stays, and all goes well, no connection is left behind."""
    engine = place.engine()
    with translate_errors(place.telling()):
        outbox = Outbox(place, engine, connection := engine.connect(), clock)
        try:
            yield outbox, connection
        except BaseException:
            outbox.close()
            raise
        if not stays:
            outbox.close()


def _bring_up_file(place: FilePlace, connection: Connection) -> None:
    """Take over a file of an earlier release; check that it is one of ours."""
    if _pragma(connection, "application_id") != _APPLICATION:
        raise NoOutbox(place.name, "this file is not an outbox", "name the file of an outbox")
    version = _pragma(connection, "user_version")
    if version in EARLIER:
        # A sender of the release that made it could not record the end of its attempt.
        with place.only_sender(PATIENCE), connection.begin():
            _check_integrity(connection)
            if _pragma(connection, "user_version") in EARLIER:  # nobody else was quicker
                adopt(connection)
        version = _pragma(connection, "user_version")
    if version != _VERSION:
        raise NoOutbox(
            place.name,
            f"it is of version {version}, this release reads {_VERSION}",
            "use the release that made it",
        )


def _bring_up(place: Place, connection: Connection) -> None:
    try:
        with connection.begin():
            bring_up(connection)
    except OfAnotherRelease:
        raise NoOutbox(
            place.name, "it is of another release", "use the release that made it, or a later one"
        ) from None


def _pragma(connection: Connection, name: str) -> object:
    if connection.in_transaction():
        return connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
    with begin_to_read(connection):
        return connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()


def _check_integrity(connection: Connection) -> None:
    if _pragma(connection, "integrity_check(1)") != "ok":
        raise NotAsWritten("the file is not as it was written")


def _check_whole(connection: Connection) -> None:
    """Check that the tables are those of this version, and that all is as it was written."""
    transitions = {tuple(row) for row in connection.execute(select(TRANSITION_ROWS))}
    expected = {(str(before), str(it)) for before, after in TRANSITIONS.items() for it in after}
    if transitions != expected:
        raise NotAsWritten("which state may follow which is not as it was written")
    for fault in faults(connection, of_cases=False):
        raise NotAsWritten(str(fault))
