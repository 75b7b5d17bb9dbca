"""The simulated year in `examples/`, at a tenth of its size; its checks find what is wrong."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from test_ddas import SCHEMA

YEAR = Path(__file__).parents[1] / "examples" / "simulated-year"

pytestmark = pytest.mark.slow


def run(script: str | Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-W", "error", str(script), *arguments]
    return subprocess.run(  # noqa: S603 - a script of ours
        command, check=False, capture_output=True, encoding="utf-8"
    )


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    """What the script prints, and the folder with all files of the year."""
    folder = tmp_path_factory.mktemp("simulated") / "year"
    schema = ("--schema", str(SCHEMA)) if SCHEMA.is_file() else ()
    done = run(YEAR / "year.py", "--tenancies", "700", "--folder", str(folder), *schema)
    assert done.returncode == 0, (done.stdout, done.stderr)
    assert not done.stderr
    return done.stdout, folder


def test_the_year_goes_from_the_first_screening_to_its_report(year: tuple[str, Path]) -> None:
    """Each landlord refers, families are reached and helped, plans end, and every check holds."""
    printed, folder = year
    assert "FAILED" not in printed
    by_landlord = printed.split("\n\n")[1].splitlines()[1:]
    assert len(by_landlord) == 3
    assert all(int(line.split()[-3]) > 0 for line in by_landlord), by_landlord  # referred
    figures = dict(
        line.strip().rsplit(None, 1)
        for line in (it[:31] for it in printed.partition("Evaluation of")[2].splitlines()[1:19])
    )
    assert int(figures["referred"]) >= 40
    for name in ("reached", "help accepted", "plans made", "plans completed", "evictions announced"):
        assert int(figures[name]) > 0, name
    assert (folder / "ggd" / "ddas.json").is_file()
    if SCHEMA.is_file():
        assert "the DDAS report is valid" in printed


def test_one_seed_gives_one_year(year: tuple[str, Path]) -> None:
    """The keys are random; what happens is not."""
    printed, _ = year
    again = run(YEAR / "year.py", "--tenancies", "700").stdout

    def told(text: str) -> str:
        return text.partition("\nDDAS report")[0]

    assert told(again) == told(printed)


BROKEN = """
import sys
from pathlib import Path

sys.path.insert(0, sys.argv[1])
import evictions, ggd, landlords
from year import run

CHANGE
sys.exit(run(Path(sys.argv[2]), 300, 1, None))
"""
LEAKED = """
tell = ggd.Desk.tell
def leak(desk, day):
    tell(desk, day)
    for landlord in desk.landlords:
        (landlord.folder / "notes.txt").write_text("first-talk")
ggd.Desk.tell = leak
"""
LOST = """
everything = landlords.Landlord.referrals
landlords.Landlord.referrals = lambda landlord: everything(landlord)[1:]
"""
UNEXPLAINED = """
evictions._is_settled = lambda house: False
say = ggd.Desk.say
def keep_quiet(desk, case, what, *by, **data):
    if what != "eviction-carried-out":
        say(desk, case, what, *by, **data)
ggd.Desk.say = keep_quiet
"""


@pytest.mark.parametrize(
    ("change", "check"),
    [
        (LEAKED, "the_landlords_have_nothing_of_the_ggd"),
        (LOST, "every_referral_has_its_case"),
        (UNEXPLAINED, "evictions_add_up"),
    ],
    ids=["leaked", "lost", "unexplained"],
)
def test_the_checks_find_what_is_wrong(tmp_path: Path, change: str, check: str) -> None:
    """What leaks, what is lost and what nobody explains are each found by the check that is for it."""
    script = tmp_path / "broken.py"
    script.write_text(BROKEN.replace("CHANGE", change), encoding="utf-8")
    done = run(script, str(YEAR), str(tmp_path / "year"))
    assert done.returncode == 1, done.stderr
    assert f"FAILED {check}" in done.stdout
