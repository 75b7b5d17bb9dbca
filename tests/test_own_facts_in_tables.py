"""Facts of a policy's own on their way through tables: typed, from several systems, and in results."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from attrs import evolve
from hypothesis import given, strategies as st
from libraries import BACK, GIVEN, LIBRARIES
from portfolio_files import copied
from tables import Given, as_tables, frames

from huurschuld import InputError, RentTerm, Tenancy, TwoSources, decide, read_portfolio, screen
from huurschuld.model.tenancy import Rent, StatedFact
from huurschuld.portfolio.enriching import EnrichedLedger, EnricherTables
from huurschuld.portfolio.results import read_result
from huurschuld.rules.own_facts import CountedFact, GivenFact
from huurschuld.rules.policies import find_policy
from huurschuld.rules.sources import Phrase
from huurschuld.testing import AS_OF, tenancies
from huurschuld.testing.tenancies import stated_facts

LABEL = Phrase("van onszelf", "of our own")
POLICY = find_policy("bgs-2021").with_(
    "own",
    facts=[
        GivenFact("guardian", None, LABEL),
        GivenFact("savings", "cents", LABEL),
        GivenFact("helped", "months", LABEL),
        CountedFact("calls", LABEL, channels=["phone"]),
    ],
)
START = dt.date(2020, 1, 1)


def a_tenancy(name: str, *facts: StatedFact) -> Tenancy:
    """A tenancy that owes a month's rent, with what it states."""
    return Tenancy(
        id=name,
        start=START,
        rents=[Rent(from_=START, cents=60_000)],
        entries=[RentTerm(id="r1", due=dt.date(2025, 2, 1), cents=60_000)],
        facts=facts,
    )


def facts_table(*rows: tuple[str, str, object], dtype: Any = None) -> pl.DataFrame:
    """A table of facts that hold on any day."""
    names, facts, values = zip(*rows, strict=True)
    return pl.DataFrame({"tenancy": names, "name": facts, "value": pl.Series(values, dtype=dtype)})


SLOWLY = [
    it if it.values[0] == "polars" else pytest.param(*it.values, marks=[*it.marks, pytest.mark.slow])
    for it in LIBRARIES
]
"""Every library, all but one of them where there is time."""


# --- typed -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "values", "dtype"),
    [
        ("guardian", [True, False], pl.Boolean),
        ("guardian", ["true", "FALSE"], pl.String),
        ("guardian", ["true", "false"], pl.Categorical),
        ("guardian", [1, 0], pl.Int64),
        ("savings", [0, 10**8], pl.Int64),
        ("savings", [0, 10**8 + 1], pl.Int64),
        ("savings", ["0", "7"], pl.Categorical),
        ("savings", [True, False], pl.Boolean),
        ("savings", [1.0, 2.0], pl.Float64),
        ("savings", [START, START], pl.Date),
        ("helped", ["1.5", "999999999.999999999"], pl.String),
        ("helped", ["0", "0.000000001"], pl.String),
        ("helped", [1, 2], pl.Int64),
        ("helped", [1, -1], pl.Int64),
        ("helped", [1, 2**62], pl.Int64),
        ("helped", [True, False], pl.Boolean),
        ("unasked", [True, False], pl.Boolean),
        ("unasked", [1, 2], pl.Int64),
        ("unasked", [1, None], pl.Int64),
    ],
)
@pytest.mark.parametrize("library", SLOWLY)
def test_a_column_of_values_may_be_typed(
    library: str, name: str, values: Sequence[object], dtype: Any
) -> None:
    """What it states is what one tenancy alone states, or it is refused in both ways."""
    tables = frames(as_tables([a_tenancy("A"), a_tenancy("B")]))
    rows = [("A", name, values[0]), ("B", name, values[1])]
    tables["facts"] = facts_table(*rows, dtype=dtype)
    columns = [it.type for it in POLICY.facts]
    try:
        expected: Any = [
            {"tenancy": it.id}
            | {own.key: own.written(own.value(decide(it, POLICY, AS_OF).facts)) for own in columns}
            for it in read_portfolio(Given(tables), own=POLICY.facts)
        ]
    except InputError as error:
        expected = error.code
    try:
        found: Any = BACK[library](screen(GIVEN[library](tables), POLICY, AS_OF, facts=True))
    except InputError as error:
        found = error.code
    else:
        names = ["tenancy", *(own.key for own in columns)]
        found = found.select(names).sort("tenancy").to_dicts()
    assert found == expected


# --- from several systems --------------------------------------------------------------------------


@given(
    st.lists(
        st.tuples(tenancies(), stated_facts()).map(lambda both: evolve(both[0], facts=both[1])),
        min_size=1,
        max_size=4,
        unique_by=lambda it: it.id,
    ),
    st.data(),
)
def test_each_system_may_state_other_facts(given_: list[Tenancy], data: st.DataObject) -> None:
    """However the facts of a tenancy are spread over systems by name, they are the same facts."""
    tables = frames(as_tables(given_))
    facts = tables.pop("facts")
    names = facts.select("tenancy", "name").unique(maintain_order=True).rows()
    who = {name: data.draw(st.integers(0, 2)) for name in names}
    keys = facts.select("tenancy", "name").rows()
    told = [
        facts.filter(pl.Series([who[key] == number for key in keys], dtype=pl.Boolean))
        for number in range(3)
    ]
    further = [EnricherTables(f"source {n}", {"facts": it}) for n, it in enumerate(told[1:], 1)]
    ledger = Given({**tables, "facts": told[0]})
    for found, expected in zip(
        read_portfolio(EnrichedLedger(ledger, further)),
        read_portfolio(Given({**tables, "facts": facts})),
        strict=True,
    ):
        assert set(found.facts or ()) == set(expected.facts or ())
        assert evolve(found, facts=None) == evolve(expected, facts=None)


def test_a_fact_of_a_tenancy_comes_from_one_system() -> None:
    """Two values from two systems are refused, at the place in the second; other types become texts."""
    tables = frames(as_tables([a_tenancy("A"), a_tenancy("B")]))
    tables["facts"] = facts_table(("A", "guardian", True), ("B", "guardian", False))
    savings = {"facts": facts_table(("A", "savings", 5))}
    both = EnrichedLedger(Given(tables), [EnricherTables("other", savings)])
    found = [decide(it, POLICY, AS_OF).facts for it in read_portfolio(both, own=POLICY.facts)]
    assert [(it.own_value("guardian"), it.own_value("savings")) for it in found] == [
        (True, 5),
        (False, None),
    ]
    again = {"facts": facts_table(("A", "savings", 5), ("B", "guardian", 1))}
    with pytest.raises(TwoSources) as caught:
        read_portfolio(EnrichedLedger(Given(tables), [EnricherTables("other", again)]))
    assert str(caught.value).startswith("two-sources at other: facts, line 3, column tenancy: ")


def test_facts_that_a_system_cannot_tell_are_unknown() -> None:
    """Those of the ledger too, since the missing ones may be among them; no default holds then."""
    tables = frames(as_tables([a_tenancy("A")]))
    tables["facts"] = facts_table(("A", "guardian", True))
    (found,) = read_portfolio(EnrichedLedger(Given(tables), unknown=["facts"]))
    assert found.facts is None
    assert decide(found, POLICY, AS_OF).facts.own_value("guardian") is None


# --- in results ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def with_facts(clean: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A portfolio with facts for two of three tenancies, and a policy that asks them."""
    folder = copied(clean, tmp_path_factory.mktemp("facts") / "mine")
    lines = ["tenancy,name,from,until,value"]
    for number, line in enumerate(
        (folder / "tenancies.csv").read_text(encoding="utf-8").splitlines()[1:]
    ):
        name = line.partition(",")[0]
        lines += [f"{name},guardian,,,{('true', 'false')[number % 2]}", f"{name},savings,,,{number}"] * (
            number % 3 > 0
        )
        lines += [f"{name},helped,2026-01-01,,{('0', '1.5', '2')[number % 3]}"] * (number % 5 > 0)
    (folder / "facts.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (folder.parent / "own.toml").write_text(
        """
        extends = "bgs-2021"
        name = "own"
        title = { nl = "eigen", en = "own" }
        facts = [
            { name = "guardian", label = { nl = "bewind", en = "guardian" }, unit = "flag" },
            { name = "savings", label = { nl = "spaargeld", en = "savings" }, unit = "cents" },
            { name = "helped", label = { nl = "geholpen", en = "helped" }, unit = "months" },
            { name = "calls", label = { nl = "gebeld", en = "calls" }, counted.channels = ["phone"] },
        ]
        holds = [{ name = "guardian", when = "guardian and savings > 100", stops = "referral" }]
        """,
        encoding="utf-8",
    )
    return folder


@pytest.mark.parametrize("suffix", [".csv", ".json", ".parquet"])
def test_a_result_with_own_facts_is_read_again(
    run: Callable[..., tuple[int, str, str]], with_facts: Path, tmp_path: Path, suffix: str
) -> None:
    """By either way of screening, in every format: each fact in its unit, and null where unknown."""
    asked = ["screen", with_facts, "--policy", with_facts.parent / "own.toml", "--facts"]
    asked += ["--as-of", "2026-10-20", "--output"]
    columnar, each = tmp_path / f"columnar{suffix}", tmp_path / f"each{suffix}"
    code, out, _ = run(*asked, columnar, "--format", "json")
    assert code == 0
    assert run(*asked, each, "--engine", "each")[0] == 0
    assert columnar.read_bytes() == each.read_bytes()
    expected = json.loads(out)["worklist"]
    rows = list(read_result(columnar).rows.values())
    assert [{**row, "own_helped": str(row["own_helped"] or 0)} for row in rows] == [
        {**row, "own_helped": row["own_helped"] or "0"} for row in expected
    ]
    found = {name: {row[name] for row in rows} for name in rows[0] if name.startswith("own_")}
    assert found["own_guardian"] == {True, False, None}
    assert {type(it) for it in found["own_savings"]} == {int, type(None)}
    assert found["own_helped"] >= {"1.5", None}
    assert {type(it) for it in found["own_calls"]} == {int}
