"""`changes` in Python: the same answer, whichever way the two results are given."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
import pytest
from attrs import evolve
from hypothesis import given, settings, strategies as st
from libraries import GIVEN, SPARK_IS_SLOW
from tables import as_tables, frames

from huurschuld import (
    Cell,
    Decision,
    InputError,
    InvalidValue,
    Tenancy,
    changes,
    decide,
    decide_many,
    decisions_frame,
    load_case,
    policies,
    screen,
    worklist,
)
from huurschuld.portfolio.results import worklist_as
from huurschuld.testing import AS_OF, tenancies

CASES = [load_case(f"examples/{name}.json") for name in ("refer-family", "hold-plan", "ask-objections")]
EARLIER, LATER = AS_OF, AS_OF + dt.timedelta(days=30)


def decided(some: list[Tenancy], day: dt.date) -> list[Decision]:
    """What the reference engine says."""
    return list(decide_many(some, "katwijk-2021", day, engine="reference"))


@settings(max_examples=settings().max_examples // 3)
@given(
    st.lists(
        tenancies(contacts=(), plans=(), disputes=(), objections=(), signals=(), facts=()),
        min_size=1,
        max_size=4,
    )
)
def test_frames_and_decisions_have_the_same_changes(some: list[Tenancy]) -> None:
    """From `screen`, from `decisions_frame`, or from the decisions themselves."""
    some = [evolve(it, id=str(number)) for number, it in enumerate(some)]
    first, second = decided(some, EARLIER), decided(some, LATER)
    expected = changes(first, second)
    for one in expected:
        assert one.before is None or one.after is None or one.before != one.after
    tables = frames(as_tables(some))
    screened = [screen(tables, "katwijk-2021", day, facts=True) for day in (EARLIER, LATER)]
    assert changes(*screened) == expected
    assert changes(decisions_frame(first, facts=True), screened[1]) == expected
    assert all(one.reasons for one in expected)
    assert expected.cautions == ()
    assert not len(changes(first, iter(first)))


RESULTS: Mapping[str, Callable[[list[Decision], Path], Any]] = {
    "decisions": lambda decisions, _: iter(decisions),
    "file": lambda decisions, folder: written(decisions, folder / "result.json"),
    "text": lambda decisions, folder: str(written(decisions, folder / "result.parquet")),
}


def written(decisions: list[Decision], path: Path) -> Path:
    """The file of a worklist of these tenancies."""
    as_of = decisions[0].receipt.as_of
    some = [it.tenancy for it in CASES]
    path.write_bytes(worklist_as(path, worklist(some, "katwijk-2021", as_of, engine="reference")))
    return path


@pytest.mark.parametrize("way", RESULTS)
def test_files_and_worklists_are_results_as_well(way: str, tmp_path: Path) -> None:
    """Named by their path, or given as they are."""
    some = [it.tenancy for it in CASES]
    days = CASES[0].as_of, CASES[0].as_of + dt.timedelta(days=120)
    before = RESULTS[way](decided(some, days[0]), tmp_path)
    after = worklist(some, "katwijk-2021", days[1], engine="reference")
    found = changes(before, after)
    assert len(found) == len(list(found)) > 0
    told = [(it.tenancy, it.document()["advice_before"], it.document()["advice_after"]) for it in found]
    by_decisions = changes(decided(some, days[0]), decided(some, days[1]))
    assert [it[0] for it in told] == [it.tenancy for it in by_decisions]
    assert repr(found) == "<Changes>"
    assert repr(next(iter(found))) == "<Change>"


@pytest.mark.parametrize("library", SPARK_IS_SLOW)
def test_frames_of_every_library_are_results(library: str) -> None:
    """Also from one library to another."""
    some = [it.tenancy for it in CASES]
    tables = frames(as_tables(some))
    days = CASES[0].as_of, CASES[0].as_of + dt.timedelta(days=120)
    before, after = (screen(GIVEN[library](tables), "katwijk-2021", day) for day in days)
    assert changes(before, after) == changes(*(screen(tables, "katwijk-2021", day) for day in days))


def test_two_results_that_cannot_simply_be_compared_are_told() -> None:
    """Another policy, or days that run backwards."""
    some = [it.tenancy for it in CASES]
    bgs = decide_many(some, "bgs-2021", EARLIER, engine="reference")
    found = changes(decided(some, LATER), bgs)
    assert found.cautions == (
        "the policies differ: katwijk-2021 before, bgs-2021 after",
        f"the days are in reverse order: {LATER} before, {EARLIER} after",
    )


def test_the_reasons_are_conditions_where_the_policy_is_known() -> None:
    """That of decisions is; of frames it is built in, or given."""
    own = policies()["katwijk-2021"].with_("own", parameters={"minimum_cents": 7_500})
    days = CASES[0].as_of, CASES[0].as_of + dt.timedelta(days=120)
    made = [[decide(it.tenancy, own, day, engine="reference") for it in CASES] for day in days]
    expected = changes(*made)
    assert any(reason.before or reason.after for one in expected for reason in one.reasons)
    shown = [decisions_frame(it, facts=True) for it in made]
    assert changes(*shown, policies=[own]) == expected
    for one in changes(*shown):
        assert all(reason.before is reason.after is None for reason in one.reasons)


HISTORY = decisions_frame([decide(CASES[0].tenancy, "katwijk-2021", it) for it in (EARLIER, LATER)])


@pytest.mark.parametrize(
    ("given_result", "place"),
    [
        (5, "before"),
        (b"x", "before"),
        ({"A": 1}, "before"),
        ([5], "/before/0"),
        (HISTORY, Cell("before", 3, "tenancy")),
        (pl.DataFrame({"a": [1]}), Cell("before", 2, "tenancy")),
        (pd.DataFrame({"tenancy": ["A"], "advice": ["x"]}), Cell("before", 2, "advice")),
    ],
)
def test_what_is_no_result_is_refused(given_result: Any, place: object) -> None:
    """With its place; two days of one tenancy are no result of one day."""
    with pytest.raises(InvalidValue) as caught:
        changes(given_result, [])
    assert caught.value.place == place


def test_a_file_that_is_not_there_is_told_by_its_name(tmp_path: Path) -> None:
    """As any file of another kind is."""
    with pytest.raises(OSError, match=r"nowhere\.csv"):
        changes(tmp_path / "nowhere.csv", [])
    with pytest.raises(InputError, match=r"nowhere\.txt"):
        changes(tmp_path / "nowhere.txt", [])
