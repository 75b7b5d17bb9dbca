"""The command line, as its users use it: what it prints, and what it says to wrong use."""

from __future__ import annotations

import csv
import gc
import io
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from portfolio_files import copied
from tables import as_tables, write_csv

import huurschuld
from huurschuld import dump_receipts, load_case, load_receipts

CASES = Path(__file__).parent / "conformance"
GOLDEN = Path(__file__).parent / "golden"
Run = Callable[..., tuple[int, str, str]]
SCREEN = ("--policy", "katwijk-2021", "--as-of", "2026-10-20")


@pytest.fixture(autouse=True)
def terminal(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A terminal of 120 columns, and no key."""
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.delenv("HUURSCHULD_KEY", raising=False)
    yield
    gc.enable()


def test_help_teaches(run: Run) -> None:
    """Without a command it shows the commands; each command shows what it takes."""
    code, out, _ = run()
    assert code == 0
    for command in "decide replay screen explain conform policies plugins sample schema".split():
        assert f" {command} " in out
        assert run(command, "--help")[0] == 0
    assert "--as-of" in run("screen", "--help")[1]
    assert run("--version") == (0, f"huurschuld {huurschuld.__version__}\n", "")


def test_a_case_is_decided_with_reasons(run: Run) -> None:
    """In words of either language, or as JSON."""
    case = CASES / "katwijk-refers-family.json"
    code, out, err = run("decide", case)
    assert (code, err) == (0, "")
    assert "refer; a person confirms" in out
    assert "covenant: Convenant Katwijk, 2012-06-29: more than one month of arrears" in " ".join(
        out.split()
    )
    assert "melden; een mens bevestigt" in run("decide", case, "--lang", "nl")[1]
    decided = json.loads(run("decide", case, "--format", "json")[1])
    assert (decided["advice"], decided["priority"], decided["facts"]["months"]) == (
        "refer",
        "family",
        "2",
    )
    other = run(
        "decide", CASES / "bgs-refers-on-day-30.json", "--policy", "katwijk-2021", "--format", "json"
    )[1]
    assert json.loads(other)["advice"] == "wait"


def test_a_receipt_is_written_and_replayed(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same decision, byte for byte; without the key, or for another case, it says why not."""
    case, receipt = GOLDEN / "case.json", tmp_path / "receipt.json"
    code, _, err = run("decide", case, "--receipt", receipt)
    assert (code, receipt.exists()) == (2, False)
    assert "HUURSCHULD_KEY" in err
    monkeypatch.setenv("HUURSCHULD_KEY", "a key of the tests alone")
    decided = run("decide", case, "--receipt", receipt, "--format", "json")
    assert decided[0] == 0
    assert run("replay", receipt, case, "--format", "json") == decided
    assert list(tmp_path.iterdir()) == [receipt]
    code, _, err = run("replay", receipt, CASES / "plan-broken.json")
    assert code == 2
    assert "input-changed" in err
    monkeypatch.delenv("HUURSCHULD_KEY")
    assert "key-needed" in run("replay", receipt, case)[2]
    monkeypatch.setenv("HUURSCHULD_KEY", "short")
    assert "HUURSCHULD_KEY: the key is shorter" in run("decide", case)[2]
    monkeypatch.setenv("HUURSCHULD_KEY", "a key of the tests alone")
    run("decide", CASES / "plan-broken.json", "--receipt", tmp_path / "other.json")
    (mine,), (other,) = (load_receipts(it.read_bytes()) for it in (receipt, tmp_path / "other.json"))
    receipt.write_text(dump_receipts([other, mine, other]), encoding="utf-8")
    assert run("replay", receipt, case, "--format", "json") == decided
    receipt.write_text(dump_receipts([other, other]), encoding="utf-8")
    assert "none of its 2 receipts is known to be of this case" in run("replay", receipt, case)[2]


def test_a_receipt_may_have_its_policy_beside_it(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once for all receipts, in a file named by its hash; without it, the policy is asked for."""
    monkeypatch.setenv("HUURSCHULD_KEY", "a key of the tests alone")
    own = tmp_path / "own.toml"
    own.write_text(
        'extends = "bgs-2021"\nname = "own"\ntitle = {nl = "a", en = "a"}\nparameters.grace_days = 9\n',
        encoding="utf-8",
    )
    case, kept = GOLDEN / "case.json", tmp_path / "policies"
    for number in (1, 2):
        receipt = tmp_path / f"receipt-{number}.json"
        asked = ("decide", case, "--policy", own, "--receipt", receipt, "--policies", kept)
        decided = run(*asked, "--format", "json")
        assert decided[0] == 0
        assert receipt.stat().st_size < 700
        assert run("replay", receipt, case, "--policies", kept, "--format", "json") == decided
    (policy,) = kept.iterdir()
    assert "unknown-policy at /receipts/0/policy" in run("replay", receipt, case)[2]
    policy.write_text("{}", encoding="utf-8")
    for command in (("replay", receipt, case, "--policies", kept), asked):
        code, _, err = run(*command)
        assert (code, err.count("\n")) == (2, 1)
        assert f"invalid-value at {policy.name}: this is not a policy" in err
    whole = json.loads((GOLDEN / "receipt.json").read_text(encoding="utf-8"))["policies"]
    policy.write_text(json.dumps(next(iter(whole.values()))), encoding="utf-8")
    err = run("replay", receipt, case, "--policies", kept)[2]
    assert "does not have the hash that its file is named by" in err
    assert "add --receipt" in run("decide", case, "--policies", kept)[2]


def test_a_portfolio_is_screened(
    run: Run, clean: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a table with the counts, as JSON, and as CSV, all telling the same."""
    code, table, err = run("screen", clean, *SCREEN, "--top", 5)
    assert (code, err) == (0, "")
    assert "tenancies screened: 300; in arrears: 19" in table
    assert "14 more" in table
    rows = list(csv.DictReader(io.StringIO(run("screen", clean, *SCREEN, "--format", "csv")[1])))
    document = json.loads(run("screen", clean, *SCREEN, "--format", "json")[1])
    assert [row["tenancy"] for row in rows] == [it["tenancy"] for it in document["worklist"]]
    assert [row["months"] for row in rows] == [it["months"] for it in document["worklist"]]
    assert sum(document["counts"].values()) == document["screened"] == 300
    assert document["receipt"]["as_of"] == "2026-10-20"
    assert all(row["tenancy"] in table for row in rows[:5])
    assert "huurcontracten bekeken: 300" in run("screen", clean, *SCREEN, "--lang", "nl")[1]
    monkeypatch.setenv("HUURSCHULD_KEY", "a key of the tests alone")
    assert run("screen", clean, *SCREEN, "--receipts", tmp_path / "receipts.json")[0] == 0
    assert len(load_receipts((tmp_path / "receipts.json").read_bytes())) == 19


def test_parameters_and_assumptions_are_set(run: Run, clean: Path, tmp_path: Path) -> None:
    """By name; a value that does not fit, or that is no pair, is said before anything is read."""
    more = json.loads(
        run("screen", clean, *SCREEN, "--set", "referral_months=99", "--format", "json")[1]
    )
    assert more["counts"]["refer"] == 0
    assert more["receipt"]["parameters"]["referral_months"]["value"] == "99"
    for given, told in (
        ("grace_days=x", "invalid-value at /parameters/grace_days"),
        (f"grace_days={'9' * 5000}", "invalid-value at /parameters/grace_days"),
        ("nonsense=1", "unknown-field at /parameters/nonsense"),
        ("nonsense", "a name, = and a value"),
    ):
        assert told in run("screen", clean, *SCREEN, "--set", given)[2]
    twice = run("screen", clean, *SCREEN, "--set", "grace_days=1", "--set", "grace_days=2")
    assert "grace_days is given twice" in twice[2]
    case = load_case(CASES / "bgs-refers-on-day-30.json")
    folder = write_csv(tmp_path / "p", as_tables([case.tenancy]))
    file = folder / "objections.csv"
    file.write_text("tenancy,date,withdrawn\n", encoding="utf-8")
    asked = ("screen", folder, "--policy", "bgs-2021", "--as-of", "2025-03-31", "--format", "json")
    assert json.loads(run(*asked)[1])["counts"]["ask"] == 1
    told = json.loads(run(*asked, "--assume", "objections.standing=true")[1])
    assert told["counts"]["refer"] == 1
    assert told["assumptions"] == told["receipt"]["assumptions"] == {"objections.standing": True}


def test_a_policy_of_ones_own_is_a_toml_file(run: Run, clean: Path, tmp_path: Path) -> None:
    """Screened with, and shown rule by rule; it cannot pass for a built-in policy."""
    file = tmp_path / "weert.toml"
    file.write_text(
        'extends = "katwijk-2021"\nname = "weert"\ntitle = {nl = "Weert", en = "Weert"}\n'
        '[parameters.referral_months]\nvalue = "2"\nadopted = {by = "Weert"}\n',
        encoding="utf-8",
    )
    found = run("screen", clean, "--policy", file, "--as-of", "2026-10-20", "--format", "json")
    assert json.loads(found[1])["receipt"]["parameters"]["referral_months"]["value"] == "2"
    shown = run("policies", file)[1]
    assert "months > referral_months" in shown
    assert "referral_months = 2" in shown
    file.write_text(file.read_text(encoding="utf-8").replace('"weert"', '"bgs-2021"', 1), "utf-8")
    assert "another policy has this name" in run("policies", file)[2]
    file.write_text('extends = "katwijk-1812"', encoding="utf-8")
    assert "unknown-policy at weert.toml/extends" in run("policies", file)[2]
    other = file.rename(tmp_path / "weert.json")
    told = "invalid-value at weert.json: a policy is read from a TOML file, whose name ends in .toml"
    assert told in run("screen", clean, "--policy", other, "--as-of", "2026-10-20")[2]


GUARDIAN = (
    'extends = "bgs-2021"\nname = "weert"\ntitle = {nl = "Weert", en = "Weert"}\n'
    '[[facts]]\nname = "guardian"\nlabel = {nl = "bewind", en = "guardianship"}\nunit = "flag"\n'
    'default = false\n[[holds]]\nname = "guardian"\nwhen = "guardian"\n'
)
NOTICE = "huurschuld: facts: {} almost like `guardian`, a fact of the policy, and no effect"


@pytest.mark.parametrize(
    "options", [(), ("--backend", "duckdb"), ("--engine", "reference")], ids="-".join
)
def test_a_misspelt_fact_is_noticed(
    run: Run, clean: Path, tmp_path: Path, options: tuple[str, ...]
) -> None:
    """It has no effect, so whoever wrote it is told; the name that was written is not repeated."""
    pytest.importorskip("duckdb")
    policy = tmp_path / "weert.toml"
    policy.write_text(GUARDIAN, encoding="utf-8")
    folder = copied(clean, tmp_path / "mine")
    with (folder / "tenancies.csv").open(encoding="utf-8", newline="") as file:
        first, second, third = [row["id"] for row in csv.DictReader(file)][:3]
    facts = folder / "facts.csv"
    rows = [
        f"{first}, GUARDIAN,true",
        f"{second},gaurdian,true",
        f"{second},guardian,false",
        f"{third},debts,5",
    ]
    facts.write_text("\n".join(["tenancy,name,value", *rows, ""]), encoding="utf-8")
    asked = ("--policy", policy, "--as-of", "2026-10-20")
    code, _, err = run("screen", folder, *asked, *options)
    assert (code, err.startswith(NOTICE.format("2 rows have names"))) == (0, True)
    assert (err.count("\n"), "GUARDIAN" in err, "gaurdian" in err) == (1, False, False)
    assert run("screen", folder, *SCREEN, *options)[2] == ""  # this policy asks for no fact
    assert run("explain", folder, *asked, "--tenancy", first)[2].startswith(
        NOTICE.format("1 row has a name")
    )
    assert run("explain", folder, *asked, "--tenancy", third)[2] == ""


def test_a_misspelt_fact_of_a_case_is_noticed(run: Run, tmp_path: Path) -> None:
    """The decision is made all the same, and the exit code is that of a decision."""
    policy, case = tmp_path / "weert.toml", tmp_path / "case.json"
    policy.write_text(GUARDIAN, encoding="utf-8")
    example = CASES.parents[1] / "examples" / "refer-family.json"
    document = json.loads(example.read_text(encoding="utf-8"))
    document["tenancy"]["facts"] = [{"name": "Guardian", "value": True}]
    case.write_text(json.dumps(document), encoding="utf-8")
    code, out, err = run("decide", case, "--policy", policy)
    assert (code, "guardianship: no" in out) == (0, True)
    assert err.startswith(NOTICE.format("1 row has a name"))
    assert run("decide", case)[2] == ""


def test_a_policy_that_asks_for_contacts_without_a_step_is_told(run: Run, tmp_path: Path) -> None:
    """Below the condition itself; with a step for it, nothing is said."""
    file = tmp_path / "weert.toml"
    also = (
        'extends = "bgs-2021"\nname = "weert"\ntitle = {nl = "Weert", en = "Weert"}\n'
        '[[also]]\nwhen = "attempts >= 2"\n'
    )
    file.write_text(also, encoding="utf-8")
    shown = run("policies", file)[1]
    assert shown.count("No step asks for this") == 1
    assert shown.index("attempts >= 2") < shown.index("No step asks for this") < shown.index("Else")
    assert "Geen stap vraagt hierom" in run("policies", file, "--lang", "nl")[1]
    file.write_text(also + '[[contact]]\nwhen = "attempts < 2"\n', encoding="utf-8")
    again = run("policies", file)[1]
    assert "attempts < 2" in again
    assert again.count("No step asks for this") == 2  # what bgs-2021 asked for has no step any more


def test_a_tenancy_is_explained(run: Run, clean: Path) -> None:
    """By its id; an id that is not there is not repeated."""
    first = run("screen", clean, *SCREEN, "--format", "csv")[1].splitlines()[1].split(",")[0]
    code, out, _ = run("explain", clean, "--tenancy", first, *SCREEN)
    assert code == 0
    assert out.startswith(first)
    assert "Why" in out
    assert "The numbers and who set them" in out
    assert (
        json.loads(run("explain", clean, "--tenancy", first, *SCREEN, "--format", "json")[1])["tenancy"]
        == first
    )
    code, _, err = run("explain", clean, "--tenancy", "mevrouw-Jansen", *SCREEN)
    assert code == 2
    assert "Jansen" not in err


def test_conformance_is_run(run: Run, tmp_path: Path) -> None:
    """A line for each case that differs, the counts at the end, exit 1 where one fails."""
    series = [it.read_text(encoding="utf-8").splitlines() for it in CASES.glob("*.jsonl")]
    count = len(list(CASES.glob("*.json"))) + sum(map(len, series))
    assert run("conform", CASES)[:2] == (0, f"{count} passed, 0 failed\n")
    wrong = tmp_path / "wrong.json"
    case = json.loads((CASES / "plan-broken.json").read_text(encoding="utf-8"))
    wrong.write_text(json.dumps(case | {"expect": {"advice": "none"}}), encoding="utf-8")
    code, out, _ = run("conform", wrong)
    assert code == 1
    assert out.startswith('plan-broken: expected {"advice": "none"}, found {"advice": "refer"')
    assert out.endswith("\n0 passed, 1 failed\n")
    code, out, _ = run("conform", wrong, "--format", "json", "--engine", "reference")
    assert code == 1
    assert set(json.loads(out)) == {"case", "passed", "expected", "actual"}
    assert run("conform", tmp_path / "nowhere.json")[0] == 2
    assert "engine-unavailable" in run("conform", wrong, "--engine", "steam")[2]


def test_policies_and_plugins_are_listed(run: Run) -> None:
    """With their days and titles; one of them rule by rule, or as the JSON that is kept."""
    assert "2012-06-29 – 2020-12-31" in run("policies")[1]
    shown = run("policies", "bgs-2021", "--lang", "nl")[1]
    assert "Melden als al deze waar zijn" in shown
    own = run("policies", CASES.parents[1] / "examples" / "guardianship.toml", "--lang", "nl")[1]
    assert "geteld: contactmomenten; via huisbezoek; hoogstens 45 dagen oud" in " ".join(own.split())
    assert "sustained_cents >= minimum_cents" in shown
    assert json.loads(run("policies", "bgs-2021", "--format", "json")[1])["name"] == "bgs-2021"
    assert len(json.loads(run("policies", "--format", "json")[1])) == 3
    assert "ledger portfolio" in run("plugins")[1]
    assert json.loads(run("schema")[1])["title"] == "A case of huurschuld"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["screen"], "Missing option '--policy'"),
        (["scren"], "Did you mean 'screen'"),
        (["screen", "x", "--policy", "bgs-2021"], "--as-of"),
        (["screen", "x", "--policy", "bgs-2021", "--as-of", "2025-2-3"], "--as-of"),
        (["screen", "x", "--policy", "bgs-2021", "--as-of", "2020-01-01"], "policy-not-in-force"),
        (["screen", "x", "--policy", "bgs-2022", "--as-of", "2025-02-03"], "did you mean bgs-2021"),
        (
            ["screen", "no-such-folder", "--policy", "bgs-2021", "--as-of", "2025-02-03"],
            "there is no such folder; name the folder of the tables",
        ),
        (
            ["screen", "x", "--policy", "bgs-2021", "--as-of", "2025-02-03", "--ledger", "erp"],
            "there are: database, portfolio, vera",
        ),
        (["screen", "x", "--policy", "no-such.toml", "--as-of", "2025-02-03"], "no-such.toml"),
        (["screen", "x", "--policy", "bgs-2021", "--as-of", "2025-02-03", "--format", "pdf"], "table"),
        (["decide", "no-such-file.json"], "no-such-file.json"),
        (["decide", "."], "Is a directory"),
        (["sample", ".", "--tenancies", "5"], "not empty"),
        (["sample", "x", "--tenancies", "0"], "--tenancies"),
        (["explain", "x", "--nonsense"], "--nonsense"),
    ],
)
def test_wrong_use_gets_one_line_that_says_what_to_do(run: Run, arguments: list[str], told: str) -> None:
    """On standard error, with exit code 2, and no traceback."""
    code, out, err = run(*arguments)
    assert (code, out) == (2, "")
    assert err.startswith("huurschuld: ")
    assert err.count("\n") == 1
    assert told in err


def test_the_program_runs_as_a_program(clean: Path) -> None:
    """In a process of its own: UTF-8 whatever the locale, no progress bar where there is no terminal."""
    environment = {**os.environ, "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONIOENCODING": ""}
    command = [sys.executable, "-m", "huurschuld", "screen", str(clean), *SCREEN]
    done = subprocess.run(command, capture_output=True, check=True, env=environment)  # noqa: S603 - our own program
    assert "€" in done.stdout.decode("utf-8")
    assert done.stderr == b""


@pytest.mark.parametrize("what", [["screen", *SCREEN, "--format", "json"], ["policies"]])
def test_a_reader_that_leaves_early_is_no_error(clean: Path, what: list[str]) -> None:
    """`huurschuld screen ... | head -1` ends quietly, also where the last words are all there were."""
    arguments = [what[0], str(clean), *what[1:]] if what[0] == "screen" else what
    command = [sys.executable, "-m", "huurschuld", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:  # noqa: S603 - as above
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""


def test_what_no_terminal_can_show_is_one_line_all_the_same(run: Run, tmp_path: Path) -> None:
    """Half a character in a name, control characters in an id: told, and nothing breaks."""
    case = json.loads((CASES / "plan-broken.json").read_text(encoding="utf-8"))
    file = tmp_path / "odd.json"
    file.write_text(json.dumps(case | {"\ud800\n\x1b[31m": 1}), encoding="utf-8")
    environment = {**os.environ, "COLUMNS": "100"}
    for command in (["decide", str(file)], ["conform", str(file)]):
        done = subprocess.run(  # noqa: S603 - our own program
            [sys.executable, "-m", "huurschuld", *command],
            capture_output=True,
            check=False,
            env=environment,
        )
        told = done.stderr + done.stdout
        assert b"Traceback" not in told
        assert b"unknown-field" in told
        assert b"\x1b" not in told
    case["tenancy"]["id"] = "A:house:[b]\\\x1b"
    file.write_text(json.dumps(case), encoding="utf-8")
    assert run("decide", file)[1].startswith("A:house:[b]\\\N{REPLACEMENT CHARACTER}  ")
