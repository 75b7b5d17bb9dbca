"""CSV that people open in a spreadsheet: no text in it runs there, and it is read back as it was."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import example, given, strategies as st
from portfolio_files import lines_of, screened
from referring import proposed

from huurschuld import Cell, InvalidValue
from huurschuld.model.files import write_files
from huurschuld.portfolio.changes import Change
from huurschuld.portfolio.csv_writing import csv_text, protected, unprotected
from huurschuld.portfolio.results import changes_csv, quarantine_csv, read_result, worklist_as
from huurschuld.referrals import create_outbox
from huurschuld.testing.sample import write_sample
from huurschuld.testing.sample.outside import write_outside

FORMULAS = (*"=+-@", *"＝＋－＠")
RUNS = (*FORMULAS, "\t", "\r", "\n", "\0")
PAGE = Path(__file__).parents[1] / "docs" / "portfolios.md"
ON_THE_PAGE: dict[str, Any] = {"re": re}
exec(re.search("^BLANKS.*\nPROTECTED.*", PAGE.read_text("utf-8"), re.MULTILINE)[0], ON_THE_PAGE)  # type: ignore[index] # noqa: S102 - our own page
odd_texts = st.text(st.sampled_from([*RUNS, *"'\" ,;|a1\u00a0"]), max_size=12) | st.text(max_size=12)


def cells_seen(text: str, separator: str) -> list[str]:
    """The cells that a spreadsheet makes of CSV, without the blanks in front of them."""
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    return [cell.lstrip(" \u00a0") for row in rows for cell in row]


@given(odd_texts)
@example("'=1")
@example("''=1")
@example(" \n=1")
@example(";\t=1")
def test_what_is_protected_is_read_back_as_it_was(text: str) -> None:
    """Whatever is in it, apostrophes too; and what is told of it on the page does the same."""
    assert unprotected(protected(text)) == text
    assert ON_THE_PAGE["PROTECTED"].sub("", protected(text)) == text


@given(st.lists(odd_texts, min_size=1, max_size=4))
@example(["a", "b;=1+1;c"])
@example(["a", "b\t@SUM(1)"])
@example(["a", 'b;"=1+1&";c'])
def test_no_cell_of_it_runs_whatever_the_separator_is(texts: list[str]) -> None:
    """Dutch spreadsheets expect semicolons, and split a cell that holds one."""
    line = csv_text(texts, [texts])
    for separator, run in ((",", RUNS), (";", FORMULAS), ("\t", FORMULAS)):
        assert not any(cell.startswith(run) for cell in cells_seen(line, separator))


@pytest.mark.parametrize("text", ["'t Hof", "KW-000001", "06-12345678", "a=b", "a - b", "1.5", ""])
def test_an_ordinary_text_is_written_as_it_is(text: str) -> None:
    """Names that begin with an apostrophe, and what has such a character further on."""
    assert protected(text) == text


def test_numbers_are_no_texts() -> None:
    """One below zero is a number in the spreadsheet as well."""
    assert csv_text(["cents", "known"], [[-5, True], [0, None]]) == "cents,known\n-5,true\n0,\n"


@pytest.mark.parametrize("name", ["=1+1", "+31", "-2", "@A1", "\t=1", "＝1", "a;=1", "'=1", "'t Hof"])
def test_every_file_is_protected(without_disputes: Path, tmp_path: Path, name: str) -> None:
    """Worklists, what has changed, and what was set aside; a result is read back with its ids."""
    found = screened(without_disputes)
    row = {**found.rows[0], "tenancy": name}
    file = tmp_path / "result.csv"
    write_files({file: worklist_as(file, attrs.evolve(found, rows=[row, *found.rows[1:]]))})
    assert next(iter(read_result(file).rows)) == name
    listed = file.read_text(encoding="utf-8")
    changed = changes_csv([Change(name, None, row, ())])
    aside = quarantine_csv([InvalidValue(Cell(name, 2, name), name, name)])
    for text in (listed, changed, aside):
        assert protected(name) in cells_seen(text, ",")
        assert not any(cell.startswith(RUNS) for cell in cells_seen(text, ","))


def test_the_list_of_referrals_is_protected(run: Callable[..., Any], tmp_path: Path) -> None:
    """The tenancy is as the ledger calls it, and the batch as somebody called it."""
    with create_outbox(tmp_path / "outbox.db") as outbox:
        proposed(outbox, "=1+1", "KW-000001", batch="@october")
    code, out, _ = run("refer", "list", "--format", "csv", "--outbox", tmp_path / "outbox.db")
    assert code == 0
    rows = list(csv.DictReader(io.StringIO(out)))
    assert {row["tenancy"] for row in rows} == {"'=1+1", "KW-000001"}
    assert {row["batch"] for row in rows} == {"'@october"}


def test_the_invented_portfolio_has_nothing_to_protect(tmp_path: Path) -> None:
    """Its tables are input: they are written as a ledger would give them."""
    write_sample(tmp_path / "mine", 200, 1)
    write_outside(tmp_path / "outside", 200, 1)
    files = [*tmp_path.glob("*/*.csv")]
    assert len(files) > 9
    for file in files:
        for line in lines_of(file):
            assert all(protected(cell) == cell for cell in next(csv.reader([line])))
