"""Screening all at once from the command line: files of every make, and hostile ones."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import narwhals as nw
import polars as pl
import pytest
from portfolio_files import POLICY, edited

from huurschuld.rules.engines import columnar

Screen = Callable[..., tuple[int, str, str]]


def worklist_of(out: str) -> list[dict[str, Any]]:
    """The rows of a worklist in JSON."""
    rows: list[dict[str, Any]] = json.loads(out)["worklist"]
    return rows


@pytest.mark.parametrize("engine", ["each", "reference"])
def test_all_at_once_gives_what_one_by_one_gives(run: Screen, folder: Path, engine: str) -> None:
    """In every format, with the facts and without, to the byte."""
    for more in (["--format", "json"], ["--format", "csv"], ["--format", "json", "--facts"], []):
        at_once = run("screen", folder, *POLICY, *more)
        one_by_one = run("screen", folder, *POLICY, *more, "--engine", engine)
        assert at_once[0] == one_by_one[0] == 0
        if "--facts" in more:
            assert worklist_of(at_once[1]) == worklist_of(one_by_one[1])
        else:
            assert at_once[1] == one_by_one[1]


@pytest.mark.slow
@pytest.mark.parametrize("backend", ["duckdb"])
def test_another_library_gives_the_same(run: Screen, folder: Path, backend: str) -> None:
    """From CSV and from Parquet."""
    pytest.importorskip(backend)
    expected = run("screen", folder, *POLICY, "--format", "json")[1]
    assert run("screen", folder, *POLICY, "--format", "json", "--backend", backend)[1] == expected
    as_parquet(folder)
    assert run("screen", folder, *POLICY, "--format", "json")[1] == expected
    assert run("screen", folder, *POLICY, "--format", "json", "--backend", backend)[1] == expected


def as_parquet(folder: Path) -> None:
    """The tables of a folder as Parquet files, typed as far as they can be."""
    for path in folder.glob("*.csv"):
        pl.read_csv(path, try_parse_dates=True).write_parquet(path.with_suffix(".parquet"))
        path.unlink()


DIALECTS: dict[str, Callable[[str], bytes]] = {
    "byte order mark": lambda text: b"\xef\xbb\xbf" + text.encode(),
    "Windows line ends": lambda text: text.replace("\n", "\r\n").encode(),
    "both": lambda text: b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode(),
    "old Macintosh line ends": lambda text: text.replace("\n", "\r").encode(),
    "semicolons": lambda text: text.replace(",", ";").encode(),
    "quotes": lambda text: "".join(
        ",".join(f'"{it}"' for it in line.split(",")) + "\n" for line in text.splitlines()
    ).encode(),
    "blank lines": lambda text: text.replace("\n", "\n\n").encode(),
}


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_file_of_another_make_gives_the_same(run: Screen, folder: Path, dialect: str) -> None:
    """Whether it is left to the library or read row by row."""
    expected = run("screen", folder, *POLICY, "--format", "json")[1]
    for path in folder.glob("*.csv"):
        path.write_bytes(DIALECTS[dialect](path.read_text(encoding="utf-8")))
    assert run("screen", folder, *POLICY, "--format", "json")[:2] == (0, expected)


def cell(line: str, column: int, value: str) -> str:
    """A line with another value in a column."""
    cells = line.split(",")
    cells[column] = value
    return ",".join(cells)


def at(number: int, change: Callable[[str], str]) -> Callable[[list[str]], list[str]]:
    """Change the line of this number, counted from 1."""
    return lambda lines: [*lines[: number - 1], change(lines[number - 1]), *lines[number:]]


@pytest.fixture
def columns(folder: Path) -> list[str]:
    """The columns of the entries."""
    first = (folder / "entries.csv").read_text(encoding="utf-8").partition("\n")[0]
    return first.split(",")


def test_decimal_commas_are_refused(run: Screen, folder: Path, columns: list[str]) -> None:
    """Between semicolons it is a wrong amount, between commas a cell too many."""
    number = columns.index("cents")
    edited(folder / "entries.csv", at(9, lambda line: cell(line, number, "612,34")))
    code, out, err = run("screen", folder, *POLICY)
    assert (code, out) == (2, "")
    assert "invalid-value at entries.csv, line 9, column" in err
    assert "612" not in err
    path = folder / "entries.csv"
    text = path.read_text(encoding="utf-8").replace("612,34", "612~34")
    path.write_text(text.replace(",", ";").replace("~", ","), encoding="utf-8")
    code, out, err = run("screen", folder, *POLICY)
    assert (code, out) == (2, "")
    assert "invalid-value at entries.csv, line 9, column cents" in err


def test_what_is_shown_is_decided_again(
    run: Screen, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A row on which the columnar engine is wrong is not decided, and told so."""
    expected = worklist_of(run("screen", folder, *POLICY, "--format", "json")[1])
    monkeypatch.setattr(columnar.Engine, "priority", lambda _: nw.lit("crisis"))
    code, out, err = run("screen", folder, *POLICY, "--format", "json", "--top", "5")
    document = json.loads(out)
    assert code == 1
    right = {row["tenancy"] for row in expected if row["priority"] == "crisis"}
    apart = {it["tenancy"] for it in document["undecided"]}
    assert apart
    assert not apart & right
    assert sum(document["counts"].values()) + len(document["undecided"]) == 300
    assert "not decided" in err


def test_an_engine_that_cannot_do_it_says_so(run: Screen, folder: Path, tmp_path: Path) -> None:
    """Before anything is read."""
    for option in (["--backend", "duckdb"], ["--quarantine", tmp_path / "aside.csv"]):
        code, _, err = run("screen", folder, *POLICY, "--engine", "each", *option)
        assert code == 2
        assert str(option[0]) in err
    code, _, err = run("screen", folder, *POLICY, "--output", tmp_path / "result.ods")
    assert code == 2
    assert "result.ods" in err
