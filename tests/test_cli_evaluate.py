"""`huurschuld evaluate`, as a policy officer uses it."""

from __future__ import annotations

import csv
import gc
import io
import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import attrs
import pytest
from case_lives import event, whole_life
from case_stores import new_store, write

from huurschuld.analysis.evaluation import By, chart, evaluate, evaluation_csv, evaluation_json
from huurschuld.cases import clear_events, open_case_store

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store: thirteen cases of 2026, most of two landlords, and two of 2025 with an eviction."""
    folder = tmp_path_factory.mktemp("made")
    with new_store(f"sqlite:///{folder}/cases.sqlite") as store:
        for number in range(12):
            events = whole_life()[1 : 4 + number]
            landlord = {"landlord": "Dunavie" if number < 9 else "Wonen Noord"}
            events[0] = attrs.evolve(events[0], data=landlord)
            write(store, events, f"{number:032x}")
        write(store, [event("received", "2026-01-05")], "reached-by-nobody")
        for number, evicted in enumerate(["2025-06-01", "2026-06-01"]):
            events = [event("received", "2025-02-03"), event("eviction-carried-out", evicted)]
            write(store, events, f"e{number}")
    return folder


@pytest.fixture(autouse=True)
def desk(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, made: Path) -> Iterator[Path]:
    """A folder with that store."""
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.delenv("HUURSCHULD_LANG", raising=False)
    monkeypatch.setenv("HUURSCHULD_CASES", "cases.sqlite")
    monkeypatch.chdir(tmp_path)
    shutil.copy(made / "cases.sqlite", tmp_path)
    yield tmp_path
    gc.enable()


def test_the_table_has_figures_and_definitions(run: Run) -> None:
    """Each figure with its share, and each measure with what it counts; how much is withheld is said."""
    code, out, err = run("evaluate", "--year", 2026, "--smallest", 3, "--by", "landlord")
    assert (code, err) == (0, "")
    figures = out.partition("Withheld")[0].splitlines()
    rows = {line[:24].strip(): line[24:].split() for line in figures}
    assert "Evaluation of 2026, as of 2026-12-31, by landlord" in out
    assert rows["referred"][0] == "13"
    assert "a talk without that answer does not count (% of: reached)" in " ".join(out.split())
    assert "Withheld: numbers from 1 to 2, and what would tell them." in out
    assert "withheld" in rows["plans made"] or "withheld" in rows["guided"]


def test_what_programs_get_is_what_the_library_makes(run: Run, desk: Path) -> None:
    """JSON, CSV and the chart, on the screen or as files."""
    with open_case_store(f"sqlite:///{desk}/cases.sqlite") as store:
        expected = evaluate(clear_events(store), 2026, smallest=3)
    ask = ("evaluate", "--year", 2026, "--smallest", 3)
    assert run(*ask, "--format", "json") == (0, evaluation_json(expected), "")
    assert run(*ask, "--format", "csv", "--output", "f.csv", "--chart", "f.svg", "--lang", "nl") == (
        0,
        "",
        "",
    )
    assert Path("f.csv").read_text(encoding="utf-8") == evaluation_csv(expected)
    assert Path("f.svg").read_text(encoding="utf-8") == chart(expected, by=By.HOUSEHOLD, lang="nl")
    assert json.loads(evaluation_json(expected))["smallest"] == 3
    assert {it["year"] for it in csv.DictReader(io.StringIO(evaluation_csv(expected)))} == {"2026"}


def test_two_years_are_compared_with_what_chance_would_do(run: Run) -> None:
    """One eviction in each year is shown to who may see all, and says nothing; else it is withheld."""
    ask = ("evaluate", "--year", 2026, "--compare-with", 2025, "--smallest")
    shown = " ".join(run(*ask, 1)[1].split())
    assert "evictions carried out, 2025 → 2026: 1 → 1: the ratio is 1.00" in shown
    assert "the difference may be chance" in shown
    withheld = " ".join(run(*ask, 5)[1].split())
    assert "evictions carried out, 2025 → 2026: not compared: one of the numbers is withheld" in withheld


def test_the_tables_of_ddas_are_written_into_a_new_folder(run: Run) -> None:
    """With a row for each signal of the year; what is there already is not touched."""
    assert run("evaluate", "--year", 2026, "--smallest", 3, "--ddas", "ddas")[0] == 0
    rows = list(csv.DictReader(io.StringIO(Path("ddas/follow_ups.csv").read_text(encoding="utf-8"))))
    assert len(rows) == 13
    assert {row["status"] for row in rows} == {"Opgepakt", "Nog niet opgepakt"}
    assert len(Path("ddas/attempts.csv").read_text(encoding="utf-8").splitlines()) > 1
    code, _, err = run("evaluate", "--year", 2026, "--smallest", 3, "--ddas", "ddas")
    assert code == 2
    assert "ddas" in err


@pytest.mark.parametrize(
    ("wrong", "place"),
    [
        ((), "--smallest"),
        (("--smallest", 0), "/smallest"),
        (("--smallest", 3, "--as-of", "2025-12-31"), "/as_of"),
        (("--smallest", 3, "--output", "f.csv"), "--output"),
        (("--smallest", 3, "--compare-with", 2026), "--compare-with"),
        (("--smallest", 3, "--compare-with", 2025, "--format", "csv"), "--compare-with"),
        (("--smallest", 3, "--chart", "cases.sqlite"), "--chart"),
        (("--smallest", 3, "--store", "elsewhere.sqlite"), "elsewhere.sqlite"),
    ],
)
def test_what_is_asked_wrongly_gets_one_line(run: Run, wrong: tuple[object, ...], place: str) -> None:
    """With the place, and nothing is written."""
    code, out, err = run("evaluate", "--year", 2026, *wrong)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert place in err
    assert "internal-error" not in err
    assert {it.name for it in Path.cwd().iterdir()} <= {"cases.sqlite", "cases.sqlite-journal"}
