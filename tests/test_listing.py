"""Screening all at once from the command line: hostile files, what is set aside, results and changes."""

from __future__ import annotations

import csv
import io
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import narwhals as nw
import polars as pl
import pytest

from huurschuld.cli import main
from huurschuld.engines import columnar
from huurschuld.results import read_rows, whole
from huurschuld.sample import write_sample

POLICY = ["--policy", "katwijk-2021", "--as-of", "2026-10-20"]
Screen = Callable[..., tuple[int, str, str]]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A portfolio of 300 tenancies as CSV."""
    write_sample(tmp_path / "mine", 300, 1)
    return tmp_path / "mine"


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str]) -> Screen:
    """Runs the command line: its code, what it printed, and what it told."""

    def run(*arguments: object) -> tuple[int, str, str]:
        code = main([str(it) for it in arguments])
        shown = capfd.readouterr()
        return code, shown.out, shown.err

    return run


def edited(path: Path, change: Callable[[list[str]], list[str]]) -> None:
    """Change the lines of a file, each without its end."""
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("".join(f"{line}\n" for line in change(lines)), encoding="utf-8")


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


def test_a_wrong_encoding_is_told_with_its_line(run: Screen, folder: Path) -> None:
    """One letter in Latin-1."""
    path = folder / "contacts.csv"
    lines = path.read_bytes().split(b"\n")
    lines[6] = lines[6].replace(b"letter", b"\xe9", 1) + b"\xe9"
    path.write_bytes(b"\n".join(lines))
    code, _, err = run("screen", folder, *POLICY)
    assert code == 2
    assert "invalid-value at contacts.csv, line 7" in err


def test_a_file_that_was_cut_off_is_refused(run: Screen, folder: Path) -> None:
    """Whatever byte it ends at, it is never read as if it were whole and different."""
    path = folder / "rents.csv"
    data = path.read_bytes()
    expected = run("screen", folder, *POLICY, "--format", "json")[1]
    for end in range(len(data) - 40, len(data)):
        path.write_bytes(data[:end])
        code, out, err = run("screen", folder, *POLICY, "--format", "json")
        assert (code, out) == (2, "") or out == expected
        assert code == 0 or "rents.csv" in err or "tenancies.csv" in err


def test_ten_megabytes_in_one_cell_are_refused(run: Screen, folder: Path, columns: list[str]) -> None:
    """With the file and the line."""
    number = columns.index("id")
    edited(folder / "entries.csv", at(4, lambda line: cell(line, number, "x" * 10_000_000)))
    code, _, err = run("screen", folder, *POLICY)
    assert code == 2
    assert "entries.csv, line 4" in err
    assert len(err) < 500


def test_a_missing_column_is_told(run: Screen, folder: Path, columns: list[str]) -> None:
    """Of the entries each kind needs its own."""
    number = columns.index("cents")
    without = [it for index, it in enumerate(columns) if index != number]
    path = folder / "entries.csv"
    rows = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8"))))
    kept = [[it for index, it in enumerate(row) if index != number] for row in rows]
    path.write_text("".join(",".join(row) + "\n" for row in kept), encoding="utf-8")
    assert kept[0] == without
    code, _, err = run("screen", folder, *POLICY)
    assert code == 2
    assert "missing-field at entries.csv, line 1, column cents" in err


def test_bad_rows_are_set_aside_with_their_tenancies(
    run: Screen, folder: Path, columns: list[str], tmp_path: Path
) -> None:
    """The rest is screened as before, nothing of a value is told, and the counts add up."""
    before = worklist_of(run("screen", folder, *POLICY, "--format", "json")[1])
    entries = folder / "entries.csv"
    lines = entries.read_text(encoding="utf-8").splitlines()
    hit = {before[0]["tenancy"], before[5]["tenancy"], before[9]["tenancy"]}
    key, cents, ident = (columns.index(name) for name in ("tenancy", "cents", "id"))
    numbers = {
        name: next(n for n, line in enumerate(lines) if line.split(",")[key] == name) for name in hit
    }
    first, second, third = sorted(hit)
    lines[numbers[first]] = cell(lines[numbers[first]], cents, "6OO")
    lines[numbers[second]] += ",too,wide"
    lines[numbers[third]] = cell(lines[numbers[third]], ident, "")
    lines.append(cell(lines[numbers[first]], key, "nobody"))
    entries.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    assert run("screen", folder, *POLICY)[0] == 2
    file = tmp_path / "aside.csv"
    code, out, err = run("screen", folder, *POLICY, "--format", "json", "--quarantine", file)
    assert code == 0
    document = json.loads(out)
    assert document["worklist"] == [row for row in before if row["tenancy"] not in hit]
    assert document["screened"] + document["set_aside"]["tenancies"] == 300
    assert document["set_aside"]["tenancies"] == 3
    told = list(csv.DictReader(io.StringIO(file.read_text(encoding="utf-8"))))
    places = {(row["code"], row["file"], row["line"], row["column"]) for row in told}
    assert {
        ("invalid-value", "entries.csv", str(numbers[first] + 1), "cents"),
        ("invalid-value", "entries.csv", str(numbers[second] + 1), columns[-1]),
        ("invalid-value", "entries.csv", str(numbers[third] + 1), "id"),
        ("unknown-reference", "entries.csv", str(len(lines)), "tenancy"),
    } <= places
    assert document["set_aside"]["rows"] == len({(row["file"], row["line"]) for row in told})
    assert not any(name in file.read_text(encoding="utf-8") + err for name in (*hit, "nobody", "6OO"))
    assert "3 tenancies are not screened" in err


def test_nothing_to_set_aside_is_told_as_well(run: Screen, folder: Path, tmp_path: Path) -> None:
    """The file has its heading, so that nobody wonders."""
    file = tmp_path / "aside.csv"
    code, out, err = run("screen", folder, *POLICY, "--quarantine", file)
    assert (code, err) == (0, "")
    assert "set aside: 0" in out
    assert file.read_text(encoding="utf-8") == "code,file,line,column,problem,remedy\n"


@pytest.mark.parametrize("suffix", [".csv", ".json", ".parquet"])
def test_a_result_is_read_again_as_it_was_written(
    run: Screen, folder: Path, tmp_path: Path, suffix: str
) -> None:
    """With lists, yes and no, and unknown facts; for no one but the owner of the file."""
    file = tmp_path / f"result{suffix}"
    (folder / "disputes.csv").unlink()
    out = run("screen", folder, *POLICY, "--format", "json", "--facts", "--output", file)[1]
    expected = worklist_of(out)
    assert list(read_rows(file).values()) == expected
    assert any(row["advice"] == "ask" and row["unknown"] == ["disputes"] for row in expected)
    assert all(row["disputed"] is None for row in expected)
    if os.name == "posix":
        assert file.stat().st_mode & 0o077 == 0


def test_changes_are_told_with_their_reasons(run: Screen, folder: Path, tmp_path: Path) -> None:
    """Two months on: who got further, who was paid up, and who came."""
    first, later = tmp_path / "first.csv", tmp_path / "later.parquet"
    before_that = [*POLICY[:-1], "2026-08-20"]
    assert run("screen", folder, *before_that, "--facts", "--output", first)[0] == 0
    assert run("screen", folder, *POLICY, "--facts", "--output", later)[0] == 0
    before, after = read_rows(first), read_rows(later)
    changed = json.loads(run("changes", first, later, "--format", "json")[1])
    said = {it["tenancy"]: it for it in changed}
    assert len(said) == len(changed) > 0
    for name in before.keys() | after.keys():
        was, now = before.get(name), after.get(name)
        differs = was is None or now is None or any(was[it] != now[it] for it in ("advice", "priority"))
        assert (name in said) is differs
        if differs and was is not None and now is not None:
            why = said[name]["why"]
            assert why == {
                it: {"before": was[it], "after": now[it]}
                for it in now
                if it not in ("tenancy", "advice", "priority") and was[it] != now[it]
            }
    assert any(it["advice_before"] is None for it in changed)
    assert run("changes", first, first, "--format", "csv")[1].splitlines() == [
        "tenancy,advice_before,advice_after,priority_before,priority_after,why"
    ]
    code, table, _ = run("changes", first, later, "--lang", "nl")
    assert code == 0
    assert "→" in table
    assert f"advies of voorrang veranderd: {len(changed)}" in table


def test_an_id_is_a_text_whatever_it_looks_like(tmp_path: Path) -> None:
    """Be it a word or a number elsewhere."""
    file = tmp_path / "result.csv"
    file.write_text("tenancy,advice,priority\ntrue,wait,regular\n007,wait,regular\n", encoding="utf-8")
    assert list(read_rows(file)) == ["true", "007"]


@pytest.mark.parametrize("text", ["", "a,b\n1,2\n", "tenancy,advice,priority\nx\n", "{}"])
def test_what_is_no_result_is_refused(run: Screen, tmp_path: Path, text: str) -> None:
    """With the file, and what to do."""
    for suffix in (".csv", ".json", ".parquet", ".txt"):
        file = tmp_path / f"odd{suffix}"
        file.write_text(text, encoding="utf-8")
        code, _, err = run("changes", file, file)
        assert code == 2
        assert f"odd{suffix}" in err


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
    code, _, err = run("screen", folder, *POLICY, "--output", tmp_path / "result.xlsx")
    assert code == 2
    assert "result.xlsx" in err


def files(folder: Path) -> Iterator[str]:
    """The names of the files in a folder."""
    return (it.name for it in folder.iterdir())


@pytest.mark.skipif(os.name != "posix", reason="it is killed by a signal")
def test_a_run_that_is_killed_leaves_all_or_nothing(folder: Path, tmp_path: Path) -> None:
    """At whatever moment: under the final name stands a whole file, or none."""
    whole_one = tmp_path / "whole.parquet"
    command = [sys.executable, "-m", "huurschuld", "screen", str(folder), *POLICY, "--output"]
    began = time.monotonic()
    subprocess.run([*command, str(whole_one)], check=True, capture_output=True)  # noqa: S603 - our own program
    took = time.monotonic() - began
    expected = pl.read_parquet(whole_one)
    for share in (0.3, 0.6, 0.8, 0.9, 0.95, 1.0):
        file = tmp_path / f"at-{share}.parquet"
        with subprocess.Popen([*command, str(file)], stdout=subprocess.DEVNULL) as process:  # noqa: S603 - as above
            time.sleep(took * share)
            process.send_signal(signal.SIGKILL)
        assert not file.exists() or pl.read_parquet(file).equals(expected)


def test_what_breaks_off_while_writing_leaves_what_was_there(tmp_path: Path) -> None:
    """And nothing beside it."""
    file = tmp_path / "result.csv"
    file.write_text("before", encoding="utf-8")

    def break_off() -> None:
        with whole(file) as beside:
            beside.write_text("half", encoding="utf-8")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        break_off()
    assert file.read_text(encoding="utf-8") == "before"
    assert list(files(tmp_path)) == ["result.csv"]
