"""An installed plugin is checked by its own kits, and a report says what came of each check."""

from __future__ import annotations

import json
import sys
from importlib.metadata import EntryPoint
from pathlib import Path

import jsonschema
import pytest
from attrs import evolve

from huurschuld import PluginFailed, UnknownPlugin, __version__
from huurschuld.testing import Conformance, check_plugin
from huurschuld.testing.check import FORMAT, SCHEMA, KitReport
from huurschuld.testing.kit_run import CheckResult, Result, run_kits

pytestmark = pytest.mark.slow

PLUGIN = """
from huurschuld import hookimpl, policies

api_version = 1

def made(name):
    return policies()["bgs-2021"].with_(name, parameters={"minimum_cents": 7500})

@hookimpl
def huurschuld_policies():
    return [made(it) for it in ("leiden-75", *MORE)]
"""
KITS = """
@hookimpl
def huurschuld_kits():
    return KITS
"""
KIT = """
from huurschuld.testing import PolicyTests
from plugin import made

class TestLeiden(PolicyTests):
    examples = 10

    def make_policy(self):
        return made("leiden-75")
"""
LEIDEN = {"policy leiden-75": "kits:TestLeiden"}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder on the path of Python, with the plugin in it."""
    monkeypatch.syspath_prepend(str(tmp_path))
    write(tmp_path)
    return tmp_path


def write(folder: Path, kits: dict[str, str] | None = None, more: tuple[str, ...] = ()) -> None:
    """Write a plugin that provides these kits, and more policies."""
    hook = "" if kits is None else f"{KITS}\nKITS = {kits!r}\n"
    (folder / "plugin.py").write_text(f"{PLUGIN}{hook}\nMORE = {more!r}\n", "utf-8")


def checked() -> Conformance:
    """The report on the plugin."""
    return check_plugin("leiden", [EntryPoint("leiden", "plugin", "huurschuld")])


def test_a_report_is_about_every_check_and_the_same_each_time(folder: Path) -> None:
    """Nothing failed, so the plugin passed; the JSON fits its schema and names no folder."""
    write(folder, LEIDEN)
    (folder / "kits.py").write_text(KIT, "utf-8")
    report, again = checked(), checked()
    (kit,) = report.kits
    assert (report.passed, report.complete, kit.passed) == (True, True, True)
    assert (report.plugin, report.huurschuld, report.without_kit) == ("leiden", __version__, ())
    assert report.counts == {"passed": len(kit.checks), "failed": 0, "left-out": 0, "not-declared": 0}
    assert all(it.promise for it in kit.checks)
    assert report.to_json() == again.to_json()
    document = json.loads(report.to_json())
    assert document["format"] == FORMAT
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    jsonschema.validate(document, SCHEMA)
    assert str(folder) not in report.to_json()
    assert list(document) == SCHEMA["required"]


def test_what_is_left_out_or_added_is_in_the_report(folder: Path) -> None:
    """So are the reason, what is not declared, and a test that the author added."""
    more = """
    left_out = {"test_somebody_can_be_referred": "we only try it out"}
    grows_with = {"arrears", "attempts"}

    def test_of_our_own(self):
        assert 1 + 1 == 3
"""
    (folder / "kits.py").write_text(KIT + more, "utf-8")
    found = {it.check: it for it in run_kits(["kits:TestLeiden"])["kits:TestLeiden"].checks}
    assert found["test_somebody_can_be_referred"].result is Result.LEFT_OUT
    assert found["test_somebody_can_be_referred"].reason == "we only try it out"
    assert found["test_more_days_never_refer_less"].result is Result.NOT_DECLARED
    assert (found["test_of_our_own"].result, found["test_of_our_own"].own) == (Result.FAILED, True)


@pytest.mark.parametrize(
    ("results", "passed", "complete"),
    [
        ([Result.PASSED], True, True),
        ([Result.PASSED, Result.NOT_DECLARED], True, True),
        ([Result.PASSED, Result.LEFT_OUT], True, False),
        ([Result.PASSED, Result.FAILED], False, False),
        ([Result.LEFT_OUT], False, False),
        ([], False, False),
    ],
)
def test_a_plugin_passes_if_nothing_fails(results: list[Result], passed: bool, complete: bool) -> None:
    """It is complete if nothing is left out and everything that it provides has a kit."""
    checks = tuple(CheckResult(f"test_{it}", "", it) for it in results)
    report = Conformance("leiden", None, None, (KitReport("policy leiden-75", "kits:T", checks),))
    assert (report.passed, report.complete) == (passed, complete)
    assert not evolve(report, without_kit=("policy other",)).complete
    assert not evolve(report, kits=(evolve(report.kits[0], error="it ended"),)).passed
    assert complete is (report.not_checked == ())
    assert ("policy leiden-75 did not pass" in report.not_checked) is not passed
    left_out = "policy leiden-75 leaves out test_left-out"
    assert (left_out in report.not_checked) is (Result.LEFT_OUT in results)


UNUSABLE = {
    "overrides": (
        f"{KIT}\n    def test_an_objection_blocks(self): ...\n",
        "overrides test_an_objection",
    ),
    "imports": ("import nothing_of_that_name\n", "ModuleNotFoundError"),
    "syntax": ("def f(:\n", "SyntaxError"),
    "no_kit": ("class TestLeiden:\n    def test_x(self): ...\n", "does not subclass a kit"),
    "empty": ("", "not a test class"),
    "init": (f"{KIT}\n    def __init__(self): ...\n", "not a test class"),
    "hidden": (f"{KIT}\n    __test__ = False\n", "not a test class"),
}


def test_a_kit_that_cannot_be_run_has_not_passed(folder: Path) -> None:
    """What is overridden, hidden or broken is its error."""
    for name, (source, _) in UNUSABLE.items():
        (folder / f"{name}.py").write_text(source, "utf-8")
    results = run_kits(f"{it}:TestLeiden" for it in (*UNUSABLE, "no_such_module"))
    for name, (_, error) in UNUSABLE.items():
        assert error in results[f"{name}:TestLeiden"].error, name
    assert results["no_such_module:TestLeiden"].error == "there is no such module"


@pytest.mark.parametrize(
    ("source", "seconds", "error"),
    [
        ("import os\nos._exit(3)\n", 3600, "the process that ran it ended before the kit did"),
        ("import time\ntime.sleep(600)\n", 3, "it did not end within 3 seconds"),
    ],
)
def test_a_kit_that_ends_its_process_or_hangs_has_not_passed(
    folder: Path, source: str, seconds: float, error: str
) -> None:
    """There is a deadline, and an end that is noticed."""
    (folder / "kits.py").write_text(source, "utf-8")
    assert run_kits(["kits:TestLeiden"], seconds)["kits:TestLeiden"].error == error


AROUND = {
    "marked": ("\n    pytestmark = pytest.mark.skip\n", "it was not run"),
    "failing": ("\n    pytestmark = pytest.mark.xfail\n", "it was expected to fail"),
    "fixture": ("\n    def setup_method(self):\n        pytest.skip('no')\n", "it was not run"),
    "within": ("\n    def make_policy(self):\n        pytest.skip('no')\n", "it was not run"),
    "raised": (
        "\n    def make_policy(self):\n        raise OSError('/home/x')\n",
        "OSError at raised.py:",
    ),
}


def test_a_check_that_is_skipped_or_raises_has_failed(folder: Path) -> None:
    """Of an error the class and the line are in the report, and no path; a skip is no pass."""
    for name, (around, _) in AROUND.items():
        (folder / f"{name}.py").write_text(f"import pytest\n{KIT}{around}", "utf-8")
    results = run_kits(f"{it}:TestLeiden" for it in AROUND)
    for name, (_, reason) in AROUND.items():
        checks = results[f"{name}:TestLeiden"].checks
        assert {it.result for it in checks} == {Result.FAILED}, name
        assert {it.reason for it in checks if reason not in it.reason or "/home" in it.reason} == set()


def test_a_kit_of_something_else_proves_nothing(folder: Path) -> None:
    """What the plugin provides is what is tested, each time it is made, by the kit of its kind."""
    others = {"built_in": "policies()['bgs-2021']", "other": "made('leiden-76')", "later": "next(MADE)"}
    source = "from itertools import chain, repeat\nfrom huurschuld import policies\n" + KIT
    for name, made in others.items():
        (folder / f"{name}.py").write_text(
            source.replace('made("leiden-75")', made)
            + f"\nMADE = chain([made('{name}')] * 3, repeat(policies()['bgs-2021']))\n",
            "utf-8",
        )
    (folder / "channel.py").write_text(
        "from huurschuld.testing import ChannelTests\nclass TestLeiden(ChannelTests): ...\n", "utf-8"
    )
    names = (*others, "channel")
    write(folder, {f"policy {it}": f"{it}:TestLeiden" for it in names}, names)
    report = checked()
    errors = {it.provides.removeprefix("policy "): it.error for it in report.kits}
    assert errors.pop("channel") == "it subclasses another kit than PolicyTests"
    assert set(errors.values()) == {"its make_policy does not give the policy that the plugin provides"}
    assert report.without_kit == ("policy leiden-75",)
    assert not any(it.passed for it in report.kits)


def test_one_kit_does_not_stand_for_two_things(folder: Path) -> None:
    """A class opens one thing: of two things that name it, none was surely checked."""
    (folder / "kits.py").write_text(KIT, "utf-8")
    write(folder, {f"policy {it}": "kits:TestLeiden" for it in ("leiden-75", "delft")}, ("delft",))
    report = checked()
    told = "one class stands for policy leiden-75 and policy delft: give each a class of its own"
    assert [it.error for it in report.kits] == [told, told]
    assert not report.passed


EVERYTHING = """
from broken_contacts import Memory as Contacts
from broken_directories import Memory as Helpers
from broken_exporters import Json
from broken_enrichers import Memory as Parts

@hookimpl
def huurschuld_enrichers():
    return {"brp": lambda: Parts({})}

@hookimpl
def huurschuld_contact_sources():
    return {"naw": lambda: Contacts([])}

@hookimpl
def huurschuld_helper_directories():
    return {"wijk": lambda: Helpers([])}

@hookimpl
def huurschuld_exporters():
    return {"cbs": Json}
"""
OF_EVERYTHING = {
    "enricher brp": "broken_enrichers:MemoryEnricherTests",
    "contact source naw": "broken_contacts:MemoryContactTests",
    "helper directory wijk": "broken_directories:MemoryDirectoryTests",
    "exporter cbs": "broken_exporters:JsonTests",
}


@pytest.mark.slow
def test_complete_is_said_only_when_all_that_is_provided_was_checked(folder: Path) -> None:
    """Of whatever kind: what has no kit is told by name, and with a kit of each it is complete."""
    (folder / "kits.py").write_text(KIT, "utf-8")
    write(folder, LEIDEN)
    provides = (folder / "plugin.py").read_text("utf-8") + EVERYTHING
    (folder / "plugin.py").write_text(provides, "utf-8")
    report = checked()
    assert (report.passed, report.complete) == (True, False)
    assert set(report.without_kit) == {*OF_EVERYTHING}
    assert set(report.not_checked) == {f"{it} has no kit" for it in OF_EVERYTHING}
    provides = provides.replace(f"KITS = {LEIDEN!r}", f"KITS = {LEIDEN | OF_EVERYTHING!r}")
    (folder / "plugin.py").write_text(provides, "utf-8")
    report = checked()
    assert {it.provides: it.error for it in report.kits} == dict.fromkeys(LEIDEN | OF_EVERYTHING, "")
    assert (report.passed, report.complete, report.not_checked) == (True, True, ())


@pytest.mark.slow
def test_a_kit_of_another_kind_proves_nothing(folder: Path) -> None:
    """An exporter is not proved right by the kit of a contact source."""
    swapped = dict(zip(OF_EVERYTHING, [*OF_EVERYTHING.values()][::-1], strict=True))
    write(folder, swapped)
    with (folder / "plugin.py").open("a", encoding="utf-8") as file:
        file.write(EVERYTHING)
    assert {it.provides: it.error for it in checked().kits} == {
        "enricher brp": "it subclasses another kit than EnricherTests",
        "contact source naw": "it subclasses another kit than ContactSourceTests",
        "helper directory wijk": "it subclasses another kit than HelperDirectoryTests",
        "exporter cbs": "it subclasses another kit than ExporterTests",
    }


@pytest.mark.parametrize(
    ("kits", "problem"),
    [
        (None, "has no kits to check it with"),
        ({}, "has no kits to check it with"),
        ({"policy delft": "kits:TestLeiden"}, "which it does not provide"),
        ({"exporter cbs": "kits:TestLeiden"}, "which it does not provide"),
        ({"printer cbs": "kits:TestLeiden"}, "an unknown kind of thing"),
        ({"policies": "kits:TestLeiden"}, "an unknown kind of thing"),
    ],
)
def test_a_plugin_that_cannot_be_checked_is_an_error(
    folder: Path, kits: dict[str, str] | None, problem: str
) -> None:
    """Without kits, or with kits for what it does not provide, the error says what to do."""
    write(folder, kits)
    with pytest.raises(PluginFailed, match=problem) as caught:
        checked()
    assert caught.value.remedy


@pytest.mark.parametrize(
    ("source", "problem"),
    [("raise RuntimeError", "RuntimeError"), ("import time\ntime.sleep(600)", "within 1 seconds")],
)
def test_a_plugin_that_does_not_load_is_an_error(
    folder: Path, monkeypatch: pytest.MonkeyPatch, source: str, problem: str
) -> None:
    """It is loaded in a process of its own, with a deadline."""
    (folder / "plugin.py").write_text(source, "utf-8")
    if "sleep" in source:
        monkeypatch.setattr("huurschuld.testing.check.LOAD_SECONDS", 1.0)
    with pytest.raises(PluginFailed, match=problem):
        checked()
    assert "plugin" not in sys.modules


def test_a_plugin_that_is_not_installed_is_an_error() -> None:
    """Its name is not known."""
    with pytest.raises(UnknownPlugin):
        check_plugin("delft", [])
