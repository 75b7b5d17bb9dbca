"""Ledgers that are right pass the whole kit: one in memory, and the folder of tables in both formats."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from tables import frames, write_csv, write_parquet

from huurschuld.hooks import Ledger
from huurschuld.plugins.portfolio import open_folder
from huurschuld.testing import LedgerAdapterTests, LedgerCapabilities, Rows


class Memory:
    """A ledger of rows that are held in memory."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def tables(self) -> dict[str, Any]:
        return frames(self._rows)


class TestMemory(LedgerAdapterTests):
    """A ledger in memory satisfies the whole kit."""

    examples = 10

    def seed(self, rows: Rows) -> None:
        self.rows = deepcopy(rows)

    def make_adapter(self) -> Ledger:
        return Memory(self.rows)


class Folder(LedgerAdapterTests):
    """The folder of tables, in either format."""

    examples = 10
    capabilities = LedgerCapabilities(scans=True, places=True)
    write: Any

    @pytest.fixture(autouse=True)
    def _folder(self) -> Iterator[None]:
        with tempfile.TemporaryDirectory() as folder:
            self.folder = Path(folder, "portfolio")
            yield

    def seed(self, rows: Rows) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)
        type(self).write(self.folder, rows)

    def make_adapter(self) -> Ledger:
        return open_folder(folder=str(self.folder))

    def spoil(self) -> None:
        for path in self.folder.iterdir():
            path.write_bytes(path.read_bytes()[:-9])


class TestCsv(Folder):
    """The folder of CSV files satisfies the whole kit."""

    write = staticmethod(write_csv)


class TestParquet(Folder):
    """The folder of Parquet files satisfies the whole kit."""

    write = staticmethod(write_parquet)
