"""What makes a library panic is refused before: a panic prints cells, and can end the process."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from libraries import GIVEN, LIBRARIES
from tables import Given
from test_frames_refused import portfolio

from huurschuld import CsvFile, HuurschuldError, read_portfolio, screen
from huurschuld.cli import main
from huurschuld.portfolio.columnar.opening import Library
from huurschuld.portfolio.screening import screen_ledger
from huurschuld.rules.policies import find_policy

pa: Any = pytest.importorskip("pyarrow")

AS_OF = dt.date(2026, 10, 20)
CANARY = "Jansen"
NUL = b"tenancy,da\0te Jansen\nA,2020-01-01\n"
NOT_UTF8 = pa.Array.from_buffers(
    pa.string(),
    1,
    [None, pa.py_buffer(b"\0\0\0\0\x08\0\0\0"), pa.py_buffer(b"Jansen\xff\xff")],
)


def by_ledger(library: Library) -> Callable[[Mapping[str, Any]], object]:
    """A screening as the command line makes it."""

    def way(tables: Mapping[str, Any]) -> object:
        policy = find_policy("katwijk-2021")
        return screen_ledger(Given(tables), policy, AS_OF, {}, assume={}, library=library)

    return way


WAYS: Mapping[str, Callable[[Mapping[str, Any]], object]] = {
    "read_portfolio": lambda tables: list(read_portfolio(Given(tables))),
    "screen": lambda tables: screen(dict(tables), "katwijk-2021", AS_OF),
    "polars": by_ledger(Library.POLARS),
    "duckdb": by_ledger(Library.DUCKDB),
}


def refusal(way: Callable[[], object], capfd: pytest.CaptureFixture[str]) -> str:
    """What is said, and by nobody else than us."""
    with pytest.raises(HuurschuldError) as caught:
        way()
    assert capfd.readouterr().err == ""
    assert CANARY not in str(caught.value)
    assert (caught.value.__cause__, caught.value.__context__) == (None, None)
    return str(caught.value)


def of_way(name: str) -> Callable[[Mapping[str, Any]], object]:
    """One of the ways, if its library is there."""
    if name == "duckdb":
        pytest.importorskip("duckdb")
    return WAYS[name]


@pytest.mark.parametrize("way", WAYS)
def test_a_nul_in_a_heading_names_file_line_and_column(
    way: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Also of a file that is not called as its table is."""
    found = of_way(way)
    for name in ("objections.csv", "bezwaren.csv"):
        (tmp_path / name).write_bytes(NUL)
        tables = {**portfolio(), "objections": CsvFile(tmp_path / name)}
        said = refusal(lambda given=tables: found(given), capfd)  # type: ignore[misc]
        assert f"{name}, line 1, column 2: the name of this column holds a NUL" in said


@pytest.mark.parametrize("way", ["read_portfolio", "polars", "duckdb"])
def test_so_does_one_of_a_frame(way: str, capfd: pytest.CaptureFixture[str]) -> None:
    """As far as it has lines."""
    odd = portfolio()["objections"].rename({"date": "da\0te Jansen"})
    said = refusal(lambda: of_way(way)({**portfolio(), "objections": odd}), capfd)
    assert "objections, column 2: the name of this column holds a NUL" in said


def test_a_nul_in_a_cell_is_told_with_its_column(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """With `--quarantine` too, although nobody knows whose rows are in a damaged line."""
    for name, it in portfolio().items():
        it.write_csv(tmp_path / f"{name}.csv")
    (tmp_path / "objections.csv").write_bytes(b"tenancy,date\nA,2020-01\0-01 Jansen\n")
    given = ["screen", str(tmp_path), "--policy", "katwijk-2021", "--as-of", "2026-10-20"]
    for more in ([], ["--quarantine", str(tmp_path.parent / "aside.csv")]):
        assert main([*given, *more]) == 2
        said = capfd.readouterr().err
        assert said.startswith("huurschuld: invalid-value at objections.csv, line 2, column date: ")
        assert CANARY not in said


def test_whoever_reads_such_a_file_as_arrow_is_told_and_goes_on(tmp_path: Path) -> None:
    """A panic within Arrow would end the process; so this runs in one of its own."""
    (tmp_path / "x.csv").write_bytes(NUL)
    portfolio()["objections"].rename({"date": "da\0te Jansen"}).write_parquet(tmp_path / "x.parquet")
    script = f"""
import polars as pl
from huurschuld import CsvFile, ParquetFile, HuurschuldError
for file in (CsvFile({str(tmp_path / "x.csv")!r}), ParquetFile({str(tmp_path / "x.parquet")!r})):
    try:
        pl.DataFrame(file)
    except HuurschuldError as error:
        print(error)
"""
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)  # noqa: S603 - our own program
    assert ended.stderr == ""
    first, second = ended.stdout.splitlines()
    assert "x.csv, line 1, column 2" in first
    assert "x.parquet, column 2" in second


@pytest.mark.parametrize("way", ["read_portfolio", "polars", "duckdb"])
@pytest.mark.parametrize("categories", [False, True])
def test_bytes_that_are_not_utf8_are_refused_at_their_column(
    way: str, categories: bool, capfd: pytest.CaptureFixture[str]
) -> None:
    """Arrow hands them over unseen, and polars panics where it meets them."""
    its = NOT_UTF8
    if categories:
        its = pa.DictionaryArray.from_arrays(pa.array([0], pa.int32()), NOT_UTF8)
    odd = pa.table({"tenancy": its, "date": ["2025-01-01"]})
    said = refusal(lambda: of_way(way)({**portfolio(), "objections": odd}), capfd)
    assert "objections, column tenancy: " in said


def test_so_are_those_of_a_table_of_pyarrow(capfd: pytest.CaptureFixture[str]) -> None:
    """Which polars takes over as they are."""
    given = {name: it.to_arrow() for name, it in portfolio().items()}
    given["children"] = pa.table({"tenancy": ["A"], "born": NOT_UTF8})
    said = refusal(lambda: screen(given, "katwijk-2021", AS_OF), capfd)
    assert "children, column born: a text in this column is not UTF-8" in said


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("day", [2**31 - 1, -(2**31), 10**8, 2_932_897])
def test_a_day_far_beyond_the_calendar_is_refused_as_a_day(
    library: str, day: int, capfd: pytest.CaptureFixture[str]
) -> None:
    """It is not called empty, though it has no year that a library can tell."""
    days = pl.Series([day] * portfolio()["children"].height, dtype=pl.Int32).cast(pl.Date)
    given = {**portfolio(), "children": portfolio()["children"].with_columns(born=days)}
    if library == "spark":
        pytest.skip("its days end before these")
    said = refusal(lambda: screen(GIVEN[library](given), "katwijk-2021", AS_OF), capfd)
    assert "children, line 2, column born: a calendar day from 1900-01-01" in said


@pytest.mark.parametrize("way", ["read_portfolio", "polars", "duckdb"])
def test_a_stream_that_can_be_read_once_is_read_once(way: str) -> None:
    """However much is checked of it."""

    class Once:
        def __init__(self, frame: pl.DataFrame) -> None:
            self.frame: pl.DataFrame | None = frame

        def __arrow_c_stream__(self, requested_schema: object = None) -> object:
            assert self.frame is not None
            found, self.frame = self.frame, None
            return found.__arrow_c_stream__(requested_schema)

    assert of_way(way)({name: Once(it) for name, it in portfolio().items()})


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    "cents", [pl.lit(2**63 - 1, pl.Int64), pl.lit(2**64 - 1, pl.UInt64), pl.lit(2**100, pl.Int128)]
)
def test_sums_beyond_any_number_are_refused_at_their_column(
    way: str, cents: pl.Expr, capfd: pytest.CaptureFixture[str]
) -> None:
    """Before they are added up."""
    odd = portfolio()["entries"].with_columns(cents=cents)
    said = refusal(lambda: of_way(way)({**portfolio(), "entries": odd}), capfd)
    assert "entries" in said
    assert "column cents: " in said
