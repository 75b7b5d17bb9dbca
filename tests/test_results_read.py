"""Results that are read again: as they were written, or refused in one line."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import attrs
import polars as pl
import pytest
from portfolio_files import POLICY, screened

from huurschuld import screen
from huurschuld.cli import main
from huurschuld.errors import InvalidValue
from huurschuld.model.files import write_files
from huurschuld.portfolio.changes import Change
from huurschuld.portfolio.csv_writing import unprotected
from huurschuld.portfolio.result_rows import Origin
from huurschuld.portfolio.results import (
    changes_csv,
    read_result,
    worklist_as,
    worklist_csv,
)
from huurschuld.portfolio.worklist import Worklist

Screen = Callable[..., tuple[int, str, str]]
SUFFIXES = (".csv", ".json", ".parquet")


@pytest.fixture(scope="module")
def listing(without_disputes: Path) -> Worklist:
    """What comes of it."""
    return screened(without_disputes)


@pytest.mark.parametrize(
    "name", ["a\rb", "a\nb", "a\r\nb", 'a"b', "a,b", " a", "=cmd|calc", "=1+1", "007", "true"]
)
def test_an_id_is_told_as_it_is(listing: Worklist, tmp_path: Path, name: str) -> None:
    """Whatever is in it: no line or cell of a CSV file breaks off at it."""
    odd = attrs.evolve(listing, rows=[{**listing.rows[0], "tenancy": name}, *listing.rows[1:]])
    for suffix in SUFFIXES:
        file = tmp_path / f"result{suffix}"
        write_files({file: worklist_as(file, odd)})
        assert list(read_result(file).rows.values()) == list(odd.rows)
    row = {**listing.rows[0], "tenancy": name}
    text = changes_csv([Change(name, None, row, ()), Change("B", row, None, ())])
    found = list(csv.DictReader(io.StringIO(text, newline="")))
    assert [unprotected(it["tenancy"]) for it in found] == [name, "B"]
    assert text.endswith("\n")
    assert "\r\n" not in text.replace(name, "")


def test_the_result_of_the_library_is_read_as_well(without_disputes: Path, tmp_path: Path) -> None:
    """Its days, and its names with blanks between them, as those of the command line."""
    tables = {it.stem: pl.read_csv(it, infer_schema=False) for it in without_disputes.iterdir()}
    file = tmp_path / "result.parquet"
    screen(tables, "katwijk-2021", dt.date(2026, 10, 20), facts=True).write_parquet(file)
    listed = tmp_path / "result.json"
    assert main(["screen", str(without_disputes), *POLICY, "--facts", "--output", str(listed)]) == 0
    found = read_result(file)
    assert len(found.rows) == 300
    assert found.origin == read_result(listed).origin != Origin()
    for name, row in read_result(listed).rows.items():
        assert found.rows[name] == row


ROW: Mapping[str, Any] = {
    "tenancy": "A",
    "advice": "hold",
    "priority": "family",
    "arrears_cents": 5,
    "months": "0.1",
    "days_overdue": 9,
    "hold": ["disputed"],
    "unknown": [],
}
WRONG: Mapping[str, tuple[str, object]] = {
    "no such advice": ("advice", "evict"),
    "a list as advice": ("advice", ["hold"]),
    "no advice": ("advice", None),
    "no such priority": ("priority", "vip"),
    "no priority": ("priority", None),
    "a number as id": ("tenancy", 5),
    "an empty id": ("tenancy", ""),
    "holds that are a number": ("hold", 5),
    "holds of holds": ("hold", [1, [2]]),
    "a hold of two words": ("hold", ["two words"]),
    "half a cent": ("arrears_cents", 0.5),
    "cents as text": ("arrears_cents", "5 euro"),
    "cents that are true": ("arrears_cents", True),
    "months as a number": ("months", 1.5),
    "months as a word": ("months", "many"),
    "no day": ("episode_start", "20260801"),
    "a policy without a name": ("policy", 5),
    "a fact that is no yes or no": ("disputed", 1),
    "an object": ("mine", {"a": 1}),
    "what moves the cursor": ("mine", "a\x1b[2J"),
    "a name that moves the cursor": ("mi\x1b[2Jne", "a"),
}


def odd_files(folder: Path, rows: list[dict[str, Any]]) -> Iterator[Path]:
    """Rows in each format, as far as it can hold them."""
    (folder / "odd.json").write_text(json.dumps({"worklist": rows}), encoding="utf-8")
    yield folder / "odd.json"
    try:
        pl.DataFrame(rows[-1:], infer_schema_length=None).write_parquet(folder / "odd.parquet")
    except (TypeError, pl.exceptions.PolarsError):
        return
    yield folder / "odd.parquet"


@pytest.mark.parametrize("what", WRONG)
def test_a_row_that_is_no_result_is_refused(run: Screen, tmp_path: Path, what: str) -> None:
    """By its place, in one line, before anything is made of it."""
    column, value = WRONG[what]
    for file in odd_files(tmp_path, [{**ROW, "tenancy": "B"}, {**ROW, column: value}]):
        for output in ("json", "csv", "table"):
            code, out, err = run("changes", file, file, "--format", output)
            assert (code, out) == (2, "")
            assert len(err.splitlines()) == 1
            assert f"{file.name}, line " in err
            assert "\x1b" not in err


@pytest.mark.parametrize(
    "line",
    [
        "A,hold,family,99999999999999999999,1",
        f"A,hold,family,{'9' * 5000},1",
        "A,hold,family,5,1,6",
        "A",
    ],
    ids=["more than a number", "5,000 digits", "too wide", "too short"],
)
def test_a_line_that_is_no_result_is_refused(run: Screen, tmp_path: Path, line: str) -> None:
    """As is one that a reader would break off at."""
    file = tmp_path / "odd.csv"
    file.write_text(f"tenancy,advice,priority,arrears_cents,months\n{line}\n", encoding="utf-8")
    code, out, err = run("changes", file, file)
    assert (code, out) == (2, "")
    assert "odd.csv, line 2" in err
    assert len(err.splitlines()) == 1
    assert len(err) < 300


@pytest.mark.parametrize("text", ["", "a,b\n1,2\n", "tenancy,advice,priority\nx\n", "{}", "[]"])
def test_what_is_no_result_is_refused(run: Screen, tmp_path: Path, text: str) -> None:
    """With the file, and what to do."""
    for suffix in (*SUFFIXES, ".txt"):
        file = tmp_path / f"odd{suffix}"
        file.write_text(text, encoding="utf-8")
        code, _, err = run("changes", file, file)
        assert code == 2
        assert f"odd{suffix}" in err


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_result_that_was_cut_off_is_refused(listing: Worklist, tmp_path: Path, suffix: str) -> None:
    """Whatever byte within a line it ends at."""
    file = tmp_path / f"result{suffix}"
    data = worklist_as(file, listing)
    for end in range(len(data) - 100, len(data) - 1):
        if data[:end].endswith(b"\n") and suffix == ".csv":
            continue
        file.write_bytes(data[:end])
        with pytest.raises(InvalidValue, match=f"result{suffix}"):
            read_result(file)
    assert worklist_csv(listing).endswith("\n")


def test_a_tenancy_that_stands_twice_is_refused(tmp_path: Path) -> None:
    """As in a history: which of the two is meant nobody knows."""
    file = tmp_path / "result.json"
    file.write_text(json.dumps({"worklist": [ROW, ROW]}), encoding="utf-8")
    with pytest.raises(InvalidValue, match="second row of one tenancy"):
        read_result(file)
