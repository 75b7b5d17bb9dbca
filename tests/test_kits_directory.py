"""Helper directories that are right pass the whole kit: one in memory, and `bip`."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

import pytest
from broken_directories import MemoryDirectoryTests

from huurschuld.hooks import HelperDirectory
from huurschuld.model.helpers import Helper
from huurschuld.plugins.bip import COLUMNS, open_bip
from huurschuld.testing import HelperDirectoryTests
from huurschuld.testing.kit import Broken


class TestMemory(MemoryDirectoryTests):
    """A right directory satisfies the kit."""


class TestByPhoneOnly(MemoryDirectoryTests):
    """So does one that knows telephone numbers only."""

    without = ("email", "website", "note")


class TestBip(HelperDirectoryTests):
    """The directory `bip` satisfies the whole kit."""

    @pytest.fixture(autouse=True)
    def _in_a_folder(self, tmp_path_factory: pytest.TempPathFactory) -> None:
        self.file = Path(tmp_path_factory.mktemp("bip"), "helpers.csv")

    def seed(self, helpers: Sequence[Helper]) -> None:
        with self.file.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(COLUMNS)
            for it in helpers:
                several = ("|".join(it.needs), "|".join(it.places))
                writer.writerow([it.name, *several, it.phone, it.email, it.website, it.note])

    def make_directory(self) -> HelperDirectory:
        return open_bip(table=str(self.file))

    def spoil(self) -> None:
        self.file.write_bytes(self.file.read_bytes() + b'"cut off')


def test_only_what_is_optional_can_be_absent() -> None:
    """A helper without needs helps nobody, so no kit may leave them out."""
    kit = type("Case", (MemoryDirectoryTests,), {"without": ("needs",)})()
    with pytest.raises(Broken, match="without names what is not optional: needs"):
        kit.test_every_helper_arrives_whole()
