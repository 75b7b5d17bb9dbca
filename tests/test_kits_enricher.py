"""Enrichers that are right pass the whole kit: one in memory, and the folder in both formats."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from broken_enrichers import GIVES, PARTS, MemoryEnricherTests
from tables import frames

from huurschuld.hooks import Enricher
from huurschuld.plugins.portfolio import open_parts
from huurschuld.testing import EnricherTests, LedgerCapabilities, Rows
from huurschuld.testing.kit import Broken, checks_of


class TestMemory(MemoryEnricherTests):
    """A right enricher satisfies the kit."""


class TestObjections(MemoryEnricherTests):
    """So does one that gives one table only."""

    gives = ("objections",)


class TestDeaths(MemoryEnricherTests):
    """So does one that gives one column of `tenancies`, by numbers for ids."""

    gives = ("tenancies.deceased", "signals")
    capabilities = LedgerCapabilities(id_letters="0123456789", longest_id=9, max_cents=999_999)

    def make_enricher(self) -> Enricher:
        return _Only(super().make_enricher(), ["id", "deceased"])


@pytest.mark.parametrize("gives", [(it,) for it in PARTS] + [("tenancies.children_known", "children")])
def test_whatever_an_enricher_gives_it_can_be_checked(gives: tuple[str, ...]) -> None:
    """Each table by itself, and what is known of children together with them."""

    class _These(MemoryEnricherTests):
        def make_enricher(self) -> Enricher:
            return _Only(super().make_enricher(), ["id", "children_known"])

    its: Any = type("Case", (_These,), {"gives": gives, "many": 150})()
    for check in checks_of(_These):
        getattr(its, check)()


class _Only:
    """An enricher that gives these columns of `tenancies`, and all of the rest."""

    def __init__(self, enricher: Any, columns: list[str]) -> None:
        self._enricher, self._columns = enricher, columns

    def parts(self) -> dict[str, Any]:
        found = dict(self._enricher.parts())
        if "tenancies" in found:
            found["tenancies"] = found["tenancies"].select(self._columns)
        return found


class Narrow(MemoryEnricherTests):
    """One that records only a part of contacts and objections, so that both are unknown."""

    gives = ("contacts", "objections")
    capabilities = LedgerCapabilities(without={"contacts.debt_help", "objections.standing"})

    def make_enricher(self) -> Enricher:
        its: Any = super().make_enricher()
        lost, parts = self.lost, its.parts
        its.parts = lambda: {
            name: frame.drop("debt_help", "standing", strict=False)[lost:]
            for name, frame in parts().items()
        }
        return its  # type: ignore[no-any-return]

    lost = 0


class TestNarrow(Narrow):
    """So does one that does not record everything."""


def test_what_is_lost_of_a_part_that_is_not_wholly_recorded_is_seen() -> None:
    """A part that is unknown without assumptions is compared with them: it is not taken on trust."""
    kit = type("Case", (Narrow,), {"lost": 1})()
    with pytest.raises(Broken, match="instead of"):
        kit.test_every_row_arrives()


class Folder(EnricherTests):
    """The folder of tables, in either format."""

    examples = 10
    gives = GIVES
    form: str

    @pytest.fixture(autouse=True)
    def _folder(self) -> Iterator[None]:
        with tempfile.TemporaryDirectory() as folder:
            self.folder = Path(folder, "parts")
            yield

    def seed(self, rows: Rows) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir()
        for name, frame in frames(rows).items():
            given = frame.drop("start", "end", "object", strict=False) if name == "tenancies" else frame
            getattr(given, f"write_{self.form}")(self.folder / f"{name}.{self.form}")

    def make_enricher(self) -> Enricher:
        return open_parts(folder=str(self.folder))

    def spoil(self) -> None:
        for path in self.folder.iterdir():
            path.write_bytes(path.read_bytes()[:-9])


class TestCsv(Folder):
    """The enricher `portfolio` satisfies the whole kit with CSV files."""

    form = "csv"


class TestParquet(Folder):
    """The enricher `portfolio` satisfies the whole kit with Parquet files."""

    form = "parquet"


@pytest.mark.parametrize(
    ("gives", "problem"),
    [
        ((), "gives names nothing"),
        (("rents",), "gives names what is no table"),
        (("tenancies.start",), "gives names what is no table"),
        (("objection",), "gives names what is no table"),
    ],
)
def test_what_an_enricher_cannot_give_is_an_error(gives: Iterable[str], problem: str) -> None:
    """A kit that checks nothing, by mistake or because of a misspelt name, does not pass."""
    kit = type("Case", (MemoryEnricherTests,), {"gives": gives})()
    with pytest.raises(Broken, match=problem):
        kit.test_every_row_arrives()


def test_a_misspelt_row_is_named() -> None:
    """What huurschuld says of the rows is in the message: code, place and problem."""

    class _Misspells(MemoryEnricherTests):
        gives = ("objections",)

        def make_enricher(self) -> Enricher:
            its: Any = super().make_enricher()
            rows = [row | {"date": "1-2-2026"} for row in its.store["objections"]]
            its.parts = lambda: frames({"objections": []}) | {"objections": _texts(rows)}
            return its  # type: ignore[no-any-return]

    with pytest.raises(Broken, match=r"invalid-value at the enricher: objections.*calendar day"):
        _Misspells().test_every_row_arrives()


def _texts(rows: list[dict[str, Any]]) -> Any:
    import polars as pl  # noqa: PLC0415 - for this alone

    return pl.DataFrame([{name: it and str(it).lower() for name, it in row.items()} for row in rows])
