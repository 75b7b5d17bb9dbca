"""Parquet files of any type, and damaged ones: accepted, or one named error with file and column.

By every way in. An empty table has no cells, so the types of its columns do not matter, as in CSV.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import importlib.util
import random
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from libraries import LIBRARIES, spark_session
from portfolio_files import screened
from test_frames_refused import portfolio

from huurschuld import HuurschuldError, ParquetFile, read_portfolio, screen
from huurschuld.cli import main
from huurschuld.plugins.portfolio import open_folder
from huurschuld.portfolio.columnar.opening import Library
from huurschuld.portfolio.schema import COLUMNS

pa: Any = pytest.importorskip("pyarrow")
pq: Any = pytest.importorskip("pyarrow.parquet")

CANARY = "mevrouw Jansen"
"""Part of every tenancy's id."""
AS_OF = dt.date(2026, 10, 20)
TYPES: Mapping[str, Any] = {
    "int8": pa.int8(),
    "int64": pa.int64(),
    "uint64": pa.uint64(),
    "float64": pa.float64(),
    "bool": pa.bool_(),
    "string": pa.string(),
    "large_string": pa.large_string(),
    "string_view": pa.string_view(),
    "binary": pa.binary(),
    "fixed_size_binary": pa.binary(4),
    "date32": pa.date32(),
    "date64": pa.date64(),
    "timestamp": pa.timestamp("us"),
    "timestamp with zone": pa.timestamp("us", tz="Europe/Amsterdam"),
    "time32": pa.time32("ms"),
    "time64": pa.time64("us"),
    "duration": pa.duration("us"),
    "decimal128": pa.decimal128(10, 2),
    "decimal256": pa.decimal256(50, 2),
    "list": pa.list_(pa.int64()),
    "list of fixed size": pa.list_(pa.int64(), 2),
    "struct": pa.struct([("a", pa.string())]),
    "map": pa.map_(pa.string(), pa.int64()),
    "dictionary": pa.dictionary(pa.int32(), pa.string()),
    "dictionary of numbers": pa.dictionary(pa.int32(), pa.int64()),
    "null": pa.null(),
}
REFUSED = object()
"""What a command comes to that says why in one line."""
Way = Callable[[Path], object]


def by_frames(load: Callable[[Path], Any], collected: Callable[[Any], object] = lambda it: it) -> Way:
    """Screen what a library reads from the files."""

    def way(folder: Path) -> object:
        tables = {}
        for path in folder.glob("*.parquet"):
            try:
                tables[path.stem] = load(path)
            except BaseException as error:  # noqa: BLE001 - also a panic; it is told by its kind alone
                pytest.skip(f"{type(error).__name__}: the library does not open the file for its user")
        return collected(screen(tables, "katwijk-2021", AS_OF))

    return way


def with_duckdb(folder: Path) -> object:
    """Screen relations of one connection of DuckDB."""
    import duckdb  # noqa: PLC0415 - it need not be there

    connection = duckdb.connect()
    return by_frames(lambda it: connection.read_parquet(str(it)), lambda result: result.fetchall())(
        folder
    )


def with_pandas(folder: Path) -> object:
    """Screen dataframes of pandas."""
    import pandas as pd  # noqa: PLC0415 - it need not be there

    return by_frames(lambda it: pd.read_parquet(it, dtype_backend="pyarrow"))(folder)


def with_spark(folder: Path) -> object:
    """Screen dataframes of Spark."""
    session = spark_session()
    return by_frames(lambda it: session.read.parquet(str(it)), lambda result: result.collect())(folder)


def by_command(*more: str) -> Way:
    """On the command line; its error comes back as one."""

    def way(folder: Path) -> object:
        aside = ["--quarantine", str(folder.parent / "aside.csv")]
        given = [it for name in more for it in (aside if name == "--quarantine" else [name])]
        code = main(["screen", str(folder), "--policy", "katwijk-2021", "--as-of", f"{AS_OF}", *given])
        assert code in (0, 1, 2)
        return REFUSED if code == 2 else code

    return way


FRAMES: Mapping[str, Way] = {
    "polars": by_frames(pl.read_parquet),
    "polars-lazy": by_frames(pl.scan_parquet),
    "pandas": with_pandas,
    "pyarrow": by_frames(pq.read_table),
    "duckdb": with_duckdb,
    "spark": with_spark,
}
LEDGERS: Mapping[str, Way] = {
    "read_portfolio": lambda folder: list(read_portfolio(open_folder(folder=str(folder)))),
    "files": by_frames(ParquetFile),
    "screen": by_command(),
    "screen --quarantine": by_command("--quarantine"),
}
EVERY: Mapping[str, Way] = {**LEDGERS, **{it: FRAMES[it] for it in ("polars", "polars-lazy", "pyarrow")}}
QUICK: Mapping[str, Way] = {it: EVERY[it] for it in ("read_portfolio", "screen --quarantine", "polars")}
"""One of each sort; the others are tried where there is time."""
SOME = [it if it in QUICK else pytest.param(it, marks=pytest.mark.slow) for it in EVERY]


@cache
def tables() -> dict[str, pl.DataFrame]:
    """Three tenancies with something in every table, whose ids are names of people."""
    return {
        name: it.with_columns(pl.format(f"{CANARY} {{}}", key).alias(key))
        for name, it in portfolio().items()
        for key in ["id" if name == "tenancies" else "tenancy"]
    }


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The tables as Parquet files."""
    made = tmp_path / "mine"
    made.mkdir()
    for name, it in tables().items():
        it.write_parquet(made / f"{name}.parquet")
    return made


def told(way: Way, folder: Path, capfd: pytest.CaptureFixture[str]) -> str:
    """What is said of a refusal; nothing if there is none. It holds no id, and no traceback."""
    error: HuurschuldError | None = None
    try:
        code = way(folder)
    except HuurschuldError as raised:
        code, error = None, raised
    shown = capfd.readouterr()
    said = shown.err if error is None else str(error)
    if error is not None:
        assert error.code != "internal-error"
        assert (error.__cause__, error.__context__) == (None, None)
    assert "Traceback" not in shown.err
    assert CANARY not in shown.err
    assert CANARY not in said
    return said if error is not None or code is REFUSED else ""


def with_type(table: str, column: str, of: Any, values: list[Any] | None = None) -> Any:
    """A table in which a column has another type: without rows, or with these values."""
    given = tables()[table].head(0 if values is None else len(values)).to_arrow()
    at = given.schema.get_field_index(column)
    return given.set_column(at, column, pa.array(values or [], of))


def written(file: Path, given: Any) -> bool:
    """Write a table; some versions of PyArrow cannot write every type."""
    try:
        pq.write_table(given, file)
    except (pa.ArrowNotImplementedError, pa.ArrowInvalid):
        return False
    return True


# --- tables without rows ----------------------------------------------------------------------------

OPTIONAL = [name for name in COLUMNS if name not in ("tenancies", "rents", "entries")]


@pytest.mark.parametrize("way", SOME)
@pytest.mark.parametrize("name", TYPES)
def test_an_empty_table_of_any_type_is_an_empty_table(
    folder: Path, way: str, name: str, capfd: pytest.CaptureFixture[str]
) -> None:
    """In the column that names the tenancy, as everything is looked up by that."""
    file = folder / "objections.parquet"
    if not written(file, with_type("objections", "tenancy", TYPES[name])):
        pytest.skip("this version of PyArrow does not write it")
    assert told(EVERY[way], folder, capfd) == ""


@pytest.mark.slow
@pytest.mark.parametrize("table", COLUMNS)
def test_so_is_one_with_any_type_in_any_column(
    folder: Path, table: str, capfd: pytest.CaptureFixture[str]
) -> None:
    """Or it is refused because rents or tenancies are missing, and then by the name of a file."""
    names = tables()[table].columns
    for of in TYPES.values():
        if written(folder / f"{table}.parquet", pa.table({it: pa.array([], of) for it in names})):
            for way in ("read_portfolio", "polars"):
                said = told(EVERY[way], folder, capfd)
                if table in OPTIONAL or table == "entries":
                    assert said == ""
                else:
                    assert "tenancies" in said or "rents" in said


@pytest.mark.slow
@pytest.mark.parametrize("name", LIBRARIES)
@pytest.mark.parametrize("of", ["int64", "decimal128", "list", "binary", "null"])
def test_so_it_is_in_every_library(
    folder: Path, name: str, of: str, capfd: pytest.CaptureFixture[str]
) -> None:
    """Where the seen fault was: comparing a number to the ids quoted these."""
    written(folder / "objections.parquet", with_type("objections", "tenancy", TYPES[of]))
    assert told(FRAMES[name], folder, capfd) == ""


@pytest.mark.slow
@pytest.mark.parametrize("of", ["int64", "list"])
def test_so_it_is_for_a_command_that_works_in_duckdb(
    folder: Path, of: str, capfd: pytest.CaptureFixture[str]
) -> None:
    """Which decides again on the rows that it shows."""
    pytest.importorskip("duckdb")
    written(folder / "objections.parquet", with_type("objections", "tenancy", TYPES[of]))
    assert told(by_command("--backend", "duckdb"), folder, capfd) == ""


# --- types that nobody expects, with values ----------------------------------------------------------

VALUES: Mapping[str, list[Any]] = {
    "float64": [1.5],
    "bool": [True],
    "binary": [CANARY.encode()],
    "timestamp": [dt.datetime(2025, 1, 1)],  # noqa: DTZ001 - without a zone
    "timestamp with zone": [dt.datetime(2025, 1, 1, tzinfo=dt.UTC)],
    "time64": [dt.time(12)],
    "duration": [dt.timedelta(1)],
    "decimal128": [1],
    "decimal256": [10**40],
    "list": [[1]],
    "list of fixed size": [[1, 2]],
    "struct": [{"a": CANARY}],
    "map": [[(CANARY, 1)]],
    "dictionary of numbers": [5],
}


@pytest.mark.parametrize("way", SOME)
@pytest.mark.parametrize("name", VALUES)
def test_a_value_of_a_type_that_nobody_expects_is_refused_at_its_column(
    folder: Path, way: str, name: str, capfd: pytest.CaptureFixture[str]
) -> None:
    """By the file, or by the table where there is no file, and by the column."""
    if not written(
        folder / "signals.parquet", with_type("signals", "tenancy", TYPES[name], VALUES[name])
    ):
        pytest.skip("this version of PyArrow does not write it")
    said = told(EVERY[way], folder, capfd)
    assert "signals" in said
    assert "column tenancy" in said


# --- damaged files -----------------------------------------------------------------------------------


def damaged(folder: Path, seed: int) -> tuple[str, bytes]:
    """Four bytes of one of the files are others; its table, and what it was before."""
    dice = random.Random(seed)
    table = dice.choice(sorted(tables()))
    file = folder / f"{table}.parquet"
    before = file.read_bytes()
    at = dice.randrange(len(before) - 4)
    file.write_bytes(before[:at] + dice.randbytes(4) + before[at + 4 :])
    return table, before


def survived(folder: Path, ways: Mapping[str, Way], seeds: range, capfd: Any) -> int:
    """How many of the damaged files were refused; every one that was, by the name of its table."""
    refused = 0
    for seed in seeds:
        table, before = damaged(folder, seed)
        for way in ways.values():
            with contextlib.suppress(pytest.skip.Exception):
                said = told(way, folder, capfd)
                refused += said != ""
                assert said == "" or table in said or "tenanc" in said
        (folder / f"{table}.parquet").write_bytes(before)
    return refused


def test_four_bytes_that_are_damaged_are_told_of_their_file(
    folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Anywhere in it; or nothing was wrong, as where statistics are that nobody reads."""
    ways = {it: EVERY[it] for it in ("read_portfolio", "polars-lazy")}
    assert survived(folder, ways, range(25), capfd) > 25


@pytest.mark.slow
def test_so_are_hundreds_by_every_way_in(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """The same dice every time."""
    assert survived(folder, EVERY, range(1_000, 1_150), capfd) > 300


@pytest.mark.slow
def test_so_they_are_in_duckdb(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Its messages quote cells, and are not passed on."""
    if importlib.util.find_spec("duckdb") is None:
        pytest.skip("duckdb is not installed")
    ways = {"frames": with_duckdb, "command": by_command("--backend", "duckdb")}
    assert survived(folder, ways, range(2_000, 2_020), capfd) > 10


@pytest.mark.parametrize("way", ["read_portfolio", "files", "screen", "screen --quarantine"])
@pytest.mark.parametrize("what", ["nothing", "text", "without its end", "without its beginning"])
def test_what_is_no_parquet_file_is_told_of_its_file(
    folder: Path, way: str, what: str, capfd: pytest.CaptureFixture[str]
) -> None:
    """Empty, of another kind, or cut off."""
    file = folder / "plans.parquet"
    data = file.read_bytes()
    contents = {
        "nothing": b"",
        "text": f"tenancy,from\n{CANARY},2025-01-01\n".encode(),
        "without its end": data[:-7],
        "without its beginning": data[9:],
    }
    file.write_bytes(contents[what])
    said = told(LEDGERS[way], folder, capfd)
    assert "plans.parquet" in said


def test_frames_of_a_damaged_file_name_the_table_and_the_column(folder: Path) -> None:
    """Polars reads a file when `screen` asks it to, and says neither."""
    file = folder / "entries.parquet"
    tables()["entries"].write_parquet(file, compression="uncompressed")
    data = file.read_bytes()
    at = data.index(b"payment")
    file.write_bytes(data[: at - 4] + b"\xff\xff\xff\x7f" + data[at:])
    lazy = {it.stem: pl.scan_parquet(it) for it in folder.glob("*.parquet")}
    with pytest.raises(HuurschuldError, match=r"entries, column kind: polars could not read or process"):
        screen(lazy, "katwijk-2021", AS_OF)
    with pytest.raises(HuurschuldError, match=r"entries\.parquet, column kind: polars could not"):
        read_portfolio(open_folder(folder=str(folder)))
    with pytest.raises(HuurschuldError, match=r"entries\.parquet, column kind: polars could not"):
        screened(folder, library=Library.POLARS)


@pytest.fixture(autouse=True)
def _nothing_is_left(capfd: pytest.CaptureFixture[str]) -> Iterator[None]:
    """No library leaves a cell on standard error."""
    yield
    assert CANARY not in capfd.readouterr().err
