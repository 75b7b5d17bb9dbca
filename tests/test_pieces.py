"""Files of text are read in pieces: what they hold, no endless line, and no more than they say."""

from __future__ import annotations

import os
import re
import tracemalloc
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, strategies as st
from tables import as_tables, write_csv
from test_frames_refused import a_tenancy

from huurschuld import Cell, CsvFile, InvalidValue, MissingField, read_portfolio
from huurschuld.model.values import Line
from huurschuld.plugins.csv_tables import ColumnSpec, read_rows
from huurschuld.plugins.portfolio import open_folder
from huurschuld.portfolio import pieces
from huurschuld.portfolio.ledger_tables import ledger_table


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The tables of a tenancy as CSV files."""
    return write_csv(tmp_path / "mine", as_tables([a_tenancy("A")]))


@given(st.text("ab\r\n", max_size=40), st.integers(1, 6))
def test_what_is_read_is_what_is_there_up_to_a_line_that_is_too_long(
    tmp_path_factory: pytest.TempPathFactory, text: str, size: int
) -> None:
    """In whatever pieces; and the error is at the first line that is too long, with any line ends."""
    path = tmp_path_factory.mktemp("it") / "text.csv"
    path.write_bytes(text.encode())
    long = [line for line, it in enumerate(re.split(r"\r\n|\r|\n", text), 1) if len(it) > 6]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pieces, "LONGEST_LINE", 6)
        patch.setattr(pieces, "_PIECE", size)
        if not long:
            found = list(pieces.pieces(path))
            assert b"".join(found).decode() == text
            ends = [one[-1:] + other[:1] for one, other in pairwise(found)]
            assert b"\r\n" not in ends
            return
        with pytest.raises(InvalidValue) as raised:
            list(pieces.pieces(path))
    assert raised.value.place == Cell("text.csv", long[0], "")


def bytes_used(act: Callable[[], object]) -> tuple[InvalidValue, int]:
    """How something is refused, and the most memory that it took meanwhile."""
    tracemalloc.start()
    try:
        with pytest.raises(InvalidValue) as raised:
            act()
        return raised.value, tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("tail", ["NULs", "a cell", "a cell in quotes"])
def test_a_line_without_an_end_is_refused_before_the_rest_is_read(folder: Path, tail: str) -> None:
    """A failing disk may leave gigabytes of NULs at the end of a file: there is no memory for these."""
    path = folder / "entries.csv"
    lines = len(path.read_bytes().splitlines())
    if tail == "NULs":
        os.truncate(path, 3 * 10**9)  # it takes no room on the disk
    else:
        with path.open("ab") as file:
            file.write(b'"' * (tail != "a cell") + b"x" * 40_000_000)
    ledger = open_folder(folder=str(folder))
    error, most = bytes_used(lambda: read_portfolio(ledger))
    assert error.place == Cell("entries.csv", lines + 1, "")
    assert error.problem == "this line is far too long: over 1 MiB"
    assert most < 20_000_000


def test_a_table_of_ones_own_has_no_endless_line_either(tmp_path: Path) -> None:
    """Such as a register of contact details."""
    path = tmp_path / "own.csv"
    path.write_bytes(b"name\n")
    os.truncate(path, 3 * 10**9)
    error, most = bytes_used(lambda: read_rows(path, {"name": ColumnSpec(Line())}))
    assert error.place == Cell("own.csv", 2, "")
    assert most < 20_000_000


@pytest.mark.skipif(not Path("/proc/self/status").is_file(), reason="there are no such files here")
def test_no_more_is_read_of_a_file_than_it_says_that_it_holds() -> None:
    """The system has files of size 0 that give bytes; of some, whoever reads them waits for ever."""
    with pytest.raises(MissingField) as raised:
        ledger_table("entries", CsvFile(Path("/proc/self/status")))
    assert raised.value.place == Cell("status", 1, "")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes here")
def test_what_is_no_file_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    """Nobody may ever write to a pipe."""
    os.mkfifo(tmp_path / "entries.csv")
    with pytest.raises(InvalidValue, match=r"at entries\.csv: this is not a file"):
        CsvFile(tmp_path / "entries.csv").__arrow_c_stream__()


@pytest.mark.parametrize("size", [3, 30])
def test_a_file_that_changes_meanwhile_is_refused(tmp_path: Path, size: int) -> None:
    """Whether it grows or is cut off: what was read may then never have been in it."""
    path = tmp_path / "rents.csv"
    path.write_bytes(b"a\r" * 5)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pieces, "_PIECE", 4)
        reading = pieces.pieces(path)
        next(reading)
        os.truncate(path, size)
        with pytest.raises(InvalidValue, match=r"at rents\.csv: this file changed while it was read"):
            list(reading)
