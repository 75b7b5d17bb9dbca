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
from huurschuld.testing.ledger_outcomes import expect_many
from huurschuld.testing.ledger_portfolios import many
from huurschuld.testing.ledger_source import fill, read

pytestmark = pytest.mark.slow


class Database(LedgerAdapterTests):
    """A database of any kind."""

    examples = 3
    capabilities = LedgerCapabilities(places=True, page_size=100)
    url: str

    def seed(self, rows: Rows) -> None:
        write_database(self.url, rows)

    def make_adapter(self) -> Ledger:
        return open_database(url=self.url)

    @pytest.mark.slow
    def test_ten_thousand_tenancies_are_read_whole(self) -> None:
        """They are more than the rows that are in memory at once."""
        expected = fill(self, many(10_001))
        expect_many(read(self), expected)


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
