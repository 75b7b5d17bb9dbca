"""Tables that a ledger gives as files: read strictly or lazily, and located where a person can look."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from plugins_on_disk import Shelf

from huurschuld import (
    CsvFile,
    HuurschuldError,
    InvalidValue,
    ParquetFile,
    load_plugins,
    open_enricher,
    open_ledger,
    read_portfolio,
    screen,
)
from huurschuld.errors import Cell
from huurschuld.hooks import Ledger
from huurschuld.plugins.host import Host
from huurschuld.portfolio.columnar.opening import Library, open_tables

SOURCE = """
    import polars as pl
    from huurschuld import CsvFile, ParquetFile
    from huurschuld.errors import Cell
    from huurschuld.hooks import hookimpl

    class Export:
        def __init__(self, folder):
            self.folder = folder

        def tables(self):
            return {
                "tenancies": ParquetFile(f"{self.folder}/contracten.parquet"),
                "rents": pl.DataFrame({"tenancy": ["A1"], "from": ["2024-03-01"], "cents": [70_000]}),
                "entries": CsvFile(f"{self.folder}/boekingen.txt"),
            }

        def parts(self):
            return {"plans": CsvFile(f"{self.folder}/regelingen.txt")}

    class Locating(Export):
        def place(self, table, row, column):
            return Cell(f"view {table}", 1 if row is None else row + 100, column)

    @hookimpl
    def huurschuld_ledgers():
        return {"export": Export, "locating": Locating}

    @hookimpl
    def huurschuld_enrichers():
        return {"export": Export}
"""
ENTRIES = """tenancy,id,kind,due,cents
A1,"R
8",rent,2026-08-01,70000
A1,R9,rent,2026-09-01,CENTS
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The export of a system, with names of its own."""
    found = tmp_path / "export [2026]"
    found.mkdir()
    pl.DataFrame({"id": ["A1"], "start": ["2024-03-01"]}).write_parquet(found / "contracten.parquet")
    (found / "boekingen.txt").write_text(ENTRIES.replace("CENTS", "70000"), encoding="utf-8")
    (found / "regelingen.txt").write_text("tenancy,from\nA1,2026-09-01\n", encoding="utf-8")
    return found


@pytest.fixture(params=["here", "apart"])
def host(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Host]:
    """A host with these plugins, in this process or in one of their own."""
    shelf = Shelf(tmp_path, monkeypatch)
    shelf.add("export", SOURCE)
    if request.param == "apart":
        with shelf.load() as apart:
            yield apart
    else:
        yield load_plugins(["export"], shelf.points)


def refusal(ledger: Ledger) -> HuurschuldError:
    """Why a ledger is refused."""
    with pytest.raises(HuurschuldError) as caught:
        read_portfolio(ledger)
    return caught.value


def test_a_ledger_may_give_files_of_any_name(host: Host, folder: Path) -> None:
    """Wherever the plugin runs, they are read where they are, and any library can read them whole."""
    ledger = open_ledger(host, "export", folder=str(folder))
    (one,) = read_portfolio(ledger)
    assert [entry.id for entry in one.entries] == ["R\n8", "R9"]
    assert pl.DataFrame(ledger.tables()["entries"])["cents"].to_list() == ["70000", "70000"]
    assert pl.DataFrame(ledger.tables()["tenancies"]).rows() == [("A1", "2024-03-01")]
    plans = open_enricher(host, "export", folder=str(folder)).parts()["plans"]
    assert pl.DataFrame(plans).rows() == [("A1", "2026-09-01")]


def test_an_error_in_a_csv_file_names_its_line(host: Host, folder: Path) -> None:
    """Also if the ledger can locate rows, and if a row before it runs over two lines."""
    (folder / "boekingen.txt").write_text(ENTRIES.replace("CENTS", "6OO"), encoding="utf-8")
    for name in ("export", "locating"):
        error = refusal(open_ledger(host, name, folder=str(folder)))
        assert error.place == Cell("boekingen.txt", 4, "cents")


def test_an_error_in_a_parquet_file_names_the_file_or_what_the_ledger_says(
    host: Host, folder: Path
) -> None:
    """Its rows are counted as the lines of a CSV file would be."""
    pl.DataFrame({"id": ["A1"], "start": ["yesterday"]}).write_parquet(folder / "contracten.parquet")
    error = refusal(open_ledger(host, "export", folder=str(folder)))
    assert error.place == Cell("contracten.parquet", 2, "start")
    error = refusal(open_ledger(host, "locating", folder=str(folder)))
    assert error.place == Cell("view tenancies", 100, "start")


def test_an_error_in_a_stream_names_the_table(host: Host, folder: Path) -> None:
    """Even if it went from one process to another in a file."""
    pl.DataFrame({"id": ["B2"], "start": ["2024-03-01"]}).write_parquet(folder / "contracten.parquet")
    error = refusal(open_ledger(host, "export", folder=str(folder)))
    assert error.place == Cell("rents", 2, "tenancy")


def test_a_file_that_is_not_there_is_refused(host: Host, folder: Path) -> None:
    """Without its folder, which may be of a person."""
    for name in ("boekingen.txt", "contracten.parquet"):
        (folder / name).unlink()
        assert refusal(open_ledger(host, "export", folder=str(folder))).place == name


def test_a_table_that_does_not_belong_is_refused_unread(folder: Path) -> None:
    """A file says nothing of what a table is for."""

    class Wrong:
        def tables(self) -> dict[str, Any]:
            return {"kids": CsvFile(folder / "boekingen.txt")}

    assert str(refusal(Wrong())).startswith("unknown-field at kids: there is no such table")


def test_files_are_screened_as_frames_are(host: Host, folder: Path) -> None:
    """So is whatever a ledger gives, without a library of one's own."""
    tables: dict[str, Any] = dict(open_ledger(host, "export", folder=str(folder)).tables())
    tables["rents"] = pl.DataFrame(tables["rents"])
    assert screen(tables, "bgs-2021", dt.date(2026, 10, 20)).shape[0] == 1


def test_only_what_is_needed_of_a_file_is_read(folder: Path) -> None:
    """Parquet is opened lazily, and so is a CSV file that needs no care."""
    (folder / "boekingen.txt").write_text(ENTRIES.replace("CENTS", "1").replace('"R\n8"', "R8"), "utf-8")

    class Lazy:
        def tables(self) -> dict[str, Any]:
            return {
                "tenancies": ParquetFile(folder / "contracten.parquet"),
                "rents": pl.DataFrame({"tenancy": ["A1"]}),
                "entries": CsvFile(folder / "boekingen.txt"),
            }

    frames = open_tables(Lazy(), Library.POLARS).frames
    assert "Parquet SCAN" in frames["tenancies"].explain()
    assert "Csv SCAN" in frames["entries"].explain()


def test_a_file_read_whole_fails_as_an_arrow_stream_does(folder: Path) -> None:
    """The error is of huurschuld, whatever library reads the file."""
    (folder / "contracten.parquet").write_bytes(b"PAR1")
    with pytest.raises(InvalidValue, match=r"contracten\.parquet: this is not a Parquet file"):
        pl.DataFrame(ParquetFile(folder / "contracten.parquet"))
    (folder / "boekingen.txt").write_text("tenancy\nA1", encoding="utf-8")
    with pytest.raises(InvalidValue, match="the last line may have been cut off"):
        pl.DataFrame(CsvFile(folder / "boekingen.txt"))
