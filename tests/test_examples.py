"""The example plugins are whole: their own tests, settings and demonstrations hold."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from plugin_projects import Project

EXAMPLES = Path(__file__).parent.parent / "examples"
NAMES = ("erp-ledger", "weert-policy")
PROVIDES = {"erp-ledger": "ledger huurboek", "weert-policy": "policy weert-2017"}

every_example = pytest.mark.parametrize("name", NAMES)


@pytest.fixture(scope="module")
def projects(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Project]:
    """A copy of each example, installed, so that nothing is left behind in the original."""
    made = {}
    for name in NAMES:
        beside = tmp_path_factory.mktemp(name)
        left = shutil.ignore_patterns("__pycache__", ".*_cache", ".hypothesis", "*.sqlite", ".venv")
        shutil.copytree(EXAMPLES / name, beside / "project", ignore=left)
        made[name] = Project(beside / "project", beside / "site")
    return made


@every_example
def test_its_own_tests_pass(name: str, projects: dict[str, Project]) -> None:
    """What is shown to authors of plugins keeps every check of its kit."""
    told = projects[name].tested()
    assert "passed" in told
    assert "failed" not in told


@every_example
def test_huurschuld_sees_it_loaded(name: str, projects: dict[str, Project]) -> None:
    """Once installed it is listed with what it provides."""
    listed = projects[name].run("-m", "huurschuld", "plugins").stdout
    (row,) = [it.split() for it in listed.splitlines() if it.startswith(f"{name} ")]
    assert row == [name, name, "0.1.0", "loaded", *PROVIDES[name].split()]


@every_example
def test_a_plugin_of_that_name_is_made_as_it_was(
    name: str, projects: dict[str, Project], tmp_path: Path
) -> None:
    """The examples were begun with `new-plugin`, and are still laid out as it lays them out."""
    kind = PROVIDES[name].partition(" ")[0]
    script = (
        "from pathlib import Path; from huurschuld.plugins.scaffold import *; "
        f"write_project(PluginKind({kind!r}), Names('of-now'), Path({str(tmp_path / 'new')!r}))"
    )
    subprocess.run([sys.executable, "-c", script], check=True)  # noqa: S603 - our own script
    for path in (tmp_path / "new").rglob("*"):
        there = path.relative_to(tmp_path / "new").as_posix().replace("of_now", name.replace("-", "_"))
        assert (projects[name].folder / there).exists(), there
    for same in (".gitignore", "demo.py"):
        new = tmp_path / "new" / same
        if new.exists():
            text = new.read_text("utf-8").replace("of_now", name.replace("-", "_"))
            assert (projects[name].folder / same).read_text("utf-8") == text


def test_the_ledger_is_screened_with_objections_from_elsewhere(projects: dict[str, Project]) -> None:
    """As its README says: unknown objections ask, and a table of them lets a referral through."""
    project = projects["erp-ledger"]
    assert project.run("demo.py").returncode == 0
    command = "-m huurschuld screen --config huurschuld.toml --policy katwijk-2021 --as-of 2026-10-20"
    options = [*command.split(), "--assume", "contacts.debt_help=true", "--format", "csv"]
    alone = project.run(*options)
    assert alone.stderr == ""
    assert ",refer," not in alone.stdout
    assert ",objections" in alone.stdout
    folder = project.folder / "bezwaren"
    folder.mkdir()
    (folder / "objections.csv").write_text("tenancy,date,withdrawn,standing\n", "utf-8")
    readme = (project.folder / "README.md").read_text("utf-8")
    enricher = readme.partition("```toml\n")[2].partition("```")[0]
    config = project.folder / "huurschuld.toml"
    config.write_text(config.read_text("utf-8") + enricher, "utf-8")
    both = project.run(*options)
    assert both.stderr == ""
    assert ",refer," in both.stdout
    assert ",objections" not in both.stdout


@pytest.mark.skipif(importlib.util.find_spec("ruff") is None, reason="ruff is not installed")
@every_example
def test_its_code_is_clean(name: str, projects: dict[str, Project]) -> None:
    """By its own settings, which are those that a new plugin gets."""
    for command in (["check"], ["format", "--check"]):
        done = projects[name].run("-m", "ruff", *command, "--no-cache", ".")
        assert done.returncode == 0, done.stdout


@pytest.mark.skipif(importlib.util.find_spec("mypy") is None, reason="mypy is not installed")
def test_its_types_are_right(
    projects: dict[str, Project], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """By its own settings, which are strict."""
    cache = tmp_path_factory.getbasetemp() / "mypy"  # for all such tests: most of it is of libraries
    for project in projects.values():
        done = project.run("-m", "mypy", f"--cache-dir={cache}")
        assert done.stdout.startswith("Success"), done.stdout + done.stderr
