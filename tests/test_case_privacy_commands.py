"""`huurschuld case export`, `forget` and `retention`, as a privacy officer uses them."""

from __future__ import annotations

import datetime as dt
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import jsonschema
import pytest
from case_lives import WHO, event, whole_life
from case_stores import new_store, write

from huurschuld.cases import Signal, open_case_store, receive, repeat
from huurschuld.model.clock import DUTCH_TIME
from huurschuld.model.referral import Referral

Run = Callable[..., tuple[int, str, str]]
STAFF = "Zwaantje-van-der-Kanarie"
CASE = "0123456789abcdef0123456789abcdef"
OTHER = "fedcba9876543210fedcba9876543210"
OFFICER = ("--by", "municipality", "--person", STAFF)


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A store with a case that is over and one that is not, named in a configuration."""
    life = whole_life()
    life[11] = event("coupled", "2026-02-02", helper="BIP", need="panic attacks")
    with new_store(f"sqlite:///{tmp_path / 'cases.sqlite'}") as store:
        write(store, life, case=CASE)
        write(store, whole_life()[:5], case=OTHER)
    settle(tmp_path, "")
    monkeypatch.setenv("HUURSCHULD_CONFIG", str(tmp_path / "huurschuld.toml"))
    for name in ("HUURSCHULD_CASES", "HUURSCHULD_PERSON", "HUURSCHULD_ROLE", "HUURSCHULD_LANG"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def settle(desk: Path, terms: str) -> None:
    """Write the configuration, with these terms."""
    text = f'[cases]\nstore = {{ path = "cases.sqlite" }}\n[cases.retention]\n{terms}\n'
    (desk / "huurschuld.toml").write_text(text, encoding="utf-8")


def test_an_export_is_text_or_json_of_the_schema_in_a_file_for_its_owner(run: Run, desk: Path) -> None:
    """On the screen or in a file; what is to be read before it is given is told apart."""
    code, out, err = run("case", "export", "0123", *OFFICER, "--lang", "nl")
    assert code == 0
    assert out.startswith("Wat wij over u bewaren\n")
    assert "panic attacks" in out
    assert "/events/11/data/need; --withhold PLAATS laat er een weg" in err
    file = desk / "person.json"
    code, out, err = run(
        *("case", "export", "0123", *OFFICER, "--format", "json", "--output", file),
        *("--withhold", "/events/11/data/need", "--as-of", "2026-05-01"),
    )
    assert (code, out, err) == (0, "", "")
    if os.name == "posix":
        assert file.stat().st_mode & 0o077 == 0
    document = json.loads(file.read_text(encoding="utf-8"))
    jsonschema.validate(document, json.loads(run("schema", "person-export")[1]))
    assert document["as_of"] == "2026-05-01"
    assert document["withheld"] == ["/events/11/data/need"]
    assert STAFF not in file.read_text(encoding="utf-8")
    assert len(document["accesses"]) == 2
    code, _, err = run("case", "export", "0123", *OFFICER, "--withhold", "/plan")
    assert code == 2
    assert "there is no text of this place; there are: /events/11/data/need" in err
    code, _, err = run("case", "export", "0123", *OFFICER, "--output", desk / "cases.sqlite")
    assert code == 2
    assert "this file is read" in err


def test_each_command_is_for_the_public_partners(run: Run, desk: Path) -> None:
    """A helper and a landlord are told what to do instead; nothing of the case."""
    assert desk.is_dir()
    for by in ("helper", "landlord", "resident"):
        for command in (("export", CASE), ("forget", CASE, "--yes"), ("retention",)):
            code, out, err = run("case", *command, "--by", by, "--person", "x")
            assert (code, out) == (2, "")
            assert "not-allowed at /by" in err
            assert "BIP" not in err


def test_forgetting_says_what_goes_and_what_stays_and_waits_for_a_yes(run: Run, desk: Path) -> None:
    """Without one nothing goes; after it the export says so, and the log is whole."""
    code, out, err = run("case", "forget", "0123", *OFFICER)
    assert code == 2
    assert "What goes, for good" in out
    assert "  what help is needed for\n" in out
    assert "who recorded it and who looked: 21 entries" in out
    assert "panic" not in out
    assert "at --yes: nobody is here to say yes; look at what goes, and add --yes" in err
    assert "panic attacks" in run("case", "export", "0123", *OFFICER)[1]
    code, _, err = run("case", "forget", "fedc", *OFFICER, "--yes")
    assert code == 2
    assert "impossible-event at CASE: the case is open; close it first" in err
    code, out, _ = run("case", "forget", "0123", *OFFICER, "--yes", "--lang", "nl")
    assert code == 0
    assert f"{CASE}: gewist" in out
    assert "this person was forgotten already" in run("case", "forget", "0123", *OFFICER)[1]
    text = run("case", "export", "0123", *OFFICER)[1]
    assert "your data was erased" in text
    assert "panic attacks" not in text
    assert run("log", "verify")[0] == 0
    assert b"panic attacks" not in (desk / "cases.sqlite").read_bytes()


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="a terminal is made with the module pty")
@pytest.mark.parametrize(("answer", "goes"), [("n", False), ("", False), ("y", True)])
def test_a_person_at_a_terminal_is_asked(run: Run, desk: Path, answer: str, goes: bool) -> None:
    """Only a yes forgets."""
    import pty  # noqa: PLC0415 - not on every system

    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "huurschuld", "case", "forget", CASE, *OFFICER]
    with subprocess.Popen(  # noqa: S603 - our own command
        command, stdin=theirs, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        os.write(ours, f"{answer}\n".encode())
        out, err = process.communicate(timeout=60)
    os.close(ours)
    os.close(theirs)
    assert "What stays" in out
    assert "Forget this person?" in err
    assert process.returncode == (0 if goes else 2)
    assert ("nothing was forgotten" in err) != goes
    assert ("your data was erased" in run("case", "export", CASE, *OFFICER)[1]) == goes
    assert desk.is_dir()


def test_nobody_is_forgotten_or_told_by_half(run: Run, desk: Path) -> None:
    """A repeated signal stands in two cases: each names the other, also through one in between."""
    first, second, third = (f"{number:08x}" * 4 for number in (1, 2, 3))
    with open_case_store(f"sqlite:///{desk / 'cases.sqlite'}") as store:
        for key in (first, second, third):
            receive(store, Signal(key=key, referral=SENT), dt.date(2026, 1, 5), by="ggd")
        for key in (second, third):
            repeat(store, key, first, dt.date(2026, 1, 6), by="ggd", person=STAFF)
    linked = {first: [second, third], second: [first, third], third: [first, second], CASE: []}
    for key, others in linked.items():
        code, out, err = run("case", "export", key, *OFFICER, "--format", "json")
        document = json.loads(out)
        jsonschema.validate(document, json.loads(run("schema", "person-export")[1]))
        assert document["linked"] == [{"case": it, "forgotten": False} for it in others]
        told = f"in another case too, which is not in this export: {', '.join(others)}"
        assert (told in err) == bool(others)
        text = run("case", "export", key, *OFFICER, "--lang", "nl")[1]
        assert ("Uw gegevens staan ook in een andere zaak" in text) == bool(others)
        assert all(f"  {it}\n" in text for it in others)
    code, out, err = run("case", "forget", second, *OFFICER, "--yes")
    assert code == 0
    assert f"is not forgotten there:\n  {first}\n  {third}\n" in out
    assert f"{second}: this person is still in another case too: {first}, {third}" in err
    assert f"{second}: this person is still in" in run("case", "forget", second, *OFFICER)[2]
    assert f"  {second} (erased)\n" in run("case", "export", first, *OFFICER)[1]
    settle(desk, "personal_days = 30")
    code, _, err = run("case", "retention", *OFFICER, "--forget", "--yes")
    assert code == 0
    assert f"{third}: this person is still in another case too: {first}\n" in err
    assert f"{CASE}: this person" not in err
    assert "another case" not in run("case", "forget", CASE, *OFFICER)[2]


SENT = Referral(contact=WHO, arrears_cents=127_000)


def test_nobody_is_forgotten_as_of_a_day_that_is_to_come(run: Run, desk: Path) -> None:
    """One may look ahead, and not destroy before the term has passed."""
    settle(desk, "personal_days = 730\nspecial_days = 30000")
    ahead = ("--as-of", str(dt.datetime.now(DUTCH_TIME).date() + dt.timedelta(days=20_000)))
    assert "past their term: 1" in run("case", "retention", *OFFICER, *ahead)[1]
    code, out, err = run("case", "retention", *OFFICER, *ahead, "--forget", "--yes")
    assert (code, out) == (2, "")
    assert err == (
        "huurschuld: invalid-value at --as-of: this day is to come, and nobody is forgotten before the "
        "term has passed; leave --as-of out to forget, or --forget to look ahead\n"
    )
    tomorrow = ("--as-of", str(dt.datetime.now(DUTCH_TIME).date() + dt.timedelta(days=2)))
    assert run("case", "retention", *OFFICER, *tomorrow, "--forget", "--yes")[0] == 2
    assert "panic attacks" in run("case", "export", "0123", *OFFICER)[1]


def test_retention_says_who_is_past_a_term_that_was_set_and_forgets_on_a_word(
    run: Run, desk: Path
) -> None:
    """Unset is said as unset; exit code 1 as long as something is past its term."""
    when = ("--by", "ggd", "--as-of", "2026-06-01")
    code, out, _ = run("case", "retention", *when)
    assert code == 0
    assert "past their term: 0" in out
    assert "without a term that is set: 1   not over: 1" in out
    assert "terms: personal not set, special not set" in out
    settle(desk, "personal_days = 730\nspecial_days = 30")
    code, out, _ = run("case", "retention", *when)
    assert code == 1
    assert "0123456789ab  2026-04-03  2026-05-03  special" in out
    assert "terms: personal 730 days, special 30 days" in out
    found = json.loads(run("case", "retention", *when, "--format", "json")[1])
    assert [(it["key"], it["is_past"]) for it in found["cases"]] == [(CASE, True), (OTHER, False)]
    code, _, err = run("case", "retention", *when, "--forget", "--yes")
    assert code == 2
    assert "at --person: your name is expected" in err
    code, _, err = run("case", "retention", *when, "--forget", "--person", STAFF)
    assert code == 2
    assert "nobody is here to say yes" in err
    code, _, err = run("case", "retention", *when, "--forget", "--person", STAFF, "--yes")
    assert (code, err) == (0, f"huurschuld: {CASE}: forgotten\n")
    assert "past their term: 0" in run("case", "retention", *when)[1]
    settle(desk, "months = 3")
    code, _, err = run("case", "retention", *when)
    assert code == 2
    assert "huurschuld.toml: cases.retention.months: there is no such term" in err


@pytest.mark.skipif(os.name != "posix", reason="a terminal is made with the module pty")
def test_a_case_that_is_reopened_before_the_yes_is_left_and_the_others_go(desk: Path) -> None:
    """Each is told; exit code 1, since not all are forgotten."""
    import pty  # noqa: PLC0415 - not on every system

    settle(desk, "personal_days = 30")
    with open_case_store(f"sqlite:///{desk / 'cases.sqlite'}") as store:
        store.record(OTHER, "closed", dt.date(2026, 1, 20), by="ggd", data={"result": "advice"})
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "huurschuld", "case", "retention", "--forget", *OFFICER]
    with subprocess.Popen(  # noqa: S603 - our own command
        command, stdin=theirs, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        while "terms: " not in process.stdout.readline():
            assert process.poll() is None
        with open_case_store(f"sqlite:///{desk / 'cases.sqlite'}") as store:
            store.record(CASE, "reopened", dt.date(2026, 4, 4), by="ggd")
        os.write(ours, b"y\n")
        _, err = process.communicate(timeout=60)
    os.close(ours)
    os.close(theirs)
    assert process.returncode == 1
    assert f"{CASE}: not forgotten: the case is received; close it first" in err
    assert f"{OTHER}: forgotten" in err


def test_the_figures_are_unchanged_by_forgetting(run: Run, desk: Path) -> None:
    """The work list, and the evaluation of the year, are the same before and after."""
    assert desk.is_dir()
    listing = ("case", "list", "--by", "ggd", "--all", "--as-of", "2026-06-01", "--format", "json")
    evaluating = ("evaluate", "--year", "2026", "--smallest", "1", "--format", "json")
    before = run(*listing), run(*evaluating)
    assert before[1][0] == 0, before[1]
    run("case", "forget", CASE, *OFFICER, "--yes")
    assert (run(*listing), run(*evaluating)) == before
