"""A plugin that is a file: tried with any command that uses plugins, and refused by one error."""

from __future__ import annotations

import json
import os
import sys
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from huurschuld import DuplicatePlugin, PluginFailed, load_plugins
from huurschuld.cli import main
from huurschuld.cli.commands import COMMANDS, load
from huurschuld.hooks import PROJECT
from huurschuld.plugins.host import with_files
from huurschuld.testing import check_plugin

POLICY = """
import os
from huurschuld import hookimpl, policies
from beside import CENTS


@hookimpl
def huurschuld_policies():
    name = "apart" if os.getppid() == {process} else "here"
    return [policies()["bgs-2021"].with_(name, parameters={{"minimum_cents": CENTS}})]


@hookimpl
def huurschuld_kits():
    return {{"policy apart": "beside_kits:TestIt"}} if os.getppid() == {process} else {{}}
"""
KITS = """
from huurschuld import policies
from huurschuld.testing import PolicyTests
from beside import CENTS


class TestIt(PolicyTests):
    examples = 10
    left_out = {"test_it_decides_the_same_each_time": "it would take long here"}

    def make_policy(self):
        return policies()["bgs-2021"].with_("apart", parameters={"minimum_cents": CENTS})
"""


@pytest.fixture
def plugin(tmp_path: Path) -> Path:
    """A plugin that is a file, with a module and its kits beside it."""
    Path(tmp_path, "beside.py").write_text("CENTS = 7_500\n")
    Path(tmp_path, "beside_kits.py").write_text(KITS)
    file = Path(tmp_path, "my_policy.py")
    file.write_text(POLICY.format(process=os.getpid()))
    return file


def test_it_is_tried_in_a_process_of_its_own(
    plugin: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """Its policy has a name like any other, also where the configuration allows no plugin."""
    config = Path(tmp_path, "huurschuld.toml")
    config.write_text("[plugins]\nallow = []\n")
    given = ["--plugin", str(plugin), "--config", str(config)]
    assert main(["policies", "apart", "--format", "json", *given]) == 0
    assert json.loads(capsys.readouterr().out)["name"] == "apart"
    assert main(["plugins", *given]) == 0
    shown = capsys.readouterr().out
    assert "the file" in shown
    assert "policy apart" in shown
    assert str(tmp_path) not in shown
    assert main(["policies", "apart"]) == 2  # the next command does not have it
    assert "unknown-policy" in capsys.readouterr().err


def test_it_is_loaded_in_this_process_by_an_application(plugin: Path) -> None:
    """As an entry point like that of an installed plugin."""
    known, files = with_files([plugin])
    assert [it.path for it in files] == [plugin]
    host = load_plugins(["my_policy"], known)
    assert "here" in host.policies
    assert next(it for it in host.plugins if it.name == "my_policy").origin == "the file my_policy.py"


@pytest.mark.slow
def test_it_is_checked_by_the_kits_beside_it(
    plugin: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From Python, and from the command line."""
    monkeypatch.chdir(tmp_path)
    Path("odd.py").write_text(plugin.read_text() + "ODD = '\\d'\n")
    assert main(["policies", "apart", "--plugin", "odd.py"]) == 0
    assert capsys.readouterr().err == ""
    report = check_plugin("my_policy", files=[plugin])
    assert report.passed
    assert report.distribution is None
    assert main(["plugins", "--check", "my_policy", "--plugin", str(plugin)]) == 0
    assert "policy apart: run" in capsys.readouterr().out
    document = json.loads(Path("conformance.json").read_text("utf-8"))
    assert document["counts"] == report.counts
    assert str(tmp_path) not in json.dumps(document)


@pytest.mark.parametrize(
    ("name", "source", "said"),
    [
        ("a.py", "x = 1\ny = (\n", "plugin-failed at a.py:2: this is not Python: '(' was never closed"),
        ("a.py", "x = '\0'\n", "plugin-failed at a.py"),
        ("a.py", "x = '\xff'\n".encode("latin-1"), "plugin-failed at a.py"),
        ("a.py", "x = " + "(" * 5_000 + ")" * 5_000, "plugin-failed at a.py"),
        (
            "a.py",
            "\nimport nowhere\n",
            "plugin-failed at a.py: ModuleNotFoundError at a.py:2",
        ),
        (
            "a.py",
            "from huurschuld import hookimpl\n@hookimpl\ndef huurschuld_ledgers(folder): ...\n",
            "Argument(s) {'folder'} are declared in the hookimpl but can not be found in the hookspec",
        ),
        (
            "a.py",
            "import beside_with_a_mistake\n",
            "plugin-failed at a.py: SyntaxError at beside_with_a_mistake.py:2: '(' was never closed",
        ),
        ("a.py", "raise ValueError('Jansen')\n", "plugin-failed at a.py: ValueError at a.py:1;"),
        ("a.py", "import os\nos._exit(3)\n", "plugin-failed at a.py: "),
        ("a.py", "def huurschuld_ledgers():\n    return {}\n", "its huurschuld_ledgers is not marked"),
        (
            "a.py",
            "x = 1\n",
            "no hook of it provides anything; give it a function",
        ),
        ("a.py", "", "plugin-failed at a.py: no hook of it provides anything"),
        ("vera.py", "x = 1\n", "duplicate-plugin at vera.py: an installed plugin is called vera, too"),
        ("a.txt", "x = 1\n", "invalid-value at a.txt: a plugin is a file of Python"),
        ("my ledger.py", "x = 1\n", "invalid-value at my ledger.py: a plugin is a file of Python"),
        ("a.py", None, "No such file or directory"),
    ],
)
def test_a_file_that_is_no_plugin_is_one_error(
    name: str,
    source: str | bytes | None,
    said: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """It is not left out like an installed plugin that fails: somebody asked for it."""
    file = Path(tmp_path, name)
    if source is not None:
        file.write_bytes(source.encode() if isinstance(source, str) else source)
    Path(tmp_path, "beside_with_a_mistake.py").write_text("x = 1\ny = (\n", encoding="utf-8")
    assert main(["policies", "--plugin", str(file)]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert len(told.err.splitlines()) == 1
    assert said in told.err
    assert "Jansen" not in told.err


def test_two_files_of_one_name_are_an_error(plugin: Path) -> None:
    """As are a file and an installed plugin."""
    with pytest.raises(DuplicatePlugin, match="another file is called my_policy, too"):
        with_files([plugin, plugin])
    with pytest.raises(DuplicatePlugin, match="an installed plugin is called my_policy, too"):
        with_files([plugin], [EntryPoint("my_policy", "elsewhere", PROJECT)])


def test_a_file_that_is_called_like_a_module_replaces_none(tmp_path: Path) -> None:
    """What others import by that name stays what it was."""
    file = Path(tmp_path, "json.py")
    file.write_text("from json import dumps\nfrom huurschuld import hookimpl\n")
    known, _ = with_files([file])
    load_plugins(["json"], known)
    assert json.loads("1") == 1
    assert sys.modules["json"] is json


def test_a_kit_for_a_file_that_fails_is_an_error_of_that_file(tmp_path: Path) -> None:
    """The place is the file, where an installed plugin has its name."""
    file = Path(tmp_path, "failing.py")
    file.write_text("1 / 0\n")
    with pytest.raises(PluginFailed, match=r"failing\.py: ZeroDivisionError at failing\.py:1"):
        check_plugin("failing", files=[file])


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_that_uses_plugins_takes_files(name: str) -> None:
    """A command with a configuration uses plugins, unless it is there that the store is named."""
    loaded = load(name)
    for command in getattr(loaded, "commands", {"": loaded}).values():
        options = {option for it in command.params for option in it.opts}
        assert "--store" in options or ("--plugin" in options) is ("--config" in options)
