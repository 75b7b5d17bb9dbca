"""A later release with one more fact and one more advice: older receipts and results still work."""

from __future__ import annotations

import csv
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest
from attrs import frozen

import huurschuld
from huurschuld import SemanticsUnsupported, load_receipts
from huurschuld.cli import main
from huurschuld.portfolio.changes import changes
from huurschuld.portfolio.results import read_result
from huurschuld.testing.sample import write_sample

GOLDEN: Final = Path(__file__).parent / "golden"
KEY: Final = "the key of the golden receipt"

FACT: Final = {
    "rules/facts.py": """
    letters: int | None = _fact(
        Unit.COUNT,
        "contacts",
        "brieven",
        "letters",
        "attempts by letter",
        uses=("contact_days",),
        since="2.1",
    )
    episode_start: dt.date""",
    "rules/tenancy_facts.py": """
        letters=None if recent is None else sum(it.channel == "letter" for it in recent),
        attempts=tried.attempts,""",
    "rules/terms.py": """
letters: Final = Quantity("letters")
attempts: Final = Quantity("attempts")""",
    "portfolio/columnar/contact_facts.py": """
        "letters": number("_letter"),
        "attempts": number("_attempts"),""",
}
"""All the places where a fact is added: the new lines, before one that is there."""
ADVICE: Final = {
    "rules/advice.py": """
    VISIT = "visit"
    REMIND = "remind\"""",
    "rules/rungs.py": """
VISIT: Final = Rung(
    Advice.VISIT,
    "visit_if_any",
    Phrase("Anders langsgaan als een van deze waar is", "Else visit if one of these is true"),
)
REMIND: Final = Rung(""",
    "rules/policy.py": """
    visit_if_any: tuple[Clause, ...] = field(converter=_clauses, default=(), kw_only=True)

    def __attrs_post_init__(self) -> None:""",
    "decisions/words.py": """
    Advice.VISIT: Words(Phrase("eerst langsgaan", "visit first"), Phrase("langsgaan", "visit")),
    Advice.REMIND: Words(""",
    "cli/display_decision.py": """
    Advice.VISIT: "yellow",
    Advice.REMIND: "yellow",""",
}
"""The same of an advice."""
CHANGED: Final = {
    "rules/rungs.py": ("(REMIND, CONTACT)", "(VISIT, REMIND, CONTACT)"),
    "rules/semantics.py": ('SEMANTICS: Final = "2"', 'SEMANTICS: Final = "2.1"'),
}
"""What is changed besides: a part of a line, and what it becomes."""


@frozen
class Release:
    """The later release in a folder of its own, beside a portfolio of 300 tenancies."""

    folder: Path

    def python(self, *arguments: object) -> str:
        """Run Python with this release instead of the one under test."""
        return subprocess.run(  # noqa: S603 - our own interpreter
            [sys.executable, *map(str, arguments)],
            cwd=self.folder,
            env=os.environ | {"PYTHONPATH": str(self.folder), "HUURSCHULD_KEY": KEY},
            stdout=subprocess.PIPE,
            check=True,
            text=True,
        ).stdout

    def command(self, *arguments: object) -> str:
        """Run the command line of this release."""
        return self.python("-m", "huurschuld", *arguments)


def _replace(module: Path, was: str, becomes: str) -> None:
    text = module.read_text(encoding="utf-8")
    assert text.count(was) == 1, module.name
    module.write_text(text.replace(was, becomes), encoding="utf-8")


@pytest.fixture(scope="module")
def later(tmp_path_factory: pytest.TempPathFactory) -> Release:
    """The release under test, with the fact and the advice added."""
    folder = tmp_path_factory.mktemp("release")
    package = Path(huurschuld.__file__).parent
    shutil.copytree(package, folder / "huurschuld", ignore=shutil.ignore_patterns("__pycache__"))
    for name, lines in (FACT | ADVICE).items():
        *_, there = lines.splitlines()
        _replace(folder / "huurschuld" / name, f"\n{there}", lines)
    for name, (was, becomes) in CHANGED.items():
        _replace(folder / "huurschuld" / name, was, becomes)
    write_sample(folder / "mine", 300, 1)
    return Release(folder)


def test_an_older_receipt_is_replayed_to_the_byte(later: Release) -> None:
    """It shows the facts of its own version; a new decision shows the added one, and replays too."""
    golden = later.command("replay", GOLDEN / "receipt.json", GOLDEN / "case.json", "--format", "json")
    assert golden == (GOLDEN / "decision.json").read_text(encoding="utf-8")

    case = ("decide", GOLDEN / "case.json", "--receipt", "new.json", "--format", "json")
    decided = later.command(*case)
    assert json.loads(decided)["receipt"]["semantics"] == "2.1"
    added = json.loads(decided)["facts"].keys() - json.loads(golden)["facts"].keys()
    assert added == {"letters"}
    replayed = later.command("replay", "new.json", GOLDEN / "case.json", "--format", "json")
    assert replayed == decided


def test_this_release_refuses_a_receipt_of_the_later_one(later: Release) -> None:
    """The error names the version, although the policy that was kept cannot be read here."""
    own = later.folder / "own.toml"
    own.write_text(
        'extends = "bgs-2021"\nname = "own"\ntitle = { nl = "eigen", en = "own" }\n'
        '[[also]]\nwhen = "letters >= 1"\n',
        encoding="utf-8",
    )
    later.command("decide", GOLDEN / "case.json", "--policy", own, "--receipt", "own.json")
    with pytest.raises(SemanticsUnsupported) as caught:
        load_receipts((later.folder / "own.json").read_bytes())
    assert caught.value.place == "/receipts/0/semantics"


def test_results_show_the_fact_and_are_compared_with_older_ones(later: Release) -> None:
    """The engines agree on the new fact, and a comparison with an older result leaves it out."""
    screen = ("screen", later.folder / "mine", "--policy", "katwijk-2021", "--facts", "--output")
    before, after = later.folder / "before.csv", later.folder / "after.csv"
    assert main([*map(str, screen), str(before), "--as-of", "2026-08-20"]) == 0
    later.command(*screen, after, "--as-of", "2026-10-20")
    later.command(*screen, "each.csv", "--as-of", "2026-10-20", "--engine", "each")
    assert after.read_bytes() == (later.folder / "each.csv").read_bytes()

    rows = read_result(after).rows
    with after.open(encoding="utf-8", newline="") as file:
        assert {row["letters"] for row in csv.DictReader(file)} >= {"0", "1"}
    assert not any("letters" in row for row in rows.values())  # this release knows of none
    found = changes(read_result(before).rows, rows)
    assert any(it.why for it in found)
    assert "letters" not in {difference.name for it in found for difference in it.why}


def test_a_policy_may_use_the_advice(later: Release) -> None:
    """A rung of its own is enough: every engine, document and table knows it."""
    later.folder.joinpath("visit.toml").write_text(
        """
        format = "huurschuld-policy/2"
        name = "visit"
        title = { nl = "langsgaan", en = "visit" }
        in_force = { from = 2026-01-01 }
        crisis = { when = "eviction_announced" }
        family = { when = "minor_living_in" }
        refer_if_all = [{ when = 'months > "2"' }]
        visit_if_any = [{ when = "letters >= 1" }]
        remind_if_any = [{ when = "not reminder_sent" }]
        """,
        encoding="utf-8",
    )
    screen = ("screen", "mine", "--policy", "visit.toml", "--as-of", "2026-10-20", "--output")
    later.command(*screen, "columnar.csv")
    later.command(*screen, "one-by-one.csv", "--engine", "each")
    found = (later.folder / "columnar.csv").read_text(encoding="utf-8")
    assert found == (later.folder / "one-by-one.csv").read_text(encoding="utf-8")
    assert {line["advice"] for line in csv.DictReader(found.splitlines())} >= {"visit", "remind"}
    assert "Else visit if one of these is true" in later.command("policies", "visit.toml")
    asked = ("compare", "bgs-2021", "visit.toml", "mine", "--as-of", "2026-10-20", "--format", "json")
    compared = json.loads(later.command(*asked))
    visited = [it for it in compared["changes"] if it["advice_after"] == "visit"]
    assert visited
    assert all(it["reasons"] for it in compared["changes"])
    assert "visit_if_any" in {it["rung"] for it in compared["decisive"]["after"]}
