"""`screen --check`: all that is wrong, for a person and for a program, before anything is screened."""

from __future__ import annotations

import csv
import io
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from portfolio_files import POLICY, edited, replaced

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def bad(folder: Path) -> Path:
    """A portfolio with nine rows in which an amount is in euros, and one without a tenancy."""
    path = folder / "entries.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    at = lines[0].split(",").index("cents")
    for number in range(2, 11):
        cells = lines[number - 1].split(",")
        replaced(path, number, ",".join([*cells[:at], f"{cells[at]}.00", *cells[at + 1 :]]))
    edited(folder / "contacts.csv", lambda given: [*given, "," + given[1].partition(",")[2]])
    return folder


def test_all_is_told_in_few_lines_with_what_to_do(bad: Path, run: Run) -> None:
    """What many rows have in common stands once, with their lines; then how many there are."""
    code, out, err = run("screen", bad, "--check")
    told = " ".join(out.split())
    assert (code, err) == (1, "")
    assert "entries.csv, lines 2, 3, 4, 5, 6, 7, 8, 9 and 1 more, column cents invalid-value:" in told
    assert told.count("€ 612,34 is 61234") == 1
    assert "this cell is empty, and is required; fill it in" in told
    assert told.endswith(
        "errors: 10; warnings: 0 invalid-value (contacts): 1 invalid-value (entries): 9"
    )
    assert max(map(len, out.splitlines())) <= 80
    code, out, _ = run("screen", bad, "--check", "--lang", "nl")
    assert code == 1
    assert "regels 2, 3, 4, 5, 6, 7, 8, 9 en nog 1, kolom cents" in " ".join(out.split())


def test_some_are_listed_and_all_are_counted(bad: Path, run: Run) -> None:
    """In every form; a program gets each row."""
    code, out, err = run("screen", bad, "--check", "--format", "csv", "--most", 4)
    rows = list(csv.DictReader(io.StringIO(out)))
    assert code == 1
    assert [(it["file"], it["line"], it["column"]) for it in rows] == [
        ("entries.csv", str(line), "cents") for line in range(2, 6)
    ]
    assert "errors: 10, of which 4 are listed; --most lists more" in err
    code, out, err = run("screen", bad, "--check", "--format", "json")
    document = json.loads(out)
    assert (code, err, document["errors"], len(document["listed"])) == (1, "", 10, 10)
    assert sum(it["count"] for it in document["counts"]) == 10
    _, out, _ = run("screen", bad, "--check", "--most", 1)
    assert "errors: 10 (of which shown 1)" in out


def test_where_nothing_is_wrong_it_says_so(folder: Path, run: Run) -> None:
    """And a policy with facts of its own may be named."""
    assert run("screen", folder, "--check") == (0, "nothing is wrong: it can be screened\n", "")
    assert run("screen", folder, "--check", *POLICY)[0] == 0


def test_what_is_unlikely_does_not_decide(folder: Path, run: Run) -> None:
    """It is told by whatever decides on the tables, which then ends as ever."""
    path = folder / "contacts.csv"
    edited(path, lambda lines: [*lines, *lines[1:]])
    code, out, err = run("screen", folder, "--check")
    assert (code, err) == (0, "")
    assert "doubled-rows: nearly all contacts are there twice" in " ".join(out.split())
    assert "errors: 0; warnings: 1" in out
    outbox = folder.with_name("outbox.sqlite")
    assert run("refer", "begin", "--outbox", outbox)[0] == 0
    for command in (
        ("screen", folder, *POLICY),
        ("compare", "bgs-2021", "katwijk-2021", folder, *POLICY[POLICY.index("--as-of") :]),
        ("refer", "propose", folder, *POLICY, "--batch", "b", "--outbox", outbox),
    ):
        code, _, err = run(*command)
        assert code == 0
        assert "huurschuld: warning: doubled-rows at contacts: nearly all contacts" in err


def test_files_that_are_no_tables_are_told(folder: Path, run: Run) -> None:
    """All of them; one that may be a missing table is an error, for a screening as well."""
    shutil.move(folder / "plans.csv", folder / "plans.csv.txt")
    (folder / "export.xlsx").touch()
    (folder / "Signals (1).csv").touch()
    code, out, err = run("screen", folder, "--check", "--format", "csv")
    assert code == 1
    assert [row["file"] for row in csv.DictReader(io.StringIO(out))] == [
        "Signals (1).csv",
        "plans.csv.txt",
    ]
    assert err.startswith("huurschuld: export.xlsx: this file is not read; ")
    code, _, err = run("screen", folder, *POLICY)
    assert code == 2
    assert "unknown-field at Signals (1).csv" in err
    (folder / "Signals (1).csv").unlink()
    _, _, err = run("screen", folder, *POLICY)
    assert "unknown-field at plans.csv.txt: this is not read, and may be a table; rename it" in err


def test_it_writes_nothing_and_needs_what_it_checks(folder: Path, tmp_path: Path, run: Run) -> None:
    """A result file, or no ledger, is wrong use."""
    output = tmp_path / "result.csv"
    code, _, err = run("screen", folder, "--check", "--output", output)
    assert (code, output.exists()) == (2, False)
    assert "at --output: --check screens nothing" in err
    assert run("screen", "--check")[0] == 2
    assert run("screen", tmp_path / "nowhere", "--check")[0] == 2
