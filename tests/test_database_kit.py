"""The ledger `database` passes the kit for ledgers, on SQLite and on PostgreSQL."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from databases import write_database
from postgres import Cluster, cluster  # noqa: F401 - a fixture is imported to be found

from huurschuld.hooks import Ledger
from huurschuld.plugins.database import open_database
from huurschuld.testing import LedgerAdapterTests, LedgerCapabilities, Rows


class Database(LedgerAdapterTests):
    """A database of any kind."""

    examples = 3
    capabilities = LedgerCapabilities(places=True)
    url: str

    def seed(self, rows: Rows) -> None:
        write_database(self.url, rows)

    def make_adapter(self) -> Ledger:
        return open_database(url=self.url)


class TestSqlite(Database):
    """A file of SQLite satisfies the whole kit."""

    @pytest.fixture(autouse=True)
    def _database(self) -> Iterator[None]:
        with tempfile.TemporaryDirectory() as folder:
            self.file = Path(folder, "erp.db")
            self.url = f"sqlite:///{self.file}"
            yield

    def spoil(self) -> None:
        self.file.write_bytes(self.file.read_bytes()[:-5000])


@pytest.mark.slow
class TestPostgresql(Database):
    """A database of PostgreSQL satisfies the whole kit."""

    @pytest.fixture(autouse=True)
    def _database(self, cluster: Cluster) -> None:  # noqa: F811 - the fixture that was imported
        self.cluster, self.name = cluster, cluster.new_database()
        self.url = cluster.url(self.name)

    def spoil(self) -> None:
        with self.cluster.connect() as owner:
            owner.execute(f"DROP DATABASE {self.name} WITH (FORCE)".encode())
