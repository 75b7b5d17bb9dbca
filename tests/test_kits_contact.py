"""Contact sources that are right pass the whole kit: one in memory, and `register`."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from broken_contacts import MemoryContactTests

from huurschuld.hooks import ContactSource
from huurschuld.plugins.register import COLUMNS, open_register
from huurschuld.testing import ContactSourceTests
from huurschuld.testing.kit import Broken


class TestMemory(MemoryContactTests):
    """A right contact source satisfies the kit."""


class TestNumbered(MemoryContactTests):
    """So does one with numbers for ids, that knows of no guardians."""

    without = ("care_of", "email")
    free_ids = False

    def id_of(self, number: int) -> str:
        return str(number)


class TestRegister(ContactSourceTests):
    """The contact source `register` satisfies the whole kit."""

    @pytest.fixture(autouse=True)
    def _in_a_folder(self, tmp_path_factory: pytest.TempPathFactory) -> None:
        self.file = Path(tmp_path_factory.mktemp("register"), "register.csv")

    def seed(self, rows: Sequence[Mapping[str, Any]]) -> None:
        with self.file.open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, COLUMNS)
            writer.writeheader()
            writer.writerows(rows)

    def make_source(self) -> ContactSource:
        return open_register(file=str(self.file))

    def spoil(self) -> None:
        self.file.write_bytes(b"tenancy,name\xff")


def test_only_what_is_optional_can_be_absent() -> None:
    """Without a name or an address nobody can be reached, so no kit may leave them out."""
    kit = type("Case", (MemoryContactTests,), {"without": ("name",)})()
    with pytest.raises(Broken, match="without names what is not optional: name"):
        kit.test_every_field_arrives()


def test_a_kit_that_spoils_nothing_has_not_checked_it() -> None:
    """Without `spoil` the check fails, and says how to leave it out openly: it is not passed over."""
    kit = type("Case", (MemoryContactTests,), {"spoil": ContactSourceTests.spoil})()
    with pytest.raises(NotImplementedError, match="leave the check out openly"):
        kit.test_a_source_that_cannot_be_read_is_an_error()
