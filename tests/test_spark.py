"""Portfolios in Spark: on a cluster of its own, in its files, and with what it has of its own."""

from __future__ import annotations

import datetime as dt
import json
import subprocess
import sys
import venv
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from libraries import BACK, GIVEN, LIBRARIES, spark_session
from spark_cluster import environment, spark_cluster
from test_check import portfolio as six
from test_frames_refused import AS_OF, POLICY, put

from huurschuld import Worklist, check, screen
from huurschuld.portfolio.checked_tables import CheckedTables
from huurschuld.portfolio.columnar import on_spark_tables
from huurschuld.portfolio.columnar.opening import Library, open_tables
from huurschuld.portfolio.folder import folder_ledger
from huurschuld.portfolio.ledger_tables import ledger_tables
from huurschuld.portfolio.screening import screen_ledger
from huurschuld.rules.policies import find_policy
from huurschuld.testing.sample import write_sample

[SPARK] = [it for it in LIBRARIES if it.values == ("spark",)]
pytestmark = [*SPARK.marks, pytest.mark.slow]
USUAL, DAY = find_policy("katwijk-2021"), dt.date(2026, 10, 20)  # as in spark_driver.py


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An invented portfolio as CSV, and beside it as Parquet."""
    folder = tmp_path_factory.mktemp("sample")
    write_sample(folder / "csv", tenancies=300, seed=7)
    (folder / "parquet").mkdir()
    for name, it in open_tables(folder_ledger(folder / "csv"), Library.POLARS).frames.items():
        it.collect().write_parquet(folder / "parquet" / f"{name}.parquet")
    return folder


def test_a_cluster_answers_as_polars(sample: Path, tmp_path: Path) -> None:
    """A master, two workers and a driver, each a process of its own: few jobs, and the same answers."""
    driver = [sys.executable, str(Path(__file__).with_name("spark_driver.py"))]
    with spark_cluster(tmp_path) as master:
        asked = [*driver, master, str(sample / "parquet"), str(sample / "csv"), str(tmp_path)]

        def run(**variables: str) -> tuple[dict[str, Any], str]:
            ended = subprocess.run(  # noqa: S603 - our own program
                asked, capture_output=True, text=True, check=True, env=environment(**variables)
            )
            return json.loads(ended.stdout), ended.stderr

        told, said = run(PYSPARK_PYTHON=sys.executable)
        venv.create(tmp_path / "bare", symlinks=True)
        without, _ = run(PYSPARK_PYTHON=str(tmp_path / "bare" / "bin" / "python"))
    assert told["executors"] == 2
    assert told["jobs"] <= 5
    assert told["stages"] <= 8
    assert "single partition" not in said
    tables = {it.stem: pl.scan_parquet(it) for it in (sample / "parquet").glob("*.parquet")}
    expected = screen(tables, USUAL, DAY, facts=True).collect().sort("tenancy")
    assert pl.read_parquet(tmp_path / "frames.parquet").sort("tenancy").equals(expected)
    listed = screen_ledger(folder_ledger(sample / "csv"), USUAL, DAY, {}, assume={}, decided=5)
    assert json.loads((tmp_path / "list.json").read_text()) == [it["tenancy"] for it in listed.rows]
    assert (told["screened"], told["decided"], told["undecided"]) == (300, 5, 0)
    assert "is not installed there; install huurschuld[spark] in their Python" in without["refused"]


def test_what_was_checked_stays_checked(sample: Path, tmp_path: Path) -> None:
    """The answer is the same, whichever library checked it."""
    ledger, checked = folder_ledger(sample / "csv"), CheckedTables(tmp_path / "c", b"sixteen characters")
    spark_session()

    def screened(library: Library) -> Worklist:
        return screen_ledger(
            ledger, USUAL, DAY, {}, assume={}, library=library, decided=0, checked=checked
        )

    first = screened(Library.SPARK)
    assert first.rows
    assert {"tenancies", "entries"} <= checked.look_at(ledger_tables(ledger)).known
    assert screened(Library.SPARK).rows == screened(Library.POLARS).rows == first.rows


ODD = ["'t Hof", "a\\", "\\N", "null", "NaN", " ", " b ", "#c", "\u00e9", "1e3", "--", "\t", "\\\\'"]
"""Ids that a reader of CSV may take for something else, and that need no quotes."""


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_a_plain_file_is_read_as_polars_reads_it(tmp_path: Path, line_end: str, mark: str) -> None:
    """Spark reads it by itself, wherever a reader could see more in a cell than is there."""
    for name, lines in {
        "tenancies": ["id;start;end;object", *(f"{it};2025-01-01;;{it}" for it in ODD)],
        "rents": ["tenancy;from;cents"],
        "entries": ["tenancy;id;kind"],
    }.items():
        text = mark + "".join(f"{it}{line_end}" for it in lines)
        (tmp_path / f"{name}.csv").write_bytes(text.encode())
    spark_session()
    ledger = folder_ledger(tmp_path)
    by_polars, by_spark = (open_tables(ledger, it).frames for it in (Library.POLARS, Library.SPARK))
    for name, frame in by_spark.items():
        assert [Path(it).name for it in frame.inputFiles()] == [f"{name}.csv"]
        assert pl.DataFrame(frame.toArrow()).equals(by_polars[name].collect())


def test_what_one_bucket_lacks_may_be_in_another(monkeypatch: pytest.MonkeyPatch) -> None:
    """What may only follow from another error is not told, wherever the other one is."""
    monkeypatch.setattr(on_spark_tables, "_BUCKET_SIZE", 1)
    tables = six()
    tables["rents"] = tables["rents"].filter(pl.col("tenancy") != "C")
    put("rents", "tenancy", "nobody", 0)(tables)
    found = BACK["spark"](check(GIVEN["spark"](tables), POLICY))
    assert found.select("table", "column").rows() == [("rents", "tenancy")]
    put("tenancies", "id", None, 1)(tables)
    found = BACK["spark"](check(GIVEN["spark"](tables), POLICY))
    assert found.select("table", "column").rows() == [("tenancies", "id")]


def test_the_session_stays_as_it_was() -> None:
    """Its settings and its interpreter; and names that differ in capitals alone are no matter."""
    session = spark_session()
    before = dict(session.conf.getAll), session.sparkContext.pythonExec
    tables = six()
    tables["tenancies"] = tables["tenancies"].with_columns(Wijk=pl.lit("a"), wijk=pl.lit("b"))
    found = screen(GIVEN["spark"](tables), POLICY, AS_OF, carry=["Wijk", "wijk"])
    assert found.columns[-2:] == ["Wijk", "wijk"]
    assert {(it[-2], it[-1]) for it in found.collect()} == {("a", "b")}
    assert (dict(session.conf.getAll), session.sparkContext.pythonExec) == before
