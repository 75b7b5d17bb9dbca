"""A list to work with: chosen from, grouped, with columns of one's own that decide nothing."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from attrs import evolve
from hypothesis import given, settings, strategies as st
from libraries import BACK, GIVEN, LIBRARIES
from portfolio_files import POLICY, copied, edited, lines_of, replaced
from tables import Given, as_tables, frames

from huurschuld import (
    InputError,
    InvalidValue,
    MissingField,
    Rent,
    RentTerm,
    Tenancy,
    changes,
    screen,
    worklist,
)
from huurschuld.cli.list_options import cents_of
from huurschuld.decisions.words import euros
from huurschuld.portfolio.carrying import Carried, CarryingLedger, misspelt
from huurschuld.portfolio.reading import read_portfolio
from huurschuld.portfolio.results import read_result, worklist_csv
from huurschuld.portfolio.screening import screen_ledger
from huurschuld.portfolio.selecting import Selection, grouped
from huurschuld.portfolio.worklist import Worklist
from huurschuld.rules.advice import Advice, Priority
from huurschuld.rules.policies import find_policy
from huurschuld.testing import AS_OF, tenancies

Run = Callable[..., tuple[int, str, str]]
WARDS = ("Hoornes", "Rijnsoever, Noord", "=Koestal", "")
WORKERS = ("Jansen", "De Vries", "Ömer")
KEY = b"a key of the tests alone"
SEVERAL = st.lists(tenancies(), max_size=4, unique_by=lambda it: it.id)
CELLS = st.none() | st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=5)


def with_own_columns(lines: list[str]) -> list[str]:
    """The table `tenancies` with two columns of one's own."""
    found = [f"{lines[0]},neighbourhood,case_worker"]
    for number, line in enumerate(lines[1:]):
        ward = WARDS[number % len(WARDS)]
        quoted = f'"{ward}"' if "," in ward else ward
        found.append(f"{line},{quoted},{WORKERS[number % len(WORKERS)]}")
    return found


@pytest.fixture(scope="module")
def own(clean: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A portfolio with columns of one's own, to be read only."""
    folder = copied(clean, tmp_path_factory.mktemp("own") / "mine")
    edited(folder / "tenancies.csv", with_own_columns)
    return folder


@pytest.fixture(scope="module")
def listed(own: Path) -> Worklist:
    """Its worklist with these columns."""
    from huurschuld.plugins.portfolio import open_folder  # noqa: PLC0415 - only here

    ledger = CarryingLedger(open_folder(folder=str(own)), ("neighbourhood", "case_worker"))
    policy, day = find_policy("katwijk-2021"), dt.date(2026, 10, 20)
    return screen_ledger(ledger, policy, day, {}, assume={}, decided=0)


def rows_of(run: Run, folder: Path, *options: object) -> list[dict[str, Any]]:
    """The rows of a worklist, as JSON tells them."""
    code, out, err = run("screen", folder, *POLICY, "--format", "json", *options)
    assert (code, err) == (0, "")
    rows: list[dict[str, Any]] = json.loads(out)["worklist"]
    return rows


SELECTIONS = st.builds(
    Selection,
    st.lists(st.sampled_from(Advice), max_size=3, unique=True),
    st.lists(st.sampled_from(Priority), max_size=2, unique=True),
    st.none() | st.integers(0, 400_000),
    st.dictionaries(
        st.sampled_from(["neighbourhood", "case_worker"]),
        st.lists(st.sampled_from([*WARDS, *WORKERS]), min_size=1, max_size=2, unique=True).map(tuple),
        max_size=2,
    ),
)


@given(SELECTIONS)
def test_choosing_is_choosing_from_the_whole_list(listed: Worklist, selection: Selection) -> None:
    """The same rows in the same order, none more, none less; and the counts stay those of the whole."""
    found = listed.only(selection)
    expected = []
    for row in listed.rows:
        wanted = [
            not selection.advice or row["advice"] in selection.advice,
            not selection.priority or row["priority"] in selection.priority,
            row["arrears_cents"] >= (selection.min_cents or 0),
            *((row[name] or "") in texts for name, texts in selection.where.items()),
        ]
        if all(wanted):
            expected.append(row)
    assert list(found.rows) == expected
    assert (found.counts(), found.screened) == (listed.counts(), listed.screened)
    assert found.columns() == listed.columns()


@given(SELECTIONS, st.sampled_from(["neighbourhood", "case_worker"]))
def test_grouping_loses_nobody_and_keeps_the_order(
    listed: Worklist, selection: Selection, column: str
) -> None:
    """Each household stands once, in the group of its own text, in the order of the list."""
    found, flat = listed.only(selection, column), listed.only(selection)
    assert sorted(it["tenancy"] for it in found.rows) == sorted(it["tenancy"] for it in flat.rows)
    names = [row[column] or "" for row in found.rows]
    assert names == sorted(names, key=lambda it: (it == "", it))
    for name, rows in grouped(found.rows, column).items():
        assert rows == [row for row in flat.rows if (row[column] or "") == name]


@pytest.mark.slow
@settings(max_examples=20)
@given(SEVERAL, st.data())
def test_a_carried_column_decides_nothing(several: list[Tenancy], data: st.DataObject) -> None:
    """Whatever is in it, the outcome and the receipt stay the same, and the values are the table's."""
    cells = data.draw(st.lists(CELLS, min_size=len(several), max_size=len(several)))
    plain = frames(as_tables(several))
    own = {**plain, "tenancies": plain["tenancies"].with_columns(ward=pl.Series(cells, dtype=pl.String))}
    policy = find_policy("katwijk-2021")
    without = screen(plain, policy, AS_OF, facts=True)
    beside = screen(own, policy, AS_OF, facts=True, carry=["ward"])
    assert beside.drop("ward").equals(without)
    assert beside["ward"].to_list() == cells
    expected = screen_ledger(Given(plain), policy, AS_OF, {}, assume={}, key=KEY)
    carrying = CarryingLedger(Given(own), ["ward"])
    found = screen_ledger(carrying, policy, AS_OF, {}, assume={}, key=KEY)
    assert [it.to_json() for it in found.decisions] == [it.to_json() for it in expected.decisions]
    value = dict(zip((it.id for it in several), cells, strict=True))
    assert list(found.rows) == [{**it, "ward": value[it["tenancy"]] or None} for it in expected.rows]
    one_by_one = worklist(read_portfolio(CarryingLedger(Given(own), ["ward"])), policy, AS_OF, key=KEY)
    assert [it.to_json() for it in one_by_one] == [it.to_json() for it in found.decisions]
    assert one_by_one.carrying(Carried.by(carrying)).rows == found.rows


@pytest.mark.slow
@pytest.mark.parametrize("library", LIBRARIES)
def test_every_library_carries_columns_along(library: str) -> None:
    """As they are in the table, in their own types, at the end of each row; also for several days."""
    check_carried(library)


@pytest.mark.parametrize("library", ["polars", "polars-lazy", "pandas", "pyarrow"])
def test_the_libraries_that_go_through_polars_do_so(library: str) -> None:
    """As every other does: the quick ones, for everybody who runs the tests."""
    check_carried(library)


def check_carried(library: str) -> None:
    """The columns of a result are those of the table."""
    several = [evolve(_TENANCY, id=name) for name in ("a", "b", "c")]
    tables = frames(as_tables(several))
    beside = {
        "case worker": pl.Series(["x", None, "=1"]),
        "route": pl.Series([3, 1, None]),
        "since": pl.Series([AS_OF, None, AS_OF]),
        "own": pl.Series([True, False, None]),
    }
    tables["tenancies"] = tables["tenancies"].with_columns(**beside)
    days = [AS_OF, AS_OF + dt.timedelta(days=1)]
    found = BACK[library](screen(GIVEN[library](tables), "bgs-2021", days, carry=list(beside)))
    assert found.columns[-4:] == list(beside)
    rows = found.sort("as_of", "tenancy").select("tenancy", *beside).rows()
    expected = tables["tenancies"].select("id", *beside).rows()
    assert rows == [*expected, *expected]


_TENANCY = Tenancy(
    id="a",
    start=dt.date(2020, 1, 1),
    rents=[Rent(from_=dt.date(2020, 1, 1), cents=70_000)],
    entries=[RentTerm(id="1", due=AS_OF - dt.timedelta(days=40), cents=70_000)],
)


@pytest.mark.parametrize(
    "options",
    [
        [],
        ["--engine", "reference"],
        pytest.param(["--engine", "each"], marks=pytest.mark.slow),
        pytest.param(["--backend", "duckdb"], marks=pytest.mark.slow),
    ],
    ids=" ".join,
)
def test_every_engine_lists_the_same(run: Run, own: Path, clean: Path, options: list[str]) -> None:
    """What is asked for, in every format, as it is in the whole list of the portfolio without them."""
    asked = ["--where", "neighbourhood=Hoornes", "--where", "neighbourhood=", "--by", "case_worker"]
    whole = {row["tenancy"]: row for row in rows_of(run, clean)}
    table = csv.DictReader(io.StringIO((own / "tenancies.csv").read_text(encoding="utf-8")))
    beside = {it["id"]: (it["neighbourhood"], it["case_worker"]) for it in table}
    rows = rows_of(run, own, *asked, "--min-arrears", "500", *options)
    expected = {
        name
        for name, row in whole.items()
        if row["arrears_cents"] >= 50_000 and beside[name][0] in ("Hoornes", "")
    }
    assert {row["tenancy"] for row in rows} == expected
    for row in rows:
        ward, worker = beside[row["tenancy"]]
        assert row == {**whole[row["tenancy"]], "neighbourhood": ward or None, "case_worker": worker}
    text = run("screen", own, *POLICY, *asked, "--min-arrears", "500", "--format", "csv", *options)[1]
    assert [it["tenancy"] for it in csv.DictReader(io.StringIO(text))] == [it["tenancy"] for it in rows]


def test_advice_and_priority_may_be_given_more_than_once(run: Run, own: Path) -> None:
    """Any of them; and the heading counts the whole portfolio, and how many are in the list."""
    rows = rows_of(run, own, *CARRY)
    asked = [row for row in rows if row["advice"] in ("refer", "hold") and row["priority"] == "family"]
    assert asked
    options = ["--advice", "refer", "--advice", "hold", "--priority", "family", *CARRY]
    assert rows_of(run, own, *options) == asked
    _, out, _ = run("screen", own, *POLICY, *options)
    assert f"tenancies screened: 300; in arrears: {len(rows)}; in this list: {len(asked)}" in out
    dutch = ["--advice", "Melden", "--advice", "niet melden", "--priority", "gezin", *CARRY]
    assert rows_of(run, own, *dutch) == asked
    code, _, err = run("screen", own, *POLICY, *CARRY, "--advice", "evict")
    assert code == 2
    assert "--advice: there is no such value; choose from: refer (melden), ask (navragen)" in err
    counts = Counter(row["advice"] for row in rows)
    assert f"refer {counts['refer']}   ask {counts['ask']}" in out
    document = json.loads(
        run("screen", own, *POLICY, *options, "--by", "case_worker", "--format", "json")[1]
    )
    assert document["by"] == "case_worker"
    assert {it["name"] for it in document["groups"]} <= {*WORKERS}
    assert document["selection"] == "advice=refer,hold; priority=family"
    assert sum(document["counts"].values()) == 300
    assert [it["rows"] for it in document["groups"]] == [
        sum(it["counts"].values()) for it in document["groups"]
    ]
    assert sum(it["rows"] for it in document["groups"]) == len(asked)


CARRY = ("--carry", "neighbourhood", "--carry", "case_worker")


def test_only_columns_asked_for_by_name_are_taken(run: Run, own: Path) -> None:
    """Any other is refused, with how to carry it along; so is one that is not there, or is taken."""
    code, out, err = run("screen", own, *POLICY, "--carry", "neighbourhood")
    assert (code, out) == (2, "")
    assert "unknown-field at tenancies.csv, line 1, column 10" in err
    assert "carried along by its name: carry" in err
    code, _, err = run("screen", own, *POLICY, *CARRY, "--by", "wijk")
    assert code == 2
    assert "missing-field at tenancies.csv, line 1, column wijk" in err
    for name in ("advice", "Months", "policy", "own_x", "selection", "id"):
        code, _, err = run("screen", own, *POLICY, "--carry", name)
        assert code == 2
        assert f"a result has a column `{name}` of its own" in err
    code, _, err = run("screen", own, *POLICY, *CARRY, "--carry", "Deceased")
    assert code == 2
    assert "the name `Deceased` is that of a known column but for its capitals" in err
    for option, name in (("--where", "advice=refer"), ("--by", "priority")):
        assert f"invalid-value at {option}: a result has" in run("screen", own, *POLICY, option, name)[2]
    assert "--where: a column, = and a text" in run("screen", own, *POLICY, "--where", "Hoornes")[2]


def test_a_check_takes_columns_of_ones_own_too(run: Run, own: Path) -> None:
    """Those that are named; any other is told with the number that it has in the file."""
    assert run("screen", own, "--check", *CARRY)[0] == 0
    code, out, _ = run("screen", own, "--check", "--by", "neighbourhood", "--format", "csv")
    assert code == 1
    assert [(it["code"], it["column"]) for it in csv.DictReader(io.StringIO(out))] == [
        ("unknown-field", "10")
    ]
    code, out, _ = run("screen", own, "--check", *CARRY, "--carry", "wijk", "--format", "csv")
    assert code == 1
    assert [(it["code"], it["column"]) for it in csv.DictReader(io.StringIO(out))] == [
        ("missing-field", "wijk")
    ]


def test_a_carried_column_that_is_nearly_a_known_one_is_told(
    run: Run, clean: Path, tmp_path: Path
) -> None:
    """Whoever misspells `deceased` hears that it has no effect, also in Python."""
    folder = copied(clean, tmp_path / "mine")
    edited(
        folder / "tenancies.csv",
        lambda lines: [f"{lines[0]},deceasd", *(f"{it}," for it in lines[1:])],
    )
    code, _, err = run("screen", folder, *POLICY, "--carry", "deceasd")
    assert code == 0
    assert (
        "the column deceasd is carried along and has no effect, but its name is almost `deceased`" in err
    )
    tables = {it.stem: pl.read_csv(it, infer_schema=False) for it in folder.iterdir()}
    with pytest.warns(UserWarning, match="almost `deceased`"):
        screen(tables, "katwijk-2021", dt.date(2026, 10, 20), carry=["deceasd"])
    assert misspelt(["childrenknown", "eviction on", "object", "neighbourhood", "worker"]) == {
        "childrenknown": "children_known",
        "eviction on": "eviction_on",
    }


def test_a_text_that_nobody_has_is_told(run: Run, own: Path) -> None:
    """Otherwise an empty list would say that nobody there is in arrears."""
    code, _, err = run("screen", own, *POLICY, *CARRY, "--where", "neighbourhood=hoornes")
    assert code == 0
    assert "--where: no tenancy has neighbourhood=hoornes; check the spelling" in err
    assert run("screen", own, *POLICY, *CARRY, "--where", "neighbourhood=Hoornes")[2] == ""


def test_columns_of_the_configuration_are_carried_by_every_command(
    run: Run, own: Path, tmp_path: Path
) -> None:
    """So that a table with columns of one's own can be screened, explained and referred from."""
    config = tmp_path / "huurschuld.toml"
    config.write_text('[portfolio]\ncarry = ["neighbourhood", "case_worker"]\n', encoding="utf-8")
    rows = rows_of(run, own, "--config", config)
    assert rows == rows_of(run, own, *CARRY)
    name = rows[0]["tenancy"]
    explained = run("explain", own, "--tenancy", name, *POLICY, "--config", config)
    assert explained == run("explain", own, "--tenancy", name, *POLICY, *CARRY)
    assert explained[0] == 0
    assert run("explain", own, "--tenancy", name, *POLICY)[0] == 2


def test_bad_rows_are_set_aside_and_told_whatever_is_asked_for(
    run: Run, own: Path, tmp_path: Path
) -> None:
    """Nobody without an advice drops out of a list."""
    folder = copied(own, tmp_path / "mine")
    replaced(folder / "rents.csv", 2, lines_of(folder / "rents.csv")[1] + "x")
    aside = ["--quarantine", tmp_path / "aside.csv"]
    code, out, err = run(
        "screen", folder, *POLICY, *CARRY, "--advice", "refer", "--format", "csv", *aside
    )
    assert code == 1, err
    first = next(csv.DictReader(io.StringIO(out)))
    assert (first["advice"], first["neighbourhood"], first["selection"]) == (
        "set-aside",
        "",
        "advice=refer",
    )


@pytest.mark.parametrize("suffix", [".csv", ".json", ".parquet"])
def test_a_part_of_a_list_says_so_and_what_is_carried_is_no_reason(
    run: Run, own: Path, tmp_path: Path, suffix: str
) -> None:
    """Who compares it with another result hears that whoever is missing may be in arrears still."""
    whole, part = tmp_path / f"whole{suffix}", tmp_path / f"part{suffix}"
    run("screen", own, *POLICY, *CARRY, "--output", whole)
    run("screen", own, *POLICY, *CARRY, "--advice", "refer", "--output", part)
    assert read_result(part).selection == "advice=refer"
    assert read_result(whole).selection is None
    assert all("neighbourhood" not in row for row in read_result(whole).rows.values())
    code, out, err = run("changes", whole, part, "--format", "json")
    assert code == 0
    assert "the later result is part of a worklist (advice=refer)" in err
    assert "is not in the later part of a worklist, and may be on the whole of it" in out
    assert "no longer on the worklist" not in out
    found = changes(part, whole)
    assert ["earlier result is part of a worklist" in it for it in found.cautions] == [True]
    assert {it.reasons[0].text.en for it in found} == {
        "was not in the earlier part of a worklist, and may have been on the whole of it"
    }


def test_no_carried_text_runs_as_a_formula_in_csv(listed: Worklist) -> None:
    """As no other text of a CSV file does."""
    cells = [it["neighbourhood"] for it in csv.DictReader(io.StringIO(worklist_csv(listed)))]
    assert "'=Koestal" in cells
    assert "=Koestal" not in cells


@pytest.mark.parametrize(
    ("given", "cents"),
    [
        ("500", 50_000),
        ("500,00", 50_000),
        ("500.00", 50_000),
        ("€ 1.250", 125_000),
        ("€1.250,00", 125_000),
        ("1,250.00", 125_000),
        ("1.000.000", 100_000_000),
        ("12,50 euro", 1_250),
        ("EUR 75", 7_500),
        ("500,-", 50_000),
        (" 0 ", 0),
        ("0,99", 99),
    ],
)
def test_an_amount_is_read_as_people_write_it(given: str, cents: int) -> None:
    """With a comma or a point, thousands or not, a sign or a word."""
    assert cents_of(given) == cents


@pytest.mark.parametrize(
    "given",
    [
        "",
        "x",
        "-5",
        "5,5",
        "1.500.00",
        "1,500,00",
        "1.5000",
        "1e3",
        "5 00",
        "٥",
        "1.000.001",
        "9" * 5000,
    ],
)
def test_what_is_no_amount_is_refused(given: str) -> None:
    """In one line that says what is expected."""
    with pytest.raises(InvalidValue, match=r"--min-arrears: .*euros") as caught:
        cents_of(given)
    assert len(str(caught.value)) < 200


@given(st.integers(0, 100_000_000))
def test_every_amount_that_is_written_is_read(cents: int) -> None:
    """In both languages."""
    for lang in ("nl", "en"):
        assert cents_of(euros(cents, lang)) == cents


def test_what_cannot_be_carried_is_refused() -> None:
    """A column of lists, a name that a library may take for a pattern, one that is not there."""
    tables = frames(as_tables([_TENANCY]))
    for value in (["a"], b"a", dt.timedelta(1), {"a": 1}):
        odd = {**tables, "tenancies": tables["tenancies"].with_columns(notes=pl.Series([value]))}
        with pytest.raises(InvalidValue, match="column notes: a column that is carried along holds"):
            read_portfolio(CarryingLedger(Given(odd), ["notes"]))
    for carry in (["a.*"], ["^x$"], [""], "notes", ["days_overdue"], [3]):
        with pytest.raises(InvalidValue, match="/carry"):
            screen(tables, "bgs-2021", AS_OF, carry=carry)  # type: ignore[arg-type] # what is tested
    with pytest.raises(MissingField, match="column gone"):
        screen(tables, "bgs-2021", AS_OF, carry=["gone"])
    numbered = {**tables, "tenancies": tables["tenancies"].with_columns(id=pl.lit(1), ward=pl.lit("x"))}
    with pytest.raises(InputError, match="column id"):
        read_portfolio(CarryingLedger(Given(numbered), ["ward"]))
    nameless = {**tables, "tenancies": numbered["tenancies"].drop("id")}
    with pytest.raises(MissingField, match="column id"):
        read_portfolio(CarryingLedger(Given(nameless), ["ward"]))
