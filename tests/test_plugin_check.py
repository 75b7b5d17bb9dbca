"""`huurschuld plugins --check`: the kits of an installed plugin, run and reported."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from plugins_on_disk import Shelf

from huurschuld.cli import main

POLICY = """
    from huurschuld import policies
    from huurschuld.hooks import hookimpl

    @hookimpl
    def huurschuld_policies():
        return [policies()["bgs-2021"].with_("shelf-75", parameters={"minimum_cents": 7500})]

    @hookimpl
    def huurschuld_kits():
        return {"policy shelf-75": "shelf_kit:TestShelf"}
"""

KIT = """
from huurschuld.testing import PolicyTests
from shelf_mine import huurschuld_policies


class TestShelf(PolicyTests):
    examples = 10

    def make_policy(self):
        return huurschuld_policies()[0]PLUS
"""

FORGED = """
import os, sys
from pathlib import Path

answer, written = Path(sys.argv[1]), WRITTEN
if written == "a pipe":
    os.mkfifo(answer)
else:
    answer.write_text(written)
os._exit(0)
"""


@pytest.mark.parametrize(
    ("more", "code", "told"),
    [
        ("", 0, ["failed 0", "\ncomplete: all that it provides was checked, and passed\n"]),
        (
            "\n\n    left_out = {'test_it_is_the_same_each_time': 'no time'}",
            0,
            ["left-out 1", "not complete: policy shelf-75 leaves out test_it_is_the_same_each_time"],
        ),
        (
            "\n\n    def test_an_objection_blocks(self):\n        pass",
            1,
            ["overrides test_an_objection_blocks", "not complete: policy shelf-75 did not pass"],
        ),
    ],
)
def test_a_plugin_is_checked_on_the_command_line(
    shelf: Shelf,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    more: str,
    code: int,
    told: list[str],
) -> None:
    """What failed is printed, the report is written whole, and the exit code tells a pipeline."""
    shelf.add("mine", POLICY)
    shelf.install()
    (tmp_path / "shelf_kit.py").write_text(KIT.replace("PLUS", more), encoding="utf-8")
    report = tmp_path / "conformance.json"
    assert main(["plugins", "--check", "mine", "--output", str(report)]) == code
    printed = capsys.readouterr().out
    document = json.loads(report.read_text(encoding="utf-8"))
    assert (document["plugin"], document["passed"]) == ("mine", code == 0)
    assert "policy shelf-75: " in printed
    assert [it for it in told if it not in printed] == []
    assert str(tmp_path) not in report.read_text(encoding="utf-8")


def test_what_was_not_checked_is_told_by_name(
    shelf: Shelf, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A plugin whose policy is right and whose exporter nobody checked is not called complete."""
    exporter = """
    @hookimpl
    def huurschuld_exporters():
        return {"shelf-report": dict}
"""
    shelf.add("mine", POLICY + exporter)
    shelf.install()
    (tmp_path / "shelf_kit.py").write_text(KIT.replace("PLUS", ""), encoding="utf-8")
    report = tmp_path / "conformance.json"
    assert main(["plugins", "--check", "mine", "--output", str(report)]) == 0
    printed = capsys.readouterr().out
    assert "exporter shelf-report: no kit, so it was not checked" in printed
    assert "not complete: exporter shelf-report has no kit" in printed
    assert "\ncomplete:" not in printed
    document = json.loads(report.read_text(encoding="utf-8"))
    assert (document["complete"], document["without_kit"]) == (False, ["exporter shelf-report"])


@pytest.mark.parametrize(
    "written",
    [
        "{",
        '{"shelf_kit:TestShelf": {"checks": [], "error": 7, "bases": [], "policies": []}}',
        '{"shelf_kit:TestShelf": {"checks": [], "error": "", "bases": [{}], "policies": []}}',
        '{"shelf_kit:TestShelf": {"checks": [{"result": "splendid"}], "error": ""}}',
        "a pipe",
    ],
)
def test_whatever_a_kit_writes_in_place_of_results_is_its_failure(
    shelf: Shelf, tmp_path: Path, capsys: pytest.CaptureFixture[str], written: str
) -> None:
    """The process runs the plugin's code, which may leave anything in the file for results."""
    shelf.add("mine", POLICY)
    shelf.install()
    (tmp_path / "shelf_kit.py").write_text(FORGED.replace("WRITTEN", repr(written)), encoding="utf-8")
    report = tmp_path / "conformance.json"
    assert main(["plugins", "--check", "mine", "--output", str(report)]) == 1
    (kit,) = json.loads(report.read_text(encoding="utf-8"))["kits"]
    assert (kit["passed"], kit["checks"]) == (False, [])
    assert kit["error"].startswith(
        ("the process that ran it ended", "what the process that ran it wrote")
    )
    assert "Traceback" not in capsys.readouterr().err
