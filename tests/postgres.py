"""A PostgreSQL of the tests' own: a cluster in a temporary folder, reached by a socket in it alone."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any, Final

import psycopg
import pytest
from attrs import field, frozen

SUPERUSER: Final = "postgres"
_NUMBERS: Final = count(1)
_SETTINGS: Final = ("listen_addresses=''", "fsync=off", "max_connections=40", "timezone=UTC")


@frozen
class Cluster:
    """A running cluster.

    Attributes:
        folder: where its socket is.
        programs: where the programs of PostgreSQL are.
    """

    folder: Path
    programs: Path
    _user: str | None = field(repr=False)

    def url(self, database: str = "postgres", user: str = SUPERUSER) -> str:
        """The URL of a database in it."""
        return f"postgresql+psycopg://{user}@/{database}?host={self.folder}"

    def connect(self, database: str = "postgres", user: str = SUPERUSER) -> psycopg.Connection[Any]:
        """A connection of the tests' own, to a database in it."""
        return psycopg.connect(
            host=str(self.folder), dbname=database, user=user, autocommit=True, application_name="tests"
        )

    def new_database(self) -> str:
        """The name of a database that is empty."""
        name = f"d{next(_NUMBERS)}"
        with self.connect() as connection:
            connection.execute(f"CREATE DATABASE {name}".encode())
        return name

    def readers(self) -> int:
        """How many connections of huurschuld there are; one that is ending is waited for."""
        query = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'huurschuld'"
        with self.connect() as connection:
            for _ in range(100):
                [found] = connection.execute(query).fetchone() or (0,)
                if not found:
                    break
                time.sleep(0.02)
        return int(found)

    def stop(self) -> None:
        """Stop it at once, as if the power went."""
        self.run("pg_ctl", "-D", self.folder / "data", "-m", "immediate", "stop")

    def start(self) -> None:
        """Start it again after it was stopped."""
        data = self.folder / "data"
        settings = " ".join(f"-c {it}" for it in (*_SETTINGS, f"unix_socket_directories={self.folder}"))
        self.run("pg_ctl", "-D", data, "-w", "-l", self.folder / "log", "-o", settings, "start")

    def _make(self) -> None:
        data = self.folder / "data"
        self.run("initdb", "-D", data, "-U", SUPERUSER, "-A", "trust", "-E", "UTF8", "--locale=C", "-N")

    def run(self, program: str, *arguments: object) -> None:
        """Run a program of PostgreSQL, such as one that makes a backup."""
        # It does not run as root, which the tests may.
        subprocess.run(  # noqa: S603 - a program of PostgreSQL
            [str(self.programs / program), *map(str, arguments)],
            check=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=self.folder,
            user=self._user,
        )


def programs() -> Path | None:
    """Where initdb and pg_ctl are: on the path, or where Debian keeps them."""
    on_path = shutil.which("pg_ctl")
    if on_path is not None and shutil.which("initdb") is not None:
        return Path(on_path).resolve().parent
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda it: int(it.parent.name))
    return found[-1] if found else None


@contextmanager
def running() -> Iterator[Cluster]:
    """A cluster, removed at the end; a test is skipped where there is no PostgreSQL."""
    found = programs() if os.name == "posix" else None
    if found is None:
        pytest.skip("the programs of a PostgreSQL server are not installed")
    user = SUPERUSER if os.geteuid() == 0 else None
    with tempfile.TemporaryDirectory(prefix="huurschuld-pg-") as name:
        folder = Path(name)
        if user is not None:
            try:
                shutil.chown(folder, user)
            except LookupError:
                pytest.skip(f"PostgreSQL does not run as root, and there is no user {user}")
        cluster = Cluster(folder, found, user)
        try:
            cluster._make()
            cluster.start()
            yield cluster
        finally:
            if (folder / "data" / "postmaster.pid").exists():
                cluster.stop()


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """One cluster for all tests of a process."""
    with running() as found:
        yield found


@pytest.fixture
def database(cluster: Cluster) -> str:
    """The name of a new database."""
    return cluster.new_database()
