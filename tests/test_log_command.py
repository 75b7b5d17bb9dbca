"""`huurschuld log`: a policy officer reads whether anything was changed, where, and what to do."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from pathlib import Path

import pytest
from authority import OPENSSL, Authority
from case_lives import whole_life
from case_stores import behind_its_back, new_store, write

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A store with three cases, which the environment names."""
    file = tmp_path / "cases.sqlite"
    with new_store(f"sqlite:///{file}") as store:
        for case in ("first", "second", "third"):
            write(store, whole_life(), case=case)
    monkeypatch.setenv("HUURSCHULD_CASES", str(file))
    monkeypatch.delenv("HUURSCHULD_CONFIG", raising=False)
    return tmp_path


def spoil(desk: Path, statement: str) -> None:
    """Do something to the store behind its back."""
    with behind_its_back(f"sqlite:///{desk / 'cases.sqlite'}") as connection:
        connection.exec_driver_sql(statement)


def test_a_whole_log_is_said_to_be_whole_and_what_that_does_not_show(run: Run, desk: Path) -> None:
    """How much of it there is; and that heads kept elsewhere show more."""
    code, out, err = run("log", "verify")
    assert (code, err) == (0, "")
    assert out.startswith("The log is whole: 3 cases with 63 entries, each as it was written")
    assert "huurschuld log heads FILE" in out
    found = json.loads(run("log", "verify", "--format", "json")[1])
    assert found == {
        "whole": True,
        "cases": 3,
        "entries": 63,
        "faults": [],
        "heads": None,
        "stamp": None,
    }
    assert (desk / "cases.sqlite").is_file()


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        (
            'UPDATE entries SET public = public || "id" WHERE "case" = 2 AND number = 2',
            "case 2, entry 2: it is not as it was written  (second)",
        ),
        (
            'DELETE FROM entries WHERE "case" = 1 AND number = 4',
            "case 1, entry 4: lost: 4  (first)",
        ),
        (
            'DELETE FROM entries WHERE "case" = 3 AND number > 20',
            "case 3, entry 21: entries that were written: 21; that are there: 20  (third)",
        ),
        ("UPDATE cases SET key = 'x' WHERE number = 2", "case 2: it is not as it was written  (x)"),
    ],
)
def test_a_fault_is_told_with_its_place_and_the_next_step(
    run: Run, desk: Path, statement: str, told: str
) -> None:
    """Exit code 1; and no heads are given of it."""
    spoil(desk, statement)
    code, out, _ = run("log", "verify")
    assert code == 1
    assert "The log is NOT whole" in out
    assert f"  {told}\n" in out
    assert "Keep the store as it is" in out
    document = json.loads(run("log", "verify", "--format", "json")[1])
    assert document["faults"][0]["problem"] in told
    code, out, err = run("log", "heads", desk / "heads.txt")
    assert code == 1
    assert "no heads are given of a log in which something is wrong" in err
    assert not (desk / "heads.txt").exists()


@pytest.mark.parametrize("many", [15, pytest.param(400, marks=pytest.mark.slow)])
def test_any_entry_that_is_damaged_is_located(run: Run, desk: Path, many: int) -> None:
    """One bit of any text of any entry: its case and its number are told."""
    whole, chance = (desk / "cases.sqlite").read_bytes(), random.Random(14)
    for _ in range(many):
        (desk / "cases.sqlite").write_bytes(whole)
        case, number = chance.randrange(1, 4), chance.randrange(1, 22)
        column = chance.choice(["id", "kind", "at", "public", "previous", "link"])
        with behind_its_back(f"sqlite:///{desk / 'cases.sqlite'}") as connection:
            where = f'FROM entries WHERE "case" = {case} AND number = {number}'
            (text,) = connection.exec_driver_sql(f"SELECT {column} {where}").one()
            place = chance.randrange(len(text))
            changed = text[:place] + chr(ord(text[place]) ^ 1) + text[place + 1 :]
            connection.exec_driver_sql(
                f'UPDATE entries SET {column} = ? WHERE "case" = ? AND number = ?',  # noqa: S608 - ours
                (changed, case, number),
            )
        code, out, _ = run("log", "verify")
        assert code == 1
        assert f"case {case}, entry {number}: " in out


def test_heads_are_kept_and_show_what_was_written_anew(run: Run, desk: Path) -> None:
    """The log may go on from them; one that was written anew, chains and all, does not."""
    code, out, err = run("log", "heads", desk / "heads.txt")
    assert (code, err) == (0, "")
    digest = out.splitlines()[-1]
    code, shown, err = run("log", "heads")
    assert code == 0
    assert shown == (desk / "heads.txt").read_text(encoding="utf-8")
    assert digest in err
    code, out, _ = run("log", "verify", "--heads", desk / "heads.txt")
    assert code == 0
    assert "Held against the heads of 3 cases" in out
    assert digest.removeprefix("digest: ") in out
    code, _, err = run("log", "heads", desk / "heads.txt")
    assert code == 2
    assert "there is such a file, and it is not written over; name a new one" in err
    (desk / "cases.sqlite").unlink()
    with new_store(f"sqlite:///{desk / 'cases.sqlite'}") as store:
        for case in ("first", "second"):
            write(store, whole_life(), case=case)
    assert run("log", "verify")[0] == 0
    code, out, _ = run("log", "verify", "--heads", desk / "heads.txt")
    assert code == 1
    assert "case 1, entry 21: it is another one than when the heads were kept  (first)" in out
    assert "case 3: it was there when the heads were kept" in out


def test_what_cannot_be_verified_is_told(run: Run, desk: Path) -> None:
    """No heads, no certificates, no store, none named: each with a next step, and exit code 2."""
    (desk / "wrong.txt").write_text("1 2 3\n", encoding="utf-8")
    (desk / "binary").write_bytes(b"\xff\xfe")
    for arguments, told in (
        (("--heads", desk / "wrong.txt"), "wrong.txt, line 1: a case, a number of entries and a link"),
        (("--heads", desk / "binary"), "at binary: heads are text; give a file that"),
        (("--heads", desk / "none.txt"), "No such file"),
        (("--stamp", desk / "wrong.txt"), "at --heads: a stamp is of heads"),
        (("--store", desk / "none.sqlite"), "no-case-store at none.sqlite: there is no such file"),
    ):
        code, out, err = run("log", "verify", *arguments)
        assert (code, out) == (2, ""), arguments
        assert told in err


@pytest.mark.skipif(OPENSSL is None, reason="an authority is made with openssl")
def test_heads_are_stamped_and_the_stamp_says_since_when(run: Run, desk: Path) -> None:
    """A real authority; the stamp holds for these heads alone, and openssl agrees."""
    heads, stamp = desk / "heads.txt", desk / "heads.txt.tsr"
    run("log", "heads", heads)
    with Authority.made(desk / "authority").serving() as authority:
        asking = ("log", "stamp", heads, "--url", authority.url, "--roots", authority.roots)
        code, out, err = run(*asking)
        assert (code, err) == (0, "")
        assert "by Test Authority: heads.txt.tsr" in out
        assert len(authority.asked) == 1
        assert run(*asking)[0] == 2
        assert len(authority.asked) == 1
        other = Authority.made(desk / "other")
        code, _, err = run(*asking[:-1], other.roots, "--output", desk / "second.tsr")
        assert code == 2
        assert "invalid-stamp at the answer: it is not signed by an authority that is trusted" in err
        assert not (desk / "second.tsr").exists()
    verify = ("ts", "-verify", "-in", str(stamp), "-data", str(heads), "-CAfile", "root.pem")
    assert "Verification: OK" in authority.run(*verify)
    checking = ("log", "verify", "--heads", heads, "--stamp", stamp)
    code, out, _ = run(*checking, "--roots", authority.roots)
    assert code == 0
    assert "says Test Authority." in out
    code, out, _ = run(*checking, "--roots", other.roots)
    assert code == 1
    assert "The stamp does NOT count: it is not signed by an authority that is trusted here" in out
    code, _, err = run(*checking)
    assert code == 2
    assert "at --roots: a stamp counts by the certificates that you trust" in err
    heads.write_text(heads.read_text(encoding="utf-8").replace("1 21", "1 20"), encoding="utf-8")
    code, out, _ = run(*checking, "--roots", authority.roots, "--format", "json")
    assert code == 1
    assert "it is of other heads" in json.loads(out)["stamp"]["problem"]
