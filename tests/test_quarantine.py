"""Bad rows set aside: always with the whole of their tenancy, or nothing is screened at all."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from collections.abc import Callable, Mapping
from pathlib import Path

import polars as pl
import pytest
from portfolio_files import (
    POLICY,
    by_tenancy,
    check,
    edited,
    first_of,
    lines_of,
    replaced,
    screened,
)

from huurschuld import screen
from huurschuld.errors import Cell, InputError, InvalidValue, UnknownField
from huurschuld.portfolio.columnar.opening import Library
from huurschuld.portfolio.schema import COLUMNS
from huurschuld.portfolio.worklist import Worklist

HIT = "KW-000203"
Screen = Callable[..., tuple[int, str, str]]


def refusal(folder: Path) -> InputError:
    """Why a portfolio is refused, although bad rows may be set aside."""
    with pytest.raises(InputError) as caught:
        screened(folder)
    return caught.value


# --- what was cut off ------------------------------------------------------------------------------


@pytest.mark.parametrize("table", ["objections", "entries", "children", "tenancies", "rents"])
def test_a_file_that_was_cut_off_is_never_screened(table: str, folder: Path) -> None:
    """Nobody knows what stood there: an objection, a claim, a child."""
    path = folder / f"{table}.csv"
    data = path.read_bytes()
    last = data.rstrip(b"\n").rfind(b"\n") + 1
    for end in (*range(last + 1, len(data) - 1), data.index(b"\n"), data.index(b"\n") - 3):
        path.write_bytes(data[:end])
        error = refusal(folder)
        assert isinstance(error.place, Cell)
        assert error.place.file == path.name


def test_rows_that_got_into_a_cell_are_not_lost(folder: Path) -> None:
    """Two stray quotes make one cell of many rows, and nobody knows of whom."""
    path = folder / "entries.csv"
    first, last = lines_of(path)[40], lines_of(path)[60]
    cells, others = first.split(","), last.split(",")
    replaced(path, 41, ",".join([*cells[:4], f'"{cells[4]}', *cells[5:]]))
    replaced(path, 61, ",".join([*others[:4], f'{others[4]}"', *others[5:]]))
    error = refusal(folder)
    assert error.place == Cell("entries.csv", 41, lines_of(path)[0].split(",")[4])
    assert "several lines" in error.problem


def test_rows_that_a_disk_has_lost_are_not_lost(folder: Path) -> None:
    """Where zeros have taken the place of some rows, what is left of two may look like one."""
    path = folder / "entries.csv"
    data = path.read_bytes()
    lines = data.splitlines(keepends=True)
    begin, end = (sum(map(len, lines[:n])) + lines[n].index(b",,") for n in (40, 60))
    path.write_bytes(data[:begin] + b"\0" * (end - begin) + data[end:])
    assert lines_of(path)[40].count(",") == lines_of(path)[0].count(",")
    column = lines[40][: lines[40].index(b",,")].count(b",")
    assert refusal(folder).place == Cell("entries.csv", 41, lines_of(path)[0].split(",")[column])


# --- whose row it is -------------------------------------------------------------------------------


def columns_last(path: Path, column: str) -> None:
    """Move a column to the end."""
    rows = [line.split(",") for line in lines_of(path)]
    at = rows[0].index(column)
    moved = [",".join([*row[:at], *row[at + 1 :], row[at]]) for row in rows]
    edited(path, lambda _: moved)


def test_a_row_that_is_too_wide_is_never_trusted(folder: Path) -> None:
    """A decimal comma moves another value to where the name of the tenancy should stand."""
    path = folder / "entries.csv"
    columns_last(path, "tenancy")
    numbers = [n for n, line in enumerate(lines_of(path), 1) if line.endswith(f",{HIT}")]
    for number in numbers[-7:]:
        line = lines_of(path)[number - 1].split(",")
        replaced(path, number, ",".join([*line[:3], f"{line[3]},00", *line[4:]]))
    error = refusal(folder)
    assert error.place == Cell("entries.csv", numbers[-7], "tenancy")
    assert (
        "more cells than the heading; it is not certain which tenancy the row belongs to"
        in error.problem
    )
    assert HIT not in str(error)


@pytest.mark.parametrize(
    "line",
    [
        "KW-0002",
        HIT,
        f"{HIT}R-2026-05,2026-05-01,",
        f"{HIT},R-2026-05,2026-05-01,70238,,,rent",
        ",R-2026-05,2026-05-01",
        "KW-00203,R-2026-05,2026-05-01,,70238,,,rent",
        ",R-2026-05,2026-05-01,,70238,,,rent",
    ],
    ids="cut-in-the-name just-the-name no-comma a-cell-less no-name misspelt empty".split(),
)
def test_a_row_of_nobody_refuses_all(line: str, folder: Path) -> None:
    """Somebody's ledger is not complete without it."""
    path = folder / "entries.csv"
    number = next(n for n, it in enumerate(lines_of(path), 1) if it.startswith(f"{HIT},R-2026-05"))
    replaced(path, number, line)
    error = refusal(folder)
    assert isinstance(error.place, Cell)
    assert (error.place.file, error.place.line) == ("entries.csv", number)
    assert "it is not certain which tenancy the row belongs to" in error.problem
    assert "203" not in str(error).replace(f"line {number}", "")


def test_a_lost_comma_does_not_name_another(tmp_path: Path) -> None:
    """Where names are numbers, two cells without a comma may be the name of somebody else."""
    write_small(tmp_path, {"1": ["1,2,rent,2026-08-01,,70000"], "12": ["12,1,rent,2026-08-01,,70000"]})
    assert by_tenancy(screened(tmp_path)).keys() == {"1", "12"}
    replaced(tmp_path / "entries.csv", 2, "12,rent,2026-08-01,,70000")
    assert "it is not certain which tenancy the row belongs to" in refusal(tmp_path).problem


def write_small(folder: Path, entries: Mapping[str, list[str]]) -> None:
    """A portfolio of these tenancies and entries."""
    tables = {
        "tenancies": ["id,start", *(f"{name},2024-01-01" for name in entries)],
        "rents": ["tenancy,from,cents", *(f"{name},2024-01-01,70000" for name in entries)],
        "entries": ["tenancy,id,kind,due,booked,cents", *(it for its in entries.values() for it in its)],
    }
    for name, lines in tables.items():
        (folder / f"{name}.csv").write_text("".join(f"{it}\n" for it in lines), encoding="utf-8")


def test_a_row_that_was_merely_cut_short_goes_with_its_tenancy(folder: Path, right: Worklist) -> None:
    """Its name stands whole before the cut, and is that of a tenancy."""
    path = folder / "entries.csv"
    number = first_of(path, HIT)
    for line in (f"{HIT},", f"{HIT},R-20", f"{HIT},R-2025-01,2025-0", f"{HIT},R-2025-01,2025-01-01,,7"):
        replaced(path, number, line)
        found = screened(folder)
        check(found, right, 300)
        assert found.quarantine is not None
        assert found.quarantine.names == (HIT,)
        (error,) = found.quarantine.errors
        assert isinstance(error.place, Cell)
        assert (error.place.file, error.place.line) == ("entries.csv", number)


def test_a_row_of_tenancies_that_is_refused_is_told_once(folder: Path, right: Worklist) -> None:
    """The rows of other tables that name it are not wrong, and are not listed."""
    path = folder / "tenancies.csv"
    number = first_of(path, HIT)
    replaced(path, number, f"{HIT},2020-01-0")
    found = screened(folder)
    check(found, right, 300)
    assert found.quarantine is not None
    assert found.quarantine.names == (HIT,)
    assert [error.place for error in found.quarantine.errors] == [Cell("tenancies.csv", number, "end")]


def test_what_an_unread_row_held_is_not_missed_elsewhere(tmp_path: Path) -> None:
    """One short row of a tenancy is one problem: not also no rent, nor a reference to nothing."""
    write_small(tmp_path, {"A": ["A,1,rent,2026-08-01,,70000"], "B": ["B,1,rent,2026-08-01,,70000"]})
    replaced(tmp_path / "rents.csv", 2, "A,2024")
    edited(
        tmp_path / "entries.csv",
        lambda _: [
            "tenancy,id,kind,due,booked,cents,settles",
            "A,1,rent,2026-08-01",
            "A,2,payment,,2026-08-03,70000,1",
            "B,1,rent,2026-08-01,,70000,",
        ],
    )
    found = screened(tmp_path)
    assert found.quarantine is not None
    assert found.quarantine.names == ("A",)
    assert [error.place for error in found.quarantine.errors] == [
        Cell("entries.csv", 2, "booked"),
        Cell("rents.csv", 2, "cents"),
    ]


def test_a_tenancy_that_stands_twice_is_set_aside_with_both_its_rows(
    folder: Path, right: Worklist
) -> None:
    """So the counts are of rows, and add up."""
    path = folder / "tenancies.csv"
    edited(path, lambda lines: [*lines, lines[first_of(path, HIT) - 1]])
    found = screened(folder)
    check(found, right, 301)
    assert found.quarantine is not None
    assert (found.quarantine.names, found.quarantine.tenancies) == ((HIT,), 2)


def test_a_short_row_of_nobody_who_is_known_refuses_all(folder: Path) -> None:
    """A row that was cut off is set aside with its tenancy only if there is such a tenancy."""
    path = folder / "contacts.csv"
    edited(path, lambda lines: [*lines, f"{HIT},2026-09-0"])
    found = screened(folder)
    assert found.quarantine is not None
    assert found.quarantine.names == (HIT,)
    for owner in ("", "nobody"):
        edited(path, lambda lines, owner=owner: [*lines[:-1], f"{owner},2026-09-0"])  # type: ignore[misc]
        with pytest.raises(InvalidValue, match="not certain which tenancy the row belongs to") as caught:
            screened(folder)
        assert caught.value.place == Cell("contacts.csv", len(lines_of(path)), "channel")


@pytest.mark.slow
@pytest.mark.parametrize("library", [Library.DUCKDB, Library.SPARK])
def test_another_library_sets_the_same_aside(library: Library, folder: Path) -> None:
    """With the same lines."""
    pytest.importorskip({Library.DUCKDB: "duckdb", Library.SPARK: "pyspark"}[library])
    path = folder / "entries.csv"
    replaced(path, first_of(path, HIT), f"{HIT},R-2025")
    bad = lines_of(path)[49].split(",")
    replaced(path, 50, ",".join([*bad[:4], "6OO", *bad[5:]]))
    expected, found = screened(folder), screened(folder, library=library)
    assert found.rows == expected.rows
    assert found.quarantine is not None
    assert expected.quarantine is not None
    assert found.quarantine.names == expected.quarantine.names == tuple(sorted((HIT, bad[0])))
    places = [sorted(map(str, it.quarantine.errors)) for it in (found, expected) if it.quarantine]
    assert places[0] == places[1]


# --- what is told ----------------------------------------------------------------------------------


def test_a_heading_that_is_somebody_is_not_quoted(folder: Path) -> None:
    """A stray cell beside the heading is told by its number, with a short row and without."""
    path = folder / "objections.csv"
    edited(path, lambda lines: [f"{lines[0]},Jan Jansen 061234", *(f"{it}," for it in lines[1:])])
    for line in (lines_of(path)[1], lines_of(path)[1][:-1]):
        replaced(path, 2, line)
        for set_aside in (True, False):
            with pytest.raises(InputError) as caught:
                screened(folder, set_aside=set_aside)
            assert "Jansen" not in str(caught.value)
            assert "061234" not in str(caught.value)
            assert isinstance(caught.value.place, Cell)
            assert caught.value.place.column == "5"
    edited(path, lambda lines: [f"{lines[0]},Jan Jansen 061234", *lines[1:]])
    with pytest.raises(InvalidValue, match="duplicated") as twice:
        screened(folder)
    assert twice.value.place == Cell("objections.csv", 1, "6")
    frame = {"tenancies": pl.DataFrame({"id": ["A"], "start": ["2024-01-01"], "Jan Jansen": [""]})}
    small = {name: pl.DataFrame({it: [] for it in COLUMNS[name]}) for name in ("rents", "entries")}
    with pytest.raises(UnknownField) as unknown:
        screen({**small, **frame}, "katwijk-2021", dt.date(2026, 10, 20))
    assert unknown.value.place == Cell("tenancies", 1, "3")


def test_a_place_without_a_column_ends_at_the_line(folder: Path) -> None:
    """Not in an empty name."""
    (folder / "plans.csv").write_bytes(b"")
    assert str(refusal(folder)).startswith("missing-field at plans.csv, line 1: ")


def test_who_is_set_aside_stands_first_in_every_result(
    folder: Path, tmp_path: Path, right: Worklist, run: Screen
) -> None:
    """Nothing of a value is told, the file says why and where, and the exit code is 1."""
    hit = sorted((HIT, *(row["tenancy"] for row in right.rows[5:10:4])))
    entries = folder / "entries.csv"
    columns = lines_of(entries)[0].split(",")
    cells = [lines_of(entries)[first_of(entries, name) - 1].split(",") for name in hit]
    cells[0][columns.index("cents")] = "6OO"
    cells[1] = cells[1][:3]
    cells[2][columns.index("booked")] = "20260101"
    numbers = [first_of(entries, name) for name in hit]
    for number, line in zip(numbers, cells, strict=True):
        replaced(entries, number, ",".join(line))
    assert run("screen", folder, *POLICY)[0] == 2
    file = tmp_path / "aside.csv"
    for suffix in (".csv", ".json", ".parquet"):
        output = tmp_path / f"result{suffix}"
        code, out, err = run(
            "screen",
            folder,
            *POLICY,
            "--format",
            "json",
            "--quarantine",
            file,
            "--output",
            output,
        )
        assert code == 1
        document = json.loads(out)
        assert document["worklist"] == [row for row in right.rows if row["tenancy"] not in hit]
        assert document["set_aside"] == {
            "tenancies": 3,
            "rows": 3,
            "listed": [{"tenancy": it, "advice": "set-aside"} for it in hit],
        }
        assert document["screened"] + document["set_aside"]["tenancies"] == 300
        assert "rows set aside: 3; tenancies not screened because of them: 3" in err
        assert not any(name in err for name in hit)
    told = list(csv.DictReader(io.StringIO(file.read_text(encoding="utf-8"))))
    assert {(it["code"], it["file"], it["line"], it["column"]) for it in told} == {
        ("invalid-value", "entries.csv", str(number), column)
        for number, column in zip(numbers, ("cents", columns[3], "booked"), strict=True)
    }
    assert not any(it in file.read_text(encoding="utf-8") for it in (*hit, "6OO"))
    with (tmp_path / "result.csv").open(encoding="utf-8", newline="") as written:
        rows = list(csv.DictReader(written))
    assert [row["tenancy"] for row in rows if row["advice"] == "set-aside"] == hit
    assert {it for row in rows[:3] for name, it in row.items() if name in ("months", "priority")} == {""}
    assert len(rows) == len(right.rows)
    parquet = pl.read_parquet(tmp_path / "result.parquet")
    assert parquet["tenancy"].to_list() == [row["tenancy"] for row in rows]
    assert parquet["advice"].to_list() == [row["advice"] for row in rows]
    _, table, _ = run("screen", folder, *POLICY, "--quarantine", file)
    assert "set aside: 3" in table
    assert f"look at these by hand: {', '.join(hit)}" in " ".join(table.split())


def test_nothing_to_set_aside_is_told_as_well(folder: Path, tmp_path: Path, run: Screen) -> None:
    """The file has its heading, so that nobody wonders, and all is well."""
    file = tmp_path / "aside.csv"
    code, out, err = run("screen", folder, *POLICY, "--quarantine", file)
    assert (code, err) == (0, "")
    assert "set aside: 0" in out
    assert file.read_text(encoding="utf-8") == "code,file,line,column,problem,remedy\n"


def test_all_set_aside_is_not_all_is_well(tmp_path: Path, run: Screen) -> None:
    """The exit code tells, also where nobody is left to be screened."""
    write_small(tmp_path, {"A": ["A,1,rent,2026-08-01,,7OO"]})
    code, out, _ = run(
        "screen",
        tmp_path,
        *POLICY,
        "--format",
        "json",
        "--quarantine",
        tmp_path.parent / "aside.csv",
    )
    assert code == 1
    assert (json.loads(out)["screened"], json.loads(out)["set_aside"]["tenancies"]) == (0, 1)
