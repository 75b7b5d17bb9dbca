"""What becomes of a household on which two engines differ: it is set apart, and the rest goes on."""

from __future__ import annotations

import csv
import io
import json
import os
import pickle
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import HealthCheck, assume, given, settings, strategies as st

from huurschuld import (
    Advice,
    DuplicateId,
    EngineDisagreement,
    EngineFailed,
    Policy,
    Tenancy,
    Undecided,
    decide,
    decide_many,
    facts_of,
    load_case,
    parse_case,
    policy_for,
    worklist,
)
from huurschuld.analysis.conformance import run_case
from huurschuld.cli import main
from huurschuld.decisions.undecided import without_ids
from huurschuld.rules.advice import Outcome, Priority
from huurschuld.rules.engines import durable
from huurschuld.rules.engines.choice import EngineName
from huurschuld.rules.facts import Facts
from huurschuld.rules.policy import PolicyOnDay
from huurschuld.rules.policy_reading import policy_of_case
from huurschuld.testing import AS_OF, policies, tenancies
from huurschuld.testing.sample import write_sample

VALUES = policy_for("katwijk-2021", AS_OF).on(AS_OF).values
SEVERAL = st.lists(tenancies(), min_size=2, max_size=6, unique_by=lambda it: it.id)


@pytest.fixture
def wrong_about(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[Facts], bool]], None]:
    """Makes the durable engine wrong about some facts, as a fault in it would."""
    right = durable.engine_for

    def install(is_wrong: Callable[[Facts], bool]) -> None:
        def engine_for(on_day: PolicyOnDay) -> Any:
            @attrs.frozen
            class Faulty:
                def outcome(self, facts: Facts) -> Outcome:
                    if is_wrong(facts):
                        return Outcome(Advice.REFER, Priority.REGULAR, unknown=("no", "outcome"))
                    return right(on_day).outcome(facts)

            return Faulty()

        monkeypatch.setattr(durable, "engine_for", engine_for)
        monkeypatch.setattr(durable, "_missing", None)

    if durable.unavailable() is not None:
        pytest.skip(durable.unavailable() or "")
    return install


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(SEVERAL, st.data())
def test_one_household_is_set_apart_and_the_others_are_decided(
    wrong_about: Callable[[Callable[[Facts], bool]], None], several: list[Tenancy], data: st.DataObject
) -> None:
    """In a worklist and in the stream of decisions: nobody is lost, nobody gets a doubtful advice."""
    wrong_about(lambda _: False)
    expected = list(decide_many(several, "katwijk-2021", AS_OF))
    chosen = data.draw(st.sampled_from(several))
    facts = facts_of(chosen, AS_OF, **VALUES)
    differing = [it.tenancy for it in expected if it.facts == facts]
    wrong_about(lambda it: it == facts)

    found = worklist(several, "katwijk-2021", AS_OF)
    assert [it.tenancy for it in found.undecided] == differing
    assert chosen.id in differing
    assert set(found) == {
        it
        for it in expected
        if it.tenancy not in differing
        and (it.advice is not Advice.NONE or it.priority is Priority.CRISIS)
    }
    assert sum(found.counts().values()) + len(differing) == found.screened == len(several)

    stream, decided, apart = decide_many(several, "katwijk-2021", AS_OF), [], []
    for _ in several:
        try:
            decided.append(next(stream))
        except EngineDisagreement as error:
            apart.append(error.tenancy)
    assert next(stream, None) is None
    assert apart == differing
    assert decided == [it for it in expected if it.tenancy not in differing]
    with pytest.raises(DuplicateId):
        worklist([chosen, chosen], "katwijk-2021", AS_OF)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(tenancies())
def test_the_error_has_a_case_to_report_and_tells_nothing_itself(
    wrong_about: Callable[[Callable[[Facts], bool]], None], tenancy: Tenancy
) -> None:
    """The case shows the difference when it is run; no id of the tenancy is in it or in the message."""
    tenancy = attrs.evolve(tenancy, id="KW-SECRET")
    wrong_about(lambda _: True)
    with pytest.raises(EngineDisagreement) as caught:
        decide(tenancy, "katwijk-2021", AS_OF, {"referral_months": "1.5"})
    error = pickle.loads(pickle.dumps(caught.value))  # noqa: S301 - of our own making
    assert (error.tenancy, error.place) == ("KW-SECRET", "/tenancy")
    assert "SECRET" not in f"{error}{error!r}{error.args}{error.case}"
    assert caught.value.__context__ is None
    again = run_case("again", error.case.encode())
    assert not again.passed
    assert again.actual == {"error": "engine-disagreement", "at": "/tenancy"}
    assert run_case("again", error.case.encode(), "reference").passed
    assert json.loads(error.case)["parameters"]["referral_months"] == "1.5"
    # One engine that is named decides alone.
    assert decide(tenancy, "katwijk-2021", AS_OF, engine="durable").unknown == ("no", "outcome")


@given(tenancies(), policies())
def test_a_tenancy_without_its_ids_is_decided_alike(tenancy: Tenancy, policy: Policy) -> None:
    """The order of the entries' ids counts, the ids do not; and none of them is left."""
    bare = without_ids(tenancy)
    first, second = (decide(it, policy, AS_OF, engine="reference").summary() for it in (tenancy, bare))
    assert first == second
    ids = {entry.id for entry in tenancy.entries}
    assume(all(len(it) > 4 or not it.isdigit() for it in ids))
    assert not ids & {entry.id for entry in bare.entries}
    assert len({entry.id for entry in bare.entries}) == len(bare.entries)


def test_the_command_line_sets_them_apart(
    wrong_about: Callable[[Callable[[Facts], bool]], None],
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """The list is shown, those that are not decided are named, and the case files can be run again."""
    folder, cases = tmp_path / "mine", tmp_path / "cases"
    write_sample(folder, 300, 1)
    arguments = ["screen", str(folder), "--policy", "katwijk-2021", "--as-of", "2026-10-20"]
    arguments += ["--engine", "each"]
    assert main([*arguments, "--format", "json"]) == 0
    before = json.loads(capfd.readouterr().out)
    wrong_about(lambda facts: facts.days_overdue is not None and facts.days_overdue > 60)
    assert main([*arguments, "--format", "json", "--undecided", str(cases)]) == 1
    shown = capfd.readouterr()
    after = json.loads(shown.out)
    apart = {it["tenancy"] for it in after["undecided"]}
    assert apart == {it["tenancy"] for it in before["worklist"] if it["days_overdue"] > 60} != set()
    assert after["worklist"] == [it for it in before["worklist"] if it["tenancy"] not in apart]
    assert f"{len(apart)} of 300 tenancies are not decided" in shown.err
    for case in cases.iterdir():
        assert parse_case(case.read_bytes()).tenancy.id == "undecided"
    assert len(list(cases.iterdir())) == len(apart)
    assert main(["conform", str(cases), "--engine", "reference"]) == 0
    assert main(["conform", str(cases)]) == 1
    capfd.readouterr()
    assert main([*arguments, "--undecided", str(cases)]) == 2, "a folder of other cases is not mixed up"
    assert "not empty" in capfd.readouterr().err
    if os.name == "posix":
        assert {it.stat().st_mode & 0o077 for it in cases.iterdir()} == {0}
    assert main([*arguments, "--format", "csv"]) == 1
    rows = list(csv.DictReader(io.StringIO(capfd.readouterr().out)))
    assert [it["tenancy"] for it in rows if it["advice"] == "undecided"] == [
        it["tenancy"] for it in after["undecided"]
    ]
    assert len(rows) == len(before["worklist"])
    assert main(arguments) == 1
    shown = capfd.readouterr()
    assert all(it in shown.out for it in apart)
    assert "--undecided FOLDER" in shown.err


def test_an_engine_that_breaks_off_is_told_in_the_same_way() -> None:
    """Both are an `Undecided`, whose attributes are there before they are set."""
    for cls in (EngineFailed, EngineDisagreement):
        error = cls("/tenancy", "it broke off")
        assert isinstance(error, Undecided)
        assert (error.tenancy, error.case) == (None, None)
        error.tenancy, error.case = "KW-1", "{}"
        moved = error.at("/elsewhere")
        assert (type(moved), moved.place, moved.tenancy, moved.case) == (cls, "/elsewhere", "KW-1", "{}")


@pytest.mark.parametrize("engine", [None, "durable"])
@pytest.mark.parametrize("fault", [RecursionError, MemoryError, ValueError, UnicodeError, SystemError])
def test_whatever_an_engine_raises_is_about_one_household(
    fault: type[Exception], engine: EngineName | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The others are decided; and nothing of what was raised, which may hold the facts, is told on."""
    right = durable.engine_for

    def engine_for(on_day: PolicyOnDay) -> Any:
        @attrs.frozen
        class Faulty:
            def outcome(self, facts: Facts) -> Outcome:
                if facts.arrears_cents:
                    raise fault("of somebody, 987654")
                return right(on_day).outcome(facts)

        return Faulty()

    if durable.unavailable() is not None:
        pytest.skip(durable.unavailable() or "")
    monkeypatch.setattr(durable, "engine_for", engine_for)
    case = load_case(Path(__file__).parent / "golden" / "case.json")
    paid = attrs.evolve(case.tenancy, id="paid", entries=[])
    found = worklist([case.tenancy, paid], policy_of_case(case), case.as_of, engine=engine)
    assert (found.screened, found.counts()[Advice.NONE]) == (2, 1)
    (error,) = found.undecided
    assert isinstance(error, EngineFailed)
    assert error.__context__ is None
    assert "987654" not in f"{error}{error!r}"


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        ("", "durable_rules is not installed"),
        (
            "raise ImportError('/home/me/x.so: undefined symbol: PyEval_CallObject')",
            "durable_rules was built without the flag that this Python needs",
        ),
        (
            "raise ImportError('/home/me/x.so: wrong ELF class')",
            "durable_rules was built for another Python",
        ),
    ],
)
def test_without_durable_rules_all_else_works(broken: str, reason: str, tmp_path: Path) -> None:
    """The reference engine decides alone; the list of policies says why, and so does the error."""
    if broken:
        (tmp_path / "durable_rules_engine.py").write_text(broken)
    script = f"""
import sys
if {not broken}: sys.modules["durable_rules_engine"] = None
else: sys.path.insert(0, {str(tmp_path)!r})
import datetime as dt
from pathlib import Path
from huurschuld import EngineUnavailable, decide, load_case
from huurschuld.cli import main
case = load_case(Path({str(Path(__file__).parent / "golden" / "case.json")!r}))
assert decide(case.tenancy, case.policy, case.as_of) == decide(
    case.tenancy, case.policy, case.as_of, engine="reference"
)
try:
    decide(case.tenancy, case.policy, case.as_of, engine="durable")
except EngineUnavailable as error:
    print(error)
main(["policies"])
"""
    done = subprocess.run(  # noqa: S603 - this interpreter, a script of ours
        [sys.executable, "-W", "error", "-c", script],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "COLUMNS": "200"},
    )
    assert done.returncode == 0, done.stderr
    assert f"engine-unavailable at /engine: {reason}; see docs/engines.md" in done.stdout
    assert f"not there: {reason}" in done.stdout
    assert "/home/me" not in done.stdout
