"""An installed plugin is checked by its own kits, and a report says what came of each check."""

from __future__ import annotations

import json
import sys
from importlib.metadata import EntryPoint
from pathlib import Path

import jsonschema
import pytest

from huurschuld import PluginFailed, UnknownPlugin, __version__
from huurschuld.testing import Conformance, check_plugin
from huurschuld.testing.check import FORMAT, SCHEMA
from huurschuld.testing.kit_run import Result, run_kits

PLUGIN = """
from huurschuld import hookimpl, policies

api_version = 1

@hookimpl
def huurschuld_policies():
    return [policies()["bgs-2021"].with_("leiden-75", parameters={"minimum_cents": 7500})]
"""
KITS = """
@hookimpl
def huurschuld_kits():
    return KITS
"""
KIT = """
from huurschuld.testing import PolicyTests
from plugin import huurschuld_policies

class TestLeiden(PolicyTests):
    examples = 10

    def make_policy(self):
        return huurschuld_policies()[0]
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that modules are found in, as if a distribution were installed there."""
    monkeypatch.syspath_prepend(str(tmp_path))
    for name in ("plugin", "kits"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    return tmp_path


def checked(folder: Path, kits: dict[str, str] | None, kit: str = KIT) -> Conformance:
    """The report on a plugin of these kits."""
    given = PLUGIN if kits is None else f"{PLUGIN}{KITS}\nKITS = {kits!r}\n"
    (folder / "plugin.py").write_text(given, "utf-8")
    (folder / "kits.py").write_text(kit, "utf-8")
    try:
        return check_plugin("leiden", [EntryPoint("leiden", "plugin", "huurschuld")])
    finally:
        sys.modules.pop("plugin", None)


def test_a_report_tells_of_every_check(folder: Path) -> None:
    """Each check of the kit stands in it with its promise; nothing failed, so the plugin passed."""
    report = checked(folder, {"policy leiden-75": "kits:TestLeiden"})
    (kit,) = report.kits
    assert (report.passed, report.complete, kit.passed) == (True, True, True)
    assert (report.plugin, report.huurschuld, report.without_kit) == ("leiden", __version__, ())
    assert report.counts == {"passed": len(kit.checks), "failed": 0, "left-out": 0, "not-declared": 0}
    assert all(it.promise for it in kit.checks)


def test_what_is_left_out_is_shown_and_the_plugin_is_not_complete(folder: Path) -> None:
    """The reason stands in the report; so do a test that the author added and a growth not claimed."""
    more = """
    left_out = {"test_somebody_can_be_referred": "we only try it out"}
    grows_with = {"arrears", "attempts"}

    def test_of_our_own(self):
        assert 1 + 1 == 3
"""
    report = checked(folder, {"policy leiden-75": "kits:TestLeiden"}, KIT + more)
    found = {it.check: it for it in report.kits[0].checks}
    assert found["test_somebody_can_be_referred"].result is Result.LEFT_OUT
    assert found["test_somebody_can_be_referred"].reason == "we only try it out"
    assert found["test_more_days_never_refer_less"].result is Result.NOT_DECLARED
    assert (found["test_of_our_own"].result, found["test_of_our_own"].own) == (Result.FAILED, True)
    assert (report.passed, report.complete) == (False, False)
    only_left_out = checked(
        folder, {"policy leiden-75": "kits:TestLeiden"}, KIT + more.partition("def")[0]
    )
    assert (only_left_out.passed, only_left_out.complete) == (True, False)


@pytest.mark.parametrize(
    ("kit", "told"),
    [
        (f"{KIT}\n    def test_an_objection_blocks(self): ...\n", "replaces test_an_objection_blocks"),
        (f"{KIT}\nimport pytest\npytestmark = pytest.mark.skip\n", "is marked with skip"),
        ("import nothing_of_that_name\n", "ModuleNotFoundError"),
        ("def f(:\n", "SyntaxError"),
        ("class TestLeiden:\n    def test_x(self): ...\n", "subclasses no kit"),
        ("", "no class of tests"),
        (f"{KIT}\nimport os\nos._exit(3)\n", "ended before the kit did"),
        (
            "from huurschuld.testing import ChannelTests\nclass TestLeiden(ChannelTests): ...\n",
            "subclasses another kit than PolicyTests",
        ),
    ],
)
def test_a_kit_that_cannot_be_run_as_it_is_has_not_passed(folder: Path, kit: str, told: str) -> None:
    """What was changed, hidden or broken stands in the report as its error."""
    report = checked(folder, {"policy leiden-75": "kits:TestLeiden"}, kit)
    assert told in report.kits[0].error
    assert not report.passed
    assert str(folder) not in report.to_json()


@pytest.mark.parametrize(
    "other",
    [
        'policies()["bgs-2021"]',
        'policies()["bgs-2021"].with_("leiden-75", parameters={"minimum_cents": 7501})',
        "next(made)",
    ],
)
def test_a_kit_of_another_policy_proves_nothing_of_this_one(folder: Path, other: str) -> None:
    """What the plugin provides is what is tested, each time that it is made."""
    kit = KIT.replace("huurschuld_policies()[0]", other) + (
        "\nfrom itertools import chain, repeat"
        "\nfrom huurschuld import policies"
        "\nmade = chain(huurschuld_policies() * 3, repeat(policies()['bgs-2021']))\n"
    )
    report = checked(folder, {"policy leiden-75": "kits:TestLeiden"}, kit)
    assert report.kits[0].error == "its make_policy does not give the policy that the plugin provides"
    assert (report.passed, report.kits[0].passed) == (False, False)


def test_a_plugin_that_hangs_does_not_hold_up_its_check(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is loaded in a process of its own, so that it is told what is wrong."""
    (folder / "plugin.py").write_text("import time\ntime.sleep(600)\n", "utf-8")
    monkeypatch.setattr("huurschuld.testing.check.LOAD_SECONDS", 1.0)
    with pytest.raises(PluginFailed, match="it gave no answer within 1 seconds"):
        check_plugin("leiden", [EntryPoint("leiden", "plugin", "huurschuld")])
    assert "plugin" not in sys.modules


@pytest.mark.parametrize(
    ("around", "told"),
    [
        ("\n    def setup_method(self):\n        import pytest\n        pytest.skip('no')\n", "not run"),
        ("\n    def make_policy(self):\n        raise OSError('/home/x')\n", "OSError at kits.py:"),
    ],
)
def test_what_is_skipped_or_raised_around_a_check_is_a_failure(
    folder: Path, around: str, told: str
) -> None:
    """Of an error the kind and the line are told, no path; a skip by a fixture is no pass."""
    report = checked(folder, {"policy leiden-75": "kits:TestLeiden"}, KIT + around)
    assert report.counts["passed"] == 0
    assert all(told in it.reason for it in report.kits[0].checks)
    assert "/home" not in report.to_json()


@pytest.mark.parametrize(
    ("kits", "told"),
    [
        (None, "gives no kits to check it by"),
        ({}, "gives no kits to check it by"),
        ({"policy delft": "kits:TestLeiden"}, "which it does not provide"),
        ({"exporter cbs": "kits:TestLeiden"}, "a kind there is none of"),
    ],
)
def test_a_plugin_that_cannot_be_checked_is_told_what_to_do(
    folder: Path, kits: dict[str, str] | None, told: str
) -> None:
    """Without kits, or with kits for what it does not give, there is an error and no report."""
    with pytest.raises(PluginFailed, match=told) as caught:
        checked(folder, kits)
    assert caught.value.remedy


def test_a_plugin_that_is_not_there_or_does_not_load_is_an_error(folder: Path) -> None:
    """Only what is loaded can be checked."""
    (folder / "plugin.py").write_text("raise RuntimeError", "utf-8")
    with pytest.raises(PluginFailed, match="RuntimeError"):
        check_plugin("leiden", [EntryPoint("leiden", "plugin", "huurschuld")])
    with pytest.raises(UnknownPlugin):
        check_plugin("delft", [])


def test_what_has_no_kit_is_named(folder: Path) -> None:
    """A policy, ledger or channel that the plugin gives no kit for makes the report incomplete."""
    two = PLUGIN.replace("})]", '}), policies()["bgs-2021"].with_("other")]')
    kits = f"{KITS}\nKITS = {{'policy leiden-75': 'kits:TestLeiden'}}\n"
    (folder / "plugin.py").write_text(two + kits, "utf-8")
    (folder / "kits.py").write_text(KIT, "utf-8")
    report = check_plugin("leiden", [EntryPoint("leiden", "plugin", "huurschuld")])
    assert report.without_kit == ("policy other",)
    assert (report.passed, report.complete) == (True, False)


def test_a_report_has_the_shape_that_is_documented(folder: Path) -> None:
    """The JSON fits its schema, and is the same each time."""
    first, again = (checked(folder, {"policy leiden-75": "kits:TestLeiden"}) for _ in range(2))
    assert first.to_json() == again.to_json()
    document = json.loads(first.to_json())
    assert document["format"] == FORMAT
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    jsonschema.validate(document, SCHEMA)
    assert str(folder) not in first.to_json()
    assert list(document) == SCHEMA["required"]


def test_a_kit_that_does_not_end_is_ended(folder: Path) -> None:
    """There is a deadline, after which the kit has failed."""
    (folder / "kits.py").write_text("import time\ntime.sleep(60)\n", "utf-8")
    found = run_kits(["kits:TestLeiden", "no_such_module:TestLeiden"], seconds=3)
    assert {it.error for it in found.values()} == {"it did not end within 3 seconds"}
    assert run_kits(["no_such_module:T"])["no_such_module:T"].error == "there is no such module"
