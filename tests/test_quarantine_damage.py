"""Whatever happens to the rows of a portfolio: all is refused, or nobody is decided otherwise."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from hypothesis import event, given, strategies as st
from portfolio_files import check, lines_of, screened

from huurschuld.errors import InputError
from huurschuld.portfolio.schema import COLUMNS
from huurschuld.portfolio.worklist import Worklist
from huurschuld.testing.sample import write_sample

TABLES = "tenancies rents entries contacts children plans disputes objections signals".split()
GARBAGE = ("6OO", "2026-02-30", "-1", "1.5", "maybe", "20260801", "TRUE ")


@cache
def small_sample() -> tuple[dict[str, list[str]], Worklist]:
    """The lines of the tables of a small portfolio, and what comes of it."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "mine"
        write_sample(folder, 120, 1)
        return {name: lines_of(folder / f"{name}.csv") for name in TABLES}, screened(folder)


def damaged(draw: st.DrawFn, table: str, lines: list[str]) -> list[str]:
    """The lines of a table of which one is damaged in a way that can be seen.

    A value that becomes another valid one, or a whole line that is gone, nobody can see.
    """
    width = lines[0].count(",")
    untouched = [n for n, line in enumerate(lines) if n and line.count(",") == width]
    at = draw(st.sampled_from(untouched))
    columns, cells = lines[0].split(","), lines[at].split(",")
    key = "id" if table == "tenancies" else "tenancy"
    names = [it for it in columns if it not in ("id", "settles", "reverses", key)]
    column = columns.index(draw(st.sampled_from(names)))
    where = columns.index(key)

    def with_cell(index: int, value: str) -> str:
        return ",".join([*cells[:index], value, *cells[index + 1 :]])

    ways: dict[str, Callable[[], list[str]]] = {
        "garbage": lambda: [with_cell(column, draw(st.sampled_from(GARBAGE)))],
        "empty": lambda: [with_cell(columns.index(draw(st.sampled_from(required))), "")],
        "dangling": lambda: [with_cell(columns.index("settles"), "no such claim")],
        "misspelt": lambda: [with_cell(where, draw(st.sampled_from(("KW-", "KW-1000000", "x", " "))))],
        "cut": lambda: [lines[at][: draw(st.integers(1, len(",".join(cells[:-1]))))]],
        "less": lambda: [",".join([*cells[:column], *cells[column + 1 :]])],
        "wider": lambda: [",".join([*cells[:column], f"{cells[column]},00", *cells[column + 1 :]])],
        "run on": lambda: [lines[at] + lines[min(at + 1, len(lines) - 1)]],
        "opened": lambda: [with_cell(column, f'"{cells[column]}')],
        "closed": lambda: [with_cell(column, f'{cells[column]}"')],
        "twice": lambda: [lines[at], lines[at]],
        "blank": lambda: [lines[at], ""],
        "moved": lambda: [",".join([*cells[1:], cells[0]])],
        "latin": lambda: [with_cell(column, "\udce9")],
    }
    required = [it for it in columns if COLUMNS[table][it].required]
    if table not in ("tenancies", "rents", "entries"):
        del ways["twice"]
    if table != "entries":
        del ways["dangling"]
    way = ways[draw(st.sampled_from(sorted(ways)))]
    return [*lines[:at], *way(), *lines[at + 1 + (way is ways["run on"]) :]]


@st.composite
def portfolios(draw: st.DrawFn) -> dict[str, str]:
    """The texts of a portfolio of which some tables are damaged, or cut off in their last line."""
    found = dict(small_sample()[0])
    for _ in range(draw(st.integers(1, 4))):
        table = draw(st.sampled_from(TABLES))
        if len(found[table]) > 5:  # as many as are damaged at most: some line is whole
            found[table] = damaged(draw, table, found[table])
    texts = {name: "".join(f"{line}\n" for line in lines) for name, lines in found.items()}
    if draw(st.booleans()) and draw(st.booleans()):
        table = draw(st.sampled_from(TABLES))
        last = texts[table].rstrip("\n").rfind("\n") + 1
        texts[table] = texts[table][: draw(st.integers(last + 1, max(last + 1, len(texts[table]) - 1)))]
    return texts


@pytest.mark.slow
@given(texts=portfolios())
def test_whatever_is_damaged_nobody_is_decided_otherwise(texts: dict[str, str]) -> None:
    """All is refused; or the counts add up, who is screened is decided as before, and the rest named."""
    tables, right = small_sample()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        for name, text in texts.items():
            (folder / f"{name}.csv").write_bytes(text.encode("utf-8", "surrogateescape"))
        try:
            found = screened(folder)
        except InputError as error:
            event(f"refused: {error.problem.partition(';')[-1] or error.problem}")
            return
    event("screened")
    check(found, right, sum(1 for it in texts["tenancies"].splitlines()[1:] if it))
    assert found.quarantine is not None
    ids = {line.split(",")[0] for line in tables["tenancies"][1:]}
    assert ids.issuperset(found.quarantine.names)
    assert len(found.quarantine.names) == len(set(found.quarantine.names)) <= found.quarantine.tenancies
    assert bool(found.quarantine.names) == bool(found.quarantine.errors)
