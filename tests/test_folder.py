"""What is in a folder besides the tables: never passed over in silence where it may be one."""

from __future__ import annotations

from pathlib import Path

import pytest

from huurschuld.errors import InputError, InvalidValue
from huurschuld.plugins.portfolio import open_folder
from huurschuld.portfolio.folder import look_into

REFUSED = {
    "Plans.csv": "if it is the table plans, name it plans.csv",
    "PLANS.CSV": "if it is the table plans, name it plans.csv",
    "plans (1).csv": "if it is the table plans, name it plans.csv",
    "plans - kopie.csv": "if it is the table plans, name it plans.csv",
    "plans_2026-11.parquet": "if it is the table plans, name it plans.parquet",
    "plan.csv": "if it is the table plans, name it plans.csv",
    "notes.csv": "the tables are: tenancies, rents, entries",
    "plans.csv.txt": "rename it to plans.csv",
    "plans.parquet.txt": "rename it to plans.parquet",
    "plans.txt": "save it as CSV with the name plans.csv",
    "plans.tsv": "save it as CSV with the name plans.csv",
    "plans.xlsx": "read it by a mapping: huurschuld map",
    "Plans (2).XLSX": "save it as CSV with the name plans.csv",
    "plans.ods": "save it as CSV with the name plans.csv",
    "plans.json": "save it as CSV with the name plans.csv",
    "plans.csv.gz": "unpack it into this folder",
    "plans.zip": "unpack it into this folder",
}
"""Without the table `plans`: the name of a file, and what to do about it."""


@pytest.mark.parametrize("name", REFUSED)
def test_a_file_that_looks_like_a_table_is_refused_with_a_next_step(name: str, tmp_path: Path) -> None:
    """Else there would be no plan of anyone that is known."""
    (tmp_path / name).write_text("tenancy,from\n", encoding="utf-8")
    (found,) = look_into(tmp_path).refused
    assert found.place == name
    assert REFUSED[name] in found.remedy
    with pytest.raises(InputError) as caught:
        open_folder(folder=str(tmp_path))
    assert str(caught.value) == str(found)


@pytest.mark.parametrize("name", ["plans", "Plans"])
def test_a_folder_that_looks_like_a_table_is_refused(name: str, tmp_path: Path) -> None:
    """Spark writes one."""
    (tmp_path / name).mkdir()
    (found,) = look_into(tmp_path).refused
    assert found.remedy == "a table is one file: plans.csv or plans.parquet"


@pytest.mark.parametrize("name", ["plans.xlsx", "plans.csv.txt", "export.xlsx", "lijst.txt", "all.zip"])
def test_a_file_that_may_hold_data_is_told_where_no_table_is_missed(name: str, tmp_path: Path) -> None:
    """A workbook beside the table that was made of it does no harm, but is not read."""
    (tmp_path / name).touch()
    (tmp_path / "plans.csv").touch()
    found = look_into(tmp_path)
    assert not found.refused
    assert [(it.place, bool(it.remedy)) for it in found.ignored] == [(name, True)]


LEFT_BEHIND = [
    *(".DS_Store", "._plans.csv", "~$plans.xlsx", ".~lock.plans.csv#", "Thumbs.db"),
    *("README.txt", "LEESMIJ.txt", "readme.md", "brief.pdf", "old", ".git"),
]


@pytest.mark.parametrize("name", LEFT_BEHIND)
def test_what_people_and_systems_leave_behind_is_left_alone(name: str, tmp_path: Path) -> None:
    """Nothing is said about it."""
    if name in ("old", ".git"):
        (tmp_path / name).mkdir()
    else:
        (tmp_path / name).touch()
    (tmp_path / "plans.csv").touch()
    found = look_into(tmp_path)
    assert (found.refused, found.ignored, [*found.tables]) == ((), (), ["plans"])


def test_one_table_is_in_one_file(tmp_path: Path) -> None:
    """And all that is wrong with the files is told at once."""
    for name in ("plans.csv", "plans.parquet", "notes.csv"):
        (tmp_path / name).touch()
    (tmp_path / "rents.csv").mkdir()
    assert [it.problem for it in look_into(tmp_path).refused] == [
        "this is not a table",
        "this table occurs twice",
        "this is not a file",
    ]
    with pytest.raises(InvalidValue, match="there is no such folder"):
        look_into(tmp_path / "nowhere")
