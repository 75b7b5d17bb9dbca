"""What has changed between two results: told of everyone it concerns, and of nobody else."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import attrs
import polars as pl
import pytest
from hypothesis import given, settings, strategies as st
from portfolio_files import POLICY, copied, first_of, replaced

import huurschuld as h
from huurschuld.cli import main
from huurschuld.decisions.change_values import Difference
from huurschuld.portfolio.change_words import UNNAMED, difference_in_words
from huurschuld.portfolio.changes import ABSENT, Rules, changes
from huurschuld.portfolio.result_rows import WITHOUT_ADVICE, Origin
from huurschuld.portfolio.results import changes_csv, read_result
from huurschuld.portfolio.row_decisions import decision_of, receipt_for
from huurschuld.rules.advice import Advice, Priority
from huurschuld.testing import tenancies as h_tenancies
from huurschuld.testing.tenancies import AS_OF

Screen = Callable[..., tuple[int, str, str]]
Row = dict[str, Any]
EARLIER = [*POLICY[:-1], "2026-08-20"]


def changed(run: Screen, before: Path, after: Path) -> dict[str, dict[str, Any]]:
    """The changes as JSON, by tenancy."""
    code, out, _ = run("changes", before, after, "--format", "json")
    assert code == 0
    return {it["tenancy"]: it for it in json.loads(out)}


def test_changes_are_told_with_their_reasons(run: Screen, clean: Path, tmp_path: Path) -> None:
    """Two months on: who got further, who was paid up, and who came."""
    first, later = tmp_path / "first.csv", tmp_path / "later.parquet"
    assert run("screen", clean, *EARLIER, "--facts", "--output", first)[0] == 0
    assert run("screen", clean, *POLICY, "--facts", "--output", later)[0] == 0
    before, after = read_result(first).rows, read_result(later).rows
    code, out, err = run("changes", first, later, "--format", "json")
    assert (code, err) == (0, "")
    said = {it["tenancy"]: it for it in json.loads(out)}
    assert len(said) == len(json.loads(out)) > 0
    for name in before.keys() | after.keys():
        was, now = before.get(name), after.get(name)
        differs = was is None or now is None or any(was[it] != now[it] for it in ("advice", "priority"))
        assert (name in said) is differs
        if differs and was is not None and now is not None:
            assert said[name]["reasons"][0]["rung"] != "result"
            assert said[name]["why"] == {
                it: {"before": was[it], "after": now[it]}
                for it in now
                if it not in ("tenancy", "advice", "priority") and was[it] != now[it]
            }
    assert any(it["advice_before"] is None for it in said.values())
    assert run("changes", first, first, "--format", "csv")[1].splitlines() == [
        "tenancy,advice_before,advice_after,priority_before,priority_after,why,reasons_nl,reasons_en"
    ]
    code, table, _ = run("changes", first, later, "--lang", "nl")
    assert code == 0
    assert "→" in table
    assert f"advies of voorrang veranderd: {len(said)}" in table


@pytest.mark.parametrize("suffix", [".csv", ".json", ".parquet"])
def test_who_is_set_aside_has_not_paid(run: Screen, clean: Path, tmp_path: Path, suffix: str) -> None:
    """Both who was on the worklist and who was not are told as set aside; later also who comes back."""
    before, after = tmp_path / f"before{suffix}", tmp_path / f"after{suffix}"
    assert run("screen", clean, *POLICY, "--facts", "--output", before)[0] == 0
    rows = read_result(before).rows
    hit = next(iter(rows))
    other = next(it for it in (f"KW-{number:06}" for number in range(1, 301)) if it not in rows)
    folder = copied(clean, tmp_path / "mine")
    for name in (hit, other):
        path = folder / "entries.csv"
        replaced(path, first_of(path, name), f"{name},R-2025")
    aside = tmp_path / "aside.csv"
    assert run("screen", folder, *POLICY, "--facts", "--output", after, "--quarantine", aside)[0] == 1
    said = changed(run, before, after)
    for it in said.values():
        assert it.pop("reasons")[-1]["text"]["en"] == "is set aside, because one of its rows is wrong"
    assert said == {
        name: {
            "tenancy": name,
            "advice_before": advice,
            "advice_after": "set-aside",
            "priority_before": priority,
            "priority_after": None,
            "why": {},
        }
        for name, advice, priority in (
            (hit, rows[hit]["advice"], rows[hit]["priority"]),
            (other, None, None),
        )
    }
    table = " ".join(run("changes", before, after)[1].split())
    assert f"{rows[hit]['advice']} → set aside {rows[hit]['priority']} → –" in table
    assert "– → set aside" in table
    assert "set-aside" not in run("changes", before, after, "--lang", "nl")[1]
    back = changed(run, after, before)
    assert {name: (it["advice_before"], it["why"]) for name, it in back.items()} == {
        hit: ("set-aside", {}),
        other: ("set-aside", {}),
    }


def row(name: str, advice: str, priority: str | None = "family", **more: object) -> Row:
    """A row of a result."""
    return {"tenancy": name, "advice": advice, "priority": priority, **more}


ROWS = st.dictionaries(
    st.sampled_from("ABCDE"),
    st.builds(
        lambda advice, priority, cents: row(
            "", advice, None if advice in WITHOUT_ADVICE else priority, arrears_cents=cents
        ),
        st.sampled_from([*map(str, Advice), *WITHOUT_ADVICE]),
        st.sampled_from([*map(str, Priority)]),
        st.integers(0, 1),
    ),
).map(lambda rows: {name: {**it, "tenancy": name} for name, it in rows.items()})


@given(ROWS, ROWS)
def test_everyone_whose_state_is_another_is_told(before: dict[str, Row], after: dict[str, Row]) -> None:
    """And nobody else; the same backwards; whoever has left the worklist comes last.

    A tenancy that is not on the worklist has the advice `none` or is absent, as far as the result tells:
    only one that lists all tenancies does. Who is in a crisis is on it without arrears, too. Without a
    place on it before or after there are no reasons.
    """

    def is_listed(row: Row | None) -> bool:
        return row is not None and (row["advice"] != "none" or row["priority"] == "crisis")

    def state(rows: dict[str, Row], name: str) -> tuple[object, object]:
        it = rows.get(name)
        return (it["advice"], it["priority"]) if it is not None and is_listed(it) else (None, None)

    def advice(rows: dict[str, Row], name: str) -> object:
        if not all(map(is_listed, rows.values())):
            return rows[name]["advice"] if name in rows else ABSENT
        return rows[name]["advice"] if name in rows else None

    found = changes(before, after)
    expected = {it for it in "ABCDE" if state(before, it) != state(after, it)}
    assert {it.tenancy for it in found} == expected
    assert len(found) == len(expected)
    assert {it.tenancy for it in changes(after, before)} == expected
    gone = [state(after, it.tenancy)[0] is None for it in found]
    assert gone == sorted(gone)
    for it in found:
        advices = (advice(before, it.tenancy), advice(after, it.tenancy))
        assert (it.document()["advice_before"], it.document()["advice_after"]) == advices
        both = is_listed(before.get(it.tenancy)) and is_listed(after.get(it.tenancy))
        assert not it.why or (both and {str(one) for one in Advice}.issuperset(advices))
        assert bool(it.why) == ("arrears_cents: " in changes_csv([it]))
        assert it.reasons
        assert all(one.text.nl and one.text.en for one in it.reasons)


def test_results_that_cannot_simply_be_compared_are_told_apart(
    run: Screen, clean: Path, tmp_path: Path
) -> None:
    """Another policy, other numbers, days that run backwards, or one that does not tell."""
    made = {
        "earlier.csv": EARLIER,
        "later.json": POLICY,
        "other.parquet": ["--policy", "bgs-2021", "--as-of", "2026-10-20"],
        "numbers.csv": [*POLICY, "--set", "minimum_cents=7500"],
    }
    for name, options in made.items():
        assert run("screen", clean, *options, "--output", tmp_path / name)[0] == 0
    rows = list(csv.DictReader(io.StringIO((tmp_path / "earlier.csv").read_text(encoding="utf-8"))))
    assert list(rows[0])[-3:] == ["policy", "rules", "as_of"]
    pl.DataFrame(rows).drop("policy", "rules", "as_of").cast(
        {"arrears_cents": pl.Int64, "days_overdue": pl.Int64}
    ).write_parquet(tmp_path / "mute.parquet")

    def told(before: str, after: str) -> list[str]:
        code, _, err = run("changes", tmp_path / before, tmp_path / after)
        assert code == 0
        return [it.removeprefix("huurschuld: ") for it in err.splitlines()]

    assert told("earlier.csv", "later.json") == []
    assert told("later.json", "earlier.csv") == [
        "the days are in reverse order: 2026-10-20 before, 2026-08-20 after"
    ]
    assert told("earlier.csv", "other.parquet") == [
        "the policies differ: katwijk-2021 before, bgs-2021 after"
    ]
    assert told("earlier.csv", "numbers.csv") == [
        "the policy, its numbers or the assumptions are not the same in both results"
    ]
    assert told("mute.parquet", "later.json") == [
        "the earlier result does not say which policy or which day it is from"
    ]
    for it in changed(run, tmp_path / "earlier.csv", tmp_path / "other.parquet").values():
        assert it["why"].keys().isdisjoint(("policy", "rules", "as_of"))


def test_days_since_what_never_was_are_none(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """Nobody reads that an offer was made 0 days ago where none was made."""
    row = {"tenancy": "A1", "priority": "regular", "policy": "p", "rules": "r", "as_of": "2026-10-20"}
    before = {**row, "advice": "contact", "days_since_offer": 0, "sharing_offered": False}
    after = {**row, "advice": "refer", "days_since_offer": 14, "sharing_offered": True}
    for name, one in (("before", before), ("after", after)):
        document = {"policy": "p", "rules": "r", "as_of": "2026-10-20", "worklist": [one]}
        (tmp_path / f"{name}.json").write_text(json.dumps(document), encoding="utf-8")
    assert main(["changes", str(tmp_path / "before.json"), str(tmp_path / "after.json")]) == 0
    assert "days since the offer: none → 14" in " ".join(capsys.readouterr().out.split())


def screened(
    tenancies: list[h.Tenancy], policy: str, day: dt.date, parameters: dict[str, object]
) -> tuple[Origin, dict[str, Row], dict[str, h.Decision]]:
    """What a result with facts holds, and the decisions that it was made of."""
    found = h.worklist(tenancies, policy, day, parameters, "reference", facts=True)
    assert found.receipt is not None
    origin = Origin.of(found.receipt)
    decisions = {it.tenancy: it for it in found.decisions}
    return origin, {row["tenancy"]: row for row in found.rows}, decisions


@given(
    st.lists(h_tenancies(), min_size=1, max_size=4),
    st.sampled_from(["bgs-2021", "katwijk-2021"]),
    st.sampled_from(["bgs-2021", "katwijk-2021"]),
    st.integers(0, 40),
)
@settings(max_examples=30)
def test_the_reasons_are_those_of_the_decisions(
    several: list[h.Tenancy], one: str, other: str, days: int
) -> None:
    """From results with facts come the reasons that the decisions give, between policies too."""
    several = [attrs.evolve(it, id=f"T-{number}") for number, it in enumerate(several)]
    later = AS_OF + dt.timedelta(days=days)
    was, before, decided_before = screened(several, one, AS_OF, {})
    now, after, decided_after = screened(several, other, later, {})
    known = h.policies().values()
    receipts = receipt_for(was, None, known), receipt_for(now, None, known)
    assert None not in receipts
    for it in changes(before, after, Rules(was, now, receipts)):
        if it.before is not None and it.after is not None:
            pair = decided_before[it.tenancy], decided_after[it.tenancy]
            assert it.reasons == h.explain_change(*pair)


def test_a_policy_of_ones_own_and_its_numbers_are_known_from_json(
    run: Screen, clean: Path, tmp_path: Path
) -> None:
    """The receipt in JSON has the numbers, the file the rest; without it no condition is named."""
    file = tmp_path / "weert.toml"
    named = 'extends = "katwijk-2021"\nname = "weert"\ntitle = {nl = "Weert", en = "Weert"}\n'
    file.write_text(named, encoding="utf-8")
    before, after = tmp_path / "before.csv", tmp_path / "after.json"
    assert run("screen", clean, *POLICY, "--facts", "--output", before)[0] == 0
    mine = ["--policy", file, *POLICY[2:], "--set", "response_days=90"]
    assert run("screen", clean, *mine, "--facts", "--output", after)[0] == 0
    found = json.loads(run("changes", before, after, "--policy", file, "--format", "json")[1])
    assert found
    for it in found:
        assert (it["advice_before"], it["advice_after"]) == ("refer", "wait")
        for reason in it["reasons"]:
            assert reason["parameters"] == {"response_days": {"before": 14, "after": 90}}
            assert reason["text"]["en"].endswith("[response_days: 14 → 90]")
    texts = [one["text"]["en"] for it in changed(run, before, after).values() for one in it["reasons"]]
    assert set(texts) == {"the policy: katwijk-2021 → weert", UNNAMED.en}


def test_a_day_that_differs_is_written_as_people_do() -> None:
    """The start of the arrears: in Dutch with the name of the month."""
    it = Difference("episode_start", dt.date(2026, 9, 1), dt.date(2026, 10, 1))
    told = difference_in_words(it, None, None)
    assert told.nl == "begin van de achterstand: 1 september 2026 → 1 oktober 2026"
    assert told.en == "start of the arrears: 2026-09-01 → 2026-10-01"


def test_a_result_that_was_changed_gives_no_reasons_that_are_not_so(
    run: Screen, clean: Path, tmp_path: Path
) -> None:
    """Where the facts of a row do not give its advice, no condition is named; nor where one misfits."""
    path = tmp_path / "result.csv"
    assert run("screen", clean, *POLICY, "--facts", "--output", path)[0] == 0
    result = read_result(path)
    row = next(it for it in result.rows.values() if it["advice"] == "refer")
    receipt = receipt_for(result.origin, None, h.policies().values())
    assert receipt is not None
    assert decision_of(row, receipt) is not None
    assert decision_of({**row, "reminder_sent": False}, receipt) is None
    assert decision_of({**row, "attempts": "many"}, receipt) is None
    assert decision_of({name: it for name, it in row.items() if name != "attempts"}, receipt) is None
